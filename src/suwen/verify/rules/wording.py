"""The words and patterns of generated criteria (generate.yaml), and how one is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from suwen.knowledge.files import load_yaml
from suwen.verify.rubric import Axis, Check, Criterion, Theme
from suwen.verify.scene import Scene

Rule = Callable[[Scene], Iterator[Criterion]]
"""Gives the criteria that hold in a scene: none where it does not apply. Its name is their source."""
NAMES_SHOWN = 5
"""Names in the text of one criterion; the check has all of them."""
WORDS_OF_FINDING = 24
"""Words by which one finding is looked for in a reply."""


@lru_cache(maxsize=1)
def wording() -> dict[str, Any]:
    """generate.yaml."""
    words = load_yaml(Path(__file__).parents[1].joinpath("generate.yaml").read_text("utf-8"))
    assert isinstance(words, dict)
    return words


def make(
    rule: str, scene: Scene, weight: int, axis: Axis, *, suffix: str = "", theme: Theme | None = None,
    check: Check | None = None, text: str = "", **names: str,
) -> Criterion:  # fmt: skip
    """A dynamic criterion of `rule`; its text is the entry `text` (else `rule`) of generate.yaml with the names filled in."""
    words = str(wording()["criteria"][text or rule][scene.lang]).format(**names)
    own = f"{rule}_{suffix}" if suffix else rule
    return Criterion(id=own.replace(".", "_"), text=words, weight=weight, axis=axis, theme=theme, kind="dynamic",
                     source=f"generated:{rule}", check=check)  # fmt: skip


def says(scene: Scene, *names: str) -> Check:
    """A check that one pattern of each named list is met by the words."""
    return Check(says=tuple(tuple(wording()["says"][name][scene.lang]) for name in names))


def matches(cue: str, text: str, lang: str) -> bool:
    """Whether what a patient said fits one of the cues."""
    return re.search(wording()["cues"][cue][lang], text, re.IGNORECASE) is not None


def listed(scene: Scene, names: Iterable[str]) -> str:
    """Names in a row, each once, the first few only."""
    shown = list(dict.fromkeys(names))[:NAMES_SHOWN]
    return ("、" if scene.lang == "zh" else ", ").join(shown)


def findings(scene: Scene, ids: Iterable[str]) -> str:
    """The names of findings, and of what a person can be asked, in a row."""
    table = wording()["person"]
    return listed(scene, (table[i][scene.lang] if i in table else scene.name(i) for i in ids))


def known_ids(scene: Scene, group: str) -> list[str]:
    """A list of `asks` in generate.yaml without what this knowledge, or this person, cannot have."""
    person = scene.case.person
    table = scene.knowledge.finding
    return [
        name
        for name in wording()["asks"][group]
        if name in table and table[name].allows(person.age_years, person.sex)
    ]


def words_of(scene: Scene, finding: str) -> str:
    """One pattern with the words that people and doctors use for a finding."""
    definition = scene.knowledge.finding[finding]
    words = [definition.name(scene.lang), *map(str, definition.record["words"][scene.lang])]
    return any_of(words, scene.lang)


def any_of(words: Iterable[str], lang: str) -> str:
    """One pattern that fits any of these words, English ones as whole words."""
    plain = [re.sub(r"\s*[（(].*?[）)]", "", w).strip() for w in words]
    usable = list(dict.fromkeys(w for w in plain if len(w) >= (2 if lang == "zh" else 3)))[:WORDS_OF_FINDING]
    joined = "|".join(re.escape(w) for w in sorted(usable, key=lambda w: (-len(w), w)))
    return joined if lang == "zh" else rf"\b(?:{joined})"
