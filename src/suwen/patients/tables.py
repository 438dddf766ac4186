"""What sampling needs of one knowledge, computed once: masks, groups and probabilities of findings, by column.

Both samplers draw from these: `sample` one talking patient at a time, `crowd` thousands as arrays.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suwen.knowledge import DURATIONS, Knowledge
from suwen.patients.facts import is_private, people
from suwen.patients.measured import opposites

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
KIND_OF_COMPLAINT = {"symptom": 1.0, "sign": 0.15, "context": 0.6}
"""How readily people come because of it. Source: estimate."""
P_COMPLAINTS = (0.4, 0.4, 0.2)
"""P(one, two, three complaints). Source: estimate."""


class Tables:
    """Read-only; everything is computed when it is first asked for."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._mentioned: dict[int, Bools] = {}

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
    def tellable(self) -> Bools:
        """What people can say of themselves: what can be asked about, and what that implies."""
        mask = np.array([f.askable for f in self.knowledge.findings])
        for columns, above in reversed(self.levels):
            np.logical_or.at(mask, above, mask[columns])
        return mask

    @cached_property
    def given(self) -> NDArray[np.float32]:
        """(D, F) P(finding | condition, its parent) as the knowledge has it: `Knowledge.ratio` has a floor, for evidence,
        under which a thousand rare findings would each now and then be there."""
        likelihood, parent = self.knowledge.likelihood[:-1], self.knowledge.parent
        above = np.where(parent >= 0, likelihood[:, np.maximum(parent, 0)], np.float32(1.0))
        return np.minimum(likelihood / above, np.float32(1.0))

    @cached_property
    def appeal(self) -> Floats:
        """(D, F) how readily somebody with a condition comes because of a finding, 0 for what brings nobody: common with it,
        commoner than in others, and something that is felt or seen."""
        kind = np.array([KIND_OF_COMPLAINT.get(f.kind, 0.0) * f.askable for f in self.knowledge.findings])
        likelihood = self.knowledge.likelihood[:-1].astype(np.float64)
        lift = np.log(np.maximum(likelihood / np.maximum(self.knowledge.base, 1e-6), 1.0))
        return np.asarray(likelihood * lift * kind)

    @cached_property
    def durations(self) -> list[int]:
        return [self.knowledge.finding[name].index for name in DURATIONS]

    @cached_property
    def exclusive(self) -> list[list[int]]:
        """Groups of columns of which only one is drawn."""
        index = {f.id: f.index for f in self.knowledge.findings}
        lines = [*people()["exclusive"], *people()["apart"], *opposites(self.knowledge)]
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

    def mentioned(self, d: int) -> Bools:
        """(F,) what belongs to a condition: the findings that its file names as commoner with it, and what they imply.
        Read-only. What it does not name can be likelier too, as a part of something it names."""
        if d not in self._mentioned:
            k, record = self.knowledge, self.knowledge.conditions[d].record
            names = [n for n in (*record["findings"], *record["risks"], *record["needs"])
                     if k.likelihood[d, k.finding[n].index] > k.base[k.finding[n].index]]  # fmt: skip
            mask = np.zeros(len(k.findings), dtype=bool)
            mask[[k.finding[n].index for name in names for n in (name, *k.ancestors[name])]] = True
            self._mentioned[d] = mask
        return self._mentioned[d]

    @cached_property
    def usual_ages(self) -> tuple[Floats, Floats]:
        """(F,) the ages from and up to which somebody has a finding by chance (people.yaml)."""
        ages = people()["ages"]
        spans = np.array([ages.get(f.id, (0, 200)) for f in self.knowledge.findings], dtype=np.float64)
        return spans[:, 0], spans[:, 1]

    def allowed(self, age: float, sex: int) -> Bools:
        low, high, only = self.only
        return np.asarray((age >= low) & (age <= high) & ((only < 0) | (only == sex)))
