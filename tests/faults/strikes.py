"""How a fault strikes: the emulator's rules for one operation of one kind."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.faults.phases import Phase
from tests.faults.subjects import Actions

Rule = Mapping[str, Any]
Strike = Callable[[Actions, Phase], Iterable[Rule]]
WINDOW = 40.0
"""Seconds, more than a host waits for an answer."""
READS_BEFORE: Mapping[Phase, int] = {Phase.CREATE: 1, Phase.UPDATE: 1, Phase.DELETE: 3}
"""How often the status is read before anything begins: a delete's gate looks twice, and then it looks what is there."""


def each_once(**effect: Any) -> Strike:
    """Every call of the operation meets it once: the status while the rollout is under way, the rest at first."""

    def rules(actions: Actions, phase: Phase) -> Iterable[Rule]:
        yield from once_begun(**effect)(actions, phase)
        for action in actions.once:
            yield {**effect, "action": action, "count": 1}

    return rules


def once_begun(**effect: Any) -> Strike:
    """The call that changes something meets it once, and one reading of the status after it."""

    def rules(actions: Actions, phase: Phase) -> Iterable[Rule]:
        yield from under_way(1, **effect)(actions, phase)
        for action in actions.changing:
            yield {**effect, "action": action, "count": 1}

    return rules


def every_call(**effect: Any) -> Strike:
    """All calls meet it for as long as it lasts."""
    return lambda _actions, _phase: [effect]


def the_call(**effect: Any) -> Strike:
    """The call that the operation is made for meets it for as long as it lasts."""

    def rules(actions: Actions, phase: Phase) -> Iterable[Rule]:
        actions_met = actions.changing if phase.changes or phase is Phase.DELETE else (actions.status,)
        return [{**effect, "action": action} for action in actions_met]

    return rules


def under_way(reads: int, **effect: Any) -> Strike:
    """So many readings of the status meet it, one after the other, once the rollout is under way."""

    def rules(actions: Actions, phase: Phase) -> Iterable[Rule]:
        return [{**effect, "action": actions.status, "skip": READS_BEFORE.get(phase, 0), "count": reads}]

    return rules


def empty(actions: Actions, phase: Phase) -> Iterable[Rule]:
    """Each call is answered once as if there were nothing; the status while the rollout is under way."""
    for rule in each_once(effect="answer")(actions, phase):
        if (body := EMPTY.get(rule["action"])) is not None:
            yield {**rule, "body": body}


def empty_at_first(actions: Actions, _phase: Phase) -> Iterable[Rule]:
    """The first reading of the status is answered as if there were nothing."""
    yield {"effect": "answer", "body": EMPTY[actions.status], "action": actions.status, "count": 1}


def stale(actions: Actions, _phase: Phase) -> Iterable[Rule]:
    """Readings show what was some seconds ago, though not so long ago that a start would be taken for lost."""
    yield {"effect": "stale", "seconds": 10.0, "action": actions.status}


NO_PAGE = {"TotalCount": 0, "PageNumber": 1, "PageSize": 100}
EMPTY: Mapping[str, Mapping[str, Any]] = {
    "PushApplicationData": {"PushResults": {"PushResult": []}},
    "DescribeDataPushResult": {"PushResults": {"PushResult": []}, **NO_PAGE},
    "DistApplicationData": {
        "DistInstanceTotalCount": 0,
        "DistInstanceIds": {"DistInstanceId": []},
        "DistResults": {"DistResult": []},
    },
    "DescribeDataDistResult": {"DistResults": {"DistResult": []}, **NO_PAGE},
    "DescribeApplication": {"Application": "{}"},
    "GetEdgeContainerAppStatus": {"AppStatus": {}},
    "GetEdgeContainerAppResourceStatus": {"Regions": []},
}
"""Answers of the documented shape with nothing in them; the other calls answer nothing but a RequestId anyway."""


def nothing(_actions: Actions, _phase: Phase) -> Iterable[Rule]:
    """No call meets anything in the cloud: the trouble is on the way there."""
    return []
