"""The shape of every knowledge file, checked before anything loads.

A field that is not listed here is a fault: a misspelt key must not be silently ignored.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from suwen.knowledge import Region

AGE_BANDS = ("neonate", "infant", "toddler", "child", "adolescent", "young_adult", "middle_aged", "older")
"""Upper ends in years: 28/365, 1, 5, 12, 18, 40, 65, none."""
KINDS = ("symptom", "sign", "context", "risk", "history", "vital", "result", "timing")
TOPICS = (
    "general", "fever", "chest", "breathing", "abdomen", "urine", "head", "nerves", "mind", "ear_nose_throat",
    "mouth", "eye", "skin", "joints", "back", "limbs", "women", "pregnancy", "men", "child", "blood", "hormones",
    "exposure", "history", "medicines",
)  # fmt: skip

Triage = Literal["emergency", "urgent", "soon", "routine", "self_care"]
TRIAGE: tuple[Triage, ...] = get_args(Triage)
Probability = Annotated[float, Field(gt=0, lt=1)]
Measure = Annotated[float, Field(ge=0.01, le=0.999)] | tuple[Annotated[float, Field(ge=0.01, le=0.999)], str]
Sourced = Annotated[float, Field(gt=0)] | tuple[Annotated[float, Field(gt=0)], str]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Reviewed(Strict):
    """What decides about patients. `reviewed: false` stands in a file that nobody but its author has read: nothing loads with it."""

    reviewed: bool = Field(default=True, exclude=True)

    @field_validator("reviewed")
    @classmethod
    def by_another(cls, value: bool) -> bool:
        if not value:
            raise ValueError("not reviewed yet; have a colleague read it, then delete this line")
        return value


class Text(Strict):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Words(Strict):
    zh: list[str] = []
    en: list[str] = []


class MoreWords(Words):
    """An entry of lexicon/*.yaml: further words and composition lines of a finding."""

    compose: list[dict[str, str | list[str]]] = []


class Only(Strict):
    """Who can have a finding: sex, and age in years from-to."""

    sex: Literal["male", "female"] | None = None
    age: tuple[float, float] | None = None


class FindingFile(Reviewed):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    kind: Literal["symptom", "sign", "context", "risk", "history", "vital", "result", "timing"]
    parent: str | None = None
    base: Probability = 0.01
    topic: str = "general"
    ask: Text | None = None
    askable: bool = True
    burden: Annotated[float, Field(ge=0.5, le=5)] = 1
    only: Only | None = None
    compose: list[dict[str, str | list[str]]] = []
    words: Words = Words()
    source: str = "estimate"

    @field_validator("topic")
    @classmethod
    def known_topic(cls, value: str) -> str:
        if value not in TOPICS:
            raise ValueError(f"topic {value!r} is not one of {', '.join(TOPICS)}")
        return value


class Examination(Strict):
    """What a doctor will likely order; sensitivity and specificity for this condition in those suspected of it."""

    name: Text
    tells: Text
    sensitivity: Measure | None = None
    specificity: Measure | None = None
    result: str | None = None


class Pairs(Strict):
    """The same lines in both languages, in the same order."""

    zh: list[str] = []
    en: list[str] = []

    @model_validator(mode="after")
    def line_by_line(self) -> Pairs:
        if len(self.zh) != len(self.en):
            raise ValueError(
                f"{len(self.zh)} lines in Chinese, {len(self.en)} in English; write each in both"
            )
        return self


class Mimic(Strict):
    """A condition easily taken for this one, where the mistake harms."""

    id: str
    tells: Text


class Management(Strict):
    """First-line management in one jurisdiction, steps in order; without doses."""

    jurisdiction: Literal["CN", "UK", "US", "EU", "JP", "INT"]
    source: str
    steps: Pairs


class Care(Strict):
    """What a doctor needs beyond the diagnosis."""

    mimics: list[Mimic] = []
    complications: Pairs = Pairs()
    management: list[Management] = []


class Advice(Strict):
    do: Words = Words()
    avoid: Words = Words()
    return_: Words = Field(default=Words(), alias="return")


class Sooner(Strict):
    """For whom a condition is more urgent than its `triage` says: who the patient is, not how bad it is (that is for red flags).

    Any item is enough: a finding id, an age in years (`age<0.25`, `age>=65`) or `@` and a group of risk_groups.yaml.
    """

    emergency: list[str] = []
    urgent: list[str] = []
    soon: list[str] = []
    routine: list[str] = []
    source: str

    def lines(self) -> list[tuple[Triage, list[str]]]:
        """(level, items), most urgent first."""
        return [
            (level, items) for level in TRIAGE if level != "self_care" and (items := getattr(self, level))
        ]


class RiskGroupFile(Strict):
    """People for whom many conditions are more urgent; items as in `Sooner`, without groups."""

    name: Text
    any: list[str] = Field(min_length=1)
    source: str


class ConditionFile(Care, Reviewed):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    also: Words = Words()
    icd10: list[str] = Field(min_length=1)
    department: str
    triage: Triage
    sooner: Sooner | None = None
    dangerous: bool = False
    summary: Text
    prevalence: Annotated[float, Field(gt=0, le=2000)]
    age: list[Annotated[float, Field(ge=0)]] = Field(min_length=8, max_length=8)
    sex: tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]] = (1, 1)
    season: tuple[float, float, float, float] = (1, 1, 1, 1)
    regions: dict[Region, Annotated[float, Field(gt=0, le=20)]] = {}
    needs: list[str] = []
    duration: tuple[float, float, float, float]
    evidence: str = "estimate"
    findings: dict[str, Sourced]
    risks: dict[str, Sourced] = {}
    examinations: list[Examination] = []
    advice: Advice = Advice()
    sources: list[str] = Field(min_length=1)

    @field_validator("duration")
    @classmethod
    def sums_to_one(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if abs(sum(value) - 1) > 0.011 or min(value) < 0:
            raise ValueError(f"duration must sum to 1, this sums to {sum(value):.3f}")
        return value

    @field_validator("findings")
    @classmethod
    def in_range(cls, value: dict[str, Sourced]) -> dict[str, Sourced]:
        for key, entry in value.items():
            p = entry[0] if isinstance(entry, tuple) else entry
            if not 0.001 <= p <= 0.995:
                raise ValueError(f"{key}: {p} is not a probability between 0.001 and 0.995")
        return value

    @model_validator(mode="after")
    def somebody_can_have_it(self) -> ConditionFile:
        if max(self.age) == 0 or max(self.sex) == 0:
            raise ValueError("nobody can have this condition: age or sex is 0 throughout")
        return self


class VitalRule(Strict):
    """One limit of a measured value, for ages in years [from, below); `open_from`, `open_to` as in `LabRule`."""

    finding: str
    at_least: float | None = None
    below: float | None = None
    open_from: float | None = None
    open_to: float | None = None
    age: tuple[float, float] | None = None

    @model_validator(mode="after")
    def one_limit(self) -> VitalRule:
        if (self.at_least is None) == (self.below is None):
            raise ValueError("give one of at_least, below")
        return self


class VitalFile(Strict):
    """How a measured value is read, see vitals.yaml."""

    unit: str
    possible: tuple[float, float]
    source: str
    rules: list[VitalRule]


class Site(Words):
    """A place of the body; `parent` is the larger one that it is part of."""

    parent: str | None = None


class PartsFile(Strict):
    """What words are composed of, see parts.yaml."""

    kernels: dict[str, Words] = {}
    sites: dict[str, Site] = {}
    attributes: dict[str, dict[str, Words]] = {}
    tied: dict[str, dict[str, list[str]]] = {}


class SourceFile(Strict):
    title: str
    publisher: str | None = None
    year: int | None = Field(default=None, ge=1900, le=2030)
    jurisdiction: str = Field(default="INT", pattern=r"^[A-Z]{2,3}$")
    section: str | None = None
    url: str | None = None
    note: str | None = None


class RedFlagCase(Strict):
    fires: list[str] = Field(min_length=1)
    not_: list[str] = Field(min_length=1, alias="not")


class Hotline(Strict):
    name: Text
    number: str
    setting: str = "CN"


class RedFlagFile(Reviewed):
    """`all`: every item must hold; an item is a finding id, `not:<id>`, a list (any of), or a fact such as `age<0.25`."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    triage: Literal["emergency", "urgent"]
    department: str
    any: list[list[str | list[str]]] = []
    words: Words = Words()
    say: Text
    do: list[Text] = Field(min_length=1)
    hotlines: list[Hotline] = []
    source: str
    cases: RedFlagCase


class LabLimit(Strict):
    """A limit of a value; between `open_from` and a limit from above, or a limit from below and `open_to`, nothing is said."""

    below: float | None = None
    above: float | None = None
    at_least: float | None = None
    open_from: float | None = None
    open_to: float | None = None

    @model_validator(mode="after")
    def one_limit(self) -> Self:
        if sum(x is not None for x in (self.below, self.above, self.at_least)) != 1:
            raise ValueError("give one of below, above, at_least")
        return self


class LabGiven(LabLimit):
    """Another value, on this side of its limit."""

    lab: str


class LabRule(LabLimit):
    """One limit of a laboratory value, for ages in years [from, below) and a sex where they matter.

    With `given` the finding is there only beside those other values, and without them the rule can only deny; `unless` the other
    one is told, it is there.
    """

    finding: str
    age: tuple[float, float] | None = None
    sex: Literal["male", "female"] | None = None
    given: list[LabGiven] = []
    unless: LabGiven | None = None


Fluid = Literal["any", "blood", "urine", "urine strip", "stool", "sputum", "smear", "csf", "pleural", "ascites", "joint", "lavage"]  # fmt: skip


class LabFile(Strict):
    """A laboratory value: its names, how it is written, and what it means. See labs.yaml.

    `of`: the fluids before whose name it is read, 'any' where its own name says what it is of. Unsaid it is of blood, also
    where a strip of urine, stool, sputum or a smear is spoken of. `sides`: of both eyes or limbs. `over`, `minus`: the quotient
    or difference of two other values, in their units, where it is not told itself.
    """

    names: Words
    unit: str
    units: dict[str, Annotated[float, Field(gt=0)]]
    bare: list[tuple[float, float, Annotated[float, Field(gt=0)]]] = []
    possible: tuple[float, float]
    source: str
    of: list[Fluid] = ["blood", "urine strip", "stool", "sputum", "smear"]
    sides: bool = False
    over: tuple[str, str] | None = None
    minus: tuple[str, str] | None = None
    rules: list[LabRule]


class LearnedCounts(Strict):
    """Of one condition: confirmed cases, and in how many each finding was noted as present and as absent."""

    cases: int = Field(ge=1)
    findings: dict[str, tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]] = {}

    @model_validator(mode="after")
    def no_more_than_cases(self) -> LearnedCounts:
        for key, pair in self.findings.items():
            if sum(pair) > self.cases:
                raise ValueError(f"{key}: noted in {sum(pair)} of {self.cases} cases")
        return self


class LearnedFile(Strict):
    """What `suwen kb learn` writes: counts from confirmed cases, laid over the expert numbers when compiling."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    note: str = ""
    strength: Annotated[float, Field(gt=0, le=10_000)] = 30
    unrecorded: Annotated[float, Field(ge=0, le=1)] | None = None
    conditions: dict[str, LearnedCounts] = Field(min_length=1)
