"""What it could be: a single best explanation with a remainder.

log P(d | case) = log prior(d | age, sex, season) + Σ log P(f = v | d), unknown findings left out. Of a
family of findings only the most specific evidence counts: a finding enters as P(f | parent, d), so the
terms of a family multiply to the joint probability of what is known of it and nothing is counted twice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from suwen.core.case import Case, Finding, Guess, Person
from suwen.knowledge import AGE_BAND_ENDS, AGE_SHARE, DURATIONS, P_OTHER, REGIONS, Knowledge

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Few and global; fitted on development cases, never to single conditions (docs/benchmarks.md says how).

    absence: exponent of the evidence of a 'no'. prior: exponent of the prior. temperature: divides the
    evidence. hedged: exponent of evidence told with doubt. unexplained: factor on P(complaint | condition)
    where the condition explains a presenting complaint no better than chance: whoever comes with a sore throat
    comes because of what causes it. volunteered: P(told unasked | there) of an injury, a bite, a splash, a
    pregnancy: what nearly everybody mentions counts a little against a condition that needs it when it is not.
    crowding: findings of one illness come together, so many of them say less than their product: beyond CROWD present ones
    all evidence is weighed by (CROWD / n) to this power.
    """

    absence: float = 1.0
    prior: float = 0.5
    temperature: float = 0.9
    hedged: float = 0.5
    unexplained: float = 0.5
    volunteered: float = 0.85
    crowding: float = 0.5


PRIOR_STRENGTH = 200.0
"""How many confirmed cases the expert view of how often each condition comes weighs. Source: estimate."""


CROWD = 6
"""Findings that are taken at their product; chosen with `crowding` by cross-validation (docs/benchmarks.md)."""
SENSITIVITY = {"symptom": 0.92, "sign": 0.8, "context": 0.95, "risk": 0.9, "history": 0.9, "timing": 0.7}
"""P(patient says yes | finding is there), by kind; measured values count in full. Source: estimate."""


GUESSED_RIGHT = 0.4
"""Weight of the meanings of a guess whose words are those of a known phrase; it falls with the square of the likeness. The
rest says that the words mean nothing. Measured in docs/benchmarks.md."""
GUESSED_COMMON = 0.5
"""Exponent of how common a finding is, in how likely words that nothing knew mean it. Measured in docs/benchmarks.md."""
LEAST_BASE = 1e-4
"""How common any finding is at least."""
KEPT_GUESSES = 512


PRESENTING = ("symptom", "sign")
EXPLAINS = 1.3
"""A condition explains a finding that is this many times as common in it as in anybody. Source: estimate."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One term of the sum: the finding, what is known of it, and its log-likelihood for every condition, (D+1,).

    `clear` is False for a guess that is not (core.case:CLEAR_GUESS).
    """

    finding: str
    status: str
    log_likelihood: Vector
    clear: bool = True


@dataclass(frozen=True)
class Differential:
    """Probabilities (D+1,) that sum to one, the last being 'something else', and the evidence behind them."""

    p: Vector
    evidence: tuple[Evidence, ...]
    temperature: float = 1.0

    def ranked(self, limit: int | None = None) -> list[tuple[int, float]]:
        """(index, probability) of the named conditions, likeliest first; ties in the order of the knowledge."""
        order = np.argsort(-self.p[:-1], kind="stable")[:limit]
        return list(zip(order.tolist(), self.p[order].tolist(), strict=True))

    def of_what_is_clear(self) -> Vector:
        """The probabilities (D+1,) if the words whose meaning is not clear had not been said."""
        unclear = [t.log_likelihood for t in self.evidence if not t.clear]
        if not unclear:
            return self.p
        total = np.sum(unclear, axis=0) / self.temperature
        p = self.p * np.exp(total.min() - total)
        return np.asarray(p / p.sum())

    @property
    def other(self) -> float:
        return float(self.p[-1])


def age_band(age_years: float) -> int:
    """0..7, see schema.AGE_BANDS."""
    return bisect_right(AGE_BAND_ENDS, age_years)


