"""The rooms in which simulated patients meet our doctor: made once in a process, shared by its forks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from suwen.app.build import build_clinic
from suwen.app.chat import chat_model
from suwen.app.speaker import Speaker
from suwen.consult.clinic import BUDGET, Clinic
from suwen.consult.turn import Message, finish, open_case, respond
from suwen.patients.catalogue import Currency, load_catalogue
from suwen.patients.gatekeeper import Gatekeeper
from suwen.patients.model_patient import ModelPatient
from suwen.patients.script import Script
from suwen.patients.speak import RulePatient
from suwen.patients.utterance import Patient
from suwen.verify.baselines import OURS, asking_by
from suwen.verify.doctor import SuwenDoctor
from suwen.verify.grade import kin_of
from suwen.verify.model_doctor import ModelDoctor, namer
from suwen.verify.orders import Report, Test
from suwen.verify.play import Orders
from suwen.verify.run import Room


@cache
def warm_clinic(knowledge_folder: str | None = None) -> Clinic:
    """Our doctor, after a conversation that fills the caches which forks then share: words, medicines and their names."""
    clinic = build_clinic(Path(knowledge_folder) if knowledge_folder else None)
    reply = respond(open_case("zh", clinic).case, Message("头痛三天，在吃华法林和布洛芬 / headache"), clinic)
    finish(reply.case, clinic)
    return clinic


@cache
def rule_room(
    knowledge_folder: str | None = None, budget: int = BUDGET, speaker: Speaker | None = None, policy: str = OURS
) -> Room:  # fmt: skip
    """Our doctor with at most `budget` questions, and patients that speak by rules, or by the model of a speaker.
    policy: another choice of questions, one of verify.baselines.INQUIRIES.

    A patient without noise uses words that the doctor's ear is known to understand; one with noise any that people use.
    """
    clinic = asking_by(policy, warm_clinic(knowledge_folder), budget=budget)
    knowledge = clinic.knowledge

    model = speaker.model() if speaker else None

    def patient(script: Script) -> Patient:
        tested = script.noise == 0
        if model is None or speaker is None:
            return RulePatient(script, knowledge, clinic.ear, tested_words=tested)
        return ModelPatient(
            script, knowledge, clinic.ear, model, model_checks=speaker.checks, tested_words=tested
        )

    def gatekeeper(script: Script) -> Orders:
        currency: Currency = "CNY" if script.lang == "zh" else "USD"
        return partial(ordered, Gatekeeper(script, knowledge, table, currency=currency))

    table = load_catalogue(knowledge)
    return Room(
        knowledge, clinic.watch, kin_of(knowledge), lambda _: SuwenDoctor(clinic), patient, gatekeeper
    )


@cache
def model_room(
    address: str,
    name: str,
    knowledge_folder: str | None = None,
    budget: int = BUDGET,
    temperature: float = 0.0,
    timeout_seconds: float = 60.0,
    speaker: Speaker | None = None,
) -> Room:
    """The same patients before a language model. Its key is read from the settings of this process, never passed on."""
    model = chat_model(address, name, option="--doctor", timeout_seconds=timeout_seconds)
    room = rule_room(knowledge_folder, budget, speaker)
    named = namer(room.knowledge)

    def doctor(take: int) -> ModelDoctor:
        return ModelDoctor(model, named, budget=budget, temperature=temperature, seed=take)

    return replace(room, doctor=doctor)


def ordered(keeper: Gatekeeper, names: Sequence[str]) -> Report:
    """What came of an order; a name that no examination has stays among the tests, without a price. What was shown before,
    what the patient objects to or cannot have done, and what asks for no examination, is not among them."""
    wanted: dict[str, None] = {}
    for name in names:
        meaning = keeper.table.meant(name, keeper.complaint)
        wanted |= dict.fromkeys((*meaning.examinations, *meaning.unknown))
    found = keeper.order(list(wanted))
    new = [r for r in found.results if not r.again]
    done = [Test(r.name, r.disclosed[0] if r.disclosed else None, r.price, found.currency) for r in new]
    return Report(
        (*done, *(Test(u.name, currency=found.currency) for u in found.unknown)),
        results="\n".join(f"{r.name}: {r.text}" for r in new),
        remarks=found.remarks,
        disclosed=tuple(dict.fromkeys(fact for r in new for fact in r.disclosed)),
    )
