"""The parts that a consultation needs, held together and passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from suwen.knowledge import Knowledge
from suwen.knowledge.rare import RareTier
from suwen.language.understand import Ear
from suwen.reasoning.differential import Reasoner
from suwen.reasoning.inquiry import Inquiry
from suwen.reasoning.triage import Triager
from suwen.safety.medication import Pharmacist
from suwen.safety.redflags import Watch

BUDGET = 20
"""Questions in one consultation unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """Knowledge and the parts that use it; nothing here has a clock, chance, disk or network."""

    knowledge: Knowledge
    ear: Ear
    reasoner: Reasoner
    inquiry: Inquiry
    triager: Triager
    watch: Watch
    budget: int = BUDGET
    pharmacist: Callable[[], Pharmacist] | None = None
    """Gives the pharmacist when medicines are first spoken of; without one they are kept and not checked."""
    rare: Callable[[], RareTier | None] | None = None
    """Gives the tier of rare diseases when the differential first leaves much open."""


def clinic_of(
    knowledge: Knowledge,
    *,
    budget: int = BUDGET,
    pharmacist: Callable[[], Pharmacist] | None = None,
    rare: Callable[[], RareTier | None] | None = None,
) -> Clinic:
    """A clinic with the built-in parts."""
    reasoner = Reasoner(knowledge)
    return Clinic(
        knowledge,
        Ear(knowledge),
        reasoner,
        Inquiry(reasoner),
        Triager(knowledge),
        Watch(knowledge),
        budget,
        pharmacist,
        rare,
    )
