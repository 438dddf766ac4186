"""The doctor under test: anything that answers words with words. Ours tells besides what it thinks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from suwen.consult.ask import options_of
from suwen.consult.clinic import Clinic
from suwen.consult.turn import MAX_CHARACTERS, Message, Reply, finish, open_case, respond
from suwen.consult.view import alarm_view
from suwen.core.case import Case
from suwen.core.events import Draft
from suwen.verify.orders import Report

UNKNOWN = ""
"""Instead of a condition in a differential: a name was given that the knowledge does not have."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn of a doctor.

    text: the words that reached the patient. answer: the words of the answer, once it was given. asks: what the question
    in it is about, as ids of findings or `age`, `sex`, `duration`, `medicines`, `complaint`. orders: names of examinations,
    most wanted first. The rest is what the doctor thinks after the turn; a doctor that only talks leaves it None, and what
    needs it is not graded.
    """

    text: str
    answer: str = ""
    asks: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    level: str | None = None
    alarms: tuple[str, ...] | None = None
    present: frozenset[str] | None = None
    absent: frozenset[str] | None = None
    person: Mapping[str, Any] | None = None
    differential: tuple[tuple[str, float], ...] | None = None
    """(condition, probability), likeliest first; the probability is nan where none was told."""
    medicine_alerts: tuple[str, ...] | None = None
    """Severities of the alerts given."""
    ended: bool = False
    drafts: tuple[Draft, ...] = field(default=(), repr=False)
    """The events of this turn, as the log keeps them."""

    @property
    def words(self) -> str:
        return f"{self.text}\n{self.answer}" if self.answer else self.text


class Doctor(Protocol):
    """A doctor in one consultation."""

    def open(self, lang: str) -> Spoken:
        """The greeting; a new consultation begins and the former one is forgotten."""
        ...

    def hear(self, text: str) -> Spoken:
        """The next turn, after the patient said `text`."""
        ...

    def conclude(self) -> Spoken:
        """The answer now, whatever is still open."""
        ...

    def read(self, report: Report) -> Spoken:
        """The next words, with the results of what the last ones ordered; after an answer, the answer that they make."""
        ...


class SuwenDoctor:
    """Our doctor through the same function as every other door."""

    def __init__(self, clinic: Clinic, *, shown: int = 20) -> None:
        self.clinic = clinic
        self.shown = shown
        self._case = Case()

    def open(self, lang: str) -> Spoken:
        return self._spoken(open_case(lang, self.clinic))

    def hear(self, text: str) -> Spoken:
        return self._hear(self._case, text)

    def _hear(self, case: Case, text: str) -> Spoken:
        return self._spoken(respond(case, Message(text), self.clinic))

    def conclude(self) -> Spoken:
        return self._spoken(finish(self._case, self.clinic))

    def read(self, report: Report) -> Spoken:
        """The answer with the results, heard as words; what was not done and why is not, for it names what is not there."""
        # Results come back after the answer: the same consultation goes on.
        said = self._hear(replace(self._case, closed=False), report.results[:MAX_CHARACTERS])
        return said if said.ended else self.conclude()

    def _spoken(self, reply: Reply) -> Spoken:
        case = self._case = reply.case
        clinic = self.clinic
        differential = clinic.reasoner.differential(case)
        names = clinic.knowledge.conditions
        level = clinic.triager.level_of(case, differential) if case.present or case.alarms else "soon"
        steps = [step for a in reply.alarms for step in alarm_view(a, clinic, case.lang)["do"]]
        spoken = Spoken(
            text="\n".join([reply.text, *_places(case, clinic), *steps]),
            asks=_asked(case),
            level=level,
            alarms=tuple(a.id for a in case.alarms),
            present=case.present,
            absent=case.absent,
            person={k: getattr(case.person, k) for k in ("age_years", "sex", "pregnant_weeks")},
            differential=tuple((names[d].id, p) for d, p in differential.ranked(self.shown)),
            medicine_alerts=(),
            ended=case.closed,
            drafts=reply.drafts,
        )
        if reply.result is None:
            return spoken
        found = reply.result["medicines"] or {}
        return replace(
            spoken,
            answer=answer_text(reply.result),
            orders=tuple(e["name"] for e in reply.result["examinations"]),
            level=reply.result["triage"]["level"],
            medicine_alerts=tuple(a["severity"] for a in found.get("alerts", ())),
        )


DoctorMaker = Callable[[], Doctor]

_UNSAID = {
    "id",
    "p",
    "other_p",
    "icd10",
    "words",
    "level",
    "verdict",
    "severity",
    "source",
    "knowledge_version",
    "kind",
}


def answer_text(result: Mapping[str, Any]) -> str:
    """The words of an answer in the order in which the page shows them, a line each."""
    return "\n".join(_lines({k: v for k, v in result.items() if k != "rare"}))


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _UNSAID:
                yield from _lines(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _lines(inner)


def _places(case: Case, clinic: Clinic) -> tuple[str, ...]:
    """The places to choose from, which the page shows as buttons below the question."""
    question = case.pending
    if question is None or not question.id.startswith("where:"):
        return ()
    labels = [option["label"] for option in options_of(question, clinic.knowledge, case.lang)]
    return (("（" + "、".join(labels) + "）") if case.lang == "zh" else f"({', '.join(labels)})",)


def _asked(case: Case) -> tuple[str, ...]:
    question = case.pending
    if question is None:
        return ()
    own = question.id.split(":")[-1]
    return tuple(dict.fromkeys((own, *question.findings)))
