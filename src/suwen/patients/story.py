"""A case that somebody wrote, in their own words or under the headings of a record, as a script."""

from __future__ import annotations

import re
from collections.abc import Iterator

from suwen.core.case import Lang
from suwen.core.errors import ScriptError
from suwen.language.understand import Ear
from suwen.patients.script import Diagnosis, Origin, Script, Triage
from suwen.patients.sheet import Section, Sheet, diagnosis_of, sentences

_HEADINGS: tuple[tuple[Section | str, str], ...] = (
    ("complaint", r"主诉|chief complaints?|complaints?|cc|reason for visit|presenting complaint"),
    (
        "now",
        r"现病史|history of (?:the )?present(?:ing)? illness|hpi|history|症状|symptoms?|review of systems",
    ),
    ("past", r"既往史|过去史|past (?:medical |surgical )?history|pmh"),
    ("personal", r"个人史|社会史|婚育史|月经史|social history|personal history"),
    ("family", r"家族史|family history|fh"),
    ("medicine", r"用药史|用药|现用药|medications?|medicines|drugs"),
    ("allergy", r"过敏史|allerg(?:y|ies)"),
    ("examination", r"体格检查|查体|体检|physical exam(?:ination)?|examination|exam|vital signs|生命体征"),
    ("result", r"辅助检查|检查结果|化验|实验室检查|results?|tests?|investigations|labs?|imaging"),
    ("diagnosis", r"诊断|最后诊断|final diagnosis|diagnosis"),
    ("person", r"demographics|患者信息|一般情况|patient"),
)
_HEADING = re.compile(
    r"(?:^|(?<=[\n;。.]))\s*(?:" + "|".join(f"(?P<h{i}>{words})" for i, (_, words) in enumerate(_HEADINGS)) + r")\s*[:：]",
    re.IGNORECASE,
)  # fmt: skip
_STORY_ENDS = re.compile(r"^\s*-{3,}\s*$", re.MULTILINE)


def parts_of(text: str) -> Iterator[tuple[str, str]]:
    """(section, words) of a text with headings such as 主诉： or History:; what stands before the first is `story`."""
    marks = list(_HEADING.finditer(text))
    story = text[: marks[0].start() if marks else None].strip()
    if story:
        yield "story", story
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(text)], strict=False):
        section = next(name for i, (name, _) in enumerate(_HEADINGS) if mark.group(f"h{i}"))
        words = text[mark.end() : end].strip(" \n;")
        if words:
            yield section, words


def from_text(
    text: str, ear: Ear, *, key: str, source: str, lang: Lang | None = None, diagnosis: Diagnosis | None = None,
    triage: Triage | None = None, origin: Origin = "text", number: int = 0,
) -> Script:  # fmt: skip
    """The script of a written case. What it turned out to be stands in `diagnosis` or under the heading 诊断 / Diagnosis,
    and never becomes a fact. Raises ScriptError for a text without complaint or diagnosis."""
    lang = lang or ("zh" if re.search(r"[\u4e00-\u9fff]", text) else "en")
    sheet = Sheet(ear, lang)
    complained = False
    for section, words in parts_of(text):
        if section == "diagnosis":
            diagnosis = diagnosis or diagnosis_of(ear.knowledge, words.splitlines()[0])
        elif section == "story" or (section == "now" and not complained):
            complained |= hear_story(sheet, words, complained=complained)
        elif section == "person":
            sheet.hear(words, "now")
        elif section in ("examination", "result"):
            for line in re.split(r"[;；\n。]", words):
                if re.search(r"\w", line):
                    sheet.hear_item(line.strip(" -."), section)  # type: ignore[arg-type]
        else:
            sheet.hear(words, section)  # type: ignore[arg-type]
            complained |= section == "complaint"
    if diagnosis is None:
        raise ScriptError(f"{key}: the text does not say what it was; add a line `诊断：…` or `Diagnosis: …`")
    if not sheet.entries:
        raise ScriptError(f"{key}: the text says nothing about a patient; write what they come with")
    return sheet.script(key, source, [diagnosis], origin=origin, triage=triage, number=number)


def hear_story(sheet: Sheet, words: str, *, complained: bool = False) -> bool:
    """Hear a telling; the first sentence in which something is found is what the person comes with."""
    for sentence in sentences(words):
        before = len(sheet.entries)
        sheet.hear(sentence, "now" if complained else "opening")
        complained |= any(e.kind == "complaint" for e in sheet.entries[before:])
    return complained


def stories_of(text: str) -> list[str]:
    """The written cases of a file: one, or several with a line of dashes between them."""
    return [part.strip() for part in _STORY_ENDS.split(text) if part.strip()]
