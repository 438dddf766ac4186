"""How often the rules stood in for the model that a patient speaks by: a patient whom the rules speak for is no model patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from suwen.patients.stages import Memory

MOST = 0.5
"""Above this share of turns that the rules spoke, figures are not the model's. Source: estimate."""


@dataclass(frozen=True, slots=True)
class StandIns:
    """turns: that model patients had. spoken: those of them that the rules spoke, by why (`timeout`, `unreachable`, a fault of the
    model's words such as `invented`). failed: by stage, how often a model's answer did not come or could not be read."""

    turns: int = 0
    spoken: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)

    @property
    def by_rules(self) -> int:
        """Turns that the rules spoke."""
        return sum(self.spoken.values())

    @property
    def mostly_rules(self) -> bool:
        return self.by_rules > MOST * self.turns

    @property
    def reasons(self) -> str:
        """Why the rules spoke, most often first: `timeout 12, invented 3`."""
        return ", ".join(f"{why} {n}" for why, n in Counter(self.spoken).most_common())

    def told(self, name: str) -> str:
        """In a sentence, how much of it the model `name` said."""
        why = f" ({self.reasons})" if self.by_rules else ""
        text = f"patients are spoken by {name}; the rules stood in for it in {self.by_rules} of {self.turns} turns{why}"
        return f"{text}, so these are not figures of patients by this model" if self.mostly_rules else text

    def to_json(self) -> dict[str, Any]:
        return {
            "turns": self.turns,
            "by_rules": self.by_rules,
            "why": dict(sorted(self.spoken.items())),
            "failed": dict(sorted(self.failed.items())),
        }


def stand_ins_of(memories: Iterable[Memory]) -> StandIns:
    """Of encounters with model patients, from what those remember."""
    turns, spoken, failed = 0, Counter[str](), Counter[str]()
    for memory in memories:
        turns += len(memory.dialogue)
        spoken.update(memory.stood_in)
        failed.update(memory.fallbacks)
    return StandIns(turns, spoken, failed)


def summed(bodies: Iterable[Mapping[str, Any]]) -> StandIns:
    """Of what `to_json` made of several."""
    turns, spoken, failed = 0, Counter[str](), Counter[str]()
    for body in bodies:
        turns += body["turns"]
        spoken.update(body["why"])
        failed.update(body["failed"])
    return StandIns(turns, spoken, failed)
