"""How far generated criteria agree with written ones on the items of a suite.

Three questions: does a generated criterion check what a written one checks, do the verdicts of such pairs agree on one
reply, and do the two rank the replies of one doctor alike. Written and generated criteria are graded by rule alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suwen.consult.clinic import Clinic
from suwen.core.case import TRIAGE_LEVELS
from suwen.knowledge import Knowledge
from suwen.verify.doctor import Doctor
from suwen.verify.generate import SAME_MIND, Generated, generate, item_of
from suwen.verify.grade import Grade, grade_item, kin_of
from suwen.verify.rubric import Criterion, Item
from suwen.verify.run import answer_item
from suwen.verify.scene import scene_of_item
from suwen.verify.score import item_score
from suwen.verify.stats import BOOTSTRAPS, Share

Ids = frozenset[str]
Facet = tuple[str, Ids]
"""One thing that a criterion checks: what kind, and about what. A harm and its opposite are the same facet."""
LEAST_SHARED, LEAST_WORDS = 0.2, 2
"""Two patterns are about the same when they share this part of the smaller one's words and so many of them, or all where it
has fewer. Source of both: estimate, set by reading the pairs that they make."""
_EVERYWHERE = frozenset({
    "可以", "不要", "不能", "需要", "应该", "建议", "如果", "不是", "没有", "医生", "医院", "时间", "情况", "问题", "一下",
    "this", "that", "with", "from", "your", "have", "there",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreed:
    """Spearman's rank correlation of two scores over n items with the 95 % interval of its bootstraps; nan below 3 items."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, Any]:
        plain = [None if np.isnan(x) else round(x, 4) for x in (self.value, self.low, self.high)]
        return {"value": plain[0], "interval": plain[1:], "n": self.n}

    def __str__(self) -> str:
        return f"{self.value:+.2f} ({self.low:+.2f} to {self.high:+.2f}, n={self.n})"


@dataclass(frozen=True, slots=True)
class Pair:
    """A written and a generated criterion that check the same, and whether one reply is good by each; None not graded."""

    item: str
    theme: str
    written: str
    generated: str
    source: str
    kind: str
    written_good: bool | None
    generated_good: bool | None


@dataclass(frozen=True, slots=True)
class Study:
    """What was measured over `items`. covered: written criteria with a check for which a generated one checks the same.
    structured: the same of those that check something other than words. supported: generated criteria with a check for which
    a written one does. verdicts: pairs that agree on whether the reply was good. rank: of the items' scores, by written and
    by generated criteria. rank_other: without the rules that expect what the doctor under test would do itself."""

    items: int
    generated: int
    checkable: Share
    covered: Share
    structured: Share
    supported: Share
    verdicts: Share
    rank: Agreed
    rank_other: Agreed
    by_kind: dict[str, Share]
    by_rule: dict[str, tuple[Share, Share]]
    themes: dict[str, dict[str, Any]]
    pairs: tuple[Pair, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "items": self.items,
            "generated": self.generated,
            "checkable": self.checkable.to_json(),
            "covered": self.covered.to_json(),
            "covered_structured": self.structured.to_json(),
            "supported": self.supported.to_json(),
            "verdicts": self.verdicts.to_json(),
            "spearman": self.rank.to_json(),
            "spearman_without_same_mind": self.rank_other.to_json(),
            "covered_by_kind": {k: v.to_json() for k, v in self.by_kind.items()},
            "rules": {
                k: {"supported": s.to_json(), "verdicts": v.to_json()} for k, (s, v) in self.by_rule.items()
            },
            "themes": self.themes,
        }


@dataclass(frozen=True, slots=True)
class _Studied:
    """One item: its pairs, what is covered and supported, and its two scores."""

    item: Item
    generated: Generated
    facets: tuple[tuple[Criterion, tuple[Facet, ...]], ...]
    own: tuple[tuple[Criterion, tuple[Facet, ...]], ...]
    pairs: tuple[Pair, ...]
    score: float | None
    score_generated: float | None
    score_other: float | None


def agreement_study(
    items: Sequence[Item],
    clinic: Clinic,
    doctor: Callable[[], Doctor],
    *,
    seed: int = 1,
    told: Callable[[int, int], None] | None = None,
) -> Study:
    """Generate criteria for every item without a look at the written ones, and compare. told: called with (done, all)."""
    studied = []
    for number, item in enumerate(items, start=1):
        studied.append(_studied(item, clinic, doctor()))
        if told is not None:
            told(number, len(items))
    return _summed(studied, seed)


