"""Phrases that stand in a text but for adverbs, and with another word for the same thing."""

from __future__ import annotations

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.case import Case
from suwen.language.loose import Loose, alike
from suwen.language.tables import tables


@pytest.fixture(scope="module")
def loose() -> Loose:
    return Loose(tables()[0]["loose"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("嘴里老是烂", "嘴里又烂了"),
        ("屁眼有点痒", "肛门很瘙痒"),
        ("眼珠子好像往外鼓", "眼睛往外鼓"),
        ("血脂也高", "血脂偏高"),
    ],
)
def test_what_means_the_same_becomes_the_same(loose: Loose, one: str, other: str) -> None:
    assert loose.of(one).text == loose.of(other).text


def test_a_denial_a_stay_and_a_name_stay_as_they_are(loose: Loose) -> None:
    for text in ("不痛", "没烧", "睡不着", "着凉", "太阳穴", "婴儿", "就诊", "口吃得重"):
        assert loose.of(text).text.replace("重", "") in text


def test_each_character_is_found_again_in_the_text(loose: Loose) -> None:
    made = loose.of("他屁眼又老是瘙痒")
    assert made.text == "他肛门痒"
    assert made.span(1, 4) == (1, 8)
    assert made.span(2, 4) is None  # 门 alone is within the word that was put for 屁眼


def test_a_phrase_that_would_lose_its_sense_is_not_loosened(loose: Loose) -> None:
    assert loose.phrase("天天打游戏") == ""  # it is the every day that matters
    assert loose.phrase("孩子也咳嗽") == ""  # somebody else's child
    assert loose.phrase("口疼") == ""  # too short


def test_phrases_of_two_meanings_that_become_alike_mean_what_both_do() -> None:
    a, b = ("finding", "a"), ("finding", "b")
    assert alike(
        [("x", frozenset([a, b])), ("x", frozenset([a])), ("y", frozenset([a])), ("y", frozenset([b]))]
    ) == {"x": {a}}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("膀子老是有点抬不起来", "shoulder_stiff"),
        ("血脂也高", "lipids_raised"),
        ("喝水还老是呛", "dysphagia"),
    ],
)
def test_it_is_heard(clinic: Clinic, text: str, finding: str) -> None:
    heard = {f.id for f in clinic.ear.understand(text, Case()).findings if f.status == "present"}
    assert finding in heard


def test_what_is_denied_between_is_not_heard(clinic: Clinic) -> None:
    heard = {f.id for f in clinic.ear.understand("血脂也不高", Case()).findings if f.status == "present"}
    assert not heard


def test_what_stands_as_written_is_still_heard(clinic: Clinic) -> None:
    heard = {f.id for f in clinic.ear.understand("6个月大的孩子咳嗽", Case()).findings}
    assert "cough" in heard
