"""A cloud that goes down in the middle and comes back, with all that it knew × every kind × every operation."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.faults.cells import Crossing, Record, conclude
from tests.faults.hosts import FASTER, RealHosts
from tests.faults.intended import PASSES, Intent
from tests.faults.phases import Came, Phase, Trial
from tests.faults.subjects import SUBJECTS, Dist, Subject
from tests.support.declarations import Archives
from tests.support.dynamic_host import eventually
from tests.support.emulator import Emulator


@pytest.fixture(scope="module")
def durable(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A cloud whose state outlives its process."""
    db = tmp_path_factory.mktemp("durable") / "cloud.db"
    with Emulator.start(files=files, time_scale=FASTER, db=db) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def durable_hosts(durable: Emulator) -> Iterator[RealHosts]:
    hosts = RealHosts(durable)
    try:
        yield hosts
    finally:
        hosts.stop()


@pytest.mark.parametrize("phase", Phase, ids=lambda phase: phase.value)
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, id=kind.word, marks=[] if kind is Dist else [pytest.mark.exhaustive])
        for kind in SUBJECTS
    ],
)
def test_a_cloud_that_is_restarted(  # noqa: PLR0917 - fixtures
    kind: type[Subject],
    phase: Phase,
    durable: Emulator,
    durable_hosts: RealHosts,
    files: Path,
    quick_world: Mapping[str, Any],
    record_property: Record,
) -> None:
    durable.world(quick_world)
    subject = kind(durable, Archives(files, durable))
    trial = Trial.of(phase, subject, durable_hosts)
    trial.arrange()
    if phase.changes:
        came, before = _restart_under_way(trial)
    else:
        durable.restart()
        came, before = trial.act(durable_hosts.get(removing=phase is Phase.DELETE)), 0
    intent = PASSES.of(phase, subject)
    assert isinstance(intent, Intent)
    starts = before + trial.starts()
    conclude(record_property, Crossing("cloud restarted", trial, intent), came, starts=starts)


def _restart_under_way(trial: Trial) -> tuple[Came, int]:
    """Restart it once it has taken up the start; it forgets its record of calls then."""
    host = trial.hosts.get()
    acting = host.begin(lambda: trial.act(host))
    eventually(trial.starts)
    before = trial.starts()
    trial.subject.emulator.restart()
    return acting.result(), before
