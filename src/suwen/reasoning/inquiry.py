"""What to ask next: the question whose answer is expected to tell most, weighed by harm, burden and topic.

Over a batch of B cases, D conditions and F findings the gain of every question for every case is four
matrix products; one case is a batch of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suwen.core.case import Case
from suwen.knowledge import FindingDef, Knowledge
from suwen.reasoning.differential import Differential, Reasoner

Matrix = NDArray[np.float64]
_TINY = 1e-300


def entropy(p: Matrix) -> Matrix:
    """Shannon entropy in nats over the last axis."""
    return -np.sum(p * np.log(np.maximum(p, _TINY)), axis=-1)


def gain(p: Matrix, likelihood: Matrix) -> Matrix:
    """Expected information in nats of asking each of F yes-no findings, (B, F), never negative.

    p: (B, D) posterior, rows summing to one; likelihood: (D, F) P(present | condition), inside (0, 1).
    """
    p_log_p = p * np.log(np.maximum(p, _TINY))
    before = -p_log_p.sum(axis=1, keepdims=True)
    after = np.zeros((p.shape[0], likelihood.shape[1]))
    for table in (likelihood, 1.0 - likelihood):
        safe = np.maximum(table, _TINY)
        z = np.maximum(p @ table, _TINY)
        conditional = np.log(z) - (p_log_p @ table + p @ (table * np.log(safe))) / z
        after += z * conditional
    return np.maximum(before - after, 0.0)


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
    """Chooses questions under one knowledge."""

    def __init__(self, reasoner: Reasoner, policy: Policy | None = None) -> None:
        self.reasoner, self.knowledge = reasoner, reasoner.knowledge
        self.policy = policy or Policy()
        levels = [HARM[c.triage] for c in self.knowledge.conditions]
        self.harm = np.array([*levels, 0.05])
        kind = dict(self.policy.kind_weight)
        self.weight = np.array([kind.get(f.kind, 0.0) / f.burden for f in self.knowledge.findings])

    def open_findings(self, case: Case) -> list[FindingDef]:
        """Findings that may be asked: answerable, possible for this person, not known, not implied, not asked."""
        present, absent = self.reasoner.known(case.findings)
        asked = set(case.asked)
        out = []
        for f in self.knowledge.findings:
            if not f.askable or f.id in present or f.id in case.findings or f.id in asked:
                continue
            if not f.allows(case.person.age_years, case.person.sex):
                continue
            if not _fits_person(f, case, present):
                continue
            chain = self.knowledge.ancestors[f.id]
            if any(above in absent for above in chain):
                continue
            if f.parent and f.parent not in present and self.knowledge.finding[f.parent].askable:
                continue
            out.append(f)
        return out

    def candidates(self, case: Case, differential: Differential, *, topic: str | None = None) -> list[Candidate]:
        """What could be asked now, most valuable first; `topic` is what the last question was about."""
        open_ = self.open_findings(case)
        if not open_:
            return []
        present, _ = self.reasoner.known(case.findings)
        columns = np.array([f.index for f in open_])
        table = np.where(
            np.array([f.parent in present for f in open_])[None, :],
            self.knowledge.ratio[:, columns],
            self.knowledge.likelihood[:, columns],
        )
        keep = differential.p > 1e-5
        p = differential.p[keep]
        p = (p / p.sum())[None, :]
        information = gain(p, table[keep])[0]
        danger = danger_gain(p, table[keep], self.harm[keep])[0]
        yes = (p @ table[keep])[0]
        value = (information + self.policy.harm * danger) * self.weight[columns]
        value = value * np.where([f.topic == topic for f in open_], self.policy.same_topic, 1.0)
        value = np.where(yes < self.policy.least_likely, value * 0.2, value)
        order = np.argsort(-value, kind="stable")
        return [Candidate(open_[i], float(value[i]), float(information[i]), float(yes[i])) for i in order]


def _fits_person(finding: FindingDef, case: Case, present: Container[str]) -> bool:
    """Pregnancy is gone into only when there is one, and a child's matters only for a child."""
    if finding.topic == "pregnancy":
        return "pregnant" in present or "postpartum" in present or finding.id in ("pregnant", "postpartum")
    if finding.topic == "child":
        return case.person.age_years is not None and case.person.age_years < CHILD_UNTIL_YEARS
    return True


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
    candidates: Iterable[Candidate], case: Case, reasoner: Reasoner, action: Callable[[Case, Differential], object]
) -> bool:
    """Whether any answer to these questions would change what the patient should do."""
    from suwen.core.case import Finding, Heard

    now = action(case, reasoner.differential(case))
    for candidate in candidates:
        for status in ("present", "absent"):
            after = case.add(Heard(findings=(Finding(candidate.finding.id, status, origin="answer"),)))  # type: ignore[arg-type]
            if action(after, reasoner.differential(after)) != now:
                return True
    return False


assert math.isclose(float(entropy(np.array([0.5, 0.5]))), math.log(2))
