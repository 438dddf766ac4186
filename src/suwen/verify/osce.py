"""OSCE stations: a simulated patient and a checklist in four parts, with critical items and vetoes.

A station is passed with enough points, every critical item met and no veto. An item with a check is decided by rule over the
whole encounter; one without waits for a judge and until then is not graded, and so is the station where it matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator, model_validator

from suwen.core.errors import SuiteError
from suwen.knowledge import Knowledge
from suwen.patients.faults import faults
from suwen.patients.script import Script
from suwen.verify.doctor import Spoken
from suwen.verify.encounter import Encounter
from suwen.verify.grade import Grade, Kin, by_rule
from suwen.verify.judge import prompts
from suwen.verify.rubric import Check, Strict, SuiteMeta
from suwen.verify.suite import check_faults, pattern_fault, read_folder, seal, seal_faults, source_fault

Part = Literal["inquiry", "examination", "diagnosis", "communication"]
PARTS: tuple[Part, ...] = get_args(Part)
LEAST_POINTS = 12
"""Items of a checklist; fewer do not tell doctors apart. Source: estimate."""


class StationCheck(Check):
    """A rule over a whole encounter; every field given must hold.

    elicited: all these facts of the script were told; elicited_any: one of them. ordered: each line (regular expressions,
    any of them) occurs among the names of the examinations ordered or in the words of the answer; not_ordered: none does.
    Of the rules of a reply (`Check`), `asks` counts every question that was put, `says` and `says_none` all words of the
    doctor, and the rest what the doctor thought at the end.
    """

    elicited: tuple[str, ...] = ()
    elicited_any: tuple[str, ...] = ()
    ordered: tuple[tuple[str, ...], ...] = ()
    not_ordered: tuple[str, ...] = ()


class Point(Strict):
    """One line of a checklist. points: what it is worth. critical: not met, the station is failed. veto: met, it is failed;
    its text says the harm, it is worth no points."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    part: Part
    text: Annotated[str, Field(min_length=6)]
    points: Annotated[int, Field(ge=0, le=10)] = 1
    critical: bool = False
    veto: bool = False
    source: str = "clinical_practice"
    check: StationCheck | None = None

    @model_validator(mode="after")
    def one_kind(self) -> Point:
        if self.veto and self.critical:
            raise ValueError("an item is critical or a veto, not both")
        if self.veto and self.points and "points" in self.model_fields_set:
            raise ValueError("a veto is worth no points; leave them out")
        if not self.veto and not self.points:
            raise ValueError("an item without points that is no veto says nothing; give it points")
        return self

    @property
    def worth(self) -> int:
        return 0 if self.veto else self.points


class Station(Strict):
    """A station. pass_mark: share of the points that passes."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: Annotated[str, Field(min_length=2)]
    pass_mark: Annotated[float, Field(gt=0, le=1)] = 0.6
    script: Script
    checklist: Annotated[tuple[Point, ...], Field(min_length=1)]

    @field_validator("checklist")
    @classmethod
    def own_ids(cls, value: tuple[Point, ...]) -> tuple[Point, ...]:
        ids = [p.id for p in value]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"items {twice} stand twice; give each its own id")
        return value


@dataclass(frozen=True)
class StationSuite:
    meta: SuiteMeta
    stations: tuple[Station, ...]


@dataclass(frozen=True, slots=True)
class StationResult:
    """What became of a station. parts: (points got, points of graded items). score: points got of all graded points, None
    where nothing is graded. passed: None where items that are not graded could still decide it. vetoes, missed: ids of vetoes
    met and of critical items not met."""

    station: str
    grades: tuple[Grade, ...]
    parts: Mapping[str, tuple[int, int]]
    score: float | None
    passed: bool | None
    vetoes: tuple[str, ...]
    missed: tuple[str, ...]


def load_stations(folder: Path, knowledge: Knowledge, *, sealed: bool = True) -> StationSuite:
    """The stations in `folder`, as `suite.load_suite` loads items. Raises SuiteError with every fault."""
    meta, found, wrong = read_folder(folder, Station)
    stations = tuple(station for _, station in found)
    wrong += [f"{place}: {fault}" for place, station in found for fault in faults_of(station, knowledge)]
    if not wrong and sealed and meta is not None:
        wrong += seal_faults(folder, meta, stations)
    if wrong or meta is None:
        raise SuiteError(wrong)
    return StationSuite(meta, stations)


def holds_stations(folder: Path) -> bool:
    """Whether a folder holds stations rather than items of a suite, by the first line that can only be a checklist's."""
    files = (p for p in sorted(folder.rglob("*.yaml")) if p.name != "suite.yaml")
    return any(re.search(r"^\W*checklist:", p.read_text("utf-8", "replace"), re.MULTILINE) for p in files)


