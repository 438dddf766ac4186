"""Pictures of figures as SVG that stands in a page: its colours are the page's, so that it follows dark mode."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from suwen.verify.stats import Figure

WIDE = 440
LABEL = 152
"""Room for the names at the left of bars."""
ROW = 26
LINE = 18
"""Between the lines of a legend."""
GAP = 16
"""Between pictures in rows."""
_TALL = re.compile(r'viewBox="0 0 \d+ (\d+)"')
COLOURS = 4
"""Classes s0 to s3, which the page's style gives colours."""


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    low: float
    high: float


def bars(title: str, rows: Sequence[tuple[str, Figure]]) -> str:
    """Shares or scores from 0 to 1 as bars with intervals; what has no n is left out."""
    rows = [(name, e) for name, e in rows if e.n]
    tall = 34 + ROW * len(rows) + 24
    right = WIDE - 84

    def x(value: float) -> float:
        return LABEL + min(max(value, 0.0), 1.0) * (right - LABEL)

    parts = [_opened(title, tall)]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<line class="grid" x1="{x(tick):.1f}" y1="30" x2="{x(tick):.1f}" y2="{tall - 22}"/>')
        parts.append(
            f'<text x="{x(tick):.1f}" y="{tall - 8}" text-anchor="middle" class="dim">{100 * tick:g}</text>'
        )
    for i, (name, e) in enumerate(rows):
        y = 34 + ROW * i
        said = f"{100 * e.value:.1f} % ({100 * e.low:.1f}–{100 * e.high:.1f}), n={e.n}"
        parts += [
            f'<text x="{LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(_short(name))}</text>',
            f'<rect class="s0 bar" x="{LABEL}" y="{y + 3}" width="{x(e.value) - LABEL:.1f}" height="{ROW - 10}"><title>{escape(name)}: {said}</title></rect>',
            f'<line class="whisker" x1="{x(e.low):.1f}" y1="{y + 11}" x2="{x(e.high):.1f}" y2="{y + 11}"/>',
            f'<text x="{right + 8}" y="{y + 15}">{100 * e.value:.1f} <tspan class="dim">n={e.n}</tspan></text>',
        ]
    return "\n".join([*parts, "</svg>"])


def curves(title: str, series: Mapping[str, Sequence[Point]], *, x_name: str, y_name: str) -> str:
    """Shares from 0 to 1 over a count, a line for each series with its intervals shaded."""
    left, right, top, bottom = 40, WIDE - 12, 40, 254
    tall = bottom + 40 + LINE * len(series)
    most = max((p.x for points in series.values() for p in points), default=1.0) or 1.0

    def x(value: float) -> float:
        return left + value / most * (right - left)

    def y(value: float) -> float:
        return bottom - min(max(value, 0.0), 1.0) * (bottom - top)

    parts = [_opened(title, tall)]
    for k in range(6):
        parts.append(f'<line class="grid" x1="{left}" y1="{y(k / 5):.1f}" x2="{right}" y2="{y(k / 5):.1f}"/>')
        parts.append(
            f'<text class="dim" x="{left - 6}" y="{y(k / 5) + 4:.1f}" text-anchor="end">{20 * k}</text>'
        )
    for tick in range(0, math.floor(most) + 1, max(1, math.ceil(most / 10))):
        parts.append(
            f'<text class="dim" x="{x(tick):.1f}" y="{bottom + 16}" text-anchor="middle">{tick}</text>'
        )
    # The first series is what the others are held against: it lies on top of them.
    for i, (name, points) in reversed([*enumerate(series.items())]):
        kind = f"s{i % COLOURS}"
        band = [(x(p.x), y(p.high)) for p in points] + [(x(p.x), y(p.low)) for p in reversed(points)]
        parts.append(f'<polygon class="{kind} band" points="{_points(band)}"/>')
        parts.append(
            f'<polyline class="{kind} line" points="{_points([(x(p.x), y(p.y)) for p in points])}"/>'
        )
        for p in points:
            parts.append(
                f'<circle class="{kind} dot" cx="{x(p.x):.1f}" cy="{y(p.y):.1f}" r="2.5"><title>{escape(name)}, {p.x:g}: {100 * p.y:.1f} % ({100 * p.low:.1f}–{100 * p.high:.1f})</title></circle>'
            )
        parts.append(
            f'<rect class="{kind} bar" x="{left}" y="{bottom + 34 + LINE * i}" width="10" height="10"/>'
        )
        parts.append(f'<text x="{left + 16}" y="{bottom + 43 + LINE * i}">{escape(name)}</text>')
    parts.append(f'<text class="dim" x="{right}" y="{bottom + 30}" text-anchor="end">{escape(x_name)}</text>')
    parts.append(f'<text class="dim" x="{left}" y="{top - 6}">{escape(y_name)}</text>')
    return "\n".join([*parts, "</svg>"])


def in_rows(title: str, drawn: Sequence[str]) -> str:
    """Pictures of this module in one, two in a row; of a single one itself."""
    if len(drawn) == 1:
        return drawn[0]
    tall = [int(_TALL.search(one).group(1)) for one in drawn]  # type: ignore[union-attr]
    parts, y = [], 0
    for k in range(0, len(drawn), 2):
        for i, one in enumerate(drawn[k : k + 2]):
            place = f'<svg x="{(WIDE + GAP) * i}" y="{y}" width="{WIDE}" height="{tall[k + i]}" '
            parts.append(one.replace("<svg ", place, 1))
        y += max(tall[k : k + 2]) + GAP
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDE + GAP} {y - GAP}" role="img" aria-label="{escape(title)}">'
            f"<title>{escape(title)}</title>",
            *parts,
            "</svg>",
        ]
    )


def _opened(title: str, tall: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {tall}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>"
        f'<text class="title" x="4" y="16">{escape(title)}</text>'
    )


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in pairs)


def _short(name: str) -> str:
    return name if len(name) <= 22 else name[:21] + "…"
