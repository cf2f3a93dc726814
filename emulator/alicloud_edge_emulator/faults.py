"""Faults on demand: rules that make chosen calls, or the work that they start, go wrong."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from alicloud_edge_emulator.call import ALL_TARGETS, TargetFaults
from alicloud_edge_emulator.chance import Dice
from alicloud_edge_emulator.problems import Refused, explain

STARTING_ACTIONS = frozenset(
    {
        "PushApplicationData",
        "DistApplicationData",
        "PublishEdgeContainerAppVersion",
        "RollbackEdgeContainerAppVersion",
    }
)
"""The calls that start work on targets."""


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    action: str = "*"
    """An action, with wildcards."""
    app_id: str | None = None
    count: Annotated[int, Field(ge=1)] | None = None
    """So many calls meet the fault; without it, all do."""
    skip: Annotated[int, Field(ge=0)] = 0
    """So many calls pass before the first one meets it."""
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0

    def concerns(self, action: str, app_id: str) -> bool:
        """Whether the rule is about a call."""
        return fnmatchcase(action, self.action) and self.app_id in {None, app_id}


class ErrorFault(_Rule):
    """An error answer; with `after`, the call has had its effect all the same."""

    effect: Literal["error"]
    status: Annotated[int, Field(ge=400, le=599)] = 500
    code: str = "InternalError"
    message: str = "Failed to call the service. Try again later or contact technical support."
    after: bool = False


class DelayFault(_Rule):
    """An answer that takes longer, in real seconds."""

    effect: Literal["delay"]
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0


class DropFault(_Rule):
    """A connection that breaks off without an answer, before or after the call has had its effect."""

    effect: Literal["drop_before", "drop_after"]


class CutFault(_Rule):
    """An answer that breaks off half way; the call has had its effect."""

    effect: Literal["cut"]


class HtmlFault(_Rule):
    """A page of some proxy instead of an answer; the call has had no effect."""

    effect: Literal["html"]
    status: Annotated[int, Field(ge=200, le=599)] = 502


class AnswerFault(_Rule):
    """A good answer with other contents, or with none; the call has had its effect."""

    effect: Literal["answer"]
    body: dict[str, Any] | None = None
    """Stands beside the RequestId; without it, nothing is sent at all."""


class SkewFault(_Rule):
    """A gateway whose clock is so many seconds ahead of the caller's, or behind it."""

    effect: Literal["skew"]
    seconds: Annotated[float, Field(ge=-1e9, le=1e9)] = 3600.0


class ThrottleFault(_Rule):
    """A throttled call, with the hint x-acs-retry-after or without."""

    effect: Literal["throttle"]
    retry_after_ms: Annotated[int, Field(ge=0)] | None = None
    status: Annotated[int, Field(ge=400, le=599)] = 400
    calls_per_second: Annotated[int, Field(ge=1)] | None = None
    """So many calls in any real second pass; without it, none does."""


class StaleFault(_Rule):
    """A read that shows what was true some emulated seconds ago."""

    effect: Literal["stale"]
    seconds: Annotated[float, Field(ge=0)] = 5.0


class TargetFailFault(_Rule):
    """Targets that fail in the work that a call starts; `*` means all."""

    effect: Literal["target_fail"]
    targets: tuple[str, ...] = (ALL_TARGETS,)
    description: str = "transfer failed: no space left on device"


class TargetHangFault(_Rule):
    """Targets that never finish the work that a call starts; `*` means all."""

    effect: Literal["target_hang"]
    targets: tuple[str, ...] = (ALL_TARGETS,)


Fault = (
    ErrorFault
    | DelayFault
    | DropFault
    | CutFault
    | HtmlFault
    | AnswerFault
    | SkewFault
    | ThrottleFault
    | StaleFault
    | TargetFailFault
    | TargetHangFault
)
_RULES: TypeAdapter[list[Fault]] = TypeAdapter(list[Annotated[Fault, Field(discriminator="effect")]])


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes wrong with one call."""

    delay_seconds: float = 0.0
    stale_seconds: float = 0.0
    skew_seconds: float = 0.0
    before: ErrorFault | DropFault | HtmlFault | ThrottleFault | None = None
    """Comes instead of the call's effect."""
    after: ErrorFault | DropFault | CutFault | AnswerFault | None = None
    """Comes when the call has had its effect."""
    targets: TargetFaults = field(default_factory=TargetFaults)


