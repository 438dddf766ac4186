"""The report of a run: `report.html` (one file, no network), `report.md` and `figures.json`.

It is made of the rows and the manifest alone: the same rows give the same report byte for byte, however often the run
was interrupted. Everything that anybody said goes through the escaping of the template.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from suwen.verify.calibration import reliability
from suwen.verify.compare import Difference, paired
from suwen.verify.gaps import gap_of
from suwen.verify.grade import Grade
from suwen.verify.outcomes import MEASURE, MEASURES, Estimate, by_group, figure, figures_of, sets_of
from suwen.verify.pictures import Point, bars, curves
from suwen.verify.reading import Names, view
from suwen.verify.score import Graded, score
from suwen.verify.work import rows_of, write_file

WORST = 10
GROUPED = ("score", "top1", "top3", "triage_right", "emergency_missed", "elicited")
"""Measures shown for each group."""
MOST_GROUPS = 12
"""More values than this, such as persona cells, are compared as a gap and not listed."""
CURVE_FIRST = (1, 3)
CLEAN, NOISY = "clean", "noisy"
TEMPLATES = Path(__file__).parent / "templates"

Row = Mapping[str, Any]


def summary_of(
    manifest: Row, rows: Sequence[Row], *, failed: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """All figures of a run as JSON values, every set by itself."""
    seed = int(manifest.get("seed", 1))
    sets = sets_of(rows)
    return {
        "run": dict(manifest),
        "machine": machine(),
        "failed_shards": {str(k): v for k, v in (failed or {}).items()},
        "sets": {name: _set(some, seed) for name, some in sets.items()},
        "drops": [d.to_json() for d in drops(sets, seed)],
    }


def _set(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    broken = [{"id": r["id"], "error": r["error"]} for r in rows if r.get("error")]
    body: dict[str, Any] = {
        "items": len(rows),
        "broken": broken,
        "figures": _json(figures_of(rows, seed=seed)),
        "groups": {
            name: {value: _json(some) for value, some in values.items()}
            for name, values in by_group(rows, GROUPED, seed=seed).items()
            if len(values) <= MOST_GROUPS
        },
    }
    if scored := _scores(rows, seed):
        body["scores"] = scored
        body["figures"]["score"] = {**body["figures"]["score"], **_mean(scored["overall"])}
    if apart := _gaps(rows, seed):
        body["gaps"] = apart
    if sure := _calibration(rows, seed):
        body["calibration"] = sure
    if kinds := not_graded(rows):
        body["not_graded"] = kinds
    if points := curve(rows):
        body["curve"] = points
    return body


def _scores(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Scores of a suite by the formula of HealthBench: overall, by theme and axis; empty for played encounters."""
    graded = [
        Graded(
            r["id"], r["groups"]["theme"], r["groups"]["language"], r["characters"],
            tuple(Grade(r["id"], g["id"], g["weight"], g["axis"], g["theme"], g["met"], g["by"], g["why"]) for g in r["grades"]),
        )
        for r in rows if r.get("grades") and not r.get("error")
    ]  # fmt: skip
    return score(graded, seed=seed).to_json() if graded else {}


def _mean(body: Row) -> dict[str, Any]:
    return {k: body[k] for k in ("value", "interval", "n")}


def _gaps(rows: Sequence[Row], seed: int) -> list[dict[str, Any]]:
    """How far groups are apart, for each way to divide the patients and the first measure there is."""
    scored = [r for r in rows if not r.get("error")]
    found = []
    for of in dict.fromkeys(g for r in scored for g in r.get("groups", ())):
        for measure in ("score", "top3"):
            pairs = [(r["groups"][of], r["outcomes"].get(measure)) for r in scored if of in r["groups"]]
            gap = gap_of(of, pairs, seed=seed)
            if gap is not None:
                body = gap.to_json()
                del body["groups"]
                found.append({**body, "figure": measure})
                break
    return found


