"""A consultation up to where the doctor speaks next, heard by a careful listener: what criteria are generated from.

The listener is `respond()` with every question replaced by the one that the doctor of this dialogue put, so that a bare
'no' is heard as the answer it was. Where the script is known, what the ear misheard is left out and what the patient told
is taken from the facts disclosed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from suwen.consult.clinic import Clinic
from suwen.consult.turn import Message, open_case, respond
from suwen.core.case import Case, Finding, Lang, Question
from suwen.knowledge import DURATIONS, ConditionDef, Knowledge
from suwen.patients.hearing import Asked, hearing_of
from suwen.patients.script import Script
from suwen.reasoning.differential import Differential, Reasoner
from suwen.verify.encounter import Encounter, Exchange
from suwen.verify.rubric import Item, Said, Theme

Graded = Literal["reply", "answer"]
LEAST_LIKELY = 0.08
"""With no condition this likely it is not understood what is wrong. Source: estimate."""


@dataclass(frozen=True)
class Scene:
    """What is known when the doctor speaks next.

    case: all that was heard, with `asked` the ids that the doctor asked about. said: the dialogue. told: ids of the script's
    facts that were disclosed, of sampled encounters; empty without a script. graded: what is judged, the next reply or the
    answer after it.
    """

    case: Case
    clinic: Clinic = field(repr=False, compare=False)
    said: tuple[Said, ...]
    differential: Differential = field(repr=False, compare=False)
    script: Script | None = None
    told: frozenset[str] = frozenset()
    graded: Graded = "reply"
    theme: Theme | None = None
    worried: bool = False

    @property
    def knowledge(self) -> Knowledge:
        return self.clinic.knowledge

    @property
    def lang(self) -> Lang:
        return self.case.lang

    @property
    def last(self) -> str:
        """What the patient said since the doctor's last words."""
        lines: list[str] = []
        for line in reversed(self.said):
            if line.role == "doctor":
                break
            lines.insert(0, line.text)
        return "\n".join(lines)

    @property
    def patient_words(self) -> str:
        return "\n".join(line.text for line in self.said if line.role == "patient")

    @cached_property
    def present(self) -> frozenset[str]:
        """What was said to be there, and what it implies."""
        found = set(self.case.present)
        for name in self.case.present:
            found.update(self.knowledge.ancestors.get(name, ()))
        return frozenset(found)

    @cached_property
    def absent(self) -> frozenset[str]:
        """What was said not to be there, and all that is a kind of it."""
        found = set(self.case.absent)
        stack = list(found)
        while stack:
            below = self.knowledge.children.get(stack.pop(), ())
            stack += [name for name in below if name not in found]
            found.update(below)
        return frozenset(found) - self.present

    @cached_property
    def p(self) -> NDArray[np.float64]:
        """P(condition) that two readings grant, (D,): our doctor's, and one in which how common a condition is counts in
        full. What only one of them believes in is nothing to grade another doctor by."""
        plain = _by_prevalence(self.clinic.reasoner).differential(self.case).p
        return np.asarray(np.minimum(self.differential.p[:-1], plain[:-1]))

    @cached_property
    def likely(self) -> list[tuple[ConditionDef, float]]:
        """The twenty likeliest conditions under what was heard, by `p`."""
        order = np.argsort(-self.p, kind="stable")[:20]
        return [(self.knowledge.conditions[d], float(self.p[d])) for d in order]

    @property
    def understood(self) -> bool:
        """Whether enough was heard to think of something: a reading of nothing is no ground for criteria."""
        kinds = ("symptom", "sign", "vital", "result", "context")
        there = any(self.knowledge.finding[n].kind in kinds for n in self.case.present)
        return there and self.likely[0][1] >= LEAST_LIKELY

    def p_of(self, finding: str) -> float:
        """P(the finding is there), under what was heard."""
        table: NDArray[np.float64] = self.knowledge.p(self.knowledge.finding[finding].index)
        return float(self.differential.p @ table)

    def name(self, finding: str) -> str:
        return self.knowledge.finding[finding].name(self.lang)

    def knows_duration(self) -> bool:
        return any(name in self.case.findings for name in DURATIONS)


def scene_of(
    said: Sequence[Said], clinic: Clinic, *, lang: Lang, script: Script | None = None, told: Iterable[str] = (),
    graded: Graded = "reply", theme: Theme | None = None, asked: Sequence[tuple[str, ...] | None] = (),
) -> Scene:  # fmt: skip
    """The scene after these lines, the last the patient's. asked: by doctor line, the ids it asked about where the doctor
    tells them (Spoken.asks); the words are read otherwise. Raises InputError for what cannot be a message."""
    case = open_case(lang, clinic).case
    known: list[str] = []
    doctor_lines = worried = 0
    for line in said:
        if line.role == "doctor":
            ids = asked[doctor_lines] if doctor_lines < len(asked) else None
            doctor_lines += 1
            heard = hearing_of(clinic.ear).hear(line.text)
            names = ids if ids is not None else (*heard.findings, *heard.person)
            known += names
            case = replace(case, pending=_question(names, heard))
            continue
        case, afraid = _heard(case, line.text, clinic)
        worried = afraid
    case = replace(case, asked=tuple(dict.fromkeys(known)), lang=lang, pending=None)
    told = frozenset(told)
    if script is not None:
        case = _by_truth(case, script, told, clinic.knowledge)
    return Scene(
        case, clinic, tuple(said), clinic.reasoner.differential(case), script, told, graded, theme, bool(worried)
    )  # fmt: skip


