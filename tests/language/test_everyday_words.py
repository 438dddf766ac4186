"""How people really answer: a nod before the no, hedges, dialect, ages and spans in passing, and who it is about.

Rows as in test_understand: `fever` present, `-fever` absent, `~fever` present with doubt, `!fever` not present now.
"""

from __future__ import annotations

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.case import Case, Finding, Heard, Person, Question
from suwen.knowledge import DURATIONS


def hear(clinic: Clinic, text: str, asked: str | None = None) -> Heard:
    """What is heard in a text, or in a reply to a question about a finding, the age or the duration."""
    if asked is None:
        return clinic.ear.understand(text, Case())
    question = Question(asked, "yes_no", (asked,), ("present", "absent", "unknown"))
    if asked == "age":
        question = Question("age", "number")
    elif asked == "duration":
        question = Question("duration", "choice", DURATIONS, DURATIONS)
    return clinic.ear.understand(text, Case(texts=("x",), pending=question))


def of(heard: Heard, name: str) -> Finding | None:
    return next((f for f in heard.findings if f.id == name and f.when == "now"), None)


def said(heard: Heard) -> str:
    """The findings of now in the notation of the rows, without spans of time."""
    sign = {"present": "", "absent": "-", "unknown": "?"}
    return " ".join(
        sorted(
            sign[f.status] + f.id
            for f in heard.findings
            if f.when == "now" and not f.id.startswith("duration_")
        )
    )


YES = "有 有的 嗯 嗯嗯 是的 对 对对对 有过 得过 有一点 偶尔会 可不是嘛 怎么没有 有，怎么没有 嗯，是的 系啊 係啊 是咧 有哩 嗯呐 中 要得 还有"
NO = (
    "没有|嗯，没有|嗯没有|是没有|对，没有|对没有|呃…没有|没有没有|没有，嗯|倒是没有|没觉着|没觉得|没觉得有|没有得过|从来没有过|一直都没有|这个真没有|"
    "现在没有|没有的，医生|不好意思，没有|没有明显的|当然没有|莫得|冇|冇啊|冇得|唔系|唔係|木有|没得|没有嘞|不是的嘛|没有这种情况|"
    "no|nope|nah|Nope.|yeah, no|well, no|hmm no|um, no|no, never|no never|not at all|I don't|I do not|no I haven't|that's right, no|nothing like that|not anymore"
)
UNLIKELY = (
    "应该没有吧|好像没有|没有吧|没发现|可能没有|Don't think so|I don't think so|dont think so|not that I know of|"
    "not that I'm aware of|probably not|I doubt it|not that I've noticed"
)
UNKNOWN = (
    "不知道|没注意到|没留意|记不清了|想不起来了|不记得了|说不好|不清楚，没量过|可能吧|唔知|I can't remember|can't remember|not sure|I don't know|no idea|"
    "maybe|hard to say|dunno"
)
YES_EN = "yes|Yeah|yep|uh-huh|uh huh|mhm|no, yeah I do|yes sir|I do|it does|sometimes|yes, a little|of course|well, yes"


@pytest.mark.parametrize("answer", [*YES.split(" "), *YES_EN.split("|")])
def test_a_yes_is_heard(clinic: Clinic, answer: str) -> None:
    heard = clinic.ear.understand(answer, Case(texts=("x",), pending=_asked("hypertension_history")))
    assert said(heard) == "hypertension_history"
    assert not heard.not_understood
    assert not heard.small_talk, "有过 and 得过 are no command to skip"


@pytest.mark.parametrize("answer", NO.split("|"))
def test_a_no_is_heard_whatever_stands_before_it(clinic: Clinic, answer: str) -> None:
    heard = hear(clinic, answer, "fever")
    assert said(heard) == "-fever"
    assert not heard.not_understood


@pytest.mark.parametrize("answer", UNLIKELY.split("|"))
def test_a_hedged_no_is_a_no_with_doubt(clinic: Clinic, answer: str) -> None:
    found = of(hear(clinic, answer, "fever"), "fever")
    assert found is not None
    assert (found.status, found.certain) == ("absent", False)


@pytest.mark.parametrize(
    "answer", ["应该有", "好像有", "是吧", "I think so", "probably", "maybe a little", "kind of"]
)
def test_a_hedged_yes_is_a_yes_with_doubt(clinic: Clinic, answer: str) -> None:
    found = of(hear(clinic, answer, "fever"), "fever")
    assert found is not None
    assert (found.status, found.certain) == ("present", False)


