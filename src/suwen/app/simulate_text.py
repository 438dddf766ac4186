"""The text path: whole encounters in words, our doctor with patients that speak by rules, and how fast they go."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from suwen.app.rooms import rule_room
from suwen.consult.clinic import BUDGET
from suwen.patients.sample import samples
from suwen.verify.outcomes import figures_of
from suwen.verify.run import PlayVisit, Visit
from suwen.verify.work import rows_of, run_shards

NOISE = 0.5
"""Of the scripts of noisy patients, 0..1. Source: estimate."""
SHOWN = ("top1", "top3", "triage_right", "triage_under", "emergency_missed", "elicited", "questions")


def text_path(
    n: int,
    seed: int,
    *,
    workers: int = 1,
    noise: float = 0.0,
    budget: int = BUDGET,
    knowledge: str | None = None,
    ray: str | None = None,
) -> dict[str, Any]:
    """`n` encounters played in words. Rates count the wall clock of playing and measuring them; making the scripts and
    starting up are left out."""
    room = rule_room(knowledge, budget)
    tasks = [Visit("sampled", script) for script in samples(room.knowledge, n, seed, noise=noise)]
    with tempfile.TemporaryDirectory(prefix="suwen-text-") as folder:
        out = Path(folder)
        began = time.perf_counter()
        job = PlayVisit(partial(rule_room, knowledge, budget), room.knowledge.digest)
        done = run_shards(tasks, job, out=out, workers=workers, ray_address=ray)
        seconds = time.perf_counter() - began
        rows = [{k: row[k] for k in ("set", "outcomes", "error")} for row in rows_of(out)]
    played = len(rows)
    figures: dict[str, Any] = {
        "encounters": played,
        "broken": sum(bool(row["error"]) for row in rows) + (n - played),
        "failed_shards": len(done.failed),
        "workers": workers,
        "seconds": round(seconds, 2),
        "encounters_per_minute": round(60 * played / seconds, 1),
        "encounters_per_minute_per_core": round(60 * played / seconds / workers, 1),
        "seed": seed,
        "noise": noise,
        "budget": budget,
    }
    found = figures_of(rows, seed=seed)
    return figures | {name: found[name].to_json() for name in SHOWN if name in found}
