"""A criterion of a rubric graded by rule: met, not met, or not graded where the doctor does not tell what it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from suwen.core.case import TRIAGE_LEVELS
from suwen.knowledge import Knowledge
from suwen.verify.doctor import Spoken
from suwen.verify.rubric import Check, Criterion, Item

SEVERITIES = ("contraindicated", "major", "moderate", "minor")
"""Of alerts about medicines, worst first."""
By = Literal["rule", "judge", "none"]
Kin = Callable[[str], tuple[str, ...]]
"""Of a finding the more general ones that it implies; nothing for what is no finding, such as `age`."""
Part = tuple[bool | None, str]


@dataclass(frozen=True, slots=True)
class Grade:
    """What became of one criterion. met: None is 'not graded', which is never 'met' or 'not met'; for a negative weight
    'met' means that the harm was done. why: one line for the report."""

    item: str
    criterion: str
    weight: int
    axis: str
    theme: str
    met: bool | None
    by: By
    why: str


def kin_of(knowledge: Knowledge) -> Kin:
    """The kin of a knowledge."""
    ancestors = knowledge.ancestors
    return lambda name: ancestors.get(name, ())


def both(reply: Spoken, answer: Spoken) -> Spoken:
    """A reply and the answer given right after it as one, for items whose answer is graded: all words, the question of the
    reply, everything else as the answer leaves it."""
    text = reply.text if reply.text == answer.text else f"{reply.text}\n{answer.text}"
    return replace(answer, text=text, asks=reply.asks or answer.asks, drafts=(*reply.drafts, *answer.drafts))


def grade_item(item: Item, spoken: Spoken, kin: Kin) -> tuple[Grade, ...]:
    """Every criterion of an item, those without a check as not graded: they wait for a judge."""
    return tuple(_grade(criterion, item, spoken, kin) for criterion in item.criteria)


def _grade(criterion: Criterion, item: Item, spoken: Spoken, kin: Kin) -> Grade:
    if criterion.check is None:
        met, by, why = None, "none", "not graded: needs a judge"
    else:
        met, why = by_rule(criterion.check, spoken, kin)
        by = "none" if met is None else "rule"
    theme = criterion.theme or item.theme
    return Grade(item.id, criterion.id, criterion.weight, criterion.axis, theme, met, by, why)  # type: ignore[arg-type]


def by_rule(check: Check, spoken: Spoken, kin: Kin) -> Part:
    """Whether every rule of the check holds, and why (not).

    A part that needs what this doctor does not tell is undecidable; the whole then is None unless another part fails.
    """
    unknown = ""
    held = []
    for met, why in _parts(check, spoken, kin):
        if met is False:
            return False, why
        if met is None:
            unknown = unknown or why
        else:
            held.append(why)
    return (None, f"not graded: {unknown}") if unknown else (True, "; ".join(held))


def _parts(check: Check, spoken: Spoken, kin: Kin) -> Iterator[Part]:
    """One verdict for each rule that is given."""
    if check.triage_at_least or check.triage_at_most:
        yield _triage(check, spoken)
    if check.alarm or check.no_alarm:
        yield _alarm(check, spoken)
    if check.heard or check.not_heard:
        yield _heard(check, spoken, kin)
    if check.heard_absent:
        yield _heard_absent(check, spoken, kin)
    if check.asks:
        yield _asks(check, spoken, kin)
    if check.asks_something is not None:
        asked = bool(spoken.asks) or _has_question(spoken)
        yield asked == check.asks_something, "asks something" if asked else "asks nothing"
    for line in check.says:
        hit = _first_hit(line, spoken.words)
        yield hit is not None, f"says {hit!r}" if hit else f"does not say {line[0]!r}"
    if check.says_none:
        hit = _first_hit(check.says_none, spoken.words)
        yield hit is None, f"says {hit!r}" if hit else "does not say what it should not"
    if check.differential:
        yield _differential(check, spoken)
    if check.person:
        yield _person(check, spoken)
    if check.medicine_alert:
        yield _medicine_alert(check.medicine_alert, spoken)


def _triage(check: Check, spoken: Spoken) -> Part:
    if spoken.level is None:
        return None, "this doctor gives no triage level"
    place = TRIAGE_LEVELS.index(spoken.level)
    too_low = check.triage_at_least and place > TRIAGE_LEVELS.index(check.triage_at_least)
    too_high = check.triage_at_most and place < TRIAGE_LEVELS.index(check.triage_at_most)
    return not (too_low or too_high), f"level {spoken.level}"


def _alarm(check: Check, spoken: Spoken) -> Part:
    if spoken.alarms is None:
        return None, "this doctor tells no alarms"
    raised = ", ".join(spoken.alarms) or "none"
    if check.no_alarm:
        return not spoken.alarms, f"alarms: {raised}"
    return bool(set(check.alarm) & set(spoken.alarms)), f"alarms: {raised}"


def _heard(check: Check, spoken: Spoken, kin: Kin) -> Part:
    if spoken.present is None:
        return None, "this doctor does not tell what it took as present"
    implied = spoken.present | {above for name in spoken.present for above in kin(name)}
    missing = [name for name in check.heard if name not in implied]
    wrong = [name for name in check.not_heard if name in implied]
    if missing:
        return False, f"did not hear {missing[0]}"
    if wrong:
        return False, f"heard {wrong[0]}"
    return True, "heard what it should"


def _heard_absent(check: Check, spoken: Spoken, kin: Kin) -> Part:
    if spoken.absent is None:
        return None, "this doctor does not tell what it took as absent"
    missing = [n for n in check.heard_absent if not spoken.absent & {n, *kin(n)}]
    return not missing, f"did not hear that {missing[0]} is absent" if missing else "heard what is absent"


def _asks(check: Check, spoken: Spoken, kin: Kin) -> Part:
    named = set(check.asks)
    hit = next((name for name in spoken.asks if named & {name, *kin(name)}), None)
    if hit:
        return True, f"asks about {hit}"
    if not spoken.asks and spoken.present is None and _has_question(spoken):
        return None, "this doctor does not tell what its question is about"
    return False, f"asks about {', '.join(spoken.asks) or 'nothing'}"


def _has_question(spoken: Spoken) -> bool:
    return bool(re.search(r"[?？]", spoken.text))


def _differential(check: Check, spoken: Spoken) -> Part:
    if spoken.differential is None:
        return None, "this doctor names no conditions"
    first = [name for name, _ in spoken.differential[: check.top]]
    hit = next((name for name in first if name in check.differential), None)
    return (
        hit is not None,
        f"{hit or check.differential[0]} is {'' if hit else 'not '}among the first {check.top}",
    )


def _person(check: Check, spoken: Spoken) -> Part:
    if spoken.person is None:
        return None, "this doctor does not tell who the patient is"
    for name, want in check.person.items():
        got = spoken.person.get(name)
        if isinstance(want, str) or got is None or isinstance(got, str):
            same = got == want
        else:
            same = abs(float(got) - float(want)) <= (0.005 if want < 1 else 0.05)
        if not same:
            return False, f"{name} is understood as {got}, not {want}"
    return True, "understood who it is"


def _medicine_alert(least: str, spoken: Spoken) -> Part:
    if spoken.medicine_alerts is None:
        return None, "this doctor tells no alerts about medicines"
    graver = SEVERITIES[: SEVERITIES.index(least) + 1]
    given = ", ".join(spoken.medicine_alerts) or "none"
    return any(s in graver for s in spoken.medicine_alerts), f"alerts: {given}"


def _first_hit(patterns: tuple[str, ...], words: str) -> str | None:
    """The words that the first fitting pattern fits."""
    for pattern in patterns:
        hit = _compiled(pattern).search(words)
        if hit:
            return hit.group(0)
    return None


@lru_cache(maxsize=8192)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
