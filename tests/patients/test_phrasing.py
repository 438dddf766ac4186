from __future__ import annotations

import re
from random import Random

import pytest
from people import appendicitis, croup, drinker, elder, fathers_daughter, pregnant

from suwen.consult.clinic import Clinic
from suwen.core.case import Case
from suwen.language.lengths import duration_finding, durations
from suwen.patients.frames import phrases
from suwen.patients.lay import Word, lay_of, sayings
from suwen.patients.phrasing import Part, Phraser
from suwen.patients.script import Fact, Script
from suwen.patients.spans import ago, span


def said(clinic: Clinic, script: Script, part: Part, times: int) -> set[str]:
    phraser = Phraser(script, lay_of(clinic.ear))
    return {phraser.say(part, 0, Random(n)) for n in range(times)}


def with_education(script: Script, education: str) -> Script:
    return script.model_copy(update={"social": script.social.model_copy(update={"education": education})})


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("kind", "about", "facts", "at_least"),
    [
        ("opening", "", ("c1", "s1"), 380),
        ("yes", "", ("s1",), 100),
        ("tell", "", ("s1",), 100),
        ("tell", "", ("s3",), 100),
        ("list", "medicine", ("m1",), 100),
        ("list", "medicine", ("m1", "m2"), 250),
        ("list", "allergy", ("a1",), 100),
        ("list", "past", ("p1",), 100),
        ("list", "past", ("p1", "p2"), 250),
        ("list", "family", ("f1",), 100),
        ("list", "personal", ("h1",), 100),
    ],
)
def test_each_kind_of_fact_has_many_phrasings(
    clinic: Clinic, lang: str, kind: str, about: str, facts: tuple[str, ...], at_least: int
) -> None:
    makers = {"family": pregnant, "personal": drinker, "": appendicitis}
    base = makers.get(about, elder)(lang, psychology={})
    script = with_education(base, "middle")
    told = tuple(script.fact[f] for f in facts)
    part = Part(
        kind,
        told,
        about=about,
        hours=20,
        bucket="duration_hours",
        findings=("nausea",) if kind == "yes" else (),
        spoken=True,
    )  # type: ignore[arg-type]
    assert len(said(clinic, script, part, 400)) >= at_least


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("education", ["low", "high"])
def test_little_or_much_schooling_leaves_many_phrasings(clinic: Clinic, lang: str, education: str) -> None:
    script = with_education(elder(lang, psychology={}), education)
    for about, facts in (("medicine", ("m1", "m2")), ("past", ("p1", "p2")), ("allergy", ("a1",))):
        part = Part("list", tuple(script.fact[f] for f in facts), about=about)
        assert len(said(clinic, script, part, 400)) >= 100, about


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_listed_is_named_in_every_phrasing_and_heard(clinic: Clinic, lang: str) -> None:
    script = with_education(elder(lang, psychology={}), "middle")
    facts = (script.fact["m1"], script.fact["m2"])
    for text in said(clinic, script, Part("list", facts, about="medicine"), 100):
        assert all(f.text[lang] in text for f in facts), text  # type: ignore[index]
    for text in said(clinic, script, Part("list", (script.fact["a1"],), about="allergy"), 100):
        assert clinic.ear.understand(text, Case(texts=("…",))).allergies, text


