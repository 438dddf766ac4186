"""Text made comparable without losing its place: every position leads back to the original words.

Two views of one text. The Chinese view is character by character (width folded, traditional to simplified,
lower case). The English view is a string of word stems between single spaces, so that a phrase matches
only whole words, in any inflection and in British or American spelling.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from suwen.core.errors import SuwenError

_KANGXI = {chr(c): unicodedata.normalize("NFKC", chr(c)) for c in range(0x2F00, 0x2FD6)}
_PUNCTUATION = {"。": ".", "！": "!", "？": "?", "；": ";", "’": "'", "‘": "'", "“": '"', "”": '"', "˙": ".", "，": ",",
                "：": ":", "（": "(", "）": ")", "℃": "度", "～": "~", "—": "-", "–": "-"}  # fmt: skip
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[.,;:!?()\n%/+-]")

_SEAM = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})")

_NON = re.compile(
    r"\bnon(?=(?:bloody|bilious|itchy|radiating|painful|exertional|purulent|pleuritic|colicky|smoker|distended|icteric|febrile|pregnant|diabetic)\b)"
)
"""Denials that are written in one word with what they deny and are no word of their own."""
WRAPPED = 45
"""Characters of a line from which on a line break may be there for the width of the page."""
_BREAK = re.compile(r"(?<=[^\s.;:!?。；：！？])[ \t]*\n(?=[a-z(])")

DROPPED = frozenset(
    [
        "the",
        "a",
        "an",
        "my",
        "his",
        "her",
        "their",
        "your",
        "our",
        "its",
        "of",
        "some",
        "any",
        "this",
        "that",
        "these",
        "those",
        "very",
        "really",
        "quite",
        "so",
        "just",
        "also",
    ]
)
"""Words that never decide what a phrase means; patterns and texts both lose them."""

IRREGULAR = {
    "feet": "foot", "teeth": "tooth", "felt": "feel", "threw": "throw", "thrown": "throw", "lost": "lose",
    "loss": "lose", "losing": "lose", "bled": "bleed", "swollen": "swell", "swelled": "swell", "ate": "eat",
    "eaten": "eat", "fell": "fall", "fallen": "fall", "woke": "wake", "awake": "wake", "slept": "sleep",
    "broke": "break", "broken": "break", "bitten": "bite", "bit": "bite", "drank": "drink",
    "went": "go", "gone": "go", "goes": "go", "ran": "run", "running": "run", "runny": "runni", "got": "get",
    "gotten": "get", "came": "come", "had": "have", "has": "have", "having": "have", "is": "be", "are": "be",
    "was": "be", "were": "be", "been": "be", "am": "be", "does": "do", "did": "do", "doing": "do", "children": "child",
    "calves": "calf", "worse": "worse", "worsening": "worsen", "worsened": "worsen", "women": "woman", "men": "man",
    "spread": "spread", "spreading": "spread", "breath": "breath", "breathe": "breath", "breathing": "breath",
    "breathless": "breathless", "stung": "sting", "stuck": "stick", "burnt": "burn", "lying": "lie", "laying": "lie",
    "lay": "lie", "lies": "lie", "cannot": "can't", "couldn't": "can't", "unable": "unable", "stomachache": "stomachache",
    "this": "this", "his": "his", "us": "us", "pus": "pus", "testes": "testis", "diagnoses": "diagnosis",
    "menses": "menses", "diabetes": "diabetes", "herpes": "herpes", "rabies": "rabies", "scabies": "scabies",
    "faeces": "feces", "feces": "feces", "axillae": "axilla", "vertebrae": "vertebra", "bacteria": "bacteria",
    "during": "during", "nothing": "nothing", "something": "something", "anything": "anything", "morning": "morning",
    "evening": "evening", "wing": "wing", "king": "king", "thing": "thing", "ring": "ring", "bring": "bring", "spring": "spring",
    "need": "need", "spine": "spine", "pudding": "pudding", "spotting": "spotting", "dizzy": "dizzy", "aching": "ache", "ached": "ache", "red": "red", "bed": "bed", "blood": "blood", "need's": "need",
    "earring": "earring", "earrings": "earring", "herring": "herring", "handed": "handed", "handing": "handing",
    "cant": "can't", "dont": "don't", "doesnt": "desn't", "didnt": "didn't", "isnt": "isn't", "wasnt": "wasn't", "arent": "aren't",
    "werent": "weren't", "hasnt": "hasn't", "havent": "haven't", "hadnt": "hadn't", "wouldnt": "wouldn't", "wont": "won't",
    "wt": "weight", "creps": "crep", "irreg": "irregular", "afeb": "afebril", "imms": "immunization", "yest": "yesterday",
    "heading": "heading", "headed": "headed", "backed": "backed", "backing": "backing", "armed": "armed",
    "footing": "footing", "facing": "facing", "nailed": "nailed", "wedding": "wedding", "ceiling": "ceiling", "speed": "speed", "bleeding": "bleed",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem that a word, its inflections and its other spelling share."""
    word = word.removesuffix("'s") if word.endswith("'s") and len(word) > 4 else word
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4:
        word = word.replace("oe", "e").replace("ae", "e")
        if len(word) > 5:
            word = (
                word.replace("our", "or")
                .replace("isation", "ization")
                .replace("ised", "ized")
                .replace("ising", "izing")
            )
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and re.search("[aeiouy]", root):
            word = _root(root)
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _root(root: str) -> str:
    """vomitt -> vomit, tir -> tire: the spelling that a verb has without its ending."""
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
        return root[:-1]
    short = len(root) == 3 and root[0] not in "aeiou" and root[1] in "aeiou" and root[2] not in "aeiouywx"
    return root + "e" if short else root


