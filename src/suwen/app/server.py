"""The server: settings to a listening socket, workers behind it, and a line with the address when it is ready.

The knowledge is loaded once; workers are forks of the process that holds it and share its memory. A worker that
dies is replaced. When the first process dies, however it dies, its workers end with it.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import structlog
import uvicorn

from suwen.app.api import create_app
from suwen.app.build import build_clinic, uncollected
from suwen.app.desk import Desk
from suwen.app.settings import Settings
from suwen.consult.turn import Message, finish, open_case, respond
from suwen.core.errors import SettingsError
from suwen.knowledge import is_compiled
from suwen.store import DATABASE, open_store

log = structlog.get_logger("suwen")

WARMING = {
    "zh": "头痛三天，今早起来走路飘飘悠悠的，在吃华法林和布洛芬",
    "en": "My son of 3 years has a barking coff tonight, he takes ibuprophen",
}
"""Conversations that fill the caches which workers then share: words, guesses, slips, medicines and their names."""


def build_app(settings: Settings) -> Any:
    """The ASGI application of these settings.

    The database is open and up to date, and no connection to it is held: processes forked from here open their own.
    """
    clinic = build_clinic(settings.knowledge, budget=settings.budget)
    clinic.ear.lexicon.ready()
    for lang, text in WARMING.items():
        finish(respond(open_case(lang, clinic).case, Message(text), clinic).case, clinic)
    if clinic.rare is not None:
        clinic.rare()
    store = open_store(settings.database_url, settings.home)
    application = create_app(Desk(clinic, store, region=settings.region), settings)
    store.close()
    return application


def _prepare(settings: Settings) -> None:
    """What a first start makes, knowledge to be compiled and a new database, in a process of its own that gives back what it took.

    What goes wrong there goes wrong here again, and is told then.
    """
    compiled = is_compiled(settings.knowledge)
    if not hasattr(os, "fork") or (
        compiled and (settings.database_url or (settings.home / DATABASE).exists())
    ):
        return
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    with suppress(BaseException):
        if compiled:
            open_store(settings.database_url, settings.home).close()
        else:
            build_app(settings)
    os._exit(0)


def run(settings: Settings) -> None:
    """Serve until stopped."""
    _prepare(settings)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    with uncollected():  # nor does the collector ever write to pages that forks share
        config = uvicorn.Config(
            build_app(settings),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=3,
        )
    listener = _listen(settings)
    workers = settings.workers if hasattr(os, "fork") else 1
    if workers == 1:
        _Worker(config, lambda: _announce(listener)).run(sockets=[listener])
    else:
        _Workers(config, listener, workers).run()


def _listen(settings: Settings) -> socket.socket:
    try:
        return socket.create_server(
            (settings.host, settings.port),
            family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET,
            backlog=2048,
        )
    except OSError as error:
        raise SettingsError(
            f"SUWEN_HOST, SUWEN_PORT: cannot listen on {settings.host}:{settings.port} ({error.strerror}); "
            "choose another port with --port, or stop the program that uses this one"
        ) from None


def _announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    host = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"Suwen 素问 is ready: http://{host}:{port}\n")
    sys.stdout.flush()


class _Worker(uvicorn.Server):
    """One process that answers; `ready` is called once it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()


class _Workers:
    """Keeps a number of workers alive until told to stop."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, number: int) -> None:
        self.config, self.listener, self.number = config, listener, number
        self.children: set[int] = set()
        self.stopping = False
        # Nobody ever writes to it: its end is what a worker sees when this process is gone.
        self.lifeline = os.pipe()
        self.readiness: tuple[int, int] | None = os.pipe()

    def run(self) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        for _ in range(self.number):
            self._fork()
        if self._all_ready():
            _announce(self.listener)
        else:
            self._stop()
        while self.children:
            self._wait()

    def _all_ready(self) -> bool:
        """Waits until every worker has said so, or until one that has not is gone."""
        assert self.readiness is not None
        incoming, outgoing = self.readiness
        self.readiness = None  # a worker that replaces another has nobody to tell
        os.close(outgoing)
        said = 0
        while said < self.number and (got := os.read(incoming, self.number)):
            said += len(got)
        os.close(incoming)
        return said == self.number

    def _stop(self, *_: object) -> None:
        self.stopping = True
        for child in self.children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    def _wait(self) -> None:
        child, status = os.waitpid(-1, 0)
        self.children.discard(child)
        if not self.stopping:
            log.error("worker_replaced", status=os.waitstatus_to_exitcode(status))
            time.sleep(0.2)  # one that cannot live must not keep the machine busy
            self._fork()

    def _fork(self) -> None:
        child = os.fork()
        if child:
            self.children.add(child)
            if self.stopping:
                self._stop()
        else:
            self._work()

    def _work(self) -> NoReturn:
        code = 1
        try:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, signal.SIG_DFL)
            os.close(self.lifeline[1])
            threading.Thread(target=self._die_with_parent, daemon=True).start()
            _Worker(self.config, self._say_ready).run(sockets=[self.listener])
            code = 0
        except Exception as error:
            log.error("worker_failed", error=type(error).__name__)
        finally:
            os._exit(code)

    def _say_ready(self) -> None:
        if self.readiness is not None:
            os.write(self.readiness[1], b"1")
            os.close(self.readiness[1])

    def _die_with_parent(self) -> None:
        os.read(self.lifeline[0], 1)
        os._exit(1)
