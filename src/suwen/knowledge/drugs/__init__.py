"""Medicines as data: substances, products, classes and the rules about them.

`load_formulary()` is the only door. Like the rest of the knowledge it is compiled once and kept by content hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suwen.knowledge import DATA, default_cache
from suwen.knowledge.drugs.names import NameIndex
from suwen.knowledge.files import digest_of
from suwen.knowledge.shelf import ById, Compiled, compiled
from suwen.knowledge.strings import Lookup

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHELVED = {
    "substances": 512,
    "products": 128,
    "interactions": 512,
    "cautions": 1024,
    "effects": 128,
    "sources": 64,
}
"""Tables whose records are read on demand, and how many of each stay parsed in a lean formulary."""


@dataclass(frozen=True, eq=False)
class Formulary:
    """Everything known about medicines, compiled; the arrays are described in `build.build_drugs`.

    `index` is the position of a substance, `product` the record of a product; `cautions_of` and `effects_of` are the rules
    about patients and the harms they notice, by substance; `class_size` counts the substances of a class.
    """

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
    states: Lookup
    sources: Mapping[str, Any]
    names: NameIndex
    index: Mapping[str, int]
    product: Mapping[str, Mapping[str, Any]]
    cautions_of: Mapping[str, Sequence[int]]
    effects_of: Mapping[str, Sequence[int]]
    class_size: Mapping[str, int]
    pair_code: NDArray[np.int64]
    pair_rule: NDArray[np.int32]
    change: NDArray[np.int64]

    def record(self, target: str) -> Mapping[str, Any]:
        """A substance or product by id; raises KeyError."""
        return self.product[target] if target in self.product else self.substances[self.index[target]]

    def ingredients(self, target: str) -> tuple[str, ...]:
        """The substances of a product; a substance is its own."""
        return tuple(self.product[target]["ingredients"]) if target in self.product else (target,)


def load_formulary(extra: Path | None = None, *, cache: Path | None = None, lean: bool = False) -> Formulary:
    """The formulary, with `drugs/` of a hospital's own folder laid over it.

    What was read once stays parsed, which is quickest for many lists; a `lean` one keeps only what was read last.

    Raises KnowledgeError with every fault when a file is wrong; then nothing is loaded.
    """
    folders = [DATA, *([extra] if extra else [])]
    digest = digest_of(folders, drugs=True)
    place = (cache or default_cache()) / f"formulary-{digest[:20]}"
    stored = compiled(place, SHELVED if lean else dict.fromkeys(SHELVED), lambda: _compile(folders))
    return _assemble(digest, *stored)


def _compile(folders: list[Path]) -> Compiled:
    from suwen.knowledge.compile import read
    from suwen.knowledge.drugs.build import build_drugs
    from suwen.knowledge.drugs.compile import read_drugs

    return build_drugs(read_drugs(folders), read(folders))


def _assemble(digest: str, records: dict[str, Any], arrays: dict[str, Any]) -> Formulary:
    return Formulary(
        digest=digest,
        names=NameIndex.read(arrays, records.pop("labels")),
        states=Lookup.read(arrays, "states"),
        index={key: i for i, key in enumerate(records.pop("substance_ids"))},
        product=ById(records.pop("product_ids"), records["products"]),
        sources=ById(records.pop("source_ids"), records.pop("sources")),
        **records,
        **arrays,
    )
