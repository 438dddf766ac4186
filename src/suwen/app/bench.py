"""`suwen bench`: accuracy on published cases, the speed of a turn, load over HTTP, survival of kill -9."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from suwen.app.assess import assess, rows_of
from suwen.app.build import build_clinic, build_pharmacist
from suwen.app.ear_bench import ear
from suwen.app.files import can_be_written, read_text, write_whole
from suwen.app.versions import versions
from suwen.consult.clinic import Clinic
from suwen.core.case import TRIAGE_LEVELS
from suwen.core.errors import InputError, SuwenError
from suwen.knowledge import Knowledge
from suwen.knowledge.drugs import Formulary
from suwen.verify.accept import TODAY, is_right, is_today, level_is_right, names_of, rank_of
from suwen.verify.calibration import picture, reliability
from suwen.verify.stats import Share

Figures = dict[str, Any]
CROWD = ("workers", "noisy", "even", "prove", "budget", "ray", "backend", "out")
TAKES: dict[str, tuple[str, ...]] = {
    "vignettes": ("data",), "triage": ("data",), "chinese": ("data",), "ear": ("data",), "calibration": ("data", "svg"), "dialogue": ("data", "cases"),
    "turns": ("cases",), "http": ("cases", "database-url"), "crash": ("cases", "database-url"), "medicines": ("cases",),
    "simulate": ("cases", *CROWD), "policies": ("cases", "svg", "workers", "even", "ray", "backend", "out", "data"), "growth": ("cases", "svg"),
    "text": ("cases", "workers", "noisy", "budget", "ray", "out"),
}  # fmt: skip
"""The options that a benchmark obeys, besides --seed and --json; any other is refused rather than passed over."""
BESIDE = {
    "noisy": "it shows clean and noisy patients beside each other",
    "budget": "it shows 5, 10, 15 and 20 questions beside each other",
}
"""Why `policies` takes no such option."""


def run_bench(
    name: str,
    *,
    data: Path | None,
    as_json: bool,
    seed: int,
    number: int | None,
    database_url: str | None,
    knowledge: Path | None = None,
    svg: Path | None = None,
    crowd: Crowd | None = None,
) -> None:
    """Run one benchmark and print a table, or with `as_json` the figures with n, interval, seed and versions. Raises
    InputError for an option that this benchmark does not obey, before anything is done."""
    from suwen.app import load_bench

    _only_taken(
        name,
        {"data": data, "cases": number, "database-url": database_url, "svg": svg, **asdict(crowd or Crowd())},
    )
    can_be_written(svg, option="--svg")
    if name in ("vignettes", "triage", "chinese", "ear", "calibration"):
        data = _given(name, data)
        clinic = build_clinic(knowledge)
        rows = list(rows_of(read_text(data), jsonl=True))
        if name == "calibration":
            figures = calibration(rows, clinic, quiet=as_json, seed=seed, svg=svg, title=data.stem)
        else:
            measure = {"vignettes": vignettes, "triage": triage, "chinese": chinese, "ear": ear}[name]
            figures = measure(rows, clinic, quiet=as_json)
        figures["data"] = data.name
        measured: Knowledge | Formulary = clinic.knowledge
    elif name == "dialogue":
        from suwen.app.dialogue_bench import dialogue

        clinic = build_clinic(knowledge)
        figures = dialogue(_given(name, data), clinic, budget=number or 8, seed=seed, quiet=as_json)
        figures["data"] = _given(name, data).name
        measured = clinic.knowledge
    elif name in ("turns", "http", "crash"):
        clinic = build_clinic(knowledge)
        measured = clinic.knowledge
        if name == "turns":
            figures = load_bench.turns(clinic, number or 200, seed)
        elif name == "http":
            figures = load_bench.load(number or 1000, seed, database_url)
        else:
            figures = load_bench.crash(number or 300, seed, database_url, quiet=as_json)
    elif name in ("simulate", "policies", "growth", "text"):
        clinic = build_clinic(knowledge)
        measured = clinic.knowledge
        figures = _simulated(
            name, number, seed, knowledge, crowd or Crowd(), quiet=as_json, svg=svg, data=data
        )
        figures |= {"data": data.name} if data else {}
    else:
        from suwen.app.medicines_bench import medicines

        pharmacist = build_pharmacist(knowledge)
        figures, measured = medicines(pharmacist, number or 100_000, seed), pharmacist.formulary
    figures |= {"bench": name, "seed": seed, **versions(measured)}
    if as_json:
        Console(soft_wrap=True).print_json(json.dumps(figures, ensure_ascii=False))
    else:
        _table(name, figures)
    if figures.get("equal_to_respond", {}).get("value", 1.0) < 1.0:
        raise SuwenError("the arrays did not ask every patient what `respond` asks; see equal_to_respond")


@dataclass(frozen=True, slots=True)
class Crowd:
    """How simulated patients are drawn and consulted, and where that is kept: see the options of `suwen bench`."""

    workers: int | None = None
    noisy: bool = False
    even: bool = False
    prove: int = 0
    budget: int | None = None
    ray: str | None = None
    backend: str | None = None
    out: Path | None = None


def _only_taken(name: str, options: Mapping[str, Any]) -> None:
    if name not in TAKES:
        raise InputError(f"no benchmark {name!r}; there are {', '.join(TAKES)}")
    for option, value in options.items():
        if value and option not in TAKES[name]:
            why = BESIDE.get(option, "") if name == "policies" else ""
            takes = ", ".join(f"--{one}" for one in TAKES[name])
            raise InputError(
                f"--{option}: bench {name} does not take it{': ' if why else ''}{why}; it takes {takes}"
            )


def _simulated(
    name: str,
    n: int | None,
    seed: int,
    knowledge: Path | None,
    crowd: Crowd,
    *,
    quiet: bool,
    svg: Path | None,
    data: Path | None = None,
) -> Figures:
    from suwen.app.simulate import NOISY, policies, simulate
    from suwen.consult.clinic import BUDGET

    if name == "simulate":
        return simulate(
            n, seed, knowledge, quiet=quiet, workers=crowd.workers, noise=NOISY if crowd.noisy else None, even=crowd.even,
            prove=crowd.prove, budget=crowd.budget or BUDGET, ray=crowd.ray, backend=crowd.backend, out=crowd.out,
        )  # fmt: skip
    if name == "policies":
        return policies(n, seed, knowledge, quiet=quiet, svg=svg, workers=crowd.workers, even=crowd.even, ray=crowd.ray,
                        backend=crowd.backend, out=crowd.out, data=data)  # fmt: skip
    if name == "growth":
        from suwen.app.growth import growth

        return growth(n, seed, knowledge, svg=svg)
    from suwen.app.simulate_text import NOISE, text_path

    return text_path(
        n or 200, seed, workers=crowd.workers or os.cpu_count() or 1, noise=NOISE if crowd.noisy else 0.0,
        budget=crowd.budget or BUDGET, knowledge=str(knowledge) if knowledge else None, ray=crowd.ray,
        out=crowd.out, quiet=quiet,
    )  # fmt: skip


def _given(name: str, data: Path | None) -> Path:
    if data is None or not data.exists():
        raise InputError(f"bench {name} needs --data FILE with the cases; {data or 'none'} was given")
    return data


def _table(name: str, figures: Figures) -> None:
    from suwen.verify.report import shown_figure

    table = Table("figure", "value", title=f"suwen bench {name}")
    if name == "policies":
        from suwen.app.policies_bench import PARTS, tables

        for part in tables(figures):
            Console().print(part)
        figures = {key: value for key, value in figures.items() if key not in PARTS}
    for key, value in figures.items():
        if value is None or (isinstance(value, dict) and value.get("n") == 0):
            text = "not measured"
        elif isinstance(value, dict) and "std" in value:
            text = shown_figure(value, key)
        elif isinstance(value, dict) and "interval" in value:
            low, high = value["interval"]
            text = f"{100 * value['value']:.1f} %  ({100 * low:.1f}–{100 * high:.1f}, n={value['n']})"
        else:
            text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
        table.add_row(key, text)
    Console().print(table)


def _assess_all(rows: list[Figures], clinic: Clinic, quiet: bool) -> list[Figures]:
    return [
        assess(row, clinic, top=0)
        for row in track(rows, description="assessing", disable=quiet, transient=True)
    ]


def vignettes(rows: list[Figures], clinic: Clinic, *, quiet: bool = True) -> Figures:
    """How often a condition that the case accepts stands first, in the first 3, 5 and 10; with a `level` in every row
    also how the triage compares. A row accepts what its `accept` says, or the one condition whose id it has."""
    rows = [row | {"accept": _accepted(row, clinic)} for row in rows if "accept" in row or "condition" in row]
    assessed = _assess_all(rows, clinic, quiet)
    ranks = [rank_of(found["differential"], row["accept"]) for row, found in zip(rows, assessed, strict=True)]
    n = len(ranks)
    figures: Figures = {
        f"top{k}": Share(sum(r is not None and r <= k for r in ranks), n).to_json() for k in (1, 3, 5, 10)
    }
    figures["known"] = Share(sum(r is not None for r in ranks), n).to_json()
    if rows and all(row.get("level") in TRIAGE_LEVELS for row in rows):
        figures |= _levels(
            [(found["triage"], row["level"]) for row, found in zip(rows, assessed, strict=True)]
        )
    return figures


def _accepted(row: Figures, clinic: Clinic) -> Figures:
    if "accept" in row:
        return dict(row["accept"])
    known = clinic.knowledge.condition.get(row["condition"])
    if known is None:
        raise InputError(
            f"row {row['id']}: no condition {row['condition']!r} in the knowledge; correct the id or give `accept`"
        )
    return {"names": sorted(names_of(known.record)), "icd10": []}


def _levels(pairs: list[tuple[str, str]]) -> Figures:
    """Levels given beside the right ones of five."""
    given = [(TRIAGE_LEVELS.index(a), TRIAGE_LEVELS.index(b)) for a, b in pairs]

    def sent_today(right: range) -> dict[str, Any]:
        chosen = [a for a, b in given if b in right]
        return Share(sum(a <= 1 for a in chosen), len(chosen)).to_json()

    return {
        "level_right": Share(sum(a == b for a, b in given), len(given)).to_json(),
        "emergencies_sent_today": sent_today(range(1)),
        "today_sent_today": sent_today(range(2)),
        "could_wait_sent_today": sent_today(range(3, 5)),
    }


def calibration(
    rows: list[Figures],
    clinic: Clinic,
    *,
    quiet: bool = True,
    seed: int = 1,
    svg: Path | None = None,
    title: str = "",
) -> Figures:
    """Whether the first condition's probability is how often it is right; with `svg` the curve as a picture."""
    rows = [row for row in rows if "accept" in row]
    first = [found["differential"][0] for found in _assess_all(rows, clinic, quiet)]
    right = [is_right(one, row["accept"]) for one, row in zip(first, rows, strict=True)]
    found = reliability([one["p"] for one in first], right, seed=seed)
    if svg is not None:
        write_whole(svg, picture(found, title))
    return {
        "ece": {
            "value": round(found.ece, 4),
            "n": found.n,
            "interval": [round(x, 4) for x in found.interval],
        },
        "ece_by_chance_alone": round(found.chance, 4),
        "brier": round(found.brier, 4),
        "probability_mean": round(found.confidence, 4),
        "right": found.accuracy.to_json(),
        "bins": [
            {
                "from": b.low,
                "probability": round(b.confidence, 3),
                "right": round(b.right.value, 3),
                "n": b.right.n,
            }
            for b in found.bins
        ],
    }


