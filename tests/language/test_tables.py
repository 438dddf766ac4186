"""The tables of the ear name only what exists, and one pair of words in one rule."""

from __future__ import annotations

import copy
import re

import pytest

from suwen.knowledge import Knowledge
from suwen.language.phrases import alternatives
from suwen.language.tables import faults, tables


def test_the_tables_hold(knowledge: Knowledge) -> None:
    assert faults(knowledge.finding) == []


def test_a_finding_that_nobody_defined_is_named_with_table_and_remedy(knowledge: Knowledge) -> None:
    content = copy.deepcopy(tables()[0])
    content["cues"]["denials"][0]["findings"] = ["feverr"]
    content["cues"]["of_children"].append("hands_feet_swolen")
    content["pairs"]["said"][0]["finding"] = "coughh"
    found = faults(knowledge.finding, content)
    assert len(found) == 3, found
    for table, name in (("cues", "feverr"), ("cues", "hands_feet_swolen"), ("pairs", "coughh")):
        assert any(
            line.startswith(f"language/{table}.yaml:") and f"{name!r} is not defined" in line
            for line in found
        )


def test_a_part_that_two_rules_deny_by_the_same_word_is_named(knowledge: Knowledge) -> None:
    content = copy.deepcopy(tables()[0])
    trachea = next(rule for rule in content["normal"]["parts"] if "trachea" in rule["en"])
    again = {
        "en": ["trachea"],
        "zh": [],
        "only": {"en": ["midline", "straight"]},
        "findings": trachea["findings"],
    }
    content["normal"]["parts"].append(again)
    found = faults(knowledge.finding, content)
    assert len(found) == 1
    assert "'trachea' with 'midline' denies 'tracheal_deviation' in two rules" in found[0]


def test_a_phrase_that_cannot_be_read_is_named(knowledge: Knowledge) -> None:
    content = copy.deepcopy(tables()[0])
    content["cues"]["once"]["en"].append("dropped [down dead")
    content["cues"]["other_senses"]["rules"][0]["before"].append("<measurd>")
    content["cues"]["other_senses"]["rules"].append({"said": ["fit"]})
    found = faults(knowledge.finding, content)
    assert len(found) == 3
    assert "'dropped [down dead'" in found[0]
    assert "'<measurd>'" in found[1]
    assert "'fit'" in found[2]


@pytest.mark.parametrize(("phrase", "text", "is_said"), [
    ("killed/shot himself", "shot himself", True), ("killed/shot himself", "killed shot himself", False), ("dropped [down] dead", "dropped dead", True), ("dropped [down] dead", "dropped down dead", True),
    ("had his ... out", "had his left big toe out", True), ("had his ... out", "had his one two three four five out", False), ("*ectomy", "mastectomy", True), ("by #", "by 2.5", True), ("by #", "by far", False), ("in <whose> urine", "in her urine", True), ("in <whose> urine", "in urine", False),
])  # fmt: skip
def test_phrases_are_read_as_they_are_written(phrase: str, text: str, is_said: bool) -> None:
    assert bool(re.fullmatch(alternatives([phrase], {"whose": ["his/her"]}), text)) is is_said
