"""`suwen kb learn`: confirmed cases to counts, the gain on cases that were held out, and the file that carries it."""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from suwen.app.assess import rows_of
from suwen.app.build import build_clinic
from suwen.app.files import read_text
from suwen.consult.clinic import Clinic
from suwen.core.case import Case, Finding, Heard
from suwen.core.errors import InputError
from suwen.knowledge import Knowledge
from suwen.knowledge.learn import Confirmed, Experience, Tally, tally, taught
from suwen.reasoning.differential import Reasoner
from suwen.verify.accept import names_of
from suwen.verify.stats import Share

FOLDS = 5
PRESENT, ABSENT = {"1", "true", "present", "yes", "+"}, {"0", "false", "absent", "no", "-"}
UNSURE = {"2", "null", "none", "unknown", "not sure", ""}


@dataclass(frozen=True, slots=True)
class Record:
    """A row that could be read: what was told and found, under the names of the file's diagnosis and ours."""

    id: str
    diagnosis: str
    told: dict[str, bool]
    found: dict[str, bool]


@dataclass(slots=True)
class Reading:
    """The rows of a file, and every name in it that the knowledge does not have, with how often it occurs."""

    records: list[Record] = field(default_factory=list)
    unknown_diagnoses: Counter[str] = field(default_factory=Counter)
    unknown_findings: Counter[str] = field(default_factory=Counter)


