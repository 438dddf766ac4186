"""One row of a run as somebody reads it: the truth beside what was said, heard and thought."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from suwen.verify.outcomes import MEASURES

Row = Mapping[str, Any]
Names = Callable[[str], str]
"""The name of a finding or condition by its id; the id itself for what is not known."""


def view(row: Row, names: Names) -> dict[str, Any]:
    """What a reader needs of one row: the truth beside what was said and thought."""
    shown: dict[str, Any] = {
        "id": row["id"],
        "set": row["set"],
        "outcomes": {
            m.title: row["outcomes"][m.name]
            for m in MEASURES
            if m.name in row["outcomes"] and not (m.of_some and row["outcomes"][m.name] is None)
        },
        "groups": row.get("groups", {}),
        "grades": row.get("grades", []),
        "facts": [],
        "truth": [],
        "turns": row.get("turns", []),
    }
    encounter = row.get("encounter")
    if encounter is None:
        return shown
    script = encounter["script"]
    told = {f for t in encounter["turns"] for f in t["patient"].get("disclosed", ())}
    shown["facts"] = [_fact(f, f["id"] in told, names) for f in script["medical"]["facts"]]
    for d in script["medical"]["diagnoses"]:
        name = names(d["condition"]) if d.get("condition") else d.get("text", "")
        shown["truth"].append(f"{d.get('role', 'main')}: {name}")
    if level := script["medical"].get("triage"):
        shown["truth"].append(f"triage: {level}")
    for turn in encounter["turns"]:
        shown["turns"] = [*shown["turns"], *_spoken(turn["doctor"], names), _patient(turn["patient"])]
        if turn.get("tests"):
            shown["turns"].append({"who": "log", "text": f"ordered: {', '.join(map(_test, turn['tests']))}"})
    if encounter.get("finished"):
        shown["turns"] = [*shown["turns"], *_spoken(encounter["finished"], names)]
    for review in encounter.get("reviews", ()):
        shown["turns"].append({"who": "log", "text": f"ordered: {', '.join(map(_test, review['tests']))}"})
        shown["turns"].append({"who": "log", "text": review["results"]})
        if review["doctor"]:
            shown["turns"] += _spoken(review["doctor"], names)
    return shown


def _fact(fact: Row, told: bool, names: Names) -> dict[str, Any]:
    words = "; ".join(fact.get("text", {}).values())
    name = names(fact["finding"]) if fact.get("finding") else words
    value = f" {fact['value']:g} {fact.get('unit') or ''}".rstrip() if fact.get("value") is not None else ""
    return {"id": fact["id"], "kind": fact["kind"], "name": name + value, "told": told,
            "absent": fact.get("status") == "absent"}  # fmt: skip


def _test(test: Row) -> str:
    price = "" if test.get("price") is None else f" ({test['price']:g} {test['currency']})"
    return f"{test['name']}{price}" + (f" → {test['fact']}" if test.get("fact") else "")


def _spoken(said: Row, names: Names) -> list[dict[str, Any]]:
    words = said["text"] + ("\n" + said["answer"] if said.get("answer") else "")
    lines: list[dict[str, Any]] = []
    for draft in said.get("drafts", ()):
        if note := _note(draft, names):
            lines.append({"who": "log", "text": note})
    if said.get("differential"):
        named = ", ".join(names(c) if c else "a name that is not known" for c in said["differential"])
        lines.append({"who": "log", "text": f"answers: {named}; level {said.get('level') or 'not told'}"})
    return [*lines, {"who": "doctor", "text": words}]


def _note(draft: Row, names: Names) -> str:
    body = draft["body"]
    if draft["kind"] == "thought":
        top = ", ".join(f"{names(c)} {100 * p:.0f} %" for c, p in body["top"][:3])
        return f"thinks: {top}; level {body['level']}"
    if draft["kind"] == "heard":
        found = [
            f"{'no ' if f['status'] == 'absent' else ''}{names(f['id'])}" for f in body.get("findings", ())
        ]
        return f"heard: {', '.join(found)}" if found else "heard: nothing it knows"
    if draft["kind"] == "alarmed":
        return f"alarm: {body.get('id', '')}"
    return ""


def _patient(said: Row) -> dict[str, Any]:
    notes = []
    if said.get("disclosed"):
        notes.append("told " + ", ".join(said["disclosed"]))
    if said.get("moves"):
        notes.append(", ".join(said["moves"]))
    return {"who": "patient", "text": said["text"], "note": "; ".join(notes)}
