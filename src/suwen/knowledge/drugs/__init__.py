"""Medicines as data: substances, products, classes and the rules about them.

`load_formulary()` is the only door. Like the rest of the knowledge it is compiled once and kept by content hash.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from suwen.knowledge import DATA, default_cache
from suwen.knowledge.drugs.names import Name, NameIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Formulary:
    """Everything known about medicines, compiled; the arrays are described in `build.build_drugs`."""

    version: str
    digest: str
    substances: Sequence[Mapping[str, Any]]
    products: Sequence[Mapping[str, Any]]
    classes: Mapping[str, Any]
    roles: Mapping[str, Any]
    interactions: Sequence[Mapping[str, Any]]
    triples: Sequence[Mapping[str, Any]]
    cautions: Sequence[Mapping[str, Any]]
    effects: Sequence[Mapping[str, Any]]
    allergies: Sequence[Mapping[str, Any]]
    no_duplicate: Sequence[int]
    states: Mapping[str, Sequence[str]]
    sources: Mapping[str, Any]
    names: NameIndex
    pair_code: NDArray[np.int64]
    pair_rule: NDArray[np.int32]
    change: NDArray[np.int64]

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of a substance by its id."""
        return {s["id"]: i for i, s in enumerate(self.substances)}

    @cached_property
    def product(self) -> dict[str, Mapping[str, Any]]:
        return {p["id"]: p for p in self.products}

    @cached_property
    def cautions_of(self) -> dict[str, tuple[int, ...]]:
        """Rules about patients by substance."""
        table: dict[str, list[int]] = {}
        for number, rule in enumerate(self.cautions):
            for member in rule["members"]:
                table.setdefault(member, []).append(number)
        return {key: tuple(value) for key, value in table.items()}

    @cached_property
    def effects_of(self) -> dict[str, tuple[Mapping[str, Any], ...]]:
        """Harm that patients notice, by substance."""
        table: dict[str, list[Mapping[str, Any]]] = {}
        for effect in self.effects:
            for member in effect["members"]:
                table.setdefault(member, []).append(effect)
        return {key: tuple(value) for key, value in table.items()}

    def record(self, target: str) -> Mapping[str, Any]:
        """A substance or product by id; raises KeyError."""
        return self.product[target] if target in self.product else self.substances[self.index[target]]

    def ingredients(self, target: str) -> tuple[str, ...]:
        """The substances of a product; a substance is its own."""
        return tuple(self.product[target]["ingredients"]) if target in self.product else (target,)


def load_formulary(extra: Path | None = None, *, cache: Path | None = None) -> Formulary:
    """The formulary, with `drugs/` of a hospital's own folder laid over it.

    Raises KnowledgeError with every fault when a file is wrong; then nothing is loaded.
    """
    from suwen.knowledge.files import digest_of, keep

    folders = [DATA, *([extra] if extra else [])]
    digest = digest_of(folders, drugs=True)
    place = (cache or default_cache()) / f"formulary-{digest[:20]}"
    stored = _read(place)
    if stored is None:
        from suwen.knowledge.compile import read
        from suwen.knowledge.drugs.build import build_drugs
        from suwen.knowledge.drugs.compile import read_drugs

        stored = build_drugs(read_drugs(folders), read(folders))
        packed = io.BytesIO()
        np.savez(packed, **stored[1])
        keep(place.with_suffix(".npz"), packed.getvalue(), replaces="formulary-*.npz")
        text = json.dumps(stored[0], ensure_ascii=False, separators=(",", ":")).encode()
        keep(place.with_suffix(".json"), text, replaces="formulary-*.json")
    return assemble(digest, *stored)


def assemble(digest: str, records: dict[str, Any], arrays: dict[str, Any]) -> Formulary:
    """The formulary of what `build_drugs` returned."""
    rest = {key: value for key, value in records.items() if key != "names"}
    labels = {r["id"]: r["name"]["zh"] for r in (*rest["substances"], *rest["products"])}
    names = NameIndex([Name(*row) for row in records["names"]], labels)
    return Formulary(digest=digest, names=names, **rest, **arrays)


def _read(place: Path) -> tuple[dict[str, Any], dict[str, Any]] | None:
    try:
        records = json.loads(place.with_suffix(".json").read_bytes())
        with np.load(place.with_suffix(".npz"), allow_pickle=False) as arrays:
            return records, {key: arrays[key] for key in arrays.files}
    except (OSError, ValueError, KeyError, EOFError):
        return None  # absent or half-written by a killed process: compile anew