def scene_of_item(item: Item, clinic: Clinic) -> Scene:
    """The scene in which an item is answered; its written criteria are not looked at."""
    return scene_of(item.conversation, clinic, lang=item.lang, graded=item.graded, theme=item.theme)


def scene_of_turns(
    script: Script, turns: Sequence[Exchange], clinic: Clinic, *, graded: Graded = "reply"
) -> Scene:
    """The scene after these turns of an encounter of `script`."""
    said: list[Said] = []
    asked: list[tuple[str, ...] | None] = []
    for turn in turns:
        doctor, patient = turn.said_by_doctor, turn.said_by_patient
        if doctor.words.strip():
            said.append(Said(role="doctor", text=doctor.words))
            asked.append(doctor.asks or None)
        if patient.text.strip():
            said.append(Said(role="patient", text=patient.text))
    told = {fact for turn in turns for fact in turn.said_by_patient.disclosed}
    denied = {f for turn in turns for f in turn.said_by_patient.denied}
    scene = scene_of(said, clinic, lang=script.lang, script=script, told=told, graded=graded, asked=asked)
    unsaid = {f: Finding(f, "absent", origin="answer") for f in denied if f not in scene.case.findings}
    if not unsaid:
        return scene
    case = replace(scene.case, findings=MappingProxyType({**scene.case.findings, **unsaid}))
    return replace(scene, case=case, differential=clinic.reasoner.differential(case))


def scene_of_encounter(
    encounter: Encounter, clinic: Clinic, *, turns: int, graded: Graded = "reply"
) -> Scene:
    """The scene after the first `turns` turns of an encounter."""
    return scene_of_turns(encounter.script, encounter.turns[:turns], clinic, graded=graded)


@lru_cache(maxsize=4)
def _by_prevalence(reasoner: Reasoner) -> Reasoner:
    return Reasoner(reasoner.knowledge, replace(reasoner.parameters, prior=1.0))


# -- listening -------------------------------------------------------------------------------------------


def _heard(case: Case, text: str, clinic: Clinic) -> tuple[Case, bool]:
    """The case after one message, and whether it was told with worry. The listener's own next question is dropped."""
    put = case.pending
    answered = _denied_list(case, text, clinic)
    reply = respond(replace(case, history=(), asked=(), closed=False, waited=0), Message(text), clinic)
    after = reply.case
    extra = {name: Finding(name, "absent", text, turn=len(case.texts), origin="answer") for name in answered
             if name not in after.findings}  # fmt: skip
    findings = MappingProxyType({**after.findings, **extra})
    afraid = any(d.kind == "heard" and "worry" in d.body.get("small_talk", ()) for d in reply.drafts)
    return replace(after, findings=findings, pending=put, closed=False), afraid


def _denied_list(case: Case, text: str, clinic: Clinic) -> tuple[str, ...]:
    """What a bare 'no' to a list of things denies; a bare 'yes' to a list says too little."""
    pending = case.pending
    if pending is None or len(pending.findings) < 2 or not clinic.ear.is_bare_answer(text):
        return ()
    one = Question(pending.findings[0], "yes_no", pending.findings[:1])
    heard = clinic.ear.understand(text, replace(case, pending=one)).findings
    denied = any(f.id == pending.findings[0] and f.status == "absent" for f in heard)
    return pending.findings if denied else ()


def _question(names: Sequence[str], heard: Asked) -> Question | None:
    """What the doctor's words put to the patient, as far as a listener can use it."""
    findings = tuple(n for n in heard.findings or names if n not in _PERSON)
    if "duration" in names:
        return Question("duration", "choice", DURATIONS, DURATIONS)
    if len(findings) == 1:
        return Question(findings[0], "yes_no", findings)
    if findings:
        return Question("list", "choice", findings)
    for name, kind in _PERSON.items():
        if name in names:
            return Question(name, kind)
    return None


_PERSON: dict[str, Literal["number", "choice", "free"]] = {
    "age": "number", "sex": "choice", "medicines": "free", "duration": "choice", "complaint": "free",
    "allergies": "free", "past": "free", "family": "free", "personal": "free", "pregnancy": "free",
}  # fmt: skip


def _by_truth(case: Case, script: Script, told: frozenset[str], knowledge: Knowledge) -> Case:
    """The case as the script has it: what was misheard left out, what was disclosed and not heard added."""
    own = script.of_finding
    true = {name for name, fact in own.items() if fact.status == "present"}
    true |= {above for name in true for above in knowledge.ancestors.get(name, ())}
    closed = script.origin == "sampled"  # such a script has a finding for all that is so
    kept = {}
    for name, finding in case.findings.items():
        fact = own.get(name)
        wrong = finding.status == "present" and name not in true and (fact is not None or closed)
        if not wrong or name in DURATIONS:
            kept[name] = finding
    for name in told:
        fact = script.fact.get(name)
        if fact is not None and fact.own and fact.finding in knowledge.finding and fact.finding not in kept:
            kept[fact.finding] = Finding(fact.finding, fact.status, fact.text.get(case.lang, ""))
    return replace(case, findings=MappingProxyType(kept))
