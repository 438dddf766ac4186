"""A written case becomes a script: under headings or as a telling, in both languages."""

from __future__ import annotations

import pytest

from suwen.core.errors import ScriptError
from suwen.knowledge import Knowledge
from suwen.language.understand import Ear
from suwen.patients.faults import faults
from suwen.patients.script import Script
from suwen.patients.story import from_text, stories_of


@pytest.fixture(scope="module")
def ear(knowledge: Knowledge) -> Ear:
    return Ear(knowledge)


def of(text: str, ear: Ear) -> Script:
    script = from_text(text, ear, key="s", source="written")
    assert faults(script, ear.knowledge) == []
    assert script.origin == "text"
    return script


def kinds(script: Script) -> dict[str | None, str]:
    return {f.finding: f.kind for f in script.medical.facts if f.finding}


def test_a_record_under_headings(ear: Ear) -> None:
    script = of(
        "主诉：右下腹痛1天。现病史：恶心，没有腹泻。既往史：高血压。过敏史：青霉素过敏。家族史：母亲有糖尿病。"
        "体格检查：体温38.4℃；反跳痛阳性\n辅助检查：白细胞 15.2×10^9/L\n诊断：急性阑尾炎",
        ear,
    )
    assert script.main.condition == "acute_appendicitis"
    assert script.lang == "zh"
    found = kinds(script)
    assert found["pain_rlq"] == "complaint"
    assert found["hypertension_history"] == "past"
    assert script.of_finding["diarrhoea"].status == "absent"
    assert found["wbc_raised"] == "result"
    assert any(f.kind == "vital" and f.value == 38.4 for f in script.medical.facts)
    assert any(f.kind == "allergy" for f in script.medical.facts)
    assert not any("阑尾炎" in w for f in script.medical.facts for w in f.text.values())


def test_a_telling_in_english_about_a_child(ear: Ear) -> None:
    script = of(
        "My 3 year old son has had a fever since yesterday and pulls his ear. No cough.\nDiagnosis: Acute otitis media",
        ear,
    )
    assert (script.social.age_years, script.social.sex) == (3, "male")
    assert script.social.speaker in ("mother", "father")
    assert script.of_finding["fever"].kind == "complaint"
    assert script.of_finding["cough"].status == "absent"


def test_what_is_not_understood_stays_in_its_own_words(ear: Ear) -> None:
    script = of("头疼三天。邻居家的鹅总是半夜叫唤。诊断：紧张型头痛", ear)
    assert any("鹅" in w for f in script.medical.facts for w in f.text.values() if f.finding is None)


def test_an_illness_of_long_ago_is_no_symptom_of_today(ear: Ear) -> None:
    script = of("头疼三天。小时候经常发烧。诊断：偏头痛", ear)
    fever = script.of_finding.get("fever")
    assert fever is None or fever.status == "absent"


def test_one_of_two_durations_stays(ear: Ear) -> None:
    script = of("咳嗽三天。其实胸闷两个月了。诊断：哮喘", ear)
    assert len([f for f in script.medical.facts if (f.finding or "").startswith("duration_")]) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [("头疼三天", "does not say what it was; add a line"), ("诊断：感冒", "says nothing about a patient")],
)
def test_a_text_without_diagnosis_or_patient_is_refused(text: str, why: str, ear: Ear) -> None:
    with pytest.raises(ScriptError, match=why):
        from_text(text, ear, key="s", source="written")


def test_several_stories_in_one_file() -> None:
    assert stories_of("a\n---\nb\n\n-----\n") == ["a", "b"]
