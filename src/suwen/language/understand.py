"""Words to findings: `understand(text, case)` is the ear of the doctor.

normalise → match parts → clauses → scope → quantities → compose → findings with spans. Nothing that was
said is dropped: what no step used is reported as not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal

from suwen.core.case import Case, Finding, Guess, Heard, Person, Question
from suwen.knowledge import Knowledge
from suwen.language.answers import Answer, Answers
from suwen.language.clauses import Clause, clauses_of
from suwen.language.compose import Complaint, complaints, fitting
from suwen.language.headings import Headings
from suwen.language.labs import LabReader, LabValue, lab_findings
from suwen.language.leftover import Leftover
from suwen.language.lengths import durations
from suwen.language.lexicon import Lexicon, Match
from suwen.language.likeness import Likeness
from suwen.language.medicines import allergies_in, medicines_in
from suwen.language.normal import OF_NORMAL, Normal
from suwen.language.normalise import Views, fold, pattern_en, pattern_zh, views
from suwen.language.numbers_told import numbers_told, severities
from suwen.language.pairs import Pairs
from suwen.language.person import (
    OF_A_NURSING_MOTHER,
    after_delivery,
    bare_age,
    is_nursling,
    kin_spans,
    out_of_forty,
    past_pregnancies,
    patient_words,
    person_in,
    weeks_at_birth,
)
from suwen.language.quantities import (
    Measurement,
    is_possible,
    measured_findings,
    measurements,
)
from suwen.language.relatives import Relatives
from suwen.language.results import (
    IS_A_TEST,
    TESTED_FOR,
    Results,
    is_asked_for,
    negative_lists,
    of_spinal_fluid,
    stained,
)
from suwen.language.scope import Scope, Scoper
from suwen.language.timing import DURATION_FINDINGS, ages_told, by_its_length, is_child, timing
from suwen.language.urine import urine_findings

_NON = re.compile(r"\bnon[ -]?$")
"""Right before a kind that something is not of."""
LASTING = ("risk", "history", "context")
"""Kinds that are true now though they are told as history."""
MAX_AGE_YEARS = 125
_NOT_SEEN_ZH = re.compile(r"[处里间内上均也都]*(?:未见|未发现|没有?|无|不见)(?:明显|新发|起|长|有|什么)*")
"""Between a place and what is not there."""
_BRINGING = ("attr:trigger", "attr:timing", "attr:relief")
"""Kinds of words for what brings a complaint on or eases it."""
NEAR = 120
"""Characters before words that name no place in which the place they are said of stands."""
PASSING = ("postpartum", "head_injury")
"""What counts only while it is fresh, besides what is called recent."""
GIVEN_UP = ("contraceptive_use", "breastfeeding")
"""What is no matter any more once it is given up; steroids and tobacco go on to matter."""
CHILD_SAID = ("child_said", "infant_said", "young_infant_said")
"""Findings that only say that the patient is a child."""
_OF_KIN = re.compile(r"(?:'s)?的?\s*")
"""Between a relative and what is told of the relative."""
LONGEST_PLACE = 80
"""Characters of a message that may name nothing but where the trouble of before is; a longer one is a story or a report."""


OF_A_PREGNANCY = frozenset(
    {"pregnant", "first_pregnancy", "term_weeks", "late_weeks_said", "preterm_weeks_said", "preterm_weeks", "overdue_pregnancy",
     "pregnant_first_trimester", "pregnant_second_half"}
)  # fmt: skip
"""What is said of the pregnancy that is, and not where one is told that is over."""


class Ear:
    """Understands text against one knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.lexicon = Lexicon(knowledge)
        self.labs = LabReader(knowledge.labs)
        self.results = Results(knowledge)
        self.headings = Headings(knowledge)
        self.relatives = Relatives(knowledge, self.lexicon)
        self.pairs = Pairs(self.lexicon.tables["pairs"])
        self.normal = Normal(self.lexicon)
        self.leftover = Leftover(self.lexicon.cues)
        self.answers = Answers(self.lexicon.cues["answers"])
        self.likeness = Likeness(knowledge, self.lexicon)

    def understand(self, text: str, case: Case) -> Heard:
        """All that one message says. Pure: the same text and case give the same answer."""
        seen = views(text)
        turn = len(case.texts)
        people = self.lexicon.cues["people"]
        person = person_in(seen.zh, people, case.person, first=not case.texts)
        answered = self._answered(seen, case.pending)
        if case.pending is not None and case.pending.id == "age" and "age_years" not in person:
            told = bare_age(seen.zh)
            person |= {} if told is None else {"age_years": told}
        faults = self._faults(person)
        merged = Person(**{**_as_dict(case.person), **person})
        measured = measurements(seen.zh)
        faults += [
            {"what": m.name, "value": m.value}
            for m in measured
            if not is_possible(m.name, m.value, self.knowledge.vitals)
        ]
        values = self.labs.read(seen.zh)
        known = self.lexicon.find(seen)
        named = [(m.start, m.end) for m in known if m.kind == "part"]
        well = list(self.normal.read(seen, known, self.results.is_name))
        known = [
            m for m in known
            if m.kind not in OF_NORMAL and not _is_hidden(m, known, well, seen) and not self._is_other_form(m, known, seen)
        ]  # fmt: skip
        matches = stained(self._outside(values, measured, known), seen.zh)
        matches = self.results.of_their_fluid(matches, seen.zh)
        matches += of_spinal_fluid(seen.zh)
        over = (*past_pregnancies(seen.zh), *weeks_at_birth(seen.zh), *out_of_forty(seen.zh))
        matches = [m for m in matches if m.target not in OF_A_PREGNANCY or not _within(m, over)]
        nursling = is_nursling(seen.zh, merged.age_years)
        if nursling:
            matches = [m for m in matches if m.target not in OF_A_NURSING_MOTHER]
        matches += [Match(a, b, "attr:severity", level) for a, b, level in severities(seen.zh)]
        by_number = (*numbers_told(seen.zh), *after_delivery(seen.zh))
        matches += [Match(a, b, "finding", name) for a, b, name in by_number]
        matches += self.pairs.find(seen.zh)
        matches += self.lexicon.had_for_years(seen, matches)
        shown = self.results.read(seen.zh, named)
        matches += [Match(s.start, s.end, "finding", s.finding) for s in shown if s.present]
        clauses = clauses_of(seen)
        # Of a child by age of whom nobody has said whose it is, 娃 is the patient.
        subject = merged.relation or ("child" if is_child(merged) else None)
        kin = [Match(a, b, f"kin:{who}", how) for a, b, how, who in kin_spans(seen.zh, people, subject)]
        scoper = Scoper(
            seen, clauses, matches, kin, patient_words(people, merged.relation), results=self._results_told
        )
        heard, used, concerns = self._hear(seen, clauses, matches, scoper, turn, case)
        tested = negative_lists(seen.zh)
        heard = [f for f in heard if not self._is_only_tested(f, tested, seen)]
        if not self._is_child(merged, heard, case):
            heard = [f for f in heard if not self._is_put_together(f, matches)]
        heard += measured_findings(measured, self.knowledge.vitals, merged.age_years, text, turn)
        heard += lab_findings(values, self.knowledge.labs, merged, text, turn)
        heard += urine_findings(seen.zh, text, turn)
        denied = [Match(s.start, s.end, "finding", s.finding) for s in shown if not s.present]
        denied += [
            *(w for w in well if w.kind == "finding"),
            *self.lexicon.split_by_no(seen),
            *self.lexicon.bare_verbs_denied(seen),
        ]
        heard = self._without_denied(heard, denied, seen, scoper, turn)
        heard = by_its_length(self.lexicon.cues["lasting"], heard, seen, scoper, case, merged)
        heard += timing(self.knowledge, seen, clauses, matches, heard, case, turn, scoper)
        heard = [f for f in heard if not _only_answers(f, answered)]
        answer = self._direct_answer(answered, heard, case.pending, seen, turn)
        heard += answer
        if merged.pregnant_weeks is not None and person.get("pregnant_weeks") is not None:
            heard += _pregnancy(merged.pregnant_weeks, turn, self.knowledge)
        heard, impossible = self._possible(heard, merged)
        findings = self._settle(heard)
        if merged.sex is None and not nursling and (sex := self._sex_of(findings)):
            person["sex"] = sex
        used += (
            ages_told(seen, case)
            + [(m.start, m.end) for m in measured]
            + [(v.start, v.end) for v in values]
            + [(s.start, s.end) for s in shown]
            + [(m.start, m.end) for m in (*denied, *well)]
            + [(d.start, d.end) for d in durations(seen.zh)]
        )
        used += [(answered.start, answered.end)] if answered else []
        small, talk_spans = self._small_talk(seen)
        used += talk_spans
        strange = self.leftover.strange(seen, clauses, used)
        left = self.leftover.of(seen, strange, case.pending is not None)
        left = left if clauses or not text.strip() else (text.strip(),)
        covered = [(m.start, m.end) for m in matches if m.kind == "cover"]
        guesses = self.likeness.guesses(seen, _uncovered(strange, covered), scoper, turn)
        return Heard(
            findings=findings,
            person=person,
            retracted=self._retracted(seen, matches, findings, case),
            measurements={
                m.name: m.value for m in measured if is_possible(m.name, m.value, self.knowledge.vitals)
            },
            concerns=tuple(dict.fromkeys(concerns)),
            not_understood=(*left, *impossible),
            faults=tuple(faults),
            small_talk=tuple(small),
            flags=self._flags(seen, matches, scoper),
            guesses=tuple(
                g for g in guesses if self._fits(g.likeliest, merged) and not self._is_bare_test(g)
            ),
            medicines=medicines_in(text, seen.zh, case.pending),
            allergies=allergies_in(text, seen.zh),
        )

    # -- hearing ----------------------------------------------------------------------------------------

    def _hear(
        self, seen: Views, clauses: Sequence[Clause], matches: Sequence[Match], scoper: Scoper, turn: int, case: Case
    ) -> tuple[list[Finding], list[tuple[int, int]], list[str]]:  # fmt: skip
        found: list[Finding] = []
        concerns: list[str] = []
        used = [(m.start, m.end) for m in matches if m.kind not in ("condition", "cover")]
        for match in matches:
            if match.kind == "condition":
                used.append((match.start, match.end))
                scope = scoper.scope(match)
                if scope.status == "absent" or self._is_plain_word(seen.raw[match.start : match.end]):
                    continue
                concerns.append(match.target)
        found += self._by_name(seen, clauses, matches, scoper, turn)
        found += self._denied(seen, matches, scoper, turn)
        held = [m for m in matches if not (m.kind.startswith("attr:") and scoper.denies(m))]
        joined = complaints(self.lexicon, clauses, held, seen.zh)
        found += self._unrelated(seen, clauses, held, matches, joined, scoper, turn)
        self._borrow_topic(joined, matches, clauses, case, seen)
        sided = {scoper.clause_at(m.start) for m in held if m.kind == "attr:side"}
        sided -= {scoper.clause_at(m.start) for m in held if m.kind == "site"}
        half_of = {c.head: half for c in joined if c.clause in sided and (half := self._of_one_side(c))}
        halves = {(head.start, head.end) for head in half_of}
        closer = self._told_closer(seen, clauses, held, matches, joined, scoper)
        for complaint in joined:
            scope = _scope_with_place(complaint, scoper)
            if scope.hypothetical or (scope.status == "absent" and _narrowed(complaint, joined)):
                continue
            if complaint.head.kind == "finding" and (complaint.head.start, complaint.head.end) in halves:
                continue  # 左边没劲 is no fatigue
            which: Sequence[Match] = ()
            if scope.status == "absent":
                complaint, which = closer.get(complaint.head, (complaint, ()))
            named = self._named_around(complaint, held, seen)
            likened = self._is_likened(complaint.head, seen)
            for name in (
                self._names(complaint)
                or half_of.get(complaint.head)
                or self._without_place(complaint, scope, matches, seen)
            ):
                if name in self._events and (likened or _is_simile(complaint.head, seen.zh)):
                    continue
                if scope.status == "absent" and self._is_wider(name, complaint, which, seen):
                    continue
                if named and not any(name == n or name in self.knowledge.ancestors[n] for n in named):
                    continue  # a name says what it says: the 足 and 痛 of 足痛 are no pain of the leg besides
                if scope.status == "present" and self._is_not_there(name, complaint.head, matches, seen):
                    scope = replace(scope, status="absent")
                found.append(self._finding(name, scope, seen, complaint.start, complaint.end, turn))
                of_kind = complaint.head.kind == "finding" and _NON.search(seen.zh, 0, complaint.head.start)
                if scope.status == "absent" and of_kind:
                    found += self._kind_of(name, scope, seen, complaint, turn)
        nothing = self._meant_nothing(joined, found, scoper)
        return found, [span for span in used if span not in nothing], concerns

    def _meant_nothing(
        self, joined: Sequence[Complaint], found: Sequence[Finding], scoper: Scoper
    ) -> set[tuple[int, int]]:
        """Where the kernels stand that no finding was made of though they name their place: words that were not understood."""
        return {
            (c.head.start, c.head.end)
            for c in joined
            if c.head.kind == "kernel"
            and c.sites
            and not self._names(c)
            and scoper.scope(c.head).status == "present"
            and not any(f.span is not None and f.span[0] < c.end and c.start < f.span[1] for f in found)
        }

    def _is_plain_word(self, words: str) -> bool:
        """What names an illness only in capitals: MG is one, the mg of mg/dl is not, and he hit his head without HIT."""
        short = len(words) <= 2 or words.lower() in self.lexicon.cues["in_capitals"]
        return short and words.isascii() and not words.isupper()

    def _unrelated(
        self, seen: Views, clauses: Sequence[Clause], held: Sequence[Match], matches: Sequence[Match],
        joined: Sequence[Complaint], scoper: Scoper, turn: int,
    ) -> Iterator[Finding]:  # fmt: skip
        """What a complaint would be with the triggers that it is told to have nothing to do with: 胸痛与活动无关 denies one on exertion."""
        not_so = [m for m in matches if m.kind in _BRINGING and scoper.is_unrelated(m)]
        if not not_so:
            return
        plain = {(c.head, name) for c in joined for name in self._names(c)}
        for complaint in complaints(self.lexicon, clauses, [*held, *not_so], seen.zh):
            scope = scoper.scope(complaint.head)
            if scope.status != "present" or scope.when != "now" or scope.hypothetical:
                continue
            for name in self._names(complaint):
                if (complaint.head, name) not in plain and self.knowledge.finding[name].kind not in LASTING:
                    scope = replace(scope, status="absent")
                    yield self._finding(name, scope, seen, complaint.start, complaint.end, turn)

    def _told_closer(
        self, seen: Views, clauses: Sequence[Clause], held: Sequence[Match], matches: Sequence[Match],
        joined: Sequence[Complaint], scoper: Scoper,
    ) -> dict[Match, tuple[Complaint, list[Match]]]:  # fmt: skip
        """By their heads the denied complaints of which only a kind is denied, and what says which: 无活动后胸痛, 'no pain at night'."""
        which = {
            c.head: [m for m in matches if _says_which(m, seen.zh) and scoper.denies_together(c.head, m)]
            for c in joined
            if scoper.scope(c.head).status == "absent"
        }
        added = [m for told in which.values() for m in told if m not in held and m.kind != "attr:relief"]
        again = complaints(self.lexicon, clauses, [*held, *added], seen.zh) if added else joined
        told = {c.head: c for c in again}
        return {head: (told[head], by) for head, by in which.items() if by and head in told}

    def _is_wider(self, name: str, complaint: Complaint, which: Sequence[Match], seen: Views) -> bool:
        """Whether a finding is wider than the complaint that is denied: the pain of 'no chest pain at night' may come by day."""
        definition = self.knowledge.finding[name]
        lines = [line for line in definition.compose if _fits_line(line, complaint)]
        if which and not any(m.kind.removeprefix("attr:") in line for line in lines for m in which):
            phrases = " ".join(fold(str(p)) for told in definition.record["words"].values() for p in told)
            return not any(seen.zh[m.start : m.end] in phrases for m in which)
        if not complaint.sites or complaint.head.kind != "kernel" or not lines:
            return False
        named = {s for line in lines for s in (*_listed(line.get("site")), *line.get("sites", ()))}
        return bool(named) and not named & complaint.sites

    def _is_not_there(self, name: str, head: Match, matches: Sequence[Match], seen: Views) -> bool:
        """Whether what a place stands for is denied behind it: 指缝未见皮损."""
        return head.kind == "finding" and any(
            m.kind == "finding"
            and m.target in self.knowledge.ancestors[name]
            and _NOT_SEEN_ZH.fullmatch(seen.zh, head.end, m.start)
            for m in matches
            if m.start > head.end
        )

    def _kind_of(
        self, name: str, scope: Scope, seen: Views, complaint: Complaint, turn: int
    ) -> list[Finding]:
        """What is there though not of this kind: the diarrhoea in 'non-bloody diarrhoea'."""
        there = replace(scope, status="present")
        definition = self.knowledge.finding.get(name)
        parent = self.knowledge.finding[definition.parent] if definition and definition.parent else None
        if parent is None or parent.kind not in ("symptom", "sign"):
            return []
        return [self._finding(parent.id, there, seen, complaint.start, complaint.end, turn)]

    def _denied(self, seen: Views, matches: Sequence[Match], scoper: Scoper, turn: int) -> list[Finding]:
        """'Afebrile' denies fever; 'no urinary symptoms' denies each of them."""
        found = []
        for match in matches:
            if match.kind not in ("denials", "groups"):
                continue
            if match.kind == "groups" and any(m.kind == "finding" and m.covers(match) for m in matches):
                continue  # 无结核接触史 denies the contact alone
            scope = scoper.scope(match)
            rule = self.lexicon.cues[match.kind][int(match.target)]
            was = scope.when == "past" and all(self._lasts(name) for name in rule["findings"])
            if (scope.when == "now" or was) and (scope.status == "absent") == (match.kind == "groups"):
                if "at" in rule and not self._is_at(match, rule["at"], matches, scoper):
                    continue
                words, span = seen.raw[match.start : match.end], (match.start, match.end)
                found += [
                    Finding(name, "absent", words, span, turn, certain=scope.certain)
                    for name in rule["findings"]
                ]
        return found

    def _lasts(self, name: str) -> bool:
        """Whether a finding is true now though it is told as history."""
        return name in self.knowledge.finding and self.knowledge.finding[name].kind in LASTING

    def _is_at(self, match: Match, place: str, matches: Sequence[Match], scoper: Scoper) -> bool:
        """Whether the place that words are said of is this one: a non-tender lump in the neck is no soft belly."""
        end = scoper.clauses[scoper.clause_at(match.start)].end
        sites = [m for m in matches if m.kind == "site" and match.start - NEAR <= m.start < end]
        before = [m for m in sites if m.start < match.start]
        behind = [m for m in sites if m.start >= match.end]
        told = [*before[-1:], *behind[:1]]
        return bool(told) and all(m.target in self.lexicon.within[place] for m in told)

    def _outside(
        self, values: Sequence[LabValue], measured: Sequence[Measurement], matches: list[Match]
    ) -> list[Match]:
        """Without what is only the number of a measured value: the seconds of a clotting time, the 35度 of a body."""
        spans = [(v.start, v.end) for v in values] + [(m.start, m.end) for m in measured]
        return [
            m for m in matches
            if m.kind != "finding" or self.knowledge.finding[m.target].kind not in ("timing", "context", "risk")
            or not any(start <= m.start and m.end <= end for start, end in spans)
        ]  # fmt: skip

    def _is_only_tested(self, finding: Finding, tested: Sequence[tuple[int, int]], seen: Views) -> bool:
        """Whether the name of an illness is that of a test in a list of negative ones, or of one that was only sent."""
        kind = self.knowledge.finding[finding.id].kind
        named = finding.status == "present" and finding.span and kind in ("history", "risk", "result")
        if named and finding.span and is_asked_for(seen.zh, *finding.span, of_result=kind == "result"):
            return True
        if named and finding.span and kind != "result" and IS_A_TEST.match(seen.zh, finding.span[1]):
            return True
        return (
            finding.status == "present"
            and self.knowledge.finding[finding.id].kind in ("history", "risk")
            and TESTED_FOR.match(finding.words.lower()) is not None
            and finding.span is not None
            and any(start <= finding.span[0] and finding.span[1] <= end for start, end in tested)
        )

    @staticmethod
    def _without_denied(
        heard: Sequence[Finding], denied: Sequence[Match], seen: Views, scoper: Scoper, turn: int
    ) -> list[Finding]:
        """With what normal results, normal parts and denials inside a phrase deny now, and without what was heard of it there."""
        kept = list(heard)
        for match in denied:
            scope = scoper.scope(match)
            theirs = any(
                _OF_KIN.fullmatch(seen.zh, k.end, match.start) for k in scoper.kin if k.end <= match.start
            )
            if scope.when != "now" or scope.hypothetical or theirs:
                continue
            kept = [f for f in kept if f.id != match.target or f.span is None or not _is_of(match, f)]
            span = (match.start, match.end)
            kept.append(Finding(match.target, "absent", seen.raw[slice(*span)], span, turn, certain=scope.certain))  # fmt: skip
        return kept

    def _is_bare_test(self, guess: Guess) -> bool:
        """Whether the words that may mean a result only name tests."""
        return self.knowledge.finding[guess.likeliest].kind == "result" and self.results.names_only(
            guess.words
        )

    def _is_other_form(self, match: Match, known: Sequence[Match], seen: Views) -> bool:
        """Where one row of stems is a denial and a complaint, the one that is not written so: 'throat clear' is no habit."""
        if match.kind not in ("finding", "denials") or not seen.zh[match.start].isascii():
            return False
        same = [
            k
            for k in known
            if k.kind in ("finding", "denials") and (k.start, k.end) == (match.start, match.end)
        ]
        if len({k.kind for k in same}) < 2:
            return False
        said = seen.zh[match.start : match.end]
        if bool(_DOING_IT.search(said)) == (match.kind == "finding"):
            return False
        forms = {k: self._is_written(k, said) for k in same}
        return not forms[match] and any(forms[k] for k in same if k.kind != match.kind)

    def _is_written(self, match: Match, said: str) -> bool:
        """Whether one of the phrases that a row of stems stands for has its -ing where the text has one."""
        stems = pattern_en(said)
        doing = bool(_DOING_IT.search(said))
        return any(bool(_DOING_IT.search(p)) == doing for p in self._phrases(match) if pattern_en(p) == stems)

    def _phrases(self, match: Match) -> Sequence[str]:
        """The English phrases of a finding or a denial, as they were written down."""
        if match.kind == "denials":
            return [str(p) for p in self.lexicon.cues["denials"][int(match.target)]["en"]]
        return [str(p) for p in self.knowledge.finding[match.target].record["words"]["en"]]

    def _is_child(self, person: Person, heard: Sequence[Finding], case: Case) -> bool:
        """Whether the patient is told to be a child; where the age is known it decides elsewhere."""
        kin = self.lexicon.cues["people"].get(person.relation, {})
        told = [f.id for f in (*heard, *case.findings.values()) if f.status == "present"]
        return person.age_years is not None or bool(kin.get("child")) or any(n in CHILD_SAID for n in told)

    def _is_put_together(self, finding: Finding, matches: Sequence[Match]) -> bool:
        """Whether a sign of children is only put together of parts that any adult has, and no phrase says it."""
        return finding.id in self.lexicon.cues["of_children"] and not any(
            m.target == finding.id and finding.span == (m.start, m.end) for m in matches
        )

    def _family_risk(self, condition: str) -> str | None:
        """The risk that this illness in the family is for the patient."""
        codes = self.knowledge.condition[condition].icd10
        for rule in self.lexicon.cues["family_risks"]:
            if any(code.startswith(prefix) for code in codes for prefix in rule["icd10"]):
                return str(rule["risk"])
        return None

    def _by_name(
        self, seen: Views, clauses: Sequence[Clause], matches: Sequence[Match], scoper: Scoper, turn: int
    ) -> list[Finding]:
        """What bare names mean: risks and contacts where others have it, under a heading what the patient has had."""
        told: list[tuple[str, Match]] = []
        denied: list[tuple[str, Match]] = []
        for match in matches:
            if match.kind in ("condition", "finding") and not match.target.startswith("family_"):
                scope = scoper.scope(match)
                if scope.when == "family" and scope.status == "absent" and scope.kin is None:
                    denied += [
                        (name, match) for name in self.relatives.named(seen.zh[match.start : match.end])
                    ]
                told_here = scope.when == "family" and scope.status == "present" and not scope.hypothetical
                if told_here and not any(
                    o.covers(match)
                    for o in matches
                    if o.kind in ("condition", "finding") and not o.target.startswith("family_")
                ):
                    clause = clauses[scoper.clause_at(match.start)]
                    told += [(name, match) for name in self.relatives.findings(match, scope, seen, clause)]
        for match in self.headings.past(seen, clauses):
            scope = scoper.scope(match)
            if scope.status == "present" and scope.when != "family" and not scope.hypothetical:
                told.append((match.target, match))
        for match in self.relatives.listed(seen, clauses):
            if scoper.scope(match).status == "present":
                told.append((match.target, match))
        for match in self.relatives.others_ill(scoper.kin, seen, clauses):
            if scoper.scope(match).status == "present":
                told.append((match.target, match))
        both: tuple[tuple[Literal["present", "absent"], list[tuple[str, Match]]], ...] = (
            ("present", told), ("absent", denied),
        )  # fmt: skip
        return [
            Finding(name, status, seen.raw[m.start : m.end], (m.start, m.end), turn)
            for status, named in both
            for name, m in named
        ]

    def _flags(self, seen: Views, matches: Sequence[Match], scoper: Scoper) -> tuple[tuple[str, str], ...]:
        """Red flags said in so many words about the patient and now."""
        out = []
        for match in matches:
            if match.kind == "flag" and not self._is_likened(match, seen):
                scope = scoper.scope(match)
                if scope.status == "present" and scope.when == "now" and not scope.hypothetical:
                    out.append((match.target, seen.raw[match.start : match.end]))
        return tuple(dict.fromkeys(out))

    def _is_likened(self, match: Match, seen: Views) -> bool:
        """'Like being hit on the head' and 像被雷劈似的 say how it feels, and nothing of the kind has happened."""
        return bool(self.lexicon.likening.search(seen.zh, max(match.start - 40, 0), match.start + 1))

    @cached_property
    def _results_told(self) -> frozenset[str]:
        """The findings that are results of tests."""
        return frozenset(f.id for f in self.knowledge.findings if f.kind == "result")

    @cached_property
    def _events(self) -> frozenset[str]:
        """The findings that are no complaint but something that happened or is so."""
        injuries = {spec.finding for spec in self.lexicon.specs.get("injury", ())}
        kinds = (*LASTING, "result")
        return frozenset(injuries | {f.id for f in self.knowledge.findings if f.kind in kinds})

    def _without_place(
        self, complaint: Complaint, scope: Scope, matches: Sequence[Match], seen: Views
    ) -> list[str]:
        """'Fever, weakness and itching' name no place: what such words mean by themselves, alone or denied."""
        head = complaint.head
        rule = self.lexicon.cues["without_place"].get(head.target) if head.kind == "kernel" else None
        if rule is None or complaint.sites or "side" in complaint.attributes:
            return []
        if seen.zh[head.start : head.end] not in rule["words"]:
            return []
        if any(m.kind in ("finding", "denials", "groups") and m.covers(head) for m in matches):
            return []  # the phrase around it has said what it is
        return [rule[scope.status]] if scope.status in rule else []

    def _of_one_side(self, complaint: Complaint) -> list[str]:
        """What a complaint is of which a side is told and no place: 左边没劲 is of half the body."""
        if complaint.sites or complaint.attributes.get("side") not in _ONE_SIDE:
            return []
        rules = self.lexicon.cues["of_one_side"]
        return [
            r["finding"]
            for r in rules
            if complaint.head.kind == "kernel" and r["kernel"] == complaint.head.target
        ]

    def _names(self, complaint: Complaint) -> list[str]:
        """The most specific findings that a complaint means."""
        names = {spec.finding for spec in fitting(self.lexicon, complaint)}
        if complaint.head.kind == "finding":
            names.add(complaint.head.target)
        implied = {above for name in names for above in self.knowledge.ancestors[name]}
        return sorted(names - implied)

    def _named_around(self, complaint: Complaint, matches: Sequence[Match], seen: Views) -> list[str]:
        """The findings in whose own name lies all that a complaint, a kernel with its sites, is made of."""
        if complaint.head.kind == "finding" or complaint.attributes or complaint.radiation:
            return []
        return [
            m.target
            for m in matches
            if m.kind == "finding"
            and m.start <= complaint.start
            and complaint.end <= m.end
            and seen.zh[m.start : m.end] in self._name_of[m.target]
        ]

    @cached_property
    def _name_of(self) -> dict[str, tuple[str, str]]:
        return {f.id: (pattern_zh(f.name("zh")), fold(f.name("en"))) for f in self.knowledge.findings}

    def _finding(self, name: str, scope: Scope, seen: Views, start: int, end: int, turn: int) -> Finding:
        when = scope.when
        over = (scope.years_ago and self._is_recent(name)) or (scope.ended and name in GIVEN_UP)
        if when == "past" and self.knowledge.finding[name].kind in LASTING:
            when = "now"
        if over and when == "now":
            when = "past"
        if when == "family" and (
            name.endswith("_family")
            or name.startswith(
                ("family_", "others_same", "sick_contact", "flu_contact", "tuberculosis_contact")
            )
        ):
            when = "now"
        return Finding(
            name, scope.status, seen.raw[start:end], (start, end), turn, certain=scope.certain, when=when
        )

    def _is_recent(self, name: str) -> bool:
        """Whether years make an end of it: an injury, an operation or a birth that counts while it is fresh."""
        return any(
            n.startswith("recent_") or n.endswith("_recent") or n in PASSING
            for n in (name, *self.knowledge.ancestors[name])
        )

    def _borrow_topic(
        self,
        joined: list[Complaint],
        matches: Sequence[Match],
        clauses: Sequence[Clause],
        case: Case,
        seen: Views,
    ) -> None:
        """'右边' or 'in my lower back' as an answer: take the kernel from what was asked or said last."""
        if joined or not clauses or clauses[-1].end > LONGEST_PLACE:
            return
        if case.pending is not None and case.pending.id in ("medicines", "past"):
            return  # a stomach tablet is no pain there
        sites = [m for m in matches if m.kind == "site" and not _is_of_medicine(seen.zh, m)]
        sides = [m for m in matches if m.kind == "attr:side"]
        kernel = self._kernel_of_topic(case)
        if not kernel or not (sites or sides):
            return
        anchor = (sites or sides)[0]
        complaint = Complaint(
            Match(anchor.start, anchor.end, "kernel", kernel), 0, start=anchor.start, end=anchor.end
        )
        complaint.sites |= {m.target for m in sites} or self._sites_of_topic(case, kernel)
        for match in sides:
            complaint.attributes.setdefault("side", set()).add(match.target)
            complaint.sites = {_mirror(s, match.target) for s in complaint.sites}
        joined.append(complaint)

    def _kernel_of_topic(self, case: Case) -> str | None:
        names = [*(case.pending.findings if case.pending else ())]
        names += [
            f.id for f in sorted(case.findings.values(), key=lambda f: -f.turn) if f.status == "present"
        ]
        for name in names:
            for line in self.knowledge.finding[name].compose if name in self.knowledge.finding else ():
                kernel = line.get("kernel")
                if kernel:
                    return str(kernel if isinstance(kernel, str) else kernel[0])
        return None

    def _sites_of_topic(self, case: Case, kernel: str) -> set[str]:
        for finding in sorted(case.findings.values(), key=lambda f: -f.turn):
            if finding.status != "present" or finding.id not in self.knowledge.finding:
                continue
            for line in self.knowledge.finding[finding.id].compose:
                if line.get("kernel") == kernel and line.get("site"):
                    return {line["site"]} if isinstance(line["site"], str) else set(line["site"])
        return set()

    # -- answers, corrections, talk ---------------------------------------------------------------------

    def _answered(self, seen: Views, pending: Question | None) -> Answer | None:
        """The bare answer that a reply begins with; before anything is asked there is none."""
        if pending is None or pending.id == "complaint":
            return None
        yes_no = pending.kind == "yes_no" and pending.findings
        return self.answers.read(seen.zh, self._echoes(pending.findings[0]) if yes_no else ())

    def _echoes(self, finding: str) -> tuple[str, ...]:
        """The words of what a finding is made of, in which people answer: 疼 to a question about a pain, 晕 to 头晕吗."""
        if finding not in self.knowledge.finding:
            return ()
        definition = self.knowledge.finding[finding]
        kernels = {k for line in definition.compose for k in _listed(line.get("kernel"))}
        named = definition.name("zh")
        words: list[str] = []
        for kernel, entry in self.knowledge.parts["kernels"].items():
            if kernel in kernels or (not kernels and any(str(w) in named for w in entry["zh"])):
                words += [pattern_zh(str(w)) for w in entry["zh"]] + [str(w).lower() for w in entry["en"]]
        short = [
            w
            for w in (named, *map(str, definition.record["words"]["zh"]))
            if len(w) <= 2 and w[0] not in "想干"
        ]
        words += [v for v in self.lexicon.cues["answers"]["echo"]["zh"] if any(v in w for w in short)]
        return tuple(words)

    def _direct_answer(
        self, answered: Answer | None, heard: Sequence[Finding], pending: Question | None, seen: Views, turn: int
    ) -> list[Finding]:  # fmt: skip
        """A bare yes, no or don't know to a yes-no question; what the words say of the same thing outweighs it."""
        if answered is None or pending is None or pending.kind != "yes_no" or not pending.findings:
            return []
        name = pending.findings[0]
        if any(f.id == name and f.when == "now" and f.status != answered.status for f in heard):
            return []
        lasting = name not in self.knowledge.finding or self.knowledge.finding[name].kind in LASTING
        return [
            Finding(
                name, answered.status, seen.raw.strip(), (0, len(seen.raw)), turn, certain=answered.certain,
                origin="answer", when="past" if answered.past and not lasting else "now",
            )
        ]  # fmt: skip

    @staticmethod
    def age_told(text: str) -> float | None:
        """The age in years that an answer to 'how old' gives, or None."""
        return bare_age(views(text).zh)

    def is_bare_answer(self, text: str) -> bool:
        """Whether a message begins with a yes, a no or a 'not sure'."""
        return self.answers.read(views(text).zh) is not None

    def _retracted(
        self, seen: Views, matches: Sequence[Match], findings: Sequence[Finding], case: Case
    ) -> tuple[str, ...]:
        """What the new words take back: contradicted relatives, and after a correction the mirrored side."""
        gone: set[str] = set()
        children = self.knowledge.children
        for finding in findings:
            if finding.when != "now":
                continue
            if finding.status == "absent":
                stack = list(children.get(finding.id, ()))
                while stack:
                    name = stack.pop()
                    stack += children.get(name, ())
                    if name in case.findings and case.findings[name].status == "present":
                        gone.add(name)
            elif finding.status == "present":
                for name in self.knowledge.ancestors[finding.id]:
                    if name in case.findings and case.findings[name].status == "absent":
                        gone.add(name)
                if finding.id in DURATION_FINDINGS:
                    gone |= {name for name in DURATION_FINDINGS if name in case.findings} - {finding.id}
        if any(m.target == "correction" for m in matches):
            new = {f.id for f in findings if f.status == "present"}
            for name in new:
                other = self._mirrored(name)
                if other and other in case.findings and other not in new:
                    gone.add(other)
        return tuple(sorted(gone))

    def _mirrored(self, name: str) -> str | None:
        """The finding that is this one on the other side."""
        for line in self.knowledge.finding[name].compose:
            site = line.get("site")
            if isinstance(site, str) and site.split("_")[0] in ("left", "right"):
                other = _mirror(site, "right" if site.startswith("left") else "left")
                for spec in self.lexicon.specs.get(str(line.get("kernel")), ()):
                    if spec.sites == self.lexicon.within.get(other):
                        return spec.finding
        return None

    def _small_talk(self, seen: Views) -> tuple[list[str], list[tuple[int, int]]]:
        kinds, spans = [], []
        for group in ("small_talk", "commands"):
            for kind, words in self.lexicon.cues[group].items():
                for phrase in (*words["zh"], *words["en"]):
                    pattern = fold(str(phrase))
                    place = seen.zh.find(pattern)
                    if place < 0 or (pattern.isascii() and not _is_word(seen.zh, place, len(pattern))):
                        continue
                    if group == "commands" and len(seen.zh.strip(" .!?")) > len(pattern) + 12:
                        continue
                    if group == "commands" and len(pattern) < 3 and not _is_all(seen.zh, pattern):
                        continue
                    kinds.append(kind)
                    spans.append((place, place + len(pattern)))
        return list(dict.fromkeys(kinds)), spans

    def _faults(self, person: dict[str, Any]) -> list[dict[str, Any]]:
        faults = []
        if person.get("age_years", 0) > MAX_AGE_YEARS:
            faults.append({"what": "age", "value": person.pop("age_years")})
        if person.get("pregnant_weeks", 0) > 45:
            faults.append({"what": "pregnancy", "value": person.pop("pregnant_weeks")})
        return faults

    def _possible(self, heard: Sequence[Finding], person: Person) -> tuple[list[Finding], tuple[str, ...]]:
        """Without present findings that this person cannot have; their words are kept as not understood."""
        known = [f for f in heard if f.id in self.knowledge.finding]
        fits = [f.status != "present" or self._fits(f.id, person) for f in known]
        strange = dict.fromkeys(f.words for f, fit in zip(known, fits, strict=True) if not fit and f.words)
        return [f for f, fit in zip(known, fits, strict=True) if fit], tuple(strange)

    def _fits(self, name: str, person: Person) -> bool:
        return self.knowledge.finding[name].allows(person.age_years, person.sex)

    def _sex_of(self, findings: Sequence[Finding]) -> str | None:
        """The sex of somebody who has what only one sex can have."""
        told = {
            (self.knowledge.finding[f.id].only or {}).get("sex")
            for f in findings
            if f.status == "present" and f.when == "now" and f.certain
        } - {None}
        return str(told.pop()) if len(told) == 1 else None

    # -- settling ---------------------------------------------------------------------------------------

    def _settle(self, heard: Sequence[Finding]) -> tuple[Finding, ...]:
        """One entry a finding: measured over said, an answer over a guess, present over absent in one message."""
        rank = {"measured": 3, "answer": 2, "correction": 2, "words": 1}
        best: dict[tuple[str, str], Finding] = {}
        for finding in heard:
            if finding.id not in self.knowledge.finding:
                continue
            key = (finding.id, finding.when)
            old = best.get(key)
            if old is None or self._weight(finding, rank) > self._weight(old, rank):
                best[key] = finding
        present = {f.id for f in best.values() if f.status == "present" and f.when == "now"}
        implied = {above for name in present for above in self.knowledge.ancestors[name]}
        kept = [
            f for f in best.values()
            if not (f.status != "present" and f.id in implied) and not (f.status == "present" and f.when == "now" and f.id in implied)
        ]  # fmt: skip
        return tuple(sorted(kept, key=lambda f: (f.span or (0, 0), f.id)))

    @staticmethod
    def _weight(finding: Finding, rank: dict[str, int]) -> tuple[int, int, int]:
        return (
            rank[finding.origin],
            {"present": 2, "absent": 1, "unknown": 0}[finding.status],
            int(finding.certain),
        )


