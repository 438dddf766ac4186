"""What a line of an order or of an answer means: examinations, pieces that ask for none, and pieces that nobody knows.

A line may be a list ("血常规、CRP"), offer alternatives ("CT 或 MRI", the first that is known is meant), carry remarks
("必要时", "if needed") or leave out the place ("CT": that of the complaint). The words stand in `examinations/orders.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

Exact = Callable[[str], tuple[str, ...]]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Phrase(Strict):
    """Names that are orders for `by`, in this order, and no names of results."""

    by: tuple[str, ...]
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Kind(Strict):
    """A way of looking. of: examinations by region. otherwise: where the region is unknown or has none. needs_place: beside
    other words it says nothing without a region among them ("a new examination")."""

    words: tuple[str, ...]
    of: Mapping[str, tuple[str, ...]]
    otherwise: tuple[str, ...]
    needs_place: bool = False


class Words(Strict):
    """The file of orders."""

    phrases: tuple[Phrase, ...] = ()
    needless: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    by_hand: tuple[Kind, ...] = ()
    loose: tuple[Kind, ...] = ()
    regions: Mapping[str, tuple[str, ...]] = {}
    topics: Mapping[str, str] = {}

    @property
    def named(self) -> Iterator[str]:
        """Every examination that the file names."""
        for phrase in self.phrases:
            yield from phrase.by
        for kind in (*self.kinds, *self.by_hand, *self.loose):
            yield from kind.otherwise
            for found in kind.of.values():
                yield from found


@dataclass(frozen=True, slots=True)
class Meaning:
    """examinations: ids, in the order of the words. idle: pieces that ask for no examination. unknown: pieces without a meaning."""

    examinations: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.unknown


class Reader:
    """Reads lines. exact: the examinations that the whole of a text is a name of. contained: those whose names it contains."""

    def __init__(self, words: Words, exact: Exact, contained: Exact) -> None:
        self.words = words
        self.exact = exact
        self.contained = contained
        self._kinds = _Kinds(words.kinds)
        self._by_hand = _Kinds(words.by_hand)
        self._loose = _Kinds(words.loose)
        self._region_of = {word.lower(): region for region, words in words.regions.items() for word in words}
        self._place_words = any_of(self._region_of)
        self._nothing = _any(words.nothing)
        self._needless = _any(words.needless)

    def read(self, line: str, complaint: Sequence[str] = (), *, loose: bool = False) -> Meaning:
        """What the line means to somebody who knows the complaint, in words or as topics, what matters most first. loose:
        where nothing more is known, the kind of test is enough ("somebody's antibodies")."""
        if not self._kinds.is_one(line) and (found := self.exact(line)):
            return Meaning(found)
        if self._needless.search(line.lower()):
            return Meaning(idle=(line,))
        outside = self._list(_PARENTHESES.sub("", line), complaint, loose)
        if outside.unknown and not outside.examinations:
            inside = [self._list(m.group(1), complaint, loose) for m in _PARENTHESES.finditer(line)]
            return next((one for one in inside if one.examinations and not one.unknown), outside)
        return outside

    def _list(self, text: str, complaint: Sequence[str], loose: bool) -> Meaning:
        parts = [
            part for piece in _SEPARATORS.split(text) if piece.strip() for part in self._joined(piece.strip())
        ]
        examinations: dict[str, None] = {}
        idle: list[str] = []
        unknown: list[str] = []
        for i, part in enumerate(parts):
            around = _Around(tuple(complaint), tuple(reversed(parts[:i])), tuple(parts[i + 1 :]))
            headless = self._tailed(part, around.after)
            if headless and self._is_sample(part):
                found: tuple[str, ...] | None = headless
            else:
                found = self._piece(part, around, loose=loose)
                found = headless if found is None and headless else found
            if found is None and around.after and self._is_place(part):
                continue  # where the samples of what follows are from
            if found is None:
                unknown.append(part)
            elif not found:
                idle.append(part)
            else:
                examinations |= dict.fromkeys(found)
        return Meaning(tuple(examinations), tuple(idle), tuple(unknown))

    def _joined(self, piece: str) -> list[str]:
        """The piece whole where it is one thing ("CT of chest and abdomen"), else what its 'and' joins."""
        if self._whole(piece) or self._nothing.fullmatch(piece.lower()):
            return [piece]
        sides = [s.strip() for s in _AND.split(piece) if s.strip()]
        if len(sides) < 2 or any(self._kinds.of(s) is None and self._is_place(s) for s in sides):
            return [piece]
        if _SLASH.search(piece) and all(self._kinds.of(s) for s in sides):
            return sides[:1]  # "CT/MRI" is either
        return sides

    def _tailed(self, part: str, after: Sequence[str]) -> tuple[str, ...]:
        """What a piece means with the last word of a later one, which stands there for both: 'blood, pus cultures'."""
        tail = next((m.group() for later in after if (m := _TAIL.search(later))), None)
        if tail is None or part.lower().endswith(tail.lower()) or len(part) > LONGEST_HEADLESS:
            return ()
        return self.exact(f"{part} {tail}" if part.isascii() else part + tail)

    def _piece(self, piece: str, around: _Around, *, loose: bool) -> tuple[str, ...] | None:
        """The examinations of one piece, empty for none wanted, None for unknown; of alternatives the first that is known."""
        if not self._kinds.is_one(piece) and (found := self._whole(piece)):
            return found
        if self._is_idle(piece):
            return ()
        alternatives = sorted(_OR.split(piece), key=lambda a: _SAMPLE.fullmatch(a.strip()) is not None)
        for part in alternatives:
            bare = _bare(part)
            whole = () if self._kinds.is_one(bare) else self._whole(bare)
            if found := whole or self._looked(bare, around, self._kinds) or self.contained(bare):
                return found
            if bare and self._is_idle(bare):
                return ()
            if found := self._looked(bare, around, self._by_hand):
                return found
        kind = self._loose.of(piece) if loose else None
        return kind.otherwise if kind else None

    def _whole(self, piece: str) -> tuple[str, ...]:
        """What the piece names when its ordering words, remarks and endings are taken off one after another."""
        for form in _forms(piece):
            if found := self.exact(form):
                return found
        return ()

    def _is_idle(self, piece: str) -> bool:
        return self._nothing.search(piece.lower()) is not None

    def _looked(self, piece: str, around: _Around, kinds: _Kinds) -> tuple[str, ...]:
        """A picture, biopsy or examination of the regions in the words, else in those before or after it, else of the
        complaint's region."""
        kind = kinds.of(piece)
        if kind is None:
            return ()
        rest = kinds.words.sub(" ", piece.lower())
        named = [r for _, r in self._places(rest) if r in kind.of]
        if kind.needs_place and not named and not kinds.is_one(piece):
            return ()
        near = (
            r for other in (*around.before, *around.after) for _, r in self._places(other) if r in kind.of
        )
        told = (r for t in around.complaint for r in self._told(t) if r in kind.of)
        regions = named or [r for r in (next(near, None) or next(told, None),) if r]
        return tuple(dict.fromkeys(e for r in regions for e in kind.of[r])) or kind.otherwise

    def _told(self, complaint: str) -> list[str]:
        """The regions of a complaint, given as a topic or in words."""
        topic = self.words.topics.get(complaint)
        return [topic] if topic else [r for _, r in self._places(complaint)]

    def _places(self, piece: str) -> list[tuple[tuple[int, int], str]]:
        """Where which region is named, in order."""
        found = self._place_words.finditer(piece.lower())
        return [(m.span(), self._region_of[_singular(m.group(), self._region_of)]) for m in found]

    def _is_sample(self, piece: str) -> bool:
        """Whether a piece says where something is from, and not yet what is done with it."""
        return _SAMPLE.fullmatch(piece) is not None or self._is_place(piece)

    def _is_place(self, piece: str) -> bool:
        """Whether a piece says regions and nothing else."""
        rest = list(piece)
        places = self._places(piece)
        for (a, b), _ in places:
            rest[a:b] = [" "] * (b - a)
        return bool(places) and not _FILLER.sub("", "".join(rest).lower()).strip()


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands beside a piece: the complaint, the pieces before it, the nearest first, and those after it."""

    complaint: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


class _Kinds:
    """Which kind the words of a piece name: the longest word decides, of equal ones the last ("CT of the chest", 超声检查)."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.by_word = {word.lower(): kind for kind in kinds for word in kind.words}
        self.words = any_of(self.by_word)

    def is_one(self, piece: str) -> bool:
        """Whether a piece is a kind's word and no more, so that the complaint decides on the place."""
        return piece.strip().lower() in self.by_word

    def of(self, piece: str) -> Kind | None:
        found = [m.group() for m in self.words.finditer(piece.lower())]
        return self.by_word[_singular(max(reversed(found), key=len), self.by_word)] if found else None


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns) or r"(?!)")


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words in lower-case text, of those that begin at one place the longest: English ones whole, with a plural,
    Chinese ones anywhere."""
    ordered = sorted({w.lower() for w in words}, key=lambda w: (-len(w), w))
    english, other = (
        "|".join(re.escape(w) for w in ordered if w.isascii() is plain) for plain in (True, False)
    )
    forms = [other] if other else []
    if english:
        forms.append(rf"(?<![a-z])(?:{english})(?:s|es)?(?![a-z])")
    return re.compile("|".join(forms) or r"(?!)")


def _singular(found: str, known: Mapping[str, object]) -> str:
    return next(w for w in (found, found.removesuffix("s"), found.removesuffix("es")) if w in known)


def _bare(piece: str) -> str:
    """Without remarks on when and how it is to be done."""
    return _REMARK.sub("", piece).strip(" ，,。.")


def _forms(piece: str) -> Iterator[str]:
    """The piece with ever more taken off: remarks, ordering words, an ending, the fluid it is measured in."""
    seen: dict[str, None] = {}
    forms: Iterable[str] = (piece, _bare(piece))
    for form in forms:
        for shorter in (form, ORDERING.sub("", form.strip())):
            for ended in (shorter, _ENDING.sub("", shorter), _ENDING.sub("", _ENDING.sub("", shorter))):
                for one in (ended, _FLUID.sub("", ended)):
                    if one.strip():
                        seen.setdefault(one.strip())
    return iter(seen)


LONGEST_HEADLESS = 8
"""Characters of a piece that can lack its last word. Source: estimate."""
_PARENTHESES = re.compile(r"[（(]([^（）()]*)[）)]")
_SEPARATORS = re.compile(r"[、，,；;＋+。]|(?<=\D)：|\bthen\b|(?<![a-zA-Z参外附增])加(?!压|拿|测|重|强|查)")
_AND = re.compile(
    r"\band\b|\bwith\b|\bplus\b|&|(?<!饱)和(?!肽)|与|以及|及(?!时)|(?<![a-zA-Z\d米])[/／](?!秒|日|分|小时)|(?<=[a-zA-Z\d])[/／](?=[一-鿿A-Z]{2})",
    re.IGNORECASE,
)
_SLASH = re.compile(r"[/／]")
_OR = re.compile(r"或者?|\bor\b", re.IGNORECASE)
_SAMPLE = re.compile(r"(?:\S*内)?(?:血|尿|尿液|粪|便|唾液|痰|泪液|blood|urine|stool|saliva)", re.IGNORECASE)
_REMARK = re.compile(
    r"\b(?:if|when|unless|while|until|after|before|because|as needed|at once|over \d+|twice|every|during|in (?:girls|babies|the young|hospital|a centre|severe))\b.*$"
    r"|^(?:必要时|可能时|有条件时|不典型时|急诊|紧急|床旁|复查|即查|动态|多次|定期|每\S{1,4}次?)|^[^、]{2,8}?(?:(?<!小)时|者)(?:查|做|再)?(?=\S{2})|(?:必要时|重症时|多次|复查|动态|等)$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:培养|核酸|抗体|活检|功能|浓度|基因|IgM|造影|超声|B超|彩超|磁共振|CT|X线片?|检查|片|function|cultures?|biopsy|antibod(?:y|ies)|PCR|CT|MRI|ultrasound|x-?rays?)$",
    re.IGNORECASE,
)
_FILLER = re.compile(r"\b(?:of|the|and|to|for|both|left|right|contrast|enhanced)\b|双侧|双|左|右|部|的|增强")
ORDERING = re.compile(
    r"^(?:请|再|先|要|想|去|帮[我他她您你]?|给[我他她您你]?)*(?:做|查|开|拍|复查|急查|测|检测|完善|安排|验|化验|量|抽血查|送)?(?:一下|一个|一张|一次|个|张|次)?"
    r"|^(?:please |repeat |serial |do |get |order |perform |obtain |check |an? |the |stat |urgent |emergency |early )+",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"(?:检查|化验|化验单|测定|检测|筛查|监测|定量|水平|送检|平扫|试验| ?(?:test|exam|examination|study|level|assay|check|screening|measurement)s?)$",
    re.IGNORECASE,
)
_FLUID = re.compile(r"^(?:血或尿|血和尿|血清|血浆|全血|serum |plasma |blood )", re.IGNORECASE)
