"""A tenth of production for 10 minutes, then all of it."""

import pulumi_alicloud_edge as edge

edge.ContainerAppRelease(
    "web",
    app_id="app-88068867578379000001",
    version_id="ver-87962637161651000001",
    env="prod",
    rollout=edge.RolloutArgs(
        stages=[edge.StageArgs(percentage=10, bake="10m"), edge.StageArgs(percentage=100)],
        on_failure="rollback",
    ),
)
