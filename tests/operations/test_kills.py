"""A process that dies at any of its calls, before or after the cloud has taken it, and the up after that."""

import pytest
from tests.safety.engine import DIST, PUSH, RELEASE, Resource, Stack, dist_inputs, region_in
from tests.safety.world import APP, EDGE_APP, EDGE_VERSIONS, STARTING, STARTING_RELEASE, World

CALLS = 40
"""More than any of these rollouts makes."""
STAGES = 2
KINDS = {
    PUSH: {
        "app_id": APP,
        "data": [{"name": "new", "version": "1"}],
        "__sources": {"new@1": "fake://files/it"},
        "rollout": {"stages": [{"regions": ["r1"]}, {}]},
    },
    DIST: dist_inputs(("assets", "1"), rollout={"stages": [{"match": region_in("r1")}, {}]}),
    RELEASE: {
        "app_id": EDGE_APP,
        "version_id": EDGE_VERSIONS[1],
        "env": "prod",
        "rollout": {"stages": [{"percentage": 10}, {"percentage": 100}]},
    },
}


@pytest.mark.parametrize("when", ["before the call", "after the call"])
@pytest.mark.parametrize("kind", KINDS)
def test_after_a_kill_at_any_call_the_next_up_finishes_and_starts_nothing_twice(kind: str, when: str) -> None:
    killed_at = 0
    for number in range(CALLS):
        with World() as world:
            one = Stack(world, "one")
            one.put(Resource(kind, "it", KINDS[kind]))
            (killed,) = one.up(kill_at=number, kill_after=when == "after the call")
            killed_at += killed.killed
            world.pass_time(5)

            (finished,) = one.up()

            assert finished.status == "converged", (number, str(finished))
            starts = [action for _, action, _ in world.calls if action in STARTING | STARTING_RELEASE]
            assert len(starts) == STAGES, (number, starts)
            if not killed.killed:
                break
    assert STAGES < killed_at < CALLS, "or this shows nothing, or not all of its calls"
