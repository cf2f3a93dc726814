"""Roll data and container versions out to Alibaba Cloud's edge with Pulumi.

    import pulumi_alicloud_edge as edge

`AppDataPush` pushes data files to edge regions, `AppDataDist` distributes them to the instances of an application, and
`ContainerAppRelease` releases a container version to an environment. Each waits for its rollout, and repairs drift.
`EdgeRelease` does all three in order, from one list. `get_app_data_status` and `get_container_app_status` return the
current status, for programs and scripts.
"""

from pulumi_alicloud_edge._model.status import (
    AppDataStatus,
    ContainerAppStatus,
    DataVersionStatus,
    TargetCounts,
)
from pulumi_alicloud_edge._sdk import outputs
from pulumi_alicloud_edge._sdk.app_data_dist import AppDataDist
from pulumi_alicloud_edge._sdk.app_data_push import AppDataPush
from pulumi_alicloud_edge._sdk.args import (
    DistDataArgs,
    EdgeReleaseContainerArgs,
    EdgeReleaseDataArgs,
    MatchExpressionArgs,
    PushDataArgs,
    RolloutArgs,
    StageArgs,
)
from pulumi_alicloud_edge._sdk.container_app_release import ContainerAppRelease
from pulumi_alicloud_edge._sdk.edge_release import EdgeRelease
from pulumi_alicloud_edge._sdk.functions import (
    get_app_data_status,
    get_app_data_status_output,
    get_container_app_status,
    get_container_app_status_output,
)
from pulumi_alicloud_edge._sdk.status import StatusError

__all__ = [
    "AppDataDist",
    "AppDataPush",
    "AppDataStatus",
    "ContainerAppRelease",
    "ContainerAppStatus",
    "DataVersionStatus",
    "DistDataArgs",
    "EdgeRelease",
    "EdgeReleaseContainerArgs",
    "EdgeReleaseDataArgs",
    "MatchExpressionArgs",
    "PushDataArgs",
    "RolloutArgs",
    "StageArgs",
    "StatusError",
    "TargetCounts",
    "get_app_data_status",
    "get_app_data_status_output",
    "get_container_app_status",
    "get_container_app_status_output",
    "outputs",
]
