"""The values a consultation is made of: what was said, what was found, and the case as known now.

All frozen. `Case.add` and its siblings return a new case; the old one stays intact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

Status = Literal["present", "absent", "unknown"]
When = Literal["now", "past", "family"]
Lang = Literal["zh", "en"]
Origin = Literal["words", "answer", "correction", "measured"]

TRIAGE_LEVELS = ("emergency", "urgent", "soon", "routine", "self_care")
"""Most urgent first."""


def more_urgent(a: str, b: str) -> str:
    """The more urgent of two triage levels."""
    return min(a, b, key=TRIAGE_LEVELS.index)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing known about the patient, with the words it came from.

    `certain` is False for hedged words (好像, maybe). `span` is the half-open range of `words` in the
    message `turn` (its position among the patient's messages, from 0).
    """

    id: str
    status: Status
    words: str = ""
    span: tuple[int, int] | None = None
    turn: int = 0
    certain: bool = True
    when: When = "now"
    value: float | None = None
    unit: str | None = None
    origin: Origin = "words"


CLEAR_GUESS = 0.35
"""Share of the likeliest meaning times likeness from which a guess is clear: it may be asked about when there is nothing else
to go on with, and may make it less urgent. Source: estimate; measured in docs/benchmarks.md."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Words that nothing knew, with the findings whose known words are most like them.

    `meanings` are (finding, share), the likeliest first; the shares, 0..1, sum to at most 1. `span` and `turn` as in
    a Finding; `alike`, 0..1, is how like the nearest known words are. A guess is no finding: it raises no alarm and is
    not written down as said.
    """

    words: str
    span: tuple[int, int]
    turn: int
    meanings: tuple[tuple[str, float], ...]
    alike: float = 1.0

    @property
    def likeliest(self) -> str:
        return self.meanings[0][0]

    @property
    def is_clear(self) -> bool:
        return self.meanings[0][1] * self.alike >= CLEAR_GUESS


@dataclass(frozen=True, slots=True)
class Person:
    """Who the patient is; None is 'not told'. Ages in years, weight in kg, pregnancy in completed weeks."""

    subject: Literal["self", "other"] = "self"
    relation: str | None = None
    age_years: float | None = None
    sex: Literal["male", "female"] | None = None
    pregnant_weeks: float | None = None
    weight_kg: float | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What one message said. `retracted` are findings the patient took back; `faults` are impossible values;
    `flags` are the words of red flags, as (rule, words)."""

    findings: tuple[Finding, ...] = ()
    person: Mapping[str, Any] = field(default_factory=dict)
    retracted: tuple[str, ...] = ()
    measurements: Mapping[str, float] = field(default_factory=dict)
    medicines: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    faults: tuple[Mapping[str, Any], ...] = ()
    small_talk: tuple[str, ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question put to the patient.

    `findings` are what it is about; for a choice they are also the answers it offers. `leans` are the
    conditions that a yes and a no would point to, `dangers` those it helps not to miss, and `suspects` the
    medicines that may be the cause, in the patient's language. `said` are words of the patient that it takes up.
    """

    id: str
    kind: Literal["yes_no", "choice", "number", "free"]
    findings: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    leans: tuple[str, ...] = ()
    dangers: tuple[str, ...] = ()
    topic: str = "general"
    suspects: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A red flag that was raised, with the words that raised it; it is never taken back."""

    id: str
    triage: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Everything known now about the patient of an encounter."""

    lang: Lang = "zh"
    person: Person = Person()
    findings: Mapping[str, Finding] = field(default_factory=lambda: MappingProxyType({}))
    background: tuple[Finding, ...] = ()
    measurements: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    medicines: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()
    texts: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    history: tuple[Question, ...] = ()
    pending: Question | None = None
    waited: int = 0
    alarms: tuple[Alarm, ...] = ()
    month: int | None = None
    region: str | None = None
    closed: bool = False

    def add(self, heard: Heard, *, text: str | None = None) -> Case:
        """This case with what was heard; the latest word on a finding counts, a certain one over a hedged one."""
        findings = dict(self.findings)
        background = list(self.background)
        for name in heard.retracted:
            findings.pop(name, None)
        for finding in heard.findings:
            if finding.when != "now":
                background.append(finding)
            elif finding.status != "unknown" or finding.id not in findings:
                findings[finding.id] = finding
        person = replace(self.person, **heard.person) if heard.person else self.person
        return replace(
            self,
            person=person,
            findings=MappingProxyType(findings),
            background=tuple(background),
            measurements=MappingProxyType({**self.measurements, **heard.measurements}),
            medicines=merged(self.medicines, heard.medicines),
            allergies=merged(self.allergies, heard.allergies),
            past=merged(self.past, heard.past),
            concerns=merged(self.concerns, heard.concerns),
            not_understood=merged(self.not_understood, heard.not_understood),
            guesses=(*self.guesses, *(g for g in heard.guesses if g not in self.guesses)),
            texts=self.texts if text is None else (*self.texts, text),
        )

    def correct(self, finding: str, status: Status) -> Case:
        """This case with one finding set by hand; 'unknown' forgets it for the reasoning, not for the log."""
        old = self.findings.get(finding)
        kept = replace(old, status=status, origin="correction", certain=True) if old else None
        new = kept or Finding(finding, status, turn=len(self.texts), origin="correction")
        return replace(self, findings=MappingProxyType({**self.findings, finding: new}))

    def raise_alarms(self, alarms: tuple[Alarm, ...]) -> Case:
        """This case with further alarms; those raised before stay."""
        known = {alarm.id for alarm in self.alarms}
        return replace(self, alarms=(*self.alarms, *(a for a in alarms if a.id not in known)))

    def ask(self, question: Question | None) -> Case:
        """This case with a question put to the patient, or none."""
        if question is None:
            return replace(self, pending=None, waited=0)
        return replace(
            self,
            pending=question,
            waited=0,
            asked=merged(self.asked, (question.id,)),
            history=(*self.history, question),
        )

    def wait(self) -> Case:
        """This case after a message that did not answer the pending question."""
        return replace(self, waited=self.waited + 1)

    def note_unsure(self, heard: Heard) -> Case:
        """This case with the pending yes-no question among the unsure, if that is how it was answered or skipped."""
        if self.pending is None or self.pending.kind != "yes_no":
            return self
        about = self.pending.findings[0]
        unknown = any(f.id == about and f.status == "unknown" for f in heard.findings)
        if unknown or "skip" in heard.small_talk:
            return replace(self, unsure=merged(self.unsure, (about,)))
        return self

    def go_back(self, question: Question) -> Case:
        """This case with an earlier question pending again; the one that was pending has not been asked."""
        last = self.pending.id if self.pending else None
        history = tuple(q for q in self.history if q.id != last)
        return replace(
            self, pending=question, history=history, asked=tuple(a for a in self.asked if a != last)
        )

    @property
    def present(self) -> frozenset[str]:
        return frozenset(f.id for f in self.findings.values() if f.status == "present")

    @property
    def absent(self) -> frozenset[str]:
        return frozenset(f.id for f in self.findings.values() if f.status == "absent")

    @property
    def floor(self) -> str | None:
        """The most urgent level an alarm has forced, or None."""
        return min((a.triage for a in self.alarms), key=TRIAGE_LEVELS.index, default=None)


def merged(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """Both, each entry once, in the order in which they came."""
    return tuple(dict.fromkeys((*old, *new)))
