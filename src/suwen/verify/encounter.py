"""A finished encounter: the hidden truth beside everything that was said, as graders read it and files keep it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from suwen.core.errors import InputError
from suwen.core.events import Draft
from suwen.patients.script import Script
from suwen.patients.utterance import Utterance
from suwen.verify.doctor import Spoken
from suwen.verify.orders import Report, Test


@dataclass(frozen=True, slots=True)
class Review:
    """A round of examinations that the answer asked for. said: the answer with their results, None where none came."""

    report: Report
    said: Spoken | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the doctor said and what the patient answered to it; `tests` were ordered by these words of the doctor."""

    said_by_doctor: Spoken
    said_by_patient: Utterance
    tests: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class Encounter:
    """One consultation of a simulated patient.

    turns: the greeting and the opening words first. finished: the doctor's last words to the patient, with the answer; None
    where it never came. reviews: what the examinations showed that this answer asked for, and what the doctor made of them.
    seconds: wall clock, left out of comparisons. error: why it broke off, empty when it did not; a broken encounter is data,
    and is never scored.
    """

    script: Script
    turns: tuple[Exchange, ...]
    finished: Spoken | None = None
    seconds: float = field(default=0.0, compare=False)
    error: str = ""
    reviews: tuple[Review, ...] = ()

    @property
    def spoken(self) -> Iterator[Spoken]:
        """Everything the doctor said to the patient, in order, the last words included."""
        for turn in self.turns:
            yield turn.said_by_doctor
        if self.finished is not None:
            yield self.finished

    @property
    def disclosed(self) -> frozenset[str]:
        """Ids of the facts that the patient told."""
        return frozenset(f for turn in self.turns for f in turn.said_by_patient.disclosed)

    @property
    def tests(self) -> tuple[Test, ...]:
        asked = (t for turn in self.turns for t in turn.tests)
        return (*asked, *(t for review in self.reviews for t in review.report.tests))

    @property
    def reviewed(self) -> Spoken | None:
        """The answer with all results, the first one where none came."""
        return next((r.said for r in reversed(self.reviews) if r.said), self.finished)

    def to_json(self) -> str:
        """One line of JSON; the same encounter gives the same line but for `seconds`."""
        body: dict[str, Any] = {
            "script": self.script.model_dump(mode="json", exclude_defaults=True),
            "turns": [
                {
                    "doctor": _bare(turn.said_by_doctor),
                    "patient": _bare(turn.said_by_patient),
                    **({"tests": [_bare(t) for t in turn.tests]} if turn.tests else {}),
                }
                for turn in self.turns
            ],
            "finished": None if self.finished is None else _bare(self.finished),
            "seconds": round(self.seconds, 4),
            "error": self.error,
            **({"reviews": [_bare_review(r) for r in self.reviews]} if self.reviews else {}),
        }
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def from_json(line: str) -> Encounter:
    """The encounter of a line that `to_json` wrote. Raises InputError for anything else, a half-written line among it."""
    try:
        body = json.loads(line)
        return Encounter(
            Script.model_validate(body["script"]),
            tuple(
                Exchange(
                    _spoken(turn["doctor"]),
                    Utterance(**{k: _tuples(v) for k, v in turn["patient"].items()}),
                    tuple(Test(**t) for t in turn.get("tests", ())),
                )
                for turn in body["turns"]
            ),
            None if body["finished"] is None else _spoken(body["finished"]),
            float(body["seconds"]),
            body["error"],
            tuple(_review(r) for r in body.get("reviews", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"not a finished encounter ({type(error).__name__}: {error}); run it again"
        ) from None


def _bare(value: Any) -> dict[str, Any]:
    """The fields of a value that differ from their defaults, as JSON values."""
    out = {}
    for one in fields(value):
        mine = getattr(value, one.name)
        if mine != one.default:
            out[one.name] = _plain(mine)
    return out


def _bare_review(review: Review) -> dict[str, Any]:
    said = {} if review.said is None else {"said": _bare(review.said)}
    return {"report": _bare(review.report), **said}


def _review(body: Mapping[str, Any]) -> Review:
    given = {k: _tuples(v) for k, v in body["report"].items() if k != "tests"}
    report = Report(tuple(Test(**t) for t in body["report"].get("tests", ())), **given)
    return Review(report, _spoken(body["said"]) if "said" in body else None)


def _plain(value: Any) -> Any:
    if isinstance(value, Draft | Test):
        return asdict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return dict(value) if isinstance(value, Mapping) else value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def _spoken(body: Mapping[str, Any]) -> Spoken:
    given = {k: _tuples(v) for k, v in body.items() if k not in ("drafts", "present", "absent")}
    for name in ("present", "absent"):
        if body.get(name) is not None:
            given[name] = frozenset(body[name])
    return Spoken(**given, drafts=tuple(Draft(**d) for d in body.get("drafts", ())))
