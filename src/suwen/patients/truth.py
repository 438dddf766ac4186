"""Whether an utterance is true to the script: the third stage of speaking, and what fidelity is measured with.

The words are heard with the ear of the language, not compared with what was meant to be said. What the script does not hold
must not be heard as present, what it holds must not be heard as denied, and nothing leaves that nobody asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal

from suwen.core.case import Case, Finding, Heard, Lang, Person, Question
from suwen.knowledge import DURATIONS, Knowledge
from suwen.language.lengths import duration_finding
from suwen.language.understand import Ear
from suwen.patients.hearing import Asked
from suwen.patients.lay import lay_of
from suwen.patients.script import Fact, Script
from suwen.patients.utterance import Utterance

FaultKind = Literal["invented", "contradiction", "unasked", "leak", "unheard", "misheard"]
SOFT = frozenset({"unheard", "misheard"})
"""The ear's misses, not the patient's: the words are the knowledge's own for what is so."""
LIES = frozenset({"refuse", "forget", "misunderstand"})
"""Moves with which the words may deny or leave open what is so."""
OVERLAP = 0.5
"""Share of a question's character pairs or words that make a fact without a finding asked for. Source: estimate."""
KIND_OF = {
    "medicines": "medicine",
    "allergies": "allergy",
    "past": "past",
    "family": "family",
    "personal": "personal",
    "duration": "timing",
}
"""The kind of fact that a question about the person asks for."""
_AROUND = {
    "allergy": ("对{}过敏", "allergic to {}"),
    "medicine": ("吃{}", "taking {}"),
    "past": ("得过{}", "had {}"),
}
"""What always stands around a fact of a kind; what the ear hears only in other surroundings is not the fact's own."""
_META = re.compile(r"剧本|脚本|提示词|system prompt|language model|my script|语言模型")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an utterance. what: the finding, fact or word. See SOFT for the ear's own."""

    kind: FaultKind
    what: str


@lru_cache(maxsize=20_000)
def _heard(
    ear: Ear,
    text: str,
    lang: Lang,
    pending: str | None,
    known: tuple[str, ...],
    relation: str | None,
    first: bool,
) -> Heard:
    """What the ear hears, which is pure; short answers come again and again."""
    case = Case(lang=lang, pending=Question(pending, "yes_no", (pending,)) if pending else None)
    if not first:
        other = Person(subject="other", relation="child" if relation == "child" else None)
        told = {name: Finding(name, "present") for name in known}
        case = replace(case, person=other if relation else Person(), texts=("…",), findings=told)
    return ear.understand(text, case)


def check(
    script: Script, asked: Asked, utterance: Utterance, knowledge: Knowledge, ear: Ear, *, told: Collection[str] = ()
) -> list[Fault]:  # fmt: skip
    """The faults of one utterance; `told` are the ids of facts told in earlier ones."""
    return Truth(script, knowledge, ear).check(asked, utterance, told=told)


