"""Figures with 95 % intervals: shares by Wilson's formula, means by seeded resamples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BOOTSTRAPS = 1000
"""Resamples of the items for an interval, as in HealthBench."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n` and its Wilson 95 % interval, all as fractions; n = 0 gives nan."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson, J Am Stat Assoc 1927;22:209."""
        if not self.n:
            return math.nan, math.nan
        z, p, n = 1.959964, self.value, self.n
        middle = p + z * z / (2 * n)
        spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        scale = 1 + z * z / n
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)

    def to_json(self) -> dict[str, Any]:
        """As JSON, which has no nan: of nothing, value and interval are null."""
        return {
            "value": plain(self.value),
            "n": self.n,
            "hits": self.hits,
            "interval": [plain(x) for x in self.interval],
        }

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.value:.1f} % ({100 * low:.1f}–{100 * high:.1f}, n={self.n})"


@dataclass(frozen=True, slots=True)
class Figure:
    """What n items came to, with its 95 % interval; nan for n = 0. left: items that had no value, in no sum. hits: how many
    yeses, None for a mean. std: the standard deviation of the resampled means, nan for a share."""

    value: float
    low: float
    high: float
    n: int
    left: int = 0
    hits: int | None = None
    std: float = math.nan

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "value": plain(self.value),
            "interval": [plain(self.low), plain(self.high)],
            "n": self.n,
        }
        if self.left:
            body["not_graded"] = self.left
        if self.hits is not None:
            body["hits"] = self.hits
        elif self.n:
            body["std"] = plain(self.std)
        return body

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f}, n={self.n})"


def figure(
    values: Sequence[float | bool | None], *, yes_no: bool = False, clipped: bool = False, seed: int = 1
) -> Figure:
    """What the values come to that are there. yes_no: the share of yeses, otherwise the mean. clipped: every mean is cut to
    0..1, after it was taken."""
    there = np.array([v for v in values if v is not None], dtype=float)
    left = len(values) - len(there)
    if yes_no:
        share = Share(int((there > 0).sum()), len(there))
        return Figure(share.value, *share.interval, share.n, left, share.hits)
    if not len(there):
        return Figure(math.nan, math.nan, math.nan, 0, left)
    means, mean = means_of(there, seed), float(there.mean())
    if clipped:
        means, mean = np.clip(means, 0.0, 1.0), min(max(mean, 0.0), 1.0)
    low, high = np.percentile(means, (2.5, 97.5))
    return Figure(mean, float(low), float(high), len(there), left, std=float(means.std()))


def means_of(values: np.ndarray, seed: int, *, times: int = BOOTSTRAPS) -> np.ndarray:
    """The means of `times` resamples of `values`, (n,) -> (times,); the same for the same seed."""
    chance, n = np.random.default_rng(seed), len(values)
    means = np.empty(times)
    step = max(1, 4_000_000 // n)
    for start in range(0, times, step):
        drawn = chance.integers(0, n, (min(step, times - start), n))
        means[start : start + step] = values[drawn].mean(axis=1)
    return means


def plain(value: float) -> float | None:
    """A number as JSON has it: four digits, null for nan."""
    return None if math.isnan(value) else round(value, 4)
