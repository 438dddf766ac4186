"""Golden transcripts: what is said in whole conversations, word for word, and what must hold whatever the words.

A wanted change of words or knowledge is taken over by `SUWEN_UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/golden`,
and read in the diff like any other change.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from suwen.consult.clinic import Clinic
from suwen.consult.turn import Message, Reply, finish, open_case, respond
from suwen.core.case import TRIAGE_LEVELS, Case

HERE = Path(__file__).parent
SCRIPTS: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "scripts.yaml").read_text(encoding="utf-8"))


def answer(case: Case, answers: dict[str, str]) -> Message:
    question = case.pending
    assert question is not None
    if question.id in ("age", "complaint"):
        return Message("不知道" if case.lang == "zh" else "I don't know")
    if question.id in ("past", "medicines"):
        return Message("没有" if case.lang == "zh" else "none", "none")
    wanted = answers.get(question.id.removeprefix("where:"), "absent")
    if wanted in question.options:
        return Message({"present": "是", "absent": "否"}.get(wanted, wanted), wanted)
    return Message("不清楚" if case.lang == "zh" else "not sure")


def play(script: dict[str, Any], clinic: Clinic) -> tuple[str, list[Reply]]:
    reply = open_case(script["lang"], clinic, month=11)
    lines, replies = [f"素问: {reply.text}"], [reply]
    pending = list(script["say"])
    while not reply.case.closed:
        message = Message(pending.pop(0)) if pending else answer(reply.case, script.get("answers", {}))
        reply = respond(reply.case, message, clinic)
        replies.append(reply)
        lines.append(f"患者: {message.text}")
        lines += [f"  ! {alarm.id} ({alarm.triage})" for alarm in reply.alarms]
        lines.append(f"素问: {reply.text}")
        assert len(replies) < 40, "the conversation does not end"
    lines += summary(reply)
    return "\n".join(lines) + "\n", replies


def summary(reply: Reply) -> list[str]:
    result = reply.result or {}
    lines = [
        "",
        f"分级: {result['triage']['level']} · {result['triage']['reason']}",
        f"科室: {result['department']['name']}",
    ]
    lines += [f"- {c['name']} {c['word']}" for c in result["conditions"]]
    lines += [f"~ {c['name']} {c['verdict_name']}" for c in result["considered"]]
    found = reply.case.findings.values()
    lines.append(
        "表现: " + " ".join({"present": "+", "absent": "-", "unknown": "?"}[f.status] + f.id for f in found)
    )
    return lines


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation_reads_as_it_did(name: str, clinic: Clinic) -> None:
    text, _ = play(SCRIPTS[name], clinic)
    place = HERE / "transcripts" / f"{name}.txt"
    if os.environ.get("SUWEN_UPDATE_GOLDEN"):
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation_keeps_what_a_careful_doctor_demands(name: str, clinic: Clinic) -> None:
    expect = SCRIPTS[name]["expect"]
    _, replies = play(SCRIPTS[name], clinic)
    result = replies[-1].result
    assert result is not None
    level = TRIAGE_LEVELS.index(result["triage"]["level"])
    if "at_least" in expect:
        assert level <= TRIAGE_LEVELS.index(expect["at_least"])
    if "at_most" in expect:
        assert level >= TRIAGE_LEVELS.index(expect["at_most"])
    if "among" in expect:
        assert expect["among"] in [c["id"] for c in result["conditions"]]
    if expect.get("alarm"):
        assert replies[-1].case.alarms
        assert replies[1].alarms, "danger before thought: the alarm comes with the first reply"
    if "says" in expect:
        shown = " ".join(r.text for r in replies) + " ".join(result["do"])
        assert expect["says"] in shown


def test_saying_nothing_is_wrong_lowers_no_alarm(clinic: Clinic) -> None:
    script = SCRIPTS["heart_attack_minimised_zh"]
    _, replies = play(script, clinic)
    levels = [r.case.floor for r in replies[1:]]
    assert set(levels) == {"emergency"}


def test_stop_gives_the_best_answer_so_far_without_another_question(clinic: Clinic) -> None:
    _, replies = play(SCRIPTS["stop_early_zh"], clinic)
    assert len(replies) == 3
    assert finish(open_case("zh", clinic).case, clinic).result is not None
