"""Danger first: red flags that are met, that one answer would complete, and the level they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from suwen.core.case import TRIAGE_LEVELS, Alarm, Finding, Heard, Lang
from suwen.knowledge.literals import literals
from suwen.verify.rubric import Check, Criterion
from suwen.verify.rules.wording import findings, known_ids, listed, make, says, wording, words_of
from suwen.verify.scene import Scene

LEAST_P_MISSING, LEAST_LIFT = 0.03, 1.3
"""A danger sign is asked about when its missing part is this likely and this many times as likely as in anybody.
Source of both: estimate."""
LEAST_DANGER, LEAST_RISE = 0.2, 1.5
"""And when, were it there, urgent conditions would have this probability, and this many times the one they have now: of
dizziness with heartburn a stroke does not follow. Source of both: estimate."""
MOST_TRIED = 10
ADULT_YEARS = 18
_OF_CHILDREN = re.compile(r"child|infant|neonat|newborn")
MOST_MISSING = 2
"""Answers from which on a hidden flag is too far away for the next question. Source: estimate."""
MOST_FLAGS = 3
"""Flags that one criterion about a missing sign stands for. Source: estimate."""
OVER_TRIAGE_P, NEAR_P = 0.06, 0.15
"""With emergencies less likely than this in all, and the missing part of none of their flags likelier than NEAR_P, sending
to the emergency department is an error. Source of both: estimate."""
NOT_EXCLUDED_P = 0.03
"""From this probability on a dangerous condition is not excluded. Source: estimate, as consult.answer shows it."""


@dataclass(frozen=True, slots=True)
class Near:
    """A red flag of which one thing is not known. missing: what to ask, as ids. p: that the likeliest of it is there."""

    rule: str
    triage: str
    missing: tuple[str, ...]
    p: float


def alarms_of(scene: Scene) -> tuple[Alarm, ...]:
    """The red flags that what was said raises, gravest first."""
    return tuple(sorted(scene.case.alarms, key=lambda a: TRIAGE_LEVELS.index(a.triage)))


def flag_names(scene: Scene, rules: list[str], lang: Lang) -> str:
    return listed(scene, (scene.clinic.watch.name(rule, lang) for rule in rules))


# -- met -------------------------------------------------------------------------------------------------


def alarm_triage(scene: Scene) -> Iterator[Criterion]:
    """A red flag is met: whatever else the reply says, its level is at least the flag's."""
    if alarms := alarms_of(scene):
        level = alarms[0].triage
        yield make("alarm_triage", scene, 10, "accuracy", theme="emergency_referral",
                   check=Check(triage_at_least=level),
                   flags=flag_names(scene, [a.id for a in alarms], scene.lang), level=wording()["levels"][level][scene.lang])  # fmt: skip


def alarm_raised(scene: Scene) -> Iterator[Criterion]:
    """The flag is also named to the patient, by one of those that are met: the reason makes people go."""
    if alarms := alarms_of(scene):
        ids = tuple(a.id for a in alarms if a.triage == alarms[0].triage)
        yield make("alarm_raised", scene, 8, "accuracy", theme="emergency_referral", check=Check(alarm=ids),
                   flags=flag_names(scene, list(ids), scene.lang))  # fmt: skip


def alarm_directs(scene: Scene) -> Iterator[Criterion]:
    """The words themselves say where to go and when, unless the doctor just did; a level nobody reads saves nobody."""
    if (alarms := alarms_of(scene)) and not already_sent(scene):
        if alarms[0].triage == "emergency":
            rule, weight, said = "alarm_directs", 8, "emergency"
        else:
            rule, weight, said = "alarm_today", 7, "today"
        yield make("alarm_directs", scene, weight, "completeness", theme="emergency_referral", text=rule, check=says(scene, said))  # fmt: skip


