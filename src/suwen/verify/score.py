"""From grades to scores: the formula of HealthBench (Arora et al., 2025, arXiv:2505.08775) and what is built on it.

A criterion that was not graded is in no sum; how many were is part of every score.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suwen.verify.grade import Grade
from suwen.verify.stats import Figure, Share, figure

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
class Scores:
    """A suite's scores. themes: over the items of the theme. axes: each item counted by its criteria of the axis alone.
    graded: criteria decided by rule or judge, of all; judged: those by a judge, of the graded ones."""

    overall: Figure
    reward: Figure
    length_adjusted: Figure
    themes: Mapping[str, Figure]
    axes: Mapping[str, Figure]
    graded: Share
    judged: Share

    def to_json(self) -> dict[str, Any]:
        return {
            "overall": self.overall.to_json(),
            "reward": self.reward.to_json(),
            "length_adjusted": self.length_adjusted.to_json(),
            "themes": {k: v.to_json() for k, v in self.themes.items()},
            "axes": {k: v.to_json() for k, v in self.axes.items()},
            "graded": self.graded.to_json(),
            "judged": self.judged.to_json(),
        }


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
