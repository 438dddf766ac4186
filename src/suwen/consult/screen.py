"""Medicines within the consultation: what the patient takes is understood, checked, weighed as a cause, and kept
from being harmed by the advice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from suwen.consult.clinic import Clinic
from suwen.consult.say import joined, say
from suwen.core.case import Case
from suwen.knowledge.drugs.names import fold
from suwen.safety.doses import dose_in
from suwen.safety.medication import Alert, Drug, Patient, Pharmacist, Report

_SPLIT = re.compile(
    r"[、,，;；。/\n]|(?<![a-z])(?:and|plus|with|as well as)(?![a-z])|[和及与跟]|还有|以及", re.IGNORECASE
)
_VERBS = re.compile(
    r"^(?:我|他|她|孩子|宝宝|目前|现在|平时|一直|长期|每天|正在|在|都|只|就)*(?:吃着|吃了|吃过|在吃|吃|服用|服|口服|用了|用着|用|打了|打|喝了|喝|挂了|输了|开了)?(?:着|过|了|点|些)?"
    r"|^(?:i(?:'m| am)?|he|she|is|am|currently|now|only|just|taking|takes?|took|on|using|some)\s+",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"^(?:没有?|无|没吃药?|没用药?|不吃药|没有吃药|没有过敏|不过敏|都没有?|没了|none?|nothing|nil|no (?:medicines?|meds|allerg\w*)|nkda)?[\s.!。！]*$",
    re.IGNORECASE,
)
_NOT_TAKEN = re.compile(
    r"(?:没|未|不|停|别|对|能|可以|要|想|该|换|过敏)[^，。；,.;]{0,6}$|(?:not?|never|allergic to|allergy to|stopped|denies|without|should i|can i|or)\s[^,.;]{0,12}$",
    re.IGNORECASE,
)
_JUST_TAKEN = re.compile(r"(?:吃|服用?|喝|用)[了过着点些的]*$")
_NOT_AFTER = re.compile(r"\s*(?:过敏|皮试|停了|已停|行吗|可以吗|能吃|allerg)", re.IGNORECASE)
_OFTEN = {"very_common": 0, "common": 1, "uncommon": 2, "rare": 3}
_MOST_CAUSES, _MOST_ALERTS = 5, 12


def medicines_of(case: Case, pharmacist: Pharmacist) -> tuple[Drug, ...]:
    """Every medicine in what the patient said of medicines; what is no known name stays as it was written."""
    drugs: dict[str, Drug] = {}
    names = pharmacist.formulary.names
    for text in case.texts:
        for name in taken_in(text, pharmacist):
            drugs.setdefault(name, Drug(name))
    for phrase in case.medicines:
        for piece in _SPLIT.split(phrase):
            if "过敏" in piece or "allerg" in piece.lower():
                continue
            said = _VERBS.sub("", piece.strip()).strip(" .。!！")
            if _NOTHING.match(said):
                continue
            mentions = names.mentions(said)
            if mentions and not names.find(said).targets:
                dose = dose_in(said)[1] if len(mentions) == 1 else None
                drugs.update({m: Drug(m, dose=dose) for m in mentions if m not in drugs or dose})
            else:
                drug = pharmacist.drug(said)
                drugs[drug.name] = drug
    return _each_once(drugs.values(), pharmacist)


def taken_in(text: str, pharmacist: Pharmacist) -> list[str]:
    """Medicines that a running text says are taken: no allergies, nothing denied or stopped; a name of two characters only right after a verb of taking."""
    folded = fold(text)
    found = []
    for name in pharmacist.formulary.names.mentions(text):
        at = folded.find(name)
        before, after = folded[max(0, at - 14) : at], folded[at + len(name) : at + len(name) + 12]
        long_enough = len(name) >= (5 if name.isascii() else 3) or _JUST_TAKEN.search(before)
        if long_enough and not (_NOT_TAKEN.search(before) or _NOT_AFTER.match(after)):
            found.append(name)
    return found


def _each_once(drugs: Iterable[Drug], pharmacist: Pharmacist) -> tuple[Drug, ...]:
    """Of several writings of one medicine the one with a dose, else the first."""
    kept: dict[tuple[str, ...], Drug] = {}
    for drug in drugs:
        key = pharmacist.formulary.names.find(drug.name).targets or (drug.name,)
        if key not in kept or (drug.dose and not kept[key].dose):
            kept[key] = drug
    return tuple(kept.values())


def patient_of(case: Case) -> Patient:
    """Who takes them, as far as the consultation knows."""
    present = {f.id for f in case.findings.values() if f.status == "present"}
    past = {f.id for f in case.background if f.status == "present" and f.when == "past"}
    person = case.person
    pregnant = True if "pregnant" in present or person.pregnant_weeks else None
    if "pregnant" in case.findings and case.findings["pregnant"].status == "absent":
        pregnant = False
    return Patient(
        age_years=person.age_years,
        sex=person.sex,
        pregnant=pregnant,
        pregnant_weeks=person.pregnant_weeks,
        breastfeeding=True if "breastfeeding" in present else None,
        weight_kg=case.measurements.get("weight"),
        allergies=tuple(p.strip() for a in case.allergies for p in _SPLIT.split(a) if p.strip()),
        conditions=tuple(sorted(present | past | set(case.concerns))),
    )


def screen(case: Case, clinic: Clinic, lang: str) -> dict[str, Any] | None:
    """What the answer says of medicines; None when none and no allergy was spoken of, or nobody checks."""
    if clinic.pharmacist is None or not (case.medicines or case.allergies):
        return None
    pharmacist = clinic.pharmacist()
    drugs = medicines_of(case, pharmacist)
    report = pharmacist.check(drugs, patient_of(case))
    loud = report.interrupting
    formulary = pharmacist.formulary
    return {
        "recognised": [
            {
                "given": hit.given,
                "name": _names(hit.targets, formulary, lang),
                "mended": hit.how in ("spelling", "pinyin"),
            }
            for _, hit in report.found
            if hit.targets
        ],
        "unknown": [hit.given for hit in report.unknown],
        "alerts": [_alert(a, lang) for a in loud[:_MOST_ALERTS]],
        "quiet": [_alert(a, lang) for a in report.alerts if not a.interrupts and a.kind != "monitoring"][
            :_MOST_ALERTS
        ],
        "causes": [
            {
                "drug": drug,
                "say": effect["say"][lang],
                "finding": clinic.knowledge.finding[name].name(lang),
                "urgent": effect["urgent"],
            }
            for drug, effect, name in _causes(case, drugs, pharmacist, clinic)
        ],
        "allergies": list(case.allergies),
        "unknown_allergies": list(report.unknown_allergies),
        "summary": _summary(report, loud, lang),
        "version": report.version,
    }


def causes_of(case: Case, clinic: Clinic) -> tuple[str, ...]:
    """Medicines in use that may have caused what the patient has, each with the finding, in the case's language."""
    if clinic.pharmacist is None or not case.medicines:
        return ()
    pharmacist = clinic.pharmacist()
    found = _causes(case, medicines_of(case, pharmacist), pharmacist, clinic)
    return tuple(dict.fromkeys(f"{drug}（{clinic.knowledge.finding[f].name(case.lang)}）" if case.lang == "zh"
                               else f"{drug} ({clinic.knowledge.finding[f].name(case.lang)})" for drug, _, f in found))  # fmt: skip


