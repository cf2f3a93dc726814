"""A version is what it was first pushed with: other content under its name is refused before anything is called."""

from typing import Any

import pytest
from tests.support.clouds import REGIONS
from tests.support.declarations import Archives, with_sources
from tests.support.dynamic_host import CallFailedError, Kind, Managed
from tests.support.sightings import starts
from tests.support.virtual import VirtualEmulator, VirtualHost

OTHER = {"md5": "1" * 32, "size": 77}
NEITHER = {"md5": None, "size": None}


@pytest.fixture
def push(host: VirtualHost) -> Managed:
    return Managed(host, Kind.PUSH)


def of(archives: Archives, version: str = "1", **changed: Any) -> dict[str, Any]:
    """A push of one version; a field that is changed to None is not declared."""
    file = archives.file(version, **changed)
    declared = {key: value for key, value in file.items() if value is not None}
    return with_sources(archives.push(declared, regions=list(REGIONS)))


def refuses(push: Managed, inputs: dict[str, Any], field: str) -> None:
    with pytest.raises(CallFailedError) as caught:
        push.up(inputs)
    reason = "differs from what assets@1 was pushed with: give new content a new version"
    assert f"data[0].{field}: {reason}" in caught.value.message


@pytest.mark.parametrize("field", ["md5", "size"])
def test_other_content_is_refused_after_other_versions_in_between(
    push: Managed, emulator: VirtualEmulator, archives: Archives, field: str
) -> None:
    for version in ("1", "2"):
        push.up(of(archives, version))
    emulator.clear_calls()

    refuses(push, of(archives, **{field: OTHER[field]}), field)
    assert not starts(emulator)

    push.up(of(archives))
    assert push.done == ["create", "update", "update"]
    refuses(push, of(archives, **{field: OTHER[field]}), field)


def test_a_md5_and_a_size_may_be_declared_later_and_left_out_again(
    push: Managed, emulator: VirtualEmulator, archives: Archives
) -> None:
    push.up(of(archives, **NEITHER))
    for also in ({"md5": None}, {}, {"size": None}, NEITHER, {}):
        push.up(of(archives, **also))
    assert push.done == ["create", *["same"] * 5]
    assert starts(emulator) == ["PushApplicationData"]


def test_what_was_declared_later_holds_from_then_on(push: Managed, archives: Archives) -> None:
    push.up(of(archives, **NEITHER))
    push.up(of(archives, size=None))
    refuses(push, of(archives, md5=OTHER["md5"]), "md5")

    push.up(of(archives, "2"))
    refuses(push, of(archives, md5=OTHER["md5"]), "md5")
    push.up(of(archives, size=77))
    assert push.done[1] == "same"


def test_what_was_left_out_again_holds_still(push: Managed, archives: Archives) -> None:
    push.up(of(archives))
    push.up(of(archives, "2"))
    push.up(of(archives, **NEITHER))
    refuses(push, of(archives, **OTHER), "md5")


def test_a_refresh_forgets_nothing(push: Managed, archives: Archives) -> None:
    for version in ("1", "2"):
        push.up(of(archives, version))
    push.refresh()
    refuses(push, of(archives, md5=OTHER["md5"]), "md5")


def test_a_name_that_was_dropped_and_comes_back_is_what_it_was(push: Managed, archives: Archives) -> None:
    push.up(of(archives))
    others = archives.push(archives.file("1", "models"), regions=list(REGIONS))
    push.up(with_sources(others))
    refuses(push, of(archives, md5=OTHER["md5"]), "md5")


def test_a_push_that_failed_everywhere_may_be_corrected_under_the_same_version(
    push: Managed, emulator: VirtualEmulator, archives: Archives
) -> None:
    mismatch = {"effect": "target_fail", "targets": list(REGIONS), "description": "md5 mismatch"}
    emulator.faults([{**mismatch, "action": "PushApplicationData"}])
    once = {"rollout": {"retries": 0}}
    with pytest.raises(CallFailedError, match="md5 mismatch"):
        push.up(of(archives, md5=OTHER["md5"]) | once)
    emulator.faults([])
    assert push.up(of(archives) | once).outputs["status"] == "converged"


def test_a_push_that_arrived_in_part_keeps_its_content_in_the_update_that_the_engine_makes_unasked(
    push: Managed, emulator: VirtualEmulator, archives: Archives
) -> None:
    emulator.faults([{"effect": "target_fail", "action": "PushApplicationData", "targets": [REGIONS[0]]}])
    once = {"rollout": {"retries": 0}}
    with pytest.raises(CallFailedError, match="1 region failed"):
        push.up(of(archives) | once)
    emulator.faults([])
    emulator.clear_calls()
    refuses(push, of(archives, md5=OTHER["md5"]) | once, "md5")
    assert not starts(emulator)
    assert push.up(of(archives) | once).outputs["status"] == "converged"


def test_a_state_of_an_earlier_release_still_knows_the_version_that_it_declares(
    push: Managed, archives: Archives
) -> None:
    state = push.up(of(archives))
    del state.outputs["__contents"]
    refuses(push, of(archives, md5=OTHER["md5"]), "md5")
    push.up(of(archives, "2"))
    refuses(push, of(archives, md5=OTHER["md5"]), "md5")


def test_the_state_holds_no_md5_in_another_place_than_the_data(push: Managed, archives: Archives) -> None:
    """A program may have marked it as secret; Pulumi hides the output that has the name of the input, and no other."""
    inputs = of(archives)
    state = push.up(inputs)
    others = {key: value for key, value in state.outputs.items() if key != "data"}
    assert inputs["data"][0]["md5"] not in repr(others)
