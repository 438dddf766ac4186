"""Laboratory values in a text: name, number and unit, and what they mean for someone of this age and sex.

A value is read only when its unit is known or, without a unit, when its size leaves one reading; a value that cannot be
is left to the words around it and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suwen.core.case import Finding, Person
from suwen.language.fluid import fluid_of
from suwen.language.quantities import EN_WORD, number

ADULT_YEARS = 40.0
_NUMBER = r"(?P<sign>(?:[<>≤≥]|less than|under|below|greater than|more than|over|above|[小低少]于|[大高多]于|超过|不足)\s*)?(?P<number>(?:(?<=[\s:=])[-−](?=\d))?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?))"
_POWER = r"\s*(?:[x×*]\s*10\s*\^?|e\+?)\s*(?P<power>\d{1,2})(?=\s*(?:m?i?u/|iu\b|copies|cps|拷贝))"
_SIDE = r"(?:右侧?|左侧?|双侧?)眼?|\b(?:right|left|both|od|os|ou|[rl])(?: eyes?)?\b"
_GAP = rf"(?:\s*(?:{_SIDE}|scored?|scores|measure[sd]?|measuring|diameter|评分|得分|总分|分数|浓度|定量|比例|活性|数值|标准分|count|level|levels|have been|has been|had been|went|gone|dropped|rose|risen|fell|fallen|came back|(?:量|测|查)(?:出来|了)?|from|由|从|自|concentration|value|was|is|were|are|of|at|to|only|about|approximately|around|low|high|elevated|raised|decreased|increased|reduced|up|down|计数|水平|均为|均|都|持续|始终|为|是|约|达|高达|低至|升至|降至|升高|降低|下降|掉到|飙到|高到|低到|剩|至|到|有|只有|仅|仅有|才|就|只|今天|昨天|现在|平时|一查|偏高|偏低|(?:,\s*)?\b(?:total|[it]|result)\b|总|[:=,(（]|\([^()\d]{{1,12}}\)))*\s*"
_UNIT = r"(?P<unit>\s*(?:[x×*]?\s*10\s*\^?\s*\d{1,2}\s*/\s*[a-zµμ]+|/\s*(?:cu\s*mm|[a-zµμ]+\d?)|%|(?:cells|k|thou)\s*/\s*(?:cu\s*mm|[a-z]+\d?)|mm\s?hg\b|[cm]m\s?h2o\b|(?!(?:to|and|now|in|on|at|is|was|or|with|from|but)\b)[a-zµμ]+(?:\s*/\s*\d{0,2}[a-z]+\d?)?|万(?:\s*/\s*[a-zµμ]+\d?)?|克|秒))?"
_OF_TIME = r"\s*(?:多|余)?\s*个?(?:天|日|周|月|年|岁|小时|分钟|(?:days?|weeks?|months?|years?|hours?|hrs?|minutes?)\b)"
_TIME = re.compile(_OF_TIME)
"""Behind a number without a unit that counts time."""
_LATER = re.compile(
    r"[^.;。\d]{0,24}?(?:[降升增减涨跌][到至]|→|->|\bto\b|\bnow\b|\btoday\b|\bit's\b|\bit is\b|今[天日]|现在|目前|[本此]次|复查)(?:is|was|为|是|[:=\s])*"
    + _NUMBER + rf"(?!\d|\.\d|{_OF_TIME}|\s*(?:times\b|次|点|片|粒|(?:mg|ml|g|cm)\b(?!\s*/)))" + _UNIT
)  # fmt: skip
"""Behind a value, the one that came after it."""
_OTHER_SIDE = re.compile(
    rf"(?:[^.;。\d]{{0,12}}?(?:{_SIDE})[\s:=]*(?=[<>\d])|[^.;。\d]{{0,24}}?(?:\band|,)\s*(?=\d+[^.;。\d]{{0,12}}?(?:{_SIDE})))"
    + _NUMBER
    + _UNIT
)
"""Behind a value of one side, the one of the other: 'IOP OD 14 OS 42'."""
_IN_WORDS = (
    r"(?P<number>\d+(?:\.\d+)?(?=点几|多?[万千])|[一二两三四五六七八九][十百][一二两三四五六七八九十几]*|十[一二三四五六七八九几]?|[一二两三四五六七八九](?=[万千]))"
    rf"(?:点几)?[多来几]?(?P<many>[万千])?[多来]?(?P<unit>)(?!{_OF_TIME}|[\d一二三四五六七八九十百几个次片粒岁倍])"
)
"""A value as people say it: 血小板三十几, 白细胞6万多, 尿酸五百八."""
_NUMERAL = re.compile(r"[十百万千]|点几")
_MANY = {"万": 10_000, "千": 1000}
_IN_BRACKETS = re.compile(r"\s*\(\s*" + _NUMBER + r"(?P<unit>\s*%)")
"""Behind a value, its share: 'FVC 3.1 L (98 % predicted)'."""
_GRADE = re.compile(r"\s*\+(?!\s*\d)|\s*[-~]\s*\d+\s*(?:cells?|个)?\s*(?:/|per|每)\s*(?:hp|lpf|high|高倍)")
"""Behind a number that is a grade of a test strip, or the lower end of a count in a field of the microscope."""
_TIMES_NORMAL = re.compile(r"\s*(?:[x×*]\s*(?:the )?(?:uln|upper|normal)|times|fold\b|-fold|倍)")
"""Behind a number that counts how often the limit of normal is passed, and is no value."""
_LIMIT = r"(?:正常值?|参考值?|上限|高限|(?:the )?(?:upper|normal|reference)|uln)"
_TIMES = rf"(?P<times>\d+(?:\.\d+)?|{EN_WORD}|[一二两三四五六七八九十]+)"
_MULTIPLE = (
    rf"(?:(?:\s*(?:is|was|were|at|to|of|about|around|over|more than|>|elevated|raised|increased|up|by|(?:the )?level))*\s*[>≥]?\s*{_TIMES}\s*(?:x|×|\*|times|-?\s?fold)\s*(?:above |over )?{_LIMIT}"
    rf"|\s*(?:was|were|is)?\s*(?:elevated|raised|increased|up)(?: by| to| at| about| more than)* {_TIMES.replace('times', 'fold')}\s*(?:x|×|times|-?\s?fold)"
    rf"|[^,.;\d一二三四五六七八九十]{{0,8}}?(?:{_LIMIT}|升高|增高|超过|高于)[^,.;\d]{{0,8}}?{_TIMES.replace('times', 'zh')}[多余]?倍"
    rf"|[^,.;\d]{{0,4}}?{_TIMES.replace('times', 'zh_first')}倍(?:于|以上)?的?{_LIMIT})"
)
"""Behind the name of a test: how often the limit of normal is passed."""
_OFTEN = re.compile(r"uln|normal|upper|fold|times|reference|倍")
_SHORT = {
    "na", "k", "ca", "mg", "cr", "pt", "be", "ag", "cl", "li", "p", "op", "gm", "sg", "pr", "cap", "fib", "ua", "钾", "钠",
}  # fmt: skip
"""Names that are other words as well: they count before a colon or where the unit is their own."""
_ITEM_BEGINS, _ITEM_ENDS = (
    re.compile(r"(?:^|[,;.:(、\n]|\band|化验|抽血|验血|[查个加])\s*$"),
    re.compile(r"\s*(?:[,;)、\n]|\.(?!\d)|\(|$)"),
)
"""Around a short name and its number where they are all of one item of a list: 'Hb 118, Cr 168, K 5.3'."""
_NO_LAB = re.compile(r"(?:\d\s?|vitamin |-)$")
"""Before a short name that is no test: 5 mg, vitamin K."""
_REMARK = re.compile(
    r"\s*(?:[\[(]\s*(?:slightly |mildly |markedly |significantly )?(?:(?P<high>elevated|raised|high|increased|h|升高|偏高|增高)|(?P<low>low|decreased|reduced|l|降低|偏低|减低))\s*[\])]|(?P<up>[↑])|(?P<down>[↓]))"
)
"""What a report says of a value by its own limits."""
_LONGEST = 60
"""Characters before a share in which the name of a test is looked for."""
_LEFT_OUT = re.compile(r"[\s^]+")


@dataclass(frozen=True, slots=True)
class LabValue:
    """A value heard at raw[start:end], in the unit of labs.yaml; `bound` is < or > where only a limit is told.

    `remark` is 'high' or 'low' where the report calls it so; `value` is None where only that is told (5 × ULN).
    """

    name: str
    value: float | None
    bound: str
    start: int
    end: int
    remark: str = ""


def _any_of(names: Iterable[str]) -> str:
    """A pattern for one of these names, the longest that fits; of none it is one that never fits."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)"


