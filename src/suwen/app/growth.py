"""`suwen bench growth`: how the time of consultations as arrays grows with cases, conditions and questions."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from suwen.app.build import build_clinic
from suwen.app.files import write_whole
from suwen.app.simulate import styled
from suwen.consult.clinic import Clinic, clinic_of
from suwen.consult.many import Many
from suwen.knowledge import Knowledge
from suwen.patients.crowd import Crowds
from suwen.verify.pictures import Point, curves
from suwen.verify.simulate import consultations
from suwen.verify.workers import one_matrix_thread

SHARES = (0.25, 0.5, 0.75, 1.0)
CASES = 2000


@dataclass(frozen=True, slots=True)
class _Part(Sequence[Mapping[str, Any]]):
    """The records of some conditions, by their new places."""

    whole: Sequence[Mapping[str, Any]]
    places: tuple[int, ...]

    def __getitem__(self, at: Any) -> Any:
        return self.whole[self.places[at]]

    def __len__(self) -> int:
        return len(self.places)


def thinned(knowledge: Knowledge, conditions: float, questions: float, seed: int) -> Knowledge:
    """The knowledge with a random share of its conditions, and of its findings only a share still asked about: of
    those that hang on no other, each with all that hang on it."""
    chance = np.random.default_rng(seed)
    whole = len(knowledge.conditions)
    kept = np.sort(chance.permutation(whole)[: max(2, round(conditions * whole))])
    rows = [*kept.tolist(), whole]
    place = {old: new for new, old in enumerate(kept.tolist())}
    roots = [f.id for f in knowledge.findings if f.parent is None and f.kind != "timing"]
    quiet = {roots[i] for i in chance.permutation(len(roots))[round(questions * len(roots)) :]}
    root_of = {f.id: (knowledge.ancestors[f.id] or (f.id,))[-1] for f in knowledge.findings}
    names = [(text, kind, place[at]) for text, kind, at in knowledge.names[0] if at in place]
    return replace(
        knowledge,
        conditions=tuple(
            replace(knowledge.conditions[old], index=new, shelf=_Part(knowledge.conditions[old].shelf, tuple(rows)))
            for new, old in enumerate(kept.tolist())
        ),
        findings=tuple(
            replace(f, askable=False) if root_of[f.id] in quiet else f for f in knowledge.findings
        ),
        names=(names, *knowledge.names[1:]),
        likelihood=knowledge.likelihood[rows],
        prior=knowledge.prior[rows],
        region=knowledge.region[rows],
        seen=knowledge.seen[rows],
        denied=None if knowledge.denied is None else knowledge.denied[rows],
    )  # fmt: skip


def growth(n: int | None, seed: int, folder: Path | None, *, svg: Path | None) -> dict[str, Any]:
    """Seconds of one process for n cases with all that is known, and with a quarter, half and three quarters of the
    conditions, of the questions, and of the cases."""
    n = n or CASES
    one_matrix_thread()
    clinic = build_clinic(folder)
    _seconds(clinic, min(n, 256), seed)  # what is made once is made
    full = _seconds(clinic, n, seed)
    found: dict[str, list[dict[str, float]]] = {"conditions": [], "questions": [], "cases": []}
    part = partial(thinned, clinic.knowledge, seed=seed)
    for share in SHARES:
        less = share < 1
        seconds = {
            "conditions": _seconds(clinic_of(part(share, 1.0)), n, seed) if less else full,
            "questions": _seconds(clinic_of(part(1.0, share)), n, seed) if less else full,
            "cases": _seconds(clinic, round(share * n), seed) if less else full,
        }
        for name, value in seconds.items():
            found[name].append({"share": share, "seconds": round(value, 3)})
    if svg is not None:
        lines = {
            name: [Point(100 * one["share"], *[one["seconds"] / full] * 3) for one in rows]
            for name, rows in found.items()
        }
        drawn = curves(
            "Time of consultations as arrays", lines, x_name="% of the conditions, questions or cases", y_name="% of the time"
        )  # fmt: skip
        write_whole(svg, styled(drawn))
    return {
        "cases": n,
        "conditions": len(clinic.knowledge.conditions),
        "findings": len(clinic.knowledge.findings),
        "processes": 1,
        "growth": found,
    }


def _seconds(clinic: Clinic, n: int, seed: int) -> float:
    """Of drawing and consulting n patients."""
    many, crowds = Many(clinic), Crowds(clinic.knowledge)
    started = time.process_time()
    consultations(many, crowds.draw(0, n, seed))
    return time.process_time() - started
