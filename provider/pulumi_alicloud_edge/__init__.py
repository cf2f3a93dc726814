"""Roll data and container versions out to Alibaba Cloud's edge with Pulumi.

    import pulumi_alicloud_edge as edge

`AppDataPush` brings data files to edge regions, `AppDataDist` onto the instances of an application, and
`ContainerAppRelease` a container version into an environment. Each awaits its rollout, and repairs drift.
"""

from pulumi_alicloud_edge.program.app_data_dist import AppDataDist
from pulumi_alicloud_edge.program.app_data_push import AppDataPush
from pulumi_alicloud_edge.program.args import (
    DistDataArgs,
    MatchExpressionArgs,
    PushDataArgs,
    RolloutArgs,
    StageArgs,
)
from pulumi_alicloud_edge.program.container_app_release import ContainerAppRelease

__all__ = [
    "AppDataDist",
    "AppDataPush",
    "ContainerAppRelease",
    "DistDataArgs",
    "MatchExpressionArgs",
    "PushDataArgs",
    "RolloutArgs",
    "StageArgs",
]
