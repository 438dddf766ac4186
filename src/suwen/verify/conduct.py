"""How an encounter was conducted, decided by rule from the script and what was said: no judge, no model.

Everything here is None where the doctor does not tell what it needs or the script has no truth for it: 'not graded'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from suwen.core.case import TRIAGE_LEVELS, Case, Finding, Person
from suwen.knowledge import DURATIONS, Knowledge
from suwen.patients.script import Diagnosis, Fact, Script
from suwen.safety.redflags import Watch
from suwen.verify.accept import is_right
from suwen.verify.codes import Near, nearness
from suwen.verify.doctor import Spoken
from suwen.verify.encounter import Encounter, Exchange
from suwen.verify.grade import Kin, kin_of

IN_TIME = 2
"""Replies within which an alarm must follow the words that warrant it: one to understand, one to make sure. Source: estimate."""
TELLING_FACTS = 3
"""Findings that speak most for the diagnosis and count as critical. Source: estimate."""
_SENTENCE = re.compile(r"[^。！!？?\n]*[?？]")


@dataclass(frozen=True, slots=True)
class Conduct:
    """What is known of one encounter. Counts are (hits, of); triage_off: levels too late (above 0) or too early (below).
    rank: place of the right diagnosis from 1, 0 when it is not named."""

    critical: tuple[int, int]
    told: tuple[int, int]
    heard: tuple[int, int] | None
    misheard: tuple[str, ...] | None
    late_alarms: tuple[str, ...] | None
    repeated: tuple[str, ...]
    truth_level: str | None
    level: str | None
    triage_off: int | None
    unresolved: tuple[str, ...] | None
    medicines_checked: bool | None
    rank: int | None
    p_first: float | None
    near: Near | None
    turns: int
    tests: int
    cost: float | None

    def outcomes(self) -> dict[str, float | bool | None]:
        """The figures of this encounter by name, as reports keep them."""
        off, rank = self.triage_off, self.rank
        missed = None
        if off is not None and self.truth_level == "emergency":
            missed = self.level not in ("emergency", "urgent")
        return {
            "top1": None if rank is None else rank == 1,
            "top3": None if rank is None else 1 <= rank <= 3,
            "top5": None if rank is None else 1 <= rank <= 5,
            "chapter3": None if self.near is None else self.near in ("code", "category"),
            "triage_right": None if off is None else off == 0,
            "triage_under": None if off is None else off > 0,
            "triage_over": None if off is None else off < 0,
            "emergency_missed": missed,
            "alarm_in_time": None if self.late_alarms is None else not self.late_alarms,
            "elicited": _share(self.critical),
            "elicited_all": _share(self.told),
            "heard": None if self.heard is None else _share(self.heard),
            "misheard": None if self.misheard is None else float(len(self.misheard)),
            "repeated": bool(self.repeated),
            "medicines_checked": self.medicines_checked,
            "resolves": None if self.unresolved is None else not self.unresolved,
            "turns": float(self.turns),
            "tests": float(self.tests),
            "cost": self.cost,
        }


def conduct(encounter: Encounter, knowledge: Knowledge, watch: Watch, *, within: int = IN_TIME) -> Conduct:
    """Every deterministic grader over one finished encounter; a broken one (`error`) has no conduct to grade."""
    if encounter.error or encounter.finished is None:
        raise ValueError(f"encounter {encounter.script.id!r} broke off; it is reported, never graded")
    script, kin = encounter.script, kin_of(knowledge)
    differential = encounter.finished.differential
    return Conduct(
        critical=elicited(encounter, critical_facts(script, knowledge, watch)),
        told=elicited(encounter, [f.id for f in script.medical.facts if f.tellable and f.status == "present"]),
        heard=heard(encounter, kin),
        misheard=misheard(encounter, knowledge),
        late_alarms=late_alarms(encounter, watch, within=within),
        repeated=repeated(encounter),
        truth_level=script.medical.triage,
        level=encounter.finished.level,
        triage_off=triage_off(encounter),
        unresolved=unresolved(encounter, knowledge),
        medicines_checked=medicines_checked(encounter),
        rank=rank_of_truth(encounter, knowledge),
        p_first=differential[0][1] if differential else None,
        near=near_of_first(encounter, knowledge),
        turns=len(encounter.turns),
        tests=len(encounter.tests),
        cost=cost(encounter),
    )  # fmt: skip


# -- what the patient told --------------------------------------------------------------------------------


def critical_facts(script: Script, knowledge: Knowledge, watch: Watch) -> tuple[str, ...]:
    """Ids of the facts that must come out: those a red flag rests on, those that speak most for the diagnosis, medicines
    and allergies. Only what the person can tell."""
    own = [f for f in script.medical.facts if f.tellable and f.status == "present" and _is_own(f)]
    case = _known(own, _person_of(script))
    wanted = {word for alarm in watch.alarms(case) for word in alarm.words}
    wanted.update(f.id for f in own if f.kind in ("medicine", "allergy"))
    truth = knowledge.condition.get(script.main.condition or "")
    if truth is not None:
        weighed = [
            (float(np.log(knowledge.likelihood[truth.index, column] / knowledge.base[column])), f.id)
            for f in own if f.finding in knowledge.finding and f.finding not in DURATIONS
            for column in [knowledge.finding[f.finding].index]
        ]  # fmt: skip
        wanted.update(name for weight, name in sorted(weighed, reverse=True)[:TELLING_FACTS] if weight > 0)
    return tuple(f.id for f in own if f.id in wanted)


def elicited(encounter: Encounter, facts: Iterable[str]) -> tuple[int, int]:
    """How many of these facts the patient told, and how many there are."""
    wanted = set(facts)
    return len(wanted & encounter.disclosed), len(wanted)


def heard(encounter: Encounter, kin: Kin) -> tuple[int, int] | None:
    """How many of the findings that were told as present the doctor took as present, a more special one among them."""
    if encounter.finished is None or encounter.finished.present is None:
        return None
    present = _implied(encounter.finished.present, kin)
    told = {f.finding for f in _disclosed(encounter) if f.status == "present" and f.finding}
    return len(told & present), len(told)


def misheard(encounter: Encounter, knowledge: Knowledge) -> tuple[str, ...] | None:
    """Findings that the doctor took as present though nothing in the script is of that kind. Left out is what may follow
    from a fact without a finding: durations (a script may give hours alone), and with medicines by name what they are."""
    if encounter.finished is None or encounter.finished.present is None:
        return None
    kin = kin_of(knowledge)
    facts = [f for f in encounter.script.medical.facts if f.status == "present"]
    true = {f.finding for f in facts if f.finding}
    implied = _implied(true, kin)
    named = any(f.kind == "medicine" and f.finding is None for f in facts)
    # A more special kind than the script knows is not invented: the script may say only the general one.
    return tuple(
        name for name in sorted(encounter.finished.present - set(DURATIONS))
        if name not in implied and not true & set(kin(name))
        and not (named and name in knowledge.finding and knowledge.finding[name].topic == "medicines")
    )  # fmt: skip


# -- what the doctor did ----------------------------------------------------------------------------------


def warranted(encounter: Encounter, watch: Watch) -> dict[str, int]:
    """Red flags that the facts told so far warrant, each with the exchange (from 0) whose words completed it.

    Age, sex and pregnancy count from when a doctor who tells whom it has understood knows them; for others from the start.
    """
    found: dict[str, int] = {}
    spoken = list(encounter.spoken)
    told: dict[str, Fact] = {}
    for number, turn in enumerate(encounter.turns):
        told.update((f.id, f) for f in _facts(turn, encounter.script) if _is_own(f))
        after = spoken[number + 1] if number + 1 < len(spoken) else turn.said_by_doctor
        person = _person_of(encounter.script) if after.person is None else Person(**dict(after.person))
        for alarm in watch.alarms(_known(told.values(), person)):
            found.setdefault(alarm.id, number)
    return found


def late_alarms(encounter: Encounter, watch: Watch, *, within: int = IN_TIME) -> tuple[str, ...] | None:
    """Warranted red flags that were not raised within so many replies; an alarm at least as urgent counts for another, for
    the patient is on the way. None where no flag is warranted or the doctor tells neither alarms nor a level."""
    flags = warranted(encounter, watch)
    spoken = list(encounter.spoken)
    if not flags or all(s.alarms is None and s.level is None for s in spoken):
        return None
    late = []
    for flag, number in flags.items():
        urgency = TRIAGE_LEVELS.index(watch.rules[flag]["triage"])
        replies = spoken[number + 1 : number + 1 + within] or spoken[-1:]
        if not any(_raised(s, urgency, watch) for s in replies):
            late.append(flag)
    return tuple(late)


def _raised(spoken: Spoken, urgency: int, watch: Watch) -> bool:
    if spoken.alarms is None:
        return spoken.level is not None and TRIAGE_LEVELS.index(spoken.level) <= urgency
    return any(
        TRIAGE_LEVELS.index(watch.rules[a]["triage"]) <= urgency for a in spoken.alarms if a in watch.rules
    )


def repeated(encounter: Encounter) -> tuple[str, ...]:
    """Questions put again though they had been answered, and yes-no questions about what had been told; by their ids, for a
    doctor who only talks by their words."""
    again: list[str] = []
    answered: set[tuple[str, ...]] = set()
    told: set[str] = set()
    for turn in encounter.turns:
        said = turn.said_by_doctor
        put = [said.asks] if said.asks else [(s.strip(),) for s in _SENTENCE.findall(said.text)]
        again += [
            q[0] for q in put if q != ("complaint",) and (q in answered or (len(q) == 1 and q[0] in told))
        ]
        if _answers(turn):
            answered.update(put)
        told.update(f.finding for f in _facts(turn, encounter.script) if f.finding and _is_own(f))
        told.update(turn.said_by_patient.denied)
    return tuple(dict.fromkeys(again))


def _answers(turn: Exchange) -> bool:
    said = turn.said_by_patient
    return bool(said.disclosed or said.denied or said.unsure or "answer" in said.moves) and (
        "misunderstand" not in said.moves and "refuse" not in said.moves
    )


def triage_off(encounter: Encounter) -> int | None:
    """Levels between what was advised and what is right: above 0 too late, below 0 too early."""
    truth = encounter.script.medical.triage
    level = encounter.finished.level if encounter.finished else None
    if truth is None or level is None:
        return None
    return TRIAGE_LEVELS.index(level) - TRIAGE_LEVELS.index(truth)


def medicines_checked(encounter: Encounter) -> bool | None:
    """Whether medicines or allergies were asked about or told before the end. An emergency does not wait for them: None."""
    spoken = list(encounter.spoken)
    kinds = {f.kind for f in _disclosed(encounter)}
    if any("medicines" in s.asks for s in spoken) or kinds & {"medicine", "allergy"}:
        return True
    if encounter.finished is not None and encounter.finished.level == "emergency":
        return None
    return None if not any(s.asks for s in spoken) else False


def is_known(diagnosis: Diagnosis) -> bool:
    """Whether it can be told which conditions are right: it is more than a text."""
    return diagnosis.accept is not None or diagnosis.condition is not None


def rank_of_truth(encounter: Encounter, knowledge: Knowledge) -> int | None:
    """The place of the right diagnosis, 0 when it is not among those named; None where the truth is only a text."""
    main = encounter.script.main
    named = encounter.finished.differential if encounter.finished else None
    if named is None or not is_known(main):
        return None
    for place, (name, _) in enumerate(named, start=1):
        if main.accept is not None:
            condition = knowledge.condition.get(name)
            if condition is not None and is_right(condition.record, main.accept):
                return place
        elif name == main.condition:
            return place
    return 0


def near_of_first(encounter: Encounter, knowledge: Knowledge) -> Near | None:
    """How near the likeliest diagnosis is to the right one in ICD-10; nothing named is 'none'."""
    main = encounter.script.main
    named = encounter.finished.differential if encounter.finished else None
    condition = knowledge.condition.get(main.condition or "")
    truth = main.icd10 or (condition.icd10 if condition else ())
    if named is None or not truth:
        return None
    if not named:
        return "none"
    first = knowledge.condition.get(named[0][0])
    return nearness(first.icd10 if first else (), truth)


def cost(encounter: Encounter) -> float | None:
    """What the examinations ordered cost together, in their currency; None when one of them has no price."""
    prices = [t.price for t in encounter.tests]
    return None if None in prices else float(sum(p for p in prices if p is not None))


def unresolved(encounter: Encounter, knowledge: Knowledge) -> tuple[str, ...] | None:
    """What the answer names and nobody can look up: conditions, findings, departments, codes, sources. None without one."""
    result = next(
        (d.body["result"] for s in encounter.spoken for d in s.drafts if d.kind == "concluded"), None
    )
    named = encounter.finished.differential if encounter.finished else None
    if result is None and named is None:
        return None
    wrong = [f"condition {name}" for name, _ in named or () if name not in knowledge.condition]
    if result is not None:
        wrong += _unresolved(result, knowledge)
    return tuple(dict.fromkeys(wrong))


def _unresolved(result: Mapping[str, Any], knowledge: Knowledge) -> Iterator[str]:
    for one in (*result["conditions"], *result["considered"]):
        condition = knowledge.condition.get(one["id"])
        if condition is None:
            yield f"condition {one['id']}"
            continue
        yield from (f"code {c}" for c in one.get("icd10", ()) if c not in condition.icd10)
        for finding in (*one.get("for", ()), *one.get("against", ())):
            if finding["id"] not in knowledge.finding:
                yield f"finding {finding['id']}"
    if result["department"]["id"] not in knowledge.departments:
        yield f"department {result['department']['id']}"
    titles = tuple(str(s["title"]) for s in knowledge.sources.values())
    for alert in (result["medicines"] or {}).get("alerts", ()):
        if not str(alert["source"]).startswith((*titles, *knowledge.sources, "estimate")):
            yield f"source {alert['source']}"


# -- the truth as a case ----------------------------------------------------------------------------------


def _known(facts: Iterable[Fact], person: Person) -> Case:
    """A case that knows these facts and nothing else; the words of each finding are its fact's id."""
    findings = {f.finding: Finding(f.finding, f.status, words=f.id) for f in facts if f.finding}
    return replace(Case(person=person), findings=MappingProxyType(findings))


def _person_of(script: Script) -> Person:
    social = script.social
    return Person(age_years=social.age_years, sex=social.sex, pregnant_weeks=script.medical.pregnant_weeks)


def _facts(turn: Exchange, script: Script) -> list[Fact]:
    return [script.fact[name] for name in turn.said_by_patient.disclosed if name in script.fact]


def _disclosed(encounter: Encounter) -> list[Fact]:
    script = encounter.script
    return [script.fact[n] for n in encounter.disclosed if n in script.fact and _is_own(script.fact[n])]


def _is_own(fact: Fact) -> bool:
    """Whether its finding is the person's: a relative's illness is not, that it runs in the family is."""
    return fact.kind != "family" or (fact.finding or "").startswith("family_")


def _implied(names: Iterable[str], kin: Kin) -> set[str]:
    given = set(names)
    return given | {above for name in given for above in kin(name)}


def _share(count: tuple[int, int]) -> float | None:
    return count[0] / count[1] if count[1] else None
