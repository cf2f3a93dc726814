"""Bad news is believed when a second look, a moment later, brings it again: one stale read costs nobody a rollback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.rollout.world import (
    ASSETS,
    OLDER,
    SimulatedCloud,
    everywhere,
    fails,
    fleet,
    hangs,
    policy,
    regions,
    rollout,
    run,
    steps,
    works,
)

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.outcome import FailureCause, Outcome, RolloutStatus
from pulumi_alicloud_edge._model.policy import OnFailure, RolloutPolicy
from pulumi_alicloud_edge._reconcile.baseline import Before
from pulumi_alicloud_edge._reconcile.decisions import (
    CONFIRMED_AFTER,
    Confirm,
    Finish,
    Start,
    StartResponse,
    Wait,
)
from pulumi_alicloud_edge._reconcile.rollout import Memory, Rollout

Garble = Callable[[Observation], Observation]


def without_record(seen: Observation) -> Observation:
    """An answer that lacks one target's records."""
    return replace(
        seen,
        records={
            artifact: {target: record for target, record in records.items() if target != "t00"}
            for artifact, records in seen.records.items()
        },
    )


def with_older(seen: Observation) -> Observation:
    """An answer from before: it shows a former version on one target."""
    stale = {"t00": Record(RecordState.SUCCEEDED, "999999999.000", "999999999.000")}
    return replace(seen, records={**seen.records, OLDER: stale})


def with_failure(seen: Observation) -> Observation:
    failed = {**seen.of(ASSETS), "t00": Record(RecordState.FAILED, detail="disk full")}
    return replace(seen, records={**seen.records, ASSETS: failed})


def empty(seen: Observation) -> Observation:
    return replace(seen, records={})


def unlisted(seen: Observation) -> Observation:
    """An answer of an inventory that has lost an instance, together with the record there."""
    gone = without_record(seen)
    return replace(gone, stage_targets=tuple(m and m - {"t00"} for m in seen.stage_targets))


def troubled(seen: Observation) -> Observation:
    return replace(seen, obstacles={ASSETS: "the pods crash"})


STALE = pytest.mark.parametrize(
    "stale", [without_record, with_older, with_failure, empty, unlisted, troubled]
)


class Stale(SimulatedCloud):
    """A cloud some of whose answers are garbled once the version has arrived everywhere."""

    garble: Garble
    times: int = 1
    arrived: float | None = None

    def observe(self, stages: object) -> Observation:
        seen = super().observe(stages)  # type: ignore[arg-type]
        if self.arrived is None and len(self.running()) == len(self.scripts):
            self.arrived = self.now
        if self.times and self.arrived is not None and self.now >= self.arrived + 20:
            self.times -= 1
            return self.garble(seen)
        return seen


def stale_cloud(garble: Garble, times: int = 1) -> Stale:
    cloud = Stale(fleet(3))
    cloud.garble, cloud.times = garble, times
    return cloud


BAKE = policy(everywhere(bake=120), retries=0)


@STALE
def test_one_stale_answer_in_a_bake_does_not_fail_it(stale: Garble) -> None:
    cloud = stale_cloud(stale)
    outcome = run(cloud, BAKE)
    assert (outcome.status, cloud.times) == (RolloutStatus.CONVERGED, 0)
    assert len(cloud.requests) == 1, "and nothing is started because of it"


@pytest.mark.parametrize("bad", [without_record, with_older, with_failure, empty])
def test_what_two_looks_show_in_a_bake_fails_it(bad: Garble) -> None:
    cloud = stale_cloud(bad, times=1_000)
    outcome = run(cloud, BAKE)
    assert (outcome.status, outcome.cause) == (RolloutStatus.FAILED, FailureCause.BUDGET)
    assert cloud.arrived is not None
    assert cloud.now < cloud.arrived + 60


def test_two_stale_answers_that_are_not_one_after_the_other_do_not_fail_it() -> None:
    cloud = stale_cloud(without_record)
    plan = BAKE
    seen = 0
    outcome: Outcome | None = None
    for outcome in steps(rollout(cloud, plan), cloud, plan):
        if outcome is not None:
            break
        if cloud.times == 0 and seen < 4:
            seen += 1
            cloud.times = int(seen % 2 == 0)
    assert outcome is not None
    assert outcome.status is RolloutStatus.CONVERGED


def decided(one: Rollout, *looks: tuple[float, Observation]) -> list[object]:
    return [one.decide(seen, at) for at, seen in looks]


