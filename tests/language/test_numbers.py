"""Values as people say them: read in any writing, and meaning what they mean for this patient."""

from __future__ import annotations

from typing import Any

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.case import Case, Heard


def hear(clinic: Clinic, text: str) -> Heard:
    return clinic.ear.understand(text, Case())


def status(clinic: Clinic, text: str) -> dict[str, str]:
    return {f.id: f.status for f in hear(clinic, text).findings if f.when == "now"}


MEASURED: list[tuple[str, dict[str, float]]] = [
    # blood pressure
    ("190 over 115 on the machine at home", {"sbp": 190, "dbp": 115}),
    ("blood pressure's 220 over 130", {"sbp": 220, "dbp": 130}),
    ("185 over 122, headache", {"sbp": 185, "dbp": 122}),
    ("bp 210 over 120", {"sbp": 210, "dbp": 120}),
    ("bp's 198/110", {"sbp": 198, "dbp": 110}),
    ("高压一百八十八，低压一百二十", {"sbp": 188, "dbp": 120}),
    ("量血压二百二", {"sbp": 220}),
    ("量血压一百六", {"sbp": 160}),
    ("上压二百一，头晕", {"sbp": 210}),
    ("血压飙到230", {"sbp": 230}),
    ("血压计上两百多", {"sbp": 200}),
    ("top number keeps coming up 195", {"sbp": 195}),
    ("a hundred and ninety over a hundred and twenty", {"sbp": 190, "dbp": 120}),
    ("血压高二十年", {}),
    ("a bruise 10 over 5 cm", {}),
    ("5 over 3 weeks", {}),
    # glucose, weight, fever
    ("空腹糖14", {"glucose": 14, "fasting_glucose": 14}),
    ("血糖12点几", {"glucose": 12}),
    ("一米86才110斤", {"height": 186, "weight": 55, "bmi": 15.9}),
    ("一米六五只剩七十六斤", {"height": 165, "weight": 38, "bmi": 14.0}),
    ("woke with a 103 fever", {"temperature": 39.4}),
    ("前几天烧过38", {"temperature": 38}),
    # oxygen and pulse
    ("指氧84%", {"spo2": 84}),
    ("手指头夹的那个小机器显示85", {"spo2": 85}),
    ("指夹仪测了三遍都是88", {"spo2": 88}),
    ("血氧仪上数字八十九", {"spo2": 89}),
    ("血氧九十一", {"spo2": 91}),
    ("家里夹手指测氧的，只有八十几", {"spo2": 83}),
    ("that finger clip thing says 86", {"spo2": 86}),
    ("the peg on his finger is showing 84 percent", {"spo2": 84}),
    ("sats are sitting at 88", {"spo2": 88}),
    ("pulse ox says 85", {"spo2": 85}),
    ("心跳一分钟一百八", {"heart_rate": 180}),
    ("脉一分钟才三十几下", {"heart_rate": 33}),
    ("watch says heart rate 35", {"heart_rate": 35}),
    ("喘得一分钟三十多下", {"respiratory_rate": 30}),
    ("夹手指夹了2天，指甲黑了", {}),
    # glucose
    ("my sugar's 2.1", {"glucose": 2.1}),
    ("my sugar is 24", {"glucose": 24}),
    ("his sugar was 2.4", {"glucose": 2.4}),
    ("finger prick was 22", {"glucose": 22}),
    ("血糖二十五", {"glucose": 25}),
    ("血糖量出来二十五", {"glucose": 25}),
    ("血糖三十多", {"glucose": 30}),
    ("血糖高二十年", {}),
    ("血糖仪显示hi，静脉血糖46mmol/L", {"glucose": 46}),
    ("two spoons of sugar, 20 g of sugar", {}),
    ("血糖高3年", {}),
    # temperature
    ("一量38.6", {"temperature": 38.6}),
    ("量了三十八度四", {"temperature": 38.4}),
    ("耳温枪39.5", {"temperature": 39.5}),
    ("101.5 under the arm", {"temperature": 38.6}),
    ("103 on the thermometer", {"temperature": 39.4}),
    ("I took my son's temperature and it was 39", {"temperature": 39.0}),
    ("checked her temp: 102", {"temperature": 38.9}),
    ("she's 39.5 degrees", {"temperature": 39.5}),
    ("he has 39 of fever", {"temperature": 39.0}),
    ("fever since last night, highest 39.2", {"temperature": 39.2}),
    ("it's 39 degrees outside", {}),
    ("her temperature was taken and it was 2 hours later", {}),
    ("I'm 39 and have fever", {}),
    ("female 39 fever and cough", {}),
    ("102.8 rectal", {"temperature": 39.3}),
    ("the ear thing says 39.6", {"temperature": 39.6}),
    ("gave birth on Monday, now 39.5", {"temperature": 39.5}),
    ("孩子昨天烧，今天三十八度二", {"temperature": 38.2}),
    ("血氧仪坏了，今年69了", {}),
    ("家里量的高压150左右，低压95", {"sbp": 150, "dbp": 95}),
    ("scored 90 over 100 in the test", {}),
    ("height 5'10, weight 95 kg", {"height": 178, "weight": 95, "bmi": 30}),
    ("屈膝约30度时疼", {}),
    ("left rotation limited to 20 degrees", {}),
    ("近视三十九度", {}),
    ("the curve of her spine measures 38 degrees", {}),
]


