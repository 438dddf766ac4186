"""The two databases as pairs of SQLAlchemy engines: one to read one unchanging moment, one to write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from suwen.store.turns import Turns

_SQLITE_READERS = 4
_POSTGRES_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Engines:
    """`read.begin()` sees one moment of the database throughout; `write.begin()` sees what is committed."""

    read: Engine
    write: Engine
    turns: Turns | None = None
    """Threads of this process write one after the other; None if the database sorts writers out itself."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction: committed at the end, rolled back if anything is raised."""
        with self.turns.take() if self.turns else nullcontext(), self.write.begin() as connection:
            yield connection

    def forget(self) -> None:
        """Empties SQLite's write-ahead log, which still holds pages from before a deletion.

        Readers at work may hold some of it back until the next checkpoint.
        """
        if self.write.dialect.name == "sqlite":
            with (
                self.turns.take() if self.turns else nullcontext(),
                closing(self.write.raw_connection()) as raw,
            ):
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        self.read.dispose()
        self.write.dispose()


def sqlite_engines(path: Path, key: str, *, wait_seconds: float) -> Engines:
    """SQLite encrypted by SQLCipher with `key` (64 hexadecimal digits).

    One connection writes and threads queue for it in order; other processes are kept out by
    `BEGIN IMMEDIATE`. The write-ahead log is synced at every commit (`synchronous=FULL`): with NORMAL a
    commit outlives `kill -9` but not loss of power, and an append of four events takes 0.9 ms instead of
    1.5 ms (p50, 2 cores, 2026-11): not worth a reply that was seen and is gone.
    """
    write = _sqlite_engine(path, key, wait_seconds, size=1, begin="BEGIN IMMEDIATE")
    read = _sqlite_engine(path, key, wait_seconds, size=_SQLITE_READERS, begin="BEGIN")
    return Engines(read, write, Turns(wait_seconds))


def _sqlite_engine(path: Path, key: str, wait_seconds: float, *, size: int, begin: str) -> Engine:
    from sqlcipher3 import dbapi2

    def connect() -> Any:
        connection = dbapi2.connect(
            str(path), timeout=wait_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            # A raw key: SQLCipher then skips the derivation that costs 0.1 s a connection.
            connection.execute(f"PRAGMA key = \"x'{key}'\"")
            _write_ahead(connection, wait_seconds)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(
                "PRAGMA fullfsync = ON"
            )  # macOS: there, fsync alone stops at the drive's cache
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA temp_store = MEMORY")  # sorting never spills to a file
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=connect,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=wait_seconds,
        hide_parameters=True,
    )

    # With isolation_level None the driver begins nothing by itself.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(connection: Any, wait_seconds: float) -> None:
    """Switches to the write-ahead log. Of several that switch a new database at once, SQLite refuses some without waiting:
    each would wait for the others' read locks."""
    until = monotonic() + wait_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except connection.OperationalError as error:
            if "locked" not in str(error) or monotonic() > until:
                raise
            sleep(0.02)


def postgres_engines(url: URL, *, wait_seconds: float) -> Engines:
    """PostgreSQL through psycopg 3. A server or role with `synchronous_commit = off` is overruled."""
    engine = create_engine(
        url,
        pool_size=_POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_timeout=wait_seconds,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": max(2, round(wait_seconds)), "application_name": "suwen"},
    )

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, false)", (f"{round(wait_seconds * 1000)}ms",)
            )
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', false)"
                " WHERE current_setting('synchronous_commit') = 'off'"
            )
        connection.commit()

    return Engines(read=engine.execution_options(isolation_level="REPEATABLE READ"), write=engine)
