"""Who calls, whether it is really them, and what they may do."""

import hmac
import time
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from alicloud_edge_emulator.call import Product
from alicloud_edge_emulator.clock import parse_wire_time
from alicloud_edge_emulator.dialect import Denied
from alicloud_edge_emulator.errors import ApiError, missing
from alicloud_edge_emulator.gateway.claim import Claim
from alicloud_edge_emulator.gateway.rpc_signature import read_rpc_claim
from alicloud_edge_emulator.gateway.signature import SignedRequest, read_acs3_claim
from alicloud_edge_emulator.world import Key

WINDOW_SECONDS = 15 * 60


class Nonces:
    """The nonces of the last quarter of an hour; each may be used once."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], float] = {}

    def use(self, key_id: str, nonce: str, now: float) -> bool:
        """Use a nonce; return whether it is new."""
        while self._seen and next(iter(self._seen.values())) < now - 2 * WINDOW_SECONDS:
            del self._seen[next(iter(self._seen))]
        if (key_id, nonce) in self._seen:
            return False
        self._seen[key_id, nonce] = now
        return True


def authenticate(
    request: SignedRequest, keys: tuple[Key, ...], nonces: Nonces, *, skew_seconds: float = 0.0
) -> Key:
    """The key that signed a request, judged by a clock that may be off.

    Raises:
        ApiError: With the gateway's code for what is wrong.
    """
    claim = _read_claim(request)
    key = next((key for key in keys if key.id == claim.key_id), None)
    if key is None:
        raise ApiError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    now = time.time() + skew_seconds
    _check_time(claim.timestamp, now)
    _check_token(claim.security_token, key)
    mismatch = claim.mismatch(key.secret)
    if mismatch is not None:
        raise ApiError(400, "SignatureDoesNotMatch", mismatch)
    if not claim.nonce:
        raise missing("SignatureNonce")
    if not nonces.use(key.id, claim.nonce, now):
        raise ApiError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
    return key


def authorize(key: Key, product: Product, action: str, denied: Denied) -> None:
    """Let a call pass if one of the key's permissions covers it.

    Raises:
        ApiError: NoPermission, with the HTTP status of the dialect `denied`.
    """
    ram_action = f"{product.ram_prefix}:{action}"
    if not any(fnmatchcase(ram_action, pattern) for pattern in key.allow):
        raise ApiError(400 if denied is Denied.HTTP_400 else 403, "NoPermission", "Permission denied.")


def _read_claim(request: SignedRequest) -> Claim:
    """The older RPC V1 signs in parameters; whoever signs in neither way names no key."""
    if request.headers.get("authorization"):
        return read_acs3_claim(request)
    return read_rpc_claim(request.method, request.pairs)


def _check_time(stamp: str, now: float) -> None:
    if not stamp:
        raise missing("Timestamp")
    try:
        signed_at = parse_wire_time(stamp)
    except ValueError:
        raise ApiError(
            400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."
        ) from None
    if abs(now - signed_at) > WINDOW_SECONDS:
        raise ApiError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def _check_token(token: str | None, key: Key) -> None:
    if key.security_token is None and token is None:
        return
    if token is None:
        raise missing("SecurityToken")
    if key.security_token is None or not hmac.compare_digest(token.encode(), key.security_token.encode()):
        raise ApiError(
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
            "Specified SecurityToken mismatch with the AccessKey.",
        )
    if key.expired(datetime.now(UTC)):
        raise ApiError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
