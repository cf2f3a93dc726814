"""When what was seen is believed: `TwoLooks` answers with a time, and one that has come means now."""

from __future__ import annotations

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.outcome import FailureCause
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER, Desired
from pulumi_alicloud_edge._reconcile.two_looks import LOOKS_BEFORE_START, Settling, TwoLooks

OLD, NEW = Artifact("assets", "1"), Artifact("assets", "2")
DEADLINE = 100.0
BOTH = ("i-1", "i-2")


def looks(*, needs_baseline: bool = True, exclusive: bool = True) -> TwoLooks:
    return TwoLooks(Desired((NEW,), exclusive=exclusive), DEADLINE, needs_baseline=needs_baseline)


def showing(*running: Artifact, updated: str = "2026-11-01T00:00:00Z") -> Observation:
    """What the instances run, one after the other."""
    records: dict[Artifact, dict[str, Record]] = {}
    for target, artifact in zip(BOTH, running, strict=False):
        records.setdefault(artifact, {})[target] = Record(RecordState.SUCCEEDED, updated)
    return Observation(records)


def test_bad_news_is_believed_when_it_comes_again() -> None:
    two = looks()
    assert two.failed_at(FailureCause.BUDGET, {"i-1"}, 10) == 10 + CONFIRMED_AFTER
    assert two.failed_at(FailureCause.BUDGET, {"i-1", "i-2"}, 11) == 10 + CONFIRMED_AFTER


def test_other_bad_news_is_doubted_anew() -> None:
    two = looks()
    two.failed_at(FailureCause.BUDGET, {"i-1"}, 10)
    assert two.failed_at(FailureCause.STALLED, {"i-1"}, 11) == 11 + CONFIRMED_AFTER
    assert two.failed_at(FailureCause.STALLED, {"i-2"}, 12) == 12 + CONFIRMED_AFTER, "i-1 has recovered"


def test_bad_news_that_did_not_come_again_is_forgotten_until_time_is_up() -> None:
    two = looks()
    two.failed_at(FailureCause.BUDGET, {"i-1"}, 10)
    two.not_failed()
    assert two.failed_at(FailureCause.BUDGET, {"i-1"}, 20) == 20 + CONFIRMED_AFTER
    two.not_failed()
    two.failed_at(FailureCause.TIMEOUT, {"i-1"}, DEADLINE)
    two.not_failed()
    assert two.failed_at(FailureCause.BUDGET, {"i-2"}, DEADLINE + 1) == DEADLINE + CONFIRMED_AFTER


def test_the_first_start_waits_until_two_looks_agree_on_what_runs() -> None:
    two = looks()
    two.observe(showing(OLD))
    assert two.startable_at(BOTH, 10) == 10 + CONFIRMED_AFTER
    two.observe(showing(OLD, OLD))
    assert two.startable_at(BOTH, 11) == 11 + CONFIRMED_AFTER, "i-2 has come"
    two.observe(showing(OLD, OLD))
    assert two.startable_at(BOTH, 12) == 12
    two.observe(showing(NEW))
    assert two.startable_at(BOTH, 13) == 13, "later starts ask nothing"


def test_what_runs_elsewhere_keeps_no_start_waiting() -> None:
    two = looks()
    two.observe(showing(OLD, OLD))
    two.startable_at(["i-1"], 10)
    two.observe(showing(OLD, NEW))
    assert two.startable_at(["i-1"], 11) == 11


def test_the_last_of_a_few_looks_counts_where_no_two_agree() -> None:
    two, times = looks(), []
    for number in range(LOOKS_BEFORE_START):
        two.observe(showing(Artifact("assets", str(number))))
        times.append(two.startable_at(BOTH, number) - number)
    assert times == [CONFIRMED_AFTER] * (LOOKS_BEFORE_START - 1) + [0]


def test_a_start_that_no_rollback_goes_by_waits_for_nothing() -> None:
    assert looks(needs_baseline=False).startable_at(BOTH, 10) == 10


def test_convergence_is_believed_at_once_by_records_that_have_come_since_the_first_look() -> None:
    two = looks()
    two.observe(showing(OLD))
    two.observe(showing(NEW, updated="2026-11-01T00:00:01Z"))
    assert two.converged_at(["i-1"], 10) == 10


def test_convergence_by_records_that_were_there_is_believed_when_two_looks_agree() -> None:
    two = looks()
    two.observe(showing(NEW, NEW))
    assert two.converged_at(BOTH, 10) == 10 + CONFIRMED_AFTER
    assert two.converged_at(BOTH, 11) == 10 + CONFIRMED_AFTER
    two.observe(showing(NEW, OLD))
    assert two.converged_at(BOTH, 12) == 12 + CONFIRMED_AFTER, "i-2 runs something else now"


def test_after_the_deadline_convergence_is_believed() -> None:
    two = looks()
    two.observe(showing(NEW))
    assert two.converged_at(["i-1"], DEADLINE + CONFIRMED_AFTER) == DEADLINE + CONFIRMED_AFTER


def test_versions_that_lie_side_by_side_displace_nothing_and_need_no_second_look() -> None:
    two = looks(exclusive=False)
    two.observe(showing(NEW))
    assert two.converged_at(["i-1"], 10) == 10


def test_targets_have_settled_when_they_stay_the_same_for_a_tenth_of_the_time() -> None:
    settling, one, both = Settling(0), frozenset({"i-1"}), frozenset(BOTH)
    assert not settling.has_settled(one, 40)
    assert not settling.has_settled(both, 50)
    assert not settling.has_settled(both, 55)
    assert settling.has_settled(both, 56)
    settling.begin_anew()
    assert not settling.has_settled(both, 57)
