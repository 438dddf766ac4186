"""What sampling needs of one knowledge, computed once: masks and groups of findings, by column."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suwen.core.case import Case, Finding, Person
from suwen.knowledge import DURATIONS, P_CEILING, Knowledge
from suwen.patients.facts import is_private, people
from suwen.patients.measured import opposites
from suwen.safety.redflags import Watch

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Tables:
    """Read-only; everything is computed when it is first asked for."""

    def __init__(self, knowledge: Knowledge, watch: Watch) -> None:
        self.knowledge = knowledge
        self.watch = watch

    @cached_property
    def levels(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """(columns, their parents) from the top down, without those that have no parent."""
        depth = np.array([len(self.knowledge.ancestors[f.id]) for f in self.knowledge.findings])
        found = [np.flatnonzero(depth == level) for level in range(1, int(depth.max()) + 1)]
        return [(columns, self.knowledge.parent[columns].astype(np.int64)) for columns in found]

    @cached_property
    def only(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """(least age, greatest age, sex: 0 male, 1 female, -1 any) of every finding."""
        only = [f.only or {} for f in self.knowledge.findings]
        ages = np.array([o.get("age") or (0.0, 200.0) for o in only], dtype=np.float64)
        sexes = np.array([{"male": 0, "female": 1}.get(str(o.get("sex")), -1) for o in only])
        return ages[:, 0], ages[:, 1], sexes

    @cached_property
    def kinds(self) -> dict[str, Bools]:
        """Masks: `told` symptoms and visible signs, `symptom`, `context`, `shown` told, examined and results,
        `private`, and `passing` of which people have one by chance."""
        defs = self.knowledge.findings
        symptom = np.array([f.kind == "symptom" and f.id not in DURATIONS for f in defs])
        sign = np.array([f.kind == "sign" for f in defs])
        askable = np.array([f.askable for f in defs])
        result = np.array([f.kind in ("result", "vital") for f in defs])
        lasting = np.array([f.kind in ("context", "risk", "history") for f in defs])
        private = np.array([is_private(f.id) for f in defs])
        passing = np.array([f.kind not in ("risk", "history", "timing") and f.parent is None for f in defs])
        return {"passing": passing, "told": (symptom | sign) & askable, "symptom": symptom & askable, "context": lasting & askable,
                "shown": symptom | sign | result, "private": private}  # fmt: skip

    @cached_property
    def alarming(self) -> Bools:
        """What alone raises a red flag: nobody who comes for something else has it by chance and says no word of it."""
        found = [
            bool(
                self.watch.alarms(
                    Case(person=Person(age_years=40.0), findings={f.id: Finding(f.id, "present")})
                )
            )
            for f in self.knowledge.findings
        ]
        return np.array(found)

    @cached_property
    def durations(self) -> list[int]:
        return [self.knowledge.finding[name].index for name in DURATIONS]

    @cached_property
    def exclusive(self) -> list[list[int]]:
        """Groups of columns of which only one can be so."""
        index = {f.id: f.index for f in self.knowledge.findings}
        lines = [*people()["exclusive"], *opposites(self.knowledge)]
        return [[index[name] for name in line if name in index] for line in lines]

    @cached_property
    def below(self) -> list[list[int]]:
        """Of every column the columns below it, at any depth."""
        below: list[list[int]] = [[] for _ in self.knowledge.findings]
        for f in self.knowledge.findings:
            for above in self.knowledge.ancestors[f.id]:
                below[self.knowledge.finding[above].index].append(f.index)
        return below

    @cached_property
    def chronic(self) -> list[tuple[dict[str, Any], int, int]]:
        """(entry of people.yaml, column of its finding, index of its condition), where the knowledge has both."""
        k = self.knowledge
        return [(e, k.finding[e["finding"]].index, k.condition[e["condition"]].index) for e in people()["chronic"]
                if e["finding"] in k.finding and e["condition"] in k.condition]  # fmt: skip

    @cached_property
    def minor(self) -> NDArray[np.int64]:
        """Conditions that somebody can mention beside what they come for."""
        found = [c.index for c in self.knowledge.conditions if c.triage == "self_care" and not c.dangerous]
        return np.array(found)

    @cached_property
    def dangerous(self) -> Bools:
        return np.array([*(c.dangerous for c in self.knowledge.conditions), False])

    @cached_property
    def about(self) -> dict[int, tuple[list[int], list[int]]]:
        return {}

    def needs_and_mimics(self, d: int) -> tuple[list[int], list[int]]:
        if d not in self.about:
            record, k = self.knowledge.conditions[d].record, self.knowledge
            needs = [k.finding[name].index for name in record["needs"]]
            needs += [k.finding[above].index for name in record["needs"] for above in k.ancestors[name]]
            self.about[d] = needs, [k.condition[m["id"]].index for m in record["mimics"]]
        return self.about[d]

    def allowed(self, age: float, sex: int) -> Bools:
        low, high, only = self.only
        return np.asarray((age >= low) & (age <= high) & ((only < 0) | (only == sex)))

    def given(self, d: int) -> Floats:
        """P(finding | condition, its parent), (F,), as the knowledge has it: `Knowledge.ratio` has a floor, for evidence,
        under which a thousand rare findings would each now and then be there."""
        row = self.knowledge.likelihood[d].astype(np.float64)
        parent = self.knowledge.parent
        return np.asarray(np.where(parent >= 0, np.minimum(row / row[np.maximum(parent, 0)], P_CEILING), row))
