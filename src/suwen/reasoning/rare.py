"""Rare diseases by phenotype: which of thousands explain what the common differential leaves unexplained.

Ranked by the sum of log-likelihood ratios against rare diseases in general, as LIRICAL does (Robinson et al., Am J Hum Genet
2020;107:403); apart from the differential and never mixed with it: no prevalence is known for most of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suwen.core.case import Case
from suwen.knowledge import DURATIONS, Knowledge
from suwen.knowledge.rare import LEAST_ANNOTATED, RareTier
from suwen.reasoning.differential import EXPLAINS, PRESENTING, Differential

FREQUENCY = 0.6
"""P(phenotype | disease annotated with it); the annotations at hand carry no frequencies. Source: estimate."""
MISSED = 0.2
"""Share of its usual frequency that a phenotype keeps in a disease not annotated with it. Source: estimate."""
LEAST_MAPPED, LEAST_EXPLAINED = 3, 3
"""Phenotypes a case must have, and a disease must explain, before anything rare is named. Source: estimate."""
LEAST_SCORE = 4.0
"""Nats over rare diseases in general that a disease must reach to be named. Source: estimate."""
MANY_UNEXPLAINED, MUCH_OTHER = 2, 0.25


@dataclass(frozen=True, slots=True)
class Rare:
    """A rare disease, its score in nats, and which findings it explains, leaves open, or should not lack."""

    name: str
    orpha: int | None
    omim: int | None
    score: float
    explains: tuple[str, ...]
    leaves: tuple[str, ...]
    lacks: tuple[str, ...]


def unexplained(case: Case, differential: Differential, knowledge: Knowledge) -> tuple[str, ...]:
    """Findings of the patient that none of the three likeliest conditions explains better than chance."""
    top = [d for d, p in differential.ranked(3) if p >= 0.02]
    left = []
    for name in sorted(case.present):
        finding = knowledge.finding.get(name)
        if finding is None or finding.kind not in (*PRESENTING, "result", "vital") or name in DURATIONS:
            continue
        usual = EXPLAINS * float(knowledge.base[finding.index])
        if not any(float(knowledge.likelihood[d, finding.index]) > usual for d in top):
            left.append(name)
    return tuple(left)


def leaves_much(case: Case, differential: Differential, knowledge: Knowledge) -> bool:
    """Whether the common differential leaves so much open that rare diseases deserve a thought."""
    return (
        len(unexplained(case, differential, knowledge)) >= MANY_UNEXPLAINED
        or differential.other >= MUCH_OTHER
    )


def phenotypes(case: Case, tier: RareTier, knowledge: Knowledge) -> tuple[dict[str, str], dict[str, str]]:
    """HPO terms of what is present and of what is absent, each by finding; of a family only the most specific."""
    present = _most_specific([n for n in case.present if n in tier.terms], knowledge)
    absent = [n for n in sorted(case.absent) if n in tier.terms]
    return {n: tier.terms[n] for n in present}, {n: tier.terms[n] for n in absent}


def rank(
    present: Mapping[str, str], absent: Mapping[str, str], tier: RareTier, *, limit: int = 10
) -> list[Rare]:
    """Rare diseases that explain these phenotypes (name to HPO term), the best first; empty when too little is known."""
    if len(set(present.values())) < LEAST_MAPPED:
        return []
    total = len(tier.annotated)
    score: NDArray[np.float64] = np.zeros(total)
    explained = np.zeros(total, dtype=np.int64)
    for term in dict.fromkeys(present.values()):
        members = tier.having(term)
        usual = max(len(members) / total, 1e-4)
        other = MISSED * usual + 0.002
        common = FREQUENCY * usual + other * (1 - usual)
        score += np.log(other / common)
        score[members] += np.log(FREQUENCY / other)
        explained[members] += 1
    for term in absent.values():
        score[tier.having(term)] += np.log(
            1 - 0.5 * FREQUENCY
        )  # a lay no is no test, an annotation no promise
    fit = (explained >= LEAST_EXPLAINED) & (tier.annotated >= LEAST_ANNOTATED) & (score >= LEAST_SCORE)
    rows = np.flatnonzero(fit)
    rows = rows[np.lexsort((rows, -score[rows]))][:limit]
    has = {name: set(tier.having(term).tolist()) for name, term in (*present.items(), *absent.items())}
    return [
        Rare(
            tier.diseases[row]["name"],
            tier.diseases[row]["orpha"],
            tier.diseases[row]["omim"],
            round(float(score[row]), 2),
            tuple(n for n in present if row in has[n]),
            tuple(n for n in present if row not in has[n]),
            tuple(n for n in absent if row in has[n]),
        )
        for row in rows.tolist()
    ]


def _most_specific(names: Sequence[str], knowledge: Knowledge) -> list[str]:
    """Without findings that another one of the list implies: a family counts once."""
    implied = {above for name in names for above in knowledge.ancestors.get(name, ())}
    return sorted(n for n in names if n not in implied)