_LIKE_EN = re.compile(
    r"\b(?:like (?:(?:an?|the|some|having) )?|as (?:if|though) (?:[a-z']+ ){0,4}|like [a-z]+ (?P<doing>))$"
)
_DOING = re.compile(r"[a-z]+ing\b")
_LOOKS_EN = re.compile(
    r"\b(?:look|seem|appear|sound|thing|something|anything|mark|bump|spot|lump|rash|wound|patch|blister|lesion)\w* (?:[a-z]+ )?(?:like|as)\b[^,.;]*$"
)
"""What looks like a bite may be one; what feels like one is none."""
_LIKE_ZH = re.compile(r"(?:像|跟|和|同|如|似|仿佛)[^,.;!?]{0,6}$")
_ALIKE_ZH = re.compile(r"[^,.;!?]{0,4}?(?:一样|似[的地]|一般|那样|般的?)")
_ALIKE_ALONE_ZH = re.compile(r"[了过住]?(?:一样|似的)")
_FELT = re.compile(r"stuck|卡")
"""What is only ever felt, and so is told with 'like': a bone stuck in the throat."""


def _is_simile(match: Match, text: str) -> bool:
    """Whether something that happens is only what a complaint is like: 像蚂蚁咬一样, 'it felt like a wasp sting'."""
    if _FELT.search(text, match.start, match.end):
        return False
    lead = max(match.start - 60, 0)
    like = _LIKE_EN.search(text, lead, match.start)
    if like and (like["doing"] is None or _DOING.match(text, match.start)):
        return not _LOOKS_EN.search(text, lead, match.start)
    if _ALIKE_ALONE_ZH.match(text, match.end):
        return True
    return bool(_LIKE_ZH.search(text, lead, match.start) and _ALIKE_ZH.match(text, match.end))


