"""From grades to scores: the formula of HealthBench (Arora et al., 2025, arXiv:2505.08775) and what is built on it.

A criterion that was not graded is in no sum; how many were is part of every score.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from suwen.verify.grade import Grade
from suwen.verify.stats import Share

BOOTSTRAPS = 1000
"""Resamples of the items for an interval, as in HealthBench."""
LENGTH_PENALTY = 0.0147
"""Points off the score for every step of characters above the centre, and on for every one below. Source: HealthBench
Professional, 2026, section 4.1 (arXiv:2604.27470), with centre and step of its English replies."""
LENGTH_CENTRE = {"en": 2000, "zh": 600}
LENGTH_STEP = {"en": 500, "zh": 150}
"""Characters. Source of the Chinese ones: estimate; a Chinese text has about 0.3 of the characters of its English version."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One reply to one item with its grades; an item replied to several times has as many of these."""

    item: str
    theme: str
    lang: str
    characters: int
    """Of the graded words."""
    grades: tuple[Grade, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over n items with the 2.5th and 97.5th percentile and the standard deviation of its bootstraps; nan for n = 0.
    without: items that have no value, in no sum."""

    value: float
    low: float
    high: float
    std: float
    n: int
    without: int = 0

    def to_json(self) -> dict[str, Any]:
        plain = [None if math.isnan(x) else round(x, 4) for x in (self.value, self.low, self.high, self.std)]
        return {
            "value": plain[0],
            "interval": plain[1:3],
            "std": plain[3],
            "n": self.n,
            "without": self.without,
        }

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f}, n={self.n})"


@dataclass(frozen=True, slots=True)
class Scores:
    """A suite's scores. themes: over the items of the theme. axes: each item counted by its criteria of the axis alone.
    graded: criteria decided by rule or judge, of all; judged: those by a judge, of the graded ones."""

    overall: Figure
    reward: Figure
    length_adjusted: Figure
    themes: Mapping[str, Figure]
    axes: Mapping[str, Figure]
    worst_at: Mapping[int, float]
    """k to the expected worst of k replies to an item, as far as every item has k; {1: mean} for single replies."""
    graded: Share
    judged: Share

    def to_json(self) -> dict[str, Any]:
        return {
            "overall": self.overall.to_json(),
            "reward": self.reward.to_json(),
            "length_adjusted": self.length_adjusted.to_json(),
            "themes": {k: v.to_json() for k, v in self.themes.items()},
            "axes": {k: v.to_json() for k, v in self.axes.items()},
            "worst_at": {str(k): round(v, 4) for k, v in self.worst_at.items()},
            "graded": share_json(self.graded),
            "judged": share_json(self.judged),
        }


def share_json(share: Share) -> dict[str, Any]:
    """A share as JSON, which has no nan: of nothing it is null."""
    return share.to_json() if share.n else {"value": None, "n": 0, "hits": 0, "interval": [None, None]}


def item_score(grades: Iterable[Grade]) -> float | None:
    """Points met by points possible, negative ones counted: at most 1, and below 0 where harm outweighs. None without
    graded positive points."""
    known = [g for g in grades if g.met is not None]
    possible = sum(g.weight for g in known if g.weight > 0)
    return sum(g.weight for g in known if g.met) / possible if possible else None


def item_reward(grades: Iterable[Grade]) -> float | None:
    """(Σ w·a − Σ_{w<0} w) / Σ|w|: 0 for all harm and no good, 1 for all good and no harm. None where nothing is graded."""
    known = [g for g in grades if g.met is not None]
    total = sum(abs(g.weight) for g in known)
    worst = sum(g.weight for g in known if g.weight < 0)
    return (sum(g.weight for g in known if g.met) - worst) / total if total else None


def length_adjusted(score: float, characters: int, lang: str) -> float:
    """The score less LENGTH_PENALTY for every step that the reply is longer than the centre; not clipped."""
    return score - LENGTH_PENALTY * (characters - LENGTH_CENTRE[lang]) / LENGTH_STEP[lang]


def worst_at_k(samples: Sequence[float], k: int) -> float:
    """The expected smallest of k drawn without replacement from these, exactly: with s sorted upwards and i from 1,
    Σ s_i · C(n−i, k−1) / C(n, k). Raises ValueError unless 1 <= k <= n."""
    n = len(samples)
    if not 1 <= k <= n:
        raise ValueError(f"the worst of {k} of {n} samples does not exist; give k between 1 and {n}")
    ways = sum(s * math.comb(n - i, k - 1) for i, s in enumerate(sorted(samples), start=1))
    return ways / math.comb(n, k)


def figure(values: Sequence[float | None], *, seed: int = 1, clipped: bool = False) -> Figure:
    """Mean and interval of what has a value; with `clipped` every mean is cut to 0..1, after it was taken."""
    there = np.array([v for v in values if v is not None], dtype=float)
    without = len(values) - len(there)
    if not len(there):
        return Figure(math.nan, math.nan, math.nan, math.nan, 0, without)
    chance = np.random.default_rng(seed)
    means = np.array([there[chance.integers(0, len(there), len(there))].mean() for _ in range(BOOTSTRAPS)])
    mean = float(there.mean())
    if clipped:
        means, mean = np.clip(means, 0.0, 1.0), min(max(mean, 0.0), 1.0)
    low, high = np.percentile(means, (2.5, 97.5))
    return Figure(mean, float(low), float(high), float(means.std()), len(there), without)


def score(rows: Sequence[Graded], *, seed: int = 1) -> Scores:
    """The scores of a suite. Several replies to one item are averaged before items are."""
    grades = [g for row in rows for g in row.grades]
    known = [g for g in grades if g.met is not None]

    def of(value: Callable[[Graded], float | None], some: Sequence[Graded] = rows) -> Figure:
        return figure(_by_item(some, value), seed=seed, clipped=True)

    def adjusted(row: Graded) -> float | None:
        plain = item_score(row.grades)
        return None if plain is None else length_adjusted(plain, row.characters, row.lang)

    def on(axis: str) -> Callable[[Graded], float | None]:
        return lambda row: item_score(g for g in row.grades if g.axis == axis)

    return Scores(
        overall=of(lambda row: item_score(row.grades)),
        reward=of(lambda row: item_reward(row.grades)),
        length_adjusted=of(adjusted),
        themes={
            theme: of(lambda row: item_score(row.grades), [r for r in rows if r.theme == theme])
            for theme in sorted({r.theme for r in rows})
        },
        axes={axis: of(on(axis)) for axis in sorted({g.axis for g in grades})},
        worst_at=_worst(rows),
        graded=Share(len(known), len(grades)),
        judged=Share(sum(g.by == "judge" for g in known), len(known)),
    )


def _by_item(rows: Sequence[Graded], value: Callable[[Graded], float | None]) -> list[float | None]:
    """One value an item: the mean of its replies that have one."""
    found: dict[str, list[float]] = {}
    for row in rows:
        mine = found.setdefault(row.item, [])
        one = value(row)
        if one is not None:
            mine.append(one)
    return [sum(v) / len(v) if v else None for v in found.values()]


def _worst(rows: Sequence[Graded]) -> dict[int, float]:
    samples: dict[str, list[float]] = {}
    for row in rows:
        one = item_score(row.grades)
        if one is not None:
            samples.setdefault(row.item, []).append(one)
    most = min((len(s) for s in samples.values()), default=0)
    means = {k: sum(worst_at_k(s, k) for s in samples.values()) / len(samples) for k in range(1, most + 1)}
    return {k: min(max(m, 0.0), 1.0) for k, m in means.items()}
