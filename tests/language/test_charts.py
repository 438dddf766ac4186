"""What Chinese charts write: letters for vital signs, brackets and arrows for results, what was not found."""

from __future__ import annotations

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.case import Case


def heard(text: str, clinic: Clinic) -> dict[str, str]:
    case = Case("zh").add(clinic.ear.understand(text, Case("zh")), text=text)
    return {f.id: f.status for f in case.findings.values()}


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("35岁，T 38.3℃，P 118次/分，R 26次/分，BP 108/70mmHg", {"fever", "tachycardia", "tachypnoea"}),
        ("40岁，BP 70/40 P 140 SpO2 85%", {"hypotension", "tachycardia", "low_oxygen"}),
        ("RF(+)，补体C3↓", {"rheumatoid_factor_positive", "complement_low"}),
        ("hs-cTnI 8.7ng/ml↑", {"troponin_raised"}),
        ("血浆变肾上腺素明显升高", {"metanephrines_high"}),
        ("新斯的明试验（+）", {"myasthenia_tests"}),
        ("发烧39.4，嗓子疼", {"high_fever", "sore_throat"}),
        ("T39.7，抽搐一次", {"high_fever"}),
        ("今尿量<100ml", {"oliguria"}),
        ("24h尿蛋白定量6.8g", {"proteinuria_nephrotic"}),
        ("停经50天，左下腹疼", {"missed_period", "pain_llq"}),
        ("月经四个月没来了，从108斤瘦到74斤", {"amenorrhoea", "weight_loss"}),
        ("G2P0，头痛", {"nulliparous"}),
        ("GCS 7分", {"reduced_consciousness"}),
        ("BP 136/86mmHg，直立后108/70mmHg", {"postural_bp_drop"}),
        ("肾上腺CT：左侧1.6cm低密度结节", {"adrenal_mass"}),
        ("UCG：三尖瓣赘生物8mm", {"vegetation_echo"}),
        ("B超：左附件包块7cm，血流消失", {"ovary_flow_absent"}),
        ("头颅CT：左侧基底节区高密度影", {"ct_brain_bleed"}),
        ("阿莫西林吃了五天一点用没有", {"antibiotic_no_help"}),
        ("否认疫区接触史，抗生素治疗无效", {"antibiotic_no_help"}),
        ("阴道不规则流血10天", {"vaginal_bleeding_abnormal"}),
    ],
)
def test_what_is_measured_and_marked_is_heard(text: str, present: set[str], clinic: Clinic) -> None:
    said = heard(text, clinic)
    assert present <= {name for name, status in said.items() if status == "present"}


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("双肺呼吸音清，未闻及湿啰音", {"crackles", "wheeze"}),
        ("HBsAg(-)，类风湿因子均阴性", {"hbsag_positive", "rheumatoid_factor_positive"}),
        ("粪便培养（-），艰难梭菌毒素（-）", {"stool_culture_pathogen", "cdiff_toxin_positive"}),
        ("C3正常，CK正常", {"complement_low", "ck_raised"}),
        ("双侧肾上腺未见占位", {"adrenal_mass"}),
        ("头颅CT未见出血灶", {"ct_brain_bleed"}),
        ("腹平片：膈下未见游离气体", {"free_air_imaging"}),
        ("既往史：否认结核、癫痫", {"tuberculosis_history", "epilepsy_history"}),
        ("无阵发性头痛、心悸、大汗", {"spells_headache_sweat_palpitations"}),
    ],
)
def test_what_was_looked_for_and_not_found_is_denied(text: str, absent: set[str], clinic: Clinic) -> None:
    said = heard(text, clinic)
    assert absent <= {name for name, status in said.items() if status == "absent"}
    assert not any(status == "present" for status in said.values())


