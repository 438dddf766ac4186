"""What Chinese charts write: letters for vital signs, brackets and arrows for results, what was not found."""

from __future__ import annotations

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.case import Case


def heard(text: str, clinic: Clinic) -> dict[str, str]:
    case = Case("zh").add(clinic.ear.understand(text, Case("zh")), text=text)
    return {f.id: f.status for f in case.findings.values()}


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("35岁，T 38.3℃，P 118次/分，R 26次/分，BP 108/70mmHg", {"fever", "tachycardia", "tachypnoea"}),
        ("40岁，BP 70/40 P 140 SpO2 85%", {"hypotension", "tachycardia", "low_oxygen"}),
        ("RF(+)，补体C3↓", {"rheumatoid_factor_positive", "complement_low"}),
        ("hs-cTnI 8.7ng/ml↑", {"troponin_raised"}),
        ("血浆变肾上腺素明显升高", {"metanephrines_high"}),
        ("新斯的明试验（+）", {"myasthenia_tests"}),
    ],
)
def test_what_is_measured_and_marked_is_heard(text: str, present: set[str], clinic: Clinic) -> None:
    said = heard(text, clinic)
    assert present <= {name for name, status in said.items() if status == "present"}


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("双肺呼吸音清，未闻及湿啰音", {"crackles", "wheeze"}),
        ("HBsAg(-)，类风湿因子均阴性", {"hbsag_positive", "rheumatoid_factor_positive"}),
        ("粪便培养（-），艰难梭菌毒素（-）", {"stool_culture_pathogen", "cdiff_toxin_positive"}),
        ("C3正常，CK正常", {"complement_low", "ck_raised"}),
    ],
)
def test_what_was_looked_for_and_not_found_is_denied(text: str, absent: set[str], clinic: Clinic) -> None:
    said = heard(text, clinic)
    assert absent <= {name for name, status in said.items() if status == "absent"}
    assert not any(status == "present" for status in said.values())


def test_a_letter_and_a_number_alone_are_no_pulse(clinic: Clinic) -> None:
    assert not heard("血磷P 140，住R 30床", clinic)
