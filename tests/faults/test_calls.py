"""Every fault of a call × every kind of resource × every operation."""

import pytest
from tests.faults.cells import Crossing, Record, column, conclude, leave_out
from tests.faults.declared import FAULTS
from tests.faults.fault import Fault
from tests.faults.hosts import Hosts
from tests.faults.phases import Phase, Trial
from tests.faults.subjects import SUBJECTS, Subject
from tests.support.declarations import Archives
from tests.support.emulator import Emulator

CASES = [
    pytest.param(
        fault,
        subject,
        phase,
        id=f"{fault.name}-{subject.word}-{phase.value}",
        marks=[] if subject.word in fault.usual else [pytest.mark.exhaustive],
    )
    for fault in FAULTS
    for subject in SUBJECTS
    for phase in Phase
]


@pytest.mark.parametrize(("fault", "kind", "phase"), CASES)
def test_a_call_that_goes_wrong(  # noqa: PLR0917 - fixtures
    fault: Fault,
    kind: type[Subject],
    phase: Phase,
    emulator: Emulator,
    archives: Archives,
    hosts: Hosts,
    record_property: Record,
) -> None:
    subject = kind(emulator, archives)
    product = subject.actions.product
    intent = fault.intents.of(phase, subject)
    if product not in fault.products:
        intent = f"{product.upper()} does not document this code"
    if isinstance(intent, str):
        leave_out(record_property, fault.name, phase, subject, intent)
        return
    trial = Trial.of(phase, subject, hosts)
    trial.arrange()
    host = hosts.get(fault.setting, removing=phase is Phase.DELETE)
    emulator.clear_calls()
    emulator.faults([dict(rule) for rule in fault.strikes(subject.actions, phase)])

    came = trial.act(host)

    starts = trial.starts()
    emulator.faults([])
    if phase in fault.remembered:
        hosts.retire(fault.setting)
        hosts.retire()
    words = tuple(word.format(action=trial.purpose, product=product) for word in fault.words)
    explained = fault.explained.get(column(phase, subject))
    conclude(record_property, Crossing(fault.name, trial, intent, explained, words), came, starts=starts)