@pytest.mark.parametrize(("text", "expected"), MEASURED)
def test_a_value_is_read_however_it_is_said(clinic: Clinic, text: str, expected: dict[str, float]) -> None:
    assert dict(hear(clinic, text).measurements) == {
        k: pytest.approx(v, abs=0.1) for k, v in expected.items()
    }


MEANT: list[tuple[str, dict[str, str | None]]] = [
    ("空腹血糖8.4，口渴", {"high_glucose_reading": "present"}),
    ("fasting glucose of 8.4", {"high_glucose_reading": "present"}),
    ("空腹血糖6.5", {"high_glucose_reading": None, "low_glucose_reading": "absent"}),
    ("空腹血糖5.0", {"high_glucose_reading": "absent"}),
    ("空腹血糖6.5，口服75g葡萄糖后2小时9.6", {"high_glucose_reading": None}),
    ("餐后血糖5.4", {"high_glucose_reading": "absent"}),
    ("静脉血糖46mmol/L", {"glucose_off_scale_said": "present", "low_glucose_reading": "absent"}),
    ("右边152/90，左边才112/70", {"arm_pressure_difference": "present"}),
    ("BP right arm 198/110, left arm 162/92", {"arm_pressure_difference": "present"}),
    ("BP right arm 132/80, left arm 128/80", {"arm_pressure_difference": "absent"}),
    ("Creatinine was 90 last month and it's 290 today", {"creatinine_raised": "present"}),
    ("肌酐上月380，今天90", {"creatinine_raised": None}),
    (
        "化验：血钾2.6mmol/L，血镁0.51mmol/L，血氯94mmol/L，HCO₃⁻ 31mmol/L，24小时尿钾64mmol",
        {"potassium_low": "present"},
    ),
    ("血小板9", {"platelets_low": "present"}),
    ("血小板由160降至86", {"platelets_low": "present"}),
    ("platelets have been 820, 910", {"platelets_high": "present"}),
    ("身高160cm，体重94kg", {"obesity": "present"}),
    ("身高170cm，体重62kg", {"obesity": "absent"}),
    ("BMI 16.8", {"underweight": "present"}),
    ("体重指数17.2", {"underweight": "present"}),
    ("BMI 33", {"obesity": "present"}),
    ("BMI 22", {"underweight": "absent", "obesity": "absent"}),
    ("她瘦了20斤，没胃口", {"weight_loss": "present"}),
    ("lost near 2 stone since spring", {"weight_loss": "present"}),
    ("lost perhaps 3 kg", {"weight_loss": "present"}),
    ("dropped half a stone", {"weight_loss": "present"}),
    ("体重由62kg增至94kg", {"weight_gain": "present"}),
    ("I have not lost 5 kg", {"weight_loss": "absent"}),
    ("I dropped a 5 kg weight on my foot", {"weight_loss": None}),
    ("血钾3.9，复查5.8", {"potassium_high": "present"}),
    ("肌酐90umol/l，今天3点复查", {"creatinine_raised": "absent"}),
    ("lost 3 keys", {"weight_loss": None}),
    ("FSH 58, hot flushes", {"fsh_raised": "present"}),
    ("FSH 6", {"fsh_raised": "absent"}),
    ("呼吸暂停低通气指数4次/时", {"sleep_study_apnoea": "absent"}),
    ("呼吸暂停低通气指数34次/时", {"sleep_study_apnoea": "present"}),
    # a chemistry panel by its abbreviations, and the same letters that are no test
    (
        "Na 119 mEq/L, K: 6.4, Ca: 13.1 mg/dL",
        {"sodium_low": "present", "potassium_high": "present", "calcium_high": "present"},
    ),
    (
        "vitamin K 3 times a week, 400 mg 2 tablets, CA-125: 12",
        {"potassium_low": None, "magnesium_high": None, "calcium_high": None},
    ),
    ("bicarbonate 9 mmol/L", {"metabolic_acidosis": "present"}),
    ("bicarbonate 20 mmol/L", {"metabolic_acidosis": None}),
    ("INR 1.4 (high), pCO2 66 mmHg", {"clotting_prolonged": "present", "hypercapnia": "present"}),
    ("PT 12 seconds, aPTT 31 seconds", {"clotting_prolonged": "absent", "spells_seconds": None}),
    ("aPTT: 88 sec", {"clotting_prolonged": "present"}),
    ("bilirubin, total: 9 mg/dL; bilirubin, direct: 0.6 mg/dL", {"indirect_bilirubin_raised": "present"}),
    (
        "total bilirubin 9 mg/dL, direct bilirubin 7 mg/dL",
        {"indirect_bilirubin_raised": None, "cholestasis_result": "present"},
    ),
    ("basophils 0.4%", {"basophils_myelocytes": "absent"}),
    ("basophils 9%", {"basophils_myelocytes": "present"}),
    ("FEV1/FVC ratio: 48%", {"airflow_obstruction": "present"}),
    ("FEV1/FVC ratio 81%", {"airflow_obstruction": "absent"}),
    # of which fluid
    ("CSF: glucose 28 mg/dL; blood glucose 90 mg/dL", {"low_glucose_reading": "absent"}),
    ("pleural fluid glucose of 22 mg/dL", {"low_glucose_reading": None}),
    ("glucose 28 mg/dL, shaking", {"glucose_very_low_said": "present"}),
    ("BM 3.4", {"low_glucose_reading": "present", "glucose_very_low_said": None}),
    ("指血 1.9", {"glucose_very_low_said": "present", "high_glucose_reading": "absent"}),
    ("末梢血糖25.6mmol/L", {"glucose_very_high_said": "present", "low_glucose_reading": "absent"}),
    ("RBS 640 mg/dl", {"glucose_off_scale_said": "present"}),
    ("blood glucose: HI", {"glucose_off_scale_said": "present"}),
    ("血糖LO", {"glucose_very_low_said": "present"}),
    ("glucose high", {"high_glucose_reading": "present", "glucose_off_scale_said": None}),
    ("BM 3 times a day, last BM 2 days ago", {"low_glucose_reading": None}),
    ("末梢血白细胞 2.1×10^9/L", {"wbc_low": "present", "low_glucose_reading": None}),
    (
        "urinalysis: glucose 2+; WBC 30-40/hpf; protein: negative",
        {
            "low_glucose_reading": None,
            "pyuria": "present",
            "wbc_raised": None,
            "proteinuria_result": "absent",
        },
    ),
    (
        "urinalysis: RBC: TNTC; CBC: WBC 18,000/mm3",
        {"haematuria_microscopic": "present", "wbc_raised": "present", "pyuria": None},
    ),
    ("urine sodium 12 mEq/L, creatinine 90 mg/dL", {"sodium_low": None, "creatinine_raised": None}),
    ("little urine, creatinine 5.1 mg/dL", {"creatinine_raised": "present"}),
    (
        "小便检查：隐血2+、白细胞3+",
        {"haematuria_microscopic": "present", "pyuria": "present", "wbc_low": None},
    ),
    ("白带常规白细胞3+", {"pyuria": None, "wbc_low": None}),
    ("大便隐血2+", {"haematuria_microscopic": None, "faecal_occult_blood": "present"}),
    ("尿酸580，肌酐310", {"uric_acid_high": "present", "creatinine_raised": "present"}),
    ("Glu: 390 mg/dL", {"glucose_very_high_said": "present", "solvent_exposure": None}),
    # for a baby
    ("5-week-old girl, hemoglobin 8.0 g/dL", {"anaemia_result": "present"}),
    (
        "2-day-old boy, hemoglobin 17 g/dL, total bilirubin 5 mg/dL",
        {"anaemia_result": "absent", "high_bilirubin_result": None},
    ),
    # two numbers together
    ("E2V3M5", {"reduced_consciousness": "present"}),
    ("GCS E4V5M6", {"reduced_consciousness": None}),
    ("BP 170/48", {"wide_pulse_pressure": "present"}),
    ("血压 220/120", {"wide_pulse_pressure": None}),
    ("BP 95/40", {"wide_pulse_pressure": None}),
    ("体温39.8℃，脉搏78次/分", {"relative_bradycardia": "present"}),
    ("T 40.1, P 122", {"relative_bradycardia": "absent"}),
    ("T 36.8, P 60", {"relative_bradycardia": None}),
    ("heart rate rose by 38 bpm on standing", {"postural_tachycardia": "present"}),
    ("立位心率由72升至118次/分", {"postural_tachycardia": "present"}),
    ("HR lying 68, standing 78", {"postural_tachycardia": "absent"}),
    ("HR 98, BP 110/70 standing", {"postural_tachycardia": None}),
    ("core temp 41.2 °C", {"body_temp_over_40": "present"}),
    ("体温40.3℃", {"body_temp_over_40": None, "high_fever": "present"}),
    ("呼吸 8次/分", {"slow_breathing": "present"}),
    ("胎动2小时才4次", {"reduced_fetal_movement": "present"}),
    ("fetal movements 12 in 2 hours", {"reduced_fetal_movement": None}),
    ("OGTT 4.8-9.2-8.9，孕26周", {"ogtt_abnormal": "present"}),
    ("孕26周，OGTT空腹4.6，1小时9.1，2小时7.7", {"ogtt_abnormal": None}),
    # eyes, postures and weather
    ("right eye 20/100, left eye 20/20", {"blurred_vision": "present", "arm_pressure_difference": None}),
    ("vision 20/20 in both eyes", {"blurred_vision": None}),
    ("BP 142/88 lying, 108/60 standing", {"postural_bp_drop": "present"}),
    ("BP 142/88 lying, 138/86 standing", {"postural_bp_drop": "absent"}),
    ("体温35度", {"heat_exposure": None, "fever": "absent"}),
    ("气温37.8度，头晕", {"fever": None}),
]


@pytest.mark.parametrize(("text", "expected"), MEANT)
def test_what_a_number_means(clinic: Clinic, text: str, expected: dict[str, Any]) -> None:
    heard = status(clinic, text)
    assert {k: heard.get(k) for k in expected} == expected


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("站立后心率增加42次/分", "bradycardia"),
        ("heart rate rose by 38 bpm on standing", "bradycardia"),
        ("胎心率142次/分", "tachycardia"),
        ("眼压右52mmHg，左17mmHg", "arm_pressure_difference"),
        ("induced sputum eosinophils 9%", "eosinophils_raised"),
        ("胸水白细胞 2300×10^6/L↑", "wbc_raised"),
        ("15% lymphocytes", "csf_lymphocytes"),
        ("肺动脉收缩压65mmHg", "hypotension"),
    ],
)
def test_a_difference_another_heart_or_another_place_is_no_value_of_this_one(
    clinic: Clinic, text: str, never: str
) -> None:
    assert status(clinic, text).get(never) != "present"
