"""A new version of a data file goes to a canary first, then to half, then everywhere; a bad one comes back."""

import os

import pulumi

import pulumi_alicloud_edge as edge

APPLICATION = "e76f8985-7965-41fc-925b-9648bb6bf650"
FILES_URL = os.environ.get("QUICKSTART_FILES_URL", "http://127.0.0.1:8787/files")
CANARY = ["cn-xiangyang-19"]
HALF = [*CANARY, "cn-wuxi-5", "cn-chengdu-telecom-4"]

version = pulumi.Config().require("version")


def instances_in(regions: list[str]) -> list[edge.MatchExpressionArgs]:
    """Select the instances of some regions."""
    return [edge.MatchExpressionArgs(key="region_id", operator="In", values=regions)]


# Pushing is harmless: the file lies on the regions' servers, and nothing uses it yet.
push = edge.AppDataPush(
    "assets",
    app_id=APPLICATION,
    data=[edge.PushDataArgs(name="assets", version=version, url=f"{FILES_URL}/assets-{version}.tar.gz")],
)

# Distributing is not, so it goes step by step. In earnest, let a canary bake for many minutes.
dist = edge.AppDataDist(
    "assets",
    app_id=APPLICATION,
    data=[edge.DistDataArgs(name="assets", version=version, dest_path="/opt/assets", decompress=True)],
    rollout=edge.RolloutArgs(
        stages=[
            edge.StageArgs(name="canary", match=instances_in(CANARY), bake="5s"),
            edge.StageArgs(name="half", match=instances_in(HALF), bake="5s", max_failed="10%"),
            edge.StageArgs(name="all", max_failed="5%"),
        ],
        max_failed=0,
        on_failure="rollback",
        retries=0,
        timeout="20m",
    ),
    opts=pulumi.ResourceOptions(depends_on=[push]),
)

pulumi.export("status", dist.status)
pulumi.export("placements", dist.placements)
