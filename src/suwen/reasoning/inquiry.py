"""What to ask next: the question whose answer is expected to tell most, weighed by harm, burden and topic.

Over a batch of B cases, D conditions and F findings the gain of every question for every case is a few
matrix products; one case is a batch of one. `consult.many` does the same for thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suwen.core.case import Case, Finding, Heard, Status
from suwen.knowledge import FindingDef, Knowledge
from suwen.reasoning.differential import Differential, Reasoner

Matrix = NDArray[np.float64]
_TINY = 1e-300


def entropy(p: Matrix) -> Matrix:
    """Shannon entropy in nats over the last axis."""
    return np.asarray(-np.sum(p * np.log(np.maximum(p, _TINY)), axis=-1))


def gain(p: Matrix, likelihood: Matrix, denied: Matrix | None = None) -> Matrix:
    """Expected information in nats of asking each of F yes-no findings, (B, F), never negative: H(answer) - H(answer | d).

    p: (B, D) posterior, rows summing to one; likelihood: (D, F) P(present | condition), inside (0, 1); denied: (D, F)
    P(absent | condition) where there is a third outcome, 'not noted'.
    """
    found = np.zeros((p.shape[0], likelihood.shape[1]))
    outcomes = (
        [likelihood, 1.0 - likelihood] if denied is None else [likelihood, denied, 1.0 - likelihood - denied]
    )
    for table in outcomes:
        z = p @ table
        found += p @ (table * np.log(np.maximum(table, _TINY))) - z * np.log(np.maximum(z, _TINY))
    return np.asarray(np.maximum(found, 0.0))


def danger_gain(p: Matrix, likelihood: Matrix, harm: NDArray[np.float64]) -> Matrix:
    """Expected information in nats about whether something dangerous is there, (B, F); harm: (D,) in 0..1."""
    weighted = p * harm
    q = weighted.sum(axis=1, keepdims=True)
    after = np.zeros((p.shape[0], likelihood.shape[1]))
    for table in (likelihood, 1.0 - likelihood):
        z = np.maximum(p @ table, _TINY)
        after += z * _binary(np.clip((weighted @ table) / z, 0, 1))
    return np.maximum(_binary(q) - after, 0.0)


def _binary(q: Matrix) -> Matrix:
    return -(q * np.log(np.maximum(q, _TINY)) + (1 - q) * np.log(np.maximum(1 - q, _TINY)))


HARM = {"emergency": 1.0, "urgent": 0.6, "soon": 0.15, "routine": 0.02, "self_care": 0.0}
"""How much of a condition's probability counts as danger. Source: estimate."""


CHILD_UNTIL_YEARS = 15
LEAST_P = 5e-4
NEAR = 0.04
"""A condition takes part in choosing a question from LEAST_P and from NEAR times the likeliest one's probability
on; a dangerous one from a fifth of that. Source of both: estimate."""
LEAST_P_ANSWER = 0.08
"""An answer less likely than this is not waited for when everything else is settled. Source: estimate."""
MOST_CANDIDATES = 40
VALUE_DIGITS = 10
"""Digits after the point to which the values of two questions are compared."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be asked now: the finding, its expected value, and P(yes)."""

    finding: FindingDef
    value: float
    gain: float
    p_yes: float


@dataclass(frozen=True, slots=True)
class Policy:
    """How questions are valued. Source of all: estimate, measured against alternatives by the benchmarks."""

    harm: float = 2.0
    same_topic: float = 1.25
    kind_weight: tuple[tuple[str, float], ...] = (
        ("symptom", 1.0), ("sign", 0.8), ("context", 0.8), ("risk", 0.55), ("history", 0.55), ("timing", 0.7),
        ("vital", 0.3), ("result", 0.0),
    )  # fmt: skip
    least_likely: float = 0.015


