"""Words without who said them: what names a person, a place, a number or a day is found by rule and replaced by its kind.

Rules catch what has a shape or a cue. A name without either ("ask for Kolya") can stay, so what leaves a hospital is read
by a person first. Where a rule doubts, it removes: a word too many costs little. Years, weekdays, relative times ("three
days ago") and ages up to 89 stay: the illness needs them, and they name nobody (HIPAA Safe Harbor, 45 CFR 164.514).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

Kind = Literal[
    "name", "phone", "id_number", "card", "record", "address", "place", "date", "email", "url", "plate", "organisation",
    "age", "account",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
MASK: Mapping[str, Mapping[str, str]] = {
    "zh": {"name": "某某", "phone": "〔电话〕", "id_number": "〔证件号〕", "card": "〔卡号〕", "record": "〔编号〕", "address": "〔地址〕",
           "place": "某地", "date": "〔日期〕", "email": "〔邮箱〕", "url": "〔网址〕", "plate": "〔车牌〕", "organisation": "某单位",
           "age": "90岁以上", "account": "〔账号〕"},
    "en": {"name": "[NAME]", "phone": "[PHONE]", "id_number": "[ID]", "card": "[CARD]", "record": "[RECORD]",
           "address": "[ADDRESS]", "place": "[PLACE]", "date": "[DATE]", "email": "[EMAIL]", "url": "[URL]", "plate": "[PLATE]",
           "organisation": "[ORGANISATION]", "age": "over 89", "account": "[ACCOUNT]"},
}  # fmt: skip
IDENTIFIERS = Path(__file__).parent / "identifiers.yaml"
H = "\u3400-\u9fff"


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end] of the original is of this kind."""

    start: int
    end: int
    kind: Kind


def deidentify(text: str, lang: str) -> tuple[str, tuple[Span, ...]]:
    """The text with what identifies replaced, and where that stood in the original, in order and without overlap."""
    spans = merged(_find(text, lang))
    return masked(text, spans, lang), spans


def masked(text: str, spans: Iterable[Span], lang: str) -> str:
    """The text with each span replaced by the word for its kind."""
    out, at = [], 0
    for span in spans:
        out += [text[at : span.start], MASK[lang][span.kind]]
        at = span.end
    return "".join([*out, text[at:]])


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, overlapping ones joined under the kind of the longer."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if kept and span.start < kept[-1].end:
            last = kept[-1]
            longer = last if last.end - last.start >= span.end - span.start else span
            kept[-1] = Span(last.start, max(last.end, span.end), longer.kind)
        elif span.end > span.start:
            kept.append(span)
    return tuple(kept)


def _find(text: str, lang: str) -> Iterator[Span]:
    for kind, pattern, check in _EVERYWHERE:
        yield from _matches(text, kind, pattern, check)
    if lang == "zh" or re.search(f"[{H}]", text):
        for kind, pattern, check in _CHINESE:
            yield from _matches(text, kind, pattern, check)
        yield from _names_zh(text)
        yield from _organisations_zh(text)
    if lang == "en" or not re.search(f"[{H}]", text):
        for kind, pattern, check in _ENGLISH:
            yield from _matches(text, kind, pattern, check)
        yield from _addresses_en(text)
        yield from _names_en(text)


def _matches(
    text: str, kind: Kind, pattern: re.Pattern[str], check: Callable[[str], bool] | None
) -> Iterator[Span]:
    """The group `it` of every match, or the whole."""
    for match in pattern.finditer(text):
        group = "it" if "it" in pattern.groupindex else 0
        if check is None or check(match.group(group)):
            yield Span(match.start(group), match.end(group), kind)


