"""Judges against a scripted model: what cannot be read is not graded, nothing is paid for twice, limits hold."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from suwen.core.errors import ModelError, StoreFull
from suwen.language.model import Messages, ScriptedModel
from suwen.verify import verdicts as verdicts_module
from suwen.verify.judge import Asked, Budget, Judge, messages, parsed, prompts
from suwen.verify.verdicts import Verdicts

ASKED = Asked(
    "zh",
    (("patient", "头疼三天"), ("doctor", "发烧吗？"), ("patient", "不发烧")),
    "先休息两天。",
    "让患者休息",
    False,
)
YES = '{"explanation": "它说先休息", "criteria_met": true}'
NO = '{"explanation": "没有说", "criteria_met": false}'


def many(n: int) -> list[Asked]:
    return [replace(ASKED, criterion=f"标准{i}") for i in range(n)]


def judge(answer: Callable[[Messages], str], **how: Any) -> Judge:
    return Judge(ScriptedModel(answer), pause_seconds=0.0, **how)


def run(one: Judge, asked: list[Asked]) -> list[tuple[bool | None, str]]:
    return asyncio.run(one.judge(asked))


def calls(one: Judge) -> int:
    assert isinstance(one.model, ScriptedModel)
    return len(one.model.calls)


@pytest.mark.parametrize(
    ("words", "met"),
    [
        (YES, True),
        (NO, False),
        (f"```json\n{YES}\n```", True),
        (f"好的，我的判断如下：\n{NO}\n以上。", False),
        (f"<think>maybe {YES}</think>\n{NO}", False),
        (f"{YES}\n{YES}", True),
        ('{"explanation": "a\nb", "criteria_met": true}', True),
        ('{"criteria_met": true}', True),
        (f"{YES}\n{NO}", None),
        ('{"explanation": "x", "criteria_met": "true"}', None),
        ('{"explanation": "x", "criteria_met": 1}', None),
        ('{"explanation": "x"}', None),
        ('{"explanation": "cut off', None),
        ("criteria_met: true", None),
        ("是", None),
        ("[true]", None),
        ("", None),
    ],
)
def test_only_one_plain_verdict_is_read(words: str, met: bool | None) -> None:
    found = parsed(words)
    assert (found and found[0]) is met if met is not None else found is None


def test_the_dialogue_comes_first_and_the_criterion_last() -> None:
    one, other = (
        messages(ASKED)[1]["content"],
        messages(replace(ASKED, criterion="别的标准", negative=True))[1]["content"],
    )
    shared = one[: next(i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)]
    assert "患者：头疼三天\n医生：发烧吗？\n患者：不发烧" in shared
    assert "先休息两天。" in shared
    assert one.index("让患者休息") > len(shared)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_positive_and_negative_criteria_are_asked_differently(lang: str) -> None:
    good, bad = (messages(replace(ASKED, lang=lang, negative=n))[1]["content"] for n in (False, True))
    assert good != bad
    assert all('{"explanation": ' in text and "criteria_met" in text for text in (good, bad))
    assert "criteria_met true is bad" in bad if lang == "en" else "criteria_met 为 true 是坏事" in bad


def test_braces_in_a_patients_words_do_no_harm() -> None:
    odd = replace(ASKED, reply="{reply} {0} {}", criterion="{criterion}")
    assert "{reply} {0} {}" in messages(odd)[1]["content"]


def test_every_criterion_is_one_call_and_the_order_is_kept() -> None:
    def answer(said: Messages) -> str:
        return YES if "标准1<" in said[1]["content"].replace("\n", "") else NO

    one = judge(answer)
    assert [met for met, _ in run(one, many(4))] == [False, True, False, False]
    assert calls(one) == 4


def test_what_cannot_be_read_is_not_graded_and_asked_for_only_so_often() -> None:
    one = judge(lambda _: "我觉得符合", tries=3)
    ((met, why),) = run(one, [ASKED])
    assert met is None
    assert why == "not graded: judge scripted gave no verdict that can be read (3 tries)"
    assert calls(one) == 3
    assert len(one.verdicts) == 0


def test_a_second_try_counts() -> None:
    answers = iter(["hm", YES])
    assert run(judge(lambda _: next(answers)), [ASKED])[0][0] is True


class Hanging:
    name = "slow"

    async def acomplete(self, messages: Messages, **how: Any) -> str:
        await asyncio.Event().wait()
        return YES


def test_a_judge_that_times_out_is_named() -> None:
    one = Judge(Hanging(), timeout_seconds=0.01, tries=2, pause_seconds=0.0)
    ((met, why),) = run(one, [ASKED])
    assert (met, why) == (None, "not graded: judge slow timed out after 0.01 s (2 tries)")


def test_a_judge_that_is_gone_is_not_called_for_hours() -> None:
    def answer(_: Messages) -> str:
        raise ModelError("model 'm' cannot be reached")

    one = judge(answer, tries=2, concurrency=4)
    found = run(one, many(200))
    assert all(met is None for met, _ in found)
    assert "cannot be reached (2 tries)" in found[0][1]
    assert found[-1][1] == "not graded: judge scripted gave no answer 10 times in a row"
    assert calls(one) <= 2 * (10 + 4)


def test_no_more_calls_run_at_once_than_allowed() -> None:
    class Counting:
        name, now, most = "counting", 0, 0

        async def acomplete(self, messages: Messages, **how: Any) -> str:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return YES

    model = Counting()
    run(Judge(model, concurrency=3), many(20))
    assert model.most == 3


def test_the_budget_of_calls_holds_and_the_rest_is_not_graded() -> None:
    one = judge(lambda _: YES, budget=Budget(calls=3))
    found = run(one, many(5))
    assert [met for met, _ in found] == [True, True, True, None, None]
    assert found[4][1] == "not graded: budget"
    assert calls(one) == 3


def test_the_budget_of_tokens_holds_with_retries() -> None:
    budget = Budget(tokens=2500)
    one = judge(lambda _: "?", budget=budget, tries=9)
    ((met, why),) = run(one, [ASKED])
    assert met is None
    assert why.startswith("not graded: budget, after: judge scripted gave no verdict")
    assert budget.tokens_charged <= 2500
    assert 1 < calls(one) < 9


def test_verdicts_are_kept_and_never_paid_twice(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "verdicts.jsonl"
    assert run(judge(lambda _: YES, verdicts=Verdicts(path)), many(3))[0] == (True, "它说先休息")
    again = judge(lambda _: NO, verdicts=Verdicts(path), budget=Budget(calls=1))
    assert [met for met, _ in run(again, many(4))] == [True, True, True, False]
    assert calls(again) == 1


def test_the_same_question_in_one_batch_is_asked_once() -> None:
    one = judge(lambda _: YES)
    assert [met for met, _ in run(one, [ASKED, ASKED, ASKED])] == [True] * 3
    assert calls(one) == 1


def test_another_model_dialogue_reply_or_criterion_is_judged_anew(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    run(judge(lambda _: YES, verdicts=Verdicts(path)), [ASKED])
    others = [
        replace(ASKED, reply="x"), replace(ASKED, negative=True), replace(ASKED, lang="en"), replace(ASKED, dialogue=()),
    ]  # fmt: skip
    assert [met for met, _ in run(judge(lambda _: NO, verdicts=Verdicts(path)), others)] == [False] * 4
    other = Judge(ScriptedModel(lambda _: NO, name="another"), Verdicts(path))
    assert run(other, [ASKED])[0][0] is False


def test_a_line_that_a_kill_left_open_costs_one_verdict_only(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    run(judge(lambda _: YES, verdicts=Verdicts(path)), many(3))
    path.write_bytes(path.read_bytes()[:-20])
    assert len(Verdicts(path)) == 2
    run(judge(lambda _: YES, verdicts=Verdicts(path)), many(3))
    assert len(Verdicts(path)) == 3


def test_a_full_disk_is_named_and_what_was_kept_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "v.jsonl"
    run(judge(lambda _: YES, verdicts=Verdicts(path)), many(2))

    def full(handle: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(verdicts_module.os, "write", full)
        with pytest.raises(StoreFull, match="free some and run again"):
            run(judge(lambda _: YES, verdicts=Verdicts(path)), many(3))
    assert len(Verdicts(path)) == 2


def test_the_prompts_have_a_version_and_both_languages() -> None:
    assert json.dumps(prompts()["version"])
    assert all(
        set(prompts()[lang]) == {"patient", "doctor", "ordered", "system", "dialogue", "positive", "negative"}
        for lang in ("zh", "en")
    )
