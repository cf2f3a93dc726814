"""One call's way through the gateway: read, verify, dispatch, answer, record."""

import asyncio
import inspect
import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from alicloud_edge_emulator.call import Answer, Call, Handler, Parameter, Product, merge_parameters
from alicloud_edge_emulator.clock import wire_time
from alicloud_edge_emulator.cloud import Cloud
from alicloud_edge_emulator.errors import ApiError, missing, product_not_found, throttled
from alicloud_edge_emulator.faults import (
    AnswerFault,
    CutFault,
    DropFault,
    ErrorFault,
    Faults,
    HtmlFault,
    Plan,
    ThrottleFault,
)
from alicloud_edge_emulator.gateway.access import Nonces, authenticate, authorize
from alicloud_edge_emulator.gateway.connections import Cut, Dropped
from alicloud_edge_emulator.gateway.signature import SignedRequest
from alicloud_edge_emulator.journal import Journal
from alicloud_edge_emulator.problems import NotKept

LOG = logging.getLogger("alicloud_edge_emulator")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came, with what it asks for."""

    signed: SignedRequest
    parameters: dict[str, Parameter]
    action: str | None
    version: str | None
    product: Product | None
    """The one that the version names."""
    request_id: str

    def text(self, name: str) -> str:
        """A parameter's text; empty when it is absent."""
        parameter = self.parameters.get(name)
        return "" if parameter is None else parameter.value


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to a client, and what the journal says of it."""

    response: Response
    status: int | None
    code: str = ""
    carried_out: bool = False


class Gateway:
    """Serves the products of one cloud."""

    def __init__(self, cloud: Cloud, journal: Journal, faults: Faults, products: tuple[Product, ...]) -> None:
        self._cloud = cloud
        self._journal = journal
        self._faults = faults
        self._products = {product.version: product for product in products}
        self._nonces = Nonces()

    async def serve(self, request: Request) -> Response:
        """Answer one call of the cloud API."""
        began, arrived = time.perf_counter(), time.monotonic()
        incoming = await _read(request, self._products)
        plan = self._faults.plan(incoming.action or "", incoming.text("AppId"))
        await asyncio.sleep(plan.delay_seconds)
        reply = _instead(plan, incoming) or _afterwards(plan, incoming, await self._reply(incoming, plan))
        reply.response.headers["date"] = formatdate(time.time() + plan.skew_seconds, usegmt=True)
        self._journal.record(
            at=arrived,
            time=wire_time(self._cloud.clock.now()),
            product=incoming.product.name if incoming.product else "",
            action=incoming.action or "",
            parameters=incoming.parameters,
            status=reply.status,
            carried_out=reply.carried_out,
            code=reply.code,
            request_id=incoming.request_id,
            milliseconds=(time.perf_counter() - began) * 1000,
        )
        return reply.response

    async def _reply(self, incoming: Incoming, plan: Plan) -> Reply:
        try:
            answer = await self._answer(incoming, plan)
        except ApiError as error:
            return _error_reply(error, incoming)
        except NotKept as problem:
            LOG.error("%s", problem)  # noqa: TRY400 - the text says it all
            return _error_reply(ApiError(500, "InternalError", str(problem)), incoming)
        return Reply(_document(incoming, answer), HTTPStatus.OK, carried_out=True)

    async def _answer(self, incoming: Incoming, plan: Plan) -> Answer:
        product, action, handler = self._find(incoming)
        key = authenticate(
            incoming.signed, self._cloud.world.keys, self._nonces, skew_seconds=plan.skew_seconds
        )
        authorize(key, product, action, self._cloud.dialect.denied)
        moment = self._cloud.clock.now() - plan.stale_seconds
        call = Call(action, incoming.parameters, moment, plan.targets)
        answer = handler(self._cloud, call)
        return await answer if inspect.isawaitable(answer) else answer

    def _find(self, incoming: Incoming) -> tuple[Product, str, Handler]:
        if incoming.action is None:
            raise missing("Action")
        if incoming.version is None:
            raise missing("Version")
        product = incoming.product
        if product is None:
            raise product_not_found(incoming.version)
        handler = product.handler(incoming.action, incoming.signed.method, self._cloud.dialect)
        return product, incoming.action, handler


def is_api_call(request: Request) -> bool:
    """Whether a request on `/` is for the cloud API, and not for the page."""
    return request.method == "POST" or "x-acs-action" in request.headers or "Action" in request.query_params


async def _read(request: Request, products: Mapping[str, Product]) -> Incoming:
    body = await request.body()
    headers = {name: ",".join(request.headers.getlist(name)) for name in request.headers}
    signed = SignedRequest(request.method, request.url.path, request.url.query, headers, body)
    parameters = merge_parameters(signed.query, signed.form)
    version = headers.get("x-acs-version") or _value(parameters, "Version")
    return Incoming(
        signed=signed,
        parameters=parameters,
        action=headers.get("x-acs-action") or _value(parameters, "Action"),
        version=version,
        product=products.get(version or ""),
        request_id=str(uuid.uuid4()).upper(),
    )


def _value(parameters: dict[str, Parameter], name: str) -> str | None:
    return parameters[name].value if name in parameters else None


def _instead(plan: Plan, incoming: Incoming) -> Reply | None:
    """The fault that comes instead of a call's effect."""
    match plan.before:
        case None:
            return None
        case DropFault():
            return Reply(Dropped(), None)
        case HtmlFault(status=status):
            page = f"<html><body><h1>{status} {HTTPStatus(status).phrase}</h1></body></html>"
            return Reply(HTMLResponse(page, status), status, "html")
        case ErrorFault(status=status, code=code, message=message):
            return _error_reply(ApiError(status, code, message), incoming)
        case ThrottleFault(status=status, retry_after_ms=retry_after_ms):
            return _error_reply(throttled(status=status, retry_after_ms=retry_after_ms), incoming)


def _afterwards(plan: Plan, incoming: Incoming, reply: Reply) -> Reply:
    """The fault that hides what a call has done."""
    match plan.after:
        case None:
            return reply
        case DropFault():
            hidden = Reply(Dropped(), None)
        case CutFault():
            response = reply.response
            cut = Cut(bytes(response.body), response.status_code, dict(response.headers))
            hidden = Reply(cut, None, "cut")
        case AnswerFault(body=None):
            hidden = Reply(Response(b""), HTTPStatus.OK, "answer")
        case AnswerFault(body=body):
            hidden = Reply(_document(incoming, body or {}), HTTPStatus.OK, "answer")
        case ErrorFault(status=status, code=code, message=message):
            hidden = _error_reply(ApiError(status, code, message), incoming)
    return replace(hidden, carried_out=reply.carried_out)


def _document(incoming: Incoming, answer: Answer) -> JSONResponse:
    return JSONResponse({"RequestId": incoming.request_id, **answer})


def _error_reply(error: ApiError, incoming: Incoming) -> Reply:
    body = {
        "RequestId": incoming.request_id,
        "HostId": incoming.signed.headers.get("host", ""),
        "Code": error.code,
        "Message": error.message,
        "Recommend": _recommend(error, incoming),
    }
    return Reply(JSONResponse(body, error.status, error.headers), error.status, error.code)


def _recommend(error: ApiError, incoming: Incoming) -> str:
    product = incoming.product.name if incoming.product else ""
    question = {"q": error.code, "product": product, "requestId": incoming.request_id}
    return f"https://api.aliyun.com/troubleshoot?{urlencode(question)}"
