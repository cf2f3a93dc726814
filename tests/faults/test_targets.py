"""Targets that never come to an end, or fall ill and recover by themselves × every kind × every operation."""

import pytest
from tests.faults.cells import Crossing, Record, conclude
from tests.faults.hosts import VirtualHosts
from tests.faults.intended import PASSES, STUCK, Intent, Intents
from tests.faults.phases import AS_BEFORE, NOTHING, Came, Phase, Trial
from tests.faults.subjects import SUBJECTS, Subject
from tests.support.declarations import Archives
from tests.support.virtual import VirtualEmulator

HANGING = Intents(
    change=STUCK,
    refresh=Intent("ok", 0, "failed"),
    delete=Intent("ok", 2, NOTHING, total=2),
    diff=Intent("seen", 0, AS_BEFORE, total=0),
)
"""It is given up after the stall_timeout, where it may not be started again. What it hangs in is no longer what it was,
so a destroy cleans both versions, and the run after it, when the target has come to its end, has nothing to start.
"""
FLAPPING = Intents(
    change=STUCK,
    refresh=Intent("ok", 0, "drifted"),
    delete=PASSES.delete,
    diff=Intent("seen", 0, AS_BEFORE, total=0),
)
"""A stage that bakes does not forgive it, and a refresh says that it is not as declared. What has recovered before the
next run needs no start."""
EVERY = [pytest.param(kind, phase, id=f"{kind.word}-{phase.value}") for kind in SUBJECTS for phase in Phase]


@pytest.mark.parametrize(("kind", "phase"), EVERY)
def test_a_target_that_hangs_for_ever(  # noqa: PLR0917 - fixtures
    kind: type[Subject],
    phase: Phase,
    emulator: VirtualEmulator,
    archives: Archives,
    hosts: VirtualHosts,
    record_property: Record,
) -> None:
    subject = kind(emulator, archives)
    trial = Trial.of(phase if phase.changes else Phase.UPDATE, subject, hosts, stall_timeout="25s", retries=0)
    trial.arrange()
    emulator.faults([{"effect": "target_hang", "action": subject.actions.start}])
    came = trial.act(hosts.get())
    if not phase.changes:
        assert came.state == "failed"
        trial = trial.then(phase)
        emulator.clear_calls()
        came = trial.act(hosts.get(removing=phase is Phase.DELETE))
    starts = trial.starts()
    emulator.faults([])
    if phase is not Phase.DELETE:
        subject.put(subject.new)
    intent = HANGING.of(phase, subject)
    assert isinstance(intent, Intent)
    words = ("no progress within stall_timeout; last seen: ",)
    crossing = Crossing("target hangs for ever", trial, intent, words=words)
    conclude(record_property, crossing, came, starts=starts)


@pytest.mark.parametrize(("kind", "phase"), EVERY)
def test_a_target_that_flaps(  # noqa: PLR0917 - fixtures
    kind: type[Subject],
    phase: Phase,
    emulator: VirtualEmulator,
    archives: Archives,
    hosts: VirtualHosts,
    record_property: Record,
) -> None:
    subject = kind(emulator, archives)
    bake = "15s" if phase.changes else 0
    trial = Trial.of(phase, subject, hosts, stages=[{"bake": bake, **subject.whole}])
    trial.arrange()
    if phase.changes:
        came = _fall_ill_while_baking(trial, hosts)
    else:
        subject.fail(subject.former)
        came = trial.act(hosts.get(removing=phase is Phase.DELETE))
    starts = trial.starts()
    if phase is not Phase.DELETE:
        subject.put(trial.version)
    intent = FLAPPING.of(phase, subject)
    assert isinstance(intent, Intent)
    crossing = Crossing("target flaps", trial, intent, words=("baking", "un `pulumi up` again"))
    conclude(record_property, crossing, came, starts=starts)


def _fall_ill_while_baking(trial: Trial, hosts: VirtualHosts) -> Came:
    host = hosts.get()
    host.at_line("baking", lambda: trial.subject.fail(trial.version))
    return trial.act(host)
