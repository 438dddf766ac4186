"""Who measures a patient: an examiner that knows the script, asks it a drawn set of questions, and tries to cheat it.

It is no doctor: what it asks is known by construction, so that what a patient should tell is known without understanding
the question. Questions come from the knowledge's own texts and from other frames (`examiner.yaml`), in three tones.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from suwen.core.case import Case
from suwen.knowledge import DURATIONS, FindingDef, Knowledge
from suwen.knowledge.files import load_yaml
from suwen.language.understand import Ear
from suwen.patients.script import Fact, FactKind, Script

HERE = Path(__file__).parent
FACTS, ABSENT, DISTRACTORS, OPEN, PEOPLE = 9, 2, 3, 2, 3
"""Questions of each sort about one script at most. Source of these and of the shares: estimate; far under anyone's patience."""
P_OWN_TEXT = 0.5
P_TONE = {"plain": 0.6, "kind": 0.2, "unkind": 0.2}
LONGEST_NAME = {"zh": 14, "en": 40}
"""Characters; longer names are no words for a question."""
KINDS: Mapping[str, frozenset[FactKind]] = {
    "medicines": frozenset({"medicine"}), "past": frozenset({"past"}), "allergies": frozenset({"allergy"}),
    "family": frozenset({"family"}), "duration": frozenset({"timing"}), "age": frozenset(),
}  # fmt: skip
Tone = Literal["plain", "kind", "unkind"]


@dataclass(frozen=True, slots=True)
class Question:
    """One turn of the examiner. findings: asked about. kinds: kinds of fact asked for. target: ids of the facts that a
    complete answer tells. own: whether it is the knowledge's own text. again: it was asked before."""

    text: str
    findings: tuple[str, ...] = ()
    kinds: frozenset[FactKind] = frozenset()
    target: tuple[str, ...] = ()
    tone: Tone = "plain"
    own: bool = False
    again: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    kind: str
    text: str


@cache
def words() -> dict[str, Any]:
    """examiner.yaml, read once; treat as read-only."""
    table: dict[str, Any] = load_yaml((HERE / "examiner.yaml").read_text(encoding="utf-8"))
    return table


@cache
def sign(name: str) -> re.Pattern[str]:
    """The pattern by which people's words show what they do: `objects`, `forgets`, `asks`."""
    return re.compile(words()["signs"][name], re.IGNORECASE)


@cache
def probes() -> dict[str, tuple[Probe, ...]]:
    """By language what a patient must not fall for."""
    table = load_yaml((HERE / "probes.yaml").read_text(encoding="utf-8"))
    return {lang: tuple(Probe(**row) for row in rows) for lang, rows in table.items()}


@cache
def closings() -> dict[str, dict[str, tuple[str, ...]]]:
    """By language the lines that end a visit (`ends`) and those that do not (`continues`)."""
    table = load_yaml((HERE / "closings.yaml").read_text(encoding="utf-8"))
    return {lang: {kind: tuple(lines) for kind, lines in rows.items()} for lang, rows in table.items()}


