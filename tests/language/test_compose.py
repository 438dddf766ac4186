"""Which place, side, trigger and event belongs to which complaint, and which words are left as they are.

A row is a text and what must be heard: `fever` present now, `-fever` absent, `!fever` not present now.
"""

from __future__ import annotations

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.case import Case

PLACES = (
    # a cough that only brings another thing out is none
    ("大腿根有个鼓包，咳嗽的时候大，躺下就没了", "groin_lump lump_reducible !cough"), ("腰疼，咳嗽的时候更疼", "low_back_pain !cough"), ("咳嗽三天，咳嗽时胸口疼", "cough chest_pain_pleuritic"),
    ("左脚大拇指又红又肿", "joint_hot_red big_toe_pain"), ("肚子右下边疼，一松手更疼", "rebound_tenderness !hand_pain"),
    # a phrase that names no place takes the one beside it
    ("手腕一圈红疹子", "rash_hands"), ("rubbery lump in my left breast", "breast_lump_mobile"), ("小肚子拧着疼", "pain_lower_abdomen"),
    ("脚底麻木", "numbness_hands_feet"), ("双小腿轻度浮肿", "leg_swelling"), ("胳膊也没劲", "weakness_limb"), ("牙龈易出血", "gum_bleeding"),
    ("来月经时痛经，腿上长了疹子", "painful_periods rash_arms_legs !leg_pain"), ("sore throat and a lump in my breast", "sore_throat breast_lump !breast_pain"),
    # of weakness and numbness a side without a place is half of the body
    ("我左边没劲", "weakness_one_side !fatigue"), ("weakness on the left", "weakness_one_side"), ("paralysed down the right side", "weakness_one_side"), ("numbness on the right", "numbness_one_side"), ("no weakness on the left", "-weakness_one_side"), ("could not move his left side", "weakness_one_side"), ("左边手脚都没力", "weakness_one_side"), ("左半边动不了", "weakness_one_side"),
    ("左侧头痛，全身没劲", "fatigue !weakness_one_side"), ("left ear pain, feels weak", "ear_pain fatigue !weakness_one_side"), ("weak all over, pain on the left", "fatigue !weakness_one_side"), ("numb lips on the left", "facial_numbness !numbness_one_side"), ("脖子疼，右边肩膀到胳膊外侧一直窜到大拇指，又麻又疼", "!numbness_one_side"),
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
    # a closer look at another part or side is no complaint: nothing is turned round
    ("The belly is soft. No belly pain.", "-abdominal_pain"), ("胸部听诊正常，没有胸痛", "-chest_pain"), ("his right shoulder was operated on, he denies shoulder pain", "-shoulder_pain"),
    ("the left ear, not the right ear hurts", "ear_pain"), ("右眼，不是左眼疼", "eye_pain"),
    # two places share what is said of them, one that belongs to something else does not
    ("neck and abdominal pain", "neck_pain abdominal_pain"), ("denies chest or neck pain", "-chest_pain -neck_pain"), ("pain in my hips, knees and hands", "hip_pain knee_pain hand_pain"),
    ("a rash on my chest and back pain", "rash_trunk back_pain !chest_pain"), ("an ear infection and back pain", "back_pain !ear_pain"), ("chest, neck or back pain", "chest_pain neck_pain back_pain"),
    ("generalized joint pain", "joint_pain !body_aches"), ("generalized pain", "body_aches"), ("a sudden, severe headache", "headache_sudden_severe"), ("a mild, dull headache", "headache !headache_sudden_severe"),
    # the back of a limb is no back
    ("a rash over the back of her right leg", "rash_arms_legs !rash_trunk"), ("a rash on the back of both hands", "rash_hands !rash_trunk"), ("a rash on her back and legs", "rash_trunk rash_arms_legs"),
    # a place holds for the next kernel, but not in a new sentence of somebody or something else, nor where it was denied
    ("My knee is swollen. It hurts when I bend it", "knee_pain"), ("vaginal itching. The patient has mild pain", "!vulval_pain"), ("no jaw pain, no weakness", "!face_droop"), ("a sore spot on my leg. He has body aches", "!back_pain"),
    # a part that moves is not the part that hurts
    ("低头时腰疼", "low_back_pain !headache"), ("弯腰时头晕头痛", "headache_lying_cough !low_back_pain"), ("弯腰疼", "back_pain_mechanical"), ("neck pain when turning my head", "neck_pain !headache"),
    # where a Chinese pain goes
    ("胸口疼，不舒服往左肩放射", "chest_pain pain_radiating_arm_jaw !shoulder_pain"), ("胸痛不向左肩放射", "chest_pain !pain_radiating_arm_jaw !shoulder_pain"), ("皮疹向胸口蔓延", "rash_trunk"),
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
    ("like ants biting my legs", "!mosquito_bites !animal_bite"), ("腿上像蚂蚁咬一样", "!mosquito_bites"), ("it felt like a wasp sting", "!insect_sting"), ("as though something bit me", "!something_bit_unseen"), ("像烫伤一样起泡", "!burn_injury"),
    ("疼得跟骨折了似的", "!fracture_on_xray"), ("感觉像溺水一样喘不上气", "breathlessness !submersion"), ("像怀孕了一样", "!pregnant"), ("就跟被电打了一样", "!electric_contact"),
    ("it looks like a dog bite", "animal_bite"), ("I think something bit me", "something_bit_unseen"), ("好像被狗咬了", "animal_bite"), ("feels like a fish bone stuck in my throat", "fish_bone_stuck"), ("stung by a wasp, it swelled like a balloon", "insect_sting"),
    ("被狗咬了，肿得像馒头一样", "animal_bite"), ("被电了一下", "electric_contact"),
    ("头一辈子没这么疼过", "headache_sudden_severe"), ("头没这么疼了", "!headache"),
)  # fmt: skip

