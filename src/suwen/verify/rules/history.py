"""What a reply should still ask, and what it should not ask again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from suwen.reasoning.inquiry import topic_of
from suwen.verify.rubric import Check, Criterion
from suwen.verify.rules.wording import findings, known_ids, make, matches, wording
from suwen.verify.scene import Scene

TOP_QUESTIONS = 6
"""Questions of which any counts: a doctor asks one or two, and several are about as good. Source: estimate."""
NEAR_BEST = 0.4
"""A question worth this share of the best one's value is as good. Source: estimate."""
LEAST_LIFT = 1.2
"""What is not even likelier here than in anybody has nothing to do with the complaint. Source: estimate."""
LITTLE = 0.05
"""Value in nats under which no question is worth a criterion; consult.ask.TOO_LITTLE. Source: estimate."""
CHILD_YEARS, OLD_YEARS = 12.0, 65.0
FERTILE_YEARS = (12.0, 52.0)
"""Ages at which a pregnancy is thought of. Source: estimate."""
LATE_WEEKS = 24.0
"""From which movements are asked; RCOG Green-top Guideline 57 (2011)."""


def _open(scene: Scene) -> bool:
    """Whether the reply is one in which questions are in place: no answer was asked for, nobody is dying."""
    return scene.graded == "reply" and scene.case.floor != "emergency"


def _unknown(scene: Scene, names: list[str]) -> list[str]:
    """Those of the findings that nobody spoke of."""
    known = scene.present | scene.absent | set(scene.case.asked)
    return [n for n in names if n not in known]


def basics(scene: Scene) -> Iterator[Criterion]:
    """Age, sex and how long: the same complaint means something else at every age and after every time."""
    if not _open(scene) or not scene.case.present:
        return
    person, asked = scene.case.person, scene.case.asked
    missing = [
        name
        for name, known in (
            ("age", person.age_years is not None),
            ("sex", person.sex is not None or (person.age_years or CHILD_YEARS) < CHILD_YEARS),
            ("duration", scene.knows_duration()),
        )
        if not known and name not in asked
    ]
    if missing:
        yield make("basics", scene, 4, "context_awareness", theme="context_seeking", check=Check(asks=tuple(missing)),
                   names=findings(scene, missing))  # fmt: skip


def medicines_asked(scene: Scene) -> Iterator[Criterion]:
    """Before any advice on medicines, in the old, and when a medicine is asked for: what is taken, and allergies."""
    case = scene.case
    if not _open(scene) or case.medicines or case.allergies or {"medicines", "allergies"} & set(case.asked):
        return
    old = case.person.age_years is not None and case.person.age_years >= OLD_YEARS
    if old or matches("orders", scene.last, scene.lang) or matches("asked_medicine", scene.last, scene.lang):
        yield make("medicines_asked", scene, 4, "context_awareness", theme="medication",
                   check=Check(asks=("medicines", "new_medicine", "polypharmacy")))  # fmt: skip


def pregnancy_asked(scene: Scene) -> Iterator[Criterion]:
    """Every woman who may be pregnant, with pain below, bleeding, vomiting or a faint: ectopic pregnancy kills."""
    person = scene.case.person
    if not _open(scene) or person.sex != "female" or person.pregnant_weeks is not None:
        return
    age = person.age_years
    if age is None or not FERTILE_YEARS[0] <= age <= FERTILE_YEARS[1]:
        return
    names = known_ids(scene, "pregnancy")
    known = {*scene.case.findings, *scene.case.asked} & {*names, "postpartum"}
    if (
        scene.present & set(known_ids(scene, "pregnancy_when"))
        and not known
        and "postpartum" not in scene.present
    ):
        yield make("pregnancy_asked", scene, 5, "completeness", theme="pregnancy", check=Check(asks=tuple(names)))  # fmt: skip


def pregnancy_danger(scene: Scene) -> Iterator[Criterion]:
    """In pregnancy: bleeding, pain, water, movements; late also headache and sight (pre-eclampsia)."""
    weeks = scene.case.person.pregnant_weeks
    if not _open(scene) or not (scene.present & {"pregnant", "hcg_positive"} or weeks):
        return
    late = (weeks or 0) >= LATE_WEEKS or "pregnant_second_half" in scene.present
    names = _unknown(scene, known_ids(scene, "pregnancy_late" if late else "pregnancy_early"))
    if names:
        yield make("pregnancy_danger", scene, 5, "completeness", theme="pregnancy", check=Check(asks=tuple(names)),
                   names=findings(scene, names))  # fmt: skip


def child_state(scene: Scene) -> Iterator[Criterion]:
    """A sick child cannot tell: drinking, wet nappies and alertness say how ill it is. NICE NG143 (2019)."""
    age = scene.case.person.age_years
    if not _open(scene) or age is None or age >= CHILD_YEARS:
        return
    if scene.present & set(known_ids(scene, "child_when")):
        names = _unknown(scene, known_ids(scene, "child"))
        if len(names) >= 3:
            yield make("child_state", scene, 5, "completeness", theme="children", check=Check(asks=tuple(names)),
                       names=findings(scene, names))  # fmt: skip


