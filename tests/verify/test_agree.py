"""A judge against people, on values worked out by hand."""

from __future__ import annotations

import json
import math

import pytest

from suwen.core.errors import InputError
from suwen.verify.agree import Agreement, Label, agreement, agreement_of, asked_of, read_labels, withheld


def labels(*cells: tuple[int, int, bool, bool | None]) -> list[Label]:
    """(how many, weight, human, judge) each."""
    return [
        Label(item=f"{weight}{human}{judge}{i}", criterion="does so", weight=weight, human=human, judge=judge)
        for n, weight, human, judge in cells
        for i in range(n)
    ]


# Of 100: both met 40, judge alone 10, person alone 20, neither 30.
MIXED = labels((40, 5, True, True), (10, 5, False, True), (20, -5, True, False), (30, -5, False, False))


def test_macro_f1_is_the_mean_of_both_verdicts() -> None:
    found = agreement(MIXED)
    # F1 of met 80/(50+60) = 0.7273, of not met 60/(50+40) = 0.6667.
    assert (found.f1_met, found.f1_unmet) == (pytest.approx(80 / 110), pytest.approx(60 / 90))
    assert found.macro_f1 == pytest.approx((80 / 110 + 60 / 90) / 2)
    assert found.interval[0] < found.macro_f1 < found.interval[1]
    assert found.interval == agreement(MIXED).interval


def test_kappa_takes_chance_off() -> None:
    # Same 0.70; by chance 0.5·0.6 + 0.5·0.4 = 0.5; (0.7 − 0.5) / 0.5.
    assert agreement(MIXED).kappa == pytest.approx(0.4)


def test_leniency_is_told_for_each_polarity() -> None:
    found = agreement(MIXED)
    assert found.positive.value == pytest.approx(50 / 50 - 40 / 50), "met 20 points too often: lenient"
    assert found.negative.value == pytest.approx(0 / 50 - 20 / 50), "saw 40 points too few harms: lenient"


def test_what_the_judge_did_not_answer_is_told_and_in_no_figure() -> None:
    found = agreement([*MIXED, *labels((25, 5, True, None))])
    assert (found.not_parsed.hits, found.not_parsed.n, found.n) == (25, 125, 100)
    assert found.macro_f1 == agreement(MIXED).macro_f1


def test_a_judge_that_always_says_yes_is_found_out() -> None:
    found = agreement(labels((90, 5, True, True), (10, 5, False, True)))
    # F1 of met 180/190, of not met 0: 90 % agree, and the macro-F1 is 0.47.
    assert found.macro_f1 == pytest.approx(90 / 190)
    assert found.kappa == pytest.approx(0.0)
    assert not found.headline_allowed


def test_labels_of_one_kind_alone_calibrate_nobody() -> None:
    found = agreement(labels((50, 5, True, True)))
    assert math.isnan(found.macro_f1)
    assert not found.headline_allowed
    assert found.to_json()["macro_f1"] is None
    assert math.isnan(agreement(labels((5, 5, True, None))).macro_f1)
    assert json.dumps(agreement(labels((5, 5, True, None))).to_json(), allow_nan=False)


GOOD = agreement(labels((45, 5, True, True), (5, 5, False, True), (5, 5, True, False), (45, 5, False, False)), judge="m", prompts="1")  # fmt: skip


def test_the_score_of_an_agreeing_judge_may_be_a_headline() -> None:
    assert GOOD.macro_f1 == pytest.approx(0.9)
    assert withheld(GOOD, judge="m", prompts="1") == ""


def test_an_agreement_is_read_from_the_file_it_was_printed_to() -> None:
    for one in (GOOD, agreement(MIXED, judge="j"), agreement(labels((5, 5, True, None)))):
        again = agreement_of(json.dumps(one.to_json()))
        assert again.to_json() == one.to_json()
        assert again.headline_allowed == one.headline_allowed
    with pytest.raises(InputError, match="run it again"):
        agreement_of("{}")


@pytest.mark.parametrize(
    ("found", "judge", "prompts", "why"),
    [
        (None, "m", "1", "run `suwen verify calibrate --json`"),
        (agreement(MIXED[:60], judge="m", prompts="1"), "m", "1", "below 0.70; take another judge"),
        (agreement(labels((9, 5, True, True)), judge="m", prompts="1"), "m", "1", "not defined"),
        (GOOD, "another", "1", "the agreement is of judge 'm'"),
        (GOOD, "m", "2", "the agreement is of judge 'm' with prompts '1'"),
    ],
)
def test_a_score_without_calibration_is_withheld(
    found: Agreement | None, judge: str, prompts: str, why: str
) -> None:
    said = withheld(found, judge=judge, prompts=prompts)
    assert said.startswith("uncalibrated: ")
    assert why in said


def test_the_limit_is_seventy_hundredths() -> None:
    at = agreement(
        labels((35, 5, True, True), (15, 5, False, True), (15, 5, True, False), (35, 5, False, False))
    )
    assert at.macro_f1 == pytest.approx(0.70)
    assert at.headline_allowed


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: not valid JSON"),
        ('{"item": "a"}', "line 2: criterion: Field required"),
        ('{"item": "a", "criterion": "x", "weight": 0, "human": true}', "line 2: a weight of 0"),
        ('{"item": "a", "criterion": "x", "weight": 1, "human": "yes"}', "line 2: human: "),
        ('{"item": "a", "criterion": "x", "weight": 1, "human": true, "judge": 1}', "line 2: judge: "),
    ],
)
def test_a_wrong_label_is_named(line: str, says: str) -> None:
    good = '{"item": "a", "criterion": "x", "weight": 1, "human": true, "judge": null, "who": "dr. w"}'
    with pytest.raises(InputError, match=says):
        read_labels([good, line])
    assert read_labels([good, "", "\n"])[0].judge is None


def test_without_labels_the_form_is_shown() -> None:
    with pytest.raises(InputError, match='"human": true'):
        read_labels([])


def test_a_judge_can_be_asked_only_with_the_words() -> None:
    plain = labels((1, -5, True, None))[0]
    with pytest.raises(InputError, match="no `conversation` and `reply`"):
        asked_of(plain)
    full = plain.model_validate(
        {**plain.model_dump(), "conversation": [{"role": "patient", "text": "疼"}], "reply": "忍着"}
    )
    assert (asked_of(full).negative, asked_of(full).dialogue) == (True, (("patient", "疼"),))
