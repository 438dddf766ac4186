"""What a run keeps of one played encounter: its outcomes, its groups, and a lean record to read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

from suwen.core.events import Draft
from suwen.knowledge import Knowledge
from suwen.patients.script import ON_REQUEST, Script
from suwen.safety.redflags import Watch
from suwen.verify import gaps
from suwen.verify.codes import LEVELS, accuracy
from suwen.verify.conduct import conduct, rank_of_truth
from suwen.verify.doctor import UNKNOWN, Spoken
from suwen.verify.encounter import Encounter

READ_A_MINUTE = {"zh": 300.0, "en": 1000.0}
TYPED_A_MINUTE = {"zh": 40.0, "en": 180.0}
"""Characters that a patient reads and types on a telephone. Source: estimate."""
KEPT_DRAFTS = ("thought", "heard", "alarmed")
THOUGHTS = 5
"""Conditions kept of every thought."""

Outcomes = dict[str, float | bool | None]


def row_of(encounter: Encounter, knowledge: Knowledge, watch: Watch, *, group: str) -> dict[str, Any]:
    """The row of an encounter in the set `group`. One that broke off has an error and no outcomes."""
    script = encounter.script
    error = encounter.error or ("" if encounter.finished else "the doctor gave no answer")
    outcomes = {} if error else outcomes_of(encounter, knowledge, watch)
    named = encounter.finished.differential if encounter.finished else None
    return {
        "id": script.id,
        "set": group,
        "digest": sha256(script.to_json().encode()).hexdigest()[:12],
        "error": error,
        "outcomes": outcomes,
        "groups": groups_of(script),
        "p_first": round(named[0][1], 4) if named and not math.isnan(named[0][1]) else None,
        "after": [] if error else ranks(encounter, knowledge),
        "bad": None if error else badness(outcomes),
        "encounter": lean(encounter),
    }


def outcomes_of(encounter: Encounter, knowledge: Knowledge, watch: Watch) -> Outcomes:
    """Every measure that this script and this doctor allow; None is 'not graded'."""
    spoken = list(encounter.spoken)
    asked = [s for s in spoken[1:] if s.asks or (s.present is None and _has_question(s))]
    one = conduct(encounter, knowledge, watch)
    found: Outcomes = {k: v for k, v in one.outcomes().items() if k != "chapter3"}
    found |= {f"icd_{level}": None for level in LEVELS}
    if one.near is not None:
        found |= {f"icd_{level}": share.hits > 0 for level, share in accuracy([one.near]).items()}
    if one.truth_level == "emergency":
        found["emergency_under"] = found["triage_under"]
    found |= {"questions": float(len(asked)), "minutes": round(minutes(encounter), 3)}
    cost = found.pop("cost", None)
    if encounter.tests:
        found["cost_usd" if encounter.tests[0].currency == "USD" else "cost"] = cost
    shown = {f for review in encounter.reviews for f in review.report.disclosed}
    if any(f.id in shown and f.kind in ON_REQUEST for f in encounter.script.medical.facts):
        # Where the script knows no result, all that comes is a drawn normal, which may be untrue of the illness.
        rank = rank_of_truth(replace(encounter, finished=encounter.reviewed), knowledge)
        found |= {f"top{k}_reviewed": None if rank is None else 1 <= rank <= k for k in (1, 3)}
    if encounter.seconds:
        found["seconds"] = round(encounter.seconds, 4)
    if spoken[-1].alarms is None:
        found |= _open_of_one_who_only_talks(found, spoken)
    return found


def _open_of_one_who_only_talks(found: Outcomes, spoken: Sequence[Spoken]) -> Outcomes:
    """What a doctor without alarms, topics or codes leaves undecided: it would count against it, or only for it."""
    left: Outcomes = {}
    if found.get("alarm_in_time") is False:  # it may have been said in words, before the level was told
        left["alarm_in_time"] = None
    if not any(s.asks for s in spoken[1:]):
        left["medicines_checked"] = None
    named = [name for name, _ in spoken[-1].differential or ()]
    if UNKNOWN in named:
        # A name that the knowledge does not have may still be the right one, under another name.
        left["resolves"] = None
        place = named.index(UNKNOWN)
        left |= {
            top: None
            for top, k in (("top1", 1), ("top3", 3), ("top5", 5))
            if found[top] is False and place < k
        }
        if place == 0:
            left |= {name: None for name in found if name.startswith("icd_")}
    return left


def ranks(encounter: Encounter, knowledge: Knowledge) -> list[int]:
    """Place of the right diagnosis after 0, 1, 2 ... answers, 0 when it is not named; empty where that is not told."""
    found = []
    for said in list(encounter.spoken)[1:]:
        rank = rank_of_truth(replace(encounter, finished=said), knowledge)
        if rank is None:
            return []
        found.append(rank)
    return found


def _has_question(said: Spoken) -> bool:
    return "?" in said.text or "？" in said.text


def minutes(encounter: Encounter) -> float:
    """How long the patient reads and types, by the number of characters."""
    lang = encounter.script.lang
    read = sum(len(s.words) for s in encounter.spoken)
    typed = sum(len(t.said_by_patient.text) for t in encounter.turns if not t.said_by_doctor.orders)
    return read / READ_A_MINUTE[lang] + typed / TYPED_A_MINUTE[lang]


def groups_of(script: Script) -> dict[str, str]:
    """What the report sets apart: who the patient is, how they talk, and how urgent it truly is."""
    found = {**gaps.groups_of(script), "language": script.lang}
    if script.medical.triage:
        found["true level"] = script.medical.triage
    return found


def badness(outcomes: Mapping[str, float | bool | None]) -> float:
    """How much an encounter deserves to be read: danger missed first, then a wrong level, diagnosis and history."""
    got = outcomes.get
    bad = 16.0 * bool(got("emergency_missed")) + 8.0 * (got("alarm_in_time") is False)
    bad += 4.0 * bool(got("triage_under")) + 2.0 * (got("top5") is False) + 1.0 * (got("top1") is False)
    bad += 1.0 * bool(got("triage_over")) + 1.0 * bool(got("repeated"))
    elicited = got("elicited")
    return round(bad + (1.0 - elicited if elicited is not None else 0.0), 4)


def lean(encounter: Encounter) -> dict[str, Any]:
    """The encounter as a reader of the report needs it: words, disclosures and the thoughts of each turn."""
    return {
        "script": encounter.script.model_dump(mode="json", exclude_defaults=True),
        "turns": [
            {
                "doctor": _lean_spoken(turn.said_by_doctor),
                "patient": {k: v for k, v in asdict(turn.said_by_patient).items() if v},
                "tests": [asdict(t) for t in turn.tests],
            }
            for turn in encounter.turns
        ],
        "finished": _lean_spoken(encounter.finished) if encounter.finished else None,
        "reviews": [
            {
                "tests": [asdict(t) for t in review.report.tests],
                "results": review.report.text,
                "doctor": _lean_spoken(review.said) if review.said else None,
            }
            for review in encounter.reviews
        ],
    }


def _lean_spoken(said: Spoken) -> dict[str, Any]:
    body: dict[str, Any] = {
        "text": said.text,
        "answer": said.answer,
        "asks": said.asks,
        "level": said.level,
        "alarms": said.alarms,
    }
    if said.differential and not said.drafts:
        body["differential"] = [name for name, _ in said.differential[:THOUGHTS]]
    body["drafts"] = [_lean_draft(d) for d in said.drafts if d.kind in KEPT_DRAFTS]
    return body


def _lean_draft(draft: Draft) -> dict[str, Any]:
    body = draft.body
    if draft.kind == "thought":
        body = {"top": body["top"][:THOUGHTS], "other": body["other"], "level": body["level"]}
    elif draft.kind == "heard":
        body = {"findings": [{"id": f["id"], "status": f["status"]} for f in body.get("findings", ())]}
    return {"kind": draft.kind, "body": body}
