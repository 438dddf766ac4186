"""Where the drivers' errors become ours, and the only place that knows their codes.

A message of ours never carries a driver's, and `from None` keeps the driver's out of the traceback:
PostgreSQL likes to quote the row that failed, and the row holds a patient's words. The driver's code goes
into the `details`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from suwen.core.errors import Conflict, StoreError, StoreFull, StoreLocked, StoreUnavailable

_RACE = "Somebody else wrote first; read again."
_LOCKED = "Another program holds the database; try again, and if it persists find what holds it."
_FULL = "The database has no space left; free some on its disk, nothing was written."
_READ_ONLY = "The database can be read but not written; check who owns its files and how the disk is mounted."
_NO_ANSWER = (
    "The database does not answer; check that its server runs and that address, database name, user and "
    "password are right."
)
_BUSY_HERE = "The database is busy: no connection came free in time; try again."
_WRONG_KEY = (
    "The database cannot be read with this key: the key file belongs to another database, or the file is "
    "damaged. Put the right key back, or restore both from one backup."
)
_NO_FILE = "The database file cannot be opened; check that its folder exists and who may write there."
_DAMAGED = "The database file could not be read or written; check the disk and the system's log."

_SQLITE: dict[int, tuple[type[StoreError], str]] = {
    5: (StoreLocked, _LOCKED),  # SQLITE_BUSY
    6: (StoreLocked, _LOCKED),  # SQLITE_LOCKED
    8: (StoreUnavailable, _READ_ONLY),  # SQLITE_READONLY
    10: (StoreUnavailable, _DAMAGED),  # SQLITE_IOERR
    11: (StoreUnavailable, _DAMAGED),  # SQLITE_CORRUPT
    13: (StoreFull, _FULL),  # SQLITE_FULL
    14: (StoreUnavailable, _NO_FILE),  # SQLITE_CANTOPEN
    19: (Conflict, _RACE),  # SQLITE_CONSTRAINT: the tables have none that one writer alone could break
    26: (StoreUnavailable, _WRONG_KEY),  # SQLITE_NOTADB
}
"""By primary result code, https://www.sqlite.org/rescode.html; the low byte of an extended one."""

_POSTGRES: dict[str, tuple[type[StoreError], str]] = {
    "23503": (Conflict, _RACE),  # foreign_key_violation
    "23505": (Conflict, _RACE),  # unique_violation
    "53100": (StoreFull, _FULL),  # disk_full
    "55P03": (StoreLocked, _LOCKED),  # lock_not_available
    "40001": (Conflict, _RACE),  # serialization_failure
    "40P01": (Conflict, _RACE),  # deadlock_detected
    "25006": (StoreUnavailable, _READ_ONLY),  # read_only_sql_transaction: a standby
    "28": (StoreUnavailable, "The database refuses the user or the password."),
    "42501": (StoreUnavailable, "The database user may not do this; grant it the rights on Suwen's tables."),
    "3D": (StoreUnavailable, "The database server has no database of this name; create it first."),
    "08": (StoreUnavailable, _NO_ANSWER),
    "53": (StoreUnavailable, "The database server lacks connections or memory; try again."),
    "57P": (StoreUnavailable, "The database server is stopping or starting; try again."),
    "58": (StoreUnavailable, _DAMAGED),
    "XX": (StoreUnavailable, _DAMAGED),
}
"""By SQLSTATE, longest prefix first, https://www.postgresql.org/docs/current/errcodes-appendix.html"""


@contextmanager
def driver_errors(encounter_id: str | None = None) -> Iterator[None]:
    """Turns whatever the driver raises inside into a `StoreError`; everything else passes through."""
    try:
        yield
    except PoolTimeout:
        raise StoreLocked(_BUSY_HERE, encounter_id=encounter_id) from None
    except DBAPIError as error:
        kind, message, code = _cause(error.orig)
        # Without a connection there was no row to quote, and the operator needs to know what was tried.
        reason = {"reason": str(error.orig)} if message is _NO_ANSWER else {}
        raise kind(message, encounter_id=encounter_id, code=code, **reason) from None


def _cause(error: BaseException | None) -> tuple[type[StoreError], str, str]:
    number: int | None = getattr(error, "sqlite_errorcode", None)
    if number is not None:
        name = str(getattr(error, "sqlite_errorname", number))
        return *(_SQLITE.get(number & 0xFF, _refused(name))), name
    name = type(error).__name__
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        # psycopg gives no SQLSTATE when it is the connection that failed.
        is_connection = name in {"OperationalError", "ConnectionTimeout", "InterfaceError"}
        return *((StoreUnavailable, _NO_ANSWER) if is_connection else _refused(name)), name
    prefixes = (state[:length] for length in range(len(state), 1, -1))
    return *next((_POSTGRES[prefix] for prefix in prefixes if prefix in _POSTGRES), _refused(state)), state


def _refused(code: str) -> tuple[type[StoreError], str]:
    return StoreError, f"The database refused for a reason that Suwen does not know ({code})."
