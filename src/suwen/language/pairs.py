"""Two words that mean a finding only together, with anything between: 肾上腺…占位, 头孢…没用, 三尖瓣…赘生物.

A report names a place and tells some words later what was seen there, and a patient names a medicine and then that it
did not help. No phrase can hold what stands between. `pairs.yaml` has the words; the second of the two is what is said,
so that a 'no' before it denies it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from suwen.language.lexicon import Match
from suwen.language.normalise import pattern_zh

_WITHIN, _WITHIN_PLACE = 14, 24
"""Characters between the two where a rule says nothing else; what was seen at a place is measured and described first."""
_ORGANS = ("头", "脑", "眼", "耳", "鼻", "咽", "喉", "颈", "肺", "胸", "心", "乳", "肝", "胆", "胰", "脾", "胃", "肠", "肾", "上腺", "膀胱", "宫",
           "卵巢", "附件", "睾丸", "精索", "前列腺", "甲状腺", "骨", "椎", "关节", "淋巴", "血管")  # fmt: skip
_CHARACTER = r"(?:[^.;!?\n]|(?<=\d)\.(?=\d))"


class Pairs:
    """Finds the pairs of `pairs.yaml` in Chinese texts."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        self._given = rules
        self._patterns: dict[int, re.Pattern[str]] = {}

    @cached_property
    def _rules(self) -> list[tuple[Mapping[str, Any], bool, tuple[str, ...]]]:
        """Each rule, whether it is of a place, and the words one of which stands in a text that it fits."""
        return [
            (rule, kind == "seen", tuple(pattern_zh(str(word)) for word in rule["first"]))
            for kind in ("seen", "said")
            for rule in self._given[kind]
        ]

    def find(self, text: str) -> Iterator[Match]:
        """What is said by pairs in normalised text, at the second word of each."""
        if text.isascii():
            return
        for number, (rule, of_place, first) in enumerate(self._rules):
            if any(word in text for word in first):
                if number not in self._patterns:  # most are never needed, and to make all takes long
                    self._patterns[number] = _pattern(rule, of_place=of_place)
                for match in self._patterns[number].finditer(text):
                    yield Match(*match.span("then"), "finding", str(rule["finding"]))


def _pattern(rule: Mapping[str, Any], *, of_place: bool) -> re.Pattern[str]:
    """A rule as one pattern; of a place no other may be named between the two."""
    first, then = (_any(rule[key]) for key in ("first", "then"))
    between = _CHARACTER
    if of_place:
        own = " ".join(map(str, (*rule["first"], *rule["then"], *rule.get("via", ()))))
        others = "|".join(organ for organ in _ORGANS if organ not in own)
        between = rf"(?:(?!{others}){_CHARACTER})"
    return re.compile(
        rf"(?:{first})(?:{between}){{0,{rule.get('within', _WITHIN_PLACE if of_place else _WITHIN)}}}?(?P<then>{then})"
    )


def _any(words: list[str]) -> str:
    return "|".join(re.escape(pattern_zh(str(w))) for w in sorted(words, key=lambda w: -len(str(w))))