@pytest.mark.parametrize("answer", UNKNOWN.split("|"))
def test_an_unsure_answer_is_neither_yes_nor_no(clinic: Clinic, answer: str) -> None:
    heard = hear(clinic, answer, "fever")
    assert said(heard) == "?fever", "and no memory is lost"


@pytest.mark.parametrize("asked", ["duration", "age"])
@pytest.mark.parametrize("answer", ["想不起来了", "I can't remember", "记不清了"])
def test_what_one_cannot_recall_is_no_loss_of_memory(clinic: Clinic, answer: str, asked: str) -> None:
    assert not hear(clinic, answer, asked).findings
    assert clinic.ear.is_bare_answer(answer)


@pytest.mark.parametrize(("answer", "asked", "expected"), [
    ("嗯…不疼", "abdominal_pain", "-abdominal_pain"), ("疼", "abdominal_pain", "abdominal_pain"), ("it hurts", "chest_pain", "chest_pain"),
    ("doesn't hurt", "chest_pain", "-chest_pain"), ("no pain", "chest_pain", "-chest_pain"), ("not any pain", "chest_pain", "-chest_pain"),
    ("不痒", "rash_itchy", "-rash_itchy"), ("不晕", "dizziness", "-dizziness"), ("没吐", "vomiting", "-vomiting"), ("不疼", "fever", ""),
    ("嗯，不发烧", "fever", "-fever"), ("是的，没有发烧", "fever", "-fever"), ("没有，就是有点咳嗽", "fever", "-fever cough"), ("嗯，有点咳嗽", "fever", "cough fever"),
    ("no, but I have a cough", "fever", "-fever cough"), ("没有，就是有点发烧", "fever", "fever"), ("嗯，没怎么量过", "fever", ""), ("有吗？", "fever", ""), ("哦", "fever", ""), ("ok", "fever", ""),
])  # fmt: skip
def test_an_answer_in_the_words_of_the_question_or_with_more_to_it(
    clinic: Clinic, answer: str, asked: str, expected: str
) -> None:
    assert said(hear(clinic, answer, asked)) == expected


def test_what_was_so_once_is_no_symptom_of_today(clinic: Clinic) -> None:
    for answer in ("得过", "以前有过", "used to"):
        found = hear(clinic, answer, "fever").findings
        assert [(f.id, f.status, f.when) for f in found] == [("fever", "present", "past")]
    assert of(hear(clinic, "以前得过", "asthma_history"), "asthma_history"), "a history is true now"


@pytest.mark.parametrize("text", ["过", "过吧", "跳过"])
def test_a_command_to_skip_stays_one(clinic: Clinic, text: str) -> None:
    assert hear(clinic, text, "fever").small_talk == ("skip",)


def _asked(finding: str) -> Question:
    return Question(finding, "yes_no", (finding,), ("present", "absent", "unknown"))


