"""What a doctor's words ask of a patient: `Hearing.hear(said)` gives an `Asked`.

The patient has words only, whoever speaks: no question's id reaches it. The knowledge's own question texts are known by
heart, anything else is heard with the ear of the language, and what remains by cue words (phrases/cues.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from suwen.core.case import Case
from suwen.knowledge import DURATIONS, Knowledge
from suwen.knowledge.files import load_yaml
from suwen.language.understand import Ear

PersonFact = Literal[
    "age", "sex", "duration", "medicines", "allergies", "past", "family", "personal", "pregnancy"
]
Form = Literal["have", "be", "will", "ever", "can", "plain"]
"""How a yes-no question is built, and so how people say yes to it: 有没有, 是不是, 会不会, 得过吗, 能不能, 疼吗."""
FOLDER = Path(__file__).parent / "phrases"
KEPT_SENTENCES = 20_000
LEAD_IN = 30
"""Characters within which the words before a question end. Source: estimate."""
HEARD_AT_MOST = 8
"""Findings taken from one question; more than that is a list, and nobody remembers all of it. Source: estimate."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one turn of a doctor wants.

    findings: asked about, whatever the answer. person: facts about the person asked for. place: the finding whose place is
    asked, "" when it is not said of what. open: anything else, tell me more. complaint: what is wrong. again: say it
    otherwise. choice: a list to choose from. how: an everyday topic (sleep, bowels), its findings being what may be wrong.
    costs: money is spoken of. technical: in words of doctors that are not explained.
    severity: how bad it is. results: what was measured or tested. words: the sentences that count. inquiry: whether an answer is expected.
    """

    findings: tuple[str, ...] = ()
    person: tuple[PersonFact, ...] = ()
    place: str | None = None
    open: bool = False
    complaint: bool = False
    again: bool = False
    choice: bool = False
    how: bool = False
    severity: bool = False
    results: bool = False
    form: Form = "plain"
    words: str = ""
    inquiry: bool = False
    offer: bool = False
    goodbye: bool = False
    conclusion: bool = False
    advice: bool = False
    orders: bool = False
    costs: bool = False
    technical: bool = False
    kind: bool = False
    greeting: bool = False
    probe: Literal["", "secret", "all"] = ""

    @property
    def closing(self) -> bool:
        """Whether the doctor concludes, advises or takes leave and asks nothing more."""
        return (self.goodbye or self.conclusion or self.advice) and not self.inquiry

    @property
    def key(self) -> str:
        """What is asked, the same for the same question in other words; empty when nothing is."""
        parts = [*self.findings, *self.person]
        parts += [f"where:{self.place}"] if self.place is not None else []
        parts += [name for name in ("open", "complaint", "severity", "results") if getattr(self, name)]
        return "|".join(parts) or self.words


@lru_cache(maxsize=4)
def hearing_of(ear: Ear) -> Hearing:
    """The hearing over this ear, one for all patients of a process since it remembers sentences."""
    return Hearing(ear)


class Hearing:
    """Understands doctors, against one knowledge."""

    def __init__(self, ear: Ear) -> None:
        self.ear = ear
        self.knowledge: Knowledge = ear.knowledge
        self._sentences: dict[str, Asked] = {}

    def hear(self, said: str, *, own: str = "") -> Asked:
        """What a doctor's turn asks; `own` is what the person said last, whose echo is no question."""
        exact = self._by_heart.get(_plain(said))
        sentences = [said] if exact else [s for s in _sentences(said) if not _is_echo(s, own)]
        cues = {name: _any(name, said.lower()) for name in _FLAGS}
        ends = cues["goodbye"] or cues["conclusion"]
        counting = self._counting(sentences, ends=ends)
        asked = self._joined([self._sentence(s) for s in counting], counting)
        probe = "" if exact else _probe(" ".join(_bare(s) for s in sentences))
        questions = [s for s in sentences if _is_question(s)]
        offer = any(_any("offer", s.lower()) for s in questions) and not asked.inquiry
        ordering = cues["orders"] and any(
            _any("orders", s.lower()) and not _any("done_before", s.lower()) and not _is_question(s)
            for s in sentences
        )
        again = asked.again or any(_any("again", s.lower()) for s in sentences)
        lost = again and not ends and not (asked.findings or asked.person or asked.place is not None)
        asked = replace(asked, again=again, inquiry=asked.inquiry or lost)
        return replace(
            asked,
            goodbye=cues["goodbye"],
            conclusion=cues["conclusion"],
            advice=cues["advice"],
            kind=cues["kind"],
            greeting=cues["greeting"],
            orders=ordering,
            costs=cues["costs"],
            technical=any(_any("technical", s.lower()) and not _ASIDE.search(s) for s in sentences),
            offer=offer,
            probe=probe,
        )

    def _counting(self, sentences: Sequence[str], *, ends: bool) -> list[str]:
        """The last run of sentences that expect an answer: with a question mark where one has it or the visit ends."""
        wanted = [_plain(s) in self._by_heart or _is_inquiry(s) for s in sentences]
        marked = [w and _is_question(s) for w, s in zip(wanted, sentences, strict=True)]
        run: list[str] = []
        for sentence, counts in zip(
            reversed(sentences), reversed(marked if ends or any(marked) else wanted), strict=True
        ):
            if counts:
                run.insert(0, sentence)
            elif run:
                break
        return run

    @staticmethod
    def _joined(parts: Sequence[Asked], sentences: Sequence[str]) -> Asked:
        words = " ".join(s.strip() for s in sentences)
        place = next((p.place for p in parts if p.place is not None), None)
        return Asked(
            findings=tuple(dict.fromkeys(f for p in parts for f in p.findings))[:HEARD_AT_MOST],
            person=tuple(dict.fromkeys(f for p in parts for f in p.person)),
            place=place,
            open=any(p.open for p in parts),
            complaint=any(p.complaint for p in parts),
            again=any(p.again for p in parts),
            choice=any(p.choice for p in parts),
            how=any(p.how for p in parts),
            severity=any(p.severity for p in parts),
            results=any(p.results for p in parts),
            form=parts[-1].form if parts else "plain",
            words=words,
            inquiry=bool(parts),
        )

    def _sentence(self, sentence: str) -> Asked:
        key = _plain(sentence)
        known = self._sentences.get(key)
        if known is None:
            if len(self._sentences) > KEPT_SENTENCES:
                self._sentences.clear()
            known = self._sentences[key] = self._understood(sentence, key)
        return known

    def _understood(self, sentence: str, key: str) -> Asked:
        exact = self._by_heart.get(key) or self._led_in(sentence)
        if exact is not None:
            return Asked(findings=(exact,), form=form_of(sentence), words=sentence)
        low = _bare(sentence)
        person = _person_in(low)
        findings = self._named(_choice_less(low), person)
        complaint = _any("complaint", low) and not _FURTHER.search(low) and not findings
        place = _any("place", low) and not person and not complaint
        topics = () if findings or person or place else _topics(low)
        choice = _is_choice(sentence)
        return Asked(
            findings=tuple(f for f in topics if f in self.knowledge.finding)
            or (() if place and not choice else findings),
            person=_specific(person, low) if findings else person,
            place=(findings[0] if findings else "") if place and not choice else None,
            open=not (complaint or findings or person or topics)
            and (_any("open", low) or bool(_FURTHER.search(low) and _any("complaint", low))),
            complaint=complaint,
            again=_any("again", low),
            choice=choice,
            how=bool(topics) and _any("how", low),
            severity=_any("severity", low) and not findings,
            results=_any("results", low) and not findings,
            form=form_of(sentence),
            words=sentence,
        )

    def _led_in(self, sentence: str) -> str | None:
        """The finding of a question known by heart behind some words to begin with: 您再好好想想，…"""
        comma = _COMMA.search(sentence, 0, LEAD_IN)
        return self._by_heart.get(_plain(sentence[comma.end() :])) if comma else None

    @cached_property
    def _by_heart(self) -> dict[str, str]:
        """The knowledge's question texts in both languages to the finding they ask about."""
        table: dict[str, str] = {}
        for finding in self.knowledge.findings:
            ask = finding.record["ask"] if finding.askable else None
            for lang in ("zh", "en"):
                if ask and ask.get(lang):
                    table.setdefault(_plain(str(ask[lang])), finding.id)
        return table

    def _named(self, sentence: str, person: Sequence[PersonFact]) -> tuple[str, ...]:
        """The findings that a question names, the most special only, in the order of its words."""
        if set(person) & {"age", "sex", "duration", "pregnancy"}:
            return ()
        heard = self.ear.understand(sentence, Case())
        names = dict.fromkeys(f.id for f in heard.findings if f.id not in DURATIONS)
        implied = {above for name in names for above in self.knowledge.ancestors[name]}
        found = tuple(name for name in names if name not in implied)
        relatives = tuple(name for name in found if name.startswith("family_"))
        if relatives:
            return relatives
        if "family" in person:
            return ()
        if set(person) & {"medicines", "allergies"}:
            return tuple(f for f in found if self.knowledge.finding[f].kind not in ("risk", "history"))
        return found


