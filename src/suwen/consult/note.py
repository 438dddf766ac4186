"""The SOAP note for the doctor, drafted from the log alone; unsigned it orders nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from suwen.consult.answer import conclude
from suwen.consult.clinic import Clinic
from suwen.consult.log import fold
from suwen.consult.say import joined, say
from suwen.consult.view import age_text
from suwen.core.case import Case, Finding
from suwen.core.events import Event
from suwen.knowledge import Knowledge

_OBJECTIVE = ("vital", "result")


def note_of(events: Sequence[Event], clinic: Clinic, lang: str) -> dict[str, Any]:
    """{note: {subjective, objective, assessment, plan}: lists of lines, text, label}."""
    case = fold(events)
    result = conclude(case, clinic, lang=lang)
    note = {
        "subjective": _subjective(case, events, clinic.knowledge, lang),
        "objective": _objective(case, clinic.knowledge, lang),
        "assessment": _assessment(case, result, clinic, lang),
        "plan": _plan(result, lang),
    }
    label = say(lang, "note", "label")
    lines = [label, ""]
    for part, content in note.items():
        lines += [say(lang, "note", part), *(f"- {line}" for line in content), ""]
    return {"note": note, "text": "\n".join([*lines, result["disclaimer"]]), "label": label}


def _line(lang: str, key: str, content: str) -> str:
    return f"{say(lang, 'note', key)}{'：' if lang == 'zh' else ': '}{content}"


def _subjective(case: Case, events: Sequence[Event], knowledge: Knowledge, lang: str) -> list[str]:
    lines = []
    who = [
        say(lang, "sexes", case.person.sex) if case.person.sex else "",
        age_text(case.person.age_years, lang) or "",
    ]
    if case.person.pregnant_weeks is not None:
        who.append(say(lang, "pregnancy", n=f"{case.person.pregnant_weeks:g}"))
    if any(who):
        lines.append(_line(lang, "patient", joined(lang, [w for w in who if w])))
    said = [
        e.body["text"].strip()
        for e in events
        if e.kind == "said" and e.body["text"].strip() and "choice" not in e.body
    ]
    if said:
        lines.append(_line(lang, "said", " / ".join(said[:6])))
    for key, status in (("positive", "present"), ("negatives", "absent"), ("unsure", "unknown")):
        names = [_described(f, knowledge, lang) for f in case.findings.values()
                 if f.status == status and f.origin != "measured" and f.id in knowledge.finding
                 and not knowledge.finding[f.id].is_marker]  # fmt: skip
        if names:
            lines.append(_line(lang, key, joined(lang, names)))
    for when in ("past", "family"):
        names = [
            knowledge.finding[f.id].name(lang)
            for f in case.background
            if f.when == when and f.status == "present" and f.id in knowledge.finding
        ]
        if names:
            lines.append(_line(lang, when, joined(lang, list(dict.fromkeys(names)))))
    for key, values in (
        ("past_words", case.past),
        ("medicines", case.medicines),
        ("allergies", case.allergies),
        ("not_understood", [_perhaps(words, case, knowledge, lang) for words in case.not_understood]),
    ):
        if values:
            lines.append(_line(lang, key, joined(lang, list(values))))
    concerns = [knowledge.condition[c].name(lang) for c in case.concerns if c in knowledge.condition]
    if concerns:
        lines.append(_line(lang, "concerns", joined(lang, concerns)))
    return lines


def _perhaps(words: str, case: Case, knowledge: Knowledge, lang: str) -> str:
    """Words that were not understood, with what they are most like, if that is clear and nothing is known of it yet."""
    names = [
        knowledge.finding[g.likeliest].name(lang)
        for g in case.guesses
        if (g.words in words or words in g.words)
        and g.is_clear
        and g.likeliest in knowledge.finding
        and g.likeliest not in case.findings
    ]
    return say(lang, "perhaps", words=words, name=joined(lang, names)) if names else words


def _described(finding: Finding, knowledge: Knowledge, lang: str) -> str:
    """The name, with the patient's own words where they add something."""
    name = knowledge.finding[finding.id].name(lang)
    words = finding.words.strip()
    doubt = "?" if not finding.certain else ""
    return (
        f"{name}{doubt}（{words}）"
        if words and words != name and finding.origin == "words" and lang == "zh"
        else (
            f'{name}{doubt} ("{words}")'
            if words and words.lower() != name.lower() and finding.origin == "words"
            else name + doubt
        )
    )


