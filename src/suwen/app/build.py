"""The only place that picks concrete parts: knowledge, clinic, store, application."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from suwen.consult.clinic import BUDGET, Clinic, clinic_of
from suwen.knowledge import load
from suwen.knowledge.drugs import load_formulary
from suwen.knowledge.rare import load_rare
from suwen.safety.medication import Pharmacist


def build_clinic(knowledge_folder: Path | None = None, *, budget: int = BUDGET) -> Clinic:
    """A clinic over the built-in knowledge and, where there is one, a hospital's own folder."""
    with uncollected():
        return clinic_of(
            load(knowledge_folder),
            budget=budget,
            pharmacist=cache(lambda: build_pharmacist(knowledge_folder, lean=True)),
            rare=cache(lambda: load_rare(knowledge_folder)),
        )


def build_pharmacist(knowledge_folder: Path | None = None, *, lean: bool = False) -> Pharmacist:
    """A pharmacist over the built-in medicines and a hospital's own formulary and rules; `lean` spares memory."""
    with uncollected():
        return Pharmacist(load_formulary(knowledge_folder, lean=lean))


@contextmanager
def uncollected() -> Iterator[None]:
    """For building what stays: the collector would walk through it again and again while it grows."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
