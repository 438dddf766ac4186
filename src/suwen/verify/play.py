"""One whole encounter in words: a doctor and a patient who know nothing of each other but what is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from suwen.core.errors import SuwenError
from suwen.patients.script import Script
from suwen.patients.utterance import Patient
from suwen.verify.doctor import Doctor, Spoken
from suwen.verify.encounter import Encounter, Exchange, Test

MOST_TURNS = 40
"""Turns of the patient before the doctor is made to conclude: twice our doctor's questions. Source: estimate."""
MOST_TESTS = 3
"""Examinations ordered in one round."""


class Orders(Protocol):
    """Who gives results on request: the names as the doctor said them, and what became of each."""

    def __call__(self, names: Sequence[str]) -> Sequence[Test]: ...


Clock = Callable[[], float]
"""Seconds from any fixed point."""


def play(
    script: Script,
    doctor: Doctor,
    patient: Patient,
    *,
    most_turns: int = MOST_TURNS,
    gatekeeper: Orders | None = None,
    clock: Clock | None = None,
) -> Encounter:
    """The encounter from the greeting to the answer. A doctor or patient who fails (SuwenError) ends it: what was said is
    kept and `error` says who failed and how. Without a `clock` it took 0 seconds."""
    began = clock() if clock else 0.0
    turns: list[Exchange] = []
    finished: Spoken | None = None
    error = ""
    speaking = "doctor"
    try:
        said = doctor.open(script.lang)
        while True:
            speaking = "patient"
            answer = patient.hear(said.text) if turns else patient.open(said.text)
            turns.append(Exchange(said, answer))
            speaking = "doctor"
            last = answer.ended or len(turns) >= most_turns
            # Even the last words are heard: they may be the ones that raise an alarm.
            said = doctor.hear(answer.text) if answer.text.strip() or not last else doctor.conclude()
            if last and not said.ended and not said.answer:
                said = doctor.conclude()
            if last or said.ended:
                finished = said
                break
        if gatekeeper is not None and (names := examinations(finished)):
            speaking = "gatekeeper"
            # Ordered by the last words, which have no turn of the patient after them.
            turns[-1] = replace(turns[-1], tests=tuple(gatekeeper(names[:MOST_TESTS])))
    except SuwenError as fault:
        error = f"{speaking}: {type(fault).__name__}: {fault.message}"
    seconds = clock() - began if clock else 0.0
    return Encounter(script, tuple(turns), finished, seconds, error)


def examinations(said: Spoken) -> tuple[str, ...]:
    """Names of the examinations that an answer proposes, in its order; empty for a doctor who only talks."""
    for draft in said.drafts:
        if draft.kind == "concluded":
            return tuple(str(e["name"]) for e in draft.body["result"]["examinations"])
    return ()
