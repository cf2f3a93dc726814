"""Releases: what is published and how, when a version is waited for, and what pods tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.delivery.answers import Answers, refused

from pulumi_alicloud_edge._delivery.release import ReleaseOrder, ReleasePort, utc_now
from pulumi_alicloud_edge._errors import RejectedError
from pulumi_alicloud_edge._model.observation import Artifact, RecordState
from pulumi_alicloud_edge._model.policy import Budget, InRegions, RolloutPolicy, Selector, Share, Stage
from pulumi_alicloud_edge._reconcile.decisions import (
    CONFIRMED_AFTER,
    Confirm,
    Desired,
    Finish,
    Start,
    StartRequest,
    Wait,
)
from pulumi_alicloud_edge._reconcile.rollout import Rollout

OURS = Artifact("app-1", "ver-2")
CREATED = {"Version": {"VersionId": "ver-2", "Status": "created"}}
PUBLISH, ROLLBACK = "PublishEdgeContainerAppVersion", "RollbackEdgeContainerAppVersion"
VERSION, STATUS = "GetEdgeContainerAppVersion", "GetEdgeContainerAppStatus"
PODS = "GetEdgeContainerStagingDeployStatus"


def shown(
    status: str,
    publishing: str = "",
    deployed: str = "",
    percentage: int | None = None,
    expect: int | None = None,
) -> dict[str, Any]:
    fields = {"PublishStatus": status, "PublishingVersion": publishing, "DeployedVersion": deployed}
    return {"AppStatus": {**fields, "PublishPercentage": percentage, "ExpectPercentage": expect}}


def world(**more: Any) -> Answers:
    return Answers(
        {
            VERSION: CREATED,
            STATUS: shown("published", deployed="ver-1", percentage=100),
            PUBLISH: {},
            ROLLBACK: {},
            **more,
        }
    )


def port(
    answers: Answers,
    *selectors: Selector,
    env: str = "prod",
    order: ReleaseOrder | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> ReleasePort:
    return ReleasePort(
        esa=answers.cloud.esa,
        app_id="app-1",
        env=env,
        artifact=OURS,
        stages=tuple(Stage(selector) for selector in selectors or (Share(100),)),
        order=order or ReleaseOrder(),
        clock=clock,
    )


def request(selector: Selector) -> StartRequest:
    return StartRequest(0, selector, (OURS,), None)


@pytest.mark.parametrize(
    ("selector", "order", "sent"),
    [
        (Share(10), ReleaseOrder(), {"Percentage": "10"}),
        (
            Share(100),
            ReleaseOrder("percentage", "2999-01-01T00:00:00Z", "spring"),
            {
                "Percentage": "100",
                "PublishType": "percentage",
                "StartTime": "2999-01-01T00:00:00Z",
                "Remarks": "spring",
            },
        ),
        (InRegions(("a",), full=True), ReleaseOrder(), {"PublishType": "region", "FullRelease": "true"}),
    ],
)
async def test_what_a_publish_call_says(
    selector: Selector, order: ReleaseOrder, sent: dict[str, str]
) -> None:
    answers = world()
    await port(answers, selector, order=order).start(request(selector))
    (call,) = answers.sent(PUBLISH)
    regions = {key: value for key, value in call.items() if key.startswith("Regions")}
    rest = {key: value for key, value in call.items() if key not in regions}
    assert rest == {"AppId": "app-1", "VersionId": "ver-2", "PublishEnv": "prod", **sent}
    assert bool(regions) is isinstance(selector, InRegions)


async def test_a_version_that_is_still_being_created_is_waited_for() -> None:
    creating = {"Version": {"VersionId": "ver-2", "Status": "creating"}}
    answers = world(**{VERSION: [creating, CREATED]})
    one = port(answers)
    waiting = await one.observe()
    assert [record.state for record in waiting.of(OURS).values()] == [RecordState.IN_PROGRESS]
    ready = await one.observe()
    assert ready.of(OURS) == {}
    await one.observe()
    assert len(answers.sent(VERSION)) == 2


async def test_a_version_whose_creation_failed_ends_it_before_anything_starts() -> None:
    broken = {"Version": {"VersionId": "ver-2", "Status": "failed"}}
    observation = await port(world(**{VERSION: broken})).observe()
    policy = RolloutPolicy((Stage(Share(100), budget=Budget(5)),))
    rollout = Rollout(Desired((OURS,)), policy, 0)
    assert rollout.decide(observation, 0) == Confirm(CONFIRMED_AFTER)
    decision = rollout.decide(observation, CONFIRMED_AFTER)
    assert isinstance(decision, Finish)
    assert "create another one" in decision.outcome.stage_failed[0].reason


async def test_a_version_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(RejectedError):
        await port(world(**{VERSION: refused(404, "VersionNotFound")})).observe()


@pytest.mark.parametrize(
    ("env", "staging", "operation"),
    [
        pytest.param("prod", shown(""), ROLLBACK, id="prod, nothing in staging"),
        pytest.param("prod", shown("published", deployed="ver-9"), PUBLISH, id="prod, something in staging"),
        pytest.param("staging", shown(""), PUBLISH, id="staging"),
        pytest.param(
            "prod", refused(404, "InvalidApp.NotFound"), ROLLBACK, id="prod, no such app in staging"
        ),
        pytest.param("prod", refused(404, "NoStaging"), PUBLISH, id="prod, staging unknown"),
        pytest.param("prod", refused(403, "NoPermission"), PUBLISH, id="prod, staging denied"),
    ],
)
async def test_a_former_version_comes_back_by_rollback_only_where_that_can_mean_prod_alone(
    env: str, staging: Any, operation: str
) -> None:
    answers = world(**{STATUS: staging})
    one = port(answers, env=env, order=ReleaseOrder(is_rollback=True))
    await one.start(request(Share(100)))
    assert [action for action, _ in answers.calls if action in (PUBLISH, ROLLBACK)] == [operation]


async def test_what_is_shown_is_kept_for_the_outputs() -> None:
    answers = world(**{STATUS: [shown("published", deployed="ver-1"), shown("published", deployed="ver-2")]})
    one = port(answers)
    await one.observe()
    environment = (await one.observe()).environment
    assert environment is not None
    now, first = environment.now, environment.first
    assert (now.version, now.percentage, first.version) == ("ver-2", 100, "ver-1")


async def test_progress_shows_the_share_and_the_pods_of_the_environment() -> None:
    pods = {
        "Regions": [
            {"Region": "a", "Isp": "x", "IsStaging": False, "Ready": 3, "Total": 4},
            {"Region": "b", "Isp": "x", "IsStaging": True, "Ready": 9, "Total": 9},
        ]
    }
    moving = shown("publishing", "ver-2", "ver-1", 30)
    answers = world(**{STATUS: moving, "GetEdgeContainerAppResourceStatus": pods})
    assert (await port(answers).observe()).progress_token == ("30 % of prod", "3/4 pods ready")


async def test_a_share_that_moves_without_us_is_no_progress_of_ours() -> None:
    """It would postpone the repeat of a publish that came to nothing, and the stall."""
    looks = [shown("publishing", "ver-2", "ver-1", percentage, expect=100) for percentage in (22, 24)]
    one = port(world(**{STATUS: looks}), Share(10), Share(50))
    assert [(await one.observe()).progress_token for _ in range(2)] == [(), ()]


async def test_a_former_version_that_still_serves_is_not_said_to_serve_nothing() -> None:
    answers = world(**{STATUS: shown("published", "ver-1", "ver-2", 10)})
    assert (await port(answers).observe()).progress_token == ()


async def test_pods_that_nobody_shows_are_no_trouble() -> None:
    answers = world(
        **{STATUS: shown("publishing", "ver-2", "ver-1", 30), PODS: refused(403, "Forbidden.RAM")}
    )
    seen = await port(answers, env="staging").observe()
    assert (seen.progress_token, seen.obstacles) == (("30 % of staging",), {})


@pytest.mark.parametrize("phase", ["CrashLoopBackOff", "ImagePullBackOff", "Failed"])
async def test_pods_that_cannot_come_up_fail_a_release_to_staging_when_seen_twice(phase: str) -> None:
    restarts = {"RestartCount": 4, "LastTerminatedReason": "OOMKilled"}
    answers = world(
        **{
            STATUS: shown("publishing", "ver-2", "ver-1", 30),
            PODS: {"Phase": phase, "PodRestartState": restarts},
        }
    )
    one = port(answers, env="staging")
    assert (await one.observe()).obstacles == {}
    reason = (await one.observe()).obstacles[OURS]
    assert reason == f"the pods are in {phase}, restarted 4 times, last termination: OOMKilled"


async def test_pods_that_have_recovered_are_forgotten() -> None:
    broken, well = {"Phase": "CrashLoopBackOff"}, {"Phase": "Running"}
    moving = shown("publishing", "ver-2", "ver-1", 30)
    one = port(world(**{STATUS: moving, PODS: [broken, well, broken, well]}), env="staging")
    assert [(await one.observe()).obstacles for _ in range(4)] == [{}] * 4


@pytest.mark.parametrize("at_ten", ["published", "publishing"])
@pytest.mark.parametrize(
    "field", ["deployed flips first", "publishing empties first", "both stay"], ids=lambda text: text
)
async def test_a_staged_release_converges_with_one_publish_for_each_stage(at_ten: str, field: str) -> None:
    """Under every reading of the contract, looking often on the way."""
    publishes: list[tuple[float, int]] = []
    now = 0.0

    def publish(sent: dict[str, str]) -> dict[str, Any]:
        publishes.append((now, int(sent["Percentage"])))
        return {}

    def status(_: dict[str, str]) -> dict[str, Any]:
        if not publishes:
            return shown("published", deployed="ver-1", percentage=100)
        began, asked = publishes[-1]
        before = publishes[-2][1] if len(publishes) > 1 else 0
        reached = min(asked, before + int((now - began) / 2))
        whole = reached == 100
        done = reached == asked and (whole or at_ten == "published")
        deployed = "ver-2" if whole or (field == "deployed flips first" and reached > 50) else "ver-1"
        publishing = "" if whole and field == "publishing empties first" else "ver-2"
        return shown("published" if done else "publishing", publishing, deployed, reached)

    answers = world(**{PUBLISH: publish, STATUS: status})
    stages = (Share(10), Share(100))
    one = port(answers, *stages)
    rollout = Rollout(
        Desired((OURS,)), RolloutPolicy(tuple(Stage(selector, bake=15) for selector in stages)), now
    )
    for _ in range(2000):
        match rollout.decide(await one.observe(), now):
            case Start(requests):
                for wanted in requests:
                    rollout.starting(wanted, now)
                    rollout.started(wanted, await one.start(wanted))
            case Wait():
                now += 3
            case Confirm(at):
                now = at
            case Finish(outcome):
                break
    assert (outcome.status.value, [share for _, share in publishes]) == ("converged", [10, 100])
    (first, _), (second, _) = publishes
    assert second - first >= 20 + 15


async def test_a_run_that_goes_on_asks_for_more_where_the_share_of_the_stage_before_is_all_that_shows() -> (
    None
):
    stands = shown("publishing", publishing="ver-2", deployed="ver-1", percentage=10)
    seen = await port(world(**{STATUS: stands}), Share(10), Share(100)).observe()
    records = {target: record.state for target, record in seen.of(OURS).items()}
    assert records == {"prod 10%": RecordState.SUCCEEDED}


async def test_a_later_stage_begins_at_once_although_the_start_time_has_passed_meanwhile() -> None:
    begins = datetime(2031, 1, 1, tzinfo=UTC)
    times = iter([begins - timedelta(hours=1), begins, begins + timedelta(minutes=5)])
    answers = world()
    one = port(answers, order=ReleaseOrder(start_time="2031-01-01T00:00:00Z"), clock=lambda: next(times))
    for percentage in (10, 50, 100):
        await one.start(request(Share(percentage)))
    carried = [call.get("StartTime", "") for call in answers.sent(PUBLISH)]
    assert carried == ["2031-01-01T00:00:00Z", "", ""]
