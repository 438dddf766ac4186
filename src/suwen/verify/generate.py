"""Dynamic criteria for a doctor's next words: by rules from the knowledge, and by a model where there is one.

Deterministic: the same scene gives the same criteria in the same order. Every criterion names its rule in `source`
(`generated:<rule>`), and carries a check wherever a rule can decide it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from suwen.core.errors import ModelError
from suwen.language.model import ChatModel, without_thoughts
from suwen.verify.rubric import Criterion, Item
from suwen.verify.rules import closing, danger, history, knowing, medicines, talk
from suwen.verify.rules.wording import Rule, wording
from suwen.verify.scene import Scene

MOST = 14
"""Criteria of one reply; more say the same again. Source: estimate, near the 11 of HealthBench's conversations."""
LEAST_NEGATIVE = 3
"""Places kept for criteria of harm, where there are so many."""
MODEL_TOKENS = 1200
MOST_OF_MODEL = 8

_BY_URGENCY: tuple[Rule, ...] = (
    danger.alarm_triage, danger.alarm_raised, danger.alarm_directs, danger.suicide_asked, danger.flag_hidden,
    danger.true_level, knowing.true_diagnosis, medicines.medicine_alert, medicines.medicine_warned, closing.mental_help,
    knowing.likely, danger.flag_near, talk.answers, closing.safety_net, closing.no_order, danger.warning_signs,
    history.pregnancy_asked, history.pregnancy_danger, history.child_state, closing.child_signs, talk.worry, talk.cost,
    history.next_question, history.true_question, knowing.heard, history.basics, medicines.medicine_cause,
    knowing.danger_named, history.medicines_asked, knowing.person, knowing.heard_absent, closing.where_to_go,
    history.elder_state, history.asks_on, closing.examinations, knowing.uncertain, danger.alarm_steps, closing.self_care,
    # Harms, likeliest and gravest first.
    danger.alarm_waits, medicines.harmful_medicine, danger.over_triage, danger.under_triage, knowing.asserts_denied,
    talk.dismisses, closing.doses, medicines.stops_medicine, history.repeats, knowing.asserts_unsaid,
    knowing.overclaims, talk.jargon, talk.blames, talk.wrong_language,
)  # fmt: skip
RULES: dict[str, Rule] = {rule.__name__: rule for rule in _BY_URGENCY}
"""Every rule by the name that its criteria carry as source; where there are too many criteria, the first rules win."""
SAME_MIND = frozenset({
    "heard", "heard_absent", "person", "likely", "next_question", "flag_near", "alarm_triage", "alarm_raised", "alarm_waits",
    "asserts_denied",
})  # fmt: skip
"""Rules that expect what our own ear, watch, reasoner and inquiry would do. Of our own doctor they say only that it is the same
doctor; of any other they say what is missing."""


@dataclass(frozen=True, slots=True)
class Generated:
    """The criteria for a scene. dropped: proposals of the model that are no criterion. fault: why the model gave none."""

    criteria: tuple[Criterion, ...]
    dropped: int = 0
    fault: str = ""


def generate(scene: Scene, *, model: ChatModel | None = None, most: int = MOST) -> Generated:
    """The criteria for the doctor's next words. What a model proposes comes on top of those by rule, never instead."""
    by_rule = chosen([c for rule in RULES.values() for c in rule(scene)], most)
    if model is None:
        return Generated(by_rule)
    try:
        proposed, dropped = _proposed(scene, by_rule, model)
    except ModelError as error:
        return Generated(by_rule, fault=error.message)
    return Generated((*by_rule, *proposed), dropped)


def item_of(
    scene: Scene, generated: Generated, *, id_: str, title: str = "generated criteria"
) -> Item | None:
    """An item that graders take; None where no criterion has a positive weight."""
    if not any(c.weight > 0 for c in generated.criteria):
        return None
    return Item(id=id_, theme=scene.theme or "context_seeking", lang=scene.lang, title=title, conversation=scene.said,
                graded=scene.graded, criteria=generated.criteria)  # fmt: skip


def chosen(found: Sequence[Criterion], most: int) -> tuple[Criterion, ...]:
    """At most `most` of these, in their order: each thing once, some of them harms."""
    once: list[Criterion] = []
    for criterion in found:
        if not any(_covers(other, criterion) for other in once):
            once.append(criterion)
    harms = [c for c in once if c.weight < 0]
    goods = [c for c in once if c.weight > 0]
    kept_harms = harms[: max(min(LEAST_NEGATIVE, len(harms)), most - len(goods))]
    kept = [*goods[: max(most - len(kept_harms), 0)], *kept_harms]
    return tuple(c for c in once if c in kept)[:most]


def _covers(one: Criterion, other: Criterion) -> bool:
    """Whether `one` leaves nothing to `other`: the same check, the same words, or a question among its questions."""
    if (one.weight > 0) != (other.weight > 0):
        return False
    if one.text == other.text or one.id == other.id:
        return True
    if one.check is None or other.check is None:
        return False
    if one.check == other.check:
        return True
    asked = {c.model_fields_set == {"asks"} for c in (one.check, other.check)} == {True}
    return asked and set(other.check.asks) <= set(one.check.asks)


# -- by a model ------------------------------------------------------------------------------------------


def _proposed(
    scene: Scene, known: Sequence[Criterion], model: ChatModel
) -> tuple[tuple[Criterion, ...], int]:
    """What the model proposes, each validated, and how many proposals are no criterion. Raises ModelError."""
    words = model.complete(messages(scene, known), max_tokens=MODEL_TOKENS, seed=0)
    rows = _array(words)
    if rows is None:
        raise ModelError(f"model {model.name!r} gave no JSON array of criteria", cause="unreadable")
    kept: list[Criterion] = []
    dropped = 0
    texts = {c.text for c in known}
    for row in rows:
        try:
            given = {key: row[key] for key in ("text", "weight", "axis", "theme")}
            if (
                set(row) != set(given)
                or isinstance(row["weight"], bool)
                or not isinstance(row["weight"], int)
            ):
                raise ValueError("other keys")  # strict: what it was asked for and nothing else
            one = Criterion(id=f"model_{len(kept) + 1}", kind="dynamic", source="generated:model", **given)
        except (ValidationError, KeyError, TypeError, ValueError):
            dropped += 1
            continue
        if one.text in texts or len(kept) >= MOST_OF_MODEL:
            dropped += 1
            continue
        texts.add(one.text)
        kept.append(one)
    return tuple(kept), dropped


def messages(scene: Scene, known: Sequence[Criterion]) -> list[dict[str, str]]:
    """What the model is asked."""
    words = wording()["prompt"][scene.lang]
    colon = "：" if scene.lang == "zh" else ": "
    dialogue = "\n".join(f"{words[line.role]}{colon}{line.text}" for line in scene.said)
    there = "\n".join(f"- ({c.weight:+d}) {c.text}" for c in known)
    user = words["user"].format(dialogue=dialogue, known=there, graded=words["graded"][scene.graded])
    return [{"role": "system", "content": words["system"]}, {"role": "user", "content": user}]


def _array(words: str) -> list[Any] | None:
    """The JSON array in a model's words; a `<think>` part and a code fence around it are passed over, nothing else is."""
    text = re.sub(r"^```(?:json)?\s*|\s*```$", "", without_thoughts(words)).strip()
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, list) else None


def version() -> str:
    """Of the wording, patterns and prompt."""
    return str(wording()["version"])
