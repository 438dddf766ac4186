"""Medical facts as data: schema, loader and compiled arrays.

`load()` is the only door. It compiles the files once and keeps the result by content hash, so that a
command starts quickly; a file that changed compiles anew, a file with a fault stops the load with a
message that names file, value and remedy.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from suwen.knowledge.files import digest_of
from suwen.knowledge.shelf import ById, Compiled, compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
Region = Literal["north", "northeast", "east", "central", "south", "southwest", "northwest"]
REGIONS: tuple[Region, ...] = get_args(Region)
"""Parts of China: 华北 东北 华东 华中 华南 西南 西北, by the first digit of GB/T 2260 with the south in three."""
DURATIONS = ("duration_hours", "duration_days", "duration_weeks", "duration_months")
AGE_BAND_ENDS = (28 / 365.25, 1.0, 5.0, 12.0, 18.0, 40.0, 65.0)
"""Where each of the eight age bands of schema.AGE_BANDS ends, in years; the last has no end."""
AGE_SHARE = np.array([0.01, 0.04, 0.10, 0.10, 0.07, 0.24, 0.26, 0.18])
"""Share of consultations by age band, used where the age is not known. Source: estimate."""
P_CEILING = 0.99
"""No finding is certain in any condition: 1 - leak."""
LEAST_RATIO = 0.003
"""Nor is any kind of a finding impossible where the finding is. Source of both: estimate."""
P_OTHER = 0.06
"""Prior share of consultations for something outside the knowledge. Source: estimate."""


SHELVED = {"findings": 128, "conditions": 32, "names": 1, "sources": 64}
"""Tables whose long records are read on demand, and how many of each stay parsed."""


Records = Sequence[Mapping[str, Any]] | Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class FindingDef:
    """A finding as the knowledge defines it; `record` holds the fields of its file, `compose` and `only` among them."""

    index: int
    id: str
    zh: str
    en: str
    kind: str
    parent: str | None
    topic: str
    burden: float
    askable: bool
    compose: Sequence[Mapping[str, Any]]
    only: Mapping[str, Any] | None
    shelf: Records = field(repr=False, compare=False)

    @property
    def record(self) -> Mapping[str, Any]:
        return self.shelf[self.index]

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    @property
    def is_marker(self) -> bool:
        """Whether it says only that certain words were used, to join others in a red flag: nothing that the patient has."""
        return self.kind == "context" and self.id.endswith("_said")

    def allows(self, age_years: float | None, sex: str | None) -> bool:
        """Whether someone of this age and sex can have it; what is not told rules nothing out."""
        only = self.only
        if not only:
            return True
        if only["sex"] and sex and only["sex"] != sex:
            return False
        low, high = only["age"] or (0, 200)
        return age_years is None or low <= age_years <= high


@dataclass(frozen=True, slots=True)
class ConditionDef:
    """A condition as the knowledge defines it; `record` holds the fields of its file."""

    index: int
    id: str
    zh: str
    en: str
    department: str
    triage: str
    dangerous: bool
    icd10: tuple[str, ...]
    shelf: Records = field(repr=False, compare=False)
    sooner: Sequence[tuple[str, Sequence[str]]] = ()
    """(level, who) for whom it is more urgent, most urgent first; of `who`, a finding or an age such as age<1, any is enough."""

    @property
    def record(self) -> Mapping[str, Any]:
        return self.shelf[self.index]

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def source_of(self, finding: str) -> str | None:
        """Where the number of a finding or risk comes from: a source key or `estimate`; None where it is not mentioned."""
        record = self.record
        number = record["findings"].get(finding, record["risks"].get(finding))
        if number is None:
            return None
        return str(number[1] if isinstance(number, list) else record["evidence"])


@dataclass(frozen=True)
class Knowledge:
    """The compiled knowledge: D conditions (index D is 'something else') and F findings.

    names[0] is what conditions are looked up by: (text in lower case, 0 name 1 code 2 pinyin, index of the condition).

    likelihood: (D+1, F); seen: (D+1,) confirmed cases learned from; denied: (D+1, F) P(noted
    as absent | condition) where records are replayed, otherwise None; prior: (D+1, 8 age bands, 2 sexes, 4 seasons); region:
    (D+1, 7) times the country's average; parent: (F,) or -1; base: (F,).
    """

    version: str
    digest: str
    findings: Sequence[FindingDef]
    conditions: Sequence[ConditionDef]
    red_flags: Sequence[Mapping[str, Any]]
    sources: Mapping[str, Any]
    departments: Mapping[str, Any]
    parts: Mapping[str, Any]
    vitals: Mapping[str, Any]
    risk_groups: Mapping[str, Any]
    labs: Mapping[str, Any]
    names: Sequence[Sequence[tuple[str, int, int]]]
    likelihood: NDArray[np.float32]
    prior: NDArray[np.float64]
    region: NDArray[np.float64]
    parent: NDArray[np.int32]
    base: NDArray[np.float64]
    seen: NDArray[np.float64]
    denied: NDArray[np.float64] | None = None

    def ratio(self, columns: Any, rows: Any = slice(None)) -> NDArray[np.float64]:
        """P(finding present | condition, its parent present); of findings without parent P(present | condition).

        `columns` is one index or an array of k, `rows` any index over conditions: (D+1,) or (rows, k).
        """
        table = self.likelihood[rows]
        above = self.parent[columns]
        over_parent = np.where(above >= 0, table[:, np.maximum(above, 0)], 1.0)
        found = np.clip(table[:, columns].astype(np.float64) / over_parent, LEAST_RATIO, P_CEILING)
        return np.asarray(found)

    def p(self, column: int) -> NDArray[np.float64]:
        """P(finding present | condition), (D+1,), in full precision for sums of logarithms."""
        return self.likelihood[:, column].astype(np.float64)

    @cached_property
    def finding(self) -> dict[str, FindingDef]:
        return {f.id: f for f in self.findings}

    @cached_property
    def condition(self) -> dict[str, ConditionDef]:
        return {c.id: c for c in self.conditions}

    @cached_property
    def ancestors(self) -> dict[str, tuple[str, ...]]:
        """Of each finding the more general ones it implies, nearest first."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.findings:
            chain: list[str] = []
            above = one.parent
            while above:
                chain.append(above)
                above = self.finding[above].parent
            found[one.id] = tuple(chain)
        return found

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for one in self.findings:
            if one.parent:
                found.setdefault(one.parent, []).append(one.id)
        return {key: tuple(value) for key, value in found.items()}


