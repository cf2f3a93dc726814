"""Single calls of the cloud API with a signature made by hand, any part of which can be wrong."""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from tests.support.emulator import KEY_ID, KEY_SECRET, Emulator

VERSIONS = {"ens": "2017-11-10", "esa": "2024-09-10"}


@dataclass
class Caller:
    """Signs and sends single calls; every part of a call can be set wrong."""

    emulator: Emulator
    key_id: str = KEY_ID
    secret: str = KEY_SECRET
    headers: dict[str, str] = field(default_factory=dict)

    def call(
        self,
        action: str,
        *,
        product: str = "ens",
        method: str = "POST",
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        unsigned: Mapping[str, str] | None = None,
        **query: str,
    ) -> httpx.Response:
        body = urlencode(form).encode() if form else b""
        signed = {
            "host": self.emulator.endpoint,
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-version": VERSIONS[product],
            **({"content-type": "application/x-www-form-urlencoded"} if form else {}),
            **self.headers,
            **(headers or {}),
        }
        signed["Authorization"] = self._authorization(method, query, signed, body)
        signed.update(unsigned or {})
        return self.emulator.http.request(
            method, self.emulator.url, params=query, content=body, headers=signed
        )

    def ok(self, action: str, **query: Any) -> Any:
        response = self.call(action, **query)
        assert response.status_code == 200, response.text
        return response.json()

    def _authorization(
        self, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> str:
        names = sorted(headers)
        canonical = "\n".join(
            (
                method,
                "/",
                "&".join(f"{name}={quote(value, safe='~')}" for name, value in sorted(query.items())),
                "".join(f"{name}:{headers[name]}\n" for name in names),
                ";".join(names),
                hashlib.sha256(body).hexdigest(),
            )
        )
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return (
            f"ACS3-HMAC-SHA256 Credential={self.key_id},SignedHeaders={';'.join(names)},Signature={signature}"
        )
