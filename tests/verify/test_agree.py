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


def test_what_the_judge_did_not_answer_counts_against_it() -> None:
    found = agreement([*MIXED, *labels((25, 5, True, None), (5, -5, False, None))])
    assert (found.not_parsed.hits, found.not_parsed.n, found.n) == (30, 130, 130)
    # As if it had said the opposite of people: both met 40, judge alone 15, person alone 45, neither 30.
    assert found.macro_f1 == pytest.approx((80 / 140 + 60 / 120) / 2)
    assert found.kappa == agreement(MIXED).kappa, "of what was answered"


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
    assert agreement(labels((5, 5, True, None))).macro_f1 == 0.0
    assert json.dumps(agreement(labels((5, 5, True, None))).to_json(), allow_nan=False)


def calibrated(*more: Label, right: int = 45, sign: int = -1) -> Agreement:
    """Of judge m: `right` of 50 verdicts of either kind are those of people, 60 of positive criteria and 40 of negative."""
    cells = ((right - 20, 5, True, True), (20, 5 * sign, True, True), (50 - right, 5, False, True),
             (50 - right, 5, True, False), (right - 20, 5, False, False), (20, 5 * sign, False, False))  # fmt: skip
    return agreement([*labels(*cells), *more], judge="m", prompts="1")


GOOD = calibrated()


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
        (calibrated(right=34), "m", "1", "macro-F1 with people is 0.68, below 0.70; take another judge"),
        (calibrated(sign=1), "m", "1", "the judge answered 0 labels of negative criteria, 20 are needed"),
        (
            agreement(MIXED[:60], judge="m", prompts="1"),
            "m",
            "1",
            "60 labels by people are too few, 100 are needed",
        ),
        (
            agreement(labels((60, 5, True, True), (40, -5, True, True)), judge="m", prompts="1"),
            "m",
            "1",
            "0 labels that people called not met",
        ),
        (
            agreement(
                labels((60, 5, False, False), (40, -5, False, False), (9, -5, True, True)),
                judge="m",
                prompts="1",
            ),
            "m",
            "1",
            "9 labels that people called met",
        ),
        (
            calibrated(*labels((40, 5, True, None))),
            "m",
            "1",
            "0.64, with 40 of 140 labels not answered and counted as wrong, below 0.70",
        ),
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
    at = calibrated(right=35)
    assert at.macro_f1 == pytest.approx(0.70)
    assert at.headline_allowed


def test_a_judge_that_answered_two_of_many_labels_is_no_judge() -> None:
    """Both of what it answered are right, and it answers nothing that is hard."""
    two = labels((1, 5, True, True), (1, -5, False, False))
    found = agreement([*two, *labels((60, 5, True, None), (60, -5, False, None))], judge="m", prompts="1")
    assert "120 of 122 labels not answered" in withheld(found, judge="m", prompts="1")


def test_labels_of_a_few_replies_say_little_however_many_they_are() -> None:
    def of(items: int) -> Agreement:
        """Replies of which three in four are judged rightly and one wrongly throughout."""
        rows = [
            Label(item=str(i), criterion=str(c), weight=5 - 10 * (c % 2), human=c < 10, judge=(c < 10) == bool(i % 4))
            for i in range(items) for c in range(20)
        ]  # fmt: skip
        return agreement(rows)

    assert of(8).macro_f1 == of(24).macro_f1 == of(80).macro_f1 == 0.75
    assert "the labels are of 8 items, 20 are needed" in of(8).fault
    assert "by its interval may be 0.5" in of(24).fault, "480 labels, and hardly better than chance"
    assert of(80).fault == ""


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
