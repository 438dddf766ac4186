"""The event log: everything that happens in an encounter, each event carrying the hash of the one before.

`hash = SHA-256(canonical({"at", "body", "kind", "prev", "seq"}))`, and the `prev` of the first event is the
SHA-256 of the encounter's id: an event cannot be altered, left out, moved or carried into another encounter
without `first_broken` naming it. A log is only as trustworthy as its last hash: whoever can rewrite every
event and every copy of the head leaves no trace, so a hospital that fears its own administrator sends heads
elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from suwen.core.errors import InputError

_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|\+00:00)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: the `seq` of its last event, 0 when it has none, and the `prev` of the next one."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What happened, before it has a place in a log; `body` holds JSON values only, its keys are text."""

    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, in its place; `body` is the event's own copy and is read, never written."""

    seq: int
    """Counts from 1 within the encounter, without gaps."""
    kind: str
    at: str
    """ISO-8601, UTC, microseconds: `2026-11-22T02:38:00.000000Z`, or the same with `+00:00`."""
    body: dict[str, Any]
    prev: str
    """64 hexadecimal digits: the hash of the event before."""
    hash: str
    """64 hexadecimal digits."""

    @property
    def head(self) -> Head:
        """The end of the log if this is its last event."""
        return Head(self.seq, self.hash)


def genesis(encounter_id: str) -> Head:
    """The head of a log without events."""
    return Head(0, sha256(_utf8(encounter_id)).hexdigest())


def canonical(value: object) -> bytes:
    """The one JSON text of a value: keys sorted, no spaces, UTF-8, letters as they came (no normalisation).

    Raises `InputError` for what would not read back equal on every machine: NaN and infinities, keys that are
    not text, lone surrogates, and types that JSON lacks. A tuple is written as an array.
    """
    try:
        _check_keys(value)
    except RecursionError:
        raise InputError("An event cannot hold a value that is nested this deeply.") from None
    return _to_json(value)


def chain(after: Head, drafts: Iterable[Draft], at: str) -> tuple[Event, ...]:
    """The drafts as events that continue a log; for a new log `after` is `genesis(encounter_id)`.

    Raises `InputError` if `at` is not UTC with microseconds or a body is not JSON.
    """
    if not _AT.fullmatch(at):
        raise InputError(f"An event's time must look like 2026-11-22T02:38:00.000000Z, not {at!r}.")
    events: list[Event] = []
    for draft in drafts:
        body: dict[str, Any] = json.loads(canonical(draft.body))
        seq = after.seq + 1
        digest = _hash(seq, draft.kind, at, body, after.hash)
        events.append(Event(seq, draft.kind, at, body, after.hash, digest))
        after = events[-1].head
    return tuple(events)


def first_broken(encounter_id: str, events: Iterable[Event], *, head: Head | None = None) -> int | None:
    """The `seq` of the first event that was altered, left out or moved; None if the log is whole.

    With `head`, kept apart from the events, a missing tail and a rehashed last event are found as well.
    An event that was altered and given a fitting hash is named itself, not the one whose `prev` it broke.
    """
    before = genesis(encounter_id)
    for event in events:
        expected = before.seq + 1
        if event.seq != expected or not _is_own_hash(event):
            return expected
        if event.prev != before.hash:
            return max(before.seq, 1)
        before = event.head
    if head is None or before == head:
        return None
    return before.seq if before.seq == head.seq else min(before.seq, head.seq) + 1


def _hash(seq: int, kind: str, at: str, body: dict[str, Any], prev: str) -> str:
    return sha256(_to_json({"at": at, "body": body, "kind": kind, "prev": prev, "seq": seq})).hexdigest()


def _is_own_hash(event: Event) -> bool:
    try:
        return event.hash == _hash(event.seq, event.kind, event.at, event.body, event.prev)
    except InputError:
        return False


def _to_json(value: object) -> bytes:
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        # Without `from None` a traceback could show the value, and the value may be a patient's words.
        raise InputError(f"An event cannot hold this value as JSON ({type(error).__name__}).") from None
    return _utf8(text)


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InputError("The text holds half a character (a lone surrogate) and cannot be stored.") from None


def _check_keys(value: object) -> None:
    """JSON would turn the key 1 into "1" without a word, and the event would not read back equal."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise InputError(f"An event's keys must be text, not {type(key).__name__}.")
            _check_keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_keys(inner)
