"""The words Suwen knows, and where they stand in a text.

Entries come from the knowledge (phrases of findings, parts, names of conditions, names of medicines) and
from `cues.yaml` (negation, doubt, time, family, small talk), so that every string matched is in a data file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from suwen.knowledge import Knowledge, default_cache
from suwen.knowledge.strings import Lookup, kept
from suwen.language.loose import Loose, alike
from suwen.language.normalise import Views, fold, pattern_en, pattern_zh, stem, with_words
from suwen.language.tables import tables

SHORTEST_MENDED, SHORTEST_SPLIT, LONG = 6, 8, 8
"""Letters from which a word is taken for misspelt, for two run together, and for long enough to change a letter."""
KEPT_MENDS = 20_000
JOINING = frozenset(["and", "or", "it", "in", "on", "to", "as", "i", "he", "she"])
"""What a cue of several words must not be worn down to: 'and is' is no 'and'."""


LOOSELY = ("finding",)
"""Kinds of which Chinese phrases are matched loosely too."""


@dataclass(frozen=True, slots=True)
class Match:
    """A known string at raw[start:end]. `kind`: finding, kernel, site, condition, cover, cue:* or attr:*."""

    start: int
    end: int
    kind: str
    target: str

    def covers(self, other: Match) -> bool:
        return (
            self.start <= other.start
            and other.end <= self.end
            and (self.end - self.start > other.end - other.start)
        )


@dataclass(frozen=True, slots=True)
class Spec:
    """One `compose` line of a finding: what must be heard together for it; any of `sites`, each of `all_sites`. A line
    that names no site holds wherever it is, but `not_at` some."""

    finding: str
    kernels: frozenset[str]
    sites: frozenset[str]
    not_at: frozenset[str]
    all_sites: tuple[frozenset[str], ...]
    radiation: frozenset[str]
    attributes: tuple[tuple[str, frozenset[str]], ...]


_NO_BETWEEN = re.compile(
    r"(?:[并均]?无|[并均]?未(?:[触扪闻探查]及|见)|[也都又还并]?倒?是?(?:不怎么|不)|[也都又还]?倒?没有?(?:怎么)?)(?:明显|明确|显著|确切|异常)?(?=[\u4e00-\u9fff])"
)
"""What denies the sign that follows of the part before it."""
_ITEM_OF_ONE = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|不[\u4e00-\u9fff]|[人他她我娃你说]|孩子|宝宝)[\u4e00-\u9fff]$"
)
_ITEM_ENDS = re.compile(r"$|[^\u4e00-\u9fff]|[不也没就都了的吧吗过]|[\u4e00-\u9fff]不")
"""Around a denial between two single characters that are an item by themselves: 心不慌, 手不抖."""
SPLIT_BEFORE, SPLIT_BEHIND = 6, 5
"""Characters of a phrase on either side of such a denial."""


_NO_VERB = re.compile(
    r"(?<!有)(?<!差点)(?<!点儿)(?P<no>没|不)有?(?:再|怎么|咋)?(?P<verb>[\u4e00-\u9fff])(?:过|着)?(?=$|[,.;!?、)\s]|[没不也但就都还又可]|过去|风)"
)
_YEARS_WITH = re.compile(
    r"(?:病史|史|病)?(?:已|有|约|近|达|了|也|都)*\s*(?:\d{1,2}|[一二两三四五六七八九十几多数]+)(?:余|多|来|几)?\s*年(?!前|级|代)"
    r"|(?:病)?(?:,|已|有|一直|长期|常年|在|正在|平时|现在|目前|天天|每天|最近|都)*(?:口服|服用?|吃|用|打)(?=[\u4e00-\u9fffa-z])(?!的|坏|饭|什么|啥|好|亏|了)"
)
"""Behind an illness: since how many years somebody has it, or what is taken for it."""
_SINCE_THEN = re.compile(
    r"(?:从小|自幼|(?:[\d一二两三四五六七八九十几数多]|\d\d)年前)(?:曾|因|就|便|得|患|有|过|了|发生|突发)*$"
)
"""Before one: since when."""
_ILL_ZH = re.compile(r"烧|热|瘦|吐|晕|昏|撞|摔|磕|碰|咳|感冒|孩子|宝宝|娃|婴儿")
"""In a text in which 没抽 is no answer about tobacco."""


_DENIES = re.compile("[不没无未]")
"""A word of denial within a phrase."""


class Lexicon:
    """All known strings of a knowledge, ready to find in a text."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.tables, self._digest = tables()
        self.cues: dict[str, Any] = self.tables["cues"]
        self.normal: dict[str, Any] = self.tables["normal"]
        self._mends: dict[str, str] = {}

    @cached_property
    def key(self) -> str:
        """Hash of all that the strings are made from."""
        key = hashlib.sha256(f"{self.knowledge.digest} {self._digest}".encode())
        here = Path(__file__)
        for source in (here, *map(here.with_name, ("normalise.py", "loose.py"))):
            key.update(source.read_bytes())
        return key.hexdigest()

    def phrases(self, lang: str) -> Iterator[tuple[str, str]]:
        """(pattern, finding) of every phrase that means a finding, in one language."""
        for of, phrase, kind, target in self._entries():
            if of == lang and kind == "finding":
                yield self._pattern(lang, phrase), target

    def ready(self) -> None:
        """Read now what is otherwise read when it is first needed: before a process is forked, say."""
        _ = self._zh, self._zh_loose, self._en, self._words, self._neighbours

    @cached_property
    def _loose(self) -> Loose:
        return Loose(self.tables["loose"])

    @cached_property
    def _zh(self) -> Lookup:
        return self._kept("zh")

    @cached_property
    def _zh_loose(self) -> Lookup:
        return self._kept("loose")

    @cached_property
    def _en(self) -> Lookup:
        return self._kept("en")

    @cached_property
    def _words(self) -> Lookup:
        """Every word of English that is known."""
        return self._kept("words")

    @cached_property
    def _neighbours(self) -> Lookup:
        """Every two English words that stand side by side in a known string."""
        return self._kept("neighbours")

    def _kept(self, table: str) -> Lookup:
        """The strings of one view, kept beside the compiled knowledge since making them takes seconds."""
        return kept(default_cache() / f"lexicon-{self.key[:20]}.npz", table, self._made)

    def _made(self) -> dict[str, Lookup]:
        plain = {stem(str(w)) for w in self.cues["function_words"]["en"]} - {"no", "not"}
        zh: dict[str, set[tuple[str, str]]] = {}
        en: dict[str, set[tuple[str, str]]] = {}
        grouped = {
            self._pattern(lang, p)
            for rule in self.cues["groups"]
            for lang in ("zh", "en")
            for p in rule[lang]
        }
        alone = {
            (kind, target, phrase.lower())
            for lang, phrase, kind, target in self._entries()
            if " " not in phrase
        }
        for lang, phrase, kind, target in self._entries():
            pattern = self._pattern(lang, phrase)
            worn_down = lang == "en" and self._is_worn_down(phrase, pattern, target, alone, plain)
            if kind == "finding" and (pattern in grouped or worn_down):
                if worn_down and self._means_as_written(phrase, pattern, target):
                    zh.setdefault(fold(phrase), set()).add((kind, target))
                continue
            empty = kind in ("finding", "condition", "flag") and pattern.strip() in plain
            worn = kind.startswith("cue") and " " in phrase.strip() and pattern.strip() in JOINING
            if pattern.strip() and not empty and not worn:
                (zh if lang == "zh" else en).setdefault(pattern, set()).add((kind, target))
        loose = alike(
            (self._loose.phrase(pattern), frozenset(m for m in meanings if m[0] in LOOSELY))
            for pattern, meanings in zh.items()
            if not pattern.isascii()
        )
        split = [pattern.split() for pattern in en]
        words: dict[str, set[tuple[str, str]]] = {word: set() for pattern in split for word in pattern}
        words |= {
            stem(str(w)): set() for key in ("function_words", "dictionary") for w in self.cues[key]["en"]
        }
        neighbours: dict[str, set[tuple[str, str]]] = {
            f"{a} {b}": set() for pattern in split for a, b in pairwise(pattern)
        }
        tables = {"zh": zh, "loose": loose, "en": en, "words": words, "neighbours": neighbours}
        return {name: Lookup.of(table) for name, table in tables.items()}

    @staticmethod
    def _pattern(lang: str, phrase: str) -> str:
        return pattern_zh(phrase) if lang == "zh" else pattern_en(phrase)

    @staticmethod
    def _is_worn_down(
        phrase: str, pattern: str, target: str, alone: set[tuple[str, str, str]], plain: set[str]
    ) -> bool:
        """'The runs' and 'broke my' lose all but an everyday word: no phrase, unless that word stands by itself too."""
        left = pattern.split()
        if not phrase.isascii() or " " not in phrase.strip():
            return False
        if len(left) == 2 and len(phrase.split()) > 2:
            return all(word in plain for word in left)
        if len(left) != 1:
            return False
        return not any((("finding", target, word)) in alone for word in phrase.lower().split())

    def _means_as_written(self, phrase: str, pattern: str, target: str) -> bool:
        """'The runs' and 'was out for' are matched to the letter; 'the pencil' would be any pencil."""
        symptom = self.knowledge.finding[target].kind in ("symptom", "sign")
        return len(pattern.split()) == 2 or (symptom and phrase.lower().startswith("the "))

    def _entries(self) -> Iterator[tuple[str, str, str, str]]:
        names = {lang: {f.name(lang) for f in self.knowledge.findings} for lang in ("zh", "en")}
        for finding in self.knowledge.findings:
            yield from _both(finding.record["words"], "finding", finding.id)
            for lang, known in names.items():
                name = re.sub(r"[（(].*?[)）]", "", finding.name(lang)).strip()
                whole = finding.name(lang)  # 环形红斑（风湿热）is not any 环形红斑
                yield lang, whole if name != whole and name in known else name, "finding", finding.id
        for condition in self.knowledge.conditions:
            record = condition.record
            yield from _both(record["also"], "condition", condition.id)
            yield "zh", record["name"]["zh"], "condition", condition.id
            yield "en", record["name"]["en"], "condition", condition.id
        for flag in self.knowledge.red_flags:
            yield from _both(flag["words"], "flag", flag["id"])
        for kind, key in (("kernel", "kernels"), ("site", "sites")):
            for target, words in self.knowledge.parts[key].items():
                yield from _both(words, kind, target)
        for group, values in self.knowledge.parts["attributes"].items():
            for target, words in values.items():
                yield from _both(words, f"attr:{group}", target)
        for kind, words in self.cues["cues"].items():
            yield from _both(words, f"cue:{kind}", kind)
        for kind in ("denials", "groups"):
            for number, rule in enumerate(self.cues[kind]):
                yield from _both(rule, kind, str(number))
        yield from self._of_normal()
        for phrase in self.cues["cover"]["zh"]:
            yield "zh", phrase, "cover", ""
        for phrase in self.cues["cover"]["en"]:
            yield "en", phrase, "cover", ""

    def _of_normal(self) -> Iterator[tuple[str, str, str, str]]:
        """The parts that can be told to be normal, by number, and each word for it, meaning itself."""
        words = {(lang, str(w)) for lang, listed in self.normal["well"].items() for w in listed}
        for number, part in enumerate(self.normal["parts"]):
            yield from _both(part, "part", str(number))
            own = part.get("is") or part.get("only") or {}
            words |= {(lang, str(w)) for lang, listed in own.items() for w in listed}
        for lang, word in sorted(words):
            yield lang, word, "well", word

    def mended(self, views: Views) -> Views:
        """The text with misspelt English words (diarhea, sorethroat) as the patterns spell them."""
        words = [views.en[mark[0] : views.en.index(" ", mark[0])] for mark in views.marks]
        better = [self._mend(word) for word in words]
        return views if better == words else with_words(views, better)

    def _mend(self, word: str) -> str:
        """A known word one slip away, or the two known words run together in it; else the word itself."""
        if len(word) < SHORTEST_MENDED or not word.isalpha() or word in self._words:
            return word
        if word not in self._mends:
            if len(self._mends) > KEPT_MENDS:
                self._mends.clear()
            self._mends[word] = self._split(word) or self._near(word) or word
        return self._mends[word]

    def _split(self, word: str) -> str | None:
        """Two words that some known phrase has side by side: sorethroat is 'sore throat', and a handbag is no hand."""
        if len(word) >= SHORTEST_SPLIT:
            for cut in range(3, len(word) - 2):
                if f"{word[:cut]} {word[cut:]}" in self._neighbours:
                    return f"{word[:cut]} {word[cut:]}"
        return None

    def _near(self, word: str) -> str | None:
        """One letter lost, doubled or swapped, or in a long word one letter wrong."""
        from rapidfuzz.distance import OSA

        for other in sorted(self._words.strings.starting(word[0])):
            if (
                len(other) >= SHORTEST_MENDED
                and abs(len(other) - len(word)) <= 1
                and OSA.distance(word, other, score_cutoff=1) == 1
            ):
                swapped = len(other) == len(word) and sorted(other) == sorted(word)
                if len(other) != len(word) or swapped or len(word) >= LONG:
                    return other
        return None

    def find(self, views: Views) -> list[Match]:
        """Every known string in a text, by position; what a longer one of its class, or a covering word, contains is left out."""
        found = []
        views = self.mended(views)
        for meanings, start, end in self._zh.find(views.zh):
            if not _splits_a_word(views.zh, start, end) and not _VERY.match(views.zh, end - 1):
                found += [Match(start, end, kind, target) for kind, target in meanings]
        for meanings, start, end in self._en.find(views.en):
            first, last = views.span_of_en(start, end)
            found += [Match(first, last, kind, target) for kind, target in meanings]
        written = _longest(found)
        return sorted({*written, *self._alike(views.zh, written)}, key=_by_place)

    def _alike(self, text: str, written: Sequence[Match]) -> Iterator[Match]:
        """Phrases that stand there but for fillers and words of the same meaning; never within one that stands there as written,
        and hiding none."""
        if text.isascii():
            return
        loosened = self._loose.of(text)
        found = []
        for meanings, first, last in self._zh_loose.find(loosened.text):
            span = loosened.span(first, last)
            if span is not None and not _splits_a_word(text, *span):
                found += [Match(*span, kind, target) for kind, target in meanings]
        for match in _longest(found):
            over = (m for m in written if m.start <= match.start and match.end <= m.end)
            if any(m.kind in ("cover", "finding", "condition", "denials") for m in over):
                continue
            # 通红但没眼屎: what is denied within it is told by itself.
            if not (
                _DENIES.search(text, match.start, match.end)
                and any(m.kind == "finding" and match.covers(m) for m in written)
            ):
                yield match

    def split_by_no(self, views: Views) -> Iterator[Match]:
        """Chinese phrases with a denial in their middle, 大便无变细 and 颈静脉未见怒张: the longest at each denial."""
        text = views.zh
        for no in _NO_BETWEEN.finditer(text):
            before, behind = (
                text[max(0, no.start() - SPLIT_BEFORE) : no.start()],
                text[no.end() : no.end() + SPLIT_BEHIND],
            )
            cuts = [
                (left, right) for left in range(len(before), 1, -1) for right in range(len(behind), 0, -1)
            ]
            if _ITEM_OF_ONE.search(before) and _ITEM_ENDS.match(behind, 1):
                cuts.append((1, 1))
            for left, right in sorted(cuts, key=sum, reverse=True):
                part = before[-left:]
                meant = self._zh.means(part + behind[:right])
                # 口渴不想喝水: what the words before the denial of a verb say alone is there.
                verb = no.group().startswith("不")
                alone = (
                    {m for meanings, _, _ in self._zh.find(part) for m in meanings}
                    if meant and verb
                    else set()
                )
                told = [target for kind, target in meant if kind == "finding" and (kind, target) not in alone]
                if told:
                    yield from (Match(no.start() - left, no.end() + right, "finding", name) for name in told)
                    break

    def bare_verbs_denied(self, views: Views) -> Iterator[Match]:
        """没抽、不烧 of somebody ill: a verb of one character behind 没 or 不, with nothing behind it that is its thing."""
        text = views.zh
        if not _ILL_ZH.search(text):
            return
        means = {rule["verb"]: rule for rule in self.cues["bare_verbs"]}
        for no in _NO_VERB.finditer(text):
            rule = means.get(no["verb"])
            if rule and (no["no"] == "没" or rule.get("not")):
                yield Match(no.start(), no.end("verb"), "finding", str(rule["finding"]))

    def had_for_years(self, views: Views, known: Iterable[Match]) -> Iterator[Match]:
        """Chinese names of illnesses with the years since when, or with what is taken for them: 癫痫十年 means what 癫痫病史 does."""
        text = views.zh
        for match in known:
            if match.kind == "condition" and (
                _YEARS_WITH.match(text, match.end) or _SINCE_THEN.search(text, 0, match.start)
            ):
                name = text[match.start : match.end]
                meant = {m for end in ("病史", "史") for m in self._zh.means(name + end)}
                yield from (
                    Match(match.start, match.end, "finding", target)
                    for kind, target in sorted(meant)
                    if kind == "finding"
                )

    @cached_property
    def specs(self) -> dict[str, list[Spec]]:
        """Composition lines by kernel, or by the finding they refine."""
        table: dict[str, list[Spec]] = {}
        for finding in self.knowledge.findings:
            for line in finding.compose:
                spec = self._spec(finding.id, line)
                for key in spec.kernels:
                    table.setdefault(key, []).append(spec)
        return table

    def _spec(self, finding: str, line: Mapping[str, Any]) -> Spec:
        def names(key: str) -> frozenset[str]:
            value = line.get(key, [])
            return frozenset([value] if isinstance(value, str) else value)

        without = frozenset(s for name in names("without") for s in self.within[name])
        sites = frozenset(s for name in names("site") for s in self.within[name]) - without
        radiation = frozenset(s for name in names("radiation") for s in self.within[name])
        every = tuple(self.within[name] for name in line.get("sites", ()))
        rest = tuple(
            (key, names(key))
            for key in line
            if key not in ("kernel", "site", "sites", "without", "radiation", "finding")
        )
        return Spec(
            finding,
            names("kernel") or names("finding"),
            sites,
            frozenset() if sites else without,
            every,
            radiation,
            rest,
        )

    @cached_property
    def anywhere(self) -> frozenset[str]:
        """Kernels that no longer word for them ties to one place: those of the skin that a quarter of all sites can have."""
        wide = {s for specs in self.specs.values() for s in specs if len(s.sites) * 4 >= len(self.within)}
        of_skin = frozenset().union(*(s.kernels for s in wide if "skin" in s.sites))
        return of_skin.union(*(s.kernels for s in wide if s.kernels & of_skin))

    @cached_property
    def places(self) -> dict[str, frozenset[str]]:
        """Of each finding that is composed the sites that it can be at; none where it needs no site."""
        table: dict[str, frozenset[str]] = {}
        for spec in {s for specs in self.specs.values() for s in specs}:
            sites = spec.sites.union(*spec.all_sites)
            table[spec.finding] = table.get(spec.finding, frozenset()) | sites
        return table

    @cached_property
    def elsewhere(self) -> dict[str, frozenset[str]]:
        """Of findings that are tied to a place the sites where they are not."""
        return {
            name: frozenset(s for place in entry["elsewhere"] for s in self.within[place])
            - frozenset(s for place in entry["but"] for s in self.within[place])
            for name, entry in self.knowledge.parts["tied"].items()
        }

    @cached_property
    def radiating(self) -> frozenset[str]:
        """Kernels that are felt away from where they come from."""
        return frozenset(kernel for kernel, specs in self.specs.items() if any(s.radiation for s in specs))

    @cached_property
    def likening(self) -> re.Pattern[str]:
        """Up to the first letter of an event that is only a picture: like being hit, 像被雷劈."""
        zh, en = ("|".join(map(re.escape, self.cues["likeness"][lang])) for lang in ("zh", "en"))
        return re.compile(rf"(?:(?<!好)(?:{zh})[\u4e00-\u9fff]{{0,3}}|\b(?:{en}) (?:[a-z]+ )?[a-z])$")

    @cached_property
    def denials(self) -> dict[str, tuple[str, ...]]:
        """The words of denial of each language, as they stand in its view."""
        words = self.cues["cues"]["negation"]
        patterns = {lang: [self._pattern(lang, str(w)) for w in words[lang]] for lang in ("zh", "en")}
        return {lang: tuple(p for p in made if p.strip()) for lang, made in patterns.items()}

    @cached_property
    def within(self) -> dict[str, frozenset[str]]:
        """Of each site the sites within it, itself included."""
        above = {name: entry.get("parent") for name, entry in self.knowledge.parts["sites"].items()}
        found: dict[str, set[str]] = {name: {name} for name in above}
        for name in above:
            here = above[name]
            while here:
                found[here].add(name)
                here = above[here]
        return {name: frozenset(inside) for name, inside in found.items()}


