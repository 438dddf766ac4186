"""Who the patient is: age, sex, pregnancy, and whether somebody else is speaking for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from suwen.core.case import Person
from suwen.language.phrases import alternatives
from suwen.language.quantities import EN_NUMBERS, EN_WORD, number
from suwen.language.tables import tables

_NOT_A_PERSON = r"(?:mother|father|mum|mom|dad|parent|grandmother|grandfather|fever|temp\w*|pulse|rate|weight|height|history|pressure|bp|reading|glucose|sugar|level|dose|total|maximum|score|bmi|index|count|bottle|box|packs?|packets?|group|team|size|average|family|course|range|ratio|number|speed|sats?|saturation|week|month|result|value|length|distance|age)\b"
_CN = r"(\d+(?:\.\d+)?|[一二两俩三四五六七八九十百半]+)"
_UNIT_YEARS = (
    ("minute", 1 / 525960), ("hour", 1 / 8766), ("小时", 1 / 8766), ("钟头", 1 / 8766),
    ("d", 1 / 365.25), ("天", 1 / 365.25), ("日", 1 / 365.25), ("w", 7 / 365.25), ("周", 7 / 365.25),
    ("星", 7 / 365.25), ("礼", 7 / 365.25), ("m", 1 / 12), ("月", 1 / 12),
)  # fmt: skip
"""Years in what a unit of age begins with; any other is years."""
_CHILD = "孩子|宝宝|婴儿|新生儿|娃|小孩|小家伙|小子|闺女|丫头|儿子|女儿|孙子|孙女|外孙|男宝|女宝|男婴|女婴|男孩|女孩|患儿"
_BORN_TO = "(?<!生完)(?<!生了)(?<!生下)(?<!生过)(?<!怀)"
"""Before a child that somebody has had: the time behind it is since the birth."""
_MONTHS_OLD = r"(?:今年|现在|刚|刚刚|才|已经|快|也就|有|是|都|满|刚满|,|\s){0,3}"
_ZH_N = r"(?<![\d.一二两三四五六七八九十百半])(?P<n>\d+(?:\.\d+)?|[一二两俩三四五六七八九十百半]+)\s*"
_ZH_SMALL = _ZH_N + r"个?(?P<half>半)?(?:多|来|几)?\s*个?"
_WEEK = r"周(?!岁)|星期|礼拜"
_SINCE_BIRTH = r"(?!起|开始|出现|后|内|时|发现|以|左右起|孕)"
_SICK = "咳烧热拉吐疼痛痒病喘泻哭"
_EN_N = rf"\b(?P<n>\d{{1,3}}(?:\.\d+)?|{EN_WORD})(?P<half>(?:\s+and)?\s+a\s+half)?[\s-]*"
_EN_SMALL = r"(?P<unit>minute|hour|day|week|wk|month|mo)s?\b"
_EN_CHILD = (
    "baby|infant|son|daughter|child|kid|toddler|newborn|little one|boy|girl|lad|grandson|granddaughter"
)
_EN_KIN = "mother|father|mom|mum|dad|wife|husband|grandmother|grandfather|grandma|grandpa|brother|sister|patient|who"
_NOT_YEARS = r"(?!\s*(?:weeks?|months?|days?|hours?|minutes?|%|kg|cm|/|and a half (?:week|month|day)|of\b))"
_ALONG = (
    r"(?! pregnant| along| in(?:to)?\b| gest| with| post| after| from| since| out\b| late| of (?:preg|gest))"
)
_GOES_ON = r"\s*(?:[,;(]|\.(?!\d)|$|(?:with|who|whose|has|had|is|was|and|on|in|from|feels|notices|comes|came|seen|sent|brought|presents|wakes|gets|\w+ed)\b)"
"""Behind an age that has no unit, in 'a joiner of 72 with ...'."""
_OF_A_THING = re.compile(
    r"\b(?:that|which|it|this|wound|cut|burn|bite|bruise|rash|scar|injury|rice|food|milk|leftovers)(?:'s| is| was| are| were) $"
)
"""Before the age of something, of rice or a bruise."""
_AGE: tuple[re.Pattern[str], ...] = tuple(map(re.compile, (
    # a number with its unit: of years, then what is younger, beside a word for a child or for birth
    _ZH_N + r"(?:多|来|好?几)?\s*(?P<unit>周岁|岁)(?P<half>半)?",
    r"(?:年龄|今年|虚岁)\D{0,3}?" + _ZH_N + r"(?P<unit>)(?!\s*(?:多|来|几)?\s*(?:年|月|天|个|次|斤|点|级|家|都|[\d一二三四五六七八九十百]))",
    _ZH_SMALL + rf"(?P<unit>月|{_WEEK}|天|日|小时)(?:大|龄(?!前))",
    rf"(?<![了过{_SICK}])" + _ZH_SMALL + rf"(?P<unit>月|{_WEEK}|天)的?(?:{_CHILD})",
    rf"\bborn [^.;]{{0,40}}?\bnow (?:aged )?{_EN_N}{_EN_SMALL}(?!\s*(?:of|later))",
    rf"{_BORN_TO}(?:{_CHILD}){_MONTHS_OLD}{_ZH_SMALL}(?P<unit>月)(?!前|来|以|内|没|不)",
    rf"{_BORN_TO}(?:{_CHILD})[^\d{_SICK}]{{0,5}}{_ZH_SMALL}(?P<unit>月)(?!了|前|来)",
    rf"{_BORN_TO}(?:{_CHILD}){_MONTHS_OLD}{_ZH_SMALL}(?P<unit>天|{_WEEK})(?!没|前|两头|来|了|不|都|以|内|后|高|低|发|[{_SICK}])",
    rf"{_BORN_TO}(?:{_CHILD})[^{_SICK}]{{0,8}}?(?:才|刚|满){_ZH_SMALL}(?P<unit>月|{_WEEK}|天)(?!前|来|没)",
    rf"(?:出生|生后|生下来|落地)(?:才|刚|有|后|的|第|\s)*{_ZH_SMALL}(?P<unit>月|{_WEEK}|天|日|小时|钟头){_SINCE_BIRTH}",
    r"^\s*" + _ZH_SMALL + r"(?P<unit>月|天|周)\s*[,、]?\s*(?:男|女)",
    rf"(?:患儿|婴儿)\W{{0,2}}(?:男|女)[婴性]?\W{{0,2}}{_ZH_SMALL}(?P<unit>天|日|{_WEEK}|小时|月)(?=龄|[,.;]|因|入院)",
    r"患儿\D{0,8}?[,\s]" + _ZH_N + r"(?P<unit>月)(?!前|龄前|起|开始|余前)",
    _EN_N + r"(?P<unit>minutes?|hours?|days?|weeks?|wks?|months?|mo|years?|yrs?|yr|y)[\s/-]*(?:old|o\b|of age)",
    rf"\b(?:{_EN_CHILD}) of {_EN_N}{_EN_SMALL}",
    rf"\b(?:she|he|{_EN_CHILD})(?:'s| is)\s*(?:now |just |only |about )?{_EN_N}{_EN_SMALL}{_ALONG}",
    # years alone, beside a word for somebody
    rf"(?:老头子?|老太太|老人家?|老爷子|老汉|老奶奶|大爷|大妈)(?:今年|都|已经|快|,)*{_ZH_N}(?P<unit>)(?=\s*(?:多|了|[,.;]|$))",
    rf"\b(?:{_EN_CHILD}|man|woman) of {_EN_N}(?P<unit>){_NOT_YEARS}",
    rf"^\W*(?:an?|this|our) (?:[\w'-]+ ){{0,4}}?(?!{_NOT_A_PERSON})[a-z]+ of (?P<n>[1-9]\d)\b(?P<unit>)(?={_GOES_ON})",
    rf"\b(?:turned|turning|turns)\s+(?P<n>{EN_WORD})\b(?P<unit>)(?=\s*(?:[,.;]|$|(?:last|this|a|two|three|yesterday|today|recently|in|on|and|but|with)\b))(?:\s+(?:last|this|a few|two|three)\s+\w+(?: ago)?|\s+(?:yesterday|today|recently))?",
    r"\b(?:turned|turning|turn)\s+(?P<n>\d{1,3})\b(?P<unit>)(?:\s+(?:last|this|next|a few|two|three)\s+\w+(?: ago)?|\s+(?:yesterday|today|recently))?(?!\s*(?:weeks?|months?|days?|hours?|%|kg|degrees?))",
    r"(?P<n>\d{1,3})\s*(?P<unit>yo|y/o|y\.o\.?)\b",
    rf"\baged? (?:is |of |about |only )*{_EN_N}{_EN_SMALL}",
    r"\bage[d]?\s*(?:is|of|:)?\s*(?P<n>\d{1,3})\b(?P<unit>)(?!\s*(?:minutes?|hours?|days?|weeks?|months?))",
    rf"\b(?:she|he|{_EN_KIN}|{_EN_CHILD})(?:'s| is)\s*(?:now |just |about |nearly |almost )?(?P<n>\d{{1,3}})\b(?P<unit>)(?P<half> and a half\b)?{_NOT_YEARS}",
    rf"\b(?:she|he|{_EN_CHILD})(?:'s| is)\s*(?:now |just |about |nearly |almost )?(?P<n>{EN_WORD})(?P<unit>)(?P<half> and a half)?(?=\s*(?:[,.;]|$|(?:and|but|with)\b(?! (?:a half|the|only|same|three|a quarter))))",
    rf"\b(?:{_EN_CHILD}|twins|children|kids|boys|girls)(?:,| are)\s*(?:now |just |only |about |nearly |almost |aged )?(?P<n>{EN_WORD}|\d{{1,2}})(?P<unit>)(?P<half> and a half)?(?=\s*(?:[,.;]|$|(?:and|but|with)\b(?! (?:a half|the|only|same|three|a quarter))))",
    r"\b(?:she|he|i) was \d{1,2}\b[^.;\d]{0,40}\bnow (?P<n>\d{1,3})\b(?P<unit>)(?=\s*(?:[,.;]|$|and\b|with\b))",
    r"\bi(?:'m| am)\s*(?:an?\s*)?(?P<n>\d{1,3})\b(?P<unit>)(?!\s*(?:weeks?|months?|days?|%|kg|cm|/))",
    r"^\s*(?P<n>\d{1,3})\s*,?\s*(?P<unit>)(?:male|female|man|woman|m|f)\b",
    rf"(?:male|female|man|woman|boy|girl)\s*,\s*(?P<n>\d{{1,3}})\b(?P<unit>){_NOT_YEARS}",
)))  # fmt: skip
"""Who and unit: each finds a number `n` in a `unit` (years where it is empty), and perhaps a `half`."""
_DECADE = re.compile(r"\b(?:in )?(?:his|her|their) (?:mid-|late |early )?(\d)0s\b")
_AGE_WORDS = (
    (re.compile(r"满月半"), 1.5 / 12),
    (re.compile(rf"(?:刚|才)满月(?![脸半])|满月的?(?:{_CHILD})"), 1 / 12),
)
_UNIT_AFTER = r"(?!\s*(?:个|年|月|天|日|周(?!岁)|次|点|时|小时|分|度|斤|公|厘|毫|米|倍|[%.:/+~-]\s*\d|weeks?|wks?|months?|days?|hours?|minutes?|kg|cm|mm|mg|stone|%|and a half|\d))"
"""Behind a number that is no age."""
_OF_SELF: tuple[re.Pattern[str], ...] = (
    re.compile(r"(?:^|[,.;:!?\s()]|我|俺|本人|患者|患儿|者|是)(?:男|女)(?:性|的|士|生)?[,\s]{0,2}(\d{1,3})" + _UNIT_AFTER),
    re.compile(r"(?:^|[,.;:!?\s()])(?:我|俺|本人)(?:今年|刚满|刚|快|都|已经|是|也){0,2}\s*(\d{1,3}|[二三四五六七八九]?十[一二三四五六七八九]?)(?=\s*(?:多|来|几|出头)?\s*(?:岁|了|[,.\s]?(?:男|女)|,|$))" + _UNIT_AFTER),
    re.compile(r"\bi(?:'?m| am)\s*(?:an?\s*)?(?:(?:wo)?man of |only |just |now |nearly |almost )?(\d{1,3})\b" + _UNIT_AFTER),
    re.compile(r"\b(?:me|i|i'?m|this is me)\W{0,3}(\d{1,3})\s*,?\s*[mf]\b"),
    re.compile(r"^\W*(?:i'?m |i am )?(?:an? )?(\d{1,3})[\s-]*(?:years?|yrs?|yr|y)[\s/-]*(?:old|o\b)"),
    re.compile(r"^\W*(?:(?:hi|hello|hey|dear doctor|bloke|guy|lad|chap)\W+)?(?:[mf]\W+)?(\d{1,3})\s*,?\s*(?:yo\b|y/o\b|male|female|man|woman|m\b|f\b|here\b|bloke|guy|lad)"),
    re.compile(r"^\W*(?:male|female|m|f|bloke|guy|lad|chap|woman|man)\s*,?\s*(\d{1,3})\b" + _UNIT_AFTER),
)  # fmt: skip
"""Somebody's own age, said with nothing but a sex or 'I' beside it."""
_KIN_AGE_ZH = (
    r"\s*(?:,|他|她|今年|快|都|刚满|刚|才|已经|是|也|虚岁)*\s*(\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?)(?=\s*(?:多|来|几)?(?:岁|了|[,.;!\s)]|$))"
    + _UNIT_AFTER
)
_KIN_AGE_EN = (
    r"s?(?:\s+\w+)?(?:(?:'s| is) an? (?:\w+ ){0,2}\w+,|,|'s| is| who is| has just turned|\s*\(|\s*-)\s*(?:\(|an?\s|s?he(?:'s| is) )?(?:only |just |now |about |nearly |almost |aged )?(\d{1,3})\b"
    + _UNIT_AFTER
)
_FOR_ZH = r"(?:帮|替|代|给)(?:我|俺)?(?:家)?"
_FOR_EN = r"\b(?:writing|asking|calling|posting|here|question|worried|concerned|it's|this is) (?:for|about|on behalf of) (?:my|our) (?:\w+ ){0,2}"
_NEWBORN = re.compile(
    r"新生儿|刚出生|刚生下来|newborn|neonate|minutes? old|\b(?:born|delivered) at \d+ ?weeks?|(?:剖|生)(?:出|下)来的"
)
_TOLD_SEX = re.compile(
    r"(?:^|[,.;:!?\s()]|我|俺|本人|患者|患儿|是|名|位|岁的?|\d)(?P<zh>男|女)(?!朋友|友|儿|婿|同|医|老师|上司|领导|主|科|神|伴|方|网)"
    r"|(?P<zf>女性|女士|女孩|女宝|女婴|女患|女娃|女细路|细路女|丫头|囡囡|小妹妹|妹仔|女的|女人|女生)|(?P<zm>男性|男士|男孩|男宝|男婴|男患|男娃|男细路|细路仔|小子|小伙子|男仔|弟仔|男的|男人|男生)"
    r"|\b\d{1,3}\s?,?\s?(?:yo\s?)?(?P<letter>[mf])\b(?!\s*/)|^\W*(?P<first>[mf])\s*,\s*\d|\((?P<bracket>[mf])\)"
    r"|\b(?P<ef>female|woman|girl|lady|lass|gal|housewife|(?:mum|mom|mother) of)\b|\b(?P<em>male|man|boy|gentleman|bloke|fella)\b"
    r"|(?:\ban?|old|yo|\d,?|\(|^)\s*(?P<slang>guy|lad|chap|dude)\b"
)
"""How somebody says their sex; the first in a text counts, those behind are mostly others'."""
_SEX: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"老太太|老太婆|老婆子|老奶奶|大妈"), "female"),
    (re.compile(r"老头|老大爷|老汉|大爷"), "male"),
    (re.compile(r"\bmrs\b|(?:^|[.;,:]\s*|\b(?:this is|saw|see|for|about) )ms\.? (?!since|for|with|and|in|on|is|was|has|which|patient|relaps|diagnos|attack|flare|who|but|or|now|symptom)[a-z]|\bmiss\b|怀孕|孕\d|[一二三头]胎|宝妈|产检|产后|生完孩子|坐月子|月经|例假|大姨妈|停经|白带|\bpregnan(?:t|cy)\b|\bmy periods?\b|\bher periods?\b|\bmenstrua|\bgravida\b|\bg\d\s?p\d|\b(?:weeks|months) with (?:baby|my)|\bmy bump\b|\bmidwife\b|\bcesarean\b|\bcaesarean\b|\bvagina|阴道|卵巢|子宫|哺乳期"), "female"),
    (re.compile(r"\bmr\b|前列腺|睾丸|阴茎|\btesticle|\bpenis|\bprostate|\bcircumcised\b|\bforeskin\b|包皮|龟头|\bscrotum|\bscrotal|\btestis"), "male"),
)  # fmt: skip
_TRYING = re.compile(r"\btrying\b|备孕|要孩子|怀不上|没怀上")
_OWN_HUSBAND = re.compile(r"\bmy (?:husband|boyfriend)\b|我?老公|我丈夫|我先生")
_OWN_WORDS = re.compile(r"\bi\b|\bi'|\bmy\b|我|俺")
_SHE, _HE = re.compile(r"\b(?:she|her|hers)\b"), re.compile(r"\b(?:he|his|him)\b")
_ZH_SHE, _ZH_HE = re.compile("她"), re.compile("他")
_ORDINALS = {
    "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20,
}  # fmt: skip
_ORDINAL = "|".join(_ORDINALS)
_WEEKS: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"孕周?\s*" + _CN + r"\s*周|(?:怀孕|妊娠|孕期)\D{0,4}?" + _CN + r"\s*(?:多)?(?:周|星期)|孕\s*" + _CN + r"\s*\+"), 1),
    (re.compile(r"(?:怀孕|孕|妊娠|怀娃|怀上|怀了|有喜|身孕)\D{0,4}?" + _CN + r"\s*个?多?月(?!前)"), 4.345),
    (re.compile(r"(?:老婆|媳妇|妻子|爱人)(?:现在|都|已经|快|才|刚|,)*" + _CN + r"\s*个多?月(?=(?:了|[,.;]|$).*(?:肚子|胎|产|孕|见红|羊水|下面))|" + _CN + r"\s*个多?月的?(?:身孕|孕|大?肚子(?!疼|痛))"), 4.345),
    (re.compile(r"\b(\d{1,2})\s*/\s*40\b(?=[^.;]{0,20}\b(?:weeks?|gest|pregnan))|\bega\W{0,3}(?:of |is |was )?(\d{1,2})\s*(?:weeks?|wks?)"), 1),
    (re.compile(r"(\d{1,2})[\s-]*(?:weeks?|wks?)'?[\s-]*(?:and \d days? )?(?:of )?(?:the |an )?(?:estimated )?gestational age"), 1),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th) (?:gestational )?week (?:of|for|in) (?:her |the |my )?(?:pregnan|gestation)|\b({_ORDINAL}) week of (?:her |the |my )?(?:pregnan|gestation)"), 1),
    (re.compile(r"(\d+)[\s-]*(?:weeks?|wks?)'?[\s-]*(?:pregnant|gestation|of gestation|of pregnancy|gravid|into (?:my|her|the) pregnancy)"), 1),
    (re.compile(r"pregnant\D{0,12}(\d+)\s*weeks?|(?:gestational age|gestation|pregnancy)\D{0,8}(\d+)\s*(?:weeks?|wk)"), 1),
    (re.compile(r"(\d+)\s*months? pregnant"), 4.345),
    (re.compile(r"(\d{1,2}) (?:weeks?|wks?) with (?:baby|(?:our|my|her) (?:first|second|third|fourth|fifth|next))\b"), 1),
)  # fmt: skip
_EXPECTING = re.compile(
    r"[一二三四五头]胎|孕妇|宝妈|产检|宫缩|胎动|胎心|见红|羊水|胎盘|预产期"
    r"|\bpregnan|\b(?:fetal|foetal|fundal|fetus|foetus|antenatal|prenatal|placenta|midwife|obstetric|gravida|contractions?|waters|in labou?r|baby number|(?:first|second|third|fourth) baby|my bump|expecting(?! (?:to|that|it|this|an?(?! baby)))|due date)\b|\bg\d\s?p\d"
)
"""Words beside which a number of weeks is how far a pregnancy has gone."""
_AT_WEEKS = re.compile(
    r"(?:怀\S{0,3}?|现在?|今天?|目前|已经?|刚|满|[,.;(\s]|^)(\d{1,2})\s*周(?!岁|龄|前|后|以|内)\s*(?:\+\s*\d?|整|多|了)?"
    r"|(?:\bat|\bis|\bnow|\bam|'m|,|\()\s*(?:about |around |only )?(\d{1,2})\s*\+?\d?\s*(?:weeks?|wks?)\b(?: and \d days?\b)?(?!\s*(?:ago|later|old|after|postpartum|of age|history|now has|of (?!ges|preg)\w))"
    r"|\b(\d{1,2})\s*(?:weeks?|wks?) (?:along|with (?:baby|our|my|her)|into)\b"
)
_DELIVERED = re.compile(
    r"产后|生完|分娩后|坐月子|刚生了|\bgave birth|\bpostpartum|\bpostnatal|\bhad (?:my|her|the|a|our) baby\b|\bsince (?:the )?(?:birth|delivery)"
)
WEEKS_OF_PREGNANCY = (4, 43)
_KIN_SUBJECT_EN = re.compile(
    r"\b(?:my|our)\s+(?:\d+[\s-]*(?:year|month|week|day)s?[\s-]*old\s+|little\s+|baby\s+|young\s+|elderly\s+)?$"
)
_HISTORY_AFTER = re.compile(
    r"^\W{0,3}(?:and \w+ )?(?:also |both )?(?:had|has a history|died|passed|was diagnosed|suffered|with (?:a )?(?:history|breast|colon|cancer)|得过|有\S{0,8}(?:史|病)|患有?|死于|因|去世|也(?:有|是)|(?:说|觉得|认为|讲)(?:没事|不要紧|没关系|没什么|是|我|可能|应该|别|不用)|让我|叫我|reports|says|states|noticed|brought|brings|describes|says|tells|notes|denies|looks? after|looking after|cares? for|caring for|minds?\b|babysits?)"
)
_ILL_SINCE = r"[^.;]{0,40}?(?:\b(?:days?|weeks?|hours?) ago\b|\b(?:yesterday|today|tonight)\b|\b(?:last|this) (?:week|night|month|morning)\b|\b(?:and|but|, ?(?:s?he|now)) ?(?:is|are|has|had|can't|won't|keeps?|still|now|feels?)\b)"
"""Behind an operation on a relative: it is of late, or they are ill since."""
_AGE_THEN_EN = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|[2-9]\d)\b(?! ?(?:weeks?|days?|minutes?|hours?|bpm|mg|ml|kg|mph|o'clock|%|/|:))"
_AGE_THEN_ZH = r"(?:[二三四五六七八九]十[一二三四五六七八九多来几]*|\d\d[多来几]?)岁(?:左右|那年|那会儿?|的?时候?|就(?![诊医来])|得的|开始|没了|走的|绝经|停经)"


@cache
def _once() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What ended or marked a life, or an age it was at, behind a relative: of once and not of today's patient; (Chinese, English)."""
    words = tables()[0]["cues"]["once"]
    unless = "|".join(
        rf"{alternatives([phrase])} (?!{alternatives(not_before)}\b)"
        for phrase, not_before in words["unless"].items()
    )
    english = (
        rf"\W{{0,3}}(?:[\w'-]+ ){{0,8}}?(?:{alternatives(words['en'])}\b|{unless}|{alternatives(words['operated'])}\b(?!{_ILL_SINCE})"
        rf"|{alternatives(words['at_age'])} {_AGE_THEN_EN}|{alternatives(words['last'])}(?=\W*$|[,.;]))"
    )
    after = r"过(?=$|[,.;!?了的\u4e00-\u9fff])(?![敏去来])"
    chinese = (
        rf"[^,.;!?]{{0,14}}?(?:{_AGE_THEN_ZH}|{alternatives(words['zh'])}|{alternatives(words['ends'])}(?=[,.;!?]|$)"
        rf"|{alternatives(words['done'])}{after}|{alternatives(words['had'])}[放做得了]{{0,2}}{after})"
    )
    return re.compile(chinese), re.compile(english)


_STATE_ZH = re.compile(
    r"[^,.;!?]{0,10}?(?:洗肾|透析|换肾|换肝|搭桥|支架|起搏器|切除|截肢|[切摘]了?(?:一?半|一截|一段|乳房|子宫|卵巢|胃|胆|脾|肠|甲状腺|一?个?肾)|瘫了|瘫痪|瘫在[床炕]|[耳从]\S{0,3}聋|聋哑|瞎了|失明|矮|去医院查出|查出来|确诊)"
)
"""Behind a relative: what lasts. Of a relative who is ill today it is told as well."""


_ALL_OF_THEM = re.compile(r"(?:(?!\b(?:i|i'm|i've|my)\b|(?<=[,\s])(?:而|但|可)?[我俺])[^.;!?\n])*")
"""What a sentence goes on to say until the speaker comes to themselves."""
_NOTHING_ELSE = re.compile(
    r"[^,.;!?\n]*[,.;!?\s]*(?:$|(?:and |but |so )?(?:i|i'm|i've|my|his|her)\b|[我俺]|本人|[大二三四小老]?(?:[父母]亲|爸|妈|爷爷|奶奶|外[公婆]|姥|哥|弟|姐|妹|叔|舅|姑|姨|伯))"
)
"""Behind a relative: one clause and nothing more of them, until the speaker or another relative."""
_OTHER_PARENT = re.compile(
    r"(?:我)?(?:妈妈?|母亲|爸爸?|父亲)[^,.;!?\n]{1,12}[,;.]\s*(?:我)?(?:妈妈?|母亲|爸爸?|父亲)[^,.;!?\n]{1,12}(?:$|[,.;!?\n])"
)
"""Both parents, one clause each: a family history, 母亲有高血压，父亲体健."""
_AS_A_CHILD_SAYS = frozenset(["爸爸", "妈妈", "父亲", "母亲", "爷爷", "奶奶", "外公", "外婆", "姥姥", "姥爷"])
_CHILD_NEXT = re.compile(rf"[,.;]\s*(?:我家)?(?:{_CHILD})(?![的他她]|爸|妈|爷|奶|姥|没事|很好|健康)")
"""In a clause behind one of them: it is the child that a message is about, 爸爸抽烟，孩子咳嗽."""
_FAMILY_TITLE = re.compile(r"家族史[^.;!?\n]*$|\b(?:family history|fhx?)\b\s*:[^.;!?\n]*$")
_ADDRESS = re.compile(
    r"(?:医生|大夫|您好|你好|您|你|请问|咨询|想问|问一?下|麻烦|帮|看看|好|啊|呢|一?下|是这样|情况|昨天|昨晚|今天|今早|早上|刚才|刚刚|最近|这两天|前天|急|救命|怎么办|我[想要]|给|[,.;:!?\s])*"
)
"""What a message can begin with and tell nothing."""


def _is_of_once(after: str, *, lasting: bool = True) -> bool:
    """Whether behind a relative follows what they went through once: 'lost a leg to diabetes', 四十多岁心梗走的."""
    chinese, english = _once()
    told = chinese.match(after) or english.match(after) or (lasting and _STATE_ZH.match(after))
    them = _ALL_OF_THEM.match(after)
    if not told or them is None:
        return False
    return not _tells_of_now(them[0]) and not _TOLD_OF_NOW.search(them[0])


_CALLED_RELATIONS = ("mother", "father", "grandmother", "grandfather")
_CALLED = re.compile(
    r"(?:^|\band |\bbut |, )\W*(?P<name>mom|mum|mummy|dad|daddy|gran|granny|grandma|nan|nana|grandpa|grandad|granddad)"
    r"(?='?s? (?!who\b|says|said|thinks|reckons|noticed|tells|told|worried|also\b)(?:\w))"
)
"""A relative called by what they are, as one does at home: the one whom a text begins to speak of."""
_OTHERS_BEFORE = re.compile(
    r"\b(?:i|i'm|i've|my|our|his|her|their|he|she|we|baby|child|son|daughter|kid|toddler|boy|girl|patient|old|died)\b"
)
_STILL = re.compile(
    r"\b(?:she|he)(?:'s| is| can't| won't| keeps)\b(?! (?:\w+ )?(?:fine|ok|okay|better|well|back|dead|alive|remission|recover\w*|cured|on|doing|free)\b)"
)
_OWN_STORY = re.compile(
    r"\bi (?:found|have|had|keep|woke|get|noticed (?:a|my)|started)\b"
    r"|\bmy (?!mum|mom|dad|gran|nan|mother|father|husband|wife|brother|sister|question|worry)"
)
"""Behind a relative called by name: the speaker is the patient."""
_TENDS_AFTER = re.compile(
    r"^[妈爸奶爷]?(?:昨天|今天|刚才|刚刚|早上|晚上|最近|这两天)?(?:发现|觉得|看到|看见|看着|说|讲|代?诉|带|给|抱|陪|送|让|叫|告诉)"
    r"(?:我|孩子|宝宝|儿子|女儿|娃|小孩|弟弟|妹妹|患儿|患者|婴儿)"
)
"""Behind a relative who only looks after or speaks of the patient."""
_BODY = "chest|head|stomach|belly|tummy|back|throat|neck|arms?|legs?|knees?|ears?|eyes?|nose|heart|skin|foot|feet|hands?|joints?|periods?|bowels?|whole body|own"
_MY_CHILD = re.compile(
    r"\bmy (?:(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)[\s-]*(?:month|week|day)s?"
    r"|(?:[1-9]|1[0-7]|one|two|three|four|five|six|seven|eight|nine|ten)[\s-]*years?)[\s-]*old\b(?=\s*(?:has|is|had|was|keeps|won't|can't|fell|got|just|,|\.|$))"
)
_NEEDS_OWNER = ("child", "son", "daughter", "friend", "wife", "husband")
_OWNED = re.compile(r"\b(?:my|his|her|their|our)\s+(?:\w+\s+){0,2}$")
_WHERE_EN = (
    r"(?:(?:just |only |now )?(?:at (?:home|work)|home|back(?: home)?|in the (?:car|house|flat|kitchen|ambulance)|(?:got|come) (?:home|in|back))(?= ?(?:[,.;]|(?:and|but|alone|now|today|to find)\b|$))"
    r"|found (?:him|her|my|our|them)\b|no (?:car|phone|transport|lift)\b|(?:so|really|absolutely|just) (?:scared|frightened|worried|terrified|panick\w+)|terrified|frightened|panicking)"
)
"""Behind 'I am' or 'I have': where the speaker is and in what fright, and nothing they suffer from."""
_WHERE_ZH = re.compile(
    r"[我俺]们?(?:现在|刚才?|刚刚|正|都|快|好|很|真|特别|一|早上|今天|昨晚|才)*(?:急死?|着急|害怕|慌|担心死?|不知道怎么办|不知道咋办|没车|到家|回到?家|下班(?:回[来家])?|在?上班"
    r"|在家|在外地?|在单位|在路上|进门|进屋|起床|醒来|回来|要疯)(?:[了的呢啊里时后]|死了|得不行|得很)*[,.;!?\s]+"
)
_SPEAKS_OF_SELF = re.compile(
    r"[,.;!?\s]我(?!妈|爸|家|老婆|老公|儿子|女儿|孩子|娘|爹|奶奶|爷爷|外婆|外公|的|弟|妹|哥|姐|朋友|媳妇|闺女|宝宝|们|很|非常|好|特别|有点|真)"
    r"(?!担心|害怕|着急|想|该|应该|要不要|怎么|带|给|问|怕|觉得|看|不知道|现在带|抱)"
    rf"|\bmy (?:{_BODY})\b"
    rf"|\bi(?:'m|'ve| have| am| feel| got)\b(?! (?:{_WHERE_EN}|worried|afraid|scared|concerned|not sure|calling|asking|very worried|so worried))"
)
_SPEAKS_BEFORE = re.compile(
    rf"\bi(?:'m|'ve| have| am| feel| had| got)\b(?! (?:{_WHERE_EN}|not (?:sure|certain|a )|worried|afraid|scared|concerned|sorry|calling|asking|writing|here|very (?:worried|concerned)"
    r"|so worried|really worried|no idea|a question|some questions|questions|bringing|wondering|unsure|told|been (?:told|asked)|heard))"
)
"""Before a relative is named: the speaker is the patient, unless they only say why they write."""
_NOW = re.compile(
    r"\b(?:today|now|just|this morning|tonight|minutes? ago|hours? ago|yesterday|since|keeps?|is having|right now)\b"
)
_CONTACT = re.compile(r"也|同样|传染|接触|same|too\b|also|sick|ill\b|recently|similar")


_FEARS_CONTACT = re.compile(r"怕被?传染(?!给)|我会?不?会?被?传染|传染给?我|传给我")
"""The speaker fears to have caught it: the patient is the speaker."""
_THEIR_OWN = re.compile(
    r"'?s (?:kids?|child|children|son|daughter|baby|boy|girl|side|family|house|doctor|cooking|birthday|funeral|wedding|dog|cat)\b"
)


_KIN_OF_AGE_ZH = "(?:我|他|她|孩子|宝宝|患儿)?(?:妈妈?|母亲|爸爸?|父亲|老公|丈夫|先生|老婆|妻子|媳妇|爱人|哥哥?|弟弟?|姐姐?|妹妹?|父母|爷爷|奶奶)"
_OWN_AGE_ZH = r"(?=[,.;\s]\s*(?:而|但)?(?:我|他|她|患儿|孩子|宝宝|患者)(?:自己|本人)?(?:今年|现在|才|刚|都|快|已经|是)*\s*(?:\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(?:岁|周岁|个?月大?|了|[,.;]))(?![^我他她]*我[^他她]*[他她](?!们))"
_OTHERS_AGE = re.compile(
    rf"(?:{_KIN_OF_AGE_ZH}|我|当时|那时)?(?:在|是|已经?|都)*(?:\d{{2}}|[一二三四五]?十[一二三四五六七八九]?)\s*岁(?:多|时|的时候|那年|才|就)*(?:生的?|怀的?|生下)(?:了|下)?(?:[他她我]|孩子|宝宝|娃)(?:的)?"
    r"|生(?:[他她我]|孩子|宝宝|娃)(?:的时候|时|那年|那会儿?)[^,.;]{0,8}?(?:\d{2}|[一二三四五]?十[一二三四五六七八九]?)\s*岁了?"
    rf"|{_KIN_OF_AGE_ZH}(?:今年|已经|都|快|现在|刚|是)*\s*(?:\d{{2,3}}|[一二三四五六七八九]?十[一二三四五六七八九]?)岁?(?:多|了)*(?:绝经|去世|走的|没的|得病|发病|(?:得|患|查出|确诊)[^,.;]{{1,6}})?{_OWN_AGE_ZH}"
    rf"|\b(?:had|gave birth to|delivered) (?:me|him|her|them) (?:at|when (?:she|i) (?:was|were)) (?:age |the age of )?(?:\d{{2}}|{EN_WORD})\b"
    rf"|\b(?:my|our|his|her|the) (?:\d{{1,3}}|{EN_WORD})[\s-]year[\s-]old (?:mother|father|mum|mom|dad|grandmother|grandfather|sister|aunt)(?= (?:looks|cares|minds|babysits|who looks|brings|brought|reports|says))"
    rf"|\bpatient'?s (?:mother|father|mum|mom|dad|sister|brother|wife|husband) (?:is|was|,|aged)+ ?(?:\d{{1,3}}|{EN_WORD})\b"
    rf"|\b(?P<whose>(?:my|his|her|our|their|the) )?(?:mother|father|mum|mom|mam|dad|husband|wife|partner|boyfriend|girlfriend|sister|brother|son|daughter)(?:'s| is| was)(?: now| only| just)? (?:\d{{1,3}}|{EN_WORD})(?: years? old)?"
    rf"(?=(?:[,.;]| and| but)+ (?:and |but |while )?(?:(?:i'm|i am)(?!.*\b(?:he|she)\b)|(?:she|he)(?:'s| is))(?: only| now| just| a| an)* (?:\d{{1,3}}|{EN_WORD})\b{_UNIT_AFTER})"
)
"""The age of somebody else, told beside the patient's or as what a parent's was at the birth: 'her mother is 60. She is 32'."""


def _without_others_ages(text: str) -> str:
    """The text with blanks for the ages of others, so that places in it stay."""
    return _OTHERS_AGE.sub(lambda match: " " * len(match.group()), text)


def person_in(text: str, people: Mapping[str, Any], known: Person, *, first: bool) -> dict[str, Any]:
    """What a normalised text tells of the patient: keys of Person, only those that were told."""
    told: dict[str, Any] = {}
    text = _without_others_ages(text)
    another = _KIN_OF_ANOTHER.match(text) if first else None
    if another and _SPEAKS_OF_SELF.search(text, another.end()):
        another = None
    kin = _relation(another["kin"], people) if another else None
    if kin is None:
        another = None
        kin = subject_in(text, people) if first or known.subject == "other" else None
    if kin in _ELDERS and first:
        age = age_in(text[another.start("age") :]) if another else age_of_subject(text, people, kin)
        kin = "child" if age is not None and age < CHILDBEARING_FROM and _A_CHILD.search(text) else kin
    if kin and first:
        told.update(subject="other", relation=kin)
        entry = people[kin]
        if entry.get("sex"):
            told["sex"] = entry["sex"]
    of_patient = _AGE_OF_PARENT.sub(" ", text) if kin not in _PARENTS and _NEWBORN.search(text) else text
    age = age_in(text[another.start("age") :]) if another else age_of_subject(of_patient, people, kin)
    if age is None and (kin in _OF_A_CHILD or (kin is None and not _OWN_WORDS.search(text))):
        age = _since_born(text)
    if age is None and kin in _OF_A_CHILD:
        age = next((round(number(m["n"]) * _scale(m["unit"]), 6) for m in _AFTER_BIRTH.finditer(text)), None)
    if age is not None:
        told["age_years"] = age
    infant = age is not None and age < _INFANT_YEARS
    sex = sex_in(_OF_MOTHER.sub(" ", text) if infant else text, of_other=kin is not None, of_infant=infant)
    if sex and "sex" not in told and known.sex is None:
        told["sex"] = sex
    weeks = pregnancy_in(text)
    age = told.get("age_years", known.age_years)
    if weeks is not None and (age is None or age >= CHILDBEARING_FROM):
        told["pregnant_weeks"] = weeks
        told.setdefault("sex", "female")
    return told


def _relation(word: str, people: Mapping[str, Any]) -> str | None:
    return next((relation for relation, entry in people.items() if word in entry.get("en", ())), None)


_KIN_OF_ANOTHER = re.compile(
    r"^\W*(?:(?:an?|the|mrs?|ms|dr|my|our)\.? )?(?:[\w-]+ ){0,2}?"
    r"(?:(?:brings?|brought|says?|said|tells?|reports?|calls?|called|rings|phones|asks|comes|came|attends|presents|is (?:worried|concerned)) (?:in |that |about |for |with )?(?:her|his|their)|[\w-]+'s)"
    rf" (?P<age>(?:\d{{1,3}}|{EN_WORD})[\s-]*(?:years?|months?|weeks?|days?)[\s-]*old) (?:\w+ )?(?P<kin>son|daughter|child|baby|husband|wife|partner|mother|father|brother|sister|grand(?:son|daughter|mother|father))\b"
)
"""A text that begins with somebody whose relative of some age it is about: 'a mother brings her 3-year-old son'."""
_ELDERS = ("mother", "father", "grandmother", "grandfather")
_A_CHILD = re.compile(rf"{_CHILD}|\b(?:{_EN_CHILD})\b")
CHILDBEARING_FROM = 10.0
"""Years under which weeks of pregnancy are those at birth."""


_AT_LIFE = re.compile(
    rf"\b(?P<n>\d{{1,3}}|{EN_WORD})[\s-]*(?P<unit>minute|hour|day|week)s? of life\b|\bday (?P<day>\d{{1,2}}) of life\b|\bdol (?P<dol>\d{{1,2}})\b"
    rf"|(?:出生|生后|生下来)(?:后|第)*(?P<zh>\d+|[一二两三四五六七八九十]+)\s*(?P<zh_unit>小时|天|日)(?=出现|发现|起|开始|时)"
)
"""How old a newborn was when something was seen, which is how old it is where no more is told."""
_ZH_BORN = _ZH_N.replace("<n>", "<zh>")
_BORN_AGO = re.compile(
    rf"\b(?:born|delivered)(?: at \w+ weeks)?(?: only| just| at term| by [\w-]+(?: section)?| at home)? (?:about )?(?P<n>\d{{1,2}}|{EN_WORD}|an?|a couple of|a few) (?P<unit>minute|hour|day|week)s? ago\b"
    rf"|{_ZH_BORN}(?P<zh_unit>小时|钟头|天|日|{_WEEK})前(?:刚|才)?(?:出生|生的|生下|剖的|剖出)|\bborn (?:on )?(?P<when>yesterday|today|this morning|tonight|last night|(?:last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|(?P<when_zh>今天|今早|今晨|昨天|昨晚|昨夜|前天)(?:刚|才|早上|晚上|半夜|凌晨)*(?:出生|生下来|落地)"
)
"""When a child was born, which is its age."""
_DAYS_SINCE = {
    "今天": 0.5,
    "今早": 0.3,
    "今晨": 0.3,
    "昨天": 1.0,
    "昨晚": 0.8,
    "昨夜": 0.8,
    "前天": 2.0,
    "yesterday": 1.0,
    "last night": 0.8,
}
_AFTER_BIRTH = re.compile(
    rf"产后(?:第)?{_ZH_N}(?P<unit>天|日|小时|{_WEEK})[,.;\s]*(?:我家|我们家)?(?:{_CHILD})(?![的他她]|爸|妈)"
)
"""Told of the mother, and the age of the child where that is the patient: 产后第三天，宝宝黄疸."""
_BIRTHDAY_ZH = re.compile(
    r"(?:上个?周|上个?月|这周|昨天|前天|今天|前几天)(?:刚|才)*(?:满|过)(?=[\d一二两三四五六七八九十]+\s*(?:周岁|岁|个?月))"
)
"""When a child was of an age: no length of illness."""
_OF_A_CHILD = ("son", "daughter", "child")


def _since_birth(match: re.Match[str]) -> float:
    """The years that a match of _AT_LIFE or _BORN_AGO tells."""
    told = {name: value for name, value in match.groupdict().items() if value}
    when = told.get("when") or told.get("when_zh")
    if when:
        return _DAYS_SINCE.get(when, 4.0 if when.endswith("day") and when != "today" else 0.4) / 365.25
    amount = told.get("n") or told.get("zh") or told.get("day") or told["dol"]
    return number(amount) * _scale(told.get("unit") or told.get("zh_unit") or "day")


def _since_born(text: str) -> float | None:
    """The age in years of a child that was born some days ago, or None."""
    return next((round(_since_birth(m), 6) for m in _BORN_AGO.finditer(text)), None)


def age_in(text: str) -> float | None:
    """The first age in years that is told, or None; impossible ages (above 125) are returned for the caller to refuse."""
    found = [(m.start(), number(m[1]) + number(m[2]) / 12) for m in _YEARS_MONTHS.finditer(text)]
    found += [
        (m.start("n"), _years(text, m))
        for m in _ages(text)
        if not _of_the_mother(text, m) and not _of_then(text, m) and not _of_kin(text, m)
    ]
    found += [(m.start(), years) for p, years in _AGE_WORDS for m in p.finditer(text)]
    found = found or [(m.start(), number(m[1]) * 10) for m in _DECADE.finditer(text)]
    found = found or [(m.start(), _since_birth(m)) for m in _AT_LIFE.finditer(text)]
    if found:
        now = [one for one in found if _AGE_NOW.search(text, max(0, one[0] - 16), one[0])]
        return round(min(now or found, key=lambda one: one[0])[1], 6)
    if after_delivery(text) or _PREGNANT_NOW.search(text):
        return None
    if not _NEWBORN.search(text) and not _IS_BORN.search(text):
        return None
    return _since_born(text) or 7 / 365.25


_AGE_NOW = re.compile(
    r"\b(?:now|currently)(?: (?:aged|only|just|about|nearly|almost))? $|(?:现在?|目前)(?:已|年|龄|生后|出生)*$"
)
"""Before an age: it is the one of today, whatever other one is told."""
_IS_BORN = re.compile(
    r"\b(?:infant|baby|boy|girl|twins?) (?:\w+ ){0,3}?(?:is|was) (?:born|delivered)\b(?! (?:at home|in \d))(?=[^.]{0,60}\b(?:to|by) (?:an?|her|the)\b)"
)
_BORN_TO_HER = re.compile(
    r"\b(?:born|delivered|birth)\b[^.;]{0,60}?\b(?:to|by|of) (?:an?|her|the) (?:\w+ ){0,2}$|\bmother\b(?: is| was|,| aged|'s age(?: is)?| \()*\s*(?:an? )?$"
)
_MOTHER_AFTER = re.compile(r"[\s-]*(?:\w+ ){0,2}?(?:mother|primigravida|multigravida|primipara|multipara)\b")
_BABY = re.compile(r"\b(?:newborn|neonat\w+|infant|baby|boy|girl|twins?|son|daughter)\b")


def _of_the_mother(text: str, match: re.Match[str]) -> bool:
    """Whether an age is that of the mother of the newborn of whom a text tells."""
    before = text[: match.start()]
    if not _BABY.search(before):
        return False
    return bool(_BORN_TO_HER.search(before) or _MOTHER_AFTER.match(text, match.end()))


_AT_BIRTH_ZH = re.compile(r"(?:出生|生后)")
_EVENT_THEN = re.compile(r"[时]?[^,.;]{0,6}?(?:住院|患|得过|手术|黄疸|肺炎|诊断|出院)")
_WALKS = re.compile(
    r"个?月(?:才|开始|时|就|左右)*(?:会|能)(?:走|独走|坐|独坐|爬|说|叫|抬头|翻身)|[\d一二两三四五六七八九十]岁"
)


def _of_then(text: str, match: re.Match[str]) -> bool:
    """出生1月肺炎住院: the age at which something was, where a child has learnt to walk since."""
    return bool(
        _AT_BIRTH_ZH.match(match.group()) and _EVENT_THEN.match(text, match.end()) and _WALKS.search(text)
    )


_KIN_BEFORE = re.compile(r"(?:[父母爸妈爷奶公婆兄弟姐妹叔姑舅姨]|父亲|母亲)(?:于|在)?$")
_ILL_THEN = re.compile(r"(?:时|左右|那年)?(?:就|即|因|突发)?(?:患|得|死|去世|过世|病故|猝死|确诊|诊断|发病|心梗|中风|走)")  # fmt: skip


def _of_kin(text: str, match: re.Match[str]) -> bool:
    """父亲55岁患心梗: the age at which a relative fell ill or died."""
    before = text[max(0, match.start() - 4) : match.start()]
    return bool(_KIN_BEFORE.search(before) and _ILL_THEN.match(text, match.end()))


_OF_MOTHER = re.compile(
    r"\b(?:to|by) an? [^.,;]{0,40}?(?:woman|mother|lady|gravida \d|primigravida|g\d ?p\d)|\bmother(?:'s)?\b(?! of)[^.;,]*"
)
_INFANT_YEARS = 1.0


def _ages(text: str) -> Iterator[re.Match[str]]:
    """The matches of _AGE that are of somebody."""
    for pattern in _AGE:
        yield from (m for m in pattern.finditer(text) if not _OF_A_THING.search(text[: m.start()]))


def _years(text: str, match: re.Match[str]) -> float:
    """The years that a match of _AGE tells."""
    value = number(match["n"]) + (0.5 if match.groupdict().get("half") else 0.0)
    if _scale(match["unit"]) == 1 and _ODD_YEARS.match(text, match.start("n")):
        value += SOME_YEARS
    return value * _scale(match["unit"])


SOME_YEARS = 3.0
"""What 多 or 几 adds to a round age: 七十多岁 is about 73. Source: estimate."""
_ODD_YEARS = re.compile(r"(?:[一二两三四五六七八九]?十|\d0)\s*(?:多|好?几)")
_YEARS_MONTHS = re.compile(_CN + r"\s*岁\s*零?" + _CN + r"\s*个月")


_BARE_AGE = re.compile(
    r"(?P<lead>\D{0,10}?)(?P<n>\d{1,3}(?:\.\d+)?|[一二两三四五六七八九十百半]+|"
    + "|".join(k for k in EN_NUMBERS if k.isalpha() and len(k) > 2)
    + r")(?:\s+and a half)?\s*(?:多|来|好?几)?\s*个?\s*"
    r"(?:(?P<unit>半?月|months?|mo\b|天|days?|周(?!岁)|星期|weeks?|岁|周岁|years?|y\b).{0,8}"
    r"|(?:出头|左右|上下|整|了|啦|吧|呢|嘞|咯|的|啊|哦|呀|哈|多|半|\s|now\b|this year\b|or so\b|ish\b|years? young|sir|医生|大夫)*(?:\W.{0,12})?)"
)
_NOT_AN_AGE = re.compile(
    r"烧|温|疼|痛|咳|吐|拉|泻|晕|喘|痒|血|心率|脉|重|吃|第|fever|temp|pain|cough|hurt|for\b|since|weigh"
)
"""Before the number: then an answer to 'how old' tells something else."""
_YOUNG = re.compile(
    r"(?:.*(?:生|才|刚|满|快|大概|大约|约|差不多|今年|现在|有|是|宝宝|孩子|娃|about|only|just|(?:s?he|baby|it)(?:'s| is)|is|now|almost|nearly|-))?\s*"
)
"""Before a number of days, weeks or months that is an age."""


def _bare(text: str) -> re.Match[str] | None:
    match = _BARE_AGE.fullmatch(text.strip())
    if match is None or _NOT_AN_AGE.search(match["lead"]):
        return None
    small = _scale(match["unit"] or "") < 1
    return None if small and not _YOUNG.fullmatch(match["lead"]) else match


def _scale(unit: str) -> float:
    """Years that a unit of age stands for; without one the number is years."""
    if unit == "周岁":
        return 1.0
    return next((years for start, years in _UNIT_YEARS if unit.strip("半").startswith(start)), 1.0)


def bare_age(text: str) -> float | None:
    """The age that an answer to 'how old' gives: 45, 四十五, 8个月, 3 weeks; None if it gives none."""
    told = age_in(text)
    match = None if told is not None else _bare(text)
    if match is None:
        return told
    word, scale = match["n"], _scale(match["unit"] or "")
    value = float(EN_NUMBERS[word]) if word in EN_NUMBERS else number(word)
    if _ODD_YEARS.match(text.strip(), match.start("n")):
        value += SOME_YEARS
    elif "and a half" in match.group():
        value += 0.5
    return round(value * scale, 4)


def age_spans(text: str, *, asked: bool = False) -> list[tuple[int, int]]:
    """Where ages and weeks of pregnancy are told, so that they are not taken for durations; `asked` for the age."""
    spans = [match.span() for match in _ages(text)]
    spans += [match.span() for pattern, _ in _AGE_WORDS for match in pattern.finditer(text)]
    spans += [match.span() for pattern in _OF_SELF for match in pattern.finditer(text)]
    spans += [match.span() for match in _YEARS_MONTHS.finditer(text)]
    spans += [m.span() for pattern in (_AT_LIFE, _BORN_AGO, _BIRTHDAY_ZH) for m in pattern.finditer(text)]
    if asked and not spans and _bare(text) is not None:
        spans.append((0, len(text)))
    along = _weeks_along(text)
    spans += [along.span()] if along else []
    spans += weeks_at_birth(text)
    return spans + [match.span() for pattern, _ in _WEEKS for match in pattern.finditer(text)]


def age_of_subject(text: str, people: Mapping[str, Any], kin: str | None) -> float | None:
    """The age beside the words for the patient, 我妈76 or 'I'm 31'; else the first age that is told."""
    if kin is None:
        matches = [m for p in _OF_SELF if (m := p.search(text))]
    else:
        matches = _kin_ages(text, people[kin])
    best = min(matches, key=lambda m: m.start(), default=None)
    if best is None:
        return age_in(text)
    with_unit = age_in(text[best.start(1) :]) if text[best.end() :].lstrip().startswith("岁") else None
    if with_unit is not None:
        return with_unit
    return number(best.group(1)) + (SOME_YEARS if _ODD_YEARS.match(text, best.start(1)) else 0.0)


def _kin_ages(text: str, entry: Mapping[str, Any]) -> list[re.Match[str]]:
    return [m for p in _kin_patterns(*_words(entry))[:2] if (m := p.search(text))]


def _is_named(text: str, entry: Mapping[str, Any]) -> bool:
    """Whether any word for a relative stands in a text; without one their patterns need not be made."""
    zh, en = _words(entry)
    return any(word.removeprefix("我") in text for word in zh) or any(word in text for word in en)


def _words(entry: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(entry.get("zh", ())), tuple(entry.get("en", ()))


@lru_cache(maxsize=64)
def _kin_patterns(zh: tuple[str, ...], en: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """A relative with their age, in Chinese and English, and the same as the one for whom somebody asks."""
    chinese, english = "|".join(map(re.escape, zh)) or "(?!)", "|".join(map(re.escape, en)) or "(?!)"
    bare = "|".join(re.escape(w.removeprefix("我")) for w in zh) or "(?!)"
    return (
        re.compile(f"(?:{chinese}){_KIN_AGE_ZH}"),
        re.compile(rf"\b(?:{english}){_KIN_AGE_EN}"),
        re.compile(
            rf"^\W*(?:{english})(?: is| with|'s not|'s (?:gone|had a|got)|,| woke| fell| can't| won't| keeps| just| suddenly)\b(?!.*\bi(?:'m|'ve| am| have)\b)"
        ),
        re.compile(rf"{_FOR_ZH}(?:{bare})\S{{0,3}}问"),
        re.compile(rf"{_FOR_EN}(?:{english})\b"),
        re.compile(
            rf"\b(?:my|our) (?:{english})(?:'s| is)(?: only| just| now| about)? \w+ (?:days?|weeks?|months?)\b"
        ),
        re.compile(rf"(?:我|我们|俺)家?(?:{bare})[^,.;]{{0,4}}{_CN}\s*(?:个多?月|周|天)(?:大|[,.\s]|$)"),
    )


_WHO_WAS_BORN = re.compile(
    r"\b(?:deliver(?:ed|y|ing)(?: of)?|gave birth to|giving birth to|birth of) (?:an?|her|the|my) [^.,;]{0,30}?(?:boy|girl|son|daughter|male|female)\b"
)
"""The child of whom somebody was delivered, whose sex is not the mother's."""


_METRES = re.compile(
    r"\b(?:walk\w*|run\w*|swim\w*|swam|ran|distance|flat|than|about|after|every|within|for|from|to|of|only|covers?|manages?|up)(?: [\w-]+)?(?: test)?[\s:]*(?:is |was )?$"
)
"""Before the 300 m that somebody walks."""
_OLDEST = 120


def _is_a_length(text: str, match: re.Match[str]) -> bool:
    """Whether the m behind a number is metres and nobody's sex."""
    if match["letter"] != "m":
        return False
    return number(match.group().split("m")[0].strip(" ,yo")) > _OLDEST or bool(
        _METRES.search(text, 0, match.start())
    )


def sex_in(text: str, *, of_other: bool = False, of_infant: bool = False) -> str | None:
    """The sex that a text tells; `of_other` when it is somebody else's than the speaker's; the pregnancy of an infant is its mother's."""
    if "deliver" in text or "birth" in text:
        text = _WHO_WAS_BORN.sub(" ", text)
    told = next((m for m in _TOLD_SEX.finditer(text) if not _is_a_length(text, m)), None)
    if told:
        which = next(name for name, value in told.groupdict().items() if value)
        female = {"zf": True, "ef": True, "zm": False, "em": False, "slang": False}
        return "female" if female.get(which, told[which] in ("女", "f")) else "male"
    for pattern, sex in _SEX:
        if pattern.search(text) and not (of_infant and (_EXPECTING.search(text) or _DELIVERED.search(text))):
            return sex
    if not of_other and _TRYING.search(text) and _OWN_HUSBAND.search(text):
        return "female"
    she, he = len(_SHE.findall(text)), len(_HE.findall(text))
    if of_other:  # who tells of themselves in Chinese leaves 我 out, and 他 is somebody else
        she, he = she + len(_ZH_SHE.findall(text)), he + len(_ZH_HE.findall(text))
    if she == he or (_OWN_WORDS.search(text) and not of_other):
        return None
    return "female" if she > he else "male"


def pregnancy_in(text: str) -> float | None:
    born = weeks_at_birth(text)
    for pattern, unit in _WEEKS:
        for match in pattern.finditer(text):
            if not any(a <= match.start() < b or match.start() <= a < match.end() for a, b in born):
                told = next(g for g in match.groups() if g)
                return round((_ORDINALS[told] if told in _ORDINALS else number(told)) * unit, 1)
    told = _weeks_along(text)
    return float(next(g for g in told.groups() if g)) if told else None


_AT_BIRTH = re.compile(
    r"(?<!scheduled )(?<!planned )(?<!elective )(?<!planning )(?<!induction )\b(?:born|births?|deliver(?:ed|y|ies)|(?:after|since) delivering|ca?esarean|c-section|postpartum|newborn|neonate|miscarr\w+|stillb\w+)\b[^.;]{0,60}?(?:\bat |\(|,)\s*(?:about |around |only )?\d{1,2}(?:\s*(?:\+|and|/|-)\s*\d{1,2}(?: days)?)?[\s-]*(?:weeks?|wks?)'?(?:[\s-]*(?:of )?(?:gestation(?:al age)?|pregnancy))?"
)
_YET_TO_COME = re.compile(
    r"\b(?:schedul|plan|elective|due|threaten|imminent|impending|preterm|risk|hop(?:es|ing)|wants?|will|for (?:a |an )?(?:repeat )?$)[^.;]{0,30}$"
)


def weeks_at_birth(text: str) -> list[tuple[int, int]]:
    """Where weeks of pregnancy are told that ended in a birth: of a child, or of a mother who has delivered."""
    if "week" not in text and "wk" not in text:
        return []
    return [
        m.span()
        for m in _AT_BIRTH.finditer(text)
        if not _YET_TO_COME.search(text[max(0, m.start() - 40) : m.start()])
    ]


_OUT_OF_40 = re.compile(r"\b\d{1,2}\s*/\s*40\b[^.;,]{0,16}")
_AFTER_DELIVERY = re.compile(
    r"\b(?:days?|weeks?|hours?|hrs?) (?:after|since|following|post) (?:(?:an?|her|the|my|\w+) ){0,3}?(?:delivery|childbirth|ca?esarean|c-section)\b"
    r"|\bdelivered\b[^.;]{0,70}?\b(?:(?:\d+|an?|one|two|three|four|five|six|seven|few) (?:days?|weeks?|hours?) ago|yesterday|last (?:night|week)|this morning)"
)


def after_delivery(text: str) -> list[tuple[int, int, str]]:
    """Where a birth of the last days or weeks is told of a mother, as (start, end, finding); of a newborn it is no childbed."""
    if "deliver" not in text and "section" not in text and "birth" not in text and "esarean" not in text:
        return []
    return [
        (*m.span(), "postpartum")
        for m in _AFTER_DELIVERY.finditer(text)
        if not _BABY.search(text[: m.start()])
    ]


def out_of_forty(text: str) -> list[tuple[int, int]]:
    """Where '34/40' stands: the weeks of the whole pregnancy are not those that have gone."""
    if "40" not in text or "/" not in text:
        return []
    return [m.span() for m in _OUT_OF_40.finditer(text)]


_PAST_PREGNANCY = re.compile(
    r"\brecently pregnant|\bwas pregnant (?:last|in|with (?:her|my) (?:son|daughter|first|second)|\w+ (?:years?|months?) ago)"
    r"|\b(?:in|during|since|after|with|before) (?:the |her |my |a )?(?:last|previous|prior|past|earlier|both|each|all) pregnanc(?:y|ies)"
    r"|\b(?:during|in|since|after) (?:the |her |my )?(?:first|second|third|fourth) pregnancy(?![^.;]{0,12}\b(?:now|at \d))"
    r"|\bduring (?:the |her |my |a )?pregnanc(?:y|ies) (?:\w+ ){1,3}(?:years?|months?) ago"
    r"|\b(?:had|history of|developed) [^.;,]{0,24}(?:diabetes|blood pressure|hypertension|preeclampsia|pre-eclampsia|cholestasis) (?:during|in) (?:the |her |my |a )?pregnancy\b"
    r"|\b(?:gestational diabetes|preeclampsia|pre-eclampsia) (?:during|in|with) (?:the |her |my |a )?(?:\w+ )?pregnancy"
)
_PREGNANCY_WORDS = re.compile(r"\b(?:before|during|after|since) (?:the|her|my)? ?pregnancy\b|\bg\d\s?p\d")
_PREGNANT_NOW = re.compile(
    r"\b(?:is|am|i'm|currently|now|again|still|years? old|old|weeks?|months?) (?:\w+ )?pregnant"
)


def past_pregnancies(text: str) -> list[tuple[int, int]]:
    """Where a pregnancy is told that is over; in talk of a birth 'during the pregnancy' is of the one before it."""
    if "pregnan" not in text and "clampsia" not in text and "deliver" not in text and "birth" not in text:
        return []
    found = [m.span() for m in _PAST_PREGNANCY.finditer(text)]
    if (_DELIVERED.search(text) or _AFTER_DELIVERY.search(text)) and not _PREGNANT_NOW.search(text):
        found += [m.span() for m in _PREGNANCY_WORDS.finditer(text)]
    return found


def _weeks_along(text: str) -> re.Match[str] | None:
    """The first number of weeks that can be how far a pregnancy is, in a text that speaks of one."""
    if not _EXPECTING.search(text) or _DELIVERED.search(text):
        return None
    low, high = WEEKS_OF_PREGNANCY
    born = weeks_at_birth(text)
    return next(
        (
            m
            for m in _AT_WEEKS.finditer(text)
            if not any(a < m.end() and m.start() < b for a, b in born)
            and low <= int(next(g for g in m.groups() if g)) < high
        ),
        None,
    )


_AGE_OF_PARENT = re.compile(
    r"\b(?:(?:his|her|the|baby's|infant's) )?(?:mother|mum|mom|father|dad)(?: is| was| aged|'s age is|, (?:aged )?)? ?(?:aged )?\d{1,2}(?:[\s-]years?[\s-]old)?"
    r"|(?:母亲|妈妈|父亲|爸爸|其母|其父|产妇)(?:今年|年龄|现)?\d{1,2}岁"
)
_PARENTS = ("mother", "father")
_OF_ANOTHER = re.compile(r"\bpatient'?s (?:\w+ )?$")
_OF_THE_PATIENT = re.compile(r"\b(?:his|her|whose|(?:baby|child|infant|newborn|neonate|boy|girl)'s) $")
"""Before a parent told beside a newborn: 'his mother is 41' gives no age of the baby."""


def subject_in(text: str, people: Mapping[str, Any]) -> str | None:
    """The relation of the person a first message is about (我妈, my son), or None when it is the speaker."""
    people = {
        relation: entry
        for relation, entry in people.items()
        if not entry.get("no_subject") and _is_named(text, entry)
    }
    own = min((m.start() for p in _OF_SELF if (m := p.search(text))), default=len(text))
    beside = {relation for relation, entry in people.items() if _is_beside_the_patient(text, entry)}
    people = {relation: entry for relation, entry in people.items() if relation not in beside}
    aged = [
        (match.start(), relation)
        for relation, entry in people.items()
        for number, pattern in enumerate(_kin_patterns(*_words(entry)))
        if (match := pattern.search(text))
        and (match.start() <= own or number in _ASKED_FOR_PATTERNS)
        and not (
            relation in _PARENTS and _OF_THE_PATIENT.search(text, 0, match.start()) and _NEWBORN.search(text)
        )
        and not _OF_ANOTHER.search(text, 0, match.start())
        and not (match.lastindex and _in_passing(text, match.start(), match.start(1)))
        and not (relation == "mother" and _NEWBORN.search(text, 0, match.start()))
        and not _is_only_of_once(text[match.start() :])
    ]
    if aged:
        return min(aged)[1]
    if own < len(text):
        return None
    best = _called_by_name(text, people)
    unnamed = _MY_CHILD.search(text)
    if unnamed:
        best = (unnamed.start(), "child")
    for relation, entry in people.items():
        for phrase in entry.get("zh", ()):
            place = text.find(phrase)
            if place >= 0 and _is_subject_zh(text, place, phrase):
                best = min(best or (place, relation), (place, relation))
        for phrase in entry.get("en", ()):
            for match in re.finditer(rf"\b{re.escape(phrase)}\b", text):
                before, after = text[: match.start()], text[match.end() :]
                speaks = _SPEAKS_BEFORE.search(before)
                told = _is_only_of_once(after) or (
                    _HISTORY_AFTER.match(after) is not None
                    and not _tells_of_now(after)
                    and not _is_all_of_them(before, after)
                )
                if _THEIR_OWN.match(after) or _OF_ANOTHER.search(before):
                    continue
                if _KIN_SUBJECT_EN.search(before) and not told and not speaks:
                    best = min(best or (match.start(), relation), (match.start(), relation))
    return best[1] if best and not _SPEAKS_OF_SELF.search(text[best[0] + 1 :]) else None


def _is_beside_the_patient(text: str, entry: Mapping[str, Any]) -> bool:
    """Whether the age of a relative is told behind that of the patient: 生后2天男婴，母亲41岁; 'a 3-week-old, his mother is 19'."""
    ages = _kin_ages(text, entry)
    if not ages:
        return False
    before = text[: min(m.start() for m in ages)]
    return age_in(before) is not None and not _ASKED_FOR.search(before)


_ASKED_FOR_PATTERNS = (3, 4)
"""Of _kin_patterns those of a relative for whom somebody asks, whoever has told their own age before."""
_ASKED_FOR = re.compile(
    r"(?:帮|替|代)[^,.;]{0,6}(?:问|咨询|看)|\b(?:for|about|behalf of) (?:my|our) (?:\w+ )?$"
)
"""Before the relative for whom somebody of a told age asks."""


def _called_by_name(text: str, people: Mapping[str, Any]) -> tuple[int, str] | None:
    """Where a text begins to tell of the parent or grandparent who is ill: 'gran's had the runs and now she's confused'."""
    told = _CALLED.search(text)
    if told is None or _OTHERS_BEFORE.search(text[: told.start("name")]):
        return None
    after = text[told.end("name") :]
    if _OWN_STORY.search(after) or (_HISTORY_AFTER.match(after) and not _tells_of_now(after)):
        return None
    relations = (r for r in _CALLED_RELATIONS if r in people and told["name"] in people[r]["en"])
    return next(((told.start("name"), r) for r in relations), None)


def _is_only_of_once(after: str) -> bool:
    """Whether nothing but that is told of a relative, who is then not the one that a text is about."""
    return _NOTHING_ELSE.match(after) is not None and _is_of_once(after, lasting=False)


def _is_all_of_them(before: str, after: str) -> bool:
    """Whether a message tells of nobody but a relative who had something happen: 'my son had a fit'."""
    return (
        _HAD.match(after) is not None
        and not _once()[1].match(after)
        and not _OF_SPEAKER.search(before.rsplit("my ", 1)[0] + after)
    )


_HAD = re.compile(
    r"^\s(?:had (?!(?:an? |the )?(?:history|\w* ?cancer|diabetes|stroke|heart attack|bypass|\w*plant|operation|same|similar|it\b|rash|cold|cough|flu|fever|covid|sore throat|\w* ?bug|\w*pox|\w* ?infection|tb\b|tuberculosis))|suffered )"
)
"""An event such as a fit or a fall, and neither an illness that runs in families nor one that is caught."""
_OF_SPEAKER = re.compile(r"\b(?:i|i'm|i've|i'd|me|my|mine|we|our|he is|she is|patient|year-old)\b")


def _tells_of_now(after: str) -> bool:
    """Whether what follows a relative's illness of once is how they are today."""
    return bool(_NOW.search(after[:90]) or _STILL.search(after[:90]))


_WAS_ILL = re.compile(
    r"\s*(?:\d+岁(?:时|左右|那年)?)?(?:就是?|[均都也亦皆曾]|幼时|年轻时|早年|生前|以前)*(?:有|患|得过|因|死|去世|已故|过世|病故|猝死|心梗|中风|脑梗|\S{1,6}(?:走的|去世|病故))"
)
_TOLD_OF_NOW = re.compile(
    r"现在|最近|目前|昨|今[天早日年]|近[一二两三几\d]|这[几两]|[\d一二三两几]+(?:天|小时)(?!前)|后(?:一直|就|开始|老|总)"
)


def _in_passing(text: str, place: int, end: int) -> bool:
    """Whether a relative at text[place:end] is only told to have been ill, amid the story of another: 。父亲55岁患心梗。"""
    rest = re.match(r"[^.;!?\n]*", text[end:])
    if rest and _TOLD_OF_NOW.search(rest.group()):
        return False
    if _FAMILY_TITLE.search(text, 0, place):
        return True
    if place >= _STORY and _WAS_ILL.match(text, end):
        return True
    return (
        _is_told_before(text, place)
        and _NOTHING_ELSE.match(text, end) is not None
        and _is_of_once(text[end:])
    )


def _is_told_before(text: str, place: int) -> bool:
    """Whether the sentences and clauses before text[place] have told something, and not only begun a message."""
    before = text[:place].rstrip(" 我俺的")
    return before.endswith((",", ".", ";", "!", "?", "\n")) and _ADDRESS.fullmatch(before) is None


_STORY = 10
"""Characters before a relative in which the story of another can have begun."""


_OF_THE_SPEAKER = re.compile(r"[我俺](?:们家?|家)?的?$|[我俺](?:想|要|来)?(?:问|咨询|请教)(?:一?下)?")
"""The 我 of 我丈夫, and of who only asks: neither says that the speaker is ill."""


def _is_subject_zh(text: str, place: int, phrase: str) -> bool:
    end = place + len(phrase)
    if _in_passing(text, place, end) or _is_only_of_once(text[end:]):
        return False
    if phrase in _AS_A_CHILD_SAYS and _CHILD_NEXT.search(text, end):
        return False
    both = next((m for m in _OTHER_PARENT.finditer(text) if m.start() <= place < m.end()), None)
    if both and not _TOLD_OF_NOW.search(both.group()):
        return False
    before, after = text[max(0, place - 6) : place], text[end : end + 12]
    if (
        re.search(
            r"家族|遗传|[和跟]我?$|接触|被$|问$|有$|生(?:完|了|过|下)?$|怀$|喂$|抱$|带$|小时候|让$|帮$|怀着$|[他她]$",
            before,
        )
        or _HISTORY_AFTER.match(after)
        or _TENDS_AFTER.match(after)
    ):
        return False
    earlier = _OF_THE_SPEAKER.sub("", _WHERE_ZH.sub("", text[:place]))
    if (
        re.search(
            r"我(?!妈|爸|家|老婆|老公|儿子|女儿|孩子|娘|爹|奶奶|爷爷|外婆|外公|的|弟|妹|哥|姐|朋友|媳妇|闺女|宝宝|们)",
            earlier,
        )
        and len(earlier) > 3
    ):
        return False
    return not _CONTACT.match(after) and not _FEARS_CONTACT.search(text[place:])


def kin_spans(
    text: str, people: Mapping[str, Any], subject: str | None
) -> Sequence[tuple[int, int, str, str]]:
    """Where others than the patient are named, and who: 'told' as having had something, 'behind' it, 'bare' or 'named'."""
    spans = []
    young = subject in ("son", "daughter", "child")
    for relation, entry in people.items():
        if relation == subject or (young and relation in ("son", "daughter", "child")):
            continue
        for phrase in entry.get("zh", ()):
            if phrase not in text:
                continue
            for match in re.finditer(re.escape(phrase), text):
                if _THEIR_ANIMAL.match(text, match.end()):
                    continue
                after = text[match.end() :]
                ill = _KIN_ILL_ZH.match(after) is not None or _is_of_once(after)
                is_told = ill and not _ONLY_TELLS_ZH.match(after)
                spans.append((*match.span(), "told" if is_told else "bare", relation))
    words = tuple((phrase, relation) for relation, entry in people.items() for phrase in entry.get("en", ()))
    pattern, relations = _kin_words(words)
    for match in pattern.finditer(text):
        which = relations[match[1]]
        if subject in which or (young and "child" in which):
            continue
        relation = next((r for r in which if r not in _NEEDS_OWNER), which[0])
        lead = text[max(match.start() - 60, 0) : match.start()]
        how = _how_named(lead, text[match.end() : match.end() + 90])
        if how != "behind" and relation in _NEEDS_OWNER and not _OWNED.search(lead):
            continue
        spans.append((*match.span(), how, relation))
    for match in _OTHERS.finditer(text):
        told = _KIN_ILL_EN.match(text, match.end())
        spans.append((*match.span(), "told" if told else "named", "companion"))
    return spans


@lru_cache(maxsize=4)
def _kin_words(
    words: tuple[tuple[str, str], ...],
) -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """One pattern for all English words for people, and the relations that each word can be."""
    relations: dict[str, tuple[str, ...]] = {}
    for phrase, relation in words:
        more = ("child",) if relation in ("son", "daughter") else ()
        relations[phrase] = (*relations.get(phrase, ()), relation, *more)
    longest = sorted(relations, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest))})s?\b"), relations


def _how_named(before: str, after: str) -> str:
    if _ILLNESS_IN.search(before):
        return "behind"
    ill = _KIN_ILL_EN.match(after) or _is_of_once(after)
    return "told" if ill and not _ONLY_TELLS.match(after) else "named"


_THEIR_ANIMAL = re.compile(r"(?:家|里|的|养)*(?:狗|猫|猴|马|牛|驴|羊|猪|蛇|鹅|鸡|仓鼠|兔)")
_KIN_ILL_ZH = re.compile(r"\S{0,6}?(?:有|得|患(?!儿|者)|是|也|死|去世|过世|走了|因|都|曾|以前|发烧|感冒|咳)")
_ONLY_TELLS_ZH = re.compile(
    r"[^,.;]{0,4}?(?:发现|代?诉|描述|诉说|说(?![她他]也|话)|觉得|看到|看见|注意到|带|抱|送|陪|反映|怀疑|担心|害怕|以为|认为|否认|告知|告诉)(?![她他]自己|[她他]也)"
)
"""Behind somebody who looks after the patient and tells of them: 妈妈发现有皮疹."""
_KIN_ILL_EN = re.compile(
    r"\W*(?:s (?:side|family) )?(?:(?:at|in|from) (?:\w+ ){1,3}?)?(?:who |and \w+ |also |both |all |recently |previously |just |'s )*"
    r"(?:had|has|have|having|died|passed|was|were|is|are|suffer\w*|with|at age|diagnos\w*|history|tested|turned out|underwent|took|takes|smok\w*|develop\w*"
    r"|got|caught|contracted|came down|went down|needed|required)\b"
)
_ONLY_TELLS = re.compile(
    r"\W*(?:\w+ ){0,3}?(?:(?:noti[cs]\w*|report\w*|observ\w*|seen|saw|found|feel|feels|felt|brought|bring\w*|giv\w+|gave|tried|trying|concerned|worried|anxious|afraid|describ\w*|measur\w*|check\w*|stat(?:es|ed|ing)|say\w*|said|den(?:y|ies|ied)|called|asked|told|recorded|recall\w*|present|unable to|here|pregnant with)\b"
    r"|(?:took|taking|taken|got) (?:him|her|the)\b)"
)
"""Behind somebody who looks after the patient and tells of them: 'his mother has noticed a rash'."""
_ILLNESS_IN = re.compile(
    r"\b(?:in|affecting) (?:(?:an?|his|her|my|their|our|the|both|one|two|three|several|many|of|older|younger|elder|maternal|paternal|first|second|degree|first-degree|late|patient's)\s+)+$"
)
_OTHERS = re.compile(
    r"\b(?:other|several|some|many|two|three|four|few|fellow) (?:\w+ ){0,2}?(?:children|kids|residents|people|students|pupils|guests|passengers|workers|recruits|soldiers|inmates|campers|boys|girls)"
    r"(?: (?:at|in|on|from|of) (?:\w+ ){0,4}?(?:camp|school|work|class|nursery|daycare|day care|kindergarten|office|home|party|trip|dormitory|barracks))?\b"
    r"|\b(?:children|kids|people|students|someone|somebody|others|everyone) (?:at|in|on|from) (?:\w+ ){0,4}?(?:camp|school|work|class|nursery|daycare|day care|kindergarten|office|household|party|trip|dormitory|barracks)\b"
)
"""People around the patient who are no relatives."""


def patient_words(people: Mapping[str, Any], subject: str | None) -> re.Pattern[str] | None:
    """The words for a patient who is not the speaker, at which talk of a relative ends; None for the speaker."""
    if subject is None or subject not in people:
        return None
    young = subject in ("son", "daughter", "child")
    words = [
        w for name, e in people.items() if name == subject or (young and e.get("child")) for w in e["zh"]
    ]
    english = [
        w for name, e in people.items() if name == subject or (young and e.get("child")) for w in e["en"]
    ]
    return re.compile("|".join(map(re.escape, words)) + rf"|\b(?:{'|'.join(map(re.escape, english))})\b")


_INFANT_ZH = re.compile(r"小儿|宝宝|婴儿|新生儿|奶嘴|小样儿|厌奶|吐奶|患儿|奶量")
_NURSING_MOTHER = re.compile(
    r"我(?!家|儿|女|孙|们|的?宝|的?孩)|乳[头房汁]|恶露|奶水|[涨胀堵回]奶|产妇|哺乳期|坐月子"
)
OF_A_NURSING_MOTHER = frozenset({"postpartum", "breastfeeding"})


def is_nursling(text: str, age_years: float | None) -> bool:
    """Whether 月子里 or 喂奶 is told of the baby, who is the patient, and by nobody of herself."""
    return (
        (age_years is None or age_years < CHILDBEARING_FROM)
        and bool(_INFANT_ZH.search(text))
        and not _NURSING_MOTHER.search(text)
    )
