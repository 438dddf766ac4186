"""How soon somebody should be seen depends on who they are."""

from __future__ import annotations

import numpy as np
import pytest

from suwen.app.assess import assess
from suwen.consult.clinic import Clinic
from suwen.core.case import TRIAGE_LEVELS, Case, Finding, Person


def level(clinic: Clinic, condition: str, age: float | None, *who: str) -> str:
    case = Case(person=Person(age_years=age), findings={w: Finding(w, "present") for w in who})
    return TRIAGE_LEVELS[clinic.triager.levels(case)[clinic.knowledge.condition[condition].index]]


@pytest.mark.parametrize(
    ("age", "who", "expected"),
    [
        (26, (), "self_care"),
        (None, (), "self_care"),
        (3, (), "soon"),
        (0.3, (), "urgent"),
        (80, (), "soon"),
        (26, ("copd_history",), "soon"),
        (26, ("pregnant",), "urgent"),
        (26, ("pregnant_second_half",), "urgent"),
        (80, ("bedridden_elderly_frail",), "urgent"),
    ],
)
def test_influenza_waits_in_the_healthy_alone(
    clinic: Clinic, age: float | None, who: tuple[str, ...], expected: str
) -> None:
    assert level(clinic, "influenza", age, *who) == expected


def test_nobody_is_seen_later_for_who_they_are(clinic: Clinic) -> None:
    usual = clinic.triager.usual
    for age in (0.02, 0.2, 1.0, 10.0, 40.0, 90.0):
        assert (clinic.triager.levels(Case(person=Person(age_years=age))) <= usual).all()
    named = [i for c in clinic.knowledge.conditions for _, items in c.sooner for i in items]
    everything = {i: Finding(i, "present") for i in named if i in clinic.knowledge.finding}
    levels = clinic.triager.levels(Case(findings=everything))
    assert (levels <= usual).all()
    assert (levels < usual).sum() > 100


def test_the_same_words_are_more_urgent_in_the_frail(clinic: Clinic) -> None:
    row = {"text": "昨天开始发烧38度5，全身酸痛，咳嗽，头痛，同事得了流感", "sex": "female"}
    young = assess({**row, "age": 25}, clinic)["triage"]
    old = assess({**row, "age": 82, "text": row["text"] + "，有慢阻肺"}, clinic)["triage"]
    assert TRIAGE_LEVELS.index(old) < TRIAGE_LEVELS.index(young)


def test_arrays_of_people_have_the_levels_of_single_ones(clinic: Clinic) -> None:
    knowledge = clinic.knowledge
    ages = np.array([0.1, 4.0, 30.0, 30.0, 70.0])
    there = np.zeros((5, len(knowledge.findings)), dtype=bool)
    there[3, [knowledge.finding[n].index for n in ("pregnant_second_half", "pregnant")]] = True
    of = np.full(5, knowledge.condition["influenza"].index)
    found = [TRIAGE_LEVELS[i] for i in clinic.triager.levels_of(of, ages, there)]
    assert found == ["urgent", "soon", "self_care", "urgent", "soon"]
