"""Gaps between groups against values worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from suwen.patients.script import Diagnosis, Fact, Medical, Psychology, Script, Social
from suwen.verify.gaps import gap_of, groups_of
from suwen.verify.summary import summary_of


def test_the_gap_is_best_less_worst_of_the_large_groups() -> None:
    rows = [("a", i < 32) for i in range(40)] + [("b", i < 20) for i in range(40)] + [("c", False)] * 3
    found = gap_of("sex", rows)
    assert found is not None
    assert found.gap == pytest.approx(0.8 - 0.5)
    assert (found.best, found.worst, found.small) == ("a", "b", ("c",))
    assert found.groups["c"].n == 3
    # Two shares of 40 differ with a standard deviation of sqrt(.8·.2/40 + .5·.5/40) = 0.101.
    assert found.interval == (pytest.approx(0.1, abs=0.05), pytest.approx(0.5, abs=0.05))
    # Were all alike at 0.65, |difference| would be 0.107·sqrt(2/π) = 0.085 on average.
    assert found.chance == pytest.approx(0.085, abs=0.015)


def test_the_best_group_of_a_harm_is_the_one_that_has_least_of_it() -> None:
    rows = [("a", i < 32) for i in range(40)] + [("b", i < 20) for i in range(40)]
    found, harm = gap_of("sex", rows), gap_of("sex", rows, lower=True)
    assert found is not None
    assert harm is not None
    assert (harm.best, harm.worst) == ("b", "a")
    assert (harm.gap, harm.interval, harm.chance) == (found.gap, found.interval, found.chance)


def test_a_report_tells_which_group_is_sent_less_urgently_than_it_should_be() -> None:
    def row(i: int, age: str, *, under: bool | None) -> dict[str, Any]:
        outcomes = {"top3": True, "triage_under": under}
        return {"set": "s", "id": f"{age}{i}", "groups": {"age": age}, "outcomes": outcomes, "error": ""}

    rows = [row(i, "0-17", under=i < 3) for i in range(40)] + [row(i, "65+", under=i < 12) for i in range(40)]
    one = summary_of({"seed": 1}, rows)["sets"]["s"]
    gaps = {g["figure"]: g for g in one["gaps"]}
    assert list(gaps) == ["top3", "triage_under"]
    assert (gaps["triage_under"]["best"], gaps["triage_under"]["worst"]) == ("0-17", "65+")
    assert gaps["triage_under"]["gap"] == pytest.approx(9 / 40)
    assert one["groups"]["age"]["65+"]["triage_under"]["value"] == 0.3
    ungraded = [row(i, age, under=None) for age in ("0-17", "65+") for i in range(40)]
    assert [g["figure"] for g in summary_of({"seed": 1}, ungraded)["sets"]["s"]["gaps"]] == ["top3"]


def test_one_large_group_has_no_gap() -> None:
    assert gap_of("sex", [("a", 1.0)] * 40 + [("b", 0.0)] * 29) is None
    assert gap_of("sex", []) is None


def test_what_is_not_graded_is_in_no_group() -> None:
    rows = [("a", 1.0)] * 30 + [("b", 0.0)] * 30 + [("b", None)] * 50
    found = gap_of("sex", rows)
    assert found is not None
    assert (found.gap, found.groups["b"].n) == (1.0, 30)
    assert gap_of("sex", rows) == found


def test_a_patient_is_in_one_group_of_each_kind() -> None:
    script = Script(
        id="x", origin="sampled", source="t", social=Social(age_years=65, sex="female", education="low"),
        psychology=Psychology(personality="anxious"),
        medical=Medical(facts=(Fact(id="c", kind="complaint", finding="cough"),), diagnoses=(Diagnosis(text="x"),)),
    )  # fmt: skip
    found = groups_of(script)
    assert (found["age"], found["sex"], found["education"]) == ("65+", "female", "low")
    assert found["persona"] == "passive-anxious-low-clear"
