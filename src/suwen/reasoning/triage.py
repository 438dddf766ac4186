"""How soon somebody should be seen: the level with the least expected harm under the differential.

Sending someone too late costs more than too early, and more with every level between. What is harmless in
most is more urgent in some: a condition's level is that for who the patient is. Alarms set a floor that nothing lowers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from suwen.core.case import TRIAGE_LEVELS, Case, more_urgent
from suwen.knowledge import Knowledge
from suwen.knowledge.literals import Literal, literal
from suwen.reasoning.differential import Differential

UNCLEAR = 0.2
"""With no condition this likely nobody is told to wait longer than `soon`: when in doubt, earlier. Source: estimate."""
KEPT_PEOPLE = 256

Levels = NDArray[np.int64]


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


@dataclass(frozen=True, slots=True)
class Sooner:
    """People, by one finding or age, for whom conditions (k,) have a more urgent level (k,)."""

    who: Literal
    conditions: Levels
    level: Levels

    def is_met(self, age_years: float | None, findings: frozenset[str]) -> bool:
        """Whether somebody of this age with these findings is one of them; an age that is not known is none."""
        kind, value = self.who
        if kind == "age":
            compare, limit = value
            return age_years is not None and compare(age_years, limit)
        return value in findings


class Triager:
    def __init__(self, knowledge: Knowledge, loss: TriageLoss | None = None) -> None:
        self.loss = loss or TriageLoss()
        usual = [TRIAGE_LEVELS.index(c.triage) for c in knowledge.conditions]
        self.usual: Levels = np.array([*usual, TRIAGE_LEVELS.index(self.loss.other)])
        """(D+1,) the level of each condition in somebody of no special risk, 0 emergency .. 4 self-care."""
        self.cost = self.loss.matrix()
        self.sooner = _sooner(knowledge)
        named = {value for kind, value in (one.who for one in self.sooner) if kind == "present"}
        self._column = {name: knowledge.finding[name].index for name in named}
        self._tells = {
            name: who
            for name, above in knowledge.ancestors.items()
            if (who := frozenset(n for n in (name, *above) if n in named))
        }
        self._levels = lru_cache(KEPT_PEOPLE)(self._levels_of)

    def levels(self, case: Case) -> Levels:
        """(D+1,) the level of each condition in this patient; shared, not to be written to."""
        who = [self._tells[name] for name in case.present if name in self._tells]
        return self._levels(case.person.age_years, frozenset().union(*who))

    def levels_of(
        self, conditions: Levels, age_years: NDArray[np.float64], there: NDArray[np.bool_]
    ) -> Levels:
        """(n,) the level of one condition each in n people of these ages who have the findings `there` (n, F)."""
        levels = self.usual[conditions]
        for one in self.sooner:
            of = np.full(len(self.usual), len(TRIAGE_LEVELS))
            of[one.conditions] = one.level
            kind, value = one.who
            met = value[0](age_years, value[1]) if kind == "age" else there[:, self._column[value]]
            levels = np.where(met, np.minimum(levels, of[conditions]), levels)
        return levels

    def _levels_of(self, age_years: float | None, who: frozenset[str]) -> Levels:
        levels = self.usual.copy()
        for one in self.sooner:
            if one.is_met(age_years, who):
                levels[one.conditions] = np.minimum(levels[one.conditions], one.level)
        return levels

    def shares(self, p: NDArray[np.float64], levels: Levels) -> NDArray[np.float64]:
        """Probability of each level being right, (5,), most urgent first, under P(d) (D+1,) and the levels (D+1,)."""
        return np.bincount(levels, weights=p, minlength=5).astype(np.float64)

    def level_of(self, case: Case, differential: Differential) -> str:
        """The level for this case; never less urgent than any alarm that was raised.

        Words that nothing knew can make it more urgent, and less so only where their meaning is clear: unknown is never safe.
        """
        levels = self.levels(case)
        chosen = self._chosen(differential.p, levels)
        if case.guesses:
            chosen = more_urgent(chosen, self._chosen(differential.of_what_is_clear(), levels))
        return more_urgent(chosen, case.floor) if case.floor else chosen

    def _chosen(self, p: NDArray[np.float64], levels: Levels) -> str:
        chosen = TRIAGE_LEVELS[int(np.argmin(self.cost @ self.shares(p, levels)))]
        return more_urgent(chosen, "soon") if float(p[:-1].max(initial=0.0)) < UNCLEAR else chosen


def _sooner(knowledge: Knowledge) -> tuple[Sooner, ...]:
    """Who is seen sooner, one entry for every finding and age that any condition names."""
    told: dict[str, dict[int, int]] = defaultdict(dict)
    for condition in knowledge.conditions:
        for level, items in condition.sooner:
            for item in items:
                at = TRIAGE_LEVELS.index(level)
                told[item][condition.index] = min(at, told[item].get(condition.index, at))
    return tuple(
        Sooner(literal(item), np.array([*levels]), np.array([*levels.values()]))
        for item, levels in told.items()
    )
