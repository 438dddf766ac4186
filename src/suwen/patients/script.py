"""The hidden truth of a simulated patient, fact by fact, in three blocks: medical, psychology, social.

A script is data: it says what is so, not what is said. `patients.speak` decides what leaves it, `patients.gatekeeper`
gives its results on request, and a verifier compares an encounter with it fact by fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from suwen.core.case import TRIAGE_LEVELS, Lang

FactKind = Literal[
    "complaint", "symptom", "timing", "past", "personal", "family", "medicine", "allergy", "vital", "examination",
    "result",
]  # fmt: skip
ON_REQUEST: frozenset[str] = frozenset({"vital", "examination", "result"})
"""Kinds that come from a measurement: nobody tells them, the gatekeeper gives them when they are ordered."""
Triage = Literal["emergency", "urgent", "soon", "routine", "self_care"]
Origin = Literal["sampled", "case", "text", "encounter"]
CHILD_SPEAKS_FROM = 8.0
"""Years; below it somebody else speaks for the child. Source: estimate."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Fact(Strict):
    """One thing that is so, or certainly is not so.

    finding: its id in the knowledge, or None for what the knowledge has no finding for; then `text` says it.
    text: the person's (or the record's) own words by language, without a sentence around them. value, unit: a measured
    number. hours: how long ago it began. volunteered: P(told unasked as soon as its subject is open). hidden: only told
    when asked directly and kindly. An absent fact is known not to be so: asked, the answer is no.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]*$")]
    kind: FactKind
    finding: str | None = None
    status: Literal["present", "absent"] = "present"
    text: Mapping[Lang, str] = {}
    value: float | None = None
    unit: str | None = None
    hours: Annotated[float, Field(ge=0)] | None = None
    volunteered: Annotated[float, Field(ge=0, le=1)] = 0.0
    hidden: bool = False

    @model_validator(mode="after")
    def says_something(self) -> Fact:
        if self.finding is None and not any(self.text.values()):
            raise ValueError(f"fact {self.id!r} has neither a finding nor a text; give one of them")
        if self.hidden and self.volunteered:
            raise ValueError(f"fact {self.id!r} is hidden and volunteered; choose one")
        if self.kind in ON_REQUEST and self.volunteered:
            raise ValueError(
                f"fact {self.id!r} is a measurement, which nobody volunteers; set volunteered to 0"
            )
        return self

    @property
    def tellable(self) -> bool:
        """Whether the person can know it without a measurement."""
        return self.kind not in ON_REQUEST

    @property
    def own(self) -> bool:
        """Whether its finding is the person's: a relative's illness is not, that it runs in the family is."""
        return self.kind != "family" or (self.finding or "").startswith("family_")


class Diagnosis(Strict):
    """What is behind it: a condition of the knowledge, or a text where the source names something else."""

    condition: str | None = None
    text: str = ""
    icd10: tuple[str, ...] = ()
    role: Literal["main", "comorbid", "distractor"] = "main"
    accept: Mapping[str, Any] | None = None
    """How an outside case says which answers are right; see verify.accept."""

    @model_validator(mode="after")
    def named(self) -> Diagnosis:
        if self.condition is None and not self.text:
            raise ValueError("a diagnosis has neither a condition nor a text; give one of them")
        return self


class Medical(Strict):
    facts: tuple[Fact, ...]
    diagnoses: tuple[Diagnosis, ...]
    triage: Triage | None = None
    pregnant_weeks: Annotated[float, Field(ge=0, le=44)] | None = None

    @model_validator(mode="after")
    def consistent(self) -> Medical:
        seen: set[str] = set()
        said: dict[tuple[str, str], str] = {}
        for fact in self.facts:
            if fact.id in seen:
                raise ValueError(f"fact {fact.id!r} stands twice; give each its own id")
            seen.add(fact.id)
            if fact.finding is not None:
                key = ("own" if fact.own else "family", fact.finding)
                if said.setdefault(key, fact.status) != fact.status:
                    raise ValueError(f"finding {fact.finding!r} is both present and absent; keep one")
        if not any(f.kind == "complaint" and f.status == "present" for f in self.facts):
            raise ValueError(
                "nobody comes without a complaint: mark at least one present fact as `complaint`"
            )
        if sum(d.role == "main" for d in self.diagnoses) != 1:
            raise ValueError("give exactly one diagnosis the role `main`")
        return self


class Psychology(Strict):
    """manner: answers what is asked, or breaks in with more and with questions. personality: how they talk.
    worry: 0..1. honest: False withholds hidden facts until asked kindly. recall: how well they remember."""

    manner: Literal["passive", "interrupting"] = "passive"
    personality: Literal["plain", "anxious", "terse", "talkative", "distrustful", "stoic"] = "plain"
    recall: Literal["clear", "forgetful"] = "clear"
    worry: Annotated[float, Field(ge=0, le=1)] = 0.3
    honest: bool = True


class Social(Strict):
    """speech: the words used; `dialect` is Chinese with regional words, `mixed` puts English words into Chinese.
    speaker: who talks. means: `tight` objects to costs. access: how far care is."""

    age_years: Annotated[float, Field(ge=0, le=125)]
    sex: Literal["male", "female"]
    education: Literal["low", "middle", "high"] = "middle"
    speech: Literal["plain", "dialect", "mixed"] = "plain"
    speaker: Literal["self", "mother", "father", "child", "spouse"] = "self"
    means: Literal["tight", "enough"] = "enough"
    access: Literal["city", "county", "village"] = "city"


class Script(Strict):
    """A simulated patient. `seed` makes everything the person says reproducible; `noise` 0..1 is how much they
    misunderstand, mistype and exaggerate (0: none). month: of the visit, 1..12, where the source says."""

    id: Annotated[str, Field(min_length=1)]
    origin: Origin
    source: str
    lang: Lang = "zh"
    seed: int = 0
    noise: Annotated[float, Field(ge=0, le=1)] = 0.0
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    medical: Medical
    psychology: Psychology = Psychology()
    social: Social

    @model_validator(mode="after")
    def possible(self) -> Script:
        if fault := persona_fault(self.psychology, self.social, self.lang):
            raise ValueError(fault)
        if self.medical.pregnant_weeks is not None and (
            self.social.sex == "male" or self.social.age_years < 10
        ):
            raise ValueError("a pregnancy needs a woman of 10 years or more")
        return self

    @cached_property
    def fact(self) -> dict[str, Fact]:
        return {f.id: f for f in self.medical.facts}

    @cached_property
    def of_finding(self) -> dict[str, Fact]:
        """The person's own fact about each finding; what a relative has is not among them."""
        return {f.finding: f for f in self.medical.facts if f.finding and f.own}

    @property
    def main(self) -> Diagnosis:
        return next(d for d in self.medical.diagnoses if d.role == "main")

    @property
    def persona(self) -> str:
        """The persona cell: manner, personality, education and recall."""
        p = self.psychology
        return f"{p.manner}-{p.personality}-{self.social.education}-{p.recall}"

    def to_json(self) -> str:
        return self.model_dump_json(exclude_defaults=True)


