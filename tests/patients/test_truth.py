from __future__ import annotations

import pytest
from people import appendicitis, drinker, pregnant

from suwen.consult.clinic import Clinic
from suwen.patients.hearing import Asked, hearing_of
from suwen.patients.script import Fact, Script
from suwen.patients.speak import RulePatient
from suwen.patients.truth import Fault, check
from suwen.patients.utterance import Utterance


def kinds(
    clinic: Clinic, script: Script, question: str, utterance: Utterance, told: tuple[str, ...] = ()
) -> set[str]:
    asked = hearing_of(clinic.ear).hear(question) if question else Asked(complaint=True, inquiry=True)
    return {f.kind for f in check(script, asked, utterance, clinic.knowledge, clinic.ear, told=told)}


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("", "我右下腹疼，疼了二十个小时。", ("c1", "t1")),
        ("恶心想吐吗？", "嗯，有点恶心。", ("s1",)),
        ("拉肚子（大便变稀、次数变多）吗？", "没有。", ("s4",)),
        ("胸口疼不疼？", "不疼。", ()),
        ("请问患者多大年纪？", "24岁。", ()),
    ],
)
def test_what_is_so_and_asked_has_no_fault(
    clinic: Clinic, question: str, text: str, told: tuple[str, ...]
) -> None:
    assert not kinds(clinic, appendicitis(), question, Utterance(text, told))


@pytest.mark.parametrize(
    ("question", "text", "told", "kind"),
    [
        ("", "我头晕，还胸口疼。", ("c1",), "invented"),
        ("咳嗽吗？", "嗯，咳得厉害。", (), "invented"),
        ("咳嗽吗？", "是的。", (), "invented"),
        ("恶心想吐吗？", "没有。", (), "contradiction"),
        ("咳嗽吗？", "不咳，就是没胃口，不想吃东西。", (), "unasked"),
        ("恶心想吐吗？", "有，医生说是急性阑尾炎。", ("s1",), "leak"),
        ("量过体温吗？", "有，心跳每分钟108次。", (), "leak"),
        ("您怎么了？", "我的剧本上写着右下腹疼。", ("c1",), "leak"),
        ("请问患者多大年纪？", "64岁。", (), "invented"),
        ("心率（脉搏）安静时是不是超过每分钟100次？", "是的。", ("v1",), "leak"),
        ("恶心想吐吗？", "有。", ("s1", "x9"), "invented"),
    ],
)  # fmt: skip
def test_what_is_not_so_or_not_asked_is_a_fault(
    clinic: Clinic, question: str, text: str, told: tuple[str, ...], kind: str
) -> None:
    assert kind in kinds(clinic, appendicitis(), question, Utterance(text, told))


def inhaler() -> Script:
    made = drinker()
    facts = tuple(
        f.model_copy(update={"text": {"zh": "沙丁胺醇吸入剂", "en": "salbutamol inhaler"}})
        if f.id == "m1"
        else f
        for f in made.medical.facts
    )
    return made.model_copy(update={"medical": made.medical.model_copy(update={"facts": facts})})


def test_what_only_the_words_around_a_medicine_make_the_ear_hear_is_invented(clinic: Clinic) -> None:
    question = "平时在吃什么药？"
    assert "invented" in kinds(clinic, inhaler(), question, Utterance("沙丁胺醇吸入剂喷了就好。", ("m1",)))
    assert not kinds(clinic, inhaler(), question, Utterance("现在用着沙丁胺醇吸入剂。", ("m1",)))
    for seed in range(12):
        script = inhaler().model_copy(update={"seed": seed})
        patient = RulePatient(script, clinic.knowledge, clinic.ear)
        patient.open("")
        said = [patient.hear(question), patient.hear(f"再想想，{question}")]
        assert any("沙丁胺醇" in u.text for u in said)
        assert not patient.memory.faults["left"]


def test_words_are_heard_by_somebody_who_knows_what_was_told_before(clinic: Clinic) -> None:
    script = appendicitis("en")
    nose = Fact(id="n1", kind="symptom", finding="blocked_nose")
    medical = script.medical.model_copy(update={"facts": (*script.medical.facts, nose)})
    script = script.model_copy(update={"medical": medical})
    question, said = "What medicines do you take?", Utterance("Right, I take paracetamol.")
    assert not kinds(clinic, script, question, said)
    assert "invented" in kinds(clinic, script, question, said, ("n1",))


def test_a_lie_about_what_is_hidden_is_no_contradiction(clinic: Clinic) -> None:
    question = "是不是经常大量喝酒（几乎每天喝或常喝醉）？"
    lie = Utterance("没有的事。", moves=("refuse",))
    assert not kinds(clinic, drinker(), question, lie)
    assert "contradiction" in kinds(clinic, drinker(), question, Utterance("没有。"))


def test_a_hidden_fact_that_nobody_asked_for_is_a_fault(clinic: Clinic) -> None:
    said = Utterance("我每天大量喝酒。", ("h1",))
    assert "unasked" in kinds(clinic, drinker(), "咳嗽吗？", said)


def test_what_was_told_before_may_be_said_again(clinic: Clinic) -> None:
    said = Utterance("没有，就是没胃口。")
    assert "unasked" in kinds(clinic, appendicitis(), "咳嗽吗？", said)
    assert not kinds(clinic, appendicitis(), "咳嗽吗？", said, told=("s3",))


def test_a_pregnancy_that_is_so_needs_no_fact(clinic: Clinic) -> None:
    assert not kinds(clinic, pregnant(), "现在怀孕了吗？", Utterance("是的，怀孕34周了。"))
    assert Fault("invented", "pregnant_weeks") in check(
        pregnant(), Asked(), Utterance("我怀孕12周了。"), clinic.knowledge, clinic.ear
    )