@dataclass(frozen=True, slots=True)
class Views:
    """`raw` as given; `zh` of the same length; `en` stems between spaces, `marks` leading back to `raw`."""

    raw: str
    zh: str
    en: str
    marks: tuple[tuple[int, int, int], ...]
    starts: tuple[int, ...]

    def span_of_en(self, start: int, end: int) -> tuple[int, int]:
        """The range of `raw` behind the range start..end of `en`."""
        starts = self.starts
        first = max(bisect_right(starts, start + 1) - 1, 0)
        last = max(bisect_right(starts, end - 2) - 1, first)
        return self.marks[first][1], self.marks[last][2]


@lru_cache(maxsize=1)
def _simplifier() -> object:
    import opencc

    return opencc.OpenCC("t2s")


def simplify(text: str) -> str:
    """Traditional characters to simplified, never changing the length."""
    if not any("\u3400" <= c <= "\u9fff" for c in text):
        return text
    converted = _simplifier().convert(text)  # type: ignore[attr-defined]
    if len(converted) == len(text):
        return str(converted)
    return "".join(_one(c) for c in text)


def _one(char: str) -> str:
    converted = str(_simplifier().convert(char))  # type: ignore[attr-defined]
    return converted if len(converted) == 1 else char


def fold(text: str) -> str:
    """Width, Kangxi radicals and case folded, one character for one character."""
    if text.isascii():
        return text.lower()
    out = []
    for char in text:
        char = _PUNCTUATION.get(char) or _KANGXI.get(char, char)
        folded = unicodedata.normalize("NFKC", char).lower()
        if len(folded) == 1 and "\xdf" < folded < "\u0250":
            folded = unicodedata.normalize("NFD", folded)[0]  # an accent is no end of a word: Calvé, Ménière
        out.append(folded if len(folded) == 1 else char.lower()[:1] or char)
    return "".join(out)


_LOST_POSSESSIVE = re.compile(
    r"(\b(?:my|our) (?:\w+ )?(?:son|daughter|baby|kid|child|wife|husband|mum|mom|dad|mother|father|brother|sister|nan|gran|grandad|girl|boy|partner))s"
    r"(?= (?:got|been|has|having|not|gone|come|started|feeling|getting|burning|throwing|coughing|running|struggling|breathing|really|very|just|only|boiling|covered|cant|can't|hasnt|isnt)\b)"
)
"""'My sons got a cough' as it is typed for 'my son's got': one child, and not several."""


