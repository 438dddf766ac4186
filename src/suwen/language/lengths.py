"""How long something has lasted: spans of time in a text that are no age, no rate and no length of a test."""

from __future__ import annotations

import re
from dataclasses import dataclass

from suwen.language.quantities import CN, number

_HOURS = {"hour": 1, "hr": 1, "minute": 1 / 60, "min": 1 / 60, "day": 24, "night": 24, "week": 168, "wk": 168,
          "month": 730, "mo": 730, "year": 8766, "yr": 8766, "decade": 87660,
          "小时": 1, "钟头": 1, "分钟": 1 / 60, "天": 24, "日": 24, "周": 168, "星期": 168, "礼拜": 168, "个月": 730,
          "月": 730, "年": 8766}  # fmt: skip
_ZH_DURATION = re.compile(
    CN
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
    r"|[一每1]\s*(?:天|日|晚上?|夜)\s*(?:要|都|能|会|得|就|只|才|总|大概)*(?:喝|吃|抽|换|睡|用)了?(?:上|个)?\s*[\d一二两三四五六七八九十几半好多]+\s*(?:大|小)?(?:壶|杯|碗|瓶|升|斤|两|包|根|支|条|顿|个?小时|块|桶|暖瓶)"
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
    r"|stool (?:fat|collection|weight|sample)|fa?ecal fat|holter|tape\b|ecg|ekg|eeg|abpm|monitor|telemetry|recording|(?:o?esophageal )?ph\b|bp\b|average|value|post|drive|flight|journey|trip|shift|nap|ride|lesson|film|movie|match|game|collection|walk(?:ing)?(?: test| distance)?\b|fast\b|step test)"
    r"|\s*(?:的?动态|尿(?:蛋白|液|量(?!少|明显|减|增|很|较)|[钙钠钾磷镁铜糖酸]|微量|白蛋白|总蛋白|游离|皮质醇|草酸|枸橼酸|儿茶酚胺|香草|肌酐|淀粉酶|醛固酮|培养|标本)|血压监测|心电|脑电|视频脑电|食管|(?:步行|行走)(?:试验|测试|距离)?|饥饿试验|(?:的)?(?:车程|飞机|火车|长途|高铁|大巴|手术|会议|课)|粪便?脂肪|大便脂肪|粪脂|出入量|总?入量|胃液|holter)"
)
"""Behind a length that is of a test: 24小时尿蛋白, '24-hour tape', '6-minute walk'."""
_TESTED_FOR = re.compile(
    r"(?:holter|tape|telemetry|monitor(?:ed|ing)?|recording|fast(?:ed|ing)|observ(?:ed|ation)) (?:for|over|of) (?:about )?(?:an? )?$|(?:禁食|禁水|空腹|饥饿|监护|监测|留观|留院观察|动态心电图|动态血压)了?$"
)
"""Before one: 禁食12小时, 'monitored for 24 hours'."""
_AWAY = re.compile(r"\s+off\b")
_IN_BED = re.compile(r"(?:\bin bed (?:for )?|\bbreaks? (?:of |longer than |more than )?)$")
"""Around a length of rest: 'a day off', 'it put me in bed three days', 'no break longer than a few weeks'."""
_ABLE = re.compile(
    r"\b(?:can|could|able to|manage to)(?:n't)?(?: only| just| barely)? \w+(?: for)?(?: about| only)? $"
)
_OF_DOING = re.compile(
    r"\b(?:sleeps?|slept|sleeping|naps?|dozes?|takes?|took|taken|taking|needs?|needed)(?: (?:me|him|her|us|them|for|about|only|around|at least|up to|roughly|one|two|\d+|to|or))* $"
    r"|\b(?:sewing|reading|driving|walking|running|standing|sitting|working|studying|playing|watching|typing|gaming|cycling|jogging|training|riding|kneeling|squatting|exercising|writing|knitting|scrolling|flying|travell?ing) (?:for )?(?:about |around )?$"
    r"|睡(?:了|个|上|够|不到|不了|足|得)?(?:大概|大?约)?$"
)
"""Before the hours that one sleeps, or that something one does takes: 'one to two hours to fall asleep', 'after sewing for an hour'."""
_TO_ITS_END = re.compile(
    r"\s*(?:in all\b|altogether|at a (?:time|stretch|go)\b|to (?:fall|get (?:off|to sleep)|drop off|settle)\b|of sleep"
    r"|(?:左右)?(?:就|便|才)(?:又)?(?:好|没事|缓解|消失|过去|恢复|退|能睡|睡着|入睡))"
)
"""Behind the hours of a spell that is over: 'maybe 20 minutes in all', 停下三五分钟就好."""
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
        and not _AWAY.match(text, d.end)
        and not _IN_BED.search(text[: d.start])
        and not (d.hours < 24 and (_OF_DOING.search(text[: d.start]) or _TO_ITS_END.match(text, d.end)))
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
