"""One program, two stacks: staging says which versions run, prod takes the very versions that staging runs."""

import os
from typing import Any

import pulumi

import pulumi_alicloud_edge as edge

CONTAINER_APP = "app-88068867578379000001"
FILES_URL = os.environ.get("QUICKSTART_FILES_URL", "http://127.0.0.1:8787/files")

config = pulumi.Config()
env = pulumi.get_stack()


def declared() -> dict[str, Any]:
    """Return the versions that the stack's own config names."""
    return {"data": config.require_object("data"), "container": config.require("container")}


def promoted() -> pulumi.Output[dict[str, Any]]:
    """Return the versions that staging was deployed with last, once it has proved them."""
    staging = pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/staging")
    now = edge.get_container_app_status_output(CONTAINER_APP, "staging")
    return pulumi.Output.all(staging.get_output("versions"), now).apply(lambda known: proved(*known))


def proved(versions: dict[str, Any] | None, now: edge.ContainerAppStatus) -> dict[str, Any]:
    """Pass versions on if staging serves them at this moment, in full and healthy; else end the program."""
    if versions is None:
        raise pulumi.RunError("Nothing to promote: deploy the stack staging first.")
    container = versions["container"]
    if now.published_version != container or not now.complete or now.pod_phase != "Running":
        raise pulumi.RunError(
            f"{container} is not promoted to prod: staging serves {now.published_version or 'nothing'} "
            f"({now.publish_percentage}%, pod {now.pod_phase})."
        )
    return versions


def data_files(versions: dict[str, Any]) -> list[edge.EdgeReleaseDataArgs]:
    """Describe the data files in their versions."""
    return [
        edge.EdgeReleaseDataArgs(
            name=name,
            version=version,
            url=f"{FILES_URL}/{name}-{version}.tar.gz",
            dest_path=f"/opt/{name}",
            decompress=True,
        )
        for name, version in sorted(versions["data"].items())  # an Output keeps no order
    ]


versions = promoted() if env == "prod" else pulumi.Output.from_input(declared())
canary = [edge.StageArgs(percentage=10, bake="5s"), edge.StageArgs(percentage=100)]

release = edge.EdgeRelease(
    "game",
    app_id=config.require("application"),
    data=versions.apply(data_files),
    container=edge.EdgeReleaseContainerArgs(
        app_id=CONTAINER_APP,
        version_id=versions.apply(lambda known: str(known["container"])),
        env=env,
        rollout=edge.RolloutArgs(stages=canary if env == "prod" else None, on_failure="rollback"),
    ),
)

# Known only when all is done, so that prod is never offered what staging has not brought up.
pulumi.export("versions", pulumi.Output.all(versions, release.release_status).apply(lambda known: known[0]))
