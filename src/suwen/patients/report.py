"""The report of one examination: what the script says of it, line by line, and a plausible normal for the rest."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from suwen.knowledge import Knowledge
from suwen.patients.catalogue import Catalogue, Contraindication, Examination, Part, fold
from suwen.patients.script import ON_REQUEST, Fact, Script

PULSE_PRESSURE = 20.0
"""mmHg; a drawn diastolic pressure stays this far under the systolic one. Source: estimate."""
WARY_KINDS = ("allergy", "past", "medicine")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report. value, unit: a measured number. normal: the range it is compared with, where there is one."""

    name: str
    text: str
    value: float | None = None
    unit: str | None = None
    source: Literal["script", "synthetic"] = "synthetic"
    normal: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    text: str
    lines: tuple[Line, ...]
    disclosed: tuple[str, ...]


class Reporter:
    """Writes reports about one script. The names of its diagnoses are kept out of them; its diagnoses decide nothing."""

    def __init__(self, script: Script, knowledge: Knowledge, table: Catalogue) -> None:
        self.script = script
        self.knowledge = knowledge
        self.table = table
        self.lang = script.lang

    def report(self, examination: Examination) -> Report:
        lines: list[Line] = []
        told: dict[str, None] = {}
        for part in examination.parts:
            line, facts = self._measured(part, lines)
            told.update(dict.fromkeys(f.id for f in facts))
            if line:
                lines.append(line)
        rest = [f for f in self._facts(examination) if f.id not in told]
        told.update(dict.fromkeys(f.id for f in rest))
        seen = [f for f in rest if f.status == "present"]
        lines += [self._seen(f, examination) for f in seen if not self._is_implied(f, seen)]
        normal = examination.normal.get(self.lang)
        if normal and not seen:
            source: Literal["script", "synthetic"] = "script" if rest else "synthetic"
            lines.append(Line(examination.name(self.lang), normal, source=source))
        return Report(_joined(self.lang, [one.text for one in lines]), tuple(lines), tuple(told))

    def is_contraindicated(self, reason: Contraindication) -> bool:
        """Whether the script gives this reason against an examination."""
        of = self.script.of_finding
        if reason.pregnant and (self.script.medical.pregnant_weeks is not None or _is(of.get("pregnant"))):
            return True
        if any(_is(of.get(name)) for name in reason.findings):
            return True
        words = " ".join(
            t for f in self.script.medical.facts if f.kind in WARY_KINDS and f.status == "present"
            for t in f.text.values()
        ).lower()  # fmt: skip
        return any(word in words for word in reason.words)

    # -- numbers ----------------------------------------------------------------------------------------

    def _measured(self, part: Part, before: list[Line]) -> tuple[Line | None, list[Fact]]:
        """The line of a number, and the facts behind it; no line where the script and the table say nothing."""
        named = [f for f in self._requested if f.value is not None and self._is_named(f, part)]
        meant = [f for f in self._of(part.shows) if f.value is None or f.kind not in ON_REQUEST or f in named]
        facts = list(dict.fromkeys(f.id for f in (*named, *meant)))
        behind = [self.script.fact[i] for i in facts]
        name = part.name(self.lang)
        person = self.script.social
        normal = part.normal(person.age_years, person.sex)
        if named:
            fact = next((f for f in named if f.status == "present"), named[0])
            return _number(name, float(fact.value or 0), fact.unit or part.unit, "script", normal), behind
        present = [f for f in meant if f.status == "present"]
        if present:
            shown = [f for f in present if not self._is_implied(f, present)]
            words = _joined(self.lang, [self._words(f) for f in shown])
            return Line(name, words, source="script"), behind
        if normal is None or any(_is(self.script.of_finding.get(name)) for name in part.unless):
            return None, behind
        if any(self._writes_of(fact, part) for fact, _ in self._written):
            return None, behind  # it stands in words, which a number drawn here could contradict
        value = self._drawn(part, normal, before)
        return _number(name, value, part.unit, "script" if behind else "synthetic", normal), behind

    def _drawn(self, part: Part, normal: tuple[float, float], before: list[Line]) -> float:
        """A normal number, the same for the same thing measured whichever examination shows it."""
        low, high = normal
        value = random.Random(f"{self.script.seed}:{part.zh}:{part.unit}").uniform(low, high)
        if part.id == "dbp":
            top = next((one.value for one in before if one.value is not None and one.unit == part.unit), None)
            if top is not None:
                value = min(value, top - PULSE_PRESSURE)
        return float(round(value, part.digits))

    def _is_named(self, fact: Fact, part: Part) -> bool:
        """Whether a measured fact is this number, by its id or by the name in its text."""
        if part.id and fact.id == f"vital.{part.id}":
            return True
        return any(fold(_label(text)) in _names_of(part) for text in fact.text.values())

    @staticmethod
    def _writes_of(fact: Fact, part: Part) -> bool:
        """Whether a written result names this number: `Lactate dehydrogenase: elevated`."""
        names = _names_of(part)
        return any(fold(piece) in names for text in fact.text.values() for piece in re.split(r"[:：]", text))

    # -- what is seen -----------------------------------------------------------------------------------

    def _facts(self, examination: Examination) -> Iterator[Fact]:
        """The facts that an examination shows: by finding, otherwise by the words of what is written."""
        yield from self._of(self.table.shows[examination.id])
        for fact, where in self._written:
            if examination.id in where:
                yield fact

    def _of(self, findings: Iterable[str]) -> list[Fact]:
        """The person's own facts about these findings or more special ones."""
        wanted = frozenset(findings)
        above = self.knowledge.ancestors
        return [
            f for name, f in self.script.of_finding.items()
            if name in wanted or (f.status == "present" and not wanted.isdisjoint(above.get(name, ())))
        ]  # fmt: skip

    @cached_property
    def _requested(self) -> list[Fact]:
        return [f for f in self.script.medical.facts if f.kind in ON_REQUEST and f.own]

    @cached_property
    def _written(self) -> list[tuple[Fact, frozenset[str]]]:
        """Measured facts without a finding that any examination shows, each with the examinations its words lead to."""
        shown = frozenset().union(*self.table.shows.values())
        found = []
        for fact in self._requested:
            above = self.knowledge.ancestors.get(fact.finding or "", ())
            if fact.finding and (fact.finding in shown or not shown.isdisjoint(above)):
                continue
            if fact.id.startswith("vital.") and fact.value is not None and self._is_a_part(fact):
                continue
            text = " ".join(fact.text.values())
            where = self.table.of_text(text, physical=fact.kind == "examination")
            if fact.kind == "examination":
                where = (*where, "pe_full")
            elif not where:
                where = self.table.of_text(text, physical=True)
            found.append((fact, frozenset(where)))
        return found

    def _is_a_part(self, fact: Fact) -> bool:
        return any(self._is_named(fact, p) for e in self.table.examinations.values() for p in e.parts)

    def _is_implied(self, fact: Fact, others: Iterable[Fact]) -> bool:
        """Whether a more special finding among the others says it already."""
        return any(fact.finding in self.knowledge.ancestors.get(o.finding or "", ()) for o in others)

    def _seen(self, fact: Fact, examination: Examination) -> Line:
        words = self._words(fact)
        if fact.value is not None and fact.kind in ON_REQUEST:
            return _number(words, fact.value, fact.unit or "", "script", None)
        return Line(examination.name(self.lang), words, source="script")

    def _words(self, fact: Fact) -> str:
        """What a report writes for a fact, in the script's language where there are such words."""
        definition = self.knowledge.finding.get(fact.finding or "")
        name = definition.name(self.lang) if definition else ""
        text = fact.text.get(self.lang) or next(iter(fact.text.values()), "")
        if definition and (fact.kind not in ON_REQUEST or not text or text == name):
            if not self._names_diagnosis(name):
                return name
            others = definition.record["words"].get(self.lang, ())
            return next((str(w) for w in others if not self._names_diagnosis(str(w))), name)
        return self._without_diagnosis(text)

    def _without_diagnosis(self, text: str) -> str:
        """A written result without the clauses that name a diagnosis of the script."""
        if not self._names_diagnosis(text):
            return text
        kept = [c for c in _CLAUSE.findall(text) if not self._names_diagnosis(c)]
        rest = "".join(kept).strip(" ,，;；:：")
        if rest and rest != _label(text):
            return rest
        done = "已做，报告只有描述，没有结论" if self.lang == "zh" else "done; the report gives no conclusion"
        return f"{rest}：{done}" if rest else done

    def _names_diagnosis(self, text: str) -> bool:
        low = text.lower()
        return any(name in low for name in self._diagnoses)

    @cached_property
    def _diagnoses(self) -> tuple[str, ...]:
        """Names of the script's diagnoses in both languages, long enough not to be found inside other words."""
        names: set[str] = set()
        for diagnosis in self.script.medical.diagnoses:
            names.add(diagnosis.text)
            condition = self.knowledge.condition.get(diagnosis.condition or "")
            if condition:
                record = condition.record
                names |= {*record["name"].values(), *(n for row in record["also"].values() for n in row)}
        low = {re.sub(r"[（(].*?[）)]", "", n).strip().lower() for n in names}
        return tuple(sorted(n for n in low if len(n) >= (5 if n.isascii() else 2)))


_CLAUSE = re.compile(r"[^,，;；。.:：\n]+(?:\.(?=\d)[^,，;；。.:：\n]+)*[,，;；。.:：\n]?\s*")
_LABEL = re.compile(r"^[^:：\d]+")


def _names_of(part: Part) -> set[str]:
    return {fold(n) for n in (part.zh, part.en, *part.also)}


def _label(text: str) -> str:
    """What stands before the first colon or number: the name of what was measured."""
    match = _LABEL.match(text)
    return match.group().strip() if match else text


def _is(fact: Fact | None) -> bool:
    return fact is not None and fact.status == "present"


def _number(
    name: str,
    value: float,
    unit: str,
    source: Literal["script", "synthetic"],
    normal: tuple[float, float] | None,
) -> Line:
    gap = "" if unit in ("%", "℃") else " "
    return Line(name, f"{name} {value:g}{gap}{unit}".rstrip(), value, unit, source, normal)


def _joined(lang: str, texts: Iterable[str]) -> str:
    return ("；" if lang == "zh" else "; ").join(dict.fromkeys(texts))
