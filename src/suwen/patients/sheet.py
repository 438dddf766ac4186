"""Words to facts: a sheet that is filled sentence by sentence through the ear, and made into a script that holds together.

Nothing that was written is lost: what the ear does not understand stays as a fact without a finding, in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from suwen.core.case import Case, Finding, Heard, Lang
from suwen.core.errors import ScriptError
from suwen.knowledge import AGE_BAND_ENDS, AGE_SHARE, DURATIONS, Knowledge
from suwen.language.understand import Ear
from suwen.patients.dice import Dice
from suwen.patients.facts import VOLUNTEERED, kind_of, people
from suwen.patients.faults import settled
from suwen.patients.persona import Cast, persona_of
from suwen.patients.script import Diagnosis, Fact, FactKind, Medical, Origin, Script, Triage

Section = Literal[
    "complaint",
    "opening",
    "now",
    "past",
    "personal",
    "family",
    "medicine",
    "allergy",
    "examination",
    "result",
]
LASTING = ("risk", "history", "context")
KIND: dict[str, FactKind] = {"opening": "symptom", "now": "symptom"}
"""Kind of what was not understood, by section; other sections are their own kind. An opening is the beginning of a
telling, which comes to the complaint sooner or later; under `complaint` stands nothing else."""
MOST_COMPLAINTS = 3
LEFT_OVER = re.compile(r"[\u3400-\u9fff]{4,}|[a-z'-]+\W+[a-z'-]+\W+[a-z'-]+", re.IGNORECASE)
"""Four characters or three words; less that was not understood beside understood words says nothing alone."""
DENIED = re.compile(
    r"^\W*(?:(?:he|she|the patient|patient|i) )?(?:has no\b|have no\b|no\b|denies\b|denied\b|denying\b|without\b|(?:我)?(?:也)?没有|(?:我)?(?:也)?没(?!劲|力|精神|胃口)|无(?!力)|否认)\s*",
    re.IGNORECASE,
)
NOTHING = re.compile(
    r"^\W*(?:-+|none|nil|n/?a|unknown|unremarkable|non[- ]?contributory|无|无特殊|不详|information not provided"
    r"|no (?:additional|significant) .*|not (?:provided|reported|available|applicable))?\W*$", re.IGNORECASE,
)  # fmt: skip
_SENTENCE = re.compile(r"(?:[^。！？!?；;\n.]|\.(?!\s|$))+[。！？!?；;\n.]?")
CHILD = re.compile(
    r"宝宝|孩子|小儿|婴|新生儿|我还小|患儿|\b(?:baby|infant|toddler|child|boy|girl)\b", re.IGNORECASE
)
GROWN = 12.0
"""Years from which nobody is taken for somebody's child. Source: estimate."""
UNSAID_CHILD = 0.02
"""Times the weight of a child's age where nothing says that it is one. Source: estimate."""
MIDDLE = (0.04, 0.6, 3.0, 8.0, 15.0, 29.0, 52.0, 74.0)
"""Years: who stands for an age band where no age is told. Source: estimate."""


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text; a decimal point ends none."""
    for match in _SENTENCE.finditer(text):
        if re.search(r"\w", match.group()):
            yield match.group().strip()


@dataclass(slots=True)
class Entry:
    """A fact in the making; `words` are the person's own, empty where there are none beside the finding's name."""

    kind: FactKind
    finding: str | None
    status: Literal["present", "absent"]
    words: str
    value: float | None = None
    unit: str | None = None
    hours: float | None = None


@dataclass(slots=True)
class Sheet:
    """What is known of one patient so far; `case` is what the ear goes by."""

    ear: Ear
    lang: Lang
    case: Case = field(default_factory=Case)
    entries: list[Entry] = field(default_factory=list)
    most: int = MOST_COMPLAINTS
    """Complaints kept; what is said beyond them comes out when it is asked for."""

    def __post_init__(self) -> None:
        self.case = Case(lang=self.lang)

    @property
    def knowledge(self) -> Knowledge:
        return self.ear.knowledge

    def hear(self, text: str, section: Section = "now") -> None:
        """Take in a text sentence by sentence."""
        for sentence in sentences(text):
            if section not in ("complaint", "opening", "now", "examination", "result") and NOTHING.match(
                sentence
            ):
                continue
            heard = self.ear.understand(sentence, self.case)
            self.case = self.case.add(heard, text=sentence)
            self._take(sentence, heard, section)

    def hear_item(self, line: str, section: Literal["examination", "result"]) -> None:
        """Take in one line of an examination or one test: a fact that keeps the whole line."""
        heard = self.ear.understand(line, Case(lang=self.lang, person=self.case.person))
        vitals = people()["vitals"]
        for name, value in heard.measurements.items():
            words = vitals[name][self.lang] if name in vitals else name
            self.entries.append(
                Entry("vital", None, "present", words, value, self.knowledge.vitals[name]["unit"])
            )
        kept = False
        for finding in heard.findings:
            if finding.status == "unknown" or finding.when != "now" or finding.id in DURATIONS:
                continue
            definition = self.knowledge.finding[finding.id]
            kind: FactKind = definition.kind if definition.kind in ("vital", "result") else section  # type: ignore[assignment]
            kept |= self.note(Entry(kind, finding.id, _status(finding), line))
        if not kept and not heard.measurements:
            self.entries.append(Entry(section, None, "present", line))

    def name(self, name: str, status: Literal["present", "absent"], section: Section) -> None:
        """Take in a name of a symptom, as in a table, that is so or is not so."""
        heard = self._of_name(name)
        found = [f for f in heard.findings if f.status != "unknown"]
        for finding in found:
            denies = (finding.status == "absent") != (status == "absent")
            flipped: Literal["present", "absent"] = "absent" if denies else "present"
            kind = self._kind(finding.id, section, flipped)
            self.note(
                Entry(
                    kind, finding.id, flipped, name, hours=finding.value if finding.id in DURATIONS else None
                )
            )
        if not found:
            kind = (
                "past" if heard.concerns else "result" if TEST.search(name) else KIND.get(section, "symptom")
            )
            self.entries.append(Entry(kind, None, status, name))

    def _of_name(self, name: str) -> Heard:
        return self.ear.understand(name, Case(lang=self.lang))

    def _take(self, sentence: str, heard: Heard, section: Section) -> None:
        understood = False
        for finding in heard.findings:
            if finding.status == "unknown":
                continue
            understood = True
            words = finding.words or sentence
            if finding.when == "family" or (section == "family" and not finding.id.startswith("family_")):
                self.note(Entry("family", finding.id, _status(finding), words))
            elif finding.when == "past" or (
                section == "past" and self.knowledge.finding[finding.id].kind not in LASTING
            ):
                # What was so once is not so now: it must not answer a question about today.
                self.entries.append(
                    Entry("past", None, _status(finding), words if len(words) > 6 else sentence)
                )
            else:
                kind = self._kind(
                    finding.id, section, _status(finding), measured=finding.origin == "measured"
                )
                hours = finding.value if finding.id in DURATIONS else None
                self.note(Entry(kind, finding.id, _status(finding), words, hours=hours))
        for name in heard.medicines:
            self._once(Entry("medicine", None, "present", name))
        for name in heard.allergies:
            self._once(Entry("allergy", None, "present", name))
        told = understood or heard.person or heard.measurements or heard.medicines or heard.allergies
        left = (
            [_clause(sentence, w) for w in heard.not_understood if LEFT_OVER.search(w)]
            if told
            else [sentence]
        )
        for words in dict.fromkeys(left):
            kind = "symptom" if told and section == "complaint" else KIND.get(section, section)  # type: ignore[arg-type]
            denied = DENIED.match(words)
            what = words[denied.end() :].strip(" ,，。.") if denied else words
            self._once(Entry(kind, None, "absent" if what != words and what else "present", what or words))

    def _kind(self, finding: str, section: Section, status: str, *, measured: bool = False) -> FactKind:
        definition = self.knowledge.finding[finding]
        if finding in DURATIONS:
            return "timing"
        if measured and definition.kind in ("vital", "result"):
            return "vital" if definition.kind == "vital" else "result"
        usual = kind_of(definition)
        if (
            section in ("complaint", "opening")
            and status == "present"
            and usual in ("symptom", "personal", "examination", "vital")
        ):
            return "complaint"
        if section in ("examination", "result"):
            return definition.kind if definition.kind in ("vital", "result") else section  # type: ignore[return-value]
        # What the person tells was not measured here: a sign they report is a symptom of theirs.
        return "symptom" if usual in ("examination", "vital") else "past" if usual == "result" else usual

    def _once(self, entry: Entry) -> None:
        if all((e.kind, e.words) != (entry.kind, entry.words) for e in self.entries):
            self.entries.append(entry)

    def note(self, entry: Entry) -> bool:
        """Add a fact about a finding; present stands over absent, the first word over a later one."""
        if entry.finding in DURATIONS and (
            entry.status == "absent" or any(e.finding in DURATIONS for e in self.entries)
        ):
            return False
        own = entry.kind != "family" or str(entry.finding).startswith("family_")
        for i, old in enumerate(self.entries):
            if old.finding == entry.finding and own == (
                old.kind != "family" or str(old.finding).startswith("family_")
            ):
                if old.status == entry.status:
                    return False
                if entry.status == "present":
                    old.finding = None
                    self.entries[i] = entry
                    return True
                entry.finding = None
                break
        self.entries.append(entry)
        return entry.finding is not None

    # -- to a script -------------------------------------------------------------------------------------

    def script(
        self, key: str, source: str, diagnoses: Sequence[Diagnosis], *, origin: Origin, triage: Triage | None = None,
        number: int = 0, bands: Iterable[int] = range(8),
    ) -> Script:  # fmt: skip
        """The script of this sheet. Age and sex that were not told are chosen as usual for the main diagnosis, and
        `source` says so; the persona follows from `number`. Raises ScriptError for what cannot be a script."""
        dice = Dice("sheet", key)
        main = next((d.condition for d in diagnoses if d.role == "main"), None)
        age, sex, assumed = self._person(main, dice, tuple(bands))
        psychology, social = persona_of(_cast().cell(number), age, sex, self.lang, dice, hides=False)
        weeks = self.case.person.pregnant_weeks
        weeks = weeks if weeks is not None and sex == "female" and age >= 10 and weeks <= 44 else None
        try:
            medical = Medical(
                facts=tuple(self._facts(age, sex)),
                diagnoses=tuple(diagnoses),
                triage=triage,
                pregnant_weeks=weeks,
            )
            made = Script(id=key, origin=origin, lang=self.lang, source=f"{source}{assumed}", medical=medical,
                          seed=int(dice.between(0, 2**31)), psychology=psychology, social=social)  # fmt: skip
        except ValidationError as error:
            first = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ScriptError(f"{key}: {first}") from None
        return settled(made, self.knowledge)

    def _person(self, main: str | None, dice: Dice, bands: tuple[int, ...]) -> tuple[float, str, str]:
        person, k = self.case.person, self.knowledge
        age, sex = person.age_years, person.sex
        prior = k.prior[k.condition[main].index].mean(axis=2) if main else np.ones((8, 2))
        if (
            age is not None
            and age < GROWN
            and not prior[int(np.searchsorted(AGE_BAND_ENDS, age, side="right"))].any()
        ):
            age = None  # nobody so young has it: the age was that of the person's child
        missing = [name for name, value in (("age", age), ("sex", sex)) if value is None]
        if age is not None and sex is not None:
            return age, sex, ""
        weight = (prior + np.where(prior > 0, 1e-9, 1e-18)) * AGE_SHARE[:, None]
        present = [
            k.finding[e.finding]
            for e in self.entries
            if e.finding and e.status == "present" and e.kind != "family"
        ]
        child = person.relation == "child" or any(CHILD.search(e.words) for e in self.entries)
        own = None if age is None else int(np.searchsorted(AGE_BAND_ENDS, age, side="right"))
        for band in range(8):
            for column, name in enumerate(("male", "female")):
                told = age if age is not None else MIDDLE[band]
                against = sum(not d.allows(told, name) for d in present)
                fits = (
                    (own is None or band == own)
                    and (sex is None or sex == name)
                    and (own is not None or band in bands)
                )
                unlikely = UNSAID_CHILD if band < 5 and not child and len(bands) == 8 else 1.0
                weight[band, column] *= unlikely * 0.001**against if fits else 0.0
        band, column = divmod(dice.index(weight.ravel()), 2)
        return (age if age is not None else MIDDLE[band], sex or ("male", "female")[column],
                f"; {' and '.join(missing)} not told, assumed")  # fmt: skip

    def _facts(self, age: float, sex: str) -> Iterator[Fact]:
        k = self.knowledge
        present = {
            e.finding for e in self.entries if e.finding and e.status == "present" and e.kind != "family"
        }
        above = {a for name in present if name for a in k.ancestors[name]}
        self._promote()
        used: set[str] = set()
        for entry in self.entries:
            finding = entry.finding
            if finding and entry.kind != "family":
                impossible = entry.status == "present" and not k.finding[finding].allows(age, sex)
                if impossible or (entry.status == "absent" and finding in above):
                    finding = None
            key = finding or entry.kind
            n = 1
            while (name := key if finding and n == 1 else f"{key}.{n}") in used:
                n += 1
            used.add(name)
            volunteered = VOLUNTEERED[entry.kind] if entry.status == "present" else 0.0
            yield Fact(id=name, kind=entry.kind, finding=finding, status=entry.status, text={self.lang: entry.words} if entry.words else {},
                       value=entry.value, unit=entry.unit, hours=entry.hours, volunteered=volunteered)  # fmt: skip

    def _promote(self) -> None:
        """Without a complaint the first present symptoms are it; and no more than three are."""
        told = [e for e in self.entries if e.kind == "complaint" and e.status == "present"]
        for entry in told[self.most :]:
            entry.kind = "symptom"
        if told:
            return
        symptoms = [e for e in self.entries if e.kind == "symptom" and e.status == "present"]
        others = [
            e for e in self.entries if e.kind in ("personal", "past", "medicine") and e.status == "present"
        ]
        heard = [e for e in symptoms if e.finding]
        for entry in heard[:MOST_COMPLAINTS] or symptoms[:1] or others[:1]:
            entry.kind = "complaint"


TEST = re.compile(
    r"化验|检查|胸片|常规|培养|验血|彩超|[BX][超光]|\bCT\b|CT|核磁|血象|白细胞|抗体", re.IGNORECASE
)


def _clause(sentence: str, words: str) -> str:
    """The part of a sentence, from comma to comma, in which words stand: they are not torn from their 'no'."""
    start = max(sentence.find(words), 0)
    before = max(sentence.rfind(c, 0, start) for c in ",，")
    after = min(
        (p for p in (sentence.find(c, start + len(words)) for c in ",，") if p >= 0), default=len(sentence)
    )
    return sentence[before + 1 : after].strip(" .。;；")


def _status(finding: Finding) -> Literal["present", "absent"]:
    return "absent" if finding.status == "absent" else "present"


@cache
def _cast() -> Cast:
    return Cast("outside")


def diagnosis_of(knowledge: Knowledge, text: str, **fields: Any) -> Diagnosis:
    """A diagnosis by its text; its condition where the text is a name of exactly one condition of the knowledge."""
    plain = text.strip().rstrip("。.;；,，")
    for name in (plain, re.sub(r"\s*[（(][^）)]*[）)]\s*", " ", plain).strip()):
        found = _by_name(knowledge).get(name.lower(), set())
        if len(found) == 1:
            condition = knowledge.conditions[next(iter(found))]
            return Diagnosis(condition=condition.id, text=plain, icd10=condition.icd10, **fields)
    return Diagnosis(text=plain, **fields)


_NAMES: dict[str, dict[str, set[int]]] = {}


def _by_name(knowledge: Knowledge) -> dict[str, set[int]]:
    if knowledge.digest not in _NAMES:
        table: dict[str, set[int]] = {}
        for name, kind, index in knowledge.names[0]:
            if kind == 0:
                table.setdefault(name, set()).add(index)
        _NAMES.clear()
        _NAMES[knowledge.digest] = table
    return _NAMES[knowledge.digest]
