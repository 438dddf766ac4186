"""A text cut into clauses, under the headings and in the sentences they stand in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from suwen.language.lexicon import Match
from suwen.language.normalise import Views

_HARD = re.compile(r"[!?;\n]|(?<!\d)\.(?!\d)|(?<=\d)\.(?!\d)|(?<=[a-z])\.(?=[a-z])")
_INITIAL = re.compile(
    r"(?:\b(?<!vitamin )(?<!hepatitis )(?<!hep )(?<!type )(?<!group )[A-Z]|\b(?:Dr|Mr|Mrs|Ms|St|vs|approx|e\.g|i\.e))\.(?=\s+[a-z]|[a-z])"
)
"""C. difficile, e.g. this: a point that ends no sentence."""
_SOFT = re.compile(r",(?!\d{3}\b)|(?<=[\u4e00-\u9fff]无)、")
"""A comma; and what stands behind an item that is denied at its end, 烧心无、睡眠差."""
_HEADER = re.compile(r"(?:^|(?<=[.;\n,])\s*|(?<=\.\. ))([A-Z][A-Za-z /]{2,38}|[\u4e00-\u9fff]{2,6})\s*[:：]")
_TITLES = re.compile(
    r"\b((?:past |previous )?(?:medical |surgical |physical )?history|pmh|past history|family history|social history|fhx?|absent)\s*[:：]",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*•·●]|\d{1,2}[.)、])\s*(?=\D)")
_FAMILY_HEADER = re.compile(r"family|\bfh\b|\bfhx\b|家族", re.IGNORECASE)
_RELATIVE_HEADER = re.compile(
    r"(?:(?:maternal|paternal|older|younger) )?(?:mother|father|brother|sister|sibling|uncle|aunt|cousin|parent|grand(?:mother|father|parent)|son|daughter)s?",
    re.IGNORECASE,
)
_RELATIVE_HEADER_ZH = re.compile(
    r"(?:^|(?<=[。；，;,.\n]))\s*((?:外?祖)?[父母]亲?|父母|[兄弟姐妹]{1,4}|哥哥|爷爷|奶奶|外公|外婆|爸爸?|妈妈?|叔叔|舅舅|姑姑|姨妈)\s*[:：]"
)
"""A relative before a colon, of whom the rest of the line is told."""
_LINE_ZH = re.compile(r"[^\n.;。；]*")
_SPEECH = re.compile(
    r"\b(?:i|he|she|it|we|you|they|my|his|her|is|has|had|was|been|i'm|he's|she's)\b", re.IGNORECASE
)
_LINE = re.compile(r"[^\n.;]*")
_FAMILY_ENDS = re.compile(
    r"(?<=[:])\s*(?:none|nil|nothing|unremarkable|non-?contributory|negative|not (?:significant|known|relevant)|unknown)\b[^.;\n:]{0,20}[.;\n]\s*(?P<none>)(?=\w)|(?<=[.;\n])\s+(?P<own>)(?:on (?:physical )?exam|o/e\b|obs\b|(?:physical |clinical )?examination\b|the patient\b|vital signs|(?:his|her) (?:vital|temperature|blood pressure|pulse|heart rate)|(?:he|she) (?:is|has no|denies|reports|smokes|drinks|takes|lives|works)\b)",
    re.IGNORECASE,
)
"""A sentence behind the heading of the family that is of the patient again."""
_PAST_ENDS = re.compile(
    r"(?<=[.;\n!?])\s*(?=(?:O/E|OE|Obs|Exam|On (?:physical )?exam\w*|Examination|Today|Now|Currently|ECG|EKG|CXR|Bloods|Labs|Ix|Investigations|Vitals|Present(?:s|ed|ing)|Complain(?:s|ed)|[Cc]/o|Referred|Admitted|Meds|Medications|Drugs|DH|SH|Rx|NKDA|Allerg(?:y|ies)|Smok(?:er|es)|(?:Ex|Non)-smoker|Lives|Works|(?:He|She|I|The patient) (?:now|is|has no|denies|complains|presents|reports|smokes|drinks))\b)"
)
"""A heading or a sentence of now behind the heading of the past, where the writer has left out the colon: 'PMHx: MI, HTN. O/E crackles'."""
_PAST_HEADER = re.compile(r"past|previous|pmh|surgical|既往|个人史", re.IGNORECASE)
_ABSENT_HEADER = re.compile(r"absent|negatives|阴性|否认", re.IGNORECASE)
_TIMES_EN = re.compile(
    r"(?:\btimes|\bfold|\btwice|\bdouble|\btriple|\babove|\bover|\bexceed(?:s|ing)|\d ?x|×) (?:the )?(?:upper )?(?:limits? (?:of )?)?$"
)
_TIMES_ZH = re.compile(r"(?:值|上限|高限)?(?:上限)?的?[\d.一二两三四五六七八九十几数]+多?倍")


def is_multiple(text: str, start: int, end: int) -> bool:
    """Whether 'normal' at text[start:end] is only what a value is some times of: 'three times normal', 正常的三倍."""
    return bool(_TIMES_EN.search(text, max(0, start - 40), start) or _TIMES_ZH.match(text, end))


Section = Literal["now", "past", "family", "absent"]


@dataclass(frozen=True, slots=True)
class Clause:
    """raw[start:end]; `sentence` counts sentences from 0; `section` is what the last heading said."""

    start: int
    end: int
    sentence: int
    section: Section
    opens: bool = False
    """Whether it begins under a heading or as an item of a list, and so continues nothing said before."""


def clauses_of(views: Views) -> list[Clause]:
    """The clauses of a text in order; commas and full stops end one."""
    text = views.zh
    sections = _sections(views.raw)
    headings = {place for place, _ in sections if place}
    # A Chinese full stop ends a sentence even before a digit, where the folded one could be a decimal point.
    hard = {m.start() for m in _HARD.finditer(text)} | headings
    hard -= {m.end() - 1 for m in _INITIAL.finditer(views.raw)}
    hard |= {i for i, character in enumerate(views.raw) if character == "。"}
    cuts = sorted({*hard, *(m.start() for m in _SOFT.finditer(text)), len(text)})
    out: list[Clause] = []
    start, sentence = 0, 0
    for cut in cuts:
        if text[start:cut].strip():
            middle = start + len(text[start:cut]) - len(text[start:cut].lstrip())
            section: Section = "now"
            for place, kind in sections:
                if place <= middle:
                    section = kind
            opens = start in headings or bool(_ITEM.match(text, start))
            out.append(Clause(start, cut, sentence, section, opens))
        if cut in hard:
            sentence += 1
        start = cut if cut in headings else cut + 1
    return out


def _sections(raw: str) -> list[tuple[int, Section]]:
    found: list[tuple[int, Section]] = []
    for match in sorted(
        (*_HEADER.finditer(raw), *_TITLES.finditer(raw)), key=lambda m: (m.start(1), -m.end(1))
    ):
        title = match.group(1)
        kind: Section = "now"
        if _FAMILY_HEADER.search(title):
            kind = "family"
        elif _ABSENT_HEADER.search(title):
            kind = "absent"
        elif _PAST_HEADER.search(title) or title.lower() == "medical history":
            kind = "past"
        elif _RELATIVE_HEADER.fullmatch(title):
            line = _LINE.match(raw, match.end())
            kind = "family" if line and not _SPEECH.search(line.group()) else "now"
        found.append((match.start(1), kind))
    for match in _RELATIVE_HEADER_ZH.finditer(raw):
        line = _LINE_ZH.match(raw, match.end())
        found = [(place, kind) for place, kind in found if place != match.start(1)]
        found += [(match.start(1), "family"), (line.end() if line else len(raw), "now")]
    found.sort(key=lambda one: one[0])
    for number, (place, kind) in enumerate(list(found)):
        if kind == "past":
            until = min((p for p, _ in found if p > place), default=len(raw))
            if ends := _PAST_ENDS.search(raw, place, until):
                found.append((ends.end(), "now"))
        if kind == "family":
            until = found[number + 1][0] if number + 1 < len(found) else len(raw)
            ends = _FAMILY_ENDS.search(raw, place, until)
            if ends:
                found.append((ends.start(ends.lastgroup or 0), "now"))
    return sorted(found, key=lambda one: one[0])


class Told:
    """A text in its clauses, with the words in it that are known."""

    def __init__(self, views: Views, clauses: Sequence[Clause], matches: Sequence[Match]) -> None:
        self.views, self.clauses = views, clauses
        self._starts = [c.start for c in clauses]
        self.known = [m for m in matches if m.kind in ("finding", "kernel", "site", "condition")]
        self.cues: list[list[Match]] = [[] for _ in clauses]
        """The words of denial, doubt and time of each clause."""
        for m in matches:
            if m.kind.startswith("cue:") and clauses:
                number = self.clause_at(m.start)
                if clauses[number].start <= m.start < clauses[number].end:
                    self.cues[number].append(m)

    def clause_at(self, position: int) -> int:
        """The number of the clause that a place lies in, or else of the last."""
        number = bisect_right(self._starts, position) - 1
        return number if number >= 0 and position < self.clauses[number].end else len(self.clauses) - 1

    def without_known(self, start: int, end: int) -> str:
        """The text there with blanks for every finding and site."""
        text = list(self.views.zh[start:end])
        for m in self.known:
            if start <= m.start and m.end <= end:
                text[m.start - start : m.end - start] = " " * (m.end - m.start)
        return "".join(text)
