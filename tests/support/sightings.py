"""What the emulated cloud shows of the small application, and what was asked of it."""

from typing import Any

from tests.support.emulator import SMALL_APP_ID, Emulator

STARTING = (
    "PushApplicationData",
    "DistApplicationData",
    "PublishEdgeContainerAppVersion",
    "RollbackEdgeContainerAppVersion",
)


def starts(emulator: Emulator, *actions: str) -> list[str]:
    """The calls that start work, in order; of some actions only, if named."""
    return [call["action"] for call in emulator.calls() if call["action"] in (actions or STARTING)]


def took_effect(emulator: Emulator, *actions: str) -> int:
    """Count the calls that start work, or those named, that took effect, whatever their callers were told."""
    wanted = actions or STARTING
    return sum(call["carried_out"] and call["action"] in wanted for call in emulator.calls())


def cleaned(emulator: Emulator) -> list[tuple[str, str]]:
    """Name and version of each CleanDistData."""
    calls = [call["params"] for call in emulator.calls("CleanDistData")]
    return [(params["DataName"]["value"], params["DataVersion"]["value"]) for params in calls]


def cleaned_in(emulator: Emulator) -> list[tuple[str, str, str]]:
    """Name, version and region of each CleanDistData, sorted; an empty region is everywhere."""
    calls = [call["params"] for call in emulator.calls("CleanDistData")]
    keys = ("DataName", "DataVersion", "EnsRegionId")
    return sorted(tuple(params.get(key, {"value": ""})["value"] for key in keys) for params in calls)  # type: ignore[misc]


def runs(emulator: Emulator, name: str = "assets") -> set[str]:
    """The versions of a file that the instances run."""
    running = emulator.app(SMALL_APP_ID)["running"].get(name, {})
    return {version for versions in running.values() for version in versions}


def placed_on(emulator: Emulator, version: str = "1", name: str = "assets") -> dict[str, str]:
    """Instance to the state of a distributed file there."""
    return _of(emulator.app(SMALL_APP_ID)["distributed"], name, version, "instances")


def pushed_to(emulator: Emulator, version: str = "1", name: str = "assets") -> dict[str, str]:
    """Region to the state of a pushed file there."""
    return _of(emulator.app(SMALL_APP_ID)["pushed"], name, version, "regions")


def serves(emulator: Emulator, env: str = "prod") -> str:
    """The container version that an environment serves."""
    version: str = emulator.container_app()["environments"][env]["DeployedVersion"]
    return version


def _of(units: list[dict[str, Any]], name: str, version: str, targets: str) -> dict[str, str]:
    return next((unit[targets] for unit in units if (unit["name"], unit["version"]) == (name, version)), {})
