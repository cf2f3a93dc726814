"""A dry run of a create, an update or a delete changes nothing, and returns what is known beforehand."""

from __future__ import annotations

import pytest
from tests.operations.operated import DIST, PUSH, RELEASE, Operated, inputs_of

from pulumi_alicloud_edge._errors import InputError
from pulumi_alicloud_edge._model.claim import Claim
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.policy import Everywhere
from pulumi_alicloud_edge._model.unknown import UNKNOWN
from pulumi_alicloud_edge._operations.apply import create, update
from pulumi_alicloud_edge._operations.delete import delete
from pulumi_alicloud_edge._operations.diff import diff

KINDS = pytest.mark.parametrize("kind", [PUSH, DIST, RELEASE])


def declared(kind: str, version: str, **more: object) -> dict[str, object]:
    """What of the inputs is stored as outputs."""
    return {key: value for key, value in inputs_of(kind, version, **more).items() if key != "__sources"}


@KINDS
def test_a_create_returns_the_declared_inputs_and_starts_nothing(kind: str, operated: Operated) -> None:
    created = create(operated.operation(kind, dry_run=True), inputs_of(kind, "1"))
    assert created.outputs == declared(kind, "1")
    assert created.id == f"{created.outputs['app_id']}/{'prod' if kind == RELEASE else 'it'}"
    assert not operated.world.effects
    assert not operated.world.calls


def test_a_create_of_which_an_input_is_not_known_has_no_id_yet(operated: Operated) -> None:
    created = create(operated.operation(DIST, dry_run=True), inputs_of(DIST, "1", app_id=UNKNOWN))
    assert (created.id, created.outputs["app_id"]) == ("", UNKNOWN)
    assert not operated.world.effects


@KINDS
def test_an_update_returns_what_is_certain_and_starts_nothing(kind: str, operated: Operated) -> None:
    stored = create(operated.operation(kind), inputs_of(kind, "1")).outputs
    done = list(operated.world.effects)
    updated = update(operated.operation(kind, dry_run=True), "id", stored, inputs_of(kind, "2"))
    assert updated.outputs == {**declared(kind, "2"), "state_version": stored["state_version"]}
    assert operated.world.effects == done


def test_an_update_that_would_clean_cleans_nothing(operated: Operated) -> None:
    stored = create(operated.operation(DIST), inputs_of(DIST, "1")).outputs
    done = list(operated.world.effects)
    narrowed = inputs_of(DIST, "1", match=[{"key": "region_id", "operator": "In", "values": ["r1"]}])
    updated = update(operated.operation(DIST, dry_run=True), "id", stored, narrowed)
    assert updated.outputs["match"] == narrowed["match"]
    assert "owned" not in updated.outputs
    assert operated.world.effects == done


def test_an_update_that_only_notes_a_neighbour_keeps_all_and_is_still_to_come(operated: Operated) -> None:
    stored = create(operated.operation(DIST), inputs_of(DIST, "1")).outputs
    neighbour = Claim("urn:other", str(stored["app_id"]), Artifact("assets", "1"), (Everywhere(),))
    operated.host.runtime.registry.declare("urn:other", (neighbour,))
    assert diff(operated.operation(DIST), stored, inputs_of(DIST, "1")).beside
    foreseen = update(operated.operation(DIST, dry_run=True), "id", stored, inputs_of(DIST, "1"))
    assert foreseen.outputs == stored
    updated = update(operated.operation(DIST), "id", stored, inputs_of(DIST, "1"))
    assert {key: updated.outputs[key] for key in stored} == stored


def test_an_update_that_cannot_be_made_is_refused(operated: Operated) -> None:
    first = {"name": "assets", "version": "1", "md5": "0" * 32}
    stored = create(operated.operation(PUSH), inputs_of(PUSH, "1", data=[first])).outputs
    changed = inputs_of(PUSH, "1", data=[{**first, "md5": "1" * 32}])
    with pytest.raises(InputError, match="differs from what assets@1 was pushed with"):
        update(operated.operation(PUSH, dry_run=True), "id", stored, changed)


def test_a_delete_takes_nothing_away_and_tells_nobody(operated: Operated) -> None:
    stored = create(operated.operation(DIST), inputs_of(DIST, "1")).outputs
    done = list(operated.world.effects)
    delete(operated.operation(DIST, dry_run=True), stored)
    assert operated.world.effects == done
    assert not operated.host.runtime.registry.deleted()
