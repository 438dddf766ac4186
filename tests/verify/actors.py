"""A patient and doctors made for tests: they say what they are told to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from suwen.core.errors import InputError
from suwen.core.events import Draft
from suwen.knowledge import load
from suwen.patients.script import Script
from suwen.patients.utterance import Utterance
from suwen.safety.redflags import Watch
from suwen.verify.doctor import Spoken
from suwen.verify.grade import kin_of
from suwen.verify.orders import Report
from suwen.verify.run import Room, Visit, visits_of


def script_of(
    id_: str = "one", *, condition: str = "migraine", triage: str = "routine", **social: Any
) -> Script:
    return Script.model_validate(
        {
            "id": id_,
            "origin": "sampled",
            "source": "test",
            "medical": {
                "facts": [
                    {"id": "headache", "kind": "complaint", "finding": "headache", "text": {"zh": "头痛"}, "volunteered": 1.0},
                    {"id": "nausea", "kind": "symptom", "finding": "nausea", "text": {"zh": "恶心"}},
                    {"id": "fever", "kind": "symptom", "finding": "fever", "status": "absent"},
                ],
                "diagnoses": [{"condition": condition}],
                "triage": triage,
            },
            "social": {"age_years": 30, "sex": "female", **social},
        }
    )  # fmt: skip


@dataclass
class Reciter:
    """A patient who says these lines one after the other, then nothing more."""

    lines: Sequence[Utterance]
    heard: list[str] = field(default_factory=list)

    def open(self, greeting: str) -> Utterance:
        return self.hear(greeting)

    def hear(self, said: str) -> Utterance:
        self.heard.append(said)
        place = len(self.heard) - 1
        return self.lines[place] if place < len(self.lines) else Utterance("嗯", moves=("answer",))


@dataclass
class Listener:
    """A doctor who asks `asks` times and then answers; `fails_at` is the turn at which it raises."""

    asks: int = 2
    fails_at: int = -1
    answer: str = "可能是偏头痛。"
    wants: Sequence[str] = ("血常规", "头颅CT", "心电图", "尿常规")
    heard: list[str] = field(default_factory=list)
    concluded: bool = False
    read_of: list[str] = field(default_factory=list)

    def open(self, lang: str) -> Spoken:
        self.heard = []
        return Spoken("您好", asks=("complaint",))

    def hear(self, text: str) -> Spoken:
        if len(self.heard) == self.fails_at:
            raise InputError("too long")
        self.heard.append(text)
        if len(self.heard) > self.asks:
            return self._end()
        return Spoken(f"问题{len(self.heard)}？", asks=(f"q{len(self.heard)}",), level="soon", alarms=())

    def conclude(self) -> Spoken:
        self.concluded = True
        return self._end()

    def read(self, report: Report) -> Spoken:
        self.read_of.append(report.results)
        return self._end()

    def _end(self) -> Spoken:
        examinations = [{"name": name, "tells": "", "for": []} for name in self.wants]
        result = {
            "examinations": examinations,
            "conditions": [],
            "considered": [],
            "department": {"id": "neurology"},
            "medicines": None,
        }
        return Spoken(
            "结束",
            answer=self.answer,
            orders=tuple(self.wants),
            level="routine",
            alarms=(),
            present=frozenset({"headache"}),
            absent=frozenset(),
            person={"age_years": None, "sex": None, "pregnant_weeks": None},
            differential=(("migraine", 0.6), ("tension_headache", 0.2)),
            ended=True,
            drafts=(Draft("concluded", {"result": result}),),
        )


@cache
def fake_room() -> Room:
    """A room of reciters and listeners over the real knowledge: quick, and the same every time."""
    knowledge = load()

    def patient(script: Script) -> Reciter:
        words = f"<b>{script.id}</b> 头痛" + "!" * round(10 * script.noise)
        return Reciter(
            [
                Utterance(words, ("headache",), moves=("greet",)),
                Utterance("恶心", ("nausea",), moves=("answer",)),
            ]
        )

    return Room(knowledge, Watch(knowledge), kin_of(knowledge), lambda _: Listener(), patient)


def visits(n: int = 30, noise: float | None = None) -> list[Visit]:
    """Scripts of which every third has the right diagnosis and every fifth is an emergency that the doctor misses."""
    scripts = [
        script_of(
            f"p{i:02d}",
            condition="migraine" if i % 3 == 0 else "influenza",
            triage="emergency" if i % 5 == 0 else "routine",
        )
        for i in range(n)
    ]
    return visits_of(scripts, noise=noise)