def triage(rows: list[Figures], clinic: Clinic, *, quiet: bool = True) -> Figures:
    """Which side of 'today' a case falls, the three levels of Semigran, and what was missed or sent for nothing."""
    levels = [found["triage"] for found in _assess_all(rows, clinic, quiet)]
    figures: Figures = {}
    for name in ("all", "semigran", "levine"):
        pairs = [(row, level) for row, level in zip(rows, levels, strict=True) if name in ("all", row["set"])]
        right = sum((level in TODAY) == is_today(row["level"]) for row, level in pairs)
        figures[f"right_side_of_today_{name}"] = Share(right, len(pairs)).to_json()
    semigran = [
        level_is_right(level, row["level"], "semigran")
        for row, level in zip(rows, levels, strict=True)
        if row["set"] == "semigran"
    ]
    figures["three_levels_semigran"] = Share(sum(semigran), len(semigran)).to_json()
    pairs = list(zip(rows, levels, strict=True))
    home = [level in TODAY for row, level in pairs if row["level"] == "self_care"]
    figures["self_care_sent_today"] = Share(sum(home), len(home)).to_json()
    figures["emergent_below_urgent"] = [
        row["id"] for row, level in pairs if row["level"] == "emergent" and level not in TODAY
    ]
    figures["today_below_urgent"] = [
        row["id"] for row, level in pairs if is_today(row["level"]) and level not in TODAY
    ]
    figures["sent_today_for_nothing"] = [
        row["id"] for row, level in pairs if not is_today(row["level"]) and level in TODAY
    ]
    return figures


def chinese(rows: list[Figures], clinic: Clinic, *, quiet: bool = True) -> Figures:
    """Of three candidates the one that stands highest (DxBench), and how often all three are known by name."""
    names = {c.id: names_of(c.record) for c in clinic.knowledge.conditions}
    known = right = candidates = all_known = 0
    for row, found in zip(rows, _assess_all(rows, clinic, quiet), strict=True):
        places = {name: _place(name, found["differential"], names) for name in row["candidates"]}
        candidates += sum(p is not None for p in places.values())
        if all(p is not None for p in places.values()) and len(set(places.values())) == len(places):
            all_known += 1
            right += min(places, key=lambda name: places[name] or 0) == row["diagnosis"]
        known += places.get(row["diagnosis"]) is not None
    return {
        "right_where_all_known": Share(right, all_known).to_json(),
        "all_candidates_known": Share(all_known, len(rows)).to_json(),
        "candidates_known": Share(candidates, 3 * len(rows)).to_json(),
        "diagnosis_known": Share(known, len(rows)).to_json(),
    }


def _place(name: str, differential: list[Figures], names: dict[str, set[str]]) -> int | None:
    return next((i for i, c in enumerate(differential) if name.lower() in names[c["id"]]), None)
