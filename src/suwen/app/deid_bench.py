"""How well de-identification does on sentences with marked identifiers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from suwen.app.assess import rows_of
from suwen.core.errors import InputError
from suwen.patients.deidentify import deidentify
from suwen.verify.stats import Share

LEFT = ("AGE", "TITLE", "NRP", "DATE_TIME (year or weekday)")
"""Marks of published sets that name nobody by themselves and are left: see patients.deidentify."""


FORM = 'give lines such as {"text": "I am Ann", "lang": "en", "spans": [{"type": "PERSON", "start": 5, "end": 8}]}'


class _Mark(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    type: str
    start: int
    end: int


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str
    spans: list[_Mark]
    lang: Literal["zh", "en"] = "en"


def marked_rows(text: str) -> list[dict[str, Any]]:
    """The rows of a JSONL text as `measure` takes them. Raises InputError naming the line and what is wrong with it."""
    found = []
    for raw in rows_of(text, jsonl=True):
        try:
            row = _Row.model_validate(raw)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(p) for p in first["loc"])
            raise InputError(f"line {raw['_line']}: {place}: {first['msg']}; {FORM}") from None
        beyond = next((m for m in row.spans if not 0 <= m.start < m.end <= len(row.text)), None)
        if beyond is not None:
            raise InputError(
                f"line {raw['_line']}: the span {beyond.start} to {beyond.end} is not in a text of {len(row.text)} characters"
            )
        found.append(row.model_dump())
    if not found:
        raise InputError(f"no rows; {FORM}")
    return found


def measure(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Recall of marked spans, whole (every letter and digit gone) and touched, by kind of mark; precision by kind found,
    a found span being right when it meets any mark. Rows: `text`, `lang`, `spans` [{type, start, end}]."""
    whole: Counter[str] = Counter()
    touched: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for row in rows:
        text = row["text"]
        spans = deidentify(text, row.get("lang", "en"))[1]
        gone = {i for s in spans for i in range(s.start, s.end)}
        marked: set[int] = set()
        for mark in row["spans"]:
            kind, place = (
                _kind(mark["type"], text[mark["start"] : mark["end"]]),
                range(mark["start"], mark["end"]),
            )
            letters = {i for i in place if text[i].isalnum()}
            marked.update(place)
            names = [kind] if kind in LEFT else [kind, "all that is meant to go"]
            for name in names:
                marks[name] += 1
                whole[name] += letters <= gone
                touched[name] += bool(letters & gone)
        for span in spans:
            for name in (span.kind, "all"):
                found[name] += 1
                right[name] += bool(marked & set(range(span.start, span.end)))
    return {
        "recall": {
            k: {**Share(whole[k], n).to_json(), "touched": round(touched[k] / n, 4)}
            for k, n in sorted(marks.items())
        },
        "precision": {k: Share(right[k], n).to_json() for k, n in sorted(found.items())},
        "note": f"left on purpose: {', '.join(LEFT)}",
    }


def _kind(kind: str, words: str) -> str:
    if kind == "DATE_TIME" and re.fullmatch(r"(?:19|20)?\d\d|[A-Za-z]+", words.strip()):
        return "DATE_TIME (year or weekday)"
    return kind
