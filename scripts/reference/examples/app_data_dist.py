"""A canary in one region, watched for 5 minutes, then every instance; taken back if too many fail."""

import pulumi_alicloud_edge as edge

canary = edge.MatchExpressionArgs(key="region_id", operator="In", values=["cn-xiangyang-19"])

edge.AppDataDist(
    "assets",
    app_id="e76f8985-7965-41fc-925b-9648bb6bf650",
    data=[
        edge.DistDataArgs(name="assets", version="2026.11.1", dest_path="/opt/assets", decompress=True),
    ],
    rollout=edge.RolloutArgs(
        stages=[edge.StageArgs(name="canary", match=[canary], bake="5m"), edge.StageArgs(name="all")],
        max_failed="2%",
        on_failure="rollback",
        timeout="45m",
    ),
)