LISTED = (
    # what is complete lends nothing to what is complete
    ("头晕、耳朵红", "dizziness !rash_scalp"), ("肚子胀痛、大便次数多", "abdominal_pain !pain_on_defecation"), ("大便正常、腰痛", "low_back_pain !pain_on_defecation"), ("咳嗽、半夜发烧", "cough fever !cough_night"),
    ("腰痛、夜间尿频", "low_back_pain !night_rest_pain_bone"), ("腰痛伴夜间盗汗", "night_sweats !night_rest_pain_bone"), ("流鼻涕、眼睛痒", "eye_itch !nasal_itch"), ("肩膀疼、颈椎突出", "shoulder_pain !neck_pain"),
    # a place or a time that stands alone is shared
    ("脖子、膝盖疼", "neck_pain knee_pain"), ("没有胸、腹痛", "-chest_pain -abdominal_pain"), ("腰痛、夜间明显", "night_rest_pain_bone"), ("肚子疼、饭后加重", "abdominal_pain_after_meals"), ("走路、爬楼时胸痛", "chest_pain_exertional"),
    ("活动后胸痛、乏力", "chest_pain_exertional"), ("突然头疼、几秒钟就疼到最厉害", "headache_sudden_severe"), ("右腿疼、无力", "leg_pain weakness_one_side"), ("大便、小便时疼", "pain_on_defecation dysuria"),
    # at that time it is not there
    ("咳嗽，半夜不咳", "cough -cough_night"), ("白天咳嗽晚上不咳嗽", "cough -cough_night"), ("咳嗽，半夜更厉害", "cough_night"), ("膝盖痛，爬楼梯正常", "knee_pain !joint_pain_worse_use"), ("膝盖痛，爬楼梯加重", "joint_pain_worse_use"),
)  # fmt: skip