def test_a_letter_and_a_number_alone_are_no_pulse(clinic: Clinic) -> None:
    assert not heard("血磷P 140，住R 30床", clinic)


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("尿RBC 15/HP，RF(+)", "h_pylori_known"),
        ("每次尿量约50ml，尿频", "oliguria"),
        ("便潜血(+++)", "haematuria_microscopic"),
        ("停经38周，规律腹痛", "amenorrhoea"),
        ("有点胖170斤", "weight_gain"),
        ("腰痛，平卧休息后缓解", "abdominal_pain_leaning_forward"),
        ("CT：胰腺未见异常，右肾见4cm占位", "adrenal_mass"),
        ("眼底：视网膜水肿", "eyelid_swelling"),
        ("否认外伤史，抗生素治疗后好转", "antibiotic_no_help"),
    ],
)
def test_what_only_looks_like_it_is_not_heard(text: str, absent: str, clinic: Clinic) -> None:
    assert heard(text, clinic).get(absent) != "present"


@pytest.mark.parametrize(
    ("text", "present", "gone"),
    [
        ("头痛2天，吸烟30年。父亲55岁患心梗。查体：律齐", "family_heart_disease", "heart_disease_history"),
        ("发热3天，甲状腺结节。姐姐患甲状腺髓样癌。", "men_family", "cancer_history"),
        ("男，6岁，发热，抽搐一次。父亲幼时有热惊厥。", "family_febrile_seizure", "febrile_seizure"),
        ("女，28岁，头疼一周，母亲有高血压。", "family_hypertension_stroke", "hypertension_history"),
    ],
)
def test_a_relative_in_passing_is_not_the_patient(text: str, present: str, gone: str, clinic: Clinic) -> None:
    said = heard(text, clinic)
    assert said.get(present) == "present"
    assert said.get(gone) != "present"
    person = clinic.ear.understand(text, Case("zh")).person
    assert person.get("relation") is None
    assert person.get("age_years") in (None, 6, 28)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("He developed acute low back pain when lifting boxes 2 weeks ago.", "duration_weeks"),
        (
            "Low back pain for 3 days. He describes previous similar episodes several years ago.",
            "duration_days",
        ),
        ("腰痛3天，5年前有过类似发作", "duration_days"),
        ("She has had similar episodes of headache for 3 months", "duration_months"),
    ],
)
def test_the_time_is_that_of_this_illness(text: str, duration: str, clinic: Clinic) -> None:
    said = heard(text, clinic)
    assert {name for name in said if name.startswith("duration_")} == {duration}


def test_behind_a_history_comes_what_is_now(clinic: Clinic) -> None:
    text = "A man with no significant history of back pain developed headache when lifting boxes"
    headache = next(f for f in clinic.ear.understand(text, Case("en")).findings if f.id == "headache")
    assert headache.when == "now"


def test_what_is_feared_is_not_guessed(clinic: Clinic) -> None:
    said = clinic.ear.understand("Elizabeth worries about dehydration, so she gives him juice.", Case("en"))
    assert "dehydration_signs" not in {g.likeliest for g in said.guesses}


def test_a_sore_eyelid_is_no_sore_eye(clinic: Clinic) -> None:
    assert "eye_pain" not in heard("Painful swollen right eyelid, hurts to touch it", clinic)
    assert heard("眼皮疼，一碰就疼", clinic)["eyelid_tender"] == "present"
    assert heard("眼睛疼", clinic)["eye_pain"] == "present"


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("大便无变细", "thin_stool"),
        ("颈静脉无怒张", "raised_neck_veins"),
        ("腹肌无明显紧张", "abdominal_rigidity"),
        ("腹股沟淋巴结无肿大", "swollen_groin_nodes"),
        ("睑结膜无苍白", "pallor"),
        ("双侧腹股沟淋巴结未触及肿大", "swollen_groin_nodes"),
    ],
)
def test_a_denial_in_the_middle_of_a_phrase_denies_it(text: str, absent: str, clinic: Clinic) -> None:
    assert heard(text, clinic).get(absent) == "absent"


def test_every_few_days_is_no_age(clinic: Clinic) -> None:
    assert clinic.ear.understand("孩子三天两头喊肚子痛", Case("zh")).person.get("age_years") is None


def test_what_comes_before_the_denial_of_a_verb_is_there(clinic: Clinic) -> None:
    assert heard("口渴不想喝水", clinic)["thirst"] == "present"
    assert heard("胸痛不缓解", clinic)["chest_pain"] == "present"
