"""Encounters as files keep them."""

from __future__ import annotations

import json

import pytest

from suwen.core.errors import InputError
from suwen.core.events import Draft
from suwen.patients.script import Diagnosis, Fact, Medical, Script, Social
from suwen.patients.utterance import Utterance
from suwen.verify.doctor import Spoken
from suwen.verify.encounter import Encounter, Exchange, Review, from_json
from suwen.verify.orders import Report, Test

SCRIPT = Script(
    id="one", origin="sampled", source="test", medical=Medical(
        facts=(Fact(id="c", kind="complaint", finding="cough", volunteered=1.0),),
        diagnoses=(Diagnosis(condition="common_cold"),),
    ), social=Social(age_years=30, sex="female"),
)  # fmt: skip


def encounter() -> Encounter:
    said = Spoken(
        "多大了？", asks=("age",), level="soon", alarms=(), present=frozenset({"cough", "fever"}), absent=frozenset(),
        person={"age_years": None, "sex": "female", "pregnant_weeks": None}, differential=(("common_cold", 0.5),),
        drafts=(Draft("asked", {"id": "age"}),),
    )  # fmt: skip
    told = Utterance("咳嗽", disclosed=("c",), moves=("volunteer",))
    return Encounter(
        SCRIPT, (Exchange(said, told, (Test("血常规", None, 20.0),)),), Spoken("好", ended=True), 1.5,
        reviews=(
            Review(Report((Test("CRP", "c", 30.0),), results="CRP: 40", disclosed=("c",)), Spoken("是肺炎", ended=True)),
            Review(Report((Test("某检查"),), remarks="不认识")),
        ),
    )  # fmt: skip


def test_an_encounter_reads_back_equal() -> None:
    one = encounter()
    again = from_json(one.to_json())
    assert again == one
    assert again.to_json() == one.to_json()
    assert again.turns[0].said_by_doctor.drafts == one.turns[0].said_by_doctor.drafts
    assert "\n" not in one.to_json()


def test_what_is_not_known_is_not_made_empty() -> None:
    plain = from_json(Encounter(SCRIPT, (Exchange(Spoken("好"), Utterance("嗯")),)).to_json())
    assert plain.turns[0].said_by_doctor.present is None
    assert plain.turns[0].said_by_doctor.alarms is None
    ours = from_json(encounter().to_json()).turns[0].said_by_doctor
    assert (ours.alarms, ours.absent) == ((), frozenset())


@pytest.mark.parametrize("line", ["", "{", "[]", '{"script": {}}', json.dumps({"turns": []})])
def test_a_half_written_line_is_named(line: str) -> None:
    with pytest.raises(InputError, match="run it again"):
        from_json(line)


def test_what_was_told_and_ordered_is_counted_over_all_turns() -> None:
    assert encounter().disclosed == {"c"}
    assert [t.name for t in encounter().tests] == ["血常规", "CRP", "某检查"]
    assert encounter().reviewed == Spoken("是肺炎", ended=True)
    assert [s.text for s in encounter().spoken] == ["多大了？", "好"]