ELSEWHERE = (
    # words that name no place are of the place that is told; only where it cannot be theirs are they not meant
    ("a pressure-like pain in the lower belly", "pain_lower_abdomen !chest_pain_crushing"), ("a pressure-like pain behind my breastbone", "chest_pain_crushing"), ("pressure-like pain in my jaw and left arm", "chest_pain_crushing"),
    ("flank pain that is worse on deep breathing", "flank_pain !chest_pain_pleuritic"), ("chest pain, worse on deep breathing", "chest_pain_pleuritic"), ("worse on deep breathing", "chest_pain_pleuritic"),
    ("眼部肌肉无力", "!weakness_limb"), ("腿部肌肉无力", "weakness_limb"), ("四肢发冷", "cold_extremities !chills"), ("全身发冷", "chills"), ("双眼紧闭", "!eye_pain"),
    ("a non-tender lump in the neck", "lump_neck !abdominal_tenderness"), ("Abdomen: soft, non-tender", "-abdominal_tenderness"), ("The left knee is tender to palpation", "knee_pain !abdominal_tenderness"), ("the abdomen is tender to palpation", "abdominal_tenderness"),
    ("her right side is weak", "weakness_one_side !fatigue"), ("one half of his body went numb", "numbness_one_side"), ("I feel weak", "fatigue !weakness_one_side"), ("tingling of the right foot", "leg_numb_weak !numbness_one_side"), ("my left arm is numb", "numbness_one_side"),
    ("tenderness on cervical motion", "cervical_motion_tenderness !neck_pain"), ("cervical spine tenderness", "neck_pain"),
    # what is seen on a picture is not seen on the skin
    ("CT chest: Findings: a lesion in the right lung", "!rash_trunk"), ("ultrasound showed an enlarged appendix in the right lower abdomen", "!abdominal_distension"), ("X-ray showed nothing, my knee is swollen", "joint_swelling"), ("a lesion on my chest", "rash_trunk"),
)  # fmt: skip

COUGHS = (
    # a cough that only brings something on is none
    ("the pain in my back is worse with coughing and sneezing", "pain_worse_cough_strain !cough !sneezing"), ("my back hurts whenever I sneeze", "pain_worse_cough_strain !sneezing"), ("leaking of urine whenever he coughs or sneezes", "incontinence_stress !cough !sneezing"),
    ("headache that worsens on coughing", "headache_lying_cough !cough"), ("chest pain with cough and fever", "cough fever"), ("coughing and sneezing, my back hurts", "cough sneezing"), ("fever with coughing", "fever cough"),
)  # fmt: skip

WORDS = (
    # phrases that wear down to everyday words hold only as written
    ("I have had the runs for three days", "diarrhoea"), ("he runs every day", "!diarrhoea"), ("she went out for dinner", "!loss_of_consciousness"), ("I got out of bed", "!pulled_from_water"),
    # spelling is mended, real words are not
    ("sorethroat, stomachache and headake", "sore_throat abdominal_pain headache"), ("my kneepain", "knee_pain"), ("vomitting and diarhea", "vomiting diarrhoea"),
    ("she carries a handbag, it is red", "!rash_hands !skin_redness"), ("after a delicious meal I am tired", "fatigue !confusion"), ("a smouldering fire", "!shoulder_pain"),
    ("dark red spotting", "!rash_maculopapular"), ("red spots", "rash_maculopapular"),
)  # fmt: skip


