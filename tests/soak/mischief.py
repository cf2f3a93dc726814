"""What happens to a cloud beside the program: faults for a while, and other people's hands."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.soak.program import APPLICATIONS
from tests.support.emulator import CONTAINER_APP_ID, VERSION_IDS, Emulator

_START = "DistApplicationData"
FAULTS: dict[str, list[dict[str, Any]]] = {
    "unavailable": [{"effect": "error", "status": 503, "code": "ServiceUnavailable", "count": 3}],
    "internal error": [{"effect": "error", "status": 500, "code": "InternalError", "count": 2}],
    "throttled": [{"effect": "throttle", "count": 5}],
    "throttled for half a second": [{"effect": "throttle", "count": 3, "retry_after_ms": 500}],
    "dropped before": [{"effect": "drop_before", "count": 2}],
    "start dropped after": [{"effect": "drop_after", "action": _START, "count": 1}],
    "cut": [{"effect": "cut", "action": "Describe*", "count": 2}],
    "a proxy's page": [{"effect": "html", "count": 2}],
    "stale": [{"effect": "stale", "seconds": 30, "count": 4}],
    "slow": [{"effect": "delay", "seconds": 0.3, "count": 6}],
    "instances that fail": [{"effect": "target_fail", "action": _START, "probability": 0.5}],
}
DRIFTS = ("lost", "failed", "another version", "another release")


def break_something(emulator: Emulator, dice: Random) -> str:
    """Put a fault in force; gives its name."""
    name = dice.choice(sorted(FAULTS))
    emulator.faults(FAULTS[name])
    return name


def drift(emulator: Emulator, dice: Random) -> str:
    """Change something behind the program's back; gives what."""
    what = dice.choice(DRIFTS)
    if what == "another release":
        emulator.drift(app_id=CONTAINER_APP_ID, env="prod", version=dice.choice(VERSION_IDS))
        return what
    app = emulator.app(dice.choice(APPLICATIONS))
    region = dice.choice(sorted(app["regions"]))
    instance = instance_id(region, dice.randrange(app["regions"][region]))
    state = {"lost": "ABSENT", "failed": "FAILED"}.get(what, "SUCCESS")
    version = "0" if what == "another version" else "1"
    emulator.drift(app_id=app["app_id"], name="assets", version=version, targets=[instance], state=state)
    return what


def instance_id(region: str, number: int) -> str:
    """The name that an instance has in a world whose life is simulated."""
    return f"i-{region}-{number}"
