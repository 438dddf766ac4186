"""What a patient's words tell about the script, heard with the ear and not taken from the patient's own bookkeeping.

The ear is the language's, so a fault that the ear cannot hear is not seen here; what it hears wrongly in words that are a
told fact's own is kept apart (`misheard`), it is the ear's fault and not the patient's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from suwen.core.case import Case, Finding, Person
from suwen.core.case import Question as Pending
from suwen.knowledge import DURATIONS, Knowledge
from suwen.language.lengths import duration_finding
from suwen.language.understand import Ear
from suwen.patients.script import ON_REQUEST, Fact, FactKind, Script
from suwen.verify.examiner import Question

DURATION_FACTOR = 1.6
"""A told duration may differ from the script's by this factor: people say 'a week' for six days. Source: estimate."""
AGE_SLACK = 0.1
"""Share of the age that a told age may be off, at least a year. Source: estimate."""
OVERLAP = 0.6
"""Share of a text's character pairs (words in English) in an utterance that make it told. Source: estimate."""
LASTING = frozenset({"risk", "history", "context"})
_AROUND = {
    "allergy": ("对{}过敏", "allergic to {}"),
    "medicine": ("吃{}", "taking {}"),
    "past": ("得过{}", "had {}"),
}
"""How people put words around a fact without a finding, by its kind; the ear may take the whole for something else."""
_ASKED_FOR: dict[FactKind, str] = {"medicine": "medicines", "past": "past"}
"""The doctor's questions for lists (consult.ask), with which the ear takes the answer."""
_LISTED = frozenset(_ASKED_FOR)
_BRACKETS = re.compile(r"[（(].*?[）)]")
_HISTORY = re.compile(r"(?:家族史|病史|史|\s+history)$", re.IGNORECASE)
_KIN = re.compile(
    r"^(?:直系亲属|家族|家人|家里人|亲属|family(?: history)?(?: of)?|a (?:close )?relative(?: with)?)[有的]?\s*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[，。、；！？,.;!?]|\band\b")
