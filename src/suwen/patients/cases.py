"""Published cases as scripts: the format is told by the keys of a row, and a row that cannot be used says why.

Outside cases are not sampled ones and are never averaged with them: `origin` is `case`. What a row does not mention
is not so when the patient is asked about it, though the person behind the row was perhaps never asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from suwen.core.errors import InputError, ScriptError
from suwen.knowledge import Knowledge
from suwen.language.understand import Ear
from suwen.patients.faults import faults
from suwen.patients.script import Diagnosis, Script, Triage
from suwen.patients.sheet import Sheet, diagnosis_of, sentences
from suwen.patients.story import from_text, parts_of

Row = Mapping[str, Any]
CHILDREN = (1, 2, 3)
"""Age bands of the paediatric dialogues: infants to 12 years. Source: the papers say paediatric; the rest is an estimate."""
_LEVELS: dict[tuple[str, str], tuple[Triage, ...]] = {
    ("semigran", "emergent"): ("emergency", "urgent"), ("semigran", "non_emergent"): ("soon", "routine"),
    ("semigran", "self_care"): ("self_care",), ("levine", "emergent"): ("emergency",), ("levine", "one_day"): ("urgent",),
    ("levine", "one_week"): ("soon", "routine"), ("levine", "self_care"): ("self_care",),
}  # fmt: skip
_CONCLUDED = re.compile(
    r"根据\S{0,10}(?:结果|情况|检查)|诊断结果|结果显示|治疗方案|治疗计划|治疗建议|检查结果|根据(?:您|医生|你)|(?:您|医生|你)的?(?:诊断|建议|治疗|解答|指导)|医生(?:说|建议|认为)|您(?:说|建议|认为|提到)|我(?:的|被)诊断"
    r"|需要\S{0,10}(?:治疗|手术|切除|拐杖|补充|休息|恢复)|(?:手术|恢复|康复)(?:后|期间|时间)\S{0,6}(?:需要|要|可能)|主要的治疗方法"
    r"|定期复查|放疗|物理治疗|保守治疗"
)
_POLITE = re.compile(
    r"谢谢|感谢|祝(?:您|你)|结束|我会|我将|我明白|明白了|了解了|我知道了|知道了|请问|放心|尽快|按照|[?？]|怎么办|需要(?:做|注意|住院|进一步)|希望能|希望(?:您|医生)"
)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that did not become a script: its number from 1, its id, and why."""

    number: int
    id: str
    why: str


def read_cases(rows: Iterable[tuple[int, Row]], ear: Ear, *, name: str) -> Iterator[Script | Refused]:
    """A script, or the reason why there is none, of every (number, row); `name` is the file's, for ids and sources."""
    for number, row in rows:
        key = f"{name}:{row.get('id', number)}"
        try:
            script = script_of(row, ear, key=key, number=number)
            wrong = faults(script, ear.knowledge)
            if wrong:
                raise ScriptError(wrong[0])
        except InputError as error:
            yield Refused(number, str(row.get("id", number)), error.message.removeprefix(f"{key}: "))
        else:
            yield script


def script_of(row: Row, ear: Ear, *, key: str, number: int) -> Script:
    """The script of one row. Raises ScriptError for an unknown format or a row without what a script needs."""
    reader = next((r for keys, r in FORMATS if keys <= row.keys()), None)
    if reader is None:
        known = "; ".join(", ".join(sorted(keys)) for keys, _ in FORMATS)
        raise ScriptError(f"{key}: keys {', '.join(sorted(row))} are no known format; known are: {known}")
    if not str(row["diagnosis"]).strip():
        raise ScriptError(f"{key}: `diagnosis` is empty; a script needs what it was")
    return reader(row, ear, key, number)


def _main(row: Row, knowledge: Knowledge) -> Diagnosis:
    return diagnosis_of(knowledge, str(row["diagnosis"]), accept=row.get("accept"))


