"""Laboratory values: read with their units, understood by age and sex, and never guessed."""

from __future__ import annotations

import pytest

from suwen.core.case import Person
from suwen.knowledge import Knowledge
from suwen.language.labs import LabReader, lab_findings
from suwen.language.normalise import views


def meant(text: str, knowledge: Knowledge, person: Person | None = None) -> dict[str, str]:
    values = LabReader(knowledge.labs).read(views(text).zh)
    return {f.id: f.status for f in lab_findings(values, knowledge.labs, person or Person(), text, 0)}


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("WBC 15,000/mm³, Hb 9.8 g/dL, platelets 32,000", {"wbc_raised", "anaemia_result", "platelets_low"}),
        ("血小板32，中性粒细胞0.1，白细胞1.2×10^9/L", {"platelets_low", "neutrophils_low", "neutrophils_very_low", "wbc_low"}),
        ("serum creatinine of 2.4 mg/dL, potassium 6.1 mEq/L, Na+ 128", {"creatinine_raised", "potassium_high", "sodium_low"}),
        ("肌酐380，血钾7.2", {"creatinine_raised", "potassium_high"}),
        ("ALT: 350 U/L, total bilirubin 5.6 mg/dL", {"liver_enzymes_raised", "high_bilirubin_result"}),
        ("CRP>200mg/L", {"crp_raised"}),
        ("血小板三十几、白细胞六万", {"platelets_low", "wbc_raised"}),
        ("白细胞6万多，查过尿酸五百八", {"wbc_raised", "uric_acid_high"}),
        ("化验钾3.0", {"potassium_low"}),
        ("TSH <0.01 mIU/L, HbA1c 9.2%, eosinophils 12%", {"tsh_low", "hba1c_high", "eosinophils_raised"}),
    ],
)  # fmt: skip
def test_values_are_read_in_both_languages(text: str, present: set[str], knowledge: Knowledge) -> None:
    assert {k for k, v in meant(text, knowledge).items() if v == "present"} == present


@pytest.mark.parametrize(
    "text",
    [
        "potassium chloride 20 mg daily, calcium 600 mg",
        "CSF analysis: WBC 200 cells/mm3",
        "Urinalysis shows WBC 50/hpf",
        "腹水白细胞 50000",
        "nasal smear eosinophils 40%",
        "urine bilirubin 40, CSF chloride 122 mmol/L",
        "creatinine 2.4 furlongs/L, albumin 3 mg/dL",
        "血钾 720",
        "D-dimer 3",
    ],
)
def test_another_fluid_a_dose_or_an_unclear_unit_is_not_read(text: str, knowledge: Knowledge) -> None:
    assert not {k for k, v in meant(text, knowledge).items() if v == "present"}


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("脑脊液：白细胞1850×10^6/L，蛋白2.1g/L；血常规：白细胞18×10^9/L", {"csf_neutrophils", "wbc_raised"}, {"csf_protein_only"}),
        ("CSF: WCC 180, 95% lymphocytes, protein 0.6, glucose 3.4", {"csf_lymphocytes"}, set()),
        ("脑脊液蛋白1.62g/L，细胞数3×10^6/L", {"csf_protein_only"}, {"csf_neutrophils", "csf_lymphocytes"}),
        ("LP: WBC 2, protein 28 mg/dL", set(), {"csf_neutrophils", "csf_lymphocytes", "csf_protein_only"}),
        ("CSF eosinophils 22%; 诱导痰嗜酸性粒细胞 8.6%", {"csf_eosinophils", "sputum_eosinophils"}, set()),
        ("BAL eosinophils 36%", {"bal_eosinophils"}, set()),
        ("胸水蛋白 45g/L，LDH 560U/L，ADA 68 U/L", {"pleural_exudate", "pleural_ada_raised"}, set()),
        ("pleural fluid protein 14 g/L, triglycerides 4.8 mmol/L", {"chylous_fluid"}, {"pleural_exudate"}),
        ("ascitic fluid PMN 1200 cells/µL, SAAG 1.6 g/dL", {"ascites_pmn_high", "ascites_portal_type"}, set()),
        ("腹水多形核细胞 60/mm3，血清-腹水白蛋白梯度 8g/L", set(), {"ascites_pmn_high", "ascites_portal_type"}),
        ("关节液WBC 78000×10^6/L", {"synovial_fluid_purulent"}, set()),
        ("joint aspirate WCC 1200", set(), {"synovial_fluid_purulent"}),
        ("sputum eosinophils 1.5%, blood eosinophils 0.9", {"eosinophils_raised"}, {"sputum_eosinophils"}),
        ("胸水常规：黄色；生化：总蛋白 48g/L，LDH 560U/L", {"pleural_exudate"}, set()),
        ("尿常规：蛋白3+；生化：肌酐 312", {"creatinine_raised"}, set()),
        ("腹水白蛋白 8g/L；血清白蛋白 26g/L", {"ascites_portal_type", "hypoalbuminaemia"}, set()),
    ],
)  # fmt: skip
def test_another_fluid_has_its_own_limits(
    text: str, present: set[str], absent: set[str], knowledge: Knowledge
) -> None:
    told = meant(text, knowledge)
    assert {k for k, v in told.items() if v == "present"} == present
    assert {k for k, v in told.items() if v == "absent"} >= absent


