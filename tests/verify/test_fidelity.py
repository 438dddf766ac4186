"""Fidelity tells honest patients from leaking, inventing, silent and endless ones, by their words alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from suwen.core.case import Case
from suwen.knowledge import Knowledge
from suwen.language.understand import Ear
from suwen.patients.script import Fact, Script
from suwen.patients.utterance import Utterance
from suwen.verify.examiner import KINDS, Examiner, Question, closings, probes, words
from suwen.verify.fidelity import FIGURES, Fidelity, measure
from suwen.verify.witness import Witness


@pytest.fixture(scope="module")
def ear(knowledge: Knowledge) -> Ear:
    return Ear(knowledge)


def script(lang: str = "zh", **psychology: Any) -> Script:
    facts = [
        {"id": "c", "kind": "complaint", "finding": "cough", "hours": 72, "volunteered": 1.0},
        {"id": "s1", "kind": "symptom", "finding": "fever", "volunteered": 0.4},
        {"id": "s2", "kind": "symptom", "finding": "headache", "volunteered": 0.4},
        {"id": "s3", "kind": "symptom", "finding": "diarrhoea"},
        {"id": "s4", "kind": "symptom", "finding": "haematuria", "hidden": True},
        {"id": "m", "kind": "medicine", "text": {"zh": "二甲双胍", "en": "metformin"}},
        {"id": "a", "kind": "symptom", "finding": "nausea", "status": "absent"},
        {
            "id": "v",
            "kind": "vital",
            "text": {"zh": "收缩压", "en": "systolic pressure"},
            "value": 171,
            "unit": "mmHg",
        },
        {"id": "r", "kind": "result", "finding": "chest_xray_consolidation"},
    ]
    return Script.model_validate(
        {
            "id": f"t-{lang}", "origin": "text", "source": "t", "lang": lang,
            "medical": {"facts": facts, "diagnoses": [{"condition": "pneumonia"}]},
            "psychology": {"honest": False, **psychology}, "social": {"age_years": 40, "sex": "female"},
        }
    )  # fmt: skip


class Honest:
    """Tells what is asked in the knowledge's own words, keeps the rest, leaves when the doctor says so."""

    def __init__(self, one: Script, knowledge: Knowledge, ear: Ear) -> None:
        self.script, self.knowledge, self.ear = one, knowledge, ear
        self.lang = one.lang

    def open(self, greeting: str) -> Utterance:
        return self.tell([f for f in self.script.medical.facts if f.kind == "complaint"])

    def hear(self, said: str) -> Utterance:
        if said in closings()[self.lang]["ends"]:
            return Utterance("好，谢谢。" if self.lang == "zh" else "Thank you.", ended=True)
        if any(said == p.text for p in probes()[self.lang]):
            return Utterance("我不懂您的意思。" if self.lang == "zh" else "What do you mean?")
        return self.answer(said)

    def answer(self, said: str) -> Utterance:
        for name, row in words()["people"].items():
            if row[self.lang] in said and name != "age":
                facts = [f for f in self.present if f.kind in KINDS[name] and f.finding is None]
                return self.tell(facts) if facts else Utterance("没有。" if self.lang == "zh" else "No.")
        kind = any(text in said for text in words()["kind"][self.lang])
        for fact in self.present:
            if fact.finding in self.wanted(said):
                if fact.hidden and not kind:
                    return Utterance("不想说。" if self.lang == "zh" else "I would rather not say.")
                return self.tell([fact])
        return Utterance("没有。" if self.lang == "zh" else "No.")

    def wanted(self, said: str) -> set[str]:
        """The findings that a question is about, by heart or by ear."""
        for fact in self.script.medical.facts:
            definition = self.knowledge.finding.get(fact.finding or "")
            if definition and definition.askable and definition.record["ask"][self.lang] in said:
                return {definition.id}
        return {f.id for f in self.ear.understand(said, Case()).findings}

    @property
    def present(self) -> list[Fact]:
        return [f for f in self.script.medical.facts if f.status == "present" and f.tellable]

    def tell(self, facts: list[Fact]) -> Utterance:
        return Utterance(self.words(facts), disclosed=tuple(f.id for f in facts))

    def words(self, facts: list[Fact]) -> str:
        named = [
            self.knowledge.finding[f.finding].name(self.lang) if f.finding else f.text[self.lang]
            for f in facts
        ]
        return f"有{'，'.join(named)}。" if self.lang == "zh" else f"I have {' and '.join(named)}."


class Leaking(Honest):
    """Gives everything away to whoever is rude enough to try."""

    def hear(self, said: str) -> Utterance:
        if any(said == p.text for p in probes()[self.lang]):
            return Utterance(
                "我得的是肺炎，还有尿血。" if self.lang == "zh" else "I have pneumonia and blood in my urine."
            )
        return super().hear(said)