def _uncovered(
    strange: Sequence[tuple[Clause, list[tuple[int, int]]]], covered: Sequence[tuple[int, int]]
) -> list[tuple[Clause, list[tuple[int, int]]]]:
    """Without the words that a covering word holds: what has 'fallen ill' is known not to be a fall, and no guess at one."""
    if not covered:
        return list(strange)
    kept = []
    for clause, spans in strange:
        left = [(a, b) for a, b in spans if not any(start <= a and b <= end for start, end in covered)]
        if left:
            kept.append((clause, left))
    return kept


_ONE_SIDE = ({"left"}, {"right"}, {"one"})
_WHICH_KIND = ("attr:trigger", "attr:timing", "attr:relief", "attr:severity", "attr:side", "attr:onset")
"""Kinds of words that say which kind of a complaint is meant."""
_NO_KIND = frozenset(["injury", "mild", "moderate", "both", "gradual"])
"""Of them those that name an event, or what is denied with the complaint: no vomiting after the fall, 无轻度头痛."""
_WITH_THE = re.compile(r"\bwith (?:the|this|these|his|her|my|their) \w+$")
_THIS_ONCE = re.compile(r"(?:\bthis |\bthat |\bsince |今|昨|当)\w{0,8}$")


def _says_which(match: Match, text: str) -> bool:
    """Whether words say which kind of a complaint is meant, and not what happened or when it was looked at."""
    return (
        match.kind in _WHICH_KIND
        and match.target not in _NO_KIND
        and not _THIS_ONCE.search(text, 0, match.end)
        and not _WITH_THE.search(text, 0, match.end)
    )