def test_a_share_may_stand_before_its_name(knowledge: Knowledge) -> None:
    told = meant("30% eosinophils, 62% lymphocytes", knowledge)
    assert told == {"eosinophils_raised": "present", "lymphocytes_raised": "present"}
    assert meant("neutrophils 30% eosinophils 2%", knowledge)["eosinophils_raised"] == "absent"


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("ALT 10 times the upper limit", {"liver_enzymes_raised"}),
        ("CK elevated 5x ULN", {"ck_raised"}),
        ("lipase six times the upper limit of normal, ferritin 3 x ULN", {"lipase_raised", "ferritin_high"}),
        ("prolactin twenty times normal", {"prolactin_high"}),
        ("ALT升高3倍", {"liver_enzymes_raised"}),
        ("肌酸激酶较正常高限升高5倍，淀粉酶超过正常值上限3倍", {"ck_raised", "lipase_raised"}),
        ("转氨酶为正常上限的8倍", {"liver_enzymes_raised"}),
        ("ALT 0.8 x ULN", set()),
        ("calcium 2 times daily, potassium three times a day", set()),
        ("胸水LDH为正常上限的3倍", {"pleural_exudate"}),
    ],
)
def test_many_times_the_limit_is_raised(text: str, present: set[str], knowledge: Knowledge) -> None:
    assert meant(text, knowledge) == dict.fromkeys(present, "present")


@pytest.mark.parametrize(
    ("text", "finding", "status"),
    [
        ("右眼眼压32mmHg", "eye_pressure_raised", "present"),
        ("眼压右17mmHg，左52mmHg", "eye_pressure_raised", "present"),
        ("IOP OD 14 OS 42", "eye_pressure_raised", "present"),
        ("IOP was 14 in the right eye and 52 in the left", "eye_pressure_raised", "present"),
        ("IOP 15, 30 days of pain in the right eye", "eye_pressure_raised", "absent"),
        ("pH 7.48 / pCO2 28 / pO2 58", "low_oxygen", "present"),
        ("intraocular pressures 14 and 15 mmHg", "eye_pressure_raised", "absent"),
        ("EF 0.35", "ejection_fraction_low", "present"),
        ("射血分数62%", "ejection_fraction_low", "absent"),
        ("抗O 820", "aso_raised", "present"),
        ("ASOT 120 IU/ml", "aso_raised", "absent"),
        ("血氨 132", "ammonia_raised", "present"),
        ("ammonia 20 umol/L", "ammonia_raised", "absent"),
        ("pH 7.56, PaCO2 22 mmHg", "respiratory_alkalosis", "present"),
        ("动脉血气 pH 7.42，PaCO2 40mmHg，BE -1", "metabolic_acidosis", "absent"),
        ("BE -14", "metabolic_acidosis", "present"),
        ("阴离子间隙 28", "metabolic_acidosis", "present"),
        ("血氯 80mmol/L，HCO3- 36", "metabolic_alkalosis", "present"),
        ("Li 2.1 mmol/L", "lithium_level_high", "present"),
        ("lithium 0.7 mmol/L", "lithium_level_high", "absent"),
        ("地高辛浓度 3.2ng/ml", "digoxin_level_high", "present"),
        ("salicylate 4.8 mmol/L", "salicylate_level_high", "present"),
        ("paracetamol <10 mg/L", "paracetamol_level_high", "absent"),
        ("血乙醇 310 mg/dL", "blood_alcohol_high", "present"),
        ("MMSE 18/30", "cognitive_test_low", "present"),
        ("MoCA评分28分", "cognitive_test_low", "absent"),
        ("PHQ-9 20", "depression_scale_high", "present"),
        ("PHQ-9 score 3", "depression_scale_high", "absent"),
        ("GAD-7评分 17分", "anxiety_scale_high", "present"),
    ],
)  # fmt: skip
def test_pressures_gases_levels_and_scores_are_read(
    text: str, finding: str, status: str, knowledge: Knowledge
) -> None:
    assert meant(text, knowledge)[finding] == status


