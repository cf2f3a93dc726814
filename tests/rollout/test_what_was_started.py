"""What a run remembers of its starts and of the cloud's answers to them."""

from __future__ import annotations

from pulumi_alicloud_edge._model.observation import Artifact, Record, RecordState
from pulumi_alicloud_edge._model.policy import Everywhere
from pulumi_alicloud_edge._reconcile.attempts import Attempts
from pulumi_alicloud_edge._reconcile.decisions import StartRequest, StartResponse

ASSETS, MODELS = Artifact("assets", "2"), Artifact("models", "7")
BOTH = (ASSETS, MODELS)


def request(*targets: str, artifacts: tuple[Artifact, ...] = (ASSETS,), stage: int = 0) -> StartRequest:
    """A start of the whole of a stage, or of some targets."""
    return StartRequest(stage, Everywhere(), artifacts, frozenset(targets) if targets else None)


def named(*targets: str) -> StartResponse:
    return StartResponse(targets=frozenset(targets))


def start(
    attempts: Attempts,
    one: StartRequest,
    response: StartResponse | None = None,
    *,
    now: float = 100,
    targets: str | None = None,
) -> None:
    """Note a start, and the answer to it where there is one."""
    attempts.record(one, {}, None if targets is None else frozenset(targets.split()), now)
    if response is not None:
        attempts.answered(one, response)


def test_a_start_that_the_cloud_took_in_part_only_has_not_begun_the_stage() -> None:
    for response in (StartResponse(is_partial=True), StartResponse(refused={MODELS: "quota"})):
        attempts = Attempts()
        start(attempts, request(artifacts=BOTH), response)
        assert (attempts.started, attempts.has_started(0), attempts.is_partial(0)) == (True, False, True)
        start(attempts, request("i-1", artifacts=BOTH), StartResponse())
        assert attempts.is_partial(0), "some targets are not the rest of it"
        start(attempts, request(artifacts=BOTH), StartResponse())
        assert (attempts.has_started(0), attempts.is_partial(0)) == (True, False)


def test_a_start_of_which_nothing_was_taken_has_started_nothing() -> None:
    attempts = Attempts()
    start(attempts, request(), StartResponse(refused={ASSETS: "quota"}))
    assert (attempts.started, attempts.was_refused(ASSETS)) == (False, True)
    assert attempts.message(ASSETS) == "quota"


def test_what_was_refused_once_and_is_started_again_is_not_refused() -> None:
    attempts = Attempts()
    start(attempts, request(), StartResponse(refused={ASSETS: "quota"}))
    start(attempts, request())
    assert not attempts.was_refused(ASSETS)


def test_an_answer_without_words_leaves_the_last_ones() -> None:
    attempts = Attempts()
    start(attempts, request(), StartResponse(notes={ASSETS: "busy"}))
    start(attempts, request(), StartResponse(notes={ASSETS: ""}))
    assert attempts.message(ASSETS) == "busy"


def test_all_answers_together_say_who_is_served() -> None:
    attempts = Attempts()
    assert attempts.named == set()
    start(attempts, request(), named("i-1"))
    start(attempts, request(), named("i-2"))
    start(attempts, request("i-3", stage=1), named("i-3"))
    start(attempts, request("i-4", stage=1), named("i-4"))
    assert attempts.whole_response(0) == {"i-1", "i-2"}
    assert (attempts.whole_response(1), attempts.partial_response(1)) == (None, {"i-3", "i-4"})
    assert attempts.named == {"i-1", "i-2", "i-3", "i-4"}


def test_a_start_of_the_whole_covers_whom_its_answer_named() -> None:
    attempts = Attempts()
    start(attempts, request(), named("i-1"), targets="i-1 i-2")
    assert attempts.attempt(ASSETS, "i-1") is not None
    assert attempts.attempt(ASSETS, "i-2") is None
    assert attempts.attempt(MODELS, "i-1") is None


