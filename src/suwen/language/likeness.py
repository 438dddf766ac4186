"""Words that nothing knew, heard by their likeness to words that are known.

No list of phrases is ever complete. What no rule of the ear used is compared with every known phrase: by its words or
characters, by neighbouring pairs, and in English by letters four at a time; rare ones weigh more (Spärck Jones 1972).
The phrases nearest to a stretch vote for the findings that they mean (Dudani 1976). The outcome is a `Guess`: findings
with shares, which the reasoning weighs as a mixture, which the doctor asks about, and which never raises an alarm.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suwen.core.case import Guess
from suwen.knowledge import Knowledge, default_cache
from suwen.knowledge.files import keep
from suwen.language.clauses import Clause
from suwen.language.lexicon import Lexicon, Match
from suwen.language.normalise import Views, stem
from suwen.language.scope import Scoper

BUCKETS = 1 << 17
"""Features are hashed into this many places."""
LETTERS = 4
"""Length of the pieces of English words that are compared, so that inflections and slips stay alike."""
WIDTHS = {"zh": (4, 6, 9), "en": (2, 4, 6)}
"""Lengths of the stretches tried, in characters and in words."""
NEAREST = 160
"""Phrases with which the stretches of one clause are compared in full."""
LEAST_ALIKE, SHARPNESS = 0.25, 6
"""Cosine under which a phrase has no vote, and the power to which it votes. Measured in docs/benchmarks.md."""
MEANINGS, LEAST_SHARE = 6, 0.05
"""Findings that a guess names at most, and the share of the votes that its first must have."""
MOST_IN_CLAUSE = 3
"""Guesses made of one clause at most."""
AT_ONCE = 200
"""Stretches compared together, so that a message without a full stop needs no more memory than another."""
LEAST_CONTENT = 2
"""Characters that a Chinese stretch must have besides the words that frame it."""
QUOTED_WHOLE = 40
"""Characters of a clause that is quoted as a whole: a piece of it reads badly."""
_NORMAL = re.compile(
    r"(?<!not )\b(?:negative|unremarkable|normal|no growth|intact|tympanic|resonant|symmetric\w*|not provided)\b|\b2\+"
    r"|(?<!不)正常|阴性|未见|无异常|无殊|\(-\)"
)
"""A result that shows nothing: what was looked for is not there, whatever its name is like."""
_HEADING = re.compile(r"(?:^|(?<=[.;\n(]))\s*(?:[-*#]+\s*)?[A-Z][A-Za-z'-]*(?:[ /][A-Za-z'-]+){0,4}\s*:")
"""A title before a colon says what comes, and nothing of the patient."""
Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """raw[start:end] by its features; `denies` where a word of negation is among them."""

    start: int
    end: int
    features: NDArray[np.int64]
    denies: bool


class _Phrases:
    """All phrases of one language, looked up by what they are made of. One array, mapped from a file and so shared."""

    def __init__(self, flat: NDArray[np.uint32]) -> None:
        n, postings = int(flat[0]), int(flat[1])
        ends = np.cumsum([2, BUCKETS + 1, BUCKETS, n, n, postings])
        self.starts, weights, norm, means, self.postings = (flat[a:b] for a, b in pairwise(ends))
        self.weights, self.norm = weights.view(np.float32), norm.view(np.float32)
        self.means, self.denies = means >> 1, (means & 1).astype(bool)

    @staticmethod
    def packed(rows: Sequence[tuple[NDArray[np.int64], int, bool]]) -> NDArray[np.uint32]:
        """The array of phrases given as features, finding and whether they deny."""
        made = [features for features, _, _ in rows]
        counts = np.bincount(np.concatenate(made), minlength=BUCKETS)
        weights = (np.log(len(rows) / np.maximum(counts, 1.0)) ** 2).astype(np.float32)
        norm = np.sqrt([max(float(weights[f].sum()), 1e-6) for f in made]).astype(np.float32)
        means = np.array([finding << 1 | denies for _, finding, denies in rows], np.uint32)
        flat = np.concatenate(made)
        order = np.argsort(flat, kind="stable")
        owners = np.repeat(np.arange(len(made)), [len(f) for f in made])[order].astype(np.uint32)
        starts = np.searchsorted(flat[order], np.arange(BUCKETS + 1)).astype(np.uint32)
        head = np.array([len(rows), len(owners)], np.uint32)
        return np.concatenate([head, starts, weights.view(np.uint32), norm.view(np.uint32), means, owners])

    def votes(self, stretches: Sequence[_Stretch]) -> tuple[NDArray[np.int64], Table, Table] | None:
        """(findings (U,), votes (stretches, U), cosine of the nearest (stretches,)); None where no phrase shares anything."""
        features = np.unique(np.concatenate([s.features for s in stretches]))
        weights = self.weights[features]
        lists = [self.postings[self.starts[f] : self.starts[f + 1]] for f in features]
        sizes = [len(one) for one in lists]
        owners = np.concatenate(lists)
        if not len(owners):
            return None
        which = np.repeat(np.arange(len(features)), sizes)
        shared = np.bincount(owners, weights=weights[which], minlength=len(self.norm))
        near = np.argpartition(-(shared / self.norm), min(NEAREST, len(shared)) - 1)[:NEAREST]
        place = np.full(len(shared), -1, np.int64)
        place[near] = np.arange(len(near))
        inside = place[owners] >= 0
        table = np.zeros((len(features), len(near)), np.float32)
        table[which[inside], place[owners[inside]]] = weights[which[inside]]
        has = np.zeros((len(stretches), len(features)), np.float32)
        for row, stretch in enumerate(stretches):
            has[row, np.searchsorted(features, stretch.features)] = 1.0
        length = np.sqrt(np.maximum(has @ weights, 1e-6))
        alike = has @ table / (length[:, None] * self.norm[near])
        alike[alike < LEAST_ALIKE] = 0.0
        denies = np.array([s.denies for s in stretches])
        alike[denies[:, None] != self.denies[near]] = 0.0  # 'no' turns what it stands with
        findings, column = np.unique(self.means[near], return_inverse=True)
        votes = np.zeros((len(findings), len(stretches)), np.float32)
        np.add.at(votes, column, (alike**SHARPNESS).T)
        return findings.astype(np.int64), votes.T, alike.max(axis=1)


class Likeness:
    """Guesses what unknown words mean, against one knowledge."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self.knowledge, self.lexicon = knowledge, lexicon
        self._ids = [f.id for f in knowledge.findings]
        frames = lexicon.cues["frames"]
        plain = {str(w) for w in lexicon.cues["function_words"]["zh"] if len(str(w)) > 1} | set(frames["zh"])
        self._frames = frozenset(stem(str(w)) for w in frames["en"])
        self._framing = re.compile("|".join(sorted(map(re.escape, plain), key=len, reverse=True)))
        key = hashlib.sha256(lexicon.key.encode() + Path(__file__).read_bytes()).hexdigest()[:20]
        self._phrases = {lang: _Phrases(self._stored(lang, key)) for lang in ("zh", "en")}

    def _stored(self, lang: str, key: str) -> NDArray[np.uint32]:
        """One language, kept beside the compiled knowledge since making it takes seconds."""
        place = default_cache() / f"likeness_{lang}-{key}.npy"
        try:
            stored: NDArray[np.uint32] = np.load(place, mmap_mode="r")
        except (OSError, ValueError):
            stored = _Phrases.packed(list(self._rows(lang)))
            content = io.BytesIO()
            np.save(content, stored)
            keep(place, content.getvalue(), replaces=f"likeness_{lang}-*.npy")
        return stored

    def _rows(self, lang: str) -> Iterator[tuple[NDArray[np.int64], int, bool]]:
        index = {f.id: f.index for f in self.knowledge.findings if not f.is_marker}
        for pattern, finding in self.lexicon.phrases(lang):
            if finding in index and pattern.strip():
                features = _features(pattern.split() if lang == "en" else pattern, lang)
                yield features, index[finding], self._denies(pattern, lang)

    def _denies(self, pattern: str, lang: str) -> bool:
        return any(word in pattern for word in self.lexicon.denials[lang])

    def guesses(
        self, seen: Views, strange: Iterable[tuple[Clause, Sequence[tuple[int, int]]]], scoper: Scoper, turn: int
    ) -> tuple[Guess, ...]:  # fmt: skip
        """What the strange stretches of a text may mean, of what is present now and is told of the patient."""
        found: dict[str, Guess] = {}
        headings = [m.span() for m in _HEADING.finditer(seen.raw)]
        for clause, every in strange:
            spans = [s for s in every if not self._says_nothing(seen, s, headings)]
            for guess in self._in_clause(seen, clause, spans, scoper, turn):
                found.setdefault(guess.likeliest, guess)
        return tuple(sorted(found.values(), key=lambda g: g.span))

    def _says_nothing(self, seen: Views, span: tuple[int, int], headings: Sequence[tuple[int, int]]) -> bool:
        """Whether strange words only frame a sentence ('exacerbated by') or stand in a heading ('Vital signs:')."""
        start, end = span
        if any(first <= start and end <= last for first, last in headings):
            return True
        words = seen.zh[start:end]
        return stem(words) in self._frames if words.isascii() else self._only_frames(words)

    def _only_frames(self, words: str) -> bool:
        return len(self._framing.sub("", words)) < LEAST_CONTENT

    def _in_clause(
        self, seen: Views, clause: Clause, spans: Sequence[tuple[int, int]], scoper: Scoper, turn: int
    ) -> Iterator[Guess]:
        text = seen.zh[clause.start : clause.end]
        if _NORMAL.search(text):
            return
        lang = "zh" if any("\u3400" <= c <= "\u9fff" for c in text) else "en"
        strange = [s for s in self._stretches(seen, clause, spans, lang) if _is_told(scoper, s)]
        strange.sort(key=lambda s: (s.start, s.end))
        for first in range(0, len(strange), AT_ONCE):
            part = strange[first : first + AT_ONCE]
            for row, meanings, alike in self._chosen(part, lang):
                whole = clause.end - clause.start <= QUOTED_WHOLE
                start, end = (clause.start, clause.end) if whole else (part[row].start, part[row].end)
                words = seen.raw[start:end]
                start += len(words) - len(words.lstrip())
                words = words.strip()
                yield Guess(words, (start, start + len(words)), turn, meanings, alike)

    def _chosen(
        self, stretches: Sequence[_Stretch], lang: str
    ) -> Iterator[tuple[int, tuple[tuple[str, float], ...], float]]:
        """The stretches that mean something most clearly, none over another: (which, meanings, likeness)."""
        voted = self._phrases[lang].votes(stretches)
        if voted is None:
            return
        findings, votes, alike = voted
        shares = votes / np.maximum(votes.sum(axis=1), 1e-30)[:, None]
        taken: list[_Stretch] = []
        for row in np.argsort(-shares.max(axis=1) * alike, kind="stable").tolist():
            here = stretches[row]
            if len(taken) == MOST_IN_CLAUSE or shares[row].max() < LEAST_SHARE:
                return
            if all(here.end <= other.start or other.end <= here.start for other in taken):
                taken.append(here)
                best = [i for i in np.argsort(-shares[row], kind="stable")[:MEANINGS] if shares[row, i] > 0]
                meanings = tuple((self._ids[findings[i]], round(float(shares[row, i]), 3)) for i in best)
                yield row, meanings, round(float(alike[row]), 3)

    def _stretches(
        self, seen: Views, clause: Clause, spans: Sequence[tuple[int, int]], lang: str
    ) -> Iterator[_Stretch]:
        """Every row of characters or words of the widths that are tried, with strange words in it or within one."""

        def is_strange(start: int, end: int) -> bool:
            return any((start <= a and b <= end) or (a <= start and end <= b) for a, b in spans)

        if lang == "zh":
            for first, last in _windows(clause.end - clause.start, lang):
                start, end = clause.start + first, clause.start + last
                if is_strange(start, end):
                    part = seen.zh[start:end]
                    if self._only_frames(part):
                        continue
                    yield _Stretch(start, end, _features(part, lang), self._denies(part, lang))
            return
        words = [
            (seen.en[mark : seen.en.index(" ", mark)], first, last)
            for mark, first, last in seen.marks
            if clause.start <= first < clause.end
        ]
        for first, last in _windows(len(words), lang):
            start, end = words[first][1], words[last - 1][2]
            if is_strange(start, end):
                stems = [w for w, _, _ in words[first:last]]
                denies = self._denies(f" {' '.join(stems)} ", lang)
                yield _Stretch(start, end, _features(stems, lang), denies)


