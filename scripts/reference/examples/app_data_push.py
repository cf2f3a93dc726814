"""Two files for the file servers of two regions."""

import pulumi

import pulumi_alicloud_edge as edge

assets = edge.AppDataPush(
    "assets",
    app_id="e76f8985-7965-41fc-925b-9648bb6bf650",
    data=[
        edge.PushDataArgs(
            name="assets",
            version="2026.11.1",
            url=pulumi.Config().require_secret("assetsUrl"),
            md5="9e107d9d372bb6826bd81d3542a419d6",
            archive_type="tar.gz",
        ),
        edge.PushDataArgs(name="levels", version="7", url="https://downloads.example.com/levels-7"),
    ],
    regions=["cn-wuhan-telecom_unicom_cmcc-2", "cn-xiangyang-19"],
)
pulumi.export(
    "regions", assets.placements.apply(lambda files: {file["name"]: file["total"] for file in files})
)
