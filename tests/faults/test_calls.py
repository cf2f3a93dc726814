"""Every fault of a call × every kind of resource × every operation."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from tests.faults.cells import Crossing, Record, column, conclude, leave_out
from tests.faults.declared import FAULTS, TRANSPORT
from tests.faults.fault import Fault
from tests.faults.hosts import FASTER, Hosts, RealHosts, Setting, VirtualHosts
from tests.faults.phases import Phase, Trial
from tests.faults.subjects import SUBJECTS, Subject
from tests.support.declarations import Archives
from tests.support.emulator import Emulator
from tests.support.virtual import VirtualEmulator

IN_PROCESS = (Setting.USUAL, Setting.EXPIRED_TOKEN)
REAL = "over real connections"
"""Added to the row of a fault that is met in process as well."""


def crossings(faults: Iterable[Fault], *, usual: bool) -> Iterator[Any]:
    """Return every crossing of some faults; those that are not ``usual`` are for `make matrix` alone."""
    for fault in faults:
        for subject in SUBJECTS:
            marks = [] if usual and subject.word in fault.usual else [pytest.mark.exhaustive]
            for phase in Phase:
                name = f"{fault.name}-{subject.word}-{phase.value}"
                yield pytest.param(fault, subject, phase, id=name, marks=marks)


@pytest.mark.parametrize(
    ("fault", "kind", "phase"),
    [*crossings((fault for fault in FAULTS if fault.setting in IN_PROCESS), usual=True)],
)
def test_a_call_that_goes_wrong(  # noqa: PLR0917 - fixtures
    fault: Fault,
    kind: type[Subject],
    phase: Phase,
    emulator: VirtualEmulator,
    archives: Archives,
    hosts: VirtualHosts,
    record_property: Record,
) -> None:
    cross(fault, kind(emulator, archives), phase, hosts, record_property)


@pytest.mark.parametrize(
    ("fault", "kind", "phase"),
    [
        *crossings((fault for fault in FAULTS if fault.setting not in IN_PROCESS), usual=True),
        *crossings((fault for fault in TRANSPORT if fault.setting in IN_PROCESS), usual=False),
    ],
)
def test_a_call_that_goes_wrong_over_real_connections(  # noqa: PLR0917 - fixtures
    fault: Fault,
    kind: type[Subject],
    phase: Phase,
    real_emulator: Emulator,
    archives: Archives,
    real_hosts: RealHosts,
    record_property: Record,
) -> None:
    where = f", {REAL}" if fault.setting in IN_PROCESS else ""
    cross(fault, kind(real_emulator, archives), phase, real_hosts, record_property, where=where)


def cross(
    fault: Fault, subject: Subject, phase: Phase, hosts: Hosts, record: Record, *, where: str = ""
) -> None:
    """Have one operation meet one fault, and judge what comes of it."""
    row, product, emulator = f"{fault.name}{where}", subject.actions.product, subject.emulator
    intent = fault.intents.of(phase, subject)
    if product not in fault.products:
        intent = f"{product.upper()} does not document this code"
    if isinstance(intent, str):
        leave_out(record, row, phase, subject, intent)
        return
    trial = Trial.of(phase, subject, hosts)
    trial.arrange()
    host = hosts.get(fault.setting, removing=phase is Phase.DELETE)
    emulator.clear_calls()
    rules = fault.strikes(subject.actions, phase)
    emulator.faults([hastened(rule) if isinstance(hosts, RealHosts) else dict(rule) for rule in rules])

    came = trial.act(host)

    starts = trial.starts()
    emulator.faults([])
    if phase in fault.remembered:
        hosts.retire(fault.setting)
        hosts.retire()
    words = tuple(word.format(action=trial.purpose, product=product) for word in fault.words)
    explained = fault.explained.get(column(phase, subject))
    conclude(record, Crossing(row, trial, intent, explained, words), came, starts=starts)


def hastened(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule whose delay is as long for a host whose time goes faster."""
    return {**rule, "seconds": rule["seconds"] / FASTER} if rule["effect"] == "delay" else dict(rule)