class Gossiping(Honest):
    """Tells a secret with every answer."""

    def answer(self, said: str) -> Utterance:
        more = "还有尿血。" if self.lang == "zh" else " I have blood in my urine."
        return Utterance(super().answer(said).text + more)


class Inventing(Honest):
    """Adds what is not so."""

    def answer(self, said: str) -> Utterance:
        more = "我还呕吐。" if self.lang == "zh" else " I have also been vomiting."
        return Utterance(super().answer(said).text + more)


class Denying(Honest):
    """Denies what is so."""

    def tell(self, facts: list[Fact]) -> Utterance:
        names = [self.knowledge.finding[f.finding].name(self.lang) for f in facts if f.finding]
        return Utterance(
            "".join(f"没有{n}。" for n in names) if self.lang == "zh" else " ".join(f"No {n}." for n in names)
        )


class Boasting(Honest):
    """Says it told, and did not."""

    def tell(self, facts: list[Fact]) -> Utterance:
        return Utterance(
            "今天天气真不错。" if self.lang == "zh" else "Nice weather today.",
            disclosed=tuple(f.id for f in facts),
        )


class Modest(Honest):
    """Tells, and keeps no account of it."""

    def tell(self, facts: list[Fact]) -> Utterance:
        return Utterance(self.words(facts))


class Endless(Honest):
    def hear(self, said: str) -> Utterance:
        return Utterance(super().hear(said).text)


class Hasty(Honest):
    """Leaves at the first thing that is no question about an illness."""

    def hear(self, said: str) -> Utterance:
        utterance = super().hear(said)
        lines = (*closings()[self.lang]["continues"], *closings()[self.lang]["ends"])
        return Utterance(utterance.text, ended=said in lines)


class Failing(Honest):
    def answer(self, said: str) -> Utterance:
        raise IndexError("no words left")


@pytest.fixture(scope="module")
def found(knowledge: Knowledge, ear: Ear) -> Callable[[type[Honest]], Fidelity]:
    kept: dict[type[Honest], Fidelity] = {}

    def of(sort: type[Honest]) -> Fidelity:
        if sort not in kept:
            kept[sort] = measure(
                [script("zh"), script("en")], lambda s: sort(s, knowledge, ear), knowledge, ear, seed=3
            )
        return kept[sort]

    return of


# -- the measures tell them apart -------------------------------------------------------------------------


def test_an_honest_patient_passes(found: Any) -> None:
    figures = found(Honest).overall
    for name in (
        "privacy",
        "fact",
        "completeness",
        "termination_precision",
        "termination_recall",
        "bookkeeping",
    ):
        assert figures[name].hits == figures[name].n > 0, (name, found(Honest).examples)
    for name in ("invented_positives", "leak", "crashes"):
        assert figures[name].hits == 0 < figures[name].n, name


def test_a_leaking_patient_is_caught_by_the_probes_alone(found: Any) -> None:
    figures = found(Leaking).overall
    assert figures["leak"].value == 1
    assert figures["privacy"].value == 1
    assert figures["completeness"].value == 1


def test_a_secret_told_unasked_is_no_privacy(found: Any) -> None:
    privacy = found(Gossiping).overall["privacy"]
    assert privacy.n - privacy.hits == 2, "once in each visit, then it is known"
    assert {e.what for e in found(Gossiping).examples if e.figure == "privacy"} == {"s4"}
    assert found(Gossiping).overall["fact"].value == 1


def test_an_inventing_patient_is_caught_though_it_says_nothing_of_it(found: Any) -> None:
    figures = found(Inventing).overall
    assert figures["invented_positives"].hits > 5
    assert figures["fact"].value < 0.9
    assert figures["privacy"].value == 1


def test_a_denying_patient_contradicts_the_script_and_is_incomplete(found: Any) -> None:
    figures = found(Denying).overall
    assert figures["fact"].value < 0.8
    assert figures["completeness"].value < 0.3
    assert figures["invented_positives"].hits == 0


def test_what_a_patient_says_it_told_is_not_believed(found: Any) -> None:
    figures = found(Boasting).overall
    assert figures["completeness"].hits == 0
    assert figures["completeness_account"].value == 1
    assert figures["bookkeeping"].hits == 0


def test_what_a_patient_tells_is_heard_without_its_account(found: Any) -> None:
    figures = found(Modest).overall
    assert figures["completeness"].value == 1
    assert figures["bookkeeping"].hits == 0


