"""Opening: the tables, their versions, and what is imported for it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import inspect

from suwen.core.errors import StoreUnavailable
from suwen.store import tables
from suwen.store.migrate import MIGRATIONS

from .conftest import Database, change


def loaded(code: str, *args: str) -> set[str]:
    """Which slow modules a fresh Python has loaded after running `code`."""
    watched = {"sqlalchemy", "alembic", "psycopg", "sqlcipher3"}
    code = f"import sys\n{code}\nprint(*({watched} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *args], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_importing_the_store_loads_no_database() -> None:
    assert loaded("import suwen.store") == set()


def test_opening_an_existing_file_loads_neither_alembic_nor_psycopg(sqlite: Database) -> None:
    sqlite.open()
    sqlite.close()
    code = "import pathlib, suwen.store\nsuwen.store.open_store(None, pathlib.Path(sys.argv[1])).close()"
    assert loaded(code, str(sqlite.home)) == {"sqlalchemy", "sqlcipher3"}


def test_the_head_in_the_code_is_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == tables.HEAD


def test_the_migrations_make_the_tables_in_the_code(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.open().engines.write.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        for table in tables.metadata.tables.values():
            stored = inspect(connection).get_pk_constraint(table.name)["constrained_columns"]
            assert stored == [column.name for column in table.primary_key.columns]


def test_a_database_of_a_newer_suwen_is_refused_and_left_as_it_is(database: Database) -> None:
    store = database.open()
    change(store, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnavailable, match=r"version 9999.*newer Suwen"):
        database.open()
    with store.engines.read.begin() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "9999"


def test_a_migration_that_was_interrupted_begins_again(database: Database) -> None:
    store = database.open()
    for table in (*(t.name for t in reversed(tables.metadata.sorted_tables)), "alembic_version"):
        change(store, f"DROP TABLE {table}")
    database.close()
    database.open().check()


def test_an_older_database_is_brought_up_with_all_it_holds(database: Database) -> None:
    store = database.open()
    store.create("enc_old", "owner", "zh", [], "2026-11-01T00:00:00.000000Z")
    for table in ("dismissals", "medicine_lists"):
        change(store, f"DROP TABLE {table}")
    change(store, "UPDATE alembic_version SET version_num = '0001'")
    database.close()
    store = database.open()
    assert store.encounter("enc_old").lang == "zh"
    assert store.lists.list_for("owner", 10) == ()
