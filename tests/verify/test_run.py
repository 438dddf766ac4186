"""A whole run: played, kept, killed and gone on with, and reported the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from actors import Listener, fake_room, script_of, visits
from test_osce import station

from suwen.consult.clinic import Clinic
from suwen.verify.doctor import Spoken, SuwenDoctor
from suwen.verify.grade import kin_of
from suwen.verify.report import write_report
from suwen.verify.rubric import Item
from suwen.verify.run import (
    AnswerItem,
    PlayStation,
    PlayVisit,
    Room,
    Visit,
    answer_item,
    digest_of_visits,
    visits_of,
)
from suwen.verify.work import manifest_of, rows_of, run_shards

HERE = Path(__file__).parent


def run(out: Path, workers: int = 1, **options: Any) -> dict[str, Any]:
    tasks = visits(noise=0.3)
    manifest = {"suite": "fakes", "seed": 1, "scripts_digest": digest_of_visits(tasks)}
    job = PlayVisit(fake_room, fake_room().knowledge.digest)
    done = run_shards(tasks, job, out=out, workers=workers, manifest=manifest, shard=5, **options)
    return write_report(out, manifest_of(out), failed=done.failed)


def files(out: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in [*out.glob("*.*"), *out.glob("shards/*")] if f.is_file()}


def test_rows_and_report_are_the_same_for_one_and_two_workers(tmp_path: Path) -> None:
    run(tmp_path / "one")
    run(tmp_path / "two", workers=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


KILLED = """
import sys, time
from pathlib import Path
import test_run, suwen.verify.run
from suwen.verify.run import PlayVisit

class Slow(PlayVisit):
    def __call__(self, task):
        time.sleep(0.02)
        return super().__call__(task)

