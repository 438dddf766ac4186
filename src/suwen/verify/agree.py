"""Whether a judge may be believed: its verdicts against those of people, and the headline that depends on it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import ConfigDict, Field, StrictBool, ValidationError, model_validator

from suwen.core.errors import InputError
from suwen.verify.judge import Asked
from suwen.verify.rubric import Said, Strict
from suwen.verify.stats import BOOTSTRAPS, Share, plain

LEAST_MACRO_F1 = 0.70
"""Agreement with people under which a judge's score is no headline. Source: estimate, near the 0.71 that HealthBench's own
grader reaches against physicians (arXiv:2505.08775)."""
LEAST_LOW = 0.60
"""The lower end of its 95 % interval under which the labels do not tell a judge from one that says yes and no by chance,
whose macro-F1 is at most 0.50. Source: estimate."""
LEAST_LABELS = 100
"""Labels under which nothing is concluded: at a macro-F1 of 0.80 the interval is then about 0.16 wide. Source: estimate."""
LEAST_OF_KIND = 20
"""Labels that a judge answered of positive criteria, of negative ones, of those that people called met and of those that they
called not met: what is rarer was hardly looked at. Source: estimate."""
LEAST_ITEMS = 20
"""Items that the labels are of: criteria of one reply are right or wrong together. Source: estimate."""


class Label(Strict):
    """One row of a labels file: a criterion about one reply, what a person said of it, and what a judge said, if it was
    asked already. conversation and reply are needed only to ask a judge anew."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    item: str
    criterion: str
    weight: float
    human: StrictBool
    judge: StrictBool | None = None
    lang: Literal["zh", "en"] = "zh"
    conversation: tuple[Said, ...] = ()
    reply: str = Field(default="", description="The words that were graded.")

    @model_validator(mode="after")
    def has_a_sign(self) -> Label:
        if not self.weight:
            raise ValueError("a weight of 0 is neither good nor bad; give the criterion's weight")
        return self


@dataclass(frozen=True, slots=True)
class Leniency:
    """A judge's rate of 'met' less that of people, and both. For positive criteria a value above 0 is lenient; for negative
    ones, where 'met' is a harm, a value below 0 is."""

    value: float
    judge: Share
    human: Share


@dataclass(frozen=True, slots=True)
class Agreement:
    """A judge against people on n labels of some items, not_parsed of which it did not answer.

    macro_f1: the mean of the F1 of 'met' and of 'not met', where what was not answered counts as the wrong verdict: a judge
    that is silent where it is hard would look good. nan where one of the two occurs in neither's verdicts. interval: 95 %, by
    bootstrap over items. kappa: Cohen's, of what was answered, as leniency is; nan where chance alone explains everything.
    """

    judge: str
    prompts: str
    n: int
    items: int
    not_parsed: Share
    macro_f1: float
    interval: tuple[float, float]
    f1_met: float
    f1_unmet: float
    kappa: float
    positive: Leniency
    negative: Leniency

    @property
    def fault(self) -> str:
        """Why no headline may rest on this, in words and with what to do; empty where one may."""
        met = self.positive.human.hits + self.negative.human.hits
        answered = self.positive.human.n + self.negative.human.n
        silent = (
            f", with {self.not_parsed.hits} of {self.n} labels not answered and counted as wrong"
            if self.not_parsed.hits
            else ""
        )
        if self.n < LEAST_LABELS:
            return f"{self.n} labels by people are too few, {LEAST_LABELS} are needed; label more"
        if self.items < LEAST_ITEMS:
            return f"the labels are of {self.items} items, {LEAST_ITEMS} are needed; label replies to other conversations"
        if self.macro_f1 < LEAST_MACRO_F1:
            return f"macro-F1 with people is {self.macro_f1:.2f}{silent}, below {LEAST_MACRO_F1:.2f}; take another judge"
        for count, kind in (
            (self.positive.human.n, "of positive criteria"),
            (self.negative.human.n, "of negative criteria"),
            (met, "that people called met"),
            (answered - met, "that people called not met"),
        ):
            if count < LEAST_OF_KIND:
                return f"the judge answered {count} labels {kind}, {LEAST_OF_KIND} are needed; label more of these"
        if not self.interval[0] >= LEAST_LOW:
            return (
                f"macro-F1 with people is {self.macro_f1:.2f}{silent}, and by its interval may be {self.interval[0]:.2f}, below "
                f"{LEAST_LOW:.2f}; label more, or take another judge"
            )
        return ""

    @property
    def headline_allowed(self) -> bool:
        return not self.fault

    def to_json(self) -> dict[str, Any]:
        def lenient(one: Leniency) -> dict[str, Any]:
            return {"value": plain(one.value), "judge": one.judge.to_json(), "human": one.human.to_json()}

        return {
            "judge": self.judge,
            "prompts": self.prompts,
            "n": self.n,
            "items": self.items,
            "not_parsed": self.not_parsed.to_json(),
            "macro_f1": plain(self.macro_f1),
            "interval": [plain(x) for x in self.interval],
            "f1_met": plain(self.f1_met),
            "f1_unmet": plain(self.f1_unmet),
            "kappa": plain(self.kappa),
            "leniency_positive": lenient(self.positive),
            "leniency_negative": lenient(self.negative),
            "headline_allowed": self.headline_allowed,
            "why_not": self.fault,
        }


