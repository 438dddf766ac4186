"""The store over SQLAlchemy Core: the same statements for SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Never

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, text, tuple_, update

from suwen.core.errors import Conflict, InputError, LogBroken, NotFound, StoreError
from suwen.core.events import Draft, Event, Head, canonical, chain, first_broken, genesis
from suwen.store.engines import Engines
from suwen.store.faults import driver_errors
from suwen.store.lists import MedicineLists
from suwen.store.store import EncounterRow, LogCheck, Snapshot
from suwen.store.tables import encounters, events, idempotency

# Statements of every message, built once: building one costs as much as running it.
_ENCOUNTER = select(encounters).where(encounters.c.id == bindparam("of"))
_MOVE_HEAD = (
    update(encounters)
    .where(
        encounters.c.id == bindparam("of"),
        encounters.c.head_seq == bindparam("old_seq"),
        encounters.c.head_hash == bindparam("old_hash"),
    )
    .values(
        head_seq=bindparam("new_seq"),
        head_hash=bindparam("new_hash"),
        updated_at=bindparam("at"),
        title=func.coalesce(bindparam("new_title"), encounters.c.title),
        state=func.coalesce(bindparam("new_state"), encounters.c.state),
        triage=func.coalesce(bindparam("new_triage"), encounters.c.triage),
    )
)
_LOG: Select[Any] = (
    select(events.c.seq, events.c.kind, events.c.at, events.c.body, events.c.prev, events.c.hash)
    .where(events.c.encounter_id == bindparam("of"), events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
)
_ADD_EVENTS = insert(events)
_ADD_KEY = insert(idempotency)
_KEYS = select(idempotency.c.key).where(idempotency.c.encounter_id == bindparam("of"))


class SqlStore:
    """`Store` on a pair of engines whose database is at `tables.HEAD`; `open_store` makes one."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self.lists = MedicineLists(engines)

    def create(
        self, encounter_id: str, owner_hash: str, lang: str, drafts: Sequence[Draft], at: str
    ) -> tuple[Event, ...]:
        _check_storable(encounter_id, owner_hash, lang, *(draft.kind for draft in drafts))
        start = genesis(encounter_id)
        new = chain(start, drafts, at)
        head = new[-1].head if new else start
        row = EncounterRow(encounter_id, owner_hash, lang, None, "open", None, at, at, head.seq, head.hash)
        with self._writing(encounter_id) as connection:
            connection.execute(insert(encounters), {name: getattr(row, name) for name in row.__slots__})
            _insert_events(connection, encounter_id, new)
        return new

    def encounter(self, encounter_id: str, owner_hash: str | None = None) -> EncounterRow:
        with self._reading(encounter_id) as connection:
            return _encounter(connection, encounter_id, owner_hash)

    def events(self, encounter_id: str, after_seq: int = 0) -> tuple[Event, ...]:
        with self._reading(encounter_id) as connection:
            _encounter(connection, encounter_id)
            rows = connection.execute(_LOG, {"of": encounter_id, "after": after_seq}).all()
        return tuple(_event(encounter_id, row) for row in rows)

    def append(
        self,
        encounter_id: str,
        expected_seq: int,
        drafts: Sequence[Draft],
        at: str,
        *,
        idempotency_key: str | None = None,
        title: str | None = None,
        state: str | None = None,
        triage: str | None = None,
    ) -> tuple[Event, ...]:
        if not drafts:
            raise InputError("An append needs at least one event.", encounter_id=encounter_id)
        _check_storable(idempotency_key, title, state, triage, *(draft.kind for draft in drafts))
        changes = {"new_title": title, "new_state": state, "new_triage": triage}
        with self._writing(encounter_id) as connection:
            before = _encounter(connection, encounter_id).head
            new = chain(before, drafts, at)
            if before.seq != expected_seq or not _move_head(
                connection, encounter_id, before, new[-1].head, at=at, **changes
            ):
                _lost(encounter_id, expected_seq)
            _insert_events(connection, encounter_id, new)
            if idempotency_key is not None:
                span = {"seq_from": new[0].seq, "seq_to": new[-1].seq, "created_at": at}
                key = {"encounter_id": encounter_id, "key": idempotency_key}
                connection.execute(_ADD_KEY, key | span)
        return new

    def keys(self, encounter_id: str) -> frozenset[str]:
        _check_storable(encounter_id)
        with self._reading(encounter_id) as connection:
            return frozenset(connection.scalars(_KEYS, {"of": encounter_id}))

    def list_for(self, owner_hash: str, limit: int, before: str | None = None) -> tuple[EncounterRow, ...]:
        if limit < 1:
            raise InputError(f"A list needs a limit of 1 or more, not {limit}.")
        _check_storable(owner_hash)
        place = (encounters.c.created_at, encounters.c.id)
        query = select(encounters).where(encounters.c.owner_hash == owner_hash)
        with self._reading() as connection:
            if before is not None:
                last = _encounter(connection, before, owner_hash)
                query = query.where(tuple_(*place) < tuple_(last.created_at, last.id))
            query = query.order_by(*(column.desc() for column in place)).limit(limit)
            return tuple(EncounterRow(*row) for row in connection.execute(query))

    def delete(self, encounter_id: str, owner_hash: str) -> None:
        with self._writing(encounter_id) as connection:
            _encounter(connection, encounter_id, owner_hash, for_update=True)
            connection.execute(delete(idempotency).where(idempotency.c.encounter_id == encounter_id))
            connection.execute(delete(events).where(events.c.encounter_id == encounter_id))
            connection.execute(delete(encounters).where(encounters.c.id == encounter_id))
        # The deletion stands; what the write-ahead log may still hold goes at its next checkpoint.
        with suppress(StoreError), driver_errors(encounter_id):
            self.engines.forget()

    def verify(self, encounter_id: str | None = None) -> Iterator[LogCheck]:
        if encounter_id is not None:
            self.encounter(encounter_id)
            wanted: tuple[str, ...] = (encounter_id,)
        else:
            orphans = (
                select(events.c.encounter_id)
                .distinct()
                .where(events.c.encounter_id.not_in(select(encounters.c.id)))
            )
            with self._reading() as connection:
                wanted = _ids(connection) + tuple(connection.scalars(orphans))
        return (found for found in map(self._check_log, wanted) if found is not None)

    def ids(self) -> tuple[str, ...]:
        with self._reading() as connection:
            return _ids(connection)

    def snapshot(self, encounter_id: str) -> Snapshot:
        with self._reading(encounter_id) as connection:
            encounter = _encounter(connection, encounter_id)
            rows = connection.execute(_LOG, {"of": encounter_id, "after": 0}).all()
        return Snapshot(encounter, tuple(_event(encounter_id, row) for row in rows))

    def check(self) -> None:
        with self._reading() as connection:
            connection.execute(text("SELECT version_num FROM alembic_version")).one()

    def close(self) -> None:
        self.engines.dispose()

    def _check_log(self, encounter_id: str) -> LogCheck | None:
        """None if the encounter was deleted since it was listed."""
        with self._reading(encounter_id) as connection:
            query = select(encounters.c.head_seq, encounters.c.head_hash).where(
                encounters.c.id == encounter_id
            )
            head = connection.execute(query).one_or_none()
            rows = connection.execute(_LOG, {"of": encounter_id, "after": 0}).all()
        if head is not None:
            return LogCheck(encounter_id, _first_broken_row(encounter_id, rows, Head(*head)))
        return LogCheck(encounter_id, 1) if rows else None

    @contextmanager
    def _reading(self, encounter_id: str | None = None) -> Iterator[Connection]:
        with driver_errors(encounter_id), self.engines.read.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self, encounter_id: str) -> Iterator[Connection]:
        with driver_errors(encounter_id), self.engines.writing() as connection:
            yield connection


