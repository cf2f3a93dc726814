"""One file to two regions and the instances there, then the container that uses it."""

import pulumi_alicloud_edge as edge

edge.EdgeRelease(
    "game",
    app_id="e76f8985-7965-41fc-925b-9648bb6bf650",
    data=[
        edge.EdgeReleaseDataArgs(
            name="assets",
            version="2026.11.1",
            url="https://downloads.example.com/assets-2026.11.1.tar.gz",
            dest_path="/opt/assets",
        ),
    ],
    regions=["cn-wuhan-telecom_unicom_cmcc-2", "cn-xiangyang-19"],
    container=edge.EdgeReleaseContainerArgs(
        app_id="app-88068867578379000001", version_id="ver-87962637161651000001", env="prod"
    ),
)
