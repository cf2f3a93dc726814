"""The codes that the vendor documents, of the two products and of the gateway before them."""

from dataclasses import replace

from tests.faults.fault import ENS, ESA, EVERY, OUT_OF_REACH, Fault
from tests.faults.intended import LOST, NO_START, PASSES, STAYS, Intent
from tests.faults.phases import NOTHING
from tests.faults.strikes import each_once, every_call, the_call, under_way


def refusal(
    status: int,
    code: str,
    message: str,
    *,
    products: frozenset[str] = ENS | ESA,
    words: tuple[str, ...] = (),
    usual: tuple[str, ...] = EVERY,
) -> Fault:
    """Return a refusal that does not pass: told in the cloud's own words."""
    return Fault(
        f"{status} {code}",
        the_call(effect="error", status=status, code=code, message=message),
        STAYS,
        ("{action} for ", f"failed with {code}: {message} (RequestId ", *words),
        products=products,
        usual=usual,
    )


def hiccup(
    status: int, code: str, message: str, *, products: frozenset[str] = ENS | ESA, usual: tuple[str, ...] = ()
) -> Fault:
    """Return a refusal that passes, and of which nobody knows whether the call took effect."""
    strikes = each_once(effect="error", status=status, code=code, message=message)
    return Fault(f"{status} {code}", strikes, PASSES, products=products, usual=usual)


GONE = replace(
    STAYS,
    refresh=Intent("gone", 0, NOTHING),
    delete=Intent(
        "ok", 0, NOTHING, total=0, leaves="an application that the cloud does not know has nothing to clean"
    ),
)
"""What the cloud does not know is gone: a refresh takes it out of the state, and there is nothing to clean."""


def unknown(status: int, code: str, message: str, products: frozenset[str]) -> Fault:
    """Return a refusal of every call about an application that the cloud does not know."""
    return Fault(
        f"{status} {code}",
        every_call(effect="error", status=status, code=code, message=message),
        GONE,
        (f"failed with {code}: {message} (RequestId ", "belongs to this account and region"),
        products=products,
    )


INPUT = ("Fix the input that the message names",)
KEY = ("access key",)
CODES = (
    refusal(400, "NoPermission", "Permission denied.", words=("Allow {product}:{action}",)),
    refusal(
        403,
        "NoPermission",
        "Permission denied.",
        words=("Allow {product}:{action}",),
        usual=(),
    ),
    refusal(
        403,
        "Forbidden.RAM",
        "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
        words=("Allow {product}:{action}",),
        usual=(),
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
        usual=(),
    ),
    refusal(400, "MissingParameter", "The input parameter is missing.", products=ENS, words=INPUT, usual=()),
    refusal(
        400,
        "LimitExceeded.SecurityGroup",
        "The maximum number of security groups is exceeded.",
        products=ENS,
        usual=(),
    ),
    unknown(400, "InvalidParameter.AppId", "The specified field AppId invalid.", ENS),
    unknown(404, "InvalidApp.NotFound", "The app does not exist.", ESA),
    refusal(
        400,
        "InvalidParameter.PublishEnv",
        "PublishEnv is invalid.",
        products=ESA,
        words=INPUT,
        usual=(),
    ),
    refusal(400, "InvalidParameter.Percentage", "Percentage is invalid.", products=ESA, words=INPUT),
    refusal(400, "InvalidParameter.VersionId", "VersionId is invalid.", products=ESA, words=INPUT, usual=()),
    refusal(400, "InvalidParameter.appid", "The specified AppId is invalid.", products=ESA, words=INPUT),
    refusal(
        404,
        "InvalidAction.NotFound",
        "Specified api is not found, please check your url and method.",
        words=("does not serve the operation",),
    ),
    refusal(
        404,
        "InvalidRegion.NotFound",
        "The specified RegionId does not exist.",
        words=INPUT,
    ),
    refusal(404, "NoSuchVersion", "The specified version does not exist.", words=INPUT, usual=()),
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
        usual=(),
    ),
    refusal(
        404,
        "InvalidProtocol.NeedSsl",
        "Your request is denied as lack of ssl protect.",
        words=("https",),
        usual=(),
    ),
    refusal(400, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", words=KEY),
    refusal(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", words=KEY),
    refusal(403, "Forbidden.AccessKeyDisabled", "The specified access key is disabled.", words=KEY),
    refusal(
        400,
        "SignatureDoesNotMatch",
        "Specified signature is not matched with our calculation.",
        words=KEY,
        usual=(),
    ),
    refusal(
        400,
        "InvalidTimeStamp.Format",
        "Specified time stamp or date value is not well formatted.",
        usual=(),
    ),
    hiccup(400, "SignatureNonceUsed", "Specified signature nonce was used already."),
    hiccup(400, "ens.interface.error", "An error occurred while calling the API.", products=ENS),
    Fault(
        "400 ens.interface.error, always",
        every_call(effect="error", status=400, code="ens.interface.error", message="Interface error."),
        STAYS,
        (
            "failed with ens.interface.error: Interface error. (RequestId ",
            "may be temporary, or the cloud rejects the request",
        ),
        products=ENS,
        remembered=OUT_OF_REACH,
        usual=("dist",),
    ),
    Fault(
        "400 ens.interface.error, always at a start",
        the_call(effect="error", status=400, code="ens.interface.error", message="Interface error."),
        replace(STAYS, change=LOST, refresh=NO_START, diff=NO_START),
        (
            "{action} for ",
            "failed with ens.interface.error",
            "may be temporary, or the cloud rejects the request",
        ),
        products=ENS,
        usual=(),
    ),
    hiccup(400, "CallInterface", "Call Interface Happen Error.", products=ENS),
    hiccup(
        400,
        "InternalException",
        "Failed to call the service. Try again later.",
        products=ESA,
    ),
    hiccup(
        500, "InternalError", "The request processing has failed due to some unknown error.", usual=("dist",)
    ),
    hiccup(400, "Rejected.Throttling", "Request was denied due to request throttling."),
    hiccup(400, "TooManyRequests", "Too many requests.", usual=("push",)),
    hiccup(400, "Site.ServiceBusy", "The site is busy. Try again later.", products=ESA, usual=("release",)),
    hiccup(400, "LockFailed", "The resource is locked. Try again later.", products=ESA, usual=("release",)),
    hiccup(400, "SystemBusy", "The system is busy. Try again later.", usual=("dist",)),
    hiccup(400, "ServiceUnavailable", "The service is unavailable."),
    hiccup(503, "ServiceUnavailableTemporary", "The service is temporarily unavailable."),
    Fault(
        "500 InternalError, always",
        every_call(effect="error", status=500, code="InternalError", message="Try again later."),
        STAYS,
        ("failed with InternalError: Try again later. (RequestId ", "The cloud is temporarily unavailable"),
        remembered=OUT_OF_REACH,
        usual=(),
    ),
    Fault(
        "503 under way, longer than a call tries",
        under_way(7, effect="error", status=503, code="ServiceUnavailable", message="Try again later."),
        replace(STAYS, change=PASSES.change, delete=PASSES.delete),
        ("failed with ServiceUnavailable", "The cloud is temporarily unavailable"),
        remembered=OUT_OF_REACH,
        usual=("release",),
    ),
)
