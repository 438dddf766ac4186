"""An encounter as a page, a terminal or another program sees it: JSON in the patient's language, from the log."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from suwen.consult.answer import conclude
from suwen.consult.ask import is_askable, options_of, text_of, why_of
from suwen.consult.clinic import Clinic
from suwen.consult.log import fold, question_from
from suwen.consult.say import say
from suwen.core.case import Alarm, Case, Finding, Question
from suwen.core.events import Event
from suwen.knowledge import Knowledge


def encounter_view(
    encounter: dict[str, Any], events: Sequence[Event], clinic: Clinic, *, case: Case | None = None
) -> dict[str, Any]:
    """The whole encounter; `encounter` brings id, title, created_at and updated_at.

    `case` is the fold of `events` where the caller has it at hand.
    """
    case = case or fold(events)
    lang, knowledge = case.lang, clinic.knowledge
    return {
        **encounter,
        "lang": lang,
        "state": "closed" if case.closed else "open",
        "seq": events[-1].seq if events else 0,
        "progress": {"asked": len(case.history), "budget": clinic.budget},
        "messages": messages(events),
        "question": question_view(case.pending, knowledge, lang) if _is_open(case, knowledge) else None,
        "alarms": [alarm_view(a, clinic, lang) for a in _by_urgency(case.alarms)],
        "patient": patient_view(case),
        "findings": findings_view(case, knowledge),
        "not_understood": list(case.not_understood),
        "trajectory": trajectory(events, knowledge, lang),
        "result": result_view(case, events, clinic),
    }


def _is_open(case: Case, knowledge: Knowledge) -> bool:
    return case.pending is not None and not case.closed and is_askable(case.pending, knowledge)


def messages(events: Sequence[Event]) -> list[dict[str, Any]]:
    """What both sides said, as it was said then."""
    out: list[dict[str, Any]] = []
    for event in events:
        if event.kind == "said" and event.body["text"].strip():
            out.append(
                {
                    "seq": event.seq,
                    "from": "patient",
                    "kind": "message",
                    "text": event.body["text"],
                    "at": event.at,
                }
            )
        elif event.kind == "heard" and out and out[-1]["from"] == "patient":
            left = event.body.get("not_understood")
            if left:
                out[-1]["not_understood"] = list(left)
        elif event.kind == "replied":
            item = {
                "seq": event.seq,
                "from": "suwen",
                "kind": event.body["kind"],
                "text": event.body["text"],
                "at": event.at,
            }
            if "alarm" in event.body:
                item["alarm"] = event.body["alarm"]
            out.append(item)
    return out


def question_view(question: Question | None, knowledge: Knowledge, lang: str) -> dict[str, Any] | None:
    """A question with its answers to tap and why it is asked."""
    if question is None:
        return None
    view = {
        "id": question.id,
        "kind": question.kind,
        "text": text_of(question, knowledge, lang),
        "why": why_of(question, knowledge, lang),
        "options": options_of(question, knowledge, lang),
        "multiple": False,
    }
    if question.id == "age":
        view["unit"] = "岁" if lang == "zh" else "years"
    return view


def alarm_view(alarm: Alarm, clinic: Clinic, lang: str) -> dict[str, Any]:
    """A red flag with the words shown at once; an alarm whose rule is gone keeps its level."""
    rule = clinic.watch.rules.get(alarm.id)
    if rule is None:
        return {
            "id": alarm.id,
            "name": alarm.id,
            "triage": alarm.triage,
            "say": "",
            "do": [],
            "source": "",
            "hotlines": [],
            "words": list(alarm.words),
        }
    source = clinic.knowledge.sources.get(rule["source"], {})
    return {
        "id": alarm.id,
        "name": rule["name"][lang],
        "triage": alarm.triage,
        "say": rule["say"][lang],
        "do": [step[lang] for step in rule["do"]],
        "source": ", ".join(str(source[k]) for k in ("title", "publisher", "year") if source.get(k)),
        "hotlines": [{"name": h["name"][lang], "number": h["number"]} for h in rule["hotlines"]],
        "words": list(alarm.words),
    }


def _by_urgency(alarms: Sequence[Alarm]) -> list[Alarm]:
    return sorted(alarms, key=lambda a: a.triage != "emergency")


def patient_view(case: Case) -> dict[str, Any]:
    person, lang = case.person, case.lang
    return {
        "subject": person.subject,
        "age": age_text(person.age_years, lang),
        "sex": person.sex,
        "sex_name": say(lang, "sexes", person.sex) if person.sex else None,
        "pregnancy": say(lang, "pregnancy", n=f"{person.pregnant_weeks:g}")
        if person.pregnant_weeks is not None
        else None,
        "medicines": list(case.medicines),
        "allergies": list(case.allergies),
        "past": list(case.past),
    }


def age_text(age_years: float | None, lang: str) -> str | None:
    """An age as people say it: days under a month, months under two years, then years."""
    if age_years is None:
        return None
    if age_years < 1 / 12:
        return say(lang, "ages", "days", n=round(age_years * 365.25))
    if age_years < 2:
        return say(lang, "ages", "months", n=math.floor(age_years * 12 + 0.01))
    return say(lang, "ages", "years", n=f"{math.floor(age_years + 0.001)}")


def findings_view(case: Case, knowledge: Knowledge) -> list[dict[str, Any]]:
    """What was understood, present first, each with the patient's own words."""
    rank = {"present": 0, "absent": 1, "unknown": 2}
    now = sorted(case.findings.values(), key=lambda f: (rank[f.status], f.turn))
    known = knowledge.finding
    return [
        _finding_view(f, case, knowledge)
        for f in (*now, *case.background)
        if f.id in known and not known[f.id].is_marker
    ]


