"""What programs may do with what the resources show. Never run: type checkers must find nothing in it."""

from typing import assert_type

import pulumi

import pulumi_alicloud_edge as edge

push = edge.AppDataPush("push", app_id="e-1", data=[{"name": "a", "version": "1", "url": "oss://b/a"}])
dist = edge.AppDataDist(
    "dist",
    app_id=push.app_id,
    data=push.data.apply(
        lambda files: [
            edge.DistDataArgs(name=file["name"], version=file["version"], dest_path=f"/opt/{file['name']}")
            for file in files
        ]
    ),
    match=[edge.MatchExpressionArgs(key="region_id", operator="In", values=["cn-a"])],
    rollout=edge.RolloutArgs(
        stages=[edge.StageArgs(bake=90), edge.StageArgs(bake="1h30m", max_failed="2%"), {"name": "all"}],
        max_failed=3,
        retries=push.state_version,
    ),
)
release = edge.ContainerAppRelease("web", app_id="app-1", version_id="ver-1", env="prod", percentage=10)
component = edge.EdgeRelease("game", app_id="e-1", data=[], container={"app_id": "app-1"})


# Outputs that hold objects have a shape: keys are known, and so are the types of their values.
def failed_targets(placements: list[edge.outputs.Placement]) -> list[str]:
    return [failed["target"] for placement in placements for failed in placement["failed"]]


def regions(owned: dict[str, list[edge.outputs.OwnedEntry]]) -> set[str]:
    entries = [entry for of_name in owned.values() for entry in of_name]
    return {region for entry in entries for part in entry["selection"] for region in part.get("regions", [])}


assert_type(dist.placements.apply(failed_targets), pulumi.Output[list[str]])
assert_type(push.owned.apply(regions), pulumi.Output[set[str]])
assert_type(dist.placements.apply(lambda files: files[0]["counts"].get("failed", 0)), pulumi.Output[int])
assert_type(dist.placements.apply(lambda files: sum(file["total"] for file in files)), pulumi.Output[int])
assert_type(push.data, pulumi.Output[list[edge.outputs.PushData]])
assert_type(push.data.apply(lambda files: files[0].get("md5")), pulumi.Output[str | None])
assert_type(dist.data.apply(lambda files: files[0]["dest_path"]), pulumi.Output[str])
assert_type(dist.baseline, pulumi.Output[dict[str, str]])
assert_type(dist.request_ids, pulumi.Output[list[str]])
assert_type(release.env, pulumi.Output[str])
assert_type(release.publish_percentage, pulumi.Output[int])
assert_type(component.dist.placements, pulumi.Output[list[edge.outputs.Placement]])
assert_type(component.dist_status, pulumi.Output[str])

# What is in a status is typed as well.
status = edge.get_app_data_status("e-1")
assert_type(status.instances, int | None)
assert_type([version.dist.failed for version in status.data], list[int])
edge.get_container_app_status_output(release.app_id, release.env).apply(lambda shown: shown.pods_ready)
