"""Spans of time in people's words, never rounded out of the finding that the true span falls under."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal

from suwen.core.case import Lang
from suwen.language.lengths import duration_finding, durations

Exactness = Literal["vague", "usual", "exact"]
"""Whether people say "a few days", as it comes, or "three days"."""
_VAGUE: dict[str, dict[str, tuple[str, ...]]] = {
    "duration_hours": {"zh": ("几个小时", "半天", "两三个小时"), "en": ("a few hours", "several hours")},
    "duration_days": {"zh": ("几天", "好几天", "三四天"), "en": ("a few days", "several days")},
    "duration_weeks": {"zh": ("几周", "好几个星期", "几个星期"), "en": ("a few weeks", "several weeks")},
    "duration_months": {"zh": ("好几个月", "几个月"), "en": ("several months", "a few months")},
}
VAGUE_FACTOR = 1.5
"""By how much "a few days" may be off. Source: estimate."""
_DIGITS = "零一二三四五六七八九"


def amount(n: int, lang: Lang, chance: Random | None = None) -> str:
    """A number from 0 to 99 in digits or words; digits without chance."""
    if lang == "en":
        words = (
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        )
        return words[n] if chance and n < len(words) and chance.random() < 0.6 else str(n)
    if chance is None or chance.random() < 0.4 or n > 99:
        return str(n)
    if n == 2:
        return "两"
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (
        _DIGITS[ones] if ones or not tens else ""
    )


def month_count(years: float) -> int:
    return max(1, round(years * 12))


def span(
    hours: float | None,
    bucket: str | None,
    lang: Lang,
    chance: Random,
    *,
    plain: bool = False,
    exactness: Exactness = "usual",
) -> str:
    """A span of time: 三天, 大半天, 'about two weeks'. Without hours one that falls under `bucket`."""
    if hours is None or hours <= 0:
        options = _VAGUE[bucket or "duration_days"][lang]
        return options[0] if plain else chance.choice(options)
    exact = _exact(hours, lang, None)
    if plain:
        return exact
    true = duration_finding(hours)
    loose, counted = _loose(hours, lang), _exact(hours, lang, chance)
    candidates = [*loose, counted, _exact(hours, lang, chance)] if exactness == "usual" else [counted]
    if exactness == "vague":
        candidates = loose or [v for v in _VAGUE[true][lang] if _near(v, hours, lang)] or [counted]
    chosen = chance.choice(candidates)
    return chosen if _falls(chosen, lang) in (true, None) else exact


def ago(said: str, hours: float | None, lang: Lang, chance: Random, *, plain: bool = False) -> str:
    """Since when, from a span in words: 三天前, 'three days ago', 昨天晚上."""
    if not plain and hours and chance.random() < 0.4:
        for low, high, zh, en in _SINCE:
            options = zh if lang == "zh" else en
            if low <= hours <= high and options:
                return chance.choice(options)
    return f"{said}前" if lang == "zh" else f"{said} ago"


_SINCE = (
    (2, 12, ("今天早上", "今早", "今天"), ("this morning", "earlier today")),
    (10, 24, ("昨天晚上", "昨晚"), ("last night", "yesterday")),
    (45, 75, ("前天",), ()),
    (190, 300, ("上个星期", "上周"), ()),
)


def _falls(text: str, lang: Lang) -> str | None:
    """The finding that the ear makes of a span; None where it hears none."""
    heard = durations(f"{text}了" if lang == "zh" else text)
    return duration_finding(heard[0].hours) if heard else None


def _near(text: str, hours: float, lang: Lang) -> bool:
    """Whether a vague span is about as long as the true one."""
    heard = durations(f"{text}了" if lang == "zh" else text)
    return bool(heard) and 1 / VAGUE_FACTOR <= heard[0].hours / hours <= VAGUE_FACTOR


_UNITS: tuple[tuple[float, float, str, str], ...] = (
    (1, 1 / 60, "分钟", "minute"), (36, 1, "个小时", "hour"), (14 * 24, 24, "天", "day"), (56 * 24, 168, "个星期", "week"),
    (23 * 730, 730, "个月", "month"), (float("inf"), 8766, "年", "year"),
)  # fmt: skip


def _exact(hours: float, lang: Lang, chance: Random | None) -> str:
    """The whole number of the best unit, still under the same finding; hours up to a day and a half are days after a day."""
    for end, unit, zh, en in _UNITS:
        if hours < end or end == float("inf"):
            n = max(1, round(hours / unit)) if unit >= 1 else max(10, 10 * round(hours * 6))
            if unit == 1 and hours > 24:
                n, unit, zh, en = 2, 24, "天", "day"
            text = _counted(n, zh, en, lang, chance)
            if _falls(text, lang) in (duration_finding(hours), None):
                return text
    days = round(hours / 24)
    return _counted(days, "天", "day", lang, None)


def _counted(n: int, zh: str, en: str, lang: Lang, chance: Random | None) -> str:
    if lang == "zh":
        if chance and zh == "个星期":
            zh = chance.choice(("个星期", "周", "个礼拜"))
        if chance and zh == "个小时":
            zh = chance.choice(("个小时", "小时"))
        return f"{amount(n, lang, chance)}{zh}"
    return f"{amount(n, lang, chance)} {en}{'s' if n != 1 else ''}"


def _loose(hours: float, lang: Lang) -> list[str]:
    days = hours / 24
    found: list[tuple[Callable[[], bool], str, str]] = [
        (lambda: 5 <= hours <= 16, "大半天", "several hours"),
        (lambda: 2 <= hours < 5, "两三个小时", "a couple of hours"),
        (lambda: 2.5 <= days <= 4.5, "三四天", "a few days"),
        (lambda: 4 <= days <= 7, "好几天", "several days"),
        (lambda: 6.5 <= days <= 7.4, "快一个星期", "almost a week"),
        (lambda: 9 <= days <= 13, "十来天", "over a week"),
        (lambda: 13 <= days <= 17, "半个月", "a couple of weeks"),
        (lambda: 20 <= days <= 35, "将近一个月", "a few weeks"),
        (lambda: 70 <= days <= 110, "两三个月", "a couple of months"),
        (lambda: 160 <= days <= 200, "半年", "half a year"),
        (lambda: 330 <= days <= 400, "一年左右", "about a year"),
        (lambda: 500 <= days <= 1100, "一两年", "a couple of years"),
        (lambda: days > 1100, "好几年", "several years"),
    ]
    return [zh if lang == "zh" else en for fits, zh, en in found if fits()]
