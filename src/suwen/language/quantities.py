"""Numbers with units in a text: vital signs, and what a value means for someone of this age."""

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
EN_NUMBERS = {
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
CN = r"(\d+(?:\.\d+)?|[一二两俩三四五六七八九十百几数半零]+)"
OF_TIME = (
    r"(?![\d一二三四五六七八九十百几]|\.\d|\s*(?:多|余|来)?\s*(?:个|点(?!几)|分钟|小时|钟头|天|日|周|星期|礼拜|月|年|岁|次|倍|片|粒|遍|级|步|克|毫升|"
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
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return float(text)
    if text in EN_NUMBERS:
        return float(EN_NUMBERS[text])
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
        total = total * 100 if word == "hundred" else total + EN_NUMBERS.get(word, 0)
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
    """Degrees Fahrenheit; a bare F below what any ill body has is a sex: 83F."""
    if float(match.group(1)) < 93 and re.search(r"\d ?f$", match.group()):
        raise ValueError
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


_AGED = re.compile(r"\b(?:m|f|male|female|man|woman|lady|gentleman|patient|pt|aged?|i'm|i am)[\s,:]*$")


def _of_a_fever(match: re.Match[str]) -> float:
    """'39 of fever', but not the age in 'female 39 fever'."""
    if _AGED.search(match.string[: match.start()]):
        raise ValueError
    return float(match.group(1))


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
    return number(match.group(1)) / 2


def _milligrams(match: re.Match[str]) -> float:
    _of_blood(match)
    return round(float(match.group(1)) / 18.0, 1)


def _stone(match: re.Match[str]) -> float:
    return round(float(match.group(1)) * 6.3503, 1)


def _metres(match: re.Match[str]) -> float:
    return round(float(match.group(1)) * 100)


def _metres_and_hands(match: re.Match[str]) -> float:
    """一米六二, 1米7."""
    hands = "".join(str(_ZH_DIGITS.get(c, c)) for c in match["cm"])
    height = 100 * number(match["m"]) + float(hands.ljust(2, "0"))
    if not 60 <= height <= 230:
        raise ValueError(height)
    return height


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
        r"(?:^|\b(?:is|was|now|at|of|about|around|to|reads?|hit|reached|highest|max|peaked|peaking)\s|[到了有约近,]|晚上|夜里|半夜|下午|傍晚|凌晨|昨晚|今早|早上|中午|刚才|现在)\s*((?:3[5-9]|4[0-2])\.\d)(?![\d.]|\s*(?:kg|公斤|斤|weeks?|wks?|%|mm|cm|lbs?|mg|g/|/|days?|周|天|个|岁|厘米|years?|months?|hours?|ml))",
        _first,
    ),
    ("temperature", _N + r"\s*(?:°\s*f\b|f\b|degrees?\s*f(?:ahrenheit)?\b|华氏度?)", _fahrenheit),
    ("temperature", r"(?:烧到|烧|体温|温度|发热|发烧|高烧|量|测|枪)\D{0,6}?" + CN + r"度" + r"([一二三四五六七八九\d])(?![\d天周个小月年次日])", _degrees_and_tenths),
    ("temperature", r"(?<![\d./])((?:9[89]|10[0-7])(?:\.\d)?)(?: degrees?)?(?: of)? (?:fever|temp)\b", _fahrenheit),
    ("temperature", r"(?<!气温)(?<!室温)(?<!水温)(三十[五六七八九])度([一二三四五六七八九])(?![\d天周个小月年次日])", _degrees_and_tenths),
    ("temperature", r"(?:烧到|烧|体温|温度|发热|发烧|高烧)\D{0,6}?([三四][一二三四五六七八九十]+)度", _first),
    ("temperature", _N + r"\s*(?:°\s*c\b|度|c\b|degrees?\s*c(?:elsius)?\b|摄氏度)(?!(?:[\d一二三])(?![天周个小月年次日]))(?!房室|烧伤|烫伤|近视|角)", _of_a_body),
    ("temperature", r"(?:\btemp(?:erature)?|体温|\bfever|\bt)\b\s*(?:is|was|of|up to|to|at|about|around|:|=|max|had been|高达|最高|到|reached|为|有)?\s*(?:up to|about|around|of|as high as)?\s*" + _N + r"(?!\s*(?:days?|weeks?|hours?|months?|/|天|周|月|个))", _temperature),
    ("temperature", r"(?:体温|烧到|烧到了|发烧到|最高)\D{0,3}" + _N, _temperature),
    ("temperature", r"(?:(?<!重)量|测|耳温|额温|肛温|腋温|体温[计表枪]|温度计)(?:了|一下|出来|得|的|是|到|又|都|体温|枪|计|显示|,|\s)*" + _V, _of_a_thermometer),
    ("temperature", _N + r"\s*(?:degrees )?(?:under (?:the|his|her|my|their) arm|(?:by|on|with) (?:the|a|my|our) (?:ear )?thermometer|rectal|orally|by mouth)", _of_a_thermometer),
    ("temperature", r"\b(?:thermometer|ear thing|rectal(?:ly)?)(?:'s)?\s*(?:says?|said|reads?|reading|shows?|showed|was|is|of|at|:)?\s*" + _V, _of_a_thermometer),
    ("temperature", r"(?:发烧|发热|高烧|高热|低热|低烧|烧)(?:都|有|是|达|快|近|约|在|过|:|\s){0,3}((?:3[5-9]|4[0-2])(?:\.\d)?)(?![\d.]|\s*(?:[-~到至]\s*\d|多|余|来|个|天|日|周|星期|月|年|小时|岁|次|分|片|/))", _first),
    ("temperature", r"\btemp(?:erature)?s?\b,?(?: just now| now| again| today| tonight)?,?(?: and| but)? (?:it|that|this)(?:'s| is| was| came (?:out|up) (?:at|as|to)| reads?| said| says| shows?| showed) (?:about |around |up to |at )?" + _V, _of_a_thermometer),
    ("temperature", r"\b(?:took|taken|checked|measured) (?:[\w']+ ){1,3}temp(?:erature)?\W{1,3}" + _V, _of_a_thermometer),
    ("temperature", r"\b(?:he|she|i|baby|child|kid|boy|girl|son|daughter)(?:'s| is| was|'m| am)(?: now| already| at| about| around| up to| running){0,2} " + _V + r" degrees?\b", _of_a_thermometer),
    ("temperature", r"(?<![\d.])((?:3[5-9]|4[0-2])(?:\.\d)?)(?: degrees?)?(?: of)? (?:fever|temp)\b", _of_a_fever),
    ("temperature", r"(?<![a-z\d])t\s*[:=]?\s*((?:3[4-9]|4[0-2])\.\d)(?![\d.%])", _first),
    ("spo2", r"(?:血氧(?:饱和度|仪)?|spo2|sao2|\bso2|o2 sat(?:uration)?s?|oxygen (?:saturation|levels?|reading)|\bsats?\b|saturation|pulse oximetry|pulse ox(?:imeter)?)(?:(?!心率|脉|今年|pulse|heart)\D){0,18}?" + _V, _first),
    ("spo2", r"(?:手指头?夹的|夹手指|指夹|指脉?氧|测氧|finger (?:clip|thing|peg|probe|monitor)|(?:clip|peg|probe|thing) on (?:his|her|my|the) finger)(?:(?!心率|脉|今年|pulse|heart)\D){0,20}?" + _V, _saturation),
    ("heart_rate", r"(?:心率|脉搏|心跳|(?<![动静门])脉(?=[一每1]分钟)|heart rate|\bhr|pulse(?! ?ox)(?: rate)?)(?:\D{0,8}?[1一]分钟)?\D{0,14}?" + _BEATS, _pulse),
    ("heart_rate", r"\bheart(?: is|'s| was)? (?:beating|beats|racing|going) at(?: about| around)? " + _BEATS, _pulse),
    ("spo2", r"\boxygen(?:'s| is| was| of| at|:)? (?:about |around |only |down to )?(\d{2})\s*%", _saturation),
    ("respiratory_rate", r"\bbreath(?:es|ing)\b[^.;\d]{0,30}?\bat(?: about| around)? (\d{2})(?= (?:a|per) min)", _first),
    ("heart_rate", _N + r"\s*(?:bpm|beats per minute|beats/min)", _pulse),
    ("heart_rate", r"(?<![a-z\d])p\s*[:=]?\s*(\d{2,3})(?![\d.%])", _among_vitals),
    ("respiratory_rate", r"(?<![a-z\d])r\s*[:=]?\s*(\d{1,2})(?![\d.%])", _among_vitals),
    ("respiratory_rate", r"呼吸\s*[:约]?\s*(\d{2,3}\s*(?=次)|\d\s*(?=次/分))", _first),
    ("respiratory_rate", r"(?:呼吸频率|呼吸次数|呼吸每分钟|(?:呼吸|喘)\D{0,4}[1一]分钟|respiratory rate|\brr|respirations?)\D{0,12}?" + _BEATS, _first),
    ("respiratory_rate", r"[1一每]分钟(?:都|要|得|能|大概|差不多|,)*(?:喘|呼吸|出气|喘气)(?:了|到|有|个)*" + CN + r"(?:多|来|几)?[下次口]", _first),
    ("respiratory_rate", _N + r"\s*(?:breaths per minute|breaths/min)", _first),
    ("glucose", r"(?:血糖|blood sugar|glucose|sugar|\bglu(?=\s*[:=]))\D{0,16}?" + _N + r"\s*mg", _milligrams),
    ("weight", r"(?:体重|重)\D{0,3}" + _N + r"\s*斤", _jin),
    ("weight", r"(?:weighs?|weight of|weight is)\D{0,5}" + _N + r"\s*(?:lbs?|pounds?)", _pounds),
    ("weight", r"(?:weighs?|weight of|weight is|^|[,;.]|\bi'm)\s*(\d{1,2}(?:\.\d)?) ?(?:stone|st)\b", _stone),
    ("weight", r"体重(?:由|从)[^,.;]{0,12}?[到至]\s*" + _N + r"\s*(?:kg|公斤|千克)", _first),
    ("glucose", r"(?:血糖|空腹糖|餐后糖|blood sugar|blood glucose|glucose|\bglu(?=\s*[:=]))(?:(?!血压|心率|体温)\D){0,16}?" + _V, _glucose),
    ("glucose", _BEDSIDE + _N + r"(?=\s*mg\s*/)", _milligrams),
    ("glucose", _BEDSIDE + _V, _bedside),
    ("glucose", r"\bglu\s*" + _N + r"(?=\s*(?:mmol|mg))", _glucose),
    ("glucose", r"空腹(?:都|是|测|量|为|到|有|快|[:\s])*" + _V, _glucose),
    ("glucose", r"(?:\bsugars?(?:'s| is| was| are| were| of| at| reads?| reading)|finger[- ]prick\D{0,12}?|\bmeter (?:says|said|reads|read|shows|showed))\s*(?:only |about |at |up to |down to )?" + _V, _glucose),
    ("weight", r"(?:体重(?!指数)|weighs?|weight of)\D{0,5}" + _N + r"\s*(?:kg|公斤|千克)(?!\s*[增升涨降减]|(?:公斤|千克)?[到至])", _first),
    ("height", r"(?:身高|height)\D{0,6}(1\.\d{1,2}|2\.\d)\s*(?:m\b|米)", _metres),
    ("height", r"(?:身高|height)\D{0,6}(\d{2,3}(?:\.\d)?)\s*(?:cm|厘米|公分)?" + OF_TIME.replace("cm|", ""), _first),
    ("height", r"(?<![从在离距深长宽跳])(?P<m>[12一两])米(?P<cm>[\d一二三四五六七八九]{1,2})(?![\d远深长宽处台多一二三四五六七八九]|的(?![个身人])|高(?:的|处|台|度))", _metres_and_hands),
    ("weight", r"(?:(?<=米[\d一二三四五六七八九])|(?<=米[\d一二三四五六七八九]{2}))(?:的?个子|的?个头|高|,)?(?:的|人|现在|体重|才|只|剩|有|就|仅|不到|还|重)*(?P<v>\d{2,3}|[一二两]百[一二三四五六七八九十零]*|[四五六七八九]十[一二三四五六七八九]?)[多来]?斤", _jin),
    ("weight", r"(?:才|只有|只剩|现在|,)\s*(\d{2,3}(?:\.\d)?)\s*(?:公斤|kg)(?=$|[,;.、]|了)", _first),
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