def _objective(case: Case, knowledge: Knowledge, lang: str) -> list[str]:
    values = [
        f"{name} {value:g} {knowledge.vitals[name]['unit']}" for name, value in case.measurements.items()
    ]
    lines = [_line(lang, "measured", joined(lang, values))] if values else []
    told = [knowledge.finding[f.id].name(lang) for f in case.findings.values()
            if f.status == "present" and f.id in knowledge.finding and knowledge.finding[f.id].kind in _OBJECTIVE and f.origin != "measured"]  # fmt: skip
    if told:
        lines.append(joined(lang, told))
    return lines or [say(lang, "note", "no_objective")]


def _assessment(case: Case, result: dict[str, Any], clinic: Clinic, lang: str) -> list[str]:
    lines = []
    if case.alarms:
        names = [clinic.watch.name(a.id, lang) for a in case.alarms]
        lines.append(_line(lang, "alarms", joined(lang, names)))
    ranked = [f"{c['name']} [{c['icd10'][0]}] {c['p']:.0%}" for c in result["conditions"]]
    if ranked:
        ranked.append(f"{say(lang, 'note', 'other')} {result['other_p']:.0%}")
        lines.append(_line(lang, "differential", joined(lang, ranked)))
    lines += [
        f"{c['name']}: "
        + (_beside(c["verdict_name"], c["reason"], lang) if c["reason"] else c["verdict_name"])
        for c in result["considered"]
    ]
    if result["conditions"]:
        first = clinic.knowledge.condition.get(result["conditions"][0]["id"])
        mimics = first.record["mimics"] if first else []
        names = [
            _beside(clinic.knowledge.condition[m["id"]].name(lang), m["tells"][lang], lang)
            for m in mimics
            if m["id"] in clinic.knowledge.condition
        ]
        if names:
            lines.append(_line(lang, "mimics", joined(lang, names)))
    if result.get("rare"):
        codes = [_coded(one) for one in result["rare"]["diseases"]]
        lines.append(_line(lang, "rare", joined(lang, codes)))
    lines.append(_line(lang, "triage", f"{result['triage']['name']} · {result['triage']['reason']}"))
    return lines


def _beside(name: str, more: str, lang: str) -> str:
    return f"{name}（{more}）" if lang == "zh" else f"{name} ({more})"


def _coded(rare: dict[str, Any]) -> str:
    """A rare disease with its identifiers."""
    codes = [f"{kind.upper()}:{rare[kind]}" for kind in ("orpha", "omim") if rare[kind]]
    return f"{rare['name']} [{', '.join(codes)}]"


def _plan(result: dict[str, Any], lang: str) -> list[str]:
    lines = [_line(lang, "department", result["department"]["name"])]
    exams = [e["name"] for e in result["examinations"]]
    if exams:
        lines.append(_line(lang, "examinations", joined(lang, exams)))
    lines += _medicines(result.get("medicines"), lang)
    lines += [*result["do"], *result["come_back"]]
    lines.append(say(lang, "note", "unsigned"))
    return lines


def _medicines(found: dict[str, Any] | None, lang: str) -> list[str]:
    """What the pharmacist's rules said, for the doctor: to act on first, possible causes, what was not recognised."""
    if not found:
        return []
    lines = [
        f"{' + '.join(a['drugs'])} [{a['severity']}] {a['effect']}; {a['management']}"
        for a in found["alerts"]
    ]
    lines += [f"{c['drug']} → {c['finding']}: {c['say']}" for c in found["causes"]]
    unknown = [*found["unknown"], *found["unknown_allergies"]]
    if unknown:
        lines.append(_line(lang, "medicines_unknown", joined(lang, unknown)))
    return [_line(lang, "medicines_checked", found["summary"]), *lines]
