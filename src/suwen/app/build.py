"""The only place that picks concrete parts: knowledge, clinic, store, application."""

from __future__ import annotations

from pathlib import Path

from suwen.consult.clinic import BUDGET, Clinic, clinic_of
from suwen.knowledge import load


def build_clinic(knowledge_folder: Path | None = None, *, budget: int = BUDGET) -> Clinic:
    """A clinic over the built-in knowledge and, where there is one, a hospital's own folder."""
    return clinic_of(load(knowledge_folder), budget=budget)
