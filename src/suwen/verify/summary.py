"""The figures of a run, every set by itself, as JSON values. They rest on the first take of everything; only the stability
is over all takes."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from suwen.patients.stand_ins import StandIns, summed
from suwen.verify.calibration import reliability
from suwen.verify.compare import Difference, paired
from suwen.verify.gaps import gap_of
from suwen.verify.grade import Grade
from suwen.verify.judged import Judged, grades_of
from suwen.verify.outcomes import CLEAN, MEASURE, MEASURES, NOISY, by_group, figures_of, sets_of
from suwen.verify.score import Graded, Scores, score
from suwen.verify.stability import first_takes, stability
from suwen.verify.stats import Figure, Share, figure

GROUPED = (
    "score",
    "rule_score",
    "top1",
    "top3",
    "triage_right",
    "triage_under",
    "emergency_missed",
    "elicited",
)
"""Measures shown for each group."""
GAPS = (("score", "rule_score", "top3"), ("triage_under",))
"""What groups are compared by: how good, and how safe the level they are given is, where it is graded."""
MOST_GROUPS = 8
"""More values than this, such as persona cells, are compared as a gap and not listed; themes have scores of their own."""
CURVE_FIRST = (1, 3)

Row = Mapping[str, Any]


def summary_of(
    manifest: Row,
    rows: Sequence[Row],
    *,
    judged: Judged | None = None,
    failed: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """All figures of a run. rows: with the verdicts of its judge in them, if it has one."""
    seed = int(manifest.get("seed", 1))
    sets = sets_of(rows)
    body: dict[str, Any] = {
        "run": dict(manifest),
        "machine": machine(),
        "failed_shards": {str(k): v for k, v in (failed or {}).items()},
        "sets": {name: _set(some, seed, judged) for name, some in sets.items()},
        "drops": [d.to_json() for d in drops({k: first_takes(v) for k, v in sets.items()}, seed)],
    }
    if spoken := stand_ins(rows):
        body["patient"] = {"name": manifest.get("patient"), **spoken.to_json()}
    return body if judged is None else {**body, "judge": judged.to_json()}


def stand_ins(rows: Sequence[Row]) -> StandIns | None:
    """How often the rules stood in for the patients' model, over all takes and what broke off; None where no model spoke."""
    told = [row["patient"] for row in rows if "patient" in row]
    return summed(told) if told else None


def _set(every: Sequence[Row], seed: int, judged: Judged | None) -> dict[str, Any]:
    rows = first_takes(every)
    body: dict[str, Any] = {
        "items": len(rows),
        "broken": [{"id": r["id"], "error": r["error"]} for r in every if r.get("error")],
        "figures": _json(figures_of(rows, seed=seed)),
    }
    figures = body["figures"]
    for name, by_rule in (("rule_score", True), ("score", False)):
        if name in figures and (scored := _scores(rows, seed, by_rule=by_rule)):
            body["scores"] = {"of": name, **scored.to_json()}
            figures[name] = {**figures[name], **_mean(body["scores"]["overall"])}
    if "rule_score" in figures:
        body["headline"] = _headline(rows, figures, judged)
    hidden = "rule_score" if "score" in figures else ""
    body["groups"] = {
        name: {value: _json(some) for value, some in values.items()}
        for name, values in by_group(rows, [g for g in GROUPED if g != hidden], seed=seed).items()
        if len(values) <= MOST_GROUPS
    }
    parts: tuple[tuple[str, Any], ...] = (
        ("parts", _parts(rows, seed)),
        ("gaps", _gaps(rows, seed)),
        ("calibration", _calibration(rows, seed)),
        ("not_graded", not_graded(rows)),
        ("curve", curve(rows)),
        ("stability", stability(every, seed=seed)),
    )
    return {**body, **{name: part for name, part in parts if part}}


def _headline(rows: Sequence[Row], figures: Row, judged: Judged | None) -> dict[str, Any]:
    """The one score of a set: by rules and judge where the judge may be believed, otherwise by rule alone and called so, with
    the share of the criteria that it leaves out."""
    grades = [g for row in rows for g in row.get("grades", ())]
    if judged is None or judged.withheld:
        name, left = "rule_score", sum(g["by"] != "rule" for g in grades)
        why = f"judge {judged.judge}: {judged.withheld}" if judged else "no judge was asked"
    else:
        name, left = "score", sum(g["met"] is None for g in grades)
        known = judged.to_json()
        why = (
            f"judge {judged.judge}, macro-F1 with people {known['macro_f1']:.2f} on {known['labels']} labels"
        )
    return {"figure": name, **_mean(figures[name]), "why": why, "withheld": bool(judged and judged.withheld),
            "not_graded": Share(left, len(grades)).to_json()}  # fmt: skip


def _scores(rows: Sequence[Row], seed: int, *, by_rule: bool) -> Scores | None:
    """Scores of a suite by the formula of HealthBench: overall, by theme and axis; None for played encounters."""
    graded = [
        Graded(
            r["id"],
            r["groups"]["theme"],
            r["groups"]["language"],
            r["characters"],
            _grades(r, by_rule=by_rule),
        )
        for r in rows
        if "characters" in r and not r.get("error")
    ]
    return score(graded, seed=seed) if graded else None


def _grades(row: Row, *, by_rule: bool) -> tuple[Grade, ...]:
    grades = grades_of(row["id"], row["grades"])
    return tuple(replace(g, met=None) if by_rule and g.by != "rule" else g for g in grades)


def _parts(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Share of the points in each part of the checklists of stations; empty for anything else."""
    names = dict.fromkeys(name for row in rows for name in row.get("parts", ()))
    return {
        name: figure([row["parts"][name] for row in rows if "parts" in row], seed=seed).to_json()
        for name in names
    }


def _mean(body: Row) -> dict[str, Any]:
    return {k: body[k] for k in ("value", "interval", "n")}


def _gaps(rows: Sequence[Row], seed: int) -> list[dict[str, Any]]:
    """How far groups are apart, for each way to divide the patients: in the first measure of GAPS there is of each kind."""
    scored = [r for r in rows if not r.get("error")]
    found = []
    for of in dict.fromkeys(g for r in scored for g in r.get("groups", ())):
        for measures in GAPS:
            for measure in measures:
                pairs = [(r["groups"][of], r["outcomes"].get(measure)) for r in scored if of in r["groups"]]
                gap = gap_of(of, pairs, seed=seed, lower=MEASURE[measure].better == "lower")
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


def machine() -> dict[str, Any]:
    """What it ran on; no name of it."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system(),
            "processor": platform.machine()}  # fmt: skip


def _json(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: value.to_json() for name, value in figures.items()}
