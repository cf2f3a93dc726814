"""Two data files on the instances of an edge application, and one version of an edge container app.

What runs where is decided in the stack's config (Pulumi.staging.yaml, Pulumi.prod.yaml), not here.
"""

import hashlib
import os
from pathlib import Path

import pulumi

import pulumi_alicloud_edge as edge

APPLICATION = "e76f8985-7965-41fc-925b-9648bb6bf650"
CONTAINER_APP = "app-88068867578379000001"
FILES = Path(__file__).parent / "files"
FILES_URL = os.environ.get("QUICKSTART_FILES_URL", "http://127.0.0.1:8787/files")


def archive(name: str, version: str) -> edge.PushDataArgs:
    """Describe an archive that the edge can fetch, with the checksum it must have."""
    file = FILES / f"{name}-{version}.tar.gz"
    if not file.exists():
        raise pulumi.RunError(
            f"files/{file.name} is missing. Put it there, or choose a version whose file is."
        )
    content = file.read_bytes()
    return edge.PushDataArgs(
        name=name,
        version=version,
        url=f"{FILES_URL}/{file.name}",
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        size=len(content),
        archive_type="tar.gz",
    )


config = pulumi.Config()
data: dict[str, str] = config.require_object("data")
regions: list[str] = config.require_object("regions")
container: dict[str, str] = config.require_object("container")

# Onto the file servers of the regions ...
push = edge.AppDataPush(
    "game",
    app_id=APPLICATION,
    data=[archive(name, version) for name, version in data.items()],
    regions=regions,
)

# ... and from there onto the application's instances, unpacked.
dist = edge.AppDataDist(
    "game",
    app_id=APPLICATION,
    data=[
        edge.DistDataArgs(
            name=name,
            version=version,
            dest_path=f"/opt/{name}",
            decompress=True,
            target_dir_name=name,
            file_mode=755,
        )
        for name, version in data.items()
    ],
    match=[edge.MatchExpressionArgs(key="region_id", operator="In", values=regions)],
    opts=pulumi.ResourceOptions(depends_on=[push]),
)

release = edge.ContainerAppRelease(
    "web",
    app_id=CONTAINER_APP,
    version_id=container["version"],
    env=container["environment"],
    percentage=int(container["percentage"]),
)

pulumi.export("push", push.status)
pulumi.export("dist", dist.status)
pulumi.export("release", release.status)
