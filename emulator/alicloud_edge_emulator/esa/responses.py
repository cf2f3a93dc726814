"""The exact shapes of ESA answers."""

from typing import Any

from alicloud_edge_emulator.call import Answer
from alicloud_edge_emulator.clock import wire_time
from alicloud_edge_emulator.dialect import Text
from alicloud_edge_emulator.esa.pods import Phase, Replicas, StagingPod
from alicloud_edge_emulator.esa.release_models import Env
from alicloud_edge_emulator.esa.status import EnvStatus
from alicloud_edge_emulator.esa.store import ContainerAppState
from alicloud_edge_emulator.world import ContainerVersion

STAGING_VIP = "203.0.113.10"
"""An address of the block that is kept for documentation."""
_PROBE = {
    "Command": "",
    "FailureThreshold": 3,
    "Host": "",
    "HttpHeaders": "",
    "InitialDelaySeconds": 5,
    "Path": "",
    "PeriodSeconds": 5,
    "Port": 80,
    "Scheme": "",
    "SuccessThreshold": 1,
    "TimeoutSeconds": 3,
}
_NO_ACR_IMAGE = {
    "Domain": "",
    "InstanceId": "",
    "IsEnterpriseRegistry": False,
    "RegionId": "",
    "RepoId": "",
    "RepoName": "",
    "RepoNamespace": "",
    "Tag": "",
    "TagUrl": "",
}
_SAMPLE_SPELLING = {"publishing": "pubishing"}


def app_status(env: Env, status: EnvStatus, text: Text) -> Answer:
    """AppStatus. Under the dialect `text` with the sample's newlines, its spelling, and counts as strings."""
    return {
        "PublishEnv": env.value,
        "DeployStatus": status.deploy_status,
        "DeployedVersion": _words(status.deployed_version, text),
        "PublishingVersion": _words(status.publishing_version, text),
        "BaseLineVersion": _words(status.baseline_version, text),
        "PublishStatus": _publish_status(status.publish_status, text),
        "PublishPercentage": _count(status.publish_percentage, text),
        "ExpectPercentage": _count(status.expect_percentage, text),
        "PublishType": status.publish_type.value,
        "Regions": {"Region": list(status.regions)},
        "FullRelease": status.full_release,
        "DeployTime": _moment(status.deployed_at, text),
        "PublishTime": _moment(status.published_at, text),
        "RollbackTime": _moment(status.rolled_back_at, text),
        "UnDeployTime": "",
    }


def app(state: ContainerAppState, created: float) -> Answer:
    """App, as GetEdgeContainerApp shows it."""
    spec = state.spec
    return {
        "AppId": spec.app_id,
        "Name": spec.name,
        "Remarks": spec.remarks,
        "Status": "created",
        "VersionCount": len(state.versions),
        "CreateTime": wire_time(created),
        "UpdateTime": wire_time(created),
        "DomainName": "",
        "GatewayType": "l7",
        "QuicCid": "false",
        "ServicePort": 80,
        "TargetPort": 80,
        "HealthCheck": {
            "Type": "l7",
            "Method": "HEAD",
            "Uri": "/",
            "Host": "",
            "HttpCode": "http_2xx",
            "Port": 80,
            "Interval": 5,
            "Timeout": 3,
            "SuccTimes": 2,
            "FailTimes": 5,
        },
    }


def listed_app(state: ContainerAppState, created: float) -> Answer:
    """App, as ListEdgeContainerApps lists it: there alone it has a Percentage."""
    return {**app(state, created), "Percentage": 100}


def version(state: ContainerAppState, spec: ContainerVersion, created: float, now: float) -> Answer:
    """Version, as GetEdgeContainerAppVersion shows it: with more of its containers than in the list."""
    shown = listed_version(state, spec, created, now)
    image = {"IsACRImage": False, "ACRImageInfo": _NO_ACR_IMAGE, "Storage": "0.5G"}
    return {**shown, "Containers": [{**container, **image} for container in shown["Containers"]]}


def listed_version(state: ContainerAppState, spec: ContainerVersion, created: float, now: float) -> Answer:
    """Version, as ListEdgeContainerAppVersions lists it."""
    published = [moment for moment in state.published(spec.version_id) if moment <= now]
    return {
        "AppId": state.spec.app_id,
        "VersionId": spec.version_id,
        "Name": spec.name,
        "Remarks": spec.remarks,
        "Status": spec.status.value,
        "CreateTime": wire_time(created),
        "UpdateTime": wire_time(created),
        "PublishTime": wire_time(published[0]) if published else "",
        "LastPublishTime": wire_time(published[-1]) if published else "",
        "Containers": [
            {
                "Name": spec.name,
                "Image": spec.image,
                "Spec": "1C2G",
                "Command": "",
                "Args": "",
                "EnvVariables": "",
                "PostStart": "",
                "PreStop": "",
                "ProbeType": "tcpSocket",
                "ProbeContent": _PROBE,
            }
        ],
    }


def resource_status(replicas: list[Replicas]) -> Answer:
    """GetEdgeContainerAppResourceStatus."""
    return {
        "Regions": [
            {
                "Region": part.region,
                "Isp": part.isp,
                "IsStaging": part.staging,
                "IsOffline": False,
                "Ready": part.ready,
                "Total": part.total,
            }
            for part in replicas
        ]
    }


def staging_deploy_status(pod: StagingPod) -> Answer:
    """GetEdgeContainerStagingDeployStatus: the fields stand beside RequestId, in no object of their own."""
    running = "ok" if pod.phase is Phase.RUNNING else "unready"
    started = "unready" if pod.phase in {Phase.NO_CONTAINER, Phase.PENDING} else "ok"
    return {
        "Phase": pod.phase.value,
        "Scheduled": started,
        "Initialized": started,
        "ContainersReady": running,
        "Ready": running,
        "CreationTimestamp": "" if pod.created is None else wire_time(pod.created),
        "PodRestartState": {"RestartCount": pod.restarts, "LastTerminatedReason": pod.last_terminated},
        "VIPs": [] if pod.phase is Phase.NO_CONTAINER else [STAGING_VIP],
    }


def _words(value: str, text: Text) -> str:
    return f"{value}\n" if value and text is Text.UNTIDY else value


def _publish_status(status: str, text: Text) -> str:
    return _SAMPLE_SPELLING.get(status, status) if text is Text.UNTIDY else status


def _moment(moment: float | None, text: Text) -> str:
    return "" if moment is None else _words(wire_time(moment), text)


def _count(number: int, text: Text) -> Any:
    return str(number) if text is Text.UNTIDY else number
