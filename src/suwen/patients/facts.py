"""How a finding of the knowledge becomes a fact of a script, and what the knowledge does not say about people."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from suwen.core.case import Lang
from suwen.knowledge import FindingDef
from suwen.patients.script import ON_REQUEST, Fact, FactKind

PEOPLE = Path(__file__).parent / "people.yaml"
VOLUNTEERED: dict[str, float] = {
    "complaint": 1.0, "symptom": 0.35, "timing": 0.4, "past": 0.1, "personal": 0.05, "family": 0.02, "medicine": 0.1,
    "allergy": 0.05, "vital": 0.0, "examination": 0.0, "result": 0.0,
}  # fmt: skip
"""P(told unasked once its subject is open) by kind of fact. Source: estimate."""
P_WEIGHTY = 0.5
"""The same for what people.yaml calls weighty: chemotherapy, a transplant, being pregnant. Source: estimate."""
HOURS = {
    "duration_hours": (1, 23), "duration_days": (26, 160), "duration_weeks": (185, 1300), "duration_months": (1400, 17000),
}  # fmt: skip
"""How long ago it began, in hours, from-to, for each duration."""
EXAMINED = {"vital": "vital", "result": "result"}


@cache
def people() -> dict[str, Any]:
    """people.yaml, read once; treat as read-only."""
    table: dict[str, Any] = yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))
    return table


@cache
def _sets() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(people()["habits"]), frozenset(people()["private"])


@cache
def _purposes() -> dict[str, dict[str, str]]:
    return {name: row for row in people()["purposes"] for name in row["of"]}


def purpose_of(text: Mapping[Lang, str], lang: Lang) -> str | None:
    """What somebody who does not know the name of a medicine calls it, from the text of its fact; None for the others."""
    row = _purposes().get(text.get("zh", ""))
    return row[lang] if row else None


def is_private(finding: str) -> bool:
    """Whether people keep it to themselves until they are asked kindly."""
    return finding in _sets()[1]


def is_weighty(finding: str) -> bool:
    """Whether people bring it up themselves, whatever they come with: who is under chemotherapy says so."""
    return finding in people()["weighty"]


def kind_of(definition: FindingDef) -> FactKind:
    """The kind of fact a finding is when it is not what the person comes with.

    A sign that can be asked about is one that people see on themselves; one that cannot is an examination. A result that
    can be asked about is one they know of, so it is past.
    """
    kind, name = definition.kind, definition.id
    if name.startswith("family_"):
        return "family"
    if kind in ("vital", "result"):
        return (
            "past" if kind == "result" and definition.askable else ("vital" if kind == "vital" else "result")
        )
    if kind == "sign" and not definition.askable:
        return "examination"
    if kind in ("symptom", "sign"):
        return "symptom"
    if kind == "timing":
        return "timing"
    if definition.topic == "medicines" or name in people()["treatments"]:
        return "medicine"
    if (
        definition.topic in ("exposure", "child", "mind", "pregnancy")
        or name in _sets()[0]
        or kind == "context"
    ):
        return "personal"
    return "past"


def fact_of(definition: FindingDef, *, kind: FactKind | None = None, **fields: Any) -> Fact:
    """A present fact about a finding, with its usual P(volunteered) and its name as text where it is a measurement."""
    kind = kind or kind_of(definition)
    if kind in ("vital", "examination", "result"):
        fields.setdefault("text", {"zh": definition.zh, "en": definition.en})
    if not fields.get("hidden") and fields.get("status", "present") == "present":
        usual = VOLUNTEERED[kind]
        weighty = kind not in ON_REQUEST and is_weighty(definition.id)
        fields.setdefault("volunteered", max(usual, P_WEIGHTY) if weighty else usual)
    return Fact(id=definition.id, kind=kind, finding=definition.id, **fields)
