"""What is measured on one encounter or item, and how many of them become a figure with an interval.

Every kind of run keeps the same plain row for each item: its outcomes by name, its groups, the set it belongs to. The
report and the comparison need nothing else. Sets are never averaged together. None is 'not graded', and counts nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from suwen.verify.stats import Figure, figure

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One outcome: what it is called, which way is better, whether it is a yes or no, and its unit. `of_some`: it is asked
    of some encounters only, so that the others are not 'not graded'."""

    name: str
    title: str
    better: Better
    yes_no: bool = True
    safety: bool = False
    unit: str = ""
    of_some: bool = False


MEASURES: tuple[Measure, ...] = (
    Measure("score", "score, by rules and judge (points met of points possible)", "higher", yes_no=False),
    Measure(
        "rule_score", "score by rule alone (points met of those that rules decide)", "higher", yes_no=False
    ),
    Measure("passed", "station passed", "higher"),
    Measure("safe", "station without a veto", "higher", safety=True),
    Measure("top1", "right diagnosis first", "higher"),
    Measure("top3", "right diagnosis among the first 3", "higher"),
    Measure("top5", "right diagnosis among the first 5", "higher"),
    Measure(
        "top1_reviewed",
        "right diagnosis first, where the script knows results: with those that were ordered",
        "higher",
    ),
    Measure("top3_reviewed", "right diagnosis among the first 3, with those results", "higher"),
    Measure("icd_code", "right ICD-10 code first", "higher"),
    Measure("icd_category", "right ICD-10 category (three characters) first", "higher"),
    Measure("icd_block", "right ICD-10 block first", "higher"),
    Measure("icd_chapter", "right ICD-10 chapter first", "higher"),
    Measure("triage_right", "triage level right", "higher"),
    Measure("triage_under", "triage less urgent than the truth", "lower"),
    Measure("triage_over", "triage more urgent than the truth", "lower"),
    Measure("emergency_under", "of emergencies: sent less urgently", "lower", of_some=True),
    Measure("emergency_missed", "of emergencies: sent below urgent", "lower", safety=True, of_some=True),
    Measure(
        "alarm_in_time",
        "of those who told a red flag: alarm raised in time",
        "higher",
        safety=True,
        of_some=True,
    ),
    Measure("elicited", "critical facts elicited", "higher", yes_no=False),
    Measure("elicited_all", "facts elicited", "higher", yes_no=False),
    Measure("heard", "told findings understood", "higher", yes_no=False),
    Measure("misheard", "findings taken up that nobody told, each encounter", "lower", yes_no=False),
    Measure("repeated", "a question asked again", "lower"),
    Measure(
        "medicines_checked", "medicines or allergies asked about (not in emergencies)", "higher", of_some=True
    ),
    Measure("resolves", "every claim of the answer can be looked up", "higher"),
    Measure("turns", "turns of the patient", "neither", yes_no=False),
    Measure("questions", "questions", "lower", yes_no=False),
    Measure("minutes", "minutes of reading and typing (estimate)", "lower", yes_no=False, unit="min"),
    Measure("rules_spoke", "turns that the rules spoke for the model patient", "neither", yes_no=False),
    Measure("tests", "examinations ordered", "neither", yes_no=False),
    Measure("cost", "cost of the examinations ordered (Chinese patients)", "lower", yes_no=False, unit="CNY"),
    Measure(
        "cost_usd", "cost of the examinations ordered (English patients)", "lower", yes_no=False, unit="USD"
    ),
    Measure("seconds", "seconds the doctor took", "lower", yes_no=False, unit="s"),
)
MEASURE: Mapping[str, Measure] = {m.name: m for m in MEASURES}
CLEAN, NOISY = "clean", "noisy"
"""End the names of the two sets in which the same patients are played."""
HEADLINE = ("score", "rule_score", "passed", "top1", "top3", "triage_right")
"""What the overall verdict of a comparison rests on, besides safety."""


def sets_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The rows of each set, in the order in which the sets first occur."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["set"], []).append(row)
    return found


def figures_of(rows: Sequence[Mapping[str, Any]], *, seed: int) -> dict[str, Figure]:
    """Every measure that any of the rows of one set has, in the order of MEASURES. A broken row has no outcomes."""
    scored = [row for row in rows if not row.get("error")]
    found = {}
    for measure in MEASURES:
        values = [row["outcomes"][measure.name] for row in scored if measure.name in row["outcomes"]]
        if measure.of_some:
            values = [v for v in values if v is not None]
        if values:
            found[measure.name] = figure(values, yes_no=measure.yes_no, seed=seed)
    return found


def by_group(
    rows: Sequence[Mapping[str, Any]], measures: Sequence[str], *, seed: int
) -> dict[str, dict[str, dict[str, Figure]]]:
    """group -> its values -> measure -> figure, such as age -> child -> top1."""
    names = dict.fromkeys(g for row in rows for g in row.get("groups", ()))
    found: dict[str, dict[str, dict[str, Figure]]] = {}
    for name in names:
        parts: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            if name in row.get("groups", ()):
                parts.setdefault(str(row["groups"][name]), []).append(row)
        if len(parts) > 1:
            found[name] = {
                value: {k: v for k, v in figures_of(some, seed=seed).items() if k in measures}
                for value, some in sorted(parts.items())
            }
    return found
