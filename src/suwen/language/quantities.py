"""Numbers with units in a text: vital signs, durations, and what a value means for someone of this age."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from suwen.core.case import Finding

_ZH_DIGITS = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "几": 3,
    "数": 3,
    "多": 3,
}
_EN_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "few": 3, "a few": 3, "several": 4, "couple": 2,
    "a couple of": 2, "couple of": 2, "past": 1, "last": 1, "half a": 0.5, "half an": 0.5, "some": 3, "many": 5, "the": 1,
}  # fmt: skip
_N = r"(\d+(?:\.\d+)?)"
_CN = r"(\d+(?:\.\d+)?|[一二两三四五六七八九十百几数半零]+)"


def number(text: str) -> float:
    """A number written in digits, Chinese numerals or English words; raises ValueError for anything else."""
    text = text.strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if text in _EN_NUMBERS:
        return float(_EN_NUMBERS[text])
    if text == "半":
        return 0.5
    if text and all(c in _ZH_DIGITS or c in "十百" for c in text):
        total, digit = 0.0, 0.0
        for char in text:
            if char in "十百":
                total += (digit or 1) * (10 if char == "十" else 100)
                digit = 0
            else:
                digit = _ZH_DIGITS[char]
        return total + digit
    raise ValueError(text)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A vital sign or weight heard at raw[start:end], in the unit of vitals.yaml."""

    name: str
    value: float
    start: int
    end: int


def _fahrenheit(match: re.Match[str]) -> float:
    return round((float(match.group(1)) - 32) * 5 / 9, 1)


def _first(match: re.Match[str]) -> float:
    return float(match.group(1))


_ANGLE = re.compile(
    r"(?:屈|伸|展|旋|抬高?|弯|受限|倾斜|flex\w*|extend\w*|abduct\w*|rotat\w*|bends?|limited|angle)\D{0,12}$"
)


def _of_a_body(match: re.Match[str]) -> float:
    """Degrees without a word for temperature: only what a living body can have, and no angle of a joint."""
    value = float(match.group(1))
    if not 33 <= value <= 43.5 or _ANGLE.search(match.string[: match.start()]):
        raise ValueError
    return value


def _temperature(match: re.Match[str]) -> float:
    """Degrees without a unit: above 60 they are Fahrenheit."""
    value = float(match.group(1))
    return round((value - 32) * 5 / 9, 1) if 80 <= value <= 115 else value


def _degrees_and_tenths(match: re.Match[str]) -> float:
    return number(match.group(1)) + number(match.group(2)) / 10


def _spelled(match: re.Match[str]) -> float:
    return number(match.group(1))


def _pounds(match: re.Match[str]) -> float:
    return round(float(match.group(1)) * 0.45359, 1)


def _jin(match: re.Match[str]) -> float:
    return float(match.group(1)) / 2


def _milligrams(match: re.Match[str]) -> float:
    return round(float(match.group(1)) / 18.0, 1)


def _glucose(match: re.Match[str]) -> float:
    value = float(match.group(1))
    in_mmol = re.match(r"\s*mmol", match.string[match.end() :])
    return round(value / 18.0, 1) if value > 45 and not in_mmol else value


