"""Critical questions: what is asked at once of everybody with a complaint, because the answer would change everything."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from suwen.core.case import Person
from suwen.knowledge import Knowledge
from suwen.knowledge.files import load_yaml

_PLACE = Path(__file__).parent / "critical.yaml"
MOST_CRITICAL = 3
"""Asked in one consultation, so that several complaints do not become a list. Source: estimate."""


@dataclass(frozen=True, slots=True)
class Critical:
    """Ask `ask` when one of `when` is there. age: (from, to) in years, sex: only of those known to be so."""

    when: tuple[str, ...]
    ask: str
    age: tuple[float, float] | None
    sex: str | None
    source: str

    def concerns(self, person: Person) -> bool:
        """Whether this person is known to be of the age and sex."""
        of_age = self.age is None or (
            person.age_years is not None and self.age[0] <= person.age_years <= self.age[1]
        )
        return of_age and self.sex in (None, person.sex)


@lru_cache(maxsize=1)
def _all() -> tuple[Critical, ...]:
    return tuple(
        Critical(tuple(row["when"]), ask, tuple(row["age"]) if "age" in row else None, row.get("sex"), str(row["source"]))
        for row in load_yaml(_PLACE.read_text(encoding="utf-8"))
        for ask in row["ask"]
    )  # fmt: skip


def critical_of(knowledge: Knowledge) -> tuple[Critical, ...]:
    """Those that this knowledge has the findings for, in the order in which they are asked."""
    known = knowledge.finding
    return tuple(c for c in _all() if c.ask in known and all(name in known for name in c.when))