# -- sentences ------------------------------------------------------------------------------------------

_SENTENCE = re.compile(
    r"[^。！？!?\n；;]+?(?:[。！？!?\n；;]+|(?<=[a-z\d])\.(?=\s|$)|$)[”\"）)]*", re.IGNORECASE
)
_ASIDE = re.compile(r"[（(][^（）()]*[）)]|“[^”]*”|\"[^\"]*\"")
_ASKS_ZH = re.compile(
    r"(?:吗|么|呢|没有|没|不)\s*[，。,.]?$|有没有|是不是|会不会|能不能|疼不疼|痛不痛|多久|多大|几岁|几天|什么时候|哪里|哪儿|怎么样|为什么"
)
_ASKS_EN = re.compile(
    r"^\W*(?:and |so |ok |okay |now |well |also |then |first |or )*(?:do(?! not|n't)|does|did|is|are|was|were|have|has|had|can|could|will|would|how|what|when|where|which|who|why|any)\b"
)
_ANNOUNCES = re.compile(
    r"(?:问|了解|核对).{0,4}(?:几个|一些|几句|些)(?:问题)?|ask (?:you )?(?:a few|some|a couple)|(?:a few|some|more) questions (?:first|before)"
)
_REQUEST = re.compile(
    r"请(?:您|你)?(?:先|再|用.{0,8})?(?:说|讲|描述|告诉|回答|列|详细|具体|补充|介绍)|告诉我|(?:说说|讲讲|描述一下|谈谈)|(?:tell (?:me|us)|describe|explain|give me|let me know|list)\b.{0,60}|(?:i'd like|i would like|i need|i want) to (?:know|ask|hear)|想(?:了解|知道|问)(?:一下|下)?"
)
_STATES = re.compile(
    r"(?:没有听懂|原样留给|kept (?:it|this|your words) for)|(?:如果|if) .{0,80}(?:告诉|tell)|^(?:我|i) (?:明白|understand)"
)
_COMMA = re.compile(r"[，,]")
_PUNCTUATION = re.compile(r"[\s\W_]+")
_FURTHER = re.compile(r"还有|别的|其他|其它|除此|\belse\b|\bother\b")
_GENERAL_PAST = re.compile(r"什么|啥|哪些|其他|既往|慢性病|基础|any other|what|medical history|chronic")
_GENERAL_FAMILY = re.compile(r"什么|啥|哪些|家族史|遗传|类似|这样|any|what|similar|same")
_ALLERGIC = re.compile(
    r"对[^，。,;；？?]{0,10}过敏|药物?过敏|allerg\w*(?: reactions?)? to [^,.;?]*|(?:medicine|drug|medication) allerg\w*"
)
_ATOPIC = re.compile(
    r"容易过敏|过敏体质|过敏性|seasonal allerg\w*|prone to allerg\w*|allergic (?:rhinitis|by nature)"
)
_CHOICE = re.compile(r"[:：].+[、,，].+|还是|\bor\b.*,|, .+ or ", re.IGNORECASE)