def _studied(item: Item, clinic: Clinic, doctor: Doctor) -> _Studied:
    knowledge, kin = clinic.knowledge, kin_of(clinic.knowledge)
    scene = scene_of_item(item, clinic)
    made = generate(scene)
    other = item_of(scene, made, id_=item.id)
    spoken = answer_item(item, doctor)
    written = {g.criterion: g for g in grade_item(item, spoken, kin)}
    own = {g.criterion: g for g in grade_item(other, spoken, kin)} if other else {}
    here = tuple((c, facets(c, knowledge)) for c in item.criteria if c.check is not None)
    there = tuple((c, facets(c, knowledge)) for c in made.criteria if c.check is not None)
    pairs = tuple(
        Pair(item.id, item.theme, a.id, b.id, b.source.partition(":")[2], kind, _good(written[a.id]), _good(own[b.id]))
        for a, fa in here for b, fb in there if (kind := same(fa, fb))
    )  # fmt: skip
    rest = [
        g for c in made.criteria if c.source.partition(":")[2] not in SAME_MIND for g in (own.get(c.id),) if g
    ]
    return _Studied(
        item, made, here, there, pairs, item_score(written.values()), item_score(own.values()), item_score(rest)
    )  # fmt: skip


def _good(grade: Grade) -> bool | None:
    return None if grade.met is None else grade.met == (grade.weight > 0)


# -- what a criterion checks ------------------------------------------------------------------------------


def facets(criterion: Criterion, knowledge: Knowledge) -> tuple[Facet, ...]:
    """What a criterion's check looks at, with what a harm denies turned into what a good reply does.

    Findings carry the more general ones that they imply, as in grading. Levels are the highest (`floor`) or the lowest
    (`ceiling`) that is still good. Words are the literal words of the patterns.
    """
    check = criterion.check
    if check is None:
        return ()
    good = criterion.weight > 0
    found: list[Facet] = []

    def of(kind: str, opposite: str, names: Sequence[str], *, kin: bool = False) -> None:
        if names:
            wide = {a for n in names for a in (n, *(knowledge.ancestors.get(n, ()) if kin else ()))}
            found.append((kind if good else opposite, frozenset(wide)))

    of("asks", "asks_not", check.asks, kin=True)
    of("heard", "not_heard", check.heard, kin=False)
    of("not_heard", "heard", check.not_heard)
    of("heard_absent", "heard", check.heard_absent)
    of("alarm", "no_alarm", check.alarm)
    of("differential", "differential_not", check.differential)
    of("person", "person_not", [f"{k}={v}" for k, v in check.person.items()])
    of("medicine_alert", "medicine_alert_not", ["alert"] if check.medicine_alert else [])
    of("no_alarm", "alarm", ["any"] if check.no_alarm else [])
    if check.asks_something is not None:
        found.append(("asks_something", frozenset({str(check.asks_something == good)})))
    if check.triage_at_least:
        found.append(_bound("floor", TRIAGE_LEVELS.index(check.triage_at_least), good))
    if check.triage_at_most:
        found.append(_bound("ceiling", TRIAGE_LEVELS.index(check.triage_at_most), good))
    for line in check.says:
        of("says", "says_not", sorted(literals_of(line)))
    if check.says_none:
        of("says_not", "says", sorted(literals_of(check.says_none)))
    return tuple(found)


def _bound(kind: str, place: int, good: bool) -> Facet:
    """The least or most urgent level that is still good: 'at least urgent is bad' is 'at most soon is good'."""
    if not good:
        kind, place = ("ceiling", place + 1) if kind == "floor" else ("floor", place - 1)
    return kind, frozenset({TRIAGE_LEVELS[min(max(place, 0), 4)]})


def same(a: Sequence[Facet], b: Sequence[Facet]) -> str | None:
    """The kind of the first thing that both check, or None.

    asks, heard, alarm, differential ...: the kind is the same and an id is in both. Levels: the same bound. Words: the
    patterns share LEAST_SHARED of the words of the smaller one and LEAST_WORDS of them: near in words, not proven near in
    meaning.
    """
    for kind, one in a:
        for other_kind, other in b:
            if kind != other_kind:
                continue
            if kind in ("says", "says_not"):
                if _share_words(one, other):
                    return kind
            elif one & other:
                return kind
    return None


def _share_words(one: Ids, other: Ids) -> bool:
    small, large = sorted((one, other), key=lambda words: (len(words), sorted(words)))
    hits = sum(any(_same_word(w, v) for v in large) for w in small)
    return hits >= min(LEAST_WORDS, len(small)) and hits >= LEAST_SHARED * len(small)


def _same_word(one: str, other: str) -> bool:
    """The same word, or a Chinese one inside another; English ones may differ in their ending."""
    short, long = sorted((one, other), key=len)
    return short == long or (long.startswith(short) and len(long) - len(short) <= 3 if short.isascii() else short in long)  # fmt: skip


_ESCAPE = re.compile(
    r"\\[bBdDsSwWAZ]|\(\?[^)]*?[)]|\(\?:|\(\?<?[!=]|\(\?i\)|\[[^\]]*\]|[{][\d,]*[}]|[.*+?^$|()\\]"
)


