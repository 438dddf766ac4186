"""What English letters, reports and chats leave out: colons, apostrophes, units, and who it is about."""

from __future__ import annotations

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.case import Case


def heard(text: str, clinic: Clinic) -> dict[str, str]:
    case = Case("en").add(clinic.ear.understand(text, Case("en")), text=text)
    return {f.id: f.status for f in case.findings.values() if f.when == "now"}


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("PMHx: COPD, HTN. O/E coarse creps R base. Bloods WCC 18.", {"crackles", "wbc_raised"}),
        ("Na 118, K 6.1, Cr 190.", {"sodium_low", "potassium_high", "creatinine_raised"}),
        ("LP: WCC 450 (90% neutrophils), protein 1.8.", {"csf_neutrophils"}),
        (
            "Her heart is beating at 130, oxygen is 88%, he breathes at 32 a minute.",
            {"tachycardia", "low_oxygen", "tachypnoea"},
        ),
        ("Brought by his grandmother with six days of fever.", {"fever"}),
        ("my sons got a barky cough an hes struggling to breath", {"cough_barking", "breathlessness"}),
        ("Tetralogy never repaired has progressive dyspnea.", {"breathlessness"}),
        ("bby has a rash that doesnt go away when i press a glass on it", {"rash_petechial"}),
        ("First 4 days motion was not clear (constipation).", {"constipation"}),
        ("R hip/groin + knee pain 2/7", {"hip_pain", "groin_pain", "knee_pain"}),
        ("He was found unresponsive on the floor.", {"reduced_consciousness"}),
        ("He fell from a ladder.", {"fall_recent"}),
    ],
)
def test_what_is_there_is_heard(text: str, present: set[str], clinic: Clinic) -> None:
    assert present <= {name for name, status in heard(text, clinic).items() if status == "present"}


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("No weight gain or loss.", {"weight_gain", "weight_loss"}),
        ("Trop neg, D-dimer neg.", {"troponin_raised", "d_dimer_raised"}),
        ("ANA -ve.", {"ana_positive"}),
        ("hasnt been sick, isnt itchy", {"vomiting"}),
        ("Hepatitis B and C serology negative, LFTs normal.", {"hbsag_positive", "liver_enzymes_raised"}),
        ("He hears no voices.", {"hallucinations"}),
    ],
)
def test_what_is_denied_is_absent(text: str, absent: set[str], clinic: Clinic) -> None:
    said = heard(text, clinic)
    assert absent <= {name for name, status in said.items() if status == "absent"}
    assert not any(status == "present" for status in said.values())


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Fever unresponsive to antibiotics.", "reduced_consciousness"),
        ("Neck lumps which wax and wane over months.", "confusion_fluctuating"),
        ("A falling insulin need; GH fails to fall; her platelets are falling.", "fall_recent"),
        ("She has passed small kidney stones.", "kidneys_small_imaging"),
        ("She has pulmonary hypertension.", "hypertension_history"),
        ("Otoscopy shows hemorrhagic bullae on the tympanic membrane.", "skin_crepitus_necrosis"),
        ("CSF shows low glucose.", "low_glucose_reading"),
        ("Dialysate white cell count is 850.", "wbc_low"),
        ("Free T4 low with normal TSH.", "tsh_high"),
    ],
)
def test_the_same_words_in_another_sense_are_not_it(text: str, other: str, clinic: Clinic) -> None:
    assert heard(text, clinic).get(other) != "present"


def test_the_age_of_a_mother_is_not_that_of_her_newborn(clinic: Clinic) -> None:
    told = clinic.ear.understand("His mother is 41. The newborn boy has jaundice.", Case("en"))
    assert told.person.get("age_years", 0) < 1


def test_a_cherry_red_spot_in_an_infant_is_no_blocked_artery(clinic: Clinic) -> None:
    heard = clinic.ear.understand("The infant has a cherry-red spot.", Case("en"))
    alarms = clinic.watch.alarms(Case("en").add(heard), heard.flags)
    assert "vision_loss_sudden_flag" not in {alarm.id for alarm in alarms}