def _sentences(said: str) -> list[str]:
    return [s for m in _SENTENCE.finditer(said) if (s := m.group().strip())]


def _bare(sentence: str) -> str:
    """The sentence in lower case without examples in quotes and asides in brackets."""
    return _ASIDE.sub("", sentence).lower().strip()


def _plain(sentence: str) -> str:
    return _PUNCTUATION.sub("", sentence.lower())


def _is_question(sentence: str) -> bool:
    return "?" in sentence or "？" in sentence


def _is_inquiry(sentence: str) -> bool:
    """Whether a sentence expects an answer about the patient."""
    low = _bare(sentence)
    question = _is_question(sentence)
    if not _PUNCTUATION.sub("", low) or (_STATES.search(low) and not question):
        return False
    if question:
        return not (_any("offer", low) or _only_agrees(low))
    if _ANNOUNCES.search(low):
        return True  # questions are to come, whatever else is promised after them
    if _any("conclusion", low) or (_any("advice", low) and not _REQUEST.search(low)):
        return False
    if _REQUEST.search(low):
        return True
    return len(low) <= 40 and bool(_ASKS_EN.search(low) or _ASKS_ZH.search(low.rstrip("。.！! ")))


def _only_agrees(low: str) -> bool:
    """Whether a question only looks for consent to advice: 可以吗, is that all right."""
    if not _any("tag", low) or _person_in(low) or _any("open", low) or _any("complaint", low):
        return False
    alone = len(_plain(cues()["tag"].sub("", low))) <= 4
    return alone or any(_any(name, low) for name in ("advice", "conclusion", "orders"))