HEARD = (
    # words that only look like 'if'
    ("主要是头疼，肚子疼", "headache abdominal_pain"), ("主要是咳嗽三天了", "cough duration_days"), ("只要是吃了饭就胃疼", "pain_epigastric"), ("打了预防针后发烧", "fever"),
    ("feels as if I am spinning", "vertigo"), ("要是发烧怎么办", "!fever"), ("如果头疼就吃药", "!headache"),
    # what brings it on, and what is feared because it is there
    ("如果走快了就胸口疼", "chest_pain"), ("If I walk fast my chest hurts", "chest_pain"), ("if I get a fever what do I do", "!fever"),
    ("I'm worried about my headache", "headache"), ("我担心我的头疼", "headache"), ("I'm worried about a fever", "!fever"), ("怕是发烧了", "~fever"), ("I'm afraid I have a fever", "fever"),
    # 头 in other words
    ("疼了20个钟头", "!headache duration_hours"), ("头疼两个钟头", "headache duration_hours"), ("肚子里头疼", "!headache abdominal_pain"),
    # not looked for, not found
    ("fever not assessed", "?fever"), ("Fever: not assessed. Cough: present", "?fever cough"), ("fever, cough and rash not assessed", "?fever ?cough ?rash"), ("chest pain: not specified", "?chest_pain"),
    ("no fever, chest pain not specified", "-fever ?chest_pain"), ("haematuria pending", "?haematuria"), ("发烧：未查", "?fever"), ("血尿 待回报", "?haematuria"), ("头痛：未评估，咳嗽3天", "?headache cough"),
    ("rash not detected", "-rash"), ("haematuria not detected on dipstick", "-haematuria"), ("血尿未检出", "-haematuria"), ("发热待查", "fever"), ("头痛没查过", "headache"), ("头痛，未查", "headache"), ("Fever, unknown cause", "fever"), ("I have a cough not checked yet", "cough"), ("头痛原因未知", "headache"),
    ("早上头痛", "headache"), ("夜里头很痛", "headache"), ("睡前头晕", "dizziness"), ("我老头疼", "headache"), ("肾结石头晕", "dizziness"),
    # words within words
    ("my earrings hurt", "!ear_pain"), ("I fall ill often", "!fall_recent"), ("I fell asleep", "!fall_recent"), ("I fell behind", "!fall_recent"), ("I fell down the stairs", "fall_recent"),
    ("right-handed man with pain", "!hand_pain"), ("heading to work I felt pain", "!headache"), ("can't fall asleep", "insomnia"),
    # headings and lists
    ("Chest: pain\nAbdomen: soft", "chest_pain !abdominal_pain"), ("1. 胸痛\n2. 肿胀", "chest_pain !leg_swelling"), ("Respiratory: shortness\nof breath: none", "!breathlessness"),
    # how long
    ("coughing for a week", "cough !cough_chronic"), ("coughing for 3 months", "cough_chronic"), ("咳嗽三个月", "cough_chronic"), ("咳嗽两周", "cough !cough_chronic"), ("6个月大的孩子咳嗽", "cough !cough_chronic"),
    # names
    ("胸壁压痛", "chest_wall_tenderness !chest_pain !costal_cartilage_tenderness"), ("足痛", "foot_pain !leg_pain"), ("肘痛", "elbow_pain !joint_pain"), ("jaw joint pain or click", "jaw_click_pain !facial_pain"),
    ("环形红斑", "rash_ring !erythema_marginatum"), ("facial flushing", "facial_flushing !face_neck_flushed"),
    # whose illness
    ("my father had a heart attack, now I have chest pain", "family_heart_disease chest_pain !heart_disease_history"), ("my father, who had a heart attack, is fine. I have chest pain", "family_heart_disease chest_pain !heart_disease_history"),
    ("my dad has diabetes and I have a headache", "family_diabetes headache !diabetes_history"), ("My dad died of a heart attack and now I have chest pain", "family_heart_disease chest_pain"),
    ("我妈高血压，我最近头晕", "dizziness !hypertension_history"), ("我爸心梗过，我现在胸痛", "family_heart_disease chest_pain"), ("爸爸有冠心病，我自己胸闷", "family_heart_disease chest_tightness !heart_disease_history"),
    ("妈妈发现孩子发烧", "fever"), ("我妈说我发烧", "fever"), ("my mum has asthma and my chest feels tight", "chest_tightness !asthma_history"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), HEARD)
def test_a_sentence_is_heard(clinic: Clinic, text: str, expected: str) -> None:
    heard = hear(clinic, text)
    now = {f.id: f for f in heard.findings if f.when == "now"}
    up = {above for f in now.values() if f.status == "present" for above in clinic.knowledge.ancestors[f.id]}
    for token in expected.split():
        sign, name = (token[0], token[1:]) if token[0] in "-~!?" else ("+", token)
        assert name in clinic.knowledge.finding, name
        known = now.get(name)
        status = known.status if known else "present" if name in up else None
        wanted = {"-": "absent", "+": "present", "~": "present", "?": "unknown"}
        if sign == "!":
            assert status != "present", token
        else:
            assert status == wanted[sign], (token, [(f.id, f.status) for f in heard.findings])
            assert known is None or known.certain == (sign != "~"), token


@pytest.mark.parametrize(("text", "asked", "years"), [
    ("31 now.", "age", 31), ("84了", "age", 84), ("84啦", "age", 84), ("快60了", "age", 60), ("虚岁70", "age", 70), ("七十多", "age", 73), ("70多岁", None, 73), ("6个月", "age", 0.5), ("6 months", "age", 0.5),
    ("2 and a half", "age", 2.5), ("2 and a half years old", None, 2.5), ("I turned 24", None, 24), ("I just turned 60 last week", None, 60), ("孩子8个月了，发烧", None, 8 / 12), ("孩子8个月，发烧两天", None, 8 / 12),
    ("baby is 6 months, fever", None, 0.5), ("8个月，男，发烧两天", None, 8 / 12), ("虚岁70了，头晕", None, 70), ("十几岁", None, 13),
    ("生下来7天", None, 7 / 365.25), ("宝宝生下来7天了", "age", 7 / 365.25), ("疼了3天了", "age", None), ("我一直不舒服", "age", None), ("烧到39度", "age", None), ("孩子咳嗽8个月了", None, None), ("I've had it for 3 weeks", "age", None),
])  # fmt: skip
def test_an_age_is_heard(clinic: Clinic, text: str, asked: str | None, years: float | None) -> None:
    heard = hear(clinic, text, asked)
    told = heard.person.get("age_years")
    assert told == (None if years is None else pytest.approx(years, abs=0.01))
    if years is not None and "天" not in text:
        assert not any(f.id.startswith("duration_") for f in heard.findings), "an age is no span of time"