class Truth:
    """What is so for one script, and whether words agree with it."""

    def __init__(self, script: Script, knowledge: Knowledge, ear: Ear) -> None:
        self.script, self.knowledge, self.ear = script, knowledge, ear
        self.lay = lay_of(ear)

    @cached_property
    def support(self) -> dict[str, tuple[str, ...]]:
        """Of each finding that is so the facts that make it so; empty for what follows from the person."""
        found: dict[str, tuple[str, ...]] = {}
        for fact in self.script.medical.facts:
            if fact.status == "present" and fact.finding in self.knowledge.finding:
                assert fact.finding is not None
                if fact.kind == "family" and not fact.finding.startswith("family_"):
                    continue
                for name in (fact.finding, *self.knowledge.ancestors[fact.finding]):
                    found[name] = (*found.get(name, ()), fact.id)
        for name in self._derived():
            found.setdefault(name, ())
        return found

    def _derived(self) -> tuple[str, ...]:
        """Findings that follow from the person and from when the complaint began."""
        weeks = self.script.medical.pregnant_weeks
        names = ["pregnant"] if weeks is not None else []
        for words in (f"怀孕{weeks:g}周", f"{weeks:g} weeks pregnant") if weeks is not None else ():
            names += sorted(self.lay.present_in(words))
        hours = [f.hours for f in self.script.medical.facts if f.kind == "complaint" and f.hours is not None]
        durations = [
            f.finding for f in self.script.medical.facts if f.finding in DURATIONS and f.status == "present"
        ]
        names += [duration_finding(max(hours))] if hours and not durations else []
        return tuple(n for n in names if n in self.knowledge.finding)

    def holds(self, finding: str) -> bool:
        """Whether a finding is so: by a fact, as what a more special fact implies, or by who the person is."""
        return finding in self.support

    @cached_property
    def absent(self) -> dict[str, Fact]:
        """The facts that certainly are not so, by finding."""
        return {f.finding: f for f in self.script.medical.facts if f.finding and f.status == "absent"}

    def denied_by(self, finding: str) -> Fact | None:
        """The absent fact about a finding."""
        return self.absent.get(finding)

    def asks_for(self, asked: Asked, fact: Fact) -> bool:
        """Whether a question asks for a fact, however special the fact."""
        if not fact.tellable:
            return False
        family = (fact.finding, *self.knowledge.ancestors.get(fact.finding, ())) if fact.finding else ()
        if set(asked.findings) & set(family):
            return True
        if asked.place is not None and (
            asked.place in family or (not asked.place and fact.kind == "complaint")
        ):
            return True
        if any(KIND_OF.get(p) == fact.kind for p in asked.person) and not (
            fact.kind == "timing" and fact.finding not in DURATIONS
        ):
            return True
        if asked.complaint and fact.finding in DURATIONS:
            return True  # how long belongs to what is wrong
        if (asked.complaint or asked.again or asked.severity) and fact.kind == "complaint":
            return True
        if asked.open or asked.probe == "all":
            return fact.volunteered > 0 or fact.kind == "complaint"
        if asked.severity and fact.finding and fact.finding.endswith("_severe"):
            return True
        return (
            fact.finding is None and not asked.findings and not asked.person and overlaps(asked.words, fact)
        )

    def hear(
        self, asked: Asked, text: str, *, told: Collection[str] = (), answering: bool, first: bool
    ) -> Heard:
        """What the ear makes of the words as the answer to what was asked by somebody who knows what was told before: a
        word means more to a doctor who has heard of a blocked nose."""
        pending = None
        if answering and len(asked.findings) == 1 and asked.place is None and not asked.how:
            pending = asked.findings[0]
        known = tuple(sorted({f for t in told if (f := self._finding_of(t)) in self.knowledge.finding and f}))
        social = self.script.social
        relation = None if social.speaker == "self" else "child" if social.age_years < 18 else "other"
        return _heard(self.ear, text, self.script.lang, pending, () if first else known, relation, first)

    def _finding_of(self, name: str) -> str | None:
        fact = self.script.fact.get(name)
        return fact.finding if fact and fact.status == "present" and fact.own else None

    def check(
        self, asked: Asked, utterance: Utterance, *, told: Collection[str] = (), answering: bool = True, first: bool = False
    ) -> list[Fault]:  # fmt: skip
        """The faults of one utterance. answering: read a bare yes as the answer to the finding asked for."""
        if not utterance.text:
            return []
        heard = self.hear(asked, utterance.text, told=told, answering=answering, first=first)
        lies = bool(LIES & set(utterance.moves))
        known = sorted({*told, *utterance.disclosed})
        faults = [f for f in map(self._illegal, utterance.disclosed) if f]
        for finding in heard.findings:
            if finding.when != "now":
                continue
            if finding.status == "present":
                faults += self._present(finding.id, asked, known)
            elif finding.status == "absent" and self.holds(finding.id) and not lies:
                faults.append(Fault("contradiction", finding.id))
        faults += self._unasked(asked, utterance, told)
        faults += self._leaks(heard, utterance, known)
        faults += self._person(heard)
        return list(dict.fromkeys(faults))

    def _illegal(self, name: str) -> Fault | None:
        fact = self.script.fact.get(name)
        if fact is None:
            return Fault("invented", name)
        return None if fact.tellable else Fault("leak", name)

    def _present(self, finding: str, asked: Asked, known: Collection[str]) -> list[Fault]:
        if self.knowledge.finding[finding].is_marker:
            return []
        facts = self.support.get(finding)
        if facts is not None and (not facts or set(facts) & set(known)):
            return []
        if self._said_by_text(finding, known):
            return []
        if self._is_worded(finding, known):
            return [Fault("misheard", finding)]
        if facts is None:
            return [Fault("invented", finding)]
        if any(self.asks_for(asked, self.script.fact[f]) and not self.script.fact[f].hidden for f in facts):
            return []
        return [Fault("unasked", finding)]

    def _said_by_text(self, finding: str, known: Collection[str]) -> bool:
        """Whether the finding is heard in the script's own words of a fact that was told: a medicine means the illness it
        is for to the ear, but not what only some surroundings make of it."""
        told = [f for f in (self.script.fact.get(k) for k in known) if f and f.status == "present" and f.text]
        lang = self.script.lang
        return any(
            h.id == finding or finding in self.knowledge.ancestors[h.id]
            for fact in told
            for text in ([fact.text[lang]] if lang in fact.text else fact.text.values())
            for said in (text, *(frame.format(text) for frame in _AROUND.get(fact.kind, ())))
            for h in _heard(self.ear, said, self.script.lang, None, (), None, False).findings
        )

    def _is_worded(self, finding: str, known: Collection[str]) -> bool:
        """Whether the ear hears this finding in the name, unshortened, or in a patient's or doctor's word of one that was told."""
        told = [
            f.finding
            for f in (self.script.fact.get(k) for k in known)
            if f and f.finding in self.knowledge.finding
        ]
        lang, lay = self.script.lang, self.lay
        return any(
            finding in heard or any(finding in self.knowledge.ancestors[h] for h in heard)
            for name in told
            for text in (
                self.knowledge.finding[name].name(lang),
                *(word.text for word in (*lay.words(name, lang), *lay.learned(name, lang))),
            )
            for heard in (lay.present_in(text),)
        )

    def _unasked(self, asked: Asked, utterance: Utterance, told: Collection[str]) -> list[Fault]:
        """Facts given away that were not asked for and that nobody volunteers."""
        out = []
        for name in utterance.disclosed:
            fact = self.script.fact.get(name)
            if fact is None or name in told or fact.kind == "complaint" or fact.volunteered > 0:
                continue
            if fact.status == "absent" or self.asks_for(asked, fact):
                continue
            out.append(Fault("unasked", name))
        return out

    def _leaks(self, heard: Heard, utterance: Utterance, known: Collection[str]) -> list[Fault]:
        """The diagnosis, the script or a measurement in the words."""
        texts = " ".join(t for k in known if (f := self.script.fact.get(k)) for t in f.text.values())
        own = {d.condition for d in self.script.medical.diagnoses if d.condition and d.role != "distractor"}
        words = self._words_of(known) if own & set(heard.concerns) else ""
        names = [self.knowledge.condition[c] for c in heard.concerns if c in own]
        faults = [
            Fault("leak", c.id)
            for c in names
            if not texts and c.id not in self.ear.understand(words, Case()).concerns
        ]
        low = utterance.text.lower()
        for diagnosis in self.script.medical.diagnoses:
            name = diagnosis.text or (
                self.knowledge.condition[diagnosis.condition].name(self.script.lang)
                if diagnosis.condition in self.knowledge.condition
                else ""
            )
            said = len(name) >= 3 and name.lower() in low and diagnosis.role == "main"
            if said and name.lower() not in f"{texts} {self._words_of(known)}".lower():
                faults.append(Fault("leak", name))
        told = {f.value for k in known if (f := self.script.fact.get(k))}
        faults += [
            Fault("leak", name)
            for name, value in heard.measurements.items()
            if value not in told and str(int(value)) not in texts
        ]
        if match := _META.search(low):
            faults.append(Fault("leak", match.group()))
        return faults

    def _words_of(self, known: Collection[str]) -> str:
        """The names of the findings told, a sentence each."""
        facts = (self.script.fact.get(k) for k in known)
        findings = (
            self.knowledge.finding[f.finding] for f in facts if f and f.finding in self.knowledge.finding
        )
        return "; ".join(f"{d.zh}; {d.en}" for d in findings)

    def _person(self, heard: Heard) -> list[Fault]:
        """An age, sex or pregnancy that is not the person's."""
        social, weeks = self.script.social, self.script.medical.pregnant_weeks
        faults = []
        age = heard.person.get("age_years")
        if age is not None and abs(age - social.age_years) > max(1.01, 0.1 * social.age_years):
            faults.append(Fault("invented", "age"))
        if heard.person.get("sex") not in (None, social.sex):
            faults.append(Fault("invented", "sex"))
        said = heard.person.get("pregnant_weeks")
        if said is not None and (weeks is None or abs(said - weeks) > 1):
            faults.append(Fault("invented", "pregnant_weeks"))
        return faults

    def unheard(
        self, asked: Asked, utterance: Utterance, *, told: Collection[str] = (), first: bool = False
    ) -> list[str]:
        """The present facts told whose finding the ear does not hear in the words, as the doctor would."""
        heard = self.hear(asked, utterance.text, told=told, answering=True, first=first)
        present = {f.id for f in heard.findings if f.status == "present" and f.when == "now"}
        missed = []
        for name in utterance.disclosed:
            fact = self.script.fact[name]
            if (
                fact.status != "present"
                or fact.finding not in self.knowledge.finding
                or fact.kind == "family"
            ):
                continue
            assert fact.finding is not None
            near = {fact.finding, *self.knowledge.ancestors[fact.finding]}
            if not any(p in near or fact.finding in self.knowledge.ancestors[p] for p in present):
                missed.append(name)
        return missed


def overlaps(question: str, fact: Fact) -> bool:
    """Whether a question names what a fact without a finding says, by pairs of characters or by words."""
    for lang, text in fact.text.items():
        if lang == "zh":
            mine = {text[i : i + 2] for i in range(len(text) - 1)}
            hit = sum(pair in question for pair in mine)
        else:
            mine = set(re.findall(r"[a-z]{4,}", text.lower()))
            hit = sum(word in question.lower() for word in mine)
        if mine and hit / len(mine) >= OVERLAP:
            return True
    return False