def _is_echo(sentence: str, own: str) -> bool:
    """Whether the sentence repeats what the person said ("我没有听懂：…"), so that it asks nothing."""
    plain = _plain(sentence)
    return bool(own) and len(plain) >= 4 and plain in _plain(own)


def _is_choice(sentence: str) -> bool:
    return bool(_CHOICE.search(_ASIDE.sub("", sentence)))


def _choice_less(low: str) -> str:
    """A question's words for the ear: 'or' and 还是 read as a list, the question words left out."""
    return re.sub(r"有没有|是否|是不是|会不会|还是", "、", low)


def form_of(sentence: str) -> Form:
    """How a yes-no question is built."""
    low = sentence.lower()
    for form, pattern in _FORMS:
        if pattern.search(low):
            return form
    return "plain"


_FORMS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    ("have", re.compile(r"有没有|有无|有.{0,16}(?:吗|么)[？?]|是否有|\b(?:is|are) there\b")),
    ("be", re.compile(r"是不是|是否|是.{0,20}(?:吗|么)[？?]|像不像|\b(?:is|are|was|were)\b")),
    ("will", re.compile(r"会不会|会.{0,16}(?:吗|么)[？?]")),
    ("can", re.compile(r"能不能|能.{0,12}(?:吗|么)[？?]|\b(?:can|could)\b")),
    ("ever", re.compile(r"过.{0,8}(?:吗|没有|么)[？?]|\b(?:have|has) (?:you|he|she|it|your|there)\b|ever\b")),
)


# -- cue words ------------------------------------------------------------------------------------------

_FLAGS = ("goodbye", "conclusion", "advice", "orders", "costs", "kind", "greeting")


@lru_cache(maxsize=1)
def cues() -> dict[str, Any]:
    """phrases/cues.yaml with one compiled pattern a name; those of `person` by fact."""
    raw = load_yaml((FOLDER / "cues.yaml").read_text(encoding="utf-8"))
    out: dict[str, Any] = {
        name: re.compile("|".join(words)) for name, words in raw.items() if name not in ("person", "topics")
    }
    out["topics"] = tuple((re.compile(t["words"]), tuple(t["findings"])) for t in raw["topics"])
    out["person"] = {name: re.compile("|".join(words)) for name, words in raw["person"].items()}
    assert set(out["person"]) == set(get_args(PersonFact)), "cues.yaml and PersonFact name other facts"
    return out


def _any(name: str, low: str) -> bool:
    return bool(cues()[name].search(low))


def _person_in(low: str) -> tuple[PersonFact, ...]:
    rest: dict[str, str] = {
        "medicines": _ALLERGIC.sub(" ", low),  # "allergic to any medicine" does not ask what is taken
        "allergies": _ATOPIC.sub(" ", low),  # a finding of its own
    }
    return tuple(name for name, pattern in cues()["person"].items() if pattern.search(rest.get(name, low)))


def _specific(person: Sequence[PersonFact], low: str) -> tuple[PersonFact, ...]:
    """Facts asked in general beside named findings: 得过高血压吗 asks for no other illness."""
    general = {"past": _GENERAL_PAST, "family": _GENERAL_FAMILY}
    return tuple(p for p in person if p != "personal" and (p not in general or general[p].search(low)))


def _topics(low: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(f for words, findings in cues()["topics"] if words.search(low) for f in findings)
    )


def _probe(low: str) -> Literal["", "secret", "all"]:
    if _any("probe_secret", low):
        return "secret"
    return "all" if _any("probe_all", low) else ""