test_run.PlayVisit = Slow
test_run.run(Path(sys.argv[1]), workers=2)
"""


def test_a_run_killed_half_way_and_begun_again_reports_the_same_as_an_unbroken_one(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "a")], env=env, stderr=subprocess.DEVNULL
    )
    while len(list(tmp_path.glob("a/shards/*.jsonl"))) < 3:
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)
    assert not (tmp_path / "a" / "report.html").exists()
    assert 3 <= len(list(tmp_path.glob("a/shards/*.jsonl"))) < 12
    run(tmp_path / "a")
    run(tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_figures_come_from_the_encounters(tmp_path: Path) -> None:
    summary = run(tmp_path)
    clean = summary["sets"]["sampled, clean"]
    assert clean["items"] == 30
    assert clean["figures"]["top1"]["hits"] == 10
    assert clean["figures"]["emergency_missed"] == {
        "value": 1.0,
        "interval": [0.6097, 1.0],
        "n": 6,
        "hits": 6,
    }
    assert clean["figures"]["questions"]["value"] == 2.0
    assert clean["groups"]["true level"]["emergency"]["top1"]["n"] == 6
    assert {d["verdict"] for d in summary["drops"] if d["figure"] == "top1"} == {"same"}


def test_the_worst_encounter_is_shown_with_the_patient_s_words_escaped(tmp_path: Path) -> None:
    run(tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;p05&lt;/b&gt; 头痛" in page
    assert "<b>" not in page


def test_a_doctor_who_fails_is_reported_and_in_no_figure(tmp_path: Path) -> None:
    room = replace(fake_room(), doctor=lambda _: Listener(fails_at=1))
    row = PlayVisit(lambda: room, room.knowledge.digest)(Visit("sampled", script_of()))
    assert row["error"] == "doctor: InputError: too long"
    assert row["outcomes"] == {}


def test_a_fault_of_the_program_costs_one_encounter_and_tells_nobody_s_words() -> None:
    class Faulty(Listener):
        def hear(self, text: str) -> Spoken:
            raise IndexError(text)

    room = replace(fake_room(), doctor=lambda _: Faulty())
    row = PlayVisit(lambda: room, room.knowledge.digest)(Visit("sampled", script_of()))
    assert row["error"].startswith("program: IndexError at play.py:")
    assert "头痛" not in row["error"]


def test_another_knowledge_on_a_machine_stops_its_shards(tmp_path: Path) -> None:
    done = run_shards(visits(4), PlayVisit(fake_room, "0123456789abcdef"), out=tmp_path)
    assert "run was planned with 0123456789ab" in done.failed[0]
    assert list(rows_of(tmp_path)) == []


def test_sampled_and_outside_patients_are_in_sets_of_their_own() -> None:
    outside = script_of("avey:7").model_copy(update={"origin": "case"})
    found = visits_of([script_of("s1"), outside], noise=0.2)
    assert [v.group for v in found] == [
        "outside: avey, clean", "outside: avey, noisy", "sampled, clean", "sampled, noisy",
    ]  # fmt: skip
    assert [v.script.noise for v in found] == [0.0, 0.2, 0.0, 0.2]


# -- items of a suite -----------------------------------------------------------------------------------


def item(graded: str = "reply") -> Item:
    def criterion(id_: str, weight: int, check: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "id": id_,
            "text": f"it does {id_} well",
            "weight": weight,
            "axis": "accuracy",
            "check": check,
        }

    return Item.model_validate(
        {
            "id": "sweating", "theme": "emergency_referral", "lang": "zh", "title": "chest pain", "graded": graded,
            "conversation": [
                {"role": "patient", "text": "我胸口疼，压榨样的"},
                {"role": "doctor", "text": "多久了？"},
                {"role": "patient", "text": "半小时了，出冷汗，喘不上气，左胳膊也疼，我今年62岁，男的"},
            ],
            "criteria": [
                criterion("urgent", 10, {"triage_at_least": "urgent"}),
                criterion("heard", 5, {"heard": ["chest_pain"]}),
                criterion("wrong", -8, {"triage_at_most": "routine"}),
                criterion("warm", 3, None),
            ],
        }
    )  # fmt: skip


def test_our_doctor_hears_the_patient_s_lines_and_is_graded_by_rule(clinic: Clinic) -> None:
    room = Room(
        clinic.knowledge,
        clinic.watch,
        kin_of(clinic.knowledge),
        lambda _: SuwenDoctor(clinic),
        lambda s: None,
    )  # type: ignore[arg-type,return-value]
    row = AnswerItem(lambda: room, clinic.knowledge.digest, "urgent")(item())
    assert {g["id"]: g["met"] for g in row["grades"]} == {
        "urgent": True,
        "heard": True,
        "wrong": False,
        "warm": None,
    }
    assert row["outcomes"]["rule_score"] == 1.0
    assert row["turns"][-1]["who"] == "doctor"
    json.dumps(row)


def test_an_answer_is_asked_for_where_it_is_graded() -> None:
    doctor = Listener(asks=9)
    spoken = answer_item(item("answer"), doctor)
    assert doctor.heard == [said.text for said in item().conversation if said.role == "patient"]
    assert spoken.answer
    assert "问题2" in spoken.text
    assert answer_item(item("reply"), Listener(asks=9)) == Spoken(
        "问题2？", asks=("q2",), level="soon", alarms=()
    )


def test_an_item_whose_doctor_fails_is_not_scored(clinic: Clinic) -> None:
    room = replace(fake_room(), doctor=lambda _: Listener(fails_at=0))
    row = AnswerItem(lambda: room, room.knowledge.digest, "urgent")(item())
    assert row["outcomes"] == {}
    assert "InputError" in row["error"]


def test_a_station_is_played_and_its_checklist_graded() -> None:
    room = fake_room()
    row = PlayStation(lambda: room, room.knowledge.digest, "osce")(station())
    assert row["error"] == ""
    assert row["id"] == station().id
    assert 0 <= row["outcomes"]["rule_score"] <= 1
    assert row["outcomes"]["safe"] in (True, False, None)
    assert set(row["parts"]) == {"inquiry", "examination", "diagnosis", "communication"}
    assert len(row["grades"]) == len(station().checklist)


@pytest.mark.parametrize("noise", [None, 0.0])
def test_without_noise_everybody_is_played_once(noise: float | None) -> None:
    assert len(visits(7, noise=noise)) == 7
