"""What people come with first: any place of the body that hurts, swells or itches, and the common reasons for a visit."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from suwen.core.case import Case
from suwen.knowledge import Knowledge
from suwen.knowledge.compile import DATA
from suwen.knowledge.files import load_yaml
from suwen.language.understand import Ear

PARTS = load_yaml((DATA / "parts.yaml").read_text(encoding="utf-8"))
FELT = ["pain", "swelling", "lump", "itch", "numbness", "redness", "rash"]
NOWHERE = {
    "swelling": {"skin", "muscle", "bone", "elbow_crease", "thigh"},
    "lump": {"muscle", "nail", "joint"},
    "itch": {"muscle", "joint", "bone", "nail", "perineum"},
    "numbness": {"muscle", "joint", "bone", "throat", "tonsil", "nail"},
    "redness": {"muscle", "bone", "lip", "tongue", "tooth", "vulval_opening"},
    "rash": {"buttock"},
}
"""Where nobody says it so, or what it would mean has no finding yet."""
INSIDE = {"uterine_cervix", "fundus"}
"""Places that only a doctor sees."""
REASONS = Path(__file__).with_name("reasons_for_visit.tsv")
"""One line a reason: the finding, and words of patients in both languages, along the complaints of ICPC-2 (WONCA 2003)."""


@pytest.fixture(scope="module")
def ear(knowledge: Knowledge) -> Ear:
    return Ear(knowledge)


def heard(ear: Ear, text: str) -> set[str]:
    """What is present by a text, with what that implies."""
    present = [f.id for f in ear.understand(text, Case()).findings if f.status == "present"]
    return {name for found in present for name in (found, *ear.knowledge.ancestors[found])}


@pytest.mark.parametrize("felt", FELT)
def test_a_complaint_of_any_place_is_heard(ear: Ear, felt: str) -> None:
    words = PARTS["kernels"][felt]
    sites = PARTS["sites"].keys() - NOWHERE.get(felt, set()) - INSIDE
    said = [PARTS["sites"][site]["zh"][0] + words["zh"][0] for site in sites]
    said += [f"I have {words['en'][0]} of my {PARTS['sites'][site]['en'][0]}." for site in sites]
    assert [text for text in said if not heard(ear, text)] == []


def test_the_reasons_for_a_visit_are_heard_in_both_languages(ear: Ear) -> None:
    with REASONS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    missed = [(row["finding"], row[lang]) for row in rows for lang in ("zh", "en") if row["finding"] not in heard(ear, row[lang])]  # fmt: skip
    assert missed == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("crushing chest pain", "trauma_recent"),
        ("CT chest: multiple nodules", "skin_lump"),
        ("鼻塞咽痛", "nose_sore"),
        ("sore throat and runny nose", "nose_sore"),
        ("乳房下面疼", "vulval_pain"),
        ("嘴巴和手上全是红色糖衣", "rash"),
        ("Blood tests: platelets 90; back and arms normal", "wound_open"),
        ("Rash on trunk and arms, not on the palms", "rash_hands"),
        ("my ankles swell in the evening", "joint_swelling"),
        ("I was given drugs to delay my period", "amenorrhoea"),
    ],
)
def test_what_stands_beside_a_place_is_not_said_of_it(ear: Ear, text: str, finding: str) -> None:
    assert finding not in heard(ear, text)


def test_words_of_a_place_that_mean_nothing_known_are_told(ear: Ear) -> None:
    assert ear.understand("乳房发硬", Case()).not_understood == ("发硬",)


def test_an_abbreviation_that_is_a_word_names_an_illness_in_capitals_only(ear: Ear) -> None:
    assert "heparin_induced_thrombocytopenia" not in ear.understand("he hit his head", Case()).concerns
    assert "heparin_induced_thrombocytopenia" in ear.understand("could it be HIT?", Case()).concerns


@pytest.mark.parametrize("text", ["sore nose: none", "swollen hand absent", "pain in the right knee: none"])
def test_a_denial_behind_a_place_denies_the_complaint(ear: Ear, text: str) -> None:
    assert heard(ear, text) == set()
