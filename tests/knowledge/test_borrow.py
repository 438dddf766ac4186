"""What a condition does not mention it borrows from its neighbours, and nothing that it says is changed."""

from __future__ import annotations

import numpy as np

from suwen.knowledge import Knowledge
from suwen.knowledge.borrow import MOST, borrowed

ROOT = -1
BASE = np.array([0.05, 0.05, 0.05, 0.01, 0.01])
PARENT = np.array([ROOT, ROOT, ROOT, ROOT, 3], dtype=np.int32)


def table() -> tuple[np.ndarray, np.ndarray]:
    """Three conditions: the first two alike in findings 0 and 1; 2, 3 and its child 4 are mentioned by the second only."""
    likelihood = np.tile(BASE, (3, 1))
    likelihood[0, :2] = likelihood[1, :2] = 0.8
    likelihood[1, 2:] = [0.9, 0.4, 0.3]
    return likelihood, likelihood > BASE


def test_neighbours_lend_what_is_not_mentioned_and_strangers_do_not() -> None:
    likelihood, mentioned = table()
    out = borrowed(likelihood, BASE, PARENT, mentioned)
    assert (out[0, 2:] > 2 * BASE[2:]).all()
    assert (out[0, 2:] <= MOST).all()
    assert (out[0, 2:] < likelihood[1, 2:]).all()
    assert np.array_equal(out[2], BASE)


def test_nothing_mentioned_changes_and_nothing_falls() -> None:
    likelihood, mentioned = table()
    mentioned[0, 2] = True  # said to be as common as in anybody
    out = borrowed(likelihood, BASE, PARENT, mentioned)
    assert out[0, 2] == BASE[2]
    assert np.array_equal(out[mentioned], likelihood[mentioned])
    assert (out >= likelihood).all()


def test_a_child_stays_below_its_parent() -> None:
    likelihood, mentioned = table()
    likelihood[1, 3], likelihood[1, 4] = 0.05, 0.3
    mentioned[0, 3] = True
    out = borrowed(likelihood, BASE, PARENT, mentioned)
    assert out[0, 4] <= max(out[0, 3], BASE[4])


def test_in_the_knowledge_a_number_that_is_written_is_the_number_that_counts(knowledge: Knowledge) -> None:
    for condition in list(knowledge.conditions)[::40]:
        for name, number in condition.record["findings"].items():
            written = number[0] if isinstance(number, list) else number
            finding = knowledge.finding[name]
            if not knowledge.children.get(name) and written > finding.record["base"]:
                assert abs(knowledge.likelihood[condition.index, finding.index] - min(written, 0.99)) < 1e-6
