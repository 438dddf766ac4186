"""An encounter goes on until somebody ends it, and whoever fails is data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actors import Listener, Reciter, script_of

from suwen.core.errors import ModelError
from suwen.patients.utterance import Utterance
from suwen.verify.doctor import Spoken
from suwen.verify.orders import Report, Test
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


class Laboratory:
    """Who does the first two tests of an order, each only once."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def __call__(self, names: Sequence[str]) -> Report:
        new = [n for n in names if n not in self.done][:2]
        self.done += new
        tests = tuple(Test(n, price=20.0) for n in new)
        return Report(tests, results="\n".join(f"{n}：正常" for n in new), disclosed=tuple(new))


def test_the_answer_is_given_again_with_the_results_of_what_it_ordered_twice_at_most() -> None:
    doctor = Listener(asks=1)
    done = play(script_of(), doctor, Reciter([COMPLAINT]), gatekeeper=Laboratory())
    assert doctor.read_of == ["血常规：正常\n头颅CT：正常", "心电图：正常\n尿常规：正常"]
    assert [t.name for t in done.tests] == ["血常规", "头颅CT", "心电图", "尿常规"]
    assert done.finished is not done.reviewed
    assert len(done.turns) == 2  # the patient said nothing more


def test_where_no_results_come_the_first_answer_stands() -> None:
    def nothing_done(names: Sequence[str]) -> Report:
        return Report(tuple(Test(n) for n in names), remarks="不认识的检查")

    doctor = Listener(asks=1)
    done = play(script_of(), doctor, Reciter([COMPLAINT]), gatekeeper=nothing_done)
    assert not doctor.read_of
    assert done.reviewed is done.finished
    assert len(done.tests) == 4


def test_an_order_during_the_visit_is_answered_with_its_results_and_not_by_the_patient() -> None:
    class Orderer(Listener):
        def hear(self, text: str) -> Spoken:
            said = super().hear(text)
            return Spoken("", orders=("血常规",)) if len(self.heard) == 1 else replace(said, orders=())

        def read(self, report: Report) -> Spoken:
            self.read_of.append(report.results)
            return Spoken("还有别的吗？")

    doctor, patient = Orderer(asks=2), Reciter([COMPLAINT, Utterance("没有")])
    done = play(script_of(), doctor, patient, gatekeeper=Laboratory())
    assert doctor.read_of == ["血常规：正常"]
    assert [t.said_by_patient.text for t in done.turns][:3] == ["我头痛", "血常规：正常", "没有"]
    assert done.turns[1].tests[0].name == "血常规"
    assert not done.error


def test_time_is_only_taken_from_a_clock_that_is_given() -> None:
    ticks = iter([10.0, 12.5])
    assert play(script_of(), Listener(), Reciter([COMPLAINT]), clock=lambda: next(ticks)).seconds == 2.5
    assert play(script_of(), Listener(), Reciter([COMPLAINT])).seconds == 0.0
