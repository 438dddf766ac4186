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
                await self.app(scope, _limited(receive), send_with_headers)
            except _TooLarge:
                await problem(request, "large")(scope, receive, send_with_headers)
            except Exception as error:
                log.error("failed", request_id=request_id, path=_route(scope), error=type(error).__name__)
                if status == 0:
                    await problem(request, "internal", request_id=request_id)(scope, receive, send_with_headers)
        log.info("request", request_id=request_id, method=request.method, path=_route(scope), status=status,
                 ms=round((time.perf_counter() - began) * 1000, 1))  # fmt: skip

    def _refusal(self, request: Request) -> Any:
        address = request.client.host if request.client else "unknown"
        if not self.rates.allows_per_minute(self.per_minute, "ip", address):
            return problem(request, "rate")
        if request.url.path.startswith("/api") and request.method not in SAFE and request.headers.get("x-suwen") != "1":
            return problem(request, "csrf")
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return problem(request, "large")
        return None


class _TooLarge(Exception):
    """A body without a length grew beyond the limit."""


def _limited(receive: Receive) -> Receive:
    total = 0

    async def counted() -> MutableMapping[str, Any]:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > MAX_BODY_BYTES:
            raise _TooLarge
        return message

    return counted


def _route(scope: Scope) -> str:
    """The route's template rather than the path, so that a log line names no encounter's content."""
    route = scope.get("route")
    return str(getattr(route, "path", scope["path"].split("/")[1] if "/" in scope["path"] else ""))
