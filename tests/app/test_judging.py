"""`suwen verify check` and `suwen verify calibrate` in this process."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from model_server import serving
from suwen.app.judging import calibrate, check
from suwen.core.errors import InputError, ModelError, SuiteError
from suwen.knowledge import Knowledge
from suwen.verify.agree import agreement_of

app = typer.Typer()
app.command("check")(check)
app.command("calibrate")(calibrate)


def run(*arguments: str, **how: Any) -> Result:
    return CliRunner().invoke(app, list(arguments), **how)


ITEM: dict[str, Any] = {
    "id": "one", "theme": "medication", "lang": "en", "title": "a cough", "conversation": [{"role": "patient", "text": "I cough"}],
    "criteria": [{"id": f"c{n}", "text": "asks about something", "weight": 5 if n else -5, "axis": "accuracy"} for n in range(9)],
}  # fmt: skip


def suite(folder: Path, **more: Any) -> Path:
    meta = {"name": "small", "version": "2026.11", "title": {"zh": "小", "en": "small"}}
    (folder / "suite.yaml").write_text(yaml.safe_dump(meta, allow_unicode=True), "utf-8")
    (folder / "items.yaml").write_text(yaml.safe_dump([{**ITEM, **more}]), "utf-8")
    return folder


def test_check_stamps_and_counts(tmp_path: Path) -> None:
    assert isinstance(run("check", str(suite(tmp_path))).exception, SuiteError)
    told = run("check", str(tmp_path), "--stamp")
    assert told.exit_code == 0
    assert "small 2026.11" in told.stdout
    counts = json.loads(run("check", str(tmp_path), "--json").stdout)
    assert (counts["items"], counts["criteria"], counts["negative"], counts["themes"]) == (
        1,
        9,
        1,
        {"medication": 1},
    )


def test_check_names_what_changed(tmp_path: Path) -> None:
    run("check", str(suite(tmp_path)), "--stamp")
    text = (tmp_path / "items.yaml").read_text().replace("weight: -5", "weight: -6")
    (tmp_path / "items.yaml").write_text(text)
    found = run("check", str(tmp_path), "--stamp").exception
    assert isinstance(found, SuiteError)
    assert "raise the version" in found.message
    assert run("check", str(tmp_path), "--stamp", "--same-version").exit_code == 0


def test_check_knows_the_shipped_suites_by_name(knowledge: Knowledge) -> None:
    told = run("check", "osce", "--json")
    assert told.exit_code == 0, told.exception
    assert json.loads(told.stdout)["suite"] == "osce"
    found = run("check", "oste").exception
    assert isinstance(found, InputError)
    assert "oste: neither a suite (consultation, osce) nor a folder" in found.message


def row(n: int, human: bool, judge: bool | None, **more: Any) -> str:
    return json.dumps(
        {"item": f"i{n}", "criterion": "advises to rest", "weight": 5, "human": human, "judge": judge, **more}
    )


def test_calibrate_prints_the_agreement_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    rows = [row(n, n % 2 == 0, n % 2 == 0 if n > 9 else None, weight=5 if n % 3 else -5) for n in range(200)]
    path.write_text("\n".join(rows))
    told = run("calibrate", "--labels", str(path), "--model", "m")
    assert told.exit_code == 0, told.exception
    assert "200 labels of 200 items" in told.stdout
    assert "macro-F1 0.950 (0.9" in told.stdout
    assert ": the judge's score may be a headline" in told.stdout
    assert "not parsed or not answered, each counted as wrong: 5.0 %" in told.stdout
    found = agreement_of(run("calibrate", "--labels", str(path), "--json").stdout)
    assert (found.n, found.headline_allowed) == (200, True)


def test_calibrate_says_when_a_judge_is_withheld(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(row(n, n % 2 == 0, True) for n in range(20)))
    told = run("calibrate", "--labels", str(path)).stdout
    assert "a score of this judge is withheld as uncalibrated: 20 labels by people are too few" in told
    assert "(+50.0 points, more lenient than people, n=20)" in told
    assert "negative criteria: none" in told


@pytest.fixture
def server() -> Iterator[str]:
    """A model on this machine that finds every criterion met whose reply speaks of rest."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            met = "please rest" in body["messages"][1]["content"]
            content = json.dumps({"explanation": "so", "criteria_met": met})
            choice = {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": content},
            }
            raw = json.dumps(
                {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: object) -> None:
            pass

    one = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{one.server_port}/v1"
    one.shutdown()
    one.server_close()
    thread.join()


def test_calibrate_asks_a_judge_and_keeps_its_verdicts(tmp_path: Path, server: str) -> None:
    pytest.importorskip("openai")
    said = [{"role": "patient", "text": "I am tired"}]
    replies = ["please rest", "go on"]
    rows = [
        row(n, n % 2 == 0, None, conversation=said, reply=f"{replies[n % 2]} {n}", lang="en")
        for n in range(12)
    ]
    path, cache = tmp_path / "labels.jsonl", tmp_path / "verdicts.jsonl"
    path.write_text("\n".join(rows))
    asked = run(
        "calibrate", "--labels", str(path), "--judge", server, "--model", "m", "--cache", str(cache), "--json"
    )
    assert asked.exit_code == 0, asked.exception
    found = agreement_of(asked.stdout)
    assert (found.macro_f1, found.n, found.judge) == (1.0, 12, "m")
    assert found.prompts
    again = run(
        "calibrate",
        "--labels",
        str(path),
        "--judge",
        "http://127.0.0.1:9/v1",
        "--model",
        "m",
        "--cache",
        str(cache),
        "--json",
    )
    assert agreement_of(again.stdout).to_json() == found.to_json(), (
        "asked again though the verdicts were kept"
    )


def test_a_judge_that_answers_nothing_is_not_calibrated(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    path = tmp_path / "labels.jsonl"
    path.write_text(
        row(1, True, None, conversation=[{"role": "patient", "text": "I am tired"}], reply="rest")
    )
    with serving(lambda _: 403) as asked:
        told = run("calibrate", "--labels", str(path), "--judge", asked.url, "--model", "m", "--json")
    assert isinstance(told.exception, ModelError)
    assert "m decided none of 1 labels" in told.exception.message
    assert told.stdout == ""
    assert "answered 403" in told.stderr


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(row(1, True, None))
    for arguments, says in (
        ((), "no row has a verdict"),
        (("--judge", "http://127.0.0.1:9/v1"), "give --model"),
        (("--judge", "http://127.0.0.1:9/v1", "--model", "m"), "no `conversation` and `reply`"),
    ):
        found = run("calibrate", "--labels", str(path), *arguments, env={"SUWEN_MODEL": ""}).exception
        assert isinstance(found, InputError)
        assert says in found.message
