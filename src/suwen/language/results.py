"""Worded results in a text: 'TSH: normal', 'Rubella IgM: positive', 'platelets slightly elevated', 白细胞轻度升高.

The words of findings name a test beside what it showed ("RPR positive", "elevated ferritin"). A report puts a colon,
'result', 'level' or a degree between the two, and what is normal it says of the test by its name: so the names are
taken from there and from `labs.yaml`. Results are rare in a text and names are many: the result is searched for, and
the name is looked up in what stands before it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from suwen.knowledge import Knowledge, default_cache
from suwen.knowledge.strings import Lookup, kept
from suwen.language.clauses import is_multiple
from suwen.language.fluid import CALLED, fluid_behind, fluid_of, other_fluid
from suwen.language.lexicon import Match
from suwen.language.normalise import fold, simplify

_HIGH_EN, _LOW_EN = "elevated|raised|high|increased", "decreased|reduced|low|depressed|suppressed"
_POSITIVE_EN = "positive|reactive|detected"
_PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = (
    *(
        (shown, re.compile(pattern))
        for shown, words in (("high", _HIGH_EN), ("low", _LOW_EN), ("positive", _POSITIVE_EN))
        for pattern in (
            rf"(?:{words}) (?:for )?(?P<name>.+)",
            rf"(?P<name>.+?):?(?: is| are| was| were)? (?:{words})",
        )
    ),
    ("positive", re.compile(r"(?P<name>.+?)(?:呈|为|结果)?阳性")),
    ("high", re.compile(r"(?P<name>.+?)(?:水平)?(?:明显|显著)?(?:升高|增高|偏高|过高)")),
    ("low", re.compile(r"(?P<name>.+?)(?:水平)?(?:明显|显著)?(?:降低|减低|下降|偏低|过低)")),
)
"""The forms of a written phrase that name a test and what it shows."""
_NAME = re.compile(
    r"(?!(?:for|on|in|of|with|the|an?|falsely) )[a-z\d][a-z\d/+'. -]*|[\u4e00-\u9fffa-z\d-]{2,}"
)
_NO_NAME = frozenset(
    [
        "blood",
        "protein",
        "leukocytes",
        "leucocytes",
        "smear",
        "fast",
        "falsely",
        "voltage",
        "voltages",
        "uptake",
        "placenta",
        "retina",
        "lead",
        "liquor",
        "st",
        "mat",
        "trap",
        "intelligence",
        "conus",
        "culture",
        "cultures",
        "test",
        "tests",
        "urine",
        "stool",
        "screen",
        "result",
        "results",
        "history",
        "sugar",
        "iron",
        "nitrite",
        "nitrites",
        "cap",
        "fib",
        "ua",
        "be",
        "pr",
        "p",
        "检查",
        "化验",
        "试验",
        "检测",
        "结果",
        "抗体",
        "抗原",
        "尿检",
        "培养",
        "血",
        "尿",
        "便",
        "大便",
    ]
)
"""What stands in such phrases and names no test by itself, or another one in another report."""
_KIND_OF_TEST = re.compile(r"(?<=\w) (?:naat|pcr|serology|swab|screen|tests?|testing|titers?|titres?)$")
_DEGREE_EN = "slightly|mildly|moderately|markedly|significantly|severely|grossly|very|extremely|notably|minimally|highly|strongly|weakly|persistently"
_BETWEEN = frozenset(
    f": = total level levels count counts result results test tests testing titer titers titre titres screen smear interpretation is are was "
    f"were came come comes back returned returns remain remains remained be been to found has have had both all also still "
    f"now again {_DEGREE_EN.replace('|', ' ')}".split()
)
"""What may stand between the name of a test and its result."""
_TOKEN = re.compile(r"[a-z\d]+(?:[/+'.-]+[a-z\d]+)*\+?|[^\sa-z\d]")
_AND = frozenset({",", "and", "&", "/"})
_ENDS = r"(?=\s*(?:[,.;:()\]/!?\n]|$|and\b|but\b|with\b|on\b|in the\b|today\b|now\b|at\b))"
_SHOWN_EN = re.compile(
    rf"(?:\b|(?=[+-]ve\b))(?:(?P<normal>(?:with)?in (?:the )?normal (?:limits?|range)|not (?:elevated|raised|increased)|wnl|(?:normal|unremarkable|nad|(?<= )n(?=[,.;)]|$)){_ENDS})"
    rf"|(?P<negative>(?<=\s)-ve\b(?! for)|neg(?:ative)?\b(?! for)|non-?reactive|not (?:detected|reactive)){_ENDS}"
    rf"|(?P<high>(?:elevated|raised|high|increased)(?! (?:to|from) )){_ENDS}|(?P<low>(?:decreased|reduced|low|depressed|suppressed)(?! (?:to|from) )){_ENDS}"
    rf"|(?P<positive>positive|reactive|detected|(?<=\s)\+ve\b){_ENDS})"
)
_SHOWN_ZH = re.compile(
    r"(?P<normal>均?(?:在正常范围|未见(?:明显)?异常|无(?:明显)?异常|正常|说?[都也]?是好的)(?!值|高限|上限|下限|[的情生人范])|(?:没有?|未见|无)(?:明显)?(?:升高|增高))"
    r"|(?P<negative>[均都全皆]?[为呈是]?阴性|[均都全皆]阴|[均都全皆]?未(?:检出|检测到|查见|检见)|\(\s*[-—–]\s*\))|(?P<high>升高|增高|偏高|\(?↑+\)?)|(?P<low>降低|减低|下降|偏低|减少|\(?↓+\)?)"
    r"|(?P<positive>阳性|\(\s*(?:\+{1,4}|[1-4]\+)\s*\)|\+{1,4}(?=\s*(?:[,.;:、)\n]|$)))"
)
_SHOWN_WORD = re.compile(
    r"\b(?:elevated|raised|high|increased|decreased|reduced|low|depressed|positive|detected|present)\b|[升增偏]高|高$|低|减少|下降|阳性|↑|↓|\+"
)
"""In the words of a finding: what a test showed."""
_HINT_EN = re.compile(
    r"normal|\bnad\b| n[,.;)]| n$|[+-]ve\b|neg\b|negativ|unremarkable|reactive|detected|elevated|raised|increased|high|decreased|reduced|low|depressed|suppressed|positive|wnl"
)
_HINTS_ZH = (
    "正常",
    "是好的",
    "未检",
    "未查",
    "异常",
    "阴性",
    "阳性",
    "高",
    "低",
    "下降",
    "减少",
    "↑",
    "↓",
    "+",
    "(-",
    "(—",
)
"""Without one of these a text has no worded result, and is not searched for one."""
_BETWEEN_ZH = re.compile(
    r"(?:[\s:是为呈示均都仍较稍略偏]|结果|水平|检测|检查|化验|轻度|中度|重度|明显|显著|轻微|稍微|略微|有所|提示|数值|计数|弱|强)*$"
)
_NUMBER_ZH = re.compile(r"[\s:=]*(?<![a-z\d.])\d[\d.]*\s*(?:[×x*]\s*10\^?\d+)?[a-zμµ%/\d^]*\s*\(?$")
"""A number and its unit, which may stand between the name of a test and an arrow."""
_AND_ZH = re.compile(r"[\s、,和及与/]+$")
_PER_FIELD = re.compile(r"\d\s*/$")
"""Before the HP of 15/HP: a field of the microscope, and no germ."""
_LONGEST_EN, _LONGEST_ZH = 6, 16
"""Words and characters of the longest name that is looked up."""
_LOOK_BACK = 90
_SHORT = 2
"""Letters of a name that is read only before a colon or as an item of a list: Na, K, Ca."""
_NEGATIVE_LIST = re.compile(
    r"(?:[a-z\d][a-z\d/ ()-]{0,30}?(?:,? and | or |, |/| & )){0,5}[a-z\d][a-z\d/ ()-]{0,30}?,?\s*"
    r"(?:\b(?:serolog\w+|screen\w*|antibod\w+|antigens?|rna|pcr|naat|tests?|testing|swabs?)\b[\s:]*)?"
    r"(?:\b(?:were|was|are|is|all|both|come|came|back)\b\s*)*[:-]?\s*(?:\bneg(?:ative)?\b(?! for)|\bnon-?reactive\b|\bnot (?:detected|reactive)\b)"
)
IS_A_TEST = re.compile(
    r" (?:screen(?:ing)?|serolog\w+|antibod\w+|swabs?|tests?|profile)\b(?![^.;!?\n]*\b(?:positive|detected|confirm\w*|abnormal|raised|elevated|high)\b)"
    r"|(?:抗体|抗原|核酸|五项|两对半|筛查)(?=[^,.;!?\n]*(?:阴|未检|正常))(?![^,.;!?\n]*(?:阳|\+|高|异常))"
)
"""Behind the name of an illness: then it is a test for it that is told of, 'coeliac screen normal'."""
TESTED_FOR = re.compile(
    r"\b(?:hiv|hep(?:atitis)?|hbv|hcv|syphilis|tb|tuberculosis|covid|malaria|dengue|lyme|brucell\w*)\b"
)
"""Infections that are named for their test: 'HIV, hepatitis B and C negative', 'hepatitis serology negative'."""


_DONE_EN = r"(?:sent|request(?:ed|ing)?|order(?:ed|ing)?|taken|drawn|collected|booked|arranged|pending|await(?:ed|ing)|performed|done|checked|repeated)"
_KIND_EN = (
    r"(?:antibod\w+|serolog\w+|tests?|testing|screen(?:s|ing)?|swabs?|films?|levels?|bloods?|pcr|results?)"
)
_ENDS_THERE = r"(?=\s*(?:$|[,.;:!?)]|(?:and|for|off|to the lab|today|yesterday|again|as well|at)\b))"
_ITS_TEST_EN = re.compile(
    rf"(?: {_KIND_EN})+ (?:(?:was|were|is|are|has been|have been|being|to be) )?{_DONE_EN}{_ENDS_THERE}| (?:tests?|testing|screening|serolog\w+|swabs?|films?|results?)\s*$"
)
"""Behind what a test is called after: the test was sent or is awaited."""
_SENT_EN = re.compile(
    rf"(?: {_KIND_EN})*(?:,? (?:and )?[a-z][\w/+-]*(?: [a-z][\w-]*)?){{0,6}}? (?:(?:was|were|is|are|has been|have been|being|to be) )?{_DONE_EN}{_ENDS_THERE}"
)
"""The same behind a test that is only named: 'ANA, RF and CRP were sent'."""
_LOOKED_FOR_EN = re.compile(
    r"\b(?:(?:test|screen|check|swab)(?:s|ed|ing|bed|bing)? for|bloods? (?:tests? )?for|await(?:s|ing)) (?:(?:an?|the|his|her|my) )?(?:[a-z][\w/+-]*, (?:and )?|[a-z][\w/+-]* and ){0,6}$"
)
_SENDS_EN = re.compile(rf"\b{_DONE_EN} (?:(?:an?|the|his|her|my|for) )?(?:[a-z][\w/+-]*,? (?:and )?){{0,6}}$")
_LOOKED_FOR_ZH = re.compile(
    r"(?:查|测|验|筛查?|化验|检测)(?:了|过|个|一下|血|一查)*[^,.;!?有出是得患示]{0,3}$"
)
_HAS_ZH = re.compile(r"[做抽](?:了|过|个|一下|血)*$")
_ITS_TEST_ZH = re.compile(
    r"(?P<test>(?:的?(?:检查|筛查|检测|化验|五项|两对半|测试)|病毒|抗体|抗原)*)(?=\s*(?:$|[,.;!?、和及]))"
)
_NOT_DONE_ZH = re.compile(
    r"(?:的|抗体|抗原|检测|检查|筛查|试验)*(?:还|尚)?(?:未|没有?)(?:查|做|测(?!到|出)|检(?![出测查]?[出到见])|验)(?:过|呢)?(?=$|[,.;!?])"
)
"""Behind a name: nobody has looked, HIV未查."""
_SAYS_RESULT = re.compile(
    r"positiv|negativ|\breact|detect|raised|elevat|\bhigh|\blow\b|abnormal|normal|show|found|confirm|diagnos|known|\bhas\b|\bhave\b|\bhad\b|history|came back"
    r"|[阳阴高低升降]|异常|正常|提示|显示|示|发现|查出|确诊|得过|史|\+"
)
_OF_TESTS = re.compile(
    r"(?:bloods?|cultures?|serology|screen(?:ing)?|scans?|tests?|testing|swabs?|films?|levels?|urine|stool|lumbar|puncture|dimer|eeg|ecg|ekg|mri|ct|x?ray|echo(?:cardiogram)?|ultrasound"
    r"|colonoscopy|endoscopy|gastroscopy|biopsy|dip(?:stick)?|samples?|study|genetic|prick|skin|drug|sen[dt]|request(?:ed)?|order(?:ed)?|taken|drawn|collected|booked|arranged|pending|await(?:ed|ing)"
    r"|performed|done|check(?:ed)?|repeated|an?|the|and|for|was|were|is|are|has|have|been|to|of|my|his|her|we|i|s?he|had|with|on|yesterday|today)"
)
"""Words beside the names of tests that say nothing of what they showed."""
_TESTS_ZH = re.compile(
    r"[心脑肌]电图|[肠胃喉膀胱宫腔支气管]+镜|核磁|磁共振|[ab]超|彩超|超声|胸片|[血尿便]+常规|[血尿便痰]*培养|血气|乳酸|肿瘤标志物|核酸|脑脊液|腰穿|造影|[肝肾甲]+功能?|血[糖脂沉]|冠脉|头颅"
    r"|已|予|建议|完善|拟行?|复?查|测|做|验|抽血?|化验|检[测查]|送检?|了|过|都|也|和|及|与|[、,\s]"
)


def is_asked_for(text: str, start: int, end: int, *, of_result: bool) -> bool:
    """Whether the name at text[start:end] is that of a test which was sent, and nothing is told of what it showed.

    `of_result`: what is named is a result, so that a list of names that 'were sent' will do; of an illness or a habit
    a test must be named, since medicines are taken and ordered too.
    """
    first = max(text.rfind(mark, 0, start) for mark in ".;!?\n:") + 1
    last = min((at for mark in ".;!?\n" if (at := text.find(mark, end)) >= 0), default=len(text))
    if _SAYS_RESULT.search(text, first, last):
        return False
    if _ITS_TEST_EN.match(text, end, last) or _LOOKED_FOR_EN.search(text, first, start):
        return True
    if of_result and (_SENT_EN.match(text, end, last) or _SENDS_EN.search(text, first, start)):
        return True
    if _NOT_DONE_ZH.match(text, end, last):
        return True
    test = _ITS_TEST_ZH.match(text, end)
    if test is None:
        return False
    looked = _LOOKED_FOR_ZH.search(text, first, start)
    return bool(looked or ((of_result or test["test"]) and _HAS_ZH.search(text, first, start)))


@dataclass(frozen=True, slots=True)
class Shown:
    """That a finding is there or is not, by the worded result of a test at raw[start:end]."""

    finding: str
    present: bool
    start: int
    end: int


def negative_lists(text: str) -> list[tuple[int, int]]:
    """Where a list of tests stands that are all negative, in normalised English text."""
    if "neg" not in text and "reactive" not in text and "not detected" not in text:
        return []
    return [match.span() for match in _NEGATIVE_LIST.finditer(text)]


class _Names:
    """The names of tests in the knowledge, and what each result of them means."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.of: dict[str, dict[str, set[str]]] = {}
        measured = set()
        for lab in knowledge.labs.values():
            if not {"blood", "any"} & set(lab["of"]):
                continue  # 'protein raised' without a number leaves open of which fluid
            for name in (*lab["names"]["zh"], *lab["names"]["en"]):
                key = _key(str(name))
                measured.add(key)
                if key in _NO_NAME:
                    continue
                for shown, findings in _of_lab(lab).items():
                    self._add(key, shown, findings)
        for finding in knowledge.findings:
            if finding.kind in ("result", "sign"):
                own = set(_TOKEN.findall(fold(finding.name("en"))))
                own_zh = simplify(fold(finding.name("zh")))
                for phrase in (*finding.record["words"]["en"], *finding.record["words"]["zh"]):
                    self._learn(
                        simplify(fold(str(phrase))),
                        finding.id,
                        own,
                        own_zh,
                        measured,
                        is_result=finding.kind == "result",
                    )

    def _learn(
        self,
        phrase: str,
        finding: str,
        own: set[str],
        own_zh: str,
        measured: set[str],
        *,
        is_result: bool,
    ) -> None:
        for shown, pattern in _PHRASES:
            match = pattern.fullmatch(phrase) if is_result or shown == "positive" else None
            if match is None or not _NAME.fullmatch(match["name"]):
                continue
            for name in {match["name"], _KIND_OF_TEST.sub("", match["name"])}:
                key = _key(name)
                if key in _NO_NAME or (
                    key in measured and shown in self.of.get(key, {}) and shown != "positive"
                ):
                    continue
                self._add(key, shown, {finding})
                if shown == "positive":
                    self._add(key, "negative", {finding})
                elif (
                    set(key.split()) <= own or key in own_zh
                ):  # a normal ferritin denies a raised ferritin, and no iron deficiency
                    self._add(key, "normal", {finding})
                    self._add(key, "negative", {finding})
            return

    def _add(self, name: str, shown: str, findings: set[str]) -> None:
        if findings:
            self.of.setdefault(name, {}).setdefault(shown, set()).update(findings)

    def made(self) -> dict[str, Lookup]:
        """By name (how it is shown, finding) each."""
        pairs = {
            name: {(shown, f) for shown, found in of.items() for f in found} for name, of in self.of.items()
        }
        return {"results": Lookup.of(pairs)}


