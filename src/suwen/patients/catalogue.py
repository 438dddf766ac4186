"""What can be examined: names, prices, hours, risks, normal results, and which findings each examination can show.

The data stand in `examinations/`, a file a kind. A price is a `Price` in one of `CURRENCIES`; all of them are estimates.
A name is matched whole (exact, synonym, or both folded); what is not known is never guessed, only near names are given.
How a line of an answer is read, with lists, alternatives and remarks: ordering.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from suwen.knowledge import Knowledge
from suwen.knowledge.files import load_yaml
from suwen.patients.ordering import ORDERING, Meaning, Reader, Words, any_of

FOLDER = Path(__file__).parent / "examinations"
Kind = Literal[
    "vital", "physical", "laboratory", "fluid", "imaging", "function", "endoscopy", "pathology", "scale"
]
BEDSIDE: frozenset[str] = frozenset({"vital", "physical"})
"""Kinds that are one look at the bedside, however many of them."""
Currency = Literal["CNY", "USD"]
Range = tuple[float, float]
Both = Mapping[Literal["zh", "en"], str]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Part(Strict):
    """One measured number of an examination.

    range, male, female: what is plausible and normal, both ends included, in `unit`. ages: rows (under this age in years,
    low, high), the first that fits goes before the others. Without any of them nothing normal is drawn, nor while a
    finding of `unless` is present, with which a normal number would not fit.
    """

    zh: str
    en: str
    unit: str
    id: str = ""
    also: tuple[str, ...] = ()
    range: Range | None = None
    male: Range | None = None
    female: Range | None = None
    ages: tuple[tuple[float, float, float], ...] = ()
    digits: int = 1
    unless: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def with_digits(cls, raw: Any) -> Any:
        known = raw.get("range") or raw.get("female") or raw.get("male")
        if known and "digits" not in raw:
            top = max(known)
            return {**raw, "digits": 0 if top >= 50 else 1 if top >= 2 else 2}
        return raw

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def normal(self, age_years: float, sex: str) -> Range | None:
        """What is normal at this age and sex, or None where the table does not say."""
        for below, low, high in self.ages:
            if age_years < below:
                return low, high
        return (self.male if sex == "male" else self.female) or self.range


class Examination(Strict):
    """Something a doctor orders. zh, en: its names, the first shown. hours: until the result. avoid: keys of the
    contraindications. sex: whose body it needs. topics: a physical examination shows the signs of these topics."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    kind: Kind
    zh: Annotated[tuple[str, ...], Field(min_length=1)]
    en: Annotated[tuple[str, ...], Field(min_length=1)]
    system: str
    cny: Annotated[float, Field(ge=0)]
    usd: Annotated[float, Field(ge=0)]
    hours: Annotated[float, Field(ge=0)]
    risk: Literal["none", "radiation", "contrast", "invasive"] = "none"
    sex: Literal["male", "female"] | None = None
    avoid: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    normal: Both = {}
    shows: tuple[str, ...] = ()

    @model_validator(mode="after")
    def has_a_result(self) -> Examination:
        if not self.normal and not any(p.range or p.male for p in self.parts):
            raise ValueError(
                f"examination {self.id!r} has no normal result; give `normal` or a part with a range"
            )
        return self

    def name(self, lang: str) -> str:
        return (self.zh if lang == "zh" else self.en)[0]

    def price(self, currency: Currency) -> float:
        return self.cny if currency == "CNY" else self.usd

    @property
    def bedside(self) -> bool:
        return self.kind in BEDSIDE

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.zh, *self.en)


