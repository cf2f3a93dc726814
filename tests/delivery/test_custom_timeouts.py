"""What customTimeouts allow a rollout, they allow its rollback as well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.delivery.released import world
from tests.support.emulator import CONTAINER_APP_ID, SMALL_APP_ID, VERSION_IDS
from tests.support.in_process import InProcess, runtime_before

from pulumi_alicloud_edge._delivery.rollback import Rollback
from pulumi_alicloud_edge._delivery.runner import RolloutResult
from pulumi_alicloud_edge._errors import PartialStateError, RollbackResult
from pulumi_alicloud_edge._model.observation import Observation
from pulumi_alicloud_edge._model.outcome import FailureCause, Outcome, Progress, RolloutStatus
from pulumi_alicloud_edge._operations import apply
from pulumi_alicloud_edge._operations.context import OperationContext
from pulumi_alicloud_edge._operations.operation import Operation
from pulumi_alicloud_edge._reconcile.baseline import Baseline
from pulumi_alicloud_edge._resources.dist import DistHandler
from pulumi_alicloud_edge._resources.handler import ResourceHandler
from pulumi_alicloud_edge._resources.release import ReleaseHandler

ROLLOUT = {"on_failure": "rollback", "timeout": "10m"}
RELEASE = {"app_id": CONTAINER_APP_ID, "env": "prod", "rollout": ROLLOUT}
DIST = {"app_id": SMALL_APP_ID, "rollout": ROLLOUT}
FAILED = Outcome(
    RolloutStatus.FAILED,
    (),
    Progress(stage=0, stages=1, stage_name="", done=0, failed=1, total=1, elapsed=3),
    cause=FailureCause.BUDGET,
    started=True,
)


def file(version: str) -> list[dict[str, str]]:
    return [{"name": "assets", "version": version, "dest_path": "/opt/assets"}]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        pytest.param(
            ReleaseHandler(),
            {**RELEASE, "version_id": VERSION_IDS[0]},
            {**RELEASE, "version_id": VERSION_IDS[1]},
            id="release",
        ),
        pytest.param(DistHandler(), {**DIST, "data": file("1")}, {**DIST, "data": file("2")}, id="dist"),
    ],
)
@pytest.mark.parametrize(("custom", "allowed"), [(7200.0, 7200.0), (None, 600.0)])
def test_a_rollback_is_not_given_up_before_the_custom_timeout(
    *,
    kind: ResourceHandler[Any],
    before: dict[str, Any],
    after: dict[str, Any],
    custom: float | None,
    allowed: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timeouts: list[float] = []

    async def fails(*_: Any, **__: Any) -> RolloutResult:
        return RolloutResult(FAILED, Observation({}), Baseline())

    async def restores(_rollback: Rollback, _around: Any, *, within: float) -> RollbackResult:
        timeouts.append(within)
        return RollbackResult((), (), outcome=replace(FAILED, status=RolloutStatus.CONVERGED))

    monkeypatch.setattr(apply, "carry_out", fails)
    monkeypatch.setattr(apply, "restore", restores)
    with runtime_before(InProcess(world())) as runtime:
        olds = {**before, "status": "converged", "baseline": {}}
        with pytest.raises(PartialStateError):
            apply.update(Operation(kind, runtime, OperationContext(timeout=custom)), "it", olds, after)
    assert timeouts == [allowed]