BOUND = (
    # a word that means something only with its noun
    ("my legs swell on hot days", "leg_swelling !leg_swelling_unilateral"), ("only my right leg is swollen", "leg_swelling_unilateral"), ("his leg is swollen", "leg_swelling_unilateral"),
    ("there is no heat over the elbow", "!cold_exposure"), ("no heating at home all winter", "cold_exposure"),
    ("no voice change and no cough", "-hoarseness !puberty_absent"), ("his voice has not broken at 16", "puberty_absent"),
    ("he has fallen ill", "!fall_recent"), ("she has fallen down the stairs", "fall_recent"),
    ("treated for irritable bowel syndrome", "!irritability"), ("he is irritable", "irritability"),
    ("watched a game on TV", "!gaming_gambling"), ("gaming all night for months", "gaming_gambling"),
    ("indigestion tablets do nothing", "!dyspepsia"), ("tried headache pills", "!headache"), ("I have a headache", "headache"),
    ("caring for horses", "!life_stress"), ("caring for my disabled son", "life_stress"),
    ("collapse of the left lower lobe on x-ray", "!syncope"), ("grandad collapsed", "syncope"),
    ("sour taste in her mouth", "!taken_by_mouth"), ("found him with berries in his mouth", "taken_by_mouth"),
    ("two alcoholic drinks a month", "!alcohol_heavy"), ("six alcoholic drinks a day", "alcohol_heavy"), ("he is an alcoholic", "alcohol_heavy"),
    ("he walks as if he was drunk", "unsteady_gait !intoxicated_now"), ("he is drunk", "intoxicated_now"),
    ("aggressive treatment was begun", "!irritability"), ("he gets aggressive", "irritability"),
    ("urgency to open bowels", "urgency_stool !urinary_urgency"), ("urgency to urinate", "urinary_urgency"),
    ("crepitus over the neck", "neck_swelling_air !joint_crepitus"), ("crepitus of the knee", "joint_crepitus"), ("crepitus over the thigh", "skin_crepitus_necrosis"),
    ("aching under the breast bone", "!rash_groin"), ("a red rash under my breasts", "rash_groin"),
    ("pain eased by milk", "abdominal_pain_fasting !milk_trigger"), ("cramps after drinking milk", "milk_trigger"),
    ("clear discharge from the eye", "eye_watering !eye_discharge_purulent"), ("yellow discharge from the eye", "eye_discharge_purulent"),
    ("cannot walk more than 200 metres", "!cannot_bear_weight"), ("cannot walk since the accident", "cannot_bear_weight"), ("unable to walk more than four steps", "cannot_bear_weight"),
    ("hands turn white in the cold", "raynaud_colour_change !cyanosis"), ("his lips are turning blue", "cyanosis"),
    ("blacked out while standing at a till", "syncope !syncope_trigger_standing_emotion"), ("fainted after standing for an hour", "syncope_trigger_standing_emotion"),
    ("手掌发热", "!fever"), ("小便发热", "dysuria !fever"), ("发热两天，手心出汗", "fever"), ("胸口闷，发热", "fever"),
    ("喂奶时胳膊疼", "!breast_pain"), ("乳房疼", "breast_pain"), ("面部畸形", "!face_droop"), ("嘴角往右歪了", "face_droop"), ("脚腕疼", "ankle_pain !wrist_pain"), ("手腕疼", "wrist_pain"),
    ("嗓子眼红", "throat_red !red_eye"), ("CT提示脑水肿", "!oedema"), ("全身水肿", "oedema"), ("白带像鼻涕", "!runny_nose"), ("流鼻涕", "runny_nose"),
    ("指甲边缘锯齿状", "!ecg_atrial_flutter"), ("歪着头看书", "squint"), ("左右眼都痒", "eye_itch !eye_one_side"), ("右眼痒", "eye_one_side"),
    # what a result or a normal state denies
    ("the stools are normal in color", "-melaena -pale_stool"), ("no change in stool colour", "-pale_stool"), ("her pregnancy test was negative", "-hcg_positive"), ("pregnancy test was positive", "hcg_positive"),
    ("COVID test negative", "-covid_test_positive"), ("positive COVID test", "covid_test_positive"), ("they are monogamous", "-multiple_partners"), ("no unprotected sexual contact", "-unprotected_sex !sexually_active"),
    ("low-grade fever in the evenings", "fever -high_fever"), ("肩关节活动自如", "-restricted_joint_movement"), ("肩关节活动受限", "shoulder_stiff"),
    # a complaint that names no place
    ("fever and itching", "itch"), ("denies itching", "-itch"), ("itching of the eyelids", "eye_itch !itch"), ("nausea and weakness", "fatigue"), ("no weakness", "-weakness_limb !fatigue"), ("weakness of the left hand", "weakness_limb !fatigue"),
    ("dysuria and frequency", "urinary_frequency"), ("no frequency", "-urinary_frequency"), ("the attacks rose in frequency", "!urinary_frequency"),
    # what only a child has is not put together for somebody else
    ("双脚浮肿", "leg_swelling !hands_feet_swollen_child"), ("宝宝手肿脚肿", "hands_feet_swollen_child"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [*PLACES, *JOINED, *LISTED, *ELSEWHERE, *COUGHS, *WORDS, *BOUND]
)
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
