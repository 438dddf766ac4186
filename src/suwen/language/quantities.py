"""Numbers with units in a text: vital signs, durations, and what a value means for someone of this age."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from suwen.core.case import Finding
from suwen.language.fluid import COMPLAINTS, fluid_before

_ZH_DIGITS = {
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
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
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
EN_WORD = (
    rf"(?:(?:(?:a|one|two) hundred(?: and)? )?(?:{_TENS})(?:[\s-](?:{_ONES}))?"
    rf"|(?:ten|eleven|twelve|thir|four|fif|six|seven|eigh|nine)(?:teen)?\b|(?:{_ONES}))"
)
"""A number in English words, up to 299."""
_N = r"(\d+(?:\.\d+)?)"
_CN = r"(\d+(?:\.\d+)?|[一二两俩三四五六七八九十百几数半零]+)"
OF_TIME = (
    r"(?![\d一二三四五六七八九十百几]|\.\d|\s*(?:多|余|来)?\s*(?:个|点|分钟|小时|钟头|天|日|周|星期|礼拜|月|年|岁|次|倍|片|粒|遍|级|步|克|毫升|"
    r"minutes?|mins?|hours?|hrs?|days?|nights?|weeks?|wks?|months?|years?|yrs?|times|mg|ml|g\b|grams?|spoons?|tablets?|units?|cm|mm\b(?!\s*hg)))"
)
"""What must not stand behind a reading: a number that counts time, times or a dose is none."""
_V = rf"(\d+(?:\.\d+)?|[一二两三四五六七八九][十百][一二两三四五六七八九十百零几]*(?:点[一二三四五六七八九零])?){OF_TIME}"
"""A reading in digits or Chinese numerals."""
_BEATS = _V.replace("次|", "")
"""The same of a rate, whose unit 次 is."""


def number(text: str) -> float:
    """A number written in digits, Chinese numerals or English words; raises ValueError for anything else."""
    text = text.strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if text in _EN_NUMBERS:
        return float(_EN_NUMBERS[text])
    if re.fullmatch(EN_WORD, text):
        return _english(text)
    if text == "半":
        return 0.5
    whole, point, tenths = text.partition("点")
    if point and len(tenths) == 1 and tenths in _ZH_DIGITS:
        return number(whole) + _ZH_DIGITS[tenths] / 10
    if text and all(c in _ZH_DIGITS or c in "十百" for c in text):
        total, digit = 0.0, 0.0
        for char in text:
            if char in "十百":
                total += (digit or 1) * (10 if char == "十" else 100)
                digit = 0
            else:
                digit = _ZH_DIGITS[char]
        return total + digit * (10 if text[-2:-1] == "百" else 1)  # 一百八 is 180
    raise ValueError(text)


def _english(text: str) -> float:
    total = 0.0
    for word in re.split(r"[\s-]+", text):
        total = total * 100 if word == "hundred" else total + _EN_NUMBERS.get(word, 0)
    return total


@dataclass(frozen=True, slots=True)
class Measurement:
    """A vital sign or weight heard at raw[start:end], in the unit of vitals.yaml."""

    name: str
    value: float
    start: int
    end: int


_NO_RATE = re.compile(
    r"(?:胎(?:儿)?|f(?:o?etal|o?etus)\b.{0,12}|\bbaby'?s? )$|(?:增加|加快|相差|\b(?:rose|risen|rises?|increase[sd]?|up|fell|dropped|went up|differ\w*) by)\D{0,12}$"
)
"""Before a rate that is a difference, or the heart of a child unborn."""


def _pulse(match: re.Match[str]) -> float:
    """A rate of the heart of the one spoken of: no increment, no difference, no fetal heart."""
    before = match.string[max(0, match.start() - 24) : match.start()]
    if _NO_RATE.search(before) or _NO_RATE.search(match.string[match.start() : match.start(1)]):
        raise ValueError
    return number(match.group(1))


def _fahrenheit(match: re.Match[str]) -> float:
    return round((float(match.group(1)) - 32) * 5 / 9, 1)


def _first(match: re.Match[str]) -> float:
    return number(match.group(1))


_ANGLE = re.compile(
    r"(?:屈|伸|展|旋|抬高?|弯|受限|倾斜|近视|散光|flex\w*|extend\w*|abduct\w*|rotat\w*|bends?|limited|angle|curve[sd]?)\D{0,24}$"
)
_WEATHER = re.compile(
    r"(?:[气室水油]温|天气|外面|室外|户外|高温|\bweather|\boutdoors?|\boutside|\bwater|\bbath)[^\d,.;]{0,12}$"
)


def _of_a_body(match: re.Match[str]) -> float:
    """Degrees without a word for temperature: only what a living body can have, no angle of a joint and no weather."""
    value = float(match.group(1))
    before = match.string[max(0, match.start() - 40) : match.start()]
    if not 33 <= value <= 43.5 or _ANGLE.search(before) or _WEATHER.search(before):
        raise ValueError
    return value


def _temperature(match: re.Match[str]) -> float:
    """Degrees without a unit: above 60 they are Fahrenheit."""
    value = number(match.group(1))
    return round((value - 32) * 5 / 9, 1) if 80 <= value <= 115 else value


def _degrees_and_tenths(match: re.Match[str]) -> float:
    return number(match.group(1)) + number(match.group(2)) / 10


def _of_a_thermometer(match: re.Match[str]) -> float:
    """A bare number beside a thermometer or where it was put."""
    value = _temperature(match)
    if not 34 <= value <= 43.5:
        raise ValueError
    return value


def _pounds(match: re.Match[str]) -> float:
    return round(float(match.group(1)) * 0.45359, 1)


def _jin(match: re.Match[str]) -> float:
    return float(match.group(1)) / 2


def _milligrams(match: re.Match[str]) -> float:
    _of_blood(match)
    return round(float(match.group(1)) / 18.0, 1)


def _stone(match: re.Match[str]) -> float:
    return round(float(match.group(1)) * 6.3503, 1)


def _metres(match: re.Match[str]) -> float:
    return round(float(match.group(1)) * 100)


def _feet(match: re.Match[str]) -> float:
    return round(float(match.group(1)) * 30.48 + float(match.group(2) or 0) * 2.54)


def _saturation(match: re.Match[str]) -> float:
    """A reading of what is clipped to a finger: only what a living person can have."""
    value = number(match.group(1))
    if not 50 <= value <= 100:
        raise ValueError
    return value


_BESIDE = re.compile(r"(?<![a-z])(?:bp|t|hr|rr|spo2|sao2|sats?|gcs)(?![a-z])|血压|体温|呼吸|脉搏|心率")


def _among_vitals(match: re.Match[str]) -> float:
    """A number behind a bare letter, as a chart has it (T 36.8, P 104, R 26): only beside another vital sign."""
    around = (
        match.string[max(0, match.start() - 40) : match.start()],
        match.string[match.end() : match.end() + 40],
    )
    if not any(_BESIDE.search(side) for side in around):
        raise ValueError
    return float(match.group(1))


_STRIP_GRADE = re.compile(r"\s*\+(?!\s*\d)")


def _of_blood(match: re.Match[str]) -> None:
    """Refuses a glucose of urine or of another fluid, and the grade of a test strip."""
    named = match.group().startswith(("血", "blood"))
    if _STRIP_GRADE.match(match.string, match.end(1)) or (
        not named and fluid_before(match.string, match.start()) not in ("blood", *COMPLAINTS)
    ):
        raise ValueError


def _glucose(match: re.Match[str]) -> float:
    _of_blood(match)
    value = number(match.group(1))
    in_mmol = re.match(r"\s*mmol", match.string[match.end() :])
    return round(value / 18.0, 1) if value > 45 and not in_mmol else value


_BEDSIDE = r"(?:指(?:尖|末梢?)?血(?!氧|压|常规)|末梢血(?!常规|象|氧)|(?<![a-z])(?:bms?|cbgs?|dextro(?:stix)?|dxt|fsbg|bsl|rbs|fbs|rbg|fbg))(?:糖|值| is| was| of| at| reads?|[:=为是\s])*"
_COUNT = re.compile(r"\s*(?:[x×/~-]|per\b|an? day|of\b)")


def _bedside(match: re.Match[str]) -> float:
    """A glucose by a name of the ward (BM 2.4): a small whole number without a unit may count bowel movements."""
    told, after = match.group(1), match.string[match.end() :]
    if _COUNT.match(after) or (told.isdigit() and int(told) < 10 and not after.lstrip().startswith("mmol")):
        raise ValueError
    return _glucose(match)


_PATTERNS: tuple[tuple[str, str, Callable[[re.Match[str]], float]], ...] = (
    ("temperature", r"(?<!\d)(3[4-9]|4[0-2])度([一二三四五六七八九\d])(?![\d天周个小月年次日])", _degrees_and_tenths),
    (
        "temperature",
        r"(?:^|\b(?:is|was|now|at|of|about|around|to|reads?|hit|reached)\s|[到了有约近,])\s*((?:3[5-9]|4[0-2])\.\d)(?![\d.]|\s*(?:kg|公斤|斤|weeks?|wks?|%|mm|cm|lbs?|mg|g/|/|days?|周|天|个|岁|厘米|years?|months?|hours?|ml))",
        _first,
    ),
    ("temperature", _N + r"\s*(?:°\s*f\b|f\b|degrees?\s*f(?:ahrenheit)?\b|华氏度?)", _fahrenheit),
    ("temperature", r"(?:烧到|烧|体温|温度|发热|发烧|高烧|量|测|枪)\D{0,6}?" + _CN + r"度" + r"([一二三四五六七八九\d])(?![\d天周个小月年次日])", _degrees_and_tenths),
    ("temperature", r"(?<!气温)(?<!室温)(?<!水温)(三十[五六七八九])度([一二三四五六七八九])(?![\d天周个小月年次日])", _degrees_and_tenths),
    ("temperature", r"(?:烧到|烧|体温|温度|发热|发烧|高烧)\D{0,6}?([三四][一二三四五六七八九十]+)度", _first),
    ("temperature", _N + r"\s*(?:°\s*c\b|度|c\b|degrees?\s*c(?:elsius)?\b|摄氏度)(?!(?:[\d一二三])(?![天周个小月年次日]))(?!房室|烧伤|烫伤|近视|角)", _of_a_body),
    ("temperature", r"(?:\btemp(?:erature)?|体温|\bfever|\bt)\b\s*(?:is|was|of|up to|to|at|about|around|:|=|max|had been|高达|最高|到|reached|为|有)?\s*(?:up to|about|around|of|as high as)?\s*" + _N + r"(?!\s*(?:days?|weeks?|hours?|months?|/|天|周|月|个))", _temperature),
    ("temperature", r"(?:体温|烧到|烧到了|发烧到|最高)\D{0,3}" + _N, _temperature),
    ("temperature", r"(?:(?<!重)量|测|耳温|额温|肛温|腋温|体温[计表枪]|温度计)(?:了|一下|出来|得|的|是|到|又|都|体温|枪|计|显示|,|\s)*" + _V, _of_a_thermometer),
    ("temperature", _N + r"\s*(?:degrees )?(?:under (?:the|his|her|my|their) arm|(?:by|on|with) (?:the|a|my|our) (?:ear )?thermometer|rectal|orally|by mouth)", _of_a_thermometer),
    ("temperature", r"\b(?:thermometer|ear thing|rectal(?:ly)?)(?:'s)?\s*(?:says?|said|reads?|reading|shows?|showed|was|is|of|at|:)?\s*" + _V, _of_a_thermometer),
    ("temperature", r"(?:发烧|发热|高烧|高热|低热|低烧|烧)(?:都|有|是|达|快|近|约|在|:|\s){0,3}((?:3[5-9]|4[0-2])(?:\.\d)?)(?![\d.]|\s*(?:[-~到至]\s*\d|多|余|来|个|天|日|周|星期|月|年|小时|岁|次|分|片|/))", _first),
    ("temperature", r"(?<![a-z\d])t\s*[:=]?\s*((?:3[4-9]|4[0-2])\.\d)(?![\d.%])", _first),
    ("spo2", r"(?:血氧(?:饱和度|仪)?|spo2|sao2|\bso2|o2 sat(?:uration)?s?|oxygen (?:saturation|levels?|reading)|\bsats?\b|saturation|pulse oximetry|pulse ox(?:imeter)?)(?:(?!心率|脉|今年|pulse|heart)\D){0,18}?" + _V, _first),
    ("spo2", r"(?:手指头?夹的|夹手指|指夹|指脉氧|测氧|finger (?:clip|thing|peg|probe|monitor)|(?:clip|peg|probe|thing) on (?:his|her|my|the) finger)(?:(?!心率|脉|今年|pulse|heart)\D){0,20}?" + _V, _saturation),
    ("heart_rate", r"(?:心率|脉搏|心跳|(?<![动静门])脉(?=[一每1]分钟)|heart rate|\bhr|pulse(?! ?ox)(?: rate)?)(?:\D{0,8}?[1一]分钟)?\D{0,14}?" + _BEATS, _pulse),
    ("heart_rate", r"\bheart(?: is|'s| was)? (?:beating|beats|racing|going) at(?: about| around)? " + _BEATS, _pulse),
    ("spo2", r"\boxygen(?:'s| is| was| of| at|:)? (?:about |around |only |down to )?(\d{2})\s*%", _saturation),
    ("respiratory_rate", r"\bbreath(?:es|ing)\b[^.;\d]{0,30}?\bat(?: about| around)? (\d{2})(?= (?:a|per) min)", _first),
    ("heart_rate", _N + r"\s*(?:bpm|beats per minute|beats/min)", _pulse),
    ("heart_rate", r"(?<![a-z\d])p\s*[:=]?\s*(\d{2,3})(?![\d.%])", _among_vitals),
    ("respiratory_rate", r"(?<![a-z\d])r\s*[:=]?\s*(\d{1,2})(?![\d.%])", _among_vitals),
    ("respiratory_rate", r"呼吸\s*[:约]?\s*(\d{2,3}\s*(?=次)|\d\s*(?=次/分))", _first),
    ("respiratory_rate", r"(?:呼吸频率|呼吸次数|呼吸每分钟|(?:呼吸|喘)\D{0,4}[1一]分钟|respiratory rate|\brr|respirations?)\D{0,12}?" + _BEATS, _first),
    ("respiratory_rate", _N + r"\s*(?:breaths per minute|breaths/min)", _first),
    ("glucose", r"(?:血糖|blood sugar|glucose|sugar|\bglu(?=\s*[:=]))\D{0,16}?" + _N + r"\s*mg", _milligrams),
    ("weight", r"(?:体重|重)\D{0,3}" + _N + r"\s*斤", _jin),
    ("weight", r"(?:weighs?|weight of|weight is)\D{0,5}" + _N + r"\s*(?:lbs?|pounds?)", _pounds),
    ("weight", r"(?:weighs?|weight of|weight is|^|[,;.]|\bi'm)\s*(\d{1,2}(?:\.\d)?) ?(?:stone|st)\b", _stone),
    ("weight", r"体重(?:由|从)[^,.;]{0,12}?[到至]\s*" + _N + r"\s*(?:kg|公斤|千克)", _first),
    ("glucose", r"(?:血糖|blood sugar|blood glucose|glucose|\bglu(?=\s*[:=]))(?:(?!血压|心率|体温)\D){0,16}?" + _V, _glucose),
    ("glucose", _BEDSIDE + _N + r"(?=\s*mg\s*/)", _milligrams),
    ("glucose", _BEDSIDE + _V, _bedside),
    ("glucose", r"\bglu\s*" + _N + r"(?=\s*(?:mmol|mg))", _glucose),
    ("glucose", r"空腹(?:都|是|测|量|为|到|有|快|[:\s])*" + _V, _glucose),
    ("glucose", r"(?:\bsugars?(?:'s| is| was| are| were| of| at| reads?| reading)|finger[- ]prick\D{0,12}?|\bmeter (?:says|said|reads|read|shows|showed))\s*(?:only |about |at |up to |down to )?" + _V, _glucose),
    ("weight", r"(?:体重(?!指数)|weighs?|weight of)\D{0,5}" + _N + r"\s*(?:kg|公斤|千克)(?!\s*[增升涨降减]|(?:公斤|千克)?[到至])", _first),
    ("height", r"(?:身高|height)\D{0,6}(1\.\d{1,2}|2\.\d)\s*(?:m\b|米)", _metres),
    ("height", r"(?:身高|height)\D{0,6}(\d{2,3}(?:\.\d)?)\s*(?:cm|厘米|公分)?" + OF_TIME.replace("cm|", ""), _first),
    ("height", r"\b([4-6])\s*(?:ft|foot|feet|')\s*(\d{1,2})?", _feet),
    ("bmi", r"(?:\bbmi|body mass index|体重指数|体质指数|体质量指数)\D{0,8}?" + _V, _first),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern), read) for name, pattern, read in _PATTERNS)
_PRESSURE = re.compile(
    r"(?<![\d.])(\d{2,3})\s*/\s*(\d{2,3})(?!\s*\d*\s*(?:年|月|日|/))"
    rf"|\b(\d{{2,3}}|{EN_WORD})\s+over\s+(\d{{2,3}}\b|{EN_WORD}){OF_TIME}(?!\s*%)"
)
_PRESSURE_CUE = re.compile(r"血压|高压|blood pressure|\bbp\b|mm\s*hg|hypertens")
_OF_ONE = (
    ("sbp", re.compile(r"(?:高压(?!氧|锅|线|电)|上压|(?<!动脉)(?<!右室)(?<!右心室)收缩压|(?<!artery )(?<!ventricular )systolic(?! pulm)|\btop number)\D{0,20}?" + _V)),
    ("dbp", re.compile(r"(?:低压|下压|舒张压|diastolic|\bbottom number)\D{0,20}?" + _V)),
    ("sbp", re.compile(r"(?:血压|\bbp\b|blood pressure)(?:(?!心率|脉|低压|舒张|下压|体温|血糖|高压|收缩|heart|pulse|top|bottom|[,.;:])\D){0,14}?(?=\d{3}|[一二两]百)" + _V)),
)  # fmt: skip
"""One of the two numbers of a blood pressure, or the one that is told of it."""


def measurements(text: str) -> list[Measurement]:
    """Vital signs and weight in normalised text, each place used once, in order of position."""
    found: list[Measurement] = []
    used: list[tuple[int, int]] = []

    def keep(name: str, value: float, start: int, end: int) -> None:
        if all(end <= a or start >= b for a, b in used):
            found.append(Measurement(name, value, start, end))
            used.append((start, end))

    for match in _PRESSURE.finditer(text):
        high, low = (int(number(g)) for g in match.groups() if g)
        near = text[max(0, match.start() - 40) : match.end() + 8]
        if (_PRESSURE_CUE.search(near) and high > 40) or (
            low < high and 70 <= high <= 260 and 35 <= low <= 160
        ):
            found.append(Measurement("sbp", high, match.start(), match.end()))
            found.append(Measurement("dbp", low, match.start(), match.end()))
            used.append(match.span())
    for name, pattern in _OF_ONE:
        for match in pattern.finditer(text):
            keep(name, number(match.group(1)), *match.span(1))
    for name, compiled, read in _COMPILED:
        for match in compiled.finditer(text):
            try:
                value = read(match)
            except ValueError:
                continue
            if name == "temperature" and not 20 <= value <= 1000:
                continue
            keep(name, value, *match.span())
    found = [m for m in found if not _is_difference(m, text)]
    found += _derived(text, found)
    return sorted(found, key=lambda m: m.start)


_CORE = re.compile(r"\bcore\b|核心")
_CHANGED_BY = re.compile(
    r"(?:\b(?:fell|falls?|fallen|rose|rises?|risen|dropp?ed|drops?|increas\w+|decreas\w+|changed|differ\w*) (?:[a-z]+ ){0,3}?by"
    r"|\b(?:fall|rise|drop|increase|decrease|increment|decrement|change|difference)s? (?:in [a-z ]{1,25})?of) (?:about |around |over |at least |more than |only )?\d[\d.]*\D{0,12}$"
)
_CHANGED_ZH = re.compile(r"(?:下降|升高|增加|上升|降低|加快|减慢|增快|相差)了?约?\s*\d+\D{0,6}$")
_LEAST_ALIVE = {"heart_rate": 50, "sbp": 60, "dbp": 40}
"""Below these a Chinese 'fell 20' is by how much, and above them to what: 血压下降20mmHg, 心率增快120次."""


def _is_difference(measurement: Measurement, text: str) -> bool:
    """Whether a number is by how much a value changed: 'systolic fell by 30 mmHg', 心率增加42次/分."""
    told = text[max(0, measurement.start - 40) : measurement.end]
    if _CHANGED_BY.search(told):
        return True
    low = _LEAST_ALIVE.get(measurement.name)
    return low is not None and measurement.value < low and _CHANGED_ZH.search(told) is not None


_FASTING = re.compile(r"空腹|fasting")
_ARM = re.compile(
    r"(右|左|right|left)(?!\D{0,3}(?:eye|ear|knee|kidney|ovary|眼|耳|膝|肾))(?:边|侧|上肢|臂|胳膊|手|\s*arm)*\D{0,8}?(\d{2,3})(?!\d)"
)
_OF_AN_EYE = re.compile(r"(?:眼压|眼内压|\biops?\b|(?:intraocular|eye) pressures?)[^.;。]{0,30}$")
_LYING = r"lying(?: down)?|supine|recumbent|sitting|seated|平?卧位?|坐位?|平?躺着?"
_UPRIGHT = r"standing(?: up)?|upright|[直站]?立位?|站着|站起来?后?"
_POSTURE_BEFORE = re.compile(
    rf"(?:(?P<down>{_LYING})|(?P<up>{_UPRIGHT}))[^\d,;.]{{0,8}}(?:[1-9]0?\s*(?:分钟|min|minutes?))?[^\d,;.]{{0,16}}$"
)
_POSTURE_AFTER = re.compile(
    rf"[^\d,;.]{{0,14}}?(?:(?P<down>{_LYING})|(?P<up>{_UPRIGHT}))(?![^\d,;]{{0,12}}\d)"
)
_FALLS = re.compile(
    rf"(?:drop|dropp|fall|fell|decreas|降|掉|跌)[^\d;.]{{0,24}}?(?P<from>\d{{2,3}})(?:/\d+)?\D{{1,10}}?(?P<to>\d{{2,3}})(?!\d)[^;.]{{0,30}}?(?:{_UPRIGHT}|stands?\b)"
)
"""A blood pressure lying and standing."""


def _derived(text: str, found: list[Measurement]) -> Iterator[Measurement]:
    """What other values make: the body mass index, a fasting glucose, the difference between two arms."""
    of = {m.name: m for m in found}
    if "bmi" not in of and {"weight", "height"} <= set(of) and of["height"].value > 0:
        weight = of["weight"]
        yield Measurement(
            "bmi", round(weight.value / (of["height"].value / 100) ** 2, 1), weight.start, weight.end
        )
    yield from _postural(text, found)
    yield from _postural_pulse(text)
    for m in found:
        if m.name == "temperature" and _CORE.search(text[max(0, m.start - 10) : m.end]):
            yield Measurement("core_temperature", m.value, m.start, m.end)
    for m in found:
        if m.name == "glucose" and _FASTING.search(text[max(0, m.start - 10) : m.end]):
            yield Measurement("fasting_glucose", m.value, m.start, m.end)
    arms = {"右": "right", "左": "left"}
    sides = {
        arms.get(m[1], m[1]): m for m in _ARM.finditer(text) if not _OF_AN_EYE.search(text, 0, m.start())
    }
    if len(sides) == 2 and (_PRESSURE_CUE.search(text) or "sbp" in of):
        first, second = sorted(sides.values(), key=lambda m: m.start())
        yield Measurement("arm_difference", abs(int(first[2]) - int(second[2])), first.start(), second.end())


def _postural(text: str, found: list[Measurement]) -> Iterator[Measurement]:
    """By how much the upper pressure falls on standing, where both were taken or the fall is told."""
    told = _FALLS.search(text)
    if told and int(told["from"]) > int(told["to"]) >= 40:
        yield Measurement(
            "postural_drop", int(told["from"]) - int(told["to"]), told.start("from"), told.end("to")
        )
        return
    of: dict[str, Measurement] = {}
    for m in found:
        if m.name == "sbp":
            posture = _POSTURE_BEFORE.search(text, max(0, m.start - 40), m.start) or _POSTURE_AFTER.match(
                text, max(m.end, next((d.end for d in found if d.name == "dbp" and d.start == m.start), 0))
            )
            if posture:
                of.setdefault("down" if posture["down"] else "up", m)
    if set(of) == {"up"}:  # what was taken before the one on standing was taken at rest
        rest = [m for m in found if m.name == "sbp" and m.start < of["up"].start]
        of |= {"down": rest[-1]} if rest else {}
    if len(of) == 2:
        first, last = sorted(of.values(), key=lambda m: m.start)
        yield Measurement("postural_drop", max(0, of["down"].value - of["up"].value), first.start, last.end)


_PULSE = r"(?:心率|心跳|脉搏|heart rate|\bhr\b|\bpulse\b)"
_PULSE_BY = re.compile(
    rf"{_PULSE}[^.;\d]{{0,20}}?(?:\brose|\brisen|\brises?|increase[sd]?|\bwent up|\bgoes up|\bup|增加|增快|加快|上升)(?: by|了)?\s*(?P<by>\d{{2,3}})(?!\d)"
)
_PULSE_TO = re.compile(
    rf"{_PULSE}[^.;\d]{{0,16}}(?P<from>\d{{2,3}})(?P<between>[^.;\d]{{0,20}})(?P<to>\d{{2,3}})(?![\d/])"
)
_STANDS = re.compile(_UPRIGHT)
_TO = re.compile(rf"升|增|\bto\b|->|→|(?:{_UPRIGHT}|{_LYING})")


def _postural_pulse(text: str) -> Iterator[Measurement]:
    """By how much the pulse rises on standing, where that is told."""
    for pattern in (_PULSE_BY, _PULSE_TO):
        told = pattern.search(text)
        if told is None or not _STANDS.search(text, max(0, told.start() - 12), told.end() + 24):
            continue
        if pattern is _PULSE_BY:
            yield Measurement("postural_pulse_rise", int(told["by"]), *told.span())
            return
        if _TO.search(told["between"]) and int(told["to"]) > int(told["from"]):
            yield Measurement("postural_pulse_rise", int(told["to"]) - int(told["from"]), *told.span())


_ACUITY = re.compile(
    r"(?:\bacuity|\bvision|\beyes?\b|\bva\b|\bo[ds]\b|视力)(?:(?!\bbp\b|pressure|血压)[^.\d]){0,30}?(?<!\d)(?P<at>20|6)\s*/\s*(?P<of>\d{1,3})(?!\d)"
)
POOR_ACUITY = 2.0
"""What is seen at 20 feet and by others at 40 is blurred. Source: estimate, as a driving licence is refused there."""


def acuities(text: str) -> list[tuple[int, int, str]]:
    """Measured acuities that are poor, as (start, end, finding)."""
    if "/" not in text:
        return []
    return [
        (*m.span(), "blurred_vision")
        for m in _ACUITY.finditer(text)
        if int(m["of"]) >= POOR_ACUITY * int(m["at"])
    ]


_CYCLE_LENGTH = re.compile(
    r"(?:月经周期|例假周期|周期)(?!\D{0,6}(?:规[律则]|正常))[^\d,.;]{0,10}?(?P<zh>\d{2})(?:\s*[-~至到]\s*\d{2,3})?\s*[天日]"
    r"|\b(?:menstrual )?(?:cycles?|periods?) (?:\w+ ){0,3}?(?:of|every|are|is|lasts?|run) (?:about |every )?(?P<en>\d{2})(?:\s*(?:-|to)\s*\d{2,3})? days"
)
CYCLE_DAYS = (21, 35)
"""Of a regular menstrual cycle, from one first day to the next. Source: FIGO."""


def cycles(text: str) -> list[tuple[int, int, str]]:
    """Menstrual cycles that are too short or too long, as (start, end, finding)."""
    low, high = CYCLE_DAYS
    return [
        (*m.span(), "irregular_periods") for m in _CYCLE_LENGTH.finditer(text)
        if not low <= int(m["zh"] or m["en"]) < high and int(m["zh"] or m["en"]) >= 10
    ]  # fmt: skip


_NO_PERIOD = re.compile(
    rf"(?:月经|例假|大姨妈|姨妈|经期)(?:都|已经?|也|有|快|就|停了?|,)*\s*{_CN}\s*个?多?(?P<unit>月|天)(?:都|也|了|多|就|还|一直)*(?:没来|没有来|未来|未至|不来|没见|没动静)"
    rf"|{_CN}\s*个?多?(?P<unit2>月|天)(?:都|也|了|多|就|还|一直)*(?:没来|没有来|不来|未来|没见)(?:过)?(?:月经|例假|大姨妈|姨妈)"
    rf"|停经(?:已|约|了|近)*\s*{_CN}\s*\+?\s*(?:余|多)?个?多?(?P<unit3>月|天)(?!\d)"
)
_WITH_CHILD = re.compile(r"孕(?!前|酮)|胎|宫缩|临产|预产|产检|羊水|hcg\s*(?:\(\+\)|\+|阳性)")
"""In a text on a pregnancy 停经 counts its weeks."""
_SINCE_CHILD = re.compile(r"产后|哺乳|喂奶|绝经|生完|剖宫产后")
"""Before it: then that no period comes is as it should be."""
LONG_WITHOUT_DAYS = 90
"""Of no periods, from which on it is called amenorrhoea. Source: as the finding is named (at least three months)."""


def missed(text: str) -> list[tuple[int, int, str]]:
    """For how long no period has come, as (start, end, finding)."""
    found = []
    for m in _NO_PERIOD.finditer(text) if "月" in text or "停经" in text or "姨妈" in text else ():
        if (m["unit3"] and _WITH_CHILD.search(text)) or _SINCE_CHILD.search(text, 0, m.start()):
            continue
        amount = number(m[1] or m[3] or m[5])
        unit = m["unit"] or m["unit2"] or m["unit3"]
        days = amount * {"月": 30, "周": 7, "天": 1}[unit]
        found.append((*m.span(), "amenorrhoea" if days >= LONG_WITHOUT_DAYS else "missed_period"))
    return found


_URINE_VOLUME = re.compile(
    r"(?<!每次)(?<!次)(?<!残余)(?:24 ?h(?:小时)?|24小时|全天|每[天日]|一[天日])?(?:总)?尿量(?:约|为|仅|只有|不足|不到|少于|小于|大于|多于|减少|增多|至|到|[<>:,]|\s)*(\d{1,5})(?:\s*[-~]\s*\d+)?\s*(?:ml|毫升)(?!\s*/?\s*次)(?P<hour>\s*/\s*(?:h|小时))?"
)
URINE_OF_A_DAY = (400, 2500)
"""ml under which urine is little and above which it is much, of an adult. Source: textbooks of nephrology (PRC)."""


def urine_volumes(text: str) -> list[tuple[int, int, str]]:
    """Measured amounts of urine of a day that are too small or too large, as (start, end, finding)."""
    if "尿量" not in text:
        return []
    low, high = URINE_OF_A_DAY
    found = []
    for m in _URINE_VOLUME.finditer(text):
        amount = int(m[1]) * (24 if m["hour"] else 1)
        if amount < low or (amount == low and "<" in m.group()):
            found.append((*m.span(), "oliguria"))
        elif amount > high:
            found.append((*m.span(), "polyuria"))
    return found


_FEVER_FOR = re.compile(
    rf"(?:发热|发烧|低热|高热|低烧|高烧)(?:都|已|有|近|约|反反复复|反复|间断|断断续续|持续|了|,)*{_CN}\s*(?:余|多)?(?:个)?(?:多|半)?(?P<unit>天|日|周|星期|礼拜|月)(?!前|岁|龄|[\d初中底])"
)
LONG_FEVER_DAYS = 7
"""From which on a fever is called prolonged, as the finding is named."""


def fevers(text: str) -> list[tuple[int, int, str]]:
    """Fevers of more than a week by the time told right behind them, as (start, end, finding)."""
    days = {"天": 1, "日": 1, "周": 7, "星": 7, "礼": 7, "月": 30}
    return [
        (*m.span(), "prolonged_fever")
        for m in _FEVER_FOR.finditer(text)
        if number(m[1]) * days[m["unit"][0]] > LONG_FEVER_DAYS
    ]


_MOVEMENTS = re.compile(
    r"胎动(?:在|为|约|有|,|\s)*(?P<hours>\d{1,2}|一|两|二|半|十二|每|1)?个?小时(?:内|里|才|只有|只|仅|约|有|,|\s)*(?P<count>\d{1,2})次"
    r"|f(?:o?)etal movements?[^.;\d]{0,16}(?P<count_en>\d{1,2}) in (?P<hours_en>\d{1,2}|an|one|two) hours?"
)
MOVEMENTS_AN_HOUR = 5
"""Of a child unborn, under which they are few (10 in two hours). Source: 妇产科学（第9版）."""


def movements(text: str) -> list[tuple[int, int, str]]:
    """Counts of the movements of a child unborn that are low, as (start, end, finding)."""
    found = []
    for m in _MOVEMENTS.finditer(text) if "胎动" in text or "etal movement" in text else ():
        hours = m["hours"] or m["hours_en"] or "1"
        per_hour = int(m["count"] or m["count_en"]) / (1 if hours == "每" else number(hours))
        if per_hour < MOVEMENTS_AN_HOUR:
            found.append((*m.span(), "reduced_fetal_movement"))
    return found


_TOLERANCE = re.compile(
    r"(?:ogtt|糖耐量(?:试验)?|glucose tolerance test)[^.;\d]{0,20}(\d{1,2}\.\d)(?:[^\d]|1\s?(?:h|小时|hour)){1,16}?(\d{1,2}\.\d)(?:[^\d]|2\s?(?:h|小时|hour)){1,16}?(\d{1,2}\.\d)"
)
TOLERANCE = (5.1, 10.0, 8.5)
"""mmol/L fasting, after one and after two hours, from which on one is too high in pregnancy. Source: cma_gdm_2022."""


def tolerance_tests(text: str) -> list[tuple[int, int, str]]:
    """Tests of three values of which one is too high, as they are done in pregnancy, as (start, end, finding)."""
    return [
        (*m.span(), "ogtt_abnormal")
        for m in _TOLERANCE.finditer(text)
        if any(float(told) >= limit for told, limit in zip(m.groups(), TOLERANCE, strict=True))
    ]


_COMA_SCORE = re.compile(
    r"(?:\bgcs|格拉斯哥(?:昏迷)?)(?: ?(?:score|评分|昏迷评分|昏迷量表))?(?: (?:is|was|of))?[\s:=为]*(\d{1,2})(?!\d|\s*[-~]\s*15)"
)
_COMA_PARTS = re.compile(r"(?<![a-z\d])e([1-4])[\s,]*v([1-5])[\s,]*m([1-6])(?!\d)")
COMA_SCORE = 12
"""Up to which consciousness is clearly lowered (moderate, 9 to 12, and severe). Source: Teasdale and Jennett 1974."""


def coma_scores(text: str) -> list[tuple[int, int, str]]:
    """Low scores of the Glasgow coma scale, whole or in its parts, as (start, end, finding)."""
    whole = [(m.span(), int(m[1])) for m in _COMA_SCORE.finditer(text)]
    parts = [(m.span(), int(m[1]) + int(m[2]) + int(m[3])) for m in _COMA_PARTS.finditer(text)]
    return [(*span, "reduced_consciousness") for span, score in whole + parts if 3 <= score <= COMA_SCORE]


_PARITY = re.compile(r"(?<![a-z\d])g\s?\d{1,2}\s?p\s?0(?!\d)|孕[\d一二三四]产0")


def parity(text: str) -> list[tuple[int, int, str]]:
    """G2P0 has never given birth, as (start, end, finding)."""
    return [(*m.span(), "nulliparous") for m in _PARITY.finditer(text)]


def numbers_told(text: str) -> list[tuple[int, int, str]]:
    """Findings that a number in words says: weight that was lost, an acuity, the length of a cycle, the urine of a day."""
    return [*weight_changes(text), *acuities(text), *cycles(text), *missed(text), *urine_volumes(text), *parity(text), *fevers(text), *coma_scores(text), *movements(text), *tolerance_tests(text)]  # fmt: skip


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
            if not met and (rule.get("open_from", value + 1) <= value or value < rule.get("open_to", value)):
                continue
            seen[rule["finding"]] = seen.get(rule["finding"], False) or met
    yield from seen.items()


def is_possible(name: str, value: float, vitals: Mapping[str, Any]) -> bool:
    low, high = vitals[name]["possible"]
    return bool(low <= value <= high)


_AMOUNT_EN = rf"(?:(?:about|nearly|near|around|perhaps|maybe|over|almost|another|at least|more than|roughly|probably|close to|up to) )*(?:\d+(?:\.\d+)?|half an?|an?|{EN_WORD})(?: and a half)?(?:\s*(?:-|to|or)\s*\d+)? ?(?:kgs?|kilos?|kilograms?|pounds?|lbs?|stones?|st)\b(?! (?:weight|bag|box|of))"
_AMOUNT_ZH = r"(?:了|掉了|下来|去)?(?:有|将近|大概|差不多|快|近|约|至少|整整)*(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百几]+)(?:多|来|几)?\s*(?:斤|公斤|千克|kg)"
_WEIGHT_CHANGES = (
    ("weight_loss", re.compile(rf"(?<!减肥)(?:瘦|掉|(?:体重|人)(?:轻|减|降|少|下降|减轻|减少)){_AMOUNT_ZH}|从\d+(?:斤|公斤|kg)[^,.;\d]{{0,6}}(?:瘦|掉|降|减|跌)(?:成|到|至|了)+\d|体重(?:由|从)[^,.;]{{0,10}}?(?:降|减|掉|跌|瘦|下降|减轻)(?:至|到)")),
    ("weight_gain", re.compile(rf"(?:胖了?|体重(?:增|长|涨|增加|重)){_AMOUNT_ZH}|从\d+(?:斤|公斤|kg)[^,.;\d]{{0,6}}(?:胖|涨|长|增|升)(?:成|到|至|了)+\d|体重(?:由|从)[^,.;]{{0,10}}?(?:增|升|涨|长|增加|上升)(?:至|到)")),
    ("weight_loss", re.compile(rf"\b(?:lost|lose|losing|dropped|shed) {_AMOUNT_EN}")),
    ("weight_gain", re.compile(rf"\b(?:gained|put on|piled on) {_AMOUNT_EN}")),
)  # fmt: skip


def weight_changes(text: str) -> list[tuple[int, int, str]]:
    """Amounts of weight that somebody lost or gained, as (start, end, finding)."""
    return [
        (*match.span(), name)
        for name, pattern in _WEIGHT_CHANGES
        for match in pattern.finditer(text)
        if not _OWN_WEIGHT.fullmatch(match.group())
    ]


_OWN_WEIGHT = re.compile(r"胖(?:有|将近|大概|差不多|快|近|约)*\d{3}(?:多|来|几)?\s*斤")
"""有点胖170斤 is what somebody weighs, and not by how much more."""


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


_WHAT_WAS_DONE = re.compile(
    r"\s*(?:我|他|她|和朋友|跟朋友|聚餐)*(?:喝了?(?:点|很多|好多)?酒|聚餐|应酬|熬夜|淋雨|淋了雨)(?![^.;]{0,14}(?:开始|起|就|后))"
)
"""昨晚喝酒 is when something was done, not since when it hurts."""
_SPELLED = re.compile(r"\bfor (?:many |several |some |a few )?(hour|day|week|month|year)s\b")
_RATE = re.compile(
    r"(?:一|每|1)?\s*(?:天|日|周|小时|晚上?|个月)\s*(?:要|都|有|大概|大约|差不多|能|会|变|犯|发|来|拉|吐|尿|起)*\s*[\d一二两三四五六七八九十几好多]+\s*(?:来|多|几)?\s*(?:次|回|趟|遍|片|粒|包)"
    r"|(?:一|每|1)分钟\s*(?:才|要|有|都|就|能|到|快)*\s*[\d一二两三四五六七八九十百]+"
    r"|(?:half an |\w+ )(?:hour|minute|min|hr|day|night)s? (?:an?|per|every|each) (?:day|night|week|month)\b"
    r"|(?<=[a-z]s )(?<!\blasts )(?<!\bwas )(?<!\bhas )(?<!\bis )(?<!\bas )an? (?:day|night|week|month)\b(?! (?:ago|now|or|back))"
    r"|(?<=\d )an? (?:day|night|week|month)\b|(?<=\bwine )an? night\b"
)
"""一天七八次, 'two hours a day' is how often or how much, not how long."""
_RATE_BEFORE = re.compile(
    r"(?:times|episodes|stools|bouts|packs?|drinks?|cigarettes|once|twice|per|every|每隔?)\s*$"
)
_ABOUT = r"(?:\s|为|约|是|在|一般|平均|大概|大约|of|are|is|was|run|every|about|at|[:~\d-])*$"
_CYCLE = re.compile(
    r"(?:周期(?:延长|缩短|变长|变短|推后)?[到至]?|末次月经|月经规律|经期|行经|凝血时间|出血时间|(?:凝血酶|凝血活酶)时间|充盈时间|\b(?:bleeding|clotting|prothrombin|thromboplastin|thrombin) time|\ba?ptt|\bpt|\bcapillary refill(?: time)?|\bcycles?|\blmp|last (?:menstrual )?period|孕周|胎龄|\b(?:born|delivered))"
    + _ABOUT
)
"""Before a length that is of a cycle or of the time before birth."""
_NOT_OF_ILLNESS = re.compile(
    r"\s*(?:一次|一来|一个周期|(?:\+\s*\d\s*)?(?:早产|顺产|剖宫产|剖腹产|剖|出生|足月)|early\b|premature)"
)
"""Behind one."""
_EARLY_OR_LATE = re.compile(
    r"(?:提前|推迟|延迟|延后|错后|[晚早]来?)了?$|(?:月经|例假|姨妈|经量)(?:只有?|就|来|才|持续)*$"
)
"""Before the days by which a period comes early or late, or that it lasts."""
_MENSES_GO_ON = re.compile(r"\s*(?:没|未|不|还|淋漓|仍)")
_AFTER_A_MEAL = re.compile(r"(?:[餐饭食糖]|服糖)后\s*(?:第)?$")
_MILESTONE = re.compile(
    r"\s*(?:才|就|时|开始|左右)*(?:会|能|不会|不能)(?:走|独|坐|爬|说|讲|抬头|翻身|站|叫|笑)"
)
_OF_A_TEST = re.compile(
    r"(?:'|\s|-)*(?:(?:ambulatory|continuous|blood pressure|bp|prolonged|video|supervised|overnight) )*"
    r"(?:urine\b(?! (?:output )?(?:retention|frequency|leak))|urinary (?:free|protein|albumin|calcium|sodium|cortisol|copper|oxalate|citrate|metanephrine|catecholamine|volume|excretion|collection)"
    r"|stool (?:fat|collection|weight|sample)|fa?ecal fat|holter|tape\b|ecg|ekg|eeg|abpm|monitor|telemetry|recording|(?:o?esophageal )?ph\b|collection|walk(?:ing)?(?: test| distance)?\b|fast\b|step test)"
    r"|\s*(?:的?动态|尿(?:蛋白|液|量(?!少|明显|减|增|很|较)|[钙钠钾磷镁铜糖酸]|微量|白蛋白|总蛋白|游离|皮质醇|草酸|枸橼酸|儿茶酚胺|香草|肌酐|淀粉酶|醛固酮|培养|标本)|血压监测|心电|脑电|视频脑电|食管|(?:步行|行走)(?:试验|测试|距离)?|饥饿试验|粪便?脂肪|大便脂肪|粪脂|出入量|总?入量|胃液|holter)"
)
"""Behind a length that is of a test: 24小时尿蛋白, '24-hour tape', '6-minute walk'."""
_TESTED_FOR = re.compile(
    r"(?:holter|tape|telemetry|monitor(?:ed|ing)?|recording|fast(?:ed|ing)|observ(?:ed|ation)) (?:for|over|of) (?:about )?(?:an? )?$|(?:禁食|禁水|空腹|饥饿|监护|监测|留观|留院观察|动态心电图|动态血压)了?$"
)
"""Before one: 禁食12小时, 'monitored for 24 hours'."""
_ABLE = re.compile(
    r"\b(?:can|could|able to|manage to)(?:n't)?(?: only| just| barely)? \w+(?: for)?(?: about| only)? $"
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
        if (
            match.group(2) in ("月", "日")
            and not re.search(r"个", match.group())
            and not _of_length(text, match)
        ):
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
        if not _RATE.match(text, d.start)
        and not _RATE_BEFORE.search(text[: d.start])
        and not _ONCE.match(text[d.end - 1 :])
        and not _CYCLE.search(text[: d.start])
        and not _NOT_OF_ILLNESS.match(text[d.end :])
        and not _ABLE.search(text[: d.start])
        and not (_EARLY_OR_LATE.search(text[: d.start]) and not _MENSES_GO_ON.match(text, d.end))
        and not (d.hours < 24 and _AFTER_A_MEAL.search(text[: d.start]))
        and not _MILESTONE.match(text, d.end)
        and not _OF_A_TEST.match(text, d.end)
        and not _TESTED_FOR.search(text[: d.start])
    ]
    for pattern, hours in _SINCE:
        for match in pattern.finditer(text):
            if _WHAT_WAS_DONE.match(text, match.end()):
                continue
            if all(match.end() <= d.start or match.start() >= d.end for d in found):
                found.append(Duration(hours, *match.span()))
    return sorted(found, key=lambda d: d.start)


def _of_length(text: str, match: re.Match[str]) -> bool:
    """Whether 月 or 日 without 个 is a length and no date: 两月, 近3月, 3月余, and 干咳2月 at the end of a clause."""
    before, after = text[: match.start()], text[match.end() :]
    if match.group(3) or match.group(1) in ("两", "俩", "数", "几") or re.search(r"[近约已达逾共]$", before):
        return True
    if re.search(r"[月日][余来]", match.group()):
        return True
    told = re.search(r"[\u4e00-\u9fff]$", before) and not re.search(
        r"(?:[年今去前本从自于在至到生]|农历|阴历)$", before
    )
    return bool(told and re.match(r"\s*(?:[,.;!)]|$)", after))


def duration_finding(hours: float) -> str:
    """The exclusive finding that a duration falls under."""
    if hours <= 24:
        return "duration_hours"
    if hours <= 7.5 * 24:
        return "duration_days"
    return "duration_weeks" if hours <= 56 * 24 else "duration_months"


FEVER_BY_MOUTH = 37.8
"""℃ from which a reading in the mouth or ear of an adult is a fever; in the armpit, as in Chinese practice, it is 37.3.
Source: nice_ng143_2019 has 38 for children, IDSA 2010 37.8 for the old."""
GROWN_UP_YEARS, OLD_YEARS = (16.0, 65.0)
_MAY_BE_FEVER = re.compile(
    r"[\u4e00-\u9fff]|armpit|under (?:the|his|her|my) arm|axill|chemo|neutropen|transplant|leuk|lymphoma|myeloma|steroid|immun|\bhiv\b|dialysis|spleen|paracetamol|acetaminophen|ibuprofen|aspirin|antipyretic",
    re.IGNORECASE,
)
"""Words with which 37.3 ℃ stays a fever: another place of the thermometer, weak defences, a fever that was brought down."""


def _is_low_grade(value: float, age_years: float, raw: str) -> bool:
    """Whether 37.3 to 37.7 ℃ in an English text says nothing either way."""
    grown_up = GROWN_UP_YEARS <= age_years < OLD_YEARS
    return grown_up and value < FEVER_BY_MOUTH and not _MAY_BE_FEVER.search(raw)


HIGH_FEVER = 39.0
"""℃ from which on the pulse is expected to be fast. Source: as high_fever in vitals.yaml."""


LOW_DIASTOLIC = 60.0
"""mmHg under which a wide pressure is one of a leak or of wide vessels; 220/130 is none. Source: estimate."""


def _pairs(measured: list[Measurement]) -> Iterator[Measurement]:
    """What two vital signs mean together: the width of a blood pressure, the pulse in a high fever."""
    of = {m.name: m for m in measured}
    if "sbp" in of and "dbp" in of and of["dbp"].value < LOW_DIASTOLIC:
        place = of["dbp"]
        yield Measurement("pulse_pressure", of["sbp"].value - place.value, place.start, place.end)
    if "heart_rate" in of and "temperature" in of and of["temperature"].value >= HIGH_FEVER:
        place = of["heart_rate"]
        yield Measurement("pulse_in_high_fever", place.value, place.start, place.end)


def measured_findings(
    measured: list[Measurement], vitals: Mapping[str, Any], age_years: float | None, raw: str, turn: int
) -> list[Finding]:
    """Findings that the possible ones of these values mean, present or absent, marked as measured."""
    found: dict[str, Finding] = {}
    possible = [m for m in measured if is_possible(m.name, m.value, vitals)]
    for m in (*possible, *_pairs(possible)):
        for finding, met in interpret(m.name, m.value, vitals, age_years):
            if (
                finding == "fever"
                and met
                and age_years is not None
                and _is_low_grade(m.value, age_years, raw)
            ):
                continue
            if finding in found and found[finding].status == "present":
                continue
            found[finding] = Finding(
                finding, "present" if met else "absent", raw[m.start : m.end], (m.start, m.end), turn,
                value=m.value, unit=vitals[m.name]["unit"], origin="measured",
            )  # fmt: skip
    return list(found.values())
