"""Policies on outside cases: the same patients in words before each, graded as `verify run` grades them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from suwen.app import simulate
from suwen.app.bench import run_bench
from suwen.app.plans import Under, plan_of
from suwen.app.policies_bench import (
    SAMPLED,
    figures_of_set,
    pictures,
    play_policies,
    read_played,
    tables,
)
from suwen.core.errors import InputError
from suwen.verify.baselines import INQUIRIES
from suwen.verify.pictures import in_rows

BUDGET = 4


def row(name: str, complaint: str, diagnosis: str, **more: Any) -> dict[str, Any]:
    fields = {
        "demographics": "30 year old Male",
        "chief_complaints": complaint,
        "presentation": "It started 6 hours ago.",
        "absent_findings": "No rash",
        "physical_history": "-",
        "family_history": "-",
        "social_history": "-",
    }
    return {"id": name, "fields": fields, "diagnosis": diagnosis, **more}


ROWS = [
    row("a", "Headache", "Migraine", accept={"names": ["migraine"], "icd10": []}),
    row("b", "Burning when urinating", "Some unheard-of thing"),
    row("c", "Sore throat", "Acute pharyngitis", accept={"names": ["acute pharyngitis", "viral pharyngitis"], "icd10": ["J02"]}),
]  # fmt: skip


def cases(folder: Path, rows: list[dict[str, Any]]) -> Path:
    file = folder / "cases.jsonl"
    file.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return file


def test_ours_on_outside_cases_is_what_verify_run_measures(tmp_path: Path) -> None:
    file = cases(tmp_path, ROWS)
    played = read_played(file, None, n=None, seed=1)
    out = tmp_path / "kept"
    how: dict[str, Any] = {"folder": None, "seed": 1, "workers": 1, "ray": None, "quiet": True, "out": out}
    found = play_policies(played, [BUDGET], **how)
    assert play_policies(played, [BUDGET], **how) == found
    with pytest.raises(InputError, match="holds a run that was made differently"):
        play_policies(played, [BUDGET + 1], **how)
    assert found["diagnosis_unknown"] == 1
    figures = found["played"]["outside: cases, clean"]
    assert (figures["cases"], figures["broken"]) == (2, 0)
    plan = plan_of(str(file), Under(budget=BUDGET), noise=0.0)
    rows = [plan.job(visit) for visit in plan.tasks]
    top3 = [row["outcomes"]["top3"] for row in rows if row["outcomes"]["top3"] is not None]
    assert figures["policies"][f"ours {BUDGET}"]["top3"] | {"interval": 0} == {
        "value": sum(top3) / 2, "n": 2, "hits": sum(top3), "interval": 0,
    }  # fmt: skip
    for policy in INQUIRIES:
        assert 0 < figures["policies"][f"{policy} {BUDGET}"]["questions"]["value"] <= BUDGET
        assert policy == "ours" or figures["ours_less"][f"{policy} {BUDGET}"]["n"] == 2


def test_a_difference_is_ours_less_the_other_over_those_that_both_finished() -> None:
    def done(policy: str, name: str, right: bool | None) -> dict[str, Any]:
        outcomes = {} if right is None else {"top1": right, "questions": 3.0}
        error = "program: broke" if right is None else ""
        return {
            "id": name,
            "set": "s",
            "policy": policy,
            "budget": 5,
            "error": error,
            "outcomes": outcomes,
        }

    rows = [done("ours", f"{i}", i < 15) for i in range(20)]
    rows += [done("fixed", f"{i}", None if i == 19 else i < 5) for i in range(20)]
    figures = figures_of_set(rows, [("ours", 5), ("fixed", 5)], seed=1)
    assert (figures["cases"], figures["broken"]) == (20, 1)
    assert figures["first_broken"] == "19: program: broke"
    assert figures["policies"]["ours 5"]["top1"]["value"] == 0.75
    assert figures["policies"]["fixed 5"]["top1"]["n"] == 19
    change = figures["ours_less"]["fixed 5"]
    assert (change["n"], change["verdict"]) == (19, "better")
    assert change["value"] == round(10 / 19, 4)
    assert change["low"] > 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "no such file; give a JSONL file of published cases"),
        ("not json\n", "line 1: not a JSON object; give one case a line"),
        ('{"id": 1, "question": "?"}\n', "no row is a script or a case"),
        (json.dumps(ROWS[1]) + "\n", "of 1 cases none has a diagnosis that the knowledge has a condition for"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_graded_is_refused_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, says: str
) -> None:
    file = tmp_path / "cases.jsonl"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(simulate, "all_rows", lambda *_, **__: pytest.fail("work was begun"))
    with pytest.raises(InputError) as found:
        run_bench(
            "policies",
            data=file,
            as_json=True,
            seed=1,
            number=None,
            database_url=None,
            svg=tmp_path / "p.svg",
        )
    assert says in found.value.message
    assert not (tmp_path / "p.svg").exists()


def test_every_set_has_a_picture_of_its_own() -> None:
    share = {"value": 0.5, "interval": [0.4, 0.6], "n": 9, "hits": 5}
    figures = {"cases": 9, "policies": {f"{p} {b}": {"top1": share} for p in INQUIRIES for b in (5, 10)}}
    drawn = pictures({"outside: a": figures, "outside: b": figures}, [5, 10])
    whole = ElementTree.fromstring(in_rows("Policies", [*drawn, drawn[0]]))
    svg = "{http://www.w3.org/2000/svg}"
    places = [(one.get("x"), one.get("y")) for one in whole.findall(f"{svg}svg")]
    assert len(set(places)) == 3
    lines = whole.findall(f".//{svg}polyline")
    assert len(lines) == 3 * len(INQUIRIES)
    assert lines[-1].get("class") == "s0 line", "ours lies on top of what it is held against"
    assert "a, n=9" in drawn[0]


def test_the_table_says_on_which_patients_a_figure_rests(capsys: pytest.CaptureFixture[str]) -> None:
    share = {"value": 0.5, "interval": [0.4, 0.6], "n": 9, "hits": 5}
    less = {"figure": "top1", "value": -0.25, "low": -0.5, "high": 0.1, "n": 9, "verdict": "same"}
    sampled = {"ours 5 clean": {**dict.fromkeys(SAMPLED, share), "questions_mean": 4.5}}
    outside = {
        "cases": 9,
        "broken": 0,
        "policies": {"fixed 5": {"top1": share}},
        "ours_less": {"fixed 5": less},
    }
    console = Console(width=200)
    for table in tables({"cases": 7, "figures": sampled, "played": {"outside: a": outside}}):
        console.print(table)
    shown = capsys.readouterr().out
    assert "sampled patients, 7" in shown
    assert "outside: a: 9 cases" in shown
    assert "50.0 % (40.0–60.0), n=9" in shown
    assert "-25.0 points (-50.0 to +10.0): same" in shown
