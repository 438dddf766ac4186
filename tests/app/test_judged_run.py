"""`suwen verify run` with a judge and with a language model as the doctor, against a server on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from commands import body_of
from commands import call as command
from model_server import serving
from suwen.app.plans import Under
from suwen.app.verify import cli
from suwen.core.errors import InputError
from suwen.knowledge import Knowledge
from suwen.verify.agree import Label, agreement
from suwen.verify.judge import version
from suwen.verify.model_doctor import ModelDoctor
from suwen.verify.model_doctor import version as doctor_version
from suwen.verify.suite import stamp

pytest.importorskip("openai")
OPEN = 7
YES = '{"explanation": "so", "criteria_met": true}'
NO = '{"explanation": "not so", "criteria_met": false}'
ITEM = """
- id: {id}
  theme: context_seeking
  lang: zh
  title: a bare headache
  conversation:
    - {{role: patient, text: {words}}}
  criteria:
"""


call = partial(command, cli)


@pytest.fixture
def suite(knowledge: Knowledge, tmp_path: Path) -> Path:
    """Two items, each with 7 criteria that need a judge and 3 that rules decide."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "suite.yaml").write_text(
        "name: mine\nversion: '2026.1'\ntitle: {zh: 我的, en: mine}\n", "utf-8"
    )
    text = ""
    for name, words in (("one", "头痛两天了"), ("two", "头痛三天了，有点发烧")):
        criteria = [
            f"    - {{id: c{i}, text: number {i} is kind and warm, weight: 2, axis: communication_quality}}"
            for i in range(OPEN)
        ]
        criteria += [
            "    - {id: hears, text: the headache is taken up, weight: 5, axis: accuracy, check: {heard: [headache]}}",
            "    - {id: asks, text: a question is put, weight: 5, axis: accuracy, check: {asks_something: true}}",
            "    - {id: alarm, text: it raises a false alarm, weight: -5, axis: accuracy, check: {triage_at_least: emergency}}",
        ]
        text += ITEM.format(id=name, words=words) + "\n".join(criteria) + "\n"
    (folder / "items.yaml").write_text(text, "utf-8")
    stamp(folder, knowledge)
    return folder


def agreeing(tmp_path: Path, *, judge: str = "m", prompts: str = "", right: int = 45) -> Path:
    """An agreement in which `right` of 50 verdicts of either kind are those of people."""
    cells = ((right, True, True), (50 - right, True, False), (right, False, False), (50 - right, False, True))
    labels = [
        Label(
            item=f"{human}{said}{i}", criterion="does so", weight=5 if i % 2 else -5, human=human, judge=said
        )
        for n, human, said in cells
        for i in range(n)
    ]
    file = tmp_path / f"agreement-{judge}-{right}.json"
    file.write_text(json.dumps(agreement(labels, judge=judge, prompts=prompts or version()).to_json()))
    return file


def judged(suite: Path, url: str, out: Path, *more: str | Path, **env: str) -> Result:
    return call(
        "run", suite, "--workers", "1", "--json", "--out", out, "--judge", url, "--judge-model", "m", *more, **env
    )  # fmt: skip


def test_without_an_agreement_the_score_is_withheld_and_the_one_by_rule_is_called_so(
    suite: Path, tmp_path: Path
) -> None:
    with serving(lambda _: NO) as server:
        one = body_of(judged(suite, server.url, tmp_path / "out"))
    found = one["sets"]["mine"]
    assert "score" not in found["figures"]
    assert found["headline"]["figure"] == "rule_score"
    assert found["headline"]["withheld"] is True
    assert "uncalibrated" in found["headline"]["why"]
    assert found["headline"]["not_graded"]["value"] == 0.7
    assert found["not_graded"]["not_graded"] == 0
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Score withheld." in page
    assert "score by rule alone" in page


