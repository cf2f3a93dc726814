"""The faults of single calls."""

from dataclasses import replace

from tests.faults.codes import CODES
from tests.faults.fault import OUT_OF_REACH, SLOWED, Fault
from tests.faults.hosts import Setting
from tests.faults.intended import LOST, NO_START, PASSES, STAYS, Explained, Intent
from tests.faults.phases import AS_BEFORE
from tests.faults.strikes import (
    WINDOW,
    each_once,
    empty,
    empty_at_first,
    every_call,
    nothing,
    once_begun,
    stale,
    the_call,
)

TRANSPORT = (
    Fault(
        "connection refused",
        nothing,
        STAYS,
        ("no response from 127.0.0.1:9: cannot connect: Connection refused", "alicloud-edge:endpoint"),
        setting=Setting.NO_CLOUD,
        remembered=OUT_OF_REACH,
    ),
    Fault("reset before the effect", each_once(effect="drop_before"), PASSES),
    Fault(
        "reset before the effect, always",
        every_call(effect="drop_before"),
        STAYS,
        ("no response from 127.0.0.1:", "the connection ended before the response"),
        remembered=OUT_OF_REACH,
        usual=("dist",),
    ),
    Fault(
        "starts reset before the effect, always",
        the_call(effect="drop_before"),
        replace(STAYS, change=LOST, refresh=NO_START, diff=NO_START),
        ("{action} for ", "no response from", "the connection ended before the response"),
        usual=(),
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
        usual=("dist",),
    ),
    Fault(
        "timeout, always",
        every_call(effect="delay", seconds=WINDOW),
        STAYS,
        ("no response", "no response from", "no response within"),
        remembered=OUT_OF_REACH,
        usual=(),
    ),
)
UNREADABLE = (
    Fault("cut JSON", each_once(effect="cut"), PASSES),
    Fault(
        "cut JSON, always",
        every_call(effect="cut"),
        STAYS,
        ("the connection ended before the response",),
        remembered=OUT_OF_REACH,
        usual=("push",),
    ),
    Fault("empty body", each_once(effect="answer", body=None), PASSES),
    Fault("HTML, status 502", each_once(effect="html"), PASSES, usual=()),
    Fault("HTML, status 200", each_once(effect="html", status=200), PASSES, usual=("push",)),
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
        usual=("release",),
    ),
    Fault(
        "another shape",
        once_begun(effect="answer", body={"Data": {"Result": True}}),
        replace(PASSES, refresh=STAYS.refresh, diff=STAYS.diff),
        ("MalformedResponse",),
    ),
    Fault(
        "another shape, always",
        every_call(effect="answer", body={"Data": {"Result": True}}),
        STAYS,
        ("MalformedResponse",),
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
THROTTLING = (
    Fault(
        "429 throttled with a hint",
        each_once(effect="throttle", status=429, retry_after_ms=200),
        PASSES,
        remembered=SLOWED,
    ),
    Fault(
        "429 throttled without a hint",
        each_once(effect="throttle", status=429),
        PASSES,
        remembered=SLOWED,
        usual=("release",),
    ),
    Fault(
        "400 throttled with a hint",
        each_once(effect="throttle", retry_after_ms=200),
        PASSES,
        remembered=SLOWED,
        usual=(),
    ),
    Fault(
        "400 throttled without a hint",
        each_once(effect="throttle"),
        PASSES,
        remembered=SLOWED,
        usual=(),
    ),
    Fault(
        "throttled for longer than a look may take",
        once_begun(effect="throttle", status=429, retry_after_ms=8_000),
        replace(PASSES, diff=STAYS.diff),
        remembered=SLOWED,
        usual=("dist",),
    ),
    Fault(
        "throttled, always",
        every_call(effect="throttle", status=429),
        STAYS,
        ("failed with Throttling.User", "being throttled", "callsPerSecond"),
        remembered=SLOWED,
        usual=(),
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
FAULTS = (*TRANSPORT, *UNREADABLE, *UNTRUE, *CODES, *THROTTLING, *IDENTITY)
