"""What a store does, whatever database is behind it: the protocol and the rows it returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from suwen.core.events import Draft, Event, Head

if TYPE_CHECKING:
    from suwen.store.lists import MedicineLists


@dataclass(frozen=True, slots=True)
class EncounterRow:
    """What can be said of an encounter without reading its log."""

    id: str
    owner_hash: str
    lang: str
    title: str | None
    """None until `append` sets it."""
    state: str
    """`open` from `create` on, until `append` sets another."""
    triage: str | None
    """None until `append` sets it."""
    created_at: str
    """The `at` of `create`, as it was given; `updated_at` that of the last `append`."""
    updated_at: str
    head_seq: int
    """The `seq` of the last event, 0 if there is none: the `expected_seq` of the next `append`."""
    head_hash: str

    @property
    def head(self) -> Head:
        return Head(self.head_seq, self.head_hash)


@dataclass(frozen=True, slots=True)
class LogCheck:
    """What `verify` found in one log."""

    encounter_id: str
    first_broken: int | None
    """The `seq` of the first event that was altered, left out or moved; None if the log is whole."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An encounter and all its events as they stood at one moment."""

    encounter: EncounterRow
    events: tuple[Event, ...]


class Store(Protocol):
    """Encounters and their logs. Safe to share between threads; several processes may open one database.

    Each method is one transaction. Besides what it names, each raises `StoreLocked`, `StoreFull`,
    `StoreUnavailable` or, for what no cause was foreseen, `StoreError`. After any error nothing was written,
    with one exception: PostgreSQL going away during a commit. Whoever retries passes an `idempotency_key`.
    """

    lists: MedicineLists

    def create(
        self, encounter_id: str, owner_hash: str, lang: str, drafts: Sequence[Draft], at: str
    ) -> tuple[Event, ...]:
        """Begins an encounter, with or without first events. Raises `Conflict` if the id is taken."""

    def encounter(self, encounter_id: str, owner_hash: str | None = None) -> EncounterRow:
        """One encounter, of anyone if no owner is given.

        Raises `NotFound`, in the same words, when there is none and when it is somebody else's.
        """

    def events(self, encounter_id: str, after_seq: int = 0) -> tuple[Event, ...]:
        """The events behind `after_seq`, in order.

        Raises `NotFound` if there is no such encounter and `LogBroken` if an event cannot be read back. It
        does not check hashes: `verify` does.
        """

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
        """Writes at least one event behind `expected_seq`; None leaves title, state and triage as they are.

        Raises `Conflict` if the log has grown or shrunk since `expected_seq` was read, or if the idempotency
        key was used before in this encounter (see `keys`); `NotFound` if there is no such
        encounter; `InputError` if there is nothing to write.
        """

    def keys(self, encounter_id: str) -> frozenset[str]:
        """The idempotency keys that have written to this encounter; none if there is no such encounter."""

    def list_for(self, owner_hash: str, limit: int, before: str | None = None) -> tuple[EncounterRow, ...]:
        """An owner's encounters, at most `limit` (1 or more), the last begun first.

        `before` is the id of the last one seen; raises `NotFound` if it is not this owner's, or not there any
        more.
        """

    def delete(self, encounter_id: str, owner_hash: str) -> None:
        """Removes an encounter with its events and keys; nothing remains to be read, not even that it was.

        SQLite overwrites the rows and empties its write-ahead log. PostgreSQL gives the space back at its
        next vacuum; its backups and archived logs keep what they hold. Raises `NotFound` like `encounter`.
        """

    def verify(self, encounter_id: str | None = None) -> Iterator[LogCheck]:
        """Checks one log, or all of them one after the other. Raises `NotFound` if the one is not there.

        Beyond `first_broken` it finds a stored text that is not the canonical one.
        """

    def ids(self) -> tuple[str, ...]:
        """Every encounter's id, in the order in which they were begun."""

    def snapshot(self, encounter_id: str) -> Snapshot:
        """Everything of one encounter, for export. Raises like `events`."""

    def check(self) -> None:
        """Reads from the database; returns if it answers."""

    def close(self) -> None:
        """Closes every connection; a later call opens new ones."""
