"""Calibration figures against values worked out by hand."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from suwen.verify.calibration import picture, reliability


def test_the_error_is_the_weighed_gap_of_the_bins() -> None:
    found = reliability([0.95, 0.95, 0.15, 0.15], [True, False, False, False])
    assert found.ece == pytest.approx(0.5 * 0.45 + 0.5 * 0.15)
    assert found.brier == pytest.approx((0.05**2 + 0.95**2 + 2 * 0.15**2) / 4)
    assert [(b.confidence, b.right.hits, b.right.n) for b in found.bins] == [(0.15, 0, 2), (0.95, 1, 2)]
    assert (found.confidence, found.accuracy.value) == (pytest.approx(0.55), 0.25)


def test_one_and_zero_have_a_bin() -> None:
    assert reliability([1.0, 0.0], [True, False]).ece == 0


def test_the_error_by_chance_shrinks_with_the_number_of_cases() -> None:
    p = np.linspace(0.05, 0.95, 40).tolist()
    few, many = reliability(p, [x > 0.5 for x in p]), reliability(p * 50, [x > 0.5 for x in p] * 50)
    assert many.chance < few.chance / 4
    assert few.interval[0] <= few.ece <= few.interval[1]


def test_every_probability_needs_an_answer() -> None:
    with pytest.raises(ValueError, match="2 probabilities for 1"):
        reliability([0.1, 0.2], [True])


def test_the_picture_is_one() -> None:
    svg = picture(reliability([0.3, 0.8, 0.9], [False, True, True]), "a <title> & more")
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == 3
