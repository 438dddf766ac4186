"""`suwen bench policies --data`: our choice of questions and the baselines before the same patients, played in words.

Where sampled patients are arrays that answer with a tap, these tell their complaint, answer in words and are heard by the
ear, as in `suwen verify run`: with our choice and the whole budget the figures are those of that command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.table import Table

from suwen.app.plans import scripts_of
from suwen.app.progress import bar
from suwen.app.rooms import rule_room, warm_clinic
from suwen.app.versions import versions
from suwen.core.errors import InputError, SuwenError
from suwen.verify.baselines import INQUIRIES, OURS
from suwen.verify.compare import paired
from suwen.verify.conduct import is_known
from suwen.verify.outcomes import MEASURE, figures_of, sets_of
from suwen.verify.pictures import Point, curves
from suwen.verify.report import shown_change, shown_figure
from suwen.verify.run import PlayVisit, Visit, digest_of_visits, visits_of
from suwen.verify.work import all_rows

Figures = dict[str, Any]
OUTSIDE = "outside"
"""In the folder of a run, what was played."""
PARTS = ("figures", "played")
"""What `tables` shows of the figures of `bench policies`."""
SHOWN = ("top1", "top3", "elicited", "triage_right", "triage_under", "emergency_missed", "questions")
WAY = ("policy", "questions allowed")
SAMPLED = {
    "top1": "right first",
    "top3": "among the first 3",
    "level_right": "level right",
    "today_found": "today found",
}
MEASURED_BY = MEASURE["top1"]
"""What the picture and the differences rest on."""


@dataclass(frozen=True)
class Played:
    """Patients to be played. unknown: whose right diagnosis is a text that no condition here stands for; they are not
    played, for nothing could be graded. refused: rows that give no patient, and why."""

    visits: Sequence[Visit]
    unknown: int
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PolicyVisit:
    """A visit to a doctor who chooses by `policy`, one of INQUIRIES, and asks at most `budget` questions."""

    policy: str
    budget: int
    visit: Visit

    @property
    def id(self) -> str:
        return f"{self.policy} {self.budget} {self.visit.id}"


@dataclass(frozen=True, slots=True)
class PlayPolicies:
    """The job of playing such visits; a row keeps the outcomes and not the words. digest: as in PlayVisit."""

    folder: str | None
    digest: str

    def __call__(self, task: PolicyVisit) -> Figures:
        rooms = partial(rule_room, self.folder, task.budget, None, task.policy)
        row = PlayVisit(rooms, self.digest)(task.visit)
        kept = {name: row[name] for name in ("id", "set", "error", "outcomes")}
        return {**kept, "policy": task.policy, "budget": task.budget}


def read_played(data: Path, folder: Path | None, *, n: int | None, seed: int) -> Played:
    """The patients of a file of published cases or of scripts, at most n of them and without noise. Raises InputError
    where it is no such file or no diagnosis in it is known."""
    if not data.is_file():
        raise InputError(f"--data {data}: no such file; give a JSONL file of published cases or of scripts")
    knowledge = warm_clinic(_text(folder)).knowledge
    scripts, refused = scripts_of(data, knowledge, n=n, seed=seed)
    known = [script for script in scripts if is_known(script.main)]
    if not known:
        raise InputError(
            f"--data {data}: of {len(scripts)} cases none has a diagnosis that the knowledge has a condition for, so that nothing "
            "could be right; name the condition in `diagnosis`, or say in `accept` what is right"
        )
    return Played(visits_of(known, noise=0.0), len(scripts) - len(known), refused)


def play_policies(
    played: Played,
    budgets: Sequence[int],
    *,
    folder: Path | None,
    seed: int,
    workers: int,
    ray: str | None,
    quiet: bool,
    out: Path | None = None,
) -> Figures:
    """`played`: by set the figures of every policy at every budget, and how ours differs from each other one on the same
    patients; and how many were not played. out: where the pieces are kept, see `all_rows`. Raises as that does, and SuwenError
    where every encounter broke off."""
    rooms = {(p, b): rule_room(_text(folder), b, None, p) for p in INQUIRIES for b in budgets}
    tasks = [PolicyVisit(policy, budget, visit) for visit in played.visits for policy, budget in rooms]
    knowledge = warm_clinic(_text(folder)).knowledge
    job = PlayPolicies(_text(folder), knowledge.digest)
    manifest = {
        "command": "bench policies --data", "seed": seed, "budgets": list(budgets), "unknown": played.unknown,
        "refused": dict(played.refused), "scripts_digest": digest_of_visits(played.visits), **versions(knowledge),
    }  # fmt: skip
    with bar("playing", quiet=quiet) as progress:
        rows = all_rows(
            tasks, job, out=out, workers=workers, ray_address=ray, progress=progress, manifest=manifest
        ).rows
    if all(row["error"] for row in rows):
        raise SuwenError(f"every one of {len(rows)} encounters broke off; the first: {rows[0]['error']}")
    sets = {name: figures_of_set(some, list(rooms), seed=seed) for name, some in sets_of(rows).items()}
    return {"played": sets, "diagnosis_unknown": played.unknown, "refused": dict(played.refused)}


def figures_of_set(
    rows: Sequence[Mapping[str, Any]], asked: Sequence[tuple[str, int]], *, seed: int
) -> Figures:
    """The figures of one set's rows, and by how much ours is right first more often than each other policy, over those that
    both finished. asked: (policy, budget) of each way."""
    by: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {way: {} for way in asked}
    for row in rows:
        by[row["policy"], row["budget"]][row["id"]] = row
    broken = [row for row in rows if row["error"]]
    return {
        "cases": len(rows) // len(by),
        "broken": len(broken),
        **({"first_broken": f"{broken[0]['id']}: {broken[0]['error']}"} if broken else {}),
        "policies": {_name(*way): _of_way(list(some.values()), seed=seed) for way, some in by.items()},
        "ours_less": {
            _name(*way): _difference(some, by[OURS, way[1]], seed=seed)
            for way, some in by.items()
            if way[0] != OURS
        },
    }


def _name(policy: str, budget: int) -> str:
    return f"{policy} {budget}"


def _of_way(rows: Sequence[Mapping[str, Any]], *, seed: int) -> Figures:
    found = figures_of(rows, seed=seed)
    return {name: found[name].to_json() for name in SHOWN if name in found and found[name].n}


def _difference(
    other: Mapping[str, Mapping[str, Any]], ours: Mapping[str, Mapping[str, Any]], *, seed: int
) -> Figures:
    first = MEASURED_BY.name
    both = [(other[name]["outcomes"].get(first), ours[name]["outcomes"].get(first)) for name in other]
    there = [(float(x), float(y)) for x, y in both if x is not None and y is not None]
    found = paired(MEASURED_BY, [x for x, _ in there], [y for _, y in there], seed=seed).to_json()
    return {name: value for name, value in found.items() if name not in ("set", "turned_bad")}


# -- what is shown ----------------------------------------------------------------------------------------


def pictures(played: Figures, budgets: Sequence[int]) -> list[str]:
    """A picture of each set: how often each policy puts the right condition first, over the questions allowed."""
    drawn = []
    for name, figures in played.items():
        series = {
            policy: [
                Point(b, one["value"], *one["interval"])
                for b in budgets
                if (one := figures["policies"][_name(policy, b)].get(MEASURED_BY.name))
            ]
            for policy in INQUIRIES
        }
        title = f"{name.removeprefix('outside: ')}, n={figures['cases']}"
        drawn.append(
            curves(title, series, x_name="questions allowed", y_name="% right first, played in words")
        )
    return drawn


def tables(figures: Figures) -> Iterator[Table]:
    """What `bench policies` found, a table for the sampled patients and one for each set that was played."""
    table = Table(
        *WAY, "answers", *SAMPLED.values(), "questions", title=f"sampled patients, {figures['cases']}"
    )
    for key, one in figures["figures"].items():
        shares = (shown_figure(one[name]) for name in SAMPLED)
        table.add_row(*key.split(), *shares, str(one["questions_mean"]))
    yield table
    for name, found in figures.get("played", {}).items():
        measures = [m for m in SHOWN if any(m in one for one in found["policies"].values())]
        title = f"{name}: {found['cases']} cases" + (
            f", {found['broken']} broke off" if found["broken"] else ""
        )
        table = Table(
            *WAY, *(MEASURE[m].title for m in measures), "right first, ours less this one", title=title
        )
        for key, one in found["policies"].items():
            less = found["ours_less"].get(key)
            change = f"{shown_change(less)}: {less['verdict']}" if less and less["n"] else ""
            table.add_row(*key.split(), *(shown_figure(one.get(m, {}), m) for m in measures), change)
        yield table


def _text(folder: Path | None) -> str | None:
    return str(folder) if folder else None