class Names:
    """What the names in a file mean: conditions by id or any name, findings by id or by the ear."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.conditions: dict[str, str] = {}
        for one in clinic.knowledge.conditions:
            for name in (one.id, *names_of(one.record)):
                self.conditions.setdefault(name, one.id)
        self._heard: dict[str, dict[str, bool]] = {}

    def condition(self, name: str) -> str | None:
        return self.conditions.get(name.strip().lower())

    def findings(self, name: str) -> dict[str, bool]:
        """Finding ids that a name means, as present or absent; empty where it means none."""
        if name not in self._heard:
            if name in self.clinic.knowledge.finding:
                self._heard[name] = {name: True}
            else:
                lang: Any = "en" if name.isascii() else "zh"
                heard = self.clinic.ear.understand(name, Case(lang=lang))
                self._heard[name] = {
                    f.id: f.status == "present"
                    for f in heard.findings
                    if f.when == "now" and f.status != "unknown" and f.id in self.clinic.knowledge.finding
                }
        return self._heard[name]


def read_records(text: str, names: Names, *, keep_unknown: bool = False) -> Reading:
    """The cases of a JSONL file; raises InputError naming the line that is wrong.

    A row has `diagnosis` (an id or a name) and `findings` {name: present?}, or `explicit` and `implicit` as in published
    dialogues, or `text`. Present and absent are 1 and 0, true and false, or those words; 2, null and "unknown" say nothing.
    With `keep_unknown` findings and diagnoses nobody knows stay under their own names.
    """
    reading = Reading()
    for row in rows_of(text, jsonl=True):
        where = f"line {row['_line']}"
        diagnosis = row.get("diagnosis")
        if not isinstance(diagnosis, str) or not diagnosis.strip():
            raise InputError(f"{where}: `diagnosis` is missing; give a condition's id or name")
        parts = [
            _findings_of(row.get(key), f"{where}: `{key}`") for key in ("explicit", "findings", "implicit")
        ]
        if isinstance(row.get("text"), str):
            parts[0] |= {row["text"]: True}
        if not {"explicit", "findings", "implicit", "text"} & row.keys():
            raise InputError(f"{where}: no findings; give `findings` {{name: true or false}} or `text`")
        for part in parts:
            for name in part:
                if not names.findings(name):
                    reading.unknown_findings[name] += 1
        if names.condition(diagnosis) is None:
            reading.unknown_diagnoses[diagnosis] += 1
            if not keep_unknown:
                continue
        told, *rest = (dict(_known(part, names, keep_unknown)) for part in parts)
        reading.records.append(
            Record(str(row.get("id", row["_line"])), diagnosis, told, {k: v for part in rest for k, v in part.items()})
        )  # fmt: skip
    if not reading.records:
        raise InputError(
            "no case names a condition that is known here; see `suwen kb show` for ids and names"
        )
    return reading


def _findings_of(value: Any, where: str) -> dict[str, bool]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(f"{where} is not an object; give {{name: true or false}}")
    out = {}
    for name, status in value.items():
        word = str(status).strip().lower()
        if word in PRESENT or word in ABSENT:
            out[name] = word in PRESENT
        elif word not in UNSURE:
            raise InputError(f"{where}: {name!r} is {status!r}; give 1, 0 or 2 (not sure)")
    return out


def _known(part: dict[str, bool], names: Names, keep_unknown: bool) -> Iterator[tuple[str, bool]]:
    for name, present in part.items():
        means = names.findings(name)
        if not means and keep_unknown:
            yield name, present
        for key, positive in means.items():
            if present or len(means) == 1:  # 'no A and B' does not say which of them is missing
                yield key, positive == present


def confirmed(records: Iterable[Record], names: Names) -> Iterator[Confirmed]:
    """The records as cases of conditions; a finding both told and found counts once."""
    for one in records:
        condition = names.condition(one.diagnosis)
        if condition is not None:
            yield Confirmed(condition, {**one.told, **one.found})


def folds(number: int, seed: int) -> Iterator[tuple[list[int], list[int]]]:
    """(train, test) indices, each row tested once."""
    order = list(range(number))
    random.Random(seed).shuffle(order)
    for fold in range(FOLDS):
        test = order[fold::FOLDS]
        held = set(test)
        yield [i for i in order if i not in held], test


def held_out(
    cases: Sequence[Confirmed], knowledge: Knowledge, make: Any, seed: int
) -> dict[str, dict[str, Any]]:
    """Accuracy over the whole differential on held-out cases, before and after learning from the others."""
    ranks: dict[str, list[int]] = {"before": [], "after": []}
    surprise: dict[str, list[float]] = {"before": [], "after": []}
    before = Reasoner(knowledge)
    for train, test in folds(len(cases), seed):
        after = Reasoner(taught(knowledge, make(tally([cases[i] for i in train], knowledge))))
        for i in test:
            for name, reasoner in (("before", before), ("after", after)):
                p = reasoner.differential(case_of(cases[i].findings)).p
                row = knowledge.condition[cases[i].condition].index
                ranks[name].append(int((p[:-1] > p[row]).sum()) + 1)
                surprise[name].append(-float(np.log(max(p[row], 1e-12))))
    return {
        name: {
            **{f"top{k}": Share(sum(r <= k for r in found), len(found)).to_json() for k in (1, 3, 5)},
            "surprise_nats": round(float(np.mean(surprise[name])), 3),
        }
        for name, found in ranks.items()
    }


def case_of(findings: Mapping[str, bool]) -> Case:
    """A case in which these findings were told at once."""
    told = tuple(Finding(k, "present" if v else "absent", turn=0) for k, v in findings.items())
    return Case().add(Heard(findings=told))


@dataclass(frozen=True, slots=True)
class Change:
    """A number before and after, with the cases behind it."""

    condition: str
    finding: str
    before: float
    after: float
    cases: int


def changes(knowledge: Knowledge, after: Knowledge, experience: Experience) -> list[Change]:
    """What was learned, the largest changes (in log odds, weighed by cases) first."""
    rows = []
    for name, counts in experience.tallies.items():
        row = knowledge.condition[name].index
        for key in counts.findings:
            column = knowledge.finding[key].index
            rows.append(
                Change(name, key, float(knowledge.likelihood[row, column]), float(after.likelihood[row, column]), counts.cases)
            )  # fmt: skip
    return sorted(rows, key=lambda c: -abs(_log_odds(c.after) - _log_odds(c.before)) * min(c.cases, 100))


def _log_odds(p: float) -> float:
    return float(np.log(p / (1 - p)))


def learned_text(name: str, experience: Experience, note: str) -> str:
    """The file `learned/<name>.yaml`."""
    import yaml

    body = {
        "id": name,
        "note": note,
        "strength": experience.strength,
        "unrecorded": experience.unrecorded,
        "conditions": {
            key: {"cases": t.cases, "findings": {f: list(pair) for f, pair in sorted(t.findings.items())}}
            for key, t in sorted(experience.tallies.items())
        },
    }
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)


def learned_place(folder: Path, name: str) -> Path:
    """Where a set of cases is kept; raises InputError for a name that cannot be one."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InputError(
            f"{name!r} cannot be a name; use small letters, digits and _, beginning with a letter"
        )
    return folder / "learned" / f"{name}.yaml"


