"""Who the simulated person is beside their illness: manner, words, means, and who speaks for them."""

from __future__ import annotations

from typing import Any

from suwen.patients.dice import Dice
from suwen.patients.script import CHILD_SPEAKS_FROM, Psychology, Social, personas

SPEECH_ZH = (("plain", 0.7), ("dialect", 0.2), ("mixed", 0.1))
ACCESS = (("city", 0.5), ("county", 0.3), ("village", 0.2))
P_TIGHT = 0.3
P_MOTHER = 0.7
"""Of children who come with a parent. Source of all of these: estimate."""
WORRY = {"anxious": (0.65, 0.95), "stoic": (0.05, 0.3), "plain": (0.2, 0.5), "terse": (0.15, 0.45), "talkative": (0.3, 0.6),
         "distrustful": (0.35, 0.7)}  # fmt: skip


class Cast:
    """Hands out the possible persona cells evenly: of every 4 scripts in a row one interrupts (25 %), and within a
    manner every cell comes as often as any other. The order depends on the seed."""

    def __init__(self, seed: object) -> None:
        dice = Dice("cast", seed)
        self._cells: dict[str, list[tuple[str, str, str, str]]] = {}
        for cell in personas():
            self._cells.setdefault(cell[0], []).append(cell)
        for cells in self._cells.values():
            order = dice.row(len(cells)).argsort()
            cells[:] = [cells[i] for i in order]

    def cell(self, i: int) -> tuple[str, str, str, str]:
        """(manner, personality, education, recall) of script i."""
        round_, place = divmod(i, 4)
        if place == 3:
            cells = self._cells["interrupting"]
            return cells[round_ % len(cells)]
        cells = self._cells["passive"]
        return cells[(3 * round_ + place) % len(cells)]


def persona_of(
    cell: tuple[str, str, str, str], age_years: float, sex: str, lang: str, dice: Dice, *, hides: bool
) -> tuple[Psychology, Social]:
    """A possible person of this cell; a young one of the cell with a higher education has a parent speak."""
    manner, personality, education, recall = cell
    speaker = _speaker(age_years, education, dice)
    speech = "plain"
    if lang == "zh":
        speech = SPEECH_ZH[dice.index([w for _, w in SPEECH_ZH])][0]
        if speech == "mixed" and (education == "low" or age_years > 65):
            speech = "dialect"
    psychology: Any = {
        "manner": manner, "personality": personality, "recall": recall,
        "worry": round(dice.between(*WORRY[personality]), 2), "honest": not (hides and dice.chance(0.5)),
    }  # fmt: skip
    social: Any = {
        "age_years": age_years, "sex": sex, "education": education, "speech": speech, "speaker": speaker,
        "means": "tight" if dice.chance(P_TIGHT) else "enough", "access": ACCESS[dice.index([w for _, w in ACCESS])][0],
    }  # fmt: skip
    return Psychology(**psychology), Social(**social)


def _speaker(age_years: float, education: str, dice: Dice) -> str:
    parent = "mother" if dice.chance(P_MOTHER) else "father"
    if age_years < CHILD_SPEAKS_FROM:
        return parent
    if age_years < 18:
        alone = 0.1 if age_years < 13 else 0.5
        return "self" if education != "high" and dice.chance(alone) else parent
    draw = dice.between(0, 1)
    if age_years >= 70:
        return "child" if draw < 0.3 else "spouse" if draw < 0.4 else "self"
    return "spouse" if age_years >= 20 and draw < 0.04 else "self"
