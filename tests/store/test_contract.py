"""What every store does, run over SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

import pytest

from suwen.core.errors import Conflict, InputError, NotFound, StoreError
from suwen.core.events import Draft, canonical, first_broken
from suwen.store import Store
from suwen.store.sql import SqlStore
from suwen.store.turns import Turns

from .conftest import Database, change

AT = "2026-11-22T02:38:00.000000Z"
LATER = "2026-11-22T02:39:00.000000Z"


def heard(text: str) -> list[Draft]:
    return [Draft("heard", {"text": text, "p": 0.1, "spans": [[0, 2]], "none": None})]


def together(*works: Callable[[], object]) -> list[object]:
    """Runs all at the same moment; each result is what was returned or the `StoreError` raised."""
    results: list[object] = [None] * len(works)
    start = Barrier(len(works))

    def run(place: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            results[place] = work()
        except StoreError as error:
            results[place] = error

    threads = [Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_what_was_written_reads_back_equal(store: Store) -> None:
    created = store.create("e1", "o1", "zh", [*heard("右下腹一按就疼"), Draft("asked", {})], AT)
    appended = store.append("e1", 2, heard("e\u0301 \0 ' 😀"), LATER, title="腹痛", triage="urgent")
    assert store.events("e1") == created + appended
    assert store.events("e1", 2) == appended
    assert store.events("e1", 3) == ()
    row = store.encounter("e1")
    assert (row.owner_hash, row.lang, row.title, row.state, row.triage) == (
        "o1",
        "zh",
        "腹痛",
        "open",
        "urgent",
    )
    assert (row.created_at, row.updated_at, row.head) == (AT, LATER, appended[-1].head)
    assert store.snapshot("e1").encounter == row
    assert store.snapshot("e1").events == created + appended
    assert first_broken("e1", created + appended, head=row.head) is None


def test_an_encounter_may_begin_without_events(store: Store) -> None:
    assert store.create("e1", "o1", "en", [], AT) == ()
    assert store.events("e1") == ()
    assert store.encounter("e1").head_seq == 0
    assert store.append("e1", 0, heard("hello"), LATER)[0].seq == 1


def test_what_an_append_does_not_name_stays(store: Store) -> None:
    store.create("e1", "o1", "zh", [], AT)
    store.append("e1", 0, heard("a"), AT, title="t", state="closed", triage="soon")
    store.append("e1", 1, heard("b"), LATER)
    row = store.encounter("e1")
    assert (row.title, row.state, row.triage) == ("t", "closed", "soon")


def test_the_body_is_stored_as_it_was_hashed(store: SqlStore) -> None:
    (event,) = store.create("e1", "o1", "zh", heard("疼"), AT)
    with store.engines.read.begin() as connection:
        stored = connection.exec_driver_sql("SELECT body FROM events").scalar_one()
    assert stored.encode() == canonical(event.body)


def test_an_id_that_is_taken_is_a_conflict(store: Store) -> None:
    store.create("e1", "o1", "zh", heard("a"), AT)
    with pytest.raises(Conflict):
        store.create("e1", "o2", "en", heard("b"), AT)
    assert store.encounter("e1").owner_hash == "o1"
    assert len(store.events("e1")) == 1


@pytest.mark.parametrize("expected_seq", [0, 2, 99, -1])
def test_an_append_behind_another_event_than_the_last_is_a_conflict(store: Store, expected_seq: int) -> None:
    store.create("e1", "o1", "zh", heard("a"), AT)
    with pytest.raises(Conflict):
        store.append("e1", expected_seq, heard("b"), LATER, title="t")
    assert store.encounter("e1").title is None
    assert len(store.events("e1")) == 1


def test_of_two_appends_at_the_same_moment_exactly_one_wins(store: Store) -> None:
    store.create("e1", "o1", "zh", heard("0"), AT)
    for seq in range(1, 16):
        both = together(*(partial(store.append, "e1", seq, heard(name), AT) for name in "ab"))
        assert sorted(type(result).__name__ for result in both) == ["Conflict", "tuple"]
    assert len(store.events("e1")) == 16
    assert [check.first_broken for check in store.verify()] == [None]


def test_two_stores_on_one_database_do_not_overwrite_each_other(database: Database) -> None:
    one, other = database.open(), database.open()
    one.create("e1", "o1", "zh", heard("0"), AT)
    for seq in range(1, 8):
        both = together(*(partial(each.append, "e1", seq, heard("x"), AT) for each in (one, other)))
        assert sorted(type(result).__name__ for result in both) == ["Conflict", "tuple"]
    assert [check.first_broken for check in other.verify()] == [None]


def test_an_idempotency_key_tells_what_it_wrote(store: Store) -> None:
    store.create("e1", "o1", "zh", heard("a"), AT)
    store.create("e2", "o1", "zh", heard("a"), AT)
    assert store.keys("e1") == frozenset()
    store.append("e1", 1, heard("b") + heard("c"), LATER, idempotency_key="k")
    assert store.keys("e1") == {"k"}
    assert store.keys("e2") == frozenset()


def test_an_idempotency_key_writes_once(store: Store) -> None:
    store.create("e1", "o1", "zh", heard("a"), AT)
    store.append("e1", 1, heard("b"), LATER, idempotency_key="k")
    with pytest.raises(Conflict):
        store.append("e1", 2, heard("b"), LATER, idempotency_key="k")
    assert len(store.events("e1")) == 2
    assert store.encounter("e1").head_seq == 2


def test_a_foreign_encounter_looks_like_a_missing_one(store: Store) -> None:
    store.create("e1", "o1", "zh", heard("a"), AT)
    messages = []
    for encounter_id in ("e1", "e2"):
        with pytest.raises(NotFound) as caught:
            store.encounter(encounter_id, "o2")
        messages.append(str(caught.value).replace(encounter_id, "?"))
        assert caught.value.details == {"encounter_id": encounter_id}
    assert messages[0] == messages[1]
    assert store.encounter("e1", "o1").id == "e1"
    with pytest.raises(NotFound):
        store.delete("e1", "o2")
    assert store.ids() == ("e1",)


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.encounter("no"),
        lambda store: store.events("no"),
        lambda store: store.snapshot("no"),
        lambda store: store.append("no", 0, heard("a"), AT),
        lambda store: store.delete("no", "o1"),
        lambda store: store.verify("no"),
        lambda store: store.list_for("o1", 5, before="no"),
    ],
)
def test_a_missing_encounter_is_not_found(store: Store, act: Callable[[Store], object]) -> None:
    with pytest.raises(NotFound):
        act(store)


@pytest.mark.parametrize("bad", ["\0", "a\ud800"])
def test_text_that_a_database_cannot_hold_is_refused_by_both(store: Store, bad: str) -> None:
    store.create("e1", "o1", "zh", [], AT)
    for act in (
        lambda: store.create(bad, "o1", "zh", [], AT),
        lambda: store.create("e2", "o1", "zh", [Draft(bad, {})], AT),
        lambda: store.append("e1", 0, heard("a"), AT, title=bad),
        lambda: store.append("e1", 0, heard("a"), AT, idempotency_key=bad),
        lambda: store.encounter(bad),
        lambda: store.encounter("e1", bad),
        lambda: store.keys(bad),
        lambda: store.list_for(bad, 1),
    ):
        with pytest.raises(InputError):
            act()
    assert store.ids() == ("e1",)
    assert store.events("e1") == ()


def test_an_append_without_events_is_refused(store: Store) -> None:
    store.create("e1", "o1", "zh", [], AT)
    with pytest.raises(InputError):
        store.append("e1", 0, [], AT, state="closed")
    assert store.encounter("e1").state == "open"


def test_an_owners_encounters_come_last_begun_first_and_page_by_page(store: Store) -> None:
    for number, at in enumerate([AT, AT, LATER, LATER, LATER]):
        store.create(f"e{number}", "o1", "zh", [], at)
    store.create("x", "o2", "zh", [], LATER)
    store.append("e0", 0, heard("a"), "2026-11-23T00:00:00.000000Z")
    assert [row.id for row in store.list_for("o1", 10)] == ["e4", "e3", "e2", "e1", "e0"]
    assert [row.id for row in store.list_for("o1", 2)] == ["e4", "e3"]
    assert [row.id for row in store.list_for("o1", 2, before="e3")] == ["e2", "e1"]
    assert store.list_for("o1", 2, before="e0") == ()
    assert store.list_for("nobody", 2) == ()
    with pytest.raises(NotFound):
        store.list_for("o1", 2, before="x")
    with pytest.raises(InputError):
        store.list_for("o1", 0)


def test_a_deleted_encounter_leaves_no_row(store: SqlStore) -> None:
    for encounter_id in ("e1", "e2"):
        store.create(encounter_id, "o1", "zh", heard("a"), AT)
        store.append(encounter_id, 1, heard("b"), AT, idempotency_key="k")
    store.delete("e1", "o1")
    assert store.ids() == ("e2",)
    assert store.keys("e1") == frozenset()
    with store.engines.read.begin() as connection:
        for table, column in (
            ("encounters", "id"),
            ("events", "encounter_id"),
            ("idempotency", "encounter_id"),
        ):
            left = connection.exec_driver_sql(f"SELECT DISTINCT {column} FROM {table}").scalars().all()
            assert left == ["e2"]
    with pytest.raises(NotFound):
        store.events("e1")


def test_a_deletion_and_an_append_at_the_same_moment_leave_no_half(store: Store) -> None:
    for number in range(8):
        encounter_id = f"e{number}"
        store.create(encounter_id, "o1", "zh", heard("a"), AT)
        appended, deleted = together(
            partial(store.append, encounter_id, 1, heard("b"), AT), partial(store.delete, encounter_id, "o1")
        )
        assert deleted is None
        assert isinstance(appended, tuple | NotFound | Conflict)
    assert store.ids() == ()
    assert list(store.verify()) == []


@pytest.mark.parametrize(
    ("sql", "seq"),
    [
        ("UPDATE events SET body = '{\"n\":9}' WHERE seq = 3", 3),
        ("UPDATE events SET body = '{\"n\": 2}' WHERE seq = 3", 3),  # same value, other text
        ('UPDATE events SET body = \'{"n":1,"n":2}\' WHERE seq = 3', 3),  # reads back as the true one
        ("UPDATE events SET body = 'not json' WHERE seq = 3", 3),
        ("UPDATE events SET body = '[]' WHERE seq = 1", 1),
        ("UPDATE events SET body = '{\"n\":1e999}' WHERE seq = 3", 3),
        ("UPDATE events SET body = '{\"n\":NaN}' WHERE seq = 3", 3),
        ("UPDATE events SET kind = 'asked' WHERE seq = 2", 2),
        ("UPDATE events SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 5", 5),
        ("UPDATE events SET hash = prev WHERE seq = 4", 4),
        ("UPDATE events SET prev = hash WHERE seq = 4", 4),
        ("UPDATE events SET seq = 9 WHERE seq = 4", 4),
        ("DELETE FROM events WHERE seq = 2", 2),
        ("DELETE FROM events WHERE seq = 5", 5),
        ("DELETE FROM events", 1),
        ("UPDATE encounters SET head_seq = 3", 4),
        ("UPDATE encounters SET head_hash = owner_hash", 5),
        ("UPDATE events SET body = CASE seq WHEN 2 THEN '{\"n\":9}' ELSE 'x' END WHERE seq IN (2, 4)", 2),
    ],
)
def test_an_altered_log_is_named_by_its_first_altered_event(store: SqlStore, sql: str, seq: int) -> None:
    store.create("e1", "o1", "zh", [Draft("heard", {"n": n}) for n in range(5)], AT)
    if "encounters" not in sql:
        store.create("e2", "o1", "zh", [], AT)
    change(store, sql)
    found = {check.encounter_id: check.first_broken for check in store.verify()}
    assert found.pop("e1") == seq
    assert set(found.values()) <= {None}
    assert [check.first_broken for check in store.verify("e1")] == [seq]


def test_a_log_given_to_another_encounter_is_broken(store: SqlStore) -> None:
    store.create("e1", "o1", "zh", heard("a"), AT)
    store.create("e2", "o1", "zh", [], AT)
    change(store, "UPDATE events SET encounter_id = 'e2'")
    change(
        store,
        "UPDATE encounters SET head_seq = 1, head_hash = (SELECT hash FROM events) WHERE id = 'e2'",
    )
    assert {check.encounter_id: check.first_broken for check in store.verify()} == {"e1": 1, "e2": 1}


def test_checking_a_log_while_it_grows_raises_no_false_alarm(store: Store) -> None:
    store.create("e1", "o1", "zh", [], AT)

    def grow() -> None:
        for seq in range(60):
            store.append("e1", seq, heard("x"), AT)

    def watch() -> set[int | None]:
        return {check.first_broken for _ in range(60) for check in store.verify("e1")}

    assert together(grow, watch) == [None, {None}]


def test_a_store_reads_on_after_it_was_closed_and_opened_again(database: Database) -> None:
    written = database.open().create("e1", "o1", "zh", heard("a"), AT)
    database.close()
    store = database.open()
    store.check()
    assert store.events("e1") == written
    assert store.append("e1", 1, heard("b"), LATER)[0].prev == written[0].hash


def test_writers_are_served_in_the_order_in_which_they_came() -> None:
    turns, served = Turns(5.0), list[int]()
    threads = []

    def work(number: int) -> None:
        with turns.take():
            served.append(number)

    with turns.take():
        for number in range(5):
            threads.append(Thread(target=work, args=(number,)))
            threads[-1].start()
            while len(turns._line) < number + 2:
                pass
    for thread in threads:
        thread.join()
    assert served == [0, 1, 2, 3, 4]