class LabReader:
    """Reads values by the definitions of `labs.yaml`."""

    def __init__(self, labs: Mapping[str, Any]) -> None:
        self.labs = labs
        self._of: dict[str, list[str]] = {}
        for key, lab in labs.items():
            for name in (*lab["names"]["zh"], *lab["names"]["en"]):
                self._of.setdefault(str(name).lower(), []).append(key)
        names = _any_of(self._of)
        self._names = re.compile(rf"(?<![a-z])(?:{names})(?![a-z])")
        self._name_before = re.compile(rf"(?<![a-z])(?:{names})(?![a-z]){_GAP}$")
        # The name of the next test is no unit: Hb 62 PLT 14 WBC 78.
        others = _any_of(name for name in self._of if name.isascii() and name not in _SHORT)
        unit = rf"(?:(?!\s*[\s/]\s*(?:{others})(?![a-z])){_UNIT})?"
        self._pattern = re.compile(
            rf"(?<![a-z])(?P<name>{names})(?![a-z]){_GAP}{_NUMBER}(?:[-~]\d+(?:\.\d+)?(?![-~\d]))?(?:{_POWER})?{unit}"
        )
        self._in_words = re.compile(rf"(?<![a-z])(?P<name>{names})(?![a-z]){_GAP}(?P<sign>){_IN_WORDS}")
        self._multiple = re.compile(rf"(?<![a-z])(?P<name>{names})(?![a-z]){_MULTIPLE}")
        shares = _any_of(
            name for name, keys in self._of.items() if any("%" in labs[key]["units"] for key in keys)
        )
        self._share = re.compile(rf"{_NUMBER}(?P<unit>\s*%) ?(?:of )?(?P<name>{shares})(?![a-z])")
        self._units = {unit for lab in labs.values() for unit in lab["units"]}

    def read(self, text: str) -> list[LabValue]:
        """Every value in normalised text (lower case, simplified), in order; impossible ones are left out."""
        shares = list(self._shares(text))
        found = [one for match in shares for one in self._values(text, match, match)]
        for match in self._pattern.finditer(text):
            end = match.end("number")
            if (
                _GRADE.match(text, end)
                or _TIMES_NORMAL.match(text, end)
                or any(s.start() <= match.start() < s.end() for s in shares)
            ):
                continue
            later = _LATER.match(text, match.end())
            another = later and self._names.search(text, later.start(), later.start("number"))
            last = later if later and not another else match
            found += self._values(text, match, last)
            if share := _IN_BRACKETS.match(text, last.end()):
                found += self._values(text, match, share)
            place = match.end("number")
            while self._has_sides(match["name"]) and (other := _OTHER_SIDE.match(text, place)):
                found += self._values(text, match, other)
                place = other.end("number")
        for match in self._in_words.finditer(text) if _NUMERAL.search(text) else ():
            found += self._values(text, match, match)
        found += self._multiples(text)
        found.sort(key=lambda one: one.start)
        return found + list(_unconjugated(found)) + list(self._of_two(found))

    def _of_two(self, found: Sequence[LabValue]) -> Iterator[LabValue]:
        """Quotients and differences of two values, where they are not told themselves."""
        of = {one.name: one for one in found}
        for key, lab in self.labs.items():
            over, minus = lab.get("over"), lab.get("minus")
            first, second = (of[name].value if name in of else None for name in over or minus or ("", ""))
            if key in of or not first or not second:
                continue
            value = first / second if over else first - second
            if lab["possible"][0] <= value <= lab["possible"][1]:
                place = of[(over or minus)[1]]
                yield LabValue(key, value, "", place.start, place.end)

    def _shares(self, text: str) -> Iterator[re.Match[str]]:
        """Where a share stands before its name: '90% neutrophils', and not as in 'neutrophils 90% lymphocytes 8%'."""
        end = 0
        for match in self._share.finditer(text) if "%" in text else ():
            if not self._name_before.search(text, max(end, match.start() - _LONGEST), match.start()):
                end = match.end()
                yield match

    def _has_sides(self, name: str) -> bool:
        return any(self.labs[key]["sides"] for key in self._of[name])

    def _multiples(self, text: str) -> Iterator[LabValue]:
        """Values of which is told by how many times they pass the limit: 'CK 5 x ULN', 转氨酶为正常上限的8倍."""
        for match in self._multiple.finditer(text) if _OFTEN.search(text) else ():
            times = next(t for name in ("times", "fold", "zh", "zh_first") if (t := match[name]))
            fluid = fluid_of(text, match["name"], match.start())
            for key in self._of[match["name"]]:
                if {fluid, "any"} & set(self.labs[key]["of"]) and number(times) > 1:
                    yield LabValue(key, None, "", *match.span(), "high")
                    break

    def _values(self, text: str, match: re.Match[str], last: re.Match[str]) -> Iterator[LabValue]:
        """The value, if any, of the test that `match` names; `last` has its latest number."""
        told = number(last["number"].replace(",", "").replace("−", "-").removesuffix("几"))
        told *= _MANY.get(last.groupdict().get("many") or "", 1)
        if last is match and match.groupdict().get("power"):
            told *= 10.0 ** int(match["power"])
        units = [u for m in (last, match) if (u := _unit(m)) in self._units]
        unit = units[0] if units else _unit(last)
        short = match["name"] in _SHORT
        if short and not _is_told(match, unit, text):
            return
        if unit not in self._units and _TIME.match(text, last.end("number")):
            return
        fluid = fluid_of(text, match["name"], match.start("name"))
        for key in self._of[match["name"]]:
            lab = self.labs[key]
            if not {fluid, "any"} & set(lab["of"]) or (short and unit and unit not in lab["units"]):
                continue
            value = _in_unit(told, unit, lab, unit in self._units)
            if value is not None and lab["possible"][0] <= value <= lab["possible"][1]:
                end = max(
                    match.end("name"), last.end("unit") if _unit(last) in lab["units"] else last.end("number")
                )
                start = min(match.start("name"), match.start("number"))
                yield LabValue(key, value, _bound(last["sign"]), start, end, _remark(text, end))
                return