@pytest.mark.parametrize(
    ("text", "finding", "status"),
    [
        ("AST 210, ALT 82", "ast_alt_ratio_high", "present"),
        ("AST 30, ALT 12", "ast_alt_ratio_high", "absent"),
        ("γ-GT 420U/L", "ast_alt_ratio_high", "present"),
        ("hs-TnT 186 ng/L", "troponin_raised", "present"),
        ("肌钙蛋白T 0.86", "troponin_raised", "present"),
        ("离子钙 0.86mmol/L", "calcium_low", "present"),
        ("eGFR 96 mL/min/1.73m2", "creatinine_raised", "absent"),
        ("IgG 2.1 g/L", "immunoglobulins_low", "present"),
        ("CMV IgG 2.1 AU/mL", "immunoglobulins_low", None),
        ("fT4 6.0 pmol/L, TSH 0.6", "ft4_low_tsh_not_high", "present"),
        ("fT4 6.0 pmol/L, TSH 60", "ft4_low_tsh_not_high", "absent"),
        ("ACTH 380 pg/mL", "acth_high", "present"),
        ("anti-TPO 12 IU/ml", "thyroid_antibodies", "absent"),
        ("抗dsDNA 286 IU/ml", "dsdna_sm_positive", "present"),
        ("C4 2 mg/dL", "complement_low", "present"),
        ("结合珠蛋白 0.08g/L", "haemolysis_result", "present"),
        ("尿钠 8mmol/L", "urine_sodium_low", "present"),
        ("serum sodium 138", "urine_sodium_low", None),
        ("尿比重 1.020", "urine_dilute", "absent"),
        ("uACR 860 mg/g", "proteinuria_result", "present"),
        ("24-hour urine protein 6.4 g", "proteinuria_nephrotic", "present"),
        ("24h尿蛋白定量 0.09g", "proteinuria_result", "absent"),
        ("faecal elastase <50 mcg/g", "faecal_elastase_low", "present"),
        ("FEV1 1.2 L, FVC 2.6 L", "airflow_obstruction", "present"),
        ("FVC占预计值58%，FEV1/FVC 86%", "restrictive_spirometry", "present"),
        ("FVC 58%, FEV1/FVC 45%", "restrictive_spirometry", "absent"),
        ("肝硬度值 16.8kPa", "liver_stiffness_high", "present"),
        ("升主动脉内径48mm", "thoracic_aneurysm_imaging", "present"),
        ("TBUT 右3s 左12s", "tear_tests_low", "present"),
        ("骨密度T值 -2.9", "bone_density_low", "present"),
        ("T score -0.8 at hip", "bone_density_low", "absent"),
        ("残余尿量 180ml", "residual_urine_raised", "present"),
        ("羊水指数 28cm", "polyhydramnios_result", "present"),
        ("胎心率 86次/分", "fetal_distress", "present"),
        ("胎心率142次/分", "fetal_distress", "absent"),
        ("PR 88/min", "ecg_heart_block", None),
        ("WBC 2.1, Hb 62, PLT 14", "pancytopenia_result", "present"),
        ("WBC 12, Hb 62, PLT 14", "pancytopenia_result", "absent"),
        ("PLT 14", "pancytopenia_result", None),
        ("血红蛋白只有6克", "anaemia_result", "present"),
        ("血红蛋白 136克", "haemoglobin_high", "absent"),
        ("creatinine went from 1.1 to 3.4 mg/dL", "creatinine_raised", "present"),
        ("creatinine 1.1 mg/dL, today 5 mg of prednisone", "creatinine_raised", None),
        ("血糖2.1mmol/L时胰岛素18μU/ml", "insulin_high_fasting", "present"),
        ("胰岛素18单位，血糖 8.1", "insulin_high_fasting", None),
        ("UA 586 μmol/L", "uric_acid_high", "present"),
        ("UA: WBC 5, pH 6", "uric_acid_high", None),
        ("Fbg 3.1 g/L", "fibrinogen_low", "absent"),
        ("PR3 <2 U/mL", "pr3_anca", "absent"),
        ("关节液白细胞 9.6万/mm3", "synovial_fluid_purulent", "present"),
        ("眼压量了28", "eye_pressure_raised", "present"),
        ("PCO2 72 mm Hg", "hypercapnia", "present"),
        ("ammonia 188 mcmol/L", "ammonia_raised", "present"),
        ("血清铁 4.1μmol/L，铁蛋白 380ng/ml", "iron_low", "absent"),
        ("血清铁 4.1μmol/L", "iron_low", "present"),
        ("HBV DNA 3.2×10^7 IU/ml", "hbv_replication", "present"),
        ("HBV-DNA <20 IU/ml", "hbv_replication", "absent"),
        ("碳13呼气试验 DOB 18.6", "h_pylori_known", "present"),
        ("尿常规：白细胞 560/μL", "pyuria", "present"),
        ("杯盘比：右0.4 左0.9", "optic_cup_enlarged", "present"),
        ("精子浓度 6×10^6/ml", "semen_abnormal", "present"),
        ("AUDIT 22", "alcohol_heavy", "present"),
        ("脑脊液白细胞 1.6×10^9/L", "csf_neutrophils", "present"),
    ],
)  # fmt: skip
def test_further_tests_are_read(text: str, finding: str, status: str | None, knowledge: Knowledge) -> None:
    assert meant(text, knowledge).get(finding) == status