@pytest.mark.parametrize(("text", "sex"), [
    ("男细路，5岁", "male"), ("男孩儿", "male"), ("男娃", "male"), ("女娃", "female"), ("女细路", "female"),
])  # fmt: skip
def test_the_sex_of_a_child_is_heard(clinic: Clinic, text: str, sex: str) -> None:
    heard = hear(clinic, text)
    assert heard.person["sex"] == sex
    assert not heard.not_understood


@pytest.mark.parametrize(("text", "relation"), [
    ("I'm not sure how to put it. My dad has chest pain.", "father"), ("I am worried, my mother has chest pain", "mother"), ("妈妈发现孩子发烧", "child"), ("我妈妈带我来的，头疼", None),
    ("my mum has asthma and my chest feels tight", None), ("I have a cough and my dad has chest pain", None),
])  # fmt: skip
def test_whom_it_is_about(clinic: Clinic, text: str, relation: str | None) -> None:
    assert hear(clinic, text).person.get("relation") == relation


@pytest.mark.parametrize(("text", "asked", "hours"), [
    ("fever since the day before yesterday", None, 48), ("前天开始发烧", None, 48), ("cough started last week", None, 168), ("headache since yesterday", None, 20), ("the other day I got a cough", None, 72),
    ("一个钟头", "duration", 1), ("半个钟头", "duration", 0.5), ("20个钟头了", "duration", 20), ("孩子8个月，发烧两天", None, 48),
    ("my sister had appendicitis last year, my belly hurts", None, None), ("我父亲去年心梗走了，我现在胸闷", None, None),
])  # fmt: skip
def test_how_long_it_has_lasted(clinic: Clinic, text: str, asked: str | None, hours: float | None) -> None:
    told = [f.value for f in hear(clinic, text, asked).findings if f.id.startswith("duration_")]
    assert told == ([] if hours is None else [hours])


@pytest.mark.parametrize("text", [
    "麻烦您了", "您给看看", "医生您好帮我看看", "劳驾您帮忙看看", "辛苦了医生", "baby", "my daughter", "我儿子", "could you kindly help",
])  # fmt: skip
def test_politeness_is_not_echoed_as_not_understood(clinic: Clinic, text: str) -> None:
    assert hear(clinic, text).not_understood == ()


def test_a_childs_cough_is_chronic_from_four_weeks(clinic: Clinic) -> None:
    child, adult = Person(age_years=6), Person(age_years=40)
    heard = [
        {f.id for f in clinic.ear.understand("咳嗽六周了", Case(person=p)).findings} for p in (child, adult)
    ]
    assert "cough_chronic" in heard[0]
    assert "cough_chronic" not in heard[1]


@pytest.mark.parametrize(("text", "person"), [
    ("A father brings in his 8-month-old daughter with vomiting", {"relation": "daughter", "sex": "female", "age_years": 8 / 12}),
    ("Mr Lee says his 66-year-old wife is confused", {"relation": "wife", "sex": "female", "age_years": 66.0}),
    ("A 35-year-old woman brings her 4-year-old son because of fever", {"relation": "son", "sex": "male", "age_years": 4.0}),
    ("I am 30 and my brother's 4-year-old son has a cold", {"relation": None, "age_years": 30.0}),
])  # fmt: skip
def test_the_relative_whom_somebody_brings_is_the_patient(
    clinic: Clinic, text: str, person: dict[str, object]
) -> None:
    told = hear(clinic, text).person
    assert {name: told.get(name) for name in person} == pytest.approx(person)


@pytest.mark.parametrize(
    "text", ["没有。对了，还咳醒。", "没有，哦对了，还有点头疼", "no. oh right, I also have a headache"]
)
def test_what_comes_to_mind_behind_a_no_is_no_yes(clinic: Clinic, text: str) -> None:
    found = of(hear(clinic, text, "haemoptysis"), "haemoptysis")
    assert found is not None
    assert found.status == "absent"
