"""From what is to be said to words: parts of sentences (phrases/zh.yaml, en.yaml) put together by chance.

`Phraser.say` gives the words of one `Part`. Plainness 0 is how this person talks, 1 leaves out all colour and takes the
knowledge's own names, 2 says the bare minimum.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Literal

from suwen.core.case import Lang
from suwen.knowledge.files import load_yaml
from suwen.patients.hearing import FOLDER, Form
from suwen.patients.lay import Lay, Word, with_article
from suwen.patients.script import CHILD_SPEAKS_FROM, Fact, Script
from suwen.patients.spans import ago, amount, month_count, span

Kind = Literal[
    "opening", "yes", "no", "refuse", "evade", "unsure", "forget", "pairs", "every_no", "every_fine", "age", "sex", "duration",
    "pregnancy", "not_pregnant", "list", "none", "place", "place_unknown", "tell", "nothing_else", "again", "severity_high",
    "severity_low", "results", "confused", "deflect", "acknowledge", "thanks", "leave", "agree_test", "object_cost", "ask_back",
    "worry", "interrupt", "exaggerate", "misunderstand",
]  # fmt: skip
BABY_UNTIL = 3.0
"""Years up to which a child is called a baby. Source: estimate."""
OLD_FROM = 55.0
"""Years from which somebody says 都…岁了. Source: estimate."""
P_WILD = 0.3
"""Of yeses and noes in words that are neither; most people say 有 or 没有. Source: estimate."""
P_ECHO = 0.4
"""Share of yeses that say the thing again in the person's words. Source: estimate."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to say. facts: told in it. findings: answered without a fact of the script. form: of the question.
    about: which table of unsure, list or none. hours: a duration. spoken: the facts whose words have to be said."""

    kind: Kind
    facts: tuple[Fact, ...] = ()
    findings: tuple[str, ...] = ()
    form: Form = "plain"
    about: str = ""
    hours: float | None = None
    bucket: str | None = None
    spoken: bool = False
    recalled: bool = False


@lru_cache(maxsize=2)
def phrases(lang: Lang) -> dict[str, Any]:
    """phrases/zh.yaml or en.yaml."""
    content: dict[str, Any] = load_yaml((FOLDER / f"{lang}.yaml").read_text(encoding="utf-8"))
    return content


class Phraser:
    """Words for one person. `wild` also uses answers that the doctor's ear is not known to understand."""

    def __init__(self, script: Script, lay: Lay, *, wild: bool = False) -> None:
        self.script, self.lay, self.wild = script, lay, wild
        self.lang: Lang = script.lang
        self.table = phrases(script.lang)

    def say(self, part: Part, plainness: int, chance: Random) -> str:
        """The words of one part, without a full stop at the end."""
        maker = getattr(self, f"_{part.kind}", None)
        if maker is not None:
            return str(maker(part, plainness, chance))
        options = (
            self.table["severity"]["high" if part.kind == "severity_high" else "low"]
            if part.kind.startswith("severity")
            else self.table[part.kind]
        )
        return str(options[0] if plainness else chance.choice(options))

    def _worry(self, part: Part, plainness: int, chance: Random) -> str:
        """One of the phrases of a kind, each once before any comes again."""
        options = list(self.table[part.kind])
        Random(f"{self.script.seed}:{self.script.id}:{part.kind}").shuffle(options)
        return str(options[int(part.about or 0) % len(options)])

    _ask_back = _exaggerate = _worry

    # -- who ----------------------------------------------------------------------------------------------

    @property
    def of_self(self) -> bool:
        return self.script.social.speaker == "self"

    @property
    def _pronoun(self) -> str:
        if self.of_self:
            return "self"
        return "him" if self.script.social.sex == "male" else "her"

    @property
    def _kin(self) -> str:
        social = self.script.social
        if social.speaker == "self":
            return "self"
        male = social.sex == "male"
        if social.speaker in ("mother", "father"):
            if social.age_years < BABY_UNTIL:
                return "baby"
            return "son" if male else "daughter"
        if social.speaker == "child":
            return "father" if male else "mother"
        return "husband" if male else "wife"

    def subject(self, plainness: int, chance: Random) -> str:
        """The patient in the first sentence: 我, 我家宝宝, my mother."""
        options = self.table["who"][self._kin]
        return str(options[0] if plainness else chance.choice(options))

    # -- words of facts -----------------------------------------------------------------------------------

    def word(self, fact: Fact, plainness: int, chance: Random) -> Word:
        """The person's word for what a fact says."""
        text = fact.text.get(self.lang) or next(iter(fact.text.values()), "")
        if fact.finding is None or fact.finding not in self.lay.knowledge.finding:
            return self._worded(text)
        if (
            text
            and len(text) <= (14 if self.lang == "zh" else 60)
            and (plainness == 1 or chance.random() < 0.5)
        ):
            return self._worded(text)
        if plainness:
            return self.lay.plain(fact.finding, self.lang)
        return self.lay.pick(fact.finding, self.lang, chance)

    def _worded(self, text: str) -> Word:
        text = text.rstrip("。.；;，, ")
        if self.lang == "zh":
            return Word(text, "verb")
        clause = re.match(r"(?:i|my|he|she|his|her|it|there)\b", text.lower())
        return Word(text, "clause" if clause else "noun")

    def clause(self, word: Word, subject: str = "") -> str:
        """A clause saying that this is so: 有红疹, 肚子疼, 'I have a fever', 'his throat hurts'."""
        if self.lang == "zh":
            return f"{subject}有{word.text}" if word.form == "noun" else f"{subject}{word.text}"
        if word.form == "said":
            return self._retold(word.text, subject)
        text, own = self._owned(word.text), self.of_self
        who = subject or self._he
        if word.form == "clause":
            if not subject or own:
                return (
                    text
                    if re.match(r"(?:i|my|his|her|he|she|it|there)\b", text.lower())
                    else f"{self._his} {text}"
                )
            if subject in ("he", "she"):
                return f"{self._his} {re.sub(r'^(?:my|his|her) ', '', text)}"
            return f"{subject}'s {re.sub(r'^(?:my|his|her) ', '', text)}"
        if word.form == "other":
            return f"it's this: {text}"
        if word.form == "unable":
            return f"{who} {text}"
        if word.form == "doing":
            return f"{who} {'keep' if own else 'keeps'} {text}"
        if word.form == "feeling":
            return f"{who} {'feel' if own else 'feels'} {text}"
        return f"{who} {'have' if own else 'has'} {with_article(text)}"

    def lasting(self, word: Word, subject: str) -> str:
        """'I have had a fever': English clauses that a duration can follow; empty where there is none."""
        text = self._owned(word.text)
        had = "I've" if self.of_self else f"{subject} has"
        verbs = {
            "noun": f"had {with_article(text)}",
            "doing": f"been {text}",
            "feeling": f"been feeling {text}",
        }
        return f"{had} {verbs[word.form]}" if word.form in verbs else ""

    def _retold(self, text: str, subject: str) -> str:
        """A clause in the first person as somebody else would say it of the patient."""
        if self.of_self:
            return text
        for pattern, other in _THIRD:
            text = pattern.sub(other, text)
        him = "him" if self._pronoun == "him" else "her"
        for mine, theirs in (("my", self._his), ("me", him), ("myself", f"{him}self")):
            text = re.sub(rf"\b{mine}\b", theirs, text)
        named = subject if subject and subject not in ("he", "she") else self._he
        return re.sub(r"\bI\b", self._he, re.sub(r"^I\b", named, text))

    def _owned(self, text: str) -> str:
        return text if self.of_self else re.sub(r"\bmy\b", self._his, text)

    @property
    def _he(self) -> str:
        return {"self": "I", "him": "he", "her": "she"}[self._pronoun]

    @property
    def _his(self) -> str:
        return {"self": "my", "him": "his", "her": "her"}[self._pronoun]

    def _fill(self, frame: str, word: Word, subject: str = "", **rest: str) -> str:
        said = self.clause(word, "" if self.lang == "zh" else subject)
        return frame.format(s=subject, v=said, c=said, C=_capital(said), w=word.text, n=word.text, **rest)

    def _framed(self, key: str, word: Word, plainness: int, chance: Random, subject: str = "") -> str:
        """A word in one of the frames of a kind, of those for whole clauses where it is one."""
        frames = self.table["said"][key] if word.form == "said" else self.table[key]
        return self._fill(self._one(frames, plainness, chance), word, subject)

    def _one(self, options: Sequence[str], plainness: int, chance: Random) -> str:
        return str(options[0] if plainness else chance.choice(options))

    # -- the opening --------------------------------------------------------------------------------------

    def _opening(self, part: Part, plainness: int, chance: Random) -> str:
        """The complaint: greeting, frame, duration, further complaints, a question."""
        table = self.table["opening"]
        subject = self.subject(plainness, chance)
        first, *others = part.facts
        word = self.word(first, plainness, chance)
        said = self._first_sentence(part, word, subject, plainness, chance)
        later = "" if self.lang == "zh" else self._he
        used: set[str] = set()
        for fact in others:
            word = self.word(fact, plainness, chance)
            frames = self.table["said"]["more"] if word.form == "said" else table["more"]
            frame = self._one([f for f in frames if f not in used] or frames, plainness, chance)
            used.add(frame)
            more = self._fill(frame, word, later)
            said += more if self.lang == "zh" else f" {more}"
        if plainness:
            return said
        lead = chance.choice(table["lead"])
        greet = chance.choice(table["greet"])
        if not self.of_self and re.search(r"我|\bI'm\b", lead):
            lead = ""  # 我来看看，我妈… would make the speaker the patient
        return f"{greet}{lead}{said}{chance.choice(table['tail'])}"

    def _first_sentence(self, part: Part, word: Word, subject: str, plainness: int, chance: Random) -> str:
        table = self.table["opening"]
        if word.form == "said" and not plainness:
            table = {**table, **self.table["said"]["opening"]}
        if part.hours is None and part.bucket is None:
            frames = [table["plain_bare"]] if plainness else _fitting(table["bare"], word.text)
            return _capital(self._fill(chance.choice(frames), word, subject))
        lasting = self.lasting(word, subject) if self.lang == "en" else ""
        frames = [table["plain"]] if plainness else _fitting(table["frames"], word.text)
        if not lasting:
            frames = [f for f in frames if "{H}" not in f]
        d, since = self._spans(part, plainness, chance)
        frame = chance.choice(frames)
        if since == "":
            frame = table["plain"].replace("{ago}", f"{d} ago")
        return _capital(self._fill(frame, word, subject, d=d, ago=since, H=_capital(lasting)))

    def _spans(self, part: Part, plainness: int, chance: Random) -> tuple[str, str]:
        """How long and since when, in words that mean the same span of time."""
        d = span(part.hours, part.bucket, self.lang, chance, plain=plainness > 0)
        return d, ago(d, part.hours, self.lang, chance, plain=plainness > 0)

    # -- answers ------------------------------------------------------------------------------------------

    def _yes(self, part: Part, plainness: int, chance: Random) -> str:
        head = self._head("yes", part, plainness, chance)
        if plainness == 2 and not part.spoken:
            return head
        words = [self.word(f, plainness, chance) for f in part.facts]
        echo = part.spoken or (not plainness and chance.random() < P_ECHO)
        if words and echo:
            he = self._he if self.lang == "en" else ""
            tail = "".join(self._framed("echo", w, plainness, chance, he) for w in words)
        elif part.about == "pregnant":
            tail = ("，" if self.lang == "zh" else ", ") + self._pregnancy(part, plainness, chance)
        else:
            tail = "" if plainness or not part.facts else self._more("yes_more", head, part, chance)
        told = self._one(self.table["recalled"], plainness, chance) if part.recalled and plainness < 2 else ""
        return (
            f"{head}{tail}"
            if self.lang == "zh" or not told
            else f"{head}. {told}{_capital(tail.lstrip(', '))}".strip()
        )

    def _no(self, part: Part, plainness: int, chance: Random) -> str:
        head = self._head("no", part, plainness, chance)
        if plainness or head in self.table["no_wild"]:
            return head
        return f"{head}{self._more('no_more', head, part, chance)}"

    def _head(self, answer: str, part: Part, plainness: int, chance: Random) -> str:
        if self.wild and not plainness and chance.random() < P_WILD:
            return self._one(self.table[f"{answer}_wild"], plainness, chance)
        return self._one(self.table[answer][part.form], plainness, chance)

    def _more(self, key: str, head: str, part: Part, chance: Random) -> str:
        """Something said after a yes or no that does not repeat it; nothing about what is no complaint."""
        kinds = {self.lay.knowledge.finding[f].kind for f in part.findings if f in self.lay.knowledge.finding}
        if not kinds <= {"symptom", "sign"}:
            return ""
        options = [m for m in self.table[key] if len(head) <= 3 or not m]
        return str(chance.choice(options)) if options else ""

    def _refuse(self, part: Part, plainness: int, chance: Random) -> str:
        return self._one(self.table["polite_no"], plainness, chance)

    def _unsure(self, part: Part, plainness: int, chance: Random) -> str:
        return self._one(self.table["unsure"][part.about or "other"], plainness, chance)

    def _pairs(self, part: Part, plainness: int, chance: Random) -> str:
        """Some of what was asked is so and some is not."""
        table, he = self.table["pairs"], self._he if self.lang == "en" else ""
        words = [self.word(f, plainness, chance) for f in part.facts]
        said = [
            self._fill("{v}" if w.form == "said" else self._one(table["yes"], plainness, chance), w, he)
            for w in words
        ]
        for finding in part.findings:
            said.append(
                self._one(table["no"], plainness, chance).format(n=self.lay.name(finding, self.lang).text)
            )
        return "，".join(said) if self.lang == "zh" else ", but ".join(
            p for p in (_capital(", ".join(said[: len(part.facts)])), " and ".join(said[len(part.facts) :])) if p
        )  # fmt: skip

    def _tell(self, part: Part, plainness: int, chance: Random) -> str:
        he = self._he if self.lang == "en" else ""
        words = [self.word(f, plainness, chance) for f in part.facts]
        said = [self._framed("tell", w, plainness, chance, he) for w in words]
        return "，".join(said) if self.lang == "zh" else ". ".join(_capital(s) for s in said)

    def _again(self, part: Part, plainness: int, chance: Random) -> str:
        frame, he = self._one(self.table[part.kind], plainness, chance), self._he if self.lang == "en" else ""
        said = [self._fill(frame, self.word(part.facts[0], plainness, chance), he)]
        said += [self.clause(self.word(f, plainness, chance), he) for f in part.facts[1:]]
        return "，".join(said) if self.lang == "zh" else " and ".join(said)

    _interrupt = _misunderstand = _place = _again

    # -- the person ---------------------------------------------------------------------------------------

    def _age(self, part: Part, plainness: int, chance: Random) -> str:
        years, table = self.script.social.age_years, self.table
        key, n = "age" if self.of_self or "age_other" not in table else "age_other", str(int(years))
        if years < 1 / 12:
            key, n = "age_days", str(max(1, round(years * 365.25)))
        elif years < 2 and (months := month_count(years)) < 24:
            key, n = "age_months", amount(months, self.lang, chance)
        elif years < 12 and 0.4 <= years % 1 <= 0.6:
            key = "age_and_half"
        options = [f for f in table[key] if years >= OLD_FROM or not f.startswith("都")]
        if years < CHILD_SPEAKS_FROM and self.lang == "zh":
            options = [f for f in options if "虚" not in f and f != "{n}了"]
        subject = chance.choice(table["who"][self._pronoun]) if self.lang == "zh" else ""
        return self._one(options, plainness, chance).format(n=n, s=subject, He=_capital(self._he))

    def _sex(self, part: Part, plainness: int, chance: Random) -> str:
        social = self.script.social
        key: str = social.sex
        if social.age_years < 14:
            key = "girl" if social.sex == "female" else "boy"
        elif not self.of_self and self.lang == "en":
            key = self._pronoun
        return self._one(self.table["sex"][key], plainness, chance)

    def _duration(self, part: Part, plainness: int, chance: Random) -> str:
        d, since = self._spans(part, plainness, chance)
        frames = [f for f in self.table["duration"] if since or "{ago}" not in f]
        return self._one(frames, plainness, chance).format(d=d, D=_capital(d), ago=since)

    def _pregnancy(self, part: Part, plainness: int, chance: Random) -> str:
        weeks = f"{self.script.medical.pregnant_weeks or 0:g}"
        said = self._one(self.table["pregnancy"], plainness, chance).format(n=weeks)
        return said if self.of_self else said.replace("I'm", "she is")

    def _list(self, part: Part, plainness: int, chance: Random) -> str:
        """Medicines, allergies, illnesses: one sentence for all."""
        table = self.table["lists" if self.of_self or "lists_other" not in self.table else "lists_other"]
        words = [self.word(f, max(plainness, 1), chance) for f in part.facts]
        he = self._he if self.lang == "en" else ""
        told = [self.clause(w, he) for w in words if w.form == "said"]
        named = [self._listed(w.text) for w in words if w.form != "said"]
        if named:
            frame = self._one(_by_mouth(table[part.about], named), plainness, chance)
            if self.lang == "zh" and not self.of_self:
                frame = frame.replace("我", "")
            joined = "、".join(named) if self.lang == "zh" else " and ".join(named)
            told.insert(0, frame.format(x=joined, He=_capital(self._he)))
        return "，".join(told) if self.lang == "zh" else ". ".join(_capital(t) for t in told)

    def _listed(self, text: str) -> str:
        if self.lang == "zh":
            return re.sub(r"^(?:有|得过|吃|在吃|服用|对)(?=..)|(?:家族)?(?:病)?史$|过敏$", "", text)
        return re.sub(r"^(?:takes|taking|family history of|history of|previous|known|allergic to) ", "", text)

    def _none(self, part: Part, plainness: int, chance: Random) -> str:
        return self._one(self.table["none"][part.about], plainness, chance)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_PRESENT = "feel|keep|like|drink|get|clean|use|grind|wear|chew|eat|walk|work|take|sit|smoke|need|live"