def test_a_calibrated_judge_s_score_is_the_headline_and_no_rule_is_overruled(
    suite: Path, tmp_path: Path
) -> None:
    with serving(lambda _: NO) as server:
        one = body_of(judged(suite, server.url, tmp_path / "out", "--agreement", agreeing(tmp_path)))
    found = one["sets"]["mine"]
    assert found["headline"]["figure"] == "score"
    assert found["figures"]["score"]["value"] == pytest.approx(10 / 24, abs=1e-4)
    assert found["figures"]["rule_score"]["value"] == 1.0
    assert found["scores"]["judged"]["hits"] == 2 * OPEN
    assert one["judge"]["macro_f1"] == 0.9
    assert len(server.bodies) == 2 * OPEN


@pytest.mark.parametrize(
    ("how", "says"),
    [({"right": 30}, "macro-F1 with people is 0.60"), ({"judge": "other"}, "of judge 'other'"), ({"prompts": "0"}, "prompts '0'")],
)  # fmt: skip
def test_an_agreement_that_does_not_fit_withholds_the_score(
    suite: Path, tmp_path: Path, how: Mapping[str, Any], says: str
) -> None:
    with serving(lambda _: YES) as server:
        one = body_of(judged(suite, server.url, tmp_path / "o", "--agreement", agreeing(tmp_path, **how)))
    assert "score" not in one["sets"]["mine"]["figures"]
    assert says in one["judge"]["withheld"]


def test_a_run_by_rule_is_judged_later_and_by_an_agreement_later_still(suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    body_of(call("run", suite, "--workers", "1", "--json", "--out", out))
    before = {f: f.stat().st_mtime_ns for f in (out / "shards").iterdir()}
    with serving(lambda _: YES) as server:
        body_of(judged(suite, server.url, out))
        assert len(server.bodies) == 2 * OPEN
        one = body_of(judged(suite, server.url, out, "--agreement", agreeing(tmp_path)))
        assert len(server.bodies) == 2 * OPEN, "verdicts that were kept are not paid for again"
    assert one["sets"]["mine"]["figures"]["score"]["value"] == 1.0
    assert before == {f: f.stat().st_mtime_ns for f in (out / "shards").iterdir()}
    assert body_of(call("show", out, "--json"))["sets"] == one["sets"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda _: "I would rather not say.", "judge m gave no verdict that can be read (3 tries)"),
        (
            lambda _: '{"explanation": "x", "criteria_met": "perhaps"}',
            "judge m gave no verdict that can be read",
        ),
        (lambda _: 403, "answered 403"),
        (lambda _: None, "judge m timed out after 0.3 s"),
    ],
)
def test_a_judge_that_gives_no_verdict_is_named_grades_nothing_and_fails_the_command(
    suite: Path, tmp_path: Path, answer: Any, says: str
) -> None:
    quick = ("--judge-timeout", "0.3", "--judge-concurrency", "16")
    with serving(answer) as server:
        ran = judged(suite, server.url, tmp_path / "out", *quick, "--agreement", agreeing(tmp_path))
    one = body_of(ran, 1)
    assert f"--judge: m decided none of the {2 * OPEN} criteria that it was asked" in ran.stderr
    assert says in ran.stderr
    assert server.url not in ran.stderr
    assert one["sets"]["mine"]["headline"]["figure"] == "rule_score"
    assert one["sets"]["mine"]["figures"]["rule_score"]["value"] == 1.0, "what rules decide is not lost"
    assert server.url not in json.dumps(one), "whose server it was is nobody's business"
    left = one["sets"]["mine"]["not_graded"]
    assert left["not_graded"] == 2 * OPEN
    assert any(says in why for why in left["why"]), left
    assert one["sets"]["mine"]["scores"]["judged"]["hits"] == 0
    assert says in (tmp_path / "out" / "report.md").read_text("utf-8").replace("\\", "")


