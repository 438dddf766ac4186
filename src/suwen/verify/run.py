"""The work of a run: one script played, or one item of a suite answered, as a job that any process or machine can do.

A job carries how to make its parts, not the parts: a fork shares what was made before it, another machine makes its own
once. What they make must rest on the knowledge that the run was planned with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from suwen.knowledge import Knowledge
from suwen.patients.model_patient import ModelPatient
from suwen.patients.script import Script
from suwen.patients.stand_ins import stand_ins_of
from suwen.patients.utterance import Patient
from suwen.safety.redflags import Watch
from suwen.verify.doctor import Doctor, Spoken
from suwen.verify.encounter import Encounter
from suwen.verify.grade import Grade, Kin, both, grade_item
from suwen.verify.osce import Station, StationResult, grade_station, result_of, transcript_of
from suwen.verify.outcomes import CLEAN, NOISY
from suwen.verify.play import MOST_TURNS, Orders, play
from suwen.verify.played import badness, row_of
from suwen.verify.rubric import Item
from suwen.verify.score import item_score
from suwen.verify.work import same_knowledge
from suwen.verify.workers import fault_of

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Room:
    """What encounters of one process need: the knowledge they are measured by, and who talks."""

    knowledge: Knowledge
    watch: Watch
    kin: Kin
    doctor: Callable[[int], Doctor]
    """Of a take: a doctor that leaves something to chance answers every take otherwise."""
    patient: Callable[[Script], Patient]
    gatekeeper: Callable[[Script], Orders] | None = None


TAKE_STEP = 15_485_863
"""Between the seeds of a patient's takes: a prime far from the steps of the seeds of runs."""

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

    def __call__(self, task: Visit, take: int = 0) -> Row:
        return _visited(task, _room(self.rooms, self.digest), self.most_turns, take)[0]


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """The job of answering items of the suite `group` and grading them by rule."""

    rooms: Rooms
    digest: str
    group: str

    def __call__(self, task: Item, take: int = 0) -> Row:
        room = _room(self.rooms, self.digest)
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
            spoken = answer_item(task, room.doctor(take))
        except Exception as error:  # whether it failed on purpose or not: it is reported and never scored
            return {**row, "error": f"doctor: {fault_of(error)}", "turns": turns}
        grades = grade_item(task, spoken, room.kin)
        dialogue = [[said.role, said.text] for said in task.conversation]
        return {
            **row,
            **item_part(grades, "rule_score"),
            "characters": len(spoken.words),
            "turns": [*turns, {"who": "doctor", "text": spoken.words}],
            "to_judge": {"lang": task.lang, "dialogue": dialogue, "reply": spoken.words},
            "grades": _grades(grades, {c.id: c.text for c in task.criteria}),
        }

    def judged(self, task: Item, row: Row, grades: Sequence[Grade]) -> Row:
        """What the row is with these grades in place of those by rule alone."""
        part = item_part(grades, "score")
        return {**part, "outcomes": {**row["outcomes"], **part["outcomes"]}}


@dataclass(frozen=True, slots=True)
class PlayStation:
    """The job of playing OSCE stations of the suite `group` and grading their checklists by rule."""

    rooms: Rooms
    digest: str
    group: str

    def __call__(self, task: Station, take: int = 0) -> Row:
        room = _room(self.rooms, self.digest)
        row, encounter = _visited(Visit(self.group, task.script), room, MOST_TURNS, take)
        row |= {"id": task.id, "digest": digest_of_text(task.model_dump_json(exclude_defaults=True))}
        if row["error"] or encounter is None:
            return row
        result, lang = grade_station(task, encounter, room.kin), task.script.lang
        row |= station_part(row, result, "rule_score")
        row["to_judge"] = {"lang": lang, "dialogue": [], "reply": transcript_of(encounter, lang)}
        row["grades"] = _grades(result.grades, {p.id: p.text for p in task.checklist})
        return row

    def judged(self, task: Station, row: Row, grades: Sequence[Grade]) -> Row:
        """As `AnswerItem.judged`."""
        return station_part(row, result_of(task, grades), "score")


def item_part(grades: Sequence[Grade], name: str) -> Row:
    """The outcome `name` of an item's grades, and how much the item deserves to be read."""
    score = item_score(grades)
    return {"outcomes": {name: score}, "bad": None if score is None else round(1 - score, 4)}


def station_part(row: Row, result: StationResult, name: str) -> Row:
    """What a station's result adds to its row; its score is the outcome `name`. Safe is None while a veto is not graded."""
    open_ = any(g.met is None and g.weight < 0 for g in result.grades)
    safe = False if result.vetoes else None if open_ else True
    bad = (
        badness(row["outcomes"])
        + 8.0 * len(result.vetoes)
        + 2.0 * len(result.missed)
        + 1.0
        - (result.score or 0.0)
    )
    return {
        "outcomes": {**row["outcomes"], name: result.score, "passed": result.passed, "safe": safe},
        "parts": {part: got / of if of else None for part, (got, of) in result.parts.items()},
        "bad": round(bad, 4),
    }


@dataclass(frozen=True, slots=True)
class Take:
    """A task done once more: the patient says it with another seed, a doctor with some chance in it answers otherwise."""

    task: Any
    number: int

    @property
    def id(self) -> str:
        return f"{self.task.id}~{self.number}"


@dataclass(frozen=True, slots=True)
class Repeated:
    """A job over tasks and takes. The row of a take has an id of its own and names the task in `of`."""

    job: Callable[[Any, int], Row]

    def __call__(self, task: Any) -> Row:
        if not isinstance(task, Take):
            return self.job(task, 0)
        row = self.job(task.task, task.number)
        return {**row, "id": f"{row['id']}~{task.number}", "of": row["id"], "take": task.number}


def takes_of(tasks: Sequence[Any], repeat: int) -> list[Any]:
    """The tasks, then each of them once more `repeat` - 1 times."""
    return [*tasks, *(Take(task, number) for number in range(1, repeat) for task in tasks)]


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


def _room(rooms: Rooms, digest: str) -> Room:
    room = rooms()
    same_knowledge(room.knowledge, digest)
    return room


def _visited(visit: Visit, room: Room, most_turns: int, take: int) -> tuple[Row, Encounter | None]:
    """The row of a visit and its encounter; a fault of the program costs this one, not its neighbours."""
    script = visit.script
    played = script.model_copy(update={"seed": script.seed + take * TAKE_STEP}) if take else script
    try:
        gatekeeper = room.gatekeeper(played) if room.gatekeeper else None
        patient = room.patient(played)
        encounter = play(played, room.doctor(take), patient, most_turns=most_turns, gatekeeper=gatekeeper)
        row = row_of(encounter, room.knowledge, room.watch, group=visit.group)
        return (_spoken_by_model(row, patient) if isinstance(patient, ModelPatient) else row), encounter
    except Exception as error:
        broken = Encounter(played, (), error=f"program: {fault_of(error)}")
        return row_of(broken, room.knowledge, room.watch, group=visit.group), None


def _spoken_by_model(row: Row, patient: ModelPatient) -> Row:
    """The row with how often the rules stood in for the patient's model."""
    found = stand_ins_of([patient.memory])
    if row["outcomes"] and found.turns:
        row["outcomes"]["rules_spoke"] = round(found.by_rules / found.turns, 4)
    return {**row, "patient": found.to_json()}


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
