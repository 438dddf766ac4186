"""The case is the fold of its events: `fold(events)` rebuilds it without reading a word again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from suwen.core.case import Alarm, Case, Finding, Guess, Heard, Question
from suwen.core.events import Draft, Event


def fold(events: Iterable[Event | Draft], case: Case | None = None) -> Case:
    """The case after these events; `case` is what came before them. Unknown kinds are left alone."""
    case = case or Case()
    text: str | None = None
    for event in events:
        body = event.body
        if event.kind == "opened":
            case = replace(case, lang=body["lang"], month=body.get("month"), region=body.get("region"))
        elif event.kind == "said":
            text = body["text"]
        elif event.kind == "heard":
            case = _hear(case, body, text)
        elif event.kind == "alarmed":
            case = case.raise_alarms((Alarm(body["id"], body["triage"], tuple(body["words"])),))
        elif event.kind == "asked" and body:
            case = case.ask(question_from(body))
        elif event.kind == "waited":
            case = case.wait()
        elif event.kind == "went_back":
            earlier = (q for q in reversed(case.history) if q.id == body["to"])
            case = case.go_back(next(earlier))
        elif event.kind == "corrected":
            case = case.correct(body["finding"], body["status"])
        elif event.kind == "language":
            case = replace(case, lang=body["lang"])
        elif event.kind == "concluded":
            case = replace(case.ask(None), closed=True)
    return case


def _hear(case: Case, body: Mapping[str, Any], text: str | None) -> Case:
    heard = heard_from(body)
    return replace(case.add(heard, text=text), lang=body["lang"]).note_unsure(heard)


def heard_from(body: Mapping[str, Any]) -> Heard:
    """What a `heard` event says, as a value."""
    fields = {name: body[name] for name in Heard.__dataclass_fields__ if name in body and name != "findings"}
    for name in (
        "retracted",
        "medicines",
        "allergies",
        "past",
        "concerns",
        "not_understood",
        "small_talk",
        "faults",
    ):
        if name in fields:
            fields[name] = tuple(fields[name])
    if "flags" in fields:
        fields["flags"] = tuple((a, b) for a, b in fields["flags"])
    if "guesses" in fields:
        fields["guesses"] = tuple(guess_from(g) for g in fields["guesses"])
    return Heard(findings=tuple(finding_from(f) for f in body["findings"]), **fields)


def guess_from(body: Mapping[str, Any]) -> Guess:
    meanings = tuple((name, share) for name, share in body["meanings"])
    return Guess(body["words"], tuple(body["span"]), body["turn"], meanings, body["alike"])


def finding_from(body: Mapping[str, Any]) -> Finding:
    fields = dict(body)
    if fields.get("span") is not None:
        fields["span"] = tuple(fields["span"])
    return Finding(**fields)


def question_from(body: Mapping[str, Any]) -> Question:
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in body.items()
    }
    return Question(**fields)


def same_case(a: Case, b: Case) -> bool:
    """Whether two cases are equal value for value (mappings compare by content)."""
    maps = ("findings", "measurements")
    return all(dict(getattr(a, n)) == dict(getattr(b, n)) for n in maps) and _without_maps(
        a
    ) == _without_maps(b)


def _without_maps(case: Case) -> tuple[Any, ...]:
    return tuple(getattr(case, n) for n in case.__dataclass_fields__ if n not in ("findings", "measurements"))
