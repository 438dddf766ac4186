"""Danger before thought: which red flags a case raises.

A rule looks only at what was heard, never at the differential, and nothing lowers an alarm: hedged findings
count in full, and a fact that is not known cannot make a rule fire nor silence it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from suwen.core.case import TRIAGE_LEVELS, Alarm, Case, merged
from suwen.knowledge import Knowledge
from suwen.knowledge.literals import COMPARE, FACT, Literal, literals
from suwen.safety.critical import critical_of

Test = Callable[[Case, frozenset[str]], str | None]
"""Returns the finding (or fact) that met the test, or None."""


_Line = tuple[str, list[Test]]
"""One alternative of a rule: the rule's id and what must hold together."""


class Watch:
    """All red flags of one knowledge, ready to look at a case."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.critical = critical_of(knowledge)
        self.rules: Mapping[str, Mapping[str, Any]] = {rule["id"]: rule for rule in knowledge.red_flags}
        self._always: list[_Line] = []
        self._lines = [
            (TRIAGE_LEVELS.index(level), [frozenset(v for k, v in c if k == "present") for c in line], line)
            for _, level, line in literals(knowledge.red_flags)
        ]
        self._by_finding: dict[str, list[_Line]] = {}
        for rule in knowledge.red_flags:
            for line in rule["any"]:
                needed, tests = _cheapest(line), [_item(item) for item in line]
                for name in needed:
                    self._by_finding.setdefault(name, []).append((rule["id"], tests))
                if not needed:
                    self._always.append((rule["id"], tests))

    def alarms(self, case: Case, flags: Sequence[tuple[str, str]] = ()) -> tuple[Alarm, ...]:
        """Every alarm that this case raises; `flags` are (rule, words) pairs heard word for word."""
        present = self._present(case)
        raised: dict[str, Alarm] = {}
        for rule, said in flags:
            raised[rule] = Alarm(rule, self.rules[rule]["triage"], (said,))
        done: set[str] = set()
        lines = [
            *self._always,
            *(line for name in sorted(present) for line in self._by_finding.get(name, ())),
        ]
        for rule, line in lines:
            if rule in done:
                continue
            met = [test(case, present) for test in line]
            if all(m is not None for m in met):
                done.add(rule)
                old = raised.get(rule)
                words = tuple(dict.fromkeys(w for m in met if m for w in [self._words(case, m)] if w))
                raised[rule] = Alarm(
                    rule, self.rules[rule]["triage"], merged(old.words if old else (), words)
                )
        return tuple(raised[rule] for rule in self.rules if rule in raised)

    def nearly(self, case: Case) -> Iterator[tuple[int, frozenset[str], bool]]:
        """Lines of which one thing is missing that a finding could be: (level 0 emergency .. , the findings of which any
        would complete it, whether some other finding of the line is there)."""
        present = self._present(case)
        for level, wanted, line in self._lines:
            missing = [i for i, names in enumerate(wanted) if not (names & present)]
            open_ = [i for i in missing if not _known_without(line[i], case, present)]
            if len(open_) == 1 and wanted[open_[0]]:
                yield level, wanted[open_[0]], len(missing) < len(wanted)

    def name(self, rule: str, lang: str) -> str:
        """What a rule is called; the id of one that today's knowledge no longer has."""
        return str(self.rules[rule]["name"][lang]) if rule in self.rules else rule

    def _present(self, case: Case) -> frozenset[str]:
        names = set(case.present)
        for name in case.present:
            names.update(self.knowledge.ancestors.get(name, ()))
        return frozenset(names)

    def _words(self, case: Case, name: str) -> str:
        for finding in case.findings.values():
            if finding.status == "present" and (
                finding.id == name or name in self.knowledge.ancestors.get(finding.id, ())
            ):
                return finding.words or self.knowledge.finding[finding.id].name(case.lang)
        return ""


def _known_without(clause: Sequence[Literal], case: Case, present: frozenset[str]) -> bool:
    """Whether a clause holds by who the patient is, what was measured or what is not there."""
    for kind, value in clause:
        if kind == "not" and value not in present:
            return True
        if kind == "sex" and case.person.sex == value:
            return True
        if kind == "age" and case.person.age_years is not None and value[0](case.person.age_years, value[1]):
            return True
        if kind == "measured":
            fact = FACT.match(value)
            assert fact is not None
            if _holds(case, fact.group(1), COMPARE[fact.group(2)], float(fact.group(3))):
                return True
    return False


def _cheapest(line: Sequence[Any]) -> frozenset[str]:
    """Findings of which at least one has to be there for the line to hold; empty if it rests on facts alone."""
    plain = [frozenset([item] if isinstance(item, str) else item) for item in line]
    usable = [
        names
        for names in plain
        if not any(FACT.match(n) or n.startswith("not:") or n in ("male", "female") for n in names)
    ]
    return min(usable, key=len, default=frozenset())


def _item(item: Any) -> Test:
    if isinstance(item, list):
        tests = [_item(one) for one in item]

        def any_of(case: Case, present: frozenset[str]) -> str | None:
            return next((m for m in (t(case, present) for t in tests) if m is not None), None)

        return any_of
    if item in ("male", "female"):
        return lambda case, present: item if case.person.sex == item else None
    fact = FACT.match(item)
    if fact:
        name, sign, limit = fact.group(1), COMPARE[fact.group(2)], float(fact.group(3))
        return lambda case, present: item if _holds(case, name, sign, limit) else None
    if item.startswith("not:"):
        return lambda case, present: item if item[4:] not in present else None
    return lambda case, present: item if item in present else None


def _holds(case: Case, name: str, sign: Callable[[float, float], bool], limit: float) -> bool:
    if name == "age":
        value = case.person.age_years
    elif name == "pregnant_weeks":
        value = case.person.pregnant_weeks
    else:
        value = case.measurements.get(name)
    return value is not None and sign(value, limit)
