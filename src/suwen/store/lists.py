"""Lists of medicines and what was set aside about them, in the same database as the encounters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from suwen.core.errors import Conflict, NotFound
from suwen.store.engines import Engines
from suwen.store.faults import driver_errors
from suwen.store.tables import dismissals, medicine_lists


@dataclass(frozen=True, slots=True)
class Dismissal:
    """An alert that somebody set aside, and why."""

    alert: str
    rule: str
    reason: str
    comment: str
    at: str


@dataclass(frozen=True, slots=True)
class MedicineList:
    """A list as it is kept; `body` holds what its owner entered, `version` rises with every change."""

    id: str
    label: str
    body: Mapping[str, Any]
    version: int
    created_at: str
    updated_at: str
    dismissals: tuple[Dismissal, ...] = ()


class MedicineLists:
    """Each method is one transaction and raises as `Store` does; a list of another owner is not there."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def create(
        self, list_id: str, owner_hash: str, label: str, body: Mapping[str, Any], at: str
    ) -> MedicineList:
        row = {"id": list_id, "owner_hash": owner_hash, "label": label, "body": _text(body), "version": 1,
               "created_at": at, "updated_at": at}  # fmt: skip
        with self._writing() as connection:
            connection.execute(insert(medicine_lists), row)
        return MedicineList(list_id, label, body, 1, at, at)

    def get(self, list_id: str, owner_hash: str) -> MedicineList:
        with self._reading() as connection:
            return _list(connection, list_id, owner_hash)

    def list_for(self, owner_hash: str, limit: int) -> tuple[MedicineList, ...]:
        """An owner's lists, the last changed first, without their dismissals."""
        query = (
            select(medicine_lists)
            .where(medicine_lists.c.owner_hash == owner_hash)
            .order_by(medicine_lists.c.updated_at.desc(), medicine_lists.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(_row(row) for row in connection.execute(query))

    def change(
        self, list_id: str, owner_hash: str, version: int, label: str, body: Mapping[str, Any], at: str
    ) -> MedicineList:
        """Replaces what a list holds. Raises `Conflict` if it was changed since `version`."""
        mine = (medicine_lists.c.id == list_id) & (medicine_lists.c.owner_hash == owner_hash)
        values = {"label": label, "body": _text(body), "version": version + 1, "updated_at": at}
        with self._writing() as connection:
            _list(connection, list_id, owner_hash)
            done = connection.execute(
                update(medicine_lists).where(mine, medicine_lists.c.version == version).values(**values)
            )
            if done.rowcount != 1:
                raise Conflict(f"Medicine list {list_id} was changed meanwhile; read it again.")
            return _list(connection, list_id, owner_hash)

    def delete(self, list_id: str, owner_hash: str) -> None:
        with self._writing() as connection:
            _list(connection, list_id, owner_hash)
            connection.execute(delete(dismissals).where(dismissals.c.list_id == list_id))
            connection.execute(delete(medicine_lists).where(medicine_lists.c.id == list_id))

    def dismiss(self, list_id: str, owner_hash: str, new: Dismissal) -> MedicineList:
        """Sets an alert aside; a second time replaces the reason."""
        with self._writing() as connection:
            _list(connection, list_id, owner_hash)
            _remove(connection, list_id, new.alert)
            row = {name: getattr(new, name) for name in new.__slots__}
            connection.execute(insert(dismissals), row | {"list_id": list_id})
            return _list(connection, list_id, owner_hash)

    def restore(self, list_id: str, owner_hash: str, alert: str) -> MedicineList:
        """Brings an alert back that was set aside; one that was not stays as it is."""
        with self._writing() as connection:
            _list(connection, list_id, owner_hash)
            _remove(connection, list_id, alert)
            return _list(connection, list_id, owner_hash)

    def most_dismissed(self, limit: int) -> tuple[tuple[str, str, int], ...]:
        """(rule, reason, how often) over all lists, most often first: what deserves a review. No comments."""
        times = func.count().label("times")
        query = (
            select(dismissals.c.rule, dismissals.c.reason, times)
            .group_by(dismissals.c.rule, dismissals.c.reason)
            .order_by(times.desc(), dismissals.c.rule, dismissals.c.reason)
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple((row.rule, row.reason, row.times) for row in connection.execute(query))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with driver_errors(), self._engines.read.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with driver_errors(), self._engines.writing() as connection:
            yield connection


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _row(row: Any, kept: tuple[Dismissal, ...] = ()) -> MedicineList:
    return MedicineList(
        row.id, row.label, json.loads(row.body), row.version, row.created_at, row.updated_at, kept
    )


def _list(connection: Connection, list_id: str, owner_hash: str) -> MedicineList:
    query = select(medicine_lists).where(medicine_lists.c.id == list_id)
    row = connection.execute(query).one_or_none()
    if row is None or row.owner_hash != owner_hash:
        raise NotFound(f"There is no medicine list {list_id} here.")
    kept = (
        select(dismissals)
        .where(dismissals.c.list_id == list_id)
        .order_by(dismissals.c.at, dismissals.c.alert)
    )
    return _row(
        row, tuple(Dismissal(d.alert, d.rule, d.reason, d.comment, d.at) for d in connection.execute(kept))
    )


def _remove(connection: Connection, list_id: str, alert: str) -> None:
    mine = (dismissals.c.list_id == list_id) & (dismissals.c.alert == alert)
    connection.execute(delete(dismissals).where(mine))
