"""One program, two stacks: staging says which versions run, prod takes the very versions that staging runs."""

import os
from typing import Any

import pulumi

import pulumi_alicloud_edge as edge

CONTAINER_APP = "app-88068867578379000001"
FILES_URL = os.environ.get("QUICKSTART_FILES_URL", "http://127.0.0.1:8787/files")

config = pulumi.Config()
env = pulumi.get_stack()


def proved(container: str, staging: edge.ContainerAppStatus) -> str:
    """Pass a container version on if staging serves it in full, and its pod runs; else end the program."""
    if staging.published_version != container or not staging.complete:
        raise pulumi.RunError(
            f"{container} is not promoted: staging serves {staging.published_version or 'nothing'} "
            f"({staging.publish_status or 'never published'}, {staging.publish_percentage}%)."
        )
    if staging.pod_phase != "Running":
        raise pulumi.RunError(f"{container} is not promoted: its pod in staging is {staging.pod_phase}.")
    return container


versions: pulumi.Input[Any]
container: pulumi.Input[str]
if env == "prod":
    staging = pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/staging")
    versions = staging.require_output("versions")
    container = pulumi.Output.all(
        staging.require_output("container"), edge.get_container_app_status_output(CONTAINER_APP, "staging")
    ).apply(lambda known: proved(*known))
    stages = [edge.StageArgs(percentage=10, bake="5s"), edge.StageArgs(percentage=100)]
else:
    versions = config.require_object("versions")
    container = config.require("container")
    stages = [edge.StageArgs(percentage=100)]


def data_files(versions: dict[str, str]) -> list[edge.EdgeReleaseDataArgs]:
    """Describe the data files in their versions."""
    return [
        edge.EdgeReleaseDataArgs(
            name=name,
            version=version,
            url=f"{FILES_URL}/{name}-{version}.tar.gz",
            dest_path=f"/opt/{name}",
            decompress=True,
        )
        for name, version in versions.items()
    ]


release = edge.EdgeRelease(
    "game",
    app_id=config.require("application"),
    data=pulumi.Output.from_input(versions).apply(data_files),
    container=edge.EdgeReleaseContainerArgs(
        app_id=CONTAINER_APP,
        version_id=container,
        env=env,
        rollout=edge.RolloutArgs(stages=stages, on_failure="rollback"),
    ),
)

# After the release: so that prod never takes versions over that staging has not brought up.
pulumi.export("versions", pulumi.Output.all(versions, release.dist_status).apply(lambda known: known[0]))
pulumi.export("container", pulumi.Output.all(container, release.release_status).apply(lambda known: known[0]))
