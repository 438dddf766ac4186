"""Whether probabilities mean what they say: reliability curve, Brier score, expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from suwen.verify.stats import Share

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose probability fell between two tenths: their mean probability, and how many were right."""

    low: float
    high: float
    confidence: float
    right: Share


@dataclass(frozen=True, slots=True)
class Reliability:
    """Calibration of n answers.

    ece: mean distance of probability and accuracy over ten bins of equal width, weighed by their size (Guo et al., ICML
    2017, section 3). chance: the ece that perfectly calibrated answers with these probabilities would show on average at this n.
    brier: mean squared distance of the probability from 0 or 1. All lie in 0..1.
    """

    bins: tuple[Bin, ...]
    n: int
    ece: float
    interval: tuple[float, float]
    chance: float
    brier: float
    confidence: float
    accuracy: Share


def reliability(
    confidence: Sequence[float], right: Sequence[bool], *, seed: int = 1, draws: int = 1000
) -> Reliability:
    """Reliability of answers given with these probabilities; the interval of `ece` is a 95 % bootstrap over cases."""
    p, hit = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    if len(p) != len(hit) or not len(p):
        raise ValueError(
            f"{len(p)} probabilities for {len(hit)} answers; give one for each, and at least one"
        )
    chance = np.random.default_rng(seed)
    picks = chance.integers(0, len(p), (draws, len(p)))
    spread = [_ece(p[i], hit[i]) for i in picks]
    perfect = [_ece(p, chance.random(len(p)) < p) for _ in range(draws)]
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    bins = tuple(
        Bin(b / BINS, (b + 1) / BINS, float(p[place == b].mean()), Share(int(hit[place == b].sum()), int((place == b).sum())))
        for b in range(BINS) if (place == b).any()
    )  # fmt: skip
    low, high = np.percentile(spread, (2.5, 97.5))
    return Reliability(
        bins, len(p), _ece(p, hit), (float(low), float(high)), float(np.mean(perfect)),
        float(np.mean((p - hit) ** 2)), float(p.mean()), Share(int(hit.sum()), len(p)),
    )  # fmt: skip


def _ece(p: np.ndarray, hit: np.ndarray) -> float:
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    size = np.bincount(place, minlength=BINS)
    gaps = np.bincount(place, weights=p - hit, minlength=BINS)
    return float(np.abs(gaps[size > 0]).sum() / len(p))


SIDE, EDGE = 360, 56


def picture(one: Reliability, title: str) -> str:
    """The reliability curve as SVG: probability said against share right, with intervals, and how many in each bin."""
    size = SIDE + 2 * EDGE
    most = max(b.right.n for b in one.bins)

    def x(p: float) -> float:
        return EDGE + p * SIDE

    def y(p: float) -> float:
        return EDGE + (1 - p) * SIDE

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size + 20}" role="img" aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="12">',
        "<style>text{fill:#1d2330}.line{stroke:#2b5fa8;fill:none;stroke-width:2}.dot{fill:#2b5fa8}.ideal{stroke:#9aa0aa;stroke-dasharray:4 4}"
        ".count{fill:#c9d4e6}.grid{stroke:#d5d8de}.bar{stroke:#2b5fa8}@media (prefers-color-scheme:dark){text{fill:#e6e9ef}.count{fill:#33415c}.grid{stroke:#3a4150}}</style>",
        f'<text x="{EDGE}" y="22" font-size="15" font-weight="600">{escape(title)}</text>',
        f'<text x="{EDGE}" y="40" opacity="0.75">n={one.n}  ECE {one.ece:.3f} (chance alone {one.chance:.3f})  Brier {one.brier:.3f}</text>',
    ]
    for k in range(0, 11, 2):
        v = k / 10
        parts.append(f'<line class="grid" x1="{x(v)}" y1="{y(0)}" x2="{x(v)}" y2="{y(1)}"/>')
        parts.append(f'<line class="grid" x1="{x(0)}" y1="{y(v)}" x2="{x(1)}" y2="{y(v)}"/>')
        parts.append(f'<text x="{x(v)}" y="{y(0) + 18}" text-anchor="middle">{v:g}</text>')
        parts.append(f'<text x="{x(0) - 8}" y="{y(v) + 4}" text-anchor="end">{v:g}</text>')
    for b in one.bins:
        tall = 0.22 * SIDE * b.right.n / most
        parts.append(
            f'<rect class="count" x="{x(b.low) + 3}" y="{y(0) - tall:.1f}" width="{SIDE / BINS - 6:.1f}" height="{tall:.1f}"/>'
        )
    parts.append(f'<line class="ideal" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>')
    points = " ".join(f"{x(b.confidence):.1f},{y(b.right.value):.1f}" for b in one.bins)
    parts.append(f'<polyline class="line" points="{points}"/>')
    for b in one.bins:
        low, high = b.right.interval
        parts.append(
            f'<line class="bar" x1="{x(b.confidence):.1f}" y1="{y(low):.1f}" x2="{x(b.confidence):.1f}" y2="{y(high):.1f}"/>'
        )
        parts.append(
            f'<circle class="dot" cx="{x(b.confidence):.1f}" cy="{y(b.right.value):.1f}" r="4"><title>{b.right}</title></circle>'
        )
    parts.append(f'<text x="{x(0.5)}" y="{size + 6}" text-anchor="middle">probability said</text>')
    parts.append(
        f'<text x="16" y="{y(0.5)}" text-anchor="middle" transform="rotate(-90 16 {y(0.5)})">share right</text>'
    )
    return "\n".join([*parts, "</svg>"]) + "\n"
