"""The rooms in which simulated patients meet our doctor: made once in a process, shared by its forks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from suwen.app.build import build_clinic
from suwen.consult.clinic import BUDGET
from suwen.consult.turn import Message, finish, open_case, respond
from suwen.patients.script import Script
from suwen.patients.speak import RulePatient
from suwen.verify.doctor import SuwenDoctor
from suwen.verify.grade import kin_of
from suwen.verify.run import Room


@cache
def rule_room(knowledge_folder: str | None = None, budget: int = BUDGET) -> Room:
    """Our doctor with at most `budget` questions, and patients that speak by rules.

    A patient without noise uses words that the doctor's ear is known to understand; one with noise any that people use.
    """
    clinic = build_clinic(Path(knowledge_folder) if knowledge_folder else None, budget=budget)
    knowledge = clinic.knowledge
    # A conversation that fills the caches which forks then share: words, medicines and their names.
    reply = respond(open_case("zh", clinic).case, Message("头痛三天，在吃华法林和布洛芬 / headache"), clinic)
    finish(reply.case, clinic)

    def patient(script: Script) -> RulePatient:
        return RulePatient(script, knowledge, clinic.ear, tested_words=script.noise == 0)

    return Room(knowledge, clinic.watch, kin_of(knowledge), lambda: SuwenDoctor(clinic), patient)
