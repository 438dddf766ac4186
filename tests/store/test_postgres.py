"""What only PostgreSQL has: a server that may be away, its settings, its error codes."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from suwen.core.errors import Conflict, SettingsError, StoreError, StoreFull, StoreLocked, StoreUnavailable
from suwen.core.events import Draft
from suwen.store import open_store
from suwen.store.faults import driver_errors

from .conftest import Database, change

AT = "2026-11-22T02:38:00.000000Z"
WORDS = "a pain nobody else may read about"


def heard() -> list[Draft]:
    return [Draft("heard", {"text": WORDS})]


@pytest.mark.parametrize(
    "url", ["mysql://u:hunter2@h/d", "sqlite:///x.db", "nonsense hunter2", "", "postgresql+psycopg2://h/d"]
)
def test_another_kind_of_url_is_refused_without_repeating_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="postgresql://") as caught:
        open_store(url, tmp_path)
    assert "hunter2" not in str(caught.value)


def test_a_server_that_is_away_is_unavailable_and_the_password_stays_secret(tmp_path: Path) -> None:
    password = "hunter2"
    with pytest.raises(StoreUnavailable) as caught:
        open_store(f"postgresql://suwen:{password}@127.0.0.1:1/suwen", tmp_path)
    assert password not in "".join(traceback.format_exception(caught.value))
    assert password not in str(caught.value.details)


def test_a_database_that_was_never_made_is_named_as_the_cause(postgresql: Database, tmp_path: Path) -> None:
    assert postgresql.url is not None
    url = postgresql.url.replace("/test_", "/absent_")
    with pytest.raises(StoreUnavailable, match="database name") as caught:
        open_store(url, tmp_path)
    assert "absent_" in str(caught.value.details["reason"])


def test_both_spellings_of_the_url_open_the_same_database(postgresql: Database, tmp_path: Path) -> None:
    assert postgresql.url is not None
    postgresql.open().create("e1", "o1", "zh", heard(), AT)
    other = open_store(postgresql.url.replace("postgresql://", "postgresql+psycopg://"), tmp_path)
    assert other.ids() == ("e1",)
    other.close()


def test_a_connection_that_the_server_dropped_is_replaced(postgresql: Database) -> None:
    store = postgresql.open()
    store.create("e1", "o1", "zh", heard(), AT)
    killer = postgresql.open()
    change(
        killer,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    store.check()
    store.append("e1", 1, heard(), AT)
    assert len(store.events("e1")) == 2


def test_a_row_that_another_program_holds_is_locked(postgresql: Database) -> None:
    holder, store = postgresql.open(), postgresql.open(wait_seconds=0.1)
    store.create("e1", "o1", "zh", heard(), AT)
    with holder.engines.writing() as connection:
        connection.exec_driver_sql("SELECT * FROM encounters FOR UPDATE")
        with pytest.raises(StoreLocked):
            store.append("e1", 1, heard(), AT)
        assert len(store.events("e1")) == 1
    store.append("e1", 1, heard(), AT)


def test_commits_wait_for_the_disk_even_where_the_server_would_not(postgresql: Database) -> None:
    change(
        postgresql.open(),
        f"ALTER DATABASE {str(postgresql.url).split('/')[3].split('?')[0]} SET synchronous_commit = off",
    )
    postgresql.close()
    with postgresql.open().engines.writing() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"


def test_a_row_that_the_server_quotes_stays_out_of_message_and_traceback(postgresql: Database) -> None:
    store = postgresql.open()
    store.create("e1", "o1", "zh", [], AT)
    change(store, "ALTER TABLE events ADD CHECK (length(body) < 10)")
    with pytest.raises(StoreError) as caught:
        store.append("e1", 0, heard(), AT)
    assert type(caught.value) is StoreError
    assert caught.value.details == {"encounter_id": "e1", "code": "23514"}
    assert WORDS not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        ("23505", Conflict),
        ("40001", Conflict),
        ("53100", StoreFull),
        ("53300", StoreUnavailable),
        ("55P03", StoreLocked),
        ("25006", StoreUnavailable),
        ("28P01", StoreUnavailable),
        ("3D000", StoreUnavailable),
        ("57P01", StoreUnavailable),
        ("08006", StoreUnavailable),
        ("42501", StoreUnavailable),
        ("22021", StoreError),
    ],
)
def test_each_sqlstate_has_its_cause(state: str, cause: type[StoreError]) -> None:
    driver = Exception("Failing row contains (a secret)")
    driver.sqlstate = state  # type: ignore[attr-defined]
    with pytest.raises(StoreError) as caught, driver_errors("e1"):
        raise DBAPIError("INSERT", {}, driver)
    assert type(caught.value) is cause
    assert "secret" not in "".join(traceback.format_exception(caught.value))