@pytest.mark.parametrize(
    "text", ["digoxin 0.25 mg daily", "lithium 400 mg bd", "paracetamol 500 mg", "pleural fluid pH 6.9", "IQ test 3 months ago", "pH 7.21, pCO2 82"],
)  # fmt: skip
def test_a_dose_or_a_time_is_no_level(text: str, knowledge: Knowledge) -> None:
    assert "present" not in {v for k, v in meant(text, knowledge).items() if k != "hypercapnia"}


def test_limits_depend_on_age_and_sex_and_an_unknown_sex_decides_nothing(knowledge: Knowledge) -> None:
    text = "hemoglobin 12.5 g/dL"
    assert meant(text, knowledge, Person(sex="male"))["anaemia_result"] == "present"
    assert meant(text, knowledge, Person(sex="female"))["anaemia_result"] == "absent"
    assert "anaemia_result" not in meant(text, knowledge)
    assert meant(text, knowledge, Person(age_years=3))["anaemia_result"] == "absent"


def test_a_bound_says_only_what_it_decides(knowledge: Knowledge) -> None:
    assert meant("CRP <50 mg/L", knowledge) == {}
    assert meant("CRP <5 mg/L", knowledge)["crp_raised"] == "absent"
    assert meant("urinary sodium less than 20 mmol/L", knowledge)["urine_sodium_low"] == "present"
    assert meant("CA19-9大于1000U/ml", knowledge)["ca199_raised"] == "present"


def test_a_normal_value_is_evidence_of_absence(knowledge: Knowledge) -> None:
    assert meant("血钾 4.2 mmol/L", knowledge) == {"potassium_low": "absent", "potassium_high": "absent"}


def test_numbers_of_heart_lung_and_limb_are_read(knowledge: Knowledge) -> None:
    told = meant("FeNO 62 ppb, DLCO 48% predicted, QTc 540 ms, QRS 168 ms, mPAP 52 mmHg, ABI 0.52", knowledge)
    high = ("feno_raised", "diffusion_low", "ecg_qt_prolonged", "ecg_qrs_wide", "pulmonary_pressure_raised")
    assert all(told[finding] == "present" for finding in (*high, "foot_pulses_weak"))
    assert meant("QTcF 412, cap refill time of 2 s", knowledge)["ecg_qt_prolonged"] == "absent"
