"""The report of a run: `report.html` (one file, no network), `report.md` and `figures.json`.

It is made of the rows and the manifest alone: the same rows give the same report byte for byte, however often the run
was interrupted. Everything that anybody said goes through the escaping of the template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from suwen.patients.stand_ins import summed
from suwen.verify.judged import Judged, judged_of, rows_with
from suwen.verify.outcomes import MEASURE
from suwen.verify.pictures import Point, bars, curves
from suwen.verify.reading import Names, view
from suwen.verify.stats import Figure
from suwen.verify.summary import summary_of
from suwen.verify.work import write_file

WORST = 10
SPOKEN = ("encounter", "turns", "to_judge")
"""What a row holds of what was said."""
PARTS_OF_ONE = ("score", "rule_score", "elicited", "elicited_all", "heard", "rules_spoke")
"""Means that are told in per cent."""
TEMPLATES = Path(__file__).parent / "templates"

Row = Mapping[str, Any]


def worst_of(rows: Iterable[Row], *, most: int = WORST) -> list[tuple[str, str]]:
    """(set, id) of what to read first: `bad` highest; of equal ones the first by set and id. Broken ones are not among
    them, and of several takes only the worst."""
    scored = [row for row in rows if not row.get("error") and row.get("bad") is not None]
    scored.sort(key=lambda r: (-r["bad"], r["set"], r["id"]))
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for row in scored:
        found.setdefault((row["set"], row.get("of", row["id"])), (row["set"], row["id"]))
    return list(found.values())[:most]


def slim_rows(out: Path, judged: Judged | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a run without what was said, which would fill the memory; with the verdicts of its judge, if it has one."""
    for row in rows_with(out, judged):
        for name in SPOKEN:
            row.pop(name, None)
        yield row


