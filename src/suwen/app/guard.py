"""What every request passes: size, origin, rate, headers, and a log line without a patient's words."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from fastapi import Request
from limits import RateLimitItemPerMinute, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from suwen.app.pages import SECURITY_HEADERS
from suwen.app.problems import problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY_BYTES = 64 * 1024
SAFE = {"GET", "HEAD", "OPTIONS"}
HEADERS = {name.lower().encode(): value.encode() for name, value in SECURITY_HEADERS.items()}
log = structlog.get_logger("suwen")


class Rates:
    """How often one browser or address may do something, in this process."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, rule: str, *who: str) -> bool:
        return bool(self._limiter.hit(parse(rule), *who))

    def allows_per_minute(self, amount: int, *who: str) -> bool:
        return bool(self._limiter.hit(RateLimitItemPerMinute(amount), *who))


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: Any, *, rates: Rates, requests_per_minute_ip: int) -> None:
        self.app, self.rates, self.per_minute = app, rates, requests_per_minute_ip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        request_id, began = secrets.token_hex(8), time.perf_counter()
        status = 0

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name for name, _ in message["headers"]}
                extra = [(n, v) for n, v in HEADERS.items() if n not in present]
                if scope["path"].startswith("/api") and b"cache-control" not in present:
                    extra.append((b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *extra, (b"x-request-id", request_id.encode())]
            await send(message)

        refusal = self._refusal(request)
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
        else:
            try:
                body = b"" if request.method in SAFE else await _body(receive)
                if body is None:
                    await problem(request, "large")(scope, receive, send_with_headers)
                else:
                    inward = receive if request.method in SAFE else _replayed(body, receive)
                    await self.app(scope, inward, send_with_headers)
            except Exception as error:
                log.error("failed", request_id=request_id, path=_route(scope), error=type(error).__name__)
                if status == 0:
                    await problem(request, "internal", request_id=request_id)(
                        scope, receive, send_with_headers
                    )
        log.info("request", request_id=request_id, method=request.method, path=_route(scope), status=status,
                 ms=round((time.perf_counter() - began) * 1000, 1))  # fmt: skip

    def _refusal(self, request: Request) -> Any:
        address = request.client.host if request.client else "unknown"
        if not self.rates.allows_per_minute(self.per_minute, "ip", address):
            return problem(request, "rate")
        if (
            request.url.path.startswith("/api")
            and request.method not in SAFE
            and request.headers.get("x-suwen") != "1"
        ):
            return problem(request, "csrf")
        length = request.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_BODY_BYTES:
            return problem(request, "large")
        return None


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None once it is larger than allowed."""
    parts: list[bytes] = []
    total, more = 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        total += len(parts[-1])
        if total > MAX_BODY_BYTES:
            return None
        more = bool(message.get("more_body", False)) and message["type"] == "http.request"
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, then whatever comes after it."""
    given = False

    async def again() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _route(scope: Scope) -> str:
    """The route's template rather than the path: what somebody typed into the address stays out of the log."""
    route = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
