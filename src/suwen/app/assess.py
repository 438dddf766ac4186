"""`suwen assess`: one text a case in, one JSON object a case out; the same parts as the conversation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from suwen.consult.ask import next_question, text_of
from suwen.consult.clinic import Clinic
from suwen.core.case import Alarm, Case, Person
from suwen.core.errors import InputError
from suwen.knowledge import REGIONS

_SEXES = {
    "male": "male",
    "m": "male",
    "man": "male",
    "男": "male",
    "female": "female",
    "f": "female",
    "woman": "female",
    "女": "female",
}


def assess(row: dict[str, Any], clinic: Clinic, *, top: int = 10) -> dict[str, Any]:
    """What Suwen makes of one case: `text`, and optionally `id`, `age` (years), `sex`, `lang`.

    `top` is how many conditions are listed, 0 for all. Raises InputError naming the field that is wrong.
    """
    case, alarms = read_case(row, clinic)
    differential = clinic.reasoner.differential(case)
    ranked = differential.ranked()
    question = next_question(case, differential, clinic)
    lang = case.lang
    return {
        "id": row.get("id"),
        "triage": clinic.triager.level_of(case, differential) if case.present or case.alarms else "soon",
        "red_flags": [
            {"id": a.id, "name": str(clinic.watch.rules[a.id]["name"][lang]), "words": list(a.words)}
            for a in alarms
        ],
        "differential": [_condition(clinic, d, p) for d, p in (ranked[:top] if top else ranked)],
        "findings": [
            {
                "id": f.id,
                "name": clinic.knowledge.finding[f.id].name(lang),
                "status": f.status,
                "text": f.words,
            }
            for f in case.findings.values()
            if not clinic.knowledge.finding[f.id].is_marker
        ],
        "not_understood": list(case.not_understood),
        "next_question": {"id": question.id, "text": text_of(question, clinic.knowledge, lang)}
        if question
        else None,
    }


def read_case(row: dict[str, Any], clinic: Clinic) -> tuple[Case, tuple[Alarm, ...]]:
    """A written case as it is understood, with the alarms it raises; what a row says outright is not overruled by its text."""
    case = start(row)
    heard = clinic.ear.understand(row["text"], case)
    told = {k: v for k, v in heard.person.items() if k != "age_years" or case.person.age_years is None}
    case = case.add(replace(heard, person=told), text=row["text"])
    alarms = clinic.watch.alarms(case, heard.flags)
    return case.raise_alarms(alarms), alarms


def start(row: dict[str, Any]) -> Case:
    """An empty case with what a row says of the person."""
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise InputError("field `text` is missing or empty; give the case as text")
    age: Any = row.get("age")
    sex: Any = row.get("sex")
    lang: Any = row.get("lang")
    if age is not None:
        try:
            age = float(age)
        except (TypeError, ValueError):
            raise InputError(f"field `age` is {age!r}; give years as a number") from None
        if not 0 <= age <= 125:
            raise InputError(f"field `age` is {age:g}; give years between 0 and 125")
    if sex is not None:
        sex = _SEXES.get(str(sex).strip().lower())
        if sex is None:
            raise InputError(f"field `sex` is {row['sex']!r}; give male or female")
    if lang not in (None, "zh", "en"):
        raise InputError(f"field `lang` is {lang!r}; give zh or en")
    chosen: Any = lang or ("zh" if re.search(r"[\u4e00-\u9fff]", text) else "en")
    region: Any = row.get("region")
    if region is not None and region not in REGIONS:
        raise InputError(f"field `region` is {region!r}; give one of {', '.join(REGIONS)}")
    return Case(lang=chosen, person=Person(age_years=age, sex=sex), region=region)


def _condition(clinic: Clinic, index: int, p: float) -> dict[str, Any]:
    record = clinic.knowledge.conditions[index].record
    return {
        "id": record["id"],
        "name": record["name"],
        "also": record["also"],
        "icd10": record["icd10"],
        "p": round(p, 6),
    }


def rows_of(text: str, *, jsonl: bool) -> Iterator[dict[str, Any]]:
    """The cases of a file: one JSON object a line, or the whole text as one case."""
    if not jsonl:
        yield {"id": None, "text": text}
        return
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"line {number}: not valid JSON ({error}); give one object a line") from None
        if not isinstance(row, dict):
            raise InputError(f"line {number}: not a JSON object; give one object a line")
        yield {**row, "_line": number}


def assess_all(rows: Iterable[dict[str, Any]], clinic: Clinic, *, top: int) -> Iterator[dict[str, Any]]:
    """Every row in order; an InputError names the line it came from."""
    for row in rows:
        try:
            yield assess(row, clinic, top=top)
        except InputError as error:
            where = f"line {row['_line']}: " if "_line" in row else ""
            raise InputError(where + error.message) from None
