"""The gatekeeper: results of examinations on request only, from the script or a plausible normal marked synthetic.

It reads the script's facts and never its diagnoses, except to keep their names out of what it says. At most three tests a
round; all that is done at the bedside is one look. Nothing here is chance: a drawn normal depends on the script's seed and
on what is measured, so the same test always says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from suwen.knowledge import Knowledge
from suwen.patients.catalogue import Catalogue, Currency, Examination
from suwen.patients.report import Line, Reporter
from suwen.patients.script import Script

TESTS_A_ROUND = 3
OBJECTS_ABOVE: dict[Currency, float] = {"CNY": 500.0, "USD": 300.0}
"""Sum of a visit above which somebody of tight means objects. Source: estimate (about a tenth of a month's disposable income
per head in rural China)."""
Reason = Literal["too_many", "cost", "impossible"]


@dataclass(frozen=True, slots=True)
class Result:
    """One examination done. text: the whole report. value, unit: where it is a single number. source: `script` as soon as one
    line rests on a fact. disclosed: ids of the facts it tells. price: 0 where an old result is shown again. hours: until it
    is there."""

    examination: str
    name: str
    kind: str
    text: str
    value: float | None
    unit: str | None
    source: Literal["script", "synthetic"]
    disclosed: tuple[str, ...]
    price: float
    hours: float
    lines: tuple[Line, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A test that was not done. reason: more than three in a round, the patient objects to the cost, or it is impossible."""

    name: str
    examination: str
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class UnknownTest:
    """A name that no examination has. near: names that look like it, to choose from."""

    name: str
    near: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one order. cost: of this round; total: of the visit so far, both in `currency`."""

    results: tuple[Result, ...]
    refused: tuple[Refusal, ...]
    unknown: tuple[UnknownTest, ...]
    warnings: tuple[str, ...]
    cost: float
    total: float
    currency: Currency

    @property
    def text(self) -> str:
        """All of it in words, a line each, as a doctor reads it."""
        lines = [f"{r.name}: {r.text}" for r in self.results]
        return "\n".join([*lines, self.remarks] if self.remarks else lines)

    @property
    def remarks(self) -> str:
        """Cautions, and what was not done and why, a line each."""
        return "\n".join(
            (*self.warnings, *(r.message for r in self.refused), *(u.message for u in self.unknown))
        )


class Gatekeeper:
    """Orders of one visit; it remembers what was done and what it cost."""

    def __init__(
        self, script: Script, knowledge: Knowledge, table: Catalogue, *, currency: Currency = "CNY"
    ) -> None:
        self.script = script
        self.table = table
        self.currency = currency
        self.total = 0.0
        self._reporter = Reporter(script, knowledge, table)
        self._done: dict[str, Result] = {}

    @cached_property
    def complaint(self) -> tuple[str, ...]:
        """What the patient complains of, in words and then as topics: the place that an order without one means."""
        told = (f.finding for f in self.script.medical.facts if f.kind == "complaint" and f.finding)
        known = [f for f in map(self._reporter.knowledge.finding.get, told) if f]
        return tuple(dict.fromkeys([f.zh for f in known] + [f.topic for f in known]))

    def order(self, names: Sequence[str], *, repeat: bool = False, insist: bool = False) -> Round:
        """The results of what is ordered by names or ids in either language; at most three tests, in the given order.

        repeat: a test that was done is done and paid again, with the same result. insist: the patient's objection to the
        cost is overruled. Unknown names are told as unknown and cost nothing.
        """
        wanted: dict[str, str] = {}
        unknown = []
        for name in names:
            found = self.table.find(name)
            if not found:
                unknown.append(self._unknown(name))
            for examination in found:
                wanted.setdefault(examination.id, name)
        results: list[Result] = []
        refused: list[Refusal] = []
        warnings: list[str] = []
        slots: set[str] = set()
        before = self.total
        for number, name in wanted.items():
            examination = self.table.examinations[number]
            old = self._done.get(number)
            if old is not None and not repeat:
                results.append(_again(old))
                continue
            refusal = self._refusal(examination, name, slots, insist=insist)
            if refusal:
                refused.append(refusal)
                continue
            slots.add("bedside" if examination.bedside else examination.id)
            warnings += self._warnings(examination)
            self.total += examination.price(self.currency)
            result = old or self._result(examination)
            self._done[examination.id] = result
            results.append(result)
        return Round(tuple(results), tuple(refused), tuple(unknown), tuple(warnings),
                     round(self.total - before, 2), round(self.total, 2), self.currency)  # fmt: skip

    def _result(self, examination: Examination) -> Result:
        report = self._reporter.report(examination)
        only = report.lines[0] if len(report.lines) == 1 else None
        return Result(
            examination=examination.id,
            name=examination.name(self.script.lang),
            kind=examination.kind,
            text=report.text,
            value=only.value if only else None,
            unit=only.unit if only else None,
            source="script" if report.disclosed else "synthetic",
            disclosed=report.disclosed,
            price=examination.price(self.currency),
            hours=examination.hours,
            lines=report.lines,
        )

    def _refusal(
        self, examination: Examination, name: str, slots: set[str], *, insist: bool
    ) -> Refusal | None:
        zh = self.script.lang == "zh"
        shown = examination.name(self.script.lang)

        def refusal(reason: Reason, message: str) -> Refusal:
            return Refusal(name, examination.id, reason, message)

        if examination.sex and examination.sex != self.script.social.sex:
            return refusal("impossible", f"这位病人做不了{shown}，未做。" if zh
                           else f"Not possible in this patient and not done: {shown}.")  # fmt: skip
        slot = "bedside" if examination.bedside else examination.id
        if slot not in slots and len(slots) >= TESTS_A_ROUND:
            return refusal("too_many", f"一轮最多做{TESTS_A_ROUND}项，这项没有做：{shown}。需要的话请下一轮再开。" if zh
                           else f"At most {TESTS_A_ROUND} tests a round; not done: {shown}. Order it in the next round.")  # fmt: skip
        price = examination.price(self.currency)
        over = self.total + price
        if (
            self.script.social.means == "tight"
            and price
            and over > OBJECTS_ABOVE[self.currency]
            and not insist
        ):
            return refusal("cost", f"病人说：做{shown}要{price:g}元，加起来{over:g}元，负担不起，能不能先不做？" if zh
                           else f"The patient objects: {shown} costs {price:g}, {over:g} {self.currency} in all; can it wait?")  # fmt: skip
        return None

    def _warnings(self, examination: Examination) -> list[str]:
        lang, found = self.script.lang, []
        name = examination.name(lang)
        for key in examination.avoid:
            reason = self.table.contraindications[key]
            if self._reporter.is_contraindicated(reason):
                found.append(f"注意（{name}）：{reason.text(lang)}。" if lang == "zh"
                             else f"Caution ({name}): {reason.text(lang)}.")  # fmt: skip
        return found

    def _unknown(self, name: str) -> UnknownTest:
        lang = self.script.lang
        near = self.table.near(name, lang)
        if lang == "zh":
            hint = f"是不是：{'、'.join(near)}？" if near else "请换一个名称。"
            return UnknownTest(name, near, f"不认识的检查：{name}，未做。{hint}")
        hint = f"Did you mean {', '.join(near)}?" if near else "Give another name."
        return UnknownTest(name, near, f"No examination is called {name!r}; not done. {hint}")


def _again(old: Result) -> Result:
    """An old result shown again, which costs nothing."""
    return replace(old, price=0.0, hours=0.0, again=True)