def _check_storable(*texts: str | None) -> None:
    """PostgreSQL cannot hold a NUL and neither database half a character; both stores refuse both."""
    for value in texts:
        if value is not None and ("\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
            raise InputError(
                "The text holds a NUL or half a character (a lone surrogate) and cannot be stored."
            )


def _encounter(
    connection: Connection, encounter_id: str, owner_hash: str | None = None, *, for_update: bool = False
) -> EncounterRow:
    _check_storable(encounter_id, owner_hash)
    query = _ENCOUNTER.with_for_update() if for_update else _ENCOUNTER
    row = connection.execute(query, {"of": encounter_id}).one_or_none()
    if row is None or (owner_hash is not None and row.owner_hash != owner_hash):
        raise NotFound(f"There is no encounter {encounter_id} here.", encounter_id=encounter_id)
    return EncounterRow(*row)


def _move_head(
    connection: Connection, encounter_id: str, old: Head, new: Head, **changes: str | None
) -> bool:
    """Compares and sets in one statement; False if another writer was here since `old` was read."""
    heads = {"old_seq": old.seq, "old_hash": old.hash, "new_seq": new.seq, "new_hash": new.hash}
    return connection.execute(_MOVE_HEAD, {"of": encounter_id, **heads, **changes}).rowcount == 1


def _lost(encounter_id: str, expected_seq: int) -> Never:
    raise Conflict(
        f"Encounter {encounter_id} has moved on from event {expected_seq}; read it again.",
        encounter_id=encounter_id,
        expected_seq=expected_seq,
    )


def _insert_events(connection: Connection, encounter_id: str, new: Sequence[Event]) -> None:
    rows = [
        {
            "encounter_id": encounter_id,
            "seq": event.seq,
            "kind": event.kind,
            "at": event.at,
            "body": canonical(event.body).decode(),
            "prev": event.prev,
            "hash": event.hash,
        }
        for event in new
    ]
    if rows:
        connection.execute(_ADD_EVENTS, rows)


def _ids(connection: Connection) -> tuple[str, ...]:
    query = select(encounters.c.id).order_by(encounters.c.created_at, encounters.c.id)
    return tuple(connection.scalars(query))


def _event(encounter_id: str, row: Row[Any]) -> Event:
    try:
        body = json.loads(row.body)
    except (TypeError, ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise LogBroken(
            f"Event {row.seq} of encounter {encounter_id} cannot be read back: it was altered. "
            "Run `suwen audit verify` and restore the log from a backup.",
            encounter_id=encounter_id,
            seq=row.seq,
        )
    return Event(row.seq, row.kind, row.at, body, row.prev, row.hash)


def _first_broken_row(encounter_id: str, rows: Sequence[Row[Any]], head: Head) -> int | None:
    """`first_broken` over stored rows, which may hold anything at all."""
    whole: list[Event] = []
    altered: int | None = None
    for row in rows:
        try:
            event = _event(encounter_id, row)
            if canonical(event.body) != row.body.encode():
                altered = event.seq
        except (LogBroken, InputError):
            altered = row.seq
        if altered is not None:
            break
        whole.append(event)
    broken = first_broken(encounter_id, whole, head=head if altered is None else None)
    return altered if broken is None else broken