def _is_told(scoper: Scoper, stretch: _Stretch) -> bool:
    """Whether what stands there is said to be so, now, of the patient."""
    scope = scoper.scope(Match(stretch.start, stretch.end, "finding", ""))
    # 'Worries about dehydration': the words of fear may stand in the stretch itself.
    end = scoper.scope(Match(stretch.end - 1, stretch.end, "finding", ""))
    return scope.status == "present" and scope.when == "now" and not (scope.hypothetical or end.hypothetical)


def _windows(length: int, lang: str) -> Iterator[tuple[int, int]]:
    least = WIDTHS[lang][0]
    whole = False
    for width in WIDTHS[lang]:
        if length < least or whole:
            return
        whole = width >= length
        for start in range(max(1, length - width + 1)):
            yield start, min(length, start + width)


def _features(tokens: Sequence[str], lang: str) -> NDArray[np.int64]:
    """The hashed features of words (en) or of a string of characters (zh), each once, in order."""
    made = _of_characters(tokens) if lang == "zh" else _of_words(tokens)
    return np.unique(np.array([zlib.crc32(f.encode()) % BUCKETS for f in made], np.int64))


def _of_characters(text: Any) -> Iterator[str]:
    for length in (1, 2, 3):
        yield from (text[i : i + length] for i in range(len(text) - length + 1))


def _of_words(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        yield word
        marked = f"<{word}>"
        yield from ("~" + marked[i : i + LETTERS] for i in range(len(marked) - LETTERS + 1))
    yield from (f"{a} {b}" for a, b in pairwise(words))
