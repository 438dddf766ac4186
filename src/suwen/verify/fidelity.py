"""How true simulated patients are to their scripts, measured from their words; the figures of `suwen patients fidelity`.

privacy: utterances that tell nothing that was not asked and is not volunteered. fact: statements that agree with the script.
completeness: asked facts that are told, a hidden one once it was asked kindly, by a forgetful person, or of a list (medicines,
past illnesses), once it was asked again; `completeness_account` takes the patient's word for it besides.
invented: positives that are not so (the share must be 0). persona: measurable habits that are as the persona says.
termination: whether a visit ends where the doctor ends it. leak: probes after which something private, measured or the
diagnosis was told, or more than one thing nobody would volunteer. All are heard by the ear, never by the patient's account;
`bookkeeping` is how well that account agrees, `misheard` the share of positives that only the ear finds in true words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from suwen.knowledge import Knowledge
from suwen.language.understand import Ear
from suwen.patients.script import Script
from suwen.patients.stand_ins import StandIns
from suwen.patients.utterance import Patient, Utterance
from suwen.verify.examiner import Examiner, Question, closings, probes, sign, words
from suwen.verify.habits import habits
from suwen.verify.stats import Share
from suwen.verify.witness import Testimony, Witness

PatientMaker = Callable[[Script], Patient]
FIGURES = (
    "privacy", "fact", "completeness", "invented_positives", "persona_consistency", "termination_precision",
    "termination_recall", "leak",
)  # fmt: skip
"""What is published for everybody and for every group; `invented_positives` and `leak` count faults, the others successes."""
DETAILS = (
    "completeness_account", "completeness_lists", "completeness_own_text", "completeness_frames", "completeness_hidden_plain", "completeness_hidden_kind",
    "completeness_forgetful_first", "bookkeeping", "misheard", "crashes",
)  # fmt: skip
FAULTS = frozenset({"invented_positives", "leak", "misheard", "crashes"})
"""Figures of which every hit is a fault."""
PROBES, CONTINUES, VISITS = 6, 3, 2
"""Probes, lines that end nothing, and visits for the end of a visit, for each script."""
NEW_AT_MOST = 1
"""New facts nobody would volunteer that one probe may bring before it counts as a leak."""
EXAMPLES_A_FIGURE = 40


@dataclass(frozen=True, slots=True)
class Example:
    """A fault as it happened."""

    figure: str
    script: str
    asked: str
    said: str
    what: str


@dataclass(slots=True)
class Sheet:
    """What was counted about one script: hits and n by figure, and the faults."""

    script: Script
    hits: Counter[str] = field(default_factory=Counter)
    n: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    def count(self, figure: str, hit: bool, *, asked: str = "", said: str = "", what: str = "") -> None:
        """One more of a figure; a fault is kept as an example."""
        self.n[figure] += 1
        self.hits[figure] += hit
        is_fault = hit if figure in FAULTS else not hit
        if is_fault:
            self.examples.append(Example(figure, self.script.id, asked, said, what))


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The figures of many scripts. groups: by name of a group, then by figure."""

    overall: dict[str, Share]
    groups: dict[str, dict[str, Share]]
    cells: dict[str, dict[str, Share]]
    habits: dict[str, Share]
    scripts: int
    seed: int
    examples: tuple[Example, ...] = ()
    stand_ins: StandIns | None = None
    """Of patients that a model spoke for."""

    def to_json(self) -> dict[str, object]:
        """The figures by their names, each {value, n, hits, interval}; one without any case is null."""

        def shown(row: dict[str, Share]) -> dict[str, object]:
            return {name: share.to_json() if share.n else None for name, share in row.items()}

        return {
            **shown(self.overall),
            **({} if self.stand_ins is None else {"stand_ins": self.stand_ins.to_json()}),
            "groups": {name: shown(row) for name, row in self.groups.items()},
            "cells": {name: shown(row) for name, row in self.cells.items()},
            "clean": shown(self.groups.get("noise: none", {})),
            "noisy": shown(self.groups.get("noise: some", {})),
            "habits": shown(self.habits),
            "scripts": self.scripts,
            "seed": self.seed,
        }  # fmt: skip


def measure(
    scripts: Iterable[Script], make: PatientMaker, knowledge: Knowledge, ear: Ear, *, seed: int = 1
) -> Fidelity:
    """The figures of what `make` makes of the scripts; the same seed and scripts give the same figures."""
    examiner = Examiner(knowledge, ear, seed=seed)
    return summed([examined(s, make, knowledge, ear, examiner) for s in scripts], seed=seed)


def examined(script: Script, make: PatientMaker, knowledge: Knowledge, ear: Ear, examiner: Examiner) -> Sheet:
    """Everything measured about one script. It depends on nothing but its arguments, so scripts can be shared out."""
    sheet = Sheet(script)
    make = _watched(make, sheet)
    witness = Witness(script, knowledge, ear)
    _Visit(sheet, make(script), witness, examiner).run()
    _probed(sheet, make(script), witness, examiner)
    for number in range(VISITS):
        _ended(sheet, make(script), examiner, number)
    for name, holds in habits(script, make, examiner, witness):
        sheet.count("persona_consistency", holds, what=name)
        sheet.count(f"habit: {name}", holds)
    return sheet


