from __future__ import annotations

from random import Random

import pytest
from people import appendicitis

from suwen.patients.noise import coloured, region_of, slips

YOUNG = {"age_years": 24, "sex": "male"}


def spoken(text: str, times: int = 60, **rest: object) -> set[str]:
    lang = str(rest.pop("lang", "zh"))
    script = appendicitis(lang, **rest)
    return {coloured(text, script, Random(n)) for n in range(times)}


def test_without_noise_plain_speech_is_unchanged() -> None:
    assert spoken("我肚子疼，现在没有发烧。") == {"我肚子疼，现在没有发烧。"}


def test_noise_makes_slips_and_more_noise_more_of_them() -> None:
    text = "医生，我觉得肚子疼得厉害，现在有点发烧，没有拉肚子。"
    little, much = spoken(text, 300, noise=0.1), spoken(text, 300, noise=1.0)
    assert len(little) > 1
    assert len(much) > 2 * len(little)


def test_english_slips_keep_the_words_apart_and_short_words_whole() -> None:
    text = "I have stomach cramps and diarrhoea since yesterday"
    said = spoken(text, 200, lang="en", noise=1.0)
    assert len(said) > 20
    assert all(len(s.split()) == len(text.split()) and s.startswith("I have ") for s in said)


def test_a_dialect_speaker_is_from_one_place_all_along() -> None:
    script = appendicitis(social={**YOUNG, "speech": "dialect"}, seed=7)
    assert region_of(script) == region_of(script)
    assert region_of(script) in slips()["dialect"]


@pytest.mark.parametrize("region", ["north", "sichuan", "canton"])
def test_every_dialect_changes_what_people_say(region: str) -> None:
    seed = next(
        n
        for n in range(50)
        if region_of(appendicitis(social={**YOUNG, "speech": "dialect"}, seed=n)) == region
    )
    said = spoken("不知道怎么，头疼，肚子疼，没有发烧。", social={**YOUNG, "speech": "dialect"}, seed=seed)
    assert len(said) > 2


def test_mixed_speech_puts_english_into_chinese() -> None:
    said = spoken("医生，我发烧、咳嗽。", social={**YOUNG, "speech": "mixed"})
    assert any("fever" in s for s in said)


def test_the_same_seed_gives_the_same_slips() -> None:
    assert spoken("我现在觉得头疼得厉害。", 30, noise=0.8) == spoken("我现在觉得头疼得厉害。", 30, noise=0.8)
