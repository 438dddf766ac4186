"""The answer a patient leaves with and a doctor corrects: built from the case and the knowledge alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from suwen.consult.clinic import Clinic
from suwen.consult.say import entry, joined, say
from suwen.consult.screen import fitting, screen
from suwen.core.case import TRIAGE_LEVELS, Case
from suwen.knowledge import DURATIONS, ConditionDef, Knowledge
from suwen.reasoning.differential import Differential, Evidence, weights_for
from suwen.reasoning.rare import leaves_much, phenotypes, rank, unexplained

SHOWN = 5
RARE_SHOWN = 5
LEAST_SHOWN = 0.02
"""A condition less likely than this is not shown to a patient. Source: estimate."""
TELLING = 0.25
"""Nats a finding must weigh to be named as speaking for or against. Source: estimate."""
CONSIDERED, CONSIDERED_FROM, LEAST_CONSIDERED = 6, 25, 0.0003
"""Dangerous conditions named at most, looked at, and the probability below which none is. Source: estimate."""
CHILD_YEARS = 14
"""Below this a Chinese hospital sends internal illness to paediatrics."""
_INTERNAL = {
    "general_practice", "cardiology", "respiratory", "gastroenterology", "neurology", "endocrinology", "haematology",
    "rheumatology", "nephrology", "infectious_disease", "allergy",
}  # fmt: skip


def conclude(case: Case, clinic: Clinic, *, lang: str, unfinished: bool = False) -> dict[str, Any]:
    """The whole answer in `lang`, as the page, the terminal and the log hold it; see docs/design/answer.md."""
    differential = clinic.reasoner.differential(case)
    level = _level(case, differential, clinic)
    shown = _shown(case, differential, clinic)
    considered = _considered(case, differential, clinic, lang, {c.id for c, _ in shown})
    drivers = [c for c, _ in shown[:3]] + [
        clinic.knowledge.condition[c["id"]] for c in considered if c["verdict"] == "not_excluded"
    ]
    return {
        "triage": {
            "level": level,
            "name": say(lang, "triage", level),
            "time_limit": str(entry("triage")[level][f"limit_{lang}"]),
            "reason": _reason(case, level, differential, clinic, lang),
        },
        "department": _department(case, level, shown, clinic, lang),
        "conditions": [_condition(case, c, p, differential, clinic, lang) for c, p in shown],
        "other_p": round(differential.other, 4),
        "considered": considered,
        "examinations": _examinations(drivers, lang),
        **_advice(case, level, shown, clinic, lang),
        "medicines": screen(case, clinic, lang),
        "rare": _rare(case, differential, clinic, lang),
        "not_understood": list(case.not_understood),
        "unknowns": _unknowns(case, clinic.knowledge, lang, unfinished),
        "estimates": say(
            lang, "estimates", percent=_estimated_percent(differential, shown, clinic.knowledge)
        ),
        "knowledge_version": clinic.knowledge.version,
        "disclaimer": say(lang, "disclaimer"),
    }


def _level(case: Case, differential: Differential, clinic: Clinic) -> str:
    """The triage level; without any understood complaint never less urgent than `soon`."""
    level = clinic.triager.level_of(case, differential)
    if not case.present and TRIAGE_LEVELS.index(level) > TRIAGE_LEVELS.index("soon"):
        return "soon"
    return level


def _shown(case: Case, differential: Differential, clinic: Clinic) -> list[tuple[ConditionDef, float]]:
    if not case.present:
        return []
    ranked = differential.ranked(SHOWN)
    return [(clinic.knowledge.conditions[d], p) for d, p in ranked if p >= LEAST_SHOWN]


def _condition(
    case: Case, condition: ConditionDef, p: float, differential: Differential, clinic: Clinic, lang: str
) -> dict[str, Any]:
    speaking = _for_and_against(case, condition, differential, clinic.knowledge, lang)
    return {
        "id": condition.id,
        "name": condition.name(lang),
        "p": round(p, 4),
        "word": next(w[lang] for w in entry("words_for_p") if p >= w["at_least"]),
        "summary": condition.record["summary"][lang],
        "icd10": list(condition.icd10),
        **speaking,
    }


def _for_and_against(
    case: Case, condition: ConditionDef, differential: Differential, knowledge: Knowledge, lang: str
) -> dict[str, list[dict[str, str]]]:
    """The findings that weigh most for and against a condition, in the patient's own words."""
    pro: list[tuple[float, dict[str, str]]] = []
    con: list[tuple[float, dict[str, str]]] = []
    for term, weight in weights_for(differential, condition.index):
        if abs(weight) < TELLING or term.finding in DURATIONS:
            continue
        heard = case.findings.get(term.finding)
        if heard is None and term.status == "present":
            continue  # implied by a more specific finding, which speaks for itself
        item = {
            "id": term.finding,
            "name": _label(case, term, knowledge, lang),
            "words": heard.words if heard else "",
        }
        (pro if weight > 0 else con).append((abs(weight), item))
    return {
        "for": [i for _, i in sorted(pro, key=lambda x: -x[0])[:6]],
        "against": [i for _, i in sorted(con, key=lambda x: -x[0])[:4]],
    }


