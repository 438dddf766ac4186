"""The tools of the medical editor, as commands."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suwen.app.assess import read_case
from suwen.app.editor import differences, why
from suwen.consult.clinic import Clinic
from suwen.knowledge import Knowledge


def test_show_takes_names_and_ids(suwen: Any) -> None:
    by_name, by_id = suwen("kb", "show", "阑尾炎"), suwen("kb", "show", "acute_appendicitis")
    assert by_name.code == 0
    assert json.loads(by_name.out)["id"] == "acute_appendicitis"
    assert by_name.out == by_id.out


def test_an_unknown_name_is_refused_with_near_ones(suwen: Any) -> None:
    found = suwen("kb", "diff", "acute_apendicitis", "gout")
    assert found.code == 1
    assert "acute_appendicitis" in found.err


def test_diff_says_what_separates(suwen: Any) -> None:
    found = suwen("kb", "diff", "acute_appendicitis", "ectopic_pregnancy", "--json")
    rows = {row["finding"]: row for row in json.loads(found.out)["differences"]}
    assert rows["missed_period"]["present_nats"] < 0
    assert rows["abdominal_pain_migrating"]["present_nats"] > 0
    assert suwen("kb", "diff", "gout", "septic_arthritis").code == 0


def test_diff_is_fair_to_both_sides(knowledge: Knowledge) -> None:
    a, b = knowledge.condition["gout"], knowledge.condition["septic_arthritis"]
    one = {d.finding.id: d for d in differences(a, b, knowledge)}
    other = {d.finding.id: d for d in differences(b, a, knowledge)}
    assert one.keys() == other.keys()
    for name, d in one.items():
        assert d.present == pytest.approx(-other[name].present)
        assert d.expected == pytest.approx(other[name].expected)


def test_why_adds_up_to_the_posterior(clinic: Clinic) -> None:
    case, _ = read_case({"text": "右下腹痛一天，恶心，发热38度，没有腹泻", "age": 24, "sex": "male"}, clinic)
    for name in ("acute_appendicitis", "gallstones_biliary_colic"):
        reason = why(case, clinic.knowledge.condition[name], clinic, lang="zh")
        assert reason.prior + sum(s.weight for s in reason.steps) == pytest.approx(
            float(np.log(reason.p / (1 - reason.p)))
        )


def test_why_draws_a_waterfall(suwen: Any, tmp_path: Path) -> None:
    place = tmp_path / "why.svg"
    found = suwen("kb", "why", "咳嗽三天 <b>发热</b>", "--svg", str(place))
    assert found.code == 0
    assert ElementTree.parse(place).getroot().tag.endswith("svg")
    assert suwen("kb", "why", "咳嗽", "--svg", str(tmp_path / "no" / "x.svg")).code == 1


def test_coverage_finds_no_hole(suwen: Any) -> None:
    found = json.loads(suwen("kb", "coverage", "--json").out)
    assert found["unused"] == []
    assert found["same_by_everything"] == []
    assert found["no_care"] == []


# -- learning ---------------------------------------------------------------------------------------------

ROWS = [
    *({"diagnosis": "感冒", "findings": {"咳嗽": 1, "流鼻涕": True, "发烧": "0"}} for _ in range(12)),
    *({"diagnosis": "influenza", "explicit": {"发烧": "1"}, "implicit": {"咳嗽": "2", "奇怪的词": "1"}} for _ in range(12)),
    {"diagnosis": "没有这种病", "findings": {"咳嗽": 1}},
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "cases.jsonl"
    place.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in ROWS), encoding="utf-8")
    return place


def test_learn_says_what_it_took_and_what_it_left(suwen: Any, data: Path) -> None:
    found = json.loads(suwen("kb", "learn", "--data", str(data), "--dry-run", "--json").out)
    assert (found["cases"], found["conditions"], found["written"]) == (24, 2, None)
    assert found["unknown_diagnoses"] == {"没有这种病": 1}
    assert found["unknown_findings"] == {"奇怪的词": 12}
    assert found["held_out"]["after"]["surprise_nats"] < found["held_out"]["before"]["surprise_nats"]


def test_learn_can_be_undone_and_does_not_count_twice(
    suwen: Any, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setenv("SUWEN_CACHE", str(tmp_path / "cache"))
    learn = ("kb", "learn", "--data", str(data), "--folder", str(own), "--name", "winter")
    assert suwen(*learn).code == 0
    again = suwen(*learn)
    assert again.code == 1
    assert "learned already" in again.err
    assert suwen("kb", "unlearn", "winter", "--folder", str(own)).code == 0
    assert list((own / "learned").iterdir()) == []
    gone = suwen("kb", "unlearn", "winter", "--folder", str(own))
    assert gone.code == 1
    assert "there is: nothing" in gone.err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"findings": {"咳嗽": 1}}', "line 1: `diagnosis` is missing"),
        ('{"diagnosis": "感冒"}', "line 1: no findings"),
        ('{"diagnosis": "感冒", "findings": ["咳嗽"]}', "`findings` is not an object"),
        ('{"diagnosis": "感冒", "findings": {"咳嗽": "maybe"}}', "'咳嗽' is 'maybe'"),
        ('{"diagnosis": "没有", "findings": {"咳嗽": 1}}', "no case names a condition"),
        ("{", "line 1: not valid JSON"),
    ],
)
def test_learn_refuses_by_line(suwen: Any, tmp_path: Path, line: str, says: str) -> None:
    place = tmp_path / "bad.jsonl"
    place.write_text(line + "\n", encoding="utf-8")
    found = suwen("kb", "learn", "--data", str(place), "--dry-run")
    assert found.code == 1
    assert says in found.err


def test_learn_wants_a_place_and_a_name(
    suwen: Any, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUWEN_KNOWLEDGE", raising=False)
    assert "where to?" in suwen("kb", "learn", "--data", str(data)).err
    assert (
        "cannot be a name"
        in suwen("kb", "learn", "--data", str(data), "--folder", str(tmp_path), "--name", "../x").err
    )


# -- rare -------------------------------------------------------------------------------------------------


def test_rare_ranks_and_refuses(suwen: Any) -> None:
    found = json.loads(
        suwen("rare", "tall stature, arachnodactyly, ectopia lentis, HP:0002616", "--json").out
    )
    assert "Marfan syndrome" in [d["name"] for d in found["diseases"]]
    assert found["label"].startswith("rare")
    little = suwen("rare", "头痛")
    assert little.code == 1
    assert "at least 3 phenotypes" in little.err


# -- bench ------------------------------------------------------------------------------------------------


def test_dialogue_bench_learns_and_asks(suwen: Any, data: Path) -> None:
    found = json.loads(suwen("bench", "dialogue", "--data", str(data), "--json").out)
    assert found["cases"] == 25
    assert found["right_at_budget"]["value"] > 0.9
    assert found["questions_mean"] <= 8


def test_calibration_bench_draws(suwen: Any, tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": "right lower belly pain and fever", "accept": {"names": ["acute appendicitis"], "icd10": []}},
        {"id": "2", "text": "itchy runny nose every spring", "accept": {"names": ["allergic rhinitis"], "icd10": []}},
    ]  # fmt: skip
    data, svg = tmp_path / "rows.jsonl", tmp_path / "curve.svg"
    data.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    found = json.loads(suwen("bench", "calibration", "--data", str(data), "--svg", str(svg), "--json").out)
    assert 0 <= found["ece"]["value"] <= 1
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
