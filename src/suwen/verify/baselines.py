"""Other ways to choose questions, to know what ours is worth: at random, always the same list, information alone.

They differ in the choice only: who may be asked what, the reading of the answers, the budget and the answer are the same.
Each is there twice, like ours: for `respond` as an Inquiry, and for thousands as a Wave.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from suwen.consult.clinic import Clinic
from suwen.consult.many import Bools, Floats, Ints, Many, binary_entropy
from suwen.consult.wave import Openings, Wave
from suwen.core.case import Case
from suwen.knowledge import Knowledge
from suwen.reasoning.differential import Differential, Reasoner
from suwen.reasoning.inquiry import Candidate, Inquiry, Policy

OURS = "ours"


def _told_by(knowledge: Knowledge, table: Floats, row_entropy: Floats) -> Floats:
    """What each question tells about anybody: the expected information in nats before anything is known, above 0.

    table: (D+1, n) P(yes | condition); row_entropy: the entropy of its cells.
    """
    prior = knowledge.prior.mean(axis=(1, 2, 3))
    prior = prior / prior.sum()
    return np.asarray(np.maximum(binary_entropy(prior @ table) - prior @ row_entropy, 0) + 1e-9)


# -- one by one -------------------------------------------------------------------------------------------


class Listed(Inquiry):
    """Asks by a worth of every question that does not depend on the differential, until the budget is used up."""

    ends_early = False

    def worth(self, case: Case, columns: Ints) -> Floats:
        """Of each of these findings, above 0; the greatest comes next."""
        raise NotImplementedError

    def candidates(
        self, case: Case, differential: Differential, *, topic: str | None = None
    ) -> list[Candidate]:
        """The one that comes next; what it would tell is not worked out (nan)."""
        columns = self.open_findings(case)
        columns = columns[self.columns.weight[columns] > 0]
        if not len(columns):
            return []
        worth = self.worth(case, columns)
        best = int(worth.argmax())
        return [Candidate(self.knowledge.findings[columns[best]], float(worth[best]), math.nan, math.nan)]


class ListedAtRandom(Listed):
    """Any question that may be asked, each as likely; the same after the same conversation."""

    def worth(self, case: Case, columns: Ints) -> Floats:
        known = "\n".join((*case.texts, *case.findings, *case.asked))
        return np.random.default_rng([*known.encode()]).random(len(columns)) + 1e-9


class ListedForAll(Listed):
    """The questions that tell most about anybody, in the same order for all: a questionnaire."""

    @cached_property
    def _worth(self) -> NDArray[np.float64]:
        """(2, F): as a question of its own, and once what it makes more special is there."""
        knowledge = self.knowledge
        alone = knowledge.likelihood.astype(np.float64)
        refined = knowledge.ratio(np.arange(len(knowledge.findings)))
        return np.stack([_told_by(knowledge, table, binary_entropy(table)) for table in (alone, refined)])

    def worth(self, case: Case, columns: Ints) -> Floats:
        return np.asarray(self._worth[self.refined(case, columns).astype(int), columns])


INQUIRIES: dict[str, Callable[[Reasoner], Inquiry]] = {
    OURS: Inquiry,
    "information": lambda reasoner: Inquiry(reasoner, Policy(harm=0.0)),
    "fixed": ListedForAll,
    "random": ListedAtRandom,
}


def asking_by(policy: str, clinic: Clinic, *, budget: int) -> Clinic:
    """The same clinic with another choice of questions, one of INQUIRIES, and at most `budget` of them."""
    inquiry = clinic.inquiry if policy == OURS else INQUIRIES[policy](clinic.reasoner)
    return replace(clinic, inquiry=inquiry, budget=budget)


# -- as arrays --------------------------------------------------------------------------------------------


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
        worth = _told_by(many.knowledge, many.table, many.row_entropy)
        return np.broadcast_to(worth, (len(rows), len(worth)))


POLICIES: dict[str, type[Wave]] = {OURS: Wave, "information": Wave, "fixed": FixedList, "random": AtRandom}
"""`information` is ours under a clinic whose policy has no harm."""
ON_GPU = ("ours", "information")