_PIECE = re.compile(r"[^\s,.;:!?、]+")
_SAYS_HOW = re.compile(
    r"[偏尚还很较稍略]?(?:正常|可以|[可好差高低大小快慢多少胖瘦]|阴性|阳性|一般|欠佳|待|未|不(?:好|佳|振|高|低|大|详|清|齐|是)|异常|[干稀硬软烂黄黑清浓稠有无]$|增|减|升|降)"
    r"|[天周年岁度次斤点片粒号万千克升时分秒月颗元]|个月|小时|公[斤分]|毫|厘|左右|以[上下]|之"
)
"""Begins a piece that goes on with what stands before the gap: 血压 正常, 3 天."""
_DENIES_A_LIST = re.compile(r"[也还并]?(?:无|否认|未见|未诉|无明显)[\u4e00-\u9fff]{1,6}")
_BARE = re.compile(
    r"(?![我他她它就但可还也都又有不没无是很吃今昨后前然而这那])[^了着很不没无得的还可好行佳]{2,5}"
)
"""The first and the other words of a list that a chart denies: 无发热 咳嗽 咳痰."""
_GAP = re.compile(r"[\u4e00-\u9fff\d+%]\s+[\u4e00-\u9fff]")


def _with_commas(text: str) -> str:
    """Chinese with commas for the gaps that people leave instead: 没有气短 我在吃避孕药; a list that a chart denies stays one."""
    if _GAP.search(text) is None:
        return text
    out, listed = list(text), False
    for before, after in pairwise(_PIECE.finditer(text)):
        gap = _GAP.fullmatch(text, before.end() - 1, after.start() + 1)
        if gap is None or "\n" in gap[0] or _SAYS_HOW.match(after[0]):
            listed = False
            continue
        listed = bool((listed or _DENIES_A_LIST.fullmatch(before[0])) and _BARE.fullmatch(after[0]))
        out[before.end()] = "、" if listed else ","
    return "".join(out)


def views(raw: str) -> Views:
    """Both views of a text. Positions in `zh` are positions in `raw`."""
    folded = _LOST_POSSESSIVE.sub(lambda m: m[1] + " ", fold(_unwrapped(raw)))
    seams = {m.start() for m in _SEAM.finditer(raw)} | {m.end() for m in _NON.finditer(folded)}
    zh = _with_commas(simplify(folded))
    if len(zh) != len(raw):
        raise SuwenError("normalisation changed the length of a text")
    words: list[str] = []
    marks: list[tuple[int, int, int]] = []
    place = 1
    for start, end in _tokens(folded, seams):
        token = folded[start:end]
        if token in DROPPED or (token == "-" and words and words[-1].isalpha()):  # noqa: S105
            continue
        token = stem(token)
        if token == "be":  # noqa: S105
            continue
        words.append(token)
        marks.append((place, start, end))
        place += len(token) + 1
    return Views(
        raw, zh, " " + " ".join(words) + " " if words else " ", tuple(marks), tuple(m[0] for m in marks)
    )


def _unwrapped(raw: str) -> str:
    """A paragraph that was broken into lines, as in a letter, in one piece and as long as before; short lines are a list."""
    return _BREAK.sub(
        lambda m: " " * len(m.group()) if m.start() - raw.rfind("\n", 0, m.start()) > WRAPPED else m.group(),
        raw,
    )


def with_words(views: Views, words: list[str]) -> Views:
    """The same text with other English words in the same places; a word may be two with a space between."""
    place, marks = 1, []
    for word, (_, start, end) in zip(words, views.marks, strict=True):
        marks.append((place, start, end))
        place += len(word) + 1
    return Views(views.raw, views.zh, " " + " ".join(words) + " ", tuple(marks), tuple(m[0] for m in marks))


def _tokens(folded: str, seams: set[int]) -> Iterator[tuple[int, int]]:
    """Where the tokens lie; words that were run together (cheeksBruising) are parted at their seams."""
    for match in _TOKEN.finditer(folded):
        start = match.start()
        for seam in sorted(s for s in seams if match.start() < s < match.end()):
            yield start, seam
            start = seam
        yield start, match.end()


def pattern_en(phrase: str) -> str:
    """An English phrase as it stands in the English view, or '' if nothing is left of it."""
    words = [stem(t) for t in _TOKEN.findall(fold(phrase)) if t not in DROPPED and t != "-"]
    words = [w for w in words if w != "be"]
    return " " + " ".join(words) + " " if words else ""


def pattern_zh(phrase: str) -> str:
    """A Chinese phrase as it stands in the Chinese view."""
    return simplify(fold(phrase))
