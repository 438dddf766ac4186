"""Numbers that mean a finding by themselves: an eye chart, a cycle, the volume of urine, a coma score, weight lost, tablets taken."""

from __future__ import annotations

import re

from suwen.language.quantities import CN, EN_WORD, number

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
    rf"(?:月经|例假|大姨妈|姨妈|经期)(?:都|已经?|也|有|快|就|停了?|,)*\s*{CN}\s*个?多?(?P<unit>月|天)(?:都|也|了|多|就|还|一直)*(?:没来|没有来|未来|未至|不来|没见|没动静)"
    rf"|{CN}\s*个?多?(?P<unit2>月|天)(?:都|也|了|多|就|还|一直)*(?:没来|没有来|不来|未来|没见)(?:过)?(?:月经|例假|大姨妈|姨妈)"
    rf"|停经(?:已|约|了|近)*\s*{CN}\s*\+?\s*(?:余|多)?个?多?(?P<unit3>月|天)(?!\d)"
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
    rf"(?:发热|发烧|低热|高热|低烧|高烧)(?:都|已|有|近|约|反反复复|反复|间断|断断续续|持续|了|,)*{CN}\s*(?:余|多)?(?:个)?(?:多|半)?(?P<unit>天|日|周|星期|礼拜|月)(?!前|岁|龄|[\d初中底])"
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
    """Findings that a number in words says: weight that was lost, an acuity, the length of a cycle, the urine of a day, tablets."""
    return [*weight_changes(text), *acuities(text), *cycles(text), *missed(text), *urine_volumes(text), *parity(text), *fevers(text), *coma_scores(text), *movements(text), *tolerance_tests(text), *handfuls(text)]  # fmt: skip


_MANY_ZH = r"(?:[1-9]\d|\d{3}|十[一二三四五六七八九几多来]?|[二两三四五六七八九几]十[一二三四五六七八九几多来]?|一整|整)多?(?:片|粒|颗|板|瓶)|(?:一大?把|半瓶|[一两二三四几]瓶)"
_HANDFUL = re.compile(
    rf"(?:吃|服|吞|喝)(?:下去?|了|掉|进去?)*(?:大概|大约|约|有|差不多|快|将近|整整)*(?:{_MANY_ZH})(?!酒|水|奶|油|醋|啤|饮料|可乐|面包|饼|西瓜|水果|苹果|糖|维生素|肉|瓜|花生)"
    rf"|(?:误|偷|乱)(?:吃|服|食)(?:了|到)?[^,.;]{{0,8}}?(?:药|片|胶囊|丸)"
    r"|\b(?:took|taken|takes|swallowed|ate|eaten|downed|overdosed on)(?: (?:about|around|over|more than|at least|up to|some|like|maybe|nearly|almost))* "
    r"(?:[1-9]\d|\d{3}|ten|twelve|fifteen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[ -]\w+)?|dozens of|a handful of|handfuls of|a whole (?:bottle|box|pack|packet|strip)(?: of)?|the whole (?:bottle|box|pack|packet|strip)(?: of)?)"
    r" (?:of )?(?:(?:my|his|her|the|their|granny's|mum's|\w+) ){0,2}?(?:pills?|tablets?|tabs|capsules?|caplets?|painkillers|paracetamol|sleeping pills)\b"
)
"""A child's or a desperate person's handful of tablets: ten and more, a strip or a bottle, or any taken by mistake."""
_OVER_TIME = re.compile(
    r"(?:每|一|这|近|半|上|两|几|[\d二三四五六七八九十])个?(?:天|日|周|星期|礼拜|月|年)[^,.;]{0,8}$|疗程|\b(?:a|per|each|every|this|last|past) (?:day|week|month|year)s?[^,.;]{0,20}$"
)
_OVER_TIME_EN = re.compile(
    r" (?:a|per|each|every|over the|in a|for a|last|this) (?:day|week|month|year|few|past|course)"
)
"""Around tablets of days and weeks together."""


def handfuls(text: str) -> list[tuple[int, int, str]]:
    """Tablets taken at once in such a number that it is an overdose, as (start, end, finding)."""
    return [
        (*m.span(), "poison_ingestion")
        for m in _HANDFUL.finditer(text)
        if not _OVER_TIME.search(text, 0, m.start()) and not _OVER_TIME_EN.match(text, m.end())
    ]


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


_OWN_WEIGHT = re.compile(
    r"胖(?:有|将近|大概|差不多|快|近|约|,|得)*(?:\d{3}|[一二两]百[一二三四五六七八九十零几]*)(?:多|来|几)?\s*斤"
)
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
