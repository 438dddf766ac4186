"""Figures over encounters against values counted by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from suwen.verify.conduct import Conduct
from suwen.verify.tally import tally, triage_safety

ONE = Conduct(
    critical=(2, 4), told=(3, 6), heard=(3, 3), misheard=(), late_alarms=None, repeated=(), truth_level="soon", level="soon",
    triage_off=0, unresolved=(), medicines_checked=True, rank=1, p_first=0.75, near="code", turns=8, tests=0, cost=0.0,
)  # fmt: skip
LATE = replace(ONE, truth_level="emergency", level="urgent", triage_off=1, late_alarms=("stroke",))
MISSED = replace(ONE, truth_level="emergency", level="soon", triage_off=2, late_alarms=())
EARLY = replace(ONE, truth_level="routine", level="soon", triage_off=-1)
UNKNOWN = replace(ONE, triage_off=None, level=None)


def test_triage_counts_too_late_and_too_early_apart() -> None:
    found = triage_safety([ONE, LATE, MISSED, EARLY, UNKNOWN])
    assert [(s.hits, s.n) for s in (found.right, found.under, found.over)] == [(1, 4), (2, 4), (1, 4)]
    assert (found.emergency_under.hits, found.emergency_under.n) == (2, 2)
    assert (found.emergency_missed.hits, found.emergency_missed.n) == (1, 2), "urgent is still today"


def test_elicitation_is_given_over_all_facts_and_over_encounters() -> None:
    found = tally(
        [replace(ONE, critical=(4, 4)), replace(ONE, critical=(0, 1)), replace(ONE, critical=(0, 0))]
    )
    assert found.elicitation.value == pytest.approx(4 / 5)
    assert found.elicitation_each.value == pytest.approx((1 + 0) / 2)
    assert found.elicitation_each.without == 1


def test_every_outcome_is_counted_where_it_is_known() -> None:
    rows = [ONE, LATE, replace(MISSED, repeated=("age",), cost=None, tests=2), replace(ONE, rank=0, near="block", turns=4),
            replace(ONE, rank=None, p_first=None, near=None, medicines_checked=None, unresolved=("x",), turns=4)]  # fmt: skip
    found = tally(rows)
    assert (found.n, found.turns.value, found.tests.value) == (5, 6.4, 0.4)
    assert (found.cost.value, found.cost.without) == (0.0, 1)
    assert [(s.hits, s.n) for s in (found.top1, found.alarm_in_time, found.repeated)] == [
        (3, 4),
        (1, 2),
        (1, 5),
    ]
    assert [(s.hits, s.n) for s in (found.medicines_checked, found.resolves)] == [(4, 4), (4, 5)]
    assert (found.codes["category"].hits, found.codes["block"].hits, found.codes["block"].n) == (3, 4, 4)
    assert found.calibration is not None
    assert (found.calibration.n, found.calibration.ece) == (4, pytest.approx(0.0)), (
        "three of four right at 0.75"
    )
    assert json.loads(json.dumps(found.to_json()))["triage"]["under"]["hits"] == 2


def test_no_encounters_give_figures_without_numbers() -> None:
    assert json.loads(json.dumps(tally([]).to_json(), allow_nan=False))["top1"]["value"] is None


def test_outcomes_have_the_names_that_reports_use() -> None:
    found = MISSED.outcomes()
    assert (found["emergency_missed"], found["triage_under"], found["alarm_in_time"]) == (True, True, True)
    assert LATE.outcomes()["emergency_missed"] is False
    assert ONE.outcomes()["emergency_missed"] is None
    assert (ONE.outcomes()["elicited"], ONE.outcomes()["chapter3"]) == (0.5, True)
