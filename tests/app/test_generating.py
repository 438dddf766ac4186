"""`suwen verify generate`: what is generated for, which options it obeys, and that no model is asked that nobody named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from model_server import Asked, serving
from suwen.app import generating
from suwen.app.generating import scenes
from suwen.app.verify import cli
from suwen.consult.clinic import Clinic
from suwen.core.errors import InputError, SuwenError
from suwen.knowledge import Knowledge
from suwen.patients.sample import samples

PROPOSED = '[{"text": "asks where it hurts", "weight": 5, "axis": "context_awareness"}]'


def call(*words: str | Path, **env: str) -> Result:
    clean = {"SUWEN_MODEL": None, "SUWEN_MODEL_URL": None, "SUWEN_MODEL_KEY": None, **env}
    result = CliRunner().invoke(cli, ["generate", *(str(w) for w in words)], env=clean)
    if result.exception and not isinstance(result.exception, SystemExit | SuwenError):
        raise result.exception
    return result


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, (result.exception, result.output)
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def server() -> Iterator[Asked]:
    pytest.importorskip("openai")
    with serving(lambda _: PROPOSED) as one:
        yield one


def test_an_address_in_the_settings_alone_sends_nothing(server: Asked) -> None:
    env = {"SUWEN_MODEL_URL": server.url, "SUWEN_MODEL": "m", "SUWEN_MODEL_KEY": "sesame"}
    assert len(rows(call("consultation", "-n", "1", "--json", **env))) == 1
    assert server.bodies == []
    (named,) = rows(call("consultation", "-n", "1", "--author", "auto", "--json", **env))
    assert len(server.bodies) == 1
    assert set(server.keys) == {"Bearer sesame"}
    assert named["fault"] == ""


def test_a_model_that_proposes_nothing_fails_the_command_and_loses_no_rule() -> None:
    pytest.importorskip("openai")
    with serving(lambda _: 403) as server:
        ran = call("consultation", "-n", "2", "--author", server.url, "--author-model", "m", "--json")
    assert ran.exit_code == 1
    assert "--author: m proposed nothing for any of 2" in ran.stderr
    assert all(json.loads(line)["criteria"] for line in ran.stdout.splitlines())


def test_as_many_patients_are_drawn_as_were_asked_for(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generating, "_played", lambda *_, **__: None)
    assert [name for name, _ in scenes("sampled", clinic, n=23)][-1] == "sampled-1-22"
    assert len(list(scenes("sampled", clinic))) == 20


def test_only_what_is_in_a_language_is_taken(knowledge: Knowledge, tmp_path: Path) -> None:
    assert all("-en-" in r["id"] for r in rows(call("consultation", "--lang", "en", "-n", "3", "--json")))
    file = tmp_path / "two.jsonl"
    scripts = [*samples(knowledge, 1, 1), *samples(knowledge, 1, 2, lang="en")]
    file.write_text("".join(s.to_json() + "\n" for s in scripts))
    assert [r["id"] for r in rows(call(file, "--lang", "en", "--json"))] == ["sampled-2-0"]


def test_stations_are_played_up_to_the_reply() -> None:
    (one,) = rows(call("osce", "-n", "1", "--turns", "2", "--json"))
    assert one["criteria"]
    assert sum(line["role"] == "patient" for line in one["conversation"]) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("consultation", "--turns", "2"), "--turns: the items of consultation have their own conversations"),
        (("consultation", "--answer"), "--answer: the items of consultation"),
        (("consultation", "--study", "--author", "auto"), "--author: --study measures the criteria of rules"),
        (("consultation", "--study", "--id", "x"), "--id: --study measures"),
        (("osce", "--study"), "osce is no suite"),
        (("sampled", "--author-model", "m"), "at which address? give --author"),
        (("sampled", "--author", "auto"), "no address is set; give one, or set SUWEN_MODEL_URL"),
        (("sampled", "--author", "http://127.0.0.1:9/v1"), "which model at --author? give --author-model or set SUWEN_MODEL"),
        (("no-such",), "neither a suite (consultation, osce)"),
    ],
)  # fmt: skip
def test_what_cannot_be_obeyed_is_refused_by_name(words: tuple[str, ...], says: str) -> None:
    found = call(*words).exception
    assert isinstance(found, InputError)
    assert says in found.message