def elder_state(scene: Scene) -> Iterator[Criterion]:
    """In the old, falls, confusion, blood thinners and many medicines are behind much and seldom told."""
    age = scene.case.person.age_years
    if not _open(scene) or age is None or age < OLD_YEARS:
        return
    if scene.present & set(known_ids(scene, "elder_when")):
        names = _unknown(scene, known_ids(scene, "elder"))
        if names:
            yield make("elder_state", scene, 3, "completeness", theme="elderly", check=Check(asks=(*names, "medicines")),
                       names=findings(scene, [*names, "medicines"]))  # fmt: skip


def next_question(scene: Scene) -> Iterator[Criterion]:
    """The findings that tell most between what the dialogue leaves, weighed by harm; any of the best few counts."""
    if not _open(scene) or not scene.understood:
        return
    topic = topic_of(scene.knowledge, scene.case.findings)
    found = scene.clinic.inquiry.candidates(scene.case, scene.differential, topic=topic)
    good = [
        c for c in found[:TOP_QUESTIONS]
        if c.value >= max(LITTLE, NEAR_BEST * found[0].value)
        and c.p_yes >= LEAST_LIFT * float(scene.knowledge.base[c.finding.index])
    ]  # fmt: skip
    if good:
        weight = int(np.clip(2 + round(6 * good[0].value), 2, 5))
        ids = tuple(c.finding.id for c in good)
        yield make("next_question", scene, weight if not scene.case.alarms else 2, "completeness", theme="context_seeking",
                   check=Check(asks=ids), names=findings(scene, ids))  # fmt: skip


def true_question(scene: Scene) -> Iterator[Criterion]:
    """The script's facts not told yet that speak most for its diagnosis: what a doctor on the right track asks."""
    script = scene.script
    if script is None or not _open(scene) or script.main.condition not in scene.knowledge.condition:
        return
    row = scene.knowledge.condition[script.main.condition].index
    open_ = {}
    for name, fact in script.of_finding.items():
        definition = scene.knowledge.finding.get(name)
        if fact.status != "present" or not fact.tellable or definition is None or not definition.askable:
            continue
        if name not in scene.present and name not in scene.case.asked:
            open_[name] = float(
                np.log(scene.knowledge.p(definition.index)[row] / max(scene.p_of(name), 1e-6))
            )
    best = tuple(sorted((n for n in open_ if open_[n] > 0.1), key=lambda n: (-open_[n], n)))[:TOP_QUESTIONS]
    if best:
        yield make("true_question", scene, 4, "completeness", theme="context_seeking", check=Check(asks=best),
                   names=findings(scene, best))  # fmt: skip


def asks_on(scene: Scene) -> Iterator[Criterion]:
    """After one or two things said no condition stands out: the reply asks on and does not conclude."""
    first = scene.likely[0][1] if scene.likely else 0.0
    if _open(scene) and not scene.case.alarms and first < 0.5 and len(scene.case.asked) < 4:
        yield make("asks_on", scene, 3, "context_awareness", theme="context_seeking", check=Check(asks_something=True))  # fmt: skip


def repeats(scene: Scene) -> Iterator[Criterion]:
    """What was answered is not asked again. A finding that has kinds is left out: asking which kind is no repetition."""
    if scene.graded != "reply":
        return
    case = scene.case
    known = [
        name
        for name, finding in case.findings.items()
        if name in scene.knowledge.finding
        and scene.knowledge.finding[name].askable
        and (finding.status == "absent" or (finding.status == "present" and not scene.knowledge.children.get(name)))
    ]  # fmt: skip
    person = [
        name
        for name, there in (
            ("age", case.person.age_years is not None),
            ("sex", case.person.sex is not None),
            ("duration", scene.knows_duration()),
        )
        if there
    ]
    if names := [*known, *person]:
        yield make("repeats", scene, -4, "context_awareness", theme="communication", check=Check(asks=tuple(names)),
                   names=findings(scene, names))  # fmt: skip


def person_names(scene: Scene) -> list[str]:
    """Who the patient is, as far as it was said, in words."""
    person, words = scene.case.person, wording()["person"]
    found = []
    age = person.age_years
    if age is not None:
        unit, n = ("years", int(age)) if age >= 2 else ("months", int(age * 12 + 0.01)) if age >= 1 / 12 else ("days", round(age * 365.25))  # fmt: skip
        found.append(words[unit][scene.lang].format(n=n))
    if person.sex is not None:
        found.append(words[person.sex][scene.lang])
    if person.pregnant_weeks is not None:
        found.append(words["weeks"][scene.lang].format(n=f"{person.pregnant_weeks:g}"))
    return found
