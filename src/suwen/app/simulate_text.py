"""The text path: whole encounters in words, our doctor with patients that speak by rules, and how fast they go."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from suwen.app.progress import bar
from suwen.app.rooms import rule_room
from suwen.app.versions import versions
from suwen.consult.clinic import BUDGET
from suwen.patients.sample import samples
from suwen.verify.outcomes import figures_of
from suwen.verify.run import PlayVisit, Visit, digest_of_visits
from suwen.verify.work import all_rows
from suwen.verify.workers import Row

NOISE = 0.5
"""Of the scripts of noisy patients, 0..1. Source: estimate."""
SHOWN = ("top1", "top3", "triage_right", "triage_under", "emergency_missed", "elicited", "questions")


@dataclass(frozen=True, slots=True)
class Measured:
    """The job of playing a visit and keeping what is counted of it, not what was said."""

    play: PlayVisit

    def __call__(self, task: Visit) -> Row:
        row = self.play(task)
        return {k: row[k] for k in ("set", "outcomes", "error")}


def text_path(
    n: int, seed: int, *, workers: int = 1, noise: float = 0.0, budget: int = BUDGET, knowledge: str | None = None,
    ray: str | None = None, out: Path | None = None, quiet: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """`n` encounters played in words. Rates count the wall clock of playing and measuring them; making the scripts and
    starting up are left out. out: where the pieces are kept, see `all_rows`; rates rest on what this call plays, and are
    None where that is nothing."""
    room = rule_room(knowledge, budget)
    tasks = [Visit("sampled", script) for script in samples(room.knowledge, n, seed, noise=noise)]
    manifest = {
        "command": "bench text", "n": n, "seed": seed, "noise": noise, "budget": budget,
        "scripts_digest": digest_of_visits(tasks), **versions(room.knowledge),
    }  # fmt: skip
    job = Measured(PlayVisit(partial(rule_room, knowledge, budget), room.knowledge.digest))
    began = time.perf_counter()
    with bar("playing", quiet=quiet) as progress:
        found = all_rows(
            tasks, job, out=out, workers=workers, progress=progress, ray_address=ray, manifest=manifest
        )
    seconds = time.perf_counter() - began
    a_minute = 60 * len(found.now) / seconds if found.now else None
    figures: dict[str, Any] = {
        "encounters": len(found.rows),
        "broken": sum(bool(row["error"]) for row in found.rows),
        "workers": "ray" if ray else workers,
        "resumed_pieces": found.resumed,
        "seconds": round(seconds, 2),
        "encounters_per_minute": None if a_minute is None else round(a_minute, 1),
        "encounters_per_minute_per_core": None if a_minute is None or ray else round(a_minute / workers, 1),
        "seed": seed,
        "noise": noise,
        "budget": budget,
    }
    shares = figures_of(found.rows, seed=seed)
    return figures | {name: shares[name].to_json() for name in SHOWN if name in shares}
