"""From what is to be said to words: parts of sentences (phrases/zh.yaml, en.yaml) put together by chance.

A frame holds choices: of [a|b] one is taken, so that a few frames make hundreds of wordings. What schooling changes in the
tables stands in them under `schooling`.

`Phraser.say` gives the words of one `Part`. Plainness 0 is how this person talks, 1 leaves out all colour and takes the
knowledge's own names, 2 says the bare minimum; there the first of every choice is taken.
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
from suwen.patients.facts import purpose_of
from suwen.patients.hearing import FOLDER, Form
from suwen.patients.lay import Education, Lay, Word, with_article
from suwen.patients.script import CHILD_SPEAKS_FROM, Fact, Script
from suwen.patients.spans import Exactness, ago, amount, month_count, span

Kind = Literal[
    "opening", "yes", "no", "refuse", "evade", "unsure", "forget", "pairs", "every_no", "every_fine", "age", "sex", "duration",
    "pregnancy", "not_pregnant", "list", "none", "place", "place_unknown", "tell", "nothing_else", "again", "severity_high",
    "severity_low", "results", "confused", "deflect", "acknowledge", "thanks", "leave", "agree_test", "object_cost", "ask_back",
    "worry", "interrupt", "exaggerate", "misunderstand", "confused_word", "cut_in", "forget_rest", "object_far", "far", "far_thanks",
    "unnamed",
]  # fmt: skip
BABY_UNTIL = 3.0
"""Years up to which a child is called a baby. Source: estimate."""
OLD_FROM = 55.0
"""Years from which somebody says 都…岁了. Source: estimate."""
P_WILD = 0.3
"""Of yeses and noes in words that are neither; most people say 有 or 没有. Source: estimate."""
P_ECHO = 0.4
"""Share of yeses that say the thing again in the person's words. Source: estimate."""


_EXACTNESS: dict[Education, Exactness] = {"low": "vague", "middle": "usual", "high": "exact"}


BRIEF = {"terse": 0.8, "stoic": 0.6}
"""Share of what could be left out that somebody of few words leaves out, by personality. Source: estimate."""


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


@lru_cache(maxsize=6)
def tables(lang: Lang, education: Education) -> dict[str, Any]:
    """The phrases of a language as somebody of this schooling has them."""
    base = phrases(lang)
    return _merged(base, base["schooling"].get(education, {}))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    deep = {k: _merged(base[k], v) for k, v in over.items() if isinstance(v, dict)}
    return {**base, **over, **deep}