def seen(records: dict[Artifact, dict[str, Record]], *targets: str) -> Observation:
    return Observation(records, (frozenset(targets),))


FAILED, DONE = Record(RecordState.FAILED, detail="disk full"), Record(RecordState.SUCCEEDED, "1", "1")


def failing() -> tuple[Rollout, Observation]:
    """A rollout whose only start has failed, and what shows that."""
    plan = policy(retries=0)
    cloud = SimulatedCloud(fleet(1, fails(0)))
    one = rollout(cloud, plan)
    before = cloud.observe(plan.stages)
    (request,) = one.decide(before, cloud.now).requests  # type: ignore[union-attr]
    one.starting(request, cloud.now)
    one.started(request, cloud.start(request))
    return one, cloud.observe(plan.stages)


def test_the_second_look_comes_a_moment_later_and_not_in_the_same_instant() -> None:
    one, bad = failing()
    first, at_once, second = decided(one, (100, bad), (100, bad), (101, bad))
    assert first == at_once == Confirm(100 + CONFIRMED_AFTER)
    assert isinstance(second, Finish)
    assert second.outcome.cause is FailureCause.BUDGET


def test_other_bad_news_is_looked_at_anew() -> None:
    """First one target is said to have failed, then another: no two looks have agreed."""
    cloud = SimulatedCloud(fleet(2, works(0)))
    plan = policy(everywhere(bake=60), retries=0)
    one = rollout(cloud, plan)
    driven = steps(one, cloud, plan)
    while not cloud.requests:
        next(driven)
    next(driven)
    good = cloud.observe(plan.stages)
    assert not isinstance(one.decide(good, 110), Confirm)

    def bad(target: str) -> Observation:
        return replace(good, records={ASSETS: {**good.of(ASSETS), target: FAILED}})

    first, other, again = decided(one, (111, bad("t00")), (112, bad("t01")), (113, bad("t01")))
    assert (first, other) == (Confirm(112), Confirm(113))
    assert isinstance(again, Finish)


def test_more_bad_news_confirms_what_was_seen_before() -> None:
    one, bad = failing()
    worse = replace(bad, records={ASSETS: {**bad.of(ASSETS), "t01": FAILED}})
    first, second = decided(one, (100, bad), (101, worse))
    assert first == Confirm(101)
    assert isinstance(second, Finish)


def test_what_arrives_between_two_looks_counts() -> None:
    """At the end of the timeout too: it is late by a moment, and there."""
    cloud = SimulatedCloud(fleet(1, works(300.5)))
    assert run(cloud, policy(timeout=300)).status is RolloutStatus.CONVERGED
    hanging = SimulatedCloud(fleet(1, hangs()))
    assert run(hanging, policy(timeout=300)).cause is FailureCause.TIMEOUT


def test_an_empty_selection_is_looked_at_twice() -> None:
    plan = policy()
    one = rollout(SimulatedCloud(fleet(1)), plan)
    first, second = decided(one, (100, seen({})), (101, seen({}, "t00")))
    assert first == Confirm(101)
    assert isinstance(second, Start)
    (last,) = decided(rollout(SimulatedCloud({}), plan), (100, seen({})))
    assert last == Confirm(101)


def test_answers_that_never_agree_do_not_keep_a_rollout_from_ending() -> None:
    """Each look shows another target as failed; when time is up, that ends all the same."""

    class Flickering(SimulatedCloud):
        def observe(self, stages: object) -> Observation:
            shown = super().observe(stages)  # type: ignore[arg-type]
            target = f"t{self.observations % 3:02}"
            return replace(shown, records={ASSETS: {**shown.of(ASSETS), target: FAILED}})

    cloud = Flickering(fleet(3))
    outcome = run(cloud, policy(everywhere(bake=60), retries=0, timeout=120))
    assert outcome.status is RolloutStatus.FAILED
    assert cloud.now <= 100 + 120 + 2 * CONFIRMED_AFTER


def rolling_back(timeout: float = 600) -> RolloutPolicy:
    return replace(policy(timeout=timeout), on_failure=OnFailure.ROLLBACK)


def looks_before_the_start(cloud: SimulatedCloud, memory: Memory | None) -> tuple[int, Rollout]:
    plan = policy()
    one = rollout(cloud, plan, memory=memory)
    driven: Iterator[Outcome | None] = steps(one, cloud, plan)
    while not cloud.requests:
        next(driven)
    looks = cloud.observations
    next(driven)
    return looks, one


