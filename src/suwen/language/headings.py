"""Bare names under a heading: 'Past history: stroke' means what the phrase 'history of stroke' means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from suwen.knowledge import FindingDef, Knowledge
from suwen.language.clauses import Clause
from suwen.language.lexicon import Match
from suwen.language.normalise import Views, pattern_en

_TITLE = re.compile(r"[^:]{0,60}:\s*")
_ITEM = re.compile(r"(?:(?!\s(?:and|or)\s)[^/&\s]|\s(?!(?:and|or|&)\s)(?=\S))+")
_LEAD = re.compile(r"\s*(?:there (?:is|was) |and |or |also )?(?:an? )?(?:(?:positive|significant|strong) )?(?:history of |hx of |h/o )?")  # fmt: skip
_LISTS = re.compile(
    r"\b(?:past |previous )?(?:(?:medical )?history|pmhx?)(?: (?:is|was))?(?: also)?(?: (?:significant|notable|positive|remarkable|relevant|important) for| include[sd]?| of)\s"
)
_LONGEST_NAME, _KEPT_NAMES = 60, 10_000
_LASTING = ("history", "risk")


class Named:
    """The findings whose words begin with one phrase, such as 'history of', by the name behind it."""

    def __init__(self, knowledge: Knowledge, prefix: str, means: Callable[[FindingDef], bool]) -> None:
        self.knowledge, self.prefix, self.means = knowledge, prefix, means
        self._known: dict[str, tuple[tuple[str, ...], bool]] = {}

    def __call__(self, words: str, *, whole: bool = False) -> tuple[str, ...]:
        """The findings that these words name behind the phrase; `whole` if nothing may follow the name."""
        lead = _LEAD.match(words)
        name = words[lead.end() if lead else 0 :].strip(" .")
        if not name or len(name) > _LONGEST_NAME or not name.isascii():
            return ()
        if name not in self._known:
            if len(self._known) > _KEPT_NAMES:
                self._known.clear()
            self._known[name] = self._look_up(name)
        named, is_whole = self._known[name]
        return named if is_whole or not whole else ()

    def _look_up(self, name: str) -> tuple[tuple[str, ...], bool]:
        stems = pattern_en(self.prefix + name).split()
        for length in range(len(stems), 1, -1):
            known = self._table.get(" ".join(stems[:length]))
            if known:
                return known, length == len(stems)
        return (), False

    @cached_property
    def _table(self) -> dict[str, tuple[str, ...]]:
        table: dict[str, tuple[str, ...]] = {}
        for finding in filter(self.means, self.knowledge.findings):
            for phrase in finding.record["words"]["en"]:
                if str(phrase).lower().startswith(self.prefix):
                    key = " ".join(pattern_en(str(phrase)).split())
                    table[key] = tuple(dict.fromkeys((*table.get(key, ()), finding.id)))
        return table


class Headings:
    """What stands as a bare name under the heading of the past, or in a list behind 'history of'."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.named = Named(knowledge, "history of ", lambda f: f.kind in _LASTING)

    def past(self, seen: Views, clauses: Sequence[Clause]) -> Iterator[Match]:
        """The illnesses of the patient that are only named."""
        lists = -1
        for clause in clauses:
            start, listed = clause.start, _LISTS.search(seen.zh, clause.start, clause.end)
            if clause.section == "past":
                start = behind_title(seen, start, clause.end)
            elif listed and clause.section == "now":
                start, lists = listed.end(), clause.sentence
            elif lists != clause.sentence or clause.section != "now":
                continue
            for item in items(seen, start, clause.end):
                for name in self.named(item.group(), whole=clause.section == "now"):
                    yield Match(item.start(), item.end(), "finding", name)


def items(seen: Views, start: int, end: int) -> Iterator[re.Match[str]]:
    """What is joined by 'and', 'or' or a stroke."""
    return _ITEM.finditer(seen.zh, start, end)


def behind_title(seen: Views, start: int, end: int) -> int:
    """Where what stands under a heading begins."""
    title = _TITLE.match(seen.zh, start, end)
    return title.end() if title else start