# -- schooling --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_schooling_changes_the_words(clinic: Clinic, lang: str) -> None:
    base = appendicitis(lang)
    for part in (
        Part("opening", (base.fact["c1"], base.fact["s1"]), hours=72, bucket="duration_days"),
        Part("tell", (base.fact["s3"],)),
        Part("duration", hours=72, bucket="duration_days"),
    ):
        low, high = (said(clinic, with_education(base, e), part, 60) for e in ("low", "high"))
        assert len(low & high) <= 0.1 * len(low), part.kind


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_much_schooling_brings_doctors_words_that_the_ear_knows(clinic: Clinic, lang: str) -> None:
    lay, chances = lay_of(clinic.ear), [Random(n) for n in range(40)]
    low = {lay.pick("pain_rlq", lang, c, "low").text for c in chances}  # type: ignore[arg-type]
    high = {lay.pick("pain_rlq", lang, c, "high").text for c in chances}  # type: ignore[arg-type]
    learned = {w.text for w in lay.learned("pain_rlq", lang)}  # type: ignore[arg-type]
    assert learned & high
    assert not learned & low
    assert all("pain_rlq" in lay.present_in(text) for text in low | high)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_little_schooling_is_vague_about_time_and_never_wrong(lang: str) -> None:
    for hours in (3, 8, 20, 30, 48, 72, 120, 168, 240, 336, 720, 2000, 9000):
        for n in range(20):
            vague = span(hours, None, lang, Random(n), exactness="vague")  # type: ignore[arg-type]
            exact = span(hours, None, lang, Random(n), exactness="exact")  # type: ignore[arg-type]
            heard = durations(f"{vague}了" if lang == "zh" else vague)
            assert not heard or duration_finding(heard[0].hours) == duration_finding(hours)
            assert exact == span(hours, None, lang, Random(n), exactness="exact")  # type: ignore[arg-type]
    loose = {span(72, None, lang, Random(n), exactness="vague") for n in range(20)}  # type: ignore[arg-type]
    assert loose <= {"三四天", "a few days"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_how_long_is_said_in_hundreds_of_ways(clinic: Clinic, lang: str) -> None:
    script = appendicitis(lang)
    ways = {
        text
        for hours in (3, 8, 20, 48, 72, 120, 240, 336, 720, 2000, 9000)
        for text in said(clinic, script, Part("duration", hours=hours), 200)
    }
    assert len(ways) >= 300


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_no_and_an_age_are_said_in_several_ways(clinic: Clinic, lang: str) -> None:
    script = appendicitis(lang)
    for part in (Part("no", findings=("cough",)), Part("age"), Part("thanks"), Part("sex")):
        assert len(said(clinic, script, part, 200)) >= 3


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "kind",
    ["thanks", "leave", "agree_test", "object_cost", "ask_back", "worry", "exaggerate", "confused", "deflect", "acknowledge", "nothing_else",
     "confused_word", "forget_rest", "object_far", "far", "results", "every_no", "place_unknown", "forget"],
)  # fmt: skip
def test_colour_says_nothing_medical(clinic: Clinic, lang: str, kind: str) -> None:
    for phrase in phrases(lang)[kind]:  # type: ignore[arg-type]
        heard = clinic.ear.understand(str(phrase), Case(texts=("…",)))
        assert not [f for f in heard.findings if f.status == "present"], phrase


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_span_of_time_never_leaves_the_finding_it_falls_under(lang: str) -> None:
    for hours in (
        0.4,
        1,
        3,
        8,
        12,
        20,
        24,
        25,
        36,
        48,
        72,
        120,
        168,
        179,
        182,
        240,
        360,
        720,
        1300,
        1350,
        2000,
        8766,
        30000,
    ):
        for n in range(40):
            words = span(hours, None, lang, Random(n))  # type: ignore[arg-type]
            for text in (words, ago(words, hours, lang, Random(n))):  # type: ignore[arg-type]
                heard = durations(f"{text}了" if lang == "zh" else text)
                assert not heard or duration_finding(heard[0].hours) == duration_finding(hours), (hours, text)


def test_a_mother_speaks_of_her_child_and_never_of_herself(clinic: Clinic) -> None:
    script = croup("en")
    part = Part("opening", (script.fact["c1"], script.fact["s1"]), hours=30)
    for text in said(clinic, script, part, 200):
        assert " my " not in f" {text} ".replace(" my baby", "").replace(" my little one", "").replace(
            " My ", ""
        )
        assert "I've" not in text
        assert "I have" not in text
        assert "I feel" not in text
    zh = croup()
    for text in said(clinic, zh, Part("opening", (zh.fact["c1"],), hours=30), 200):
        assert "孩子" in text or "宝宝" in text


