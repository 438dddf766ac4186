"""Whole consultations by the thousand: a crowd of simulated patients and the doctor as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suwen.consult.many import Many
from suwen.consult.wave import DURATION, END, FINDING, WHERE, Openings, Questions, Wave
from suwen.patients.crowd import Crowd

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Consultations:
    """What came of n consultations.

    p: (n, D+1) the last differential. level: (n,) triage level, 0 emergency .. 4 self-care. questions: (n,) asked after the
    first words. asked: per patient the (kind, finding) of each question, when they were kept.
    """

    p: NDArray[np.float64]
    level: Ints
    questions: Ints
    asked: tuple[tuple[tuple[int, int], ...], ...] = ()

    def ranks(self, condition: Ints) -> Ints:
        """(n,) the place of the true condition, from 1; of equally likely ones the first in the knowledge comes first."""
        named = self.p[:, :-1]
        own = named[np.arange(len(named)), condition][:, None]
        before = np.arange(named.shape[1]) < condition[:, None]
        return np.asarray(1 + ((named > own) | ((named == own) & before)).sum(axis=1))


def openings_of(crowd: Crowd) -> Openings:
    """What the doctor hears first."""
    return Openings(
        complaints=crowd.complaints,
        age_years=np.where(crowd.tells_age, crowd.age_years, np.nan),
        sex=np.where(crowd.tells_sex, np.where(crowd.is_female, 2, 1), 0),
        duration=np.where(crowd.tells_duration, crowd.duration, -1),
        month=crowd.month,
    )


def consultations(many: Many, crowd: Crowd, *, keep_questions: bool = False) -> Consultations:
    """Every patient of the crowd consulted to the end."""
    wave = Wave(many, openings_of(crowd))
    people = (crowd.age_years, np.where(crowd.is_female, 2, 1))
    active = np.arange(len(crowd))
    number = np.zeros(len(crowd), dtype=np.int64)
    asked: list[list[tuple[int, int]]] = [[] for _ in range(len(crowd))] if keep_questions else []
    while len(active):
        questions = wave.next(active)
        going = questions.kind != END
        active = active[going]
        questions = Questions(questions.kind[going], questions.finding[going], questions.places)
        number[active] += 1
        if keep_questions:
            for row, kind, finding in zip(active.tolist(), questions.kind.tolist(), questions.finding.tolist(), strict=True):
                asked[row].append((kind, finding))
        wave.hear(active, questions, _answers(crowd, active, questions), people)
    every = np.arange(len(crowd))
    return Consultations(wave.p, wave.level(every), number, tuple(tuple(a) for a in asked))


def _answers(crowd: Crowd, rows: Ints, questions: Questions) -> Ints:
    found = np.full(len(rows), -1)
    chosen = questions.kind == FINDING
    found[chosen] = crowd.answers(rows[chosen], questions.finding[chosen])
    chosen = questions.kind == DURATION
    found[chosen] = crowd.duration[rows[chosen]]
    for i in np.flatnonzero(questions.kind == WHERE):
        row = int(rows[i])
        there = [f for f in questions.places[row] if crowd.truth[row, f]]
        found[i] = there[0] if there else -1
    return found