class Phraser:
    """Words for one person. `wild` also uses answers that the doctor's ear is not known to understand."""

    def __init__(self, script: Script, lay: Lay, *, wild: bool = False) -> None:
        self.script, self.lay, self.wild = script, lay, wild
        self.lang: Lang = script.lang
        self.education: Education = script.social.education
        self.table = tables(script.lang, self.education)
        self._brief = BRIEF.get(script.psychology.personality, 0.4 if self.education == "low" else 0.0)

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
        return self._one(options, plainness, chance)

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
        return self.lay.pick(fact.finding, self.lang, chance, self.education)

    def telling(self, fact: Fact, plainness: int, chance: Random) -> Word:
        """The words with which somebody comes out with a fact: of a medicine not its name alone but that it is taken."""
        named = _TOLD_AS.get(fact.kind) if fact.finding is None else None
        if named is None:
            return self.word(fact, plainness, chance)
        text = self._listed(self.word(fact, 1, chance).text)
        used = self.lang == "zh" and fact.kind == "medicine" and _NOT_EATEN_ZH.search(text)
        frame = "用着{}" if used else named[self.lang]
        return Word(text if _CLAUSE_OF_FACT.match(text) else frame.format(text), "said")

    def _worded(self, text: str) -> Word:
        """A script's own text as a word: a whole clause where it is one, not begun with a capital."""
        text = text.rstrip("。.；;，, ")
        if self.lang == "zh":
            return Word(text, "said" if _OTHERS_ZH.match(text) else "verb")
        if re.match(r"[A-Z][a-z']*(?![A-Za-z])", text) and not re.match(r"I\b", text):
            text = text[:1].lower() + text[1:]
        if re.match(
            r"(?:there|it|the|my (?:father|mother|aunt|uncle|brother|sister|grand\w+)|we)\b", text.lower()
        ):
            return Word(text, "said")
        if re.match(r"(?:i|my|he|she|his|her)\b", text.lower()) or _FINITE_EN.search(text):
            return Word(text, "clause")
        return Word(text, "noun")

    def clause(self, word: Word, subject: str = "") -> str:
        """A clause saying that this is so: 有红疹, 肚子疼, 'I have a fever', 'his throat hurts'."""
        if self.lang == "zh":
            return f"{subject}有{word.text}" if word.form == "noun" else f"{subject}{word.text}"
        if word.form == "said":
            return self._retold(word.text, subject)
        text, own = self._owned(word.text), self.of_self
        who = subject or self._he
        own = own and who == "I"
        if word.form == "clause":
            if not subject or own:
                return (
                    text
                    if re.match(r"(?:i|my|his|her|he|she|it|there|the|both)\b", text.lower())
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
        if word.form == "state":
            return f"{who} {'am' if own else 'is'} {text}"
        if word.form == "does":
            return f"I {_first_person(text)}" if own else f"{who} {text}"
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
        text = _VERB_OF_I.sub(_third_person, text)
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
        if plainness:
            return drawn(str(options[0]), None)
        return drawn(str(chance.choice(options)), chance, brief=self._brief)

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
            return _capital(self._fill(self._one(frames, 0, chance), word, subject))
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
        exactness = _EXACTNESS[self.education]
        d = span(part.hours, part.bucket, self.lang, chance, plain=plainness > 0, exactness=exactness)
        plain = plainness > 0 or exactness == "exact"
        return d, ago(d, part.hours, self.lang, chance, plain=plain)

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
        words = [self.telling(f, plainness, chance) for f in part.facts]
        said = [self._framed("tell", w, plainness, chance, he) for w in words]
        return "，".join(said) if self.lang == "zh" else ". ".join(_capital(s) for s in said)

    def _again(self, part: Part, plainness: int, chance: Random) -> str:
        frame, he = self._one(self.table[part.kind], plainness, chance), self._he if self.lang == "en" else ""
        said = [self._fill(frame, self.telling(part.facts[0], plainness, chance), he)]
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
        """Medicines, allergies, illnesses: what takes a verb in one sentence, whole clauses after it; in any order."""
        facts = list(part.facts)
        if not plainness:
            chance.shuffle(facts)
        words = [self.word(f, max(plainness, 1), chance) for f in facts]
        he = self._he if self.lang == "en" else ""
        whole = [self._is_whole(w, part.about) for w in words]
        clauses = [
            self._of_family(w) if part.about == "family" else self.clause(w, he)
            for w, is_whole in zip(words, whole, strict=True)
            if is_whole
        ]
        named = [self._listed(w.text) for w, is_whole in zip(words, whole, strict=True) if not is_whole]
        told = []
        if named:
            table = self.table["lists" if self.of_self or "lists_other" not in self.table else "lists_other"]
            told.append(
                self._in_frame(
                    _by_mouth(table[part.about], named),
                    self._enumerated(named, plainness, chance),
                    plainness,
                    chance,
                )
            )
        if clauses:
            said = self._linked(clauses, plainness, chance)
            frames = ["{x}"] if named else self.table["told"][part.about]
            told.append(self._in_frame(frames, said, plainness, chance))
        return "，".join(told) if self.lang == "zh" else ". ".join(_capital(t) for t in told)

    def _linked(self, clauses: Sequence[str], plainness: int, chance: Random) -> str:
        """Clauses one after the other, each by another link while there is one."""
        links = list(self.table["clauses"])
        if plainness:
            links = ["，" if self.lang == "zh" else ". "]
        chance.shuffle(links)
        said = clauses[0]
        for i, clause in enumerate(clauses[1:]):
            link = links[i % len(links)]
            said += link + (_capital(clause) if link == ". " else clause)
        return said

    def _of_family(self, word: Word) -> str:
        """What runs in the family, which nobody has: 'there's a history of clots in the family'."""
        own = self.lang == "zh" or word.form in _WHOLE
        return self.clause(word, self._he if self.lang == "en" else "") if own else f"there's {word.text}"

    def _is_whole(self, word: Word, about: str) -> bool:
        """Whether a word is said by itself and not as what somebody has: 做过手术 is, 高血压 is not."""
        if word.form in _WHOLE or word.form in ("doing", "does", "feeling", "state", "unable"):
            return True
        if self.lang == "en" and about == "family":
            return _OF_FAMILY_EN.search(word.text) is not None
        return self.lang == "zh" and about in ("past", "family") and not _ILLNESS_ZH.fullmatch(word.text)

    def _in_frame(self, frames: Sequence[str], what: str, plainness: int, chance: Random) -> str:
        frame = self._one(frames, plainness, chance)
        who = "" if plainness or self.lang == "en" else chance.choice(self.table["who"][self._pronoun])
        return _capital(frame.format(x=what, s=who, he=self._he))

    def _enumerated(self, named: Sequence[str], plainness: int, chance: Random) -> str:
        """Names put into a row: 甲、乙, 'a, b and c'."""
        join = self._one(self.table["joins"], plainness, chance)
        if len(named) == 1:
            return named[0]
        if self.lang == "zh":
            return (
                join.join(named)
                if len(named) == 2 or join == "、"
                else "、".join(named[:-1]) + join + named[-1]
            )
        return ", ".join(named[:-1]) + join + named[-1]

    def _unnamed(self, part: Part, plainness: int, chance: Random) -> str:
        """Medicines by what they are for, from somebody who does not know their names."""
        named = [purpose_of(f.text, self.lang) or self.word(f, 1, chance).text for f in part.facts]
        frame = self.table[
            "unnamed" if self.of_self or "unnamed_other" not in self.table else "unnamed_other"
        ]
        return self._in_frame(
            [frame],
            self._enumerated([self._owned(n) for n in dict.fromkeys(named)], plainness, chance),
            plainness,
            chance,
        )

    def _far_thanks(self, part: Part, plainness: int, chance: Random) -> str:
        """Taking leave with a word about the way."""
        return self._one(self.table["thanks"], plainness, chance) + self._one(
            self.table["far_thanks"], 0, chance
        )

    def _cut_in(self, part: Part, plainness: int, chance: Random) -> str:
        """Breaking in with a worry where there is nothing left to tell."""
        said = self._worry(Part("worry", about=part.about), plainness, chance)
        return self._one(self.table["cut_in"], plainness, chance).format(
            x=said if self.lang == "zh" else _uncapital(said)
        )

    def _listed(self, text: str) -> str:
        if self.lang == "zh":
            return re.sub(r"^(?:有|得过|吃|在吃|服用|对)(?=..)|(?:家族)?(?:病)?史$|过敏$", "", text)
        return re.sub(r"^(?:takes|taking|family history of|history of|previous|known|allergic to) ", "", text)

    def _none(self, part: Part, plainness: int, chance: Random) -> str:
        return self._one(self.table["none"][part.about], plainness, chance)


_TOLD_AS = {
    "medicine": {"zh": "在吃{}", "en": "I take {}"},
    "allergy": {"zh": "对{}过敏", "en": "I'm allergic to {}"},
    "past": {"zh": "得过{}", "en": "I've had {}"},
}
_CLAUSE_OF_FACT = re.compile(r"(?:I|my|he|she|his|her|it|there|we)\b|[做查吃用住得有没常长对]")
"""A script's own text that is a sentence by itself."""
_NOT_EATEN_ZH = re.compile(r"喷|吸入|乳膏|软膏|滴眼|凝胶|贴|胰岛素")
_WHOLE = frozenset({"said", "clause"})
"""Words that are sentences by themselves."""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _uncapital(text: str) -> str:
    return text if re.match(r"I\b", text) else text[:1].lower() + text[1:]


_VERB_OF_I = re.compile(
    r"\bI(?:'(m|ve|d)| ((?:(?:hardly|often|always|never|also|no longer|only|just|nearly|usually) )*)(\w+(?:'t)?))(?!\w)"
)
_PAST_EN = frozenset(
    [
        "had",
        "was",
        "did",
        "got",
        "went",
        "came",
        "felt",
        "hurt",
        "slept",
        "woke",
        "lost",
        "fell",
        "took",
        "ate",
        "drank",
        "broke",
        "made",
        "left",
        "swam",
        "sat",
        "stood",
        "said",
        "thought",
        "saw",
        "heard",
        "found",
        "put",
        "cut",
        "gave",
        "became",
        "began",
        "ran",
        "hit",
        "lay",
        "told",
    ]
)
_MODAL_EN = re.compile(
    r"(?:can|could|will|would|should|may|might|must|used)(?:'t|n't|not)?|won't|didn't|wasn't|hadn't|couldn't"
)
_IRREGULAR_EN = {"have": "has", "am": "is", "do": "does", "don't": "doesn't", "haven't": "hasn't"}


def _third_person(match: re.Match[str]) -> str:
    """The verb after an I as it is after a he, which is put in afterwards: I keep → I keeps; what is past stays."""
    short, before, verb = match.groups()
    if short:
        return f"I {({'m': 'is', 've': 'has', 'd': 'had'})[short]}"
    if (
        _MODAL_EN.fullmatch(verb)
        or verb in _PAST_EN
        or (verb.endswith("ed") and verb not in ("need", "bleed", "feed"))
    ):
        return match.group()
    ends = "es" if re.search(r"(?:ch|sh|s|x|z|o)$", verb) else "s"
    plural = f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", verb) else f"{verb}{ends}"
    return f"I {before}{_IRREGULAR_EN.get(verb, plural)}"


def _first_person(text: str) -> str:
    """'leans on the elbows' → 'lean on the elbows', from a finding's name."""
    verb, _, rest = text.partition(" ")
    odd = {"has": "have", "is": "am", "does": "do", "cries": "cry"}
    own = odd.get(verb) or (
        verb[:-2]
        if re.search(r"(?:ch|sh|ss)es$", verb)
        else verb[:-1]
        if re.search(r"[^s]s$", verb)
        else verb
    )
    return f"{own} {rest}".strip()


_FINITE_EN = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|will|won't|can't|cannot|keeps?|feels?|hurts?|looks?|came|comes|went|goes|gets?|got)\b"
)
_OTHERS_ZH = re.compile(
    r"(?:父|母|爷|奶|姥|外公|外婆|叔|伯|姑|姨|舅|兄|弟|姐|妹|哥|家里|家人|孩子|宝宝|医生|以前|之前|平时|从小|小时候|每天|最近|晚上|夜里|半夜|早上|自己)"
)
"""What has its own subject or time, so that 还 or 有 before it would be wrong."""


