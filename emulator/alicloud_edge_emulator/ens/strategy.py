"""The selectors of PushApplicationData (PushStrategy) and DistApplicationData (DistStrategy)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from alicloud_edge_emulator.dialect import Selector
from alicloud_edge_emulator.ens.errors import invalid_parameter


class _RegionParameters(BaseModel):
    operator: Literal["In"]
    values: list[str] = Field(min_length=1)


class RegionPolicy(BaseModel):
    """`ScheduleToRegionId`: the named regions."""

    name: Literal["ScheduleToRegionId"]
    parameters: _RegionParameters


class Key(StrEnum):
    """What a match expression looks at."""

    REGION = "region_id"
    INSTANCE = "instance_id"


class Operator(StrEnum):
    """How it looks."""

    IN = "In"
    NOT_IN = "NotIn"


class Expression(BaseModel):
    """One condition on an instance."""

    key: Key
    operator: Operator
    values: list[str] = Field(min_length=1)

    def holds(self, instance: str, region: str) -> bool:
        """Whether an instance meets it."""
        subject = region if self.key is Key.REGION else instance
        return (subject in self.values) is (self.operator is Operator.IN)


class _MatchParameters(BaseModel):
    match_expressions: list[Expression] = Field(min_length=1)


class MatchPolicy(BaseModel):
    """`ScheduleToAllByMatchExpressions`: the instances that meet every expression."""

    name: Literal["ScheduleToAllByMatchExpressions"]
    parameters: _MatchParameters

    def selects(self, instance: str, region: str) -> bool:
        """Whether an instance meets every expression."""
        return all(expression.holds(instance, region) for expression in self.parameters.match_expressions)


_Policy = TypeVar("_Policy", RegionPolicy, MatchPolicy)

_PUSH: TypeAdapter[list[RegionPolicy]] = TypeAdapter(list[RegionPolicy])
_DIST: TypeAdapter[list[MatchPolicy]] = TypeAdapter(list[MatchPolicy])


def select_regions(strategy: str | None, default: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The regions that a push goes to; several policies add up.

    Raises:
        ApiError: The strategy is malformed or names a region that does not exist.
    """
    if strategy is None:
        return tuple(default)
    policies = _parse(_PUSH, strategy, "PushStrategy")
    named = dict.fromkeys(region for policy in policies for region in policy.parameters.values)
    if not named.keys() <= set(known):
        raise invalid_parameter("PushStrategy")
    return tuple(named)


def select_instances(
    strategy: str | None, instances: Mapping[str, str], selector: Selector
) -> tuple[str, ...]:
    """The instances that a dist goes to; several policies add up.

    Raises:
        ApiError: The strategy is malformed, or beyond what the dialect accepts.
    """
    if strategy is None:
        return tuple(instances)
    policies = _parse(_DIST, strategy, "DistStrategy")
    if selector is Selector.REGION_IN and not all(_documented(policy) for policy in policies):
        raise invalid_parameter("DistStrategy")
    return tuple(
        instance
        for instance, region in instances.items()
        if any(policy.selects(instance, region) for policy in policies)
    )


def _documented(policy: MatchPolicy) -> bool:
    return all(
        expression.key is Key.REGION and expression.operator is Operator.IN
        for expression in policy.parameters.match_expressions
    )


def _parse(adapter: TypeAdapter[list[_Policy]], strategy: str, parameter: str) -> list[_Policy]:
    """One policy or a JSON array of them: both are said to be possible, only the former is shown."""
    text = strategy if strategy.lstrip().startswith("[") else f"[{strategy}]"
    try:
        return adapter.validate_json(text)
    except ValidationError:
        raise invalid_parameter(parameter) from None
