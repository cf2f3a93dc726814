"""Data files on the instances of an application; which versions, is decided in pull requests."""

import os

import pulumi

import pulumi_alicloud_edge as edge

FILES_URL = os.environ.get("QUICKSTART_FILES_URL", "http://127.0.0.1:8787/files")

data: dict[str, str] = pulumi.Config().require_object("data")

edge.EdgeRelease(
    "game",
    app_id="e76f8985-7965-41fc-925b-9648bb6bf650",
    data=[
        edge.EdgeReleaseDataArgs(
            name=name,
            version=version,
            url=f"{FILES_URL}/{name}-{version}.tar.gz",
            dest_path=f"/opt/{name}",
            decompress=True,
        )
        for name, version in data.items()
    ],
    rollout=edge.RolloutArgs(
        stages=[
            edge.StageArgs(
                name="canary",
                match=[edge.MatchExpressionArgs(key="region_id", operator="In", values=["cn-xiangyang-19"])],
                bake="5s",
            ),
            edge.StageArgs(name="all"),
        ],
        on_failure="rollback",
    ),
)
