"""What broke off is played again, and nothing else: a model that did not answer costs its encounter only until it does."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from suwen.verify.work import SHARD, Progress, claimed, outcomes, shard_rows, write_shard
from suwen.verify.workers import Job


def redo_broken(
    out: Path,
    tasks: Sequence[Any],
    job: Job,
    *,
    manifest: Mapping[str, Any],
    workers: int = 1,
    progress: Progress | None = None,
    ray_address: str | None = None,
) -> int:
    """Do the tasks again whose rows have an error, each new row in the place of the old one as soon as it is there. Gives how
    many there were; raises InputError where `out` belongs to another run."""
    with claimed(out, {**manifest, "tasks": len(tasks), "shard": SHARD}):
        places = [
            shard * SHARD + line
            for shard in range(-(-len(tasks) // SHARD))
            for line, row in enumerate(shard_rows(out, shard))
            if row["error"]
        ]
        pieces = [[tasks[place]] for place in places]
        again = outcomes(pieces, range(len(pieces)), job, workers, ray_address, progress)
        with contextlib.closing(again) as work:
            for index, rows, _ in work:
                if rows is not None:
                    shard, line = divmod(places[index], SHARD)
                    kept: list[Any] = shard_rows(out, shard)
                    kept[line] = rows[0]
                    write_shard(out, shard, kept)
    return len(places)
