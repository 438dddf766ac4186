"""One whole encounter in words: a doctor and a patient who know nothing of each other but what is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from suwen.core.errors import SuwenError
from suwen.patients.script import Script
from suwen.patients.utterance import Patient, Utterance
from suwen.verify.doctor import Doctor, Spoken
from suwen.verify.encounter import Encounter, Exchange, Review
from suwen.verify.orders import Report

MOST_TURNS = 40
"""Turns of the patient before the doctor is made to conclude: twice our doctor's questions. Source: estimate."""
MOST_ROUNDS = 2
"""Rounds of examinations after the answer: what is wanted first, and what its results make of it. Source: estimate."""


class Orders(Protocol):
    """Who gives results on request: the names as the doctor said them, and what came of them."""

    def __call__(self, names: Sequence[str]) -> Report: ...


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
    reviews: list[Review] = []
    finished: Spoken | None = None
    error = ""
    speaking = "doctor"
    try:
        said = doctor.open(script.lang)
        while True:
            if gatekeeper is not None and said.orders:
                report = gatekeeper(said.orders)
                turns.append(Exchange(said, Utterance(report.text, report.disclosed), report.tests))
                last = len(turns) >= most_turns
                said = doctor.read(report)
            else:
                speaking = "patient"
                answer = patient.hear(said.text) if turns else patient.open(said.text)
                speaking = "doctor"
                turns.append(Exchange(said, answer))
                last = answer.ended or len(turns) >= most_turns
                # Even the last words are heard: they may be the ones that raise an alarm.
                said = doctor.hear(answer.text) if answer.text.strip() or not last else doctor.conclude()
            if last and not said.ended and not said.answer:
                said = doctor.conclude()
            if last or said.ended:
                finished = said
                break
        if gatekeeper is not None:
            for review in _reviews(finished, doctor, gatekeeper):
                reviews.append(review)  # one by one: what was there before a failure is kept
    except SuwenError as fault:
        error = f"{speaking}: {type(fault).__name__}: {fault.message}"
    seconds = clock() - began if clock else 0.0
    return Encounter(script, tuple(turns), finished, seconds, error, tuple(reviews))


def _reviews(answer: Spoken, doctor: Doctor, gatekeeper: Orders) -> Iterator[Review]:
    """What the examinations show that an answer asks for, and the answers that their results make."""
    for _ in range(MOST_ROUNDS):
        report = gatekeeper(answer.orders) if answer.orders else Report()
        if not report.tests:
            return
        said = doctor.read(report) if report.results else None
        yield Review(report, said)
        if said is None:
            return
        answer = said
