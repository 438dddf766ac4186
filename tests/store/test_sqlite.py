"""What only the encrypted file has: its key, its locks, its disk."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from suwen.core.errors import StoreError, StoreFull, StoreLocked, StoreUnavailable
from suwen.core.events import Draft

from .conftest import Database, change

AT = "2026-11-22T02:38:00.000000Z"
WORDS = "a pain nobody else may read about"


def heard(text: str = WORDS) -> list[Draft]:
    return [Draft("heard", {"text": text})]


def test_neither_words_nor_format_can_be_read_in_the_files(sqlite: Database) -> None:
    store = sqlite.open()
    store.create("e1", "o1", "zh", heard(), AT)
    while_open = [path.read_bytes() for path in sqlite.home.iterdir() if path.name.startswith("suwen.db")]
    assert len(while_open) == 3  # the database, its write-ahead log and its index
    sqlite.close()
    for content in (*while_open, (sqlite.home / "suwen.db").read_bytes()):
        assert WORDS.encode() not in content
        assert b"SQLite format 3" not in content
        assert b"encounters" not in content


def test_the_key_is_made_once_for_its_owner_only(sqlite: Database) -> None:
    sqlite.open()
    key = sqlite.home / "key"
    first = key.read_text()
    assert len(bytes.fromhex(first)) == 32
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    sqlite.open()
    assert key.read_text() == first
    assert sorted(path.name for path in sqlite.home.glob(".key*")) == []


def test_stores_that_start_at_the_same_moment_agree_on_key_and_tables(sqlite: Database) -> None:
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: sqlite.open(), range(6)))
    for number, store in enumerate(stores):
        store.create(f"e{number}", "o1", "zh", heard(), AT)
    assert len(stores[0].ids()) == 6


def test_a_database_without_its_key_says_where_the_key_should_be(sqlite: Database) -> None:
    sqlite.open()
    sqlite.close()
    (sqlite.home / "key").unlink()
    with pytest.raises(StoreUnavailable, match="key of the database is gone"):
        sqlite.open()
    assert not (sqlite.home / "key").exists()


def test_another_databases_key_is_refused_and_changes_nothing(sqlite: Database) -> None:
    sqlite.open().create("e1", "o1", "zh", heard(), AT)
    sqlite.close()
    key = sqlite.home / "key"
    right, before = key.read_text(), (sqlite.home / "suwen.db").read_bytes()
    key.write_text("0" * 64)
    with pytest.raises(StoreUnavailable, match="cannot be read with this key") as caught:
        sqlite.open()
    assert caught.value.details["code"] == "SQLITE_NOTADB"
    assert (sqlite.home / "suwen.db").read_bytes() == before
    key.write_text(right)
    assert sqlite.open().ids() == ("e1",)


@pytest.mark.parametrize("content", [b"", b"0" * 63, b"x" * 64, b"\xff" * 32])
def test_a_damaged_key_file_is_named(sqlite: Database, content: bytes) -> None:
    sqlite.home.mkdir()
    (sqlite.home / "key").write_bytes(content)
    with pytest.raises(StoreUnavailable, match="key"):
        sqlite.open()
    assert not (sqlite.home / "suwen.db").exists()


def test_a_plain_sqlite_file_is_refused(sqlite: Database) -> None:
    sqlite.open()
    sqlite.close()
    (sqlite.home / "suwen.db").unlink()
    with closing(sqlite3.connect(sqlite.home / "suwen.db")) as plain:
        plain.execute("CREATE TABLE t (a)")
    with pytest.raises(StoreUnavailable):
        sqlite.open()


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="file/home/key"):
        Database(None, tmp_path / "file" / "home", []).open()


def test_a_commit_waits_for_the_disk(sqlite: Database) -> None:
    store = sqlite.open()
    with store.engines.write.begin() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_full_disk_is_an_error_that_leaves_nothing_half_written(sqlite: Database) -> None:
    store = sqlite.open()
    store.create("e1", "o1", "zh", heard(), AT)
    with store.engines.write.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreFull):
        store.append("e1", 1, heard("x") + heard("y" * 50_000), AT, title="t")
    assert len(store.events("e1")) == 1
    assert store.encounter("e1").title is None
    with store.engines.write.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    store.append("e1", 1, heard("y" * 50_000), AT)
    assert [check.first_broken for check in store.verify()] == [None]


def test_a_database_that_another_process_holds_is_locked_for_writers_only(sqlite: Database) -> None:
    holder, store = sqlite.open(), sqlite.open(wait_seconds=0.05)
    store.create("e1", "o1", "zh", heard(), AT)
    with holder.engines.writing():
        with pytest.raises(StoreLocked):
            store.append("e1", 1, heard(), AT)
        assert len(store.events("e1")) == 1
    store.append("e1", 1, heard(), AT)


def test_a_writer_whose_turn_does_not_come_is_told(sqlite: Database) -> None:
    store = sqlite.open(wait_seconds=0.05)
    store.create("e1", "o1", "zh", heard(), AT)
    with store.engines.writing(), pytest.raises(StoreLocked):
        store.append("e1", 1, heard(), AT)
    store.append("e1", 1, heard(), AT)


def test_a_database_that_may_only_be_read_says_so(sqlite: Database) -> None:
    store = sqlite.open()
    store.create("e1", "o1", "zh", heard(), AT)
    change(store, "PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable, match="not written"):
        store.append("e1", 1, heard(), AT)
    assert store.ids() == ("e1",)


def test_what_no_code_names_is_still_a_store_error_without_words(sqlite: Database) -> None:
    store = sqlite.open()
    store.create("e1", "o1", "zh", heard(), AT)
    change(store, "ALTER TABLE events RENAME TO elsewhere")
    with pytest.raises(StoreError) as caught:
        store.append("e1", 1, heard(), AT)
    assert type(caught.value) is StoreError
    assert WORDS not in repr(caught.value)
    assert caught.value.__suppress_context__


def test_a_deletion_leaves_no_pages_in_the_write_ahead_log(sqlite: Database) -> None:
    store = sqlite.open()
    store.create("e1", "o1", "zh", heard() * 200, AT)
    assert (sqlite.home / "suwen.db-wal").stat().st_size > 0
    store.delete("e1", "o1")
    assert (sqlite.home / "suwen.db-wal").stat().st_size == 0
