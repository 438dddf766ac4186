"""Benchmarks on written cases: what a row may say is right, and what is compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from suwen.app import bench as bench_module
from suwen.app import simulate
from suwen.app.bench import TAKES, Crowd, run_bench, vignettes
from suwen.consult.clinic import Clinic
from suwen.core.case import TRIAGE_LEVELS
from suwen.core.errors import InputError
from suwen.verify.stats import Share

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


def bench(name: str, **given: Any) -> None:
    how = {"data": None, "as_json": True, "seed": 1, "number": None, "database_url": None, **given}
    run_bench(name, **how)


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("policies", {"crowd": Crowd(noisy=True)}, "--noisy: bench policies does not take it: it shows clean and noisy"),
        ("policies", {"crowd": Crowd(budget=8)}, "--budget: bench policies does not take it: it shows 5, 10, 15 and 20"),
        ("policies", {"crowd": Crowd(prove=9)}, "--prove: bench policies does not take it; it takes --cases, --svg, --workers"),
        ("growth", {"crowd": Crowd(out=Path("x"))}, "--out: bench growth does not take it; it takes --cases, --svg"),
        ("growth", {"crowd": Crowd(ray="auto")}, "--ray: bench growth does not take it; it takes --cases, --svg"),
        ("text", {"crowd": Crowd(backend="torch")}, "--backend: bench text does not take it"),
        ("turns", {"svg": Path("x.svg")}, "--svg: bench turns does not take it"),
        ("simulate", {"data": Path("x.jsonl")}, "--data: bench simulate does not take it"),
        ("vignettes", {"number": 5}, "--cases: bench vignettes does not take it; it takes --data"),
        ("medicines", {"database_url": "postgresql://x"}, "--database-url: bench medicines does not take it"),
        ("mirrors", {}, "no benchmark 'mirrors'; there are vignettes, triage"),
    ],
)  # fmt: skip
def test_an_option_that_a_benchmark_does_not_obey_is_refused(
    name: str, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(InputError) as found:
        bench(name, **given)
    assert says in found.value.message


def test_policies_are_measured_where_and_how_they_were_asked_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def one(tasks: Any, job: Any, **how: Any) -> Any:
        seen.append({**how, "even": job.even})
        raise InputError("far enough")

    monkeypatch.setattr(simulate, "all_rows", one)
    with pytest.raises(InputError, match="far enough"):
        bench("policies", crowd=Crowd(workers=3, even=True, ray="auto", backend="numpy", out=tmp_path))
    kept = {name: seen[0][name] for name in ("workers", "even", "ray_address", "out")}
    assert kept == {"workers": 3, "even": True, "ray_address": "auto", "out": tmp_path}
    assert seen[0]["manifest"]["backend"] == "numpy"


def test_a_line_of_cases_that_is_no_json_is_named(tmp_path: Path) -> None:
    data = tmp_path / "cases.jsonl"
    data.write_text('{"id": "a"}\n{"id": \n')
    with pytest.raises(InputError, match="line 2: not valid JSON"):
        bench("vignettes", data=data)


@pytest.mark.parametrize("name", [name for name, takes in TAKES.items() if "svg" in takes])
def test_a_picture_that_cannot_be_written_is_refused_before_the_work(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "cases.jsonl"
    data.write_text("{}\n")
    given = {"data": data} if name == "calibration" else {}
    monkeypatch.setattr("suwen.app.bench.build_clinic", lambda *_: pytest.fail("work was begun"))
    with pytest.raises(InputError, match=r"there is no folder .*/nowhere; make it, or give another place"):
        bench(name, svg=tmp_path / "nowhere" / "x.svg", **given)
    with pytest.raises(InputError, match="is a folder; give a file in it"):
        bench(name, svg=tmp_path, **given)


def test_a_table_says_what_was_not_measured_and_leaves_a_mean_in_its_unit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nothing, half = Share(0, 0).to_json(), Share(1, 2).to_json()
    mean = {"value": 12.25, "interval": [11.0, 13.5], "n": 70, "std": 0.5}
    bench_module._table("text", {"rate": None, "top1": nothing, "top3": half, "questions": mean})
    shown = capsys.readouterr().out
    assert shown.count("not measured") == 2
    assert "50.0 %" in shown
    assert "12.25 (11.00–13.50), n=70" in shown