def write(place: Path, text: str) -> None:
    """Put the file in place in one step; what stood there under this name is replaced."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_suffix(".part")
        draft.write_text(text, encoding="utf-8")
        draft.replace(place)
    except OSError as error:
        raise InputError(f"{place}: cannot be written ({error.strerror})") from None


def teach(
    data: Path, name: str, folder: Path | None, *, strength: float, unrecorded: float | None, as_json: bool, seed: int,
    knowledge: Path | None,
) -> None:  # fmt: skip
    """Read, measure on held-out cases, show, and with a `folder` write; see `suwen kb learn`."""
    place = learned_place(folder or Path(), name)
    clinic = build_clinic(knowledge)
    names = Names(clinic)
    reading = read_records(read_text(data), names)
    cases = list(confirmed(reading.records, names))
    if folder is not None and place.exists():
        raise InputError(
            f"{name!r} is learned already; `suwen kb unlearn {name}` first, so that no case counts twice"
        )

    def experience(lessons: dict[str, Tally]) -> Experience:
        return Experience(lessons, strength, unrecorded)

    whole = experience(tally(cases, clinic.knowledge))
    gain = held_out(cases, clinic.knowledge, experience, seed) if len(cases) >= FOLDS else {}
    rows = changes(clinic.knowledge, taught(clinic.knowledge, whole), whole)
    if folder is not None:
        write(place, learned_text(name, whole, f"{len(cases)} confirmed cases from {data.name}"))
    report = {
        "cases": len(cases),
        "conditions": len(whole.tallies),
        "held_out": gain,
        "unknown_diagnoses": dict(reading.unknown_diagnoses.most_common()),
        "unknown_findings": dict(reading.unknown_findings.most_common()),
        "changes": len(rows),
        "written": str(place) if folder is not None else None,
    }
    if as_json:
        sys.stdout.write(
            json.dumps({**report, "largest": [asdict(r) for r in rows[:100]]}, ensure_ascii=False) + "\n"
        )
        return
    _show(report, rows, clinic.knowledge)


def _show(report: dict[str, Any], rows: Sequence[Change], knowledge: Knowledge) -> None:
    console = Console(highlight=False)
    console.print(
        f"{report['cases']} cases of {report['conditions']} conditions; {report['changes']} numbers change"
    )
    for key, what in (("unknown_diagnoses", "diagnoses"), ("unknown_findings", "findings")):
        unknown: dict[str, int] = report[key]
        if unknown:
            first = ", ".join(f"{k} ({n})" for k, n in list(unknown.items())[:12])
            console.print(
                f"{len(unknown)} {what} are not known here and were left out: {first}"
                + (" …" if len(unknown) > 12 else "")
            )
    if report["held_out"]:
        table = Table(
            "on held-out cases", "before", "after", title=f"{FOLDS} folds, all conditions in the running"
        )
        for key in ("top1", "top3", "top5"):
            before, after = (report["held_out"][when][key] for when in ("before", "after"))
            table.add_row(
                f"right among the first {key[3:]}",
                f"{100 * before['value']:.1f} %",
                f"{100 * after['value']:.1f} %",
            )
        table.add_row(
            "surprise, nats a case",
            *(str(report["held_out"][w]["surprise_nats"]) for w in ("before", "after")),
        )
        console.print(table)
    table = Table("condition", "finding", "before", "after", "cases", title="the largest changes")
    for row in rows[:20]:
        table.add_row(
            knowledge.condition[row.condition].name("zh"), knowledge.finding[row.finding].name("zh"),
            f"{row.before:.3f}", f"{row.after:.3f}", str(row.cases),
        )  # fmt: skip
    console.print(table)
    console.print(
        f"written: {report['written']} (delete it or `suwen kb unlearn` to take it back)"
        if report["written"]
        else "nothing was written"
    )