_PATTERNS: tuple[tuple[str, str, Callable[[re.Match[str]], float]], ...] = (
    ("temperature", r"(?<!\d)(3[4-9]|4[0-2])度([一二三四五六七八九\d])(?![\d天周个小月年次日])", _degrees_and_tenths),
    (
        "temperature",
        r"(?:^|\b(?:is|was|at|of|about|around|to|reads?|hit|reached)\s|[到了有约近,])\s*((?:3[5-9]|4[0-2])\.\d)(?![\d.]|\s*(?:kg|公斤|斤|weeks?|wks?|%|mm|cm|lbs?|mg|g/|/|days?|周|天|个|岁|厘米|years?|months?|hours?|ml))",
        _first,
    ),
    ("temperature", _N + r"\s*(?:°\s*f\b|f\b|degrees?\s*f(?:ahrenheit)?\b|华氏度?)", _fahrenheit),
    ("temperature", r"(?:烧到|烧|体温|温度|发热|发烧|高烧)\D{0,6}?" + _CN + r"度" + r"([一二三四五六七八九\d])(?![\d天周个小月年次日])", _degrees_and_tenths),
    ("temperature", r"(?:烧到|烧|体温|温度|发热|发烧|高烧)\D{0,6}?([三四][一二三四五六七八九十]+)度", _spelled),
    ("temperature", _N + r"\s*(?:°\s*c\b|度|c\b|degrees?\s*c(?:elsius)?\b|摄氏度)(?!(?:[\d一二三])(?![天周个小月年次日]))(?!房室|烧伤|烫伤|近视|角)", _of_a_body),
    ("temperature", r"(?:\btemp(?:erature)?|体温|\bfever|\bt)\b\s*(?:is|was|of|up to|to|at|about|around|:|=|max|had been|高达|最高|到|reached|为|有)?\s*(?:up to|about|around|of|as high as)?\s*" + _N + r"(?!\s*(?:days?|weeks?|hours?|months?|/|天|周|月|个))", _temperature),
    ("temperature", r"(?:体温|烧到|烧到了|发烧到|最高)\D{0,3}" + _N, _temperature),
    ("heart_rate", r"(?:心率|脉搏|心跳|heart rate|\bhr|pulse(?: rate)?)\D{0,14}?" + _N, _first),
    ("heart_rate", _N + r"\s*(?:bpm|beats per minute|beats/min)", _first),
    ("respiratory_rate", r"(?:呼吸频率|呼吸次数|呼吸每分钟|respiratory rate|\brr|respirations?)\D{0,12}?" + _N, _first),
    ("respiratory_rate", _N + r"\s*(?:breaths per minute|breaths/min)", _first),
    ("spo2", r"(?:血氧(?:饱和度)?|spo2|sao2|o2 sat(?:uration)?s?|oxygen saturation|sats?|saturation|pulse oximetry)\D{0,14}?" + _N, _first),
    ("glucose", r"(?:血糖|blood sugar|glucose|sugar)\D{0,16}?" + _N + r"\s*mg", _milligrams),
    ("weight", r"(?:体重|重)\D{0,3}" + _N + r"\s*斤", _jin),
    ("weight", r"(?:weighs?|weight of|weight is)\D{0,5}" + _N + r"\s*(?:lbs?|pounds?)", _pounds),
    ("glucose", r"(?:血糖|blood sugar|glucose|blood glucose)\D{0,16}?" + _N, _glucose),
    ("weight", r"(?:体重|weighs?|weight of)\D{0,5}" + _N + r"\s*(?:kg|公斤|千克)", _first),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern), read) for name, pattern, read in _PATTERNS)
_PRESSURE = re.compile(r"(\d{2,3})\s*/\s*(\d{2,3})(?!\s*\d*\s*(?:年|月|日|/))")
_PRESSURE_CUE = re.compile(r"血压|高压|blood pressure|\bbp\b|mm\s*hg|hypertens")
_SYSTOLIC = re.compile(r"(?:高压|收缩压|systolic)\D{0,6}?" + _N)
_DIASTOLIC = re.compile(r"(?:低压|舒张压|diastolic)\D{0,6}?" + _N)


