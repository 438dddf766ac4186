"""Tools of the medical editor: what separates two conditions, why a case came out as it did, what nothing can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from suwen.consult.clinic import Clinic
from suwen.core.case import Case
from suwen.core.errors import InputError
from suwen.knowledge import DURATIONS, ConditionDef, FindingDef, Knowledge
from suwen.reasoning.differential import weights_for

SAME = 1.5
"""Nats of expected evidence below which two conditions are said not to be told apart. Source: estimate."""
LEAST_WEIGHT = 0.05
"""Nats below which a finding is not worth a line."""


def condition_named(knowledge: Knowledge, name: str) -> ConditionDef:
    """A condition by id or by any of its names; raises InputError with the nearest ids."""
    from rapidfuzz import process

    from suwen.verify.accept import names_of

    if name in knowledge.condition:
        return knowledge.condition[name]
    wanted = name.strip().lower()
    named = [c for c in knowledge.conditions if wanted in names_of(c.record)]
    if named:
        return named[0]
    near = ", ".join(match for match, _, _ in process.extract(name, knowledge.condition.keys(), limit=3))
    raise InputError(f"{name!r} is not a condition. Did you mean: {near}?")


# -- two conditions ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding, how common it is in each of two conditions, and the evidence in nats when present and when absent.

    Above 0 it speaks for the first. `expected` is what asking or testing for it is worth on average, in nats. A source is
    `base` where a condition does not mention the finding.
    """

    finding: FindingDef
    p: tuple[float, float]
    present: float
    absent: float
    expected: float
    sources: tuple[str, str]


def differences(first: ConditionDef, second: ConditionDef, knowledge: Knowledge) -> list[Difference]:
    """What separates two conditions, the most telling first; children of a finding count where they add something."""
    rows = [first.index, second.index]
    table = knowledge.ratio(np.arange(len(knowledge.findings)), rows)
    reach = knowledge.likelihood[rows]
    out = []
    for finding in knowledge.findings:
        i = finding.index
        a, b = float(table[0, i]), float(table[1, i])
        present, absent = float(np.log(a / b)), float(np.log((1 - a) / (1 - b)))
        # The evidence that both conditions together expect, in the share of patients in whom the question arises at all.
        above = knowledge.parent[i]
        arises = reach[:, above] if above >= 0 else np.ones(2)
        expected = 0.5 * float(
            arises[0] * (a * present + (1 - a) * absent) - arises[1] * (b * present + (1 - b) * absent)
        )
        if expected >= LEAST_WEIGHT:
            sources = tuple(c.source_of(finding.id) or "base" for c in (first, second))
            p = (float(reach[0, i]), float(reach[1, i]))
            out.append(Difference(finding, p, present, absent, expected, (sources[0], sources[1])))
    return sorted(out, key=lambda d: -d.expected)


# -- one case ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall: what was heard, and the log odds of a condition before and after it, in nats."""

    label: str
    words: str
    status: str
    before: float
    after: float

    @property
    def weight(self) -> float:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Why:
    """How the probability of one condition came about; the steps lead from the prior's log odds to the posterior's."""

    condition: ConditionDef
    p: float
    prior: float
    steps: tuple[Step, ...]


def why(case: Case, condition: ConditionDef, clinic: Clinic, *, lang: str) -> Why:
    """The weights of evidence of a case for one condition against all others together, largest first.

    Evidence is added in that order, each against what the rest still hold, so the steps sum exactly to the posterior.
    """
    differential = clinic.reasoner.differential(case)
    log_p = clinic.reasoner.log_prior(case)
    here = _log_odds(log_p, condition.index)
    prior = here
    order = sorted(weights_for(differential, condition.index), key=lambda x: -abs(x[1]))
    steps = []
    for term, _ in order:
        log_p = log_p + term.log_likelihood / clinic.reasoner.parameters.temperature
        after = _log_odds(log_p, condition.index)
        heard = case.findings.get(term.finding)
        name = clinic.knowledge.finding[term.finding].name(lang)
        steps.append(Step(name, heard.words if heard else "", term.status, here, after))
        here = after
    return Why(condition, float(differential.p[condition.index]), prior, tuple(steps))


def _log_odds(log_p: Any, index: int) -> float:
    rest = np.delete(log_p, index)
    peak = rest.max()
    return float(log_p[index] - (peak + np.log(np.exp(rest - peak).sum())))


MARKS = {"present": "+", "absent": "−", "unknown": "?", "guess": "≈"}
ROW, LEFT, RIGHT, TOP = 26, 250, 90, 64


def waterfall(reason: Why, *, lang: str) -> str:
    """The steps as an SVG picture: bars from the prior to the posterior, right of the last is likelier; for print and page."""
    steps = [s for s in reason.steps if abs(s.weight) >= LEAST_WEIGHT]
    small = sum(s.weight for s in reason.steps) - sum(s.weight for s in steps)
    start = {"zh": "先验（年龄、性别、季节、患病率）", "en": "Prior (age, sex, season, prevalence)"}[lang]
    rest = {"zh": "其余各条合计", "en": "All the rest together"}[lang]
    end = {"zh": "结果", "en": "Result"}[lang]
    bars = [(start, 0.0, reason.prior, "prior")]
    here = reason.prior
    for step in steps:
        label = f"{MARKS[step.status]} {step.label}"
        bars.append((label, here, here + step.weight, "for" if step.weight > 0 else "against"))
        here += step.weight
    if abs(small) >= LEAST_WEIGHT:
        bars.append((rest, here, here + small, "for" if small > 0 else "against"))
        here += small
    bars.append((end, 0.0, here, "result"))
    return _picture(bars, _title(reason, lang), lang)


def _title(reason: Why, lang: str) -> str:
    return f"{reason.condition.name(lang)}  {100 * reason.p:.1f} %"


