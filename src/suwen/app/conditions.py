"""What the knowledge holds of a condition, as the page and the interface show it: numbers, sources and estimates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from suwen.app.desk import Desk
from suwen.app.editor import differences
from suwen.consult.say import entry
from suwen.core.case import TRIAGE_LEVELS
from suwen.core.errors import NotFound
from suwen.knowledge import ConditionDef, Knowledge
from suwen.knowledge.literals import FACT

ConditionId = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,79}$", examples=["acute_appendicitis"])]
NAME, CODE = 0, 1
DIFFERENCES = 14
"""Lines of a comparison that are shown."""


class Label(BaseModel):
    zh: str
    en: str


class ConditionHit(BaseModel):
    id: str
    name: Label
    department: Label
    triage: str
    icd10: list[str]


class ConditionHits(BaseModel):
    conditions: list[ConditionHit]


class Source(BaseModel):
    """Where a number or text comes from; `key` is `estimate` where the authors estimated it."""

    key: str
    title: str
    publisher: str | None = None
    year: int | None = None
    jurisdiction: str | None = None
    section: str | None = None


class Number(BaseModel):
    """P(finding | condition), or for a risk its likelihood ratio; `base` is how common the finding is in anybody."""

    id: str
    name: Label
    kind: str
    value: float
    base: float
    asked: bool = Field(description="Whether a patient can be asked; otherwise it is examined or measured.")
    learned_from: int = Field(description="Confirmed cases that changed this number; 0 for the experts' own.")
    source: str


class Measure(BaseModel):
    value: float
    source: str


class Exam(BaseModel):
    name: Label
    tells: Label
    sensitivity: Measure | None
    specificity: Measure | None
    result: str | None


class MimicView(BaseModel):
    id: str
    name: Label
    triage: str
    tells: Label


class ManagementView(BaseModel):
    jurisdiction: str
    source: str
    steps: dict[str, list[str]]


class SoonerView(BaseModel):
    triage: str
    triage_name: Label
    who: list[Label] = Field(description="Any of these.")


class ConditionView(BaseModel):
    id: str
    name: Label
    also: dict[str, list[str]]
    icd10: list[str]
    department: Label
    triage: str
    triage_name: Label
    sooner: list[SoonerView] = Field(description="For whom it is more urgent.")
    dangerous: bool
    summary: Label
    prevalence: float = Field(description="Consultations per 10,000, all ages; an estimate.")
    age: list[float] = Field(description="Eight bands: how much likelier than over all ages.")
    sex: list[float] = Field(description="Male, female.")
    season: list[float] = Field(description="Spring, summer, autumn, winter.")
    regions: dict[str, float]
    duration: list[float] = Field(description="At presentation: under a day, days, weeks, months.")
    findings: list[Number]
    risks: list[Number]
    examinations: list[Exam]
    mimics: list[MimicView]
    complications: dict[str, list[str]]
    management: list[ManagementView]
    advice: dict[str, dict[str, list[str]]]
    sources: list[Source]
    numbers: int
    estimates: int
    seen: int = Field(description="Confirmed cases that this installation learned from.")
    version: str


class DepartmentRow(BaseModel):
    id: str
    name: Label
    conditions: int


class Departments(BaseModel):
    departments: list[DepartmentRow]


class DifferenceView(BaseModel):
    id: str
    name: Label
    p: list[float]
    expected: float = Field(description="Evidence in nats that finding out is worth on average.")
    asked: bool
    towards: str


class Differences(BaseModel):
    first: ConditionHit
    second: ConditionHit
    differences: list[DifferenceView]


def conditions_router(desk: Desk, *, errors: dict[int | str, dict[str, Any]]) -> APIRouter:
    """All routes under /api/conditions and /api/departments; they hold nothing of any patient."""
    router = APIRouter(prefix="/api", responses=errors, tags=["knowledge"])

    def one(condition: str) -> ConditionDef:
        known = desk.clinic.knowledge.condition
        if condition not in known:
            raise NotFound(f"no condition {condition}")
        return known[condition]

    @router.get("/conditions", response_model=None, responses={200: {"model": ConditionHits}})
    def search(
        q: Annotated[str, Query(max_length=100, examples=["阑尾"])] = "",
        department: Annotated[str, Query(max_length=60, examples=["general_surgery"])] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 20,
    ) -> Response:
        """Conditions whose name, synonym, pinyin or code begins with or holds what is typed; all of a department without."""
        found = find(q, department, desk.clinic.knowledge)[:limit]
        return JSONResponse({"conditions": [hit(c, desk.clinic.knowledge) for c in found]})

    @router.get("/departments", response_model=None, responses={200: {"model": Departments}})
    def departments() -> Response:
        """Where patients are sent, with how many conditions each department has."""
        knowledge = desk.clinic.knowledge
        number = Counter(c.department for c in knowledge.conditions)
        rows = [
            {"id": key, "name": name, "conditions": number[key]}
            for key, name in knowledge.departments.items()
        ]
        return JSONResponse({"departments": rows})

    @router.get("/conditions/{condition}", response_model=None, responses={200: {"model": ConditionView}})
    def show(condition: ConditionId) -> Response:
        """Everything known of one condition, with the source of every number."""
        return JSONResponse(view(one(condition), desk.clinic.knowledge))

    @router.get(
        "/conditions/{condition}/against/{other}",
        response_model=None,
        responses={200: {"model": Differences}},
    )
    def against(condition: ConditionId, other: ConditionId) -> Response:
        """What separates two conditions, the most telling first."""
        knowledge = desk.clinic.knowledge
        a, b = one(condition), one(other)
        rows = [
            {
                "id": d.finding.id,
                "name": d.finding.record["name"],
                "p": [round(p, 4) for p in d.p],
                "expected": round(d.expected, 3),
                "asked": d.finding.askable,
                "towards": a.id if d.p[0] > d.p[1] else b.id,
            }
            for d in differences(a, b, knowledge)[:DIFFERENCES]
        ]
        return JSONResponse({"first": hit(a, knowledge), "second": hit(b, knowledge), "differences": rows})

    return router


def hit(condition: ConditionDef, knowledge: Knowledge) -> dict[str, Any]:
    """A condition in a list."""
    return {
        "id": condition.id,
        "name": condition.record["name"],
        "department": knowledge.departments[condition.department],
        "triage": condition.triage,
        "icd10": list(condition.icd10),
    }


def view(condition: ConditionDef, knowledge: Knowledge) -> dict[str, Any]:
    """Everything known of a condition; sources are resolved, and how many numbers are estimates is counted."""
    record = condition.record
    seen = int(knowledge.seen[condition.index])

    def number(name: str, written: Any, *, ratio: bool) -> dict[str, Any]:
        finding = knowledge.finding[name]
        expert = float(written[0] if isinstance(written, list) else written)
        value = expert if ratio else float(knowledge.likelihood[condition.index, finding.index])
        changed = bool(seen) and not ratio and abs(value - expert) > 0.005
        return {
            "id": name, "name": finding.record["name"], "kind": finding.kind, "value": round(value, 4),
            "base": round(float(knowledge.base[finding.index]), 4), "asked": finding.askable,
            "learned_from": seen if changed else 0, "source": condition.source_of(name),
        }  # fmt: skip

    findings = [number(n, v, ratio=False) for n, v in record["findings"].items()]
    risks = [number(n, v, ratio=True) for n, v in record["risks"].items()]
    exams = [
        {**e, "sensitivity": _measure(e["sensitivity"]), "specificity": _measure(e["specificity"])}
        for e in record["examinations"]
    ]
    sourced = [n["source"] for n in (*findings, *risks)]
    sourced += [m["source"] for e in exams for m in (e["sensitivity"], e["specificity"]) if m]
    early = [record["sooner"]["source"]] if record["sooner"] else []
    cited = dict.fromkeys(
        [*record["sources"], *early, *sourced, *(m["source"] for m in record["management"])]
    )
    return {
        **{key: record[key] for key in ("id", "name", "also", "icd10", "dangerous", "summary", "prevalence", "age", "sex",
                                        "season", "regions", "duration", "complications", "management", "advice")},
        "department": knowledge.departments[condition.department],
        "triage": condition.triage,
        "triage_name": _level_name(condition.triage),
        "sooner": _sooner(record, knowledge),
        "findings": sorted(findings, key=lambda n: -n["value"]),
        "risks": sorted(risks, key=lambda n: -n["value"]),
        "examinations": exams,
        "mimics": [_mimic(m, knowledge) for m in record["mimics"] if m["id"] in knowledge.condition],
        "sources": [{"key": key, "title": key, **knowledge.sources.get(key, {})} for key in cited if key != "estimate"],
        "numbers": len(sourced) + 1,
        "estimates": sum(s == "estimate" for s in sourced) + 1,
        "seen": seen,
        "version": knowledge.version,
    }  # fmt: skip


def _measure(written: Any) -> dict[str, Any] | None:
    if written is None:
        return None
    value, source = written if isinstance(written, list) else (written, "estimate")
    return {"value": value, "source": source}


def _level_name(level: str) -> dict[str, str]:
    return {lang: entry("triage")[level][lang] for lang in ("zh", "en")}


def _sooner(record: Mapping[str, Any], knowledge: Knowledge) -> list[dict[str, Any]]:
    written = record["sooner"] or {}
    return [
        {
            "triage": level,
            "triage_name": _level_name(level),
            "who": [_who(i, knowledge) for i in written[level] if not _is_marker(i, knowledge)],
        }
        for level in TRIAGE_LEVELS
        if written.get(level)
    ]


def _is_marker(item: str, knowledge: Knowledge) -> bool:
    return item in knowledge.finding and knowledge.finding[item].is_marker


def _who(item: str, knowledge: Knowledge) -> dict[str, str]:
    """What an item of `sooner` is called: a group, an age or a finding."""
    if item.startswith("@"):
        return dict(knowledge.risk_groups[item[1:]]["name"])
    age = FACT.match(item)
    if not age:
        return dict(knowledge.finding[item].record["name"])
    years = float(age.group(3))
    number, zh, en = (
        (years, "岁", "years") if years >= 2 else (round(years * 12), "个月", "months") if years >= 0.25
        else (round(years * 52), "周", "weeks")
    )  # fmt: skip
    if age.group(2).startswith("<"):
        return {"zh": f"{number:g}{zh}以下", "en": f"under {number:g} {en}"}
    return {"zh": f"{number:g}{zh}及以上", "en": f"{number:g} {en} and over"}


def _mimic(mimic: Mapping[str, Any], knowledge: Knowledge) -> dict[str, Any]:
    other = knowledge.condition[mimic["id"]]
    return {
        "id": other.id,
        "name": other.record["name"],
        "triage": other.triage,
        "tells": mimic["tells"],
    }


def find(text: str, department: str, knowledge: Knowledge) -> list[ConditionDef]:
    """Conditions for what is typed, the best first: names that are the text, begin with it, hold it; codes and pinyin that
    begin with it. Without a text all of a department."""
    wanted = text.strip().lower()
    if not wanted:
        return [c for c in knowledge.conditions if c.department == department]
    best: dict[int, tuple[int, int]] = {}
    for name, kind, index in knowledge.names[0]:
        if kind == NAME:
            place = 0 if name == wanted else 1 if name.startswith(wanted) else 3 if wanted in name else None
        else:
            place = 2 if name.startswith(wanted) and (kind == CODE or len(wanted) >= 2) else None
        if place is not None:
            best[index] = min(best.get(index, (9, 0)), (place, len(name)))
    found = [knowledge.conditions[i] for _, i in sorted((rank, i) for i, rank in best.items())]
    return [c for c in found if not department or c.department == department]
