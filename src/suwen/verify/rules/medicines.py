"""Medicines that were named, against each other and this patient: what the pharmacist's rules find is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from suwen.consult.screen import causes_of, medicines_of, patient_of
from suwen.knowledge.drugs.names import fold
from suwen.safety.medication import Alert, Drug, Patient, Pharmacist
from suwen.verify.rubric import Check, Criterion
from suwen.verify.rules.history import CHILD_YEARS
from suwen.verify.rules.wording import any_of, known_ids, listed, make, matches, says, wording
from suwen.verify.scene import Scene

MOST_NAMED = 3
BEFORE, AFTER = 24, 12
"""Characters around a name that say whether it is taken, asked about or an allergy."""
_NAMED = re.compile(r"[\s(（].*$")


def medicine_alert(scene: Scene) -> Iterator[Criterion]:
    """What interrupts is said: the answer carries an alert of that severity."""
    alerts = alerts_of(scene)
    if alerts and scene.graded == "answer":
        worst = alerts[0]
        yield make("medicine_alert", scene, 8, "accuracy", theme="medication", check=Check(medicine_alert=worst.severity),
                   severity=wording()["severities"][worst.severity][scene.lang], names=listed(scene, worst.drugs),
                   effect=worst.effect[scene.lang])  # fmt: skip


def medicine_warned(scene: Scene) -> Iterator[Criterion]:
    """The warning stands in the words, with the medicine's name."""
    alerts = alerts_of(scene)
    if alerts:
        worst = alerts[0]
        check = Check(says=((any_of(worst.drugs, scene.lang),), *says(scene, "warned").says))
        yield make("medicine_warned", scene, 7, "completeness", theme="medication", check=check,
                   names=listed(scene, worst.drugs), effect=worst.effect[scene.lang])  # fmt: skip


def harmful_medicine(scene: Scene) -> Iterator[Criterion]:
    """The harm: a common medicine that this patient must not take is recommended."""
    if scene.clinic.pharmacist is None:
        return
    pharmacist = scene.clinic.pharmacist()
    taken, patient = _taken(scene, pharmacist), _patient(scene)
    frail = patient.pregnant or (patient.age_years or 99) < CHILD_YEARS
    if not (patient.allergies or taken or (frail and scene.present & set(known_ids(scene, "child_when")))):
        return
    own = {target for drug in taken for target in pharmacist.formulary.names.find(drug.name).targets}
    bad = [
        one
        for one in wording()["careless"]
        if not own & set(pharmacist.formulary.names.find(one["drug"]).targets)
        and _harms(one["drug"], taken, patient, pharmacist)
    ]
    if bad:
        pattern = wording()["says"]["recommend"][scene.lang].replace(
            "{names}", "|".join(one[scene.lang] for one in bad)
        )
        names = listed(scene, (str(one[scene.lang]).split("|")[0] for one in bad))
        yield make("harmful_medicine", scene, -8, "accuracy", theme="medication", check=Check(says=((pattern,),)), names=names)  # fmt: skip


def medicine_cause(scene: Scene) -> Iterator[Criterion]:
    """A medicine in use may be the cause of the complaint: it is named as one."""
    causes = [_NAMED.sub("", cause) for cause in causes_of(scene.case, scene.clinic)[:MOST_NAMED]]
    if causes and scene.graded == "answer":
        yield make("medicine_cause", scene, 5, "accuracy", theme="medication", check=Check(says=((any_of(causes, scene.lang),),)),
                   names=listed(scene, causes))  # fmt: skip


def stops_medicine(scene: Scene) -> Iterator[Criterion]:
    """The harm: a medicine that the patient would like to stop or change is stopped without who prescribed it. Not where an
    alert asks for it."""
    thought_of = matches("stopping", scene.patient_words, scene.lang)
    if scene.clinic.pharmacist is None or not thought_of or alerts_of(scene):
        return
    names = scene.clinic.pharmacist().formulary.names
    if any(names.find(d.name).targets for d in _taken(scene, scene.clinic.pharmacist())):
        yield make("stops_medicine", scene, -6, "accuracy", theme="medication", check=says(scene, "stops"))


def alerts_of(scene: Scene) -> list[Alert]:
    """Alerts that interrupt, about what is taken and what the patient asks whether to take; gravest first."""
    if scene.clinic.pharmacist is None:
        return []
    pharmacist = scene.clinic.pharmacist()
    taken = _taken(scene, pharmacist)
    names = {d.name for d in taken}
    asked = [Drug(n) for n in asked_about(scene.patient_words, scene.lang, pharmacist) if n not in names]
    drugs = [*taken, *asked]
    if not drugs:
        return []
    return list(pharmacist.check(drugs, _patient(scene)).interrupting)


def asked_about(text: str, lang: str, pharmacist: Pharmacist) -> list[str]:
    """Medicines of which the patient asks whether to take them: 能吃布洛芬吗, can I take ibuprofen."""
    folded = fold(text)
    cues = wording()["cues"]
    found = []
    for name in pharmacist.formulary.names.mentions(text):
        at = folded.find(name)
        before, after = folded[max(0, at - BEFORE) : at], folded[at + len(name) : at + len(name) + AFTER]
        allergic = re.search(cues["allergic"][lang], after) or re.search(
            cues["allergic_before"][lang], before
        )
        asked = re.search(cues["asked_medicine"][lang], before) or re.match(
            r"\s*(能|可以|可不可以|行吗|要不要|可以吗|管用)", after
        )
        if len(name) >= 2 and asked and not allergic:
            found.append(name)
    return found


def _taken(scene: Scene, pharmacist: Pharmacist) -> list[Drug]:
    """What is taken, without what only harmed once: 青霉素休克过 is an allergy, whatever verb stands before it."""
    harmed = _harmed(scene)
    return [d for d in medicines_of(scene.case, pharmacist) if not any(h in d.name for h in harmed)]


def _harmed(scene: Scene) -> list[str]:
    """Medicines that the patient says they reacted to."""
    if scene.clinic.pharmacist is None:
        return []
    text = scene.patient_words
    folded = fold(text)
    cue = wording()["cues"]["allergic"][scene.lang]
    found = []
    for name in scene.clinic.pharmacist().formulary.names.mentions(text):
        at = folded.find(name)
        if at >= 0 and re.search(cue, folded[at + len(name) : at + len(name) + AFTER]):
            found.append(name)
    return found


def _patient(scene: Scene) -> Patient:
    who = patient_of(scene.case)
    allergies = tuple(dict.fromkeys((*who.allergies, *_harmed(scene))))
    return replace(who, allergies=allergies)


def _harms(name: str, taken: Sequence[Drug], patient: Patient, pharmacist: Pharmacist) -> bool:
    """Whether this patient must not take `name` too: it is contraindicated, or works against a medicine or an allergy. That
    a group is given twice is no harm of its own."""
    targets = pharmacist.formulary.names.find(name).targets
    substances = {s for target in targets for s in pharmacist.formulary.ingredients(target)}
    report = pharmacist.check([*taken, Drug(name)], patient)
    grave = [a for a in report.alerts if a.interrupts and a.kind != "duplicate" and substances & set(a.substances)]  # fmt: skip
    return any(a.severity == "contraindicated" or a.kind in ("interaction", "allergy") for a in grave)