def _label(case: Case, term: Evidence, knowledge: Knowledge, lang: str) -> str:
    name = knowledge.finding[term.finding].name(lang)
    if term.status == "guess":
        words = next(g.words for g in case.guesses if g.likeliest == term.finding)
        return say(lang, "perhaps", words=words, name=name)
    return name if term.status == "present" else say(lang, "negative", name=name)


def _considered(
    case: Case, differential: Differential, clinic: Clinic, lang: str, shown: set[str]
) -> list[dict[str, Any]]:
    """Dangerous conditions that were weighed: the likeliest, each with why it is or is not excluded."""
    if not case.present:
        return []
    ranked = [c for d, _ in differential.ranked() for c in [clinic.knowledge.conditions[d]] if c.dangerous]
    out: list[dict[str, Any]] = []
    for condition in ranked[:CONSIDERED_FROM]:
        p = float(differential.p[condition.index])
        speaking = _for_and_against(case, condition, differential, clinic.knowledge, lang)
        if len(out) == CONSIDERED or p < LEAST_CONSIDERED:
            break
        if not speaking["for"]:
            continue  # nothing that was said points to it: listing it would only frighten
        unlikely = p < LEAST_SHOWN and bool(speaking["against"])
        parts = [
            say(lang, "verdict_reasons", key, names=joined(lang, [i["name"] for i in speaking[key][:3]]))
            for key in ("for", "against")
            if speaking[key]
        ]
        verdict = "unlikely" if unlikely else "not_excluded"
        if p < LEAST_SHOWN and not unlikely and condition.id not in shown:
            parts.append(say(lang, "verdict_reasons", "little"))
        out.append({
            "id": condition.id, "name": condition.name(lang), "p": round(p, 4), "verdict": verdict,
            "verdict_name": say(lang, "verdicts", verdict), "reason": ("；" if lang == "zh" else "; ").join(parts),
        })  # fmt: skip
    return out


def _reason(case: Case, level: str, differential: Differential, clinic: Clinic, lang: str) -> str:
    forcing = [a for a in case.alarms if a.triage == level]
    if forcing:
        names = [clinic.watch.name(a.id, lang) for a in forcing]
        return say(lang, "reasons", "alarm", names=joined(lang, names))
    if not case.present:
        return say(lang, "reasons", "unclear")
    levels, wanted = clinic.triager.levels(case), TRIAGE_LEVELS.index(level)
    ranked = [(clinic.knowledge.conditions[d], int(levels[d]), p) for d, p in differential.ranked(8)]
    same = [c.name(lang) for c, own, p in ranked if own == wanted and p >= LEAST_SHOWN][:2]
    if ranked and ranked[0][1] == wanted:
        return say(lang, "reasons", "likely", names=joined(lang, [ranked[0][0].name(lang)]))
    sooner = [c.name(lang) for c, own, p in ranked if own <= wanted and p >= 0.01][:2]
    names = same or sooner
    return (
        say(lang, "reasons", "cannot_exclude", names=joined(lang, names))
        if names
        else say(lang, "reasons", "unclear")
    )


def _department(
    case: Case, level: str, shown: Sequence[tuple[ConditionDef, float]], clinic: Clinic, lang: str
) -> dict[str, str]:
    forcing = [a for a in case.alarms if a.triage == case.floor and a.id in clinic.watch.rules]
    if level == "emergency":
        key = "emergency_medicine"
    elif forcing:
        key = str(clinic.watch.rules[forcing[0].id]["department"])
    elif shown:
        weight: dict[str, float] = {}
        for condition, p in shown:
            weight[condition.department] = weight.get(condition.department, 0.0) + p
        key = max(weight, key=lambda d: weight[d])
    else:
        key = "general_practice"
    age = case.person.age_years
    if age is not None and age < CHILD_YEARS and key in _INTERNAL:
        key = "neonatology" if age < 28 / 365.25 else "paediatrics"
    elif key in ("paediatrics", "neonatology") and age is not None and age >= 18:
        key = "general_practice"
    return {"id": key, "name": str(clinic.knowledge.departments[key][lang])}


