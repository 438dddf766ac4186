"""Several takes of the same tasks: figures rest on the first, the worst of k on all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from actors import fake_room, visits

from suwen.patients.script import Script
from suwen.verify.run import PlayVisit, Repeated, Take, takes_of
from suwen.verify.stability import first_takes, stability
from suwen.verify.stats import Figure, Share, figure
from suwen.verify.summary import summary_of
from suwen.verify.work import rows_of, run_shards


def row(name: str, take: int, **outcomes: Any) -> dict[str, Any]:
    body = {"id": name, "set": "sampled", "error": "", "outcomes": outcomes, "groups": {}}
    return body if not take else {**body, "id": f"{name}~{take}", "of": name, "take": take}


ROWS = [
    row("a", 0, top1=True, questions=4.0), row("b", 0, top1=False, questions=9.0),
    row("a", 1, top1=True, questions=6.0), row("b", 1, top1=True, questions=9.0),
    row("a", 2, top1=True, questions=8.0), row("b", 2, top1=True, questions=9.0),
]  # fmt: skip


def test_the_worst_of_k_takes_is_exact_for_either_direction() -> None:
    found = stability(ROWS)
    assert (found["takes"], found["tasks"], found["left"]) == (3, 2, 0)
    top1, questions = found["figures"]["top1"], found["figures"]["questions"]
    # a is always right; of b's pairs two of three hold the wrong take, of its triple the one.
    assert [top1["worst_at"][k]["value"] for k in "123"] == [
        pytest.approx(5 / 6, abs=1e-4),
        pytest.approx(2 / 3, abs=1e-4),
        0.5,
    ]
    # More questions are worse: of a's pairs {4 6} {4 8} {6 8} the worst are 6, 8, 8.
    assert [questions["worst_at"][k]["value"] for k in "123"] == [
        7.5,
        pytest.approx((22 / 3 + 9) / 2, abs=1e-4),
        8.5,
    ]
    assert (top1["changed"]["hits"], questions["changed"]["hits"]) == (1, 1)


def test_a_task_whose_take_broke_off_is_left_out_and_counted() -> None:
    found = stability([*ROWS[:5], {**ROWS[5], "error": "doctor: gone", "outcomes": {}}])
    assert (found["tasks"], found["left"]) == (1, 1)
    assert found["figures"]["top1"]["worst_at"]["3"]["value"] == 1.0


def test_one_take_has_no_worst() -> None:
    assert stability(ROWS[:2]) == {}
    assert "stability" not in summary_of({}, ROWS[:2])["sets"]["sampled"]


def test_figures_rest_on_the_first_takes() -> None:
    one = summary_of({}, ROWS)["sets"]["sampled"]
    assert (one["items"], one["figures"]["top1"]["n"], one["figures"]["top1"]["hits"]) == (2, 2, 1)
    assert one["figures"]["top1"] == summary_of({}, first_takes(ROWS))["sets"]["sampled"]["figures"]["top1"]


def test_every_take_is_another_patient_of_the_same_script(tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []

    class Noting(PlayVisit):
        def __call__(self, task: Any, take: int = 0) -> Any:
            return {**super().__call__(task, take), "seed": 0}

    tasks = takes_of(visits(3), 3)
    assert [t.id for t in tasks[3:5]] == ["sampled/p00~1", "sampled/p01~1"]
    run_shards(tasks, Repeated(Noting(fake_room, fake_room().knowledge.digest)), out=tmp_path)
    rows = list(rows_of(tmp_path))
    for one in rows:
        seen.append((one.get("of", one["id"]), Script.model_validate(one["encounter"]["script"]).seed))
    assert len(set(seen)) == 9, "no seed twice"
    assert [r["id"] for r in rows[:4]] == ["p00", "p01", "p02", "p00~1"]
    assert isinstance(tasks[3], Take)


def test_of_nothing_a_share_is_null_in_json() -> None:
    assert Share(0, 0).to_json() == {"value": None, "n": 0, "hits": 0, "interval": [None, None]}
    assert figure([]).to_json() == {"value": None, "interval": [None, None], "n": 0}
    assert figure([None, True], yes_no=True).to_json()["not_graded"] == 1
    assert isinstance(figure([1.0, 2.0]), Figure)
