"""Published cases as scripts: every format, nothing lost, what cannot be used is named."""

from __future__ import annotations

from typing import Any

import pytest

from suwen.knowledge import Knowledge
from suwen.language.understand import Ear
from suwen.patients.cases import Refused, own_words, read_cases, results_of
from suwen.patients.faults import faults
from suwen.patients.script import Script


@pytest.fixture(scope="module")
def ear(knowledge: Knowledge) -> Ear:
    return Ear(knowledge)


def one(row: dict[str, Any], ear: Ear) -> Script:
    (script,) = read_cases([(1, row)], ear, name="t")
    assert isinstance(script, Script), script
    assert faults(script, ear.knowledge) == []
    assert script.origin == "case"
    return script


def status(script: Script, finding: str) -> str | None:
    fact = script.of_finding.get(finding)
    return fact.status if fact else None


def words(script: Script, kind: str) -> list[str]:
    return [next(iter(f.text.values())) for f in script.medical.facts if f.kind == kind]


def test_an_examination_case_keeps_history_examination_and_tests_apart(ear: Ear) -> None:
    script = one(
        {
            "id": "a",
            "lang": "en",
            "history": "Demographics: 61-year-old woman; History: She has had a cough for 3 weeks. She lives above a bakery.; Symptoms: "
            "Primary Symptom: Cough; Secondary Symptoms: Night sweats, weight loss; Past Medical History: No significant past "
            "medical history.; Social History: Smokes a pack a day.; Review of Systems: Denies chest pain.",
            "examination": "Vital Signs: Temperature: 38.6°C; Heart Rate: 104 bpm; Chest Examination: Crackles at the left base.",
            "tests": "Chest X-ray: Findings: Upper lobe cavity; Haemoglobin: 92 g/L",
            "diagnosis": "Pulmonary tuberculosis",
            "accept": {"names": ["tuberculosis"], "icd10": ["A15"]},
        },
        ear,
    )
    assert (script.social.age_years, script.social.sex) == (61, "female")
    assert "cough" in {f.finding for f in script.medical.facts if f.kind == "complaint"}
    assert (status(script, "night_sweats"), status(script, "chest_pain")) == ("present", "absent")
    assert script.main.condition == "pulmonary_tuberculosis"
    assert script.main.accept is not None
    numbers = {f.text["en"]: f.value for f in script.medical.facts if f.kind == "vital" and f.value}
    assert numbers == {"temperature": 38.6, "heart rate": 104}
    assert any("Upper lobe cavity" in w for w in words(script, "result"))
    assert status(script, "anaemia_result") == "present"
    assert any("above a bakery" in w for f in script.medical.facts for w in f.text.values())


def test_what_a_symptom_checker_vignette_denies_is_absent(ear: Ear) -> None:
    fields = {
        "demographics": "30 year old Male",
        "chief_complaints": "Headache",
        "presentation": "It throbs on one side since 6 hours. Light bothers him.",
        "absent_findings": "No fever, No neck stiffness, No tick bites",
        "physical_history": "Asthma",
        "family_history": "-",
        "social_history": "",
    }
    script = one(
        {"id": "v", "fields": fields, "diagnosis": "Migraine", "accept": {"names": ["migraine"]}}, ear
    )
    assert status(script, "headache") == "present"
    assert (status(script, "fever"), status(script, "neck_stiffness")) == ("absent", "absent")
    assert words(script, "family") == []


@pytest.mark.parametrize(
    ("source", "level", "diagnosis", "triage"),
    [
        ("levine", "one_day", "Cellulitis", "urgent"),
        ("semigran", "emergent", "Pneumonia", "urgent"),
        ("semigran", "non_emergent", "Some unheard-of thing", "soon"),
        ("semigran", "self_care", "Common cold", "self_care"),
    ],
)
def test_a_level_of_a_triage_set_becomes_one_of_ours(
    source: str, level: str, diagnosis: str, triage: str, ear: Ear
) -> None:
    row = {
        "id": "x",
        "set": source,
        "level": level,
        "text": "A 40-year-old man has a cough and a fever for 2 days.",
        "diagnosis": diagnosis,
    }
    script = one(row, ear)
    own = ear.knowledge.condition[script.main.condition].triage if script.main.condition else None
    allowed = {"emergent": ("emergency", "urgent")}.get(level, (triage,))
    assert script.medical.triage == (own if own in allowed else allowed[0])


def test_a_table_of_symptoms_says_what_is_so_what_is_not_and_what_nobody_knew(ear: Ear) -> None:
    row = {
        "id": "d",
        "explicit": {"咳嗽": "1"},
        "implicit": {"发热": "0", "呕吐": "1", "腹泻": "2", "咳嗽": "0"},
        "diagnosis": "肺炎",
    }
    script = one(row, ear)
    assert [status(script, f) for f in ("cough", "fever", "vomiting", "diarrhoea")] == [
        "present",
        "absent",
        "present",
        None,
    ]
    assert script.social.age_years < 12
    assert "not told, assumed" in script.source
    assert script.main.condition == "pneumonia"


def test_three_candidates_do_not_become_facts(ear: Ear) -> None:
    row = {"id": "b", "explicit": [["头晕", "True"]], "implicit": [["恶心", "False"], ["从没见过的怪事", "True"]],
           "candidates": ["高血压", "贫血", "梅尼埃病"], "diagnosis": "梅尼埃病"}  # fmt: skip
    script = one(row, ear)
    assert status(script, "nausea") == "absent"
    assert "从没见过的怪事" in words(script, "symptom")
    assert not any("贫血" in w for f in script.medical.facts for w in f.text.values())
    assert script.social.age_years >= 18