def stamp_stations(folder: Path, knowledge: Knowledge, *, same_version: bool = False) -> SuiteMeta:
    """Seal a folder of stations, as `suite.stamp` does."""
    return seal(folder, load_stations(folder, knowledge, sealed=False).stations, same_version=same_version)


def faults_of(station: Station, knowledge: Knowledge) -> Iterator[str]:
    """What a station of the right form still gets wrong."""
    yield from (f"script: {fault}" for fault in faults(station.script, knowledge))
    if len(station.checklist) < LEAST_POINTS:
        yield f"checklist: {len(station.checklist)} items; a station needs at least {LEAST_POINTS}"
    for part in PARTS:
        if not any(p.part == part and p.worth for p in station.checklist):
            yield f"checklist: no item with points in the part {part!r}; add one"
    if not any(p.critical for p in station.checklist):
        yield "checklist: no critical item; mark what a doctor must not leave out"
    for point in station.checklist:
        yield from (f"{point.id!r}: {fault}" for fault in _point_faults(point, station, knowledge))


def _point_faults(point: Point, station: Station, knowledge: Knowledge) -> Iterator[str]:
    if fault := source_fault(point.source, knowledge):
        yield fault
    if point.check is None:
        return
    yield from check_faults(point.check, knowledge)
    for field in ("elicited", "elicited_any"):
        for name in getattr(point.check, field):
            fact = station.script.fact.get(name)
            if fact is None:
                yield f"{field}: the script has no fact {name!r}; it has {', '.join(station.script.fact)}"
            elif not fact.tellable:
                yield f"{field}: {name!r} is a measurement, which nobody tells; use `ordered`"
    for pattern in [*(p for line in point.check.ordered for p in line), *point.check.not_ordered]:
        if wrong := pattern_fault(pattern):
            yield f"ordered: {wrong}"


# -- grading ---------------------------------------------------------------------------------------------


def grade_station(station: Station, encounter: Encounter, kin: Kin) -> StationResult:
    """The station by rule; items that need a judge are not graded. Raises ValueError for a broken encounter."""
    if encounter.error or encounter.finished is None:
        raise ValueError(f"encounter {encounter.script.id!r} broke off; it is reported, never graded")
    whole = _whole(encounter)
    grades = []
    for point in station.checklist:
        met, why = (
            (None, "not graded: needs a judge")
            if point.check is None
            else _by_rule(point.check, encounter, whole, kin)
        )
        weight = -1 if point.veto else point.points
        by: Literal["rule", "none"] = "none" if met is None else "rule"
        grades.append(Grade(station.id, point.id, weight, point.part, "osce", met, by, why))
    return result_of(station, grades)


