"""Words that come out wrong or local: slips of typing, homophones, dialect, English in Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import Any

from suwen.knowledge.files import load_yaml
from suwen.patients.hearing import FOLDER
from suwen.patients.script import Script

P_SLIP = 0.35
"""Of each place where a slip can happen at noise 1. Source: estimate."""
P_LOCAL = 0.6
"""Of each word that has a local one; people mix. Source: estimate."""
P_FOLK = 0.5
"""The same of somebody with little schooling who speaks no dialect."""
SHORTEST = 5
"""Letters from which an English word is mistyped."""
_REGIONS = ("north", "sichuan", "canton")


@lru_cache(maxsize=1)
def slips() -> dict[str, Any]:
    """phrases/noise.yaml."""
    content: dict[str, Any] = load_yaml((FOLDER / "noise.yaml").read_text(encoding="utf-8"))
    return content


def region_of(script: Script) -> str:
    """Where a dialect speaker is from, the same in the whole encounter."""
    return Random(f"{script.seed}:{script.id}:region").choice(_REGIONS)


def coloured(text: str, script: Script, chance: Random) -> str:
    """The words as this person speaks and types them; unchanged for plain speech of somebody schooled without noise."""
    table = slips()
    if script.social.speech == "dialect":
        text = _replaced(text, table["dialect"][region_of(script)], P_LOCAL, chance)
    elif script.social.speech == "mixed":
        text = _replaced(text, table["mixed"], P_LOCAL * 0.6, chance)
    elif script.social.education == "low":
        text = _replaced(text, table["folk"][script.lang], P_FOLK, chance)
    if not script.noise:
        return text
    p = script.noise * P_SLIP
    return (
        _replaced(text, table["typos_zh"], p, chance)
        if script.lang == "zh"
        else _mistyped(text, p * 0.4, chance)
    )


def _replaced(text: str, pairs: Sequence[Sequence[str]], p: float, chance: Random) -> str:
    """Each pair at most once, and never what another pair has put there."""
    done: list[str] = []
    for old, new in pairs:
        if old in text and not any(old in d for d in done) and chance.random() < p:
            text = text.replace(old, new, 1)
            done.append(new)
    return text


def _mistyped(text: str, p: float, chance: Random) -> str:
    """Letters lost, doubled or swapped inside words."""

    def slip(match: re.Match[str]) -> str:
        word = match.group()
        if chance.random() >= p:
            return word
        at = chance.randrange(1, len(word) - 2)
        kind = chance.choice(("lost", "doubled", "swapped"))
        if kind == "lost":
            return word[:at] + word[at + 1 :]
        if kind == "doubled":
            return word[:at] + word[at] + word[at:]
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return re.sub(rf"[A-Za-z]{{{SHORTEST},}}", slip, text)
