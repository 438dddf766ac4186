"""Bare answers: what a reply to a yes-no question says before, or instead of, anything else.

'嗯，没有' is a no, 'yeah, no' is a no and 'no, yeah I do' a yes: people nod before they answer, so the last plain word
counts and a nod (嗯, mm) only where nothing follows it. A piece between two stops is an answer only when every word in
it is one; what says more is left to the rest of the ear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from suwen.core.case import Status
from suwen.language.normalise import pattern_zh

_PIECE = re.compile(r"[^,.;!?\n…、~]+")
_SPACED_ZH = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
"""A space between Chinese words, which people type for a comma: 有 挺明显的."""
_SPACE = re.compile(r"[\s'\"()\-:]*")
_DENYING = re.compile(
    r"\s*(?:没|不|无|未|冇|莫|唔|别|no\b|not\b|never\b|don't\b|didn't\b|doesn't\b|haven't\b)"
)
_WHO = r"(?:i|he|she|it|they|we|that|there|mine)"
_DO = r"(?:do|does|did|have|has|had|am|is|was|are|were|can|could|will|would)"
_SHORT_BE = r"(?:i'?m|he'?s|she'?s|it'?s|they'?re|i'?ve|that'?s)"
_NO_EN = rf"{_WHO}\s+{_DO}(?:\s+not|n'?t)|{_WHO}\s+(?:can't|won't|don't)|{_SHORT_BE}\s+not"
_YES_EN = rf"{_WHO}\s+{_DO}(?!\s+not|n'?t)"
_NO_ZH = r"(?:不|没有|没|冇|唔|莫|勿|无)"
_SOME_ZH = r"(?:不|没)(?:怎么|咋|太|很|大)"
_NOT_EN = rf"(?:{_WHO}\s+)?(?:does not|do not|did not|doesn't|don't|didn't|isn't|not|never|no|not any|no real|without)\s+"
_NEGATED = ("absent", "unlikely")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered in text[start:end]; `certain` is False for a hedge, `past` True for what was once so."""

    status: Status
    certain: bool
    past: bool
    start: int
    end: int


@dataclass(slots=True)
class _Piece:
    """One piece of a reply as its words are read."""

    status: Status | None = None
    certain: bool = True
    past: bool = False
    weak: bool = False
    hedged: bool = False

    def take(self, kind: str, *, joined: bool) -> None:
        """One word; `joined` when it follows a denial in the same Chinese word group (没有得过), which it cannot undo."""
        if kind == "echo":
            self.status = self.status or "present"  # 'no pain' and 'not any pain' stay a no
        elif kind in ("present", "likely", "absent", "unlikely", "unknown"):
            if joined and kind in ("present", "likely"):
                return
            self.status = _STATUS[kind]
            self.certain = kind not in ("likely", "unlikely")
        elif kind == "past":
            self.past = True
        elif kind == "hedge":
            self.hedged = True
        elif kind == "weak":
            self.weak = True


_STATUS: dict[str, Status] = {
    "present": "present", "likely": "present", "absent": "absent", "unlikely": "absent", "unknown": "unknown",
}  # fmt: skip


_BY_THE_WAY = re.compile(r"[哦啊噢喔呃嗯]?对了|oh right|oh yes|oh yeah")
"""Behind an answer: something else comes to mind, and it is no second answer."""


