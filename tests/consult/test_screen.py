"""Medicines within the consultation: understood, checked, asked about as a cause, kept out of harmful advice."""

from __future__ import annotations

from typing import Any

import pytest

from suwen.consult.clinic import Clinic, clinic_of
from suwen.consult.screen import fitting, medicines_of, patient_of
from suwen.consult.turn import Message, Reply, finish, open_case, respond
from suwen.core.case import Case, Heard
from suwen.knowledge import Knowledge


def talk(clinic: Clinic, *messages: str, lang: str = "zh") -> Reply:
    reply = open_case(lang, clinic)
    for message in messages:
        reply = respond(reply.case, Message(message), clinic)
        if reply.case.closed:
            return reply
    return reply


def told(clinic: Clinic, *messages: str, lang: str = "zh") -> dict[str, Any]:
    reply = talk(clinic, *messages, lang=lang)
    answer = reply.result or finish(reply.case, clinic).result
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("在吃赖诺普利和华法林，还吃布洛芬", {"lisinopril", "warfarin", "ibuprofen"}),
        ("高血压，一直服用氨氯地平、厄贝沙坦氢氯噻嗪", {"amlodipine", "irbesartan", "hydrochlorothiazide"}),
        ("I take metformin and atorvastatin 20 mg at night", {"metformin", "atorvastatin"}),
        ("没吃布洛芬，对青霉素过敏", set()),
        ("头痛，能吃布洛芬吗", set()),
        ("吃了美林", {"ibuprofen"}),
    ],
)
def test_what_is_taken(clinic: Clinic, words: str, expected: set[str]) -> None:
    assert clinic.pharmacist is not None
    case = talk(clinic, f"咳嗽三天，{words}" if "I " not in words else f"Cough for 3 days. {words}").case
    pharmacist = clinic.pharmacist()
    names = pharmacist.formulary
    found = {
        s
        for d in medicines_of(case, pharmacist)
        for t in names.names.find(d.name).targets
        for s in names.ingredients(t)
    }
    assert found == expected


def test_a_clash_is_in_the_answer_and_in_the_note(clinic: Clinic) -> None:
    found = told(clinic, "65岁男，腰痛一周，在吃华法林和布洛芬")["medicines"]
    assert [set(a["drugs"]) for a in found["alerts"]] == [{"华法林", "布洛芬"}]
    assert "先处理" in found["summary"]


def test_what_is_not_recognised_is_said(clinic: Clinic) -> None:
    found = told(clinic, "咳嗽三天，35岁女，在吃某某神效药片和阿莫西林")["medicines"]
    assert any("某某" in name for name in found["unknown"])


def test_nothing_said_of_medicines_is_no_section(clinic: Clinic) -> None:
    assert told(clinic, "咳嗽三天，35岁女")["medicines"] is None


def test_a_medicine_that_may_be_the_cause_is_asked_about_and_named(clinic: Clinic) -> None:
    reply = talk(clinic, "60岁男，干咳两个月，在吃依那普利", "没有")  # no blood is coughed up
    assert reply.case.pending is not None
    assert reply.case.pending.id == "new_medicine"
    assert "依那普利" in reply.case.pending.suspects[0]
    why = respond(reply.case, Message("为什么问这个"), clinic)
    assert "依那普利" in why.text
    causes = told(clinic, "60岁男，干咳两个月，在吃依那普利", "没有", "是")["medicines"]["causes"]
    assert any(c["drug"] == "依那普利" and "咳" in c["finding"] for c in causes)


def test_advice_that_would_harm_is_withheld_with_the_reason(clinic: Clinic) -> None:
    lines = ["发热时可用布洛芬退热", "多喝水"]
    case = Case(lang="zh").add(Heard(person={"sex": "female", "age_years": 30, "pregnant_weeks": 34}))
    kept, avoid = fitting(lines, case, clinic, "zh")
    assert kept == ["多喝水"]
    assert len(avoid) == 1
    assert "布洛芬" in avoid[0]
    assert fitting(
        lines, Case(lang="zh").add(Heard(person={"sex": "male", "age_years": 30})), clinic, "zh"
    ) == (lines, [])


def test_advice_minds_an_allergy_and_what_is_taken(clinic: Clinic) -> None:
    adult = Case(lang="en").add(Heard(person={"sex": "male", "age_years": 40}, allergies=("ibuprofen",)))
    assert fitting(["Take ibuprofen for pain"], adult, clinic, "en")[0] == []
    taken = Case(lang="zh").add(Heard(person={"sex": "male", "age_years": 66}, medicines=("华法林",)))
    assert fitting(["疼痛时用布洛芬"], taken, clinic, "zh")[0] == []


def test_several_allergies_in_one_phrase_are_several(clinic: Clinic) -> None:
    case = Case(lang="en").add(Heard(allergies=("ibuprofen and penicillin",)))
    assert patient_of(case).allergies == ("ibuprofen", "penicillin")


def test_without_a_pharmacist_the_medicines_are_kept_and_not_checked(knowledge: Knowledge) -> None:
    clinic = clinic_of(knowledge)
    reply = talk(clinic, "65岁男，腰痛一周，在吃华法林和布洛芬")
    answer = finish(reply.case, clinic).result
    assert answer is not None
    assert answer["medicines"] is None
    assert reply.case.medicines
