"""Compiled knowledge on disk: arrays and small tables in memory, long records read when they are asked for.

Texts are most of the knowledge and a turn needs few of them. Held as Python values they cost every process tens of
megabytes, and again in each forked worker, because touching a value writes its reference count; a mapped file is shared.
"""

from __future__ import annotations

import io
import json
import mmap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, overload
from zipfile import BadZipFile

import numpy as np

from suwen.knowledge.files import keep

Compiled = tuple[dict[str, Any], dict[str, Any]]
"""Plain records and arrays, as a compiler returns them and as they are read back."""


class Shelf(Sequence[Any]):
    """A list of records, each a JSON text of its own between two `ends` (n+1,); the last `kept` (None: all) stay parsed."""

    def __init__(self, text: bytes | mmap.mmap, ends: Any, kept: int | None) -> None:
        self._text, self._ends = text, ends
        self._kept: Callable[[int], Any] = lru_cache(kept)(self._read)

    def _read(self, index: int) -> Any:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return json.loads(self._text[int(self._ends[index]) : int(self._ends[index + 1])])

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self._kept(index if index >= 0 else len(self) + index)

    def __iter__(self) -> Iterator[Any]:
        """Every record once, keeping none: whoever walks through all needs no place for them."""
        return map(self._read, range(len(self)))


class ById(Mapping[str, Any]):
    """Records of a shelf by their ids, which are given in the shelf's order."""

    def __init__(self, ids: Sequence[str], shelf: Sequence[Any]) -> None:
        self._index, self._shelf = {key: i for i, key in enumerate(ids)}, shelf

    def __getitem__(self, key: str) -> Any:
        return self._shelf[self._index[key]]

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)


def compiled(place: Path, shelved: Mapping[str, int | None], make: Callable[[], Compiled]) -> Compiled:
    """What `make` returns, kept at `place` (.npz, .json, .records).

    The tables of `shelved` come back as shelves that keep so many records parsed: somewhat more than a turn touches.

    A cache that is absent, half-written or of a killed process is made anew; one that cannot be written is held in memory.
    """
    stored = _read(place, shelved)
    if stored is None:
        records, arrays = make()
        packed, offsets = bytearray(), {}
        for table in shelved:
            ends = [len(packed)]
            for record in records[table]:
                packed += json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
                ends.append(len(packed))
            offsets[f"shelf_{table}"] = np.array(ends, dtype=np.int64)
        light = {key: value for key, value in records.items() if key not in shelved}
        _write(place, bytes(packed), light, {**arrays, **offsets})
        stored = _read(place, shelved) or _shelve(bytes(packed), light, {**arrays, **offsets}, shelved)
    return stored


def _read(place: Path, shelved: Mapping[str, int | None]) -> Compiled | None:
    try:
        light = json.loads(place.with_suffix(".json").read_bytes())
        with np.load(place.with_suffix(".npz"), allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in stored.files}
        with place.with_suffix(".records").open("rb") as handle:
            text = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        if len(text) != max(int(arrays[f"shelf_{table}"][-1]) for table in shelved):
            return None
        return _shelve(text, light, arrays, shelved)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _shelve(
    text: bytes | mmap.mmap, light: dict[str, Any], arrays: dict[str, Any], shelved: Mapping[str, int | None]
) -> Compiled:
    shelves = {table: Shelf(text, arrays.pop(f"shelf_{table}"), kept) for table, kept in shelved.items()}
    return {**light, **shelves}, arrays


def _write(place: Path, packed: bytes, light: dict[str, Any], arrays: dict[str, Any]) -> None:
    numbers = io.BytesIO()
    np.savez(numbers, **arrays)
    text = json.dumps(light, ensure_ascii=False, separators=(",", ":")).encode()
    kind = place.name.split("-")[0]
    for suffix, content in ((".records", packed), (".npz", numbers.getvalue()), (".json", text)):
        keep(place.with_suffix(suffix), content, replaces=f"{kind}-*{suffix}")