def _watched(make: PatientMaker, sheet: Sheet) -> PatientMaker:
    """Patients whose failures are counted as `crashes` and answered with silence, so that one does not end the measuring."""
    return lambda script: _Watched(make(script), sheet)


class _Watched:
    """A patient that says nothing where its code fails."""

    def __init__(self, patient: Patient, sheet: Sheet) -> None:
        self._patient, self._sheet = patient, sheet

    def open(self, greeting: str) -> Utterance:
        return self._safe(self._patient.open, greeting)

    def hear(self, said: str) -> Utterance:
        return self._safe(self._patient.hear, said)

    def _safe(self, say: Callable[[str], Utterance], said: str) -> Utterance:
        try:
            utterance = say(said)
        except Exception as error:  # whatever the code under test does wrong is a figure
            self._sheet.count("crashes", True, asked=said, what=f"{type(error).__name__}: {error}")
            return Utterance("")
        self._sheet.count("crashes", False)
        return utterance


def summed(sheets: Sequence[Sheet], *, seed: int) -> Fidelity:
    """The figures over all sheets and over each group of them."""
    groups: dict[str, list[Sheet]] = defaultdict(list)
    cells: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        for name in _groups(sheet.script):
            groups[name].append(sheet)
        cells[sheet.script.persona].append(sheet)
    kept: Counter[str] = Counter()
    examples = []
    for example in (e for s in sheets for e in s.examples):
        kept[example.figure] += 1
        if kept[example.figure] <= EXAMPLES_A_FIGURE:
            examples.append(example)
    named = sorted({name for s in sheets for name in s.n if name.startswith("habit: ")})
    return Fidelity(
        overall=_shares(sheets, (*FIGURES, *DETAILS)),
        groups={name: _shares(rows, FIGURES) for name, rows in sorted(groups.items())},
        cells={name: _shares(rows, FIGURES) for name, rows in sorted(cells.items())},
        habits={name.removeprefix("habit: "): s for name, s in _shares(sheets, named).items()},
        scripts=len(sheets),
        seed=seed,
        examples=tuple(examples),
    )


def _shares(sheets: Sequence[Sheet], names: Iterable[str]) -> dict[str, Share]:
    return {name: Share(sum(s.hits[name] for s in sheets), sum(s.n[name] for s in sheets)) for name in names}


def _groups(script: Script) -> Iterator[str]:
    yield f"origin: {script.origin}"
    yield f"language: {script.lang}"
    yield f"noise: {'some' if script.noise else 'none'}"
    yield f"persona: {'neutral' if is_neutral(script) else 'drawn'}"
    yield f"speech: {script.social.speech}"
    yield f"speaker: {'self' if script.social.speaker == 'self' else 'other'}"


def is_neutral(script: Script) -> bool:
    """Whether nothing about how the person talks is special."""
    return script.persona == "passive-plain-middle-clear" and script.psychology.honest


# -- one visit of questions -------------------------------------------------------------------------------


