"""ACS3-HMAC-SHA256 from the verifier's side: the client's SignedHeaders say what was signed."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

ALGORITHM = "ACS3-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256\s+Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-fA-F]{64})"
)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """The parts of a request that a signature covers. Header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def payload_hash(self) -> str:
        """The hash of the body, as x-acs-content-sha256 has to state it."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Authorization:
    """The Authorization header, taken apart."""

    key_id: str
    signed_headers: tuple[str, ...]
    signature: str


def parse_authorization(header: str) -> Authorization | None:
    """The parts of an Authorization header; None when it has another form."""
    match = _AUTHORIZATION.fullmatch(header.strip())
    if match is None:
        return None
    return Authorization(match[1], tuple(match[2].lower().split(";")), match[3].lower())


def canonical_request(request: SignedRequest, signed_headers: tuple[str, ...]) -> str:
    """The text whose hash is signed. The query is decoded and encoded again: `+` and `%20` are one."""
    pairs = sorted(parse_qsl(request.query, keep_blank_values=True))
    query = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed_headers)
    lines = (request.method, request.path, query, headers, ";".join(signed_headers), request.payload_hash)
    return "\n".join(lines)


def sign(request: SignedRequest, signed_headers: tuple[str, ...], secret: str) -> str:
    """The signature that the owner of the secret would have made."""
    digest = hashlib.sha256(canonical_request(request, signed_headers).encode()).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{digest}".encode(), hashlib.sha256).hexdigest()


def unsigned_headers(request: SignedRequest, signed_headers: tuple[str, ...]) -> list[str]:
    """The headers that have to be signed where they are present, and are not."""
    required = [name for name in request.headers if name == "host" or name.startswith("x-acs-")]
    return sorted(set(required) - set(signed_headers))
