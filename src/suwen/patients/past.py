"""A finished encounter as a script, after what identifies has been taken out of every word that is kept.

The log itself, its times, its encounter's id, its owner and its month stay behind; an age above 89 becomes 90. The id of
the script is made of what is in it, so that nobody who knows the encounter's can find it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Protocol

from suwen.core.case import Finding, Lang
from suwen.core.errors import ScriptError
from suwen.knowledge import DURATIONS
from suwen.language.understand import Ear
from suwen.patients.deidentify import Span, deidentify, masked, merged
from suwen.patients.facts import kind_of, people
from suwen.patients.script import Diagnosis, FactKind, Script, Triage
from suwen.patients.sheet import Entry, Sheet

OLDEST_TOLD = 90.0
"""Years; whoever is older is said to be this old (45 CFR 164.514(b)(2)(i)(C): ages over 89 in one category)."""
OTHER_RELATIONS = ("child", "mother", "father", "spouse")


class Happened(Protocol):
    """An event or a draft of one."""

    @property
    def kind(self) -> str: ...

    @property
    def body(self) -> dict[str, Any]: ...


class _Past:
    """What an encounter told, latest word last, each piece already without what identifies."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.said = ""
        self.spans: tuple[Span, ...] = ()
        self.findings: dict[tuple[str, str], tuple[Finding, str]] = {}
        self.first: set[str] = set()
        self.person: dict[str, Any] = {}
        self.measurements: dict[str, float] = {}
        self.lists: dict[FactKind, list[str]] = {"medicine": [], "allergy": [], "symptom": []}
        self.result: Mapping[str, Any] | None = None

    def take(self, event: Happened) -> None:
        body = event.body
        if event.kind in ("opened", "language"):
            self.lang = body["lang"]
        elif event.kind == "said":
            self.said = str(body["text"])
            self.spans = deidentify(self.said, self.lang)[1]
        elif event.kind == "heard":
            self._hear(body)
        elif event.kind == "corrected":
            self.findings.pop(("now", body["finding"]), None)
            if body["status"] != "unknown":
                self.findings["now", body["finding"]] = (Finding(body["finding"], body["status"]), "")
        elif event.kind == "concluded":
            self.result = body["result"]

    def _hear(self, body: Mapping[str, Any]) -> None:
        self.lang = body.get("lang", self.lang)
        for name in body.get("retracted", ()):
            self.findings.pop(("now", name), None)
        found = [Finding(f["id"], f["status"], f.get("words", ""), when=f.get("when", "now"), origin=f.get("origin", "words"),
                         value=f.get("value"), unit=f.get("unit")) for f in body["findings"]]  # fmt: skip
        if not self.first:
            self.first = {
                f.id for f in found if f.when == "now" and f.status == "present" and f.origin == "words"
            }
        for finding in found:
            # A tap or a bare yes is no description of anything.
            words = self.clean(finding.words) if finding.origin == "words" else ""
            self.findings[finding.when, finding.id] = (replace(finding, words=""), words)
        self.person.update(body.get("person", {}))
        self.measurements.update(body.get("measurements", {}))
        kinds: tuple[tuple[FactKind, str], ...] = (
            ("medicine", "medicines"),
            ("allergy", "allergies"),
            ("symptom", "not_understood"),
        )
        for kind, key in kinds:
            self.lists[kind] += [clean for w in body.get(key, ()) if (clean := self.clean(str(w)))]

    def clean(self, words: str) -> str:
        """A stretch of what was just said without what identifies, as seen in the whole message and by itself."""
        if not words:
            return ""
        spans = list(deidentify(words, self.lang)[1])
        start = self.said.find(words)
        while start >= 0:
            spans += [Span(max(s.start - start, 0), min(s.end - start, len(words)), s.kind) for s in self.spans
                      if s.start < start + len(words) and start < s.end]  # fmt: skip
            start = self.said.find(words, start + 1)
        return masked(words, merged(spans), self.lang)


def from_events(
    events: Iterable[Happened], ear: Ear, *, diagnosis: Diagnosis | None = None, number: int = 0
) -> Script:
    """The script of a finished encounter's events, in order.

    diagnosis: what a doctor confirmed; without it the answer's first condition stands, and `source` says that nobody
    confirmed it. Raises ScriptError for an encounter without an answer or without a complaint.
    """
    past = _Past("zh")
    for event in events:
        past.take(event)
    if past.result is None:
        raise ScriptError("the encounter has no answer yet; only a finished one can become a script")
    sheet = Sheet(ear, past.lang)
    known: dict[str, Any] = {name: past.person.get(name) for name in ("age_years", "sex", "pregnant_weeks")}
    if known["age_years"] is not None:
        known["age_years"] = min(float(known["age_years"]), OLDEST_TOLD)
    relation = past.person.get("relation")
    sheet.case = replace(sheet.case, lang=past.lang, person=replace(sheet.case.person, **known,
                         relation=relation if relation in OTHER_RELATIONS else None))  # fmt: skip
    _fill(sheet, past, ear)
    source = "a finished encounter, de-identified"
    if diagnosis is None:
        first = next(iter(past.result.get("conditions", ())), None)
        if first is None:
            raise ScriptError("the encounter's answer names no condition; give the confirmed diagnosis")
        diagnosis = Diagnosis(
            condition=first["id"] if first["id"] in ear.knowledge.condition else None, text=first["name"]
        )
        source += "; the diagnosis is the answer's first, not confirmed"
    level: Triage | None = past.result.get("triage", {}).get("level")
    inside = repr([(e.kind, e.finding, e.status, e.words, e.value) for e in sheet.entries]) + repr(known)
    key = "encounter-" + blake2b(inside.encode(), digest_size=6).hexdigest()
    return sheet.script(key, source, [diagnosis], origin="encounter", triage=level, number=number)


def _fill(sheet: Sheet, past: _Past, ear: Ear) -> None:
    k = ear.knowledge
    for (when, name), (finding, words) in past.findings.items():
        if finding.status == "unknown" or name not in k.finding:
            continue
        status: Any = finding.status
        if when == "past":
            sheet.entries.append(Entry("past", None, status, words or k.finding[name].name(past.lang)))
            continue
        kind = kind_of(k.finding[name])
        if when == "family":
            kind = "family"
        elif name in past.first and name not in DURATIONS and kind in ("symptom", "personal"):
            kind = "complaint"
        elif kind in ("examination", "vital", "result") and finding.origin != "measured":
            kind = "symptom"
        hours = finding.value if name in DURATIONS else None
        sheet.note(Entry(kind, name, status, words, hours=hours))
    vitals = people()["vitals"]
    for name, value in past.measurements.items():
        if name in vitals:
            sheet.entries.append(
                Entry("vital", None, "present", vitals[name][past.lang], value, k.vitals[name]["unit"])
            )
    for kind, texts in past.lists.items():
        for words in dict.fromkeys(texts):
            sheet.entries.append(Entry(kind, None, "present", words))