def test_all_starts_that_mean_a_target_are_counted() -> None:
    attempts = Attempts()
    start(attempts, request(), now=100)
    start(attempts, request("i-1"), now=130)
    start(attempts, request("i-1"), now=160)
    one, other = attempts.attempt(ASSETS, "i-1"), attempts.attempt(ASSETS, "i-2")
    assert one is not None
    assert other is not None
    assert ((one.at, one.count), (other.at, other.count)) == ((160, 3), (100, 1))


def test_what_the_cloud_showed_before_a_start_is_kept_with_it() -> None:
    attempts, before = Attempts(), {"i-1": Record(RecordState.FAILED)}
    attempts.record(request(artifacts=BOTH), {ASSETS: before}, None, 100)
    seen = [attempt.seen for each in BOTH if (attempt := attempts.whole_attempt(each, 0)) is not None]
    assert seen == [before, {}]


def test_a_start_whose_answer_was_lost_is_not_counted_and_may_have_begun_the_stage() -> None:
    attempts, whole, one = Attempts(), request(artifacts=BOTH), request("i-1")
    start(attempts, whole)
    assert attempts.undo_attempt(whole) == 1
    assert (attempts.started, attempts.has_started(0)) == (True, True)
    start(attempts, one)
    assert attempts.undo_attempt(one) == 2
    found = attempts.attempt(ASSETS, "i-1")
    assert found is not None
    assert found.count == 0
    assert attempts.undo_attempt(whole) == 3, "of the artifact that was lost most often"


def test_a_refusal_says_that_a_lost_start_has_begun_nothing() -> None:
    attempts, whole = Attempts(), request()
    start(attempts, whole)
    attempts.undo_attempt(whole)
    attempts.refused_after_all(whole)
    assert not attempts.has_started(0)
    start(attempts, whole, StartResponse())
    attempts.refused_after_all(whole)
    assert attempts.has_started(0), "that was answered"


def test_a_refusal_begins_nothing() -> None:
    attempts = Attempts()
    attempts.refused_after_all(request())
    assert not attempts.has_started(0)


def test_who_is_left_out_beside_others_is_not_served_until_an_answer_names_it() -> None:
    attempts = Attempts()
    start(attempts, request(), named("i-1"), targets="i-1 i-2")
    assert attempts.left_out() == {"i-2"}
    start(attempts, request("i-2"), named("i-2"), now=130)
    assert attempts.left_out() == set()


def test_an_empty_answer_counts_the_second_time_or_late() -> None:
    attempts = Attempts()
    start(attempts, request(), named(), targets="i-1", now=100)
    assert (attempts.left_out(), attempts.left_out(before=99.9)) == (set(), set())
    assert attempts.left_out(before=100) == {"i-1"}
    start(attempts, request(), named(), targets="i-1", now=130)
    assert attempts.left_out() == {"i-1"}


def test_where_the_targets_are_not_known_those_that_records_show_are_left_out() -> None:
    attempts = Attempts()
    attempts.record(request(), {}, None, 100, recorded=frozenset({"i-1", "i-2"}))
    attempts.answered(request(), named("i-1"))
    assert attempts.left_out() == {"i-2"}


def test_what_the_cloud_calls_complete_of_a_part_is_not_complete() -> None:
    attempts = Attempts()
    start(attempts, request("i-1"), StartResponse(complete=frozenset({ASSETS})))
    assert attempts.complete(0) == set()
    start(attempts, request(artifacts=BOTH), StartResponse(complete=frozenset({ASSETS})))
    start(attempts, request(artifacts=BOTH), StartResponse(complete=frozenset({MODELS})))
    assert attempts.complete(0) == set(BOTH)


def test_the_vendors_ids_of_all_starts_are_kept_in_their_order() -> None:
    attempts = Attempts()
    for number in ("1", "", "2"):
        start(attempts, request(), StartResponse(request_id=number))
    assert attempts.request_ids == ("1", "2")