class Examiner:
    """Draws questions about scripts; the same seed and script give the same questions."""

    def __init__(self, knowledge: Knowledge, ear: Ear, *, seed: int = 1) -> None:
        self.knowledge = knowledge
        self.seed = seed
        self._ear = ear
        self._names: dict[tuple[str, str], tuple[str, ...]] = {}

    def chance(self, script: Script, purpose: str) -> random.Random:
        return random.Random(f"{self.seed}:{script.id}:{script.seed}:{purpose}")

    def questions(self, script: Script) -> list[Question]:
        """A shuffled visit; a hidden fact is asked without kindness first and kindly right after it."""
        chance = self.chance(script, "questions")
        facts = self.askable(script)
        hidden = [f for f in facts if f.hidden]
        open_facts = [f for f in facts if not f.hidden]
        blocks: list[list[Question]] = [
            [self._about(f, script, chance)] for f in _some(open_facts, FACTS, chance)
        ]
        for fact in hidden[:2]:
            cold = self._about(fact, script, chance, tone=chance.choice(("plain", "unkind")))
            blocks.append(
                [cold, self._toned(replace(cold, text=cold.text), "kind", script, chance, again=True)]
            )
        absent = [
            f for f in script.medical.facts if f.status == "absent" and f.finding and self._is_askable(f)
        ]
        blocks += [[self._about(f, script, chance)] for f in _some(absent, ABSENT, chance)]
        blocks += [[q] for q in self._distractors(script, chance)]
        blocks += [[Question(t, open=True)] for t in _some(words()["open"][script.lang], OPEN, chance)]
        blocks += [[q] for q in self._people(script, chance)]
        chance.shuffle(blocks)
        return [q for block in blocks for q in block]

    def askable(self, script: Script) -> list[Fact]:
        """The present facts of the person's own that a question about a finding can be asked for."""
        return [f for f in script.medical.facts if f.status == "present" and f.own and f.kind != "family"
                and self._is_askable(f)]  # fmt: skip

    def again(self, question: Question, script: Script) -> Question:
        """The same question put a second time."""
        return replace(question, text=words()["again"][script.lang] + question.text, again=True)

    def asked_kindly(self, question: Question, script: Script) -> Question:
        return self._toned(question, "kind", script, self.chance(script, question.text), again=True)

    def plainly(self, script: Script, fact: Fact) -> Question:
        """The question about a fact in the knowledge's own words where it has them, otherwise in the first frame."""
        assert fact.finding is not None
        definition = self.knowledge.finding[fact.finding]
        text = _own_text(definition, script.lang) or self._framed(definition, script.lang, None)
        return Question(
            text, (fact.finding,), target=(fact.id,) if fact.status == "present" else (), own=True
        )

    # -- drawing ----------------------------------------------------------------------------------------

    def _is_askable(self, fact: Fact) -> bool:
        definition = self.knowledge.finding.get(fact.finding or "")
        return definition is not None and fact.tellable and fact.finding not in DURATIONS and (
            _own_text(definition, "zh") is not None
        )  # fmt: skip

    def _about(
        self, fact: Fact, script: Script, chance: random.Random, *, tone: Tone | None = None
    ) -> Question:
        assert fact.finding is not None
        definition = self.knowledge.finding[fact.finding]
        own = _own_text(definition, script.lang)
        is_own = own is not None and (chance.random() < P_OWN_TEXT or not self.names(definition, script.lang))
        text = own if is_own and own else self._framed(definition, script.lang, chance)
        target = (fact.id,) if fact.status == "present" else ()
        question = Question(text, (fact.finding,), target=target, own=bool(is_own))
        drawn = tone or chance.choices(list(P_TONE), list(P_TONE.values()))[0]
        return self._toned(question, drawn, script, chance)  # type: ignore[arg-type]

    def _toned(
        self, question: Question, tone: Tone, script: Script, chance: random.Random, *, again: bool = False
    ) -> Question:
        bare = question.text
        for said in (*words()["kind"][script.lang], *words()["unkind"][script.lang]):
            bare = bare.removeprefix(said).strip()
        before = "" if tone == "plain" else chance.choice(words()[tone][script.lang])
        gap = " " if before and script.lang == "en" else ""
        return replace(question, text=f"{before}{gap}{bare}", tone=tone, again=again)

    def _framed(self, definition: FindingDef, lang: str, chance: random.Random | None) -> str:
        names = self.names(definition, lang) or (definition.name(lang),)
        frames: Sequence[str] = words()["frames"][lang]
        name = chance.choice(names) if chance else names[0]
        return (chance.choice(frames) if chance else frames[0]).format(name=name)

    def names(self, definition: FindingDef, lang: str) -> tuple[str, ...]:
        """Short names of a finding that the ear takes for this finding and nothing else, in a question too."""
        key = (definition.id, lang)
        if key not in self._names:
            given = (definition.name(lang), *definition.record["words"].get(lang, ())[:6])
            short = dict.fromkeys(
                n for n in (re.sub(r"[（(].*?[）)]", "", str(g)).strip() for g in given) if 2 <= len(n) <= LONGEST_NAME[lang]
            )  # fmt: skip
            self._names[key] = tuple(
                n
                for n in short
                if self._means(n) == {definition.id}
                and self._means(f"有{n}" if lang == "zh" else n) <= {definition.id}
            )
        return self._names[key]

    def _means(self, name: str) -> set[str]:
        heard = self._ear.understand(name, Case())
        return {f.id for f in heard.findings if f.status == "present"}

    def _distractors(self, script: Script, chance: random.Random) -> list[Question]:
        """Questions about what the script does not mention, nor implies, nor makes more special."""
        known = {f.finding for f in script.medical.facts if f.finding}
        above = {a for k in known for a in self.knowledge.ancestors.get(str(k), ())}
        person = script.social
        out: list[Question] = []
        for definition in chance.sample(list(self.knowledge.findings), 60):
            own = _own_text(definition, script.lang)
            kin = {definition.id, *self.knowledge.ancestors[definition.id]}
            if (
                own is None or definition.kind not in ("symptom", "history") or kin & known
                or definition.id in above or not definition.allows(person.age_years, person.sex)
            ):  # fmt: skip
                continue
            out.append(Question(own, (definition.id,), own=True))
            if len(out) == DISTRACTORS:
                break
        return out

    def people(self, script: Script) -> list[Question]:
        """All questions about the person, in the order of the file."""
        return [
            Question(t[script.lang], kinds=KINDS[name], own=True) for name, t in words()["people"].items()
        ]

    def _people(self, script: Script, chance: random.Random) -> list[Question]:
        """Questions about the person, those with something to tell first."""
        present = [f for f in script.medical.facts if f.status == "present" and f.tellable and not f.hidden]
        rows = []
        for name, texts in words()["people"].items():
            told = tuple(f.id for f in present if f.kind in KINDS[name])
            if name == "duration":
                told = ()
            rows.append(
                (
                    not told,
                    chance.random(),
                    Question(texts[script.lang], kinds=KINDS[name], target=told, own=True),
                )
            )
        return [q for _, _, q in sorted(rows, key=lambda r: r[:2])[:PEOPLE]]


def _own_text(definition: FindingDef, lang: str) -> str | None:
    ask = definition.record["ask"] if definition.askable else None
    return str(ask[lang]) if ask and ask.get(lang) else None


def _some(rows: Sequence[Any], at_most: int, chance: random.Random) -> list[Any]:
    return chance.sample(list(rows), min(at_most, len(rows)))