def measurements(text: str) -> list[Measurement]:
    """Vital signs and weight in normalised text, each place used once, in order of position."""
    found: list[Measurement] = []
    used: list[tuple[int, int]] = []

    def keep(name: str, value: float, start: int, end: int) -> None:
        if all(end <= a or start >= b for a, b in used):
            found.append(Measurement(name, value, start, end))
            used.append((start, end))

    for match in _PRESSURE.finditer(text):
        high, low = int(match.group(1)), int(match.group(2))
        near = text[max(0, match.start() - 40) : match.end() + 8]
        if (_PRESSURE_CUE.search(near) and high > 40) or (
            low < high and 70 <= high <= 260 and 35 <= low <= 160
        ):
            found.append(Measurement("sbp", high, match.start(), match.end()))
            found.append(Measurement("dbp", low, match.start(), match.end()))
            used.append(match.span())
    for name, pattern in (("sbp", _SYSTOLIC), ("dbp", _DIASTOLIC)):
        for match in pattern.finditer(text):
            keep(name, float(match.group(1)), *match.span(1))
    for name, compiled, read in _COMPILED:
        for match in compiled.finditer(text):
            try:
                value = read(match)
            except ValueError:
                continue
            if name == "temperature" and not 20 <= value <= 1000:
                continue
            keep(name, value, *match.span())
    return sorted(found, key=lambda m: m.start)


def interpret(
    name: str, value: float, vitals: Mapping[str, Any], age_years: float | None
) -> Iterator[tuple[str, bool]]:
    """What a value means: (finding, present or not) by the rules of vitals.yaml; an unknown age is an adult's."""
    age = 40.0 if age_years is None else age_years
    seen: dict[str, bool] = {}
    for rule in vitals[name]["rules"]:
        low, high = rule.get("age", (0, 200))
        if low <= age < high:
            met = value >= rule["at_least"] if "at_least" in rule else value < rule["below"]
            seen[rule["finding"]] = seen.get(rule["finding"], False) or met
    yield from seen.items()


def is_possible(name: str, value: float, vitals: Mapping[str, Any]) -> bool:
    low, high = vitals[name]["possible"]
    return bool(low <= value <= high)


_SCORE = re.compile(
    r"(\d{1,2})\s*(?:/|out of|分之?)\s*10(?!\d)|(?:疼痛|评分|severity|pain scale)\D{0,8}(\d{1,2})\s*(?:分|/10)"
)


def severities(text: str) -> list[tuple[int, int, str]]:
    """Pain scores from 0 to 10 as (start, end, mild | moderate | severe); 4 and 7 begin the next (WHO bands)."""
    found = []
    for match in _SCORE.finditer(text):
        score = int(match.group(1) or match.group(2))
        if 0 <= score <= 10:
            found.append(
                (match.start(), match.end(), "severe" if score >= 7 else "moderate" if score >= 4 else "mild")
            )
    return found


_HOURS = {"hour": 1, "hr": 1, "minute": 1 / 60, "min": 1 / 60, "day": 24, "night": 24, "week": 168, "wk": 168,
          "month": 730, "mo": 730, "year": 8766, "yr": 8766, "decade": 87660,
          "小时": 1, "钟头": 1, "分钟": 1 / 60, "天": 24, "日": 24, "周": 168, "星期": 168, "礼拜": 168, "个月": 730,
          "月": 730, "年": 8766}  # fmt: skip
_ZH_DURATION = re.compile(
    _CN
    + r"\s*(?:来|多|余)?\s*(?:个)?(?:多|半)?\s*(小时|钟头|分钟|天|日|周|星期|礼拜|个月|月|年)(?:多|余|半|来)?(?!龄|前做|级|经|份|抽|烟)(?:的?)(了|前|来|以来|没|起|左右|之前)?"
)
_EN_DURATION = re.compile(
    r"(\d+(?:\.\d+)?|\b(?:half an?|a couple of|couple of|a few|few|several|one|two|three|four|five|six|seven|eight|nine|ten|twelve|some|many|an?|past|last))"
    r"(?:\s*(?:-|to|–)\s*\d+)?[\s-]*(hour|hr|minute|min|day|night|week|wk|month|year|yr|decade)s?\b(?![\s-]*old)(?!\s*postpartum)(?!\s*pregnan)(?!\s*of\s*gestation)(?!\s*gestation)"
)
_SINCE = (
    (re.compile(r"大前天"), 72.0),
    (re.compile(r"前天|前晚|前儿|(?:the )?day before yesterday|(?:the )?night before last|two nights ago"), 48.0),
    (re.compile(r"(?:the )?other (?:day|night)|a few days back|前两天|前几天|这几天|这两天|近几天|近日"), 72.0),
    (re.compile(r"昨晚|昨夜|昨天|昨日|since yesterday|last night|yesterday"), 20.0),
    (re.compile(r"今天|今早|今晨|this morning|today|an hour ago|earlier today"), 5.0),
    (re.compile(r"since (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:上)?(?:周|星期|礼拜)[一二三四五六日天]"), 72.0),
    (re.compile(r"上周|上个?星期|last week"), 240.0),
    (re.compile(r"上个?月|last month"), 900.0),
    (re.compile(r"半年|去年|多年|好几年|常年|years|for as long as|all my life|chronic|长期|since childhood"), 8000.0),
)  # fmt: skip