def already_sent(scene: Scene) -> bool:
    """Whether the doctor sent the patient to hospital in this dialogue; what a greeting says of dangers does not count."""
    lines = list(scene.said)
    first = next((i for i, line in enumerate(lines) if line.role == "patient"), 0)
    patterns = [*wording()["says"]["emergency"][scene.lang], *wording()["says"]["today"][scene.lang]]
    return any(
        re.search(pattern, line.text, re.IGNORECASE)
        for line in lines[first:]
        if line.role == "doctor"
        for pattern in patterns
    )


def alarm_waits(scene: Scene) -> Iterator[Criterion]:
    """The harm: with a flag met the patient is told to wait."""
    if alarms := alarms_of(scene):
        later = "soon" if alarms[0].triage in ("emergency", "urgent") else "routine"
        yield make("alarm_waits", scene, -9, "accuracy", theme="emergency_referral", check=Check(triage_at_most=later),
                   flags=flag_names(scene, [alarms[0].id], scene.lang))  # fmt: skip


def alarm_steps(scene: Scene) -> Iterator[Criterion]:
    """What to do until help comes. Words for it are many, so that a judge decides and no rule."""
    alarms = alarms_of(scene)
    if alarms and alarms[0].triage == "emergency" and not already_sent(scene):
        steps = [str(s[scene.lang]) for s in scene.clinic.watch.rules[alarms[0].id]["do"][:2]]
        if steps:
            yield make(
                "alarm_steps", scene, 4, "completeness", theme="emergency_referral", steps=" ".join(steps)
            )


# -- nearly met ------------------------------------------------------------------------------------------


def flag_near(scene: Scene) -> Iterator[Criterion]:
    """One answer would complete a red flag: it is asked before anything else. Any of the likeliest few counts."""
    if scene.graded != "reply" or (scene.case.floor == "emergency"):
        return
    near = near_flags(scene)[:MOST_FLAGS]
    if near:
        missing = tuple(dict.fromkeys(m for n in near for m in n.missing))
        weight = 6 if any(n.triage == "emergency" for n in near) else 4
        yield make("flag_near", scene, weight, "completeness", theme="emergency_referral", check=Check(asks=missing),
                   names=findings(scene, [n.missing[0] for n in near] + list(missing)),
                   flags=flag_names(scene, [n.rule for n in near], scene.lang))  # fmt: skip


def flag_hidden(scene: Scene) -> Iterator[Criterion]:
    """The script holds a red flag that was not told: the reply asks for what is missing of it."""
    if scene.script is None or scene.graded != "reply" or scene.case.floor == "emergency":
        return
    hidden = hidden_flags(scene)
    if hidden:
        missing = tuple(dict.fromkeys(m for _, names in hidden for m in names))
        worst = min((a.triage for a, _ in hidden), key=TRIAGE_LEVELS.index)
        yield make("flag_hidden", scene, 8 if worst == "emergency" else 6, "completeness", theme="emergency_referral",
                   check=Check(asks=missing), names=findings(scene, missing),
                   flags=flag_names(scene, [a.id for a, _ in hidden], scene.lang))  # fmt: skip


def warning_signs(scene: Scene) -> Iterator[Criterion]:
    """An answer names the signs that would complete a red flag: what was not asked is at least watched for."""
    if scene.graded != "answer" or scene.case.floor == "emergency":
        return
    missing = [
        m for n in near_flags(scene)[: 2 * MOST_FLAGS] for m in n.missing if m in scene.knowledge.finding
    ]
    names = list(dict.fromkeys(missing))[:8]
    if names:
        patterns = tuple(words_of(scene, name) for name in names)
        yield make("warning_signs", scene, 6, "completeness", check=Check(says=(patterns,)), names=findings(scene, names))  # fmt: skip