def _agentclinic(row: Row, ear: Ear, key: str, number: int) -> Script:
    """History, examination and tests apart; the primary symptom is the complaint."""
    sheet = Sheet(ear, row.get("lang", "en"))
    told = str(row["history"])
    primary = re.search(r"Primary Symptom:\s*(.+?)(?:;|$)", told)
    person = re.search(r"Demographics:\s*(.+?)(?:;|$)", told)
    if person:
        sheet.hear(person.group(1))
    if primary:
        sheet.hear(primary.group(1), "complaint")
        told = told.replace(primary.group(0), "")
    for section, words in parts_of(told):
        if section != "person":
            sheet.hear(re.sub(r"Secondary Symptoms:\s*", "", words), _plain(section))
    parts: tuple[tuple[Literal["examination", "result"], Any], ...] = (
        ("examination", row["examination"]),
        ("result", row["tests"]),
    )
    for part, text in parts:
        for line in re.split(r";\s+|\.\.\s*|\n", str(text)):
            if re.search(r"\w", line):
                sheet.hear_item(line.strip(" ;."), part)
    return sheet.script(
        key, _source(key, "agentclinic"), [_main(row, ear.knowledge)], origin="case", number=number
    )


def _avey(row: Row, ear: Ear, key: str, number: int) -> Script:
    """Fields; what is absent is a list of denials."""
    fields = row["fields"]
    sheet = Sheet(ear, row.get("lang", "en"))
    sheet.hear(fields.get("demographics", ""))
    sheet.hear(fields.get("chief_complaints", ""), "complaint")
    sheet.hear(fields.get("presentation", ""))
    for denied in re.split(r",\s*(?=[Nn]o\b)|[;\n]", fields.get("absent_findings", "")):
        sheet.hear(denied)
    for section in ("past", "family", "personal"):
        name = {"past": "physical_history", "family": "family_history", "personal": "social_history"}[section]
        sheet.hear(fields.get(name) or "", section)
    return sheet.script(key, _source(key, "avey"), [_main(row, ear.knowledge)], origin="case", number=number)


def _triage(row: Row, ear: Ear, key: str, number: int) -> Script:
    """A vignette with a level. Where the level of the set covers two of ours, the condition's own if it is one of them,
    otherwise the more urgent."""
    main = _main(row, ear.knowledge)
    levels = _LEVELS.get((row["set"], row["level"]))
    if levels is None:
        raise ScriptError(f"{key}: no level {row['level']!r} in set {row['set']!r}")
    own = ear.knowledge.condition[main.condition].triage if main.condition else ""
    level = next((known for known in levels if known == own), levels[0])
    return from_text(row["text"], ear, key=key, source=_source(key, row["set"]), lang=row.get("lang", "en"), diagnosis=main,
                     triage=level, origin="case", number=number)  # fmt: skip


def _dialogue(row: Row, ear: Ear, key: str, number: int) -> Script:
    """Symptoms as a table: explicit is what the person came with; 1 yes, 0 no, and 2 (not sure) is left out."""
    sheet = Sheet(ear, "zh", most=len(row["explicit"]))
    for section, table in (("complaint", row["explicit"]), ("now", row["implicit"])):
        for name, said in table.items():
            if str(said) in ("1", "0") and not (section == "now" and name in row["explicit"]):
                sheet.name(name, "present" if str(said) == "1" else "absent", section)  # type: ignore[arg-type]
    return sheet.script(key, _source(key, "paediatric dialogue"), [_main(row, ear.knowledge)], origin="case",
                        number=number, bands=CHILDREN)  # fmt: skip


def _dxbench(row: Row, ear: Ear, key: str, number: int) -> Script:
    sheet = Sheet(ear, row.get("lang", "zh"), most=len(row["explicit"]))
    for section, pairs in (("complaint", row["explicit"]), ("now", row["implicit"])):
        for name, said in pairs:
            sheet.name(name, "present" if str(said).lower() in ("true", "1") else "absent", section)  # type: ignore[arg-type]
    return sheet.script(
        key, _source(key, "dxbench"), [_main(row, ear.knowledge)], origin="case", number=number
    )


