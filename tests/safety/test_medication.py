"""The pharmacist: loud where it must be, quiet where it may be, and never silent about what it does not know."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suwen.core.errors import InputError
from suwen.knowledge.drugs import Formulary
from suwen.knowledge.drugs.terms import INTERRUPTING
from suwen.knowledge.files import load_yaml
from suwen.safety.doses import dose_in
from suwen.safety.medication import MOST_DRUGS, Alert, Drug, Patient, Pharmacist, Report

HERE = Path(__file__).parent
NAMES: dict[str, Any] = load_yaml((HERE / "drug_names.yaml").read_text(encoding="utf-8"))
PAIRS: dict[str, Any] = load_yaml((HERE / "drug_pairs.yaml").read_text(encoding="utf-8"))


def check(pharmacist: Pharmacist, *names: str, **patient: Any) -> Report:
    return pharmacist.check([pharmacist.drug(n) for n in names], Patient(**patient))


def loud(report: Report, kind: str | None = None) -> list[Alert]:
    return [a for a in report.alerts if a.interrupts and kind in (None, a.kind)]


def of_kind(report: Report, kind: str) -> list[Alert]:
    return [a for a in report.alerts if a.kind == kind]


# -- names --------------------------------------------------------------------------------------------------


def test_written_forms_are_recognised(pharmacist: Pharmacist) -> None:
    """At least 98 % of written forms, and none of the wrong ones read as another medicine."""
    wrong, missed = [], []
    for written, expected, kind in NAMES["known"]:
        found = pharmacist.formulary.names.find(str(written))
        if (
            found.targets
            and found.targets != (expected,)
            and not same_parts(pharmacist.formulary, found.targets, expected)
        ):
            wrong.append((written, expected, found.targets, kind))
        elif not found.targets:
            missed.append((written, expected, found.suggestions, kind))
    total = len(NAMES["known"])
    assert total >= 400
    assert wrong == []
    assert len(missed) <= 0.02 * total, missed


def same_parts(formulary: Formulary, targets: tuple[str, ...], expected: str) -> bool:
    parts = {s for t in targets for s in formulary.ingredients(t)}
    return parts == set(formulary.ingredients(expected))


@pytest.mark.parametrize("written", NAMES["unknown"], ids=str)
def test_a_name_that_is_none_is_never_read_as_a_medicine(pharmacist: Pharmacist, written: str) -> None:
    assert pharmacist.formulary.names.find(written).targets == ()


def test_a_mended_spelling_is_said_to_be_mended(pharmacist: Pharmacist) -> None:
    found = pharmacist.formulary.names.find("阿莫西灵")
    assert (found.targets, found.how, found.read_as) == (("amoxicillin",), "spelling", "阿莫西林")


def test_a_combination_written_with_a_stroke_is_its_parts(pharmacist: Pharmacist) -> None:
    found = pharmacist.formulary.names.find("lisinopril / amlodipine")
    parts = {s for t in found.targets for s in pharmacist.formulary.ingredients(t)}
    assert parts == {"lisinopril", "amlodipine"}


def test_a_cream_is_not_a_tablet(pharmacist: Pharmacist) -> None:
    assert loud(check(pharmacist, "华法林", "双氯芬酸钠缓释片"))
    assert not loud(check(pharmacist, "华法林", "双氯芬酸二乙胺乳胶剂"))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("amxl", "amoxicillin"),
        ("阿莫西", "amoxicillin"),
        ("buluofen", "ibuprofen"),
        ("warf", "warfarin"),
        ("lipit", "atorvastatin"),
    ],
)
def test_search_as_one_types(pharmacist: Pharmacist, typed: str, first: str) -> None:
    assert pharmacist.formulary.names.search(typed)[0] == first


def test_medicines_inside_a_sentence(pharmacist: Pharmacist) -> None:
    mentions = pharmacist.formulary.names.mentions
    assert mentions("发热时可用对乙酰氨基酚或布洛芬") == ["对乙酰氨基酚", "布洛芬"]
    assert mentions("the scope of aspirina is not aspirin") == ["aspirin"]


# -- pairs --------------------------------------------------------------------------------------------------


def test_what_every_system_must_interrupt_for_interrupts(pharmacist: Pharmacist) -> None:
    silent = [(a, b, why) for a, b, why in PAIRS["interrupt"] if not loud(check(pharmacist, a, b))]
    assert len(PAIRS["interrupt"]) >= 200
    assert silent == []


def test_what_should_never_interrupt_does_so_in_five_percent_at_most(pharmacist: Pharmacist) -> None:
    raised = [
        (a, b, loud(check(pharmacist, a, b))[0].rule)
        for a, b, _ in PAIRS["quiet"]
        if loud(check(pharmacist, a, b))
    ]
    assert len(PAIRS["quiet"]) >= 200
    assert len(raised) <= 0.05 * len(PAIRS["quiet"]), raised


def test_pairs_without_any_interaction_do_not_interrupt(pharmacist: Pharmacist) -> None:
    raised = [(row[0], row[1]) for row in PAIRS["nothing"] if loud(check(pharmacist, row[0], row[1]))]
    assert raised == []


def test_the_order_of_the_list_does_not_matter(pharmacist: Pharmacist) -> None:
    names = ["华法林", "氟康唑", "布洛芬", "感康", "氯吡格雷", "奥美拉唑", "舍曲林", "曲马多"]
    one = check(pharmacist, *names)
    other = check(pharmacist, *reversed(names))
    as_set = [{(a.rule, a.severity, frozenset(a.drugs)) for a in r.alerts} for r in (one, other)]
    assert as_set[0] == as_set[1]


@given(data=st.data())
def test_adding_a_medicine_never_removes_an_alert(pharmacist: Pharmacist, data: st.DataObject) -> None:
    ids = [s["id"] for s in pharmacist.formulary.substances]
    names = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=7, unique=True))
    fewer, more = check(pharmacist, *names[:-1]), check(pharmacist, *names)
    assert {(a.rule, a.substances) for a in fewer.alerts if a.kind != "anticholinergic"} <= {
        (a.rule, a.substances) for a in more.alerts
    }


@given(data=st.data())
def test_a_pair_gives_the_same_alerts_in_either_order(pharmacist: Pharmacist, data: st.DataObject) -> None:
    ids = [s["id"] for s in pharmacist.formulary.substances]
    a, b = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True))
    there, back = check(pharmacist, a, b), check(pharmacist, b, a)
    assert {(x.rule, x.severity) for x in there.alerts} == {(x.rule, x.severity) for x in back.alerts}


@given(data=st.data())
def test_a_combination_equals_its_ingredients(pharmacist: Pharmacist, data: st.DataObject) -> None:
    """Against any other medicine, a product raises what its ingredients raise."""
    formulary = pharmacist.formulary
    products = [p for p in formulary.products if len(p["ingredients"]) > 1 and "oral" in p["routes"]]
    product = data.draw(st.sampled_from(products))
    other = data.draw(
        st.sampled_from([s["id"] for s in formulary.substances if s["id"] not in product["ingredients"]])
    )
    whole = pharmacist.check([Drug(product["id"]), Drug(other)])
    alone = [pharmacist.check([Drug(part, route="oral"), Drug(other)]) for part in product["ingredients"]]
    interacting = {(a.rule, a.severity) for r in alone for a in r.alerts if len(a.substances) == 2}
    assert interacting <= {(a.rule, a.severity) for a in whole.alerts}


def test_paracetamol_in_two_products_is_taken_twice(pharmacist: Pharmacist) -> None:
    twice = of_kind(check(pharmacist, "感康", "泰诺"), "duplicate")
    assert any(a.substances == ("paracetamol",) and a.severity == "major" for a in twice)


def test_the_interior_of_one_combination_is_no_interaction(pharmacist: Pharmacist) -> None:
    assert not [a for a in check(pharmacist, "复方磺胺甲噁唑").alerts if len(a.drugs) + len(a.substances) > 3]


def test_three_together_are_more_than_two(pharmacist: Pharmacist) -> None:
    whammy = ["依那普利", "氢氯噻嗪", "布洛芬"]
    assert any(len(a.substances) == 3 for a in loud(check(pharmacist, *whammy)))
    assert not any(loud(check(pharmacist, *two)) for two in combinations(whammy, 2))


# -- the patient --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "patient", "other"),
    [
        ("二甲双胍", "kidney", {"egfr_ml_min": 25}, {"egfr_ml_min": 90}),
        ("布洛芬", "pregnancy", {"sex": "female", "age_years": 30, "pregnant_weeks": 33}, {"sex": "female", "age_years": 30, "pregnant_weeks": 0}),
        ("可待因", "age", {"age_years": 6}, {"age_years": 40}),
        ("可待因", "lactation", {"breastfeeding": True, "sex": "female", "age_years": 30}, {"breastfeeding": False, "sex": "female", "age_years": 30}),
        ("普萘洛尔", "disease", {"conditions": ("哮喘",)}, {"conditions": ("高血压",)}),
        ("普萘洛尔", "disease", {"conditions": ("J45",)}, {"conditions": ("I10",)}),
        ("异维A酸", "pregnancy", {"sex": "female", "age_years": 25, "pregnant": True}, {"sex": "male", "age_years": 25}),
        ("瑞舒伐他汀", "kidney", {"egfr_ml_min": 20}, {"egfr_ml_min": 80}),
        ("尼美舒利", "age", {"age_years": 6}, {"age_years": 45}),
        ("噻吗洛尔滴眼液", "disease", {"conditions": ("asthma",)}, {"conditions": ()}),
    ],
)  # fmt: skip
def test_a_patient_makes_the_difference(
    pharmacist: Pharmacist, name: str, kind: str, patient: dict[str, Any], other: dict[str, Any]
) -> None:
    assert loud(check(pharmacist, name, **patient), kind)
    assert not loud(check(pharmacist, name, **other), kind)


@pytest.mark.parametrize(
    ("allergy", "drug", "severity"),
    [
        ("青霉素过敏", "阿莫西林", "contraindicated"),
        ("青霉素", "复方阿莫西林克拉维酸钾", None),
        ("penicillin", "Augmentin", "contraindicated"),
        ("阿莫西林", "头孢氨苄", "major"),
        ("头孢过敏", "头孢曲松", "contraindicated"),
        ("磺胺", "复方新诺明", "contraindicated"),
        ("阿司匹林", "布洛芬", "contraindicated"),
    ],
)
def test_allergies_cross(pharmacist: Pharmacist, allergy: str, drug: str, severity: str | None) -> None:
    alerts = of_kind(check(pharmacist, drug, allergies=(allergy,)), "allergy")
    if severity is None:
        return
    assert [a.severity for a in alerts][:1] == [severity] or (
        severity == "contraindicated" and alerts and alerts[0].severity == "major"
    )


def test_penicillin_allergy_is_not_an_alarm_for_every_cephalosporin(pharmacist: Pharmacist) -> None:
    assert not loud(check(pharmacist, "头孢曲松", allergies=("青霉素过敏",)), "allergy")
    assert not loud(check(pharmacist, "阿奇霉素", allergies=("青霉素过敏",)), "allergy")


def test_a_dose_is_checked_over_all_products(pharmacist: Pharmacist) -> None:
    assert loud(check(pharmacist, "对乙酰氨基酚 1g 每日5次", age_years=30), "dose")
    assert not loud(check(pharmacist, "对乙酰氨基酚 0.5g 每日3次", age_years=30), "dose")
    together = [
        Drug("对乙酰氨基酚", dose=dose_in("x 1g 每日3次")[1]),
        Drug("感康", dose=dose_in("x 2片 每日3次")[1]),
    ]
    assert loud(pharmacist.check(together, Patient(age_years=30)), "dose")


def test_a_child_is_dosed_by_weight_and_without_it_the_weight_is_missing(pharmacist: Pharmacist) -> None:
    drug = [Drug("布洛芬", dose=dose_in("x 200mg 每日4次")[1])]
    assert loud(pharmacist.check(drug, Patient(age_years=3, weight_kg=14)), "dose")
    unknown = pharmacist.check(drug, Patient(age_years=3))
    assert "weight_kg" in {m.fact for m in unknown.missing}


# -- what is not known ----------------------------------------------------------------------------------------


def test_unknown_is_said_and_never_called_safe(pharmacist: Pharmacist) -> None:
    report = check(pharmacist, "某某降压丸", "阿莫西林", allergies=("火星尘土",), conditions=("不存在的病",))
    assert [u.given for u in report.unknown] == ["某某降压丸"]
    assert report.unknown_allergies == ("火星尘土",)
    assert report.unknown_conditions == ("不存在的病",)


def test_a_kidney_rule_without_kidney_function_says_what_is_missing(pharmacist: Pharmacist) -> None:
    missing = {m.fact: m for m in check(pharmacist, "二甲双胍", age_years=50).missing}
    assert missing["egfr_ml_min"].severity == "contraindicated"


def test_nobody_asks_a_man_for_weeks_of_pregnancy(pharmacist: Pharmacist) -> None:
    report = check(pharmacist, "异维A酸", sex="male", age_years=30)
    assert "pregnant_weeks" not in {m.fact for m in report.missing}
    report = check(pharmacist, "异维A酸", sex="female", age_years=30)
    assert "pregnant_weeks" in {m.fact for m in report.missing}


def test_what_is_little_known_says_so(pharmacist: Pharmacist) -> None:
    little = next(p for p in pharmacist.formulary.products if not p["interactions_known"])
    assert check(pharmacist, little["name"]["zh"]).little_known == (little["name"]["zh"],)


def test_two_hundred_medicines_are_answered_and_more_are_refused(pharmacist: Pharmacist) -> None:
    ids = [s["id"] for s in pharmacist.formulary.substances][: MOST_DRUGS + 1]
    assert pharmacist.check([Drug(i) for i in ids[:MOST_DRUGS]]).known == MOST_DRUGS
    with pytest.raises(InputError, match="200"):
        pharmacist.check([Drug(i) for i in ids])


# -- the formulary itself -------------------------------------------------------------------------------------


def test_it_knows_as_much_as_it_says(pharmacist: Pharmacist) -> None:
    f = pharmacist.formulary
    kinds: dict[str, int] = {}
    for rule in f.cautions:
        kinds[rule["kind"]] = kinds.get(rule["kind"], 0) + 1
    interrupting = {
        int(code)
        for code, rule in zip(f.pair_code, f.pair_rule, strict=True)
        if f.interactions[int(rule)]["severity"] in INTERRUPTING
    }
    assert len(f.substances) >= 900
    assert len(f.names) >= 3000
    assert len(interrupting) >= 2500
    assert kinds["disease"] >= 400
    assert kinds["pregnancy"] + kinds["lactation"] >= 250
    assert kinds["kidney"] + kinds["liver"] >= 200
    assert kinds["age"] >= 150


def test_no_text_calls_anything_safe(pharmacist: Pharmacist) -> None:
    rules = (*pharmacist.formulary.interactions, *pharmacist.formulary.cautions)
    for rule in rules:
        for text in (rule["effect"], rule["management"]):
            assert "安全" not in text["zh"], rule["id"]
            assert " safe" not in f" {text['en'].lower()}".replace("unsafe", ""), rule["id"]


@pytest.mark.parametrize(
    ("written", "name", "mg", "units", "times"),
    [
        ("布洛芬 0.3g 每日2次", "布洛芬", 300, None, 2),
        ("paracetamol 500 mg tid", "paracetamol", 500, None, 3),
        ("感康 1片 一天两次", "感康", None, 1, 2),
        ("levothyroxine 50 mcg once daily", "levothyroxine", 0.05, None, 1),
        ("甲氨蝶呤 10mg 每周一次", "甲氨蝶呤", 10, None, 1 / 7),
        ("ibuprofen 400mg every 6 hours", "ibuprofen", 400, None, 4),
        ("阿莫西林0.5g q8h", "阿莫西林", 500, None, 3),
        ("阿司匹林", "阿司匹林", None, None, None),
    ],
)
def test_doses_as_people_write_them(
    written: str, name: str, mg: float | None, units: float | None, times: float | None
) -> None:
    read, dose = dose_in(written)
    assert read == name
    if mg is None and units is None:
        assert dose is None
    else:
        assert dose is not None
        assert (dose.mg, dose.units, dose.times) == pytest.approx((mg, units, times))