# -- numbers ----------------------------------------------------------------------------------------------


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def is_luhn(text: str) -> bool:
    """Whether the digits of a text pass the check of bank cards (ISO/IEC 7812)."""
    total = 0
    for i, digit in enumerate(reversed(_digits(text))):
        value = int(digit) * (2 if i % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_chinese_id(text: str) -> bool:
    """Whether 18 characters are shaped like a resident identity number (GB 11643): a date of birth in its place. The check
    digit is not asked for: a mistyped number still names somebody."""
    return bool(
        re.fullmatch(r"\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]", text)
    )


_SEP = r"[\s-]?"
Rule = tuple[Kind, re.Pattern[str], Callable[[str], bool] | None]
_EVERYWHERE: tuple[Rule, ...] = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), None),
    ("url", re.compile(r"(?:https?://|www\.)[^\s，。）)<>]+", re.IGNORECASE), None),
    ("url", re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])"), None),
    ("id_number", re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), is_chinese_id),
    ("id_number", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"), None),
    ("account", re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{4}\d{7}[A-Z0-9]{0,16}\b"), None),
    ("card", re.compile(rf"(?<!\d)(?:\d{{4}}{_SEP}){{3}}\d{{1,7}}(?!\d)"), is_luhn),
    ("card", re.compile(r"(?<!\d)\d{13,19}(?!\d)"), None),
    ("phone", re.compile(rf"(?<!\d)(?:\+?86{_SEP})?1[3-9]\d{_SEP}\d{{4}}{_SEP}\d{{4}}(?!\d)"), None),
    ("phone", re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"), None),
    ("phone", re.compile(r"(?<!\d)400[- ]?\d{3}[- ]?\d{4}(?!\d)"), None),
    ("phone", re.compile(r"(?<![\w+])\+\d{1,3}[\s-]?(?:\(\d{1,4}\)[\s-]?)?\d{1,4}(?:[\s.-]?\d{2,4}){2,4}(?!\d)"), None),
    ("date", re.compile(r"(?<!\d)(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?(?!\d)"), None),
    ("date", re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\1(?:19|20)\d\d(?!\d)"), None),
)  # fmt: skip

# -- Chinese ----------------------------------------------------------------------------------------------

_PROVINCE = (
    r"(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾"
    r"|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)"
)
_LEVEL = (
    rf"(?:省|(?:壮族|回族|维吾尔)?自治区|特别行政区|[{H}]{{1,6}}?(?:自治州|地区(?!别)|市(?!场|区医))|[{H}]{{1,5}}?(?:新区|区(?!域|别|分)|县|旗)|[{H}]{{1,5}}?(?:街道|镇(?!静|痛|咳)|乡)"
    rf"|[{H}]{{1,6}}?(?:村(?!医)|屯|庄)|[{H}A-Za-z\d]{{1,8}}?(?:大道|路|街|巷|弄|胡同|里(?=\d)|小区|花园|公寓|家园|新村|苑|大厦|广场))"
)
_DOOR = r"(?:\s?[\dA-Za-z一二三四五六七八九十-]{1,6}(?:号楼|号院|号|栋|幢|座|单元|室|楼|层|组|队|户|门|弄))"
_HABIT = re.compile(
    rf"^(?:农村|乡下|城里|城市|郊区|市区|山区|牧区|疫区|矿区|小区|县城|镇上|村里|学校|宿舍|集体宿舍|[{H}]{{0,3}}(?:楼上|楼下|一楼|顶楼|山里|海边|外地|老家|国外|养老院|一起|儿子家|女儿家|亲戚家|工地))[{H}]{{0,4}}$"
)


def _is_address(text: str) -> bool:
    """Whether what follows 'lives in' names a place; 'in the country' and 'with my son' do not."""
    return not _HABIT.match(text) and bool(
        re.search(r"[省市区县镇乡村路街巷弄号栋幢室苑园]|" + _PROVINCE, text)
    )


_CHINESE: tuple[Rule, ...] = (
    ("address", re.compile(rf"{_PROVINCE}{_LEVEL}{{1,6}}{_DOOR}{{0,5}}"), None),
    ("address", re.compile(rf"(?:住在|家住|现住|住址|地址|户籍|籍贯|居住在|居住于|家在|老家在?|来自|住于|暂住)(?:是|为|地)?[:：\s]*(?P<it>[{H}A-Za-z\d#-]{{2,40}})"), _is_address),
    ("address", re.compile(rf"(?<![{H}])(?P<it>[{H}]{{2,6}}(?:市|县|区)[{H}]{{1,8}}(?:路|街|镇|乡|村|巷|弄|街道|小区)(?:{_DOOR}){{0,5}})"), None),
    ("address", re.compile(rf"[{H}]{{2,5}}(?:大道|路|街|巷|弄|胡同)\d+(?:号|弄)(?:{_DOOR}){{0,5}}"), None),
    ("address", re.compile(rf"(?:{_DOOR}){{2,6}}"), lambda t: len(_digits(t)) >= 2 and bool(re.search("栋|幢|单元|室|号楼", t))),
    ("date", re.compile(r"(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}[日号])?|(?<![\d年])\d{1,2}月\d{1,2}[日号]|二[〇零]\S{2}年\S{1,2}月\S{1,3}[日号]"), None),
    ("date", re.compile(r"(?:生日|出生于|出生日期|生于)(?:是|为)?[:：\s]*(?P<it>\d{4}年?(?:\d{1,2}月?)?(?:\d{1,2}[日号]?)?)"), None),
    ("record", re.compile(r"(?:住院号|门诊号|病历号|病案号|就诊号|登记号|就诊卡号?|病历编号|检查号|标本号|条码号?|护照号?码?|军官证号?|床号|社保号|医保(?:卡)?号?|学号|工号|挂号单号)(?:是|为)?[:：\s]*(?P<it>[A-Za-z]{0,4}[\d-]{2,20}[A-Za-z]?)"), None),
    ("record", re.compile(r"(?P<it>\d{1,3})床"), None),
    ("card", re.compile(rf"(?:银行卡|卡号|账号|储蓄卡|信用卡)(?:是|为|号)?[:：\s]*(?P<it>(?:\d{_SEP}){{9,22}}\d)"), None),
    ("phone", re.compile(r"(?:电话|手机|座机|联系方式|热线)(?:号码|号)?(?:是|为)?[:：\s]*(?P<it>[\d-]{7,15})"), None),
    ("account", re.compile(r"(?:微信号?|QQ号?|抖音号?|微博)(?:是|为|叫)?[:：\s]*(?P<it>[A-Za-z0-9][\w-]{4,})", re.IGNORECASE), None),
    ("plate", re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]\s?[·•.]?\s?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"), None),
    ("age", re.compile(r"(?<!\d)(?P<it>(?:9\d|1[0-2]\d)(?:周岁|岁))"), None),
    ("place", re.compile(rf"(?:在|去|到|从|回|来自|住)(?P<it>[{H}]{{2,4}}(?:市|县|镇|村))(?![场区医里])"), lambda t: not _HABIT.match(t) and not re.search("超市|城市|农村|门市|都市", t)),
)  # fmt: skip

_TITLES_ZH = "医生|大夫|主任|护士长|护士|教授|老师|先生|女士|小姐|阿姨|叔叔|师傅|院长|同学|经理|医师|校长|局长|大爷|大妈|奶奶|爷爷"
_NAME_CUE = r"(?:我叫|名叫|叫做|名字(?:是|叫)?|姓名|本人叫|患者姓名|联系人|签名|签字|家属|监护人|主诉人|称呼|我是)[:：\s]*(?:是)?"
_PERSON_CUE = r"(?:患者|病人|患儿|伤者|产妇|老伴|丈夫|妻子|儿子|女儿|父亲|母亲|爸爸|妈妈|老公|老婆|孙子|孙女|朋友|同事|邻居|室友|同学|医生|大夫)"
_AFTER_NAME = rf"(?=[，,。.、；;：:！!？?\s（()）]|$|男|女|今年|因|于|住|的(?:家属|电话|病历|身份证)|先生|女士|也|是|{_TITLES_ZH})"
_NOT_GIVEN = (
    "是的了在和有去说让找问看请给被跟叫经时常何该后来不没很都也就还吗呢啊吧血压痛疼热烧咳吐泻胀病症癌疹岁个"
)


@cache
def _words() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(IDENTIFIERS.read_text(encoding="utf-8"))
    return {
        "surname": "(?:" + "|".join(table["surnames_zh_double"]) + f"|[{table['surnames_zh']}])",
        "not_zh": tuple(table["not_names_zh"]),
        "given": frozenset(table["given_en"].split()),
        "not_en": frozenset(table["not_names_en"].split()),
    }


def _names_zh(text: str) -> Iterator[Span]:
    """After a cue (我叫, 患者), before a title (王医生), with 某, or 小王 and 老李."""
    surname, no = _words()["surname"], _words()["not_zh"]
    given = rf"[{H}]"
    patterns = (
        rf"{_NAME_CUE}(?P<it>{surname}{given}{{1,2}}){_AFTER_NAME}",
        rf"(?:我叫|姓名[:：]\s*|本人叫|名叫|名字叫)(?P<it>{given}{{2,4}}?)(?=[，,。；;\s]|$)",
        rf"{_PERSON_CUE}[:：]?(?P<it>{surname}{given}{{1,2}}){_AFTER_NAME}",
        rf"(?<![{H}]任)(?P<it>{surname}(?:(?![{_NOT_GIVEN}]){given}){{0,2}})(?:{_TITLES_ZH})",
        rf"(?P<it>{surname}某(?:某|[{H}](?=[，,。；;\s]|$))?)",
        rf"(?<![{H}])(?P<it>[小老阿]{surname})(?=[，,。、；;\s说让叫的是]|$)",
        rf"(?:我姓|免贵姓)(?P<it>{surname})(?=[，,。；;\s]|$)",
        rf"(?<![{H}])(?P<it>{surname}(?:(?![{_NOT_GIVEN}]){given}){{1,2}})(?=[，,]\s*(?:男|女)[，,。\s]|[（(](?:男|女))",
    )
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            name = match.group("it")
            before = text[max(match.start("it") - 1, 0) : match.start("it")]
            if (
                name.startswith(no)
                or (name[0] == "于" and before in tuple("对由关属至在终等"))
                or name in ("何", "任何")
            ):
                continue
            yield Span(match.start("it"), match.end("it"), "name")


_ORG_END = re.compile(
    r"(?:医院|卫生院|卫生所|有限公司|分公司|公司|集团|小学|中学|高中|初中|大学|学院|职校|技校|幼儿园|工厂|银行|派出所|法院|事务所|研究所|养老院|敬老院|福利院)"
)
_ORG_BEFORE = re.compile(
    r"(?:就读于|就读|任职于|任职|工作单位[:：]?|单位[:：]?|上班|转至|转到|转入|在|去|到|于|从|是|来|了|由|的|过|给|我们|我|往|向|找|被|经|和|跟|让|送|进|回|有|说|叫|读|上|看)"
)
_ORG_COMMON = re.compile(
    r"^(?:当地|本地|附近|外地|外院|家门口|县里|市里|镇上|县|市|省|镇|乡|区|村|社区|大|小|几家|别家|别的|其他|其它|私立|公立|民营|中|西|三甲|二甲|专科|儿童|妇幼保健|妇幼|妇产|妇科|口腔|眼科|牙科|骨科|精神病?|传染病"
    r"|综合|人民|一家|两家|这家|那家|某家|某|你们?|我们?|他们?|上级|基层|教学|住|住院|不同|保险|一个|这个|那个|小型|大型|外贸|贸易|物流|建筑|互联网|科技|化工|电子|服装|食品|机械|纺织|私人|国企|自己|重点|寄宿|同一|民办|公办|职业|高等|普通|老年|各大?|很多|多|好几|几)*$"
)


def _organisations_zh(text: str) -> Iterator[Span]:
    """The name before 医院, 公司, 小学 ... from the last word that can lead to it; what only says which kind stays."""
    for end in _ORG_END.finditer(text):
        run = re.search(rf"[{H}A-Za-z·]{{0,16}}$", text[: end.start()])
        start = run.start() if run else end.start()
        leads = list(_ORG_BEFORE.finditer(text, start, end.start()))
        if leads:
            start = leads[-1].end()
        name = text[start : end.start()]
        if name and len(name) >= 2 and not _ORG_COMMON.match(name):
            yield Span(start, end.end(), "organisation")


# -- English ----------------------------------------------------------------------------------------------

_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
_CAP = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я][\w'’.-]*"
_ENGLISH: tuple[Rule, ...] = (
    ("date", re.compile(rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+(?:19|20)\d\d)?\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?:19|20)\d\d)?\b|\b{_MONTH}\s+(?:19|20)\d\d\b"), None),
    ("date", re.compile(r"(?<![\d/])(?:0?[1-9]|1[0-2]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/\d{2}(?![\d/])"), None),
    ("phone", re.compile(r"(?<![\w-])(?:001[-. ])?\(?\d{3}\)?[-. ]?\d{3}[-. ]\d{4}(?:\s?(?:x|ext\.?)\s?\d{1,5})?(?![\d-])"), None),
    ("phone", re.compile(r"(?:phone|telephone|mobile|cell|fax|desk|call me at|call us at|tel|number is|messages to|reach me at|text me at|call)\W{0,3}(?:number\W{0,3})?(?P<it>[+(]?\d[\d ().-]{5,17}\d)", re.IGNORECASE), None),
    ("phone", re.compile(r"(?<![\w-])\d{2,4}[ .-]\d{3,4}[ .-]\d{2,4}(?:[ .-]\d{2,4}){0,2}(?![\w-])"), lambda t: 9 <= len(_digits(t)) <= 12),
    ("phone", re.compile(r"(?P<it>\d[\d ().-]{6,16}\d)\s*[-(]?\s*(?:office|mobile|fax|cell|home|desk)\b", re.IGNORECASE), None),
    ("card", re.compile(r"card\s*(?:#|no\.?|number)?(?:\s*is)?\s*#?\s*(?P<it>\d{10,19})", re.IGNORECASE), None),
    ("card", re.compile(r"card\D{0,30}?(?P<it>\d{12,19})", re.IGNORECASE), None),
    ("id_number", re.compile(r"(?:licen[cs]e|passport|ssn|social security|national id|nhs|insurance|policy|member)(?:'s)?\s*(?:number|no\.?|#|id)?\s*(?:is|:|#)?\s*(?P<it>[A-Z]{0,3}\d[\dA-Z -]{4,18}\d)", re.IGNORECASE), None),
    ("record", re.compile(r"(?:mrn|medical record|record|chart|account|case|room|bed|encounter|accession)\s*(?:number|no\.?|#|id)\s*(?:is|:)?\s*(?P<it>[A-Z]{0,4}-?\d[\dA-Z-]{1,14})", re.IGNORECASE), None),
    ("age", re.compile(r"\b(?P<it>(?:9\d|1[01]\d)[\s-]*(?:years?|yrs?|y)[\s/-]*(?:old|o\b))", re.IGNORECASE), None),
    ("address", re.compile(r"\b(?:zip(?: code)?|postal code|postcode)\s*(?:is|:)?\s*(?P<it>[A-Z]{0,2}-?\d[\dA-Z -]{2,8}\d?)", re.IGNORECASE), None),
    ("address", re.compile(r"(?:address|lives? at|meet (?:me|you) at|taxi to|drops you off at|sent to)\s*(?:is|:)?\s*(?P<it>(?:unit |the corner of )?\d[^\n.?!]{4,60}|the corner of [^\n.?!]{4,60})", re.IGNORECASE), None),
    ("place", re.compile(rf"\b(?:lives?|lived|living|resid(?:es|ing)|born|grew up|moved|commutes?)\s+(?:here\s+)?(?:in|to|from|near|at)\s+(?P<it>{_CAP}(?:\s+(?:de|del|la|of)?\s*{_CAP}){{0,2}})"), None),
    ("place", re.compile(rf"\b(?:originally from|moved (?:here )?from|flew to|travel(?:l?ing|ed)? to|(?:home )?city of|arrived at|home city|town of|village of|lovely from)\s+(?P<it>{_CAP}(?:\s+{_CAP}){{0,1}})"), None),
    ("organisation", re.compile(rf"\b(?P<it>(?:{_CAP}[\s,&]+(?:and\s+)?){{1,4}}(?:Inc\.?|Incorporated|Ltd\.?|LLC|Corp\.?|Corporation|Company|Group|Bank|Hospital|Clinic|University|College|School|Medical Cent(?:er|re)|Health Cent(?:er|re)|Foundation|Institute))(?!\w)"), None),
    ("organisation", re.compile(rf"\b(?:work(?:s|ed|ing)?\s+(?:for|at)|employed (?:by|at)|studies at)\s+(?P<it>{_CAP}(?:\s+{_CAP}){{0,3}})"), None),
)  # fmt: skip
_STREET = r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Squares|Terrace|Way|Close|Crescent|Highway|Hwy|Parkway|Circle|Trail|Row|Greens|Gardens|Grove|Hill|Walk|Mews)\b\.?"
_ADDRESSES = (
    re.compile(rf"\b\d{{1,6}}(?:\s+\d{{1,5}})?\s+(?:{_CAP}\s+){{1,5}}?{_STREET}"),
    re.compile(rf"(?<![\w.])\d{{3,6}}\s+(?:\d{{1,5}}\s+)?(?:{_CAP}\s+){{1,5}}\d{{1,5}}\b"),
    re.compile(rf"(?<![\w.])\d{{3,6}}\s+(?:{_CAP}\s+){{1,4}}(?=(?:Apt|Suite|Unit)\b)"),
    re.compile(r"\b(?:Apt|Apartment|Suite|Unit|Flat)\.?\s*#?\d+[A-Z]?\b(?:\s+Box\s+\d+)?"),
    re.compile(r"\bP\.?\s?O\.?\s?Box\s+\d+|\b(?:PSC\s+\d+,?\s+)?Box\s+\d+|\b(?:DPO|FPO|APO)\s+[A-Z]{2}\s+\d{5}"),
    re.compile(rf"(?<=address is )\d{{2,6}}\s+{_CAP}[^.\n]{{3,40}}|(?<=corner of ){_CAP}[^.\n?]{{3,40}}"),
    re.compile(rf"\b(?:Via|Rue|Calle|Avda\.?|Avenida|Rua|Strada)\s+(?:{_CAP}\s+){{1,4}}\d{{1,5}}\b"),
    re.compile(rf"\b{_CAP}(?:straße|strasse|gatan|gata|vej|veien|vägen|tie|katu|kuja|ulica|utca)\s+\d{{1,5}}\b"),
)  # fmt: skip
_GOES_ON = re.compile(
    rf"[ \t]*[,\n>?]*[\s>?]*(?:(?:Apt|Suite|Unit)\.?\s*\d+|{_CAP}(?:\s+{_CAP}){{0,3}}(?:\s+[\d-]{{3,7}}(?:\s\d{{2,3}})?)?|nan|[A-Z]{{2}}\b|[\d-]{{4,7}}|\d{{3}}\s\d{{2}})(?=\s*(?:[\n,?.]|$))"
)


def _addresses_en(text: str) -> Iterator[Span]:
    """A street with its number, and the lines of flat, town, country and code that follow it."""
    for pattern in _ADDRESSES:
        for match in pattern.finditer(text):
            end = match.end()
            for _ in range(4):
                further = _GOES_ON.match(text, end)
                if not further or not re.search(r"[\n,>]", text[end : further.end()]):
                    break
                end = further.end()
            yield Span(match.start(), end, "address")


_TITLE_EN = r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Madam|Nurse|Sister|Captain|Judge)\.?"
_NAME_EN = rf"{_CAP}(?:\s+(?:[A-Z]\.?\s+)?(?:(?:de|da|van|von|der|bin|al|la|le)\s+)?{_CAP}){{0,3}}"
_CUED_EN = (
    re.compile(rf"\b{_TITLE_EN}\s+(?P<it>{_NAME_EN})"),
    re.compile(
        rf"\b(?:(?i:my name is|name's|his name is|her name is|full name|first name|last name|surname|patient name|name)\s*(?:is|:)?|(?i:called|named|signed|sincerely|regards|dear|attn|contact|spokesman|songwriter)[,:]?)\s+(?P<it>{_NAME_EN})"
    ),
    re.compile(r"(?i:\b(?:mr|mrs|ms|dr)\.)\s+(?P<it>[a-z]+(?:\s+[a-z]\.?\s+[a-z]+)?)"),
    re.compile(
        rf"\b(?i:my|his|her|our)\s+(?i:son|daughter|kid|child|wife|husband|brother|sister|mother|father|friend|boss|aunt|uncle)\s+(?P<it>{_CAP})"
    ),
    re.compile(rf"\b(?:I am|I'm|This is|this is|it's|It's)\s+(?P<it>{_CAP}\s+{_CAP})"),
    re.compile(
        rf"(?P<it>{_CAP}(?:\s+{_CAP})?)(?=\s+(?:lives at|said|says|told|had given|asked|replied|wrote))"
    ),
)
_PAIR_EN = re.compile(rf"(?<![\w.-]){_CAP}(?:\s+[A-Z]\.?)?\s+{_CAP}(?:\s+{_CAP})?")
_ONE_EN = re.compile(rf"(?<![\w-]){_CAP}")