def test_who_never_leaves_has_no_recall_and_who_leaves_too_soon_no_precision(found: Any) -> None:
    assert found(Endless).overall["termination_recall"].hits == 0
    assert found(Endless).overall["termination_precision"].n == 0
    assert found(Hasty).overall["termination_precision"].value < 0.6


def test_a_failing_patient_is_counted_and_does_not_end_the_measuring(found: Any) -> None:
    figures = found(Failing).overall
    assert figures["crashes"].hits > 5
    assert figures["completeness"].hits == 2, "the complaint of the first words, in both languages"
    assert figures["completeness"].n == 12


def test_habits_that_a_patient_does_not_have_are_missed(found: Any) -> None:
    habits = found(Honest).habits
    assert habits["with enough means people do not object to costs"].value == 1
    assert habits["with tight means people object to costs"].value == 0
    assert habits["passive people do not break in"].value == 1
    assert habits["interrupting people break in"].value == 0


# -- what is published ------------------------------------------------------------------------------------


def test_every_figure_has_value_n_hits_and_interval_and_is_the_same_each_time(
    found: Any, knowledge: Knowledge, ear: Ear
) -> None:
    first = found(Honest).to_json()
    again = measure(
        [script("zh"), script("en")], lambda s: Honest(s, knowledge, ear), knowledge, ear, seed=3
    ).to_json()
    assert json.dumps(first) == json.dumps(again)
    for name in FIGURES:
        assert set(first[name]) == {"value", "n", "hits", "interval"}, name
    assert set(first["cells"]) == {"passive-plain-middle-clear"}
    assert {"language: zh", "language: en", "origin: text", "noise: none"} <= set(first["groups"])


def test_a_figure_without_a_case_is_null_and_not_a_score(found: Any) -> None:
    shown = found(Endless).to_json()
    assert shown["termination_precision"] is None
    assert shown["noisy"] == {}


# -- the examiner -----------------------------------------------------------------------------------------


def test_probes_and_closings_are_many_in_both_languages() -> None:
    assert all(len(rows) >= 40 for rows in probes().values())
    assert sum(map(len, probes().values())) >= 60
    lines = [line for rows in closings().values() for kind in rows.values() for line in kind]
    assert len(lines) == len(set(lines)) >= 120
    assert all(len(frames) >= 6 for frames in words()["frames"].values())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_examiner_asks_for_all_sorts_of_things(lang: str, knowledge: Knowledge, ear: Ear) -> None:
    asked = Examiner(knowledge, ear).questions(script(lang))
    assert any(q.open for q in asked)
    assert any(
        q.target and not q.own
        for q in (q for s in range(5) for q in Examiner(knowledge, ear, seed=s).questions(script(lang)))
    )
    assert any(q.findings and not q.target for q in asked), "a distractor"
    hidden = [q for q in asked if q.target == ("s4",)]
    assert [q.tone == "kind" for q in hidden] == [False, True]
    assert any(q.kinds == {"medicine"} and q.target == ("m",) for q in asked)


def _heard(knowledge: Knowledge, ear: Ear) -> Iterator[tuple[str, bool, bool]]:
    witness = Witness(script("zh"), knowledge, ear)
    for text in ("我得了肺炎", "我咳嗽", "医生，我不知道"):
        yield (
            text,
            witness.names_diagnosis(text, "您是什么病？"),
            witness.names_diagnosis(text, "您是肺炎吗？"),
        )


def test_a_diagnosis_counts_as_named_only_where_the_question_did_not_name_it(
    knowledge: Knowledge, ear: Ear
) -> None:
    assert list(_heard(knowledge, ear)) == [
        ("我得了肺炎", True, False),
        ("我咳嗽", False, False),
        ("医生，我不知道", False, False),
    ]


def test_a_measured_number_in_the_words_is_heard(knowledge: Knowledge, ear: Ear) -> None:
    witness = Witness(script("zh"), knowledge, ear)
    assert witness.hear("我血压171/95").measured == {"v"}
    assert witness.hear("我血压有点高").measured == frozenset()


def test_the_witness_hears_a_list_as_the_doctor_who_asked_for_it(knowledge: Knowledge, ear: Ear) -> None:
    asked = Question("What medicines do you take?", kinds=KINDS["medicines"])
    heard = Witness(script("en"), knowledge, ear).hear("I take metformin", asked, told={"s2"})
    assert "m" in heard.told
    assert heard.invented == ()


def test_no_question_names_something_more_special_than_it_is_for(knowledge: Knowledge, ear: Ear) -> None:
    names = Examiner(knowledge, ear).names(knowledge.finding["liver_disease_history"], "zh")
    assert names
    assert "肝硬化" not in names  # 有肝硬化 is a finding of its own
