"""Lists of medicines at the edge: what may be asked, and the answer as JSON."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from suwen.core.errors import InputError
from suwen.knowledge.drugs import Formulary
from suwen.knowledge.drugs.names import Found
from suwen.knowledge.drugs.terms import ROUTES
from suwen.safety.doses import Dose, dose_in
from suwen.safety.medication import MOST_DRUGS, Alert, Drug, Patient, Pharmacist, Report

Written = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class DrugEntry(BaseModel):
    """A medicine with how it is taken: `dose` as written ("0.3g 每日2次"), `route` one of the known routes."""

    model_config = ConfigDict(extra="forbid")
    name: Written
    dose: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, examples=["0.3g 每日2次"]
    )
    route: Literal[ROUTES] | None = None  # type: ignore[valid-type]


class PatientEntry(BaseModel):
    """Who takes them; leave out what is not known."""

    model_config = ConfigDict(extra="forbid")
    age_years: float | None = Field(default=None, ge=0, le=125)
    sex: Literal["male", "female"] | None = None
    pregnant: bool | None = Field(default=None, description="Where the weeks are not known.")
    pregnant_weeks: float | None = Field(
        default=None, ge=0, le=45, description="0 when known not to be pregnant."
    )
    breastfeeding: bool | None = None
    egfr_ml_min: float | None = Field(default=None, ge=0, le=250)
    child_pugh: Literal["A", "B", "C"] | None = None
    weight_kg: float | None = Field(default=None, ge=0.3, le=400)
    allergies: list[Written] = Field(default=[], max_length=50)
    conditions: list[Written] = Field(default=[], max_length=100)


class CheckRequest(BaseModel):
    """`drugs`: names as written, or objects with dose and route."""

    model_config = ConfigDict(extra="forbid")
    id: str | int | None = None
    drugs: list[Written | DrugEntry] = Field(max_length=MOST_DRUGS)
    patient: PatientEntry | None = None
    lang: Literal["zh", "en"] = "zh"


class Setting(BaseModel):
    """Why and when an alert was set aside."""

    reason: str
    comment: str
    at: str


class AlertView(BaseModel):
    """One alert; `interrupts` is true for contraindicated and major. `id` stays the same while rule and medicines do."""

    id: str
    rule: str
    kind: str
    severity: Literal["contraindicated", "major", "moderate", "minor"]
    interrupts: bool
    drugs: list[str]
    substances: list[str]
    effect: str
    mechanism: str | None
    management: str
    onset: str | None
    evidence: str
    source: str
    dismissed: Setting | None = None


class Recognised(BaseModel):
    """How a written name was read; `how` is name, brand, form, parts, pinyin or spelling."""

    given: str
    id: list[str]
    name: str
    how: str
    route: str | None


REASONS = ("benefit_outweighs", "monitored", "tolerated", "not_taken", "wrong", "other")
"""Why an alert may be set aside; `wrong` says that the rule itself is."""


class ListEntry(BaseModel):
    """A list of medicines to keep: whose it is (as the owner calls them), what they take, who they are."""

    model_config = ConfigDict(extra="forbid")
    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    drugs: list[DrugEntry] = Field(default=[], max_length=MOST_DRUGS)
    patient: PatientEntry = PatientEntry()
    lang: Literal["zh", "en"] = "zh"


class ListChange(ListEntry):
    version: int = Field(ge=1, description="The version that was changed; 409 if another tab was first.")


class DismissalEntry(BaseModel):
    """Set an alert aside for this patient."""

    model_config = ConfigDict(extra="forbid")
    alert: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    reason: Literal[REASONS]  # type: ignore[valid-type]
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class MissingFact(BaseModel):
    fact: str
    drugs: list[str]
    severity: str


class CheckReport(BaseModel):
    """The answer to a list of medicines."""

    id: str | int | None = None
    alerts: list[AlertView]
    unknown: list[str]
    suggestions: dict[str, list[str]]
    recognised: list[Recognised]
    little_known: list[str]
    missing: list[MissingFact]
    unknown_allergies: list[str]
    unknown_conditions: list[str]
    dose_unread: list[str]
    version: str
    summary: str


class ListView(BaseModel):
    """A kept list with its report."""

    id: str
    label: str
    drugs: list[DrugEntry]
    patient: PatientEntry
    lang: str
    version: int
    created_at: str
    updated_at: str
    report: CheckReport


class ListSummary(BaseModel):
    id: str
    label: str
    drugs: list[str]
    updated_at: str


class ListIndex(BaseModel):
    lists: list[ListSummary]


class MedicineHit(BaseModel):
    """A medicine that matches what is being typed."""

    id: str
    name: dict[str, str]
    kind: str
    brands: list[str]
    routes: list[str]
    ingredients: list[dict[str, str]]
    suggested: bool = Field(description="Not what was typed, only near to it.")


class MedicineHits(BaseModel):
    medicines: list[MedicineHit]


class ReviewRow(BaseModel):
    rule: str
    reason: str
    times: int


class Review(BaseModel):
    rules: list[ReviewRow]


def check(row: Any, pharmacist: Pharmacist) -> dict[str, Any]:
    """The report on one request as JSON values; raises InputError naming the field that is wrong."""
    try:
        asked = row if isinstance(row, CheckRequest) else CheckRequest.model_validate(row)
    except ValidationError as error:
        raise InputError(fault_of(error)) from None
    report = pharmacist.check([_drug(d, pharmacist) for d in asked.drugs], patient_of(asked.patient))
    return {"id": asked.id, **report_json(report, pharmacist.formulary, asked.lang)}


def fault_of(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    place = ".".join(str(p) for p in fault["loc"] if p not in ("DrugEntry", "constrained-str")) or "the row"
    return f"field `{place}`: {fault['msg']} (found {str(fault.get('input'))[:60]!r})"


def _drug(entry: str | DrugEntry, pharmacist: Pharmacist) -> Drug:
    if isinstance(entry, str):
        return pharmacist.drug(entry)
    if entry.dose is None:
        drug = pharmacist.drug(entry.name)
        return Drug(drug.name, entry.route, drug.dose)
    return Drug(entry.name, entry.route, dose_of(entry.dose))


def dose_of(written: str) -> Dose:
    """A dose written in a field of its own; one that cannot be read is empty, so that the report says so."""
    return dose_in(f"x {written}")[1] or Dose()


def patient_of(entry: PatientEntry | None) -> Patient:
    if entry is None:
        return Patient()
    told = entry.model_dump()
    return Patient(**{**told, "allergies": tuple(entry.allergies), "conditions": tuple(entry.conditions)})


def report_json(report: Report, formulary: Formulary, lang: str) -> dict[str, Any]:
    """A report in one language."""
    return {
        "alerts": [alert_json(alert, lang) for alert in report.alerts],
        "unknown": [hit.given for hit in report.unknown],
        "suggestions": {
            hit.given: [formulary.record(t)["name"][lang] for t in hit.suggestions] for hit in report.unknown
        },
        "recognised": [_recognised(hit, formulary, lang) for _, hit in report.found if hit.targets],
        "little_known": list(report.little_known),
        "missing": [{"fact": m.fact, "drugs": list(m.drugs), "severity": m.severity} for m in report.missing],
        "unknown_allergies": list(report.unknown_allergies),
        "unknown_conditions": list(report.unknown_conditions),
        "dose_unread": list(report.dose_unread),
        "version": report.version,
        "summary": summary_of(report, lang),
    }


def alert_json(alert: Alert, lang: str) -> dict[str, Any]:
    return {
        "id": id_of(alert),
        "rule": alert.rule,
        "kind": alert.kind,
        "severity": alert.severity,
        "interrupts": alert.interrupts,
        "drugs": list(alert.drugs),
        "substances": list(alert.substances),
        "effect": alert.effect[lang],
        "mechanism": alert.mechanism[lang] if alert.mechanism else None,
        "management": alert.management[lang],
        "onset": alert.onset,
        "evidence": alert.evidence,
        "source": alert.source,
        "dismissed": None,
    }


def id_of(alert: Alert) -> str:
    """Names an alert by its rule and the substances it is about, whatever they were written as."""
    return hashlib.sha256("|".join((alert.rule, *sorted(alert.substances))).encode()).hexdigest()[:16]


def _recognised(hit: Found, formulary: Formulary, lang: str) -> dict[str, Any]:
    names = [formulary.record(target)["name"][lang] for target in hit.targets]
    return {
        "given": hit.given,
        "id": list(hit.targets),
        "name": " + ".join(names),
        "how": hit.how,
        "route": hit.route,
    }


def summary_of(report: Report, lang: str) -> str:
    """One sentence: how much was found, and never more than that."""
    loud, quiet = len(report.interrupting), len(report.alerts) - len(report.interrupting)
    version, known, unknown = report.version, report.known, len(report.unknown)
    if lang == "zh":
        first = (
            f"{loud} 条需要先处理，另有 {quiet} 条提示。"
            if report.alerts
            else f"在已识别的 {known} 种药物中，{version} 版规则没有发现问题。"
        )
        return first + (f"有 {unknown} 个名称不认识，没有核对。" if unknown else "")
    first = (
        f"{loud} to act on first, {quiet} to know."
        if report.alerts
        else f"No rule of version {version} found a problem among the {known} known drugs."
    )
    return first + (f" {unknown} name(s) were not recognised and not checked." if unknown else "")


# -- many at once -----------------------------------------------------------------------------------------

CHUNK = 500
"""Rows that one process is given at a time."""
ALONE = 2_000
"""Below this many rows a second process costs more than it brings."""
_pharmacist: Pharmacist | None = None


def check_lines(lines: list[str], pharmacist: Pharmacist, *, lang: str | None = None) -> Iterator[str]:
    """JSONL to JSONL in order, on all cores where fork exists; an InputError names its line."""
    global _pharmacist
    rows = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    processes = min(os.cpu_count() or 1, 8)
    if len(rows) < ALONE or processes == 1 or not hasattr(os, "fork"):
        for number, line in rows:
            yield _check_line(number, line, pharmacist, lang)
        return
    import multiprocessing

    pharmacist.check([Drug("阿司匹林"), Drug("warfarin")])  # its tables are filled once, before the fork
    _pharmacist = pharmacist
    chunks = [(rows[i : i + CHUNK], lang) for i in range(0, len(rows), CHUNK)]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for done in pool.imap(_check_chunk, chunks):
            if isinstance(done, str):
                raise InputError(done)
            yield from done


def _check_chunk(work: tuple[list[tuple[int, str]], str | None]) -> list[str] | str:
    rows, lang = work
    assert _pharmacist is not None
    try:
        return [_check_line(number, line, _pharmacist, lang) for number, line in rows]
    except InputError as error:
        return error.message


def _check_line(number: int, line: str, pharmacist: Pharmacist, lang: str | None) -> str:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"line {number}: not valid JSON ({error}); give one object a line") from None
    if lang is not None and isinstance(row, dict):
        row.setdefault("lang", lang)
    try:
        return json.dumps(check(row, pharmacist), ensure_ascii=False)
    except InputError as error:
        raise InputError(f"line {number}: {error.message}") from None


def hits(text: str, formulary: Formulary, limit: int) -> list[dict[str, Any]]:
    """Medicines for a search box, best first."""
    found = []
    targets = formulary.names.search(text, limit)
    suggested = not targets
    for target in targets or formulary.names.near(text)[:limit]:
        record = formulary.record(target)
        parts = (
            [formulary.record(s)["name"] for s in formulary.ingredients(target)]
            if target in formulary.product
            else []
        )
        found.append({"id": target, "name": record["name"], "kind": record["kind"], "routes": record["routes"],
                      "brands": [*record["brands"]["zh"], *record["brands"]["en"]][:6], "ingredients": parts,
                      "suggested": suggested})  # fmt: skip
    return found


def shown(target: str, formulary: Formulary) -> dict[str, Any]:
    """Everything known of one substance or product, rules included."""
    record = dict(formulary.record(target))
    substances = formulary.ingredients(target)
    rules = [formulary.cautions[n] for s in substances for n in formulary.cautions_of.get(s, ())]
    index = {formulary.index[s] for s in substances}
    partners = _partners(formulary, index)
    return {
        **record,
        "cautions": [{k: v for k, v in rule.items() if k != "members"} for rule in rules],
        "interrupting_partners": partners,
        "source": record["source"],
        "version": f"{formulary.version}-{formulary.digest[:8]}",
    }


def _partners(formulary: Formulary, index: Iterable[int]) -> list[str]:
    from suwen.knowledge.drugs.terms import INTERRUPTING, MANY, SEVERITIES

    mine, found = set(index), set()
    for code, rule in zip(formulary.pair_code.tolist(), formulary.pair_rule.tolist(), strict=True):
        if formulary.interactions[rule]["severity"] in INTERRUPTING:
            a, b = divmod(code, MANY)
            if a in mine or b in mine:
                found.add(b if a in mine else a)
    for row in formulary.change.tolist():
        if SEVERITIES[row[6]] in INTERRUPTING and (row[1] in mine or row[2] in mine):
            found.add(row[2] if row[1] in mine else row[1])
    return sorted(formulary.substances[i]["id"] for i in found - mine)
