"""Benchmarks on written cases: what a row may say is right, and what is compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from suwen.app.bench import vignettes
from suwen.consult.clinic import Clinic
from suwen.core.case import TRIAGE_LEVELS
from suwen.core.errors import InputError

CASES = Path(__file__).parents[2] / "benchmarks"


def test_vignettes_of_our_own_conditions_tell_triage_too(clinic: Clinic) -> None:
    rows = [
        {"id": "a", "lang": "zh", "text": "30岁女，尿频尿急尿痛两天", "condition": "cystitis_uti", "level": "soon"},
        {"id": "b", "lang": "zh", "text": "男，60，胸口压榨样疼半小时，大汗", "condition": "acute_myocardial_infarction", "level": "emergency"},
    ]  # fmt: skip
    figures = vignettes(rows, clinic)
    assert figures["top1"]["n"] == 2
    assert figures["emergencies_sent_today"]["value"] == 1.0
    with pytest.raises(InputError, match="no condition 'nothing_such'"):
        vignettes([{"id": "c", "text": "x", "condition": "nothing_such"}], clinic)


@pytest.mark.parametrize("name", ["vignettes-dev.jsonl", "vignettes-held.jsonl"])
def test_the_shipped_vignettes_name_what_is_known_and_not_in_their_text(clinic: Clinic, name: str) -> None:
    rows = [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        condition = clinic.knowledge.condition[row["condition"]]
        assert row["level"] in TRIAGE_LEVELS
        assert condition.zh not in row["text"], row["id"]
        assert condition.en.lower() not in row["text"].lower(), row["id"]
