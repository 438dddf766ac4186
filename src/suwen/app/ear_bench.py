"""`suwen bench ear`: which findings of written texts are heard, by what a reader found in them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.progress import track

from suwen.app.assess import read_case
from suwen.consult.clinic import Clinic
from suwen.core.errors import InputError
from suwen.knowledge import Knowledge
from suwen.verify.stats import Share


def ear(rows: list[dict[str, Any]], clinic: Clinic, *, quiet: bool = True) -> dict[str, Any]:
    """Recall and precision of findings over rows with `text`, `present` and `absent` (ids), by `style` too.

    A finding is heard if it or a narrower one is; what is heard is told if it, a wider or a narrower one is marked. Timing is
    left out. Raises InputError naming the row for an id that is no finding.
    """
    counted: dict[str, Counter[str]] = {}
    for row in track(rows, description="hearing", disable=quiet, transient=True):
        seen = _counts(row, clinic)
        for part in ("all", f"{row['lang']} {row['style']}"):
            counted.setdefault(part, Counter()).update(seen)
    figures = _figures(counted.pop("all", Counter()))
    return figures | {
        f"{name}: {part}": share
        for part, seen in sorted(counted.items())
        for name, share in _figures(seen).items()
        if name == "present_heard"
    }


def _counts(row: dict[str, Any], clinic: Clinic) -> Counter[str]:
    knowledge = clinic.knowledge
    unknown = [name for name in (*row["present"], *row["absent"]) if name not in knowledge.finding]
    if unknown:
        raise InputError(
            f"row {row['id']}: no finding {unknown[0]!r} in the knowledge; correct the id or take it out"
        )
    case, _ = read_case({key: row[key] for key in ("text", "age", "sex", "lang")}, clinic)
    told = [
        f
        for f in case.findings.values()
        if not knowledge.finding[f.id].is_marker and knowledge.finding[f.id].kind != "timing"
    ]
    heard = [f.id for f in told if f.status == "present"]
    denied = [f.id for f in told if f.status == "absent"]
    return Counter(
        marked=len(row["present"]),
        hit=sum(any(_implies(h, name, knowledge) for h in heard) for name in row["present"]),
        heard=len(heard),
        right=sum(
            any(_implies(h, name, knowledge) or _implies(name, h, knowledge) for name in row["present"])
            for h in heard
        ),
        denied_marked=len(row["absent"]),
        denied_hit=sum(any(_implies(name, h, knowledge) for h in denied) for name in row["absent"]),
        opposite=len({*heard} & {*row["absent"]}) + len({*denied} & {*row["present"]}),
    )


def _implies(narrow: str, wide: str, knowledge: Knowledge) -> bool:
    return narrow == wide or wide in knowledge.ancestors[narrow]


def _figures(seen: Counter[str]) -> dict[str, Any]:
    return {
        "present_heard": Share(seen["hit"], seen["marked"]).to_json(),
        "heard_is_told": Share(seen["right"], seen["heard"]).to_json(),
        "denied_heard": Share(seen["denied_hit"], seen["denied_marked"]).to_json(),
        "heard_as_its_opposite": seen["opposite"],
    }
