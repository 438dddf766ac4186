"""Simulated patients drawn from the knowledge: who comes, what they have, what it does to them, and what they say of it.

The draw is the reasoner's own model taken at its word: a condition by how often it is seen at an age, sex and season,
findings by P(finding | condition) from the general to the special. What such patients measure is therefore how well a
doctor takes a history and uses what it knows, not whether what it knows is true; outside cases measure that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from suwen.core.case import Lang, Person
from suwen.core.errors import InputError
from suwen.knowledge import AGE_BAND_ENDS, AGE_SHARE, DURATIONS, Knowledge
from suwen.patients.dice import Dice
from suwen.patients.facts import HOURS, fact_of, is_private, kind_of, people
from suwen.patients.faults import befalls
from suwen.patients.gold import Dangers
from suwen.patients.measured import lab_fact, vital_facts
from suwen.patients.persona import Cast, persona_of
from suwen.patients.script import Diagnosis, Fact, Medical, Script
from suwen.patients.tables import P_COMPLAINTS, Bools, Floats, Tables
from suwen.safety.redflags import Watch

OLDEST = 96.0
"""Years; the oldest who is drawn. Source: estimate."""
HALLMARK = (0.6, 5.0)
"""A finding is a hallmark at this P(finding | condition) and this many times its base rate. Source: estimate."""
TIMES_BASE = 2.0
"""From this many times the base rate a finding belongs to the condition, and can be what a person comes with."""
COMORBID_SHARE = 0.3
"""How much of a lasting illness that is under treatment shows, times P(finding | condition). Source: estimate."""
NEGATIVES = 12
"""Pertinent negatives written into a script at most."""
REDRAWS = 12
"""Draws before a person whose illness gives no complaint is given its likeliest one."""
P_GENERAL = 0.5
"""P(a special complaint is first told in general words: cough, and dry only when asked). Source: estimate."""


@dataclass(frozen=True, slots=True)
class Mix:
    """What shares of sampled patients are out of the ordinary, 0..1 each. Source of all: estimate.

    comorbidity: times the shares of lasting illnesses by age in people.yaml (0: nobody has one). atypical: hallmarks are
    half as likely. background: times the base rate for what the condition does not bring; the knowledge keeps base rates
    high so that no single finding proves anything, and at 1 everybody would have eight symptoms that nothing explains,
    a quarter of them with a red flag. early: it began a step more recently and less of it shows. distractor: a minor complaint that has
    nothing to do with it is told first. private: private findings are kept until asked kindly. secrets: something
    private that has no finding. medicines: something bought. relatives, allergies: such a fact.
    """

    comorbidity: float = 1.0
    background: float = 0.25
    atypical: float = 0.15
    early: float = 0.15
    distractor: float = 0.12
    private: float = 0.7
    secrets: float = 0.08
    medicines: float = 0.2
    relatives: float = 0.2
    allergies: float = 0.1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise InputError(f"{field.name} is a share from 0 to 1, not {value:g}")


@dataclass(slots=True)
class _Draw:
    """One patient while being drawn: columns of findings and what became of them."""

    d: int
    age: float
    sex: str
    month: int
    hit: Bools
    duration: str
    marks: list[str]


class Sampler:
    """Draws scripts from one knowledge; what depends only on the knowledge is computed once."""

    def __init__(
        self, knowledge: Knowledge, *, mix: Mix | None = None, lang: Lang = "zh", noise: float = 0.0,
        watch: Watch | None = None,
    ) -> None:  # fmt: skip
        self.knowledge = knowledge
        self.mix = mix or Mix()
        self.lang = lang
        self.noise = noise
        self.watch = watch or Watch(knowledge)
        self.tables = Tables(knowledge)
        self.dangers = Dangers(knowledge, self.watch, self.tables)
        self._casts: dict[object, Cast] = {}

    # -- one script --------------------------------------------------------------------------------------

    def script(self, seed: int, i: int = 0, *, condition: str | None = None) -> Script:
        """Script i of a seed: it depends on (seed, i), the knowledge and the settings, on nothing drawn before.

        The gold triage is the condition's, raised to the level of every red flag that the facts which the person can
        tell would raise; all of them belong to what the person has (gold.py). Raises InputError for a condition that the knowledge does not have.
        """
        dice = Dice("script", seed, i)
        draw, main = self._draw(dice, condition)
        distractor = self._distractor(draw, dice)
        own = [c for _, column, c in self.tables.chronic if draw.hit[column] and c != draw.d]
        also = [
            c for c in own if befalls(self.knowledge.conditions[c].id, draw.age, draw.sex, self.knowledge)
        ]
        weeks = _weeks({self.knowledge.findings[c].id for c in np.flatnonzero(draw.hit).tolist()}, dice)
        sex: Any = draw.sex
        person = Person(age_years=draw.age, sex=sex, pregnant_weeks=weeks)
        distractor = self._without_chance_dangers(draw, main, distractor, person)
        facts = self._facts(draw, main, distractor, dice)
        comorbid = [Diagnosis(condition=self.knowledge.conditions[c].id, role="comorbid") for c in also[:3]]
        minor = (
            [Diagnosis(condition=self.knowledge.conditions[distractor[1]].id, role="distractor")]
            if distractor
            else []
        )
        condition_ = self.knowledge.conditions[draw.d]
        cast = self._casts.setdefault(seed, Cast(seed))
        psychology, social = persona_of(
            cast.cell(i), draw.age, draw.sex, self.lang, dice, hides=any(f.hidden for f in facts)
        )
        level: Any = self.dangers.level(draw.d, facts, person)
        marks = "".join(f", {m}" for m in draw.marks)
        return Script(
            id=f"sampled-{seed}-{i}", origin="sampled", lang=self.lang, seed=int(dice.between(0, 2**31)), noise=self.noise,
            month=draw.month, psychology=psychology, social=social,
            source=f"knowledge {self.knowledge.version} {self.knowledge.digest[:12]}{marks}",
            medical=Medical(
                facts=tuple(facts), triage=level, pregnant_weeks=weeks,
                diagnoses=(Diagnosis(condition=condition_.id, icd10=condition_.icd10), *comorbid, *minor),
            ),
        )  # fmt: skip

    def _draw(self, dice: Dice, condition: str | None) -> tuple[_Draw, list[int]]:
        """A person with an illness, and the columns of what they come with."""
        band, sex, month, d = self._who(dice, condition)
        age = _age(band, dice)
        marks = [m for m, p in (("atypical", self.mix.atypical), ("early", self.mix.early)) if dice.chance(p)]
        ratio = self._ratio(d, band, age, sex, marks)
        for _ in range(REDRAWS):
            hit = self._hit(ratio, dice)
            self._choose(hit, d, dice)
            complaints = self._complaints(hit, d, dice)
            if complaints:
                break
        else:
            complaints = [self._force(hit, ratio, d)]
        self._add_comorbid(hit, d, age, sex, dice)
        # What came with a second illness gives way where it cannot be together with the first.
        self._choose(hit, d, dice, keep=complaints)
        weights = self.knowledge.likelihood[d, self.tables.durations].astype(np.float64)
        step = dice.index(weights)
        if "early" in marks:
            step = max(step - 1, 0)
        hit[self.tables.durations] = False
        return _Draw(d, age, ("male", "female")[sex], month, hit, DURATIONS[step], marks), complaints

    def _who(self, dice: Dice, condition: str | None) -> tuple[int, int, int, int]:
        """(age band, 0 male or 1 female, month, condition), each presentation by how often it is seen."""
        prior = self.knowledge.prior
        month = 1 + int(dice.between(0, 12))
        season = (month % 12) // 3 - 1
        if condition is None:
            band, sex = dice.index(AGE_SHARE), int(dice.chance(0.5))
            return band, sex, month, dice.index(prior[:-1, band, sex, season])
        if condition not in self.knowledge.condition:
            raise InputError(
                f"no condition {condition!r} in the knowledge; `suwen kb show` finds ids by name"
            )
        d = self.knowledge.condition[condition].index
        weights = prior[d, :, :, season] * AGE_SHARE[:, None]
        if not weights.any():  # never in this season
            weights = prior[d].mean(axis=2) * AGE_SHARE[:, None]
        band, sex = divmod(dice.index(weights.ravel()), 2)
        return band, sex, month, d

    def _ratio(self, d: int, band: int, age: float, sex: int, marks: Sequence[str]) -> Floats:
        """P(finding | condition, its parent) for this person, (F,)."""
        k = self.knowledge
        ratio = self.tables.given[d].astype(np.float64)
        above = k.likelihood[d] / np.maximum(k.base, 1e-9)
        ratio[(above < TIMES_BASE) & self.tables.kinds["passing"]] *= self.mix.background
        low, high = self.tables.usual_ages
        ratio[(above < TIMES_BASE) & ((age < low) | (age > high))] = 0.0
        for entry, column, c in self.tables.chronic:
            # The base rate of a lasting illness is of all ages; a child's is not an old man's.
            share = entry["share"][band] * self.mix.comorbidity * above[column]
            ratio[column] = (
                0.0
                if c == d or not k.prior[c, band, sex].any()
                else min(share, 0.95)
                if above[column] < 5
                else ratio[column]
            )
        if "atypical" in marks:
            ratio[(k.likelihood[d] >= HALLMARK[0]) & (above >= HALLMARK[1]) & self.tables.kinds["shown"]] *= (
                0.5
            )
        if "early" in marks:
            ratio[(above >= TIMES_BASE) & (k.likelihood[d] < HALLMARK[0]) & self.tables.kinds["shown"]] *= 0.6
        ratio[self.tables.needs_and_mimics(d)[0]] = 1.0
        return np.asarray(np.where(self.tables.allowed(age, sex), ratio, 0.0))

    def _hit(self, ratio: Floats, dice: Dice) -> Bools:
        hit = np.asarray(dice.row(len(ratio)) < ratio)
        for columns, above in self.tables.levels:
            hit[columns] &= hit[above]
        return hit

    def _choose(self, hit: Bools, d: int, dice: Dice, *, keep: Sequence[int] = ()) -> None:
        """Of findings that exclude each other one stays, by its probability; what the condition needs and `keep` first."""
        first = {*self.tables.needs_and_mimics(d)[0], *keep}
        first |= {
            self.knowledge.finding[a].index
            for c in keep
            for a in self.knowledge.ancestors[self.knowledge.findings[c].id]
        }
        for group in self.tables.exclusive:
            there = [c for c in group if hit[c]]
            if len(there) < 2:
                continue
            kept = [c for c in there if c in first][:1] or [
                there[dice.index(self.knowledge.likelihood[d, there])]
            ]
            for column in there:
                if column != kept[0]:
                    hit[[column, *self.tables.below[column]]] = False

    def _complaints(self, hit: Bools, d: int, dice: Dice) -> list[int]:
        """One to three findings by which a person comes, of different families; empty where nothing would bring them."""
        k = self.knowledge
        above = k.likelihood[d] / np.maximum(k.base, 1e-9)
        can = hit & (above >= TIMES_BASE) & (k.likelihood[d] >= 0.03) & self.tables.mentioned(d)
        appeal = np.where(can, self.tables.appeal[d], 0.0)
        weight = np.where(self.tables.kinds["told"], appeal, 0.0)
        if not weight.any():
            weight = np.where(self.tables.kinds["context"], appeal, 0.0)
        if (weight * ~self.tables.kinds["private"]).any():
            weight = weight * ~self.tables.kinds["private"]
        chosen: list[int] = []
        for _ in range(1 + dice.index(P_COMPLAINTS)):
            if not weight.any():
                break
            column = dice.index(weight)
            parent = int(k.parent[column])
            if parent >= 0 and can[parent] and self.tables.kinds["told"][parent] and dice.chance(P_GENERAL):
                column = parent
            chosen.append(column)
            family = [
                column,
                *self.tables.below[column],
                *(k.finding[a].index for a in k.ancestors[k.findings[column].id]),
            ]
            weight[family] = 0.0
        return chosen

    def _force(self, hit: Bools, ratio: Floats, d: int) -> int:
        """Gives the likeliest finding that can bring somebody, with what it implies."""
        can = (ratio > 0) & (self.tables.kinds["told"] | self.tables.kinds["context"])
        score = np.where(can, self.knowledge.likelihood[d] - self.knowledge.base, -1.0)
        column = int(score.argmax())
        hit[column] = True
        for above in self.knowledge.ancestors[self.knowledge.findings[column].id]:
            hit[self.knowledge.finding[above].index] = True
        for group in self.tables.exclusive:
            if column in group:
                for other in set(group) - {column}:
                    hit[[other, *self.tables.below[other]]] = False
        return column

    def _add_comorbid(self, hit: Bools, d: int, age: float, sex: int, dice: Dice) -> None:
        """Something of every lasting illness that the person also has."""
        k = self.knowledge
        for _, column, c in self.tables.chronic:
            if not hit[column] or c == d:
                continue
            ratio = self.tables.given[c] * COMORBID_SHARE
            own = (k.likelihood[c] >= 3 * k.base) & self.tables.kinds["shown"] & self.tables.allowed(age, sex)
            hit |= self._hit(np.where(own, ratio, 0.0), dice)
        for columns, above in reversed(self.tables.levels):
            np.logical_or.at(hit, above, hit[columns])

    def _distractor(self, draw: _Draw, dice: Dice) -> tuple[int, int] | None:
        """(column of an unrelated minor complaint, its condition), or None."""
        if not dice.chance(self.mix.distractor):
            return None
        k, sex = self.knowledge, int(draw.sex == "female")
        band = int(np.searchsorted(AGE_BAND_ENDS, draw.age, side="right"))
        c = int(self.tables.minor[dice.index(k.prior[self.tables.minor, band, sex, 0] + 1e-9)])
        free = self.tables.kinds["told"] & self.tables.allowed(draw.age, sex) & ~draw.hit & (k.parent < 0)
        free &= (
            (k.likelihood[c] >= 0.3)
            & (k.likelihood[draw.d] < TIMES_BASE * k.base)
            & ~self.tables.kinds["private"]
        )
        for group in self.tables.exclusive:
            if draw.hit[group].any():
                free[group] = False
        if c == draw.d or not free.any():
            return None
        return dice.index(np.where(free, k.likelihood[c], 0.0)), c

    def _without_chance_dangers(
        self, draw: _Draw, complaints: Sequence[int], distractor: tuple[int, int] | None, person: Person
    ) -> tuple[int, int] | None:
        """Takes out of the draw what would raise a red flag by chance; the distractor, or None where it would be part of one."""
        beside = [distractor[0]] if distractor else []
        hit = draw.hit.copy()
        hit[beside] = True
        gone = self.dangers.strays(hit, draw.duration, person, draw.d, complaints=complaints)
        draw.hit &= ~gone
        return None if gone[beside].any() else distractor

    # -- facts -------------------------------------------------------------------------------------------

    def _facts(
        self, draw: _Draw, complaints: Sequence[int], distractor: tuple[int, int] | None, dice: Dice
    ) -> list[Fact]:
        k = self.knowledge
        hours = float(round(dice.log_between(*HOURS[draw.duration])))
        first = ([distractor[0]] if distractor else []) + list(complaints)
        for column in first:
            draw.hit[column] = True
        facts = [
            fact_of(k.findings[c], kind="complaint", hours=hours if c in complaints else None) for c in first
        ]
        facts.append(fact_of(k.finding[draw.duration], hours=hours))
        present = {k.findings[c].id for c in np.flatnonzero(draw.hit).tolist()}
        numbers = list(vital_facts(k, present, draw.age, dice))
        covered = {f.finding for f in numbers} | {f.finding for f in facts}
        for column in np.flatnonzero(draw.hit).tolist():
            definition = k.findings[column]
            if definition.id in covered:
                continue
            kind = kind_of(definition)
            if kind == "result" and (lab := lab_fact(k, definition.id, present, draw.age, draw.sex, dice)):
                facts.append(lab)
            else:
                hidden = (
                    is_private(definition.id)
                    and kind not in ("examination", "result")
                    and dice.chance(self.mix.private)
                )
                facts.append(fact_of(definition, hidden=hidden))
        facts = self._kept_together(facts)
        facts += self._life(draw, present, dice)
        facts += [fact_of(k.findings[c], status="absent") for c in self._negatives(draw, complaints)]
        return [*facts, *numbers]

    def _kept_together(self, facts: Sequence[Fact]) -> list[Fact]:
        """What tells something hidden is hidden too, unless it is what the person comes with: who does not say that they
        drink does not say that they cannot stop."""
        above = self.knowledge.ancestors
        told = {
            a for f in facts if f.kind == "complaint" and f.finding for a in (f.finding, *above[f.finding])
        }
        hidden = {f.finding for f in facts if f.hidden and f.finding not in told}

        def kept(fact: Fact) -> Fact:
            if fact.hidden and fact.finding in told:
                return fact_of(self.knowledge.finding[fact.finding])
            tells = fact.status == "present" and fact.kind != "complaint" and fact.finding
            if not fact.hidden and tells and fact.tellable and hidden & set(above[tells]):
                return fact.model_copy(update={"hidden": True, "volunteered": 0.0})
            return fact

        return [kept(f) for f in facts]

    def _life(self, draw: _Draw, present: set[str], dice: Dice) -> Iterator[Fact]:
        """Medicines, allergies, relatives and secrets: what has no finding, or is a relative's."""
        taken = [
            e["medicines"] for e, column, _ in self.tables.chronic if draw.hit[column] and dice.chance(0.8)
        ]
        named = list({m["zh"]: m for m in (dice.pick(choice) for choice in taken)}.values())
        if dice.chance(self.mix.medicines):
            bought = [m for m in people()["bought"] if m["from"] <= draw.age < m.get("below", 200)]
            named += [dice.pick(bought)] if bought else []
        for n, medicine in enumerate({m["zh"]: m for m in named}.values(), start=1):
            yield _told(f"medicine.{n}", "medicine", medicine, dice, volunteered=0.1)
        if dice.chance(self.mix.allergies):
            table = people()["allergies"]
            yield _told(
                "allergy.1",
                "allergy",
                table[dice.index([a["weight"] for a in table])],
                dice,
                volunteered=0.05,
            )
        if dice.chance(self.mix.relatives):
            table = [r for r in people()["relatives"] if r["family"] in present] or people()["relatives"]
            one = dice.pick(table)
            yield Fact(
                id=f"relative.{one['finding']}",
                kind="family",
                finding=one["finding"],
                text=one["who"],
                volunteered=0.02,
            )
        if dice.chance(self.mix.secrets):
            fit = [s for s in people()["secrets"] if s.get("from", 0) <= draw.age < s.get("below", 200)
                   and ("needs" not in s or taken)]  # fmt: skip
            if fit:
                one = dice.pick(fit)
                yield Fact(
                    id=f"secret.{one['id']}",
                    kind=one["kind"],
                    text={"zh": one["zh"], "en": one["en"]},
                    hidden=True,
                )

    def _negatives(self, draw: _Draw, complaints: Sequence[int]) -> list[int]:
        """What the person has not and a doctor would want to know: findings of what this is easily taken for, and of the
        dangerous conditions that the complaint brings to mind."""
        k, sex = self.knowledge, int(draw.sex == "female")
        band = int(np.searchsorted(AGE_BAND_ENDS, draw.age, side="right"))
        fit = k.prior[:, band, sex, 0] * self.tables.dangerous
        for column in complaints:
            fit = fit * k.likelihood[:, column]
        fit[draw.d] = 0.0
        rivals = [*self.tables.needs_and_mimics(draw.d)[1], *np.argsort(-fit, kind="stable")[:5]]
        likelihood = k.likelihood[np.array(rivals, dtype=np.int64)].astype(np.float64)
        score = (likelihood * np.log(likelihood / np.maximum(k.base, 1e-9))).sum(axis=0)
        score = np.where((likelihood.max(axis=0) >= 0.25) & self.tables.kinds["told"], score, 0.0)
        score[draw.hit | ~self.tables.allowed(draw.age, sex)] = 0.0
        order = np.argsort(-score, kind="stable")[:NEGATIVES]
        return [int(c) for c in order if score[c] > 0]