def _causes(
    case: Case, drugs: Sequence[Drug], pharmacist: Pharmacist, clinic: Clinic
) -> list[tuple[str, Mapping[str, Any], str]]:
    """(medicine as named, effect, the finding it may explain), the likeliest first, one a medicine and finding."""
    formulary, knowledge = pharmacist.formulary, clinic.knowledge
    heard = {f.id for f in case.findings.values() if f.status == "present" and f.id in knowledge.finding}
    present = heard | {above for name in heard for above in knowledge.ancestors[name]}
    rows = []
    for drug in drugs:
        for target in formulary.names.find(drug.name).targets:
            for substance in formulary.ingredients(target):
                for number in formulary.effects_of.get(substance, ()):
                    effect = formulary.effects[number]
                    match = next((f for f in effect["findings"] if f in present), None)
                    if match is not None:
                        rows.append((drug.name, effect, match))
    rows.sort(key=lambda r: (not r[1]["urgent"], _OFTEN[r[1]["often"]]))
    seen: set[tuple[str, str]] = set()
    return [r for r in rows if (r[0], r[2]) not in seen and not seen.add((r[0], r[2]))][:_MOST_CAUSES]  # type: ignore[func-returns-value]


def fitting(lines: Iterable[str], case: Case, clinic: Clinic, lang: str) -> tuple[list[str], list[str]]:
    """(advice that may stand, what to avoid instead): advice that names a medicine this patient should not take goes."""
    lines = list(lines)
    if clinic.pharmacist is None:
        return lines, []
    pharmacist = clinic.pharmacist()
    names = pharmacist.formulary.names
    taken = medicines_of(case, pharmacist) if case.medicines else ()
    patient = replace(patient_of(case), sex=case.person.sex)
    kept, avoid = [], []
    for line in lines:
        against = [
            a
            for name in names.mentions(line)
            if (a := _against(name, taken, patient, pharmacist)) is not None
        ]
        if against:
            avoid += [
                say(lang, "medicine_harm", name=joined(lang, list(a.drugs[-1:])), effect=a.effect[lang])
                for a in against
            ]
        else:
            kept.append(line)
    return kept, avoid


def _against(name: str, taken: Sequence[Drug], patient: Patient, pharmacist: Pharmacist) -> Alert | None:
    """The gravest alert that interrupts if this patient took `name` too, or None."""
    advised: set[str] = set()
    for target in pharmacist.formulary.names.find(name).targets:
        advised.update(pharmacist.formulary.ingredients(target))
    others = [d for d in taken if d.name != name]
    for alert in pharmacist.check([*others, Drug(name)], patient).alerts:
        if alert.interrupts and advised.intersection(alert.substances) and alert.kind != "duplicate":
            return replace(alert, drugs=(name,))
    return None


def _names(targets: Sequence[str], formulary: Any, lang: str) -> str:
    return " + ".join(formulary.record(t)["name"][lang] for t in targets)


def _alert(alert: Alert, lang: str) -> dict[str, Any]:
    return {
        "severity": alert.severity,
        "drugs": list(alert.drugs),
        "effect": alert.effect[lang],
        "management": alert.management[lang],
        "source": alert.source,
    }


def _summary(report: Report, loud: Sequence[Alert], lang: str) -> str:
    if loud:
        return say(lang, "medicines", "loud", n=len(loud))
    return say(lang, "medicines", "none", version=report.version, n=report.known)