def load(extra: Path | None = None, *, cache: Path | None = None) -> Knowledge:
    """The knowledge, with a hospital's own folder `extra` laid over it.

    Raises KnowledgeError with every fault when a file is wrong; then nothing is loaded.
    """
    folders = [DATA, *([extra] if extra else [])]
    digest = digest_of(folders)
    stored = compiled(_place(digest, cache), SHELVED, lambda: _compile(folders))
    return _assemble(digest, *stored)


def is_compiled(extra: Path | None = None, *, cache: Path | None = None) -> bool:
    """Whether `load` finds all that it would make."""
    digest = digest_of([DATA, *([extra] if extra else [])])
    return _place(digest, cache).with_suffix(".npz").exists()


def _place(digest: str, cache: Path | None) -> Path:
    return (cache or default_cache()) / f"knowledge-{digest[:20]}"


def default_cache() -> Path:
    return Path(
        os.environ.get("SUWEN_CACHE")
        or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "suwen"
    )


def _compile(folders: list[Path]) -> Compiled:
    from suwen.knowledge.compile import build, read

    return build(read(folders))


def _assemble(digest: str, records: dict[str, Any], arrays: dict[str, Any]) -> Knowledge:
    findings = tuple(
        FindingDef(i, shelf=records["findings"], **brief) for i, brief in enumerate(records["brief_findings"])
    )
    conditions = tuple(
        ConditionDef(i, shelf=records["conditions"], **brief)
        for i, brief in enumerate(records["brief_conditions"])
    )
    rest = {
        key: records[key]
        for key in (
            "version",
            "red_flags",
            "departments",
            "parts",
            "vitals",
            "risk_groups",
            "labs",
            "names",
        )
    }
    sources = ById(records["source_ids"], records["sources"])
    return Knowledge(
        digest=digest, findings=findings, conditions=conditions, sources=sources, **rest, **arrays
    )
