"""The server process: settings to a listening socket, and a line with the address when it is ready."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
import uvicorn

from suwen.app.api import create_app
from suwen.app.build import build_clinic
from suwen.app.desk import Desk
from suwen.app.settings import Settings
from suwen.store import open_store


def build_app(settings: Settings) -> Any:
    """The ASGI application of these settings."""
    clinic = build_clinic(settings.knowledge, budget=settings.budget)
    store = open_store(settings.database_url, settings.home)
    return create_app(Desk(clinic, store), settings)


def run(settings: Settings) -> None:
    """Serve until stopped."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    application = build_app(settings)
    config = uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
    )
    server = _Announcing(config)
    server.run()


class _Announcing(uvicorn.Server):
    """Prints where it listens once it does."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.should_exit:
            return
        for listener in self.servers:
            for place in listener.sockets:
                host, port = place.getsockname()[:2]
                sys.stdout.write(f"Suwen 素问 is ready: http://{host}:{port}\n")
        sys.stdout.flush()
