"""Who a request says that it is from, whichever signature it carries."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from alicloud_edge_emulator.errors import ApiError

INCOMPLETE = "The request signature does not conform to Aliyun standards."


@dataclass(frozen=True, slots=True)
class Claim(ABC):
    """The parts of a signature that the gateway checks in the same way for all kinds."""

    key_id: str
    timestamp: str
    """As it was sent; empty when it is absent. So is the nonce."""
    nonce: str
    security_token: str | None

    @abstractmethod
    def mismatch(self, secret: str) -> str | None:
        """Return the text of a refusal where the signature is not that of a secret, else None."""


def invalid_signature_method() -> ApiError:
    """Return the refusal of a signature algorithm that is not served; the code is the vendor's, the text is not."""
    return ApiError(400, "InvalidSignatureMethod", "Specified signature method is not supported.")
