"""The desk: encounters opened, continued and handed out over a store. Every door but the terminal's comes here.

A reply leaves only after its events are committed. One encounter is worked on by one thread at a time;
between processes the store's compare-and-append decides, and the loser tries once more on what the winner wrote.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from suwen.consult.clinic import Clinic
from suwen.consult.log import fold
from suwen.consult.note import note_of
from suwen.consult.turn import Message, Reply, correct, finish, open_case, respond
from suwen.consult.view import encounter_view, title_of
from suwen.core.case import Case
from suwen.core.errors import Conflict, InputError
from suwen.core.events import Draft, Event
from suwen.store import EncounterRow, Store

KEPT = 64
"""Encounters whose log a process keeps in memory between messages; one takes about 0.2 MB, reading it again a few ms."""
MAX_MESSAGES = 400
"""Messages in one encounter; then it is closed with an answer and a new one is begun."""


def owner_hash(token: str) -> str:
    """What the database knows of a browser's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def now_text() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Answered(Conflict):
    """The question was already answered, in another tab say; `view` under details is how things stand."""


class Closed(Conflict):
    """The consultation has ended; a new one has to be begun."""


@dataclass(slots=True)
class _Open:
    """An encounter held in memory: its log, the case that it folds to and the keys that wrote it."""

    events: list[Event]
    case: Case
    keys: set[str] | None = None
    """Idempotency keys used so far; None until they are read."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Desk:
    """Encounters by owner; `clock` gives UTC text with microseconds, `region` the part of China it serves."""

    def __init__(
        self,
        clinic: Clinic,
        store: Store,
        *,
        clock: Callable[[], str] = now_text,
        region: str | None = None,
    ) -> None:
        self.clinic, self.store, self.clock, self.region = clinic, store, clock, region
        self._kept: OrderedDict[str, _Open] = OrderedDict()
        self._guard = threading.Lock()

    # -- doing ------------------------------------------------------------------------------------------

    def open(self, owner: str, lang: str) -> dict[str, Any]:
        at = self.clock()
        encounter_id = "enc_" + secrets.token_urlsafe(16)
        reply = open_case(lang, self.clinic, month=int(at[5:7]), region=self.region)
        events = self.store.create(encounter_id, owner, reply.case.lang, list(reply.drafts), at)
        self._keep(encounter_id, _Open(list(events), reply.case))
        return self.view(encounter_id, owner)

    def say(
        self,
        encounter_id: str,
        owner: str,
        message: Message,
        *,
        reply_to: str | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """One message and its reply; a repeated `key` adds nothing and gives the encounter as it stands."""

        def turn(case: Case) -> Reply:
            if case.closed:
                raise Closed(
                    "这次问诊已经结束，请开始新的问诊。"
                    if case.lang == "zh"
                    else "This consultation has ended; please start a new one."
                )
            if reply_to is not None and case.pending is not None and case.pending.id != reply_to:
                raise Answered(
                    "这个问题已经在另一个页面回答过了。"
                    if case.lang == "zh"
                    else "This question was already answered in another tab."
                )
            reply = respond(case, message, self.clinic)
            if len(case.texts) < MAX_MESSAGES or reply.case.closed:
                return reply
            last = finish(reply.case, self.clinic)
            return replace(last, drafts=(*reply.drafts, *last.drafts), alarms=reply.alarms)

        return self._do(encounter_id, owner, turn, key=key)

    def correct(self, encounter_id: str, owner: str, finding: str, status: str) -> dict[str, Any]:
        def turn(case: Case) -> Reply:
            if case.closed:
                raise Closed(
                    "这次问诊已经结束，不能再修改。"
                    if case.lang == "zh"
                    else "This consultation has ended and cannot be changed."
                )
            return correct(case, finding, status, self.clinic)

        return self._do(encounter_id, owner, turn)

    def finish(self, encounter_id: str, owner: str) -> dict[str, Any]:
        """Give the best answer so far; an encounter that has ended stays as it is."""
        return self._do(encounter_id, owner, lambda case: None if case.closed else finish(case, self.clinic))

    def speak(self, encounter_id: str, owner: str, lang: str) -> dict[str, Any]:
        """Go on in another language."""

        def turn(case: Case) -> Reply | None:
            if case.lang == lang:
                return None
            return Reply(replace(case, lang=lang), "", (Draft("language", {"lang": lang}),))  # type: ignore[arg-type]

        return self._do(encounter_id, owner, turn)

    def delete(self, encounter_id: str, owner: str) -> None:
        self.store.delete(encounter_id, owner)
        with self._guard:
            self._kept.pop(encounter_id, None)

    # -- reading ----------------------------------------------------------------------------------------

    def view(self, encounter_id: str, owner: str) -> dict[str, Any]:
        row = self.store.encounter(encounter_id, owner)
        held = self._held(encounter_id, row)
        return self._view(row, held)

    def list(self, owner: str, limit: int = 100) -> list[dict[str, Any]]:
        return [
            {"id": r.id, "title": r.title, "lang": r.lang, "state": r.state, "triage": r.triage,
             "created_at": r.created_at, "updated_at": r.updated_at}
            for r in self.store.list_for(owner, limit)
        ]  # fmt: skip

    def note(self, encounter_id: str, owner: str, lang: str) -> dict[str, Any]:
        row = self.store.encounter(encounter_id, owner)
        return note_of(self._held(encounter_id, row).events, self.clinic, lang)

    def export(self, encounter_id: str, owner: str) -> dict[str, Any]:
        """Everything that is kept of an encounter: the view and the hash-chained log."""
        row = self.store.encounter(encounter_id, owner)
        events = self.store.events(encounter_id)
        held = _Open(list(events), fold(events))
        log = [
            {"seq": e.seq, "kind": e.kind, "at": e.at, "body": e.body, "prev": e.prev, "hash": e.hash}
            for e in events
        ]
        return {"ai_generated": True, "generator": "Suwen", "encounter": self._view(row, held), "log": log}

    def head(self, encounter_id: str, owner: str) -> int:
        return self.store.encounter(encounter_id, owner).head_seq

    # -- inside -----------------------------------------------------------------------------------------

    def _do(
        self, encounter_id: str, owner: str, turn: Callable[[Case], Reply | None], *, key: str | None = None
    ) -> dict[str, Any]:
        row = self.store.encounter(encounter_id, owner)
        held = self._held(encounter_id, row)
        with held.lock:
            for attempt in (1, 2):
                if key is not None:
                    if held.keys is None:
                        held.keys = set(self.store.keys(encounter_id))
                    if key in held.keys:
                        self._catch_up(encounter_id, held)
                        break
                try:
                    reply = turn(held.case)
                except (Answered, Closed) as error:
                    raise type(error)(error.message, view=self._view(row, held)) from None
                if reply is None:
                    break
                try:
                    self._commit(encounter_id, held, reply, key)
                    break
                except Conflict:
                    if attempt == 2:
                        raise
                    self._catch_up(encounter_id, held)  # another process wrote first
            return self._view(row, held)

    def _commit(self, encounter_id: str, held: _Open, reply: Reply, key: str | None) -> None:
        level = reply.result["triage"]["level"] if reply.result else reply.case.floor
        events = self.store.append(
            encounter_id,
            held.events[-1].seq,
            list(reply.drafts),
            self.clock(),
            idempotency_key=key,
            title=title_of(reply.case, self.clinic.knowledge),
            state="closed" if reply.case.closed else "open",
            triage=level,
        )
        held.events.extend(events)
        held.case = reply.case
        if key is not None and held.keys is not None:
            held.keys.add(key)

    def _catch_up(self, encounter_id: str, held: _Open) -> None:
        """Read what another process has appended meanwhile."""
        new = self.store.events(encounter_id, after_seq=held.events[-1].seq)
        held.keys = None
        if new:
            held.case = fold(new, held.case)
            held.events.extend(new)

    def _held(self, encounter_id: str, row: EncounterRow) -> _Open:
        with self._guard:
            held = self._kept.get(encounter_id)
            if held is not None:
                self._kept.move_to_end(encounter_id)
        if held is None:
            events = list(self.store.events(encounter_id))
            if not events:
                raise InputError(f"encounter {encounter_id} has no events")
            held = self._keep(encounter_id, _Open(events, fold(events)))
        elif held.events[-1].seq < row.head_seq:
            with held.lock:
                self._catch_up(encounter_id, held)
        return held

    def _keep(self, encounter_id: str, held: _Open) -> _Open:
        with self._guard:
            kept = self._kept.setdefault(encounter_id, held)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return kept

    def _view(self, row: EncounterRow, held: _Open) -> dict[str, Any]:
        head = {
            "id": row.id,
            "title": title_of(held.case, self.clinic.knowledge),
            "created_at": row.created_at,
            "updated_at": held.events[-1].at,
        }
        return encounter_view(head, tuple(held.events), self.clinic, case=held.case)
