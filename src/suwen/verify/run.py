"""The work of a run: one script played, or one item of a suite answered, as a job that any process or machine can do.

A job carries how to make its parts, not the parts: a fork shares what was made before it, another machine makes its own
once. What they make must rest on the knowledge that the run was planned with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from suwen.core.errors import InputError
from suwen.knowledge import Knowledge
from suwen.patients.script import Script
from suwen.patients.utterance import Patient
from suwen.safety.redflags import Watch
from suwen.verify.doctor import Doctor, Spoken
from suwen.verify.encounter import Encounter
from suwen.verify.grade import Grade, Kin, both, grade_item
from suwen.verify.osce import Station, grade_station
from suwen.verify.play import MOST_TURNS, Orders, play
from suwen.verify.played import row_of
from suwen.verify.report import CLEAN, NOISY
from suwen.verify.rubric import Item
from suwen.verify.score import item_score
from suwen.verify.workers import fault_of

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Room:
    """What encounters of one process need: the knowledge they are measured by, and who talks."""

    knowledge: Knowledge
    watch: Watch
    kin: Kin
    doctor: Callable[[], Doctor]
    patient: Callable[[Script], Patient]
    gatekeeper: Callable[[Script], Orders] | None = None


Rooms = Callable[[], Room]
"""Gives the room of this process, made once; it can be pickled, so it is a function of a module or a partial of one."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A script to be played in a set."""

    group: str
    script: Script

    @property
    def id(self) -> str:
        return f"{self.group}/{self.script.id}"


@dataclass(frozen=True, slots=True)
class PlayVisit:
    """The job of playing visits. digest: of the knowledge that the run was planned with."""

    rooms: Rooms
    digest: str
    most_turns: int = MOST_TURNS

    def __call__(self, task: Visit) -> Row:
        return _visited(task, same_knowledge(self.rooms(), self.digest), self.most_turns)[0]


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """The job of answering items of the suite `group` and grading them by rule."""

    rooms: Rooms
    digest: str
    group: str

    def __call__(self, task: Item) -> Row:
        room = same_knowledge(self.rooms(), self.digest)
        row: Row = {
            "id": task.id,
            "set": self.group,
            "digest": digest_of_text(task.model_dump_json(exclude_defaults=True)),
            "error": "",
            "outcomes": {},
            "groups": {"theme": task.theme, "language": task.lang, "graded": task.graded},
            "bad": None,
        }
        turns = [{"who": said.role, "text": said.text} for said in task.conversation]
        try:
            spoken = answer_item(task, room.doctor())
        except Exception as error:  # whether it failed on purpose or not: it is reported and never scored
            return {**row, "error": f"doctor: {fault_of(error)}", "turns": turns}
        grades = grade_item(task, spoken, room.kin)
        score = item_score(grades)
        return {
            **row,
            "outcomes": {"score": score},
            "characters": len(spoken.words),
            "bad": None if score is None else round(1 - score, 4),
            "turns": [*turns, {"who": "doctor", "text": spoken.words}],
            "grades": _grades(grades, {c.id: c.text for c in task.criteria}),
        }


@dataclass(frozen=True, slots=True)
class PlayStation:
    """The job of playing OSCE stations of the suite `group` and grading their checklists by rule."""

    rooms: Rooms
    digest: str
    group: str

    def __call__(self, task: Station) -> Row:
        room = same_knowledge(self.rooms(), self.digest)
        row, encounter = _visited(Visit(self.group, task.script), room, MOST_TURNS)
        row |= {"id": task.id, "digest": digest_of_text(task.model_dump_json(exclude_defaults=True))}
        if row["error"] or encounter is None:
            return row
        result = grade_station(task, encounter, room.kin)
        text = {p.id: p.text for p in task.checklist}
        row["outcomes"] |= {"score": result.score, "passed": result.passed, "safe": not result.vetoes}
        row["bad"] += 8.0 * len(result.vetoes) + 2.0 * len(result.missed) + 1.0 - (result.score or 0.0)
        row["parts"] = {part: got / of if of else None for part, (got, of) in result.parts.items()}
        row["grades"] = _grades(result.grades, text)
        return row


def answer_item(item: Item, doctor: Doctor) -> Spoken:
    """What the doctor says after the patient's lines of an item. The doctor lines of the conversation are somebody else's:
    a doctor under test gives its own."""
    doctor.open(item.lang)
    reply: Spoken | None = None
    for said in item.conversation:
        if said.role == "patient":
            reply = doctor.hear(said.text)
    assert reply is not None  # an item ends with the patient
    if item.graded == "reply" or reply.answer:
        return reply
    return both(reply, doctor.conclude())


def _visited(visit: Visit, room: Room, most_turns: int) -> tuple[Row, Encounter | None]:
    """The row of a visit and its encounter; a fault of the program costs this one, not its neighbours."""
    script = visit.script
    try:
        gatekeeper = room.gatekeeper(script) if room.gatekeeper else None
        encounter = play(
            script, room.doctor(), room.patient(script), most_turns=most_turns, gatekeeper=gatekeeper
        )
        return row_of(encounter, room.knowledge, room.watch, group=visit.group), encounter
    except Exception as error:
        broken = Encounter(script, (), error=f"program: {fault_of(error)}")
        return row_of(broken, room.knowledge, room.watch, group=visit.group), None


def _grades(grades: Sequence[Grade], text: Mapping[str, str]) -> list[Row]:
    """Grades as a row keeps them, with the words of their criteria."""
    return [
        {"id": g.criterion, "text": text[g.criterion], "weight": g.weight, "axis": g.axis, "theme": g.theme,
         "met": g.met, "by": g.by, "why": g.why}
        for g in grades
    ]  # fmt: skip


def visits_of(scripts: Iterable[Script], *, noise: float | None = None) -> list[Visit]:
    """The scripts in the sets that a report keeps apart: sampled, and each outside source. With a `noise` above 0 every
    script is played twice, clean and with that noise; with 0 clean; without one as the script says."""
    visits = []
    for script in scripts:
        # An outside case is `<file>:<row>`; every file is a set.
        group = (
            "sampled"
            if script.origin == "sampled"
            else f"outside: {script.id.rpartition(':')[0] or script.source}"
        )
        if noise is None:
            visits.append(Visit(group, script))
            continue
        visits.append(Visit(f"{group}, {CLEAN}", script.model_copy(update={"noise": 0.0})))
        if noise:
            visits.append(Visit(f"{group}, {NOISY}", script.model_copy(update={"noise": noise})))
    return sorted(visits, key=lambda v: v.group)


def digest_of_visits(visits: Sequence[Visit]) -> str:
    """Of all scripts in their order: a folder is only gone on with for the very same patients."""
    return digest_of_text("\n".join(f"{v.group} {v.script.to_json()}" for v in visits))


def digest_of_text(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def same_knowledge(room: Room, digest: str) -> Room:
    if room.knowledge.digest != digest:
        raise InputError(
            f"the knowledge here is {room.knowledge.digest[:12]}, the run was planned with {digest[:12]}; "
            "install the same version of Suwen and the same knowledge folder on every machine"
        )
    return room
