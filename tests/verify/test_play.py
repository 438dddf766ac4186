"""An encounter goes on until somebody ends it, and whoever fails is data."""

from __future__ import annotations

from collections.abc import Sequence

from actors import Listener, Reciter, script_of

from suwen.core.errors import ModelError
from suwen.patients.utterance import Utterance
from suwen.verify.orders import Test
from suwen.verify.play import play

COMPLAINT = Utterance("我头痛", ("headache",), moves=("greet", "volunteer"))


def test_it_goes_on_until_the_doctor_answers() -> None:
    doctor, patient = Listener(asks=2), Reciter([COMPLAINT, Utterance("恶心", ("nausea",))])
    done = play(script_of(), doctor, patient)
    assert patient.heard == ["您好", "问题1？", "问题2？"]
    assert doctor.heard == ["我头痛", "恶心", "嗯"]
    assert [t.said_by_patient.text for t in done.turns] == ["我头痛", "恶心", "嗯"]
    assert done.finished is not None
    assert done.finished.answer == "可能是偏头痛。"
    assert done.disclosed == {"headache", "nausea"}
    assert not doctor.concluded
    assert not done.error


def test_a_patient_who_leaves_is_heard_to_the_end_and_gets_an_answer() -> None:
    doctor = Listener(asks=9)
    done = play(script_of(), doctor, Reciter([COMPLAINT, Utterance("我胸痛，走了", ended=True)]))
    assert doctor.heard[-1] == "我胸痛，走了"
    assert doctor.concluded
    assert done.finished is not None
    assert len(done.turns) == 2


def test_a_patient_who_leaves_without_a_word_gets_an_answer() -> None:
    doctor = Listener(asks=9)
    done = play(script_of(), doctor, Reciter([COMPLAINT, Utterance("", ended=True)]))
    assert doctor.heard == ["我头痛"]
    assert done.finished is not None


def test_a_doctor_who_never_ends_is_made_to_conclude() -> None:
    doctor = Listener(asks=99)
    done = play(script_of(), doctor, Reciter([COMPLAINT]), most_turns=5)
    assert len(done.turns) == 5
    assert doctor.concluded
    assert done.finished is not None


def test_a_doctor_who_fails_is_named_and_what_was_said_is_kept() -> None:
    done = play(script_of(), Listener(asks=9, fails_at=1), Reciter([COMPLAINT]))
    assert done.error == "doctor: InputError: too long"
    assert done.finished is None
    assert len(done.turns) == 2


def test_a_patient_who_fails_is_named() -> None:
    class Broken(Reciter):
        def hear(self, said: str) -> Utterance:
            raise ModelError("no answer within 30 seconds")

    assert (
        play(script_of(), Listener(), Broken([])).error == "patient: ModelError: no answer within 30 seconds"
    )


def test_at_most_three_of_the_examinations_named_are_ordered() -> None:
    def gatekeeper(names: Sequence[str]) -> list[Test]:
        return [Test(name, price=20.0) for name in names]

    done = play(script_of(), Listener(), Reciter([COMPLAINT]), gatekeeper=gatekeeper)
    assert [t.name for t in done.tests] == ["血常规", "头颅CT", "心电图"]


def test_time_is_only_taken_from_a_clock_that_is_given() -> None:
    ticks = iter([10.0, 12.5])
    assert play(script_of(), Listener(), Reciter([COMPLAINT]), clock=lambda: next(ticks)).seconds == 2.5
    assert play(script_of(), Listener(), Reciter([COMPLAINT])).seconds == 0.0
