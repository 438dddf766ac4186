"""When it began, how it goes and how long it has lasted: findings of their own, and what they make of others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from suwen.core.case import Case, Finding, Person
from suwen.knowledge import Knowledge
from suwen.language.clauses import Clause
from suwen.language.lengths import Duration, duration_finding, durations
from suwen.language.lexicon import Match
from suwen.language.normalise import Views
from suwen.language.person import age_spans
from suwen.language.scope import Scoper

CHILD_YEARS = 15
"""Under which the limits for children hold (Chinese guideline on chronic cough in children, 2013: up to 14 years)."""
MONTH_HOURS = 720
"""Since an attack that long ago it is no length of this illness; since one of yesterday it is."""
DURATION_FINDINGS = ("duration_hours", "duration_days", "duration_weeks", "duration_months")
_TIMING = {
    ("attr:onset", "sudden"): "onset_sudden",
    ("attr:course", "worsening"): "course_worsening",
    ("attr:course", "recurrent"): "course_episodic",
    ("attr:course", "intermittent"): "course_episodic",
}


def ages_told(seen: Views, case: Case) -> list[tuple[int, int]]:
    """Where an age stands, told of one's own accord or in answer."""
    return age_spans(seen.zh, asked=case.pending is not None and case.pending.id == "age")


def spans_of_time(seen: Views, case: Case) -> list[Duration]:
    """The durations of a text that are nobody's age."""
    ages = ages_told(seen, case)
    return [d for d in durations(seen.zh) if not any(a < d.end and d.start < b for a, b in ages)]


def timing(
    knowledge: Knowledge, seen: Views, clauses: Sequence[Clause], matches: Sequence[Match], heard: Sequence[Finding],
    case: Case, turn: int, scoper: Scoper,
) -> list[Finding]:  # fmt: skip
    """Onset, course and duration of the illness, from clauses that are not about something lasting."""
    lasting = {
        scoper.clause_at(f.span[0]) for f in heard
        if f.span and (f.when != "now" or knowledge.finding[f.id].kind in ("risk", "history"))
    }  # fmt: skip
    lasting |= {
        scoper.clause_at(m.start) for m in matches if m.kind == "condition" and scoper.scope(m).when != "now"
    }  # fmt: skip
    current = {scoper.clause_at(f.span[0]) for f in heard if f.span} - lasting
    complaints = [
        f.span for f in heard
        if f.span and f.when == "now" and f.status == "present" and knowledge.finding[f.id].kind in ("symptom", "sign")
    ]  # fmt: skip
    found: list[Finding] = []
    told = []
    for d in spans_of_time(seen, case):
        number = scoper.clause_at(d.start)
        clause = clauses[number] if clauses else None
        if clause is None or clause.section in ("past", "family"):
            continue
        ago = bool(_AGO.match(seen.zh, d.end))
        begun = ago and any(clause.start <= start and end <= d.start for start, end in complaints)
        if number in lasting and not begun:
            continue
        if ago and _EARLIER.search(seen.zh, clause.start, clause.end):
            continue
        if (d.hours >= MONTH_HOURS and _OF_THE_LAST.search(seen.zh, clause.start, d.start)) or _QUIET.match(
            seen.zh, d.end - seen.zh.endswith("没", d.start, d.end)
        ):
            continue
        if _NO_IDEA_WHEN.match(seen.zh, d.end) or (
            d.hours < 24 and _EACH_TIME.search(seen.zh, clause.start, d.start)
        ):
            continue
        if scoper.scope(Match(d.start, d.end, "finding", "duration")).when != "family":
            told.append(d)
    known = any(k in case.findings for k in DURATION_FINDINGS)
    if told and (not known or (case.pending is not None and case.pending.id == "duration")):
        d = next((d for d in told if not _of_a_spell(d, told, seen.zh)), told[0])
        found.append(Finding(duration_finding(d.hours), "present", seen.raw[d.start : d.end], (d.start, d.end), turn,
                             value=d.hours, unit="h"))  # fmt: skip
    for match in matches:
        name = _TIMING.get((match.kind, match.target))
        number = scoper.clause_at(match.start)
        if name == "course_worsening" and (
            scoper.denies(match) or _is_aggravation(match, matches, clauses[number], seen.zh)
        ):
            continue
        if match.kind == "attr:onset" and scoper.denies(match):
            continue
        if name == "course_episodic" and scoper.scope(match).status == "absent":
            continue  # 无阵发性头痛
        if name and (number in current or not heard) and clauses[number].section == "now":
            found.append(
                Finding(name, "present", seen.raw[match.start : match.end], (match.start, match.end), turn)
            )
    return found


