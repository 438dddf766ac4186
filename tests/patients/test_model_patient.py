from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from people import appendicitis, drinker

from suwen.consult.clinic import Clinic
from suwen.core.errors import ModelError
from suwen.patients.model_patient import ModelPatient
from suwen.patients.script import Script
from suwen.patients.speak import RulePatient
from suwen.patients.stages import Memory
from suwen.patients.stand_ins import stand_ins_of


class FakeModel:
    """Answers with the first reply whose key stands in the system prompt; raises where the reply is an error."""

    name = "fake"

    def __init__(self, **replies: str | Exception) -> None:
        self.replies = replies
        self.seen: list[str] = []

    def complete(
        self, messages: Sequence[Mapping[str, str]], *, max_tokens: int = 512, temperature: float = 0.0, seed: int | None = None
    ) -> str:  # fmt: skip
        self.seen += [m["content"] for m in messages]
        system = messages[0]["content"]
        stage = "ending" if "是否已经结束" in system else "check" if "JSON" in system else "reply"
        reply = self.replies.get(stage, ModelError("no answer"))
        if isinstance(reply, Exception):
            raise reply
        return reply


def patient(clinic: Clinic, script: Script, model: FakeModel, **rest: bool) -> ModelPatient:
    return ModelPatient(script, clinic.knowledge, clinic.ear, model, **rest)


def test_the_words_are_the_models_and_the_facts_the_rules(clinic: Clinic) -> None:
    one = patient(
        clinic,
        appendicitis(),
        FakeModel(reply="就右下腹这块儿疼，疼了二十个小时了，还恶心，难熬。", ending="继续"),
    )
    utterance = one.open("您好")
    assert utterance.text.startswith("就右下腹")
    assert "c1" in utterance.disclosed


def test_what_the_model_makes_up_does_not_leave(clinic: Clinic) -> None:
    one = patient(
        clinic, appendicitis(), FakeModel(reply="我咳嗽，还胸口疼，医生说是阑尾炎。", ending="继续")
    )
    rule = RulePatient(appendicitis(), clinic.knowledge, clinic.ear)
    assert one.open("您好") == rule.open("您好")
    assert one.memory.faults["invented"] > 0


@pytest.mark.parametrize("reply", [ModelError("timed out"), "", "啊" * 1000])
def test_a_model_that_fails_is_replaced_by_the_rules_and_counted(
    clinic: Clinic, reply: str | Exception
) -> None:
    one = patient(clinic, appendicitis(), FakeModel(reply=reply))
    assert (
        one.open("您好").text == RulePatient(appendicitis(), clinic.knowledge, clinic.ear).open("您好").text
    )
    assert one.memory.fallbacks["voice"] == 1


@pytest.mark.parametrize(
    ("reply", "spoken"), [("<think>要说恶心</think>我恶心想吐。", True), ("<think>我想想", False)]
)
def test_what_a_model_thinks_is_not_said(clinic: Clinic, reply: str, spoken: bool) -> None:
    one = patient(clinic, appendicitis(), FakeModel(reply=reply, ending="<think>还在问</think>继续"))
    one.open("您好")
    said = one.hear("恶心吗？").text
    assert (said == "我恶心想吐。") == spoken
    assert "<think>" not in said
    assert one.memory.fallbacks["ending"] == 0


def test_the_turns_that_the_rules_speak_are_counted_with_why(clinic: Clinic) -> None:
    model = FakeModel(reply=ModelError("m timed out", cause="timeout"), ending="继续")
    one = patient(clinic, appendicitis(), model)
    one.open("您好")
    model.replies["reply"] = "我咳血，还胸口疼。"
    one.hear("恶心吗？")
    model.replies["reply"] = "我恶心想吐。"
    one.hear("恶心吗？")
    found = stand_ins_of([one.memory])
    assert (found.turns, dict(found.spoken)) == (3, {"timeout": 1, "invented": 1})
    assert found.mostly_rules
    assert not stand_ins_of([one.memory, Memory(dialogue=[("", "")])]).mostly_rules, "half is not most"


def test_the_model_never_sees_what_may_not_be_said(clinic: Clinic) -> None:
    model = FakeModel(reply=ModelError("no"), ending="继续", check="[]")
    one = patient(clinic, drinker(), model, model_checks=True)
    one.open("您好")
    for question in ("咳嗽吗？", "还有哪里不舒服？", "你得的是什么病？"):
        one.hear(question)
    seen = "\n".join(model.seen)
    assert "胰腺炎" not in seen
    assert "acute_pancreatitis" not in seen
    assert "饮酒" not in seen
    assert "喝酒" not in seen
    assert "alcohol" not in seen


def test_the_models_word_on_the_end_counts_and_the_rules_where_it_has_none(clinic: Clinic) -> None:
    said = "您还是去看看吧。"
    over = patient(clinic, appendicitis(), FakeModel(reply="好的，谢谢医生。", ending="结束"))
    over.open("")
    assert over.hear(said).ended
    silent = patient(clinic, appendicitis(), FakeModel(reply="好的，谢谢医生。", ending="也许吧"))
    silent.open("")
    assert silent.hear("祝您早日康复，再见！").ended
    assert silent.memory.fallbacks["ending"] == 1


def test_a_fault_the_model_finds_stops_the_words(clinic: Clinic) -> None:
    model = FakeModel(
        reply="就右下腹这块儿疼，疼了二十个小时了，还恶心。",
        ending="继续",
        check='[{"kind": "unasked", "what": "夸大"}]',
    )
    one = patient(clinic, appendicitis(), model, model_checks=True)
    one.open("")
    assert one.memory.faults["unasked"] > 0


def test_a_check_that_cannot_be_read_is_counted_and_finds_nothing(clinic: Clinic) -> None:
    for broken in ("没问题", '[{"kind": "odd", "what": "x"}]', "[1]"):
        model = FakeModel(reply="就右下腹这块儿疼，疼了二十个小时了，还恶心。", check=broken)
        one = patient(clinic, appendicitis(), model, model_checks=True)
        assert one.open("").text.startswith("就右下腹")
        assert one.memory.fallbacks["checker"] == 1