def test_the_budget_of_calls_holds_and_a_second_run_goes_on(suite: Path, tmp_path: Path) -> None:
    known = ("--agreement", agreeing(tmp_path))
    with serving(lambda _: YES) as server:
        one = body_of(judged(suite, server.url, tmp_path / "out", "--judge-budget", "5", *known))
        assert len(server.bodies) == 5
        assert one["sets"]["mine"]["not_graded"]["why"] == {"not graded: budget": 2 * OPEN - 5}
        headline = one["sets"]["mine"]["headline"]
        assert headline["figure"] == "rule_score", "five verdicts of a good judge are no score of a suite"
        assert (
            f"incomplete: the judge left {2 * OPEN - 5} of {2 * OPEN} criteria undecided" in headline["why"]
        )
        one = body_of(judged(suite, server.url, tmp_path / "out", *known))
        assert len(server.bodies) == 2 * OPEN
        assert one["sets"]["mine"]["headline"]["figure"] == "score"


def test_a_judge_killed_half_way_is_gone_on_with_and_paid_once(suite: Path, tmp_path: Path) -> None:
    def slow(_: Any) -> str:
        time.sleep(0.05)
        return YES

    with serving(slow) as server:
        words = [
            "run", str(suite), "--workers", "1", "--json", "--out", str(tmp_path / "a"), "--judge", server.url,
            "--judge-model", "m", "--judge-concurrency", "1",
        ]  # fmt: skip
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = subprocess.Popen(
            [sys.executable, "-m", "suwen", "verify", *words], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )  # fmt: skip
        kept = tmp_path / "a" / "verdicts.jsonl"
        while not kept.exists() or kept.read_text().count("true") < 3:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
        assert not (tmp_path / "a" / "judged.json").exists()
        one = body_of(call(*words))
        assert len(server.bodies) <= 2 * OPEN + 1, "only what was under way at the kill is asked again"
        assert one["sets"]["mine"]["not_graded"]["not_graded"] == 0
        other = body_of(judged(suite, server.url, tmp_path / "b"))
    assert other["sets"] == one["sets"]


