"""`suwen bench dialogue`: recorded consultations replayed; the doctor learns from some and asks in the others.

The doctor sees what was told at once and asks; the answer comes from what the record holds, and what it does not hold is
'not sure'. Every case is asked by a doctor who learned from the other folds only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from suwen.app.learning import FOLDS, Names, Record, case_of, folds, read_records
from suwen.consult.clinic import Clinic
from suwen.core.case import Case, Finding, Heard, Question
from suwen.knowledge import Knowledge
from suwen.knowledge.learn import Confirmed, Experience, among, as_records, tally, with_findings
from suwen.reasoning.differential import Parameters, Reasoner
from suwen.reasoning.inquiry import Inquiry, Policy
from suwen.verify.stats import Share

LEAST_TOLD = 5
"""A name the knowledge does not have becomes a finding when so many cases have it."""
STRENGTH = 10.0
"""Cases that an expert's number weighs here, where there are hundreds of cases of each diagnosis; chosen on these files."""
TOO_LITTLE = 0.002
"""Nats below which a question is not worth asking. Source: estimate."""


def dialogue(data: Path, clinic: Clinic, *, budget: int, seed: int, quiet: bool) -> dict[str, Any]:
    """Accuracy among the file's own diagnoses, two names of one condition apart, at `budget` questions, with learning, without, and naive Bayes."""
    names = Names(clinic)
    reading = read_records(data.read_text(encoding="utf-8"), names, keep_unknown=True)
    records = reading.records
    labels = sorted({r.diagnosis for r in records})
    common = {n for n, k in reading.unknown_findings.items() if k >= LEAST_TOLD}
    rates = {n: reading.unknown_findings[n] / len(records) for n in sorted(common)}
    known = {f.id for f in clinic.knowledge.findings} | common
    closed = among(with_findings(clinic.knowledge, rates), {name: names.condition(name) for name in labels})
    right: Counter[str] = Counter()
    asked = found = there = 0
    for train, test in folds(len(records), seed):
        lessons = tally((_case(records[i], known) for i in train), closed)
        noted = {key for one in lessons.values() for key in one.findings}
        doctor = _Doctor(as_records(closed, Experience(lessons, STRENGTH)), budget, noted)
        bayes = _NaiveBayes([records[i] for i in train], labels)
        for i in track(test, description="consulting", disable=quiet, transient=True):
            record = records[i]
            answer = doctor.consult(record, known)
            gold = labels.index(record.diagnosis)
            right["asked"] += answer.label == gold
            right["all"] += doctor.with_everything(record, known) == gold
            right["told"] += answer.at_first == gold
            right["bayes"] += bayes.label(record) == gold
            asked += answer.questions
            there += len(record.found)
            found += answer.found
    n = len(records)
    return {
        "cases": n,
        "diagnoses": len(labels),
        "right_at_budget": Share(right["asked"], n).to_json(),
        "right_with_what_was_told": Share(right["told"], n).to_json(),
        "right_with_everything_recorded": Share(right["all"], n).to_json(),
        "naive_bayes_with_everything": Share(right["bayes"], n).to_json(),
        "questions_budget": budget,
        "questions_mean": round(asked / n, 2),
        "implicit_found": Share(found, there).to_json(),
        "diagnoses_known": Share(sum(names.condition(d) is not None for d in labels), len(labels)).to_json(),
        "findings_known": Share(
            sum(len(r.told) + len(r.found) for r in records) - sum(reading.unknown_findings.values()),
            sum(len(r.told) + len(r.found) for r in records),
        ).to_json(),
        "folds": FOLDS,
    }


def _case(record: Record, known: set[str]) -> Confirmed:
    noted = {k: v for k, v in {**record.told, **record.found}.items() if k in known}
    return Confirmed(record.diagnosis, noted)


@dataclass(slots=True)
class _Answer:
    label: int = -1
    at_first: int = -1
    questions: int = 0
    found: int = 0


class _Doctor:
    """The product's differential and choice of questions over what was learned; the record answers."""

    def __init__(self, knowledge: Knowledge, budget: int, noted: set[str]) -> None:
        self.budget = budget
        # A record is no person: what it does not hold was not noted, and nobody is endangered by not being asked.
        replayed = Parameters(absence=1.0, temperature=1.0, unexplained=1.0, volunteered=0.0, crowding=0.0)
        every_kind = tuple((kind, 1.0) for kind, _ in Policy().kind_weight)
        policy = Policy(harm=0.0, least_likely=0.0, kind_weight=every_kind)
        self.reasoner = Reasoner(knowledge, replayed)
        self.inquiry = Inquiry(self.reasoner, policy, among=noted)

    def _best(self, case: Case) -> int:
        return int(np.argmax(self.reasoner.differential(case).p[:-1]))

    def with_everything(self, record: Record, known: set[str]) -> int:
        return self._best(case_of({k: v for k, v in {**record.told, **record.found}.items() if k in known}))

    def consult(self, record: Record, known: set[str]) -> _Answer:
        answer = _Answer()
        case = case_of({k: v for k, v in record.told.items() if k in known})
        answer.at_first = self._best(case)
        for _ in range(self.budget):
            candidates = self.inquiry.candidates(case, self.reasoner.differential(case))
            if not candidates or candidates[0].gain < TOO_LITTLE:
                break
            name = candidates[0].finding.id
            status = "unknown" if name not in record.found else "present" if record.found[name] else "absent"
            case = case.ask(Question(name, "yes_no", (name,)))
            case = case.add(Heard(findings=(Finding(name, status, origin="answer", turn=1),)))  # type: ignore[arg-type]
            answer.questions += 1
            answer.found += name in record.found
        answer.label = self._best(case)
        return answer


class _NaiveBayes:
    """The baseline: counts with one added to each, every recorded finding given, what is not recorded left out."""

    def __init__(self, records: Sequence[Record], labels: Sequence[str]) -> None:
        self.labels = labels
        self.cases = Counter(r.diagnosis for r in records)
        self.noted = Counter((r.diagnosis, k, v) for r in records for k, v in {**r.told, **r.found}.items())

    def label(self, record: Record) -> int:
        scores = [
            math.log(self.cases[d] or 0.5)
            + sum(
                math.log((self.noted[d, k, v] + 1) / (self.cases[d] + 3))
                for k, v in {**record.told, **record.found}.items()
            )
            for d in self.labels
        ]
        return int(np.argmax(scores))
