"""The input ``rollout``: the only declaration of stages, budgets and deadlines, and their validation."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

from pydantic import Field

from pulumi_alicloud_edge._errors import FieldError
from pulumi_alicloud_edge._model.policy import (
    DEFAULT_RETRIES,
    DEFAULT_STALL_TIMEOUT,
    DEFAULT_TIMEOUT,
    Budget,
    Everywhere,
    Expression,
    InRegions,
    Matching,
    OnFailure,
    RolloutPolicy,
    Selector,
    Share,
    Stage,
)
from pulumi_alicloud_edge._resources.durations import show_duration
from pulumi_alicloud_edge._resources.fields import (
    Duration,
    FailureBudget,
    Flag,
    InputModel,
    Operator,
    Percentage,
    PositiveDuration,
    Text,
    Token,
    Whole,
)

MOST_STAGES = 20


class SelectingInput(Enum):
    """The inputs that select targets, by their names."""

    REGIONS = "regions"
    MATCH = "match"
    PERCENTAGE = "percentage"


class ExpressionInput(InputModel):
    """A condition on instances."""

    key: Text
    """``region_id`` (documented by the vendor) or ``instance_id``."""
    operator: Operator
    """Whether the instances are those of ``values``, or all others."""
    values: tuple[Token, ...] = Field(min_length=1)
    """Ids."""

    def expression(self) -> Expression:
        """Return it as the core knows it."""
        return Expression(self.key, self.operator, self.values)


class StageInput(InputModel):
    """One step of a rollout; a later one includes the earlier ones.

    It selects by ``regions``, ``match`` or ``percentage``; without any, it reaches all that the resource selects.
    """

    name: Text | None = None
    """For people."""
    regions: tuple[Token, ...] | None = Field(default=None, min_length=1)
    """Edge regions (a push) or regions of a release."""
    match: tuple[ExpressionInput, ...] | None = Field(default=None, min_length=1)
    """Conditions on instances (a distribution)."""
    percentage: Percentage | None = None
    """Share of an environment (a release)."""
    bake: Duration = 0.0
    """How long to watch the stage after it has converged, before the next."""
    max_failed: FailureBudget | None = None
    """How many targets of this stage may fail, instead of the rollout's ``max_failed``."""

    def selectors(self) -> tuple[SelectingInput, ...]:
        """Return the selectors that are set."""
        return tuple(selector for selector in SelectingInput if getattr(self, selector.value) is not None)

    def selector(self, whole: Selector, *, full_release: bool | None) -> Selector:
        """Return what the stage selects; ``whole`` is what the resource does."""
        if self.regions is not None:
            return InRegions(self.regions, full_release)
        if self.match is not None:
            return Matching(tuple(expression.expression() for expression in self.match))
        return whole if self.percentage is None else Share(self.percentage)


class RolloutInput(InputModel):
    """How a rollout proceeds."""

    stages: tuple[StageInput, ...] | None = Field(default=None, min_length=1, max_length=MOST_STAGES)
    """Steps in order; without them, one step to all that the resource selects."""
    max_failed: FailureBudget = Budget()
    """How many targets of a stage may fail."""
    on_failure: OnFailure = OnFailure.STOP
    """What happens when more fail: ``stop`` leaves everything, ``rollback`` restores what was in place before."""
    retries: Whole = Field(default=DEFAULT_RETRIES, ge=0, le=20)
    """How often a target that has failed, or that hangs, is started again before it counts as failed."""
    retry_degraded: Flag = False
    """Whether the next update starts again what has failed within ``max_failed``; otherwise that is left alone."""
    timeout: PositiveDuration = DEFAULT_TIMEOUT
    """Bound on the whole rollout, all stages and bakes; a rollback has the same time again.

    Pulumi's ``custom_timeouts`` override it.
    """
    stall_timeout: PositiveDuration = DEFAULT_STALL_TIMEOUT
    """Bound on the time without any progress: what hangs then is started again, or has failed."""

    def policy(self, whole: Selector, *, full_release: bool | None = None) -> RolloutPolicy:
        """Return the policy of a rollout to ``whole``."""
        declared = self.stages or (StageInput(),)
        return RolloutPolicy(
            stages=tuple(
                Stage(
                    stage.selector(whole, full_release=full_release),
                    name=stage.name or "",
                    bake=stage.bake,
                    budget=self.max_failed if stage.max_failed is None else stage.max_failed,
                )
                for stage in declared
            ),
            retries=self.retries,
            timeout=self.timeout,
            stall_timeout=self.stall_timeout,
            on_failure=self.on_failure,
            retry_degraded=self.retry_degraded,
        )

    def field_errors(
        self, allowed: tuple[SelectingInput, ...], whole: Selector, *, selected: bool
    ) -> Iterator[FieldError]:
        """Find what is wrong with the stages.

        Args:
            allowed: The selectors that this kind of resource has.
            whole: What the resource selects.
            selected: Whether it has a selector of its own.
        """
        stages = self.stages or ()
        for index, stage in enumerate(stages):
            yield from _selector_errors(f"rollout.stages[{index}]", stage, allowed)
        if stages and selected and all(stage.selectors() for stage in stages):
            reason = (
                "no stage reaches everything that the resource selects: remove the selector of the last stage"
            )
            yield FieldError(f"rollout.stages[{len(stages) - 1}]", reason)
        yield from _bake_errors(stages, self.timeout)
        selectors = [stage.selector(whole, full_release=None) for stage in stages]
        for index, (before, selector) in enumerate(pairwise(selectors), start=1):
            if reason := _why_no_growth(selectors[:index], before, selector):
                yield FieldError(f"rollout.stages[{index}]", reason)


def _selector_errors(
    path: str, stage: StageInput, allowed: tuple[SelectingInput, ...]
) -> Iterator[FieldError]:
    given = stage.selectors()
    known = " or ".join(selector.value for selector in allowed)
    for selector in given:
        if selector not in allowed:
            yield FieldError(
                f"{path}.{selector.value}", f"is not a selector of this resource; select by {known}"
            )
    if len(given) > 1 and all(selector in allowed for selector in given):
        names = " and ".join(selector.value for selector in given)
        yield FieldError(path, f"{names} cannot be combined: select by one of them")


def _bake_errors(stages: tuple[StageInput, ...], timeout: float) -> Iterator[FieldError]:
    baked = 0.0
    for index, stage in enumerate(stages):
        baked += stage.bake
        if stage.bake and baked >= timeout:
            reason = (
                f"baking would end after {show_duration(baked)}, but the timeout is {show_duration(timeout)}"
            )
            yield FieldError(f"rollout.stages[{index}].bake", reason)
            return


def _why_no_growth(earlier: list[Selector], before: Selector, selector: Selector) -> str:
    """Return why a stage does not reach further than those before it; empty where it does or may."""
    if isinstance(before, Everywhere):
        return "the stage before it already reaches everything"
    if isinstance(before, Share) and isinstance(selector, Share) and selector.percentage <= before.percentage:
        return f"must reach more than the {before.percentage} % of the stage before it"
    if isinstance(selector, (Share, InRegions)) and isinstance(before, (Share, InRegions)):
        if type(selector) is not type(before):
            return "all stages must select by percentage, or all by regions"
        if isinstance(selector, InRegions):
            reached = {region for s in earlier if isinstance(s, InRegions) for region in s.regions}
            if reached.issuperset(selector.regions):
                return "adds no region to the stages before it"
    if isinstance(selector, Matching) and selector in earlier:
        return "selects the same targets as a stage before it"
    return ""