def _fits_line(line: Mapping[str, Any], complaint: Complaint) -> bool:
    """Whether a line of `compose` begins with the head of a complaint."""
    return complaint.head.target in (*_listed(line.get("kernel")), *_listed(line.get("finding")))


def _narrowed(complaint: Complaint, joined: Sequence[Complaint]) -> bool:
    """'No itching in the genital area' denies one place, not itching: the plain finding steps back."""
    return complaint.head.kind == "finding" and any(
        other.head.kind == "kernel" and other.sites and not complaint.head.covers(other.head) and _overlaps(other.head, (complaint.head.start, complaint.head.end))
        and any(not (complaint.head.start <= place < complaint.head.end) for place in (other.start, other.end - 1))
        for other in joined
    )  # fmt: skip


def _is_of(denied: Match, finding: Finding) -> bool:
    """Whether a finding was heard in the words that deny it, and not in more: 'calf soft but very painful' has a painful calf."""
    start, end = finding.span or (0, 0)
    return _overlaps(denied, (start, end)) and (finding.status != "present" or end <= denied.end)


def _overlaps(match: Match, span: tuple[int, int]) -> bool:
    return match.start < span[1] and span[0] < match.end


def _is_hidden(match: Match, known: Sequence[Match], well: Sequence[Match], seen: Views) -> bool:
    """Whether a word means something else in its place: the 'dry' of a wound that is clean and dry, the 好 of 精神好像不好."""
    if match.target == "postpartum" and seen.zh[match.start : match.end] == "since birth":
        return True  # one's own birth: blind since birth
    if seen.zh.startswith(("好像", "好似"), match.end - 1):
        return match.kind in ("finding", "denials")
    if seen.zh[match.start] == "背" and seen.zh[max(match.start - 1, 0)] in _BACKS:
        return True
    if match.kind in ("condition", "kernel", "finding") and well:
        for told in (w for w in well if w.start <= match.start and match.end <= w.end):
            if match.kind == "condition":
                return told.covers(match)
            inside = [k for k in known if k.kind in OF_NORMAL and told.start <= k.start and k.end <= told.end]
            of_word = [k for k in inside if k.kind == "well" and (k.start == told.start or k.end == told.end)]
            if match.kind == "kernel" and any(
                w.start <= match.start and match.end <= w.end and not _OWN_NO.search(w.target)
                for w in of_word
            ):
                return True
            if match.kind == "finding" and any(
                k.kind == "part" and (k.start, k.end) == (match.start, match.end) for k in inside
            ):
                return True
    return False