def write_report(
    out: Path, manifest: Row, *, names: Names = str, failed: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """Write the three files into the folder of a run, each whole, and give back the figures."""
    judged = judged_of(out)
    rows = list(slim_rows(out, judged))
    summary = summary_of(manifest, rows, judged=judged, failed=failed)
    places = {key: i for i, key in enumerate(worst_of(rows))}
    worst = [row for row in rows_with(out, judged) if (row["set"], row["id"]) in places]
    worst.sort(key=lambda r: places[r["set"], r["id"]])
    shown = {
        "title": f"Suwen verify: {manifest.get('suite', 'run')}",
        "summary": summary,
        "patient": patient_words(summary),
        "measure": MEASURE,
        "pictures": pictures_of(summary),
        "worst": [view(row, names) for row in worst],
        "flat": flat(summary["run"]) + [(f"judge: {k}", v) for k, v in flat(summary.get("judge", {}))],
    }
    write_file(out / "figures.json", json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    write_file(out / "report.md", _templates().get_template("report.md").render(shown))
    write_file(out / "report.html", _templates().get_template("report.html").render(shown))
    return summary


def pictures_of(summary: Row) -> list[tuple[str, str]]:
    """(set, SVG): bars for each group and axis, and the curve over questions."""
    found: list[tuple[str, str]] = []
    for name, one in summary["sets"].items():
        for key, said in (("axes", "axis"), ("themes", "theme")):
            if "scores" in one:
                rows = [(k, _estimate(v)) for k, v in one["scores"][key].items()]
                found.append((name, bars(f"score by {said}", rows)))
        if "parts" in one:
            found.append((name, bars("points by part", [(k, _estimate(v)) for k, v in one["parts"].items()])))
        for group, values in one["groups"].items():
            for measure in ("top3",):
                rows = [(v, _estimate(f[measure])) for v, f in values.items() if measure in f]
                if rows:
                    found.append((name, bars(f"{MEASURE[measure].title}, by {group}", rows)))
                    break
        if "curve" in one:
            series = {MEASURE[k].title: [Point(*p) for p in points] for k, points in one["curve"].items()}
            title = "right diagnosis against number of questions"
            found.append((name, curves(title, series, x_name="questions asked", y_name="share right, %")))
    return found


# -- templates ------------------------------------------------------------------------------------------


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["figure"] = shown_figure
    made.filters["cell"] = shown_value
    made.filters["change"] = shown_change
    made.filters["ks"] = ks
    made.filters["headline"] = headline_words
    made.filters["md"] = markdown
    made.filters["plain"] = _plain
    return made


def shown_figure(value: Row, measure: str = "") -> str:
    """A figure as a cell: `61.2 % (54.0–67.9), n=191`; means keep their unit."""
    if value.get("n", 0) == 0 or value.get("value") is None:
        return "not graded"
    low, high = (shown_value(v, measure, bare=True) for v in value["interval"])
    text = f"{shown_value(value['value'], measure)} ({low}–{high}), n={value['n']}"
    left = value.get("not_graded")
    return text + (f"; {left} not graded" if isinstance(left, int) and left else "")


def shown_value(value: float, measure: str = "", *, bare: bool = False) -> str:
    """A value as people read it: shares in per cent, means in their unit; `bare` without either."""
    if _in_per_cent(measure):
        return f"{100 * value:.1f}" + ("" if bare else " %")
    unit = MEASURE[measure].unit
    return f"{value:.2f}" + (f" {unit}" if unit and not bare else "")


def shown_change(d: Row) -> str:
    """A difference with its interval: shares in percentage points, means in their unit."""
    times, digits = (100, 1) if _in_per_cent(d["figure"]) else (1, 2)
    value, low, high = (f"{times * d[k]:+.{digits}f}" for k in ("value", "low", "high"))
    return f"{value}{' points' if times == 100 else ''} ({low} to {high})"


def ks(takes: int) -> list[int]:
    """The k that are shown of so many takes."""
    return [*(k for k in (1, 2, 3, 5, 10, 20) if k < takes), takes]


def _in_per_cent(measure: str) -> bool:
    known = MEASURE.get(measure)
    return known is None or known.yes_no or known.name in PARTS_OF_ONE


def headline_words(found: Row) -> str:
    """The headline of a set in a sentence: what score it is, what it leaves out and why."""
    left = found["not_graded"]
    withheld = "score withheld; " if found["withheld"] else ""
    share = f"{100 * left['value']:.1f} % of {left['n']} criteria not graded" if left["n"] else "no criteria"
    name = MEASURE[found["figure"]].title.partition(" (")[0]
    return f"{withheld}{name}: {shown_figure(found, found['figure'])}; {share}; {found['why']}"


def patient_words(summary: Row) -> str:
    """How much a model said of what its patients said; empty where the rules spoke."""
    told = summary.get("patient")
    return summed([told]).told(told["name"]) if told else ""


def markdown(text: Any) -> str:
    """Words as they are, in a line of Markdown: nothing in them is markup."""
    safe = re.sub(r"([\\`*_\[\]|~])", r"\\\1", str(text).replace("&", "&amp;").replace("<", "&lt;"))
    return safe.replace(">", "&gt;").replace("\n", "<br>")


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return (
        {True: "yes", False: "no", None: "not graded"}.get(value, str(value))
        if not isinstance(value, int) or isinstance(value, bool)
        else str(value)
    )


def flat(value: Row, name: str = "") -> list[tuple[str, str]]:
    """A manifest as lines of name and value."""
    lines: list[tuple[str, str]] = []
    for key, inner in value.items():
        full = f"{name}.{key}" if name else str(key)
        if isinstance(inner, Mapping):
            lines += flat(inner, full)
        else:
            lines.append(
                (full, json.dumps(inner, ensure_ascii=False) if not isinstance(inner, str) else inner)
            )
    return lines


def _estimate(body: Row) -> Figure:
    nan = float("nan")
    value, (low, high) = body["value"], body["interval"]
    if value is None:
        return Figure(nan, nan, nan, 0)
    return Figure(value, low, high, body["n"])
