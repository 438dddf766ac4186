"""The second pass over a run: verdicts beside the rows, and what follows from them only where the judge may be believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from actors import fake_room
from test_agree import GOOD
from test_osce import station
from test_run import item

from suwen.core.errors import InputError
from suwen.language.model import Messages, ScriptedModel
from suwen.verify.agree import Agreement, agreement_of
from suwen.verify.judge import Judge, version
from suwen.verify.judged import JUDGED, Judged, judge_run, judged_of, rows_with
from suwen.verify.run import AnswerItem, PlayStation, Repeated
from suwen.verify.work import rows_of, run_shards

YES = '{"explanation": "so", "criteria_met": true}'
NO = '{"explanation": "not so", "criteria_met": false}'


def agreeing() -> Agreement:
    body = {**GOOD.to_json(), "judge": "scripted", "prompts": version()}
    return agreement_of(json.dumps(body))


def judged(out: Path, tasks: list[Any], job: Any, words: str, found: Agreement | None) -> Judged:
    run_shards(tasks, Repeated(job), out=out)
    model = ScriptedModel(lambda _: words)
    return judge_run(out, {t.id: t for t in tasks}, job, Judge(model, pause_seconds=0.0), found=found)


def answered(out: Path, words: str, found: Agreement | None) -> Judged:
    room = fake_room()
    return judged(out, [item()], AnswerItem(fake_room, room.knowledge.digest, "urgent"), words, found)


def test_the_judge_gets_only_what_no_rule_decided(tmp_path: Path) -> None:
    seen: list[str] = []

    def answer(said: Messages) -> str:
        seen.append(said[1]["content"])
        return YES

    room = fake_room()
    job = AnswerItem(fake_room, room.knowledge.digest, "urgent")
    run_shards([item()], Repeated(job), out=tmp_path)
    open_ = [g["id"] for r in rows_of(tmp_path) for g in r["grades"] if g["met"] is None]
    found = judge_run(tmp_path, {item().id: item()}, job, Judge(ScriptedModel(answer)), found=agreeing())
    assert len(seen) == len(open_) == found.asked
    assert "出冷汗" in seen[0]
    (row,) = rows_with(tmp_path, found)
    by = {g["id"]: g["by"] for g in row["grades"]}
    assert {name for name, who in by.items() if who == "judge"} == set(open_)


def test_without_an_agreement_verdicts_are_kept_and_no_outcome_rests_on_them(tmp_path: Path) -> None:
    found = answered(tmp_path, YES, None)
    (plain,), (row,) = rows_of(tmp_path), rows_with(tmp_path, found)
    assert row["outcomes"] == plain["outcomes"]
    assert {g["id"]: g["met"] for g in row["grades"]}["warm"] is True
    assert found.withheld.startswith("uncalibrated: no agreement")


def test_with_an_agreement_the_score_counts_them(tmp_path: Path) -> None:
    scores = {}
    for words in (YES, NO):
        found = answered(tmp_path / words[-6:-1], words, agreeing())
        (row,) = rows_with(tmp_path / words[-6:-1], found)
        scores[words] = row["outcomes"]["score"]
        assert row["outcomes"]["rule_score"] is not None
    assert scores[YES] > scores[NO]


def test_a_row_that_was_done_again_keeps_no_verdict_of_other_words(tmp_path: Path) -> None:
    found = answered(tmp_path, YES, agreeing())
    (row,) = rows_of(tmp_path)
    row["to_judge"]["reply"] = "something else"
    assert found.over(row) is row


def test_a_station_is_passed_by_what_the_judge_decides(tmp_path: Path) -> None:
    room = fake_room()
    one = station(pass_mark=0.1, checklist=[
        {"id": f"p{n}", "part": part, "text": "does it well", "critical": n == 0}
        for n, part in enumerate(["inquiry", "examination", "diagnosis", "communication"] * 3)
    ] + [{"id": "harm", "part": "communication", "text": "sends them home", "veto": True}])  # fmt: skip
    job = PlayStation(fake_room, room.knowledge.digest, "osce")
    run_shards([one], Repeated(job), out=tmp_path)
    (plain,) = rows_of(tmp_path)
    assert (plain["outcomes"]["passed"], plain["outcomes"]["safe"]) == (None, None), (
        "a veto nobody looked at is not safety"
    )

    def kind(said: Messages) -> str:
        return NO if "criteria_met 为 true 是坏事" in said[1]["content"] else YES

    results = []
    for answer in (kind, lambda _: YES, lambda _: NO):
        found = judge_run(tmp_path, {one.id: one}, job, Judge(ScriptedModel(answer)), found=agreeing())
        (row,) = rows_with(tmp_path, found)
        results.append((row["outcomes"]["passed"], row["outcomes"]["safe"], row["outcomes"]["score"]))
        assert row["bad"] > 0
    assert results == [(True, True, 1.0), (False, False, 1.0), (False, True, 0.0)]


def test_what_was_left_is_read_again_and_what_was_altered_is_refused(tmp_path: Path) -> None:
    assert judged_of(tmp_path) is None
    found = answered(tmp_path, YES, agreeing())
    again = judged_of(tmp_path)
    assert again is not None
    assert (again.to_json(), again.rows) == (found.to_json(), found.rows)
    older = json.loads((tmp_path / JUDGED).read_text())
    del older["agreement"]["items"]
    for body in ("{}", json.dumps(older)):
        (tmp_path / JUDGED).write_text(body)
        with pytest.raises(InputError, match="delete it and run with --judge again"):
            judged_of(tmp_path)
