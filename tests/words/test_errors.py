"""An error says what failed, where, in the cloud's own words, and what to do next; briefly, and without a secret."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pulumi_alicloud_edge import _errors as errors
from pulumi_alicloud_edge._errors import (
    AuthenticationError,
    ClockSkewError,
    CloudError,
    EdgeError,
    FieldError,
    InputError,
    MalformedResponseError,
    NotFoundError,
    PartialStateError,
    PermissionDeniedError,
    RejectedError,
    RemovalError,
    ResponseLostError,
    RollbackResult,
    RolloutFailedError,
    RolloutInterruptedError,
    SettingsError,
    ThrottledError,
    UnavailableError,
    UnreachableError,
    UnsupportedOperationError,
)
from pulumi_alicloud_edge._model.observation import Artifact
from pulumi_alicloud_edge._model.outcome import FailedTarget, FailureCause, Outcome, Progress, RolloutStatus
from pulumi_alicloud_edge._resources.messages import TargetLabel, explain

INSTANCES = TargetLabel("instance", "instances")
ASSETS = Artifact("assets", "1.5")
SUBJECT = "distribution of assets@1.5 in e76f8985"
SEEN = "stage 2 of 2 (all): 37/40 instances, 3 failed, 12 min 34 s"
STAYS = "What has succeeded stays in place. Fix the cause, then run `pulumi up` again: only what is missing is started."
PROGRESS = Progress(stage=1, stages=2, stage_name="all", done=37, failed=3, total=40, elapsed=754, detail="")


def refusal(kind: type[CloudError]) -> CloudError:
    return kind(
        action="DistApplicationData",
        code="Some.Code",
        message="The cloud's words.",
        status=403,
        request_id="REQ-1",
        subject="e76f8985",
    )


def outcome(cause: FailureCause | None, **changes: object) -> Outcome:
    failed = tuple(FailedTarget(ASSETS, f"i-{n}", "disk full") for n in range(20))
    fields: dict[str, object] = {
        "cause": cause,
        "stage_failed": failed,
        "failed_total": 23,
        "allowed": 2,
        "started": True,
        "request_ids": ("R1", "R2", "R3", "R4"),
        **changes,
    }
    return Outcome(RolloutStatus.FAILED, (), PROGRESS, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "kind",
    [
        PermissionDeniedError,
        AuthenticationError,
        ClockSkewError,
        NotFoundError,
        RejectedError,
        UnsupportedOperationError,
        ThrottledError,
        UnavailableError,
        MalformedResponseError,
        CloudError,
    ],
)
def test_a_refusal_of_the_cloud_gives_its_words_the_subject_and_what_to_do(kind: type[CloudError]) -> None:
    said, advice = explain(refusal(kind)).splitlines()
    assert said == (
        "DistApplicationData for e76f8985 failed with Some.Code: The cloud's words. (RequestId REQ-1)"
    )
    assert len(advice) > 20
    assert "un again" in advice, "it says when to run again"


def test_an_error_that_may_be_for_good_does_not_promise_that_it_passes() -> None:
    error = refusal(UnavailableError)
    error.code = "ens.interface.error"
    advice = explain(error).splitlines()[1]
    assert "may be temporary, or the cloud rejects the request without a reason" in advice
    assert "run again" in advice
    assert "The cloud is temporarily unavailable: run again later" in explain(refusal(UnavailableError))


def test_a_key_that_was_disabled_is_no_lack_of_permission() -> None:
    error = refusal(AuthenticationError)
    error.code = "Forbidden.AccessKeyDisabled"
    assert "Check the access key" in explain(error)


def test_a_clean_that_the_cloud_does_not_serve_names_the_way_to_let_the_data_stay() -> None:
    error = UnsupportedOperationError(
        action="CleanDistData", code="InvalidAction.NotFound", message="No.", status=404
    )
    assert 'on_delete = "retain"' in explain(error)
    assert "on_delete" not in explain(refusal(UnsupportedOperationError))


def test_a_temporary_key_that_has_expired_is_told_as_that() -> None:
    error = refusal(AuthenticationError)
    error.code = "InvalidSecurityToken.Expired"
    assert "The temporary key has expired: get a new one" in explain(error)


def test_the_clouds_clock_is_told_in_its_own_zone() -> None:
    error = refusal(ClockSkewError)
    error.server_time = datetime(2026, 11, 22, 4, 30, 53, tzinfo=UTC)  # type: ignore[attr-defined]
    assert explain(error).endswith("The cloud's clock says 2026-11-22 04:30:53 UTC.")


def test_a_call_without_an_answer_names_the_application_that_it_was_about() -> None:
    error = ResponseLostError(action="X", endpoint="ens.example", cause="reset", subject="e76f8985")
    assert explain(error).startswith("X for e76f8985: no response from ens.example: reset")


def test_a_denied_action_is_named_as_ram_names_it() -> None:
    error = refusal(PermissionDeniedError)
    error.ram_action = "ens:DistApplicationData"  # type: ignore[attr-defined]
    assert "Allow ens:DistApplicationData to this identity in RAM" in explain(error)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (UnreachableError(action="X", endpoint="ens.example", cause="refused"), "Check the network"),
        (ResponseLostError(action="X", endpoint="ens.example", cause="reset"), "is joined, not repeated"),
    ],
)
def test_a_cloud_that_does_not_answer_is_named_with_the_cause(error: EdgeError, advice: str) -> None:
    text = explain(error)
    assert text.startswith("X: no response from ens.example: re")
    assert advice in text


def test_every_kind_of_error_has_a_message() -> None:
    """A new error class without words would show up as its bare text."""
    made: list[EdgeError] = [
        InputError((FieldError("data[0]", "is wrong"), FieldError("", "nothing fits"))),
        SettingsError("alicloud-edge:region", "is odd", "Set another."),
        RemovalError((ASSETS,), 3),
        RolloutFailedError(outcome(FailureCause.BUDGET), SUBJECT),
        RolloutInterruptedError(outcome(None), SUBJECT),
        PartialStateError(RemovalError((ASSETS,), 3), "id", {}),
    ]
    assert all(explain(error, INSTANCES).strip() for error in made)
    known = {type(error) for error in made} | {EdgeError}
    leaves = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, EdgeError) and not kind.__subclasses__()
    }
    unsaid = {kind for kind in leaves - known if not issubclass(kind, CloudError | errors.TransportError)}
    assert unsaid == set()


def test_input_faults_are_a_line_each() -> None:
    faults = (FieldError("data[0].version", "must be text"), FieldError("", "nothing is selected"))
    assert explain(InputError(faults)) == "data[0].version: must be text\nnothing is selected"


def test_what_an_input_fault_quotes_can_be_shown() -> None:
    error = InputError((FieldError("regions[1]", "jia\U00014647\x07 is named twice"),))
    assert explain(error) == r"regions[1]: jia\U00014647\x07 is named twice"


def test_what_is_still_there_is_counted() -> None:
    assert explain(RemovalError((ASSETS,), 1, "e76f8985"), INSTANCES).splitlines() == [
        "assets@1.5 is still on 1 instance of e76f8985 after cleaning.",
        "Run `pulumi destroy` or `pulumi up` again: cleaning continues from there.",
    ]


def test_what_is_still_there_because_nobody_heard_of_the_clean_is_told_with_that() -> None:
    lost = ResponseLostError(
        action="CleanDistData", endpoint="ens.example", cause="reset", subject="e76f8985"
    )
    _, why, _ = explain(RemovalError((ASSETS,), 2, "e76f8985", lost), INSTANCES).splitlines()
    assert why == "CleanDistData for e76f8985: no response from ens.example: reset"


def test_a_failed_rollout_is_told_in_a_few_lines() -> None:
    text = explain(RolloutFailedError(outcome(FailureCause.BUDGET), SUBJECT), INSTANCES)
    assert text.splitlines() == [
        f"{SUBJECT}: 23 instances failed, max_failed allows 2 ({SEEN})",
        *(f"  i-{n}: assets@1.5: disk full" for n in range(5)),
        "  and 18 more instances",
        "Started by RequestId R2, R3, R4.",
        STAYS,
    ]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (FailureCause.TIMEOUT, "the timeout has passed; last seen: stage 2 of 2"),
        (FailureCause.STALLED, "no progress within stall_timeout; last seen: stage 2 of 2"),
        (FailureCause.NOTHING_SELECTED, "the selection matches no instance"),
        (FailureCause.REFUSED, "the rollout could not continue"),
    ],
)
def test_the_cause_is_told_and_what_was_last_seen(cause: FailureCause, words: str) -> None:
    assert words in explain(RolloutFailedError(outcome(cause), SUBJECT), INSTANCES).splitlines()[0]


def test_the_error_that_ended_a_rollout_is_told_with_it() -> None:
    error = RolloutFailedError(outcome(FailureCause.REFUSED), SUBJECT, refusal(PermissionDeniedError))
    text = explain(error, INSTANCES)
    assert "Some.Code: The cloud's words. (RequestId REQ-1)" in text
    assert "Fix the cause" not in text


def test_a_failed_start_that_showed_nowhere_says_so() -> None:
    nowhere = (FailedTarget(ASSETS, "", "accepted, but the cloud shows no record of it"),)
    text = explain(
        RolloutFailedError(outcome(FailureCause.BUDGET, stage_failed=nowhere, failed_total=1), SUBJECT),
        INSTANCES,
    )
    assert "  unknown target: assets@1.5: accepted, but the cloud shows no record of it" in text
    assert "more" not in text


def test_an_interrupt_says_how_far_it_was_and_what_goes_on() -> None:
    interrupted = Outcome(RolloutStatus.INTERRUPTED, (), PROGRESS, started=True)
    text = explain(RolloutInterruptedError(interrupted, SUBJECT), INSTANCES)
    assert text == (
        "Interrupted at stage 2 of 2 (all): 37/40 instances, 3 failed, 12 min 34 s. What is under way goes on in "
        "the cloud; the next `pulumi up` continues from there."
    )


BACK = Artifact("assets", "1.4")


def restored(**changes: object) -> str:
    done = Outcome(RolloutStatus.CONVERGED, (), PROGRESS)
    fields: dict[str, object] = {
        "artifacts": (BACK,),
        "cleaned": (),
        "outcome": done,
        "error": None,
        **changes,
    }
    error = RolloutFailedError(outcome(FailureCause.BUDGET), SUBJECT)
    error.restored = RollbackResult(**fields)  # type: ignore[arg-type]
    return explain(error, INSTANCES)


def test_a_rollback_that_worked_names_both_versions() -> None:
    text = restored()
    assert text.startswith("distribution of assets@1.5")
    assert "Rolled back (back to assets@1.4): stage 2 of 2 (all): 37/40 instances" in text
    assert "stays in place" not in text


def test_a_rollback_that_failed_too_names_its_targets_as_well() -> None:
    failed = (FailedTarget(BACK, "i-9", "unreachable"),)
    text = restored(outcome=outcome(FailureCause.TIMEOUT, stage_failed=failed, failed_total=1))
    assert "The rollback (back to assets@1.4) failed too: the timeout has passed" in text
    assert "  i-9: assets@1.4: unreachable" in text


def test_a_rollback_that_was_refused_gives_the_clouds_words() -> None:
    text = restored(outcome=None, error=refusal(PermissionDeniedError))
    assert (
        "The rollback (back to assets@1.4) failed too: DistApplicationData for e76f8985 failed with" in text
    )


@pytest.mark.parametrize("cleaned", [(), (ASSETS,)], ids=["while it was awaited", "while it was cleaned"])
def test_a_rollback_that_was_interrupted_says_what_goes_on(cleaned: tuple[Artifact, ...]) -> None:
    under_way = Outcome(RolloutStatus.INTERRUPTED, (), PROGRESS)
    text = restored(cleaned=cleaned, outcome=None if cleaned else under_way, interrupted=True)
    assert "was interrupted" in text
    assert ("37/40 instances" in text.splitlines()[-1]) == (not cleaned)
    assert text.endswith(
        "What is under way goes on in the cloud; the next `pulumi up` rolls out what the program declares then."
    )
    assert "failed too" not in text


def test_what_had_no_baseline_is_told_as_cleaned() -> None:
    assert "Rolled back (without assets@1.5)." in restored(artifacts=(), cleaned=(ASSETS,), outcome=None)


def test_a_rollback_that_finds_nothing_to_restore_does_not_claim_to_have_restored() -> None:
    text = restored(artifacts=(), cleaned=(), outcome=None, nothing="the rollout has changed nothing")
    assert "()" not in text
    assert "Nothing is rolled back: the rollout has changed nothing." in text