def _digest(knowledge: Knowledge) -> str:
    """Hash of all that the names are made from; they are kept since reading every finding for them takes half a second."""
    sources = (Path(__file__), Path(__file__).with_name("normalise.py"))
    key = knowledge.digest.encode() + b"".join(p.read_bytes() for p in sources)
    return hashlib.sha256(key).hexdigest()[:20]


class Results:
    """Reads worded results by the names of tests in the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._of = kept(
            default_cache() / f"results-{_digest(knowledge)}.npz", "results", lambda: _Names(knowledge).made()
        )
        self._fluids = _fluids(knowledge.labs)
        self._fluids_of = _fluids_of_findings(knowledge)

    def read(self, text: str, parts: Sequence[tuple[int, int]] = ()) -> list[Shown]:
        """Every worded result in normalised text, in order; `parts` have a name of their own and may stand in a list of tests."""
        found = []
        starts = {end: start for start, end in sorted(parts, reverse=True)}
        english = _HINT_EN.search(text) is not None
        chinese = any(hint in text for hint in _HINTS_ZH)
        for told, pattern, names in (
            (english, _SHOWN_EN, self._named_en),
            (chinese, _SHOWN_ZH, self._named_zh),
        ):
            if not told:
                continue
            for match in pattern.finditer(text):
                shown = str(match.lastgroup)
                if shown == "normal" and is_multiple(text, *match.span()):
                    continue
                for called, start in names(text, match.start(), starts):
                    another = self._is_of_another(text, called, start)
                    name = self._in_its_fluid(text, called, start) if another else called
                    if name is None:
                        continue
                    present = shown not in ("normal", "negative")
                    found += [
                        Shown(f, present, start, match.end())
                        for how, f in self._of.means(name)
                        if how == shown
                    ]
        return found

    def _is_of_another(self, text: str, name: str, start: int) -> bool:
        """Whether a test of the blood is told of another fluid: 胸水白细胞 2300↑."""
        fluids = self._fluids.get(name, ())
        return bool(fluids) and fluid_of(text, name, start) not in fluids

    def _in_its_fluid(self, text: str, name: str, start: int) -> str | None:
        """What a test is called where its fluid is said with it: the 'csf wcc' of 'CSF: protein raised, WCC raised'."""
        called = CALLED.get(fluid_of(text, name, start), ())
        names = (
            _key(f"{fluid} {name}" if fluid.isascii() else fluid + name)
            for fluid in called
            if fluid.isascii() == name.isascii()
        )
        return next((n for n in names if n in self._of), None)

    def of_their_fluid(self, matches: Sequence[Match], text: str) -> list[Match]:
        """Without findings of the blood whose words are told of another fluid: the low glucose of 'CSF: glucose low'."""
        return [m for m in matches if m.kind != "finding" or not self._is_of_another_fluid(m, text)]

    def _is_of_another_fluid(self, match: Match, text: str) -> bool:
        fluids, words = self._fluids_of.get(match.target, ()), text[match.start : match.end]
        if "blood" not in fluids or not _SHOWN_WORD.search(words):
            return False
        fluid = other_fluid(text, words, match.start) or fluid_behind(text, match.end)
        return fluid is not None and fluid not in fluids

    def is_name(self, words: str) -> bool:
        """Whether words are the name of a test."""
        key = _key(words)
        return key in self._of or _KIND_OF_TEST.sub("", key) in self._of

    def names_only(self, words: str) -> bool:
        """Whether words are nothing but names of tests and that they were done: 'troponin and D-dimer were sent'."""
        text = simplify(fold(words))
        left = _TESTS_ZH.sub(" ", self._without_names(text)) if not text.isascii() else text
        return all(
            _OF_TESTS.fullmatch(w) or w in self._words for w in _TOKEN.findall(left) if w.isalnum()
        ) and not any("\u4e00" <= c <= "\u9fff" for c in left)

    def _without_names(self, text: str) -> str:
        place, out = 0, []
        while place < len(text):
            size = next((n for n in range(min(_LONGEST_ZH, len(text) - place), 1, -1) if text[place : place + n] in self._of), 0)  # fmt: skip
            out.append(" " if size else text[place])
            place += size or 1
        return "".join(out)

    @cached_property
    def _words(self) -> frozenset[str]:
        """Every word in a name of a test."""
        return frozenset(
            word for name in self._of.strings.starting() if name.isascii() for word in name.split()
        )

    def _named_en(self, text: str, end: int, parts: Mapping[int, int]) -> Iterator[tuple[str, int]]:
        """The tests whose result stands at `end`, as (name, start): 'ESR and CRP were' names two; `parts` are starts by end."""
        offset = max(0, end - _LOOK_BACK)
        tokens = [(m.group(), offset + m.start()) for m in _TOKEN.finditer(text, offset, end)]
        place = len(tokens)
        colon, count = False, 0
        while (
            place
            and not (count := self._longest(tokens, place, colon))
            and not _tokens_of_part(tokens, place, parts)
            and tokens[place - 1][0] in _BETWEEN
        ):
            place -= 1
            colon = colon or tokens[place][0] == ":"
        while place and (count or (skipped := _tokens_of_part(tokens, place, parts))):
            place -= count or skipped
            if count:
                yield self._called(tokens[place : place + count]), tokens[place][1]
            if not place or tokens[place - 1][0] not in ({"and", "&"} if colon else _AND):
                return
            colon = False  # 'A, B and C: negative' is said of all
            while place and tokens[place - 1][0] in _AND:
                place -= 1
            count = self._longest(tokens, place, colon)

    def _longest(self, tokens: Sequence[tuple[str, int]], place: int, colon: bool) -> int:
        """How many tokens before `place` are the longest name of a test, 0 for none."""
        for n in range(min(_LONGEST_EN, place), 0, -1):
            apart = (
                colon
                or place == n
                or not tokens[place - n - 1][0].isalnum()
                or tokens[place - n - 1][0] in _AND
            )
            if self._is_name(tokens[place - n : place], apart):
                return n
        return 0

    def _called(self, tokens: Sequence[tuple[str, int]]) -> str:
        """The name that tokens are, with or without the 's of Kernig's."""
        name = " ".join(word for word, _ in tokens)
        return name if name in self._of else name.removesuffix("'s")

    def _is_name(self, tokens: Sequence[tuple[str, int]], apart: bool) -> bool:
        name = self._called(tokens)
        return name in self._of and (apart or len(name) > _SHORT)

    def _named_zh(self, text: str, end: int, parts: Mapping[int, int]) -> Iterator[tuple[str, int]]:
        before = text[max(0, end - _LOOK_BACK // 2) : end]
        number = _NUMBER_ZH.search(before) if text[end] in "↑↓(" else None
        before = before[: number.start()] if number else before
        gap = _BETWEEN_ZH.search(before)
        while gap is not None:
            before = before[: gap.start()]
            name = next((n for size in range(min(_LONGEST_ZH, len(before)), 1, -1) if self._is_name_zh(before, size, n := before[-size:])), None)  # fmt: skip
            if name is None:
                here = end - (len(text[max(0, end - _LOOK_BACK // 2) : end]) - len(before))
                start = parts.get(here)
                if start is None or here - start > len(before):
                    return
                before = before[: start - here]
            else:
                before = before[: -len(name)]
                yield name, text.rindex(name, 0, end)
            gap = _AND_ZH.search(before)

    def _is_name_zh(self, before: str, size: int, name: str) -> bool:
        """Whether a name ends here; Latin letters are a name only as a whole word."""
        ahead = before[-size - 1 : -size]
        return name in self._of and not (
            name[0].isascii() and ahead.isascii() and (ahead.isalnum() or _PER_FIELD.search(before[:-size]))
        )


def _tokens_of_part(tokens: Sequence[tuple[str, int]], place: int, parts: Mapping[int, int]) -> int:
    """How many tokens before `place` are a part with a name of its own: the chest x-ray of 'CRP and chest x-ray were'."""
    word, at = tokens[place - 1]
    start = parts.get(at + len(word))
    return 0 if start is None else sum(1 for _, begin in tokens[:place] if begin >= start)


def _key(name: str) -> str:
    """A name as `_TOKEN` cuts it, so that texts and names are compared alike."""
    folded = simplify(fold(name))
    return " ".join(_TOKEN.findall(folded)) if folded.isascii() else folded


def _fluids(labs: Mapping[str, Any]) -> dict[str, set[str]]:
    """The fluids of which tests by a name of `labs.yaml` are; a name that says it itself is left out."""
    found: dict[str, set[str]] = {}
    for lab in labs.values():
        if "blood" in lab["of"]:
            for name in (*lab["names"]["zh"], *lab["names"]["en"]):
                found.setdefault(_key(str(name)), set()).update(lab["of"])
    return found


def _fluids_of_findings(knowledge: Knowledge) -> dict[str, set[str]]:
    """Of each finding that a value can mean the fluids of which such values are."""
    found: dict[str, set[str]] = {}
    for lab in knowledge.labs.values():
        for rule in lab["rules"]:
            found.setdefault(rule["finding"], set()).update(lab["of"])
    for rule in knowledge.vitals["glucose"]["rules"]:
        found.setdefault(rule["finding"], set()).add("blood")
    return found


def _of_lab(lab: Mapping[str, Any]) -> dict[str, set[str]]:
    """What the words for high, low and normal mean of a laboratory value: the first limit, of several."""
    rules = [rule for rule in lab["rules"] if not rule["given"]]
    highs = sorted((rule["above"] if "above" in rule else rule["at_least"], rule["finding"]) for rule in rules if "below" not in rule)  # fmt: skip
    lows = sorted(((rule["below"], rule["finding"]) for rule in rules if "below" in rule), reverse=True)
    high, low = {f for _, f in highs[:1]}, {f for _, f in lows[:1]}
    every = {rule["finding"] for rule in rules}
    return {"high": high, "low": low, "positive": high, "normal": every, "negative": {f for _, f in highs}}


_CSF_CELLS = re.compile(
    r"(?:\bcsf\b|cerebrospinal fluid|spinal fluid|\blumbar puncture\b|\blp\b)(?:[^.;\n]|\.(?=\d)){0,90}?"
    r"(?:\b(?P<share>\d{1,3})\s*% ?(?:neutrophils?|polymorphs|pmns?\b|polymorphonuclear)"
    r"|\b(?:mostly|mainly|predominantly|predominance of|chiefly|many|numerous) (?:neutrophils|polymorphs|pmns|polymorphonuclear)"
    r"|\b(?:neutrophil\w*|polymorph\w*)[ -](?:predominan\w+|pleocytosis))"
)
_MOST = 50
"""Percent of the cells in spinal fluid from which they are mostly neutrophils."""


def of_spinal_fluid(text: str) -> list[Match]:
    """Cells of the spinal fluid told by their share: 'LP: WCC 450 (90% neutrophils)'."""
    return [
        Match(m.start(), m.end(), "finding", "csf_neutrophils")
        for m in _CSF_CELLS.finditer(text)
        if m["share"] is None or _MOST <= int(m["share"]) <= 100
    ]


_STAIN = re.compile(r"diplococci|双球菌")
_GENITAL_OR_JOINT = re.compile(
    r"synovial|joint (?:fluid|aspirat)|arthrocentesis|urethra|cervi(?:x|cal sw|cal dis)|vagin|penile|genital|关节|尿道|宫颈|阴道|白带"
)
_SPINAL = re.compile(r"\bcsf\b|cerebrospinal|spinal|lumbar|mening|脑脊液|腰穿|脑膜")
_OF_STAIN = {"csf_neutrophils": "gonococcus_positive"}
"""What the same bacteria mean in another fluid than the spinal one."""


def stained(matches: list[Match], text: str) -> list[Match]:
    """Gram-negative diplococci are gonococci where a joint or the genital tract was sampled; unsaid, they stay dangerous."""
    if not _STAIN.search(text):
        return matches
    return [
        replace(m, target=_OF_STAIN[m.target])
        if m.target in _OF_STAIN and _STAIN.search(text, m.start, m.end) and _GENITAL_OR_JOINT.search(near := text[max(0, m.start - 60) : m.end + 40])
        and not _SPINAL.search(near) else m
        for m in matches
    ]  # fmt: skip
