"""English as rules change it: the person of a verb, whose it is, the capital at a beginning."""

from __future__ import annotations

import re

FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|will|won't|can't|cannot|keeps?|feels?|hurts?|looks?|came|comes|went|goes|gets?|got)\b"
)
"""Verbs that make a text a clause by itself."""
_VERB_OF_I = re.compile(
    r"\bI(?:'(m|ve|d)| ((?:(?:hardly|often|always|never|also|no longer|only|just|nearly|usually) )*)(\w+(?:'t)?))(?!\w)"
)
_PAST = frozenset(
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
_MODAL = re.compile(
    r"(?:can|could|will|would|should|may|might|must|used)(?:'t|n't|not)?|won't|didn't|wasn't|hadn't|couldn't"
)
_IRREGULAR = {"have": "has", "am": "is", "do": "does", "don't": "doesn't", "haven't": "hasn't"}


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """The same in the middle of a sentence; an I stays."""
    return text if re.match(r"I\b", text) else text[:1].lower() + text[1:]


def retold(text: str, named: str, he: str, him: str, his: str) -> str:
    """A clause in the first person as somebody else says it of the patient, who is `named` where it begins with an I."""
    text = _VERB_OF_I.sub(_third_person, text)
    for mine, theirs in (("my", his), ("me", him), ("myself", f"{him}self")):
        text = re.sub(rf"\b{mine}\b", theirs, text)
    return re.sub(r"\bI\b", he, re.sub(r"^I\b", named, text))


def _third_person(match: re.Match[str]) -> str:
    """The verb after an I as it is after a he, which is put in afterwards: I keep → I keeps; what is past stays."""
    short, before, verb = match.groups()
    if short:
        return f"I {({'m': 'is', 've': 'has', 'd': 'had'})[short]}"
    if (
        _MODAL.fullmatch(verb)
        or verb in _PAST
        or (verb.endswith("ed") and verb not in ("need", "bleed", "feed"))
    ):
        return match.group()
    ends = "es" if re.search(r"(?:ch|sh|s|x|z|o)$", verb) else "s"
    plural = f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", verb) else f"{verb}{ends}"
    return f"I {before}{_IRREGULAR.get(verb, plural)}"


def first_person(text: str) -> str:
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
