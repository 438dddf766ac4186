"""What people come with first: any place of the body that hurts, swells or itches, and the common reasons for a visit."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from suwen.core.case import Case
from suwen.knowledge import Knowledge
from suwen.knowledge.compile import DATA
from suwen.knowledge.files import load_yaml
from suwen.language.understand import Ear

PARTS = load_yaml((DATA / "parts.yaml").read_text(encoding="utf-8"))
FELT = ["pain", "swelling", "lump", "itch", "numbness", "redness", "rash"]
NOWHERE = {
    "swelling": {"skin", "muscle", "bone", "elbow_crease", "thigh"},
    "lump": {"muscle", "nail", "joint"},
    "itch": {"muscle", "joint", "bone", "nail", "perineum"},
    "numbness": {"muscle", "joint", "bone", "throat", "tonsil", "nail"},
    "redness": {"muscle", "bone", "lip", "tongue", "tooth", "vulval_opening"},
    "rash": {"buttock"},
}
"""Where nobody says it so, or what it would mean has no finding yet."""
INSIDE = {"uterine_cervix", "fundus"}
"""Places that only a doctor sees."""
REASONS = Path(__file__).with_name("reasons_for_visit.tsv")
"""One line a reason: the finding, and words of patients in both languages, along the complaints of ICPC-2 (WONCA 2003)."""


@pytest.fixture(scope="module")
def ear(knowledge: Knowledge) -> Ear:
    return Ear(knowledge)


def heard(ear: Ear, text: str) -> set[str]:
    """What is present by a text, with what that implies."""
    present = [f.id for f in ear.understand(text, Case()).findings if f.status == "present"]
    return {name for found in present for name in (found, *ear.knowledge.ancestors[found])}


@pytest.mark.parametrize("felt", FELT)
def test_a_complaint_of_any_place_is_heard(ear: Ear, felt: str) -> None:
    words = PARTS["kernels"][felt]
    sites = PARTS["sites"].keys() - NOWHERE.get(felt, set()) - INSIDE
    said = [PARTS["sites"][site]["zh"][0] + words["zh"][0] for site in sites]
    said += [f"I have {words['en'][0]} of my {PARTS['sites'][site]['en'][0]}." for site in sites]
    assert [text for text in said if not heard(ear, text)] == []


FLOWS = ("流{}", "一直流{}", "往外流{}", "流出{}", "里流{}", "有{}流出来", "往外冒{}", "淌{}", "渗{}")
RUNS = {
    "鼻孔": {"清水": "runny_nose", "液体": "runny_nose", "脓": "purulent_nasal_discharge"},
    "耳朵": {"水": "ear_discharge", "脓": "ear_discharge", "黄水": "ear_discharge"},
    "眼睛": {"水": "eye_watering", "脓": "eye_discharge_purulent"},
    "乳头": {"液体": "nipple_discharge", "清水": "nipple_discharge"},
    "肚脐": {"脓": "umbilicus_red", "黄水": "umbilicus_red"},
    "尿道口": {"脓": "urethral_discharge", "黏液": "urethral_discharge"},
    "肛门": {"脓": "perianal_discharge", "黏液": "perianal_discharge"},
    "牙龈": {"脓": "gum_abscess"},
}
"""What runs from a place, and what it is then."""


@pytest.mark.parametrize("place", RUNS)
def test_what_runs_from_a_place_is_heard_however_it_runs(ear: Ear, place: str) -> None:
    said = [
        (place + flow.format(matter), finding) for matter, finding in RUNS[place].items() for flow in FLOWS
    ]
    assert [text for text, finding in said if finding not in heard(ear, text)] == []


@pytest.mark.parametrize(
    ("place", "finding", "other"),
    [
        ("走路", "leg_pain", "头"),
        ("上楼", "knee_pain", "胸口"),
        ("踩地", "foot_pain", "腰"),
        ("来月经", "painful_periods", "头"),
        ("咬东西", "tooth_bite_pain", "耳朵"),
        ("深呼吸", "chest_pain_pleuritic", "肚子"),
        ("勃起", "erection_painful", None),
        ("喂奶", "breast_pain", "胳膊"),
    ],
)
def test_what_hurts_with_an_action_names_its_place_unless_another_is_told(
    ear: Ear, place: str, finding: str, other: str | None
) -> None:
    for how in ("疼", "很疼", "就疼", "时疼痛", "的时候疼", "会痛"):
        assert finding in heard(ear, place + how), place + how
    if other:
        assert finding not in heard(ear, f"{place}的时候{other}疼")


@pytest.mark.parametrize(
    ("text", "finding", "unsaid"),
    [
        ("小便时疼痛", "dysuria", "pain_on_defecation"),
        ("转头疼", "neck_pain", "headache"),
        ("右手无知觉", "numbness_hand", "loss_of_consciousness"),
        ("腿失去知觉了", "leg_numb_weak", "loss_of_consciousness"),
        ("胳膊转不动", "restricted_joint_movement", "weakness_one_side"),
        ("小腿变细了", "muscle_wasting", "leg_pain"),
        ("脚后跟裂口", "skin_fissures_hands_feet", "wound_open"),
        ("耳朵老流黄水", "ear_discharge", "rash_honey_crust"),
        ("呼吸道分泌物多", "cough_productive", "vaginal_discharge"),
        ("刀口流出脓", "wound_infected", "vaginal_discharge"),
        ("咬东西很疼", "tooth_bite_pain", "gum_chewing_drool"),
        ("眼睛红，分泌物多，早上睁不开", "eye_discharge_purulent", "vaginal_discharge"),
        ("我女儿5岁，手上脚上嘴里都起小泡", "rash_hands_feet_mouth", "skin_lump"),
        ("喂奶妈妈，乳房一块硬，红", "breast_lump", "abdominal_mass"),
        ("走着走着腿疼，歇一会儿就好", "claudication", "joint_pain"),
        ("大脚趾又红又肿，碰都不敢碰", "big_toe_pain", "trigger_zone_face"),
        ("孩子从床上掉下来，后脑勺鼓了个大包", "head_injury", "skin_abscess"),
        ("手切菜切了个口子", "wound_open", "skin_ulcer"),
        ("一天喝好几壶水，尿多", "polyuria", "duration_hours"),
        ("小孩发烧39度", "child_said", "hypothermia"),
        ("mum's calves hurt when she walks a bit", "leg_pain", "tooth_bite_pain"),
        ("back pain like an electric shock when I cough", "back_pain", "hypotension"),
        ("toothache and half my face is swollen", "cheek_jaw_swelling", "face_droop"),
        ("half of my face has dropped", "face_droop", "cheek_jaw_swelling"),
        ("7 months pregnant, puffy hands and seeing spots", "flashes", "rash"),
        ("can't get my arm above my shoulder", "painful_arc", "shoulder_dislocated"),
        ("green stuff coming out of his eye", "eye_discharge_purulent", "purulent_nasal_discharge"),
        ("water running out of my nose", "runny_nose", "gush_below"),
        ("white stuff coming out of my penis", "urethral_discharge", "mouth_white_patches"),
        ("my calf has got thinner", "muscle_wasting", "weight_loss"),
        ("cracks on my heels", "skin_fissures_hands_feet", "head_injury"),
        ("the pretibial area is erythematous, edematous, and tender", "leg_swelling", "facial_puffiness"),
    ],
)
def test_words_of_limbs_and_actions_are_taken_for_nothing_else(
    ear: Ear, text: str, finding: str, unsaid: str
) -> None:
    assert finding in heard(ear, text)
    assert unsaid not in heard(ear, text)


def test_the_reasons_for_a_visit_are_heard_in_both_languages(ear: Ear) -> None:
    with REASONS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    missed = [(row["finding"], row[lang]) for row in rows for lang in ("zh", "en") if row["finding"] not in heard(ear, row[lang])]  # fmt: skip
    assert missed == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("crushing chest pain", "trauma_recent"),
        ("CT chest: multiple nodules", "skin_lump"),
        ("鼻塞咽痛", "nose_sore"),
        ("sore throat and runny nose", "nose_sore"),
        ("乳房下面疼", "vulval_pain"),
        ("嘴巴和手上全是红色糖衣", "rash"),
        ("Blood tests: platelets 90; back and arms normal", "wound_open"),
        ("Rash on trunk and arms, not on the palms", "rash_hands"),
        ("my ankles swell in the evening", "joint_swelling"),
        ("I was given drugs to delay my period", "amenorrhoea"),
    ],
)
def test_what_stands_beside_a_place_is_not_said_of_it(ear: Ear, text: str, finding: str) -> None:
    assert finding not in heard(ear, text)


def test_words_of_a_place_that_mean_nothing_known_are_told(ear: Ear) -> None:
    assert ear.understand("乳房发硬", Case()).not_understood == ("发硬",)


def test_an_abbreviation_that_is_a_word_names_an_illness_in_capitals_only(ear: Ear) -> None:
    assert "heparin_induced_thrombocytopenia" not in ear.understand("he hit his head", Case()).concerns
    assert "heparin_induced_thrombocytopenia" in ear.understand("could it be HIT?", Case()).concerns


@pytest.mark.parametrize("text", ["sore nose: none", "swollen hand absent", "pain in the right knee: none"])
def test_a_denial_behind_a_place_denies_the_complaint(ear: Ear, text: str) -> None:
    assert heard(ear, text) == set()


@pytest.mark.parametrize("greeting", ["", "你好，", "医生你好，", "您好，我想问一下，"])
@pytest.mark.parametrize("who", ["我丈夫", "我老公", "我爱人", "我老婆", "我妈", "我家孩子"])
def test_a_greeting_before_the_patient_makes_them_no_contact(ear: Ear, greeting: str, who: str) -> None:
    found = ear.understand(f"{greeting}{who}发烧三天", Case()).findings
    assert {f.id for f in found if f.status == "present" and f.when == "now"} >= {"fever"}
    assert "sick_contact" not in {f.id for f in found}
