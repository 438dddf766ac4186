"""The second pass over a run: what no rule decided is put to a judge, and kept beside the rows.

The rows themselves stay as the rules left them, so that a run can be judged later, again, or by another judge. Verdicts are
kept as they come (`verdicts.jsonl`): a pass that was killed pays for none of them twice.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from suwen.core.errors import InputError
from suwen.verify.agree import Agreement, agreement_of, withheld
from suwen.verify.grade import Grade
from suwen.verify.judge import Asked, Judge, version
from suwen.verify.verdicts import key_of
from suwen.verify.work import rows_of, write_file
from suwen.verify.workers import Row

JUDGED = "judged.json"
VERDICTS = "verdicts.jsonl"
MOST_SILENT = 0.10
"""Share of the criteria that a judge was asked in a run and left undecided, above which the rest is no score: what it does not
decide is seldom like what it does. Source: estimate."""


class Regrader(Protocol):
    """A job whose rows a judge can complete."""

    def judged(self, task: Any, row: Row, grades: Sequence[Grade]) -> Row:
        """What changes in the row with these grades in place of those by rule alone."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judge made of a run. rows: by `set/id`, the verdicts by criterion and what follows from them. silent: criteria of
    those asked that it did not decide. withheld: why nothing that rests on the judge may be shown as a figure, empty where it
    may."""

    judge: str
    prompts: str
    agreement: Agreement | None
    asked: int
    silent: int
    calls: int
    rows: Mapping[str, Row]

    @property
    def withheld(self) -> str:
        if why := withheld(self.agreement, judge=self.judge, prompts=self.prompts):
            return why
        if self.silent > MOST_SILENT * self.asked:
            return (
                f"incomplete: the judge left {self.silent} of {self.asked} criteria undecided, more than {100 * MOST_SILENT:.0f} %; "
                "give the same command again, which asks only what is left"
            )
        return ""

    @property
    def mute(self) -> bool:
        """Whether it was asked and decided nothing."""
        return 0 < self.asked == self.silent

    @property
    def reason(self) -> str:
        """Why most of what it did not decide was not, empty where it decided all."""
        why = Counter(why for one in self.rows.values() for met, why in one["grades"].values() if met is None)
        return max(why, key=lambda w: why[w], default="")

    def over(self, row: Row) -> Row:
        """The row with the verdicts in it; its outcomes change only where nothing is withheld."""
        mine = self.rows.get(key_of_row(row))
        if mine is None or mine["of"] != _digest(row):
            return row
        grades = [_with(g, mine["grades"].get(g["id"])) for g in row["grades"]]
        return {**row, "grades": grades, **({} if self.withheld else mine["part"])}

    def to_json(self) -> dict[str, Any]:
        """What a report says of the judge."""
        found = self.agreement
        return {
            "judge": self.judge,
            "judge_prompts": self.prompts,
            "asked": self.asked,
            "silent": self.silent,
            "calls": self.calls,
            "withheld": self.withheld,
            "macro_f1": None if found is None else found.to_json()["macro_f1"],
            "macro_f1_interval": None if found is None else found.to_json()["interval"],
            "labels": 0 if found is None else found.n,
        }


def judge_run(
    out: Path,
    tasks: Mapping[str, Any],
    job: Regrader,
    judge: Judge,
    *,
    found: Agreement | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Judged:
    """Put every open criterion of the rows in `out` to the judge and keep what comes of it. tasks: by their ids. found: how
    far the judge agrees with people. What it does not decide stays not graded, with the reason."""
    rows = [row for row in rows_of(out) if not row.get("error") and row.get("to_judge")]
    open_ = [(row, grade) for row in rows for grade in row["grades"] if grade["met"] is None]
    verdicts = iter(asyncio.run(_all(judge, [_asked(row, grade) for row, grade in open_], told)))
    made: dict[str, Row] = {}
    for row in rows:
        mine = {g["id"]: next(verdicts) for g in row["grades"] if g["met"] is None}
        grades = [_with(g, mine.get(g["id"])) for g in row["grades"]]
        part = job.judged(tasks[row.get("of", row["id"])], row, grades_of(row["id"], grades))
        made[key_of_row(row)] = {"of": _digest(row), "grades": mine, "part": part}
    body = {
        "judge": judge.model.name, "prompts": version(), "agreement": None if found is None else found.to_json(),
        "asked": len(open_), "calls": judge.budget.calls_made, "rows": made,
    }  # fmt: skip
    write_file(out / JUDGED, json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    judged = judged_of(out)
    assert judged is not None
    return judged


def judged_of(out: Path) -> Judged | None:
    """What a judge made of the run in `out`; None where none was asked. Raises InputError for a file that was altered."""
    file = out / JUDGED
    if not file.exists():
        return None
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        found = body["agreement"] and agreement_of(json.dumps(body["agreement"]))
        silent = sum(met is None for one in body["rows"].values() for met, _ in one["grades"].values())
        return Judged(
            body["judge"], body["prompts"], found, body["asked"], silent, body["calls"], body["rows"]
        )
    except (ValueError, KeyError, TypeError, InputError) as error:
        raise InputError(
            f"{file}: not what a judge left ({type(error).__name__}); delete it and run with --judge again, "
            "which costs nothing for verdicts that were kept"
        ) from None


def rows_with(out: Path, judged: Judged | None) -> Iterator[dict[str, Any]]:
    """The rows of a run, with the verdicts of its judge where there is one."""
    for row in rows_of(out):
        yield dict(judged.over(row)) if judged else row


def grades_of(item: str, grades: Sequence[Row]) -> tuple[Grade, ...]:
    """The grades that a row keeps, as graders know them."""
    return tuple(
        Grade(item, g["id"], g["weight"], g["axis"], g["theme"], g["met"], g["by"], g["why"]) for g in grades
    )


def key_of_row(row: Row) -> str:
    return f"{row['set']}/{row['id']}"


def _digest(row: Row) -> str:
    """Of the words that were judged: a row that was done again has others."""
    return key_of(json.dumps(row.get("to_judge"), ensure_ascii=False, sort_keys=True))[:12]


async def _all(
    judge: Judge, asked: Sequence[Asked], told: Callable[[int, int], None] | None
) -> list[tuple[bool | None, str]]:
    try:
        return await judge.judge(asked, told=told)
    finally:
        close = getattr(judge.model, "aclose", None)  # a server's connections belong to this event loop
        if close:
            await close()


def _asked(row: Row, grade: Row) -> Asked:
    case = row["to_judge"]
    dialogue = tuple((role, text) for role, text in case["dialogue"])
    return Asked(case["lang"], dialogue, case["reply"], grade["text"], grade["weight"] < 0)


def _with(grade: Row, verdict: Sequence[Any] | None) -> Row:
    if verdict is None:
        return grade
    met, why = verdict
    return {**grade, "met": met, "why": why, "by": "none" if met is None else "judge"}
