"""Words without who said them: what names a person, a place, a number or a day is found by rule and replaced by its kind.

Rules catch what has a shape or a cue. A name without either ("ask for Kolya") can stay, so what leaves a hospital is read
by a person first. Where a rule doubts, it removes: a word too many costs little. Years, weekdays, relative times ("three
days ago"), ages up to 89, countries and provinces stay: the illness needs them, and they name nobody (HIPAA Safe Harbor,
45 CFR 164.514).
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


_WIDE = {c: c - 0xFEE0 for r in ("０９", "ＡＺ", "ａｚ") for c in range(ord(r[0]), ord(r[1]) + 1)}
"""Digits and letters of full width, by those of one byte: as many characters, so that spans are of the original."""


def _find(text: str, lang: str) -> Iterator[Span]:
    text = text.translate(_WIDE)
    for kind, pattern, check in _EVERYWHERE:
        yield from _matches(text, kind, pattern, check)
    if lang == "zh" or re.search(f"[{H}]", text):
        for kind, pattern, check in _CHINESE:
            yield from _matches(text, kind, pattern, check)
        yield from _names_zh(text)
        yield from _cities_zh(text)
        yield from _organisations_zh(text)
        yield from _cued_organisations_zh(text)
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
    ("id_number", re.compile(rf"(?<!\d)(?:\d{_SEP}){{17}}[\dXx](?!\d)"), lambda t: is_chinese_id(re.sub(r"[\s-]", "", t))),
    ("id_number", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"), None),
    ("account", re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{4}\d{7}[A-Z0-9]{0,16}\b"), None),
    ("card", re.compile(rf"(?<!\d)(?:\d{{4}}{_SEP}){{3}}\d{{1,7}}(?!\d)"), is_luhn),
    ("card", re.compile(r"(?<!\d)\d{13,19}(?!\d)"), None),
    ("phone", re.compile(rf"(?<!\d)(?:\+?86{_SEP})?1[3-9]\d{_SEP}\d{{4}}{_SEP}\d{{4}}(?!\d)"), None),
    ("phone", re.compile(r"(?<!\d)\(?0\d{2,3}\)?[- ]?\d{7,8}(?:\s?转\s?\d{1,6})?(?!\d)"), lambda t: bool(re.search(r"[() -]", t))),
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


_N = "一二三四五六七八九十廿"
_DOCUMENT = r"(?:身份证|证件|护照|通行证|回乡证|台胞证|居住证|军官证|驾驶证|驾照|社保卡?|医保卡?)"
_CHINESE: tuple[Rule, ...] = (
    ("address", re.compile(rf"{_PROVINCE}{_LEVEL}{{1,6}}{_DOOR}{{0,5}}(?:附\d+号)?"), lambda t: not re.search("(?:农村|山村|乡村|牧区|山区|郊区|林区|矿区|疫区|地区|景区|市区)$", t)),
    ("address", re.compile(rf"(?:住在|家住|现住|现居|现居住|寄到|发到|送到|住址|地址|户籍|籍贯|居住在|居住于|家在|老家在?|来自|住于|暂住)(?:是|为|地)?[:：\s]*(?P<it>[{H}A-Za-z\d#-]{{2,40}})"), _is_address),
    ("address", re.compile(rf"(?<![{H}])(?P<it>[{H}]{{2,6}}(?:市|县|区)[{H}]{{1,8}}(?:路|街|镇|乡|村|巷|弄|街道|小区)(?:{_DOOR}){{0,5}})"), None),
    ("address", re.compile(rf"[{H}]{{2,5}}(?:大道|路|街|巷|弄|胡同)\d+(?:号|弄)(?:{_DOOR}){{0,5}}"), None),
    ("address", re.compile(rf"(?:(?<=我住)|(?<=住在)|(?<=[在到是：:，,。（(])|(?<![{H}]))(?P<it>[{H}]{{2,8}}(?:[一二三四五六七八九十\d]{{1,2}}区)?{_DOOR}{{1,4}}\d{{3,4}})"), lambda t: bool(re.search("栋|幢|单元|号楼|楼|门|弄|座|区", t))),
    ("address", re.compile(rf"[{H}]{{2,6}}(?:大道|路|街|巷|弄|胡同|里)\d+(?:号|弄)?(?:{_DOOR}|附?\d+号?){{0,5}}"), lambda t: bool(re.search("号|弄", t))),
    ("address", re.compile(rf"(?:{_DOOR}){{2,6}}"), lambda t: len(_digits(t)) >= 2 and bool(re.search("栋|幢|单元|室|号楼", t))),
    ("date", re.compile(r"(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}[日号])?|(?<![\d年])\d{1,2}月\d{1,2}[日号]|二[〇零]\S{2}年\S{1,2}月\S{1,3}[日号]"), None),
    ("date", re.compile(rf"(?:(?:19|20)?\d\d年)?(?:农历|阴历)?(?:正|冬|腊|[{_N}]{{1,2}})月(?:初[{_N}]|[{_N}]{{1,3}}[日号]?)(?!个)"), lambda t: not re.fullmatch(rf"[{_N}]+月[{_N}]", t)),
    ("date", re.compile(r"(?:19|20)\d\d年(?:的)?(?:元旦|春节|除夕|元宵节?|清明节?|劳动节|五一|端午节?|七夕|中秋节?|国庆节?|重阳节?|冬至|立春|夏至|平安夜|圣诞节?)"), None),
    ("date", re.compile(rf"[二一][〇零○九{_N}]{{3}}年[{_N}]{{1,2}}月(?:[{_N}]{{1,3}}[日号])?|(?<!\d)\d\d年\d{{1,2}}月\d{{1,2}}[日号]"), None),
    ("date", re.compile(r"(?<![\d/.-])\d\d([-/.])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?![\d/.-])"), None),
    ("date", re.compile(r"(?:时间|日期|[入出]院|[于自至到从在])(?:是|为)?[:：\s]*(?P<it>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\s?\d{1,2}[:：]\d\d)?)(?!\d)"), None),
    ("date", re.compile(r"(?:生日|出生于|出生日期|生于)(?:是|为)?[:：\s]*(?P<it>\d{4}年?(?:\d{1,2}月?)?(?:\d{1,2}[日号]?)?)"), None),
    ("record", re.compile(r"(?:住院号|门诊号|病历号|病案号|就诊号|登记号|就诊卡号?|病历编号|检查号|标本号|条码号?|护照号?码?|军官证号?|床号|社保号|医保(?:卡)?号?|学号|工号|挂号单号)(?:是|为)?[:：\s]*(?P<it>[A-Za-z]{0,4}[\d-]{2,20}[A-Za-z]?)"), None),
    ("record", re.compile(rf"(?:[{H}A-Za-z]{{1,4}}(?:编号|流水号|单号|卡号|登记号|序列号)|(?:影像|放射|病理|超声|透析|处方|急诊|检验|内镜|心电|核磁|手术|取药|CT|MR|DR|B超)号)码?(?:是|为)?[:：\s]*(?P<it>[A-Za-z]{{0,4}}-?\d[\d-]{{1,18}}[A-Za-z]?)"), None),
    ("record", re.compile(r"(?P<it>加?\d{1,3})(?:号)?床"), None),
    ("id_number", re.compile(rf"{_DOCUMENT}(?:号码|编号|号)?(?:是|为)?[:：\s]*(?P<it>[A-Za-z]{{0,2}}\d{{6,17}}[\dXx]?)(?![\dA-Za-z])"), None),
    ("id_number", re.compile(rf"{_DOCUMENT}[^，。；]{{0,4}}(?:后|末|尾|前)[{_N}\d]?[位号](?:数|是|为)?[:：\s]*(?P<it>\d{{3,6}}[Xx]?)"), None),
    ("card", re.compile(r"(?:卡|账户|账号)[^，。；\d]{0,4}[，,]?(?:尾号|后四位|末四位)(?:是|为)?[:：\s]*(?P<it>\d{3,6})"), None),
    ("card", re.compile(rf"(?:银行卡|卡号|账号|储蓄卡|信用卡)(?:是|为|号)?[:：\s]*(?P<it>(?:\d{_SEP}){{9,22}}\d)"), None),
    ("phone", re.compile(r"(?:电话|手机|座机|联系方式|热线|传真|办公室|护士站|值班室|分机|短号|号码|打|拨)(?:号码|号)?(?:是|为|到|给)?[:：\s]*(?P<it>\d[\d-]{5,14}(?:\s?转\s?\d{1,6})?)(?![\d%.])"), lambda t: len(_digits(t)) >= 7),
    ("phone", re.compile(r"(?<![一二三四五六七八九十])[一幺][三四五六七八九][零〇一幺二两三四五六七八九]{9}(?![零〇一二三四五六七八九十])"), None),
    ("account", re.compile(r"(?:微信|[VＶ]信|支付宝|抖音|快手|小红书|钉钉|微博|QQ|(?<![a-z])(?:vx|wx|wechat))(?:账号|号码|号|名|ID)?(?:是|为|叫|搜)?[:：\s]*(?P<it>[A-Za-z0-9][\w-]{4,})", re.IGNORECASE | re.ASCII), None),
    ("plate", re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]\s?[·•.]?\s?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"), None),
    ("age", re.compile(r"(?<!\d)(?!90岁以上)(?P<it>(?:9\d|1[0-2]\d)(?:周岁|岁))"), None),
    ("age", re.compile(rf"(?<![{_N}百])(?:(?:九十|一百零?)[{_N}]{{0,2}}(?:多|来)?(?:周岁|岁)|(?<=虚岁)九十[{_N}]?|(?<=高龄)九十[{_N}]?)"), None),
    ("place", re.compile(rf"(?:在|去|到|从|回|来自|住|过|是|叫|居)(?P<it>[{H}]{{1,3}}(?:市|县|镇|乡|村|屯|沟|寨|州)(?:[{H}]{{1,4}}(?:区|县|镇|乡))?)(?![场区医里通静痛咳下])"), lambda t: not _HABIT.match(t) and not re.search("超市|城市|农村|门市|都市|进城|水沟|山沟|臭沟|老乡|家乡|同乡|他乡|全村|本村|我们|你们|[这那哪个各乡]村|[这那同]个|同村|小镇|冰镇", t)),
)  # fmt: skip

_TITLES_ZH = "医生|主治|大夫|主任|护士长|护士|教授|老师|先生|女士|小姐|阿姨|叔叔|师傅|院长|同学|经理|医师|校长|局长|大爷|大妈|奶奶|爷爷"
_NAME_CUE = r"(?:我叫|请叫|自称|老人叫|孩子叫|病人叫|介绍人|陈述者|代诉人|名叫|叫做|名字(?:是|叫)?|姓名|本人叫|患者姓名|联系人|签名|签字|家属|监护人|主诉人|称呼|我是)[:：\s]*(?:是)?"
_KIN = (
    "老伴|丈夫|妻子|爱人|儿子|女儿|闺女|父亲|母亲|爸爸|妈妈|我爸|我妈|我爹|我娘|老公|老婆|孙子|孙女|外孙女?|侄子|侄女|外甥女?|哥哥|姐姐|弟弟|妹妹|我哥|我姐|我弟|我妹|大哥|二哥|大姐|二姐"
    "|爷爷|奶奶|姥姥|姥爷|外公|外婆|公公|婆婆|岳父|岳母|女婿|儿媳妇?|媳妇|嫂子|弟媳|小姑子|小叔子|[大小二三]?[姨舅姑]妈?|[姨舅姑]父|叔叔|伯伯|伯父|婶婶|孩子|娃娃?|男友|女友|男朋友|女朋友|对象"
)
_PERSON_CUE = rf"(?:患者|病人|患儿|伤者|产妇|孕妇|朋友|同事|邻居|室友|同学|本人|送检人|{_KIN}|其[子女妻夫父母]|医生|医师|大夫|护士|护工|术者|手术者|主刀|助手|麻醉|记录者?|值班|报告者|审核者|检验者|接诊|带教老师|实习生|会诊)"
_AFTER_NAME = rf"(?=[，,。.、；;：:！!？?\s（()）]|$|男|女|今年|因|于|住|的(?:家属|电话|病历|身份证)|先生|女士|也|是|\d|[（(]|来(?:电|拿|复)|去世|在|说|提供|代诉|对不上|查房|同意|备孕|去年|前年|昨|月经|有(?:糖|高|乙)|患(?:有|了)|被|{_TITLES_ZH})"
_WORDS_TOO = "解关管单权计全成位强党门米冷"
"""Rarer family names that are a word of their own before a title (和医生)."""
_NOT_GIVEN = (
    "是的了在和有去说让找问看请给被跟叫经时常何该后来不没很都也就还吗呢啊吧血压痛疼热烧咳吐泻胀病症癌疹岁个"
)


@cache
def _words() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(IDENTIFIERS.read_text(encoding="utf-8"))
    double = "|".join(table["surnames_zh_double"])
    city = sorted(table["cities_zh"].split(), key=len, reverse=True)
    other = "|".join(table["not_cities_zh"])
    return {
        "double": double,
        "surname": f"(?:{double}|[{table['surnames_zh']}])",
        "any_surname": f"(?:{double}|[{table['surnames_zh']}{table['surnames_zh_rare']}])",
        "not_zh": tuple(table["not_names_zh"]),
        "no_name": frozenset(table["no_names_zh"]),
        "cities": re.compile(rf"(?:{'|'.join(city)})市?(?!{other})"),
        "given": frozenset(table["given_en"].split()),
        "not_en": frozenset(table["not_names_en"].split()),
    }


def _names_zh(text: str) -> Iterator[Span]:
    """After a cue (我叫, 患者, 父亲), before a title (王医生), with 某, 小王 and 老李, and doubled names of children."""
    words = _words()
    common, no = words["surname"], words["not_zh"]
    any_, given = words["any_surname"], rf"(?:(?![{_NOT_GIVEN}])[{H}])"
    patterns = (
        rf"{_NAME_CUE}(?P<it>{any_}[{H}]{{1,2}}){_AFTER_NAME}",
        rf"(?:我叫|姓名[:：]\s*|本人叫|名叫|名字叫|孩子叫|联系人[:：]?\s*|签名[:：]\s*)(?P<it>(?!电话|手机|号码)[{H}]{{2,5}}?)(?=[，,。；;\s]|$)",
        rf"{_PERSON_CUE}[:：]?\s?(?P<it>{any_}{given}{{1,2}}){_AFTER_NAME}",
        rf"(?:{_PERSON_CUE}|我叫|我是)[:：]?\s?(?P<it>[A-Z][a-z]+(?:\s[A-Z][a-z]+){{0,2}})(?![A-Za-z])",
        rf"(?:医师|护士|术者|助手|主刀|麻醉|记录者?|审核者?|报告者?)\s?[:：]\s?(?P<it>{any_}[{H}]{{1,2}})(?=[，,。；;、\s]|$)",
        rf"(?<![{H}]任)(?P<it>[小老阿]?{common}(?:{given}){{0,2}})(?:{_TITLES_ZH})",
        rf"(?:(?<![{H}])|(?<=[由请叫找是让给跟]))(?P<it>[小老阿]?(?![{_WORDS_TOO}]){any_}(?:{given}){{0,2}})(?:{_TITLES_ZH})",
        rf"(?P<it>{any_}某(?:某|[{H}](?=[，,。；;\s]|$))?)",
        rf"(?:(?<![{H}])|(?<=邻居|同事|朋友|隔壁|护工|听说)|(?<=隔壁床))(?P<it>[小老阿]{common})(?=[，,。、；;\s说让叫的是]|$)",
        rf"(?:我姓|免贵姓)(?P<it>{words['double']}|[{H}])(?=[，,。；;\s]|$)",
        rf"(?<![{H}])(?P<it>{common}{given}{{1,2}})(?=[，,]\s*(?:男|女)[，,。\s]|[（(](?:男|女))",
        rf"(?:男|女)[，,]\s?(?P<it>{any_}{given}{{1,2}})(?=[，,]\s?\d)",
        rf"(?<![{H}])(?P<it>{common}{given}{{2}})(?=的(?:片子|报告|化验|检查|血|尿|痰|大便|病|药|家属|妈妈|爸爸|母亲|父亲|女儿|儿子|手术|结果|住院|号))",
        rf"(?:{_KIN}|叫)(?P<it>([{H}])\2)(?=[，,。；;、\s昨今前发咳烧吐拉吃从刚又也最]|$)",
    )
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            name = match.group("it")
            before = text[max(match.start("it") - 1, 0) : match.start("it")]
            if (
                name.startswith(no)
                or (name[0] == "任" and before in tuple("主责就担离现前历"))
                or (name[0] == "于" and before in tuple("对由关属至在终等"))
                or name in words["no_name"]
            ):
                continue
            yield Span(match.start("it"), match.end("it"), "name")


def _cities_zh(text: str) -> Iterator[Span]:
    """Cities that are named without a word for city; medicines, animals and dishes that bear their names stay."""
    for match in _words()["cities"].finditer(text):
        yield Span(match.start(), match.end(), "place")


_ORG_END = re.compile(
    r"(?:医院|卫生院|卫生所|有限公司|分公司|公司|集团|小学|中学|高中|初中|大学(?!生)|学院|职校|技校|幼儿园|工厂|银行|派出所|法院|事务所|研究所|养老院|敬老院|福利院|诊所|卫生室|服务中心|大药房|学校|交大|师大|农大|医大|(?<![职员])工厂|宾馆|饭店|酒店)"
)
_ORG_BEFORE = re.compile(
    r"(?:就读于|就读|任职于|任职|工作单位[:：]?|单位[:：]?|上班|转至|转到|转入|在|去|到|于|从|是|来|了|由|的|过|给|我们|我|开|往|向|找|被|经|(?<![协仁人同颐安])和|跟|让|送|进|回|有|说|叫|读|上|看)"
)
_ORG_COMMON = re.compile(
    r"^(?:当地|本地|附近|外地|外院|家门口|县里|市里|镇上|县|市|省|镇|乡|区|村|社区|大|小|几家|别家|别的|其他|其它|私立|公立|民营|中|西|三甲|二甲|专科|儿童|妇幼保健|妇幼|妇产|妇科|口腔|眼科|牙科|骨科|精神病?|传染病"
    r"|综合|人民|一家|两家|这家|那家|某家|某|你们?|我们?|他们?|上级|基层|教学|住|住院|不同|保险|一个|这个|那个|小型|大型|外贸|贸易|物流|建筑|互联网|科技|化工|电子|服装|食品|机械|纺织|私人|国企|自己|重点|寄宿|同一|民办|公办|职业|高等|普通|老年|各大?|很多|多|好几|几|乡下|农村|城里|昨[天晚]|今天|前天|刚才|后来|上[午周]|下[午周]|\S{1,3}[前后]|[一二三四五六七八九十]{1,2}[家所]|没啥|啥|职业病|老家|家里|单位|公司|社区卫生|职工|母校|老|新|我|他|她|孩子|正规|附属|分|总|私人|牙科|中医|中西医|黑|一所|一间)*$"
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


_AT_WORK = re.compile(
    rf"(?:在|给|是|于|为|到)(?P<it>(?![我你他她这那哪家外])[{H}]{{2,8}}?)(?=上班|工作|打工|流水线|车间|食堂|当[{H}]{{1,3}}(?:工|员|师|机|安)|送外卖|跑[{H}]{{1,2}}车|(?:的)?(?:快递员|外卖员|保安|程序员|退休|工人|职工|员工))"
)
_AT_WORK_COMMON = re.compile(
    r"^(?:.*(?:工地|公司|银行|工厂|厂里|超市|外地|城里|城市|学校|医院|食堂|饭店|车间|农村|老家|单位|办公室|家里|家|电脑|外面|户外|地里|田里|室内|国外|北京|上海|天津|重庆|一线|晚上|白天|夜里|长期|一直|经常|持续|现在|以前|年|天|月|小时|正常|继续|没有|退休|普通|下岗|纺织|建筑|环卫|清洁|农民|钢铁|化工|煤矿|矿山|餐馆|幼儿园|商场|工业区|园区|省|(?:电子|服装|鞋|食品|机械|玩具|家具|塑料|印刷|水泥|砖|造纸|制药|药|酒)厂)|.*(?:省|区|市|县|镇)|[一二两三四五六七八九十\d]+.*)$"
)
_CARED = re.compile(
    rf"(?:(?<![正存现])在|去|到|转自|转到|送到)(?P<it>(?![我你他她这那哪家外])[{H}]{{2,5}}?)(?=(?:做|看|查|切|装|拍|住|开)(?:的|过|了))|外院[（(](?P<it2>[{H}]{{2,8}})(?=[）)])"
)
_CARED_COMMON = re.compile(
    r"^(?:.*(?:医院|门诊|急诊|社区|县里|省里|市里|镇上|村里|乡里|网上|药店|药房|体检|诊所|外地|老家|这里|那边|别处|单位|家里|学校|发作|晚上|早上|中午|上午|下午|之前|以前|当时|入院|出院|楼|科|后|时|前|里|上|边|处|月|年|天))$"
)
_NAMED_PLACE = re.compile(
    rf"(?:工作单位|单位|就读学校)(?:[是为][:：]?|[:：])\s?(?P<it>(?![是的在有没不都里门食组体发要让])[{H}A-Za-z]{{3,16}})(?=[，,。；;（(]|$)"
)
_NUMBERED = re.compile(
    rf"(?<![\d第])\d{{3}}医院|(?P<it>[{H}]{{1,4}}(?:第)?[一二三四五六七八九十]{{1,2}}(?:中|小|院))(?<!大一小)(?<!多一小)(?=[，,。、读住上学做的看]|$)"
)


def _cued_organisations_zh(text: str) -> Iterator[Span]:
    """Employers, schools and hospitals that say nothing of what they are: by what one does there."""
    for pattern, common in ((_AT_WORK, _AT_WORK_COMMON), (_CARED, _CARED_COMMON)):
        for match in pattern.finditer(text):
            name = next(g for g in match.groups() if g)
            if not common.match(name) and not _ORG_COMMON.match(name):
                start = text.index(name, match.start())
                yield Span(start, start + len(name), "organisation")
    for match in _NAMED_PLACE.finditer(text):
        if not _ORG_COMMON.match(match.group("it")):
            yield Span(match.start("it"), match.end("it"), "organisation")
    for match in _NUMBERED.finditer(text):
        group = "it" if match.group("it") else 0
        lead = max((m.end() for m in _ORG_BEFORE.finditer(match.group(group))), default=0)
        if len(match.group(group)) - lead >= 3:
            yield Span(match.start(group) + lead, match.end(group), "organisation")


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
    ("record", re.compile(r"(?:mrn\s*|(?:medical record|record|chart|account|case|room|bed|encounter|accession)\s*(?:number|no\.?|#|id)\s*)(?:is|:)?\s*(?P<it>[A-Z]{0,4}-?\d[\dA-Z-]{1,14})", re.IGNORECASE), None),
    ("age", re.compile(r"\b(?:aged?|age is)\s*:?\s*(?P<it>9\d|1[01]\d)(?!\d)", re.IGNORECASE), None),
    ("date", re.compile(r"\b(?:Christmas(?: Eve| Day)?|New Year(?:'s)?(?: Eve| Day)?|Easter(?: Sunday| Monday)?|Thanksgiving(?: Day)?|Halloween|Boxing Day)\s+(?:19|20)\d\d\b"), None),
    ("phone", re.compile(r"(?<![\w-])1[-. ]\d{3}[-. ]\d{3}[-. ]\d{4}(?![\d-])"), None),
    ("plate", re.compile(r"(?:plate|registration|licen[cs]e plate)\s*(?:number|no\.?|#)?\s*(?:is|:)?\s*(?P<it>[A-Z0-9]{2,4}[ -]?[A-Z0-9]{2,4})\b"), lambda t: bool(re.search(r"\d", t))),
    ("account", re.compile(r"(?:(?:handle|user ?name|user|instagram|snapchat|tiktok|telegram|skype|whatsapp|twitter|wechat|login)(?:\s+(?:id|name))?\s*(?:is|:)?\s*@?|(?<![\w.])@)(?P<it>[A-Za-z]\w*[\d_]\w*)", re.IGNORECASE), None),
    ("record", re.compile(r"\b(?:hospital|clinic|patient|chart|file|specimen|sample|prescription|rx|referral|order|claim|visit|ward)\s*(?:number|no\.?|#|id)\s*(?:is|:)?\s*(?P<it>[A-Z]{0,4}-?\d[\dA-Z-]{2,14})", re.IGNORECASE), None),
    ("record", re.compile(r"\b(?:specimen|accession|MRN|MRN:)\s+(?P<it>[A-Z]{0,3}\d[\dA-Z-]{3,14})"), None),
    ("record", re.compile(r"\b(?:in )?(?:bed|room)\s+(?P<it>\d{1,4}[A-Z]?|[A-Z]\d{1,3})\b(?!\s*(?:days?|hours?|weeks?|minutes?))"), None),
    ("id_number", re.compile(r"\b(?:insurance|policy|member|national|passport|licen[cs]e|tax|student|employee|badge)(?:'s)?\s*(?:number|no\.?|#|id|ID)\s*(?:is|:)?\s*(?P<it>[A-Z]{0,4}-?\d[\dA-Z-]{3,18}|[A-Z]{2,4}(?:-\d{2,8}){1,4})", re.IGNORECASE), None),
    ("card", re.compile(r"(?:card|visa|mastercard|amex)\b[^.;\d]{0,12}ending(?: in)?\s*(?P<it>\d{4})", re.IGNORECASE), None),
    ("address", re.compile(rf"(?<![\w.])\d{{1,4}}\s+(?:Rue|Via|Calle|Avenue|Avenida|Chemin|Place|Piazza)\s+(?:(?:de|des|du|la|le|del|della)\s+)*(?:{_CAP})(?:,\s*\d{{4,5}}\s+{_CAP})?"), None),
    ("organisation", re.compile(rf"\b(?:[Tt]reated|[Ss]een|[Aa]dmitted|[Oo]perated on|[Ss]urgery|[Tt]ransferred)\s+(?:at|to|from)\s+(?P<it>{_CAP}(?:\s+{_CAP}){{0,3}})"), None),
    ("organisation", re.compile(rf"\b(?:[Ww]ork(?:s|ed|ing)?|[Tt]each(?:es)?|[Dd]r[io]ves?|[Ww]elds|[Dd]eliver(?:s|ing)?|[Ss]tud(?:y|ies|ied)|[Pp]upil|[Ss]tudent|[Ss]hifts?|[Nn]ights|[Yy]ear \w+|[Ii]nternship)\s+(?:\w+\s){{0,2}}(?:at|for)\s+(?P<it>(?!I\b){_CAP}(?:\s+{_CAP}){{0,3}})"), None),
    ("age", re.compile(r"\b(?P<it>(?:9\d|1[01]\d)[\s-]*(?:years?|yrs?|y)[\s/-]*(?:old|o\b))", re.IGNORECASE), None),
    ("address", re.compile(r"\b(?:zip(?: code)?|postal code|postcode)\s*(?:is|:)?\s*(?P<it>[A-Z]{0,2}-?\d[\dA-Z -]{2,8}\d?)", re.IGNORECASE), None),
    ("address", re.compile(r"(?:address|lives? at|meet (?:me|you) at|taxi to|drops you off at|sent to)\s*(?:is|:)?\s*(?P<it>(?:unit |the corner of )?\d[^\n.?!]{4,60}|the corner of [^\n.?!]{4,60})", re.IGNORECASE), None),
    ("place", re.compile(rf"\b(?:lives?|lived|living|resid(?:es|ing)|born|grew up|moved|commutes?)\s+(?:here\s+)?(?:in|to|from|near|at)\s+(?P<it>{_CAP}(?:\s+(?:de|del|la|of)?\s*{_CAP}){{0,2}})"), None),
    ("place", re.compile(rf"\b(?:originally from|moved (?:here )?from|flew to|travel(?:l?ing|ed)? to|(?:home )?city of|arrived at|home city|town of|village of|lovely from)\s+(?P<it>{_CAP}(?:\s+{_CAP}){{0,1}})"), None),
    ("place", re.compile(rf"\b(?:[Ff]rom|[Nn]ear|[Tt]rip to|[Hh]oliday in|[Vv]isiting)\s+(?P<it>{_CAP})(?=\s+(?:with|and|in|on|for|when|where|last|this|after|has)\b|[,.;])"), lambda t: re.sub(r"\W+$", "", t) not in _words()["not_en"]),
    ("organisation", re.compile(rf"\b(?P<it>(?:{_CAP}[\s,&]+(?:and\s+)?){{1,4}}(?:Inc\.?|Incorporated|Ltd\.?|LLC|Corp\.?|Corporation|Company|Group|Bank|Hospital|Clinic|University|College|School|Medical Cent(?:er|re)|Health Cent(?:er|re)|Foundation|Institute))(?!\w)"), None),
    ("organisation", re.compile(rf"\b(?:work(?:s|ed|ing)?\s+(?:for|at)|employed (?:by|at)|studies at)\s+(?P<it>{_CAP}(?:\s+{_CAP}){{0,3}})"), None),
)  # fmt: skip
_STREET = r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Squares|Terrace|Way|Close|Crescent|Highway|Hwy|Parkway|Circle|Trail|Row|Greens|Gardens|Grove|Hill|Walk|Mews)\b\.?"
_ADDRESSES = (
    re.compile(rf"\b\d{{1,6}}(?:\s+\d{{1,5}})?\s+(?:{_CAP}\s+){{1,5}}?{_STREET}"),
    re.compile(rf"(?<![\w.])\d{{3,6}}\s+(?:\d{{1,5}}\s+)?(?:{_CAP}\s+){{1,5}}\d{{1,5}}\b"),
    re.compile(rf"(?<![\w.])\d{{3,6}}\s+(?:{_CAP}\s+){{1,4}}(?=(?:Apt|Suite|Unit)\b)"),
    re.compile(r"\b(?:Apt|Apartment|Suite|Unit|Flat)\.?\s*#?\d+[A-Z]?\b(?:\s+Box\s+\d+)?"),
    re.compile(rf"\b(?:Apt|Suite|Unit)\.?\s*\d{{2,}}(?:[ ]{_CAP}){{1,3}}"),
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
    re.compile(
        rf"\b(?:ask for|[Tt]hanks,|[Tt]hank you,|[Cc]heers,|[Ss]igned:|[Ii]nformant:?|[Cc]arer,|[Nn]urse,|[Dd]octor,|[Dd]aughter,|[Ss]on,|[Ww]ife,|[Hh]usband,|[Mm]other,|[Ff]ather,|[Aa]ttending|[Rr]esident|[Rr]eferred by|[Dd]iscussed with|It's|[Pp]t|[Pp]atient:)\s+(?P<it>{_NAME_EN}(?:, {_CAP})?)"
    ),
    re.compile(r"(?:(?i:\b(?:mr|mrs|ms|dr)\.)|\b(?:mr|mrs|ms|dr))\s+(?P<it>[a-z]+(?:\s+[a-z]\.?\s+[a-z]+)?)"),
    re.compile(
        rf"\b(?i:my|his|her|our)\s+(?i:son|daughter|kid|child|wife|husband|brother|sister|mother|father|friend|boss|aunt|uncle)\s+(?P<it>{_CAP})"
    ),
    re.compile(rf"\b(?:I am|I'm|This is|this is|it's|It's)\s+(?P<it>{_CAP}\s+{_CAP})"),
    re.compile(
        rf"\b(?:I am|I'm|This is|this is|It's|it's)\s+(?P<it>{_CAP})(?=,?\s+(?:\d|here|again|speaking)|'s\s+\w)"
    ),
    re.compile(
        rf"(?P<it>{_CAP}(?:\s+{_CAP})?)(?=\s+(?:lives at|said|says|told|had given|asked|replied|wrote))"
    ),
)
_PAIR_EN = re.compile(rf"(?<![\w./-])(?<!\d ){_CAP}(?:\s+[A-Z]\.?)?\s+{_CAP}(?:\s+{_CAP})?")
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
    ends = next(
        (i + 1 for i, (a, b, w) in enumerate(words) if len(w) > 1 and text[b - 1] in ".)"), len(words)
    )
    words = words[:ends]  # a full stop after more than an initial ends the name
    while words and (words[0][2] in no or not words[0][2]):
        words.pop(0)
    while words and (words[-1][2] in no or not words[-1][2]):
        words.pop()
    if not words or any(w in no or w.startswith(("I'", "I’")) for _, _, w in words):
        return start, start
    last = words[-1]
    return words[0][0], last[0] + len(last[2])
