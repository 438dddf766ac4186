"""Who is seen sooner is checked when the knowledge is read: all faults at once, and nothing loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from suwen.core.errors import KnowledgeError
from suwen.knowledge import load
from suwen.knowledge.compile import DATA


def test_faults_are_named_with_file_value_and_remedy(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "conditions").mkdir(parents=True)
    (own / "risk_groups.yaml").write_text(
        'odd: {name: {zh: 怪, en: odd}, any: [nosuch, "age<x"], source: nosource}\n', encoding="utf-8"
    )
    cold = next(DATA.glob("conditions/*/common_cold.yaml")).read_text(encoding="utf-8")
    lines = [line for line in cold.splitlines() if not line.startswith("sooner:")]
    at = next(i for i, line in enumerate(lines) if line.startswith("triage:"))
    lines[at] = (
        'triage: soon\nsooner: {urgent: ["@nogroup", "not:fever"], routine: [pregnant], source: nobody}'
    )
    (own / "conditions" / "common_cold.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as stop:
        load(own, cache=tmp_path)
    for said in (
        "risk_groups.yaml:1: odd: 'nosuch' is neither a finding nor an age such as age<1",
        "risk_groups.yaml:1: odd: 'age<x'",
        "risk_groups.yaml:1: odd: source 'nosource' is not in sources/",
        "common_cold.yaml:7: sooner: '@nogroup' is neither",
        "common_cold.yaml:7: sooner: 'not:fever' is neither",
        "common_cold.yaml:7: sooner: routine is not more urgent than its triage, soon",
        "common_cold.yaml:7: sooner: source 'nobody' is not in sources/",
    ):
        assert said in stop.value.message