_AGO = re.compile(r"\s*(?:ago|earlier|back|before|以?前|之前)\b")
_EARLIER = re.compile(
    r"\b(?:previous|prior|similar|earlier|another)\s(?:\w+\s)?(?:episodes?|attacks?|bouts?|spells?|symptoms?|pains?|problems?)\b"
    r"|(?:类似|相似|同样)(?:的)?(?:发作|症状|情况|经历|疼痛)"
)
"""'Similar episodes several years ago': the time of those, not of this illness."""
_OF_THE_LAST = re.compile(
    r"(?:最后一次|末次|上一次|上次|前一次)[^,.;]{0,10}$|\b(?:last|latest|most recent) (?:seizure|fit|attack|episode|bout|flare|hospitali[sz]ation|admission|relapse|exacerbation)\w*[^,.;]{0,12}$|\bfree for (?:the (?:past|last) )?$"
)
"""Before the time since the last attack."""
_QUIET = re.compile(
    r"(?:以来|来|里|内|中|都|间)*(?:一直)?(?:未|没有?|无)(?:再|有|曾|过)*(?:发作|发病|犯|抽|复发|住院|变化|加重)"
)
"""Behind a length: in that time there was nothing."""
_NO_IDEA_WHEN = re.compile(
    r"[^.;。；]{0,60}(?:\b(?:no idea|not sure|unsure|not know|don't know|doesn't know|didn't know|cannot say|can't say)(?: exactly)? (?:when|how long)\b"
    r"|(?:不知道|不清楚|不晓得|说不清|不记得|记不清)(?:具体|到底|是|从|有|已经)*(?:什么时候|啥时候|何时|多久|多长时间|几时))"
)
"""Behind the time when something was found: nobody knows how long it has been there."""
_EACH_TIME = re.compile(
    r"(?:每次|每回|每阵|一阵)(?:都|能|要|会|得|大概|大约|差不多|持续|发作|疼|痛|晕|慌|有|个|在)*$|\beach (?:time|spell|one|attack|episode|bout) [a-z ]{0,16}$"
)
"""Before the length of one spell."""
_SPELL_BEFORE = re.compile(
    r"(?:每次|每回|一次|持续|发作|休息|坐|躺|站|走|歇|过|\blast(?:s|ed|ing)?|\bafter|\bwithin|\bevery|\bin|\bonly|\bup to|\bbefore)\D{0,8}$"
)
_SPELL_AFTER = re.compile(
    r"\s*(?:后|内|就|each|every|at a time|of (?:rest|walking|sitting|standing|exercise)|after|before|later)"
)


def _of_a_spell(d: Duration, told: Sequence[Duration], text: str) -> bool:
    """Whether a length of minutes or hours is that of a spell or of a rest, where a longer one is told besides."""
    longer = any(other.hours >= 24 and other.hours > d.hours for other in told)
    if not longer or d.hours >= 24:
        return False
    return d.hours < 1 or bool(_SPELL_BEFORE.search(text[: d.start]) or _SPELL_AFTER.match(text[d.end :]))


def is_child(person: Person) -> bool:
    """Whether the patient is a child by the age that is known."""
    return person.age_years is not None and person.age_years < CHILD_YEARS


def by_its_length(
    rules: Sequence[Mapping[str, Any]],
    heard: list[Finding],
    seen: Views,
    scoper: Scoper,
    case: Case,
    person: Person,
) -> list[Finding]:
    """A cough of a week is no chronic one, one of three months is: by the length told in the same clause."""
    concerned = {name for rule in rules for name in (rule["finding"], rule["of"])}
    if not any(f.id in concerned for f in heard):
        return heard
    told = [(d.hours, scoper.clause_at(d.start)) for d in spans_of_time(seen, case)]
    child = is_child(person)
    out = []
    for finding in heard:
        span = finding.span if finding.when == "now" and finding.status == "present" else None
        rule = next((r for r in rules if span and finding.id in (r["finding"], r["of"])), None)
        if rule is not None and span is not None:
            hours = [h for h, clause in told if clause == scoper.clause_at(span[0])]
            least = 168 * rule["child_weeks" if child else "weeks"]
            if hours:
                finding = replace(finding, id=rule["finding"] if max(hours) > least else rule["of"])
        out.append(finding)
    return out


def _is_aggravation(match: Match, matches: Sequence[Match], clause: Clause, text: str) -> bool:
    """'Worse with movement', 活动后加重: what aggravates it, not how the illness goes."""
    if _AGGRAVATED.match(text, match.end) or _is_amount(match, matches, clause, text):
        return True
    return any(
        m.kind in ("attr:trigger", "attr:timing")
        and clause.start <= m.start
        and m.end <= match.start + 1
        and match.start - m.end < 8
        for m in matches
    )


_AGGRAVATED = re.compile(r"\s*(?:with|by|on|when|at|if|after|upon|during|while|in the)\b")
_TROUBLE = re.compile(
    r"\s*(?:in (?:the |his |her )?)?(?:and |or |\w+ly )*(?:[a-z]+ (?:of )?)?(?:\w*pains?|\w*aches?|tenderness|discomfort|sever\w+|intensity|symptoms?|\w*breath\w*|"
    r"dyspn\w+|cough\w*|swelling|weakness|fatigue|tired\w*|drows\w+|letharg\w+|confus\w+|distress|redness|itch\w*|sputum|phlegm|bleeding|difficulty|stiffness|numbness|jaundice|pallor)\b"
)
"""Behind 'increased': a trouble of which there is more is getting worse, unlike thirst, an appetite or a count."""
_OF_LATE = re.compile(
    r"\s*(?:$|[,.;)]|(?:over|since|in (?:sever|intens|frequen|size)|and|but|day by day|with time|this|today|now|progress|gradual|steadily|daily|from|to (?:the point|such))|(?:last|yesterday)\b)"
)
"""Behind 'the pain increased': nothing is increased but what was named before."""
_INCREASING_THING = re.compile(
    r"\s*(?:periods?|amounts?|doses?|number|age|rest|use|consumption|intake|demands?|stress|sleep|exercise|activity|weight|exertion|distance|effort)\b"
)


def _is_amount(match: Match, matches: Sequence[Match], clause: Clause, text: str) -> bool:
    """'Increased thirst' and 'an increase in weight' name a finding or an amount: no course of the illness."""
    said = text[match.start : match.end]
    if not said.startswith("increas") or said == "increasingly":
        return False
    if said == "increasing":
        return bool(_INCREASING_THING.match(text, match.end))
    if _TROUBLE.match(text, match.end):
        return False
    named = any(
        m.kind in ("finding", "kernel") and clause.start <= m.start and m.end <= match.start for m in matches
    )
    return not (named and _OF_LATE.match(text, match.end, clause.end))