def result_of(station: Station, grades: Sequence[Grade]) -> StationResult:
    """Points, vetoes and the verdict from the grades of all items, in the order of the checklist."""
    rows = list(zip(station.checklist, grades, strict=True))
    parts: dict[str, tuple[int, int]] = {
        part: (sum(p.worth for p, g in rows if p.part == part and g.met), sum(p.worth for p, g in rows if p.part == part and g.met is not None))
        for part in PARTS
    }  # fmt: skip
    got, known = sum(v[0] for v in parts.values()), sum(v[1] for v in parts.values())
    total = sum(p.worth for p in station.checklist)
    vetoes = tuple(p.id for p, g in rows if p.veto and g.met)
    missed = tuple(p.id for p, g in rows if p.critical and g.met is False)
    undecided = any(g.met is None and (p.veto or p.critical) for p, g in rows)
    passed: bool | None = None
    if vetoes or missed or got + total - known < station.pass_mark * total:
        passed = False
    elif not undecided and got >= station.pass_mark * total:
        passed = True
    return StationResult(
        station.id, tuple(grades), parts, got / known if known else None, passed, vetoes, missed
    )


def _by_rule(check: StationCheck, encounter: Encounter, whole: Spoken, kin: Kin) -> tuple[bool | None, str]:
    """As `grade.by_rule`: a failing part decides, then one that is not graded."""
    own = list(_own_parts(check, encounter))
    if any(met is False for met, _ in own):
        return next((False, why) for met, why in own if met is False)
    met, why = by_rule(check, whole, kin)
    return met, "; ".join([*(w for _, w in own), *([why] if why else [])])


def _own_parts(check: StationCheck, encounter: Encounter) -> Iterator[tuple[bool, str]]:
    told = encounter.disclosed
    if check.elicited:
        lacking = [f for f in check.elicited if f not in told]
        yield not lacking, f"{lacking[0]} was not elicited" if lacking else "elicited"
    if check.elicited_any:
        hit = next((f for f in check.elicited_any if f in told), None)
        yield (
            hit is not None,
            f"elicited {hit}" if hit else f"none of {', '.join(check.elicited_any)} was elicited",
        )
    last = encounter.finished
    words = "\n".join([*(t.name for t in encounter.tests), (last.answer or last.text) if last else ""])
    for line in check.ordered:
        found = next((m.group(0) for p in line for m in [re.search(p, words, re.IGNORECASE)] if m), None)
        yield found is not None, f"ordered {found}" if found else f"did not order {line[0]!r}"
    if check.not_ordered:
        found = next(
            (m.group(0) for p in check.not_ordered for m in [re.search(p, words, re.IGNORECASE)] if m), None
        )
        yield found is None, f"ordered {found}" if found else "did not order what it should not"


def _whole(encounter: Encounter) -> Spoken:
    """The encounter as one turn: all words, all questions, and what the doctor thought at the end."""
    spoken = list(encounter.spoken)
    asks = tuple(dict.fromkeys(a for s in spoken for a in s.asks if a != "complaint"))
    alarms = [a for s in spoken for a in s.alarms or ()]
    tells = any(s.alarms is not None for s in spoken)
    last = spoken[-1]
    return replace(
        last, text="\n".join(s.words for s in spoken), answer="", asks=asks,
        alarms=tuple(dict.fromkeys(alarms)) if tells else None,
    )  # fmt: skip


def transcript_of(encounter: Encounter, lang: str) -> str:
    """All that was said, a line each, as a judge reads it."""
    names: Mapping[str, Any] = prompts()[lang]
    mark = "：" if lang == "zh" else ": "
    lines = []
    for turn in encounter.turns:
        lines.append(f"{names['doctor']}{mark}{turn.said_by_doctor.words}")
        lines.append(f"{names['patient']}{mark}{turn.said_by_patient.text}")
        if turn.tests:
            lines.append(f"{names['ordered']}{mark}{', '.join(t.name for t in turn.tests)}")
    if encounter.finished is not None:
        lines.append(f"{names['doctor']}{mark}{encounter.finished.words}")
    for review in encounter.reviews:
        lines.append(f"{names['ordered']}{mark}{', '.join(t.name for t in review.report.tests)}")
    return "\n".join(lines)
