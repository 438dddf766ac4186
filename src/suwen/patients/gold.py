"""What is dangerous about a drawn patient, and the triage that follows from it.

A red flag counts where it belongs to what the person has. One that would rest on chance, a symptom that nothing of theirs
explains, is taken out of the draw: else most emergencies among sampled patients would be coincidences that nobody tells, and
missing them would say nothing of a doctor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from suwen.core.case import TRIAGE_LEVELS, Alarm, Case, Finding, Person, more_urgent
from suwen.knowledge import DURATIONS, Knowledge
from suwen.patients.facts import fact_of
from suwen.patients.script import Fact
from suwen.patients.tables import Bools, Tables
from suwen.reasoning.triage import Triager
from suwen.safety.redflags import Watch

WHO_THEY_ARE = ("risk", "history")
"""Kinds that are true of the person whatever they come with: fever under chemotherapy is a red flag whoever has it."""

LONG_AGO = {"duration_weeks", "duration_months"}


class Dangers:
    """The red flags of drawn patients under one knowledge."""

    def __init__(self, knowledge: Knowledge, watch: Watch, tables: Tables) -> None:
        self.knowledge, self.watch, self.tables = knowledge, watch, tables
        self.triager = Triager(knowledge)
        depth = [len(knowledge.ancestors[f.id]) for f in knowledge.findings]
        self._general_first = np.argsort(np.array(depth), kind="stable")
        self._tellable = np.array([fact_of(f).tellable for f in knowledge.findings])
        self._passing = np.array(
            [
                f.kind not in WHO_THEY_ARE and f.id not in DURATIONS and f.topic != "pregnancy"
                for f in knowledge.findings
            ]
        )

    def strays(
        self, hit: Bools, duration: str, person: Person, d: int, *, complaints: Collection[int]
    ) -> Bools:
        """The columns of `hit` that have to go, so that no red flag rests on chance.

        A red flag belongs when the condition `d` mentions each of its passing findings: symptoms, signs and events, not who
        the person is. What comes from a lasting illness under treatment does not belong, though the illness itself does:
        steroids with a fever count, the hoarseness of an old reflux with today's wheals does not.
        """
        own = self.tables.mentioned(d).copy()
        own[list(complaints)] = True
        left, gone = hit.copy(), np.zeros(len(hit), dtype=bool)
        # What is only measured may be what a red flag rests on; told without it, it would rest on something else.
        while stray := self._stray(left, duration, person, own) or self._stray(
            left & self._tellable, duration, person, own
        ):
            for column in stray:
                gone[[column, *self.tables.below[column]]] = True
            left &= ~gone
        return gone & hit

    def _stray(self, hit: Bools, duration: str, person: Person, own: Bools) -> list[int]:
        """What the first red flag that does not belong rests on by chance; empty when every one belongs."""
        there = [c for c in self._general_first.tolist() if hit[c]]
        names = [*(self.knowledge.findings[c].id for c in there), duration]
        for alarm in self._alarms(names, person):
            stray = [c for c in self._columns(alarm) if self._passing[c] and not own[c]]
            if stray:
                return stray
        return []

    def _alarms(self, names: Sequence[str], person: Person) -> tuple[Alarm, ...]:
        return self.watch.alarms(self._case(names, person))

    def _case(self, names: Sequence[str], person: Person) -> Case:
        # Words are the findings' ids here, so that an alarm says which findings it rests on.
        return Case(person=person, findings={name: Finding(name, "present", words=name) for name in names})

    def _columns(self, alarm: Alarm) -> list[int]:
        return [self.knowledge.finding[name].index for name in alarm.words]

    def level(self, condition: int, facts: Iterable[Fact], person: Person) -> str:
        """The gold triage: the condition's level in such a person, raised by every red flag among what the person can tell.

        What came on suddenly weeks or months ago is no emergency of today, and counts as if it had come slowly.
        """
        names = [f.finding for f in facts if f.finding and f.status == "present" and f.tellable and f.own]
        if LONG_AGO & set(names):
            names = [name for name in names if name != "onset_sudden"]
        case = self._case(names, person)
        level = TRIAGE_LEVELS[self.triager.levels(case)[condition]]
        for alarm in self.watch.alarms(case):
            level = more_urgent(level, alarm.triage)
        return level
