"""The patient by rules: first and third stage here, the second in voice.py."""

from __future__ import annotations

from suwen.knowledge import Knowledge
from suwen.language.understand import Ear
from suwen.patients.hearing import Asked
from suwen.patients.lay import lay_of
from suwen.patients.script import Script
from suwen.patients.stages import Memory, SpeakingPatient
from suwen.patients.truth import Fault, Truth
from suwen.patients.utterance import Utterance
from suwen.patients.voice import RuleVoice

PATIENCE = {"terse": 30, "distrustful": 30, "stoic": 35, "plain": 40, "anxious": 40, "talkative": 45}
"""Turns of a doctor until somebody leaves, by personality; never under 25. Source: estimate."""
OFFER_CLOSES_FROM = 5
"""Turns from which "any questions?" alone is the end of a visit. Source: estimate."""


class RuleEnding:
    """Over when the doctor takes leave, concludes or advises and asks nothing, or when patience is."""

    def __init__(self, script: Script) -> None:
        self.patience = PATIENCE[script.psychology.personality]

    def is_over(self, said: str, asked: Asked, memory: Memory) -> bool:
        if memory.turns >= self.patience:
            return True
        if asked.inquiry or asked.probe:
            return False
        waits = asked.orders and not (asked.goodbye or asked.conclusion)
        if asked.offer and not waits:
            return asked.closing or memory.turns >= OFFER_CLOSES_FROM
        return asked.closing and not waits


class RuleChecker:
    """Hears the words with the ear. With `tested` also what the ear misses in plain words counts, as `unheard`."""

    def __init__(self, truth: Truth, *, tested: bool) -> None:
        self.truth, self.tested = truth, tested
        script = truth.script
        self._plain = not script.noise and script.social.speech == "plain"

    def faults(self, asked: Asked, utterance: Utterance, memory: Memory, *, first: bool) -> list[Fault]:
        found = self.truth.check(asked, utterance, told=memory.told, answering=self.tested, first=first)
        if not found and self.tested and self._plain:
            found = [
                Fault("unheard", name)
                for name in self.truth.unheard(asked, utterance, told=memory.told, first=first)
            ]
            if "age" in asked.person and self.truth.ear.age_told(utterance.text) is None:
                found.append(Fault("unheard", "age"))
        return found


class RulePatient(SpeakingPatient):
    """A patient by rules alone: deterministic under the script's seed, no model.

    tested_words: only words that the ear is known to understand; False lets people say anything they would, which is how
    the doctor's ear is tested.
    """

    def __init__(self, script: Script, knowledge: Knowledge, ear: Ear, *, tested_words: bool = True) -> None:
        truth = Truth(script, knowledge, ear)
        voice = RuleVoice(script, truth, lay_of(ear, tested_words), wild=not tested_words)
        checker = RuleChecker(truth, tested=tested_words)
        super().__init__(script, ear, RuleEnding(script), voice, checker, voice)