_VERY = re.compile(r"好[差坏糟弱低少慢累痛疼难怪烂]")
"""The 好 that is an adverb: 精神好差 is anything but 精神好."""


def _splits_a_word(text: str, start: int, end: int) -> bool:
    """体温38 inside 体温380, or MS inside symptoms, is not a match."""
    after, before = text[end : end + 1], text[start - 1 : start] if start else ""
    return _same_run(text[end - 1], after) or _same_run(before, text[start])


def _same_run(left: str, right: str) -> bool:
    return (
        left.isascii()
        and right.isascii()
        and ((left.isdigit() and right.isdigit()) or (left.isalpha() and right.isalpha()))
    )


def _both(words: dict[str, Any], kind: str, target: str) -> Iterator[tuple[str, str, str, str]]:
    for lang in ("zh", "en"):
        for phrase in words.get(lang, ()):
            yield lang, str(phrase), kind, target


def _shadows(longer: Match, match: Match) -> bool:
    """Whether a longer match makes a shorter one inside it meaningless."""
    if longer.kind == "cover" or (longer.kind == match.kind and match.kind != "well"):
        return True
    if match.kind == "condition":
        return longer.kind in ("denials", "groups")  # the 正常 of 血压正常
    if match.kind.startswith("cue"):
        return longer.kind.startswith("cue") or longer.kind in ("finding", "kernel", "flag")
    return False