class Reasoner:
    """The differential of a case under one knowledge."""

    def __init__(self, knowledge: Knowledge, parameters: Parameters | None = None) -> None:
        self.knowledge = knowledge
        self.parameters = parameters or Parameters()
        self.index = {f.id: f.index for f in knowledge.findings}
        self._kind = [f.kind for f in knowledge.findings]
        told = [f.index for f in knowledge.findings if f.kind == "context" and f.parent is None]
        self._silence = {i: np.log1p(-self.parameters.volunteered * knowledge.p(i)) for i in told}
        self.all_silent = np.sum(list(self._silence.values()), axis=0)
        self._priors: dict[tuple[int | None, str | None, int | None, str | None], Vector] = {}
        self._taught: Vector | float = 1.0
        self._mixture = lru_cache(KEPT_GUESSES)(self._mixed)
        if knowledge.seen.any():
            expert = self._prior(None, None, None, None)
            total = PRIOR_STRENGTH + knowledge.seen.sum()
            factor = (PRIOR_STRENGTH * expert + knowledge.seen) / total / expert
            harmful = [c.dangerous or c.triage in ("emergency", "urgent") for c in knowledge.conditions]
            # That a clinic has not seen a dangerous illness yet is no reason to think less of it.
            self._taught = np.where([*harmful, False], np.maximum(factor, 1.0), factor)

    def prior(self, person: Person, month: int | None = None, region: str | None = None) -> Vector:
        """P(d) before any finding, (D+1,), summing to one; what is not told is averaged over."""
        band = None if person.age_years is None else age_band(person.age_years)
        key = (band, person.sex, month, region)
        if key not in self._priors:
            self._priors[key] = self._prior(*key)
        return self._priors[key]

    def _prior(self, band: int | None, sex: str | None, month: int | None, region: str | None) -> Vector:
        table = self.knowledge.prior
        table = table.mean(axis=3) if month is None else table[..., (month % 12) // 3 - 1]
        table = table.mean(axis=2) if sex is None else table[..., 0 if sex == "male" else 1]
        weight = table @ AGE_SHARE if band is None else table[:, band]
        if region is not None:
            weight = weight * self.knowledge.region[:, REGIONS.index(region)]
        weight = np.maximum(weight, 0.0) ** self.parameters.prior
        weight[-1] = weight[:-1].sum() * P_OTHER / (1 - P_OTHER)
        weight = weight * self._taught
        return np.asarray(weight / weight.sum())

    def known(self, findings: Mapping[str, Finding]) -> tuple[dict[str, Finding], dict[str, Finding]]:
        """(present with all they imply, absent that say something new) of the findings of a case."""
        present: dict[str, Finding] = {}
        for finding in findings.values():
            if finding.status == "present" and finding.id in self.index:
                present[finding.id] = finding
        for finding in sorted(present.values(), key=lambda f: (not f.certain, f.id)):
            for above in self.knowledge.ancestors[finding.id]:
                present.setdefault(above, finding)
        absent = {
            f.id: f
            for f in findings.values()
            if f.status == "absent" and f.id in self.index and f.id not in present
        }
        implied = {
            name for name in absent if any(above in absent for above in self.knowledge.ancestors[name])
        }
        return present, {name: f for name, f in absent.items() if name not in implied}

    def evidence(self, case: Case) -> tuple[Evidence, ...]:
        """Every term of the sum, in the order of the knowledge."""
        present, absent = self.known(case.findings)
        first = min(
            (f.turn for f in present.values() if self._kind[self.index[f.id]] in PRESENTING), default=0
        )
        terms = [
            self._present(name, f, first)
            for name, f in sorted(present.items(), key=lambda x: self.index[x[0]])
        ]
        terms += [
            self._absent(name, f, present)
            for name, f in sorted(absent.items(), key=lambda x: self.index[x[0]])
        ]
        if self.knowledge.denied is not None:
            terms += [self._not_noted(f.id) for f in case.findings.values() if f.status == "unknown"]
        terms += self._guessed(case.guesses, present, absent)
        weight = self._crowded(case)
        return tuple(
            t if weight == 1.0 else replace(t, log_likelihood=weight * t.log_likelihood)
            for t in terms
            if t is not None
        )

    def _guessed(
        self, guesses: Sequence[Guess], present: Mapping[str, Finding], absent: Mapping[str, Finding]
    ) -> list[Evidence]:
        """What words may mean that nothing knew; what is known by now of their likeliest meaning outweighs the guess."""
        out = []
        for guess in guesses:
            name = guess.likeliest
            if name not in self.index or name in present or name in absent:
                continue
            shares = self._shares(guess, absent)
            above = {a for n, _ in shares for a in self.knowledge.ancestors[n]}
            told = frozenset(above & present.keys() | {n for n, _ in shares if n in present})
            trust = GUESSED_RIGHT * guess.alike**2
            out.append(Evidence(name, "guess", self._mixture(shares, told, trust), guess.is_clear))
        return out

    def _shares(self, guess: Guess, absent: Mapping[str, Finding]) -> tuple[tuple[str, float], ...]:
        """How likely each meaning is: how alike the words are, and how common what they would mean."""
        known = [
            (n, s, self._commonness(n, frozenset()) ** GUESSED_COMMON)
            for n, s in guess.meanings
            if n in self.index
        ]
        scale = sum(s for _, s, _ in known) / max(sum(s * common for _, s, common in known), 1e-30)
        return tuple((n, s * common * scale) for n, s, common in known if n not in absent)

    def _mixed(self, shares: tuple[tuple[str, float], ...], told: frozenset[str], trust: float) -> Vector:
        """Log of the mean of what the meanings would say, (D+1,), each over its base rate and over what is `told` already."""
        mixed = np.full(len(self.all_silent), 1.0 - trust * sum(share for _, share in shares))
        for name, share in shares:
            new = [self.index[n] for n in (name, *self.knowledge.ancestors[name]) if n not in told]
            p = np.prod([self.knowledge.ratio(i) for i in new], axis=0) if new else 1.0
            mixed += trust * share * p / (self._commonness(name, told) if new else 1.0)
        return np.asarray(np.log(mixed))

    def _commonness(self, name: str, told: frozenset[str]) -> float:
        """How common a finding is in anybody, or in anybody with what is told of its ancestors."""
        base = self.knowledge.base
        known = [self.index[a] for a in self.knowledge.ancestors[name] if a in told]
        own = max(float(base[self.index[name]]), LEAST_BASE)
        return own / max(float(base[known[0]]), own) if known else own

    def _crowded(self, case: Case) -> float:
        """The weight of all evidence, 0..1, for how many findings are present; what another one implies is not counted."""
        told = [n for n in case.present if n in self.index and not self.knowledge.finding[n].is_marker]
        implied = {above for name in told for above in self.knowledge.ancestors[name]}
        number = sum(name not in implied for name in told)
        return float((CROWD / max(number, CROWD)) ** self.parameters.crowding)

    def _present(self, name: str, finding: Finding, first: int) -> Evidence | None:
        i = self.index[name]
        weight = 1.0 if finding.certain else self.parameters.hedged
        column = np.log(self.knowledge.ratio(i))
        presenting = finding.turn == first and finding.origin == "words" and self._kind[i] in PRESENTING
        if finding.id == name and presenting:
            column = column + self._unexplained(i)
        return Evidence(name, "present", weight * column)

    def _unexplained(self, i: int) -> Vector:
        """Log weight of leaving a presenting complaint unexplained, (D+1,); 'something else' explains anything."""
        common = max(float(self.knowledge.base[i]), 1e-6) * EXPLAINS
        left = np.where(self.knowledge.likelihood[:, i] <= common, np.log(self.parameters.unexplained), 0.0)
        left[-1] = 0.0
        return left

    def _absent(self, name: str, finding: Finding, present: Mapping[str, Finding]) -> Evidence | None:
        if name in DURATIONS:
            return None
        i = self.index[name]
        if self.knowledge.denied is not None:
            return Evidence(name, "absent", np.log(self.knowledge.denied[:, i]))
        parent = self.knowledge.finding[name].parent
        p = self.knowledge.ratio(i) if parent in present else self.knowledge.p(i)
        sensitivity = (
            1.0 if finding.origin == "measured" else SENSITIVITY.get(self.knowledge.finding[name].kind, 0.95)
        )
        weight = self.parameters.absence * (1.0 if finding.certain else self.parameters.hedged)
        return Evidence(name, "absent", weight * np.log1p(-sensitivity * p))

    def _not_noted(self, name: str) -> Evidence | None:
        """In records 'not sure' is an outcome like others. Of a person it says nothing: unknown is never safe."""
        if self.knowledge.denied is None or name not in self.index:
            return None
        i = self.index[name]
        rest = 1 - self.knowledge.p(i) - self.knowledge.denied[:, i]
        return Evidence(name, "unknown", np.log(np.maximum(rest, 0.005)))

    def _unmentioned(self, case: Case) -> Vector:
        """What was not said of injuries and exposures, (D+1,); nothing before the first complaint."""
        if not case.present:
            return np.zeros(len(self.all_silent))
        present, absent = self.known(case.findings)
        known = {self.index[name] for name in (*present, *absent, *case.findings) if name in self.index}
        silent = self.all_silent.copy()
        for i in known & self._silence.keys():
            silent -= self._silence[i]
        return np.asarray(silent)

    def log_prior(self, case: Case) -> Vector:
        """What is believed before any finding, (D+1,): who the patient is, the season, and what was not said."""
        with np.errstate(divide="ignore"):
            return np.asarray(
                np.log(self.prior(case.person, case.month, case.region)) + self._unmentioned(case)
            )

    def differential(self, case: Case) -> Differential:
        """The differential of a case; with nothing known it is the prior."""
        terms = self.evidence(case)
        log_p = self.log_prior(case)
        for term in terms:
            log_p = log_p + term.log_likelihood / self.parameters.temperature
        log_p -= log_p.max()
        p = np.exp(log_p)
        return Differential(p / p.sum(), terms, self.parameters.temperature)


def weights_for(differential: Differential, condition: int) -> list[tuple[Evidence, float]]:
    """What each finding says for (above 0) or against a condition, in nats over the average of the rest."""
    p = differential.p.copy()
    p[condition] = 0.0
    rest = p / max(p.sum(), 1e-300)
    out = []
    for term in differential.evidence:
        peak = term.log_likelihood.max()
        average = peak + np.log(max(float(rest @ np.exp(term.log_likelihood - peak)), 1e-300))
        out.append((term, float(term.log_likelihood[condition] - average)))
    return out