def _inpatient(row: Row, ear: Ear, key: str, number: int) -> Script:
    """What a person said in a dialogue, first line first, without what echoes the doctor; then the results."""
    sheet = Sheet(ear, row.get("lang", "zh"))
    told = list(own_words(row["patient"]))
    if not told:
        raise ScriptError(f"{key}: the patient says nothing of their own")
    first, *later = told
    for sentence in first:
        sheet.hear(sentence, "complaint")
    for own in later:
        for sentence in own:
            sheet.hear(sentence)
    for text in row["results"]:
        for section, line in results_of(text):
            sheet.hear_item(line, section)  # type: ignore[arg-type]
    return sheet.script(
        key, _source(key, "inpatient dialogue"), _diagnoses(row, ear.knowledge), origin="case", number=number
    )


def own_words(lines: Iterable[str]) -> Iterator[list[str]]:
    """Of each line the sentences in which somebody tells of themselves, until the doctor's conclusion is echoed.

    Thanks, promises and questions tell nothing; after the line that repeats the diagnosis or the plan nothing is the
    patient's own any more.
    """
    for number, line in enumerate(lines):
        own = []
        for sentence in sentences(re.sub(r"<?结束>?", "", line)):
            if number and _CONCLUDED.search(sentence):
                break
            if number and re.search(r"谢谢|感谢", sentence):
                break
            if not _POLITE.search(sentence):
                own.append(sentence)
        if own:
            yield own
        if number and _CONCLUDED.search(line):
            return


def results_of(text: str) -> Iterator[tuple[str, str]]:
    """(section, one examination or test) of a list such as `#检查项目#`, `- 胸部CT: …` with its own points joined."""
    section, item = "result", ""
    for line in text.splitlines():
        heading = re.fullmatch(r"\s*#+(.+?)#*\s*", line)
        points_at = re.match(r"\s*", line).end()  # type: ignore[union-attr]
        if heading:
            if item:
                yield section, item
            section, item = (
                ("examination" if re.search(r"体格|查体|体征|专科", heading.group(1)) else "result"),
                "",
            )
        elif points_at and item:
            item = (
                f"{item.rstrip(':： ')}：{line.strip(' -')}"
                if item.rstrip().endswith((":", "："))
                else f"{item}；{line.strip(' -')}"
            )
        elif re.search(r"\w", line):
            if item:
                yield section, item
            item = line.strip(" -")
    if item:
        yield section, item


def _diagnoses(row: Row, knowledge: Knowledge) -> list[Diagnosis]:
    """The first one named is the main one; the others came along."""
    text = str(row["diagnosis"])
    parts = [
        re.sub(r"^\s*\d+\s*[.、．)]\s*", "", p).strip()
        for p in re.split(r"\n|；|;|，|,|(?<=\S)\s+(?=\d+[.、])", text)
    ]
    parts = [p for p in parts if re.search(r"\w", p)]
    main = diagnosis_of(knowledge, parts[0] if parts else text, accept=row.get("accept"))
    return [main, *(diagnosis_of(knowledge, p, role="comorbid") for p in parts[1:])]


def _source(key: str, name: str) -> str:
    return f"{name} {key}"


def _plain(section: str) -> Any:
    return section if section in ("past", "personal", "family", "medicine", "allergy") else "now"


FORMATS: tuple[tuple[frozenset[str], Callable[[Row, Ear, str, int], Script]], ...] = (
    (frozenset({"history", "examination", "tests", "diagnosis"}), _agentclinic),
    (frozenset({"fields", "diagnosis"}), _avey),
    (frozenset({"set", "level", "text", "diagnosis"}), _triage),
    (frozenset({"patient", "results", "diagnosis"}), _inpatient),
    (frozenset({"candidates", "explicit", "implicit", "diagnosis"}), _dxbench),
    (frozenset({"explicit", "implicit", "diagnosis"}), _dialogue),
)
"""The keys by which a format is known, first match first."""
