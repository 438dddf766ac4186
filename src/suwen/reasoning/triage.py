"""How soon somebody should be seen: the level with the least expected harm under the differential.

Sending someone too late costs more than too early, and more with every level between. Alarms set a floor
that nothing lowers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suwen.core.case import TRIAGE_LEVELS, Case, more_urgent
from suwen.knowledge import Knowledge
from suwen.reasoning.differential import Differential

UNCLEAR = 0.2
"""With no condition this likely nobody is told to wait longer than `soon`: when in doubt, earlier. Source: estimate."""


@dataclass(frozen=True, slots=True)
class TriageLoss:
    """Cost by levels too late (1..4) and too early (1..4); source: estimate, measured on published vignettes."""

    late: tuple[float, float, float, float] = (2.0, 5.0, 10.0, 14.0)
    early: tuple[float, float, float, float] = (1.0, 2.0, 3.0, 4.0)
    other: str = "routine"

    def matrix(self) -> NDArray[np.float64]:
        """(chosen, true): the cost of choosing a level when another is right."""
        table = np.zeros((5, 5))
        for chosen in range(5):
            for true in range(5):
                steps = chosen - true
                table[chosen, true] = (
                    self.late[steps - 1] if steps > 0 else self.early[-steps - 1] if steps < 0 else 0
                )
        return table


class Triager:
    def __init__(self, knowledge: Knowledge, loss: TriageLoss | None = None) -> None:
        self.loss = loss or TriageLoss()
        levels = [TRIAGE_LEVELS.index(c.triage) for c in knowledge.conditions]
        self.level = np.array([*levels, TRIAGE_LEVELS.index(self.loss.other)])
        self.cost = self.loss.matrix()

    def shares(self, p: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of each level being right, (5,), most urgent first, under P(d) (D+1,)."""
        return np.bincount(self.level, weights=p, minlength=5).astype(np.float64)

    def level_of(self, case: Case, differential: Differential) -> str:
        """The level for this case; never less urgent than any alarm that was raised.

        Words that nothing knew can make it more urgent, and less so only where their meaning is clear: unknown is never safe.
        """
        chosen = self._chosen(differential.p)
        if case.guesses:
            chosen = more_urgent(chosen, self._chosen(differential.of_what_is_clear()))
        return more_urgent(chosen, case.floor) if case.floor else chosen

    def _chosen(self, p: NDArray[np.float64]) -> str:
        chosen = TRIAGE_LEVELS[int(np.argmin(self.cost @ self.shares(p)))]
        return more_urgent(chosen, "soon") if float(p[:-1].max(initial=0.0)) < UNCLEAR else chosen