def test_somebody_elses_sex_is_right_in_english(clinic: Clinic) -> None:
    script = fathers_daughter("en")
    for text in said(clinic, script, Part("tell", (script.fact["s1"],)), 100):
        assert " her " not in f" {text} "
        assert " she " not in f" {text} "


def test_words_are_what_the_ear_hears_as_the_finding(clinic: Clinic) -> None:
    lay = lay_of(clinic.ear)
    for finding in (
        "fever",
        "cough",
        "abdominal_pain",
        "vomiting",
        "headache",
        "leg_swelling",
        "rash",
        "insomnia",
    ):
        for lang in ("zh", "en"):
            for n in range(20):
                word = lay.pick(finding, lang, Random(n))  # type: ignore[arg-type]
                assert finding in lay.present_in(word.text)


def test_untested_words_reach_further_than_the_tested(clinic: Clinic) -> None:
    tested, free = lay_of(clinic.ear), lay_of(clinic.ear, False)

    def reach(lay: object) -> int:
        return sum(
            len({lay.pick(f.id, "zh", Random(n)).text for n in range(12)})  # type: ignore[attr-defined]
            for f in clinic.knowledge.findings[:60]
            if f.kind in ("symptom", "sign")
        )

    assert reach(free) > reach(tested)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_age_of_every_infant_is_told_and_understood(clinic: Clinic, lang: str) -> None:
    for months in range(1, 24):
        base = croup(lang)
        social = base.social.model_copy(update={"age_years": round(months / 12, 3)})
        script = base.model_copy(update={"social": social})
        for text in said(clinic, script, Part("age"), 30):
            assert clinic.ear.age_told(text) == pytest.approx(months / 12, abs=0.01), text


def test_what_people_say_is_of_the_knowledge_and_mostly_heard_as_it(clinic: Clinic) -> None:
    lay = lay_of(clinic.ear)
    for lang in ("zh", "en"):
        said = {finding: word.text for (finding, of), word in sayings().items() if of == lang}
        assert set(said) <= set(clinic.knowledge.finding)
        heard = sum(finding in lay.present_in(text) for finding, text in said.items())
        assert heard >= 0.95 * len(said)


@pytest.mark.parametrize(
    ("clause", "of_father", "of_him"),
    [
        ("I'm on chemotherapy", "my father is on chemotherapy", "he is on chemotherapy"),
        (
            "I've had my gallbladder out",
            "my father has had his gallbladder out",
            "he has had his gallbladder out",
        ),
        ("I keep falling", "my father keeps falling", "he keeps falling"),
        ("there are smokers at home", "there are smokers at home", "there are smokers at home"),
    ],
)
def test_somebody_else_tells_it_in_the_third_person(
    clinic: Clinic, clause: str, of_father: str, of_him: str
) -> None:
    base = elder("en")
    social = base.social.model_copy(update={"speaker": "child", "sex": "male"})
    phraser = Phraser(base.model_copy(update={"social": social}), lay_of(clinic.ear))
    assert phraser.teller.clause(Word(clause, "said"), "my father") == of_father
    assert phraser.teller.clause(Word(clause, "said"), "he") == of_him


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Rash is worse on the ankles and wrists", "her rash is worse on the ankles and wrists"),
        ("Fever", "she has a fever"),
        ("HIV infection", "she has HIV infection"),
        ("my aunt had cancer", "her aunt had cancer"),
        ("the pain comes and goes", "the pain comes and goes"),
    ],
)
def test_a_scripts_own_text_becomes_a_sentence(clinic: Clinic, text: str, sentence: str) -> None:
    script = elder("en", social={"age_years": 78, "sex": "female", "speaker": "child"})
    phraser = Phraser(script, lay_of(clinic.ear))
    fact = Fact(id="x", kind="symptom", text={"en": text})
    assert phraser.teller.clause(phraser.word(fact, 0, Random(0)), "she") == sentence


