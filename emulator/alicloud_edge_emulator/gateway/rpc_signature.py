"""RPC V1 from the verifier's side: an HMAC-SHA1 over all parameters, those of the query and of the form together.

The vendor's command line, the older Python SDK (aliyun-python-sdk-core) and other SDKs of that age sign so.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from alicloud_edge_emulator.errors import ApiError, missing
from alicloud_edge_emulator.gateway.claim import INCOMPLETE, Claim, invalid_signature_method

METHOD, VERSION = "HMAC-SHA1", "1.0"


def string_to_sign(method: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return the text that is signed: `POST&%2F&` and the sorted parameters, encoded twice."""
    encoded = sorted((_encode(name), _encode(value)) for name, value in pairs if name != "Signature")
    query = "&".join(f"{name}={value}" for name, value in encoded)
    return f"{method}&{_encode('/')}&{_encode(query)}"


def sign_rpc(method: str, pairs: Iterable[tuple[str, str]], secret: str) -> str:
    """Return the signature that the owner of the secret would have made."""
    digest = hmac.new(f"{secret}&".encode(), string_to_sign(method, pairs).encode(), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()


@dataclass(frozen=True, slots=True)
class RpcClaim(Claim):
    """A claim with a V1 signature."""

    method: str
    pairs: tuple[tuple[str, str], ...]
    signature: str

    def mismatch(self, secret: str) -> str | None:
        """Return the server's calculation where the signature is not that of a secret."""
        genuine = sign_rpc(self.method, self.pairs, secret)
        if hmac.compare_digest(genuine.encode(), self.signature.encode()):
            return None
        calculation = string_to_sign(self.method, self.pairs)
        return (
            f"Specified signature is not matched with our calculation. server string to sign is:{calculation}"
        )


def read_rpc_claim(method: str, pairs: Iterable[tuple[str, str]]) -> RpcClaim:
    """Return who a request says that it is from.

    Raises:
        ApiError: A parameter of the signature is absent, or the method is another one.
    """
    given = tuple(pairs)
    values = dict(given)
    for name in ("AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion"):
        _required(values, name)
    if values["SignatureMethod"] != METHOD:
        raise invalid_signature_method()
    if values["SignatureVersion"] != VERSION:
        raise ApiError(400, "IncompleteSignature", INCOMPLETE)
    return RpcClaim(
        key_id=values["AccessKeyId"],
        timestamp=values.get("Timestamp", ""),
        nonce=values.get("SignatureNonce", ""),
        security_token=values.get("SecurityToken"),
        method=method,
        pairs=given,
        signature=values["Signature"],
    )


def _required(values: Mapping[str, str], name: str) -> None:
    if not values.get(name):
        raise missing(name)


def _encode(text: str) -> str:
    return quote(text, safe="~")
