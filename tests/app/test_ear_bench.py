"""The ear measured on annotated texts: what counts as heard, and an id that is no finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from suwen.app.ear_bench import ear
from suwen.consult.clinic import Clinic
from suwen.core.errors import InputError
from suwen.knowledge import Knowledge

ROW = {
    "id": "x",
    "lang": "en",
    "style": "chat",
    "text": "right lower belly pain, no fever",
    "age": 30,
    "sex": "male",
}


def test_a_narrower_finding_counts_as_heard_and_a_wider_one_does_not(clinic: Clinic) -> None:
    wide = ear([ROW | {"present": ["abdominal_pain"], "absent": ["fever"]}], clinic)
    assert wide["present_heard"]["value"] == wide["denied_heard"]["value"] == 1.0
    assert wide["present_heard: en chat"]["n"] == 1
    narrow = ear([ROW | {"present": ["rebound_tenderness", "pain_rlq"], "absent": []}], clinic)
    assert narrow["present_heard"]["value"] == 0.5
    assert ear([ROW | {"present": ["fever"], "absent": []}], clinic)["heard_as_its_opposite"] == 1


def test_an_id_that_is_no_finding_is_named(clinic: Clinic) -> None:
    with pytest.raises(InputError, match="row x: no finding 'toe_of_glass'"):
        ear([ROW | {"present": ["toe_of_glass"], "absent": []}], clinic)


@pytest.mark.parametrize("half", ["dev", "held"])
def test_the_texts_that_come_with_it_name_findings(half: str, knowledge: Knowledge) -> None:
    path = Path(__file__).parents[2] / "benchmarks" / f"heard-{half}.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert {*row["present"], *row["absent"]} <= knowledge.finding.keys(), row["id"]
