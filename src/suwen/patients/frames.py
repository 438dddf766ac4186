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


def by_mouth(frames: Sequence[str], named: Sequence[str]) -> list[str]:
    """Without 吃 where something is sprayed, rubbed in or inhaled."""
    used = any(NOT_EATEN_ZH.search(name) for name in named)
    fit = [f for f in frames if not (used and "吃" in f)]
    return fit or list(frames)


def fitting(frames: Sequence[str], word: str) -> list[str]:
    """Frames with 老, 有点 or 总觉得 only before words that take them."""
    takes = bool(
        re.fullmatch(
            r"(?!老|总|一直|有|没|不|发|起).*(?:疼|痛|晕|痒|胀|酸|麻|烧|恶心|咳嗽|胸闷|心慌|没劲)", word
        )
    )
    return [f for f in frames if takes or not re.search(r"老\{v\}|有点\{v\}|总觉得\{v\}", f)]
