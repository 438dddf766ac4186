"""The items of a Chinese list in one clause: what 、 and 伴 part, and which of them are complete by themselves."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from suwen.language.clauses import Clause
from suwen.language.lexicon import Lexicon, Match

_PARTED = re.compile(r"、|伴(?:有|随)?")
_FILLING = re.compile(
    r"\b(?:and|or|the|his|her|my|their|both|left|right|a|an|in|on|of|also|as well as|then|has|have|i|he|she|with)\b"
    r"|[\s,、/&的处部位区上里内和及与或还有也都常偶总双两左右各侧边在于是我他她时会感觉得老伴随]"
)
"""Words beside places and attributes that say nothing of their own."""
_SAYS_NOTHING = ("site", "attr:", "cue:negation")
_LONGEST = 60
"""Characters of a clause that can be nothing but a place in a list."""


def is_bare(text: str, start: int, end: int, matches: Sequence[Match]) -> bool:
    """Whether text[start:end] holds nothing but places and attributes."""
    if end - start > _LONGEST:
        return False
    left = list(text[start:end])
    for m in matches:
        if m.kind.startswith(_SAYS_NOTHING) and start <= m.start and m.end <= end:
            left[m.start - start : m.end - start] = " " * (m.end - m.start)
    return not _FILLING.sub("", "".join(left))


@dataclass(frozen=True, slots=True)
class Items:
    """A clause in its items, counted from 0; `complete` ones name a complaint or say that all is well."""

    raw: str
    matches: Sequence[Match]
    bounds: tuple[int, ...]
    complete: frozenset[int]

    def at(self, place: int) -> int:
        """The number of the item that a place of the text lies in."""
        return max(bisect_right(self.bounds, place) - 1, 0)

    def start(self, item: int) -> int:
        return self.bounds[min(item, len(self.bounds) - 1)]

    def text(self, item: int) -> str:
        return self.raw[self.start(item) : self.start(item + 1)]

    def has(self, kind: str, item: int) -> bool:
        """Whether a match of a kind lies in an item."""
        return any(m.kind == kind and self.at(m.start) == item for m in self.matches)

    def is_complete(self, item: int) -> bool:
        return item in self.complete

    def is_bare(self, item: int) -> bool:
        """Whether an item holds nothing but places and attributes."""
        return is_bare(self.raw, self.start(item), self.start(item + 1), self.matches)


def items_of(text: str, clause: Clause, inside: Sequence[Match], lexicon: Lexicon) -> Items | None:
    """The items of a clause, or None where it is no list."""
    cuts = [m.end() for m in _PARTED.finditer(text, clause.start, clause.end)]
    if not cuts:
        return None
    bounds = (clause.start, *cuts, clause.end)
    finding = lexicon.knowledge.finding
    told = (
        m
        for m in inside
        if m.kind in ("denials", "groups") or (m.kind == "finding" and finding[m.target].kind != "timing")
    )
    return Items(text, inside, bounds, frozenset(bisect_right(bounds, m.start) - 1 for m in told))
