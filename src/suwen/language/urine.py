"""What a test strip and the microscope show in urine: 'WBC 50/hpf', 'protein 3+', 潜血2+.

A number behind which a plus stands is a grade, and one per field of the microscope is a count of what was spun down:
neither is a concentration in the blood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from suwen.core.case import Finding
from suwen.language.fluid import STRIP, fluid_before

_FINDING = {
    "white": "pyuria",
    "red": "haematuria_microscopic",
    "protein": "proteinuria_result",
    "ketones": "ketones_positive",
}
_NAMES = (
    r"(?:(?P<white>white (?:blood )?cells?|leukocytes?(?: esterase)?|leucocytes?(?: esterase)?|wbcs?|pus cells|白细胞(?:酯酶)?|脓细胞)"
    r"|(?P<red>red (?:blood )?cells?|rbcs?|erythrocytes|(?:occult )?blood|ha?emoglobin|(?<!便)(?<!粪)潜血|(?<!便)(?<!粪)隐血|红细胞)"
    r"|(?P<protein>protein|albumin|(?<!红)(?<!反应)(?<!脂)(?<!球)蛋白质?)|(?P<ketones>ketones?|酮体))"
)
_GRADE = r"(?:[1-4]\s*\+(?![\d+])|\+{2,4}|\(\s*(?:[1-4]\s*\+|\+{1,4})\s*\)|(?<=[\u4e00-\u9fff])\+|[1-4一二三四]个加号?)"
"""1+ to 4+; a single plus only behind Chinese, for 'protein + vegetables' is no test."""
_FIELD = r"\s*(?:cells?|wbcs?|rbcs?|个)?\s*(?:/|per|每)\s*(?:hpf|hp\b|lpf|high|高倍)"
_NUMBER = (
    r"(?P<many>too numerous to count|tntc|满视野)|[>~]?\s*(?P<low>\d+)(?:\s*(?:-|to|~)\s*(?P<high>\d+))?"
)
_NEGATIVE = r"negative|none|nil|neg\b|阴性|\(-\)"
_READ = re.compile(
    rf"(?<![a-z]){_NAMES}(?![a-z])\s*(?:cells?|count|定性|镜检|检查)?\s*[:=]?\s*(?:(?P<grade>{_GRADE})|(?P<none>{_NEGATIVE})|(?:(?:{_NUMBER})(?P<field>{_FIELD})?))"
)
_GRADE_FIRST = re.compile(rf"(?<![\d+])(?P<grade>{_GRADE})\s*(?:for )?{_NAMES}(?![a-z])")
_COUNT_FIRST = re.compile(rf"(?<![\d.])(?:{_NUMBER})\s*{_NAMES}(?P<field>{_FIELD})")


def urine_findings(text: str, raw: str, turn: int) -> list[Finding]:
    """What normalised text tells of cells, protein and ketones in urine, by grades and counts per field."""
    found: dict[str, Finding] = {}
    for match in _matches(text):
        which = next(name for name in _FINDING if match[name])
        fluid = fluid_before(text, match.start())
        present = _is_found(match, which, of_urine=fluid.startswith("urine"))
        name = (
            _FINDING[which]
            if fluid.startswith("urine") or fluid == "blood"
            else _IN_STOOL.get(which)
            if fluid == "stool"
            else None
        )
        if present is None or name is None or (name in found and not present):
            continue
        found[name] = Finding(
            name, "present" if present else "absent", raw[match.start() : match.end()], match.span(), turn,
            origin="measured",
        )  # fmt: skip
    return list(found.values())


_IN_STOOL = {"white": "stool_pus_cells"}


def _matches(text: str) -> Iterator[re.Match[str]]:
    if "+" in text or "hp" in text or "个加" in text or STRIP.search(text):
        yield from _READ.finditer(text)
        yield from _GRADE_FIRST.finditer(text)
        yield from _COUNT_FIRST.finditer(text)


_LIMITS = {"white": 5, "red": 3}
"""Cells in a field of the microscope above which they are found."""


def _is_found(match: re.Match[str], which: str, *, of_urine: bool) -> bool | None:
    """Whether a strip or the microscope shows it; None where the words may be of blood or say too little."""
    told = match.groupdict()
    if told.get("grade"):
        return True
    if told.get("none"):
        return False if of_urine else None
    if which not in _LIMITS or not (told.get("field") or (told.get("many") and of_urine)):
        return None
    if told.get("many"):
        return True
    high = int(told["high"] or told["low"])
    return high > _LIMITS[which]
