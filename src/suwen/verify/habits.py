"""Habits of a persona that can be measured: the same script with one trait changed, asked the same questions.

A trait that changes nothing in what people say is no trait; so each habit compares a person with their opposite, by words
alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from suwen.patients.script import Script
from suwen.patients.utterance import Patient, Utterance
from suwen.verify.examiner import Examiner, Question, sign, words
from suwen.verify.witness import Witness

ASKED = 8
"""Questions asked of each of a pair."""
LONG_AGO = frozenset({"past", "personal", "family", "medicine", "allergy"})
LONG_AGO_AT_LEAST = 4
"""Kinds of fact that people forget, and how many a script must have for forgetting to show."""
ANSWERS_AT_LEAST = 4
"""Fewer questions than this measure no habit."""


def habits(
    script: Script, make: Callable[[Script], Patient], examiner: Examiner, witness: Witness
) -> Iterator[tuple[str, bool]]:
    """(habit, whether it shows) for every habit that this script can show."""
    facts = [f for f in examiner.askable(script) if not f.hidden][:ASKED]
    asked = [examiner.plainly(script, f) for f in facts]
    if len(asked) >= ANSWERS_AT_LEAST:
        more = [
            *asked,
            *examiner.people(script),
            *(Question(t, open=True) for t in words()["open"][script.lang]),
        ]
        calm, eager = (
            _heard(make, _as(script, manner=m, personality="plain"), more)
            for m in ("passive", "interrupting")
        )
        terse, talkative = (
            _heard(make, _as(script, manner="passive", personality=p), more) for p in ("terse", "talkative")
        )
        yield "terse people say less than talkative ones", _length(terse) < _length(talkative)
        yield "interrupting people break in", any("interrupt" in u.moves for u in eager)
        yield "passive people do not break in", not any("interrupt" in u.moves for u in calm)
        yield "interrupting people say more than passive ones", _length(eager) > _length(calm)
    past = [f for f in examiner.askable(script) if f.kind in LONG_AGO and not f.hidden]
    recalled = [*(examiner.plainly(script, f) for f in past), *examiner.people(script)]
    if len(past) >= LONG_AGO_AT_LEAST:
        clear, forgetful = (_answers(make, _as(script, recall=r), recalled) for r in ("clear", "forgetful"))
        yield "forgetful people say so", _count("forgets", forgetful) > 0
        yield "people who remember do not", _count("forgets", clear) == 0
    cost = examiner.chance(script, "costs").choice(words()["costs"][script.lang])
    for means, objects in (("tight", True), ("enough", False)):
        found = bool(sign("objects").search(_greeted(script, make, means=means).hear(cost).text))
        yield (
            f"with {means} means people {'object' if objects else 'do not object'} to costs",
            found == objects,
        )
    yield from _schooled(script, make, examiner)
    for access, asks in (("village", True), ("city", False)):
        found = bool(sign("far").search(_greeted(script, make, access=access).hear(cost).text))
        yield (
            f"people of a {access} {'ask' if asks else 'do not ask'} about the way to the hospital",
            found == asks,
        )
    yield from _secrets(script, make, examiner, witness)


def _schooled(
    script: Script, make: Callable[[Script], Patient], examiner: Examiner
) -> Iterator[tuple[str, bool]]:
    """What little or much schooling does to people's sentences, to how exactly they tell how long, and to doctors' words."""
    social = script.social
    if social.age_years < 18 and social.speaker == "self":
        return
    facts = [f for f in examiner.askable(script) if not f.hidden][:ASKED]
    if len(facts) < ANSWERS_AT_LEAST:
        return
    how_long = next(q for q in examiner.people(script) if "timing" in q.kinds)
    asked = [
        *(examiner.plainly(script, f) for f in facts),
        *examiner.people(script),
        *(Question(t, open=True) for t in words()["open"][script.lang]),
    ]
    hard = [Question(t) for t in words()["technical"][script.lang]]
    plain = _as(script, manner="passive", personality="plain", recall="clear")
    low, high = (_living(plain, education=e) for e in ("low", "high"))
    less, more = (_answers(make, s, asked) for s in (low, high))
    yield "people with little schooling speak in shorter sentences", _sentence(less) < _sentence(more)
    if any(f.kind == "timing" and f.hours for f in script.medical.facts):
        vague = [bool(sign("vague").search(_answers(make, s, [how_long])[-1])) for s in (low, high)]
        yield "people with little schooling are vague about how long", vague[0]
        yield "people with much schooling say exactly how long", not vague[1]
    lost = [_count("asks_word", _answers(make, s, hard)) > 0 for s in (low, high)]
    yield "people with little schooling ask what a doctor's word means", lost[0]
    yield "people with much schooling know doctors' words", not lost[1]


def _sentence(answers: Sequence[str]) -> float:
    """Mean length of a sentence in characters."""
    sentences = [s for a in answers for s in _STOP.split(a) if s.strip()]
    return sum(map(len, sentences)) / max(1, len(sentences))


_STOP = re.compile(r"[。！？…]|[.!?](?:\s|$)")


def _secrets(
    script: Script, make: Callable[[Script], Patient], examiner: Examiner, witness: Witness
) -> Iterator[tuple[str, bool]]:
    """What is hidden is kept from the unkind by those who are not honest, and told to the kind."""
    hidden = [f for f in examiner.askable(script) if f.hidden]
    if not hidden or script.noise:
        return
    fact = hidden[0]
    shy = _as(script, honest=False, recall="clear")
    question = examiner.plainly(script, fact)
    for kind in (False, True):
        patient = make(shy)
        patient.open(words()["greeting"][script.lang])
        asked = examiner.asked_kindly(question, script) if kind else question
        told = fact.id in witness.hear(patient.hear(asked.text).text, asked).told
        yield (
            ("secrets are told to the kind" if kind else "secrets are kept from a bare question"),
            told == kind,
        )


def _as(script: Script, **traits: Any) -> Script:
    """The same person with other traits."""
    return script.model_copy(update={"psychology": script.psychology.model_copy(update=traits)})


def _greeted(script: Script, make: Callable[[Script], Patient], **traits: Any) -> Patient:
    """The same person living otherwise, who has said the first words."""
    patient = make(_living(script, **traits))
    patient.open(words()["greeting"][script.lang])
    return patient


def _living(script: Script, **traits: Any) -> Script:
    """The same person living otherwise."""
    return script.model_copy(update={"social": script.social.model_copy(update=traits)})


def _length(said: Sequence[Utterance]) -> int:
    return sum(len(u.text) for u in said)


def _answers(make: Callable[[Script], Patient], script: Script, asked: Sequence[Question]) -> list[str]:
    return [u.text for u in _heard(make, script, asked)]


def _heard(make: Callable[[Script], Patient], script: Script, asked: Sequence[Question]) -> list[Utterance]:
    patient = make(script)
    opening = patient.open(words()["greeting"][script.lang])
    return [opening, *(patient.hear(q.text) for q in asked)]


def _count(name: str, answers: Sequence[str]) -> int:
    return sum(bool(sign(name).search(a)) for a in answers)
