"""Laboratory values in a text: name, number and unit, and what they mean for someone of this age and sex.

A value is read only when its unit is known or, without a unit, when its size leaves one reading; a value that cannot be
is left to the words around it and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suwen.core.case import Finding, Person
from suwen.language.quantities import OF_TIME

ADULT_YEARS = 40.0
_NUMBER = r"(?P<sign>[<>≤≥]\s*)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_GAP = r"(?:\s*(?:count|level|levels|have been|has been|had been|from|由|从|自|concentration|value|was|is|were|are|of|at|to|only|about|approximately|around|low|high|elevated|raised|decreased|increased|reduced|up|down|计数|水平|为|是|约|达|高达|低至|升至|降至|升高|降低|下降|至|到|有|只有|仅|仅有|偏高|偏低|[:=,(（]|\([^()\d]{1,12}\)))*\s*"
_UNIT = r"(?P<unit>\s*(?:[x*]?\s*10\s*\^?\s*\d{1,2}\s*/\s*[a-z]+|/\s*(?:cu\s*mm|[a-z]+\d?)|%|(?:cells|k|thou)\s*/\s*(?:cu\s*mm|[a-z]+\d?)|[a-zµμ]+(?:\s*/\s*\d?[a-z]+\d?)?|万|克))?"
_LATER = re.compile(
    r"[^.;。\d]{0,24}?(?:[降升增减涨跌][到至]|→|->|\bto\b|\bnow\b|\btoday\b|\bit's\b|\bit is\b|今[天日]|现在|目前|[本此]次|复查)(?:is|was|为|是|[:=\s])*"
    + _NUMBER + OF_TIME + _UNIT
)  # fmt: skip
"""Behind a value, the one that came after it."""
_ELSEWHERE = re.compile(
    r"csf|cerebrospinal|spinal fluid|lumbar|synovial|joint fluid|joint aspirat|pleural|thoracentesis|ascit|peritoneal|paracentesis|urin|脑脊液|腰穿|关节液|胸水|胸腔积液|腹水|尿|灌洗|脓液"
)
_END = re.compile(r"[.;。;\n](?=\s|$)|[。\n]")
LOOK_BACK = 80
_LEFT_OUT = re.compile(r"[\s^]+")


@dataclass(frozen=True, slots=True)
class LabValue:
    """A value heard at raw[start:end], in the unit of labs.yaml; `bound` is < or > where only a limit is told."""

    name: str
    value: float
    bound: str
    start: int
    end: int


class LabReader:
    """Reads values by the definitions of `labs.yaml`."""

    def __init__(self, labs: Mapping[str, Any]) -> None:
        self.labs = labs
        self._of: dict[str, list[str]] = {}
        for key, lab in labs.items():
            for name in (*lab["names"]["zh"], *lab["names"]["en"]):
                self._of.setdefault(str(name).lower(), []).append(key)
        names = "|".join(re.escape(name) for name in sorted(self._of, key=len, reverse=True))
        self._names = re.compile(rf"(?<![a-z])(?:{names})(?![a-z])")
        self._pattern = (
            re.compile(rf"(?<![a-z])(?P<name>{names})(?![a-z]){_GAP}{_NUMBER}{_UNIT}") if names else None
        )
        self._units = {unit for lab in labs.values() for unit in lab["units"]}

    def read(self, text: str) -> list[LabValue]:
        """Every value in normalised text (lower case, simplified), in order; impossible ones are left out."""
        found = []
        for match in self._pattern.finditer(text) if self._pattern else ():
            if _of_another_fluid(text[max(0, match.start() - LOOK_BACK) : match.start()]):
                continue
            later = _LATER.match(text, match.end())
            last = later if later and not self._names.search(later.group()) else match
            number = float(last["number"].replace(",", ""))
            units = [u for m in (last, match) if (u := _unit(m)) in self._units]
            unit = units[0] if units else _unit(last)
            for key in self._of[match["name"]]:
                lab = self.labs[key]
                value = _in_unit(number, unit, lab, unit in self._units)
                if value is not None and lab["possible"][0] <= value <= lab["possible"][1]:
                    end = last.end("unit") if _unit(last) in lab["units"] else last.end("number")
                    bound = (last["sign"] or "").strip().replace("≤", "<").replace("≥", ">")
                    found.append(LabValue(key, value, bound, match.start("name"), end))
                    break
        return found


def _unit(match: re.Match[str]) -> str:
    return _LEFT_OUT.sub("", match["unit"] or "").replace("µ", "u").replace("μ", "u").replace("*", "x")


def _of_another_fluid(before: str) -> bool:
    """Whether the words before a value, in its sentence, speak of another fluid than blood."""
    return _ELSEWHERE.search(_END.split(before)[-1]) is not None


def _in_unit(number: float, unit: str, lab: Mapping[str, Any], is_unit: bool) -> float | None:
    """The value in the lab's own unit, or None where the writing leaves it open."""
    if unit in lab["units"]:
        return number * float(lab["units"][unit])
    if is_unit or "/" in unit or unit.startswith(("mg", "g/", "ug", "mcg", "ng", "%", "tab", "片")):
        return None  # another lab's unit, or a dose
    for low, high, factor in lab["bare"]:
        if low <= number < high:
            return number * float(factor)
    return None


def meanings(lab: Mapping[str, Any], value: LabValue, person: Person) -> Iterator[tuple[str, bool]]:
    """(finding, present or not): an unknown age is an adult's; where an unknown sex would decide, nothing is said."""
    age = ADULT_YEARS if person.age_years is None else person.age_years
    sexes: Sequence[str] = (person.sex,) if person.sex else ("male", "female")
    verdicts: dict[str, set[bool]] = {}
    for sex in sexes:
        for rule in lab["rules"]:
            low, high = rule.get("age", (0, 200))
            if low <= age < high and rule.get("sex", sex) == sex:
                met = _met(rule, value)
                if met is not None:
                    verdicts.setdefault(rule["finding"], set()).add(met)
    for finding, said in verdicts.items():
        if len(said) == 1:
            yield finding, said.pop()


def _met(rule: Mapping[str, Any], value: LabValue) -> bool | None:
    """Whether a rule holds; None where only a bound is told and it does not decide."""
    if "below" in rule:
        met = value.value < rule["below"]
        return None if (value.bound == ">" and met) or (value.bound == "<" and not met) else met
    met = value.value > rule["above"] if "above" in rule else value.value >= rule["at_least"]
    return None if (value.bound == "<" and met) or (value.bound == ">" and not met) else met


def lab_findings(
    values: Sequence[LabValue], labs: Mapping[str, Any], person: Person, raw: str, turn: int
) -> list[Finding]:
    """Findings that these values mean, marked as measured; of several values of one lab a present one counts."""
    found: dict[str, Finding] = {}
    for one in values:
        lab = labs[one.name]
        for name, present in meanings(lab, one, person):
            if name in found and found[name].status == "present":
                continue
            found[name] = Finding(
                name, "present" if present else "absent", raw[one.start : one.end], (one.start, one.end), turn,
                value=one.value, unit=lab["unit"], origin="measured",
            )  # fmt: skip
    return list(found.values())
