"""Which question comes next, how it is put, and why it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from suwen.consult.clinic import Clinic
from suwen.consult.say import entry, joined, say
from suwen.consult.screen import causes_of
from suwen.core.case import CLEAR_GUESS, TRIAGE_LEVELS, Case, Finding, Heard, Person, Question
from suwen.knowledge import DURATIONS, FindingDef, Knowledge
from suwen.reasoning.differential import PRESENTING, Differential
from suwen.reasoning.inquiry import HARM, Candidate, changes_action, topic_of
from suwen.safety.critical import MOST_CRITICAL

LEAST_QUESTIONS = 5
"""Asked before the consultation may end of its own accord."""
AFTER_ALARM = {"emergency": 8, "urgent": 12}
"""Questions in all once an alarm was raised: enough for the doctor, not in the way of help. Source: estimate."""
TOO_LITTLE = 0.05
"""Value in nats under which a question costs more than it can tell. Source: estimate."""
PAST_AFTER = 8
"""Questions after which past illnesses are asked about, if it has not ended before. Source: estimate."""
SETTLED, ENOUGH_QUESTIONS = 0.5, 12
"""With one condition this likely, or after this many questions, it ends once no answer would change the level."""
LOOKED_AHEAD = 6
"""Questions whose answers are tried before it ends. Source: estimate."""
LEAST_P_DANGER, LEAST_P_ALONE = 0.02, 0.04
"""P(yes) from which it is asked before the end whether a red flag is completed: one of which something is there already,
and one that stands alone. Source: estimate."""
LIFT = 2.0
"""And that many times as likely as in anybody, so that chance is not asked for. Source: estimate; all three measured in
docs/benchmarks.md."""
MOST_MEANT = 3
"""Questions about what words may mean that nothing knew, in one consultation. Source: estimate."""
LEAST_MEANT_DANGER = 0.15
"""Share of a meaning times how like known words are, from which it is asked about if it would complete a red flag. Source:
estimate; measured in docs/benchmarks.md."""
MOST_PLACES = 7
"""Offered in one choice."""
COMPLAINT_TRIES = 3
DANGERS = (
    "breathlessness_rest",
    "chest_pain",
    "confusion",
    "weakness_one_side",
    "abdominal_pain_severe",
    "suicidal_thoughts",
)
DANGERS_INFANT = ("poor_feeding", "fever", "drowsy", "breathlessness", "seizure", "cyanosis")
MUST_ASK_YOUNG_INFANT = ("fever", "poor_feeding")
"""Under three months; NICE NG143 (2019), traffic light system."""
MUST_ASK_LATE_PREGNANCY = ("reduced_fetal_movement",)
"""From 24 weeks; RCOG Green-top Guideline 57 (2011)."""


def next_question(case: Case, differential: Differential, clinic: Clinic) -> Question | None:
    """The most valuable next question, or None when the consultation has enough."""
    if not _has_complaint(case, clinic.knowledge):
        return _meant(case, differential, clinic) or _find_complaint(case)
    asked = len(case.history)
    left = min(clinic.budget, AFTER_ALARM.get(case.floor or "", clinic.budget)) - asked
    if left <= 0:
        return None
    basics = (
        _must_ask(case)
        or _meant_danger(case, differential, clinic)
        or _critical(case, differential, clinic)
        or _basics(case)
        or (_past(case) if asked >= PAST_AFTER else None)
    )
    if basics is not None:
        return basics
    cause = _medicine_as_cause(case, clinic)
    if cause is not None:
        return cause
    if left == 1 and (last := _last(case)) is not None:
        return last
    topic = case.pending.topic if case.pending else topic_of(clinic.knowledge, case.findings)
    candidates = clinic.inquiry.candidates(case, differential, topic=topic)
    if _enough(case, differential, candidates, clinic):
        return _danger_left(case, differential, clinic) or _last(case)
    return _put(case, differential, candidates[0], clinic)


def _find_complaint(case: Case) -> Question | None:
    """Nothing was understood yet: ask again, then go through the dangers one can tap, then end with caution."""
    if sum(q.id == "complaint" for q in case.history) < COMPLAINT_TRIES:
        return Question("complaint", "free")
    if "danger" in case.asked:
        return None
    infant = case.person.age_years is not None and case.person.age_years < 1
    dangers = DANGERS_INFANT if infant else DANGERS
    return Question("danger", "choice", dangers, (*dangers, "none_of_these", "unknown"))


def _must_ask(case: Case) -> Question | None:
    """What is asked of everyone in this state, whatever the complaint."""
    age, weeks = case.person.age_years, case.person.pregnant_weeks
    names: tuple[str, ...] = MUST_ASK_YOUNG_INFANT if age is not None and age < 0.25 else ()
    names += MUST_ASK_LATE_PREGNANCY if weeks is not None and weeks >= 24 else ()
    for name in names:
        if name not in case.findings and name not in case.asked:
            return Question(name, "yes_no", (name,), ("present", "absent", "unknown"))
    return None


def _critical(case: Case, differential: Differential, clinic: Clinic) -> Question | None:
    """What is asked at once of everybody with this complaint; after an alarm of an emergency there is no time for it."""
    critical = clinic.watch.critical
    asked = sum(name in {c.ask for c in critical} for name in case.asked)
    if case.floor == "emergency" or asked >= MOST_CRITICAL:
        return None
    present, _ = clinic.reasoner.known(case.findings)
    fitting = [c for c in critical if c.concerns(case.person) and not present.keys().isdisjoint(c.when)]
    if not fitting:
        return None
    findings = clinic.knowledge.finding
    open_ = set(clinic.inquiry.open_findings(case).tolist())
    name = next((c.ask for c in fitting if findings[c.ask].index in open_), None)
    return None if name is None else _yes_or_no(case, differential, findings[name], clinic)


def _meant_danger(case: Case, differential: Differential, clinic: Clinic) -> Question | None:
    """Words that may mean what would complete a red flag: asked at once, since a guess raises none."""
    dangers, open_ = _dangers_meant(case, clinic)
    if not dangers:
        return None
    name = min(dangers, key=lambda n: (dangers[n], -open_[n][0], n))
    return _about(case, differential, name, open_[name][1], clinic)


def _dangers_meant(case: Case, clinic: Clinic) -> tuple[dict[str, int], dict[str, tuple[float, str]]]:
    """The level (0 emergency ..) of each open meaning that would complete a red flag, and the open meanings."""
    level = TRIAGE_LEVELS.index(case.floor) if case.floor else len(TRIAGE_LEVELS)
    open_ = _open_meanings(case, LEAST_MEANT_DANGER, clinic)
    dangers: dict[str, int] = {}
    for lv, names, _ in clinic.watch.nearly(case) if open_ else ():
        for name in names & open_.keys():
            dangers[name] = min(lv, dangers.get(name, level))
    return {name: lv for name, lv in dangers.items() if lv < level}, open_


def may_mean(case: Case, clinic: Clinic) -> bool:
    """Whether words that were not understood are close enough to something to be asked about next."""
    if not _has_complaint(case, clinic.knowledge):
        return bool(_complaints_meant(case, clinic))
    return bool(_dangers_meant(case, clinic)[0])


def _meant(case: Case, differential: Differential, clinic: Clinic) -> Question | None:
    """What the words may mean when nothing else was understood: better to ask than to have it said again."""
    open_ = _complaints_meant(case, clinic)
    if not open_:
        return None
    name = max(open_, key=lambda n: (open_[n][0], n))
    return _about(case, differential, name, open_[name][1], clinic)


def _complaints_meant(case: Case, clinic: Clinic) -> dict[str, tuple[float, str]]:
    """The open meanings that would be a complaint."""
    open_ = _open_meanings(case, CLEAR_GUESS, clinic)
    return {n: meant for n, meant in open_.items() if clinic.knowledge.finding[n].kind in PRESENTING}


def _open_meanings(case: Case, least: float, clinic: Clinic) -> dict[str, tuple[float, str]]:
    """(share times likeness, words) of each finding that words may mean and that can still be asked."""
    if not case.guesses or sum(bool(q.said) for q in case.history) >= MOST_MEANT:
        return {}
    present, absent = clinic.reasoner.known(case.findings)
    known = {*present, *absent, *case.findings, *case.asked}
    meant: dict[str, tuple[float, str]] = {}
    for guess in case.guesses:
        for name, share in guess.meanings:
            worth = share * guess.alike
            if worth < least or name in known or name not in clinic.knowledge.finding:
                continue
            finding = clinic.knowledge.finding[name]
            possible = finding.askable and finding.allows(case.person.age_years, case.person.sex)
            if possible and absent.keys().isdisjoint(clinic.knowledge.ancestors[name]):
                meant[name] = max(meant.get(name, (0.0, "")), (worth, guess.words))
    return meant


def _about(case: Case, differential: Differential, name: str, said: str, clinic: Clinic) -> Question:
    """The question whether words of the patient mean a finding."""
    return replace(_yes_or_no(case, differential, clinic.knowledge.finding[name], clinic), said=said)


def _has_complaint(case: Case, knowledge: Knowledge) -> bool:
    kinds = ("symptom", "sign", "context", "vital", "result")
    present = [
        knowledge.finding[f.id]
        for f in case.findings.values()
        if f.status == "present" and f.id in knowledge.finding
    ]
    return any(finding.kind in kinds for finding in present)


def _basics(case: Case) -> Question | None:
    """Age, sex and duration come early when they are not told."""
    if case.person.age_years is None and "age" not in case.asked:
        return Question("age", "number")
    if case.person.sex is None and "sex" not in case.asked:
        return Question("sex", "choice", options=("female", "male"))
    if "duration" not in case.asked and not any(name in case.findings for name in DURATIONS):
        return Question("duration", "choice", findings=DURATIONS, options=DURATIONS)
    return None


def _enough(case: Case, differential: Differential, candidates: Sequence[Candidate], clinic: Clinic) -> bool:
    if not candidates:
        return True
    if not clinic.inquiry.ends_early:
        return False
    asked = len(case.history)
    if asked < LEAST_QUESTIONS:
        return candidates[0].value < TOO_LITTLE / 4
    if candidates[0].value < TOO_LITTLE:
        return True
    settled = float(differential.p[:-1].max()) >= SETTLED or asked >= ENOUGH_QUESTIONS
    worth_asking = [c for c in candidates[:LOOKED_AHEAD] if c.value >= TOO_LITTLE]
    return settled and not changes_action(
        worth_asking, case, differential, clinic.reasoner, clinic.triager.level_of
    )


def _medicine_as_cause(case: Case, clinic: Clinic) -> Question | None:
    """Whether a medicine that may have caused the complaint is new: asked once, as soon as both are known."""
    name = "new_medicine"
    if name in case.findings or name in case.asked or name not in clinic.knowledge.finding:
        return None
    suspects = causes_of(case, clinic)
    if not suspects:
        return None
    return Question(
        name, "yes_no", (name,), ("present", "absent", "unknown"), topic="medicines", suspects=suspects[:3]
    )


def _danger_left(case: Case, differential: Differential, clinic: Clinic) -> Question | None:
    """Before the end: what would complete a red flag that makes it more urgent, where that is not far-fetched."""
    level = TRIAGE_LEVELS.index(clinic.triager.level_of(case, differential))
    nearly = [(lv, names, near) for lv, names, near in clinic.watch.nearly(case) if lv < level]
    if not nearly:
        return None
    findings = clinic.knowledge.findings
    askable = {findings[i].id for i in clinic.inquiry.open_findings(case) if findings[i].kind != "vital"}
    best: tuple[float, str] | None = None
    for lv, names, near in nearly:
        for name in names & askable:
            index = clinic.knowledge.finding[name].index
            p = float(differential.p @ clinic.knowledge.p(index))
            if p >= (LEAST_P_DANGER if near else LEAST_P_ALONE) and p >= LIFT * clinic.knowledge.base[index]:
                worth = p * HARM[TRIAGE_LEVELS[lv]]
                if best is None or (worth, name) > best:
                    best = (worth, name)
    if best is None:
        return None
    return _yes_or_no(case, differential, clinic.knowledge.finding[best[1]], clinic)


def _last(case: Case) -> Question | None:
    """Before the end: past illnesses, then medicines and allergies, which every doctor needs; what is told may open more
    questions."""
    if case.floor == "emergency":
        return None
    past = _past(case)
    if past is not None or "medicines" in case.asked or case.medicines:
        return past
    return Question("medicines", "free", topic="medicines")


def _past(case: Case) -> Question | None:
    """Past illnesses, asked once; help in an emergency does not wait for them."""
    if "past" in case.asked or case.floor == "emergency":
        return None
    return Question("past", "free", topic="history")


def _put(case: Case, differential: Differential, candidate: Candidate, clinic: Clinic) -> Question:
    places = _places(candidate, case, clinic.knowledge)
    if places:
        parent = candidate.finding.parent
        return Question(
            f"where:{parent}",
            "choice",
            places,
            (*places, "elsewhere", "unknown"),
            topic=candidate.finding.topic,
        )
    return _yes_or_no(case, differential, candidate.finding, clinic)


def _yes_or_no(case: Case, differential: Differential, f: FindingDef, clinic: Clinic) -> Question:
    """The question about a finding, with where its answers would lean."""
    yes, no = (_after(case, f.id, status, clinic) for status in ("present", "absent"))
    conditions = clinic.knowledge.conditions
    leans = tuple(conditions[int(np.argmax((after.p - differential.p)[:-1]))].id for after in (yes, no))
    dangers = [
        conditions[d].id for d, p in yes.ranked(12)
        if conditions[d].dangerous and p > 1.3 * differential.p[d] and p > 0.01
    ][:2]  # fmt: skip
    return Question(f.id, "yes_no", (f.id,), ("present", "absent", "unknown"), leans, tuple(dangers), f.topic)


def _places(candidate: Candidate, case: Case, knowledge: Knowledge) -> tuple[str, ...]:
    """The sibling places of a pain when the candidate is one of them: better one choice than six yes-no."""
    if f"where:{candidate.finding.parent}" in case.asked:
        return ()
    kin = places_of(candidate.finding, case.person, knowledge)
    return () if any(name in case.findings for name in kin) else kin[:MOST_PLACES]


def places_of(finding: FindingDef, person: Person, knowledge: Knowledge) -> tuple[str, ...]:
    """All places of the same thing, when `finding` is one of several; empty otherwise."""
    if finding.parent is None or not _is_place(finding):
        return ()
    kin = tuple(
        name for name in knowledge.children.get(finding.parent, ())
        if _is_place(knowledge.finding[name])
        and knowledge.finding[name].askable
        and knowledge.finding[name].allows(person.age_years, person.sex)
    )  # fmt: skip
    return kin if len(kin) > 1 else ()


def _is_place(finding: FindingDef) -> bool:
    """Whether a finding says no more than where something is."""
    return any(set(line) == {"kernel", "site"} for line in finding.compose)


def _after(case: Case, finding: str, status: str, clinic: Clinic) -> Differential:
    heard = Heard(findings=(Finding(finding, status, origin="answer"),))  # type: ignore[arg-type]
    return clinic.reasoner.differential(case.add(heard))


def is_askable(question: Question, knowledge: Knowledge) -> bool:
    """Whether today's knowledge still has the words for a question; an older one may have put it."""
    kind, _, about = question.id.partition(":")
    named = [about] if kind == "where" else [] if kind in entry("questions") else [question.id]
    asked = all(
        n in knowledge.finding and (kind == "where" or knowledge.finding[n].record["ask"]) for n in named
    )
    return asked and all(f in knowledge.finding for f in question.findings)