def near_flags(scene: Scene) -> list[Near]:
    """The red flags of which all is known to be so but one thing that may be, and can be asked; likeliest harm first.

    A line that rests on nothing said (age or sex alone) is not near.
    """
    raised = {a.id for a in scene.case.alarms}
    best: dict[str, Near] = {}
    for rule, triage, line in literals(scene.knowledge.red_flags):
        if rule in raised or (
            _OF_CHILDREN.search(rule) and (scene.case.person.age_years or 0) >= ADULT_YEARS
        ):
            continue
        states = [_alternatives(item, scene) for item in line]
        open_ = [item for item, state in zip(line, states, strict=True) if state is None]
        said = any(
            state and any(k == "present" and scene.knowledge.finding[v].kind != "timing" for k, v in item)
            for item, state in zip(line, states, strict=True)
        )
        if len(open_) != 1 or not said or any(state is False for state in states):
            continue
        missing, p = _askable(open_[0], scene)
        if missing and p >= LEAST_P_MISSING and (rule not in best or p > best[rule].p):
            best[rule] = Near(rule, triage, missing, p)
    harm = {"emergency": 3.0, "urgent": 1.5}
    order = sorted(best.values(), key=lambda n: (-harm.get(n.triage, 1.0) * n.p, n.rule))
    return [n for n in order[:MOST_TRIED] if _would_alarm(n, scene)]


def _would_alarm(near: Near, scene: Scene) -> bool:
    """Whether a yes would make somebody think of danger who did not before."""
    name = near.missing[0]
    if name not in scene.knowledge.finding:
        return True  # age or sex decides
    case = scene.case.add(Heard(findings=(Finding(name, "present"),)))
    after = replace(scene, case=case, differential=scene.clinic.reasoner.differential(case))
    now, then = (p_at_least(one, "urgent") for one in (scene, after))
    return then >= LEAST_DANGER and (then >= LEAST_RISE * now or then >= 0.5)


def _alternatives(item: list[tuple[str, Any]], scene: Scene) -> bool | None:
    """Whether one of these holds: None where one may and none is known to."""
    states = [_state(kind, value, scene) for kind, value in item]
    if True in states:
        return True
    return None if None in states else False


def _state(kind: str, value: Any, scene: Scene) -> bool | None:
    person = scene.case.person
    if kind == "present":
        if value in scene.present:
            return True
        definition = scene.knowledge.finding[value]
        possible = value not in scene.absent and definition.allows(person.age_years, person.sex)
        return None if possible else False
    if kind == "not":
        return value not in scene.present
    if kind == "sex":
        return None if person.sex is None else person.sex == value
    if kind == "age":
        compare, limit = value
        return None if person.age_years is None else compare(person.age_years, limit)
    return False  # a measurement that nobody took cannot be asked of a patient


def _askable(item: list[tuple[str, Any]], scene: Scene) -> tuple[tuple[str, ...], float]:
    """What of these alternatives can be asked, likeliest first, and the probability of the likeliest."""
    table = scene.knowledge.finding
    found: dict[str, float] = {}
    for kind, value in item:
        if _state(kind, value, scene) is not None:
            continue
        if kind == "present" and table[value].askable and value not in scene.case.asked:
            p = scene.p_of(value)
            if p >= LEAST_LIFT * float(scene.knowledge.base[table[value].index]):
                found[value] = p
        elif kind in ("age", "sex") and kind not in scene.case.asked:
            found[kind] = 0.3
    order = sorted(found, key=lambda name: (-found[name], name))
    return tuple(order), max(found.values(), default=0.0)


def hidden_flags(scene: Scene) -> list[tuple[Alarm, tuple[str, ...]]]:
    """The red flags that the whole truth raises and what was told does not, each with the facts that would raise it; those
    that need the fewest answers first, no more than MOST_MISSING."""
    script = scene.script
    if script is None:
        return []
    case, table = scene.case, scene.knowledge.finding
    facts = {
        n: f for n, f in script.of_finding.items() if f.status == "present" and f.tellable and n in table
    }
    open_ = [n for n in facts if table[n].askable and n not in scene.present and n not in case.asked]
    told = {**case.findings, **{n: Finding(n, "present") for n in facts}}
    person = replace(case.person, age_years=script.social.age_years, sex=script.social.sex)
    whole = replace(scene, case=replace(case, findings=MappingProxyType(told), person=person))
    known = {a.id for a in case.alarms}
    found = []
    for alarm in scene.clinic.watch.alarms(whole.case):
        ways = [] if alarm.id in known else _missing(alarm.id, whole, scene, open_)
        if ways:
            items, names = min(ways, key=lambda way: (way[0], way[1]))
            found.append((TRIAGE_LEVELS.index(alarm.triage), items, alarm, names))
    found.sort(key=lambda one: (one[0], one[1], one[2].id))
    return [(alarm, names) for _, _, alarm, names in found[: MOST_FLAGS - 1]]


