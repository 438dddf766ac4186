"""What a patient says, with the facts it gave away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of a patient.

    disclosed: ids of the script's facts that the words tell (present ones, and absent ones that were denied). denied:
    ids of findings that were asked about and denied without a fact of the script behind it ("no" to what the script
    does not mention). unsure: findings asked about and answered with "I do not know". moves: what else the words do.
    ended: the visit is over and nothing more will be said.
    """

    text: str
    disclosed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()
    ended: bool = False


Move = Literal[
    "greet", "volunteer", "answer", "misunderstand", "forget", "exaggerate", "interrupt", "ask_back", "object_cost", "object_distance", "refuse",
    "thank", "worry",
]  # fmt: skip


class Patient(Protocol):
    """Somebody who can be talked with, in words only: no structured question reaches a patient."""

    def open(self, greeting: str) -> Utterance:
        """The first words, after the doctor's greeting."""
        ...

    def hear(self, said: str) -> Utterance:
        """What the person answers to what the doctor said; `ended` once the visit is over for them."""
        ...
