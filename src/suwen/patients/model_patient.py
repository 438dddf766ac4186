"""The three stages of a patient by a language model, each with the rules behind it.

The model sees only what may be said in this turn: the rules decide what that is, the model finds the words. So a model cannot
give away what it was never shown, and what it adds is caught by the third stage. A model that fails, or says what is not true,
is replaced by the rules for that turn; `Memory.fallbacks` and `Memory.faults` count how often.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from suwen.core.errors import ModelError
from suwen.knowledge import Knowledge
from suwen.knowledge.files import load_yaml
from suwen.language.model import ChatModel, without_thoughts
from suwen.language.understand import Ear
from suwen.patients.hearing import Asked
from suwen.patients.lay import Lay, lay_of
from suwen.patients.script import Fact, Script
from suwen.patients.speak import RuleChecker, RuleEnding
from suwen.patients.stages import Ending, Memory, SpeakingPatient, Voice
from suwen.patients.truth import Fault, FaultKind, Truth
from suwen.patients.utterance import Utterance
from suwen.patients.voice import RuleVoice

TURNS_SHOWN = 6
"""Former turns a model is shown. Source: estimate."""
LONGEST = 400
"""Characters of a patient's turn; more is no turn of a conversation. Source: estimate."""
ANSWER_TOKENS = 2048
"""Most tokens of an answer, what a reasoning model thinks included. Source: estimate."""


@lru_cache(maxsize=1)
def prompts() -> dict[str, Any]:
    """prompts.yaml."""
    content: dict[str, Any] = load_yaml(Path(__file__).with_name("prompts.yaml").read_text(encoding="utf-8"))
    return content


def version() -> str:
    """The version of the prompts."""
    return str(prompts()["version"])


class ModelEnding:
    """Asks the model whether the visit is over; patience, and a model that does not answer, are the rules' business."""

    def __init__(self, script: Script, model: ChatModel, rules: Ending) -> None:
        self.script, self.model, self.rules = script, model, rules

    def is_over(self, said: str, asked: Asked, memory: Memory) -> bool:
        by_rule = self.rules.is_over(said, asked, memory)
        if by_rule and not asked.closing:
            return True
        try:
            answer = _ask(self.model, self.script, "ending", {}, {"said": said}).upper()
            verdicts = {"结束": True, "继续": False, "OVER": True, "GO": False}
            return next(v for word, v in verdicts.items() if answer.startswith(word))
        except (ModelError, StopIteration):
            memory.fallbacks["ending"] += 1
            return by_rule


class ModelVoice:
    """Puts into words what the rules decided to say. Raises ModelError for what cannot be a patient's turn."""

    def __init__(self, script: Script, model: ChatModel, rules: Voice, lay: Lay) -> None:
        self.script, self.model, self.rules, self.lay = script, model, rules, lay

    def open(self, memory: Memory, plainness: int) -> Utterance:
        return self._worded(self.rules.open(memory, plainness), "", memory)

    def reply(self, said: str, asked: Asked, memory: Memory, *, over: bool, plainness: int) -> Utterance:
        plan = self.rules.reply(said, asked, memory, over=over, plainness=plainness)
        return self._worded(plan, said, memory)

    def _worded(self, plan: Utterance, said: str, memory: Memory) -> Utterance:
        table, lang, script = prompts(), self.script.lang, self.script
        social, psychology = script.social, script.psychology
        who = table["who"]["self" if social.speaker == "self" else "other"][lang]
        manner = (
            table["personality"][psychology.personality],
            table["education"][social.education],
            table["speech"][social.speech],
        )
        system = {
            "who": who.format(age=f"{social.age_years:g}", sex=table["sexes"][social.sex][lang]),
            "manner": ("，" if lang == "zh" else ", ").join(m[lang] for m in manner),
        }
        user = {
            "dialogue": "\n".join(f"- {d}\n- {p}" for d, p in memory.dialogue[-TURNS_SHOWN:])
            or table["none"][lang],
            "said": said,
            "unsure": _names(plan.unsure, self.lay, lang),
            "moves": ", ".join(plan.moves),
            "draft": plan.text,
            **_allowed(plan, script, self.lay),
        }
        text = _ask(self.model, script, "reply", system, user, temperature=0.7).strip('"“”')
        if not text or len(text) > LONGEST:
            raise ModelError(
                f"a patient's turn of {len(text)} characters; 1 to {LONGEST} are a turn", cause="length"
            )
        return replace(plan, text=text)


