"""A language model as the doctor: its words are measured, and only what it says in the form asked for is taken as an answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from actors import Listener, fake_room, script_of
from test_run import item

from suwen.core.errors import ModelError
from suwen.knowledge import Knowledge
from suwen.language.model import Messages, ScriptedModel
from suwen.verify.doctor import UNKNOWN, Spoken
from suwen.verify.model_doctor import ModelDoctor, Named, answer_of, namer, parted, prompts
from suwen.verify.orders import Report
from suwen.verify.run import AnswerItem, PlayVisit, Visit

ANSWER = '可能是偏头痛。\n```json\n{"triage": "soon", "diagnoses": ["偏头痛", "紧张型头痛"]}\n```'


@pytest.fixture(scope="session")
def named(knowledge: Knowledge) -> Named:
    return namer(knowledge)


def doctor(answer: Callable[[Messages], str], named: Named, **how: Any) -> ModelDoctor:
    one = ModelDoctor(ScriptedModel(answer), named, **how)
    one.open("zh")
    return one


def sent(one: ModelDoctor, call: int = -1) -> list[dict[str, str]]:
    assert isinstance(one.model, ScriptedModel)
    return [dict(m) for m in one.model.calls[call]]


def test_a_question_goes_to_the_patient_and_tells_nothing_else(named: Named) -> None:
    said = doctor(lambda _: "<think>headache?</think>疼了多久？", named).hear("头痛")
    assert said == Spoken("疼了多久？")


@pytest.mark.parametrize(
    ("words", "orders"),
    [
        ('先查一下。{"tests": ["血常规", "心电图"]}', ("血常规", "心电图")),
        ('{"tests": []}', ()),
        ('{"tests": "血常规"}', ()),
        ('{"tests": ["血常规", 3]}', ()),
        ("我想查血常规", ()),
    ],
)
def test_examinations_are_ordered_in_the_form_asked_for_only(
    named: Named, words: str, orders: tuple[str, ...]
) -> None:
    said = doctor(lambda _: words, named).hear("头痛")
    assert said.orders == orders
    assert not said.ended


def test_the_results_are_the_next_message_with_what_was_not_done(named: Named) -> None:
    one = doctor(lambda _: "还有呢？", named)
    one.read(Report(results="血常规：正常", remarks="一轮最多做3项"))
    assert sent(one)[-1] == {"role": "user", "content": "血常规：正常\n一轮最多做3项"}


def test_an_answer_ends_it_with_the_level_and_the_names_it_was_asked_for(named: Named) -> None:
    said = doctor(lambda _: ANSWER, named).hear("头痛")
    assert said.ended
    assert said.answer == "可能是偏头痛。", "the JSON is not for the patient"
    assert said.level == "soon"
    assert said.differential is not None
    assert [c for c, _ in said.differential] == ["migraine", "tension_headache"]
    assert all(math.isnan(p) for _, p in said.differential), "it told no probabilities"
    assert (said.present, said.alarms, said.medicine_alerts) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("偏头痛", "migraine"), ("Migraine", "migraine"), ("  MIGRAINE ", "migraine"), ("偏头痛（先兆型）", "migraine"),
        ("偏头痛或紧张型头痛", None), ("头部的一种病", None), ("", None),
    ],
)  # fmt: skip
def test_names_are_those_of_the_knowledge_and_never_guessed(
    named: Named, name: str, condition: str | None
) -> None:
    assert named(name) == condition


@pytest.mark.parametrize(
    ("body", "level", "names"),
    [
        ({"triage": "soon", "diagnoses": ["偏头痛", "某种怪病", "偏头痛"]}, "soon", ["migraine", UNKNOWN]),
        ({"triage": "Soon", "diagnoses": ["偏头痛"]}, None, ["migraine"]),
        ({"triage": "today", "diagnoses": []}, None, None),
        ({"triage": "urgent", "diagnoses": "偏头痛"}, "urgent", None),
        ({"triage": ["urgent"], "diagnoses": [1]}, None, None),
        ({"diagnoses": [""]}, None, None),
        ({}, None, None),
    ],
)
def test_what_is_not_in_the_form_asked_for_is_no_answer(
    named: Named, body: dict[str, Any], level: str | None, names: list[str] | None
) -> None:
    found, differential = answer_of(body, named)
    assert found == level
    assert (differential and [c for c, _ in differential]) == names


def test_two_answers_in_one_reply_are_none() -> None:
    told, body = parted('A {"triage": "soon"} or {"triage": "urgent"} B')
    assert body == {}
    assert "triage" not in told
    assert parted('set {x} and {"a": 1}')[1] is None, "braces that are no answer are words"


def test_the_budget_of_questions_holds(named: Named) -> None:
    one = doctor(
        lambda said: ANSWER if "问诊到此为止" in said[-1]["content"] else "还有吗？", named, budget=3
    )
    replies = [one.hear("嗯") for _ in range(4)]
    assert [r.ended for r in replies] == [False, False, False, True]
    assert "最多回复 3 次" in sent(one, 0)[0]["content"]


def test_the_conclusion_ends_it_even_without_an_answer(named: Named) -> None:
    one = doctor(lambda _: "多喝水。", named)
    one.hear("头痛")
    said = one.conclude()
    assert (said.ended, said.answer, said.level, said.differential) == (True, "多喝水。", None, None)


def test_a_long_conversation_is_sent_in_part_with_the_complaint(named: Named) -> None:
    one = doctor(lambda _: "还有吗？" * 100, named, budget=500)
    for n in range(200):
        one.hear(f"第{n}句" + "啊" * 100)
    messages = sent(one)
    assert sum(len(m["content"]) for m in messages) < 27_000
    assert messages[2]["content"].startswith("第0句")
    assert messages[-1]["content"].startswith("第199句")
    one.open("zh")
    one.hear("新的人")
    assert len(sent(one)) == 3, "a new consultation forgets the former one"


def test_a_model_that_fails_once_is_asked_again_and_then_the_encounter_breaks_off(named: Named) -> None:
    words = iter([ModelError("timed out"), "多久了？", ModelError("timed out"), ModelError("gone")])

    def answer(_: Messages) -> str:
        one = next(words)
        if isinstance(one, ModelError):
            raise one
        return one

    one = doctor(answer, named)
    assert one.hear("头痛").text == "多久了？"
    with pytest.raises(ModelError, match="gone"):
        one.hear("两天")
    with pytest.raises(ModelError, match="only thought"):
        doctor(lambda _: "<think>hm", named).hear("头痛")


@pytest.mark.parametrize(
    ("names", "top1", "top3"),
    [
        ('["偏头痛", "某种怪病"]', True, True),
        ('["流行性感冒"]', False, False),
        ('["流行性感冒", "某种怪病"]', False, None),
        ('["某种怪病", "偏头痛"]', None, True),
        ('["某种怪病"]', None, None),
    ],
)
def test_a_name_nobody_knows_leaves_open_what_it_could_decide(
    named: Named, names: str, top1: bool | None, top3: bool | None
) -> None:
    def answer(said: Messages) -> str:
        return f'好的。{{"triage": "routine", "diagnoses": {names}}}' if len(said) > 4 else "恶心吗？"

    room = replace(fake_room(), doctor=lambda _: ModelDoctor(ScriptedModel(answer), named))
    row = PlayVisit(lambda: room, room.knowledge.digest)(Visit("sampled", script_of()))
    got = row["outcomes"]
    assert row["error"] == ""
    assert (got["top1"], got["top3"], got["triage_right"]) == (top1, top3, True)
    assert (got["heard"], got["misheard"], got["medicines_checked"]) == (None, None, None)
    assert row["p_first"] is None
    assert row["after"] == []


def test_a_model_answers_items_of_a_suite(named: Named) -> None:
    room = replace(fake_room(), doctor=lambda _: ModelDoctor(ScriptedModel(lambda _: ANSWER), named))
    row = AnswerItem(lambda: room, room.knowledge.digest, "urgent")(item())
    met = {g["id"]: g["met"] for g in row["grades"]}
    assert met == {"urgent": False, "heard": None, "wrong": False, "warm": None}


def test_another_take_of_a_model_has_another_seed(named: Named) -> None:
    seeds = []

    class Seeded(ScriptedModel):
        def complete(self, messages: Messages, **how: Any) -> str:
            seeds.append((how["seed"], how["temperature"]))
            return ANSWER

    for take in (0, 1):
        doctor_ = ModelDoctor(Seeded(lambda _: ""), named, temperature=0.7, seed=take)
        doctor_.open("zh")
        doctor_.hear("头痛")
    assert seeds == [(0, 0.7), (1, 0.7)]


def test_the_prompts_say_the_same_in_both_languages() -> None:
    assert prompts()["zh"].keys() == prompts()["en"].keys() == {"greeting", "system", "conclude"}
    for lang in ("zh", "en"):
        told = prompts()[lang]["system"].format(budget=7, names=5)
        assert all(word in told for word in ("7", "emergency", "self_care", '"triage"', '"diagnoses"'))


def test_other_doctors_are_not_touched() -> None:
    room = replace(fake_room(), doctor=lambda _: Listener())
    row = PlayVisit(lambda: room, room.knowledge.digest)(Visit("sampled", script_of()))
    assert row["p_first"] == 0.6
    assert row["outcomes"]["top1"] is True