def persona_fault(psychology: Psychology, social: Social, lang: str) -> str | None:
    """Why nobody is like this, or None."""
    p = psychology
    if p.manner == "interrupting" and p.personality in ("terse", "stoic"):
        return f"a {p.personality} person does not interrupt; make the manner passive"
    if social.age_years < CHILD_SPEAKS_FROM and social.speaker not in ("mother", "father"):
        return f"a child of {social.age_years:g} years does not speak for itself; let a parent be the speaker"
    if social.speaker in ("mother", "father") and social.age_years >= 18:
        return f"at {social.age_years:g} years people speak for themselves; let the speaker be self, child or spouse"
    if social.speaker == "child" and social.age_years < 40:
        return f"at {social.age_years:g} years nobody has a grown child who speaks for them"
    if social.speaker == "spouse" and social.age_years < 20:
        return f"at {social.age_years:g} years nobody has a spouse who speaks for them"
    if lang == "en" and social.speech != "plain":
        return f"speech {social.speech!r} is for Chinese only; an English speaker is `plain`"
    if social.education == "high" and social.age_years < 18 and social.speaker == "self":
        return f"at {social.age_years:g} years nobody has a higher education; make it low or middle"
    return None


def personas() -> Iterator[tuple[str, str, str, str]]:
    """Every possible persona cell: (manner, personality, education, recall)."""
    for manner in get_args(Psychology.model_fields["manner"].annotation):
        for personality in get_args(Psychology.model_fields["personality"].annotation):
            p = Psychology(manner=manner, personality=personality)
            if persona_fault(p, Social(age_years=40, sex="female"), "zh"):
                continue
            for education in get_args(Social.model_fields["education"].annotation):
                for recall in get_args(Psychology.model_fields["recall"].annotation):
                    yield manner, personality, education, recall


assert set(get_args(Triage)) == set(TRIAGE_LEVELS)
