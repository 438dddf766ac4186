"""Phrases of the tables as patterns, where a table needs a little more than words.

`a/b` is one word or the other, `*` any letters of a word, `#` a number, `...` up to four words, and a word in brackets
may be missing. A word in angle brackets, `<measured>`, stands for a list of the same table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence


def alternatives(phrases: Iterable[str], lists: Mapping[str, Sequence[str]] | None = None) -> str:
    """The pattern of any one of the phrases; words of `lists` stand where they are named in angle brackets."""
    named = {name: alternatives(words) for name, words in (lists or {}).items()}
    return rf"(?:{'|'.join(_phrase(str(p), named) for p in phrases)})"


def _phrase(phrase: str, named: Mapping[str, str]) -> str:
    out = []
    for word in phrase.split():
        if word == "...":
            out.append(r"(?:[\w'-]+ ){0,4}?")
        elif word.startswith("[") and word.endswith("]"):
            out.append(rf"(?:{_word(word[1:-1], named)} )?")
        else:
            out.append(f"{_word(word, named)} ")
    return "".join(out).removesuffix(" ")


def _word(word: str, named: Mapping[str, str]) -> str:
    if word.startswith("<") and word.endswith(">"):
        return named[word[1:-1]]
    either = "|".join(
        re.escape(part).replace(r"\*", r"\w*").replace(r"\#", r"\d+(?:\.\d+)?") for part in word.split("/")
    )
    return rf"(?:{either})" if "/" in word else either
