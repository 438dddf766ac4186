"""Words that no list has are guessed at, asked about, and never taken for said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from suwen.consult.clinic import Clinic
from suwen.consult.log import fold, same_case
from suwen.consult.turn import Message, Reply, open_case, respond
from suwen.core.case import Case, Finding, Guess, Heard
from suwen.language.likeness import Likeness

CHEST = {"zh": "胸口像有人拿板子夹着似的", "en": "it's as if somebody parked a truck on my sternum"}


def hear(clinic: Clinic, text: str, lang: str = "en") -> Case:
    case = open_case(lang, clinic).case
    return case.add(clinic.ear.understand(text, case), text=text)


def meant(case: Case) -> set[str]:
    return {g.likeliest for g in case.guesses}


@pytest.mark.parametrize(
    ("text", "lang", "finding"),
    [
        ("my words come out as mush", "en", "slurred_speech"),
        ("her lips look rather greyish", "en", "cyanosis"),
        (CHEST["en"], "en", "chest_pain_crushing"),
        (CHEST["zh"], "zh", "chest_pain_crushing"),
        ("老公说话舌头像打了结", "zh", "slurred_speech"),
    ],
)
def test_words_on_no_list_are_guessed_and_not_taken_for_said(
    clinic: Clinic, text: str, lang: str, finding: str
) -> None:
    case = hear(clinic, text, lang)
    assert finding in meant(case)
    assert finding not in case.findings
    assert clinic.watch.alarms(case) == ()


@pytest.mark.parametrize(
    "text",
    [
        "no, my words do not come out as mush",
        "my father had a stroke and his words came out as mush",
    ],
)
def test_what_is_denied_past_or_another_persons_is_not_guessed(clinic: Clinic, text: str) -> None:
    assert "slurred_speech" not in meant(hear(clinic, text))


@pytest.mark.parametrize(
    "text",
    [
        "tilt table test: negative",
        "abdominal ultrasound: pancreas and spleen unremarkable",
        "spine x-ray: normal alignment and shape",
        "腹部超声：脾脏和胰腺未见异常",
    ],
)
def test_a_normal_result_is_no_guess_at_what_was_looked_for(clinic: Clinic, text: str) -> None:
    assert hear(clinic, text, "zh" if text[0] > "z" else "en").guesses == ()


@pytest.mark.parametrize(
    "text",
    ["it is aggravated by movement", "Vital Signs:", "recurrent episodes", "颜色加深", "she has fallen ill"],
)
def test_words_that_only_frame_or_head_a_sentence_are_no_guess(clinic: Clinic, text: str) -> None:
    assert hear(clinic, text, "zh" if text[0] > "z" else "en").guesses == ()


def test_known_words_need_no_guess(clinic: Clinic) -> None:
    assert hear(clinic, "I have had a cough and fever for 3 days").guesses == ()
    assert hear(clinic, "咳嗽三天，发烧39度", "zh").guesses == ()


def test_a_guess_moves_the_differential_and_less_than_the_same_thing_said(clinic: Clinic) -> None:
    index = clinic.knowledge.condition["ischaemic_stroke"].index
    bare = hear(clinic, "he is 70 and something is wrong")
    words = Guess("mush", (0, 4), 0, (("slurred_speech", 0.6), ("hoarseness", 0.3)))
    unsure = replace(words, meanings=(("slurred_speech", 0.1),))

    def p(case: Case) -> float:
        return float(clinic.reasoner.differential(case).p[index])

    said = bare.add(clinic.ear.understand("his speech is slurred", bare))
    assert p(bare) < p(replace(bare, guesses=(unsure,))) < p(replace(bare, guesses=(words,))) < p(said)


def test_what_is_known_by_now_outweighs_the_guess(clinic: Clinic) -> None:
    guess = Guess("mush", (0, 4), 0, (("slurred_speech", 0.9),))
    for status in ("present", "absent"):
        case = hear(clinic, "he is 70").add(Heard((Finding("slurred_speech", status),)))
        with_guess = clinic.reasoner.differential(replace(case, guesses=(guess,)))
        assert np.allclose(with_guess.p, clinic.reasoner.differential(case).p)


def consult(clinic: Clinic, lang: str, *texts: str) -> list[Reply]:
    replies = [open_case(lang, clinic)]
    for text in texts:
        replies.append(respond(replies[-1].case, Message(text), clinic))
    return replies


@pytest.mark.parametrize(("lang", "yes", "no"), [("zh", "是的", "没有"), ("en", "yes", "no")])
def test_a_danger_in_unknown_words_is_asked_about_at_once_and_alarms_on_yes_only(
    clinic: Clinic, lang: str, yes: str, no: str
) -> None:
    opening = {"zh": "老公说话舌头像打了结", "en": "my husband's words come out as mush"}[lang]
    asked = consult(clinic, lang, opening)[-1]
    assert asked.case.pending is not None
    assert asked.case.pending.id == "slurred_speech"
    assert asked.case.pending.said in opening
    assert asked.case.pending.said in asked.text
    assert asked.alarms == ()
    alarmed = consult(clinic, lang, opening, yes)[-1]
    assert [a.triage for a in alarmed.alarms] == ["emergency"]
    calm = consult(clinic, lang, opening, no)[-1]
    assert calm.alarms == ()
    assert calm.case.pending is not None
    assert not calm.case.pending.said


def test_the_only_complaint_is_taken_up_though_its_words_are_unknown(clinic: Clinic) -> None:
    reply = consult(clinic, "zh", CHEST["zh"])[-1]
    assert reply.case.pending is not None
    assert reply.case.pending.id == "chest_pain_crushing"
    assert CHEST["zh"] in reply.text
    assert "没有听懂" not in reply.text


def test_talk_of_something_else_is_not_taken_for_a_complaint(clinic: Clinic) -> None:
    reply = consult(clinic, "en", "can I order a pizza with mushrooms")[-1]
    assert reply.case.pending is not None
    assert reply.case.pending.id == "complaint"


def test_guesses_are_in_the_log_and_come_back_from_it(clinic: Clinic) -> None:
    replies = consult(clinic, "en", "my words come out as mush", "yes")
    drafts = [d for r in replies for d in r.drafts]
    assert replies[-1].case.guesses
    assert same_case(fold(drafts), replies[-1].case)


def test_a_message_without_a_stop_is_heard_in_bounded_time_and_memory(clinic: Clinic) -> None:
    assert len(hear(clinic, "奇怪的东西晃来晃去" * 400, "zh").guesses) <= 30


def test_a_broken_file_of_phrases_is_made_anew(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from suwen.language import likeness

    def rows(self: Likeness, lang: str) -> list[tuple[np.ndarray, int, bool]]:
        return [(np.array([1, 2, 3]), 0, False), (np.array([2, 4]), 1, True)]

    monkeypatch.setattr(likeness, "default_cache", lambda: tmp_path)
    monkeypatch.setattr(Likeness, "_rows", rows)
    Likeness(clinic.knowledge, clinic.ear.lexicon)
    (kept,) = tmp_path.glob("likeness_zh-*.npy")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:100])
    Likeness(clinic.knowledge, clinic.ear.lexicon)
    assert kept.read_bytes() == whole
