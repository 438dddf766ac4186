"""Chinese phrases matched loosely: 嘴里老是烂, 嘴里又烂了 and 嘴里烂 are one phrase, and so are 屁眼痒 and 肛门瘙痒.

No list of phrases can hold every adverb that may stand between two words, and every word that somebody has for a part
of the body. So texts and phrases are also compared without `fillers` and with one word for all of a line under `same`
(`loose.yaml`). What two phrases that mean different things become alike is no phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SHORTEST = 3
"""Characters that must be left of a phrase: of two, too many stand side by side by chance."""
_VERBS = "觉感想往在疼痛痒胀酸麻犯流冒淌出长起掉抖咳喘吐拉晕发干堵烂憋哭闹尿睡醒抽打漏渗吃喝"
_ADVERBS = (
    rf"[老总](?=[{_VERBS}])",
    "[也又倒]",
    "都(?!市)",
    "就(?![诊医业餐寝])",
    "还(?!原|钱)",
    "(?:一|好?几|好多|很多|许多)(?:大|小)?(?:[片块堆串溜层粒颗条道团坨圈]|些)",
)
"""Short fillers, which are parts of other words as well. A phrase that holds one means it: 孩子也咳嗽 is of somebody else."""
_PARTICLES = (
    "很",
    "太(?![阳平太])",
    "挺(?!直)",
    "真(?![菌性皮])",
    "[好可](?=[疼痛痒难烫])",
    "了(?!解)",
    "的(?!确)",
    "(?<![睡不没点穿])着(?![凉急火床地迷])",
    "(?<![觉记值使懒舍显取获难求])得(?![了病过到以])",
    "(?<![婴女小幼生胎])儿(?![子童媳女科])",
    "(?<=[嘴鼻耳眼肚胸腔孔心肉皮咙]里)[面头边]",
    "(?<=[了着有起长烂破])个(?![月子头人])",
)
"""Those that a phrase can lose too, within it."""


@dataclass(frozen=True, slots=True)
class Loosened:
    """A text as `Loose.of` leaves it; each of its characters came from original[starts[i]:ends[i]]."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, first: int, last: int) -> tuple[int, int] | None:
        """Where text[first:last] stands in the original; None where it begins or ends within a word that was put for another."""
        begins_within = first > 0 and self.starts[first - 1] == self.starts[first]
        ends_within = last < len(self.text) and self.ends[last - 1] == self.ends[last]
        return None if begins_within or ends_within else (self.starts[first], self.ends[last - 1])


class Loose:
    """Brings texts and phrases to the form in which they are compared."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        self._one: dict[str, str] = {w: line[0] for line in rules["same"] for w in line}
        words = "|".join(map(re.escape, sorted({*self._one, *rules["fillers"]}, key=len, reverse=True)))
        self._pattern = re.compile(rf"{words}|{'|'.join((*_ADVERBS, *_PARTICLES))}")
        self._particle = re.compile("|".join(_PARTICLES))

    def of(self, text: str) -> Loosened:
        """A text of the Chinese view without fillers, and with one word for several."""
        out: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for match in (*self._pattern.finditer(text), None):
            stays_to = match.start() if match else len(text)
            out.append(text[at:stays_to])
            starts += range(at, stays_to)
            ends += range(at + 1, stays_to + 1)
            if match:
                word = self._one.get(match.group(), "")
                out.append(word)
                starts += [match.start()] * len(word)
                ends += [match.end()] * len(word)
                at = match.end()
        return Loosened("".join(out), tuple(starts), tuple(ends))

    def phrase(self, text: str) -> str:
        """The same of a phrase; empty where too little is left of it, or where more than particles would go: 天天打游戏 is not 打游戏."""
        for match in self._pattern.finditer(text):
            if match.group() in self._one:
                continue
            at_edge = match.start() == 0 or match.end() == len(text)
            particle = self._particle.match(text, match.start())
            if at_edge or particle is None or particle.end() != match.end():
                return ""
        loose = self.of(text).text
        return loose if len(loose) >= SHORTEST else ""


def alike(phrases: Iterable[tuple[str, frozenset[tuple[str, str]]]]) -> dict[str, set[tuple[str, str]]]:
    """What each loosened phrase means: what all phrases mean that become it; those that then mean nothing are left out."""
    found: dict[str, set[tuple[str, str]]] = {}
    for phrase, meanings in phrases:
        if phrase:
            found[phrase] = found[phrase] & meanings if phrase in found else set(meanings)
    return {phrase: meanings for phrase, meanings in found.items() if meanings}