_STOP = re.compile(r"[。！？.!?;；]")
_FAMILY = re.compile(
    r"家里|家人|亲|爸|妈|父|母|兄|弟|姐|妹|爷|奶|外公|外婆|family|father|mother|dad|mum|mom|brother|sister|relative|parent|grand"
)


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one utterance tells. told: ids of present facts in the words. stated: statements that can be compared with the
    script, as (what, is it so). invented: findings stated present that are not so. misheard: such that the ear finds in a
    told fact's own words. aside: facts heard only in the words of what was asked. denied: ids of present facts that the
    words deny. measured: ids of measured facts told. positives: how many findings are stated present."""

    told: frozenset[str]
    stated: tuple[tuple[str, bool], ...]
    invented: tuple[str, ...]
    misheard: tuple[str, ...]
    aside: frozenset[str]
    denied: frozenset[str]
    measured: frozenset[str]
    positives: int


class Witness:
    """Hears one patient. The script is known to it, the patient's thoughts are not."""

    def __init__(self, script: Script, knowledge: Knowledge, ear: Ear) -> None:
        self.script, self.knowledge, self.ear = script, knowledge, ear

    def hear(
        self, text: str, question: Question | None = None, *, told: Collection[str] = (), first: bool = False
    ) -> Testimony:
        """The testimony of one utterance, as the answer to a question."""
        heard = self.ear.understand(text, self._case(question, told, first))
        known = self.knowledge.finding
        now = [f for f in heard.findings if f.when == "now" and not known[f.id].is_marker]
        said = [f for f in now if f.status == "present"]
        relatives = [f for f in said if self._is_a_relatives(f, text, question)]
        present = [f for f in said if f not in relatives]
        denied = [f for f in now if f.status == "absent"]
        facts = {i for f in present for i in self._told_by(f.id)} | set(self._by_text(text))
        plain = {
            i for f in present if not self._is_aside(f, present, text, question) for i in self._told_by(f.id)
        }
        stated: list[tuple[str, bool]] = [(i, True) for i in sorted(self._by_text(text))]
        invented, misheard = [], [f.id for f in relatives]
        for f in present:
            if self._holds(f):
                stated.append((f.id, True))
            elif self._is_echo(f, present, text):
                misheard.append(f.id)
            else:
                invented.append(f.id)
                stated.append((f.id, False))
        against = {i for f in denied for i in self._denies(f.id, question)}
        stated += [(f.id, not self._denies(f.id, question)) for f in denied]
        stated += self._person(heard.person)
        numbers = set(heard.measurements.values())
        measured = {
            f.id for f in self.script.medical.facts
            if f.kind in ON_REQUEST and f.status == "present"
            and ((f.id in facts and not self._is_tellable(f)) or (f.value is not None and f.value in numbers))
        }  # fmt: skip
        aside = frozenset(facts - plain - self._by_text(text))
        return Testimony(frozenset(facts), tuple(stated), tuple(invented), tuple(misheard), aside, frozenset(against),
                         frozenset(measured), len(said))  # fmt: skip

    def names_diagnosis(self, text: str, asked: str) -> bool:
        """Whether the words name a diagnosis that neither the question nor anything the person may tell names."""
        low, known = text.lower(), f"{self._tellable_words} {asked.lower()}"
        return any(_has(low, name) and name not in known for name in self._diagnoses)

    # -- the script -------------------------------------------------------------------------------------

    @cached_property
    def support(self) -> dict[str, frozenset[str]]:
        """Of each finding that is so the ids of the facts that make it so; empty where the person does."""
        found: dict[str, set[str]] = {}
        for fact in self.script.medical.facts:
            if fact.status == "present" and fact.finding in self.knowledge.finding and fact.own:
                for name in (fact.finding, *self.knowledge.ancestors[fact.finding]):
                    found.setdefault(str(name), set()).add(fact.id)
        weeks = self.script.medical.pregnant_weeks
        if weeks is not None:
            for name, holds in (("pregnant", True), ("pregnant_first_trimester", weeks < 14),
                                ("pregnant_second_half", weeks >= 20)):  # fmt: skip
                if holds:
                    found.setdefault(name, set())
        return {name: frozenset(ids) for name, ids in found.items()}

    @cached_property
    def _hours(self) -> tuple[float, ...]:
        return tuple(f.hours for f in self.script.medical.facts if f.hours is not None)

    def _holds(self, finding: Finding) -> bool:
        if finding.id in DURATIONS:
            return self._lasted(finding)
        return finding.id in self.support

    def _lasted(self, finding: Finding) -> bool:
        """Whether a told duration is one of the script's: by hours where both are known, otherwise by its band."""
        if finding.value is not None and self._hours:
            return any(
                1 / DURATION_FACTOR <= finding.value / max(h, 0.5) <= DURATION_FACTOR for h in self._hours
            ) or (finding.id in self.support)
        return finding.id in self.support or finding.id in {duration_finding(h) for h in self._hours}

    def _told_by(self, finding: str) -> frozenset[str]:
        """The facts that stating this finding tells: those about it or about what it is a special case of."""
        wanted = {finding, *self.knowledge.ancestors.get(finding, ())}
        return frozenset(
            f.id for f in self.script.medical.facts if f.status == "present" and f.own and f.finding in wanted
        )

    def _denies(self, finding: str, question: Question | None) -> frozenset[str]:
        """The present facts that denying this finding contradicts, without those a person may keep back."""
        kind = question is not None and question.tone == "kind"
        return frozenset(
            i for i in self.support.get(finding, ())
            if self.script.fact[i].tellable and (kind or not self.script.fact[i].hidden)
        )  # fmt: skip

    def _is_tellable(self, fact: Fact) -> bool:
        """Whether something the person can know says the same as a measured fact."""
        ids = self.support.get(fact.finding or "", frozenset())
        return any(self.script.fact[i].tellable for i in ids)

    # -- the words --------------------------------------------------------------------------------------

    def _case(self, question: Question | None, told: Collection[str], first: bool) -> Case:
        pending = None
        if question and len(question.findings) == 1:
            pending = Pending(question.findings[0], "yes_no", question.findings)
        elif question and (listed := _LISTED & question.kinds):
            pending = Pending(_ASKED_FOR[min(listed)], "free")
        if first:
            return Case(lang=self.script.lang)
        other = self.script.social.speaker != "self"
        young = self.script.social.age_years < 18
        person = Person(subject="other", relation="child" if young else None) if other else Person()
        facts = [self.script.fact[i] for i in told if i in self.script.fact]
        known = {
            f.finding: Finding(f.finding, f.status) for f in facts if f.finding in self.knowledge.finding
        }
        return Case(lang=self.script.lang, pending=pending, person=person, texts=("…",), findings=known)

    def _by_text(self, text: str) -> frozenset[str]:
        """The facts without a finding, and those of the family, whose own words are in the utterance; a measured one only
        where the words are not those of something the person can tell."""
        low = rest = text.lower()
        for word, _ in self._echoes:
            rest = rest.replace(word, " ") if len(word) >= 4 or not word.isascii() else rest
        return frozenset(
            i for i, wordings in self._wordings.items()
            if any(_shares(low if self.script.fact[i].tellable else rest, w) for w in wordings)
        )  # fmt: skip

    @cached_property
    def _wordings(self) -> dict[str, tuple[str, ...]]:
        """Of facts that the ear has no finding for, and of relatives' illnesses, how they may be worded, in lower case."""
        rows = {}
        for fact in self.script.medical.facts:
            written = fact.finding is None and not (fact.kind in ON_REQUEST and fact.value is not None)
            if fact.status != "present" or not (written or fact.kind == "family"):
                continue
            texts = list(fact.text.values())
            definition = self.knowledge.finding.get(fact.finding or "")
            if definition:
                lang = self.script.lang
                texts += [
                    _KIN.sub("", str(t))
                    for t in (definition.name(lang), *definition.record["words"].get(lang, ()))
                ]
            rows[fact.id] = tuple(_HISTORY.sub("", t).strip().lower() for t in texts if len(t) >= 2)
        return rows

    def _is_echo(self, finding: Finding, present: Iterable[Finding], text: str) -> bool:
        """Whether the ear finds it in words that are another fact's: the same stretch, the fact's own wording (most of it,
        where somebody mistypes), or an age in days taken for a duration."""
        if finding.id in DURATIONS and finding.value is not None:
            age_hours = self.script.social.age_years * 365.25 * 24
            if 1 / DURATION_FACTOR <= finding.value / max(age_hours, 1) <= DURATION_FACTOR:
                return True
        if any(
            other is not finding and self._holds(other) and _same_words(finding, other) for other in present
        ):
            return True
        low, said, clause = text.lower(), finding.words.lower(), _clause(text.lower(), finding.span)
        return any(
            (_has(low, word) and (finding.id in means or (said != word and said in word)))
            or (self.script.noise > 0 and finding.id in means and _shares(low, word))
            or (said in word and said != word and len(clause) > len(said) and _shares(clause, word))
            for word, means in self._echoes
        )

    def _is_a_relatives(self, finding: Finding, text: str, question: Question | None) -> bool:
        """Whether an illness told of the family is heard as the person's own: in one sentence with the family, and no
        finding about the family. Who speaks for a relative says 'my father' of the patient, unless asked about the family."""
        about_family = question is not None and (
            "family" in question.kinds or any(f.startswith("family_") for f in question.findings)
        )
        if not about_family and self.script.social.speaker != "self":
            return False
        if finding.span is None or finding.id.startswith("family_") or finding.origin != "words":
            return False
        if (
            self.knowledge.finding[finding.id].kind not in LASTING
            and finding.words.lower() not in self._family_words
        ):
            return False
        before = max((m.end() for m in _STOP.finditer(text, 0, finding.span[0])), default=0)
        after = _STOP.search(text, finding.span[1])
        return _FAMILY.search(text[before : after.start() if after else len(text)].lower()) is not None

    def _is_aside(
        self, finding: Finding, present: Iterable[Finding], text: str, question: Question | None
    ) -> bool:
        """Whether a finding nobody asked for is heard in the same words as one that was asked."""
        asked = set(question.findings) if question else set()
        if not asked or self.is_kin(finding.id, asked):
            return False
        for other in present:
            if self.is_kin(other.id, asked) and _same_words(finding, other):
                return True
        return any(
            finding.id in means and asked & means and _has(text.lower(), word) for word, means in self._echoes
        )

    def is_kin(self, finding: str, asked: Collection[str]) -> bool:
        """Whether a finding is one of those asked about, more general or more special than one."""
        above = self.knowledge.ancestors
        return any(finding == a or finding in above.get(a, ()) or a in above.get(finding, ()) for a in asked)

    @cached_property
    def _echoes(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The wordings of what the person can tell, each with what the ear hears in it alone."""
        rows: dict[str, frozenset[str]] = {}
        for fact in self.script.medical.facts:
            if fact.status != "present" or not fact.tellable:
                continue
            definition = self.knowledge.finding.get(fact.finding or "")
            texts = [*fact.text.values()]
            if definition:
                texts += [
                    definition.name(self.script.lang),
                    *definition.record["words"].get(self.script.lang, ()),
                ]
            around = _AROUND.get(fact.kind, ())
            texts += [frame.format(t) for t in fact.text.values() for frame in around]
            texts += [_HISTORY.sub("", _BRACKETS.sub("", str(t))) for t in texts]
            for text in dict.fromkeys(str(t) for t in texts):
                heard = self.ear.understand(text, Case(texts=("…",)))
                rows[text.lower()] = frozenset(f.id for f in heard.findings if f.status == "present")
        return tuple(rows.items())

    @cached_property
    def _family_words(self) -> str:
        """The wordings of what the family has, in lower case."""
        return self._all_words([f for f in self.script.medical.facts if f.kind == "family"])

    def _person(self, heard: object) -> list[tuple[str, bool]]:
        """Age, sex and weeks of pregnancy as far as they are told."""
        said: dict[str, object] = dict(heard)  # type: ignore[call-overload]
        social, weeks = self.script.social, self.script.medical.pregnant_weeks
        out = []
        age, sex, pregnant = said.get("age_years"), said.get("sex"), said.get("pregnant_weeks")
        if isinstance(age, int | float):
            out.append(("age", abs(age - social.age_years) <= max(1.01, AGE_SLACK * social.age_years)))
        if sex is not None:
            out.append(("sex", sex == social.sex))
        if isinstance(pregnant, int | float):
            out.append(("pregnant_weeks", weeks is not None and abs(pregnant - weeks) <= 1))
        return out

    @cached_property
    def _diagnoses(self) -> tuple[str, ...]:
        names: set[str] = set()
        for diagnosis in self.script.medical.diagnoses:
            if diagnosis.role == "distractor":
                continue
            names.add(diagnosis.text)
            condition = self.knowledge.condition.get(diagnosis.condition or "")
            if condition:
                names |= {*condition.record["name"].values(), condition.id}
        low = {re.sub(r"[（(].*?[）)]", "", n).strip().lower() for n in names}
        return tuple(sorted(n for n in low if len(n) >= (4 if n.isascii() else 2)))

    @cached_property
    def _tellable_words(self) -> str:
        """All wordings of what the person can tell, in lower case."""
        return self._all_words([f for f in self.script.medical.facts if f.tellable])

    def _all_words(self, facts: Sequence[Fact]) -> str:
        """How these facts may be worded in either language, in lower case."""
        findings = [self.knowledge.finding[f.finding] for f in facts if f.finding in self.knowledge.finding]
        texts = [t for f in facts for t in f.text.values()]
        texts += [
            str(w)
            for d in findings
            for lang in ("zh", "en")
            for w in (d.name(lang), *d.record["words"].get(lang, ()))
        ]
        return " ".join(texts).lower()


def _clause(low: str, span: tuple[int, int] | None) -> str:
    """The stretch between separators around a span."""
    if span is None:
        return ""
    before = max((m.end() for m in _SEPARATOR.finditer(low, 0, span[0])), default=0)
    after = _SEPARATOR.search(low, span[1])
    return low[before : after.start() if after else len(low)].strip()


def _same_words(a: Finding, b: Finding) -> bool:
    """Whether two findings are heard in one stretch of words; a bare yes has the whole message as its words and none of them."""
    if a.origin != "words" or b.origin != "words" or not a.span or not b.span:
        return False
    return a.span[0] < b.span[1] and b.span[0] < a.span[1]


def _has(low: str, word: str) -> bool:
    if not word.isascii():
        return word in low
    return len(word) >= 3 and re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", low) is not None


def _shares(low: str, text: str) -> bool:
    """Whether most of a text stands in an utterance."""
    if text in low:
        return True
    if text.isascii():
        parts = set(re.findall(r"[a-z]{4,}", text)) or {text}
    else:
        parts = {text[i : i + 2] for i in range(len(text) - 1)} or {text}
    return sum(part in low for part in parts) / len(parts) >= OVERLAP