class Faults:
    """The rules in force, and how often each has been met."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._rules: list[Fault] = []
        self._skipped: list[int] = []
        self._considered: list[int] = []
        self._met: list[int] = []
        self._passed: list[deque[float]] = []

    def put(self, rules: Any) -> list[dict[str, Any]]:
        """Replace the rules.

        Raises:
            Refused: They are malformed.
        """
        try:
            self._rules = _RULES.validate_python(rules)
        except ValidationError as error:
            raise Refused(explain("faults", error)) from error
        self._skipped = [0] * len(self._rules)
        self._considered = [0] * len(self._rules)
        self._met = [0] * len(self._rules)
        self._passed = [deque() for _ in self._rules]
        return self.rules()

    def rules(self) -> list[dict[str, Any]]:
        """The rules, each with the number of calls that met it."""
        return [
            {**rule.model_dump(mode="json"), "met": met}
            for rule, met in zip(self._rules, self._met, strict=True)
        ]

    def plan(self, action: str, app_id: str) -> Plan:
        """What goes wrong with a call, counting it."""
        return _combined(self._drawn(action, app_id))

    def _drawn(self, action: str, app_id: str) -> Iterable[Fault]:
        for index, rule in enumerate(self._rules):
            if not rule.concerns(action, app_id) or not _can_meet(rule, action):
                continue
            if rule.count is not None and self._met[index] >= rule.count:
                continue
            if isinstance(rule, ThrottleFault) and rule.calls_per_second and self._passes(index, rule):
                continue
            if self._skipped[index] < rule.skip:
                self._skipped[index] += 1
                continue
            self._considered[index] += 1
            if self._dice.unit("fault", index, self._considered[index]) < rule.probability:
                self._met[index] += 1
                yield rule

    def _passes(self, index: int, rule: ThrottleFault) -> bool:
        """Whether a call is within the rate that a rule lets through, counting it if so."""
        now, passed = time.monotonic(), self._passed[index]
        while passed and passed[0] <= now - 1:
            passed.popleft()
        within = len(passed) < (rule.calls_per_second or 0)
        if within:
            passed.append(now)
        return within


def _can_meet(rule: Fault, action: str) -> bool:
    """Targets go wrong where work starts; only reads can be stale."""
    match rule:
        case TargetFailFault() | TargetHangFault():
            return action in STARTING_ACTIONS
        case StaleFault():
            return action not in STARTING_ACTIONS
        case _:
            return True


def _combined(rules: Iterable[Fault]) -> Plan:
    """One plan of several rules: delays add up, the first of those that end a call counts."""
    met = list(rules)
    return Plan(
        delay_seconds=sum(rule.seconds for rule in met if isinstance(rule, DelayFault)),
        stale_seconds=max((rule.seconds for rule in met if isinstance(rule, StaleFault)), default=0.0),
        skew_seconds=sum(rule.seconds for rule in met if isinstance(rule, SkewFault)),
        before=next(
            (
                rule
                for rule in met
                if isinstance(rule, HtmlFault | ThrottleFault)
                or (isinstance(rule, ErrorFault) and not rule.after)
                or (isinstance(rule, DropFault) and rule.effect == "drop_before")
            ),
            None,
        ),
        after=next(
            (
                rule
                for rule in met
                if isinstance(rule, CutFault | AnswerFault)
                or (isinstance(rule, ErrorFault) and rule.after)
                or (isinstance(rule, DropFault) and rule.effect == "drop_after")
            ),
            None,
        ),
        targets=TargetFaults(
            failing={
                target: rule.description
                for rule in met
                if isinstance(rule, TargetFailFault)
                for target in rule.targets
            },
            hanging=frozenset(
                target for rule in met if isinstance(rule, TargetHangFault) for target in rule.targets
            ),
        ),
    )