def _finding_view(finding: Finding, case: Case, knowledge: Knowledge) -> dict[str, Any]:
    known = knowledge.finding[finding.id]
    value = (
        f"{finding.value:g} {finding.unit}"
        if finding.value is not None and finding.unit not in (None, "h")
        else None
    )
    return {
        "id": finding.id,
        "name": known.name(case.lang),
        "status": finding.status,
        "value": value,
        "certain": finding.certain,
        "when": finding.when,
        "words": finding.words or None,
        "group": say(case.lang, "topics", "measured" if finding.origin == "measured" else known.topic),
    }


def trajectory(events: Sequence[Event], knowledge: Knowledge, lang: str) -> list[dict[str, Any]]:
    """The differential after every answer, with what had been asked and what was answered."""
    out: list[dict[str, Any]] = []
    asked, said = "", ""
    for event in events:
        if event.kind == "asked" and event.body:
            asked = _asked_text(question_from(event.body), knowledge, lang)
        elif event.kind == "said":
            said = event.body["text"]
        elif event.kind == "thought":
            top = [
                {"id": name, "name": knowledge.condition[name].name(lang), "p": p}
                for name, p in event.body["top"]
                if name in knowledge.condition
            ]
            out.append(
                {
                    "step": len(out),
                    "label": asked,
                    "answer": said[:60],
                    "top": top,
                    "other": event.body["other"],
                }
            )
    return out


def _asked_text(question: Question, knowledge: Knowledge, lang: str) -> str:
    try:
        return text_of(question, knowledge, lang)
    except KeyError:  # asked under an older knowledge
        return question.id


def result_view(case: Case, events: Sequence[Event], clinic: Clinic) -> dict[str, Any] | None:
    """The answer in today's language; word for word as given when knowledge or language have not changed."""
    for event in reversed(events):
        if event.kind == "concluded":
            stored: dict[str, Any] = event.body["result"]
            opened = events[0].body
            same_language = not any(e.kind == "language" and e.seq > event.seq for e in events)
            if same_language or opened.get("knowledge") != clinic.knowledge.digest[:16]:
                return stored
            return conclude(case, clinic, lang=case.lang, unfinished=event.body["unfinished"])
    return None


def title_of(case: Case, knowledge: Knowledge) -> str | None:
    """A short title: the first things that were found, in the language of the encounter."""
    names = [knowledge.finding[f.id].name(case.lang) for f in case.findings.values()
             if f.status == "present" and f.id in knowledge.finding and knowledge.finding[f.id].kind in ("symptom", "sign")]  # fmt: skip
    if not names:
        return None
    return ("、" if case.lang == "zh" else ", ").join(names[:2])