def test_runs_of_different_judges_are_compared_by_rule_alone(suite: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    with serving(lambda _: YES) as server:
        body_of(judged(suite, server.url, a, "--agreement", agreeing(tmp_path)))
        body_of(call("run", suite, "--workers", "1", "--json", "--out", b))
    found = body_of(call("compare", a, b, "--json"))
    assert found["unlike"] == {"judge": ["m", None], "judge_prompts": [version(), None]}
    assert {f["figure"] for f in found["figures"]} == {"rule_score"}
    same = body_of(call("compare", a, a, "--json"))
    assert {f["figure"] for f in same["figures"]} == {"score", "rule_score"}


def test_address_model_and_key_come_from_the_settings(suite: Path, tmp_path: Path) -> None:
    with serving(lambda _: YES) as server:
        env = {"SUWEN_MODEL_URL": server.url, "SUWEN_MODEL": "m", "SUWEN_MODEL_KEY": "sesame"}
        out = tmp_path / "out"
        one = body_of(call("run", suite, "--workers", "1", "--json", "--out", out, **env))
        assert server.bodies == [], "an address alone sends nothing"
        assert "judge" not in one
        body_of(call("run", suite, "--workers", "1", "--json", "--out", out, "--judge", "auto", **env))
    assert set(server.keys) == {"Bearer sesame"}
    assert not any("sesame" in f.read_text("utf-8") for f in out.rglob("*") if f.is_file())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("--judge", "http://127.0.0.1:9/v1"),
            "which model at --judge? give --judge-model or set SUWEN_MODEL",
        ),
        (("--judge", "auto"), "no address is set; give one, or set SUWEN_MODEL_URL"),
        (("--judge", "localhost", "--judge-model", "m"), "give one such as http://127.0.0.1:8000/v1"),
        (("--judge-model", "m"), "of which judge? give --judge"),
        (("--judge-budget", "5"), "--judge-budget: of which judge? give --judge"),
        (("--judge-concurrency", "2"), "--judge-concurrency: of which judge? give --judge"),
        (("--doctor-model", "m"), "--doctor-model m: of a model at which address? give --doctor"),
        (("--temperature", "0.7"), "--temperature 0.7: of a model at which address? give --doctor"),
        (("--repeat", "3"), "answers the items of a suite the same way every time"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_done(
    suite: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    result = call("run", suite, "--out", tmp_path / "out", *words)
    assert isinstance(result.exception, InputError)
    assert says in result.exception.message
    assert not (tmp_path / "out").exists()


def test_sampled_patients_have_nothing_to_judge(tmp_path: Path) -> None:
    result = call(
        "run",
        "sampled",
        "-n",
        "1",
        "--judge",
        "http://127.0.0.1:9/v1",
        "--judge-model",
        "m",
        "--out",
        tmp_path / "o",
    )
    assert "no criteria for a judge" in str(result.exception)


# -- a language model as the doctor ------------------------------------------------------------------------

ANSWER = '多半是感冒，在家休息，发烧超过三天就去门诊。\n{"triage": "self_care", "diagnoses": ["普通感冒", "从未听说的病"]}'


def model_doctor(out: Path, url: str, *more: str | Path) -> Result:
    return call(
        "run", "sampled", "-n", "3", "--workers", "1", "--noise", "0", "--json", "--out", out, "--doctor", url,
        "--doctor-model", "m", *more,
    )  # fmt: skip


def test_a_model_is_measured_on_the_same_patients_as_our_doctor(tmp_path: Path) -> None:
    def answer(said: list[Mapping[str, str]]) -> str:
        return ANSWER if sum(m["role"] == "user" for m in said) > 2 else "还有别的不舒服吗？"

    with serving(answer) as server:
        one = body_of(model_doctor(tmp_path / "m", server.url))
    found = one["sets"]["sampled, clean"]
    assert (found["items"], found["broken"]) == (3, [])
    assert found["figures"]["triage_right"]["n"] == 3
    for name in ("heard", "misheard", "resolves"):
        assert found["figures"][name]["value"] is None, f"{name} of a doctor who only talks is not graded"
    assert "calibration" not in found
    assert (one["run"]["doctor"], one["run"]["doctor_prompts"]) == ("m", doctor_version())
    assert server.url not in json.dumps(one), "whose server it was is nobody's business"
    ours = tmp_path / "ours"
    body_of(call("run", "sampled", "-n", "3", "--workers", "1", "--noise", "0", "--json", "--out", ours))
    compared = body_of(call("compare", tmp_path / "m", ours, "--json"))
    assert compared["unlike"]["doctor"] == ["m", "suwen"]


def test_a_model_that_is_called_as_our_doctor_is_still_the_one_that_is_measured() -> None:
    under = Under("suwen", "http://127.0.0.1:9/v1")
    assert "doctor_prompts" in under.described()
    assert isinstance(under.rooms()().doctor(0), ModelDoctor)


def test_a_model_that_does_not_answer_breaks_off_and_is_played_again_when_asked(tmp_path: Path) -> None:
    broken = [True]

    def answer(_: Any) -> str | int:
        return 503 if broken[0] else ANSWER

    with serving(answer) as server:
        one = body_of(model_doctor(tmp_path / "o", server.url))["sets"]["sampled, clean"]
        assert [b["error"].partition(" at ")[0] for b in one["broken"]] == [
            "doctor: ModelError: model 'm'"
        ] * 3
        assert one["figures"] == {}
        nothing = call("compare", tmp_path / "o", tmp_path / "o")
        assert isinstance(nothing.exception, InputError)
        assert "run with --retry-broken" in nothing.exception.message
        broken[0] = False
        assert len(body_of(model_doctor(tmp_path / "o", server.url))["sets"]["sampled, clean"]["broken"]) == 3
        again = body_of(model_doctor(tmp_path / "o", server.url, "--retry-broken"))["sets"]["sampled, clean"]
        asked = len(server.bodies)
        body_of(model_doctor(tmp_path / "o", server.url, "--retry-broken"))
        assert len(server.bodies) == asked, "what is whole is not played again"
    assert again["broken"] == []
    assert again["figures"]["top1"]["n"] == 3