def text_of(question: Question, knowledge: Knowledge, lang: str) -> str:
    """The question as the patient reads it."""
    kind = question.id.split(":")[0]
    if kind == "where":
        return say(lang, "questions", kind, name=knowledge.finding[question.id.split(":")[1]].name(lang))
    if kind in entry("questions"):
        return say(lang, "questions", kind)
    asked = str(knowledge.finding[question.id].record["ask"][lang])
    return say(lang, "you_said", words=question.said, question=asked) if question.said else asked


def options_of(question: Question, knowledge: Knowledge, lang: str) -> list[dict[str, str]]:
    """The answers to tap, with their labels."""
    fixed = entry("options")
    labels = []
    for value in question.options:
        label = fixed[value][lang] if value in fixed else knowledge.finding[value].name(lang)
        labels.append({"value": value, "label": label})
    if question.id in ("past", "medicines"):
        labels.append({"value": "none", "label": fixed["none"][lang]})
    return labels


def why_of(question: Question, knowledge: Knowledge, lang: str) -> str:
    """What the answer would change, honestly: where a yes and a no would lean, and what it helps not to miss."""
    kind = question.id.split(":")[0]
    if kind in entry("questions"):
        return str(entry("questions")[kind][f"why_{lang}"])
    names = [knowledge.condition[c].name(lang) for c in question.leans if c in knowledge.condition]
    parts = []
    if question.suspects:
        parts.append(say(lang, "why", "suspects", names=joined(lang, list(question.suspects))))
    if len(names) == 2 and names[0] != names[1]:
        parts.append(say(lang, "why", "towards", yes=names[0], no=names[1]))
    elif names:
        parts.append(say(lang, "why", "same", yes=names[0]))
    if question.dangers:
        dangers = [knowledge.condition[c].name(lang) for c in question.dangers if c in knowledge.condition]
        parts.append(say(lang, "why", "danger", names=joined(lang, dangers)))
    return " ".join(parts) if lang == "en" else "".join(parts)
