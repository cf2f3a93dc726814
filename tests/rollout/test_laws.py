"""What holds of every rollout in every world: invented worlds, all driven to their end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.rollout.world import (
    ASSETS,
    OLDER,
    Course,
    Script,
    SimulatedCloud,
    everywhere,
    fails,
    hangs,
    policy,
    regions,
    rollout,
    run,
    steps,
    works,
)

from pulumi_alicloud_edge._model.observation import Observation, RecordState
from pulumi_alicloud_edge._model.outcome import RolloutStatus, TargetState
from pulumi_alicloud_edge._model.policy import RolloutPolicy, Stage
from pulumi_alicloud_edge._reconcile.decisions import CONFIRMED_AFTER

TARGETS = tuple(f"t{index}" for index in range(8))
ENDS = {RolloutStatus.CONVERGED, RolloutStatus.DEGRADED, RolloutStatus.FAILED}
WELL = {RolloutStatus.CONVERGED, RolloutStatus.DEGRADED}

seconds = st.integers(0, 150).map(float)
courses = st.one_of(seconds.map(works), seconds.map(works), seconds.map(fails), st.builds(hangs))
friendly = st.one_of(seconds.map(works), st.just(fails(3)))
budgets = st.one_of(st.integers(0, 3), st.sampled_from(["0%", "20%", "50%"]))
bakes = st.sampled_from([0.0, 0.0, 5.0, 90.0])


def scripts_of(course: st.SearchStrategy[Course]) -> st.SearchStrategy[dict[str, Script]]:
    script = st.lists(course, min_size=1, max_size=3)
    return st.lists(st.sampled_from(TARGETS), min_size=1, unique=True).flatmap(
        lambda names: st.fixed_dictionaries(dict.fromkeys(names, script))
    )


@dataclass(frozen=True)
class World:
    """What a cloud is made of, so that two equal ones can be made."""

    scripts: dict[str, Script]
    lag: float
    stagger: float
    tells_targets: bool
    names_targets: bool
    before: dict[str, RecordState]
    older: frozenset[str]

    def cloud(self) -> SimulatedCloud:
        cloud = SimulatedCloud(
            self.scripts,
            lag=self.lag,
            stagger=self.stagger,
            tells_targets=self.tells_targets,
            names_targets=self.names_targets,
            heals_only=not self.tells_targets,
        )
        cloud.has(OLDER, *sorted(self.older))
        cloud.now += 10
        for target, state in self.before.items():
            cloud.has(ASSETS, target, state=state)
        cloud.now += 10
        return cloud


@st.composite
def worlds(
    draw: st.DrawFn,
    course: st.SearchStrategy[Course] = courses,
    lag: st.SearchStrategy[float] = st.sampled_from([0.0, 0.0, 2.0, 15.0]),  # noqa: B008
) -> World:
    scripts = draw(scripts_of(course))
    names = sorted(scripts)
    tells_targets = draw(st.booleans())
    state = st.sampled_from([RecordState.SUCCEEDED, RecordState.FAILED, RecordState.DELETED])
    return World(
        scripts=scripts,
        lag=draw(lag),
        stagger=draw(st.sampled_from([0.0, 0.0, 0.5, 3.0] if tells_targets else [0.0, 0.5])),
        tells_targets=tells_targets,
        names_targets=not tells_targets and draw(st.booleans()),
        before=draw(st.dictionaries(st.sampled_from(names), state)) if tells_targets else {},
        older=frozenset(draw(st.lists(st.sampled_from(names), unique=True))),
    )


@st.composite
def plans(draw: st.DrawFn, names: Sequence[str], *, calm: bool = False) -> RolloutPolicy:
    """One to three stages, the last of them everywhere."""
    order = draw(st.permutations(sorted(names)))
    cuts = draw(st.lists(st.integers(1, len(order)), max_size=2, unique=True).map(sorted))
    budget = st.just(0) if calm else budgets
    stages: list[Stage] = [regions(*order[:cut], bake=draw(bakes), max_failed=draw(budget)) for cut in cuts]
    stages.append(everywhere(bake=draw(bakes), max_failed=draw(budget)))
    timeout = 7200.0 if calm else draw(st.sampled_from([60.0, 600.0, 3600.0]))
    stall = 1800.0 if calm else draw(st.sampled_from([30.0, 120.0, 600.0]))
    return policy(*stages, retries=draw(st.integers(0, 3)), timeout=timeout, stall_timeout=stall)


def shown(cloud: SimulatedCloud) -> dict[str, RecordState | None]:
    return {target: cloud.state(ASSETS, target) for target in cloud.scripts}


@given(st.data())
@settings(max_examples=300)
def test_every_rollout_ends_in_time_within_its_bounds_and_tells_the_truth(data: st.DataObject) -> None:
    world = data.draw(worlds())
    plan = data.draw(plans(list(world.scripts)))
    cloud = world.cloud()
    cloud.patience = plan.stall_timeout
    began = cloud.now
    outcome = run(cloud, plan)
    event(outcome.status.value)

    assert outcome.status in ENDS
    assert cloud.now - began <= plan.timeout + CONFIRMED_AFTER + 1e-6, "beyond the timeout"

    if world.tells_targets or world.lag + world.stagger < 20:
        assert cloud.useless == [], "started what was there or under way"
    # Where nobody names the targets, a stage everywhere cannot leave out one that has failed in a stage before.
    unavoidable = 0 if world.tells_targets or len(plan.stages) == 1 else 1 + plan.retries
    for target in cloud.scripts:
        assert cloud.starts(target) <= 1 + plan.retries + unavoidable, "started too often"

    if outcome.status in WELL:
        (placement,) = outcome.placements
        budget = plan.stages[-1].budget
        assert outcome.failed_total <= budget.allowed(placement.total), "over budget, and called well"
        running = {target for target, state in shown(cloud).items() if state is RecordState.SUCCEEDED}
        assert placement.count(TargetState.CONVERGED) == len(running), "claims what does not show"
        assert placement.count(TargetState.MISSING) == placement.count(TargetState.IN_PROGRESS) == 0
        assert running, "nothing runs it"
    else:
        assert outcome.cause is not None
    if outcome.status is RolloutStatus.CONVERGED:
        assert outcome.failed_total == 0
        assert running == set(cloud.scripts)


@given(st.data())
@settings(max_examples=150)
def test_a_later_stage_begins_after_the_earlier_ones_have_worked_within_budget_and_baked(
    data: st.DataObject,
) -> None:
    world = replace(data.draw(worlds()), older=frozenset(), before={}, lag=0.0)
    plan = data.draw(plans(list(world.scripts)))
    cloud = world.cloud()
    history: list[tuple[float, dict[str, RecordState | None]]] = []
    for outcome in steps(rollout(cloud, plan), cloud, plan):
        history.append((cloud.now, shown(cloud)))
        if outcome is not None:
            break

    for stage, after in zip(plan.stages, plan.stages[1:], strict=False):
        own, later = cloud.targets_of(stage.selector), cloud.targets_of(after.selector)
        added = [cloud.first_start(target) for target in later - own if cloud.starts(target)]
        if not added:
            continue
        begin = min(added)
        at_begin = [states for at, states in history if at <= begin][-1]
        working = [target for target in own if at_begin[target] is RecordState.SUCCEEDED]
        assert len(own) - len(working) <= stage.budget.allowed(len(own))
        finished = [
            one.works_from + one.course.seconds
            for target in working
            for one in cloud.begun.get((ASSETS, target), ())[-1:]
        ]
        if finished:
            assert begin >= max(finished) + stage.bake - 1e-6, "has not baked"


@given(st.data(), st.integers(0, 2**32))
@settings(max_examples=100)
def test_the_order_in_which_the_cloud_lists_things_does_not_matter(data: st.DataObject, seed: int) -> None:
    world = data.draw(worlds())
    plan = data.draw(plans(list(world.scripts)))
    chance = random.Random(seed)

    class Shuffled(SimulatedCloud):
        def observe(self, stages: Sequence[Stage]) -> Observation:
            seen = super().observe(stages)
            pages = [(artifact, list(records.items())) for artifact, records in seen.records.items()]
            chance.shuffle(pages)
            for _, entries in pages:
                chance.shuffle(entries)
            return replace(seen, records={artifact: dict(entries) for artifact, entries in pages})

    plain = world.cloud()
    shuffled = Shuffled(**vars(world.cloud()))
    assert run(plain, plan) == run(shuffled, plan)
    assert plain.requests == shuffled.requests
    assert plain.now == shuffled.now


@given(st.data())
@settings(max_examples=150)
def test_a_run_that_is_killed_at_any_step_is_taken_up_without_a_second_start(data: st.DataObject) -> None:
    """Where the cloud shows all of a start at once; what does not show yet, a new process cannot know."""
    world = replace(data.draw(worlds(course=friendly, lag=st.just(0.0))), stagger=0.0)
    plan = data.draw(plans(list(world.scripts), calm=True))
    plan = replace(plan, retries=3)
    cloud = world.cloud()
    for _ in range(data.draw(st.integers(1, 3), label="kills")):
        alive_for = data.draw(st.integers(0, 40), label="steps")
        driven = steps(rollout(cloud, plan), cloud, plan)
        for _, _ in zip(range(alive_for), driven, strict=False):
            pass
        cloud.now += data.draw(st.sampled_from([0.0, 1.0, 30.0, 1000.0]), label="dead for")
    before = cloud.starts
    outcome = run(cloud, plan)
    script_fails = any(all(course.end is RecordState.FAILED for course in s) for s in world.scripts.values())
    if not script_fails:
        assert outcome.status is RolloutStatus.CONVERGED
        assert cloud.running() == set(cloud.scripts)
    assert cloud.useless == []
    assert all(before(target) <= 4 * 4 for target in cloud.scripts)


@given(st.data())
@settings(max_examples=150)
def test_answers_and_starts_may_get_lost_and_nothing_that_shows_is_started_again(data: st.DataObject) -> None:
    world = data.draw(worlds(course=friendly, lag=st.sampled_from([0.0, 3.0, 12.0])))
    plan = replace(data.draw(plans(list(world.scripts), calm=True)), retries=3)
    cloud = world.cloud()
    cloud.lost = data.draw(st.integers(0, 3), label="answers lost")
    cloud.dropped = data.draw(st.integers(0, 3), label="starts lost")
    outcome = run(cloud, plan)
    assert cloud.useless == []
    if not any(all(course.end is RecordState.FAILED for course in s) for s in world.scripts.values()):
        assert outcome.status in {RolloutStatus.CONVERGED, RolloutStatus.FAILED}
        if outcome.status is RolloutStatus.FAILED:
            assert cloud.lost + cloud.dropped <= 1, "given up before the fifth loss"


@given(st.data())
@settings(max_examples=100)
def test_a_run_after_one_that_converged_starts_nothing(data: st.DataObject) -> None:
    world = data.draw(worlds(course=friendly))
    plan = replace(data.draw(plans(list(world.scripts), calm=True)), retries=3)
    cloud = world.cloud()
    if run(cloud, plan).status is RolloutStatus.CONVERGED:
        starts = [cloud.starts(target) for target in cloud.scripts]
        assert run(cloud, plan).status is RolloutStatus.CONVERGED
        assert [cloud.starts(target) for target in cloud.scripts] == starts