_THIRD: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bI'm\b"), "I is"), (re.compile(r"\bI've\b"), "I has"), (re.compile(r"\bI'd\b"), "I had"),
    (re.compile(r"\bI have\b"), "I has"), (re.compile(r"\bI don't\b"), "I doesn't"), (re.compile(r"\bI (do|go)\b"), r"I \1es"),
    (re.compile(rf"\bI (hardly )?({_PRESENT})\b"), r"I \1\2s"),
)  # fmt: skip
"""The verbs of said.yaml with somebody else as the subject, which is put in afterwards."""


def _by_mouth(frames: Sequence[str], named: Sequence[str]) -> list[str]:
    """Without 吃 where something is sprayed, rubbed in or inhaled."""
    used = any(re.search(r"喷|吸入|乳膏|软膏|滴眼|凝胶|贴|胰岛素", name) for name in named)
    fit = [f for f in frames if not (used and "吃" in f)]
    return fit or list(frames)


def _fitting(frames: Sequence[str], word: str) -> list[str]:
    """Frames with 老, 有点 or 总觉得 only before words that take them."""
    takes = bool(
        re.fullmatch(
            r"(?!老|总|一直|有|没|不|发|起).*(?:疼|痛|晕|痒|胀|酸|麻|烧|恶心|咳嗽|胸闷|心慌|没劲)", word
        )
    )
    return [f for f in frames if takes or not re.search(r"老\{v\}|有点\{v\}|总觉得\{v\}", f)]
