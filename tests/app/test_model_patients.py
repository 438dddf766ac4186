"""`suwen verify run` and `suwen patients fidelity` with patients whose words come from a model, against a server on this machine."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import pytest
from typer.testing import Result

import suwen.verify.fidelity
from commands import body_of, call
from model_server import serving
from suwen.app.patients import cli as patients
from suwen.app.plans import Under
from suwen.app.rooms import rule_room
from suwen.app.speaker import Speaker, described
from suwen.app.verify import cli as verify
from suwen.consult.clinic import Clinic
from suwen.core.errors import InputError
from suwen.patients.model_patient import ModelPatient, version
from suwen.patients.sample import samples
from suwen.patients.stand_ins import stand_ins_of

pytest.importorskip("openai")
Messages = list[Mapping[str, str]]
DRAFT = {"zh": "参考说法：", "en": "For instance: "}


def played(out: Path, url: str, *more: str | Path, **env: str) -> Result:
    return call(
        verify, "run", "sampled", "-n", "1", "--workers", "1", "--noise", "0", "--budget", "4", "--json", "--out", out,
        "--patient", url, "--patient-model", "m", *more, **env,
    )  # fmt: skip


def examined(url: str, *more: str | Path) -> Result:
    return call(
        patients, "fidelity", "-n", "1", "--workers", "1", "--lang", "zh", "--json", "--patient", url,
        "--patient-model", "m", *more,
    )  # fmt: skip


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the pairs of visits that compare habits, which double the calls."""
    monkeypatch.setattr(suwen.verify.fidelity, "habits", lambda *_: ())


def drafted(said: Messages) -> str:
    """What the rules would say: the answer of a model that keeps to what it is shown."""
    return next(
        said[-1]["content"].partition(mark)[2].strip()
        for mark in DRAFT.values()
        if mark in said[-1]["content"]
    )


def is_reply(said: Messages) -> bool:
    return any(mark in said[-1]["content"] for mark in DRAFT.values())


def in_character(said: Messages) -> str:
    return f"<think>我是病人</think>{drafted(said)}" if is_reply(said) else "继续"


def test_a_model_that_keeps_to_its_part_speaks_and_is_named_in_the_run(tmp_path: Path) -> None:
    with serving(in_character) as server:
        one = body_of(played(tmp_path / "o", server.url, SUWEN_MODEL_KEY="sesame"))
        again = played(tmp_path / "o", "http://127.0.0.1:9/v1", "--patient-model", "other")
    assert (one["run"]["patient"], one["run"]["patient_prompts"]) == ("m", version())
    found = one["sets"]["sampled, clean"]
    assert found["broken"] == []
    assert found["figures"]["rules_spoke"]["value"] == 0.0
    assert one["patient"]["turns"] == sum(is_reply(b["messages"]) for b in server.bodies)
    assert one["patient"]["by_rules"] == 0
    assert set(server.keys) == {"Bearer sesame"}
    kept = "".join(f.read_text("utf-8") for f in (tmp_path / "o").rglob("*") if f.is_file())
    assert "sesame" not in kept
    assert server.url not in kept, "whose server it was is nobody's business"
    assert "the rules stood in for it in 0 of" in (tmp_path / "o" / "report.html").read_text("utf-8")
    assert isinstance(again.exception, InputError)
    assert "patient: was 'm', is 'other'" in again.exception.message


def test_rules_are_named_as_the_patient_and_are_another_run(tmp_path: Path) -> None:
    plain = (
        "run",
        "sampled",
        "-n",
        "1",
        "--workers",
        "1",
        "--noise",
        "0",
        "--budget",
        "4",
        "--json",
        "--out",
        tmp_path,
    )
    one = body_of(call(verify, *plain))
    assert one["run"]["patient"] == "rules"
    assert "patient" not in one, "nobody stood in for anybody"
    assert "rules_spoke" not in one["sets"]["sampled, clean"]["figures"]
    other = call(verify, *plain, "--patient", "http://127.0.0.1:9/v1", "--patient-model", "m")
    assert isinstance(other.exception, InputError)
    assert "patient: was 'rules', is 'm'" in other.exception.message


def test_what_a_model_makes_up_is_caught_and_the_rules_say_it(tmp_path: Path) -> None:
    made_up = "我咯血，还抽搐，昏迷过。"

    def leaks(said: Messages) -> str:
        return drafted(said) + made_up if is_reply(said) else "继续"

    with serving(leaks) as server:
        ran = played(tmp_path / "o", server.url)
    one = body_of(ran, 1)
    assert one["patient"]["by_rules"] == one["patient"]["turns"]
    assert set(one["patient"]["why"]) <= {"invented", "contradiction", "unasked", "leak"}
    assert one["patient"]["why"]["invented"] > 0
    (row,) = (json.loads(line) for line in (tmp_path / "o" / "shards" / "00000.jsonl").open(encoding="utf-8"))
    assert not any(made_up in turn["patient"].get("text", "") for turn in row["encounter"]["turns"])


