"""From what is to be said to words: parts of sentences (phrases/zh.yaml, en.yaml) put together by chance.

`Phraser.say` gives the words of one `Part`. Plainness 0 is how this person talks, 1 leaves out all colour and takes the
knowledge's own names, 2 says the bare minimum; there the first of every choice is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from suwen.core.case import Lang
from suwen.patients.english import capital, uncapital
from suwen.patients.facts import people, purpose_of
from suwen.patients.frames import NOT_EATEN_ZH, asking, by_mouth, drawn, fitting, loosely, tables
from suwen.patients.hearing import Form
from suwen.patients.lay import Education, Lay, Word, with_article
from suwen.patients.script import CHILD_SPEAKS_FROM, Fact, Script
from suwen.patients.spans import Exactness, ago, amount, month_count, span
from suwen.patients.teller import Teller

Kind = Literal[
    "opening", "yes", "no", "refuse", "evade", "unsure", "forget", "pairs", "every_no", "every_fine", "age", "sex", "duration",
    "pregnancy", "not_pregnant", "list", "none", "place", "place_unknown", "tell", "nothing_else", "again", "severity_high",
    "severity_low", "results", "confused", "deflect", "acknowledge", "thanks", "leave", "agree_test", "object_cost", "ask_back",
    "worry", "interrupt", "exaggerate", "misunderstand", "confused_word", "cut_in", "forget_rest", "object_far", "far", "far_thanks",
    "unnamed",
]  # fmt: skip
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


class Phraser:
    """Words for one person. `wild` also uses answers that the doctor's ear is not known to understand."""

    def __init__(self, script: Script, lay: Lay, *, wild: bool = False) -> None:
        self.script, self.lay, self.wild = script, lay, wild
        self.teller = Teller(script)
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

    def subject(self, plainness: int, chance: Random) -> str:
        """The patient in the first sentence: 我, 我家宝宝, my mother."""
        options = self.table["who"][self.teller.kin]
        return str(options[0] if plainness else chance.choice(options))

    @property
    def _he(self) -> str:
        """The patient after the first sentence; a Chinese one is left out."""
        return self.teller.he if self.lang == "en" else ""

    # -- words of facts -----------------------------------------------------------------------------------

    def word(self, fact: Fact, plainness: int, chance: Random) -> Word:
        """The person's word for what a fact says."""
        text = fact.text.get(self.lang) or next(iter(fact.text.values()), "")
        if fact.finding is None or fact.finding not in self.lay.knowledge.finding:
            return self.teller.worded(text)
        weeks = self.script.medical.pregnant_weeks
        if weeks is not None and fact.finding in people()["stages"]:
            return Word(_WEEKS[self.lang].format(weeks), "said")
        if (
            text
            and len(text) <= (14 if self.lang == "zh" else 60)
            and (plainness == 1 or chance.random() < 0.5)
        ):
            return self.teller.worded(text)
        if plainness:
            return self.lay.plain(fact.finding, self.lang)
        return self.lay.pick(fact.finding, self.lang, chance, self.education)

    def telling(self, fact: Fact, plainness: int, chance: Random) -> Word:
        """The words with which somebody comes out with a fact: of a medicine not its name alone but that it is taken."""
        named = _TOLD_AS.get(fact.kind) if fact.finding is None else None
        if named is None:
            return self.word(fact, plainness, chance)
        text = self._listed(self.word(fact, 1, chance).text)
        text = with_article(text) if self.lang == "en" and fact.kind == "medicine" else text
        used = self.lang == "zh" and fact.kind == "medicine" and NOT_EATEN_ZH.search(text)
        frame = "用着{}" if used else named[self.lang]
        return Word(text if _CLAUSE_OF_FACT.match(text) else frame.format(text), "said")

    def _fill(self, frame: str, word: Word, subject: str = "", **rest: str) -> str:
        said = self.teller.clause(word, "" if self.lang == "zh" else subject)
        return frame.format(s=subject, v=said, c=said, C=capital(said), w=word.text, n=word.text, **rest)

    def _framed(self, key: str, word: Word, plainness: int, chance: Random, subject: str = "") -> str:
        """A word in one of the frames of a kind, of those for whole clauses where it is one."""
        frames = self.table["said"][key] if word.form == "said" else self.table[key]
        return self._fill(self._one(fitting(frames, word.text), plainness, chance), word, subject)

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
        later = self._he
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
        if not self.teller.of_self and re.search(r"我|\bI'm\b", lead):
            lead = ""  # 我来看看，我妈… would make the speaker the patient
        return f"{greet}{lead}{said}{chance.choice(table['tail'])}"

    def _first_sentence(self, part: Part, word: Word, subject: str, plainness: int, chance: Random) -> str:
        table = self.table["opening"]
        if word.form == "said" and not plainness:
            table = {**table, **self.table["said"]["opening"]}
        if part.hours is None and part.bucket is None:
            frames = [table["plain_bare"]] if plainness else fitting(table["bare"], word.text)
            return capital(self._fill(self._one(frames, 0, chance), word, subject))
        lasting = self.teller.lasting(word, subject) if self.lang == "en" else ""
        frames = [table["plain"]] if plainness else fitting(table["frames"], word.text)
        if not lasting:
            frames = [f for f in frames if "{H}" not in f]
        d, since = self._spans(part, plainness, chance)
        frame = chance.choice(frames)
        if since == "":
            frame = table["plain"].replace("{ago}", f"{d} ago")
        return capital(self._fill(frame, word, subject, d=d, ago=since, H=capital(lasting)))

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
            he = self._he
            tail = "".join(self._framed("echo", w, plainness, chance, he) for w in words)
        elif part.about == "pregnant":
            tail = ("，" if self.lang == "zh" else ", ") + self._pregnancy(part, plainness, chance)
        else:
            tail = "" if plainness or not part.facts else self._more("yes_more", head, part, chance)
        told = self._one(self.table["recalled"], plainness, chance) if part.recalled and plainness < 2 else ""
        return (
            f"{head}{tail}"
            if self.lang == "zh" or not told
            else f"{head}. {told}{capital(tail.lstrip(', '))}".strip()
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
        table, he = self.table["pairs"], self._he
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
            p for p in (capital(", ".join(said[: len(part.facts)])), " and ".join(said[len(part.facts) :])) if p
        )  # fmt: skip

    def _tell(self, part: Part, plainness: int, chance: Random) -> str:
        he = self._he
        said = [
            self._framed(
                _TOLD_IN.get(f.kind, "tell_fact"), self.telling(f, plainness, chance), plainness, chance, he
            )
            for f in part.facts
        ]
        return "，".join(said) if self.lang == "zh" else ". ".join(capital(s) for s in said)

    def _again(self, part: Part, plainness: int, chance: Random) -> str:
        frame, he = self._one(self.table[part.kind], plainness, chance), self._he
        said = [self._fill(frame, self.telling(part.facts[0], plainness, chance), he)]
        said += [self.teller.clause(self.word(f, plainness, chance), he) for f in part.facts[1:]]
        return "，".join(said) if self.lang == "zh" else " and ".join(said)

    _interrupt = _misunderstand = _place = _again

    # -- the person ---------------------------------------------------------------------------------------

    def _age(self, part: Part, plainness: int, chance: Random) -> str:
        years, table = self.script.social.age_years, self.table
        key, n = "age" if self.teller.of_self or "age_other" not in table else "age_other", str(int(years))
        if years < 1 / 12:
            key, n = "age_days", str(max(1, round(years * 365.25)))
        elif years < 2 and (months := month_count(years)) < 24:
            key, n = "age_months", amount(months, self.lang, chance)
        elif years < 12 and 0.4 <= years % 1 <= 0.6:
            key = "age_and_half"
        options = [f for f in table[key] if years >= OLD_FROM or not f.startswith("都")]
        if years < CHILD_SPEAKS_FROM and self.lang == "zh":
            options = [f for f in options if "虚" not in f and f != "{n}了"]
        subject = chance.choice(table["who"][self.teller.pronoun]) if self.lang == "zh" else ""
        return self._one(options, plainness, chance).format(n=n, s=subject, He=capital(self._he))

    def _sex(self, part: Part, plainness: int, chance: Random) -> str:
        social = self.script.social
        key: str = social.sex
        if social.age_years < 14:
            key = "girl" if social.sex == "female" else "boy"
        elif not self.teller.of_self and self.lang == "en":
            key = self.teller.pronoun
        return self._one(self.table["sex"][key], plainness, chance)

    def _duration(self, part: Part, plainness: int, chance: Random) -> str:
        d, since = self._spans(part, plainness, chance)
        frames = [f for f in loosely(self.table["duration"], d) if since or "{ago}" not in f]
        return self._one(frames, plainness, chance).format(d=d, D=capital(d), ago=since)

    def _pregnancy(self, part: Part, plainness: int, chance: Random) -> str:
        weeks = f"{self.script.medical.pregnant_weeks or 0:g}"
        said = self._one(self.table["pregnancy"], plainness, chance).format(n=weeks)
        return said if self.teller.of_self else said.replace("I'm", "she is")

    def _list(self, part: Part, plainness: int, chance: Random) -> str:
        """Medicines, allergies, illnesses: what takes a verb in one sentence, whole clauses after it; in any order."""
        facts = self._unimplied(part.facts)
        if not plainness:
            chance.shuffle(facts)
        words = [self.word(f, max(plainness, 1), chance) for f in facts]
        he = self._he
        whole = [self._is_whole(w, part.about) for w in words]
        clauses = [
            self._of_family(w) if part.about == "family" else self.teller.clause(w, he)
            for w, is_whole in zip(words, whole, strict=True)
            if is_whole
        ]
        named = [self._listed(w.text) for w, is_whole in zip(words, whole, strict=True) if not is_whole]
        if self.lang == "en" and part.about in ("medicine", "past"):
            named = [with_article(n) for n in named]
        told = []
        if named:
            table = self.table[
                "lists" if self.teller.of_self or "lists_other" not in self.table else "lists_other"
            ]
            told.append(
                self._in_frame(
                    by_mouth(table[part.about], named),
                    self._enumerated(named, plainness, chance),
                    plainness,
                    chance,
                )
            )
        if clauses:
            said = self._linked(clauses, plainness, chance)
            frames = ["{x}"] if named else self.table["told"][part.about]
            told.append(self._in_frame(frames, said, plainness, chance))
        return "，".join(told) if self.lang == "zh" else ". ".join(capital(t) for t in told)

    def _unimplied(self, facts: Sequence[Fact]) -> list[Fact]:
        """Without what the words of another say: who takes atorvastatin does not add that it is a statin, nor that there is
        diabetes in the family after their mother's."""
        worded = [self.lay.present_in(f.text.get(self.lang, "")) for f in facts if f.text]
        return [f for f in facts if f.text or not any(f.finding in implied for implied in worded)]

    def _linked(self, clauses: Sequence[str], plainness: int, chance: Random) -> str:
        """Clauses one after the other, each by another link while there is one."""
        links = list(self.table["clauses"])
        if plainness:
            links = ["，" if self.lang == "zh" else ". "]
        chance.shuffle(links)
        said = clauses[0]
        for i, clause in enumerate(clauses[1:]):
            link = links[i % len(links)]
            said += link + (capital(clause) if link == ". " else clause)
        return said

    def _of_family(self, word: Word) -> str:
        """What runs in the family, which nobody has: 'there's a history of clots in the family'."""
        own = self.lang == "zh" or word.form in _WHOLE
        return self.teller.clause(word, self._he) if own else f"there's {with_article(word.text)}"

    def _is_whole(self, word: Word, about: str) -> bool:
        """Whether a word is said by itself and not as what somebody has: 做过手术 is, 高血压 is not."""
        if word.form in _WHOLE or word.form in ("doing", "does", "feeling", "state", "unable"):
            return True
        if self.lang == "en" and about == "family":
            return _OF_FAMILY_EN.search(word.text) is not None
        if self.lang == "zh" and about in ("medicine", "allergy"):
            return _TAKES_ZH.match(word.text) is not None
        return self.lang == "zh" and about in ("past", "family") and not _ILLNESS_ZH.fullmatch(word.text)

    def _in_frame(self, frames: Sequence[str], what: str, plainness: int, chance: Random) -> str:
        frame = self._one(frames, plainness, chance)
        who = "" if plainness or self.lang == "en" else chance.choice(self.table["who"][self.teller.pronoun])
        return capital(frame.format(x=what, s=who, he=self._he))

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
            "unnamed" if self.teller.of_self or "unnamed_other" not in self.table else "unnamed_other"
        ]
        return self._in_frame(
            [frame],
            self._enumerated([self.teller.owned(n) for n in dict.fromkeys(named)], plainness, chance),
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
        return self._one(asking(self.table["cut_in"], said), plainness, chance).format(
            x=said if self.lang == "zh" else uncapital(said)
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
_TOLD_IN = {"complaint": "tell", "symptom": "tell", "timing": "tell_course"}
"""In which frames a fact is brought up, by its kind; nobody asks whether 'it comes and goes' is connected."""
_WEEKS = {"zh": "怀孕{:g}周了", "en": "I'm {:g} weeks pregnant"}
_TAKES_ZH = re.compile(r"[在正]?(?:用|服|打|换|停|忘)|[在正]吃|吃着|天天|每天|长期|刚|抗生素|之前|突然")
"""What says by itself that something is taken."""
_CLAUSE_OF_FACT = re.compile(r"(?:I|my|he|she|his|her|it|there|we)\b|[做查吃用住得有没常长对]")
"""A script's own text that is a sentence by itself."""
_WHOLE = frozenset({"said", "clause"})
"""Words that are sentences by themselves."""


_ILLNESS_ZH = re.compile(
    r"(?!做|长期|查|有|得|吃|用|住|服|怀|生|没|常|家|父|母|爷|奶|姨|舅|叔)(?:.*(?:病|症|炎|癌|瘤|压|糖|脂|喘|风|梗|石|史|贫血|感染|亢|减|息肉|溃疡|过敏|综合征|痴呆|硬化|近视|散光|湿疹|房颤))"
)
"""Names of illnesses, which somebody has; other words of the past are clauses."""


_OF_FAMILY_EN = re.compile(r"\b(?:family|relatives?|generations|mother|father)\b")