def agreement_of(text: str) -> Agreement:
    """The agreement that `to_json` wrote to a file. Raises InputError for anything else."""

    def number(x: Any) -> float:
        return math.nan if x is None else float(x)

    def lenient(one: Mapping[str, Any]) -> Leniency:
        judge, human = (Share(one[who]["hits"], one[who]["n"]) for who in ("judge", "human"))
        return Leniency(judge.value - human.value, judge, human)

    try:
        body = json.loads(text)
        low, high = map(number, body["interval"])
        return Agreement(
            str(body["judge"]), str(body["prompts"]), int(body["n"]), int(body["items"]), Share(body["not_parsed"]["hits"], body["not_parsed"]["n"]),
            number(body["macro_f1"]), (low, high), number(body["f1_met"]), number(body["f1_unmet"]), number(body["kappa"]),
            lenient(body["leniency_positive"]), lenient(body["leniency_negative"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"not the output of `suwen verify calibrate --json` ({type(error).__name__}: {error}); run it again"
        ) from None


def read_labels(lines: Iterable[str]) -> list[Label]:
    """Labels of a JSONL file. Raises InputError naming the line, the field and what it may be."""
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(Label.model_validate(json.loads(line)))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(p) for p in first["loc"])
            raise InputError(
                f"line {number}: {place + ': ' if place else ''}{first['msg'].removeprefix('Value error, ')}"
            ) from None
        except ValueError as error:
            raise InputError(f"line {number}: not valid JSON ({error}); give one label a line") from None
    if not found:
        raise InputError(
            'no labels; give lines such as {"item": "a", "criterion": "…", "weight": 5, "human": true, "judge": false}'
        )
    return found


def asked_of(label: Label) -> Asked:
    """What a judge is asked about a label. Raises InputError where the row lacks the words to judge."""
    if not label.conversation or not label.reply:
        raise InputError(
            f"label of item {label.item!r} has no `conversation` and `reply`; add both to ask a judge, or its verdict as `judge`"
        )
    dialogue = tuple((said.role, said.text) for said in label.conversation)
    return Asked(label.lang, dialogue, label.reply, label.criterion, label.weight < 0)


def agreement(labels: Sequence[Label], *, judge: str = "", prompts: str = "", seed: int = 1) -> Agreement:
    """A judge's verdicts against people's. judge, prompts: whose they are, and the version of the prompts."""
    known = [x for x in labels if x.judge is not None]
    every = [x if x.judge is not None else x.model_copy(update={"judge": not x.human}) for x in labels]
    met, unmet = _f1(every, True), _f1(every, False)
    return Agreement(
        judge=judge,
        prompts=prompts,
        n=len(labels),
        items=len({x.item for x in labels}),
        not_parsed=Share(len(labels) - len(known), len(labels)),
        macro_f1=(met + unmet) / 2,
        interval=_interval(every, seed),
        f1_met=met,
        f1_unmet=unmet,
        kappa=_kappa(known),
        positive=_leniency([x for x in known if x.weight > 0]),
        negative=_leniency([x for x in known if x.weight < 0]),
    )


def withheld(found: Agreement | None, *, judge: str, prompts: str) -> str:
    """Why a score that rests on a judge is no headline, empty where it may be one. judge, prompts: who gave its verdicts, by
    which version of the prompts."""
    if found is None:
        return "uncalibrated: no agreement with human labels is known; run `suwen verify calibrate --json` and give its output as --agreement"
    if (found.judge, found.prompts) != (judge, prompts):
        return (
            f"uncalibrated: the agreement is of judge {found.judge!r} with prompts {found.prompts!r}, the verdicts are of "
            f"{judge!r} with {prompts!r}; run `suwen verify calibrate` again"
        )
    return f"uncalibrated: {found.fault}" if found.fault else ""


def _f1(known: Sequence[Label], value: bool) -> float:
    """F1 of one verdict; nan where neither judge nor people ever gave it."""
    both = sum(x.judge == value and x.human == value for x in known)
    either = sum(x.judge == value for x in known) + sum(x.human == value for x in known)
    return 2 * both / either if either else math.nan


def _kappa(known: Sequence[Label]) -> float:
    if not known:
        return math.nan
    n = len(known)
    same = sum(x.judge == x.human for x in known) / n
    judge, human = sum(bool(x.judge) for x in known) / n, sum(x.human for x in known) / n
    by_chance = judge * human + (1 - judge) * (1 - human)
    return (same - by_chance) / (1 - by_chance) if by_chance < 1 else math.nan


def _leniency(known: Sequence[Label]) -> Leniency:
    judge = Share(sum(bool(x.judge) for x in known), len(known))
    human = Share(sum(x.human for x in known), len(known))
    return Leniency(judge.value - human.value, judge, human)


def _interval(known: Sequence[Label], seed: int) -> tuple[float, float]:
    """By bootstrap over items, whose criteria are not independent; resamples without one of the verdicts are left out."""
    cells: Mapping[str, np.ndarray] = {x.item: np.zeros(4) for x in known}
    for x in known:
        cells[x.item][2 * x.human + bool(x.judge)] += 1
    if not cells:
        return math.nan, math.nan
    table, chance = np.array(list(cells.values())), np.random.default_rng(seed)
    found = []
    for _ in range(BOOTSTRAPS):
        none, judge_only, human_only, both = table[chance.integers(0, len(table), len(table))].sum(axis=0)
        off = judge_only + human_only
        if both + off and none + off:
            found.append(both / (2 * both + off) + none / (2 * none + off))
    if not found:
        return math.nan, math.nan
    low, high = np.percentile(found, (2.5, 97.5))
    return float(low), float(high)
