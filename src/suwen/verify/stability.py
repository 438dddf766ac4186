"""How much a doctor's results hang on luck: every task done several times, and the worst of k takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from suwen.verify.outcomes import MEASURES, Measure
from suwen.verify.score import worst_at_k
from suwen.verify.stats import Share, figure

STABLE = (
    "score", "rule_score", "passed", "safe", "top1", "top3", "triage_right", "triage_under", "emergency_missed",
    "alarm_in_time", "elicited", "repeated", "questions",
)  # fmt: skip
"""Measures whose worst is told."""

Row = Mapping[str, Any]


def first_takes(rows: Sequence[Row]) -> list[Row]:
    """One row for each task: figures over several takes of the same patients would seem surer than they are."""
    return [row for row in rows if not row.get("take")]


def stability(rows: Sequence[Row], *, seed: int = 1) -> dict[str, Any]:
    """For k takes of a task the expected worst one, averaged over tasks, by the exact estimator; empty without takes. A task
    counts in a measure that all its takes have."""
    takes: dict[str, list[Row]] = {}
    for row in rows:
        takes.setdefault(str(row.get("of", row["id"])), []).append(row)
    most = max((len(some) for some in takes.values()), default=0)
    if most < 2:
        return {}
    whole = [some for some in takes.values() if len(some) == most and not any(r.get("error") for r in some)]
    found = {}
    for measure in MEASURES:
        samples = [[r["outcomes"].get(measure.name) for r in some] for some in whole]
        known = [[float(v) for v in some if v is not None] for some in samples if None not in some]
        if measure.name in STABLE and known:
            found[measure.name] = _of(measure, known, most, seed)
    return {"takes": most, "tasks": len(whole), "left": len(takes) - len(whole), "figures": found}


def _of(measure: Measure, samples: Sequence[Sequence[float]], most: int, seed: int) -> dict[str, Any]:
    sign = -1.0 if measure.better == "lower" else 1.0
    worst = {}
    for k in range(1, most + 1):
        values = [sign * worst_at_k([sign * v for v in some], k) for some in samples]
        plain = measure.yes_no and set(values) <= {0.0, 1.0}
        clipped = measure.name in ("score", "rule_score")
        worst[str(k)] = figure(values, yes_no=plain, clipped=clipped, seed=seed).to_json()
    changed = Share(sum(len(set(some)) > 1 for some in samples), len(samples))
    return {"worst_at": worst, "changed": changed.to_json()}