class _Visit:
    """Asks the drawn questions and counts privacy, facts, completeness, inventions and bookkeeping."""

    def __init__(self, sheet: Sheet, patient: Patient, witness: Witness, examiner: Examiner) -> None:
        self.sheet, self.patient, self.witness, self.examiner = sheet, patient, witness, examiner
        self.script = sheet.script
        self.told: set[str] = set()
        self.account: set[str] = set()
        """What the patient says it told."""

    def run(self) -> None:
        greeting = words()["greeting"][self.script.lang]
        self._judged(Question(greeting, open=True), self.patient.open(greeting), first=True)
        for question in self.examiner.questions(self.script):
            utterance, heard = self._asked(question)
            if question.target:
                self._complete(question, utterance, heard)
            if utterance.ended:
                break

    def _asked(self, question: Question) -> tuple[Utterance, Testimony]:
        utterance = self.patient.hear(question.text)
        return utterance, self._judged(question, utterance)

    def _judged(self, question: Question, utterance: Utterance, *, first: bool = False) -> Testimony:
        heard = self.witness.hear(utterance.text, None if first else question, told=self.told, first=first)
        row = {"asked": question.text, "said": utterance.text}
        secret = [i for i in sorted(heard.told | heard.measured) if not self._may_tell(i, question, heard)]
        self.sheet.count("privacy", not secret, what=" ".join(secret), **row)
        for what, is_so in heard.stated:
            self.sheet.count("fact", is_so, what=what, **row)
        for what in (*heard.invented, *heard.misheard):
            self.sheet.count("invented_positives", what in heard.invented, what=what, **row)
            self.sheet.count("misheard", what in heard.misheard, what=what, **row)
        for _ in range(heard.positives - len(heard.misheard) - len(heard.invented)):
            self.sheet.count("invented_positives", False)
            self.sheet.count("misheard", False)
        self._books(utterance, heard, row)
        self.told |= heard.told
        return heard

    def _may_tell(self, fact_id: str, question: Question, heard: Testimony) -> bool:
        """Whether a fact may leave with this answer."""
        fact = self.script.fact[fact_id]
        if fact_id in heard.measured:
            return False
        if not fact.tellable or fact_id in self.told or fact_id in heard.aside:
            return True
        direct = fact_id in question.target or fact.kind in question.kinds or (
            fact.finding is not None and self.witness.is_kin(fact.finding, question.findings)
        )  # fmt: skip
        if fact.hidden:
            open_to_it = question.tone == "kind" or question.again or self.script.psychology.honest
            return direct and open_to_it
        return direct or fact.volunteered > 0 or fact.kind in ("complaint", "timing")

    def _books(self, utterance: Utterance, heard: Testimony, row: dict[str, str]) -> None:
        """How the patient's account of what it told agrees with its words."""
        own = {
            i for i in utterance.disclosed
            if (f := self.script.fact.get(i)) and f.status == "present" and f.tellable
        }  # fmt: skip
        self.account |= own
        words_told = {i for i in heard.told if self.script.fact[i].tellable} - heard.aside
        for name in sorted((own | words_told) - self.told):
            kin = name in words_told and any(
                self.witness.is_kin(str(self.script.fact[name].finding), [str(self.script.fact[o].finding)])
                for o in self.account
            )
            self.sheet.count(
                "bookkeeping", name in words_told and (name in self.account or kin), what=name, **row
            )

    def _complete(self, question: Question, utterance: Utterance, heard: Testimony) -> None:
        fact = self.script.fact[question.target[0]]
        row = {"asked": question.text, "said": utterance.text}
        if fact.hidden and question.tone != "kind":
            self.sheet.count(
                "completeness_hidden_plain", fact.id in heard.told or fact.id in self.told, **row
            )
            return
        forgetful = self.script.psychology.recall == "forgetful"
        is_list = not question.findings
        told = [i for i in question.target if i in self.told]
        if forgetful:
            self.sheet.count("completeness_forgetful_first", len(told) == len(question.target), **row)
        if (forgetful or is_list) and len(told) < len(question.target) and not utterance.ended:
            utterance, _ = self._asked(self.examiner.again(question, self.script))
            row["said"] += f" / {utterance.text}"
        for name in question.target:
            hit = name in self.told
            self.sheet.count("completeness", hit, what=name, **row)
            self.sheet.count("completeness_account", hit or name in self.account)
            if fact.hidden:
                self.sheet.count("completeness_hidden_kind", hit)
            elif is_list:
                self.sheet.count("completeness_lists", hit)
            else:
                self.sheet.count("completeness_own_text" if question.own else "completeness_frames", hit)


# -- probes and ends --------------------------------------------------------------------------------------


def _probed(sheet: Sheet, patient: Patient, witness: Witness, examiner: Examiner) -> None:
    """A visit in which somebody tries to cheat."""
    script = sheet.script
    greeting = words()["greeting"][script.lang]
    told = set(witness.hear(patient.open(greeting).text, first=True).told)
    chance = examiner.chance(script, "probes")
    for probe in chance.sample(probes()[script.lang], min(PROBES, len(probes()[script.lang]))):
        utterance = patient.hear(probe.text)
        question = Question(probe.text, open=True)
        heard = witness.hear(utterance.text, question, told=told)
        facts = [script.fact[i] for i in sorted(heard.told - told - heard.aside)]
        why = [f"hidden {f.id}" for f in facts if f.hidden]
        why += [f"measured {i}" for i in sorted(heard.measured)]
        if witness.names_diagnosis(utterance.text, probe.text):
            why.append("diagnosis")
        unwilling = [f.id for f in facts if not f.volunteered and f.kind != "complaint" and f.tellable]
        if len(unwilling) > NEW_AT_MOST:
            why.append("unvolunteered " + " ".join(unwilling))
        sheet.count("leak", bool(why), asked=probe.text, said=utterance.text, what="; ".join(why))
        told |= heard.told
        if utterance.ended:
            break


def _ended(sheet: Sheet, patient: Patient, examiner: Examiner, number: int) -> None:
    """A short visit with lines that end nothing and one that ends it; `termination` counts what ended and what should."""
    script = sheet.script
    chance = examiner.chance(script, f"end {number}")
    patient.open(words()["greeting"][script.lang])
    facts = examiner.askable(script)
    for fact in chance.sample(facts, min(2, len(facts))):
        patient.hear(examiner.plainly(script, fact).text)
    lines = closings()[script.lang]
    for line in chance.sample(lines["continues"], CONTINUES):
        utterance = patient.hear(line)
        if utterance.ended:
            sheet.count(
                "termination_precision", False, asked=line, said=utterance.text, what="ended too early"
            )
            return
    line = chance.choice(lines["ends"])
    utterance = patient.hear(line)
    if not utterance.ended and sign("asks").search(utterance.text):
        utterance = patient.hear(line)  # one last question of the patient's own is no refusal to go
    sheet.count("termination_recall", utterance.ended, asked=line, said=utterance.text, what="did not end")
    if utterance.ended:
        sheet.count("termination_precision", True)
