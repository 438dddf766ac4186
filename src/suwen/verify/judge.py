"""Model judges: one call a criterion, the dialogue first and the criterion last, and 'not graded' whenever in doubt."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from suwen.core.errors import ModelError
from suwen.knowledge.files import load_yaml
from suwen.language.model import AsyncChatModel, without_thoughts
from suwen.verify.verdicts import Verdicts, key_of

ANSWER_TOKENS = 512
"""Most tokens of a verdict with its reason. Source: estimate."""
BYTES_A_TOKEN = 3
"""A Chinese character has three bytes and is about a token, an English one about a third of it. Source: estimate."""
GIVE_UP_AFTER = 10
"""Criteria in a row without any answer after which a judge is taken to be gone. Source: estimate."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion to be judged: `dialogue` as (role, text) up to the reply."""

    lang: str
    dialogue: tuple[tuple[str, str], ...]
    reply: str
    criterion: str
    negative: bool


@dataclass(slots=True)
class Budget:
    """What a run may spend; None is no limit. A call is charged before it is made, with its prompt and a whole answer, so
    that the limit holds whatever the server does."""

    calls: int | None = None
    tokens: int | None = None
    calls_made: int = 0
    tokens_charged: int = 0

    def charge(self, tokens: int) -> bool:
        """Whether another call of so many tokens fits; it is charged if it does."""
        if self.calls is not None and self.calls_made >= self.calls:
            return False
        if self.tokens is not None and self.tokens_charged + tokens > self.tokens:
            return False
        self.calls_made += 1
        self.tokens_charged += tokens
        return True


@dataclass(slots=True)
class Judge:
    """A model that judges. tries: calls for one criterion at most, the first included; an answer that cannot be read is
    asked for again at once, with another seed. pause_seconds: after the first try without any answer, doubled after each
    further one."""

    model: AsyncChatModel
    verdicts: Verdicts = field(default_factory=Verdicts)
    budget: Budget = field(default_factory=Budget)
    concurrency: int = 8
    tries: int = 3
    timeout_seconds: float = 60.0
    pause_seconds: float = 0.5
    _silent: int = 0

    async def judge(
        self, asked: Sequence[Asked], *, told: Callable[[int, int], None] | None = None
    ) -> list[tuple[bool | None, str]]:
        """A verdict with its reason for each, in order: None is 'not graded', and the reason says why. told: is called with
        (criteria done, criteria in all) as they get done, equal ones counted once."""
        self._silent = 0
        gate = asyncio.Semaphore(self.concurrency)
        keys = [self._key(one) for one in asked]
        first = dict(zip(reversed(keys), reversed(asked), strict=True))
        # Charged in order and before anything is sent, so that the same budget grades the same criteria.
        paid = {
            k: self.verdicts.get(k) or self.budget.charge(_tokens(messages(first[k])))
            for k in dict.fromkeys(keys)
        }
        done = 0

        async def one(key: str, paid_for: tuple[bool, str] | bool) -> tuple[bool | None, str]:
            nonlocal done
            verdict = await self._one(key, first[key], paid_for, gate)
            done += 1
            if told:
                told(done, len(paid))
            return verdict

        found = await asyncio.gather(*(one(k, p) for k, p in paid.items()))
        verdict = dict(zip(paid, found, strict=True))
        return [verdict[key] for key in keys]

    async def _one(
        self, key: str, one: Asked, paid: tuple[bool, str] | bool, gate: asyncio.Semaphore
    ) -> tuple[bool | None, str]:
        if isinstance(paid, tuple):
            return paid
        if not paid:
            return None, "not graded: budget"
        async with gate:
            if self._silent >= GIVE_UP_AFTER:
                return (
                    None,
                    f"not graded: judge {self.model.name} gave no answer {GIVE_UP_AFTER} times in a row",
                )
            verdict = await self._tried(one)
        if verdict[0] is not None:
            self.verdicts.keep(key, (verdict[0], verdict[1]))
        return verdict

    async def _tried(self, one: Asked) -> tuple[bool | None, str]:
        prompt = messages(one)
        failed, pause = "", 0.0
        for number in range(self.tries):
            if number:
                if not self.budget.charge(_tokens(prompt)):
                    return None, f"not graded: budget, after: {failed}"
                await asyncio.sleep(pause)
            pause = self.pause_seconds * 2**number
            try:
                words = await asyncio.wait_for(
                    self.model.acomplete(prompt, max_tokens=ANSWER_TOKENS, seed=number), self.timeout_seconds
                )
            except TimeoutError:
                failed = f"judge {self.model.name} timed out after {self.timeout_seconds:g} s"
            except ModelError as error:
                failed = f"judge {self.model.name}: {without_address(error, self.model)}"
            else:
                self._silent = 0
                found = parsed(words)
                if found is not None:
                    return found
                failed, pause = f"judge {self.model.name} gave no verdict that can be read", 0.0
                continue
        if "no verdict that can be read" not in failed:
            self._silent += 1
        return None, f"not graded: {failed} ({self.tries} tries)"

    def _key(self, one: Asked) -> str:
        text = json.dumps(one.dialogue, ensure_ascii=False)
        sign = "negative" if one.negative else "positive"
        return key_of(self.model.name, version(), one.lang, sign, text, one.reply, one.criterion)


def messages(one: Asked) -> list[dict[str, str]]:
    """The prompt; what all criteria about the same reply share comes first, letter for letter."""
    words = prompts()[one.lang]
    dialogue = "\n".join(
        f"{words[role]}：{text}" if one.lang == "zh" else f"{words[role]}: {text}"
        for role, text in one.dialogue
    )
    shared = words["dialogue"].format(dialogue=dialogue, reply=one.reply)
    asked = words["negative" if one.negative else "positive"].format(criterion=one.criterion)
    return [
        {"role": "system", "content": words["system"]},
        {"role": "user", "content": f"{shared}\n\n{asked}"},
    ]


def parsed(words: str) -> tuple[bool, str] | None:
    """The verdict in a judge's words; None unless there is exactly one: no words around it are guessed at.

    Code fences, words before or after and a model's `<think>` part are passed over; `criteria_met` must be true or false.
    """
    found = [v for _, _, v in objects_in(without_thoughts(words)) if isinstance(v.get("criteria_met"), bool)]
    if not found or len({v["criteria_met"] for v in found}) > 1:
        return None
    return found[-1]["criteria_met"], str(found[-1].get("explanation", "")).strip()[:600]


def objects_in(text: str) -> list[tuple[int, int, dict[str, Any]]]:
    """The JSON objects in a text, outermost and in order, each with where it begins and ends."""
    decoder = json.JSONDecoder(strict=False)  # models put line breaks into strings
    found: list[tuple[int, int, dict[str, Any]]] = []
    place = text.find("{")
    while place >= 0:
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            found.append((place, end, value))
        place = text.find("{", end)
    return found


def without_address(error: ModelError, model: Any) -> str:
    """What went wrong, for a report that others read: an address is not theirs to know, and could hold a password."""
    address = getattr(model, "base_url", "")
    return error.message.replace(address, "its address") if address else error.message


def _tokens(prompt: Sequence[Mapping[str, str]]) -> int:
    return sum(len(m["content"].encode()) for m in prompt) // BYTES_A_TOKEN + ANSWER_TOKENS


@lru_cache(maxsize=1)
def prompts() -> dict[str, Any]:
    """The prompts by language, and their version."""
    words = load_yaml(Path(__file__).with_name("prompts.yaml").read_text("utf-8"))
    assert isinstance(words, dict)
    return words


def version() -> str:
    """The version of the prompts."""
    return str(prompts()["version"])