class ModelChecker:
    """The rules' check, then the model's. An answer that cannot be read is no fault found; it is counted."""

    def __init__(self, script: Script, model: ChatModel, rules: RuleChecker, lay: Lay) -> None:
        self.script, self.model, self.rules, self.lay = script, model, rules, lay

    def faults(self, asked: Asked, utterance: Utterance, memory: Memory, *, first: bool) -> Sequence[Fault]:
        found = self.rules.faults(asked, utterance, memory, first=first)
        if found or not utterance.text:
            return found
        try:
            user = {"text": utterance.text, **_allowed(utterance, self.script, self.lay)}
            return _faults_in(_ask(self.model, self.script, "check", {}, user))
        except ModelError:
            memory.fallbacks["checker"] += 1
            return []


class ModelPatient(SpeakingPatient):
    """A patient whose words come from a language model; the rules decide, check and stand in.

    model_checks: also let the model judge each utterance: three calls a turn where there were two. tested_words: as of
    `RulePatient`; without them words that the ear misses are no fault.
    """

    def __init__(
        self, script: Script, knowledge: Knowledge, ear: Ear, model: ChatModel, *, model_checks: bool = False,
        tested_words: bool = True,
    ) -> None:  # fmt: skip
        truth, lay = Truth(script, knowledge, ear), lay_of(ear)
        rules = RuleVoice(script, truth, lay_of(ear, tested_words), wild=not tested_words)
        checker = RuleChecker(truth, tested=tested_words)
        super().__init__(
            script,
            ear,
            ModelEnding(script, model, RuleEnding(script)),
            ModelVoice(script, model, rules, lay),
            ModelChecker(script, model, checker, lay) if model_checks else checker,
            rules,
        )


def _ask(
    model: ChatModel, script: Script, stage: str, system: Mapping[str, str], user: Mapping[str, str], *,
    temperature: float = 0.0,
) -> str:  # fmt: skip
    """The model's words. Raises ModelError where none come."""
    prompt = prompts()[stage][script.lang]
    messages = [
        {"role": "system", "content": prompt["system"].format(**system)},
        {"role": "user", "content": prompt["user"].format(**user)},
    ]
    answer = model.complete(messages, max_tokens=ANSWER_TOKENS, temperature=temperature, seed=script.seed)
    words = without_thoughts(answer)
    if not words or "<think>" in words:
        raise ModelError(f"model {model.name!r} only thought and said nothing", cause="only thoughts")
    return words


def _allowed(utterance: Utterance, script: Script, lay: Lay) -> dict[str, str]:
    """What the words may say and deny, for a prompt."""
    facts = [script.fact[name] for name in utterance.disclosed if name in script.fact]
    present = [_worded(f, lay, script.lang) for f in facts if f.status == "present"]
    absent = [_worded(f, lay, script.lang) for f in facts if f.status == "absent"]
    comma, none = ("；" if script.lang == "zh" else "; "), prompts()["none"][script.lang]
    denied = [*absent, *(lay.name(f, script.lang).text for f in utterance.denied)]
    return {"say": comma.join(present) or none, "deny": comma.join(denied) or none}


def _worded(fact: Fact, lay: Lay, lang: str) -> str:
    text = fact.text.get("zh" if lang == "zh" else "en") or next(iter(fact.text.values()), "")
    named = fact.finding in lay.knowledge.finding and fact.finding
    words = lay.plain(named, "zh" if lang == "zh" else "en").text if named else text
    return f"{words}（{fact.hours:g} h）" if fact.hours is not None else words


def _names(findings: Sequence[str], lay: Lay, lang: str) -> str:
    names = [lay.name(f, "zh" if lang == "zh" else "en").text for f in findings]
    return ("；" if lang == "zh" else "; ").join(names) or str(prompts()["none"][lang])


def _faults_in(answer: str) -> list[Fault]:
    """The faults a model named. Raises ModelError for what is no list of them."""
    start, end = answer.find("["), answer.rfind("]")
    try:
        rows = json.loads(answer[start : end + 1])
        faults = [Fault(row["kind"], str(row["what"])) for row in rows]
    except (ValueError, TypeError, KeyError):
        raise ModelError("the model's check of an utterance is no list of faults") from None
    if any(f.kind not in get_args(FaultKind) for f in faults):
        raise ModelError("the model's check names a fault that does not exist")
    return faults
