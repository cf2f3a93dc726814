"""ACS3-HMAC-SHA256 from the verifier's side: the client's SignedHeaders say what was signed."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from alicloud_edge_emulator.errors import ApiError
from alicloud_edge_emulator.gateway.claim import INCOMPLETE, Claim, invalid_signature_method

ALGORITHM = "ACS3-HMAC-SHA256"
FORM_TYPE = "application/x-www-form-urlencoded"
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

    @property
    def form(self) -> str:
        """The body, if it is a form."""
        content_type = self.headers.get("content-type", "").split(";")[0].strip().lower()
        return self.body.decode("utf-8", "replace") if content_type == FORM_TYPE else ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """All parameters, those of the query before those of the form."""
        return [pair for text in (self.query, self.form) for pair in parse_qsl(text, keep_blank_values=True)]


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
    text = string_to_sign(canonical_request(request, signed_headers))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def string_to_sign(canonical: str) -> str:
    """Return the text that is signed for a canonical request."""
    return f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def unsigned_headers(request: SignedRequest, signed_headers: tuple[str, ...]) -> list[str]:
    """The headers that have to be signed where they are present, and are not."""
    required = [name for name in request.headers if name == "host" or name.startswith("x-acs-")]
    return sorted(set(required) - set(signed_headers))


@dataclass(frozen=True, slots=True)
class Acs3Claim(Claim):
    """A claim with an ACS3 signature."""

    request: SignedRequest
    authorization: Authorization

    def mismatch(self, secret: str) -> str | None:
        """Return the server's calculation where the signature is not that of a secret.

        It contains all headers that have to be signed, also those that the caller has left out.
        """
        names = self.authorization.signed_headers
        unsigned = unsigned_headers(self.request, names)
        stated_hash = self.request.headers.get("x-acs-content-sha256", self.request.payload_hash)
        genuine = hmac.compare_digest(sign(self.request, names, secret), self.authorization.signature)
        if genuine and not unsigned and stated_hash == self.request.payload_hash:
            return None
        canonical = canonical_request(self.request, tuple(sorted({*names, *unsigned})))
        return (
            "Specified signature does not match our calculation."
            f" server StringToSign is [{string_to_sign(canonical)}] server CanonicalRequest is [{canonical}]"
        )


def read_acs3_claim(request: SignedRequest) -> Acs3Claim:
    """Return who a request with an Authorization header says that it is from.

    Raises:
        ApiError: The header has another form, or names another algorithm.
    """
    header = request.headers["authorization"]
    authorization = parse_authorization(header)
    if authorization is None:
        algorithm = header.split(maxsplit=1)[0] if header.strip() else ""
        if algorithm.startswith("ACS3-") and algorithm != ALGORITHM:
            raise invalid_signature_method()
        raise ApiError(400, "IncompleteSignature", INCOMPLETE)
    return Acs3Claim(
        key_id=authorization.key_id,
        timestamp=request.headers.get("x-acs-date", ""),
        nonce=request.headers.get("x-acs-signature-nonce", ""),
        security_token=request.headers.get("x-acs-security-token"),
        request=request,
        authorization=authorization,
    )
