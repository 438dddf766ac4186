"""Opens the store: the encrypted file in Suwen's home, or the PostgreSQL a URL names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from suwen.core.errors import SettingsError
from suwen.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy import URL

DATABASE = "suwen.db"
KEY = "key"


def open_store(url: str | None, home: Path, *, wait_seconds: float = 5.0) -> Store:
    """The store, migrated to what this version knows; whoever opens it closes it.

    With `url` None it is `<home>/suwen.db`, its key `<home>/key`, both made at first start. `wait_seconds`
    is how long one call waits for a lock, a connection or a server before it raises.

    Raises `SettingsError` for a URL of another database, `StoreUnavailable` if it cannot be opened, is newer
    than this Suwen, or its key is missing or wrong.
    """
    # Imported here: SQLAlchemy takes 0.3 s, and `suwen assess` does without.
    from suwen.store.engines import postgres_engines, sqlite_engines
    from suwen.store.faults import driver_errors
    from suwen.store.key import load_key
    from suwen.store.migrate import migrate
    from suwen.store.sql import SqlStore

    with driver_errors():
        if url is None:
            path = home / DATABASE
            engines = sqlite_engines(path, load_key(home / KEY, database=path), wait_seconds=wait_seconds)
        else:
            engines = postgres_engines(_postgres_url(url), wait_seconds=wait_seconds)
        try:
            migrate(engines)
        except BaseException:
            engines.dispose()
            raise
    return SqlStore(engines)


def _postgres_url(url: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername not in {"postgresql", "postgresql+psycopg"}:
        # The URL itself stays out of the message: it may hold a password.
        raise SettingsError(
            "The database URL must look like postgresql://user:password@host/database; "
            "leave it empty to use the encrypted file in Suwen's home."
        )
    return parsed.set(drivername="postgresql+psycopg")