class Answers:
    """Reads bare answers with the words of `cues.yaml`."""

    def __init__(self, words: Mapping[str, Mapping[str, Iterable[Any]]]) -> None:
        self._words = words

    @cached_property
    def _kinds(self) -> dict[str, str]:
        """Every phrase to its kind; where one says two things the first of these kinds counts."""
        order = ("unknown", "unlikely", "likely", "absent", "present", "past", "hedge", "weak", "around")
        table: dict[str, str] = {}
        for kind in order:
            words = self._words[kind]
            for phrase in [pattern_zh(str(w)) for w in words["zh"]] + [str(w).lower() for w in words["en"]]:
                table.setdefault(phrase, kind)
        return table

    @cached_property
    def _word(self) -> re.Pattern[str]:
        phrases = sorted(self._kinds, key=len, reverse=True)
        zh = "|".join(re.escape(p) for p in phrases if not p.isascii())
        en = "|".join(_loose(p) for p in phrases if p.isascii())
        # a longer listed phrase ('i don't know') wins over the built one ('i don't')
        long = "|".join(_loose(p) for p in phrases if p.isascii() and " " in p)
        return re.compile(
            rf"(?P<zh>{zh})|\b(?:(?P<long>{long})|(?P<no>{_NO_EN})|(?P<yes>{_YES_EN})|(?P<en>{en}))(?![a-z'])"
        )

    def read(self, text: str, echoes: Sequence[str] = ()) -> Answer | None:
        """The bare answer at the beginning of normalised text, or None; `echoes` are words of what was asked (疼, itch)."""
        echo, text = _echo(tuple(echoes)), _SPACED_ZH.sub(",", text)
        answered: _Piece | None = None
        once = hedged = weak = False
        start, end, rest = -1, 0, ""
        for match in _PIECE.finditer(text):
            piece = self._piece(match.group(), echo)
            if piece is None or (answered is not None and _BY_THE_WAY.fullmatch(match.group().strip())):
                rest = match.group()
                break
            start, end = (match.start() if start < 0 else start), match.end()
            hedged, weak = hedged or piece.hedged, weak or piece.weak
            once = once or piece.past
            if piece.status is not None:
                piece.past, once, answered = once, False, piece
        if answered is not None and answered.status is not None:
            certain = answered.certain and not answered.hedged
            return Answer(answered.status, certain, answered.past, start, end)
        if once and not rest and not weak:
            return Answer("present", not hedged, True, start, end)
        if hedged and not rest:
            return Answer("unknown", False, False, start, end)
        if weak and not _DENYING.match(rest):
            return Answer("present", True, False, start, end)
        return None

    def _piece(self, piece: str, echo: re.Pattern[str] | None) -> _Piece | None:
        """What a piece answers, or None when it says anything more."""
        found, place, before = _Piece(), 0, ""
        for kind, start, end in self._tokens(piece, echo):
            if kind == "":
                return None
            found.take(kind, joined=before in _NEGATED and start == place and not piece[start:end].isascii())
            before = kind if kind != "around" else before
            place = end
        return found

    def _tokens(self, piece: str, echo: re.Pattern[str] | None) -> Iterator[tuple[str, int, int]]:
        """(kind, start, end) of each word; kind '' where a word is none of them."""
        place = _skip(piece, 0)
        while place < len(piece):
            said = echo.match(piece, place) if echo else None
            word = self._word.match(piece, place)
            if said and (word is None or said.end() >= word.end()):
                yield ("absent" if said["no"] else "unlikely" if said["some"] else "echo"), place, said.end()
                place = _skip(piece, said.end())
            elif word:
                yield self._kind(word), place, word.end()
                place = _skip(piece, word.end())
            else:
                yield "", place, len(piece)
                return

    def _kind(self, word: re.Match[str]) -> str:
        if word["no"]:
            return "absent"
        if word["yes"]:
            return "present"
        return self._kinds.get(re.sub(r"\s+", " ", word.group())) or self._spelt[_bare(word.group())]

    @cached_property
    def _spelt(self) -> dict[str, str]:
        return {_bare(phrase): kind for phrase, kind in reversed(self._kinds.items())}


def _skip(text: str, place: int) -> int:
    blank = _SPACE.match(text, place)
    return blank.end() if blank else place


def _loose(phrase: str) -> str:
    """An English phrase with or without its apostrophes and with any space or hyphen between its words."""
    return r"[\s,\-]+".join(
        re.escape(word).replace("'", "'?") for word in re.split(r"[\s,\-]+", phrase) if word
    )


def _bare(phrase: str) -> str:
    return re.sub(r"[^a-z]", "", phrase)


@lru_cache(maxsize=256)
def _echo(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Answers in the words of the question: 疼, 不怎么疼, 'it hurts', 'it doesn't itch'."""
    zh = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True) if not w.isascii())
    en = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True) if w.isascii())
    if not zh and not en:
        return None
    plain = [
        words for words in (f"(?:{zh})" if zh else "", f"(?:{en})(?:s|ing)?(?![a-z'])" if en else "") if words
    ]
    said = "|".join(plain)
    return re.compile(
        rf"(?:(?:it|they|that)\s+)?(?:{said})|(?P<some>{_SOME_ZH})(?:{said})|(?P<no>{_NO_ZH}|{_NOT_EN})(?:{said})"
    )
