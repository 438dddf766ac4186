"""A name means one condition: a synonym that two of them share is refused when the knowledge is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from suwen.core.errors import KnowledgeError
from suwen.knowledge import load
from suwen.knowledge.compile import DATA, cross_check, read


def test_a_name_that_two_conditions_share_is_refused_with_both_files_and_the_remedy(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "conditions").mkdir(parents=True)
    cold = next(DATA.glob("conditions/*/common_cold.yaml")).read_text(encoding="utf-8")
    lines = cold.splitlines()
    changed = {
        "id:": "id: ward_cold",
        "name:": "name: {zh: 病房感冒, en: Ward cold}",
        "also:": "also: {zh: [痛风], en: [GOUT, ward cold]}",
    }
    kept: list[str] = []
    for line in lines:
        if line.startswith(" ") and kept and kept[-1] == changed["also:"]:
            continue
        kept.append(next((new for start, new in changed.items() if line.startswith(start)), line))
    (own / "conditions" / "ward_cold.yaml").write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as stop:
        load(own, cache=tmp_path)
    for name in ("痛风", "GOUT"):
        assert (
            f"conditions/ward_cold.yaml:3: name {name!r} is also given to gout in conditions/rheumatology/gout.yaml; "
            "leave it to the one that most people mean by it"
        ) in stop.value.message
    assert "'ward cold'" not in stop.value.message, "a condition may repeat its own name"


def test_no_two_conditions_share_a_name() -> None:
    assert [fault for fault in cross_check(read([DATA])) if "is also given to" in fault] == []