class Contraindication(Strict):
    """Why it may be unsafe: a finding of the script, words of its past or medicines, or a pregnancy."""

    zh: str
    en: str
    findings: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    pregnant: bool = False

    def text(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


class Catalogue:
    """All examinations against one knowledge: what each can show, and which one a name means."""

    def __init__(
        self,
        examinations: Sequence[Examination],
        knowledge: Knowledge,
        *,
        groups: Sequence[Mapping[str, Any]] = (),
        contraindications: Mapping[str, Contraindication] | None = None,
        words: Mapping[str, Sequence[str]] | None = None,
        orders: Words | None = None,
    ) -> None:
        self.examinations = {e.id: e for e in examinations}
        self.knowledge = knowledge
        self.contraindications = dict(contraindications or {})
        self.words = dict(words or {})
        self.shows = self._shown(groups)
        self.orders = orders or Words()
        self._named = self._names()
        self._reader = Reader(self.orders, self._exact, self._contained)
        self.meant = lru_cache(KEPT_NAMES)(self._meant)
        """What a line of an answer or of an order means, see `_meant`."""
        self.near = lru_cache(KEPT_NAMES)(self._near)
        """Names that look like one, see `_near`."""

    def _shown(self, groups: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
        """Of every examination the findings it can show, in its own file, in the groups, or as signs of its topics."""
        shown: dict[str, set[str]] = {
            e.id: set(e.shows) | {f for p in e.parts for f in p.shows} for e in self.examinations.values()
        }
        for group in groups:
            for name in group["by"]:
                shown[name] |= set(group["findings"])
        named = set().union(*shown.values()) if shown else set()
        signs: dict[str, set[str]] = {}
        for finding in self.knowledge.findings:
            if finding.kind == "sign" and finding.id not in named:
                signs.setdefault(finding.topic, set()).add(finding.id)
        for e in self.examinations.values():
            for topic in e.topics:
                shown[e.id] |= signs.get(topic, set())
        return {name: frozenset(findings) for name, findings in shown.items()}

    def _names(self) -> dict[str, tuple[str, ...]]:
        """By folded name the examinations it orders: measured numbers first, so that names of examinations go before them."""
        named: dict[str, tuple[str, ...]] = {}
        for e in sorted(self.examinations.values(), key=lambda e: (-e.cny, e.id)):
            named |= {fold(name): (e.id,) for p in e.parts for name in (p.zh, p.en, *p.also)}
        named |= {fold(n): phrase.by for phrase in self.orders.phrases for n in (*phrase.zh, *phrase.en)}
        return named | {fold(name): (e.id,) for e in self.examinations.values() for name in (e.id, *e.names)}

    def find(self, name: str) -> tuple[Examination, ...]:
        """The examinations that a name or id means; several where a list was given as one; none where it is not known."""
        whole = self._exact(name) or self._exact(ORDERING.sub("", name.strip()))
        if not whole:
            found = [self._exact(p) or self._exact(ORDERING.sub("", p.strip())) for p in _pieces(name)]
            whole = tuple(dict.fromkeys(i for one in found for i in one)) if all(found) else ()
        return tuple(self.examinations[i] for i in whole)

    def _exact(self, name: str) -> tuple[str, ...]:
        return self._named.get(fold(name)) or self._named.get(fold(_ENDING.sub("", name))) or ()

    def _contained(self, text: str) -> tuple[str, ...]:
        """The examinations whose names stand in the text; short names are words by chance."""
        found = (m.group() for m in self._inside.finditer(text.lower()))
        return tuple(
            dict.fromkeys(i for word in found for i in self._exact(word) or self._exact(word.rstrip("es")))
        )

    @cached_property
    def _inside(self) -> re.Pattern[str]:
        by_hand = {fold(word) for kind in self.orders.by_hand for word in kind.words}
        names = (n for e in self.examinations.values() for n in e.names if fold(n) not in by_hand)
        return any_of(n for n in names if len(n) >= (SHORT_EN if n.isascii() else SHORT_ZH))

    def _meant(self, line: str, complaint: tuple[str, ...] = ()) -> Meaning:
        """What the line says to somebody who knows the complaint (words or topics); what stays unknown of a name of the knowledge,
        by its name in the other language; else, the cheapest examination that shows its result."""
        first = self._reader.read(line, complaint)
        if first.is_complete:
            return first
        names, results = self._twins.get(fold(line), ((), ()))
        for loose in (False, True):
            read = (self._reader.read(name, complaint, loose=loose) for name in (line, *names))
            if whole := next((one for one in read if one.is_complete), None):
                return whole
            showing = [self.examinations[i] for i, shown in self.shows.items() if shown & set(results)]
            if showing:
                cheapest = min(showing, key=lambda e: (e.id not in first.examinations, e.cny, e.id)).id
                return Meaning(tuple(dict.fromkeys((*first.examinations, cheapest))), first.idle)
        return first

    @cached_property
    def _twins(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """By the names that the knowledge gives to examinations: the same one's other names, and the findings that a positive
        one is."""
        found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
        for condition in self.knowledge.conditions:
            for exam in condition.record["examinations"]:
                for name in exam["name"].values():
                    names, results = found.setdefault(fold(name), ({}, {}))
                    names |= {n: None for n in exam["name"].values() if n != name}
                    if exam.get("result"):
                        results[exam["result"]] = None
        return {name: (tuple(names), tuple(results)) for name, (names, results) in found.items()}

    def _near(self, name: str, lang: str, *, at_most: int = 3) -> tuple[str, ...]:
        """Names that look like this one, best first; suggestions for a person, never to be taken unasked."""
        wanted = fold(name)
        close = get_close_matches(wanted, self._named, n=at_most * 2, cutoff=0.6)
        inside = [
            n for n in self._named if len(wanted) >= 2 and (wanted in n or (len(n) >= 3 and n in wanted))
        ]
        order = dict.fromkeys(i for n in (*close, *sorted(inside, key=len)) for i in self._named[n])
        return tuple(self.examinations[i].name(lang) for i in order)[:at_most]

    @cached_property
    def labels(self) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
        """(examination, word, pattern) by which a written finding is led to its examination, longest word first."""
        rows = [
            (e.id, word) for e in self.examinations.values()
            for word in (*e.names, *(w for p in e.parts for w in (p.zh, p.en, *p.also)))
        ]  # fmt: skip
        rows += [(name, word) for name, words in self.words.items() for word in words]
        ordered = sorted(set(rows), key=lambda row: (-len(row[1]), row))
        return tuple((name, word, _pattern(word)) for name, word in ordered)

    def of_text(self, text: str, *, physical: bool) -> tuple[str, ...]:
        """The examinations whose name or words a written result contains; a word inside a longer one does not count.

        `physical`: the text is a bedside finding, so that only bedside words (and eye, ear and such devices) are looked for.
        """
        low = text.lower()
        taken: list[tuple[int, int]] = []
        found: dict[str, None] = {}
        for name, _, pattern in self.labels:
            if physical != (self.examinations[name].bedside or name in self.words):
                continue
            for match in pattern.finditer(low):
                a, b = match.span()
                if not any(x <= a and b <= y and (x, y) != (a, b) for x, y in taken):
                    taken.append((a, b))
                    found[name] = None
        return tuple(found)

    def coverage(self) -> dict[str, tuple[int, int]]:
        """By kind of finding how many of the knowledge some examination can show, and how many there are."""
        shown = frozenset().union(*self.shows.values())
        counts: dict[str, tuple[int, int]] = {}
        for kind in ("vital", "result", "sign"):
            of_kind = [f.id for f in self.knowledge.findings if f.kind == kind]
            counts[kind] = (sum(f in shown for f in of_kind), len(of_kind))
        return counts

    def faults(self) -> list[str]:
        """What in the table contradicts itself or the knowledge, one line each."""
        found: list[str] = []
        seen: dict[str, str] = {}
        for e in self.examinations.values():
            for name in e.names:
                other = seen.setdefault(fold(name), e.id)
                if other != e.id:
                    found.append(f"{e.id}: name {name!r} is also one of {other}; keep it at one of them")
            found += [
                f"{e.id}: no contraindication {c!r}" for c in e.avoid if c not in self.contraindications
            ]
            used = self.shows[e.id] | {f for p in e.parts for f in p.unless}
            found += [
                f"{e.id}: no finding {f!r} in the knowledge"
                for f in sorted(used)
                if f not in self.knowledge.finding
            ]
        for name, reason in self.contraindications.items():
            found += [f"{name}: no finding {f!r} in the knowledge" for f in reason.findings
                      if f not in self.knowledge.finding]  # fmt: skip
        found += [f"words: no examination {name!r}" for name in self.words if name not in self.examinations]
        found += [
            f"orders: no examination {name!r}" for name in self.orders.named if name not in self.examinations
        ]
        taken = {fold(name): e.id for e in self.examinations.values() for name in e.names}
        for phrase in self.orders.phrases:
            for name in (*phrase.zh, *phrase.en):
                other = taken.setdefault(fold(name), " + ".join(phrase.by))
                if other != " + ".join(phrase.by):
                    found.append(f"orders: {name!r} is also {other}; keep it at one of them")
        return found


def load_catalogue(knowledge: Knowledge, folder: Path = FOLDER) -> Catalogue:
    """The catalogue of `folder` against a knowledge. Raises pydantic's ValidationError where a file has a wrong field."""
    files = {path.stem: load_yaml(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))}
    groups, words, reasons = files.pop("shows"), files.pop("words"), files.pop("contraindications")
    orders = Words.model_validate(files.pop("orders"))
    return Catalogue(
        [e for raw in files.values() for e in _examinations(raw)],
        knowledge,
        groups=groups,
        contraindications=TypeAdapter(dict[str, Contraindication]).validate_python(reasons),
        words=words,
        orders=orders,
    )


def _examinations(raw: Mapping[str, Any]) -> Iterator[Examination]:
    for row in raw["items"]:
        yield Examination.model_validate({"kind": raw["kind"], **row})


KEPT_NAMES = 8192
SHORT_ZH, SHORT_EN = 2, 3
"""Characters below which a name inside a longer text is not taken for an order. Source: estimate."""
_LIST = re.compile(r"[、，,+；;/]|\band\b|和|以及", re.IGNORECASE)
_ENDING = re.compile(
    r"(?:检查|化验|化验单|测定|检测|平扫|test|tests|exam|study|level|levels)$", re.IGNORECASE
)


def _pieces(name: str) -> list[str]:
    return [p for p in _LIST.split(name) if p.strip()]


@lru_cache(KEPT_NAMES)
def fold(name: str) -> str:
    """A name without width, case, spaces and dashes, in one spelling of English."""
    plain = unicodedata.normalize("NFKC", name).lower()
    plain = re.sub(r"[\s\-_·.,:'’()（）]+", "", plain)
    return (
        plain.replace("haem", "hem")
        .replace("oesoph", "esoph")
        .replace("paed", "ped")
        .replace("tumour", "tumor")
    )


def _pattern(word: str) -> re.Pattern[str]:
    low = re.escape(word.lower())
    if not word.isascii():
        return re.compile(low)
    return re.compile(rf"(?<![a-z0-9]){low}" + ("(?![a-z0-9])" if len(word) <= 4 else ""))
