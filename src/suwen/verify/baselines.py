"""Other ways to choose questions, to know what ours is worth: at random, always the same list, information alone.

They differ in the choice only: who may be asked what, the reading of the answers, the budget and the answer are the same.
"""

from __future__ import annotations

import numpy as np

from suwen.consult.many import Bools, Ints, Many, binary_entropy
from suwen.consult.wave import Openings, Wave


class Chosen(Wave):
    """Asks by a fixed worth of every question until the budget is used up."""

    def worth(self, rows: Ints) -> np.ndarray:
        """(m, A) above 0; the greatest of those that may be asked comes next."""
        raise NotImplementedError

    def _choose(self, rows: Ints) -> tuple[Ints, Bools]:
        many = self.many
        worth = self.worth(rows) * self.free(rows) * (many.weight > 0)
        best = worth.argmax(axis=1)
        return many.column[best], worth[np.arange(len(rows)), best] <= 0


class AtRandom(Chosen):
    """Any question that may be asked, each as likely; the same for the same patient and turn."""

    def __init__(self, many: Many, openings: Openings) -> None:
        super().__init__(many, openings)
        self.people = openings.number

    def worth(self, rows: Ints) -> np.ndarray:
        out = np.empty((len(rows), len(self.many.column)))
        for i, row in enumerate(rows.tolist()):
            out[i] = (
                np.random.default_rng([int(self.people[row]), int(self.asked[row])]).random(out.shape[1])
                + 1e-9
            )
        return out


class FixedList(Chosen):
    """The questions that tell most about anybody, in the same order for all: a questionnaire."""

    def worth(self, rows: Ints) -> np.ndarray:
        many = self.many
        prior = many.knowledge.prior.mean(axis=(1, 2, 3))
        prior = prior / prior.sum()
        gain = binary_entropy(prior @ many.table) - prior @ many.row_entropy
        return np.broadcast_to(np.maximum(gain, 0) + 1e-9, (len(rows), len(gain)))


POLICIES: dict[str, type[Wave]] = {"ours": Wave, "information": Wave, "fixed": FixedList, "random": AtRandom}
"""`information` is ours under a clinic whose policy has no harm."""
ON_GPU = ("ours", "information")
