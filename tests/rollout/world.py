"""A cloud that exists in numbers only, to drive the state machine against: no HTTP, no asyncio, a time of its own.

    cloud = SimulatedCloud({"a": [fails(2), works(5)], "b": [works(1)]})
    outcome = run(rollout_of(everywhere(), cloud), cloud)

Each target has a script: what becomes of the first start of it, of the second, and so on; the last one goes on
for ever. The cloud notes every start that was of no use: of a target that was under way, or that ran the version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pulumi_alicloud_edge._model.observation import Artifact, Observation, Record, RecordState
from pulumi_alicloud_edge._model.outcome import Outcome
from pulumi_alicloud_edge._model.policy import (
    Budget,
    Everywhere,
    InRegions,
    RolloutPolicy,
    Selector,
    Stage,
)
from pulumi_alicloud_edge._reconcile.decisions import (
    Confirm,
    Desired,
    Finish,
    Start,
    StartRequest,
    StartResponse,
    Wait,
)
from pulumi_alicloud_edge._reconcile.rollout import Memory, Rollout

ASSETS = Artifact("assets", "1.5")
OLDER = Artifact("assets", "1.4")
FOREVER = float("inf")


@dataclass(frozen=True)
class Course:
    """What becomes of one start: after so many seconds it ends so."""

    seconds: float
    end: RecordState
    reason: str = ""


def works(seconds: float = 5.0) -> Course:
    return Course(seconds, RecordState.SUCCEEDED)


def fails(seconds: float = 2.0, reason: str = "disk full") -> Course:
    return Course(seconds, RecordState.FAILED, reason)


def hangs() -> Course:
    return Course(FOREVER, RecordState.FAILED)


Script = Sequence[Course]


class AnswerLost(Exception):  # noqa: N818
    """The answer to a start did not arrive."""


@dataclass(frozen=True)
class Begun:
    """A start that the cloud has taken up on one target, and when its work begins."""

    taken: float
    works_from: float
    course: Course

    def record(self, now: float) -> Record:
        ends = self.works_from + self.course.seconds
        started = f"{self.works_from:012.3f}"
        if now < ends:
            return Record(RecordState.IN_PROGRESS, updated=started, started=started)
        return Record(self.course.end, updated=f"{ends:012.3f}", started=started, detail=self.course.reason)


@dataclass
class SimulatedCloud:
    """The cloud as far as rollouts see it.

    Attributes:
        scripts: Target → what becomes of each start of it.
        lag: Seconds until a start shows in any way.
        stagger: Seconds between the targets of one start; each shows only when its own work begins.
        tells_targets: Whether it says who a selector selects; where that names its targets, it is no question.
        names_targets: Whether it answers a start with the targets it acts on.
        heals_only: Whether a start leaves alone what runs the version or is under way (as a push does).
        lost: How many of the next starts take effect without an answer.
        dropped: How many of the next starts get lost on the way there.
        ignored: How many of the next starts are answered and come to nothing.
        unserved: Targets that it lists, and that its starts leave out.
        hints: Targets that its inventory suggests.
        patience: Seconds after which a start of what is under way is of use.
    """

    scripts: Mapping[str, Script]
    lag: float = 0.0
    stagger: float = 0.0
    tells_targets: bool = True
    names_targets: bool = False
    heals_only: bool = False
    lost: int = 0
    dropped: int = 0
    ignored: int = 0
    unserved: frozenset[str] = frozenset()
    hints: frozenset[str] = frozenset()
    patience: float = FOREVER
    answers: list[StartResponse] = field(default_factory=list)
    now: float = 100.0
    records: dict[Artifact, dict[str, Record]] = field(default_factory=dict)
    begun: dict[tuple[Artifact, str], list[Begun]] = field(default_factory=dict)
    requests: list[tuple[float, StartRequest]] = field(default_factory=list)
    useless: list[tuple[str, str]] = field(default_factory=list)
    observations: int = 0

    def has(
        self, artifact: Artifact, *targets: str, state: RecordState = RecordState.SUCCEEDED
    ) -> SimulatedCloud:
        """Have the cloud hold records from before."""
        age = f"{self.now - 50:012.3f}"
        for target in targets:
            self.records.setdefault(artifact, {})[target] = Record(state, age, age, "from before")
        return self

    def targets_of(self, selector: Selector) -> frozenset[str]:
        match selector:
            case InRegions(regions):
                return frozenset(regions)
            case _:
                return frozenset(self.scripts)

    def record(self, artifact: Artifact, target: str) -> Record | None:
        """What the cloud shows of a target now."""
        for begun in reversed(self.begun.get((artifact, target), [])):
            if begun.taken + self.lag <= self.now and (begun.works_from <= self.now):
                return begun.record(self.now)
        return self.records.get(artifact, {}).get(target)

    def state(self, artifact: Artifact, target: str) -> RecordState | None:
        record = self.record(artifact, target)
        return record.state if record else None

    def observe(self, stages: Sequence[Stage]) -> Observation:
        self.observations += 1
        artifacts = {*self.records, *(artifact for artifact, _ in self.begun)}
        shown: dict[Artifact, dict[str, Record]] = {}
        for artifact in artifacts:
            for target in self.scripts:
                if (record := self.record(artifact, target)) is not None:
                    shown.setdefault(artifact, {})[target] = record
        targets = tuple(
            self.targets_of(stage.selector)
            if self.tells_targets or isinstance(stage.selector, InRegions)
            else None
            for stage in stages
        )
        return Observation(shown, targets, hints=self.hints)

    def start(self, request: StartRequest) -> StartResponse:
        self.requests.append((self.now, request))
        if self.dropped:
            self.dropped -= 1
            raise AnswerLost
        if self.ignored:
            self.ignored -= 1
            return StartResponse()
        acted = []
        meant = self.targets_of(request.selector) if request.targets is None else request.targets
        meant -= self.unserved
        for artifact in request.artifacts:
            for position, target in enumerate(sorted(meant)):
                if self._take(artifact, target, self.now + position * self.stagger):
                    acted.append(target)
        if self.lost:
            self.lost -= 1
            raise AnswerLost
        if self.answers:
            return self.answers.pop(0)
        states = {
            artifact: {self.state(artifact, target) for target in meant} for artifact in request.artifacts
        }
        return StartResponse(
            complete=frozenset(
                artifact
                for artifact in states
                if self.heals_only and states[artifact] == {RecordState.SUCCEEDED}
            ),
            targets=frozenset(acted) if self.names_targets else None,
            request_id=f"REQ-{len(self.requests)}",
        )

    def _take(self, artifact: Artifact, target: str, works_from: float) -> bool:
        before = self.begun.setdefault((artifact, target), [])
        last = before[-1].record(self.now).state if before else self.state(artifact, target)
        if last in (RecordState.IN_PROGRESS, RecordState.SUCCEEDED) and not self._displaced(artifact, target):
            if self.heals_only:
                return False
            if last is RecordState.SUCCEEDED or not self._hangs(before):
                self.useless.append((target, last.value))
        script = self.scripts[target]
        course = script[min(len(before), len(script) - 1)]
        before.append(Begun(self.now, works_from, course))
        return True

    def _hangs(self, before: list[Begun]) -> bool:
        """Return whether a target has been under way for so long that it is started again with good reason."""
        return not before or self.now - before[-1].works_from >= self.patience

    def _displaced(self, artifact: Artifact, target: str) -> bool:
        ours = self.record(artifact, target)
        others = [
            self.record(other, target)
            for other in {*self.records, *(begun for begun, _ in self.begun)}
            if other.name == artifact.name and other != artifact
        ]
        return ours is not None and any(
            other.updated > ours.updated for other in others if other and other.state is RecordState.SUCCEEDED
        )

    def starts(self, target: str, artifact: Artifact = ASSETS) -> int:
        """How often a target was started."""
        return len(self.begun.get((artifact, target), []))

    def first_start(self, target: str, artifact: Artifact = ASSETS) -> float:
        return self.begun[artifact, target][0].taken

    def running(self, artifact: Artifact = ASSETS) -> set[str]:
        """The targets whose record of the unit is a success now."""
        return {target for target in self.scripts if self.state(artifact, target) is RecordState.SUCCEEDED}


def fleet(number: int, course: Course | None = None) -> dict[str, Script]:
    """Targets that all take starts alike."""
    return {f"t{index:02}": [course or works()] for index in range(number)}


def everywhere(*, bake: float = 0.0, max_failed: int | str = 0) -> Stage:
    return Stage(Everywhere(), bake=bake, budget=budget(max_failed))


def regions(*names: str, bake: float = 0.0, max_failed: int | str = 0) -> Stage:
    return Stage(InRegions(names), bake=bake, budget=budget(max_failed))


def budget(max_failed: int | str) -> Budget:
    if isinstance(max_failed, int):
        return Budget(count=max_failed)
    return Budget(percent=Fraction(max_failed.removesuffix("%")))


def policy(
    *stages: Stage, retries: int = 2, timeout: float = 1800.0, stall_timeout: float = 600.0
) -> RolloutPolicy:
    return RolloutPolicy(
        stages or (everywhere(),), retries=retries, timeout=timeout, stall_timeout=stall_timeout
    )


def rollout(
    cloud: SimulatedCloud,
    plan: RolloutPolicy | None = None,
    *artifacts: Artifact,
    exclusive: bool = True,
    starts_in: float = 0.0,
    memory: Memory | None = None,
) -> Rollout:
    """A rollout that begins now."""
    desired = Desired(artifacts or (ASSETS,), exclusive=exclusive)
    return Rollout(desired, plan or policy(), cloud.now, starts_in=starts_in, memory=memory)


def steps(one: Rollout, cloud: SimulatedCloud, plan: RolloutPolicy) -> Iterator[Outcome | None]:
    """Drive a rollout step by step: None after each, the outcome at the end."""
    idle = 0
    while True:
        decision = one.decide(cloud.observe(plan.stages), cloud.now)
        match decision:
            case Start(requests):
                assert requests, "a start of nothing"
                for request in requests:
                    one.starting(request, cloud.now)
                    try:
                        answer = cloud.start(request)
                    except AnswerLost:
                        if not one.unclear(request):
                            yield one.refused(cloud.now)
                            return
                    else:
                        yield None  # killed before the answer was noted
                        one.started(request, answer)
            case Wait(progress, until):
                pause = min(max(progress.elapsed * 0.08, 0.25), 15.0)
                seconds = min(pause, max(until - cloud.now, 0.0))
                idle = 0 if seconds else idle + 1
                assert idle < 3, "observes again and again without any pause"
                cloud.now += seconds
            case Confirm(at):
                cloud.now = max(cloud.now, at)
                one.refreshed(cloud.now)
            case Finish(outcome):
                yield outcome
                return
        yield None


def run(cloud: SimulatedCloud, plan: RolloutPolicy | None = None, one: Rollout | None = None) -> Outcome:
    """Drive a rollout to its end."""
    plan = plan or policy()
    for count, outcome in enumerate(steps(one or rollout(cloud, plan), cloud, plan)):
        if outcome is not None:
            return outcome
        assert count < 20_000, "comes to no end"
    raise AssertionError("ended without an outcome")
