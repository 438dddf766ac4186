"""Words of findings that mean something else beside others: a falling count is no fall, a lobe that collapsed no faint."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from suwen.language.phrases import alternatives
from suwen.language.tables import tables

_Rule = tuple[re.Pattern[str], re.Pattern[str] | None, re.Pattern[str] | None]
"""The words, and what stands before and behind them."""


def is_other_sense(text: str, start: int, end: int, clause_start: int) -> bool:
    """Whether what stands around text[start:end], in a clause that begins at `clause_start`, makes something else of it."""
    words = text[start:end]
    return any(
        said.fullmatch(words) is not None
        and (
            (before is not None and before.search(text, clause_start, start) is not None)
            or (behind is not None and behind.match(text, end) is not None)
        )
        for said, before, behind in _rules()
    )


@cache
def _rules() -> tuple[_Rule, ...]:
    table = tables()[0]["cues"]["other_senses"]
    return tuple(_rule(rule, table["lists"]) for rule in table["rules"])


def _rule(rule: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> _Rule:
    def pattern(key: str) -> str:
        return alternatives(rule[key], lists)

    before = behind = None
    if "before" in rule:
        gap = rf"(?: {pattern('through')})* " if "through" in rule else _up_to(rule, "near", " ")
        before = re.compile(rf"\b{pattern('before')}\b{gap}$")
    if "behind" in rule:
        chinese = not str(rule["behind"][0]).isascii()
        edge = "" if chinese else r"\b"
        gap = (
            rf"{pattern('through')}*" if chinese else _up_to(rule, "far", ",? " if rule.get("comma") else " ")
        )
        unless = rf"(?! {pattern('unless')}\b)" if "unless" in rule else ""
        behind = re.compile(rf"{gap}{edge}{pattern('behind')}{edge}{unless}")
    return re.compile(pattern("said")), before, behind


def _up_to(rule: Mapping[str, Any], key: str, without: str) -> str:
    """What may stand between: so many characters, over commas only where the rule says so; else `without`."""
    stops = ".;" if rule.get("over_commas") and key == "near" else ",.;"
    return rf"[^{stops}]{{0,{rule[key]}}}" if key in rule else without