def _is_told(match: re.Match[str], unit: str, text: str) -> bool:
    """Whether Na, K or PT before a number is the test of that name."""
    if _NO_LAB.search(text[max(0, match.start() - 8) : match.start()]):
        return False
    if unit or match["name"] == "pt":
        return bool(unit)
    if text[match.end("name") : match.start("number")].lstrip()[:1] in (":", "="):
        return True
    return bool(_ITEM_BEGINS.search(text, 0, match.start()) and _ITEM_ENDS.match(text, match.end()))


_LESS = ("<", "≤", "less", "under", "below", "小", "低", "少", "不")


def _bound(sign: str | None) -> str:
    """What a sign or word before a number says: < or >."""
    return "" if not sign else "<" if sign.startswith(_LESS) else ">"


def _remark(text: str, end: int) -> str:
    match = _REMARK.match(text, end)
    return "" if match is None else "high" if match["high"] or match["up"] else "low"


CONJUGATED_SHARE = 0.2
"""Of bilirubin, under which it is mainly unconjugated. Source: estimate, as of the names of this pattern in textbooks."""


def _unconjugated(found: Sequence[LabValue]) -> Iterator[LabValue]:
    """The indirect bilirubin where a total and a small direct one are told."""
    of = {one.name: one for one in found}
    total, direct = (
        one.value if (one := of.get(name)) else None for name in ("bilirubin", "bilirubin_direct")
    )
    if total and direct and direct < CONJUGATED_SHARE * total and "bilirubin_indirect" not in of:
        place = of["bilirubin_direct"]
        yield LabValue("bilirubin_indirect", total - direct, "", place.start, place.end)