def _by_place(match: Match) -> tuple[int, int, str, str]:
    return match.start, match.start - match.end, match.kind, match.target


def _longest(found: Iterable[Match]) -> list[Match]:
    """Without matches inside a longer match of the same kind, or inside a covering word."""
    ordered = sorted(set(found), key=_by_place)
    ordered = [m for m in ordered if not _is_denial_of_another(m, ordered)]
    kept: list[Match] = []
    for match in ordered:
        shadowed = _starts_in_a_place(match, kept) or any(
            other.covers(match) and _shadows(other, match) for other in kept if other.end > match.start
        )
        if not shadowed:
            kept.append(match)
    return kept


def _starts_in_a_place(match: Match, kept: list[Match]) -> bool:
    """头疼 in 脚趾头疼 begins inside the name of another place: it is that place that hurts."""
    return match.kind == "finding" and any(
        site.kind == "site"
        and site.start < match.start < site.end < match.end
        and site.end - site.start > match.end - match.start
        for site in kept
    )


def _is_denial_of_another(match: Match, found: list[Match]) -> bool:
    """没有呼吸 of 没有呼吸困难, the no memory of 'no memory impairment': the words deny the longer thing and do not mean the shorter."""
    if match.kind not in ("flag", "finding"):
        return False
    cues = [m for m in found if m.kind == "cue:negation" and m.start == match.start and m.end < match.end]
    return any(
        other.kind in ("finding", "flag") and 0 <= other.start - cue.end <= 1 and other.end > match.end
        for cue in cues
        for other in found
    )