def _calibration(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Whether the probability of the first condition is how often it is right."""
    pairs = [
        (r["p_first"], bool(r["outcomes"]["top1"]))
        for r in rows
        if r.get("p_first") is not None and r["outcomes"].get("top1") is not None
    ]
    if not pairs:
        return {}
    one = reliability([p for p, _ in pairs], [right for _, right in pairs], seed=seed)
    return {"ece": round(one.ece, 4), "interval": [round(x, 4) for x in one.interval], "chance": round(one.chance, 4),
            "brier": round(one.brier, 4), "n": one.n}  # fmt: skip


def not_graded(rows: Sequence[Row]) -> dict[str, Any]:
    """Criteria that no rule could decide and why, with their share of all; empty where a run has no criteria."""
    grades = [g for row in rows for g in row.get("grades", ())]
    if not grades:
        return {}
    left = [g for g in grades if g["met"] is None]
    why = Counter(g.get("why") or "needs a judge" for g in left)
    return {"criteria": len(grades), "not_graded": len(left), "share": round(len(left) / len(grades), 4),
            "why": dict(why.most_common(12))}  # fmt: skip


def curve(rows: Sequence[Row]) -> dict[str, list[list[float]]]:
    """Accuracy by number of questions: `top1` and `top3` -> [questions, share, low, high], as if the doctor had stopped
    there. An encounter that ended earlier keeps its last answer."""
    after = [r["after"] for r in rows if r.get("after") and not r.get("error")]
    if not after:
        return {}
    longest = max(len(a) for a in after)
    found: dict[str, list[list[float]]] = {}
    for k in CURVE_FIRST:
        points = []
        for questions in range(longest):
            ranks = [a[min(questions, len(a) - 1)] for a in after]
            share = figure([1 <= r <= k for r in ranks], yes_no=True, seed=1)
            points.append([float(questions), *(round(v, 4) for v in (share.value, share.low, share.high))])
        found[f"top{k}"] = points
    return found


def drops(sets: Mapping[str, Sequence[Row]], seed: int) -> list[Difference]:
    """What noise costs: the same patients clean and noisy, paired."""
    found: list[Difference] = []
    for name, clean in sets.items():
        noisy = sets.get(name.replace(CLEAN, NOISY)) if CLEAN in name else None
        if noisy is None:
            continue
        other = {r["id"]: r for r in noisy}
        for measure in MEASURES:
            pairs = [
                (r["outcomes"].get(measure.name), other[r["id"]]["outcomes"].get(measure.name))
                for r in clean
                if r["id"] in other and not r.get("error") and not other[r["id"]].get("error")
            ]
            both = [(float(a), float(b)) for a, b in pairs if a is not None and b is not None]
            if both:
                a, b = zip(*both, strict=True)
                found.append(paired(measure, a, b, seed=seed, group=f"{name} to {NOISY}"))
    return found


def worst_of(rows: Iterable[Row], *, most: int = WORST) -> list[tuple[str, str]]:
    """(set, id) of what to read first: `bad` highest; of equal ones the first by set and id. Broken ones are not among
    them."""
    scored = [row for row in rows if not row.get("error") and row.get("bad") is not None]
    scored.sort(key=lambda r: (-r["bad"], r["set"], r["id"]))
    return [(r["set"], r["id"]) for r in scored[:most]]


def slim_rows(out: Path) -> Iterator[dict[str, Any]]:
    """The rows of a run without what was said, which would fill the memory."""
    for row in rows_of(out):
        for name in ("encounter", "turns"):
            row.pop(name, None)
        yield row


def write_report(
    out: Path, manifest: Row, *, names: Names = str, failed: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """Write the three files into the folder of a run, each whole, and give back the figures."""
    rows = list(slim_rows(out))
    summary = summary_of(manifest, rows, failed=failed)
    places = {key: i for i, key in enumerate(worst_of(rows))}
    worst = [row for row in rows_of(out) if (row["set"], row["id"]) in places]
    worst.sort(key=lambda r: places[r["set"], r["id"]])
    shown = {
        "title": f"Suwen verify: {manifest.get('suite', 'run')}",
        "summary": summary,
        "measure": MEASURE,
        "pictures": pictures_of(summary),
        "worst": [view(row, names) for row in worst],
        "flat": flat(summary["run"]),
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
                found.append((name, bars(f"{name}: score by {said}", rows)))
        for group, values in one["groups"].items():
            for measure in ("top3",):
                rows = [(v, _estimate(f[measure])) for v, f in values.items() if measure in f]
                if rows:
                    found.append((name, bars(f"{name}: {MEASURE[measure].title}, by {group}", rows)))
                    break
        if "curve" in one:
            series = {k: [Point(*p) for p in points] for k, points in one["curve"].items()}
            title = f"{name}: right diagnosis against number of questions"
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
    made.filters["md"] = markdown
    made.filters["plain"] = _plain
    return made


def shown_figure(value: Row, measure: str = "") -> str:
    """A figure as a cell: `61.2 % (54.0–67.9), n=191`; means keep their unit."""
    if value.get("n", 0) == 0 or value.get("value") is None:
        return "not graded"
    low, high = value["interval"]
    known = MEASURE.get(measure)
    if known is None or known.yes_no or known.name in ("score", "elicited", "elicited_all", "heard"):
        text = f"{100 * value['value']:.1f} % ({100 * low:.1f}–{100 * high:.1f}), n={value['n']}"
    else:
        unit = f" {known.unit}" if known.unit else ""
        text = f"{value['value']:.2f}{unit} ({low:.2f}–{high:.2f}), n={value['n']}"
    return text + (f"; {value['not_graded']} not graded" if value.get("not_graded") else "")


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


def machine() -> dict[str, Any]:
    """What it ran on; no name of it."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system(),
            "processor": platform.machine()}  # fmt: skip


def _json(figures: Mapping[str, Estimate]) -> dict[str, Any]:
    return {name: value.to_json() for name, value in figures.items()}


def _estimate(body: Row) -> Estimate:
    nan = float("nan")
    value, (low, high) = body["value"], body["interval"]
    if value is None:
        return Estimate(nan, nan, nan, 0)
    return Estimate(value, low, high, body["n"])