def _examinations(conditions: Iterable[ConditionDef], lang: str) -> list[dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        for exam in condition.record["examinations"][:3]:
            name = exam["name"][lang]
            item = merged.setdefault(name, {"name": name, "tells": exam["tells"][lang], "for": []})
            if condition.name(lang) not in item["for"]:
                item["for"].append(condition.name(lang))
    return list(merged.values())[:8]


def _advice(
    case: Case, level: str, shown: Sequence[tuple[ConditionDef, float]], clinic: Clinic, lang: str
) -> dict[str, list[str]]:
    """What to do, avoid and come back for: alarms first, then the level, then the likeliest conditions."""
    do: list[str] = []
    for alarm in case.alarms:
        do += [str(step[lang]) for step in clinic.watch.rules.get(alarm.id, {}).get("do", ())]
    do += entry("general_advice")[level]["do"][lang]
    avoid: list[str] = []
    back: list[str] = list(entry("general_advice")[level]["come_back"][lang])
    for condition, p in shown[:2]:
        if p < 0.15:
            continue
        advice = condition.record["advice"]
        do += advice["do"][lang][:3]
        avoid += advice["avoid"][lang][:3]
        back += advice["return"][lang][:3]
    do, harmful = fitting(_once(do), case, clinic, lang)
    avoid = [*harmful, *avoid]
    return {"do": do[:8], "avoid": _once(avoid)[:6], "come_back": _once(back)[:6]}


def _rare(case: Case, differential: Differential, clinic: Clinic, lang: str) -> dict[str, Any] | None:
    """For the doctor: rare diseases that explain what the differential leaves open; None where nothing calls for them."""
    if clinic.rare is None or not case.present or not leaves_much(case, differential, clinic.knowledge):
        return None
    tier = clinic.rare()
    if tier is None:
        return None
    finding = clinic.knowledge.finding
    present, absent = phenotypes(case, tier, clinic.knowledge)
    found = rank(present, absent, tier, limit=RARE_SHOWN)
    if not found:
        return None
    return {
        "label": say(lang, "rare"),
        "unexplained": [finding[n].name(lang) for n in unexplained(case, differential, clinic.knowledge)],
        "diseases": [
            {
                "name": one.name,
                "orpha": one.orpha,
                "omim": one.omim,
                "explains": [{"name": finding[n].name(lang), "hpo": tier.terms[n]} for n in one.explains],
                "leaves": [finding[n].name(lang) for n in one.leaves],
                "lacks": [finding[n].name(lang) for n in one.lacks],
            }
            for one in found
        ],
        "source": f"HPO {tier.version}",
    }


def _once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _unknowns(case: Case, knowledge: Knowledge, lang: str, unfinished: bool) -> list[str]:
    out = []
    if case.person.age_years is None:
        out.append(say(lang, "unknowns", "age"))
    if case.person.sex is None:
        out.append(say(lang, "unknowns", "sex"))
    if not any(d in case.findings for d in DURATIONS):
        out.append(say(lang, "unknowns", "duration"))
    unsure = [f.id for f in case.findings.values() if f.status == "unknown"]
    names = [
        knowledge.finding[n].name(lang)
        for n in dict.fromkeys((*case.unsure, *unsure))
        if n in knowledge.finding
    ]
    if names:
        out.append(say(lang, "unknowns", "unsure", names=joined(lang, names)))
    if unfinished:
        out.append(say(lang, "unknowns", "unanswered"))
    out.append(say(lang, "unknowns", "no_exam"))
    return out


def _estimated_percent(
    differential: Differential, shown: Sequence[tuple[ConditionDef, float]], knowledge: Knowledge
) -> int:
    """Of the numbers behind the shown conditions (their prior and one for each finding heard), the estimates."""
    total = estimates = 0
    heard = {term.finding for term in differential.evidence}
    for condition, _ in shown:
        record = condition.record
        total, estimates = total + 1, estimates + 1
        for name in heard:
            source = condition.source_of(name) or record["evidence"]
            total += 1
            estimates += source == "estimate"
    return round(100 * estimates / total) if total else 100