def _unit(match: re.Match[str]) -> str:
    return (
        _LEFT_OUT.sub("", match["unit"] or "")
        .replace("µ", "u")
        .replace("μ", "u")
        .replace("*", "x")
        .replace("×", "x")
        .replace("mcmol", "umol")
        .replace("mcg", "ug")
    )


def _in_unit(number: float, unit: str, lab: Mapping[str, Any], is_unit: bool) -> float | None:
    """The value in the lab's own unit, or None where the writing leaves it open."""
    if unit in lab["units"]:
        return number * float(lab["units"][unit])
    if is_unit or "/" in unit or unit.startswith(("mg", "g/", "ug", "mcg", "ng", "%", "tab", "片")):
        return None  # another lab's unit, or a dose
    for low, high, factor in lab["bare"]:
        if low <= number < high:
            return number * float(factor)
    return None


def meanings(
    lab: Mapping[str, Any], value: LabValue, person: Person, others: Mapping[str, LabValue] | None = None
) -> Iterator[tuple[str, bool]]:
    """(finding, present or not): an unknown age is an adult's; where an unknown sex would decide, nothing is said.

    `others` are the values told beside it, by name, for the rules that hold only with another one.
    """
    age = ADULT_YEARS if person.age_years is None else person.age_years
    sexes: Sequence[str] = (person.sex,) if person.sex else ("male", "female")
    verdicts: dict[str, dict[str, list[bool | None]]] = {}
    own: list[Mapping[str, Any]] = []
    for sex in sexes:
        for rule in lab["rules"]:
            low, high = rule.get("age") or (0, 200)
            if low <= age < high and (rule.get("sex") or sex) == sex:
                own.append(rule)
                of_sex = verdicts.setdefault(rule["finding"], {}).setdefault(sex, [])
                of_sex.append(_met_with(rule, value, others or {}))
    remarked = _first(own, value.remark) if value.remark else []
    for finding, by_sex in verdicts.items():
        said = {_any(met) for met in by_sex.values()} if finding not in remarked else {True}
        only = said.pop() if len(said) == 1 else None
        if only is not None:
            yield finding, only