def _picture(bars: list[tuple[str, float, float, str]], title: str, lang: str) -> str:
    low, high = min(0.0, *(min(a, b) for _, a, b, _ in bars)), max(0.0, *(max(a, b) for _, a, b, _ in bars))
    width, height = 900, TOP + ROW * len(bars) + 44
    scale = (width - LEFT - RIGHT) / max(high - low, 1e-6)

    def x(value: float) -> float:
        return LEFT + (value - low) * scale

    axis = {"zh": "对数几率（奈特）：越向右越可能", "en": "log odds in nats: further right is likelier"}[lang]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13">',
        "<style>.prior{fill:#8a8f98}.for{fill:#2f7d5b}.against{fill:#b4532a}.result{fill:#2b5fa8}"
        "text{fill:#1d2330}.axis{stroke:#9aa0aa}.link{stroke:#c4c8cf;stroke-dasharray:2 3}"
        "@media (prefers-color-scheme:dark){text{fill:#e6e9ef}}</style>",
        f'<text x="12" y="26" font-size="17" font-weight="600">{escape(title)}</text>',
        f'<text x="12" y="46" opacity="0.7">{escape(axis)}</text>',
        f'<line class="axis" x1="{x(0):.1f}" y1="{TOP - 6}" x2="{x(0):.1f}" y2="{height - 34}"/>',
    ]
    for i, (label, a, b, kind) in enumerate(bars):
        y = TOP + i * ROW
        shown = label if len(label) <= 34 else label[:33] + "…"
        parts.append(f'<text x="{LEFT - 12}" y="{y + 15}" text-anchor="end">{escape(shown)}</text>')
        parts.append(
            f'<rect class="{kind}" x="{x(min(a, b)):.1f}" y="{y + 3}" width="{max(abs(b - a) * scale, 1.5):.1f}" height="{ROW - 9}" rx="2"/>'
        )
        value = f"{b - a:+.2f}" if kind in ("for", "against") else f"{b:+.2f}"
        parts.append(
            f'<text x="{x(max(a, b)) + 6:.1f}" y="{y + 15}" font-variant-numeric="tabular-nums">{value}</text>'
        )
        if i + 1 < len(bars):
            parts.append(
                f'<line class="link" x1="{x(b):.1f}" y1="{y + ROW - 6}" x2="{x(b):.1f}" y2="{y + ROW + 3}"/>'
            )
    for share in (0.01, 0.1, 0.5, 0.9, 0.99):
        odds = float(np.log(share / (1 - share)))
        if low <= odds <= high:
            parts.append(
                f'<text x="{x(odds):.1f}" y="{height - 14}" text-anchor="middle" opacity="0.7">{100 * share:g}%</text>'
                f'<line class="axis" x1="{x(odds):.1f}" y1="{height - 34}" x2="{x(odds):.1f}" y2="{height - 28}"/>'
            )
    return "\n".join([*parts, "</svg>"]) + "\n"


# -- the whole knowledge ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the knowledge leaves open; pairs come with the expected evidence in nats between them."""

    unused: tuple[str, ...]
    unheard: tuple[str, ...]
    same_by_questions: tuple[tuple[str, str, float], ...]
    same_by_everything: tuple[tuple[str, str, float], ...]
    few_findings: tuple[tuple[str, int], ...]
    no_care: tuple[str, ...]


def coverage(knowledge: Knowledge) -> Coverage:
    """Findings that never matter or cannot be heard, conditions that nothing or no question tells apart."""
    table = knowledge.likelihood[:-1]
    telling = np.abs(np.log(table / knowledge.base)) >= np.log(1.5)
    used = telling.any(axis=0)
    flagged = {name.removeprefix("not:") for flag in knowledge.red_flags for rule in flag["any"] for item in rule for name in ([item] if isinstance(item, str) else item)}  # fmt: skip
    unused = [
        f.id
        for f in knowledge.findings
        if not used[f.index] and f.id not in flagged and f.id not in DURATIONS and f.id not in knowledge.children
    ]  # fmt: skip
    records = [f.record for f in knowledge.findings]
    unheard = [r["id"] for r in records if not (r["words"]["zh"] and r["words"]["en"]) and not r["compose"]]
    asked = np.array([f.askable for f in knowledge.findings])
    few = [(c.id, len(c.record["findings"])) for c in knowledge.conditions if len(c.record["findings"]) < 8]
    care = [c.id for c in knowledge.conditions if not c.record["management"]]
    return Coverage(
        tuple(unused),
        tuple(unheard),
        tuple(_too_close(knowledge, asked)),
        tuple(_too_close(knowledge, np.ones_like(asked))),
        tuple(few),
        tuple(care),
    )


def _too_close(knowledge: Knowledge, columns: Any) -> list[tuple[str, str, float]]:
    """Pairs whose expected evidence over these findings and over age and sex is below SAME, the closest first."""
    table = knowledge.likelihood[:-1][:, columns]
    log_yes, log_no = np.log(table), np.log1p(-table)
    own = (table * log_yes + (1 - table) * log_no).sum(axis=1)
    one_way = own[:, None] - (table @ log_yes.T + (1 - table) @ log_no.T)
    who = knowledge.prior[:-1].mean(axis=3).reshape(len(table), -1) + 1e-6
    who = who / who.sum(axis=1, keepdims=True)
    people = (who * np.log(who)).sum(axis=1)[:, None] - who @ np.log(who).T
    both = (one_way + one_way.T + people + people.T) / 2
    close = np.argwhere(np.triu(both < SAME, k=1))
    ids = [c.id for c in knowledge.conditions]
    return sorted(((ids[i], ids[j], float(both[i, j])) for i, j in close), key=lambda x: x[2])
