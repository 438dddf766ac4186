"""Who tells it of whom, and so how a word becomes a clause: 'I have a fever', 'his throat hurts', 肚子疼."""

from __future__ import annotations

import re

from suwen.patients.english import FINITE, first_person, retold
from suwen.patients.lay import Word, with_article
from suwen.patients.script import Script

BABY_UNTIL = 3.0
"""Years up to which a child is called a baby. Source: estimate."""
_OTHERS_ZH = re.compile(
    r"(?:父|母|爷|奶|姥|外公|外婆|叔|伯|姑|姨|舅|兄|弟|姐|妹|哥|家里|家人|孩子|宝宝|医生|以前|之前|平时|从小|小时候|每天|最近|晚上|夜里|半夜|早上|自己)"
)
"""What has its own subject or time, so that 还 or 有 before it would be wrong."""


class Teller:
    """The one who speaks for the patient of a script, the patient or somebody else."""

    def __init__(self, script: Script) -> None:
        self.lang, social = script.lang, script.social
        self.of_self = social.speaker == "self"
        male = social.sex == "male"
        self.pronoun = "self" if self.of_self else "him" if male else "her"
        self.he = "I" if self.of_self else "he" if male else "she"
        """In English only; so are the next."""
        self.his = "my" if self.of_self else "his" if male else "her"
        self.him = "me" if self.of_self else "him" if male else "her"
        self.kin = _kin(script)
        """Whom they speak of, by its row in `who` of the phrases."""

    def worded(self, text: str) -> Word:
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
        if re.match(r"(?:i|my|he|she|his|her)\b", text.lower()) or FINITE.search(text):
            return Word(text, "clause")
        return Word(text, "noun")

    def clause(self, word: Word, subject: str = "") -> str:
        """A clause saying that this is so: 有红疹, 肚子疼, 'I have a fever', 'his throat hurts'."""
        if self.lang == "zh":
            return f"{subject}有{word.text}" if word.form == "noun" else f"{subject}{word.text}"
        if word.form == "said":
            named = subject if subject and subject not in ("he", "she") else self.he
            return word.text if self.of_self else retold(word.text, named, self.he, self.him, self.his)
        text, who = self.owned(word.text), subject or self.he
        own = self.of_self and who == "I"
        if word.form == "clause":
            return self._named(text, subject, own=own)
        if word.form == "other":
            return f"it's this: {text}"
        if word.form == "unable":
            return f"{who} {text}"
        if word.form == "doing" and text.startswith("feeling "):
            return f"{who} {'feel' if own else 'feels'} {text.removeprefix('feeling ')}"
        if word.form == "doing":
            return f"{who} {'keep' if own else 'keeps'} {text}"
        if word.form == "feeling":
            return f"{who} {'feel' if own else 'feels'} {text}"
        if word.form == "state":
            return f"{who} {'am' if own else 'is'} {text}"
        if word.form == "does":
            return f"I {first_person(text)}" if own else f"{who} {text}"
        return f"{who} {'have' if own else 'has'} {with_article(text)}"

    def _named(self, text: str, subject: str, *, own: bool) -> str:
        """A clause about a part of the body with whose it is."""
        if not subject or own:
            has_one = re.match(r"(?:i|my|his|her|he|she|it|there|the|both)\b", text.lower())
            return text if has_one else f"{self.his} {text}"
        part = re.sub(r"^(?:my|his|her) ", "", text)
        return f"{self.his} {part}" if subject in ("he", "she") else f"{subject}'s {part}"

    def lasting(self, word: Word, subject: str) -> str:
        """'I have had a fever': English clauses that a duration can follow; empty where there is none."""
        text = self.owned(word.text)
        had = "I've" if self.of_self else f"{subject} has"
        verbs = {
            "noun": f"had {with_article(text)}",
            "doing": f"been {text}",
            "feeling": f"been feeling {text}",
        }
        return f"{had} {verbs[word.form]}" if word.form in verbs else ""

    def owned(self, text: str) -> str:
        """English words with the patient's 'his' or 'her' where the knowledge says 'my', and 'him' for 'me'."""
        return text if self.of_self else re.sub(r"\bme\b", self.him, re.sub(r"\bmy\b", self.his, text))


def _kin(script: Script) -> str:
    social = script.social
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
