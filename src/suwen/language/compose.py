"""Parts to findings: a kernel (pain), its site, and what is said about it, joined within and across clauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from suwen.language.clauses import Clause
from suwen.language.lexicon import Lexicon, Match, Spec

_JOINING = 2
"""A complaint can be continued ('it is worse at night') for this many clauses."""


@dataclass(slots=True)
class Complaint:
    """A kernel or a finding at raw[start:end] with all that was said about it; `sites` may be empty."""

    head: Match
    clause: int
    sites: set[str] = field(default_factory=set)
    radiation: set[str] = field(default_factory=set)
    attributes: dict[str, set[str]] = field(default_factory=dict)
    start: int = 0
    end: int = 0

    def widen(self, match: Match) -> None:
        self.start, self.end = min(self.start, match.start), max(self.end, match.end)


def complaints(
    lexicon: Lexicon, clauses: Sequence[Clause], matches: Sequence[Match], text: str
) -> list[Complaint]:
    """Every kernel and finding of a text with its sites and attributes."""
    out: list[Complaint] = []
    recent: list[Complaint] = []
    for number, clause in enumerate(clauses):
        if clause.opens:
            recent = []  # what stood under the last heading is not meant here
        inside = [m for m in matches if clause.start <= m.start < clause.end]
        phrases = [m for m in inside if m.kind == "finding"]
        heads = [Complaint(m, number, start=m.start, end=m.end) for m in inside if m.kind == "kernel"]
        topics = [Complaint(m, number, start=m.start, end=m.end) for m in phrases]
        sites = [m for m in inside if m.kind == "site"]
        radiating = [m for m in inside if m.kind == "cue:radiation"]
        _join_sites(heads, topics, sites, radiating, text)
        if not heads and not topics and sites and number + 1 < len(clauses):
            heads = _set_right(sites, clauses[number], clauses[number + 1], number, matches)
        here = [*heads, *topics]
        attributes = [m for m in inside if m.kind.startswith("attr:")]
        receivers = here or recent
        for match in attributes:
            _attach(match, receivers)
        if not here and radiating:
            for match in sites:
                for complaint in recent:
                    complaint.radiation.add(match.target)
        for complaint in heads:
            if not complaint.sites and recent and number - recent[-1].clause <= _JOINING:
                same = [c for c in recent if c.sites]
                if same and not sites:
                    complaint.sites |= same[-1].sites
        out += here
        if here:
            recent = here
        elif recent and number - recent[-1].clause >= _JOINING:
            recent = []
    return out


def _set_right(
    sites: Sequence[Match], clause: Clause, following: Clause, number: int, matches: Sequence[Match]
) -> list[Complaint]:
    """'Left knee, not right knee pain': what is denied of the second place is meant of the first."""
    behind = [m for m in matches if following.start <= m.start < following.end]
    kernel = next((m for m in behind if m.kind in ("kernel", "finding")), None)
    denial = next((m for m in behind if m.target in ("negation", "correction")), None)
    place = next((m for m in behind if m.kind == "site"), None)
    told = any(m.kind.startswith("cue:") and clause.start <= m.start < sites[0].start and m.target == "negation" for m in matches)  # fmt: skip
    if kernel is None or denial is None or place is None or told or denial.start > place.start:
        return []
    if place.target not in {m.target for m in sites} or kernel.end <= place.start:
        return []
    kernels = [m for m in behind if m.kind == "kernel"]
    if not kernels:
        return []
    first, last = sites[0], sites[-1]
    meant = Complaint(
        Match(first.start, last.end, "kernel", kernels[0].target), number, start=first.start, end=last.end
    )
    meant.sites |= {m.target for m in sites}
    return [meant]


_SEEN_ANYWHERE = frozenset({"rash", "blister", "lump", "itch", "redness", "ulcer"})
"""Kernels that no longer word for them ties to one place."""


def _join_sites(
    heads: list[Complaint],
    topics: list[Complaint],
    sites: Sequence[Match],
    radiating: Sequence[Match],
    text: str,
) -> None:
    """Give every site to the kernel it most likely belongs to; after 'radiates to' it is where the pain goes."""
    for site in sites:
        cue = next((r for r in radiating if r.end <= site.start), None)
        if cue is not None:
            for kind in (heads, topics):
                before = [c for c in kind if c.head.start <= cue.start] or kind
                for complaint in before[-1:]:
                    complaint.radiation.add(site.target)
            continue
        best = min(heads, key=lambda c: _distance(site, c.head, text), default=None)
        if best is not None and _distance(site, best.head, text) < 60:
            enclosing = [t for t in topics if t.head.start <= best.head.start and best.head.end <= t.head.end]
            if best.head.target in _SEEN_ANYWHERE:
                enclosing = []  # 红疹子 is a rash wherever it is
            if enclosing and not any(_touches(site, t.head) for t in enclosing):
                continue  # the pain of 痛经 takes no other site
            best.sites.add(site.target)
            best.widen(site)

    _share_sites(heads, topics)


def _share_sites(heads: list[Complaint], topics: list[Complaint]) -> None:
    """'Calf pain and swelling': a kernel left without a place takes that of the one before it."""
    for earlier, later in pairwise(heads):
        inside = any(t.head.start <= later.head.start and later.head.end <= t.head.end for t in topics)
        if not later.sites and earlier.sites and not inside and later.head.start - earlier.head.end < 12:
            later.sites |= earlier.sites


def _touches(a: Match, b: Match) -> bool:
    return a.start <= b.end and b.start <= a.end


def _distance(site: Match, head: Match, text: str) -> float:
    """Characters between, weighed: a site before its Chinese kernel and after an English 'in' lies near."""
    chinese = "\u4e00" <= text[head.start] <= "\u9fff"
    if site.end <= head.start:
        between = text[site.end : head.start]
        weight = 1.0
    else:
        between = text[head.end : site.start]
        weight = (
            1.6
            if chinese
            else 0.7
            if any(w in between for w in (" in", " of", " on", " at", " to", " around", " behind"))
            else 1.3
        )
    listed = " and " in between or "和" in between or "、" in between
    return (len(between) + 0.5) * weight * (0.6 if listed else 1.0)


def _attach(match: Match, receivers: Sequence[Complaint]) -> None:
    group = match.kind.removeprefix("attr:")
    for complaint in receivers:
        if complaint.head.start <= match.start < complaint.head.end and complaint.head.kind == "finding":
            continue
        if group == "side" and len(receivers) > 1 and abs(match.start - complaint.head.start) > 24:
            continue
        complaint.attributes.setdefault(group, set()).add(match.target)


def fitting(lexicon: Lexicon, complaint: Complaint) -> Iterator[Spec]:
    """The composition lines that a complaint meets in full."""
    for spec in (spec for head in _heads(complaint) for spec in lexicon.specs.get(head, ())):
        if spec.sites and not spec.sites & complaint.sites:
            continue
        if not all(place & complaint.sites for place in spec.all_sites):
            continue
        if spec.radiation and not spec.radiation & complaint.radiation:
            continue
        if all(wanted & _said(complaint, key) for key, wanted in spec.attributes):
            yield spec


def _heads(complaint: Complaint) -> tuple[str, ...]:
    """What the head stands for: 一按就疼 is tenderness and pain in one."""
    return ("tenderness", "pain") if complaint.head.target == "tenderness" else (complaint.head.target,)


def _said(complaint: Complaint, key: str) -> set[str]:
    said = complaint.attributes.get(key, set())
    if key == "side":
        sided = {name for site in complaint.sites for name in ("left", "right") if site.startswith(name)}
        said = said | sided
        if said & {"left", "right"} and not {"left", "right"} <= said:
            said = said | {"one"}
    if key == "severity" and "worst" in said:
        said = said | {"severe"}
    return said
