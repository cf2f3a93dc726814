"""The faults of single calls: how each is made, and what is to come of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from faults.hosts import Setting
from faults.intended import LOST, PASSES, STAYS, Explained, Intent, Intents
from faults.phases import AS_BEFORE, NOTHING, Phase
from faults.subjects import Actions

Rule = Mapping[str, Any]
Strike = Callable[[Actions, Phase], Iterable[Rule]]
NO_START = "it makes no call that changes anything"
WINDOW = 4.0
"""Seconds, more than a hastened host waits for an answer."""


def each_once(**effect: Any) -> Strike:
    """Every call of the operation meets it once: the status while the rollout is under way, the rest at first."""

    def rules(actions: Actions, phase: Phase) -> Iterable[Rule]:
        yield from once_begun(**effect)(actions, phase)
        for action in actions.once:
            yield {**effect, "action": action, "count": 1}

    return rules


def once_begun(**effect: Any) -> Strike:
    """The call that changes something meets it once, and one reading of the status after it."""

    def rules(actions: Actions, phase: Phase) -> Iterable[Rule]:
        yield from under_way(1, **effect)(actions, phase)
        for action in actions.changing:
            yield {**effect, "action": action, "count": 1}

    return rules


def every_call(**effect: Any) -> Strike:
    """All calls meet it for as long as it lasts."""
    return lambda _actions, _phase: [effect]


def the_call(**effect: Any) -> Strike:
    """The call that the operation is made for meets it for as long as it lasts."""

    def rules(actions: Actions, phase: Phase) -> Iterable[Rule]:
        actions_met = actions.changing if phase.changes or phase is Phase.DELETE else (actions.status,)
        return [{**effect, "action": action} for action in actions_met]

    return rules


def under_way(reads: int, **effect: Any) -> Strike:
    """So many readings of the status meet it, one after the other, once the rollout is under way."""

    def rules(actions: Actions, phase: Phase) -> Iterable[Rule]:
        begun = phase.changes or phase is Phase.DELETE
        return [{**effect, "action": actions.status, "skip": int(begun), "count": reads}]

    return rules


def empty(actions: Actions, phase: Phase) -> Iterable[Rule]:
    """Each call is answered once as if there were nothing; the status while the rollout is under way."""
    for rule in each_once(effect="answer")(actions, phase):
        if (body := EMPTY.get(rule["action"])) is not None:
            yield {**rule, "body": body}


def empty_at_first(actions: Actions, _phase: Phase) -> Iterable[Rule]:
    """The first reading of the status is answered as if there were nothing."""
    yield {"effect": "answer", "body": EMPTY[actions.status], "action": actions.status, "count": 1}


def stale(actions: Actions, _phase: Phase) -> Iterable[Rule]:
    """Readings show what was some seconds ago, though not so long ago that a start would be taken for lost."""
    yield {"effect": "stale", "seconds": 10.0, "action": actions.status}


NO_PAGE = {"TotalCount": 0, "PageNumber": 1, "PageSize": 100}
EMPTY: Mapping[str, Mapping[str, Any]] = {
    "PushApplicationData": {"PushResults": {"PushResult": []}},
    "DescribeDataPushResult": {"PushResults": {"PushResult": []}, **NO_PAGE},
    "DistApplicationData": {
        "DistInstanceTotalCount": 0,
        "DistInstanceIds": {"DistInstanceId": []},
        "DistResults": {"DistResult": []},
    },
    "DescribeDataDistResult": {"DistResults": {"DistResult": []}, **NO_PAGE},
    "DescribeApplication": {"Application": "{}"},
    "GetEdgeContainerAppStatus": {"AppStatus": {}},
    "GetEdgeContainerAppResourceStatus": {"Regions": []},
}
"""Answers of the documented shape with nothing in them; the other calls answer nothing but a RequestId anyway."""


def nothing(_actions: Actions, _phase: Phase) -> Iterable[Rule]:
    """No call meets anything in the cloud: the trouble is on the way there."""
    return []


OUT_OF_REACH = frozenset({Phase.DIFF})
"""Further looks are spared a cloud that one could not reach."""
SLOWED = frozenset(Phase)
"""All calls go slower."""


@dataclass(frozen=True)
class Fault:
    """One trouble.

    Attributes:
        name: The matrix's row.
        strikes: The emulator's rules that make it.
        intents: What is to come of it.
        words: What a message about it must hold; ``{action}`` and ``{product}`` stand for the call that met it.
        products: The products whose calls can meet it.
        setting: The hosts that can meet it.
        remembered: The phases after which a host still minds it, so that the next run has a new one, as it would.
        exhaustive: Whether it is much like another one.
        explained: By column, what comes instead of what is intended, and why.
    """

    name: str
    strikes: Strike
    intents: Intents
    words: tuple[str, ...] = ()
    products: frozenset[str] = frozenset({"ens", "esa"})
    setting: Setting = Setting.USUAL
    remembered: frozenset[Phase] = frozenset()
    exhaustive: bool = False
    explained: Mapping[str, Explained] = field(default_factory=dict)


ENS, ESA = frozenset({"ens"}), frozenset({"esa"})
AGAIN = "un again"

TRANSPORT = (
    Fault(
        "connection refused",
        nothing,
        STAYS,
        ("no answer from 127.0.0.1:9: cannot connect: Connection refused", "alicloud-edge:endpoint"),
        setting=Setting.NO_CLOUD,
        remembered=OUT_OF_REACH,
    ),
    Fault("reset before the effect", each_once(effect="drop_before"), PASSES),
    Fault(
        "reset before the effect, always",
        every_call(effect="drop_before"),
        STAYS,
        ("no answer from 127.0.0.1:", "the connection ended before the answer"),
        remembered=OUT_OF_REACH,
    ),
    Fault(
        "starts reset before the effect, always",
        the_call(effect="drop_before"),
        replace(STAYS, change=LOST, refresh=NO_START, diff=NO_START),
        ("{action} for ", "no answer from", "the connection ended before the answer"),
        exhaustive=True,
    ),
    Fault("reset after the effect", each_once(effect="drop_after"), PASSES),
    Fault(
        "starts reset after the effect, always",
        the_call(effect="drop_after"),
        replace(PASSES, refresh=NO_START, diff=NO_START),
    ),
    Fault(
        "timeout",
        once_begun(effect="delay", seconds=WINDOW),
        replace(PASSES, diff=STAYS.diff),
        remembered=OUT_OF_REACH,
    ),
    Fault(
        "timeout, always",
        every_call(effect="delay", seconds=WINDOW),
        STAYS,
        ("no answer", "no answer from", "no answer within"),
        remembered=OUT_OF_REACH,
        exhaustive=True,
    ),
)
UNREADABLE = (
    Fault("cut JSON", each_once(effect="cut"), PASSES),
    Fault(
        "cut JSON, always",
        every_call(effect="cut"),
        STAYS,
        ("the connection ended before the answer",),
        remembered=OUT_OF_REACH,
    ),
    Fault("empty body", each_once(effect="answer", body=None), PASSES),
    Fault("HTML, status 502", each_once(effect="html"), PASSES, exhaustive=True),
    Fault("HTML, status 200", each_once(effect="html", status=200), PASSES),
    Fault(
        "HTML, status 403, always",
        the_call(effect="html", status=403),
        STAYS,
        ("text/html in place of the documented JSON", "HTTP403", "a proxy or a login page"),
    ),
    Fault(
        "HTML, status 200, always",
        every_call(effect="html", status=200),
        STAYS,
        ("text/html in place of the documented JSON", "HTTP200", "a proxy or a login page"),
        remembered=OUT_OF_REACH,
    ),
    Fault(
        "another shape",
        once_begun(effect="answer", body={"Data": {"Result": True}}),
        replace(PASSES, refresh=STAYS.refresh, diff=STAYS.diff),
        ("MalformedAnswer",),
    ),
    Fault(
        "another shape, always",
        every_call(effect="answer", body={"Data": {"Result": True}}),
        STAYS,
        ("MalformedAnswer",),
    ),
)
UNTRUE = (
    Fault("empty result", empty, PASSES),
    Fault("empty result at first", empty_at_first, PASSES),
    Fault(
        "stale reads",
        stale,
        PASSES,
        explained={
            "release diff": Explained(
                Intent("unseen", 0, AS_BEFORE),
                "what a stale answer does not show cannot be seen; the next run sees it",
            )
        },
    ),
)


def refusal(
    status: int,
    code: str,
    message: str,
    *,
    products: frozenset[str] = ENS | ESA,
    words: tuple[str, ...] = (),
    exhaustive: bool = False,
) -> Fault:
    """Give a refusal that does not pass: told in the cloud's own words."""
    return Fault(
        f"{status} {code}",
        the_call(effect="error", status=status, code=code, message=message),
        STAYS,
        ("{action} for ", f"was answered {code}: {message} (RequestId ", *words),
        products=products,
        exhaustive=exhaustive,
    )


