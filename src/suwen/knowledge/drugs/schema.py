"""The shape of every file about medicines, checked before anything loads.

A file holds either substances, products, classes, interactions or cautions, by the folder it lies in.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from suwen.knowledge.drugs.terms import PATHWAYS, ROUTES
from suwen.knowledge.schema import Strict, Text, Words

INTERACTIONS = (
    "qt", "serotonergic", "bleeding", "thrombosis", "cns_depression", "respiratory_depression", "hyperkalaemia",
    "hypokalaemia", "hyponatraemia", "nephrotoxicity", "ototoxicity", "hepatotoxicity", "anticholinergic",
    "hypoglycaemia", "hyperglycaemia", "hypotension", "hypertension", "bradycardia", "seizure", "myelosuppression",
    "immunosuppression", "live_vaccine", "myopathy", "neuromuscular", "lactic_acidosis", "absorption", "elimination",
    "metabolism", "antagonism", "hypercalcaemia", "photosensitivity", "intracranial_pressure", "tendon",
    "disulfiram_reaction", "withdrawal", "alcohol", "food", "incompatibility", "toxicity",
)  # fmt: skip

Severity = Literal["contraindicated", "major", "moderate", "minor"]
Grade = Literal["contraindicated", "major", "moderate", "minor", "none"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Strength = Annotated[int, Field(ge=1, le=3)]
Span = tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]
Source = str | tuple[str, str]
"""A key of sources/, or [key, section]."""


class Pathway(Strict):
    """How bad it is to change this way of elimination.

    inhibited: severity with a strong, moderate, weak inhibitor. induced: with a strong, moderate inducer.
    activates: the pathway makes the active substance, so that inhibition means too little effect.
    """

    inhibited: tuple[Grade, Grade, Grade] = ("none", "none", "none")
    induced: tuple[Grade, Grade] = ("none", "none")
    activates: bool = False


class Substance(Strict):
    name: Text
    also: Words = Words()
    brands: Words = Words()
    atc: list[Annotated[str, Field(pattern=r"^[A-Z]\d\d([A-Z]([A-Z](\d\d)?)?)?$")]] = []
    kind: Literal["medicine", "herb", "vaccine", "food", "other"] = "medicine"
    routes: list[str] = Field(min_length=1)
    classes: list[Identifier] = []
    roles: dict[Identifier, Strength] = {}
    inhibits: dict[str, Strength] = {}
    induces: dict[str, Strength] = {}
    substrate: dict[str, Pathway] = {}
    too_much: Text | None = None
    too_little: Text | None = None
    interactions_known: bool = True
    source: Source

    @field_validator("routes")
    @classmethod
    def known_routes(cls, value: list[str]) -> list[str]:
        for route in value:
            if route not in ROUTES:
                raise ValueError(f"route {route!r} is not one of {', '.join(ROUTES)}")
        return value

    @field_validator("inhibits", "induces", "substrate")
    @classmethod
    def known_pathways(cls, value: dict[str, object]) -> dict[str, object]:
        for name in value:
            if name not in PATHWAYS:
                raise ValueError(f"pathway {name!r} is not one of {', '.join(PATHWAYS)}")
        return value

    @model_validator(mode="after")
    def says_what_happens(self) -> Substance:
        up = any(set(p.induced if p.activates else p.inhibited) - {"none"} for p in self.substrate.values())
        down = any(set(p.inhibited if p.activates else p.induced) - {"none"} for p in self.substrate.values())
        if up and self.too_much is None:
            raise ValueError("a pathway lets the level rise: say in `too_much` what then happens")
        if down and self.too_little is None:
            raise ValueError("a pathway lets the effect fall: say in `too_little` what then happens")
        return self


class Ingredient(Strict):
    mg: Annotated[float, Field(gt=0)] | None = None


class Product(Strict):
    """A combination or a Chinese patent medicine: `per` names the unit that holds the amounts of its ingredients."""

    name: Text
    also: Words = Words()
    brands: Words = Words()
    atc: list[str] = []
    kind: Literal["combination", "chinese_patent_medicine"] = "combination"
    routes: list[str] = Field(min_length=1)
    per: Text | None = None
    ingredients: dict[Identifier, Ingredient] = Field(min_length=1)
    interactions_known: bool = True
    source: Source


class DrugClass(Strict):
    """duplicate: severity of taking two different members together; left out where that is usual."""

    name: Text
    parents: list[Identifier] = []
    duplicate: Severity | None = None
    note: str | None = None


class RuleText(Strict):
    severity: Severity
    effect: Text
    mechanism: Text | None = None
    management: Text
    onset: Literal["rapid", "delayed"] | None = None
    evidence: Literal["label", "guideline", "trial", "observational", "case_reports", "pharmacology"]
    jurisdiction: str | None = None
    source: Source


class Interaction(RuleText):
    """Two or three sides; each side a list of selectors, any of which will do.

    A selector is a substance's id, `@class`, `role:NAME>=N`, `inhibits:PATHWAY>=N`, `induces:PATHWAY>=N` or
    `substrate:PATHWAY`. `-` before a selector takes its substances out of that side again.
    """

    id: Identifier
    kind: str
    between: list[list[str]] = Field(min_length=2, max_length=3)
    overrides: list[Identifier] = []
    because: str | None = None
    local: bool = False

    @field_validator("kind")
    @classmethod
    def known_kind(cls, value: str) -> str:
        if value not in INTERACTIONS:
            raise ValueError(f"kind {value!r} is not one of {', '.join(INTERACTIONS)}")
        return value

    @model_validator(mode="after")
    def says_why(self) -> Interaction:
        if self.overrides and not self.because:
            raise ValueError("a rule that overrides another says why in `because`")
        return self


class Dose(Strict):
    """The most that may be given; exactly one of the three. mg of the substance (its base as labelled)."""

    mg_day: Annotated[float, Field(gt=0)] | None = None
    mg_kg_day: Annotated[float, Field(gt=0)] | None = None
    mg_once: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> Dose:
        if sum(v is not None for v in (self.mg_day, self.mg_kg_day, self.mg_once)) != 1:
            raise ValueError("give exactly one of mg_day, mg_kg_day, mg_once")
        return self


class When(Strict):
    """All that is given must hold; ranges are from (included) to (not included).

    age in years, egfr in ml/min, weeks of pregnancy, weight in kg. conditions: ids of conditions or findings.
    """

    age: Span | None = None
    weight: Span | None = None
    egfr: Span | None = None
    weeks: Span | None = None
    pregnant: Literal[True] | None = None
    breastfeeding: Literal[True] | None = None
    child_pugh: list[Literal["A", "B", "C"]] = []
    conditions: list[Identifier] = []
    sex: Literal["male", "female"] | None = None

    @field_validator("age", "weight", "egfr", "weeks")
    @classmethod
    def rising(cls, value: Span | None) -> Span | None:
        if value is not None and value[0] >= value[1]:
            raise ValueError(f"the range {value[0]} to {value[1]} is empty")
        return value


class Caution(RuleText):
    """A rule about one medicine in one kind of patient. `local`: it applies to creams, drops and sprays too."""

    id: Identifier
    kind: Literal["disease", "pregnancy", "lactation", "kidney", "liver", "age", "sex", "dose", "monitoring"]
    drugs: list[str] = Field(min_length=1)
    when: When = When()
    limit: Dose | None = None
    routes: list[str] = []
    local: bool = False

    @model_validator(mode="after")
    def has_what_its_kind_needs(self) -> Caution:
        needs = {
            "disease": bool(self.when.conditions),
            "pregnancy": self.when.pregnant is not None or self.when.weeks is not None,
            "lactation": self.when.breastfeeding is not None,
            "kidney": self.when.egfr is not None,
            "liver": bool(self.when.child_pugh),
            "age": self.when.age is not None,
            "sex": self.when.sex is not None,
            "dose": self.limit is not None,
        }
        if not needs.get(self.kind, True):
            raise ValueError(
                f"a rule of kind {self.kind} needs its condition in `when` (or `limit` for a dose)"
            )
        if self.limit is not None and self.kind != "dose":
            raise ValueError("`limit` belongs to rules of kind dose")
        return self


class Effect(Strict):
    """A harm that patients notice: findings that these medicines may cause, and what to say of it."""

    id: Identifier
    drugs: list[str] = Field(min_length=1)
    findings: list[Identifier] = Field(min_length=1)
    often: Literal["very_common", "common", "uncommon", "rare"]
    urgent: bool = False
    say: Text
    local: bool = False
    source: Source


class Role(Strict):
    """An effect that adds up over medicines; `levels` says in words what 1, 2 and 3 are."""

    name: Text
    levels: list[str] = Field(min_length=3, max_length=3)
    burden: Annotated[int, Field(ge=2)] | None = None
    burden_rule: RuleText | None = None


class AllergyGroup(Strict):
    """What a patient may call himself allergic to. members: selectors; cross: other groups and how likely a reaction is."""

    name: Text
    words: Words = Words()
    members: list[str] = Field(min_length=1)
    severity: Severity = "contraindicated"
    cross: dict[Identifier, Severity] = {}
    note: Text
    source: Source