def refusing(_: Messages) -> int:
    return 503


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("command", [played, lambda _, url: examined(url)], ids=["verify run", "fidelity"])
def test_a_dead_model_does_not_look_like_a_good_patient(
    command: Callable[[Path, str], Result], tmp_path: Path
) -> None:
    with serving(refusing) as server:
        ran = command(tmp_path / "o", server.url)
    one = body_of(ran, 1)
    told = one.get("patient") if "run" in one else one["stand_ins"]
    assert told is not None
    assert told["by_rules"] == told["turns"] > 0
    assert told["why"] == {"status 503": told["turns"]}
    assert told["failed"]["voice"] == told["turns"]
    assert told["failed"]["ending"] > 0
    assert f"the rules stood in for it in {told['turns']} of {told['turns']} turns (status 503" in ran.stderr
    assert "not figures of patients by this model" in ran.stderr
    assert server.url not in ran.output


def test_a_model_that_is_slow_now_and_then_is_replaced_for_that_turn(tmp_path: Path) -> None:
    replies = count()

    def slow(said: Messages) -> str | None:
        return None if is_reply(said) and next(replies) == 1 else in_character(said)

    with serving(slow) as server:
        one = body_of(played(tmp_path / "o", server.url, "--patient-timeout", "0.5"))
    assert one["patient"]["why"] == {"timeout": 1}
    assert one["patient"]["failed"] == {"voice": 1}
    value = one["sets"]["sampled, clean"]["figures"]["rules_spoke"]["value"]
    assert value == pytest.approx(1 / one["patient"]["turns"], abs=1e-4)


@pytest.mark.usefixtures("brief")
def test_fidelity_of_a_model_is_told_with_its_name() -> None:
    with serving(in_character) as server:
        one = body_of(examined(server.url))
    assert (one["patient"], one["patient_prompts"]) == ("m", version())
    assert one["stand_ins"]["turns"] > 20
    # It says the rules' draft back, and a draft too is sometimes drawn again: the ear would hear more in it.
    assert one["stand_ins"]["by_rules"] <= one["stand_ins"]["turns"] // 20
    assert one["crashes"]["value"] == 0.0
    assert server.url not in json.dumps(one)


def test_the_model_checks_its_words_where_it_is_told_to(clinic: Clinic) -> None:
    script = next(samples(clinic.knowledge, 1, 1, lang="zh"))

    def checks(said: Messages) -> str:
        return '[{"kind": "invented", "what": "x"}]' if is_check(said) else in_character(said)

    with serving(checks) as server:
        speakers = [Speaker("m", server.url, checks=on) for on in (False, True)]
        some = [rule_room(None, 4, one).patient(script) for one in speakers]
        assert [one.open("您好，哪里不舒服？").text != "" for one in some] == [True, True]
    assert [described(one)["patient_checks"] for one in speakers] == [False, True]
    found = [stand_ins_of([one.memory]) for one in some if isinstance(one, ModelPatient)]
    assert [one.spoken for one in found] == [{}, {"invented": 1}]


def is_check(said: Messages) -> bool:
    return "kind" in said[0]["content"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--patient-model", "m"), "--patient-model m: of a model at which address? give --patient"),
        (("--patient-timeout", "3"), "--patient-timeout 3.0: of a model at which address? give --patient"),
        (("--patient-checks",), "--patient-checks: of a model at which address? give --patient"),
        (("--patient", "auto"), "--patient auto: no address is set; give one, or set SUWEN_MODEL_URL"),
        (("--patient", "localhost"), "--patient localhost: no address"),
        (("--patient", "http://127.0.0.1:9/v1"), "which model at --patient? give --patient-model"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_done(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    for result in (
        call(verify, "run", "sampled", "--out", tmp_path / "out", *words),
        call(patients, "fidelity", "-n", "1", *words),
    ):
        assert isinstance(result.exception, InputError)
        assert says in result.exception.message
    assert not (tmp_path / "out").exists()


def test_nobody_plays_in_a_suite_of_items(tmp_path: Path) -> None:
    ran = call(
        verify, "run", "consultation", "--out", tmp_path / "o", "--patient", "http://127.0.0.1:9/v1", "--patient-model", "m"
    )  # fmt: skip
    assert isinstance(ran.exception, InputError)
    assert "--patient: consultation is a suite of items, in which no patient speaks" in ran.exception.message
    assert not (tmp_path / "o").exists()


def test_a_speaker_travels_to_other_processes_without_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUWEN_MODEL_KEY", "sesame")
    speaker = Speaker("m", "http://127.0.0.1:9/v1")
    speaker.model()
    for one in (speaker.model, Under(speaker=speaker).rooms()):
        there = pickle.dumps(one)
        assert b"sesame" not in there
        pickle.loads(there)
    assert pickle.loads(pickle.dumps(speaker)) == speaker, "or every task would make a room of its own"