def hiccup(
    status: int, code: str, message: str, *, products: frozenset[str] = ENS | ESA, exhaustive: bool = True
) -> Fault:
    """Give a refusal that passes, and of which nobody knows whether the call took effect."""
    strikes = each_once(effect="error", status=status, code=code, message=message)
    return Fault(f"{status} {code}", strikes, PASSES, products=products, exhaustive=exhaustive)


GONE = replace(
    STAYS,
    refresh=Intent("gone", 0, NOTHING),
    delete=Intent(
        "ok", 0, NOTHING, total=0, leaves="an application that the cloud does not know has nothing to clean"
    ),
)
"""What the cloud does not know is gone: a refresh takes it out of the state, and there is nothing to clean."""


def unknown(status: int, code: str, message: str, products: frozenset[str]) -> Fault:
    """Give a refusal of every call about an application that the cloud does not know."""
    return Fault(
        f"{status} {code}",
        every_call(effect="error", status=status, code=code, message=message),
        GONE,
        (f"was answered {code}: {message} (RequestId ", "belongs to this account and region"),
        products=products,
    )


INPUT = ("Change what it names",)
KEY = ("access key",)
REFUSALS = (
    refusal(400, "NoPermission", "Permission denied.", words=("Allow {product}:{action}",)),
    refusal(
        403,
        "NoPermission",
        "Permission denied.",
        words=("Allow {product}:{action}",),
        exhaustive=True,
    ),
    refusal(
        403,
        "Forbidden.RAM",
        "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
        words=("Allow {product}:{action}",),
        exhaustive=True,
    ),
    refusal(
        400,
        "InvalidParameter.Data",
        "The specified field Data invalid. Please check it again.",
        products=ENS,
        words=INPUT,
    ),
    refusal(
        400,
        "InvalidParameter",
        "The errorMessage is AppId. Please check it again.",
        words=INPUT,
        exhaustive=True,
    ),
    refusal(
        400, "MissingParameter", "The input parameter is missing.", products=ENS, words=INPUT, exhaustive=True
    ),
    refusal(
        400,
        "LimitExceeded.SecurityGroup",
        "The maximum number of security groups is exceeded.",
        products=ENS,
        exhaustive=True,
    ),
    unknown(400, "InvalidParameter.AppId", "The specified field AppId invalid.", ENS),
    unknown(400, "InvalidParameter.appid", "The specified AppId is invalid.", ESA),
    unknown(404, "InvalidApp.NotFound", "The app does not exist.", ESA),
    refusal(
        400,
        "InvalidParameter.PublishEnv",
        "PublishEnv is invalid.",
        products=ESA,
        words=INPUT,
        exhaustive=True,
    ),
    refusal(400, "InvalidParameter.Percentage", "Percentage is invalid.", products=ESA, words=INPUT),
    refusal(
        400, "InvalidParameter.VersionId", "VersionId is invalid.", products=ESA, words=INPUT, exhaustive=True
    ),
    refusal(
        404,
        "InvalidApi.NotFound",
        "Specified api is not found, please check your url and method.",
        words=("alicloud-edge:endpoint",),
    ),
    refusal(
        404,
        "InvalidProduct.NotFound",
        "Cannot find product according to your specified domain.",
        words=("alicloud-edge:endpoint",),
        exhaustive=True,
    ),
    refusal(
        404,
        "InvalidProtocol.NeedSsl",
        "Your request is denied as lack of ssl protect.",
        words=("https",),
        exhaustive=True,
    ),
    refusal(400, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", words=KEY),
    refusal(
        400,
        "SignatureDoesNotMatch",
        "Specified signature is not matched with our calculation.",
        words=KEY,
        exhaustive=True,
    ),
    refusal(
        400,
        "InvalidTimeStamp.Format",
        "Specified time stamp or date value is not well formatted.",
        exhaustive=True,
    ),
    hiccup(400, "SignatureNonceUsed", "Specified signature nonce was used already."),
    hiccup(400, "ens.interface.error", "An error occurred while calling the API.", products=ENS),
    hiccup(400, "CallInterface", "Call Interface Happen Error.", products=ENS),
    hiccup(
        400,
        "InternalException",
        "Failed to call the service. Try again later.",
        products=ESA,
    ),
    hiccup(
        500, "InternalError", "The request processing has failed due to some unknown error.", exhaustive=False
    ),
    hiccup(503, "ServiceUnavailableTemporary", "The service is temporarily unavailable."),
    Fault(
        "500 InternalError, always",
        every_call(effect="error", status=500, code="InternalError", message="Try again later."),
        STAYS,
        ("was answered InternalError: Try again later. (RequestId ", "The cloud is in trouble"),
        remembered=OUT_OF_REACH,
        exhaustive=True,
    ),
    Fault(
        "503 under way, longer than a call tries",
        under_way(7, effect="error", status=503, code="ServiceUnavailable", message="Try again later."),
        replace(STAYS, change=PASSES.change, delete=PASSES.delete),
        ("was answered ServiceUnavailable", "The cloud is in trouble"),
        remembered=OUT_OF_REACH,
    ),
)
THROTTLING = (
    Fault(
        "429 throttled with a hint",
        each_once(effect="throttle", status=429, retry_after_ms=200),
        PASSES,
        remembered=SLOWED,
    ),
    Fault(
        "429 throttled without a hint", each_once(effect="throttle", status=429), PASSES, remembered=SLOWED
    ),
    Fault(
        "400 throttled with a hint",
        each_once(effect="throttle", retry_after_ms=200),
        PASSES,
        remembered=SLOWED,
        exhaustive=True,
    ),
    Fault(
        "400 throttled without a hint",
        each_once(effect="throttle"),
        PASSES,
        remembered=SLOWED,
        exhaustive=True,
    ),
    Fault(
        "throttled for longer than a look may take",
        once_begun(effect="throttle", status=429, retry_after_ms=8_000),
        replace(PASSES, diff=STAYS.diff),
        remembered=SLOWED,
    ),
    Fault(
        "throttled, always",
        every_call(effect="throttle", status=429),
        STAYS,
        ("was answered Throttling.User", "being throttled", "callsPerSecond"),
        remembered=SLOWED,
        exhaustive=True,
    ),
)
IDENTITY = (
    Fault(
        "clock skew",
        every_call(effect="skew", seconds=3600),
        STAYS,
        ("InvalidTimeStamp.Expired", "This machine's clock is off", "The cloud's clock says"),
    ),
    Fault(
        "expired STS credential",
        nothing,
        STAYS,
        ("InvalidSecurityToken.Expired", "has expired"),
        setting=Setting.EXPIRED_TOKEN,
    ),
    Fault(
        "expired STS credential, renewed by the chain",
        each_once(
            effect="error",
            status=400,
            code="InvalidSecurityToken.Expired",
            message="Specified SecurityToken is expired.",
        ),
        PASSES,
        setting=Setting.RENEWED_TOKENS,
    ),
)
FAULTS = (*TRANSPORT, *UNREADABLE, *UNTRUE, *REFUSALS, *THROTTLING, *IDENTITY)
