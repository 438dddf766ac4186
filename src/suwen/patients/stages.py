"""A simulated patient speaks in three stages: has the visit ended, what would this person say, is it true to the script.

Each stage is a small protocol with an implementation by rules (speak.py, voice.py) and one by a model (model_patient.py).
What fails the third stage is said again more plainly, so that faults do not leave; `Memory.faults` counts them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from suwen.core.errors import ModelError
from suwen.language.understand import Ear
from suwen.patients.hearing import Asked, hearing_of
from suwen.patients.script import Script
from suwen.patients.truth import SOFT, Fault
from suwen.patients.utterance import Utterance

PLAINEST = 3
"""Levels of plainness: 0 as this person talks, 1 the same in other words, 2 plain, 3 the bare minimum."""


@dataclass(slots=True)
class Memory:
    """What has happened in one encounter. told: ids of facts told. times: how often each thing was asked."""

    turns: int = 0
    told: set[str] = field(default_factory=set)
    times: Counter[str] = field(default_factory=Counter)
    misheard: set[str] = field(default_factory=set)
    dialogue: list[tuple[str, str]] = field(default_factory=list)
    """(doctor, patient) turn by turn."""
    ended: bool = False
    last: Utterance | None = None
    faults: Counter[str] = field(default_factory=Counter)
    """Faults found by the third stage, by kind; `left` are those that even the plainest words had."""
    moves: Counter[str] = field(default_factory=Counter)
    fallbacks: Counter[str] = field(default_factory=Counter)
    """How often a stage's model failed and the rules spoke, by stage."""
    stood_in: Counter[str] = field(default_factory=Counter)
    """Turns whose words are the fallback's, not the voice's, by why: how the model failed, or what fault its words had."""

    @property
    def own(self) -> str:
        """The person's last words."""
        return self.dialogue[-1][1] if self.dialogue else ""

    def note(self, said: str, asked: Asked, utterance: Utterance) -> None:
        self.told |= set(utterance.disclosed)
        self.moves.update(utterance.moves)
        self.times.update({*asked.findings, *asked.person, asked.key} - {""})
        self.dialogue.append((said, utterance.text))
        self.ended = self.ended or utterance.ended
        self.last = utterance


class Ending(Protocol):
    """First stage: whether the visit is over for this person."""

    def is_over(self, said: str, asked: Asked, memory: Memory) -> bool: ...


class Voice(Protocol):
    """Second stage: what this person says. plainness 0..3 (see PLAINEST): how plain the words must be, after faults."""

    def open(self, memory: Memory, plainness: int) -> Utterance: ...

    def reply(self, said: str, asked: Asked, memory: Memory, *, over: bool, plainness: int) -> Utterance: ...


class Checker(Protocol):
    """Third stage: what in an utterance is not true to the script."""

    def faults(
        self, asked: Asked, utterance: Utterance, memory: Memory, *, first: bool
    ) -> Sequence[Fault]: ...


class SpeakingPatient:
    """A patient of three stages. `fallback` speaks when `voice` fails or says what is not true."""

    def __init__(
        self, script: Script, hearing: Ear, ending: Ending, voice: Voice, checker: Checker, fallback: Voice
    ) -> None:
        self.script = script
        self.memory = Memory()
        self._hearing = hearing_of(hearing)
        self._ending, self._voice, self._checker, self._fallback = ending, voice, checker, fallback

    def open(self, greeting: str) -> Utterance:
        """The first words, after the doctor's greeting."""
        return self._said(greeting, Asked(complaint=True, inquiry=True), over=False, first=True)

    def hear(self, said: str) -> Utterance:
        """What the person answers; nothing more once the visit is over."""
        memory = self.memory
        if memory.ended:
            return Utterance("", ended=True)
        memory.turns += 1
        asked = self._hearing.hear(said, own=memory.own)
        return self._said(said, asked, over=self._ending.is_over(said, asked, memory), first=False)

    def _said(self, said: str, asked: Asked, *, over: bool, first: bool) -> Utterance:
        utterance = replace(self._true(said, asked, over, first), ended=over)
        self.memory.note(said, asked, utterance)
        return utterance

    def _true(self, said: str, asked: Asked, over: bool, first: bool) -> Utterance:
        """The first wording without a fault; else the one with nothing worse than words the ear misses."""
        memory, why = self.memory, ""
        passable: tuple[Voice, Utterance] | None = None
        for voice, plainness in self._attempts():
            try:
                if first:
                    utterance = voice.open(memory, plainness)
                else:
                    utterance = voice.reply(said, asked, memory, over=over, plainness=plainness)
            except ModelError as error:
                memory.fallbacks["voice"] += 1
                why = str(error.details.get("cause", "no answer"))
                continue
            faults = self._checker.faults(asked, utterance, memory, first=first)
            if not faults:
                break
            memory.faults.update(f.kind for f in faults)
            why = why or faults[0].kind
            if passable is None and all(f.kind in SOFT for f in faults):
                passable = voice, utterance
        else:
            if passable is not None:
                voice, utterance = passable
            else:
                memory.faults["left"] += 1
                told = tuple(d for d in utterance.disclosed if d in self.script.fact)
                utterance = replace(utterance, disclosed=told)
        if voice is not self._voice:
            memory.stood_in[why] += 1
        return utterance

    def _attempts(self) -> list[tuple[Voice, int]]:
        plain = [(self._fallback, n) for n in range(PLAINEST + 1)]
        return plain if self._voice is self._fallback else [(self._voice, 0), *plain]