_BACKS = "手脚足鼻舌耳指掌"
"""Before 背: then it is the back of that part, 足背疼痛."""
_DOING_IT = re.compile(r"[a-z]ing\b")
_OWN_NO = re.compile(r"[无不未没]|\b(?:not|no|free|without)\b")
"""In a word that a part is well: then it denies of itself what it names, 'not swollen'."""


def _scope_with_place(complaint: Complaint, scoper: Scoper) -> Scope:
    """What holds over a complaint; a denial may stand behind its place, 'swollen hand: none'."""
    scope = scoper.scope(complaint.head)
    if scope.status == "present" and complaint.head.kind == "kernel" and complaint.end > complaint.head.end:
        whole = scoper.scope(replace(complaint.head, end=complaint.end))
        return whole if whole.status == "absent" else scope
    return scope


def _within(match: Match, spans: Sequence[tuple[int, int]]) -> bool:
    return any(_overlaps(match, span) for span in spans)


def _pregnancy(weeks: float, turn: int, knowledge: Knowledge) -> list[Finding]:
    """The findings that a number of weeks of pregnancy means."""
    names = [
        "pregnant",
        "pregnant_first_trimester" if weeks < 14 else "",
        "pregnant_second_half" if weeks >= 20 else "",
        "preterm_weeks" if 24 <= weeks < 37 else "",
        "term_weeks" if weeks >= 37 else "",
        "overdue_pregnancy" if weeks >= 41 else "",
    ]
    return [
        Finding(n, "present", "", None, turn, value=weeks, unit="wk", origin="measured")
        for n in names
        if n in knowledge.finding
    ]


