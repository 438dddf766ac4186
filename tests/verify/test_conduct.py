"""How an encounter was conducted, on encounters written out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.events import Draft
from suwen.knowledge import Knowledge
from suwen.patients.script import Diagnosis, Fact, Medical, Script, Social
from suwen.patients.utterance import Utterance
from suwen.verify.conduct import (
    conduct,
    cost,
    critical_facts,
    elicited,
    heard,
    late_alarms,
    medicines_checked,
    misheard,
    near_of_first,
    rank_of_truth,
    repeated,
    triage_off,
    unresolved,
    warranted,
)
from suwen.verify.doctor import Spoken, SuwenDoctor
from suwen.verify.encounter import Encounter, Exchange, Review
from suwen.verify.grade import kin_of
from suwen.verify.orders import Report, Test
from suwen.verify.played import outcomes_of

FACTS = (
    Fact(id="pain", kind="complaint", finding="chest_pain", volunteered=1.0),
    Fact(id="sweat", kind="symptom", finding="cold_sweat"),
    Fact(id="cough", kind="symptom", finding="cough", status="absent"),
    Fact(id="statin", kind="medicine", text={"zh": "阿托伐他汀"}),
    Fact(id="father", kind="family", finding="hypertension_history"),
    Fact(id="ecg", kind="result", text={"zh": "ST段抬高"}),
)
SCRIPT = Script(
    id="mi", origin="sampled", source="test", social=Social(age_years=66, sex="male"),
    medical=Medical(facts=FACTS, triage="emergency", diagnoses=(Diagnosis(condition="acute_myocardial_infarction"),)),
)  # fmt: skip
YES = ("answer",)


def met(
    *turns: tuple[Spoken, Utterance], finished: Spoken | None = None, tests: Sequence[Test] = (), script: Script = SCRIPT
) -> Encounter:  # fmt: skip
    exchanges = [Exchange(d, p) for d, p in turns]
    if tests:
        exchanges[-1] = Exchange(*turns[-1], tuple(tests))
    return Encounter(script, tuple(exchanges), finished or Spoken("好", ended=True))


def said(text: str = "？", **more: Any) -> Spoken:
    return Spoken(
        text, **{"alarms": (), "level": "soon", "present": frozenset(), "absent": frozenset(), **more}
    )


OPEN = (said("您好", asks=("complaint",)), Utterance("胸口疼", disclosed=("pain",)))
SWEAT = (said(asks=("cold_sweat",)), Utterance("出冷汗", disclosed=("sweat",), moves=YES))
AGE = (said(asks=("age",)), Utterance("66", moves=YES))


def test_the_condition_that_these_tests_use_is_known(knowledge: Knowledge) -> None:
    assert "acute_myocardial_infarction" in knowledge.condition


def test_critical_is_what_a_flag_rests_on_what_tells_most_and_what_is_taken(clinic: Clinic) -> None:
    assert critical_facts(SCRIPT, clinic.knowledge, clinic.watch) == ("pain", "sweat", "statin")


def test_a_fact_counts_as_elicited_once_it_was_told() -> None:
    assert elicited(met(OPEN, SWEAT), ("pain", "sweat", "statin")) == (2, 3)
    assert elicited(met(OPEN, OPEN), ("pain",)) == (1, 1)


def test_what_was_told_is_compared_with_what_was_understood(knowledge: Knowledge) -> None:
    kin = kin_of(knowledge)
    present = frozenset({"chest_pain_crushing", "fever", "duration_days", "nsaid_use"})
    one = met(OPEN, SWEAT, finished=said(present=present))
    assert heard(one, kin) == (1, 2), "crushing chest pain is chest pain; the sweat was not understood"
    assert misheard(one, knowledge) == ("fever",), "a special kind of what is true is not invented"
    assert heard(met(OPEN), kin) is None


def test_a_flag_is_warranted_by_the_words_that_complete_it(clinic: Clinic) -> None:
    found = warranted(met(OPEN, AGE, SWEAT), clinic.watch)
    assert found, "chest pain with cold sweat warrants no flag"
    assert set(found.values()) == {2}


@pytest.mark.parametrize(
    ("after", "late"),
    [
        ([{"alarms": ("EMERGENCY",)}], False),
        ([{}, {"alarms": ("EMERGENCY",)}], False),
        ([{}, {}, {"alarms": ("EMERGENCY",)}], True),
        ([{}, {}, {}], True),
        ([{"alarms": None, "level": "emergency"}], False),
        ([{"alarms": None, "level": "urgent"}, {"alarms": None, "level": "urgent"}], True),
    ],
)
def test_an_alarm_in_time_comes_within_two_replies(
    after: list[dict[str, Any]], late: bool, clinic: Clinic
) -> None:
    flag = next(iter(warranted(met(OPEN, SWEAT), clinic.watch)))
    replies = [said(**{k: (flag,) if v == ("EMERGENCY",) else v for k, v in one.items()}) for one in after]
    one = met(OPEN, SWEAT, *((r, Utterance("嗯")) for r in replies[:-1]), finished=replies[-1])
    assert bool(late_alarms(one, clinic.watch)) is late


def test_alarms_are_not_graded_where_none_is_warranted_or_none_is_told(clinic: Clinic) -> None:
    assert late_alarms(met((OPEN[0], Utterance("嗯"))), clinic.watch) is None
    talk = (Spoken("您好"), OPEN[1]), (Spoken("出汗吗？"), SWEAT[1])
    assert late_alarms(met(*talk), clinic.watch) is None


def test_a_question_is_repeated_when_it_had_been_answered() -> None:
    unclear = (SWEAT[0], Utterance("啊？", moves=("misunderstand",)))
    assert repeated(met(OPEN, AGE, SWEAT)) == ()
    assert repeated(met(OPEN, AGE, SWEAT, AGE)) == ("age",)
    assert repeated(met(OPEN, unclear, SWEAT)) == (), "put again because it had not been answered"
    assert repeated(met(OPEN, (said(asks=("chest_pain",)), Utterance("说过了")))) == ("chest_pain",)
    where = said(asks=("chest_pain", "chest_pain_left", "chest_pain_central"))
    assert repeated(met(OPEN, (where, Utterance("中间")))) == (), "where it hurts is another question"
    denied = (said(asks=("fever",)), Utterance("没有", denied=("fever",)))
    assert repeated(met(OPEN, denied, denied)) == ("fever",)


def test_the_questions_of_a_doctor_who_only_talks_are_compared_by_their_words() -> None:
    age = (Spoken("知道了。您多大年纪？"), Utterance("66", moves=YES))
    again = (Spoken("好的。您多大年纪？"), Utterance("66", moves=YES))
    assert repeated(met(age, again)) == ("您多大年纪？",)


@pytest.mark.parametrize(("level", "off"), [("emergency", 0), ("urgent", 1), ("self_care", 4)])
def test_too_late_is_above_zero(level: str, off: int) -> None:
    assert triage_off(met(OPEN, finished=said(level=level))) == off


def test_triage_is_not_graded_without_a_truth_or_a_level() -> None:
    assert triage_off(met(OPEN)) is None
    medical = SCRIPT.medical.model_copy(update={"triage": None})
    assert (
        triage_off(met(OPEN, finished=said(), script=SCRIPT.model_copy(update={"medical": medical}))) is None
    )


def test_medicines_are_checked_when_asked_or_told_before_the_end() -> None:
    asked = (said(asks=("medicines",)), Utterance("没有"))
    told = (AGE[0], Utterance("66，吃他汀", disclosed=("statin",)))
    assert medicines_checked(met(OPEN, asked)) is True
    assert medicines_checked(met(OPEN, told)) is True
    assert medicines_checked(met(OPEN, AGE, finished=said(level="soon"))) is False
    assert medicines_checked(met(OPEN, AGE, finished=said(level="emergency"))) is None
    assert medicines_checked(met((Spoken("您好"), OPEN[1]))) is None


def test_the_right_diagnosis_has_a_place(knowledge: Knowledge) -> None:
    ranked = (("stable_angina", 0.5), ("acute_myocardial_infarction", 0.3))
    assert rank_of_truth(met(OPEN, finished=said(differential=ranked)), knowledge) == 2
    assert rank_of_truth(met(OPEN, finished=said(differential=ranked[:1])), knowledge) == 0
    assert rank_of_truth(met(OPEN), knowledge) is None


def test_an_outside_case_says_itself_what_is_right(knowledge: Knowledge) -> None:
    accept = {"names": ["heart attack"], "icd10": ["I21"]}
    truth = (Diagnosis(text="NSTEMI", accept=accept, icd10=("I21.4",)),)
    script = SCRIPT.model_copy(update={"medical": SCRIPT.medical.model_copy(update={"diagnoses": truth})})
    one = met(OPEN, finished=said(differential=(("acute_myocardial_infarction", 0.3),)), script=script)
    assert rank_of_truth(one, knowledge) == 1
    assert near_of_first(one, knowledge) in ("code", "category")


def test_tests_cost_what_the_table_says_or_are_not_graded() -> None:
    assert cost(met(OPEN, tests=[Test("心电图", "ecg", 25.0), Test("肌钙蛋白", None, 90.0)])) == 115.0
    assert cost(met(OPEN, tests=[Test("心电图", "ecg", None)])) is None
    assert cost(met(OPEN)) == 0.0


RESULT: dict[str, Any] = {
    "conditions": [{"id": "acute_myocardial_infarction", "icd10": ["I21.9"], "for": [{"id": "chest_pain"}], "against": []}],
    "considered": [], "department": {"id": "cardiology"}, "medicines": {"alerts": [{"source": "estimate"}]},
}  # fmt: skip


def test_what_nobody_can_look_up_is_named(knowledge: Knowledge) -> None:
    def answer(**more: Any) -> Encounter:
        return met(OPEN, finished=said(drafts=(Draft("concluded", {"result": {**RESULT, **more}}),)))

    record = knowledge.condition["acute_myocardial_infarction"]
    good = [{"id": record.id, "icd10": list(record.icd10), "for": [{"id": "chest_pain"}]}]
    assert unresolved(answer(conditions=good), knowledge) == ()
    bad = [{"id": "heartbreak"}, {**good[0], "icd10": ["A00"], "for": [{"id": "sadness"}]}]
    assert unresolved(answer(conditions=bad), knowledge) == (
        "condition heartbreak",
        "code A00",
        "finding sadness",
    )
    assert unresolved(answer(conditions=good, department={"id": "magic"}), knowledge) == ("department magic",)
    invented = {"alerts": [{"source": "a book"}]}
    assert unresolved(answer(conditions=good, medicines=invented), knowledge) == ("source a book",)
    assert unresolved(met(OPEN), knowledge) is None


def test_our_doctor_on_a_heart_attack_is_graded_whole(clinic: Clinic) -> None:
    doctor = SuwenDoctor(clinic)
    turns = []
    spoken = doctor.open("zh")
    answers = [Utterance("胸口压榨样疼，还出冷汗", disclosed=("pain", "sweat")), Utterance("66岁", moves=YES), Utterance("男", moves=YES)]  # fmt: skip
    for answer in answers:
        turns.append((spoken, answer))
        spoken = doctor.hear(answer.text)
    found = conduct(met(*turns, finished=doctor.conclude()), clinic.knowledge, clinic.watch)
    outcomes = found.outcomes()
    assert found.late_alarms == ()
    assert found.unresolved == ()
    assert found.critical == (2, 3)
    assert (outcomes["triage_right"], outcomes["emergency_missed"], outcomes["alarm_in_time"]) == (
        True,
        False,
        True,
    )
    assert outcomes["top5"] is True
    assert outcomes["repeated"] is False
    assert outcomes["turns"] == 3


def test_a_broken_encounter_is_never_graded(clinic: Clinic) -> None:
    with pytest.raises(ValueError, match="'mi' broke off"):
        conduct(Encounter(SCRIPT, (), None, error="timeout"), clinic.knowledge, clinic.watch)


@pytest.mark.parametrize(("kind", "graded"), [("result", True), ("symptom", False)])
def test_what_results_add_is_graded_where_the_script_knows_results(
    clinic: Clinic, kind: str, graded: bool
) -> None:
    facts = [
        {"id": "c", "kind": "complaint", "finding": "headache"},
        {"id": "r", "kind": kind, "finding": "crp_raised" if graded else "nausea"},
    ]
    script = Script.model_validate(
        {
            "id": "t", "origin": "text", "source": "t", "social": {"age_years": 30, "sex": "female"},
            "medical": {"facts": facts, "diagnoses": [{"condition": "migraine"}]},
        }
    )  # fmt: skip
    first = Spoken(
        "好", level="soon", differential=(("tension_headache", 0.5), ("migraine", 0.3)), ended=True
    )
    later = Spoken("好", level="soon", differential=(("migraine", 0.9),), ended=True)
    told = Exchange(Spoken("您好"), Utterance("头痛", ("c",)))
    review = Review(Report((Test("CRP", "r", 30.0),), "CRP 40", "", ("r",)), later)
    found = outcomes_of(Encounter(script, (told,), first, reviews=(review,)), clinic.knowledge, clinic.watch)
    assert found["top1"] is False
    assert found.get("top1_reviewed") is (True if graded else None)
