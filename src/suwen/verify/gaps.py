"""How far groups of patients are apart: by age, sex, education and persona."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from suwen.patients.script import Script
from suwen.verify.stats import BOOTSTRAPS, Figure, figure

LEAST_GROUP = 30
"""Encounters under which a group is named as small and left out of the gap. Source: estimate."""
AGES = ((18, "0-17"), (40, "18-39"), (65, "40-64"), (999, "65+"))


@dataclass(frozen=True, slots=True)
class Gap:
    """How far the means of the best and the worst group are apart. interval: 95 %, by bootstrap within the groups. chance: the gap that groups of
    these sizes would show on average if all patients were alike; a gap is never below 0, so compare it with this."""

    of: str
    groups: Mapping[str, Figure]
    gap: float
    interval: tuple[float, float]
    chance: float
    best: str
    worst: str
    small: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "of": self.of,
            "gap": round(self.gap, 4),
            "interval": [round(x, 4) for x in self.interval],
            "chance": round(self.chance, 4),
            "best": self.best,
            "worst": self.worst,
            "small": list(self.small),
            "groups": {k: v.to_json() for k, v in self.groups.items()},
        }


def groups_of(script: Script) -> dict[str, str]:
    """The groups that a patient belongs to, by what divides them."""
    social, psychology = script.social, script.psychology
    return {
        "age": next(name for end, name in AGES if social.age_years < end),
        "sex": social.sex,
        "education": social.education,
        "speech": social.speech,
        "manner": psychology.manner,
        "personality": psychology.personality,
        "recall": psychology.recall,
        "persona": script.persona,
    }


def gap_of(
    of: str,
    rows: Sequence[tuple[str, float | bool | None]],
    *,
    seed: int = 1,
    least: int = LEAST_GROUP,
    lower: bool = False,
) -> Gap | None:
    """The gap of (group, value) rows, those without a value left out; None with fewer than two groups of `least`. lower: the
    best group is the one with the lowest mean."""
    values: dict[str, list[float]] = {}
    for group, value in rows:
        if value is not None:
            values.setdefault(group, []).append(float(value))
    groups = {name: figure(values[name], seed=seed) for name in sorted(values)}
    large = {name: np.array(values[name]) for name in groups if len(values[name]) >= least}
    if len(large) < 2:
        return None
    chance = np.random.default_rng(seed)
    means = {name: float(v.mean()) for name, v in large.items()}
    low, high = min(means, key=lambda n: means[n]), max(means, key=lambda n: means[n])
    best, worst = (low, high) if lower else (high, low)
    drawn = [
        _spread([v[chance.integers(0, len(v), len(v))] for v in large.values()]) for _ in range(BOOTSTRAPS)
    ]
    everyone, cuts = np.concatenate(list(large.values())), np.cumsum([len(v) for v in large.values()])[:-1]
    mixed = [_spread(np.split(chance.permutation(everyone), cuts)) for _ in range(BOOTSTRAPS)]
    interval = np.percentile(drawn, (2.5, 97.5))
    return Gap(
        of, groups, means[high] - means[low], (float(interval[0]), float(interval[1])), float(np.mean(mixed)), best, worst,
        tuple(name for name in groups if name not in large),
    )  # fmt: skip


def _spread(groups: Sequence[np.ndarray]) -> float:
    means = [float(v.mean()) for v in groups]
    return max(means) - min(means)
