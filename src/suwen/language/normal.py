"""What is told to be normal: 'gait steady', 'tone, power and reflexes intact', 气管居中, 肌张力、腱反射正常.

A part of the body or one of its functions stands beside a word that it is well. `normal.yaml` says which words those
are, any part's and each one's own, and what is denied by them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from suwen.language.clauses import is_multiple
from suwen.language.lexicon import Lexicon, Match
from suwen.language.normalise import Views

OF_NORMAL = ("part", "well")
"""Kinds of words of the lexicon that mean nothing but that a part is normal."""
_BETWEEN = re.compile(
    r"(?:\s|[:=]|(?:is|are|was|were|be|been|has|have|appear(?:s|ed)?|look(?:s|ed)?|feels?|felt|seem(?:s|ed)?|sound(?:s|ed)?|remain(?:s|ed|ing)?"
    r"|found|noted|reported|to|all|both|still|also|otherwise|grossly|entirely|completely|perfectly|quite|very|fairly|essentially|generally|globally"
    r"|bilaterally|bilateral|equally|symmetrically|throughout|exam(?:ination)?|test(?:s|ing)?|assessment|function|on (?:both sides|examination|inspection|testing|palpation|auscultation))\b"
    r"|[是均都也尚较基本很挺还仍呈示为倒算]|查过|双侧|左右|两侧|四肢|检查|查体|功能|目前|比较|一直|一向|完全|大致|结果|试验)*"
)
"""What may stand between a part and the word that it is well."""
_JOINT = re.compile(
    r"\s*(?:,\s*(?:and\s+)?|and\s+|&\s*|/\s*|、|和|及|与|以及)\s*(?:(?:the|his|her|both|all|bilateral)\s+)?|\s+|(?<=[\u4e00-\u9fff])"
)
"""Between two parts that are told of together, 扣扣子夹菜都没问题."""
_IN_A_LIST = re.compile(
    r"\s*(?:,\s*(?:and\s+)?|\band\s+|&\s+|/\s*|、|和|及|与|以及)\s*(?:(?:the|his|her|both|all)\s+)?"
)
_BETWEEN_AT_END = re.compile(rf"{_BETWEEN.pattern}$")
_WHERE = re.compile(r"\b(?:on|in|over|across|behind) (?:(?!both\b)[a-z]+ ){0,2}$")
"""Before a part: it is only where something else is, 'nodules on the shins, both ankles warm'."""
_COMES_NEXT = re.compile(
    r"\s+(?:(?:and|,)\s+)?(?:(?:with|the|his|her|my|bilateral|equal|symmetrical|[a-z]+ly)\s+)*|的?"
)
"""Between the word and the part that it stands before: 'normal gait', 'full and painless neck movements'."""
_ENDS = re.compile(
    r"\s*(?:$|[,.;:!?()\n、/&+-]|(?:and|or|but|with|on|in|at|for|of|throughout|bilaterally|today|now|to|were|was|is|are)\b|[和及与但而也的吧啊呢])"
)
_ONLY_PARTLY = re.compile(
    r"\s*,?\s*(?:except|apart from|other than|besides|until|till|up to|before|pressure|saline|variant)|次|值|上限|下限|高限|低限|范围[内以]?外|的?(?:情况|人|生活)|之?后|时|以?前"
)
"""Behind the word: then it is not so, or not in all."""
_NOT = re.compile(r"(?:\b(?:not|no|never|without|lack of|loss of|lost|isn't|wasn't|aren't|weren't|cannot|can't|ab|previously|used to(?: have| be)?|until|returned? to|return to|back to)\s*(?:(?:a|the|be|been|being|fully|entirely|quite|very|so)\s+)*|[不未没欠]|恢复|前|原[来先]?|以前|曾经?)$")  # fmt: skip
_WITH_TROUBLE = re.compile(
    r"\s*,?\s*(?:(?:but|only|if|as long as|up to|until|for (?:a few|\d+)|most days|sometimes|slowly|with (?:some |great |much )?(?:help|aid|difficulty|effort|pain|a (?:stick|frame)))\b|但|只是|就是|不过)"
)
"""Behind what somebody can do: then not without trouble."""
_QUALIFIED = re.compile(
    r"\s*,?\s*(?:but|though|although) (?:(?:very|quite|slightly|rather|somewhat|a bit|a little|also) )?[a-z]+\s*(?:$|[,.;:!?)])|,?但是?(?:有点|有些|比较|稍|略|很|偏)*[慢弱差小低快浅钝哑痛疼肿](?:$|[,.;!?])"
)
"""Behind the word: the same part is something else besides, 'pupils equal but sluggish'."""
_CAN_DO = re.compile(r"可以|还行|没事")
"""Words that are a verb where something follows: 大便可以看到血."""
_ABLE = re.compile(r"^can\b|able to|trouble|difficult|problem|bother|eas[ey]|没问题|没事|都行|不费")
"""Words that say what somebody is able to do."""
_CANNOT = re.compile(
    r"(?:\b(?:not|cannot|unable to|never|no longer|hardly|barely|rarely|isn't able to)|n't) (?:[a-z]+ ){0,2}$|[不没]能?$"
)
"""Before what is done 'without trouble': then there is trouble."""
_LOOK_BACK = 24


_NOUN_BEFORE = re.compile(
    r"\b(?!(?:and|or|the|his|her|my|your|their|both|all|with|has|had|have|full|normal|good|intact|equal|also|but|shows?|showed|exam|examination|limbs?|limb|motor|muscle|legs?|arms?|today|now|found|neuro|cns|is|was|bulk|of|for|neurological(?:ly)?|grossly)\b)[a-z'-]+ $|\ban? (?:[a-z]+ )?$"
)
_OF_BEHIND = re.compile(
    r" of (?!(?:all|both|the (?:upper|lower|arm|leg|limb|right|left)|upper|lower|his|her|my|arms?|legs?|limbs?)\b)| (?:supply|field|cut|tools?|steering|nap|station|disorder)\b"
)


def _is_another(text: str, part: Match, word: Match) -> bool:
    """Whether a broad word is part of another name: the power of a lens, a tone of voice, a political movement."""
    before = word.start if word.end <= part.start else part.start
    return bool(
        _NOUN_BEFORE.search(text, 0, part.start if word.end > part.start else before)
        or _OF_BEHIND.match(text, part.end)
    )


def _is_other_form(words: str, target: str) -> bool:
    """Whether a word is the verb of the one that is known: who 'clears his throat' has no clear throat."""
    return any(words.endswith(form) and not target.endswith(form) for form in ("ing", "ed", "s"))


def _is_not_said(text: str, word: Match) -> bool:
    """Whether what is around a word takes back that it is well: 'not normal', 'three times normal', 'normal except'."""
    return bool(
        _is_other_form(text[word.start : word.end], word.target)
        or is_multiple(text, word.start, word.end)
        or _ONLY_PARTLY.match(text, word.end)
        or _NOT.search(text, max(0, word.start - _LOOK_BACK), word.start)
    )


def _is_hedged(text: str, told: Sequence[Match], word: Match) -> bool:
    """Whether the part is something else too, or what is done without trouble is not done at all."""
    end = max(word.end, *(p.end for p in told))
    return bool(
        _QUALIFIED.match(text, end)
        or (_ABLE.search(word.target) and _WITH_TROUBLE.match(text, end))
        or _CANNOT.search(text, 0, min(word.start, told[0].start))
    )


def _leads_to(text: str, start: int, end: int, is_test: Callable[[str], bool]) -> bool:
    """Whether a part that ends at `start` is one of those told at `end`: alone, or in a list with tests behind it."""
    if _BETWEEN.fullmatch(text, start, end):
        return True
    listed = _IN_A_LIST.match(text, start, end)
    return listed is not None and _are_tests(text[listed.end() : end], is_test)


def _is_joint(text: str, start: int, end: int, is_test: Callable[[str], bool]) -> bool:
    """Whether nothing but a joint, or tests in a list, stands between two parts."""
    if _JOINT.fullmatch(text, start, end):
        return True
    listed = _IN_A_LIST.match(text, start, end)
    last = list(_IN_A_LIST.finditer(text, start, end))
    return (
        listed is not None
        and last[-1].end() == end
        and _are_tests(text[listed.end() : last[-1].start()], is_test)
    )


def _are_tests(words: str, is_test: Callable[[str], bool]) -> bool:
    """Whether every item of a list names a test."""
    items = [_BETWEEN_AT_END.sub("", item).strip() for item in _IN_A_LIST.split(words)]
    return all(item and is_test(item) for item in items)


class Normal:
    """Finds the parts of a text that are told to be normal."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._parts: list[dict[str, Any]] = lexicon.normal["parts"]
        self._anywhere = frozenset(str(w) for words in lexicon.normal["well"].values() for w in words)

    @cached_property
    def _said_of(self) -> list[frozenset[str]]:
        """Of each part the words that mean that it is well."""
        own = [
            frozenset(str(w) for words in (rule.get("is") or rule.get("only", {})).values() for w in words)
            for rule in self._parts
        ]
        return [
            words if "only" in rule else words | self._anywhere
            for rule, words in zip(self._parts, own, strict=True)
        ]

    def read(self, seen: Views, matches: Sequence[Match], is_test: Callable[[str], bool]) -> Iterator[Match]:
        """One match for every finding denied, from the part to the word that it is well; of a test that denies none `kind` is 'part'.

        `is_test` tells whether words name a test: such may stand between the parts of a list.
        """
        words = [m for m in matches if m.kind == "well"]
        parts = sorted((m for m in matches if m.kind == "part"), key=lambda m: m.start) if words else []
        if not parts:
            return
        text = seen.zh
        for word in words:
            if _is_not_said(text, word):
                continue
            told = self._before(text, parts, word, is_test) or self._behind(text, parts, word)
            if told and _is_hedged(text, told, word):
                continue
            for part in told:
                if self._parts[int(part.target)].get("broad") and _is_another(text, part, word):
                    continue
                if word.target in self._said_of[int(part.target)]:
                    start, end = min(part.start, word.start), max(part.end, word.end)
                    denied = self._parts[int(part.target)]["findings"]
                    yield from (Match(start, end, "finding", name) for name in denied)
                    if not denied:
                        yield Match(part.start, part.end, "part", part.target)

    @staticmethod
    def _before(
        text: str, parts: Sequence[Match], word: Match, is_test: Callable[[str], bool]
    ) -> list[Match]:
        """The parts of which the word is told behind them, and the word ends there."""
        ended = (
            word.end - word.start > 1 and not text[word.end - 1].isascii() and not _CAN_DO.match(word.target)
        )
        if not ended and not _ENDS.match(text, word.end):
            return []
        ahead = [p for p in parts if p.end <= word.start]
        last = [p for p in ahead if _leads_to(text, p.end, word.start, is_test)]
        if not last:
            return []
        told = [p for p in ahead if p.end == last[-1].end]
        for part in reversed([p for p in ahead if p.end <= told[0].start]):
            another_rule = (part.start, part.end) == (told[-1].start, told[-1].end)
            if not another_rule and not _is_joint(text, part.end, told[-1].start, is_test):
                break
            if not another_rule and _WHERE.search(text, 0, part.start):
                break
            told.append(part)
        return told

    @staticmethod
    def _behind(text: str, parts: Sequence[Match], word: Match) -> list[Match]:
        """The parts of which the word is told before them; behind a comma only what is told nothing else of."""
        rest = [p for p in parts if p.start >= word.end]
        first = [p for p in rest if _COMES_NEXT.fullmatch(text, word.end, p.start)]
        if not first:
            return []
        told = [p for p in rest if p.start == first[0].start]
        for part, after in pairwise([told[-1], *(p for p in rest if p.start >= told[-1].end)]):
            if (part.start, part.end) == (after.start, after.end):
                told.append(after)  # another rule of the same words
                continue
            if not _JOINT.fullmatch(text, part.end, after.start) or not _ENDS.match(text, after.end):
                break
            told.append(after)
        return told
