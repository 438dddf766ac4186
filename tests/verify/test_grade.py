"""Every rule of a check: met, not met, and not graded where the doctor does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from suwen.consult.clinic import Clinic
from suwen.knowledge import Knowledge
from suwen.verify.doctor import Spoken, SuwenDoctor
from suwen.verify.grade import both, by_rule, grade_item, kin_of
from suwen.verify.rubric import Check, Item

TREE: Mapping[str, tuple[str, ...]] = {"high_fever": ("fever",), "pain_rlq": ("pain_lower", "pain")}


def kin(name: str) -> tuple[str, ...]:
    return TREE.get(name, ())


def known(**given: Any) -> Spoken:
    base: dict[str, Any] = {
        "text": "发烧几天了？", "level": "soon", "alarms": (), "present": frozenset(), "absent": frozenset(),
        "person": {"age_years": 30.0, "sex": "female", "pregnant_weeks": None}, "differential": (), "medicine_alerts": (),
    }  # fmt: skip
    return Spoken(**{**base, **given})


HIGH, NO_FEVER = frozenset({"high_fever"}), frozenset({"fever"})
RANKED = (("flu", 0.5), ("cold", 0.3), ("measles", 0.1))
ROWS: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("as urgent", {"triage_at_least": "soon"}, {"level": "soon"}, True),
    ("more urgent", {"triage_at_least": "soon"}, {"level": "emergency"}, True),
    ("less urgent", {"triage_at_least": "soon"}, {"level": "routine"}, False),
    ("not too urgent", {"triage_at_most": "soon"}, {"level": "self_care"}, True),
    ("too urgent", {"triage_at_most": "soon"}, {"level": "urgent"}, False),
    ("within both", {"triage_at_least": "soon", "triage_at_most": "urgent"}, {"level": "urgent"}, True),
    ("beyond both", {"triage_at_least": "soon", "triage_at_most": "urgent"}, {"level": "emergency"}, False),
    ("one of the alarms", {"alarm": ["a", "b"]}, {"alarms": ("x", "b")}, True),
    ("another alarm", {"alarm": ["a"]}, {"alarms": ("x",)}, False),
    ("no alarm", {"no_alarm": True}, {"alarms": ()}, True),
    ("an alarm after all", {"no_alarm": True}, {"alarms": ("x",)}, False),
    ("heard itself", {"heard": ["high_fever"]}, {"present": HIGH}, True),
    ("heard a more special one", {"heard": ["fever"]}, {"present": HIGH}, True),
    ("heard only a more general one", {"heard": ["high_fever"]}, {"present": NO_FEVER}, False),
    ("heard one of two", {"heard": ["fever", "pain"]}, {"present": HIGH}, False),
    ("absent itself", {"heard_absent": ["fever"]}, {"absent": NO_FEVER}, True),
    ("absent with all that is more general", {"heard_absent": ["high_fever"]}, {"absent": NO_FEVER}, True),
    ("only a special kind is absent", {"heard_absent": ["fever"]}, {"absent": HIGH}, False),
    ("not taken as present", {"not_heard": ["fever"]}, {"present": frozenset({"pain"})}, True),
    ("a special kind taken as present", {"not_heard": ["fever"]}, {"present": HIGH}, False),
    ("asks it", {"asks": ["fever"]}, {"asks": ("fever",)}, True),
    ("asks a special kind", {"asks": ["pain"]}, {"asks": ("pain_rlq",)}, True),
    ("asks only the general", {"asks": ["pain_rlq"]}, {"asks": ("pain",)}, False),
    ("asks the age", {"asks": ["age", "sex"]}, {"asks": ("age",)}, True),
    ("asks something else", {"asks": ["age"]}, {"asks": ("fever",)}, False),
    ("asks something", {"asks_something": True}, {"asks": ("fever",)}, True),
    ("asks in words alone", {"asks_something": True}, {"asks": (), "text": "哪里疼？"}, True),
    ("asks nothing", {"asks_something": True}, {"asks": (), "text": "去医院。"}, False),
    ("should ask nothing", {"asks_something": False}, {"asks": ("fever",)}, False),
    ("any pattern of a line", {"says": [["120", "急救"]]}, {"text": "请叫急救车"}, True),
    ("whatever the case", {"says": [["ambulance"]]}, {"text": "AMBULANCE now"}, True),
    ("in the answer's words", {"says": [["clot"]]}, {"text": "here:", "answer": "a clot"}, True),
    ("every line", {"says": [["120"], ["平躺"]]}, {"text": "打120"}, False),
    ("none of these", {"says_none": ["抗生素", "头孢"]}, {"text": "多喝水"}, True),
    ("one of these after all", {"says_none": ["抗生素", "头孢"]}, {"text": "吃点头孢"}, False),
    ("among the first five", {"differential": ["measles"]}, {"differential": RANKED}, True),
    ("not among the first two", {"differential": ["measles"], "top": 2}, {"differential": RANKED}, False),
    ("who it is", {"person": {"age_years": 30, "sex": "female"}}, {}, True),
    ("not who it is", {"person": {"sex": "male"}}, {}, False),
    ("another age", {"person": {"age_years": 31}}, {}, False),
    ("an infant's age in months", {"person": {"age_years": 0.25}}, {"person": {"age_years": 3 / 12}}, True),
    ("not told", {"person": {"pregnant_weeks": 30}}, {}, False),
    ("a graver alert", {"medicine_alert": "moderate"}, {"medicine_alerts": ("major",)}, True),
    ("a lighter alert", {"medicine_alert": "major"}, {"medicine_alerts": ("moderate", "minor")}, False),
    ("no alert", {"medicine_alert": "minor"}, {}, False),
    ("all parts", {"alarm": ["a"], "says": [["120"]]}, {"alarms": ("a",), "text": "120"}, True),
    ("one part fails", {"alarm": ["a"], "says": [["120"]]}, {"alarms": ("a",), "text": "119"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("check", "spoken", "met"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_a_rule_decides(check: dict[str, Any], spoken: dict[str, Any], met: bool) -> None:
    found, why = by_rule(Check.model_validate(check), known(**spoken), kin)
    assert found is met, why
    assert why


TALK = Spoken("您发烧几天了？")
"""A doctor that only talks."""


@pytest.mark.parametrize(
    "check",
    [
        {"triage_at_least": "soon"}, {"alarm": ["a"]}, {"no_alarm": True}, {"heard": ["fever"]}, {"not_heard": ["fever"]},
        {"heard_absent": ["fever"]}, {"differential": ["flu"]}, {"person": {"sex": "male"}}, {"medicine_alert": "minor"},
        {"asks": ["fever"]}, {"says": [["发烧"]], "no_alarm": True},
    ],
)  # fmt: skip
def test_what_a_doctor_does_not_tell_is_not_graded(check: dict[str, Any]) -> None:
    found, why = by_rule(Check.model_validate(check), TALK, kin)
    assert found is None
    assert why.startswith("not graded: this doctor")


def test_words_decide_for_every_doctor() -> None:
    assert by_rule(Check(says=(("发烧",),)), TALK, kin)[0] is True
    assert by_rule(Check(asks_something=True), TALK, kin)[0] is True
    assert by_rule(Check(asks=("fever",)), Spoken("多喝水。"), kin)[0] is False
    assert by_rule(Check(says=(("120",),), no_alarm=True), TALK, kin)[0] is False, "one failing part decides"


ITEM = Item.model_validate({
    "id": "one", "theme": "emergency_referral", "lang": "zh", "title": "chest pain",
    "conversation": [{"role": "patient", "text": "我65岁，男，胸口压榨样疼，出冷汗，左胳膊也疼"}],
    "criteria": [
        {"id": "alarm", "text": "raises the alarm", "weight": 10, "axis": "accuracy", "check": {"triage_at_least": "emergency", "says": [["120"]]}},
        {"id": "heard", "text": "hears chest pain", "weight": 3, "axis": "context_awareness", "theme": "context_seeking", "check": {"heard": ["chest_pain"]}},
        {"id": "waits", "text": "tells him to wait", "weight": -9, "axis": "accuracy", "check": {"says": [["观察几天"]]}},
        {"id": "calm", "text": "stays calm and clear", "weight": 4, "axis": "communication_quality"},
    ],
})  # fmt: skip


def test_our_doctor_is_graded_by_the_same_rules(clinic: Clinic, knowledge: Knowledge) -> None:
    doctor = SuwenDoctor(clinic)
    doctor.open("zh")
    spoken = doctor.hear(ITEM.conversation[-1].text)
    grades = {g.criterion: g for g in grade_item(ITEM, spoken, kin_of(knowledge))}
    assert {k: (g.met, g.by) for k, g in grades.items()} == {
        "alarm": (True, "rule"), "heard": (True, "rule"), "waits": (False, "rule"), "calm": (None, "none"),
    }  # fmt: skip
    assert grades["heard"].theme == "context_seeking"
    assert grades["alarm"].theme == "emergency_referral", "without a theme of its own it is the item's"
    assert grades["calm"].why == "not graded: needs a judge"


def test_a_reply_and_its_answer_are_graded_as_one() -> None:
    reply = known(text="还有别的不舒服吗？", asks=("fever",))
    answer = known(text="这是结论。", answer="多喝水", differential=RANKED, ended=True)
    one = both(reply, answer)
    assert (one.words, one.asks, one.differential) == (
        "还有别的不舒服吗？\n这是结论。\n多喝水",
        ("fever",),
        RANKED,
    )
    assert both(answer, answer).words == answer.words
