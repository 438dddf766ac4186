"""Amounts and frequencies as people write them: "0.3g 每日2次", "500 mg tid", "2片 一天三次"."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dose:
    """One intake: `mg` of the substance or `units` of the product (tablets, sachets, ml), `times` a day."""

    mg: float | None = None
    units: float | None = None
    times: float | None = None


_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "半": 0.5, "八": 8, "十": 10}
_N = r"(\d+(?:\.\d+)?|[一二两三四五六八十半])"
_MASS = re.compile(r"(\d+(?:\.\d+)?)\s*(mcg|ug|µg|μg|微克|mg|毫克|g|克)(?![a-z/])", re.IGNORECASE)
_UNITS = re.compile(
    _N + r"\s*(?:片|粒|袋|包|支|丸|颗|枚|毫升|ml|tablets?|tabs?|capsules?|caps?|sachets?)(?![a-z/])",
    re.IGNORECASE,
)
_TIMES = (
    (re.compile(r"(?:每日|每天|一天|一日|日|天|/日)\s*" + _N + r"\s*(?:次|回)"), None),
    (re.compile(_N + r"\s*次\s*(?:/|每)?\s*(?:日|天|d)"), None),
    (re.compile(r"(\d+)\s*(?:times|x)\s*(?:a|per|/|daily)?\s*(?:day|d\b)?", re.IGNORECASE), None),
    (re.compile(r"\b(?:qd|od|once (?:a day|daily)|daily|every day|qn|qhs|nocte|mane|每晚|睡前)(?![a-z])|每晚|睡前", re.IGNORECASE), 1.0),
    (re.compile(r"\b(?:bid|bd|twice (?:a day|daily))(?![a-z])", re.IGNORECASE), 2.0),
    (re.compile(r"\b(?:tid|tds|three times (?:a day|daily))(?![a-z])", re.IGNORECASE), 3.0),
    (re.compile(r"\b(?:qid|qds|four times (?:a day|daily))(?![a-z])", re.IGNORECASE), 4.0),
    (re.compile(r"\b(?:weekly|once (?:a|per) week|qw)(?![a-z])|每周一次|一周一次|每周1次", re.IGNORECASE), 1 / 7),
)  # fmt: skip
_EVERY = re.compile(r"(?:q\s*(\d+)\s*h\b|every (\d+) hours|每\s*(\d+)\s*(?:个)?小时)", re.IGNORECASE)
_FACTOR = {
    "mcg": 0.001,
    "ug": 0.001,
    "µg": 0.001,
    "μg": 0.001,
    "微克": 0.001,
    "mg": 1,
    "毫克": 1,
    "g": 1000,
    "克": 1000,
}


def _number(text: str) -> float:
    return float(_NUMBERS[text]) if text in _NUMBERS else float(text)


def dose_in(written: str) -> tuple[str, Dose | None]:
    """(the name that is left, the dose) of a written line; the dose is None when the line holds none."""
    text = written
    mass, units = _MASS.search(text), _UNITS.search(text)
    times, cut = _times_in(text)
    places = [m.start() for m in (mass, units) if m] + ([cut] if cut is not None else [])
    if not places:
        return written, None
    name = text[: min(places)].strip(" ，,、:：;；")
    if not name:
        return written, None
    return name, Dose(
        mg=float(mass.group(1)) * _FACTOR[mass.group(2).lower()] * (_number(units.group(1)) if units else 1)
        if mass
        else None,
        units=_number(units.group(1)) if units else None,
        times=times,
    )


def _times_in(text: str) -> tuple[float | None, int | None]:
    every = _EVERY.search(text)
    if every:
        return 24 / float(next(g for g in every.groups() if g)), every.start()
    for pattern, fixed in _TIMES:
        found = pattern.search(text)
        if found:
            return (fixed if fixed is not None else _number(found.group(1))), found.start()
    return None, None
