"""Parts to findings: a kernel (pain), its site, and what is said about it, joined within and across clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from suwen.language.clauses import Clause
from suwen.language.lexicon import Lexicon, Match, Spec

_JOINING = 2
"""A complaint can be continued ('it is worse at night') for this many clauses."""
_NAMES_PLACE = re.compile(
    r"主要|为主|明显|尤其|最重|位于|局限|集中|周围|\b(?:most\w*|main\w*|especially|particularly|chiefly|locat\w+|locali[sz]\w+|worst|worse|maximal\w*|around)\b"
)
"""In a clause that says more closely where a complaint is."""
_DIRECTLY = re.compile(r"\s*(?:\w+\s+)?")
_ACTS = frozenset(["eating", "urinating", "defecating", "sex"])
"""What people do anyway: named in a clause of its own it brings a complaint on only where the words say so."""
_BRINGS_ON = re.compile(
    r"时|后|一.{0,4}就|更|加重|厉害|的话"
    r"|\b(?:when|whenever|while|after|during|before|on|with|if|every time|each time|worse|makes?|brings?|triggers?)\b"
)


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
        heads = [c for c in heads if not _is_denied_in(c.head, phrases, lexicon.denials["zh"], text)]
        denials = [m for m in inside if m.kind == "cue:negation"]
        for cue in [r for r in radiating if _is_denied(r, inside, text)]:
            radiating.remove(cue)
            sites = [s for s in sites if s.start < cue.start]
        _join_sites(heads, topics, sites, radiating, denials, text, lexicon)
        if not heads and not topics and sites and number + 1 < len(clauses):
            heads = _set_right(sites, clauses[number], clauses[number + 1], number, matches)
        here = [*heads, *topics]
        attributes = [m for m in inside if m.kind.startswith("attr:")]
        receivers = here or recent
        continued = not here and _BRINGS_ON.search(text, clause.start, clause.end)
        for match in attributes:
            if here or continued or match.target not in _ACTS:
                _attach(match, receivers, sites)
        if not here:
            for match in sites:
                for complaint in recent:
                    if radiating:
                        _goes_to(match, complaint, lexicon)
                    elif not denials and _NAMES_PLACE.search(text, clause.start, clause.end):
                        _place_closer(match, complaint, lexicon)
        for complaint in heads:
            if not complaint.sites and recent and number - recent[-1].clause <= _JOINING:
                same = [c for c in recent if c.sites and c.head.target != "lymph_node"]
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


def _join_sites(
    heads: list[Complaint],
    topics: list[Complaint],
    sites: Sequence[Match],
    radiating: Sequence[Match],
    denials: Sequence[Match],
    text: str,
    lexicon: Lexicon,
) -> None:
    """Give every site to the kernel it most likely belongs to; after 'radiates to' it is where the pain goes."""
    for site in sites:
        cue = next((r for r in radiating if r.end <= site.start), None)
        if cue is not None:
            for kind in (heads, topics):
                before = [c for c in kind if c.head.start <= cue.start] or kind
                for complaint in before[-1:]:
                    _goes_to(site, complaint, lexicon)
            continue
        own = [c for c in heads if not any(c.head.end <= d.start < site.start for d in denials)]
        best = min(own, key=lambda c: _distance(site, c.head, text), default=None)
        if best is not None and _distance(site, best.head, text) < 60:
            enclosing = [t for t in topics if t.head.start <= best.head.start and best.head.end <= t.head.end]
            if best.head.target in lexicon.anywhere:
                enclosing = []  # 红疹子 is a rash wherever it is
            if enclosing and not any(_takes(t.head, best.head, site, sites, lexicon) for t in enclosing):
                continue  # the pain of 痛经 takes no other site
            best.sites.add(site.target)
            best.widen(site)

    _share_sites(heads, topics)


def _is_denied(radiating: Match, inside: Sequence[Match], text: str) -> bool:
    """'Does not radiate to the arm': where it does not go is no place of it."""
    return any(
        m.kind in ("cue:negation", "cue:not_negation")
        and m.start <= radiating.start
        and (m.end > radiating.start or _DIRECTLY.fullmatch(text, m.end, radiating.start))
        for m in inside
    )


def _goes_to(site: Match, complaint: Complaint, lexicon: Lexicon) -> None:
    """Pain that goes to the arm is still pain of the chest, but a rash that spreads to the arms is on the arms."""
    complaint.radiation.add(site.target)
    if complaint.head.kind == "kernel" and complaint.head.target not in lexicon.radiating:
        complaint.sites.add(site.target)


def _place_closer(site: Match, complaint: Complaint, lexicon: Lexicon) -> None:
    """'Abdominal pain, mostly in the right lower quadrant': a closer place of what was said before."""
    if complaint.head.kind == "kernel" and any(site.target in lexicon.within[s] for s in complaint.sites):
        complaint.sites.add(site.target)


def _share_sites(heads: list[Complaint], topics: list[Complaint]) -> None:
    """'Calf pain and swelling': a kernel left without a place takes that of the one before it."""
    for earlier, later in pairwise(heads):
        inside = any(t.head.start <= later.head.start and later.head.end <= t.head.end for t in topics)
        if not later.sites and earlier.sites and not inside and later.head.start - earlier.head.end < 12:
            later.sites |= earlier.sites


def _takes(phrase: Match, head: Match, site: Match, sites: Sequence[Match], lexicon: Lexicon) -> bool:
    """Whether the kernel in a phrase can be at a site outside it: 拧着疼 in the 小肚子, the 痛 of 痛经 in no arm."""
    if _touches(site, phrase):
        return True
    own = [s for s in sites if phrase.start <= s.start and s.end <= phrase.end]
    if own:  # abdominal pain in the right upper quadrant: only a closer place of the same
        return any(site.target in lexicon.within[s.target] for s in own)
    if phrase.end - phrase.start == head.end - head.start:
        return lexicon.knowledge.finding[phrase.target].kind in ("symptom", "sign")
    return site.target in lexicon.places.get(phrase.target, ())


def _touches(site: Match, phrase: Match) -> bool:
    """Whether a place stands right before or in a phrase: 小肚子拧着疼; with the space of English words, 'flank abdominal pain'."""
    return site.start <= phrase.end and phrase.start <= site.end + 1


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


def _is_denied_in(head: Match, phrases: Sequence[Match], denying: tuple[str, ...], text: str) -> bool:
    """The 疼 of 不疼的 or 无痛性: a phrase that denies the kernel in it."""
    return any(
        p.start < head.start and head.end <= p.end and text[p.start : head.start].endswith(denying)
        for p in phrases
    )


def _attach(match: Match, receivers: Sequence[Complaint], sites: Sequence[Match]) -> None:
    group = match.kind.removeprefix("attr:")
    if group == "side":
        receivers = _on_that_side(match, receivers, sites) or receivers
    for complaint in receivers:
        if complaint.head.start <= match.start < complaint.head.end and complaint.head.kind == "finding":
            continue
        if group == "side" and len(receivers) > 1 and abs(match.start - complaint.head.start) > 24:
            continue
        complaint.attributes.setdefault(group, set()).add(match.target)


def _on_that_side(side: Match, receivers: Sequence[Complaint], sites: Sequence[Match]) -> list[Complaint]:
    """The complaints of the place that a side belongs to: the left of 'left eye' is none of the throat."""
    place = next((s for s in sites if 0 <= s.start - side.end <= 1), None)
    if place is None:
        return []
    return [c for c in receivers if place.target in c.sites or c.start <= place.start < c.end]


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
