"""Nearness in ICD-10 on codes looked up by hand in the WHO's list of 2019."""

from __future__ import annotations

import pytest

from suwen.verify.codes import accuracy, nearness


@pytest.mark.parametrize(
    ("said", "truth", "near"),
    [
        (["I21.0"], ["I21.0"], "code"),
        (["I21.0"], ["I21.9"], "category"),  # both acute myocardial infarction
        (["I20.0"], ["I21.9"], "block"),  # I20-I25 ischaemic heart diseases
        (["I48"], ["I21.9"], "chapter"),  # IX circulatory system
        (["J18.9"], ["I21.9"], "none"),
        (["K35"], ["K35.8"], "category"),  # the category is not the code
        (["C34.9"], ["C38.4"], "block"),  # innermost block C30-C39, not all neoplasms C00-C97
        (["C34.9"], ["C50.9"], "chapter"),
        (["Z99.9", "I21.0"], ["J18.9", "I21.4"], "category"),  # the nearest of several
        (["I21.900"], ["I21.9"], "code"),  # Chinese six-digit extension
        (["k35.8xx001"], ["K35.8"], "code"),
    ],
)
def test_the_nearest_level_counts(said: list[str], truth: list[str], near: str) -> None:
    assert nearness(said, truth) == near
    assert nearness(truth, said) == near


def test_without_a_known_code_there_is_no_verdict() -> None:
    assert nearness([], ["I21.9"]) is None
    assert nearness(["I21.9"], ["unknown", "U99999"]) is None
    assert nearness(["IX"], ["I21.9"]) is None, "a chapter is no code"


def test_what_is_right_at_a_level_is_right_at_every_wider_one() -> None:
    found = accuracy(["code", "category", "none", "chapter", None])
    assert [(found[level].hits, found[level].n) for level in ("code", "category", "block", "chapter")] == [
        (1, 4), (2, 4), (2, 4), (3, 4),
    ]  # fmt: skip
