"""One call's way through the gateway: read, verify, dispatch, answer, record."""

import inspect
import logging
import time
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from alicloud_edge_emulator.call import Answer, Call, Handler, Parameter, Product, merge_parameters
from alicloud_edge_emulator.clock import wire_time
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.errors import ApiError, api_not_found, missing, product_not_found
from alicloud_edge_emulator.gateway.access import Nonces, authenticate, authorize
from alicloud_edge_emulator.gateway.signature import SignedRequest
from alicloud_edge_emulator.journal import Journal

LOG = logging.getLogger(__name__)
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came, with what it asks for."""

    signed: SignedRequest
    parameters: dict[str, Parameter]
    action: str | None
    version: str | None
    request_id: str


class Gateway:
    """Serves the products of one cloud."""

    def __init__(self, cloud: Cloud, journal: Journal, products: tuple[Product, ...]) -> None:
        self._cloud = cloud
        self._journal = journal
        self._products = {product.version: product for product in products}
        self._nonces = Nonces()

    async def serve(self, request: Request) -> Response:
        """Answer one call of the cloud API."""
        began = time.perf_counter()
        incoming = await _read(request)
        product = self._products.get(incoming.version or "")
        try:
            status, body, headers = 200, await self._answer(incoming), {}
        except ApiError as error:
            status, headers = error.status, error.headers
            body = _error_body(error, incoming.signed.headers.get("host", ""))
        body = {"RequestId": incoming.request_id, **body}
        self._journal.record(
            time=wire_time(self._cloud.clock.now()),
            product=product.name if product else "",
            action=incoming.action or "",
            parameters=incoming.parameters,
            status=status,
            code=str(body["Code"]) if status != 200 else "",
            request_id=incoming.request_id,
            milliseconds=(time.perf_counter() - began) * 1000,
        )
        return JSONResponse(body, status, headers)

    async def _answer(self, incoming: Incoming) -> Answer:
        product, action, handler = self._find(incoming)
        key = authenticate(incoming.signed, self._cloud.world.keys, self._nonces)
        authorize(key, product, action, self._cloud.dialect.denied)
        call = Call(action, incoming.parameters, self._cloud.clock.now(), incoming.request_id)
        answer = handler(self._cloud, call)
        return await answer if inspect.isawaitable(answer) else answer

    def _find(self, incoming: Incoming) -> tuple[Product, str, Handler]:
        if incoming.action is None:
            raise missing("Action")
        if incoming.version is None:
            raise missing("Version")
        product = self._products.get(incoming.version)
        if product is None:
            raise product_not_found(incoming.version)
        handler = product.operations.get(incoming.action)
        if handler is None:
            raise api_not_found()
        return product, incoming.action, handler


def is_api_call(request: Request) -> bool:
    """Whether a request on `/` is for the cloud API, and not for the page."""
    return request.method == "POST" or "x-acs-action" in request.headers or "Action" in request.query_params


async def _read(request: Request) -> Incoming:
    body = await request.body()
    headers = {name: ",".join(request.headers.getlist(name)) for name in request.headers}
    is_form = headers.get("content-type", "").split(";")[0].strip().lower() == FORM_TYPE
    form = body.decode("utf-8", "replace") if is_form else ""
    parameters = merge_parameters(request.url.query, form)
    fallback = {name: parameters[name].value for name in ("Action", "Version") if name in parameters}
    return Incoming(
        signed=SignedRequest(request.method, request.url.path, request.url.query, headers, body),
        parameters=parameters,
        action=headers.get("x-acs-action") or fallback.get("Action"),
        version=headers.get("x-acs-version") or fallback.get("Version"),
        request_id=str(uuid.uuid4()).upper(),
    )


def _error_body(error: ApiError, host: str) -> Answer:
    return {
        "HostId": host,
        "Code": error.code,
        "Message": error.message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={quote(error.code)}",
    }