def sample(knowledge: Knowledge, seed: int, *, mix: Mix | None = None) -> Script:
    """One script; for many, make a Sampler once."""
    return Sampler(knowledge, mix=mix).script(seed)


def samples(
    knowledge: Knowledge, n: int, seed: int, *, mix: Mix | None = None, lang: Lang = "zh", noise: float = 0.0,
    condition: str | None = None,
) -> Iterator[Script]:  # fmt: skip
    """Scripts 0..n-1 of a seed."""
    sampler = Sampler(knowledge, mix=mix, lang=lang, noise=noise)
    for i in range(n):
        yield sampler.script(seed, i, condition=condition)


def _age(band: int, dice: Dice) -> float:
    """An age within a band: days for the newborn, months for infants, half years for toddlers, then whole years."""
    ends = (0.0, *AGE_BAND_ENDS, OLDEST)
    age = dice.between(ends[band], ends[band + 1])
    if band == 7:
        age = ends[7] + (OLDEST - ends[7]) * dice.between(0, 1) ** 1.7  # fewer with every year
    if age < AGE_BAND_ENDS[0]:
        return round(int(age * 365.25) / 365.25, 4)
    if age < 1:
        return round(max(int(age * 12), 1) / 12, 3)
    return int(age * 2) / 2 if age < 3 else float(int(age))


def _weeks(present: set[str], dice: Dice) -> float | None:
    """Completed weeks of a pregnancy that fit what is present, or None."""
    if "pregnant" not in present:
        return None
    ranges = {"overdue_pregnancy": (41, 43), "term_weeks": (37, 41), "preterm_weeks": (28, 37),
              "pregnant_first_trimester": (5, 14), "pregnant_second_half": (20, 41)}  # fmt: skip
    low, high = next((r for name, r in ranges.items() if name in present), (14, 20))
    return float(int(dice.between(low, high)))


def _told(key: str, kind: Any, entry: dict[str, Any], dice: Dice, *, volunteered: float) -> Fact:
    return Fact(id=key, kind=kind, text={"zh": entry["zh"], "en": entry["en"]}, volunteered=volunteered)