@pytest.mark.parametrize(
    ("finding", "never"),
    [
        ("child_well_otherwise", "has child otherwise well"),
        ("rhinitis_irritant_triggers", "has nose set off"),
        ("underweight", "has underweight"),
        ("incomplete_bladder_emptying", "has bladder does"),
        ("elbow_leaning", "has leans"),
        ("nausea", "has sick to"),
    ],
)
def test_a_name_that_is_no_noun_does_not_stand_after_has(clinic: Clinic, finding: str, never: str) -> None:
    script = elder("en", social={"age_years": 78, "sex": "female", "speaker": "child"})
    fact = Fact(id="x", kind="symptom", finding=finding)
    for text in said(clinic, script, Part("tell", (fact,)), 60):
        assert never not in text


def test_a_name_cut_short_means_what_the_whole_name_means(clinic: Clinic) -> None:
    lay = lay_of(clinic.ear)
    for finding in (
        "rhinitis_irritant_triggers",
        "blood_exposure_needles",
        "web_toe_entry",
        "fever",
        "cough",
    ):
        for lang in ("zh", "en"):
            name = lay.name(finding, lang)  # type: ignore[arg-type]
            whole = re.sub(r"\s*[（(].*?[)）]", "", clinic.knowledge.finding[finding].name(lang)).strip()
            means = {finding, *clinic.knowledge.ancestors[finding]}
            assert lay.present_in(name.text) <= means or name.text == whole


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("education", ["low", "high"])
def test_one_thing_is_told_in_many_ways_whatever_the_schooling(
    clinic: Clinic, lang: str, education: str
) -> None:
    old, sick, drinks = (make(lang, psychology={}) for make in (elder, appendicitis, drinker))
    for script, part in (
        (old, Part("list", (old.fact["p1"],), about="past")),
        (drinks, Part("list", (drinks.fact["h1"],), about="personal")),
        (sick, Part("yes", (sick.fact["s1"],), findings=("nausea",), spoken=True)),
    ):
        assert len(said(clinic, with_education(script, education), part, 400)) >= 100, part.kind


@pytest.mark.parametrize(
    ("finding", "lang", "never"),
    [
        ("constipation", "en", "have unable"),
        ("rash_itchy", "en", "rash is itchy"),
        ("hearing_loss", "en", "keep hearing"),
        ("gum_bleeding", "en", "have gums"),
        ("testicular_pain", "en", "have it"),
        ("mood_lifts_with_company", "en", "have mood"),
        ("glucose_lability_risk", "en", "little food or alcohol"),
        ("urethral_instrument_history", "en", "have past catheter"),
        ("gum_bleeding", "zh", "有刷牙"),
        ("rash_arms_legs", "zh", "有腿上"),
        ("knee_pain", "zh", "波棱盖"),
        ("eye_one_side", "zh", "还一只眼"),
    ],
)
def test_nobody_says_a_name_where_a_sentence_belongs(
    clinic: Clinic, finding: str, lang: str, never: str
) -> None:
    lay = lay_of(clinic.ear)
    for education in ("low", "middle", "high"):
        phraser = Phraser(
            with_education(elder(lang, social={"age_years": 60, "sex": "male"}), education), lay
        )
        for n in range(30):
            word = lay.pick(finding, lang, Random(n), education)  # type: ignore[arg-type]
            assert never not in phraser.teller.clause(word, "I" if lang == "en" else "还")


@pytest.mark.parametrize("finding", ["testicular_pain", "painful_periods", "knee_pain"])
def test_what_a_word_cannot_but_imply_does_not_leave_the_name_alone(clinic: Clinic, finding: str) -> None:
    lay = lay_of(clinic.ear)
    for lang in ("zh", "en"):
        assert len({lay.pick(finding, lang, Random(n)).text for n in range(40)}) >= 3  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_how_long_is_not_vague_twice(clinic: Clinic, lang: str) -> None:
    base = appendicitis(lang)
    for education in ("low", "middle", "high"):
        for text in said(clinic, with_education(base, education), Part("duration", hours=2000), 200):
            assert not re.search(r"[Aa]bout (?:several|a few|a couple)|(?:好几|几)个月(?:左右|上下)", text), (
                text
            )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_breaks_in_with_no_question_does_not_announce_one(clinic: Clinic, lang: str) -> None:
    worries = range(len(phrases(lang)["worry"]))  # type: ignore[arg-type]
    base = appendicitis(lang)
    texts = {t for n in worries for t in said(clinic, base, Part("cut_in", about=str(n)), 40)}
    announced = [t for t in texts if re.search(r"can I just ask|先问一句", t)]
    assert announced
    assert all(t.endswith(("?", "？")) for t in announced)