INPATIENT = {
    "id": "i",
    "patient": [
        "您好，我58岁，男，胸口疼了三天，走路快了就疼。",
        "没有发烧，也没有咳嗽。我有点担心，请问严重吗？",
        "根据您的诊断结果和治疗方案，我了解到我可能患有冠心病，需要做造影。",
        "手术后我会恶心吗？谢谢医生。",
        "谢谢医生的关心，我会按时吃药。<结束>",
    ],
    "results": [
        "#体格检查#\n- 双下肢水肿\n#辅助检查#\n- 心电图: \n  - ST段压低\n  - T波倒置\n- 心脏彩超: 正常"
    ],
    "diagnosis": "1. 不稳定型心绞痛\n2. 2型糖尿病",
}


def test_an_inpatient_dialogue_gives_the_patients_own_words_and_no_echo_of_the_doctor(ear: Ear) -> None:
    script = one(INPATIENT, ear)
    assert (script.social.age_years, script.social.sex) == (58, "male")
    assert (status(script, "fever"), status(script, "cough")) == ("absent", "absent")
    assert status(script, "nausea") is None
    said = "".join(w for f in script.medical.facts for w in f.text.values())
    for echoed in ("冠心病", "造影", "谢谢", "治疗方案", "严重吗"):
        assert echoed not in said
    assert [d.role for d in script.medical.diagnoses] == ["main", "comorbid"]
    assert script.medical.diagnoses[1].condition == "type_2_diabetes"


def test_own_words_end_where_the_conclusion_is_echoed() -> None:
    assert ["".join(line) for line in own_words(INPATIENT["patient"])] == [  # type: ignore[arg-type]
        "您好，我58岁，男，胸口疼了三天，走路快了就疼。",
        "没有发烧，也没有咳嗽。",
    ]


def test_each_test_is_one_line_with_its_points() -> None:
    assert list(results_of(INPATIENT["results"][0])) == [  # type: ignore[index]
        ("examination", "双下肢水肿"),
        ("result", "心电图：ST段压低；T波倒置"),
        ("result", "心脏彩超: 正常"),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"id": "1", "question": "?"}, "are no known format; known are"),
        (
            {"id": "2", "explicit": {}, "implicit": {"咳嗽": "0"}, "diagnosis": "肺炎"},
            "nobody comes without a complaint",
        ),
        ({"id": "3", "explicit": {"咳嗽": "1"}, "implicit": {}, "diagnosis": " "}, "`diagnosis` is empty"),
        (
            {"id": "4", "patient": ["谢谢医生"], "results": [], "diagnosis": "感冒"},
            "says nothing of their own",
        ),
        (
            {"id": "5", "set": "levine", "level": "soonish", "text": "Cough.", "diagnosis": "Cold"},
            "no level 'soonish' in set 'levine'",
        ),
    ],
)
def test_a_row_that_cannot_be_a_script_is_named_with_the_reason(
    row: dict[str, Any], why: str, ear: Ear
) -> None:
    (refused,) = read_cases([(7, row)], ear, name="t")
    assert isinstance(refused, Refused)
    assert (refused.number, refused.id) == (7, row["id"])
    assert why in refused.why


# -- records that contradict themselves ---------------------------------------------------------------------


def test_a_record_that_contradicts_itself_keeps_every_word_and_the_first_finding(ear: Ear) -> None:
    """Bowels that do both, a number that is not what the examiner wrote: it happened, and no script has to be thrown away."""
    script = one(
        {
            "id": "c", "lang": "en", "diagnosis": "Irritable bowel syndrome", "tests": "None",
            "history": "Demographics: 30-year-old woman; History: She has constipation. "
            "She has diarrhea.; Symptoms: Primary Symptom: Constipation",
            "examination": "Vital Signs: Temperature: 38.6°C (98°F)",
        },
        ear,
    )  # fmt: skip
    assert (status(script, "fever"), status(script, "constipation")) == ("present", "present")
    assert status(script, "diarrhoea") is None
    told = [t for kind in ("symptom", "complaint", "vital") for t in words(script, kind)]
    assert any("diarrhea" in t for t in told)
    assert "temperature 36.7 ℃" in told


def test_a_fever_at_home_may_be_gone_when_it_is_measured(ear: Ear) -> None:
    script = one(
        {
            "id": "f", "lang": "en", "diagnosis": "roseola infantum", "tests": "None",
            "history": "Demographics: 9-month-old girl; History: She had a high fever of 40 C at home.; Symptoms: Primary Symptom: Rash",
            "examination": "Vital Signs: Temperature: 37.1°C",
        },
        ear,
    )  # fmt: skip
    assert status(script, "high_fever") == "present"
    measured = {f.text["en"]: f.value for f in script.medical.facts if f.kind == "vital" and f.value}
    assert measured == {"temperature": 37.1}
    made_up = script.model_copy(update={"origin": "sampled"})
    assert "37.1 ℃ is no 'fever', which is present" in faults(made_up, ear.knowledge)[0]


def test_the_age_of_a_child_is_not_its_mother_s(ear: Ear) -> None:
    script = one(
        {
            "id": "d", "lang": "en", "diagnosis": "lactational mastitis", "tests": "None", "examination": "None",
            "history": "History: Her breast is painful and red. Her baby is 7 months old.; Symptoms: Primary Symptom: Breast pain",
        },
        ear,
    )  # fmt: skip
    assert script.main.condition == "lactational_mastitis"
    assert script.social.sex == "female"
    assert script.social.age_years > 14
    assert "age" in script.source
