"""The doctor's words, from `words.yaml`: one template a sentence, in Chinese and English."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from suwen.knowledge.files import load_yaml

_PLACE = Path(__file__).parent / "words.yaml"


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    content: dict[str, Any] = load_yaml(_PLACE.read_text(encoding="utf-8"))
    return content


def entry(*path: str) -> Any:
    """What words.yaml holds at this path; raises KeyError for a path that is not there."""
    here: Any = words()
    for name in path:
        here = here[name]
    return here


def say(lang: str, *path: str, **fill: object) -> str:
    """One sentence in `lang` (zh or en), its {places} filled in."""
    return str(entry(*path)[lang]).format(**fill) if fill else str(entry(*path)[lang])


def joined(lang: str, names: list[str]) -> str:
    """Names in a row, as the language writes it."""
    return ("、" if lang == "zh" else ", ").join(names)


def with_breaks(parts: list[str]) -> str:
    return "\n\n".join(p for p in parts if p)
