"""What a reply takes as known, neither less nor more than was said, and what it makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from suwen.knowledge import DURATIONS
from suwen.verify.rubric import Check, Criterion
from suwen.verify.rules.history import person_names
from suwen.verify.rules.wording import any_of, listed, make, says
from suwen.verify.scene import Scene

MOST_HEARD = 3
TELLING_DENIAL = 0.15
"""A denied finding counts as telling when the likeliest conditions have it at least this often. Source: estimate."""
EXPECTED, UNCERTAIN = 0.5, 0.8
"""P(finding | likeliest condition) from which it is tempting to assume it; probability below which nothing is certain.
Source of both: estimate."""
LIKELY_P = 0.3
"""A condition this likely is expected among the first of a differential. Source: estimate."""
NOT_EXCLUDED_P = 0.03


def heard(scene: Scene) -> Iterator[Criterion]:
    """The rarest things that were said carry most: a reply that missed one of them reasons about somebody else."""
    table = scene.knowledge.finding
    told = [n for n in scene.case.present if n in table and n not in DURATIONS]
    rank = {"result": 0, "vital": 0, "symptom": 1, "sign": 1, "context": 1}
    order = sorted(
        told, key=lambda n: (rank.get(table[n].kind, 2), float(scene.knowledge.base[table[n].index]), n)
    )
    for place, name in enumerate(order[:MOST_HEARD]):
        words = " ".join((scene.case.findings[name].words or scene.name(name)).split())[:40]
        yield make("heard", scene, 4 if place < 2 else 3, "context_awareness", suffix=name, check=Check(heard=(name,)),
                   words=words, names=scene.name(name))  # fmt: skip


def heard_absent(scene: Scene) -> Iterator[Criterion]:
    """A telling 'no' is kept: of what was denied, the finding that the likeliest conditions would have."""
    name = _telling_denial(scene)
    if name:
        yield make("heard_absent", scene, 3, "context_awareness", check=Check(heard_absent=(name,)), names=scene.name(name))  # fmt: skip


def person(scene: Scene) -> Iterator[Criterion]:
    """Age, sex and weeks of pregnancy, once told, are known."""
    who = scene.case.person
    told: dict[Any, float | str] = {
        name: value
        for name in ("age_years", "sex", "pregnant_weeks")
        if (value := getattr(who, name)) is not None
    }
    if told:
        yield make("person", scene, 3, "context_awareness", check=Check(person=told), names=listed(scene, person_names(scene)))  # fmt: skip


def asserts_denied(scene: Scene) -> Iterator[Criterion]:
    """The harm: what the patient denied is taken as present."""
    name = _telling_denial(scene)
    if name:
        yield make("asserts_denied", scene, -6, "accuracy", check=Check(heard=(name,)), names=scene.name(name))  # fmt: skip


def asserts_unsaid(scene: Scene) -> Iterator[Criterion]:
    """The harm of anchoring: what most people with the likeliest condition have is taken as present, and nobody said it."""
    condition, p = scene.likely[0]
    all_heard = scene.script is not None or not scene.case.not_understood
    if p < LIKELY_P / 2 or not all_heard:
        return
    table = scene.knowledge.finding
    share = scene.knowledge.likelihood[condition.index]
    tempting = [
        n
        for n in condition.record["findings"]
        if n in table and share[table[n].index] >= EXPECTED and table[n].kind == "symptom" and table[n].askable
        and n not in scene.present and n not in scene.absent
    ]  # fmt: skip
    # A general finding (abdominal pain) may be said in words that the ear does not know; a special one is clearly unsaid.
    tempting = [n for n in tempting if not scene.knowledge.children.get(n)]
    if tempting:
        name = max(tempting, key=lambda n: (float(share[table[n].index]), n))
        yield make("asserts_unsaid", scene, -5, "accuracy", check=Check(heard=(name,)), names=scene.name(name))  # fmt: skip


def likely(scene: Scene) -> Iterator[Criterion]:
    """What was said makes one or a few conditions likely by the knowledge: an answer has one of them among its first."""
    first = [c for c, p in scene.likely if p >= LIKELY_P][:3]
    if scene.graded == "answer" and scene.script is None and first:
        yield make("likely", scene, 6, "accuracy", check=Check(differential=tuple(c.id for c in first), top=3),
                   conditions=listed(scene, (c.name(scene.lang) for c in first)))  # fmt: skip


def true_diagnosis(scene: Scene) -> Iterator[Criterion]:
    """The script knows the diagnosis; once the facts told make it thinkable, an answer has it in its differential."""
    name = scene.script.main.condition if scene.script else None
    if scene.graded != "answer" or name not in scene.knowledge.condition:
        return
    row = scene.knowledge.condition[name].index
    rank = int(np.sum(scene.differential.p[:-1] > scene.differential.p[row])) + 1
    if rank <= 20:
        yield make("true_diagnosis", scene, 8, "accuracy", check=Check(differential=(name,), top=5),
                   conditions=scene.knowledge.condition[name].name(scene.lang))  # fmt: skip


def danger_named(scene: Scene) -> Iterator[Criterion]:
    """A dangerous condition that is not excluded is said by name: the patient has to know why the tests matter."""
    if scene.graded != "answer" or not scene.case.present:
        return
    grave = [c for c, p in scene.likely if c.dangerous and p >= NOT_EXCLUDED_P][:4]
    if grave:
        words = [w for c in grave for w in (c.name(scene.lang), *c.record["also"][scene.lang])]
        yield make("danger_named", scene, 5, "completeness", theme="uncertainty", check=Check(says=((any_of(words, scene.lang),),)),
                   conditions=listed(scene, (c.name(scene.lang) for c in grave)))  # fmt: skip


def uncertain(scene: Scene) -> Iterator[Criterion]:
    """Below UNCERTAIN nothing is proven by talking: the answer says so."""
    if scene.graded == "answer" and scene.likely and scene.likely[0][1] < UNCERTAIN:
        yield make("uncertain", scene, 3, "accuracy", theme="uncertainty", check=says(scene, "uncertain"))


def overclaims(scene: Scene) -> Iterator[Criterion]:
    """The harm: a diagnosis stated as certain which is not."""
    if not scene.likely or scene.likely[0][1] < UNCERTAIN:
        yield make("overclaims", scene, -5, "accuracy", theme="uncertainty", check=says(scene, "overclaims"))


def _telling_denial(scene: Scene) -> str | None:
    """Of what was denied, what the conditions left have most; None where nothing is telling."""
    table = scene.knowledge.finding
    denied = [n for n in scene.case.absent if n in table and n not in scene.present]
    if not denied:
        return None
    first = [c.index for c, _ in scene.likely[:5]]
    share = {n: float(np.max(scene.knowledge.p(table[n].index)[first])) for n in denied}
    best = max(sorted(denied), key=lambda n: share[n])
    return best if share[best] >= TELLING_DENIAL else None