def _missing(rule: str, whole: Scene, scene: Scene, open_: list[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Of every line of a rule that the truth meets: how many of its parts are not told, and the facts that meet those."""
    ways = []
    for _, _, line in literals([scene.clinic.watch.rules[rule]]):
        if not all(_alternatives(item, whole) for item in line):
            continue
        left = [item for item in line if not _alternatives(item, scene)]
        wanted = {value for item in left for kind, value in item if kind == "present"}
        names = tuple(n for n in open_ if wanted & {n, *scene.knowledge.ancestors[n]})
        if names and len(left) <= MOST_MISSING:
            ways.append((len(left), names))
    return ways


# -- levels ----------------------------------------------------------------------------------------------


def over_triage(scene: Scene) -> Iterator[Criterion]:
    """The other harm: the emergency department, or a visit today, without any sign for it costs money, time and trust."""
    if scene.case.alarms or not scene.understood:
        return
    if scene.script is not None and scene.script.medical.triage in ("emergency", "urgent"):
        return
    if any(n.triage == "emergency" and n.p > NEAR_P for n in near_flags(scene)):
        return
    grave = p_at_least(scene, "emergency")
    if p_at_least(scene, "urgent") < OVER_TRIAGE_P:
        yield make("over_triage", scene, -6, "accuracy", text="over_triage_today", check=Check(triage_at_least="urgent"))  # fmt: skip
    elif grave < OVER_TRIAGE_P:
        yield make("over_triage", scene, -6, "accuracy", check=Check(triage_at_least="emergency"))


def under_triage(scene: Scene) -> Iterator[Criterion]:
    """A dangerous condition is not excluded: nobody is left at home with it, and a likely one does not wait for weeks."""
    if scene.case.alarms or not scene.case.present:
        return
    grave = [c for c, p in scene.likely if c.triage in ("emergency", "urgent") and p >= NOT_EXCLUDED_P]
    if grave:
        weeks = p_at_least(scene, "urgent") >= LEAST_DANGER
        yield make("under_triage", scene, -7, "accuracy", text="under_triage_weeks" if weeks else "",
                   check=Check(triage_at_most="routine" if weeks else "self_care"),
                   conditions=listed(scene, (c.name(scene.lang) for c in grave[:3])))  # fmt: skip


def p_at_least(scene: Scene, level: str) -> float:
    """The probability of all conditions that are at least this urgent, as far as both readings grant it."""
    place = TRIAGE_LEVELS.index(level)
    there = [TRIAGE_LEVELS.index(c.triage) <= place for c in scene.knowledge.conditions]
    return float(scene.p @ np.array(there))


def true_level(scene: Scene) -> Iterator[Criterion]:
    """The script knows how soon its patient must be seen: an answer is at least as fast."""
    level = scene.script.medical.triage if scene.script else None
    if scene.graded == "answer" and level in ("emergency", "urgent", "soon"):
        yield make("true_level", scene, 8, "accuracy", check=Check(triage_at_least=level), level=wording()["levels"][level][scene.lang])  # fmt: skip


def suicide_asked(scene: Scene) -> Iterator[Criterion]:
    """Low mood: thoughts of suicide are asked for by name. NICE NG225 (2022): asking does not plant them."""
    asked = known_ids(scene, "suicide")
    low = scene.present & set(known_ids(scene, "suicide_when"))
    known = {*scene.case.findings, *scene.case.asked} & set(asked)
    if low and not known and scene.graded == "reply":
        yield make("suicide_asked", scene, 8, "completeness", theme="mental_health", check=Check(asks=tuple(asked)))  # fmt: skip
