"""Rubrics: what a good reply does and a bad one does, as weighted criteria, in the form of HealthBench (2025).

A suite is a folder of YAML files, a list of items each. An item is a conversation up to the point where the doctor
speaks next; a criterion is one thing its next words should or should not do. A criterion with a `check` is graded by
rule; without one it needs a judge, and without a judge it is not graded, which is never 'met' or 'not met'.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Axis = Literal[
    "accuracy", "completeness", "context_awareness", "communication_quality", "instruction_following"
]
Theme = Literal[
    "emergency_referral", "context_seeking", "uncertainty", "communication", "completeness", "medication", "children",
    "pregnancy", "elderly", "mental_health", "cost", "privacy", "refusal", "health_data",
]  # fmt: skip
Triage = Literal["emergency", "urgent", "soon", "routine", "self_care"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Check(Strict):
    """A rule that decides a criterion from the reply; every field that is given must hold.

    triage_at_least, triage_at_most: the level given is at least / at most this urgent. alarm: one of these red flags was
    raised; no_alarm: none was. heard, heard_absent: all these findings were taken as present / absent; not_heard: none of
    these as present. asks: the reply asks about one of these findings, or of age, sex, duration, medicines. asks_something:
    whether a question is put at all. says: each line (regular expressions, any of them) occurs in the words; says_none:
    none of these occurs. differential: one of these conditions is among the first `top`. person: these were understood
    (age_years, sex, pregnant_weeks). medicine_alert: an alert at least this severe is given.
    """

    triage_at_least: Triage | None = None
    triage_at_most: Triage | None = None
    alarm: tuple[str, ...] = ()
    no_alarm: bool = False
    heard: tuple[str, ...] = ()
    heard_absent: tuple[str, ...] = ()
    not_heard: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    asks_something: bool | None = None
    says: tuple[tuple[str, ...], ...] = ()
    says_none: tuple[str, ...] = ()
    differential: tuple[str, ...] = ()
    top: Annotated[int, Field(ge=1, le=20)] = 5
    person: dict[Literal["age_years", "sex", "pregnant_weeks"], float | str] = {}
    medicine_alert: Literal["contraindicated", "major", "moderate", "minor"] | None = None

    @model_validator(mode="after")
    def checks_something(self) -> Check:
        if not self.model_fields_set - {"top"}:
            raise ValueError("a check without any rule; name at least one, or leave `check` out")
        return self


class Criterion(Strict):
    """One thing a reply does, said so that 'met' means the text is true: for a negative weight, that the harm was done.

    weight: -10..10 without 0. kind: core criteria are written for the item, dynamic ones are generated. source: a key of
    the knowledge's sources, `clinical_practice`, or `generated:<rule>`.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    text: Annotated[str, Field(min_length=8)]
    weight: Annotated[int, Field(ge=-10, le=10)]
    axis: Axis
    theme: Theme | None = None
    kind: Literal["core", "dynamic"] = "core"
    source: str = "clinical_practice"
    check: Check | None = None

    @field_validator("weight")
    @classmethod
    def not_zero(cls, value: int) -> int:
        if value == 0:
            raise ValueError("a weight of 0 says nothing; give -10 to -1 or 1 to 10")
        return value


class Said(Strict):
    role: Literal["patient", "doctor"]
    text: Annotated[str, Field(min_length=1)]


class Item(Strict):
    """A conversation and its criteria. graded: the words of the next `reply`, or the `answer` given when the doctor is
    asked to conclude after it (both the reply and the answer's words are then graded)."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    theme: Theme
    lang: Literal["zh", "en"]
    title: Annotated[str, Field(min_length=4)]
    conversation: Annotated[tuple[Said, ...], Field(min_length=1)]
    graded: Literal["reply", "answer"] = "reply"
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def sound(self) -> Item:
        if self.conversation[-1].role != "patient":
            raise ValueError("the last line must be the patient's: it is the doctor's turn that is graded")
        ids = [c.id for c in self.criteria]
        twice = {i for i in ids if ids.count(i) > 1}
        if twice:
            raise ValueError(f"criteria {sorted(twice)} stand twice; give each its own id")
        if not any(c.weight > 0 for c in self.criteria):
            raise ValueError("no criterion has a positive weight; such an item has no score")
        return self


class SuiteMeta(Strict):
    """`suite.yaml`: the suite's name and version; `digest` is of its items, so that they cannot change unnoticed."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    version: Annotated[str, Field(pattern=r"^\d{4}\.\d{1,2}(\.\d+)?$")]
    title: dict[Literal["zh", "en"], str]
    digest: str = ""
