"""Functions that ask the cloud how data and releases are, for programs and scripts.

Inside a Pulumi program the stack's config (`alicloud-edge:…`) holds, as for the resources; outside of one there is
none, and all comes from the environment. Both work in a preview too.
"""
# Written by `make reference` from the declarations in resources/ and model/outputs.py: change those.

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from pulumi_alicloud_edge._model.status import AppDataStatus, ContainerAppStatus
from pulumi_alicloud_edge._sdk.status import app_data, ask, ask_when_known, container_app


def get_app_data_status(app_id: str, names: Sequence[str] | None = None) -> AppDataStatus:
    """Ask which versions of an application's data files are where (DescribeDataPushResult, DescribeDataDistResult).

    Args:
        app_id: The ENS application. No commas.
        names: Only these data files; without them, all. Not empty; no commas.

    Raises:
        StatusError: The cloud could not be asked, or refused.
    """
    return ask(app_data, {"app_id": app_id, "names": names})


def get_app_data_status_output(
    app_id: pulumi.Input[str], names: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None
) -> pulumi.Output[AppDataStatus]:
    """Ask the same as `get_app_data_status`, of Inputs: an Output, read once they are known."""
    return ask_when_known(app_data, {"app_id": app_id, "names": names})


def get_container_app_status(app_id: str, env: str) -> ContainerAppStatus:
    """Ask how an edge container app is released in one environment (GetEdgeContainerAppStatus).

    Args:
        app_id: The app, ``app-…``. No commas.
        env: The environment. ``prod`` or ``staging``.

    Raises:
        StatusError: The cloud could not be asked, or refused.
    """
    return ask(container_app, {"app_id": app_id, "env": env})


def get_container_app_status_output(
    app_id: pulumi.Input[str], env: pulumi.Input[str]
) -> pulumi.Output[ContainerAppStatus]:
    """Ask the same as `get_container_app_status`, of Inputs: an Output, read once they are known."""
    return ask_when_known(container_app, {"app_id": app_id, "env": env})
