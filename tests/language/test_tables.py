"""The tables of the ear name only what exists, and one pair of words in one rule."""

from __future__ import annotations

import copy

from suwen.knowledge import Knowledge
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