@pytest.mark.parametrize("targets", [("t00", "t01"), ("t00",), ()], ids=["all", "one", "none"])
def test_what_runs_is_looked_at_twice_before_the_first_start(targets: tuple[str, ...]) -> None:
    """A rollback goes by it, of this run or of a later one, so two looks have to agree."""
    cloud = SimulatedCloud(fleet(2)).has(OLDER, *targets)
    looks, one = looks_before_the_start(cloud, Memory(needs_baseline=True))
    assert looks == 2
    assert one.baseline.before("assets", "t00", {}) == ("1.4" if targets else Before.NOTHING)


def test_where_no_rollback_goes_by_what_runs_one_look_is_enough() -> None:
    assert looks_before_the_start(SimulatedCloud(fleet(2)), None)[0] == 1


@pytest.mark.parametrize("version", ["1.3", None], ids=["the past", "nothing"])
def test_one_look_that_differs_is_not_believed(version: str | None) -> None:
    """The first shows another version, or nothing; the next two agree."""
    plan = policy()
    cloud = SimulatedCloud(fleet(2)).has(OLDER, "t00", "t01")
    one = rollout(cloud, plan, memory=Memory(needs_baseline=True))
    good = cloud.observe(plan.stages)
    past = {Artifact("assets", version): good.of(OLDER)} if version else {}
    assert isinstance(one.decide(replace(good, records=past), 100), Confirm)
    assert isinstance(one.decide(good, 101), Confirm)
    decision = one.decide(good, 102)
    assert isinstance(decision, Start)
    for request in decision.requests:
        one.starting(request, 102)
        one.started(request, StartResponse())
    assert {one.baseline.before("assets", target, {}) for target in ("t00", "t01")} == {"1.4"}


def at(seconds: float, state: RecordState = RecordState.SUCCEEDED) -> Record:
    """A record of that time."""
    return Record(state, f"{seconds:012.3f}", f"{seconds:012.3f}")


def test_answers_that_never_agree_do_not_hold_a_rollout_beyond_its_time() -> None:
    """Every other one tells of another version on a target that has failed within the budget."""
    plan = policy(everywhere(max_failed=1), retries=0, timeout=100.0)
    course, now = rollout(SimulatedCloud(fleet(2)), plan), 100.0
    failed = at(101, RecordState.FAILED)
    for look in range(1000):
        others = {OLDER: {"t01": at(60)}} if look % 2 else {}
        seen = Observation({ASSETS: {"t00": at(50), "t01": failed}, **others}, (frozenset({"t00", "t01"}),))
        match course.decide(seen, now):
            case Finish():
                break
            case Start(requests):
                for request in requests:
                    course.starting(request, now)
                    course.started(request, StartResponse())
            case Confirm(until) | Wait(_, until):
                now = min(max(until, now + 0.1), now + 5)
    assert now < plan.timeout + 110


def test_what_moves_in_a_later_stage_does_not_hold_the_first() -> None:
    later = {f"b{number}" for number in range(50)}
    course, now = rollout(SimulatedCloud(fleet(1)), policy(regions("a"), everywhere(), timeout=1800.0)), 100.0
    confirmed = 0
    for _ in range(200):
        done = {f"b{number}" for number in range(int(now) - 100)}
        records = {target: at(101) if target in done else at(40, RecordState.IN_PROGRESS) for target in later}
        seen = Observation(
            {ASSETS: {"a0": at(50), **records}}, (frozenset({"a0"}), frozenset({"a0", *later}))
        )
        decision = course.decide(seen, now)
        if isinstance(decision, Finish):
            break
        confirmed += isinstance(decision, Confirm)
        now = decision.at if isinstance(decision, Confirm) else now + 5
    assert confirmed < 5


def test_bad_news_that_a_good_look_has_refuted_is_doubted_anew() -> None:
    course, targets = rollout(SimulatedCloud(fleet(2)), policy(retries=0)), (frozenset({"t00", "t01"}),)
    good = Observation({ASSETS: {"t00": at(10), "t01": at(10)}}, targets)
    bad = Observation(
        {ASSETS: {"t00": at(10)}, OLDER: {"t01": at(60)}}, targets, obstacles={ASSETS: "pods crash"}
    )
    now = 100.0
    for seen in (bad, good, bad):
        decision = course.decide(seen, now)
        assert isinstance(decision, Confirm)
        now = decision.at
