"""What no step of the ear used, in the patient's own words: nothing that was said is dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from suwen.language.clauses import Clause
from suwen.language.normalise import Views, pattern_zh, stem

_OTHER_SCRIPT = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_CHUNK = re.compile(r"[\u3400-\u9fff]+|[a-z]+(?:'[a-z]+)?|[^\W\d_a-z\u3400-\u9fff]+")


class Leftover:
    """Finds the words of content among those that were not used; those of `cues.yaml` that say nothing are none."""

    def __init__(self, cues: Mapping[str, Any]) -> None:
        people = cues["people"].values()
        zh = [*cues["function_words"]["zh"], *(w for e in people for w in e.get("zh", ()))]
        en = [*cues["function_words"]["en"], *(w for e in people for p in e.get("en", ()) for w in p.split())]
        self._zh = sorted({pattern_zh(str(w)) for w in zh}, key=len, reverse=True)
        self._en = frozenset(stem(str(w)) for w in en) | frozenset(str(w) for w in en)

    def strange(
        self, seen: Views, clauses: Sequence[Clause], used: Sequence[tuple[int, int]]
    ) -> list[tuple[Clause, list[tuple[int, int]]]]:
        """The clauses with words of content that nothing used, and where those stand."""
        blank = list(seen.zh)
        for start, end in used:
            blank[start:end] = " " * (end - start)
        out = []
        for clause in clauses:
            rest = "".join(blank[clause.start : clause.end])
            spans = [
                (clause.start + c.start(), clause.start + c.end())
                for c in _CHUNK.finditer(rest)
                if self._is_content(c.group())
            ]
            if spans:
                out.append((clause, spans))
        return out

    def of(
        self, seen: Views, strange: Sequence[tuple[Clause, Sequence[tuple[int, int]]]], answering: bool
    ) -> tuple[str, ...]:
        """The stretches of content that nothing used, in the patient's own words."""
        left: list[str] = []
        for _, spans in strange:
            (first, head_ends), (tail_starts, last) = spans[0], spans[-1]
            head, tail = seen.zh[first:head_ends], seen.zh[tail_starts:last]
            first, last = _whole_words(seen.zh, first, last, head, tail)
            words = seen.raw[first:last].strip()
            if words and not (answering and len(words) <= 2):
                left.append(words)
        return tuple(left)

    def _is_content(self, chunk: str) -> bool:
        if chunk.isascii():
            return len(chunk) >= 4 and stem(chunk) not in self._en and chunk not in self._en
        for word in self._zh:
            chunk = chunk.replace(word, "")
        return len(chunk) >= 2


def _whole_words(text: str, first: int, last: int, head: str, tail: str) -> tuple[int, int]:
    """The stretch with what adjoins it in another script: kana beside characters is one word that was not understood."""
    if _OTHER_SCRIPT.match(head):
        while first > 0 and text[first - 1].isalpha() and not text[first - 1].isascii():
            first -= 1
    if _OTHER_SCRIPT.match(tail):
        while last < len(text) and text[last].isalpha() and not text[last].isascii():
            last += 1
    return first, last
