"""Brings a database to the tables this version of Suwen knows, and refuses one that is ahead of it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from suwen.core.errors import StoreUnavailable
from suwen.store.engines import Engines
from suwen.store.tables import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = 0x737577656E
"""Any number, the same in every Suwen: PostgreSQL's advisory lock, so that one process migrates at a time."""


def migrate(engines: Engines) -> None:
    """Migrates to `HEAD`, in one transaction, or does nothing if the database is there already.

    Raises `StoreUnavailable` if a newer Suwen has migrated it further.
    """
    with engines.read.begin() as connection:
        if _version(connection) == HEAD:
            return
    with engines.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        version = _version(connection)
        if version != HEAD:
            _upgrade(connection, version)


def _version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _upgrade(connection: Connection, version: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StoreUnavailable(
            f"The database is at version {version}; this Suwen knows versions up to {HEAD}. "
            "Install the newer Suwen that last used it, or restore a backup from before."
        )
    command.upgrade(config, "head")
