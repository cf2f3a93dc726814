"""DistApplicationData, DescribeDataDistResult and CleanDistData."""

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import assert_never

from alicloud_edge_emulator.call import Answer, Call
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.dialect import Dialect, DistCode, Hung, Redist
from alicloud_edge_emulator.ens import responses
from alicloud_edge_emulator.ens.app_state import AppState
from alicloud_edge_emulator.ens.applications import find_app
from alicloud_edge_emulator.ens.commands import CleanDist, StartDist
from alicloud_edge_emulator.ens.errors import invalid_parameter, missing_parameter
from alicloud_edge_emulator.ens.files import dist_files
from alicloud_edge_emulator.ens.paging import cut_page, read_filter, read_page
from alicloud_edge_emulator.ens.records import Attempt, State, Unit
from alicloud_edge_emulator.ens.strategy import select_instances
from alicloud_edge_emulator.ens.views import see_dists
from alicloud_edge_emulator.json_text import read_json


class DistResultCode(IntEnum):
    """DistResult.ResultCode, whose values the vendor does not document."""

    ACCEPTED = 0
    NOT_PUSHED = 300
    """Ours, by analogy with the push code that asks to push again."""
    SAMPLE_SUCCESS = 400
    """What the documented sample shows beside `Success`."""


def dist_application_data(cloud: Cloud, call: Call) -> Answer:
    """Start to distribute pushed files to instances; what is there or under way is not started again."""
    app = find_app(cloud, call)
    files = dist_files(call)
    instances = select_instances(call.text("DistStrategy"), app.served(), cloud.dialect.selector)
    results = [(file.unit, *_take(cloud, app, file.unit, instances, call)) for file in files]
    return {
        "DistInstanceTotalCount": len(instances),
        "DistInstanceIds": {"DistInstanceId": list(instances)},
        "DistResults": {"DistResult": responses.start_results(results, cloud.dialect.text)},
    }


def describe_data_dist_result(cloud: Cloud, call: Call) -> Answer:
    """The instances of each distributed file by status."""
    app = find_app(cloud, call)
    entries = read_filter(call).apply(see_dists(app, cloud.lens(call)), _instance_filter(app, call))
    page = cut_page(entries, read_page(call), cloud.dialect.paging)
    return responses.dist_status(page, cloud.dialect.text)


def clean_dist_data(cloud: Cloud, call: Call) -> Answer:
    """Remove one version of one file from the instances of a region, or of all.

    The vendor documents no parameter as mandatory; name and version have no sensible default.
    """
    app = find_app(cloud, call)
    name, version = call.text("DataName"), call.text("DataVersion")
    if name is None or version is None:
        raise missing_parameter("DataVersion" if name else "DataName")
    cloud.commit(
        CleanDist(app_id=app.spec.app_id, name=name, version=version, region=call.text("EnsRegionId"))
    )
    return {}


def _take(
    cloud: Cloud, app: AppState, unit: Unit, instances: tuple[str, ...], call: Call
) -> tuple[DistResultCode, str]:
    """Start one file where it is pushed and not there yet; the answer for it."""
    pushed = {
        region
        for region, attempt in app.pushes.get(unit, {}).items()
        if attempt.state(call.now) is State.SUCCEEDED
    }
    starting = tuple(
        instance
        for instance in _to_start(app, unit, instances, cloud.dialect, call.now)
        if app.instances[instance] in pushed
    )
    if starting:
        cloud.commit(_start(app, unit, starting, call))
    lacking = sorted({app.instances[instance] for instance in instances} - pushed)
    if lacking:
        return DistResultCode.NOT_PUSHED, f"The data is not pushed to: {', '.join(lacking[:5])}"
    match cloud.dialect.dist_code:
        case DistCode.ZERO:
            return DistResultCode.ACCEPTED, "Success"
        case DistCode.SAMPLE:
            return DistResultCode.SAMPLE_SUCCESS, "Success"


def _to_start(
    app: AppState, unit: Unit, instances: Iterable[str], dialect: Dialect, now: float
) -> Iterable[str]:
    """The instances on which a dist begins: dialects `redist` and `hung`."""
    own = app.dists.get(unit, {})
    for instance in instances:
        attempt = own.get(instance)
        if attempt is None:
            yield instance
            continue
        after = app.in_place_of(unit, instance, now)
        if (attempt.hangs and dialect.hung is Hung.RESTARTS) or _begins_again(
            dialect.redist, attempt.state(now), after, now
        ):
            yield instance


def _begins_again(redist: Redist, state: State, after: tuple[Unit, Attempt] | None, now: float) -> bool:
    """Whether a dist moves an instance that has a record in this state; `after` is what came later there."""
    match state:
        case State.WORKING | State.RESTARTING:
            return False
        case State.FAILED | State.DELETED:
            return True
        case State.SUCCEEDED:
            match redist:
                case Redist.ANEW:
                    return after is not None
                case Redist.IGNORED:
                    return after is not None and after[1].state(now) is State.DELETED
                case Redist.RESTARTS_ALL:
                    return True
                case _:
                    assert_never(redist)


def _start(app: AppState, unit: Unit, instances: tuple[str, ...], call: Call) -> StartDist:
    faults = call.target_faults
    failures = {instance: faults.failure(instance) for instance in instances} if faults.failing else {}
    return StartDist(
        app_id=app.spec.app_id,
        name=unit.name,
        version=unit.version,
        targets=instances,
        failing={instance: reason for instance, reason in failures.items() if reason is not None},
        hanging=tuple(instance for instance in instances if faults.hangs(instance)),
    )


def _instance_filter(app: AppState, call: Call) -> Callable[[str], bool]:
    instances, regions = call.words("InstanceIds"), _region_ids(call)

    def admits(instance: str) -> bool:
        return (instances is None or instance in instances) and (
            regions is None or app.region_of(instance) in regions
        )

    return admits


def _region_ids(call: Call) -> frozenset[str] | None:
    """EnsRegionIds is a JSON array of strings, unlike the comma lists beside it."""
    text = call.text("EnsRegionIds")
    if text is None:
        return None
    try:
        regions = read_json(text)
    except ValueError:
        raise invalid_parameter("EnsRegionIds") from None
    if not isinstance(regions, list) or not all(isinstance(region, str) for region in regions):
        raise invalid_parameter("EnsRegionIds")
    return frozenset(regions) or None
