"""`suwen verify` as somebody uses it: run, show, compare."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from suwen.app.plans import Under, plan_of
from suwen.app.simulate_text import text_path
from suwen.app.suites import SUITES, suite_folder
from suwen.app.verify import cli
from suwen.core.errors import InputError, SuwenError
from suwen.knowledge import Knowledge
from suwen.patients.sample import samples

RUN = ["run", "sampled", "-n", "6", "--noise", "0.4", "--workers", "1", "--json"]


def call(*words: str | Path) -> Result:
    result = CliRunner().invoke(cli, [str(w) for w in words])
    if result.exception and not isinstance(result.exception, SystemExit | SuwenError):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    out = tmp_path_factory.mktemp("runs") / "a"
    result = call(*RUN, "--out", out)
    assert result.exit_code == 0, result.output
    return out, json.loads(result.stdout)


def test_sampled_patients_are_played_clean_and_noisy_and_reported(made: tuple[Path, dict[str, Any]]) -> None:
    out, body = made
    assert list(body["sets"]) == ["sampled, clean", "sampled, noisy"]
    assert body["sets"]["sampled, clean"]["figures"]["top1"]["n"] == 6
    assert not body["sets"]["sampled, noisy"]["broken"]
    for name in ("knowledge_digest", "commit", "version", "scripts_digest", "budget"):
        assert body["run"][name]
    assert {"report.html", "report.md", "figures.json", "run.json"} <= {f.name for f in out.iterdir()}


def test_a_finished_run_is_read_again_and_not_played_again(made: tuple[Path, dict[str, Any]]) -> None:
    out, body = made
    before = {f: f.stat().st_mtime_ns for f in (out / "shards").iterdir()}
    assert json.loads(call(*RUN, "--out", out).stdout) == body
    assert before == {f: f.stat().st_mtime_ns for f in (out / "shards").iterdir()}


def test_other_options_in_the_same_folder_are_refused(made: tuple[Path, dict[str, Any]]) -> None:
    result = call(*RUN, "--out", made[0], "--budget", "5")
    assert isinstance(result.exception, InputError)
    assert "budget: was 20, is 5" in result.exception.message


def test_fewer_questions_are_compared_with_more(made: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    call(*RUN, "--budget", "4", "--out", tmp_path / "b")
    result = call("compare", made[0], tmp_path / "b", "--json")
    body = json.loads(result.stdout)
    assert body["unlike"] == {"budget": [20, 4]}
    questions = [f for f in body["figures"] if f["figure"] == "questions" and f["set"] == "sampled, clean"]
    assert questions[0]["value"] < 0
    assert result.exit_code == 0
    shown = call("compare", made[0], tmp_path / "b")
    assert "overall:" in shown.stdout


def test_a_gate_on_what_neither_run_has_fails(made: tuple[Path, dict[str, Any]]) -> None:
    same = call("compare", made[0], made[0], "--gate", "top1", "--gate", "elicited:0.05")
    assert same.exit_code == 0
    assert call("compare", made[0], made[0], "--gate", "score").exit_code == 1


def test_show_prints_a_run(made: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    assert "right diagnosis first" in call("show", made[0]).stdout
    assert json.loads(call("show", made[0], "--json").stdout)["sets"] == made[1]["sets"]
    assert "no run.json" in str(call("show", tmp_path).exception)


def test_scripts_in_a_file_are_played(knowledge: Knowledge, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text("\n".join(s.to_json() for s in samples(knowledge, 2, 7)), encoding="utf-8")
    result = call("run", file, "--noise", "0", "--workers", "1", "--json", "--out", tmp_path / "out")
    assert json.loads(result.stdout)["sets"]["sampled, clean"]["items"] == 2


def test_of_a_suite_as_much_is_run_as_was_asked_for() -> None:
    every = plan_of("consultation", Under())
    few = plan_of("consultation", Under(), n=3, lang="en")
    assert (len(every.tasks), len(few.tasks)) == (340, 3)
    assert {t.lang for t in few.tasks} == {"en"}
    assert {"n", "lang"}.isdisjoint(every.manifest), "a whole suite is gone on with as before"
    assert (few.manifest["n"], few.manifest["lang"]) == (3, "en")
    assert [t.script.lang for t in plan_of("osce", Under(), n=2, lang="zh").tasks] == ["zh", "zh"]
    with pytest.raises(InputError, match="--noise: a suite is played as it is written"):
        plan_of("consultation", Under(), noise=0.9)


def test_of_a_file_all_is_run_unless_less_was_asked_for(knowledge: Knowledge, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    text = "".join(s.to_json() + "\n" for s in samples(knowledge, 9, 7))
    file.write_text("".join(text.replace("sampled-7", f"s{i}") for i in range(23)), encoding="utf-8")
    assert len(plan_of(str(file), Under(), noise=0.0).tasks) == 23 * 9
    assert len(plan_of(str(file), Under(), n=4, noise=0.0).tasks) == 4
    with pytest.raises(InputError, match=r"--lang en: nothing in mine\.jsonl is in this language"):
        plan_of(str(file), Under(), lang="en")


def test_two_cases_of_one_id_are_not_played_as_one(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    row = {"id": "a", "explicit": {"咳嗽": "1"}, "implicit": {}, "diagnosis": "肺炎"}
    file.write_text(f"{json.dumps(row)}\n{json.dumps(row)}\n")
    with pytest.raises(InputError, match="id 'cases:a' stands in two rows"):
        plan_of(str(file), Under())


def test_a_folder_of_another_kind_does_not_hide_a_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "osce").mkdir()
    monkeypatch.chdir(tmp_path)
    assert suite_folder("osce") == SUITES / "osce"
    (tmp_path / "osce" / "suite.yaml").touch()
    assert suite_folder("osce") == Path("osce")


def test_what_is_no_suite_is_refused(tmp_path: Path) -> None:
    assert "neither a suite" in str(call("run", "no-such-suite").exception)
    file = tmp_path / "x.jsonl"
    file.write_text('{"a": 1}\n')
    assert "no row is a script or a case" in str(call("run", file).exception)
    file.write_text("[1\n")
    assert "line 1: not a JSON object" in str(call("run", file).exception)


SUITE = """
- id: headache-zh
  theme: context_seeking
  lang: zh
  title: a bare headache
  conversation:
    - {role: patient, text: 头痛两天了}
  criteria:
"""


def test_a_suite_is_answered_and_what_needs_a_judge_is_not_graded(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    from suwen.verify.suite import stamp

    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "suite.yaml").write_text(
        "name: mine\nversion: '2026.1'\ntitle: {zh: 我的, en: mine}\n", encoding="utf-8"
    )
    criteria = [
        f"    - {{id: c{i}, text: it is kind and warm, weight: 2, axis: communication_quality}}"
        for i in range(7)
    ]
    criteria += [
        "    - {id: hears, text: the headache is taken up, weight: 5, axis: accuracy, check: {heard: [headache]}}",
        "    - {id: asks, text: a question is put, weight: 5, axis: accuracy, check: {asks_something: true}}",
        "    - {id: alarm, text: it raises a false alarm, weight: -5, axis: accuracy, check: {triage_at_least: emergency}}",
    ]
    (folder / "items.yaml").write_text(SUITE + "\n".join(criteria) + "\n", encoding="utf-8")
    stamp(folder, knowledge)
    result = call("run", folder, "--workers", "1", "--json", "--out", tmp_path / "out")
    body = json.loads(result.stdout)["sets"]["mine"]
    assert body["figures"]["rule_score"]["value"] == 1.0
    assert "score" not in body["figures"]
    assert body["headline"]["not_graded"]["value"] == 0.7
    assert body["headline"]["why"] == "no judge was asked"
    assert body["not_graded"]["share"] == 0.7
    assert body["scores"]["axes"]["communication_quality"]["n"] == 0


ROWS = """
import hashlib, json
from suwen.app.rooms import rule_room
from suwen.patients.sample import samples
from suwen.verify.run import PlayVisit, Visit

room = rule_room()
job = PlayVisit(rule_room, room.knowledge.digest)
rows = [job(Visit("sampled", s)) for s in samples(room.knowledge, 6, 3, noise=0.4)]
print(hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest())
"""


def test_what_is_said_and_thought_does_not_depend_on_the_process() -> None:
    """A resumed run, and another machine, hash text differently: nothing may follow the order of a set."""
    path = os.pathsep.join(sys.path)
    said = {
        subprocess.run([sys.executable, "-c", ROWS], env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
                       capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def test_the_text_path_reports_its_speed() -> None:
    body = text_path(4, 1, workers=1)
    assert body["encounters"] == 4
    assert body["broken"] == 0
    assert body["encounters_per_minute_per_core"] > 0
    assert body["questions"]["n"] == 4


def test_the_text_path_that_was_kept_claims_no_speed_and_has_no_report(tmp_path: Path) -> None:
    first = text_path(1, 1, budget=2, out=tmp_path)
    again = text_path(1, 1, budget=2, out=tmp_path)
    assert (again["resumed_pieces"], again["encounters_per_minute"]) == (1, None)
    assert first["encounters_per_minute"] > 0
    assert (again["encounters"], again["questions"]) == (1, first["questions"])
    with pytest.raises(InputError, match=r"noise: was 0\.0, is 0\.5"):
        text_path(1, 1, budget=2, noise=0.5, out=tmp_path)
    for words in (("show", tmp_path), ("compare", tmp_path, tmp_path)):
        refused = call(*words).exception
        assert isinstance(refused, InputError)
        assert "pieces of `suwen bench text`" in refused.message
