"""What is critical for a complaint is asked before anything else, once, and only of those it concerns."""

from __future__ import annotations

import pytest

from suwen.consult.clinic import Clinic
from suwen.consult.turn import Message, open_case, respond
from suwen.core.case import Case
from suwen.knowledge import Knowledge
from suwen.safety.critical import MOST_CRITICAL, _all, critical_of


def test_every_critical_question_can_be_asked(knowledge: Knowledge) -> None:
    assert critical_of(knowledge) == _all()
    for critical in _all():
        asked = knowledge.finding[critical.ask]
        assert asked.askable, critical
        assert critical.source, critical
        assert critical.ask not in critical.when
        # What hangs on another finding can be asked only once that one is there.
        assert asked.parent is None or asked.parent in critical.when, critical


def first(clinic: Clinic, words: str) -> Case:
    return respond(open_case("zh", clinic).case, Message(words), clinic).case


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        ("最近一直情绪低落，没意思", "suicidal_thoughts"),
        ("腰疼三天", "urinary_retention"),
        ("我头疼", "headache_sudden_severe"),
        ("25岁女，肚子疼半天", "missed_period"),
        ("宝宝两岁，发烧一天", "drowsy"),
        ("70岁男，摔了一跤磕到头", "loss_of_consciousness"),
    ],
)
def test_the_first_question_is_the_critical_one(clinic: Clinic, words: str, finding: str) -> None:
    case = first(clinic, words)
    assert case.pending is not None
    assert case.pending.id == finding


@pytest.mark.parametrize("words", ["25岁男，肚子疼半天", "70岁女，肚子疼半天"])
def test_it_concerns_only_whom_it_can(clinic: Clinic, words: str) -> None:
    assert first(clinic, words).pending is not None
    assert first(clinic, words).pending.id != "missed_period"  # type: ignore[union-attr]


def test_many_complaints_do_not_make_a_list(clinic: Clinic) -> None:
    reply = respond(
        open_case("zh", clinic).case, Message("头疼、腰疼、头晕、咳嗽、心慌、耳朵疼、嗓子疼"), clinic
    )
    asks = {c.ask for c in clinic.watch.critical}
    for _ in range(MOST_CRITICAL):
        assert reply.case.pending is not None
        assert reply.case.pending.id in asks
        reply = respond(reply.case, Message("没有", "absent"), clinic)
    assert reply.case.pending is not None
    assert reply.case.pending.id not in asks
