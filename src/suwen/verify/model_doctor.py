"""A language model as the doctor under test: its words, and the level and names it ends with, nothing else.

What only our own doctor tells (findings, alarms, probabilities) is unknown of it and not graded.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from suwen.core.case import TRIAGE_LEVELS
from suwen.core.errors import ModelError
from suwen.knowledge import Knowledge
from suwen.knowledge.files import load_yaml
from suwen.language.model import ChatModel, without_thoughts
from suwen.verify.accept import names_of
from suwen.verify.doctor import UNKNOWN, Spoken
from suwen.verify.judge import objects_in, without_address
from suwen.verify.orders import Report

MOST_NAMES = 5
REPLY_TOKENS = 2048
"""Most tokens of a turn, what a reasoning model thinks included. Source: estimate."""
SHOWN_TURNS = 40
SHOWN_CHARACTERS = 24_000
"""Of the conversation a model is sent at most this; its first turn stays. Source: estimate."""

Named = Callable[[str], str | None]
"""The condition that a name means, None for a name that is not known or means several."""


@dataclass
class ModelDoctor:
    """seed: another one lets a model with a temperature answer otherwise. tries: calls for one turn at most; when all fail,
    the last ModelError is raised and the encounter broke off."""

    model: ChatModel
    named: Named
    budget: int = 20
    temperature: float = 0.0
    seed: int = 0
    tries: int = 2
    _lang: str = "zh"
    _said: list[dict[str, str]] = field(default_factory=list)

    def open(self, lang: str) -> Spoken:
        self._lang = lang if lang in ("zh", "en") else "en"
        greeting = prompts()[self._lang]["greeting"]
        self._said = [{"role": "assistant", "content": greeting}]
        return Spoken(greeting, asks=("complaint",))

    def hear(self, text: str) -> Spoken:
        self._said.append({"role": "user", "content": text})
        asked = sum(m["role"] == "assistant" for m in self._said) - 1
        return self.conclude() if asked >= self.budget else self._spoken(self._turn())

    def conclude(self) -> Spoken:
        self._said.append({"role": "user", "content": prompts()[self._lang]["conclude"]})
        return self._spoken(self._turn(), ended=True)

    def read(self, report: Report) -> Spoken:
        return self.hear(report.text)

    def _turn(self) -> str:
        """The model's next words, without what it thought aloud before them."""
        told = prompts()[self._lang]["system"].format(budget=self.budget, names=MOST_NAMES)
        messages = [{"role": "system", "content": told}, *_shown(self._said)]
        for left in reversed(range(self.tries)):
            try:
                words = self.model.complete(
                    messages, max_tokens=REPLY_TOKENS, temperature=self.temperature, seed=self.seed
                )
            except ModelError as error:
                if not left:
                    raise ModelError(without_address(error, self.model)) from None
                continue
            words = without_thoughts(words)
            if words and "<think>" not in words:
                self._said.append({"role": "assistant", "content": words})
                return words
        raise ModelError(f"model {self.model.name!r} only thought and said nothing; allow it more tokens")

    def _spoken(self, words: str, *, ended: bool = False) -> Spoken:
        told, body = parted(words)
        if body is None and not ended:
            return Spoken(told, orders=orders_of(words))
        level, differential = answer_of(body or {}, self.named)
        return Spoken(told, answer=told, level=level, differential=differential, ended=True)


def parted(words: str) -> tuple[str, Mapping[str, Any] | None]:
    """The words for the patient, and the answer among them as a JSON object: None where there is none, empty where there are
    several, for it is not guessed which one is meant."""
    found = [one for one in objects_in(words) if {"triage", "diagnoses"} & set(one[2])]
    if not found:
        return words, None
    told = words[: found[0][0]] + words[found[-1][1] :]
    told = re.sub(r"```(?:json)?", "", told).strip()
    return told, found[0][2] if len(found) == 1 else {}


def orders_of(words: str) -> tuple[str, ...]:
    """Names of the examinations that a turn orders as a JSON object, read strictly; none where it is not in that form."""
    for _, _, body in objects_in(words):
        named = body.get("tests")
        if isinstance(named, list) and all(isinstance(n, str) and n.strip() for n in named):
            return tuple(named)
    return ()


def answer_of(
    body: Mapping[str, Any], named: Named
) -> tuple[str | None, tuple[tuple[str, float], ...] | None]:
    """The level and the conditions of an answer, read strictly: None for what is not in the form asked for. A name that the
    knowledge does not have keeps its place as UNKNOWN; probabilities are nan, for none are told."""
    level, names = body.get("triage"), body.get("diagnoses")
    level = level if isinstance(level, str) and level in TRIAGE_LEVELS else None
    if not isinstance(names, list) or not names or not all(isinstance(n, str) and n.strip() for n in names):
        return level, None
    known = [named(n) or UNKNOWN for n in names[:MOST_NAMES]]
    first = [c for i, c in enumerate(known) if c == UNKNOWN or c not in known[:i]]
    return level, tuple((c, math.nan) for c in first)


def namer(knowledge: Knowledge) -> Named:
    """By the names of the knowledge in both languages, other names included; case, width, spaces and what stands in brackets
    do not count."""
    known: dict[str, set[str]] = {}
    for condition in knowledge.condition.values():
        for name in names_of(condition.record):
            known.setdefault(_bare(name), set()).add(condition.id)

    def named(name: str) -> str | None:
        found = known.get(_bare(name)) or known.get(_bare(re.sub(r"[（(][^）)]*[）)]", "", name))) or set()
        return next(iter(found)) if len(found) == 1 else None

    return named


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def _shown(said: list[dict[str, str]]) -> list[dict[str, str]]:
    """The greeting, the complaint and the latest turns, as far as they fit."""
    head, rest = said[:2], said[2:]
    kept: list[dict[str, str]] = []
    room = SHOWN_CHARACTERS - sum(len(m["content"]) for m in head)
    for message in reversed(rest):
        room -= len(message["content"])
        if kept and (room < 0 or len(kept) >= SHOWN_TURNS):
            break
        kept.insert(0, message)
    return [*head, *kept]


@lru_cache(maxsize=1)
def prompts() -> dict[str, Any]:
    """model_doctor.yaml."""
    content = load_yaml(Path(__file__).with_name("model_doctor.yaml").read_text("utf-8"))
    assert isinstance(content, dict)
    return content


def version() -> str:
    """The version of the prompts."""
    return str(prompts()["version"])
