"""Whole consultations by the thousand: a crowd of simulated patients and the doctor as arrays, and the same one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suwen.consult.clinic import BUDGET, Clinic
from suwen.consult.many import Many
from suwen.consult.turn import Message, Reply, open_case, respond
from suwen.consult.wave import (
    AGE,
    DURATION,
    END,
    FINDING,
    MEDICINES,
    PAST,
    SEX,
    WHERE,
    Openings,
    Questions,
    Wave,
)
from suwen.core.case import TRIAGE_LEVELS, Case, Finding, Heard, Status
from suwen.knowledge import DURATIONS
from suwen.patients.crowd import Crowd, Crowds, Noise
from suwen.verify.baselines import ON_GPU, OURS, POLICIES, asking_by
from suwen.verify.work import same_knowledge

Ints = NDArray[np.int64]
Start = Callable[[Many, Openings], Wave]
NO_NOISE = Noise()
PIECE = 2048
"""Patients consulted side by side: as many as fit into memory beside other workers, and enough for alike ones to meet."""


@dataclass(frozen=True)
class Consultations:
    """What came of n consultations.

    p: (n, D+1) the last differential. level: (n,) triage level, 0 emergency .. 4 self-care. questions: (n,) asked after the
    first words. asked: per patient the (kind, finding) of each question, when they were kept. products: floating-point
    operations in matrix products. turns: differentials worked out.
    """

    p: NDArray[np.float64]
    level: Ints
    questions: Ints
    asked: tuple[tuple[tuple[int, int], ...], ...] = ()
    products: int = 0
    turns: int = 0

    def ranks(self, condition: Ints) -> Ints:
        """(n,) the place of the true condition, from 1; of equally likely ones the first in the knowledge comes first."""
        named = self.p[:, :-1]
        own = named[np.arange(len(named)), condition][:, None]
        before = np.arange(named.shape[1]) < condition[:, None]
        return np.asarray(1 + ((named > own) | ((named == own) & before)).sum(axis=1))


def consultations(
    many: Many, crowd: Crowd, *, start: Start = Wave, keep_questions: bool = False
) -> Consultations:
    """Every patient of the crowd consulted to the end by the doctor that `start` gives."""
    wave = start(many, openings_of(crowd))
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
            for row, kind, finding in zip(
                active.tolist(), questions.kind.tolist(), questions.finding.tolist(), strict=True
            ):
                asked[row].append((kind, finding))
        wave.hear(active, questions, _answers(crowd, active, questions), people)
    level = wave.level(np.arange(len(crowd)))
    return Consultations(wave.p, level, number, tuple(tuple(a) for a in asked), wave.products, wave.turns)


def openings_of(crowd: Crowd) -> Openings:
    """What the doctor hears first."""
    return Openings(
        number=crowd.number,
        complaints=crowd.complaints,
        age_years=np.where(crowd.tells_age, crowd.age_years, np.nan),
        sex=np.where(crowd.tells_sex, np.where(crowd.is_female, 2, 1), 0),
        duration=np.where(crowd.tells_duration, crowd.duration, -1),
        month=crowd.month,
    )


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


# -- in pieces, on many processes -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trial:
    """What a crowd meets: a doctor who chooses questions by one of baselines.POLICIES and asks `budget` at most, and how
    its own answers miss the truth."""

    policy: str = "ours"
    budget: int = BUDGET
    noise: Noise = NO_NOISE


@dataclass(frozen=True, slots=True)
class Piece:
    """People number `start` to `stop` - 1 of a seed in a trial."""

    trial: Trial
    start: int
    stop: int

    @property
    def id(self) -> str:
        return (
            f"patients {self.start} to {self.stop - 1} ({self.trial.policy}, {self.trial.budget} questions)"
        )


@dataclass
class Simulation:
    """The work on a piece of a crowd; small enough to travel, and built where it runs.

    The rows are counts, so that the sum over pieces does not depend on who did them.
    """

    build: Callable[[], Clinic]
    """Gives the clinic: a function of a module, so that other machines find it."""
    seed: int
    even: bool = False
    gpu: str | None = None
    """The device of torch that does the sums where it can, such as `cuda`; None for NumPy on the processor."""
    digest: str | None = None
    """Of the knowledge that the work was planned with; None takes any."""

    @cached_property
    def clinic(self) -> Clinic:
        clinic = self.build()
        same_knowledge(clinic.knowledge, self.digest)
        return clinic

    @cached_property
    def crowds(self) -> Crowds:
        return Crowds(self.clinic.knowledge, even=self.even)

    @cached_property
    def _doctors(self) -> dict[bool, Many]:
        """Whose questions count harm, and whose do not, made when they are first wanted: they differ in nothing large but
        that."""
        return {}

    @cached_property
    def _tables(self) -> dict[bool, Any]:
        """Made in the process that works: a GPU is not shared over a fork."""
        return {}

    def doctor(self, trial: Trial) -> Many:
        harm = trial.policy != "information"
        if harm not in self._doctors:
            policy = OURS if harm else "information"
            self._doctors[harm] = Many(asking_by(policy, self.clinic, budget=self.clinic.budget))
        return self._doctors[harm].asking(trial.budget)

    def start(self, trial: Trial) -> Start:
        if self.gpu is None or trial.policy not in ON_GPU:
            return POLICIES[trial.policy]
        from suwen.consult.wave_torch import Tables, TorchWave

        harm = trial.policy != "information"
        if harm not in self._tables:
            self._tables[harm] = Tables(self.doctor(trial), self.gpu)
        tables = self._tables[harm]
        return lambda many, openings: TorchWave(many, openings, tables)

    def crowd(self, piece: Piece) -> Crowd:
        return replace(self.crowds.draw(piece.start, piece.stop, self.seed), noise=piece.trial.noise)

    def __getstate__(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def __call__(self, task: Piece) -> dict[str, int]:
        many, crowd = self.doctor(task.trial), self.crowd(task)
        done = consultations(many, crowd, start=self.start(task.trial))
        rank = done.ranks(crowd.condition)
        right = many.clinic.triager.levels_of(crowd.condition, crowd.age_years, crowd.truth)
        late = done.level - right
        truly_today, today = right <= 1, done.level <= 1
        return {
            "n": len(crowd),
            **{f"top{k}": int((rank <= k).sum()) for k in (1, 3, 5)},
            "questions": int(done.questions.sum()),
            "level_right": int((late == 0).sum()),
            "level_late": int((late > 0).sum()),
            "level_early": int((late < 0).sum()),
            "emergencies": int((right == 0).sum()),
            "emergencies_missed": int(((right == 0) & ~today).sum()),
            "today": int(truly_today.sum()),
            "today_found": int((truly_today & today).sum()),
            "not_today": int((~truly_today).sum()),
            "not_today_left": int((~truly_today & ~today).sum()),
            "products": done.products,
            "turns": done.turns,
        }


def pieces(trial: Trial, n: int, size: int = PIECE) -> list[Piece]:
    """n patients in pieces; the cut depends on `n` and `size` alone."""
    return [Piece(trial, start, min(start + size, n)) for start in range(0, n, size)]


def total(rows: Iterable[Mapping[str, int]]) -> Counter[str]:
    """Counts of all pieces together."""
    found: Counter[str] = Counter()
    for row in rows:
        found.update(row)
    return found


# -- one by one, for proof --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alone:
    """One patient of a crowd consulted through `respond`."""

    asked: tuple[tuple[int, int], ...]
    level: int
    p: NDArray[np.float64]


def alone(clinic: Clinic, crowd: Crowd, i: int) -> Alone:
    """The same patient, the same answers by tapping, and the doctor that everybody else talks with."""
    knowledge = clinic.knowledge
    told = [Finding(knowledge.findings[f].id, "present") for f in crowd.complaints[i].tolist() if f >= 0]
    if crowd.tells_duration[i]:
        told.append(Finding(DURATIONS[crowd.duration[i]], "present"))
    who: dict[str, Any] = {
        "age_years": float(crowd.age_years[i]),
        "sex": "female" if crowd.is_female[i] else "male",
    }
    person = {k: v for k, v in who.items() if (crowd.tells_age if k == "age_years" else crowd.tells_sex)[i]}
    case = open_case("zh", clinic, month=int(crowd.month[i])).case
    reply = _tapped(case.add(Heard(findings=tuple(told), person=person), text="…"), "…", clinic)
    asked: list[tuple[int, int]] = []
    while reply.case.pending is not None:
        kind, finding, choice = _tap(reply.case, crowd, i, clinic, who["sex"])
        asked.append((kind, finding))
        case = reply.case
        if kind == AGE:  # told as a number, as one that is typed would be rounded
            case = case.add(Heard(person={"age_years": who["age_years"]}))
        reply = _tapped(case, choice, clinic)
    level = TRIAGE_LEVELS.index((reply.result or {})["triage"]["level"])
    return Alone(tuple(asked), level, clinic.reasoner.differential(reply.case).p)


def _tapped(case: Case, choice: str, clinic: Clinic) -> Reply:
    return respond(case, Message("…", choice=choice), clinic)


def _tap(case: Case, crowd: Crowd, i: int, clinic: Clinic, sex: str) -> tuple[int, int, str]:
    """(kind, finding, choice) of the pending question."""
    question = case.pending
    assert question is not None
    finding = clinic.knowledge.finding
    fixed = {
        "age": (AGE, "…"),
        "sex": (SEX, sex),
        "duration": (DURATION, DURATIONS[crowd.duration[i]]),
        "past": (PAST, "none"),
        "medicines": (MEDICINES, "none"),
    }
    if question.id in fixed:
        kind, choice = fixed[question.id]
        return kind, -1, choice
    if question.id.startswith("where:"):
        there = [name for name in question.findings if crowd.truth[i, finding[name].index]]
        return WHERE, finding[question.id.removeprefix("where:")].index, there[0] if there else "elsewhere"
    about = finding[question.id].index
    said: dict[int, Status] = {1: "present", 0: "absent", -1: "unknown"}
    return FINDING, about, said[int(crowd.answers(np.array([i]), np.array([about]))[0])]