def test_weeks_of_pregnancy_are_told_as_weeks(clinic: Clinic) -> None:
    for lang, weeks in (("zh", "怀孕34周了"), ("en", "I'm 34 weeks pregnant")):
        script = pregnant(lang)
        fact = Fact(id="x", kind="personal", finding="preterm_weeks")
        assert all(weeks in t for t in said(clinic, script, Part("tell", (fact,)), 20))


def test_a_statin_by_its_name_is_not_told_again_as_a_statin(clinic: Clinic) -> None:
    base = elder("en", psychology={})
    facts = (
        Fact(id="m", kind="medicine", text={"zh": "阿托伐他汀", "en": "atorvastatin"}),
        Fact(id="s", kind="medicine", finding="statin_use"),
    )
    for text in said(clinic, base, Part("list", facts, about="medicine"), 60):
        assert "atorvastatin" in text
        assert "a statin" not in text


def test_how_one_suffers_is_said_of_symptoms_alone(clinic: Clinic) -> None:
    script = elder("zh", psychology={})
    fact = Fact(id="x", kind="personal", finding="low_fluid_intake")
    course = Fact(id="y", kind="timing", finding="course_episodic")
    for education in ("low", "middle"):
        one = with_education(script, education)
        assert not [t for t in said(clinic, one, Part("tell", (fact,)), 100) if "难受" in t]
        assert not [t for t in said(clinic, one, Part("tell", (course,)), 100) if re.search("难受|关系", t)]


def test_who_says_it_for_somebody_else_changes_every_verb(clinic: Clinic) -> None:
    base = elder("en", social={"age_years": 78, "sex": "male", "speaker": "child"})
    phraser = Phraser(base, lay_of(clinic.ear))
    for (finding, lang), word in sayings().items():
        if lang != "en":
            continue
        text = phraser.teller.clause(word, "he")
        assert not re.search(r"\b(?:I|my|me|myself)\b", text), finding
        after = re.search(r"\bhe \w+s\b.* and (?:then )?(?:am|have|keep|hold|need|feel|steal|go|get)\b", text)
        assert after is None, text


def test_what_people_say_of_now_is_heard_as_of_now_and_tells_no_age(clinic: Clinic) -> None:
    for (finding, _), word in sayings().items():
        heard = clinic.ear.understand(word.text, Case(texts=("…",)))
        assert "age_years" not in heard.person, word.text
        assert [f for f in heard.findings if f.id == finding and f.when == "past"] == [], word.text


def test_what_the_mother_has_is_not_told_again_as_in_the_family(clinic: Clinic) -> None:
    base = pregnant("en", psychology={})
    facts = (
        Fact(
            id="r", kind="family", finding="diabetes_history",
            text={"zh": "母亲有糖尿病", "en": "my mother has diabetes"},
        ),
        Fact(id="f", kind="family", finding="family_diabetes"),
    )  # fmt: skip
    for text in said(clinic, base, Part("list", facts, about="family"), 60):
        assert "mother has diabetes" in text
        assert "diabetes in the family" not in text


def test_a_word_for_this_alone_goes_before_one_that_means_more(clinic: Clinic) -> None:
    lay = lay_of(clinic.ear)
    for n in range(30):
        for education in ("low", "middle"):
            word = lay.pick("pain_lower_abdomen", "zh", Random(n), education)  # type: ignore[arg-type]
            assert "pain_periumbilical" not in lay.present_in(word.text)
    assert "pain_periumbilical" not in lay.present_in(lay.plain("pain_lower_abdomen", "zh").text)
