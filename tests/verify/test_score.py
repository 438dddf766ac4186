"""Scores against values worked out by hand."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest

from suwen.verify.grade import Grade
from suwen.verify.score import (
    Graded,
    item_reward,
    item_score,
    length_adjusted,
    score,
    worst_at_k,
)
from suwen.verify.stats import figure


def g(weight: int, met: bool | None, *, axis: str = "accuracy", by: str = "rule") -> Grade:
    return Grade("i", f"c{weight}", weight, axis, "context_seeking", met, by, "")  # type: ignore[arg-type]


def row(
    item: str, *grades: Grade, theme: str = "context_seeking", characters: int = 2000, lang: str = "en"
) -> Graded:
    return Graded(item, theme, lang, characters, grades)


@pytest.mark.parametrize(
    ("grades", "value"),
    [
        ([g(10, True), g(5, False)], 10 / 15),
        ([g(10, True), g(5, True), g(-6, True)], (15 - 6) / 15),  # harm done is taken off
        ([g(10, True), g(-6, False)], 1.0),  # harm not done is no merit
        ([g(3, False), g(-9, True)], -9 / 3),  # an item may fall below zero
        ([g(10, True), g(5, None)], 1.0),  # not graded: in neither sum
        ([g(10, None), g(-5, False)], None),  # no graded positive points
        ([g(-5, True)], None),
        ([], None),
    ],
)
def test_an_items_score_is_points_met_by_points_possible(grades: list[Grade], value: float | None) -> None:
    assert item_score(grades) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("grades", "value"),
    [
        ([g(10, True), g(5, False), g(-5, False)], (10 + 5) / 20),
        ([g(10, True), g(-5, False)], 1.0),
        ([g(10, False), g(-5, True)], 0.0),
        ([g(-5, False)], 1.0),  # (0 + 5) / 5
        ([g(10, True), g(10, None)], 1.0),
        ([g(10, None)], None),
    ],
)
def test_the_reward_lies_between_all_harm_and_all_good(grades: list[Grade], value: float | None) -> None:
    assert item_reward(grades) == (None if value is None else pytest.approx(value))


def test_the_mean_is_taken_first_and_clipped_after() -> None:
    # Items 1.0 and -2.0: the mean is -0.5 and the score 0. Clipping the items first would give 0.5.
    rows = [row("a", g(10, True)), row("b", g(5, False), g(-10, True))]
    found = score(rows).overall
    assert (found.value, found.low, found.n) == (0.0, 0.0, 2)
    # Items 1.0, 1.0 and -0.8: 1.2 / 3 = 0.4. Clipping first would give 2/3.
    rows = [row("a", g(10, True)), row("b", g(10, True)), row("c", g(5, False), g(-4, True))]
    assert score(rows).overall.value == pytest.approx(0.4)


def test_an_item_without_a_score_is_left_out_and_counted() -> None:
    found = score([row("a", g(10, True), g(4, None)), row("b", g(10, None))])
    assert (found.overall.value, found.overall.n, found.overall.left) == (1.0, 1, 1)
    assert (found.graded.hits, found.graded.n) == (1, 3)


def test_themes_take_whole_items_and_axes_their_criteria() -> None:
    rows = [
        row("a", g(10, True, axis="accuracy"), g(10, False, axis="completeness"), theme="medication"),
        row("b", g(5, False, axis="accuracy"), g(-5, True, axis="completeness"), theme="children"),
    ]
    found = score(rows)
    assert {k: v.value for k, v in found.themes.items()} == {"medication": 0.5, "children": 0.0}
    assert found.axes["accuracy"].value == pytest.approx((1 + 0) / 2)
    assert (found.axes["completeness"].value, found.axes["completeness"].n) == (0.0, 1), (
        "b has no positive points there"
    )


def test_the_interval_is_of_a_thousand_seeded_resamples() -> None:
    values = [0.0] * 50 + [1.0] * 50
    found, again, other = figure(values, seed=3), figure(values, seed=3), figure(values, seed=4)
    assert found == again
    assert found != other
    # The standard deviation of such a mean is 0.5 / sqrt(100) = 0.05, and the interval about 0.5 ± 1.96 · 0.05.
    assert found.std == pytest.approx(0.05, abs=0.006)
    assert (found.low, found.high) == (pytest.approx(0.402, abs=0.02), pytest.approx(0.598, abs=0.02))


def test_without_values_there_is_no_figure() -> None:
    found = figure([None, None])
    assert math.isnan(found.value)
    assert (found.n, found.left) == (0, 2)
    assert found.to_json()["value"] is None


@pytest.mark.parametrize(
    ("samples", "k", "value"),
    [
        ([0.9, 0.2, 0.5], 1, 1.6 / 3),
        ([0.9, 0.2, 0.5], 2, (0.2 + 0.2 + 0.5) / 3),  # the pairs {.2 .5} {.2 .9} {.5 .9}
        ([0.9, 0.2, 0.5], 3, 0.2),
        ([-1.0, 1.0], 2, -1.0),
    ],
)
def test_the_worst_of_k_is_exact(samples: list[float], k: int, value: float) -> None:
    assert worst_at_k(samples, k) == pytest.approx(value)


def test_the_worst_of_k_is_the_mean_over_all_draws() -> None:
    samples = np.random.default_rng(1).normal(size=9).tolist()
    for k in range(1, 10):
        draws = [min(d) for d in itertools.combinations(samples, k)]
        assert worst_at_k(samples, k) == pytest.approx(sum(draws) / len(draws))
    with pytest.raises(ValueError, match="between 1 and 9"):
        worst_at_k(samples, 10)


def test_replies_to_one_item_are_averaged_before_items_are() -> None:
    rows = [row("a", g(10, True)), row("a", g(10, False)), row("b", g(10, True)), row("b", g(10, True))]
    found = score(rows)
    assert (found.overall.value, found.overall.n) == (0.75, 2)


@pytest.mark.parametrize(
    ("characters", "lang", "value"),
    [(2000, "en", 0.6), (2500, "en", 0.6 - 0.0147), (1000, "en", 0.6 + 2 * 0.0147), (600, "zh", 0.6), (750, "zh", 0.6 - 0.0147)],
)  # fmt: skip
def test_length_is_paid_for_by_the_step(characters: int, lang: str, value: float) -> None:
    assert length_adjusted(0.6, characters, lang) == pytest.approx(value)


def test_a_long_reply_loses_points_in_the_adjusted_score_only() -> None:
    rows = [row("a", g(10, True), g(10, False), characters=4500)]
    assert score(rows).overall.value == 0.5
    assert score(rows).length_adjusted.value == pytest.approx(0.5 - 5 * 0.0147)


def test_what_a_judge_decided_is_counted() -> None:
    found = score([row("a", g(10, True), g(5, True, by="judge"), g(5, None, by="none"))])
    assert (found.judged.hits, found.judged.n) == (1, 2)
    assert json.loads(json.dumps(found.to_json()))["overall"]["value"] == 1.0
