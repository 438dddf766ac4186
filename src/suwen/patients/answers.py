"""What a person answers about one thing, before it is put into words: yes, no, not known, not said, not remembered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Literal

from suwen.knowledge import DURATIONS
from suwen.patients.hearing import Asked, PersonFact
from suwen.patients.script import Fact, Script
from suwen.patients.stages import Memory
from suwen.patients.truth import KIND_OF, Truth

P_FORGETS = 0.4
"""Of what a forgetful person can forget, at the first asking. Source: estimate."""
FORGETTABLE = frozenset({"past", "medicine", "allergy", "family", "personal", "timing"})


@dataclass(frozen=True, slots=True)
class Answer:
    """facts: behind it. special: they are more special than what was asked. about: which table of words.
    recalled: it was forgotten at the first asking. partly: some of it is not remembered now."""

    kind: Literal["yes", "no", "unsure", "forget", "refuse", "evade"]
    finding: str = ""
    facts: tuple[Fact, ...] = ()
    special: bool = False
    about: str = ""
    recalled: bool = False
    partly: bool = False


class Answers:
    """The answers of one script."""

    def __init__(self, script: Script, truth: Truth) -> None:
        self.script, self.truth = script, truth
        self.knowledge = truth.knowledge

    def about(self, finding: str, asked: Asked, memory: Memory) -> Answer:
        """The answer to whether a finding is so."""
        if self.truth.holds(finding):
            return self._present(finding, asked, memory)
        absent = self.truth.denied_by(finding)
        if absent is not None and absent.tellable:
            return Answer("no", finding, (absent,))
        if absent is not None:
            return Answer("unsure", finding, about=self._how_unknown(finding))
        definition = self.knowledge.finding[finding]
        unknowable = definition.kind in ("vital", "result") or (
            definition.kind == "sign" and not definition.askable
        )
        if unknowable:
            return Answer("unsure", finding, about=self._how_unknown(finding))
        return Answer("no", finding)

    def _present(self, finding: str, asked: Asked, memory: Memory) -> Answer:
        facts = [self.script.fact[f] for f in self.truth.support[finding]]
        if not facts:
            return Answer("yes", finding, about="pregnant" if finding == "pregnant" else "")
        known = [f for f in facts if f.tellable]
        if not known:
            return Answer("unsure", finding, about=self._how_unknown(finding))
        again = memory.times[finding] > 0
        open_ones = [f for f in known if not f.hidden or f.id in memory.told or asked.kind or again]
        if not open_ones:
            return Answer("evade" if self.script.psychology.honest else "refuse", finding)
        forgotten = [f for f in open_ones if f.id not in memory.told and self.forgets(f)]
        if forgotten == open_ones and not again:
            return Answer("forget", finding)
        exact = [f for f in open_ones if f.finding == finding]
        told = exact or open_ones[: 2 if self.script.psychology.personality == "talkative" else 1]
        return Answer("yes", finding, tuple(told), special=not exact, recalled=again and bool(forgotten))

    def _how_unknown(self, finding: str) -> str:
        kind = self.knowledge.finding[finding].kind
        return (
            kind if kind in ("vital", "result", "sign") else "vital" if finding in self._measured else "other"
        )

    @property
    def _measured(self) -> frozenset[str]:
        return frozenset(f.finding for f in self.script.medical.facts if f.finding and f.kind == "vital")

    def forgets(self, fact: Fact) -> bool:
        """Whether a forgetful person does not remember this at first: one throw a fact, and somebody forgetful forgets at
        least one thing that a doctor asks about."""
        return self.script.psychology.recall == "forgetful" and fact.id in self._forgotten

    @cached_property
    def _forgotten(self) -> frozenset[str]:
        can = [
            f for f in self.script.medical.facts
            if f.status == "present" and f.tellable and not f.hidden and f.kind in FORGETTABLE
        ]  # fmt: skip
        throws = {f.id: Random(f"{self.script.seed}:{self.script.id}:{f.id}:forget").random() for f in can}
        lost = {name for name, throw in throws.items() if throw < P_FORGETS}
        asked = [f for f in can if f.finding in self.knowledge.finding and f.kind not in ("timing", "family")]
        asked = [f for f in asked if self.knowledge.finding[str(f.finding)].askable]
        if asked and not lost & {f.id for f in asked}:
            lost.add(min(asked, key=lambda f: (f.volunteered, throws[f.id])).id)
        return frozenset(lost)

    def since(self) -> tuple[Fact | None, float | None]:
        """The fact that says how long it has lasted, and the hours where they are known."""
        facts = [f for f in self.script.medical.facts if f.status == "present"]
        timing = next((f for f in facts if f.finding in DURATIONS), None)
        complaint = max(
            (f.hours for f in facts if f.kind == "complaint" and f.hours is not None), default=None
        )
        if timing is None:
            return None, complaint
        hours = timing.hours if timing.hours is not None else timing.value
        return timing, hours if hours is not None else complaint

    def places(self, finding: str) -> tuple[Fact, ...]:
        """Where a pain is: the facts more special than it, that say so."""
        own = [
            f
            for f in self.script.medical.facts
            if f.status == "present" and f.tellable and f.finding and not f.hidden and f.kind != "family"
        ]
        if not finding:
            return tuple(f for f in own if f.kind == "complaint")
        inside = [f for f in own if f.finding and finding in self.knowledge.ancestors.get(f.finding, ())]
        sited = [f for f in inside if self._is_place(f)]
        return tuple(sited or [])

    def _is_place(self, fact: Fact) -> bool:
        assert fact.finding is not None
        return any(
            set(line) <= {"kernel", "site", "sites"} for line in self.knowledge.finding[fact.finding].compose
        )

    def listed(self, name: PersonFact, asked: Asked, memory: Memory) -> Answer:
        """Medicines, allergies, past, family, personal: all that is told of a kind."""
        kind = KIND_OF[name]
        facts = [f for f in self.script.medical.facts if f.kind == kind]
        present = [f for f in facts if f.status == "present"]
        open_ones = [f for f in present if not f.hidden or f.id in memory.told]
        again = memory.times[name] > 0
        remembered = [f for f in open_ones if again or f.id in memory.told or not self.forgets(f)]
        if remembered:
            return Answer("yes", facts=tuple(remembered), about=kind, partly=len(remembered) < len(open_ones))
        if open_ones:
            return Answer("forget", about=kind)
        absent = tuple(f for f in facts if f.status == "absent" and kind in ("medicine", "allergy"))
        return Answer("refuse" if present else "no", facts=absent, about=kind)
