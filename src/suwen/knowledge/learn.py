"""What confirmed cases teach: expert numbers as a prior, counts as evidence, the posterior mean as the new number.

P(finding | condition) has a Beta prior whose mean is the expert's number and whose weight is `strength` cases; how often
a condition comes has a Dirichlet prior over all conditions. Only numbers change: triage floors, red flags, advice and texts
are out of reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from suwen.knowledge import P_CEILING, FindingDef, Knowledge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from suwen.knowledge.schema import LearnedFile

STRENGTH = 30.0
"""How many cases an expert's number weighs. Source: estimate, chosen on held-out cases (docs/benchmarks.md)."""


LEAST_NOTED = 0.02
"""Even the most careless notes are taken to have one in fifty of what was there. Source: estimate."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One case whose diagnosis is certain: the condition, and what was found present (True) or absent (False)."""

    condition: str
    findings: Mapping[str, bool]


@dataclass(slots=True)
class Tally:
    """Of one condition: how many cases, and in how many each finding was noted (present, absent)."""

    cases: int = 0
    findings: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Experience:
    """Counts of a set of cases; `unrecorded` is the share of what was not noted that counts as absent, 0..1.

    None: by finding, so that over all cases together a finding comes out as common as the experts have it. Notes leave
    out nausea in every illness; what they teach is in which illness they leave it out least.
    """

    tallies: Mapping[str, Tally]
    strength: float = STRENGTH
    unrecorded: float | None = None


def tally(cases: Iterable[Confirmed], knowledge: Knowledge) -> dict[str, Tally]:
    """Counts by condition; a finding that is present counts for all that it implies."""
    table: dict[str, Tally] = {}
    for case in cases:
        one = table.setdefault(case.condition, Tally())
        one.cases += 1
        noted: dict[str, bool] = {}
        for name, present in case.findings.items():
            for implied in (name, *(knowledge.ancestors[name] if present else ())):
                noted[implied] = noted.get(implied, False) or present
        for name, present in noted.items():
            one.findings.setdefault(name, [0, 0])[0 if present else 1] += 1
    return table


def posterior(
    likelihood: NDArray[np.floating[Any]],
    base: NDArray[np.float64],
    experience: Experience,
    condition: Mapping[str, int],
    finding: Mapping[str, int],
) -> NDArray[np.float32]:
    """P(present | condition), (D, F), after the cases; rows of conditions without cases are as before."""
    learned = likelihood.astype(np.float32)
    rows = [condition[name] for name in experience.tallies]
    cases = np.array([one.cases for one in experience.tallies.values()], dtype=float)[:, None]
    noted = np.zeros((2, len(rows), likelihood.shape[1]))
    for row, counts in enumerate(experience.tallies.values()):
        for key, pair in counts.findings.items():
            noted[:, row, finding[key]] = pair
    present, told = noted[0], noted.sum(axis=0)
    if experience.unrecorded is None:
        share = np.clip(present.sum(axis=0) / (cases * likelihood[rows]).sum(axis=0), LEAST_NOTED, 1)
        trials = np.maximum(told, share * cases)
    else:
        trials = told + experience.unrecorded * (cases - told)
    # A finding that nobody in the whole set ever noted was not looked for: silence says nothing about it.
    trials = np.where(told.any(axis=0), trials, 0.0)
    p = (experience.strength * likelihood[rows] + present) / (experience.strength + trials)
    learned[rows] = np.clip(p, np.minimum(base, likelihood[rows]) * 0.5, P_CEILING)
    return learned


def experience_of(files: Iterable[LearnedFile]) -> Experience | None:
    """All learned files of a folder together; the strength and the reading of silence are those of the first."""
    files = list(files)
    if not files:
        return None
    together: dict[str, Tally] = {}
    for one in files:
        for name, counts in one.conditions.items():
            mine = together.setdefault(name, Tally())
            mine.cases += counts.cases
            for key, pair in counts.findings.items():
                kept = mine.findings.setdefault(key, [0, 0])
                kept[0] += pair[0]
                kept[1] += pair[1]
    return Experience(together, files[0].strength, files[0].unrecorded)


def taught(knowledge: Knowledge, experience: Experience) -> Knowledge:
    """The same knowledge with numbers after these cases."""
    condition = {key: c.index for key, c in knowledge.condition.items()}
    finding = {key: f.index for key, f in knowledge.finding.items()}
    likelihood = posterior(knowledge.likelihood, knowledge.base, experience, condition, finding)
    seen = knowledge.seen.copy()
    for name, counts in experience.tallies.items():
        seen[condition[name]] += counts.cases
    return replace(knowledge, likelihood=likelihood, seen=seen)


def as_records(knowledge: Knowledge, experience: Experience) -> Knowledge:
    """What `taught` gives, for replaying records: noted as present, noted as absent, and not noted are three outcomes."""
    after = taught(knowledge, replace(experience, unrecorded=1.0))
    cases, refused = np.zeros(len(after.likelihood)), np.zeros(after.likelihood.shape)
    for name, counts in experience.tallies.items():
        row = knowledge.condition[name].index
        cases[row] = counts.cases
        for key, pair in counts.findings.items():
            refused[row, knowledge.finding[key].index] = pair[1]
    common = np.clip(refused.sum(axis=0) / max(cases.sum(), 1.0), 0.001, 0.9)
    denied = (experience.strength * common + refused) / (experience.strength + cases[:, None])
    return replace(after, denied=np.minimum(denied, 0.98 * (1 - after.likelihood)))


def with_findings(knowledge: Knowledge, rates: Mapping[str, float]) -> Knowledge:
    """The same knowledge with further findings, as common in every condition: names to how common (0..1)."""
    start = len(knowledge.findings)
    records = {
        start + i: {"id": name, "name": {"zh": name, "en": name}, "ask": {"zh": f"有没有{name}？", "en": f"{name}?"}}
        for i, name in enumerate(rates)
    }  # fmt: skip
    further = [
        FindingDef(
            i,
            str(r["id"]),
            str(r["id"]),
            str(r["id"]),
            "symptom",
            None,
            "general",
            1.0,
            True,
            (),
            None,
            records,
        )
        for i, r in records.items()
    ]
    p = np.clip(np.array(list(rates.values())), 0.001, 0.9)
    return replace(
        knowledge,
        findings=(*knowledge.findings, *further),
        likelihood=np.hstack([knowledge.likelihood, np.tile(p, (len(knowledge.likelihood), 1))]).astype(
            np.float32
        ),
        parent=np.concatenate([knowledge.parent, np.full(len(p), -1, dtype=np.int32)]),
        base=np.concatenate([knowledge.base, p]),
    )


def among(knowledge: Knowledge, names: Mapping[str, str | None]) -> Knowledge:
    """Knowledge of these conditions only, each with the numbers of a known one or, for None, of 'something else'."""
    last = len(knowledge.conditions)
    rows = [last if c is None else knowledge.condition[c].index for c in names.values()]
    records = {i: {"id": name} for i, name in enumerate(names)}
    conditions = tuple(
        replace(knowledge.conditions[min(row, last - 1)], index=i, id=str(records[i]["id"]), shelf=records)
        for i, row in zip(records, rows, strict=True)
    )
    rows.append(last)
    return replace(
        knowledge,
        conditions=conditions,
        likelihood=knowledge.likelihood[rows],
        prior=knowledge.prior[rows],
        region=knowledge.region[rows],
        seen=np.zeros(len(rows)),
    )
