"""A cancellation ends the waits of the operations that were given it, and of no others."""

from __future__ import annotations

import pytest
from tests.operations.operated import DIST, PUSH, Operated, inputs_of

from pulumi_alicloud_edge._delivery.run_context import Interrupt
from pulumi_alicloud_edge._errors import EdgeError, PartialStateError, RolloutInterruptedError
from pulumi_alicloud_edge._operations.apply import create
from pulumi_alicloud_edge._operations.delete import delete


def test_a_cancelled_create_keeps_its_state_and_what_it_has_started_goes_on(operated: Operated) -> None:
    cancellation = Interrupt()
    operated.world.loop.call_later(1.5, cancellation.set)  # just after the start
    with pytest.raises(PartialStateError) as failure:
        create(operated.operation(DIST, cancellation=cancellation), inputs_of(DIST, "1"))
    assert isinstance(failure.value.cause, RolloutInterruptedError)
    assert failure.value.outputs["status"] == "interrupted"
    operated.world.pass_time(30)
    assert operated.world.running("assets", "r1-1") == "1"


def test_a_cancelled_delete_says_so(operated: Operated) -> None:
    stored = create(operated.operation(DIST), inputs_of(DIST, "1")).outputs
    cancellation = Interrupt()
    cancellation.set()
    with pytest.raises(EdgeError, match="Interrupted while cleaning"):
        delete(operated.operation(DIST, cancellation=cancellation), stored)


def test_operations_that_were_given_another_one_go_on(operated: Operated) -> None:
    cancelled = Interrupt()
    cancelled.set()
    with pytest.raises(EdgeError):
        create(operated.operation(PUSH, cancellation=cancelled), inputs_of(PUSH, "1"))
    assert create(operated.operation(DIST), inputs_of(DIST, "1")).outputs["status"] == "converged"


def test_what_was_cancelled_before_it_began_has_started_nothing(operated: Operated) -> None:
    cancelled = Interrupt()
    cancelled.set()
    with pytest.raises(PartialStateError):
        create(operated.operation(DIST, cancellation=cancelled), inputs_of(DIST, "1"))
    assert not operated.world.effects
