"""Simulated patients as arrays: the same whoever draws them, and like the knowledge they come from."""

from __future__ import annotations

import numpy as np
import pytest

from suwen.knowledge import Knowledge
from suwen.patients.crowd import BLOCK, Crowds, Noise


@pytest.fixture(scope="module")
def crowds(knowledge: Knowledge) -> Crowds:
    return Crowds(knowledge)


def test_a_patient_is_the_same_however_many_are_drawn(crowds: Crowds) -> None:
    all_at_once = crowds.draw(0, BLOCK + 40, 5)
    later = crowds.draw(BLOCK - 3, BLOCK + 2, 5)
    for name in ("condition", "age_years", "truth", "complaints", "duration", "month", "tells_age"):
        assert np.array_equal(getattr(all_at_once, name)[BLOCK - 3 : BLOCK + 2], getattr(later, name))


def test_another_seed_draws_other_patients(crowds: Crowds) -> None:
    assert (crowds.draw(0, 100, 1).condition != crowds.draw(0, 100, 2).condition).mean() > 0.5


def test_everybody_comes_with_a_complaint_that_is_there(crowds: Crowds, knowledge: Knowledge) -> None:
    crowd = crowds.draw(0, 600, 3)
    assert (crowd.complaints[:, 0] >= 0).all()
    for k in range(crowd.complaints.shape[1]):
        rows = np.flatnonzero(crowd.complaints[:, k] >= 0)
        assert crowd.truth[rows, crowd.complaints[rows, k]].all()


def test_a_special_finding_brings_the_general_one(crowds: Crowds, knowledge: Knowledge) -> None:
    truth = crowds.draw(0, 600, 3).truth
    for finding in knowledge.findings:
        for above in knowledge.ancestors[finding.id]:
            assert not (truth[:, finding.index] & ~truth[:, knowledge.finding[above].index]).any(), finding.id


def test_nobody_has_what_their_age_and_sex_rule_out(crowds: Crowds, knowledge: Knowledge) -> None:
    crowd = crowds.draw(0, 600, 3)
    for i in range(0, 600, 7):
        sex = "female" if crowd.is_female[i] else "male"
        for f in np.flatnonzero(crowd.truth[i]).tolist():
            assert knowledge.findings[f].allows(float(crowd.age_years[i]), sex)


def test_a_finding_is_as_common_as_the_knowledge_says(knowledge: Knowledge) -> None:
    crowds = Crowds(knowledge, even=True)
    crowd = crowds.draw(0, 20 * BLOCK, 9)
    fever = knowledge.finding["fever"].index
    expected = knowledge.likelihood[crowd.condition, fever].mean()
    assert crowd.truth[:, fever].mean() == pytest.approx(expected, abs=0.015)


def test_answers_are_the_truth_and_stay_the_same_when_asked_again(
    crowds: Crowds, knowledge: Knowledge
) -> None:
    crowd = crowds.draw(0, 200, 3)
    rows, fever = np.arange(200), np.full(200, knowledge.finding["fever"].index)
    assert np.array_equal(crowd.answers(rows, fever) == 1, crowd.truth[rows, fever])
    noisy = Crowds(knowledge, noise=Noise(unsure=0.2, wrong=0.1)).draw(0, 2000, 3)
    rows, fever = np.arange(2000), np.full(2000, knowledge.finding["fever"].index)
    said = noisy.answers(rows, fever)
    assert np.array_equal(said, noisy.answers(rows, fever))
    assert (said == -1).mean() == pytest.approx(0.2, abs=0.03)
    clear = said >= 0
    assert (said[clear] != noisy.truth[rows, fever][clear]).mean() == pytest.approx(0.1, abs=0.03)
