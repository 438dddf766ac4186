"""Known strings, found at every place of a text, and what each can mean.

Held as Python values a hundred thousand strings cost every process tens of megabytes, and again in each forked worker,
because touching a value writes its reference count. A trie holds them in under one, and is read in a millisecond.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from sys import intern
from typing import Any
from zipfile import BadZipFile

import numpy as np
from marisa_trie import Trie
from numpy.typing import NDArray

from suwen.knowledge.files import keep

Arrays = dict[str, Any]
"""Arrays by name, as numpy.savez takes them."""
Meaning = tuple[tuple[str, str], ...]
"""What a string can stand for: (kind, target) each."""


class Strings:
    """Strings and a number for each."""

    def __init__(self, trie: Trie, numbers: NDArray[np.uint32]) -> None:
        """`numbers` (2 + n,): length of the longest string, how many characters strings begin with, then that of each."""
        self._trie, self._packed = trie, numbers
        firsts, self._numbers = np.split(numbers[2:], [numbers[1]])
        self._longest, self._firsts = int(numbers[0]), frozenset(map(chr, firsts))

    @classmethod
    def of(cls, table: Mapping[str, int]) -> Strings:
        """From strings with a number each; the empty one, which stands everywhere, is left out."""
        table = {string: number for string, number in table.items() if string}
        trie = Trie(table)
        numbers = np.zeros(len(table), np.uint32)
        for string, number in table.items():
            numbers[trie[string]] = number
        firsts = sorted({ord(string[0]) for string in table})
        head = [max(map(len, table), default=0), len(firsts), *firsts]
        return cls(trie, np.concatenate([np.array(head, np.uint32), numbers]))

    def arrays(self, name: str) -> Arrays:
        """All of it as arrays whose names begin with this one, for a file."""
        return {f"{name}_trie": _bytes(self._trie.tobytes()), f"{name}_numbers": self._packed}

    @classmethod
    def read(cls, arrays: Arrays, name: str) -> Strings:
        """What `arrays` gave, taken out of a file's; raises KeyError where they are not there."""
        return cls(Trie().frombytes(arrays.pop(f"{name}_trie").tobytes()), arrays.pop(f"{name}_numbers"))

    def __len__(self) -> int:
        return len(self._trie)

    def starting(self, prefix: str = "") -> list[str]:
        """Every string that begins so, in no order that means anything."""
        found: list[str] = self._trie.keys(prefix)
        return found

    def get(self, string: str) -> int | None:
        number = self._trie.get(string)
        return None if number is None else int(self._numbers[number])

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """(number, start, end) of every known string in a text, by start and length; overlapping ones too."""
        for start, first in enumerate(text):
            if first in self._firsts:
                for string, number in self._trie.iter_prefixes_with_ids(text[start : start + self._longest]):
                    yield int(self._numbers[number]), start, start + len(string)

    def whole(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Of what `find` gives the first and longest, none overlapping; those of ASCII letters and digits as whole words only."""
        reached = 0
        for start, found in groupby(self.find(text), key=itemgetter(1)):
            number, _, end = list(found)[-1]
            within = _in_word(text[start - 1 : start], text[start]) or _in_word(
                text[end - 1], text[end : end + 1]
            )
            if start >= reached and not within:
                reached = end
                yield number, start, end


def _in_word(left: str, right: str) -> bool:
    return left.isascii() and left.isalnum() and right.isascii() and right.isalnum()


class Lookup:
    """Strings and what each can mean; many mean the same, which is held once."""

    def __init__(
        self,
        strings: Strings,
        starts: NDArray[np.uint32],
        members: NDArray[np.uint32],
        pairs: list[list[str]],
    ) -> None:
        """The meaning of number n has pairs[members[starts[n] : starts[n + 1]]]."""
        self.strings, self._starts, self._members = strings, starts, members
        self._pairs = [(intern(kind), intern(target)) for kind, target in pairs]

    @classmethod
    def of(cls, table: Mapping[str, Iterable[tuple[str, str]]]) -> Lookup:
        number: dict[Meaning, int] = {}
        numbers = {
            string: number.setdefault(tuple(sorted(set(meant))), len(number))
            for string, meant in table.items()
        }
        pairs = {pair: i for i, pair in enumerate(sorted({pair for meaning in number for pair in meaning}))}
        starts = np.cumsum([0, *map(len, number)]).astype(np.uint32)
        members = np.array([pairs[pair] for meaning in number for pair in meaning], np.uint32)
        return cls(Strings.of(numbers), starts, members, list(map(list, pairs)))

    def arrays(self, name: str) -> Arrays:
        """All of it as arrays whose names begin with this one, for a file."""
        return {
            **self.strings.arrays(name),
            f"{name}_starts": self._starts,
            f"{name}_members": self._members,
            f"{name}_pairs": _bytes(json.dumps(self._pairs, ensure_ascii=False).encode()),
        }

    @classmethod
    def read(cls, arrays: Arrays, name: str) -> Lookup:
        """What `arrays` gave, taken out of a file's; raises KeyError where they are not there."""
        starts, members, pairs = (arrays.pop(f"{name}_{part}") for part in ("starts", "members", "pairs"))
        return cls(Strings.read(arrays, name), starts, members, json.loads(pairs.tobytes()))

    def __contains__(self, string: str) -> bool:
        return self.strings.get(string) is not None

    def means(self, string: str) -> Meaning:
        """What one string can mean, sorted; nothing where it is not known."""
        number = self.strings.get(string)
        return () if number is None else self._meaning(number)

    def _meaning(self, number: int) -> Meaning:
        starts = self._starts
        return tuple(self._pairs[pair] for pair in self._members[starts[number] : starts[number + 1]])

    def targets(self, string: str) -> list[str]:
        """Each target that one string can mean, once."""
        return list(dict.fromkeys(target for _, target in self.means(string)))

    def find(self, text: str) -> Iterator[tuple[Meaning, int, int]]:
        """(meaning, start, end) of every known string in a text, by start and length; overlapping ones too."""
        return ((self._meaning(number), start, end) for number, start, end in self.strings.find(text))


def kept(place: Path, name: str, make: Callable[[], Mapping[str, Lookup]]) -> Lookup:
    """One of the tables of a cache file (name-key.npz); where none can be read, that of what `make` gives, which is kept there."""
    try:
        with np.load(place, allow_pickle=False) as stored:
            own = {key: stored[key] for key in stored.files if key.startswith(f"{name}_")}
            return Lookup.read(own, name)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        made = make()
    content = io.BytesIO()
    np.savez(content, **{key: array for table, of in made.items() for key, array in of.arrays(table).items()})
    keep(place, content.getvalue(), replaces=f"{place.name.split('-')[0]}-*")
    return made[name]


def _bytes(content: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(content, np.uint8)