def _names_en(text: str) -> Iterator[Span]:
    """After a title or a cue; a common given name; two capitalised words that are no known words."""
    given, no = _words()["given"], _words()["not_en"]

    def plain(word: str) -> str:
        return re.sub(r"(?:'s|’s)$|[.,'’]+$", "", word)

    for pattern in _CUED_EN:
        for match in pattern.finditer(text):
            start, end = _trimmed(text, match.start("it"), match.end("it"), no, plain)
            if end > start:
                yield Span(start, end, "name")
    for match in _ONE_EN.finditer(text):
        word = plain(match.group())
        foreign = (
            not word.isascii() and word.isalpha() and len(word) > 2
        )  # Tomić, Jørgensen: hardly an English word
        if (word in given or foreign) and word not in no:
            yield Span(match.start(), match.start() + len(word), "name")
    for match in _PAIR_EN.finditer(text):
        start, end = _trimmed(text, match.start(), match.end(), no, plain)
        words = text[start:end].split()
        if len(words) >= 2 and not any(w.isupper() and len(plain(w)) > 3 for w in words):
            yield Span(start, end, "name")


def _trimmed(
    text: str, start: int, end: int, no: frozenset[str], plain: Callable[[str], str]
) -> tuple[int, int]:
    """A run of capitalised words without the known words at its ends; empty where one stands in its middle."""
    words = [
        (m.start() + start, m.end() + start, plain(m.group())) for m in re.finditer(r"\S+", text[start:end])
    ]
    while words and (words[0][2] in no or not words[0][2]):
        words.pop(0)
    while words and (words[-1][2] in no or not words[-1][2]):
        words.pop()
    if not words or any(w in no for _, _, w in words):
        return start, start
    last = words[-1]
    return words[0][0], last[0] + len(last[2])