class Inquiry:
    """Chooses questions under one knowledge; with `among` only about these findings."""

    ends_early = True
    """Whether a consultation may end before its budget is used up; without it, only when nothing is left to ask."""

    def __init__(
        self, reasoner: Reasoner, policy: Policy | None = None, *, among: Iterable[str] | None = None
    ) -> None:
        self.reasoner, self.knowledge = reasoner, reasoner.knowledge
        self.policy = policy or Policy()
        self.harm = np.array([*(HARM[c.triage] for c in self.knowledge.conditions), 0.05])
        self.columns = Columns.of(self.knowledge, dict(self.policy.kind_weight))
        if among is not None:
            self.columns.askable[:] = np.isin(self.columns.ids, list(among))

    def open_findings(self, case: Case) -> NDArray[np.int64]:
        """Indices of findings that may be asked: answerable, possible here, not known, not implied, not asked."""
        knowledge, columns = self.knowledge, self.columns
        present, absent = self.reasoner.known(case.findings)
        free = columns.askable & columns.fits(case.person.age_years, case.person.sex)
        if not ("pregnant" in present or "postpartum" in present):
            free = free & ~columns.of_pregnancy
        if case.person.age_years is None or case.person.age_years >= CHILD_UNTIL_YEARS:
            free = free & ~columns.of_child
        here = np.zeros(len(knowledge.findings) + 1, dtype=bool)
        here[[knowledge.finding[name].index for name in present]] = True
        here[-1] = True  # stands for 'no parent'
        free = free & (here[knowledge.parent] | columns.parent_not_askable)
        known = [
            knowledge.finding[n].index
            for n in (*present, *case.findings, *case.asked)
            if n in knowledge.finding
        ]
        free[known] = False
        for name in absent:
            free[columns.below[knowledge.finding[name].index]] = False
        return np.flatnonzero(free)

    def candidates(
        self, case: Case, differential: Differential, *, topic: str | None = None
    ) -> list[Candidate]:
        """What could be asked now, most valuable first; `topic` is what the last question was about."""
        columns = self.open_findings(case)
        if not len(columns):
            return []
        keep = self._worth_asking_about(differential)
        table = self.knowledge.likelihood[keep][:, columns].astype(
            np.float64
        )  # whole rows first: they lie together in memory
        refined = self.refined(case, columns)
        if self.knowledge.denied is None:
            table[:, refined] = self.knowledge.ratio(columns[refined], keep)
        p = differential.p[keep]
        p = (p / p.sum())[None, :]
        denied = self.knowledge.denied
        information = gain(p, table, None if denied is None else denied[keep][:, columns])[0]
        danger = danger_gain(p, table, self.harm[keep])[0]
        yes = (p @ table)[0]
        value = (information + self.policy.harm * danger) * self.columns.weight[columns]
        value = np.where(self.columns.topic[columns] == topic, value * self.policy.same_topic, value)
        value = np.where(yes < self.policy.least_likely, value * 0.2, value)
        # Rounded, so that questions worth the same come in the order of the knowledge and not of rounding errors.
        order = np.argsort(-np.round(value, VALUE_DIGITS), kind="stable")[:MOST_CANDIDATES]
        findings = self.knowledge.findings
        return [
            Candidate(findings[columns[i]], float(value[i]), float(information[i]), float(yes[i]))
            for i in order
        ]

    def refined(self, case: Case, columns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these findings would make another one more special that is there already."""
        present, _ = self.reasoner.known(case.findings)
        here = np.zeros(len(self.knowledge.findings) + 1, dtype=bool)  # the last stands for 'no parent'
        here[[self.knowledge.finding[name].index for name in present]] = True
        return np.asarray(here[self.knowledge.parent[columns]])

    def _worth_asking_about(self, differential: Differential) -> NDArray[np.int64]:
        """Conditions that a doctor has in mind now: near the likeliest, or dangerous and not far from it."""
        p = differential.p
        likely = p >= max(LEAST_P, NEAR * float(p[:-1].max()))
        dangerous = (self.harm >= HARM["urgent"]) & (p >= max(LEAST_P / 5, NEAR / 5 * float(p[:-1].max())))
        return np.flatnonzero(likely | dangerous)


@dataclass(frozen=True, slots=True)
class Columns:
    """What is the same of every finding in every case, as arrays of length F."""

    ids: NDArray[np.str_]
    askable: NDArray[np.bool_]
    weight: NDArray[np.float64]
    topic: NDArray[np.str_]
    of_pregnancy: NDArray[np.bool_]
    of_child: NDArray[np.bool_]
    parent_not_askable: NDArray[np.bool_]
    sex: NDArray[np.int64]
    age_from: NDArray[np.float64]
    age_to: NDArray[np.float64]
    below: tuple[NDArray[np.int64], ...]

    @classmethod
    def of(cls, knowledge: Knowledge, kind_weight: dict[str, float]) -> Columns:
        findings = knowledge.findings
        only = [f.only or {} for f in findings]
        ages = [o.get("age") or (0, 200) for o in only]
        below: list[list[int]] = [[] for _ in findings]
        for f in findings:
            for above in knowledge.ancestors[f.id]:
                below[knowledge.finding[above].index].append(f.index)
        return cls(
            ids=np.array([f.id for f in findings]),
            askable=np.array([f.askable for f in findings]),
            weight=np.array([kind_weight.get(f.kind, 0.0) / f.burden for f in findings]),
            topic=np.array([f.topic for f in findings]),
            of_pregnancy=np.array(
                [f.topic == "pregnancy" and f.id not in ("pregnant", "postpartum") for f in findings]
            ),
            of_child=np.array([f.topic == "child" for f in findings]),
            parent_not_askable=np.array(
                [f.parent is not None and not knowledge.finding[f.parent].askable for f in findings]
            ),
            sex=np.array([{"male": 1, "female": 2}.get(o.get("sex") or "", 0) for o in only]),
            age_from=np.array([float(a[0]) for a in ages]),
            age_to=np.array([float(a[1]) for a in ages]),
            below=tuple(np.array(b, dtype=np.int64) for b in below),
        )

    def fits(self, age_years: float | None, sex: str | None) -> NDArray[np.bool_]:
        """Which findings someone of this age and sex can have; what is not told rules nothing out."""
        fit = np.ones(len(self.sex), dtype=bool)
        if sex is not None:
            fit &= (self.sex == 0) | (self.sex == (1 if sex == "male" else 2))
        if age_years is not None:
            fit &= (self.age_from <= age_years) & (age_years <= self.age_to)
        return fit


def brute_force_gain(p: NDArray[np.float64], likelihood: NDArray[np.float64]) -> float:
    """The same expectation for one finding, written out: H(d) - Σ_v P(v) H(d | v). For tests and doubt."""
    yes = float(p @ likelihood)
    total = float(entropy(p))
    for share, table in ((yes, likelihood), (1 - yes, 1 - likelihood)):
        if share > 0:
            total -= share * float(entropy(p * table / share))
    return total


def topic_of(knowledge: Knowledge, ids: Iterable[str]) -> str | None:
    """The topic of the last of these findings that exists."""
    for name in reversed(list(ids)):
        if name in knowledge.finding:
            return knowledge.finding[name].topic
    return None


def changes_action(
    candidates: Iterable[Candidate],
    case: Case,
    differential: Differential,
    reasoner: Reasoner,
    action: Callable[[Case, Differential], object],
) -> bool:
    """Whether any answer to these questions would change what the patient should do."""
    now = action(case, differential)
    for candidate in candidates:
        answers: tuple[tuple[Status, float], ...] = (
            ("present", candidate.p_yes),
            ("absent", 1 - candidate.p_yes),
        )
        for status, p_answer in answers:
            if p_answer < LEAST_P_ANSWER:
                continue
            after = case.add(Heard(findings=(Finding(candidate.finding.id, status, origin="answer"),)))
            if action(after, reasoner.differential(after)) != now:
                return True
    return False
