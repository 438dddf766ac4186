"""Shares with 95 % intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass


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

    def to_json(self) -> dict[str, float | int | list[float]]:
        return {
            "value": round(self.value, 4),
            "n": self.n,
            "hits": self.hits,
            "interval": [round(x, 4) for x in self.interval],
        }

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.value:.1f} % ({100 * low:.1f}–{100 * high:.1f}, n={self.n})"
