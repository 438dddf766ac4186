"""Rare diseases by phenotype: the right ones come first, and only when the common ones leave much open."""

from __future__ import annotations

from pathlib import Path

import pytest

from suwen.app.assess import read_case
from suwen.consult.clinic import Clinic
from suwen.core.case import Case, Finding, Heard
from suwen.knowledge.rare import RareTier, faults, load_rare
from suwen.reasoning.rare import leaves_much, phenotypes, rank

MARFAN = {"tall": "HP:0000098", "fingers": "HP:0001166", "lens": "HP:0001083", "aorta": "HP:0002616"}


@pytest.fixture(scope="module")
def tier() -> RareTier:
    found = load_rare()
    assert found is not None
    return found


def test_a_textbook_picture_is_recognised(tier: RareTier) -> None:
    first = rank(MARFAN, {}, tier)
    assert "Marfan syndrome" in [one.name for one in first[:5]]
    marfan = next(one for one in first if one.name == "Marfan syndrome")
    assert (marfan.orpha, marfan.omim) == (558, 154700)
    assert set(marfan.explains) == set(MARFAN)


def test_too_little_names_nothing(tier: RareTier) -> None:
    assert rank({"tall": "HP:0000098", "again": "HP:0000098", "lens": "HP:0001083"}, {}, tier) == []


def test_what_is_denied_counts_against(tier: RareTier) -> None:
    with_it = {one.name: one.score for one in rank(MARFAN, {}, tier, limit=100)}
    denied = {one.name: one for one in rank(MARFAN, {"back": "HP:0002650"}, tier, limit=100)}
    assert denied["Marfan syndrome"].score < with_it["Marfan syndrome"]
    assert denied["Marfan syndrome"].lacks == ("back",)


def test_the_order_of_phenotypes_does_not_matter(tier: RareTier) -> None:
    assert [r.name for r in rank(MARFAN, {}, tier)] == [
        r.name for r in rank(dict(reversed(MARFAN.items())), {}, tier)
    ]


def test_a_family_of_findings_counts_once(tier: RareTier, clinic: Clinic) -> None:
    case = Case().add(Heard(findings=(Finding("fever", "present"), Finding("high_fever", "present"))))
    present, _ = phenotypes(case, tier, clinic.knowledge)
    assert len(present) == 1


def test_terms_are_found_in_a_text_by_number_and_name(tier: RareTier) -> None:
    assert tier.named_in("Has arachnodactyly, and hp:0001083.") == ["HP:0001166", "HP:0001083"]
    assert tier.named_in("paranoid, HP:9999999") == []


@pytest.mark.parametrize(
    "text", ["头痛三天，发热", "sore throat and cough for two days", "右下腹痛一天，恶心"]
)
def test_common_complaints_call_for_nothing_rare(text: str, clinic: Clinic) -> None:
    case, _ = read_case({"text": text}, clinic)
    assert not leaves_much(case, clinic.reasoner.differential(case), clinic.knowledge)


def test_terms_that_do_not_exist_are_named() -> None:
    said = faults({"fever": "HP:0001945", "cough": "HP:7777777", "rash": "12"})
    assert len(said) == 2
    assert "cough: HP:7777777 does not exist" in said[0]
    assert "rash" in said[1]


def test_it_is_compiled_once(tmp_path: Path) -> None:
    assert load_rare(cache=tmp_path) is not None
    before = {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    assert load_rare(cache=tmp_path) is not None
    assert before == {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
