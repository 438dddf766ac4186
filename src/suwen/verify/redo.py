"""What broke off is played again, and nothing else: a model that did not answer costs its encounter only until it does."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from suwen.verify.work import SHARD, claimed, shard_rows, write_shard
from suwen.verify.workers import Job, over_processes


def redo_broken(
    out: Path,
    tasks: Sequence[Any],
    job: Job,
    *,
    manifest: Mapping[str, Any],
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
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
        with contextlib.closing(over_processes(pieces, range(len(pieces)), job, workers)) as work:
            for done, (index, rows, _) in enumerate(work, start=1):
                if rows is not None:
                    shard, line = divmod(places[index], SHARD)
                    kept: list[Any] = shard_rows(out, shard)
                    kept[line] = rows[0]
                    write_shard(out, shard, kept)
                if progress:
                    progress(done, len(pieces))
    return len(places)
