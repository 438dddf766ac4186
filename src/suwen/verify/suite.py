"""Suites of rubrics on disk: read, checked against the knowledge, and sealed so that a version never changes unnoticed.

A suite is a folder: `suite.yaml` and any number of other YAML files below it, a list of items each. Reading never stops at
the first fault: an editor mends a suite in one go.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from rapidfuzz import process

from suwen.core.case import TRIAGE_LEVELS
from suwen.core.errors import SuiteError
from suwen.knowledge import Knowledge
from suwen.knowledge.files import load_yaml
from suwen.verify.rubric import Check, Criterion, Item, SuiteMeta

LEAST_CRITERIA = 9
"""Criteria of an item; fewer leave too much of a reply unseen. Source: estimate."""
PERSON_ASKED = ("age", "sex", "duration", "medicines", "complaint")
"""What a question can be about besides findings."""
_CJK = re.compile(r"[\u4e00-\u9fff]")

Record = TypeVar("Record", bound=BaseModel)


@dataclass(frozen=True)
class Suite:
    """Items that hold together, in the order of files and lines."""

    meta: SuiteMeta
    items: tuple[Item, ...]

    @cached_property
    def item(self) -> dict[str, Item]:
        return {i.id: i for i in self.items}


def load_suite(folder: Path, knowledge: Knowledge, *, sealed: bool = True) -> Suite:
    """The suite in `folder`. Raises SuiteError with every fault; with `sealed` also where the digest does not fit."""
    meta, found, faults = read_folder(folder, Item)
    items = tuple(item for _, item in found)
    faults += [f"{place}: {fault}" for place, item in found for fault in faults_of(item, knowledge)]
    faults += _same_words(found)
    if not faults and sealed and meta is not None:
        faults += seal_faults(folder, meta, items)
    if faults or meta is None:
        raise SuiteError(faults)
    return Suite(meta, items)


def stamp(folder: Path, knowledge: Knowledge, *, same_version: bool = False) -> SuiteMeta:
    """Seal the suite: write the digest of its items into `suite.yaml`, in one step.

    Raises SuiteError where the items changed and the version did not, unless `same_version` says that nobody has used it.
    """
    return seal(folder, load_suite(folder, knowledge, sealed=False).items, same_version=same_version)


# -- sealing ---------------------------------------------------------------------------------------------


def digest_of(records: Iterable[BaseModel], version: str) -> str:
    """`<version>:<SHA-256>` over all records by id, whatever their order and the layout of the files."""
    plain = {r.id: r.model_dump(mode="json", exclude_defaults=True) for r in records}  # type: ignore[attr-defined]
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{version}:{sha256(text.encode()).hexdigest()}"


def seal_faults(folder: Path, meta: SuiteMeta, records: Sequence[BaseModel]) -> list[str]:
    """Why the digest in `suite.yaml` does not fit the records, or nothing."""
    now = digest_of(records, meta.version)
    if meta.digest == now:
        return []
    place, remedy = folder / "suite.yaml", f"`suwen verify check {folder} --stamp`"
    if not meta.digest:
        return [f"{place}: digest: none is there; seal the suite with {remedy}"]
    if meta.digest.partition(":")[0] == meta.version:
        return [
            f"{place}: version: the items changed under the same version {meta.version!r}; "
            f"raise the version, then {remedy}"
        ]
    return [
        f"{place}: digest: it is of version {meta.digest.partition(':')[0]!r}, not {meta.version!r}; {remedy}"
    ]


def seal(folder: Path, records: Sequence[BaseModel], *, same_version: bool = False) -> SuiteMeta:
    """Write the digest of checked records; raises SuiteError as `stamp` does."""
    path = folder / "suite.yaml"
    meta, faults = _meta(path)
    if meta is None:
        raise SuiteError(faults)
    now = digest_of(records, meta.version)
    if now == meta.digest:
        return meta
    if meta.digest.partition(":")[0] == meta.version and not same_version:
        raise SuiteError(seal_faults(folder, meta, records))
    text = path.read_text("utf-8")
    line = f"digest: {json.dumps(now)}"
    old = re.search(r"^digest:.*$", text, re.MULTILINE)
    text = text[: old.start()] + line + text[old.end() :] if old else f"{text.rstrip()}\n{line}\n"
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as handle:
        handle.write(text)
    os.chmod(handle.name, path.stat().st_mode & 0o777)  # a temporary file is its owner's alone
    os.replace(handle.name, path)
    return meta.model_copy(update={"digest": now})


# -- reading ---------------------------------------------------------------------------------------------


def read_folder(
    folder: Path, kind: type[Record]
) -> tuple[SuiteMeta | None, list[tuple[str, Record]], list[str]]:
    """The meta data, each record with `file: item 'id'`, and all faults of form: a caller adds those of meaning."""
    meta, faults = _meta(folder / "suite.yaml")
    found: list[tuple[str, Record]] = []
    seen: dict[str, str] = {}
    files = [p for p in sorted(folder.rglob("*.yaml")) if p.name != "suite.yaml"]
    if meta is not None and not files:
        faults.append(f"{folder}: no items; add YAML files with a list of items each")
    for path in files:
        name = path.relative_to(folder).as_posix()
        for position, raw in enumerate(_list_in(path, name, faults), start=1):
            own = raw.get("id") if isinstance(raw, dict) else None
            place = f"{name}: item {own!r}" if own else f"{name}: item {position} (without id)"
            try:
                record = kind.model_validate(raw)
            except ValidationError as error:
                faults += [f"{place}: {line}" for line in _said(error, raw)]
                continue
            if str(own) in seen:
                faults.append(f"{place}: stands twice, also in {seen[str(own)]}; give each its own id")
            seen.setdefault(str(own), name)
            found.append((place, record))
    return meta, found, faults


def _list_in(path: Path, name: str, faults: list[str]) -> list[Any]:
    try:
        value = load_yaml(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        what = " ".join(str(error).split())
        faults.append(f"{name}: not valid YAML: {what[:300]}; mend this place first")
        return []
    if value is None:
        return []
    if not isinstance(value, list):
        faults.append(
            f"{name}: {type(value).__name__} found; a file holds a list of items, each begins with `- id:`"
        )
        return []
    return value


def _meta(path: Path) -> tuple[SuiteMeta | None, list[str]]:
    if not path.is_file():
        return None, [f"{path}: not there; a suite is a folder with a suite.yaml (name, version, title)"]
    try:
        return SuiteMeta.model_validate(load_yaml(path.read_text("utf-8"))), []
    except ValidationError as error:
        return None, [f"{path}: {line}" for line in _said(error, {})]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [f"{path}: not valid YAML: {' '.join(str(error).split())[:300]}"]


def _said(error: ValidationError, raw: Any) -> Iterator[str]:
    """Every fault of a record: where (with the criterion's id), what is wrong, which value."""
    for one in error.errors(include_url=False):
        where = []
        inside = raw
        for step in one["loc"]:
            try:
                inside = inside[step]
            except (KeyError, IndexError, TypeError):
                inside = None
            own = inside.get("id") if isinstance(step, int) and isinstance(inside, dict) else None
            where.append(repr(own) if own else str(step))
        place = ".".join(where) + ": " if where else ""
        value = one["input"]
        shown = "" if isinstance(value, dict | list) else f" (found {str(value)[:60]!r})"
        yield place + one["msg"].removeprefix("Value error, ") + shown


# -- meaning ---------------------------------------------------------------------------------------------


def faults_of(item: Item, knowledge: Knowledge) -> Iterator[str]:
    """What an item of the right form still gets wrong: too few criteria, names that the knowledge does not have."""
    if len(item.criteria) < LEAST_CRITERIA:
        yield f"{len(item.criteria)} criteria; an item needs at least {LEAST_CRITERIA}"
    if not any(c.weight < 0 for c in item.criteria):
        yield "no criterion has a negative weight; add what a bad reply would do"
    if bool(_CJK.search(item.conversation[-1].text)) != (item.lang == "zh"):
        yield f"lang: {item.lang!r} does not fit the patient's last words; correct one of them"
    for criterion in item.criteria:
        for fault in _criterion_faults(criterion, item, knowledge):
            yield f"{criterion.id!r}: {fault}"


def _criterion_faults(criterion: Criterion, item: Item, knowledge: Knowledge) -> Iterator[str]:
    if fault := source_fault(criterion.source, knowledge, generated=criterion.kind == "dynamic"):
        yield fault
    if criterion.check is None:
        return
    yield from check_faults(criterion.check, knowledge)
    if criterion.check.medicine_alert and item.graded == "reply":
        yield "medicine_alert: alerts come with the answer; set `graded: answer` or check the words"


def source_fault(source: str, knowledge: Knowledge, *, generated: bool = False) -> str | None:
    """Why a source is none, or None."""
    if source == "clinical_practice" or source in knowledge.sources:
        return None
    if source.startswith("generated:"):
        return None if generated else f"source: {source!r} is for criteria of kind dynamic only"
    return _unknown("source", source, knowledge.sources)


def check_faults(check: Check, knowledge: Knowledge) -> Iterator[str]:
    """Names in a check that the knowledge does not have, patterns that do not compile, rules that exclude each other."""
    flags = [rule["id"] for rule in knowledge.red_flags]
    for field, known in (
        ("heard", knowledge.finding), ("heard_absent", knowledge.finding), ("not_heard", knowledge.finding),
        ("asks", [*PERSON_ASKED, *knowledge.finding]), ("differential", knowledge.condition), ("alarm", flags),
    ):  # fmt: skip
        for name in getattr(check, field):
            if name not in known:
                yield _unknown(field, name, known)
    for field, patterns in (
        ("says", [p for line in check.says for p in line]),
        ("says_none", check.says_none),
    ):
        for pattern in patterns:
            if fault := pattern_fault(pattern):
                yield f"{field}: {fault}"
    if any(not line for line in check.says):
        yield "says: a line without patterns can never be met; fill or remove it"
    if check.alarm and check.no_alarm:
        yield "no_alarm: it excludes `alarm`; keep one"
    least, most = check.triage_at_least, check.triage_at_most
    if least and most and TRIAGE_LEVELS.index(most) > TRIAGE_LEVELS.index(least):
        yield f"triage_at_most: nothing is at least {least!r} and at most {most!r}; exchange them"
    for name, value in check.person.items():
        if (value not in ("male", "female")) if name == "sex" else not isinstance(value, float | int):
            yield f"person.{name}: {value!r} cannot be; give {'male or female' if name == 'sex' else 'a number'}"


def pattern_fault(pattern: str) -> str | None:
    """Why a regular expression cannot decide anything, or None."""
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        return f"the pattern {pattern!r} does not compile: {error}"
    if compiled.search(""):
        return f"the pattern {pattern!r} fits even no words at all; make it ask for some"
    return None


def _unknown(field: str, name: str, known: Iterable[str]) -> str:
    near = process.extractOne(name, list(known), score_cutoff=60)
    return f"{field}: {name!r} is not known" + (
        f"; did you mean {near[0]!r}?" if near else "; see `suwen kb`"
    )


def _same_words(found: Sequence[tuple[str, Item]]) -> Iterator[str]:
    """Items that end in the very same words: one of them was meant to be another."""
    first: dict[str, str] = {}
    for place, item in found:
        words = item.conversation[-1].text
        if words in first:
            yield f"{place}: conversation: the same last words as {first[words]}; write another"
        first.setdefault(words, place)
