"""The tables of the ear: cues (`cues.yaml`), parts told to be normal (`normal.yaml`), pairs of words (`pairs.yaml`),
words that are alike (`loose.yaml`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from suwen.knowledge import default_cache
from suwen.knowledge.files import kept_json, load_yaml

_NAMES = ("cues", "normal", "pairs", "loose")
_OF_FINDINGS = frozenset(["finding", "findings", "of_children", "risk", "contact", "present", "absent", "of"])
"""Keys under which findings are named."""


def tables() -> tuple[dict[str, Any], str]:
    """(the content of each by name, the hash of all their bytes); kept in the cache, for parsing them takes a tenth of a second.

    Raises yaml.YAMLError for a table that is not YAML, or in which a key stands twice.
    """
    texts = {name: _place(name).read_text(encoding="utf-8") for name in _NAMES}
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()
    content: dict[str, Any] = kept_json(
        default_cache() / f"tables-{digest[:20]}.json",
        lambda: {name: load_yaml(text) for name, text in texts.items()},
        fits=lambda kept: set(kept) == set(_NAMES),
        replaces="tables-*.json",
    )
    return content, digest


def faults(defined: Collection[str], content: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with the tables: findings not `defined`, a part normal by one word twice, phrases that cannot be read."""
    content = tables()[0] if content is None else content
    found = [
        f"language/{name}.yaml:{_line(name, finding)}: finding {finding!r} is not defined; correct the name or define it"
        for name in _NAMES
        for finding in sorted(set(_findings(content[name])))
        if finding not in defined
    ]
    return found + list(_twice(content["normal"])) + list(_unwritten(content["cues"]))


def _place(name: str) -> Path:
    return Path(__file__).with_name(f"{name}.yaml")


def _line(name: str, word: str) -> int:
    """The first line of a table in which a word stands."""
    lines = _place(name).read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if word in line), 1)


def _findings(value: Any) -> Iterator[str]:
    """Every finding named anywhere in a table."""
    if isinstance(value, dict):
        for key, inside in value.items():
            if key in _OF_FINDINGS and not isinstance(inside, dict):
                yield from [inside] if isinstance(inside, str) else inside
            else:
                yield from _findings(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _findings(inside)


_NAMED = re.compile(r"<([^<>]*)>")


def _unwritten(cues: dict[str, Any]) -> Iterator[str]:
    """Of the phrases that phrases.py reads those with a bracket left open or a list that does not stand in the table."""
    lists = cues["other_senses"]["lists"]
    for phrase in _strings([cues["once"], cues["other_senses"]]):
        unknown = [name for name in _NAMED.findall(phrase) if name not in lists]
        if unknown or any(phrase.count(a) != phrase.count(b) for a, b in ("[]", "<>")):
            yield f"language/cues.yaml:{_line('cues', phrase)}: {phrase!r} has an open bracket or names no list; see phrases.py"
    for rule in cues["other_senses"]["rules"]:
        if not rule.get("said") or not (rule.get("before") or rule.get("behind")):
            yield f"language/cues.yaml:{_line('cues', 'other_senses')}: a rule needs `said` and `before` or `behind`: {rule}"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inside in value.values() if isinstance(value, dict) else value:
            yield from _strings(inside)


def _twice(normal: dict[str, Any]) -> Iterator[str]:
    """Of a finding the part and the word that deny it in two rules: one of them is forgotten when the other is changed."""
    seen: set[tuple[str, ...]] = set()
    for rule in normal["parts"]:
        told: set[tuple[str, ...]] = set()
        own = rule.get("only") or rule.get("is", {})
        for lang in ("zh", "en"):
            well = [*own.get(lang, ()), *(() if "only" in rule else normal["well"][lang])]
            told |= set(product(rule["findings"], map(str, rule.get(lang, ())), map(str, well)))
        for finding, part, word in sorted(told & seen):
            yield (
                f"language/normal.yaml:{_line('normal', part)}: {part!r} with {word!r} denies {finding!r} in two rules; "
                "leave it in one"
            )
        seen |= told
