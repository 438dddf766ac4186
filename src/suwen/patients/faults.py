"""What in a script contradicts the knowledge or itself: a patient who cannot be, measured as one, proves nothing.

The rules are the knowledge's (what hangs on what, whom it befalls, what a number means) and those of people.yaml (what
excludes what, which weeks a stage of pregnancy has); no finding is named here but `pregnant`.

What is made up has to be free of them. A record of what happened may not be. What its person tells may differ from what was
measured: a fever at home, 36.8 ℃ here. Elsewhere one fact gives way on import and keeps its words alone (`settled`): nothing that
was written is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from pydantic import ValidationError

from suwen.core.errors import ScriptError
from suwen.knowledge import AGE_BAND_ENDS, DURATIONS, Knowledge
from suwen.language.lengths import duration_finding
from suwen.language.quantities import interpret
from suwen.patients.facts import people
from suwen.patients.measured import laboratory_rule, opposites, vital_of
from suwen.patients.script import Fact, Origin, Script

PREGNANT = "pregnant"
RECORDS: frozenset[Origin] = frozenset({"case", "encounter"})
"""Origins of what happened: what is told there and what is measured are of different hours."""


class Fault(NamedTuple):
    """why: what is wrong, and what to do. gives_way: the id of the fact that keeps only its words in a record."""

    why: str
    gives_way: str = ""


def faults(script: Script, knowledge: Knowledge) -> list[str]:
    """What in a script contradicts the knowledge or itself, one line each; empty when it holds together."""
    return [f"{script.id}: {fault.why}" for fault in _faults(script, knowledge)]


def settled(script: Script, knowledge: Knowledge) -> Script:
    """The script of a record without contradictions: of two facts the later one keeps its words and loses its finding, a
    number keeps them beside what it denies, and a diagnosis that this person cannot have keeps its text."""
    diagnoses = [
        d if d.condition is None or befalls(d.condition, script.social.age_years, script.social.sex, knowledge)
        else d.model_copy(update={"condition": None, "text": d.text or knowledge.condition[d.condition].name(script.lang)})
        for d in script.medical.diagnoses
    ]  # fmt: skip
    facts = {fact.id: fact for fact in script.medical.facts}
    while True:  # every round takes a finding or a number from one fact
        medical = script.medical.model_copy(
            update={"facts": tuple(facts.values()), "diagnoses": tuple(diagnoses)}
        )
        # Made anew: a copy would keep what the former facts were looked up by.
        script = Script(
            **{name: getattr(script, name) for name in Script.model_fields} | {"medical": medical}
        )
        name = next((f.gives_way for f in _faults(script, knowledge) if f.gives_way), None)
        if name is None:
            return script
        facts[name] = _in_words(facts[name], script, knowledge)


def befalls(condition: str, age_years: float, sex: str, knowledge: Knowledge) -> bool:
    """Whether somebody of this age and sex can have a condition of the knowledge, in some season."""
    band = int(np.searchsorted(AGE_BAND_ENDS, age_years, side="right"))
    return bool(knowledge.prior[knowledge.condition[condition].index, band, int(sex == "female")].any())


def _in_words(fact: Fact, script: Script, knowledge: Knowledge) -> Fact:
    """The fact as words, which no rule reads."""
    words = dict(fact.text)
    if not words and fact.finding in knowledge.finding:
        words = {script.lang: knowledge.finding[fact.finding].name(script.lang)}
    if fact.value is not None:
        words = {lang: f"{text} {_number(fact)}" for lang, text in words.items()}
    return fact.model_copy(update={"finding": None, "text": words, "value": None, "unit": None})


def _faults(script: Script, knowledge: Knowledge) -> Iterator[Fault]:
    for rule in RULES:
        yield from rule(script, knowledge)


def implied(script: Script, knowledge: Knowledge) -> set[str]:
    """The findings that are so: those present, what they are special cases of, and a pregnancy with weeks."""
    weeks = script.medical.pregnant_weeks
    return _so(script.medical.facts, knowledge) | ({PREGNANT} if weeks is not None else set())


def _so(facts: Iterable[Fact], knowledge: Knowledge) -> set[str]:
    own = {f.finding for f in facts if f.finding and f.own and f.status == "present"}
    return {name for one in own for name in (one, *knowledge.ancestors.get(one, ()))}


def _of_findings(script: Script, knowledge: Knowledge) -> Iterator[Fault]:
    """Findings that there are not, that this person cannot have, or that are denied though they follow."""
    so = implied(script, knowledge)
    social = script.social
    for fact in script.medical.facts:
        if fact.finding is None:
            continue
        definition = knowledge.finding.get(fact.finding)
        where = f"fact {fact.id!r}: "
        if definition is None:
            yield Fault(f"{where}no finding {fact.finding!r} in the knowledge; correct the id or give a text")
        elif not fact.own:
            continue
        elif fact.status == "present" and not definition.allows(social.age_years, social.sex):
            yield Fault(f"{where}{fact.finding!r} is not possible at this age and sex", fact.id)
        elif fact.status == "absent" and fact.finding in so:
            weeks = fact.finding == PREGNANT and script.medical.pregnant_weeks is not None
            why = (
                f"{script.medical.pregnant_weeks:g} weeks of pregnancy are given"
                if weeks
                else "a more special finding is present"
            )
            yield Fault(f"{where}{fact.finding!r} is absent though {why}; keep one", fact.id)


def _exclusive(script: Script, knowledge: Knowledge) -> Iterator[Fault]:
    """Findings of which only one can be so."""
    so = implied(script, knowledge)
    own = [
        f for f in script.medical.facts if f.own and f.status == "present" and f.finding in knowledge.finding
    ]
    for group in dict.fromkeys(_groups(knowledge)):
        there = [name for name in group if name in so]
        if len(there) > 1:
            by = [f.id for f in own if {*there} & {f.finding, *knowledge.ancestors[str(f.finding)]}]
            yield Fault(f"{' and '.join(there)} exclude each other; keep one", by[-1] if by else "")


def _groups(knowledge: Knowledge) -> Iterator[tuple[str, ...]]:
    """Findings of which only one can be so, every pair of opposites once."""
    yield DURATIONS
    lines = [tuple(line) for line in people()["exclusive"]]
    yield from lines
    yield from (pair for pair in opposites(knowledge) if pair[::-1] not in lines)


def _stages(script: Script, knowledge: Knowledge) -> Iterator[Fault]:
    """Stages of pregnancy that the weeks are not of, or are of though they are denied."""
    weeks = script.medical.pregnant_weeks
    if weeks is None:
        return
    for name, (low, high) in people()["stages"].items():
        fact = script.of_finding.get(name)
        if fact and (fact.status == "present") != (low <= weeks < high):
            yield Fault(
                f"fact {fact.id!r}: {name!r} is {fact.status} at {weeks:g} weeks of pregnancy; change one",
                fact.id,
            )


def _durations(script: Script, knowledge: Knowledge) -> Iterator[Fault]:
    """Durations in hours that belong to another band."""
    for fact in script.medical.facts:
        if fact.finding in DURATIONS and fact.own and fact.status == "present" and fact.hours is not None:
            band = duration_finding(fact.hours)
            if band != fact.finding:
                why = f"fact {fact.id!r}: {fact.hours:g} hours are {band!r}, not {fact.finding!r}; change one"
                yield Fault(why, fact.id)


def _measurements(script: Script, knowledge: Knowledge) -> Iterator[Fault]:
    """Numbers that say something else than the findings do. Of several numbers that bear on a finding one is enough for it."""
    compared = [f for f in script.medical.facts if not (f.tellable and script.origin in RECORDS)]
    so, age = _so(compared, knowledge), script.social.age_years
    absent = {f.finding for f in compared if f.own and f.status == "absent"}
    meant: dict[str, list[tuple[bool, Fact]]] = {}
    for fact in script.medical.facts:
        name = vital_of(fact, knowledge)
        if name is not None and fact.value is not None:
            for finding, met in interpret(name, fact.value, knowledge.vitals, age):
                meant.setdefault(finding, []).append((met, fact))
    for finding, said in meant.items():
        means = [fact for met, fact in said if met]
        number = means[0] if means else said[0][1]
        if means and finding in absent:
            why = f"means {finding!r}, which is absent"
        elif not means and finding in so:
            why = f"is no {finding!r}, which is present"
        else:
            continue
        yield Fault(f"fact {number.id!r}: {_number(number)} {why}; change one", number.id)
    for fact in script.medical.facts:
        if laboratory_rule(fact, knowledge, age, script.social.sex) is False:
            meaning = f"{fact.finding!r} {fact.status}"
            yield Fault(f"fact {fact.id!r}: {_number(fact)} does not mean {meaning}; change one", fact.id)


def _number(fact: Fact) -> str:
    return f"{fact.value:g} {fact.unit or ''}".rstrip()


def _diagnoses(script: Script, knowledge: Knowledge) -> Iterator[Fault]:
    """Conditions that there are not, or that befall nobody of this age and sex."""
    for diagnosis in script.medical.diagnoses:
        if diagnosis.condition is None:
            continue
        if diagnosis.condition not in knowledge.condition:
            yield Fault(f"no condition {diagnosis.condition!r} in the knowledge; give a text instead")
        elif not befalls(diagnosis.condition, script.social.age_years, script.social.sex, knowledge):
            yield Fault(
                f"diagnosis {diagnosis.condition!r} befalls nobody of this age and sex; change one, or give a text instead"
            )


def _words(script: Script, knowledge: Knowledge) -> Iterator[Fault]:
    """The same words of a person, where no finding stands for them, said to be so and not to be so."""
    said: dict[tuple[str, str, str], Fact] = {}
    for fact in script.medical.facts:
        if fact.finding is not None or not fact.tellable:
            continue
        for lang, text in fact.text.items():
            key = (fact.kind, lang, " ".join(text.casefold().split()))
            first = said.setdefault(key, fact)
            if key[2] and first.status != fact.status:
                yield Fault(
                    f"facts {first.id!r} and {fact.id!r}: {fact.kind} {text!r} is both present and absent; keep one"
                )


RULES = (_of_findings, _exclusive, _stages, _durations, _measurements, _diagnoses, _words)


def read_scripts(lines: Iterable[str], knowledge: Knowledge | None = None) -> Iterator[Script]:
    """Scripts of a JSONL file. Raises ScriptError naming line, script, fault and remedy; nothing after it is read."""
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            script = Script.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(p) for p in first["loc"])
            raise ScriptError(
                f"line {number}: {place}: {first['msg']}".replace("Value error, ", "")
            ) from None
        except ValueError as error:
            raise ScriptError(f"line {number}: not valid JSON ({error}); give one script a line") from None
        if script.id in seen:
            raise ScriptError(f"line {number}: {stands_already(script.id, seen[script.id])}")
        seen[script.id] = number
        wrong = faults(script, knowledge) if knowledge else []
        if wrong:
            raise ScriptError(f"line {number}: {wrong[0]}")
        yield script


def stands_already(name: str, line: int) -> str:
    return f"id {name!r} stands in line {line} already; give each script its own"