def literals_of(patterns: Sequence[str]) -> frozenset[str]:
    """The literal words of regular expressions: Chinese runs of two characters and more, English words of four and more.

    What a lookahead or lookbehind excludes is no word of it.
    """
    found: set[str] = set()
    for pattern in patterns:
        bare = re.sub(r"\(\?<?!(?:[^()]|\([^()]*\))*\)", " ", pattern)
        bare = _ESCAPE.sub(" ", bare)
        found |= set(re.findall(r"[\u4e00-\u9fff]{2,}|[a-z]{4,}|\d{3,}", bare.lower()))
    return frozenset(found - _EVERYWHERE)


# -- sums -------------------------------------------------------------------------------------------------


def _summed(studied: Sequence[_Studied], seed: int) -> Study:
    pairs = [p for s in studied for p in s.pairs]
    covered = {(p.item, p.written) for p in pairs}
    supported = {(p.item, p.generated) for p in pairs}
    written = [(s.item.id, c.id, f) for s in studied for c, f in s.facets]
    own = [(s.item.id, c.id, c.source.partition(":")[2]) for s in studied for c, _ in s.own]
    words = {"says", "says_not"}
    structured = [(i, c) for i, c, f in written if any(kind not in words for kind, _ in f)]
    kinds = sorted({kind for _, _, f in written for kind, _ in f})
    rules = sorted({source for _, _, source in own})
    themes = sorted({s.item.theme for s in studied})
    return Study(
        items=len(studied),
        generated=sum(len(s.generated.criteria) for s in studied),
        checkable=Share(len(own), sum(len(s.generated.criteria) for s in studied)),
        covered=_share(covered, [(i, c) for i, c, _ in written]),
        structured=_share(covered, structured),
        supported=_share(supported, [(i, c) for i, c, _ in own]),
        verdicts=_verdicts(pairs),
        rank=spearman([(s.score, s.score_generated) for s in studied], seed=seed),
        rank_other=spearman([(s.score, s.score_other) for s in studied], seed=seed),
        by_kind={
            k: _share(covered, [(i, c) for i, c, f in written if any(k == x for x, _ in f)]) for k in kinds
        },
        by_rule={
            r: (
                _share(supported, [(i, c) for i, c, source in own if source == r]),
                _verdicts([p for p in pairs if p.source == r]),
            )
            for r in rules
        },
        themes={t: _theme([s for s in studied if s.item.theme == t], seed) for t in themes},
        pairs=tuple(pairs),
    )


def _theme(studied: Sequence[_Studied], seed: int) -> dict[str, Any]:
    covered = {(p.item, p.written) for s in studied for p in s.pairs}
    written = [(s.item.id, c.id) for s in studied for c, _ in s.facets]
    return {
        "items": len(studied),
        "covered": _share(covered, written).to_json(),
        "verdicts": _verdicts([p for s in studied for p in s.pairs]).to_json(),
        "spearman": spearman([(s.score, s.score_generated) for s in studied], seed=seed).to_json(),
    }


def _share(hits: set[tuple[str, str]], of: Sequence[tuple[str, str]]) -> Share:
    return Share(sum(one in hits for one in of), len(of))


def _verdicts(pairs: Sequence[Pair]) -> Share:
    known = [p for p in pairs if p.written_good is not None and p.generated_good is not None]
    return Share(sum(p.written_good == p.generated_good for p in known), len(known))


def spearman(pairs: Sequence[tuple[float | None, float | None]], *, seed: int = 1) -> Agreed:
    """Spearman's rank correlation, ties at their mean rank, with a bootstrap over items; pairs without a score are left out."""
    both = np.array([(a, b) for a, b in pairs if a is not None and b is not None], dtype=float).reshape(-1, 2)
    n = len(both)
    if n < 3:
        return Agreed(np.nan, np.nan, np.nan, n)
    chance = np.random.default_rng(seed)
    found = [_correlation(both[chance.integers(0, n, n)]) for _ in range(BOOTSTRAPS)]
    there = [x for x in found if not np.isnan(x)]
    low, high = np.percentile(there, (2.5, 97.5)) if there else (np.nan, np.nan)
    return Agreed(_correlation(both), float(low), float(high), n)


def _correlation(both: NDArray[np.float64]) -> float:
    """nan where one of the two does not vary."""
    a, b = ranks(both[:, 0]), ranks(both[:, 1])
    if a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, ties at the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2.0)[inverse], dtype=float)


def disagreements(study: Study) -> Iterator[Pair]:
    """Pairs whose verdicts differ, to be read."""
    for pair in study.pairs:
        if None not in (pair.written_good, pair.generated_good) and pair.written_good != pair.generated_good:
            yield pair
