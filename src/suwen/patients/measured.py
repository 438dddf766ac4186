"""Plausible numbers for what is present: vital signs and laboratory values that read back as the same findings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from suwen.knowledge import Knowledge
from suwen.patients.facts import people
from suwen.patients.script import Fact

Rules = Sequence[Mapping[str, Any]]


class Chance(Protocol):
    def between(self, low: float, high: float) -> float:
        """A number in [low, high), every one as likely."""
        ...


def vital_facts(
    knowledge: Knowledge, present: Collection[str], age_years: float, dice: Chance
) -> Iterator[Fact]:
    """Every vital sign with a number that fits: abnormal exactly where a finding says so.

    A number that no rule of its age can give is left out, and the finding then stands without one.
    """
    top: float | None = None
    for name, entry in people()["vitals"].items():
        given = knowledge.vitals[name]
        rules = [r for r in (*given["rules"], *entry.get("extra", ())) if _fits(r, age_years, None)]
        met = [r["finding"] for r in rules if r["finding"] in present]
        normal = next((low, high) for below, low, high in entry["normal"] if age_years < below)
        value = _value(rules, present, normal, entry["width"], entry["digits"], dice)
        if value is None:
            continue
        if name == "sbp":
            top = value
        if name == "dbp" and top is not None:
            value = min(value, float(round(top - 20)))
        special = [f for f in met if not any(f in knowledge.ancestors[o] for o in met)]
        finding = next((f for f in special if knowledge.finding[f].kind == "vital" and name != "dbp"), None)
        yield Fact(id=f"vital.{name}", kind="vital", finding=finding, text={"zh": entry["zh"], "en": entry["en"]},
                   value=value, unit=given["unit"])  # fmt: skip


def lab_fact(
    knowledge: Knowledge, finding: str, present: Collection[str], age_years: float, sex: str, dice: Chance
) -> Fact | None:
    """The result of a laboratory test that means this finding, with a number; None where no number means it."""
    for lab in knowledge.labs.values():
        rules = [r for r in lab["rules"] if _fits(r, age_years, sex)]
        rule = next((r for r in rules if r["finding"] == finding and not r["given"]), None)
        if rule is None:
            continue
        low, high = _bounds([rule, *(r for r in rules if r["finding"] not in present)], {finding})
        if "below" in rule:
            low = max(low, high * 0.55)
        else:
            high = min(high, low * 2.2, lab["possible"][1])
        low, high = max(low + (high - low) * 0.1, lab["possible"][0]), high - (high - low) * 0.1
        if low >= high:
            continue
        value = _rounded(dice.between(low, high), 0 if high >= 100 else 1 if high >= 10 else 2)
        names = {"zh": lab["names"]["zh"][0], "en": lab["names"]["en"][0]}
        return Fact(id=finding, kind="result", finding=finding, text=names, value=value, unit=lab["unit"])
    return None


def vital_of(fact: Fact, knowledge: Knowledge) -> str | None:
    """The vital sign that a fact has a number of, by its id, its words or its unit; None where it is none."""
    if fact.kind != "vital" or fact.value is None:
        return None
    unit = (fact.unit or "").replace("°C", "℃")
    for name, entry in people()["vitals"].items():
        words = {entry["zh"], entry["en"]} & {text.strip().casefold() for text in fact.text.values()}
        if (fact.id == f"vital.{name}" or words) and unit in ("", knowledge.vitals[name]["unit"]):
            return str(name)
    of_unit = [name for name in people()["vitals"] if knowledge.vitals[name]["unit"] == unit]
    return of_unit[0] if len(of_unit) == 1 and not fact.text else None


def laboratory_rule(fact: Fact, knowledge: Knowledge, age_years: float, sex: str) -> bool | None:
    """Whether the number of a result means the finding that it stands for, present or absent; None where no rule knows."""
    if fact.kind != "result" or fact.finding is None or fact.value is None:
        return None
    for lab in knowledge.labs.values():
        for rule in lab["rules"]:
            told = rule["finding"] == fact.finding and lab["unit"] == fact.unit and not rule["given"]
            if told and _fits(rule, age_years, sex):
                return _met(rule, fact.value) == (fact.status == "present")
    return None


def _met(rule: Mapping[str, Any], value: float) -> bool:
    if "below" in rule:
        return bool(value < rule["below"])
    return bool(value >= rule["at_least"] if "at_least" in rule else value > rule["above"])


def opposites(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Pairs of findings that one and the same number cannot mean: too low and too high of one measurement."""
    for entry in (*knowledge.vitals.values(), *knowledge.labs.values()):
        lows = {r["finding"] for r in entry["rules"] if "below" in r}
        highs = {r["finding"] for r in entry["rules"] if "below" not in r}
        yield from ((a, b) for a in sorted(lows) for b in sorted(highs) if a != b)


def _fits(rule: Mapping[str, Any], age_years: float, sex: str | None) -> bool:
    low, high = rule.get("age") or (0, 200)
    return low <= age_years < high and (sex is None or rule.get("sex") in (None, sex))


def _bounds(rules: Rules, present: Collection[str]) -> tuple[float, float]:
    """The open range in which every present rule holds and no absent one does."""
    low, high = 0.0, float("inf")
    for rule in rules:
        holds = rule["finding"] in present
        if "below" in rule:
            low, high = (low, min(high, rule["below"])) if holds else (max(low, rule["below"]), high)
        else:
            limit = rule.get("at_least", rule.get("above"))
            low, high = (max(low, limit), high) if holds else (low, min(high, limit))
    return low, high


def _value(
    rules: Rules,
    present: Collection[str],
    normal: tuple[float, float],
    width: float,
    digits: int,
    dice: Chance,
) -> float | None:
    low, high = _bounds(rules, present)
    met = [r for r in rules if r["finding"] in present]
    if not met:
        low, high = max(low, normal[0]), min(high, normal[1])
    elif any("below" in r for r in met):
        low = max(low, high - width)
    else:
        high = min(high, low + width)
    step = 10.0**-digits
    if low + step >= high:
        return None
    value = _rounded(dice.between(low, high), digits)
    return min(max(value, _rounded(low + step * 0.499, digits)), _rounded(high - step, digits))


def _rounded(value: float, digits: int) -> float:
    return float(round(value, digits))
