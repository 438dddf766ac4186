"""The straight line: `respond(case, message, clinic)` is what every door to Suwen calls.

heard = understand → case.add → alarm (danger before thought) → differential → ask or conclude → words.
Pure: no clock, chance, disk or network; the same case and message give the same reply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from suwen.consult.answer import conclude
from suwen.consult.ask import is_askable, may_mean, next_question, text_of
from suwen.consult.clinic import Clinic
from suwen.consult.say import joined, say, with_breaks
from suwen.consult.screen import taken_in
from suwen.core.case import Alarm, Case, Finding, Heard, Lang, Question, merged
from suwen.core.errors import InputError
from suwen.core.events import Draft
from suwen.knowledge import DURATIONS, Knowledge
from suwen.reasoning.differential import Differential
from suwen.safety.medication import Pharmacist

MAX_CHARACTERS = 8000
"""Longest message; more is refused with a message, and the sender keeps the text."""
_NONE = re.compile(
    r"\W*(?:嗯\W*)?(?:没|无|不清楚|不知道|不记得|身体(?:一直)?(?:挺|很|都)?好|一直(?:都)?(?:挺|很)?(?:健康|好)|no\b|none|nothing|nil|never|not (?:that|really|sure)|healthy|don't)",
    re.IGNORECASE,
)
"""The beginning of an answer that names no past illness."""
_NOW = re.compile(
    r"现在|最近|这几天|这两天|今天|目前|\b(?:now|currently|at the moment|these days|today)\b", re.IGNORECASE
)
TOP = 6
"""Conditions kept in the log at every step."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the patient sent: free text, or a tapped `choice` with its label as text."""

    text: str
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The new case, what the doctor says, and the events to append to the log."""

    case: Case
    text: str
    drafts: tuple[Draft, ...]
    alarms: tuple[Alarm, ...] = ()
    result: dict[str, Any] | None = None


def open_case(lang: str, clinic: Clinic, *, month: int | None = None, region: str | None = None) -> Reply:
    """A new encounter: the greeting and an empty case; month 1..12 for the season, region a part of China."""
    case = Case(lang="en" if lang == "en" else "zh", month=month, region=region).ask(
        Question("complaint", "free")
    )
    text = say(case.lang, "greeting")
    return Reply(case, text, (
        Draft("opened", {"lang": case.lang, "month": month, "region": region, "knowledge": clinic.knowledge.digest[:16], "version": clinic.knowledge.version}),
        Draft("asked", question_body(case.pending)),
        Draft("replied", {"text": text, "kind": "greeting"}),
    ))  # fmt: skip


def respond(case: Case, message: Message, clinic: Clinic) -> Reply:
    """One turn of the consultation. Raises InputError for what cannot be a message; nothing is lost then."""
    text = _readable(message, case)
    if case.pending is not None and not is_askable(case.pending, clinic.knowledge):
        case = replace(case, pending=None)  # put under an older knowledge
    case, heard, drafts = _listen(case, text, message.choice, clinic)
    alarms = _new_alarms(case, heard, clinic)
    case = case.raise_alarms(alarms)
    drafts += _alarm_drafts(alarms)
    spoken = _first_words(case, heard, alarms, clinic)
    if "stop" in heard.small_talk:
        return _end(case, spoken, drafts, alarms, clinic, stopped=True)
    if "why" in heard.small_talk and case.pending is not None:
        return _explain(case, spoken, drafts, clinic)
    if "back" in heard.small_talk:
        return _go_back(case, spoken, drafts, clinic)
    if _still_waiting(case, heard, message.choice, clinic) and not (heard.guesses and may_mean(case, clinic)):
        return _say_again(case.wait(), heard, spoken, [*drafts, Draft("waited", {})], alarms, clinic)
    differential = clinic.reasoner.differential(case)
    drafts.append(Draft("thought", thought_body(differential, case, clinic)))
    question = next_question(case, differential, clinic)
    spoken += _unheard(case, heard, question)
    if question is None:
        return _end(case, spoken, drafts, alarms, clinic)
    case = case.ask(question)
    drafts.append(Draft("asked", question_body(question)))
    spoken.append(text_of(question, clinic.knowledge, case.lang))
    return _reply(case, spoken, drafts, alarms, kind="question")


def correct(case: Case, finding: str, status: str, clinic: Clinic) -> Reply:
    """The patient set a finding by hand in the list of what was understood."""
    if finding not in clinic.knowledge.finding or status not in ("present", "absent", "unknown"):
        raise InputError(f"{finding!r} or {status!r} is not something that can be set")
    case = case.correct(finding, status)  # type: ignore[arg-type]
    drafts = [Draft("corrected", {"finding": finding, "status": status})]
    alarms = _new_alarms(case, Heard(), clinic)
    case = case.raise_alarms(alarms)
    drafts += _alarm_drafts(alarms)
    spoken = [say(case.lang, "corrected"), *_alarm_words(alarms, case, clinic)]
    differential = clinic.reasoner.differential(case)
    drafts.append(Draft("thought", thought_body(differential, case, clinic)))
    if case.pending is not None and set(case.pending.findings) & {finding}:
        question = next_question(case, differential, clinic)
        if question is None:
            return _end(case, spoken, drafts, alarms, clinic)
        case = case.ask(question)
        drafts.append(Draft("asked", question_body(question)))
    if case.pending is not None:
        spoken.append(text_of(case.pending, clinic.knowledge, case.lang))
    return _reply(case, spoken, drafts, alarms, kind="question")


def finish(case: Case, clinic: Clinic) -> Reply:
    """The patient asked for the answer now."""
    return _end(case, [], [], (), clinic, stopped=True)


# -- listening ------------------------------------------------------------------------------------------


def _readable(message: Message, case: Case) -> str:
    text = message.text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if len(text) > MAX_CHARACTERS:
        zh = f"一次最多 {MAX_CHARACTERS} 字，现在有 {len(text)} 字；请分几次发送。"
        en = f"At most {MAX_CHARACTERS} characters at a time; this has {len(text)}. Please send it in parts."
        raise InputError(zh if case.lang == "zh" else en, limit=MAX_CHARACTERS)
    if not text.strip() and message.choice is None:
        raise InputError("请输入文字。" if case.lang == "zh" else "Please write something.")
    return text


def _listen(case: Case, text: str, choice: str | None, clinic: Clinic) -> tuple[Case, Heard, list[Draft]]:
    question = case.pending
    said: dict[str, Any] = {"text": text}
    if choice is not None:
        said["choice"] = choice
    if question is not None:
        said["reply_to"] = question.id
    if not case.texts:
        case = replace(case, lang=_language(text, case.lang))
    heard = clinic.ear.understand(text, case) if choice is None else Heard()
    if question is not None:
        heard = _with_answer(heard, question, text, choice, len(case.texts), clinic)
    if heard.not_understood and clinic.pharmacist is not None:
        heard = _with_medicines(heard, clinic.pharmacist())
    added = case.add(heard, text=text)
    added = added.note_unsure(heard)
    return added, heard, [Draft("said", said), Draft("heard", heard_body(heard, added.lang))]


def _with_medicines(heard: Heard, pharmacist: Pharmacist) -> Heard:
    """What was not understood and names a medicine that is taken, is understood after all."""
    taken = [words for words in heard.not_understood if taken_in(words, pharmacist)]
    if not taken:
        return heard
    return replace(
        heard,
        medicines=merged(heard.medicines, tuple(taken)),
        not_understood=tuple(w for w in heard.not_understood if w not in taken),
    )


def _language(text: str, lang: Lang) -> Lang:
    """The language of a first message: Chinese if it has Chinese characters, English if it has only Latin words."""
    if re.search(r"[\u4e00-\u9fff]", text):
        return "zh"
    return "en" if len(re.findall(r"[a-zA-Z]{2,}", text)) >= 2 else lang


def _with_answer(
    heard: Heard, question: Question, text: str, choice: str | None, turn: int, clinic: Clinic
) -> Heard:
    """What a tap or a bare number means for the question that was put."""
    found = list(heard.findings)
    person = dict(heard.person)
    said = text.strip()

    def note(name: str, status: str) -> None:
        found.append(Finding(name, status, said, None, turn, origin="answer"))  # type: ignore[arg-type]

    if question.id == "age" and "age_years" not in person:
        age = clinic.ear.age_told(choice or said)
        if age is not None and age > 125:
            return replace(heard, faults=({"what": "age", "value": age},), not_understood=())
        if age is not None:
            person["age_years"] = age
    elif question.id == "sex" and choice in ("male", "female"):
        person["sex"] = choice
    elif question.id == "sex" and re.fullmatch(r"\s*(男|女|male|female|m|f|man|woman)\W*", said.lower()):
        person["sex"] = "male" if said.lower()[:1] in ("男", "m") and "wo" not in said.lower() else "female"
    elif question.kind == "choice" and choice in question.findings:
        note(str(choice), "present")
        if question.id.startswith("where:"):
            for other in question.findings:
                if other != choice:
                    note(other, "absent")
    elif question.kind == "choice" and choice == "elsewhere":
        for other in question.findings:
            note(other, "absent")
    elif question.kind == "yes_no" and choice in ("present", "absent", "unknown"):
        note(question.findings[0], choice)
    retracted = heard.retracted
    if question.id == "duration" and any(f.id in DURATIONS for f in found):
        retracted = merged(retracted, tuple(d for d in DURATIONS if d not in {f.id for f in found}))
    medicines, past = heard.medicines, heard.past
    if question.id == "medicines" and choice == "none":
        medicines = ()
    if question.id == "past":
        past = () if choice is not None or _NONE.match(said) else (said,)
        found = found if _NOW.search(said) else [_of_then(f, clinic.knowledge) for f in found]
    understood = heard.not_understood
    if found != list(heard.findings) or person != dict(heard.person) or question.id in ("past", "medicines"):
        understood = ()
    return replace(
        heard,
        findings=tuple(found),
        person=person,
        retracted=retracted,
        medicines=medicines,
        past=past,
        not_understood=understood,
    )


def _of_then(finding: Finding, knowledge: Knowledge) -> Finding:
    """A complaint told when past illnesses were asked for is one of then, not of now."""
    complaint = knowledge.finding[finding.id].kind in ("symptom", "sign")
    then = complaint and finding.status == "present" and finding.when == "now"
    return replace(finding, when="past") if then else finding


def _new_alarms(case: Case, heard: Heard, clinic: Clinic) -> tuple[Alarm, ...]:
    known = {a.id for a in case.alarms}
    return tuple(a for a in clinic.watch.alarms(case, heard.flags) if a.id not in known)


def _alarm_drafts(alarms: tuple[Alarm, ...]) -> list[Draft]:
    return [Draft("alarmed", {"id": a.id, "triage": a.triage, "words": list(a.words)}) for a in alarms]


# -- speaking -------------------------------------------------------------------------------------------


def _alarm_words(alarms: tuple[Alarm, ...], case: Case, clinic: Clinic) -> list[str]:
    order = sorted(alarms, key=lambda a: a.triage != "emergency")
    return [str(clinic.watch.rules[a.id]["say"][case.lang]) for a in order]


def _first_words(case: Case, heard: Heard, alarms: tuple[Alarm, ...], clinic: Clinic) -> list[str]:
    lang = case.lang
    spoken = _alarm_words(alarms, case, clinic)
    if alarms:
        spoken.append(say(lang, "alarm_on"))
    elif case.alarms and re.search(
        r"没事|没什么大|不要紧|i'm fine|it's nothing|probably nothing",
        case.texts[-1].lower() if case.texts else "",
    ):
        spoken.append(say(lang, "floor_stays"))
    if "thanks" in heard.small_talk:
        spoken.append(say(lang, "thanks"))
    if "worry" in heard.small_talk:
        spoken.append(say(lang, "worry"))
    for fault in heard.faults:
        spoken.append(say(lang, "impossible", str(fault["what"]), value=f"{float(fault['value']):g}"))
    return spoken


def _unheard(case: Case, heard: Heard, question: Question | None) -> list[str]:
    """That some words were not understood; those that the next question takes up need no mention."""
    taken_up = question.said if question else ""
    words = [w for w in heard.not_understood if not taken_up or (taken_up not in w and w not in taken_up)]
    if not words or not (heard.findings or heard.person):
        return []
    return [say(case.lang, "not_understood", words=joined(case.lang, [_short(w) for w in words[:4]]))]


def _short(words: str) -> str:
    return words if len(words) <= 40 else words[:38] + "…"


def _still_waiting(case: Case, heard: Heard, choice: str | None, clinic: Clinic) -> bool:
    """Whether the message gave nothing to go on with, so that the question stands; it is put again only once."""
    pending = case.pending
    if choice is not None or "skip" in heard.small_talk:
        return False
    if heard.findings or heard.person or heard.medicines or heard.allergies or heard.past or heard.retracted:
        return False
    if pending is None:
        return True
    if pending.id == "complaint":
        return case.waited < 1 or "greeting" in heard.small_talk
    if pending.id in ("past", "medicines") or clinic.ear.is_bare_answer(case.texts[-1]):
        return False
    return bool(heard.faults) or case.waited < 1


def _say_again(
    case: Case,
    heard: Heard,
    spoken: list[str],
    drafts: list[Draft],
    alarms: tuple[Alarm, ...],
    clinic: Clinic,
) -> Reply:
    lang, text = case.lang, case.texts[-1] if case.texts else ""
    first = case.pending is None or case.pending.id == "complaint"
    if "greeting" in heard.small_talk and first:
        spoken.append(say(lang, "greet_back"))
    elif heard.faults or heard.small_talk or alarms:
        pass
    elif not re.search(r"\w", text):
        spoken.append(say(lang, "nothing_read"))
    elif not re.search(r"[\u4e00-\u9fffa-zA-Z0-9]", text):
        spoken.append(say(lang, "other_language"))
    elif heard.not_understood:
        spoken.append(
            say(lang, "nothing_understood", words=_short(joined(lang, list(heard.not_understood[:3]))))
        )
    if case.pending is None:
        case = case.ask(Question("complaint", "free"))
        drafts.append(Draft("asked", question_body(case.pending)))
    pending = case.pending
    if pending is not None and not (first and "greeting" in heard.small_talk):
        spoken.append(
            say(lang, "opening_again")
            if pending.id == "complaint"
            else text_of(pending, clinic.knowledge, lang)
        )
    return _reply(case, spoken, drafts, alarms, kind="question")


def _explain(case: Case, spoken: list[str], drafts: list[Draft], clinic: Clinic) -> Reply:
    from suwen.consult.ask import why_of

    if case.pending is not None:
        spoken.append(why_of(case.pending, clinic.knowledge, case.lang))
        spoken.append(text_of(case.pending, clinic.knowledge, case.lang))
    return _reply(case, spoken, drafts, (), kind="question")


def _go_back(case: Case, spoken: list[str], drafts: list[Draft], clinic: Clinic) -> Reply:
    """Put the question before this one again; its old answer stands until a new one comes."""
    earlier = [q for q in case.history if case.pending is None or q.id != case.pending.id]
    if not earlier or earlier[-1].id == "complaint":
        spoken.append(say(case.lang, "no_back"))
        if case.pending is not None:
            spoken.append(text_of(case.pending, clinic.knowledge, case.lang))
        return _reply(case, spoken, drafts, (), kind="question")
    question = earlier[-1]
    case = case.go_back(question)
    drafts.append(Draft("went_back", {"to": question.id}))
    spoken += [say(case.lang, "back_to"), text_of(question, clinic.knowledge, case.lang)]
    return _reply(case, spoken, drafts, (), kind="question")


def _end(
    case: Case,
    spoken: list[str],
    drafts: list[Draft],
    alarms: tuple[Alarm, ...],
    clinic: Clinic,
    *,
    stopped: bool = False,
) -> Reply:
    unfinished = stopped and case.pending is not None and len(case.history) < clinic.budget
    result = conclude(case, clinic, lang=case.lang, unfinished=unfinished)
    case = replace(case.ask(None), closed=True)
    spoken.append(say(case.lang, "concluded"))
    drafts += [Draft("concluded", {"result": result, "unfinished": unfinished})]
    return _reply(case, spoken, drafts, alarms, kind="answer", result=result)


def _reply(
    case: Case, spoken: list[str], drafts: list[Draft], alarms: tuple[Alarm, ...], *, kind: str,
    result: dict[str, Any] | None = None,
) -> Reply:  # fmt: skip
    text = with_breaks(spoken)
    body: dict[str, Any] = {"text": text, "kind": "alarm" if alarms and kind == "question" else kind}
    if alarms:
        body["alarm"] = alarms[0].id
    return Reply(case, text, (*drafts, Draft("replied", body)), alarms, result)


# -- bodies of events -----------------------------------------------------------------------------------


def question_body(question: Question | None) -> dict[str, Any]:
    """A question as the log keeps it."""
    if question is None:
        return {}
    return dict(_plain(question))


def heard_body(heard: Heard, lang: str) -> dict[str, Any]:
    """What was heard as the log keeps it, without what is empty."""
    body: dict[str, Any] = {"lang": lang, "findings": [finding_body(f) for f in heard.findings]}
    for name in heard.__dataclass_fields__:
        value = getattr(heard, name)
        if name != "findings" and value:
            body[name] = _plain(value)
    return body


def finding_body(finding: Finding) -> dict[str, Any]:
    defaults = Finding(finding.id, finding.status)
    body: dict[str, Any] = {"id": finding.id, "status": finding.status}
    for name in finding.__dataclass_fields__:
        value = getattr(finding, name)
        if value != getattr(defaults, name):
            body[name] = _plain(value)
    return body


def thought_body(differential: Differential, case: Case, clinic: Clinic) -> dict[str, Any]:
    """The differential at this step: the first few conditions, the rest, and the level."""
    top = [[clinic.knowledge.conditions[d].id, round(p, 4)] for d, p in differential.ranked(TOP)]
    return {
        "top": top,
        "other": round(differential.other, 4),
        "level": clinic.triager.level_of(case, differential),
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "items"):
        return {k: _plain(v) for k, v in value.items()}
    return value
