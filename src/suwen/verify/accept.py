"""When a named condition or a triage level counts as right on published cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

TODAY = ("emergency", "urgent")
SEMIGRAN = {
    "emergent": ("emergency", "urgent"),
    "non_emergent": ("soon", "routine"),
    "self_care": ("self_care",),
}
LEVINE = {
    "emergent": ("emergency",),
    "one_day": ("urgent",),
    "one_week": ("soon", "routine"),
    "self_care": ("self_care",),
}
_BRACKETED = re.compile(r"\s*[（(][^）)]*[）)]\s*")


def names_of(condition: Mapping[str, Any]) -> set[str]:
    """All names of a condition in both languages, lower case, with and without a bracketed addition."""
    raw = [
        condition["name"]["zh"],
        condition["name"]["en"],
        *condition["also"]["zh"],
        *condition["also"]["en"],
    ]
    lower = {str(name).lower().strip() for name in raw}
    return lower | {_BRACKETED.sub(" ", name).strip() for name in lower}


def is_right(condition: Mapping[str, Any], accept: Mapping[str, Any]) -> bool:
    """Whether a condition is what a case accepts: by name, or by an ICD-10 code under an accepted prefix.

    A code under `not_icd10` never counts; one under `shared_icd10` does not count for a condition whose
    name is in `other_names`.
    """
    names = names_of(condition)
    if names & set(accept["names"]):
        return True
    other = bool(names & set(accept.get("other_names", ())))
    for code in condition["icd10"]:
        fits = _under(code, accept["icd10"]) and not _under(code, accept.get("not_icd10", ()))
        if fits and not (other and _under(code, accept.get("shared_icd10", ()))):
            return True
    return False


def _under(code: str, prefixes: Iterable[str]) -> bool:
    return any(
        code == p or code.startswith(p if "." in p else p + ".") or code.startswith(p) for p in prefixes
    )


def rank_of(differential: Sequence[Mapping[str, Any]], accept: Mapping[str, Any]) -> int | None:
    """The place (from 1) of the first right condition, or None."""
    return next((i for i, c in enumerate(differential, 1) if is_right(c, accept)), None)


def level_is_right(level: str, gold: str, source: str) -> bool:
    """Whether a level is the gold one in the scale of its set (semigran or levine)."""
    return level in (SEMIGRAN if source == "semigran" else LEVINE)[gold]


def is_today(gold: str) -> bool:
    return gold in ("emergent", "one_day")