_ILLNESS_ZH = re.compile(
    r"(?!做|长期|查|有|得|吃|用|住|服|怀|生|没|常|家|父|母|爷|奶|姨|舅|叔)(?:.*(?:病|症|炎|癌|瘤|压|糖|脂|喘|风|梗|石|史|贫血|感染|亢|减|息肉|溃疡|过敏|综合征|痴呆|硬化|近视|散光|湿疹|房颤))"
)
"""Names of illnesses, which somebody has; other words of the past are clauses."""


_OF_FAMILY_EN = re.compile(r"\b(?:family|relatives?|generations|mother|father)\b")


def drawn(frame: str, chance: Random | None, *, brief: float = 0.0) -> str:
    """A frame with one of each choice [a|b]; the first of each without chance. brief: P(nothing where that is a choice)."""

    def one(match: re.Match[str]) -> str:
        options: list[str] = match.group(1).split("|")
        if chance is None or ("" in options and brief and chance.random() < brief):
            return "" if "" in options else options[0]
        return chance.choice(options)

    while _CHOICE.search(frame):
        frame = _CHOICE.sub(one, frame)
    return frame


_CHOICE = re.compile(r"\[([^\[\]]*)\]")


def _by_mouth(frames: Sequence[str], named: Sequence[str]) -> list[str]:
    """Without 吃 where something is sprayed, rubbed in or inhaled."""
    used = any(_NOT_EATEN_ZH.search(name) for name in named)
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
