"""Parts of sentences (phrases/zh.yaml, en.yaml) as somebody of some schooling has them.

A frame holds choices: of [a|b] one is taken, so that a few frames make hundreds of wordings. What schooling changes in the
tables stands in them under `schooling`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import Any

from suwen.core.case import Lang
from suwen.knowledge.files import load_yaml
from suwen.patients.hearing import FOLDER
from suwen.patients.lay import Education

NOT_EATEN_ZH = re.compile(r"喷|吸入|乳膏|软膏|滴眼|凝胶|贴|胰岛素")
_USED_EN = re.compile(r"inhaler|spray|cream|ointment|drops|gel|patch|insulin|puffer")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@lru_cache(maxsize=2)
def phrases(lang: Lang) -> dict[str, Any]:
    """phrases/zh.yaml or en.yaml."""
    content: dict[str, Any] = load_yaml((FOLDER / f"{lang}.yaml").read_text(encoding="utf-8"))
    return content


@lru_cache(maxsize=6)
def tables(lang: Lang, education: Education) -> dict[str, Any]:
    """The phrases of a language as somebody of this schooling has them."""
    base = phrases(lang)
    return _merged(base, base["schooling"].get(education, {}))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    deep = {k: _merged(base[k], v) for k, v in over.items() if isinstance(v, dict)}
    return {**base, **over, **deep}


def drawn(frame: str, chance: Random | None, *, brief: float = 0.0) -> str:
    """A frame with one of each choice [a|b]; the first of each without chance. brief: P(nothing where that is a choice)."""

    def one(match: re.Match[str]) -> str:
        options: list[str] = match.group(1).split("|")
        if chance is None or ("" in options and brief and chance.random() < brief):
            return "" if "" in options else options[0]
        return chance.choice(options)

    while _CHOICE.search(frame):
        frame = _CHOICE.sub(one, frame)
    return frame


def asking(frames: Sequence[str], said: str) -> list[str]:
    """Frames that announce a question only before one."""
    asks = said.rstrip().endswith(("?", "？"))
    return [f for f in frames if asks or not re.search(r"\bask\b|问", f)]


def loosely(frames: Sequence[str], span: str) -> list[str]:
    """Without an 'about' before what is vague by itself: 'a few days', 好几天."""
    vague = re.search(
        r"\b(?:few|several|couple|almost|over|about)\b|[好几].|来天|半天|将近|快|左右|两三|三四|一两", span
    )
    fit = [f for f in frames if not (vague and _ABOUT.search(f))]
    return fit or list(frames)


_ABOUT = re.compile(
    r"[Aa]bout|[Rr]oughly|[Aa]round|or so|more or less|to be exact|[Ee]xactly|差不多|大概|左右|上下|少说|有个|准确"
)


def by_mouth(frames: Sequence[str], named: Sequence[str]) -> list[str]:
    """Without 吃 where something is sprayed, rubbed in or inhaled, and without 'use' where nothing is."""
    if any(NOT_EATEN_ZH.search(name) for name in named):
        return [f for f in frames if "吃" not in f] or list(frames)
    used = any(_USED_EN.search(name) for name in named)
    return [f if used else f.replace("|I use]", "]") for f in frames]


def fitting(frames: Sequence[str], word: str) -> list[str]:
    """Frames with 老, 有点, 现在也 or 老觉得 only before words that take them."""
    takes = bool(
        re.fullmatch(
            r"(?!老|总|一直|有|没|不|发|起).*(?:疼|痛|晕|痒|胀|酸|麻|烧|恶心|咳嗽|胸闷|心慌|没劲)", word
        )
    )
    return [f for f in frames if takes or not re.search(r"(?:老|有点|[总老]觉得|现在也)\{v\}", f)]