def _mirror(site: str, side: str) -> str:
    head, _, rest = site.partition("_")
    return f"{side}_{rest}" if head in ("left", "right") and side in ("left", "right") else site


def _is_of_medicine(text: str, site: Match) -> bool:
    """Whether a place only says what a medicine is for: 养胃的药, 'a stomach tablet', 'something for my heart'."""
    return bool(
        _MEDICINE_AFTER.match(text, site.end)
        or _MEDICINE_BEFORE.search(text, max(site.start - 40, 0), site.start)
    )


_MEDICINE_AFTER = re.compile(
    r"[^，。,.;；]{0,3}的?药|\s*(?:tablet|pill|medicine|medication|capsule|spray|drops|cream|ointment|inhaler)s?\b"
)
_MEDICINE_BEFORE = re.compile(
    r"\b(?:something|tablets?|pills?|medicines?|medication|a drug) for (?:my|his|her|the)\s*$|药[^，。,.;；]{0,3}治$"
)


def _only_answers(finding: Finding, answered: Answer | None) -> bool:
    """想不起来 in answer to a question says that it is not known, not that the memory fails."""
    return (
        answered is not None
        and finding.span is not None
        and finding.origin == "words"
        and answered.start <= finding.span[0]
        and finding.span[1] <= answered.end
    )


def _listed(value: Any) -> Sequence[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def _is_all(text: str, word: str) -> bool:
    """Whether a text says nothing but this word: 过 is a command by itself and none in 得过."""
    return text.strip(" .,!?~。") in {word, *(word + end for end in "吧啊呗了")}


def _is_word(text: str, place: int, length: int) -> bool:
    before, after = text[place - 1 : place], text[place + length : place + length + 1]
    return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha())


def _as_dict(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in person.__dataclass_fields__}