def _any(met: Sequence[bool | None]) -> bool | None:
    """Whether one of several limits is passed, None where that is open."""
    return True if True in met else None if None in met else False


def _first(rules: Iterable[Mapping[str, Any]], remark: str) -> list[str]:
    """The finding of the first limit on that side."""
    rules = [r for r in rules if ("below" in r) == (remark == "low") and not r["given"]]
    side = -1 if remark == "low" else 1
    return [min(rules, key=lambda rule: side * _limit(rule))["finding"]] if rules else []


def _limit(rule: Mapping[str, Any]) -> float:
    return float(next(rule[name] for name in ("below", "above", "at_least") if name in rule))


def _met_with(rule: Mapping[str, Any], value: LabValue, others: Mapping[str, LabValue]) -> bool | None:
    """Whether a rule holds with the other value it asks for; None where that one is not told and would decide."""
    if value.value is None:
        return None
    met = _met(rule, value.value, value.bound)
    if not met:
        return met
    if "unless" in rule and _told(rule["unless"], others):
        return False
    told = [_told(given, others) for given in rule["given"]]
    return False if False in told else None if None in told else True


def _told(limit: Mapping[str, Any], others: Mapping[str, LabValue]) -> bool | None:
    """Whether another value is on this side of its limit; None where it is not told."""
    other = others.get(limit["lab"])
    return None if other is None or other.value is None else _met(limit, other.value, other.bound)


def _met(rule: Mapping[str, Any], value: float, bound: str) -> bool | None:
    """Whether a limit is passed; None where only a bound is told and it does not decide, and in what the rule leaves open."""
    if "below" in rule:
        met = value < rule["below"] or (bound == "<" and value == rule["below"])
        open_ = not met and value < rule.get("open_to", rule["below"])
        return None if open_ or (bound == ">" and met) or (bound == "<" and not met) else met
    met = value > rule["above"] if "above" in rule else value >= rule["at_least"]
    met = met or (bound == ">" and value == rule.get("above"))
    open_from = rule.get("open_from", value + 1)
    open_ = not met and (value > open_from if bound == "<" else value >= open_from)
    return None if open_ or (bound == "<" and met) or (bound == ">" and not met) else met


def lab_findings(
    values: Sequence[LabValue], labs: Mapping[str, Any], person: Person, raw: str, turn: int
) -> list[Finding]:
    """Findings that these values mean, marked as measured; of several values of one lab a present one counts."""
    found: dict[str, Finding] = {}
    others = {one.name: one for one in values}
    for one in values:
        lab = labs[one.name]
        for name, present in meanings(lab, one, person, others):
            if name in found and found[name].status == "present":
                continue
            found[name] = Finding(
                name, "present" if present else "absent", raw[one.start : one.end], (one.start, one.end), turn,
                value=one.value, unit=lab["unit"], origin="measured",
            )  # fmt: skip
    return list(found.values())
