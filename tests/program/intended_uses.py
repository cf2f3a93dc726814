"""Programs as users write them. Never run: mypy must find nothing in them, and each `type: ignore` must be needed."""

from typing import assert_type

import pulumi

import pulumi_alicloud_edge as edge

config = pulumi.Config()
app = pulumi.Output.from_input("e76f8985-7965-41fc-925b-9648bb6bf650")
regions = pulumi.Output.from_input(["cn-wuxi-5"])
everywhere = edge.MatchExpressionArgs(key="region_id", operator="NotIn", values=["cn-wuxi-5"])

# Plain values.
push = edge.AppDataPush(
    "assets",
    app_id="e76f8985-7965-41fc-925b-9648bb6bf650",
    data=[
        edge.PushDataArgs(
            name="assets",
            version="2026.11.1",
            url="https://downloads.example.com/assets",
            md5="0" * 32,
            size=1,
            archive_type="tar.gz",
            timeout=60,
        )
    ],
    regions=["cn-wuxi-5", "cn-xiangyang-19"],
    rollout=edge.RolloutArgs(max_failed="2%", timeout=600, stall_timeout="5m"),
)

# Outputs, anywhere.
edge.AppDataPush(
    "outputs",
    app_id=app,
    data=[
        edge.PushDataArgs(
            name="a", version=push.status, url=config.require_secret("url"), size=app.apply(len)
        )
    ],
    regions=regions,
    rollout=app.apply(lambda _: edge.RolloutArgs(retries=1)),
)
edge.AppDataPush(
    "whole", app_id=app, data=app.apply(lambda _: [{"name": "a", "version": "1", "url": "oss://b/a"}])
)

# Dicts of the same keys, also beside args.
edge.AppDataDist(
    "dicts",
    app_id=app,
    data=[
        {"name": "a", "version": "1", "dest_path": "/opt/a"},
        edge.DistDataArgs(name="b", version=app, dest_path="/opt/b", decompress=True, file_mode=755),
    ],
    match=[{"key": "region_id", "operator": "In", "values": regions}, everywhere],
    rollout={"stages": [{"match": [everywhere], "bake": "5m"}, edge.StageArgs(name="all")], "max_failed": 3},
    on_delete="retain",
    opts=pulumi.ResourceOptions(depends_on=[push]),
)
edge.AppDataDist(
    "raw",
    app_id=app,
    data=[{"name": "a"}],
    strategies={"name": "ScheduleToAllByMatchExpressions", "parameters": {}},
)

release = edge.ContainerAppRelease(
    "web",
    app_id="app-88068867578379000001",
    version_id=app,
    env="prod",
    rollout=edge.RolloutArgs(
        stages=[edge.StageArgs(percentage=10, bake=90), {"percentage": 100}], on_failure="rollback"
    ),
)
edge.ContainerAppRelease(
    "regions",
    app_id=app,
    version_id="ver-1",
    env=app,
    regions=regions,
    full_release=True,
    publish_type="region",
)

# Outputs of resources are typed.
assert_type(push.status, pulumi.Output[str])
assert_type(push.placements, pulumi.Output[list[edge.outputs.Placement]])
assert_type(release.publish_percentage, pulumi.Output[int])

# The component.
component = edge.EdgeRelease(
    "game",
    app_id=app,
    data=[
        edge.EdgeReleaseDataArgs(name="a", version=app, url=config.require_secret("url"), dest_path="/opt/a"),
        {"name": "b", "version": "1", "url": "oss://b/b", "dest_path": "/opt/b"},
    ],
    regions=regions,
    rollout=edge.RolloutArgs(stages=[edge.StageArgs(match=[everywhere]), edge.StageArgs()]),
    container=edge.EdgeReleaseContainerArgs(
        app_id="app-1", version_id=release.published_version, env="staging"
    ),
    opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="former")]),
)
edge.EdgeRelease(
    "outputs",
    app_id="a",
    data=app.apply(
        lambda _: [edge.EdgeReleaseDataArgs(name="a", version="1", url="oss://b/a", dest_path="/a")]
    ),
    container={"app_id": "app-1", "version_id": "ver-1", "env": "prod"},
)
assert_type(component.release_status, pulumi.Output[str | None])
assert_type(component.push.baseline, pulumi.Output[dict[str, str]])

# Functions, plain and for Inputs.
data_status = edge.get_app_data_status("e76f8985-7965-41fc-925b-9648bb6bf650", ["assets"])
assert_type(data_status, edge.AppDataStatus)
assert_type(data_status.running("assets"), dict[str, int])
assert_type(data_status.of("assets", "1").push.succeeded, int)
assert_type(edge.get_app_data_status_output(app, names=regions), pulumi.Output[edge.AppDataStatus])
assert_type(edge.get_app_data_status_output("app", [app, "levels"]), pulumi.Output[edge.AppDataStatus])
assert_type(edge.get_container_app_status("app-1", env="prod").published_version, str)
assert_type(edge.get_container_app_status_output(app, "prod"), pulumi.Output[edge.ContainerAppStatus])
try:
    edge.get_container_app_status("app-1", "staging")
except edge.StatusError as error:
    pulumi.log.warn(str(error))

# What is wrong is seen before anything runs.
edge.PushDataArgs(name="a", version="1")  # type: ignore[call-arg]  # no url
edge.PushDataArgs(name="a", version=1, url="oss://b/a")  # type: ignore[arg-type]  # a version is text
edge.StageArgs(percent=10)  # type: ignore[call-arg]  # no such selector
edge.AppDataDist("no app", data=[])  # type: ignore[call-arg]
edge.get_app_data_status(app)  # type: ignore[arg-type]  # an Output belongs to the _output variant
