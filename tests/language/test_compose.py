"""Which place, side, trigger and event belongs to which complaint, and which words are left as they are.

A row is a text and what must be heard: `fever` present now, `-fever` absent, `!fever` not present now.
"""

from __future__ import annotations

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.case import Case

PLACES = (
    # a phrase that names no place takes the one beside it
    ("手腕一圈红疹子", "rash_hands"), ("rubbery lump in my left breast", "breast_lump_mobile"), ("小肚子拧着疼", "pain_lower_abdomen"),
    ("脚底麻木", "numbness_hands_feet"), ("双小腿轻度浮肿", "leg_swelling"), ("胳膊也没劲", "weakness_limb"), ("牙龈易出血", "gum_bleeding"),
    ("来月经时痛经，腿上长了疹子", "painful_periods rash_arms_legs !leg_pain"), ("sore throat and a lump in my breast", "sore_throat breast_lump !breast_pain"),
    # a denial between a kernel and a site parts them, and what is denied in a phrase is denied
    ("无乏力、无口腔黏膜发黑", "-fatigue"), ("身上没有出血点", "-petechiae"), ("no pain in my leg", "!leg_pain"), ("脖子上有个不疼的疙瘩", "lump_neck !neck_pain"), ("脖子上有个疼的疙瘩", "lump_neck neck_pain"),
    # a node keeps its place to itself
    ("枕部可触及数枚淋巴结，有压痛", "posterior_neck_nodes !headache"), ("枕部疼，有压痛", "headache"),
    # what spreads is also where it has come; what radiates is not
    ("rash on my chest that spread to my arms", "rash_trunk rash_arms_legs"), ("胸口起疹子，蔓延到胳膊", "rash_trunk rash_arms_legs"), ("chest pain radiating to my left arm", "chest_pain pain_radiating_arm_jaw"),
    ("the pain does not radiate to the back", "-pain_radiating_back !back_pain"), ("chest pain without radiation to the left arm", "chest_pain !arm_pain"),
    ("pressing it sends the ache up to the temple", "!temple_tenderness !headache_bandlike"), ("my temple is tender", "temple_tenderness"),
    # a closer place of the same
    ("RUQ abdominal pain", "pain_ruq"), ("abdominal pain located in the right lower quadrant", "pain_rlq"), ("left flank abdominal pain", "flank_pain"),
    ("腹痛，以右上腹为主", "pain_ruq"), ("abdominal pain, mostly around the left lower quadrant", "pain_llq"), ("abdominal pain, no rash in the left groin", "abdominal_pain !groin_pain"),
    ("腰眼儿疼", "flank_pain !eye_pain"), ("眼疼", "eye_pain"), ("鼻孔里头看着红肿", "!rash_scalp"), ("晚上头疼", "headache"),
)  # fmt: skip

JOINED = (
    # a side belongs to the place behind it
    ("sore throat and my left eye is red", "sore_throat red_eye !throat_pain_one_side"), ("嗓子疼，左眼红", "sore_throat red_eye !throat_pain_one_side"),
    ("headache on the left side", "headache_unilateral"), ("左边头疼", "headache_unilateral"), ("my right arm is weak", "weakness_one_side"),
    # what people do anyway brings nothing on unless they say so
    ("肚子有点不舒服。小便没什么感觉", "abdominal_pain !dysuria"), ("站起来疼得直不起腰，小便也解不出", "!dysuria"), ("下面疼，小便的时候厉害", "dysuria"),
    ("my tummy aches. I pee normally", "!dysuria"), ("I have burning down there. It is worse when I pee", "dysuria"), ("肚子疼，吃饭后厉害", "abdominal_pain_after_meals"),
    # what is only like an event has not happened
    ("it was like being hit on the head with a bat", "headache_sudden_severe !head_injury !trauma_recent"), ("I was hit on the head with a bat", "head_injury"),
    ("头疼得像被人打了一棒", "headache_sudden_severe !trauma_recent"), ("被人打了一棒，头疼", "headache"),
    ("it feels like someone punched me in the head", "!head_injury"), ("someone punched me in the head", "head_injury"),
    ("头一辈子没这么疼过", "headache_sudden_severe"), ("头没这么疼了", "!headache"),
)  # fmt: skip

WORDS = (
    # phrases that wear down to everyday words hold only as written
    ("I have had the runs for three days", "diarrhoea"), ("he runs every day", "!diarrhoea"), ("she went out for dinner", "!loss_of_consciousness"), ("I got out of bed", "!pulled_from_water"),
    # spelling is mended, real words are not
    ("sorethroat, stomachache and headake", "sore_throat abdominal_pain headache"), ("my kneepain", "knee_pain"), ("vomitting and diarhea", "vomiting diarrhoea"),
    ("she carries a handbag, it is red", "!rash_hands !skin_redness"), ("after a delicious meal I am tired", "fatigue !confusion"), ("a smouldering fire", "!shoulder_pain"),
    ("dark red spotting", "!rash_maculopapular"), ("red spots", "rash_maculopapular"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [*PLACES, *JOINED, *WORDS])
def test_what_is_said_together_is_heard_together(clinic: Clinic, text: str, expected: str) -> None:
    heard = clinic.ear.understand(text, Case()).findings
    now = {f.id: f.status for f in heard if f.when == "now"}
    for wanted in expected.split():
        status = now.get(wanted.lstrip("-!"))
        right = {"-": status == "absent", "!": status != "present"}
        assert right.get(wanted[0], status == "present"), f"{wanted}: {now}"


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        ("像被雷劈似的头疼", False),
        ("被雷劈了", True),
        ("好像被狗咬了", True),
    ],
)
def test_an_event_that_is_only_a_picture_raises_no_alarm(clinic: Clinic, text: str, raised: bool) -> None:
    flags = {name for name, _ in clinic.ear.understand(text, Case()).flags}
    assert bool(flags & {"electric_shock", "rabies_exposure"}) is raised