_SPELLED = re.compile(r"\bfor (?:many |several |some |a few )?(hour|day|week|month|year)s\b")
_RATE = re.compile(
    r"(?:一|每|1)?\s*(?:天|日|周|小时|晚上?|个月)\s*(?:要|都|有|大概|大约|差不多|能|拉|吐|尿|起)*\s*[\d一二两三四五六七八九十几好多]+\s*(?:来|多|几)?\s*(?:次|回|趟|遍|片|粒|包)"
)
"""一天七八次 is how often, not how long."""
_RATE_BEFORE = re.compile(
    r"(?:times|episodes|stools|bouts|packs?|drinks?|cigarettes|once|twice|per|every)\s*$"
)
_ONCE = re.compile(r"前?(?:前)?(?:有过|得过|患过|做过|曾|诊断|查出|发现过|因)")


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something has lasted, in hours, heard at raw[start:end]."""

    hours: float
    start: int
    end: int


def durations(text: str) -> list[Duration]:
    """Spans of time in normalised text, in order; ages and weeks of pregnancy are not among them."""
    found = []
    for match in _ZH_DURATION.finditer(text):
        try:
            amount = number(match.group(1))
        except ValueError:
            continue
        if match.group(2) in ("月", "日") and not re.search(r"个", match.group()) and match.group(3) is None:
            continue  # 3月 is March, not three months
        if "半" in match.group()[len(match.group(1)) :]:
            amount += 0.5
        found.append(Duration(amount * _HOURS[match.group(2)], *match.span()))
    for match in _EN_DURATION.finditer(text):
        try:
            amount = number(match.group(1))
        except ValueError:
            continue
        found.append(Duration(amount * _HOURS[match.group(2)], *match.span()))
    for match in _SPELLED.finditer(text):
        found.append(Duration(3 * _HOURS[match.group(1)], *match.span()))
    found = [
        d
        for d in found
        if not _RATE.match(text[d.start :])
        and not _RATE_BEFORE.search(text[: d.start])
        and not _ONCE.match(text[d.end - 1 :])
    ]
    for pattern, hours in _SINCE:
        for match in pattern.finditer(text):
            if all(match.end() <= d.start or match.start() >= d.end for d in found):
                found.append(Duration(hours, *match.span()))
    return sorted(found, key=lambda d: d.start)


def duration_finding(hours: float) -> str:
    """The exclusive finding that a duration falls under."""
    if hours <= 24:
        return "duration_hours"
    if hours <= 7.5 * 24:
        return "duration_days"
    return "duration_weeks" if hours <= 56 * 24 else "duration_months"


def measured_findings(
    measured: list[Measurement], vitals: Mapping[str, Any], age_years: float | None, raw: str, turn: int
) -> list[Finding]:
    """Findings that the possible ones of these values mean, present or absent, marked as measured."""
    found: dict[str, Finding] = {}
    for m in measured:
        if not is_possible(m.name, m.value, vitals):
            continue
        for finding, met in interpret(m.name, m.value, vitals, age_years):
            if finding in found and found[finding].status == "present":
                continue
            found[finding] = Finding(
                finding, "present" if met else "absent", raw[m.start : m.end], (m.start, m.end), turn,
                value=m.value, unit=vitals[m.name]["unit"], origin="measured",
            )  # fmt: skip
    return list(found.values())
