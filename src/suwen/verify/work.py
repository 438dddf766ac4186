"""Much work in pieces: many processes or machines, and nothing lost when one of them is killed.

The tasks are cut into shards by their place, never by how many workers there are, and a shard's rows are written whole
(to a temporary name, then renamed). A folder with some shards is an unfinished run: started again with the same
manifest it does what is missing, and the rows are the same as those of an unbroken run. Only the process that the user
started writes.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from suwen.core.errors import InputError, StoreFull
from suwen.verify.workers import Job, Row, over_processes, over_ray

SHARD = 20
"""Tasks in a shard: some seconds of work, so that a kill costs little and files stay few."""
MANIFEST = "run.json"

Progress = Callable[[int, int], None]
"""Told (shards done, shards in all)."""


@dataclass(frozen=True, slots=True)
class Done:
    """failed: shard and why, for those that could not be done; they have no rows and are tried again by a new run."""

    shards: int
    resumed: int
    failed: Mapping[int, str] = field(default_factory=dict)


def run_shards(
    tasks: Sequence[Any],
    job: Job,
    *,
    out: Path,
    workers: int = 1,
    progress: Progress | None = None,
    ray_address: str | None = None,
    manifest: Mapping[str, Any] | None = None,
    shard: int = SHARD,
) -> Done:
    """Do what `out` does not hold yet. Raises InputError where `out` belongs to another run or is in use, StoreFull when
    the disk is full; then, and after Ctrl-C, whole shards stay and the same call goes on."""
    with claimed(out, {**(manifest or {}), "tasks": len(tasks), "shard": shard}):
        folder = out / "shards"
        pieces = [tasks[i : i + shard] for i in range(0, len(tasks), shard)]
        left = [i for i in range(len(pieces)) if not shard_file(folder, i).exists()]
        resumed = done = len(pieces) - len(left)
        failed: dict[int, str] = {}
        if progress:
            progress(done, len(pieces))
        work = (
            over_ray(pieces, left, job, ray_address)
            if ray_address
            else over_processes(pieces, left, job, workers)
        )
        with contextlib.closing(work):
            for index, rows, fault in work:
                if rows is None:
                    failed[index] = fault
                else:
                    _write_whole(shard_file(folder, index), rows)
                done += 1
                if progress:
                    progress(done, len(pieces))
    return Done(len(pieces), resumed, dict(sorted(failed.items())))


def rows_of(out: Path) -> Iterator[dict[str, Any]]:
    """The rows of all shards that are there, in the order of the tasks."""
    for file in sorted((out / "shards").glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def manifest_of(out: Path) -> dict[str, Any]:
    """What was run in a folder. Raises InputError where nothing was."""
    file = out / MANIFEST
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except OSError:
        raise InputError(
            f"{out}: no {MANIFEST} in it; give a folder that `suwen verify run --out` has made"
        ) from None
    except ValueError:
        raise InputError(
            f"{file}: not readable as JSON; it was altered, so run again in a new folder"
        ) from None


def shard_file(folder: Path, index: int) -> Path:
    return folder / f"{index:05d}.jsonl"


def write_file(file: Path, text: str) -> None:
    """Write a file whole or not at all. Raises StoreFull when the disk is full; the former file is intact then."""
    beside = file.with_name(file.name + ".tmp")
    try:
        with beside.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(
                f"{file.parent}: the disk is full; what was finished is kept. Free some space and give the same command again"
            ) from None
        raise InputError(f"{file}: cannot be written ({error.strerror}); choose another --out") from None


def _write_whole(file: Path, rows: Iterable[Row]) -> None:
    write_file(file, "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows))


@contextlib.contextmanager
def claimed(out: Path, manifest: Mapping[str, Any]) -> Iterator[None]:
    """The folder for this run alone, new or begun with the same manifest."""
    try:
        (out / "shards").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{out}: cannot be made ({error.strerror}); choose another --out") from None
    with _locked(out):
        for stale in (out / "shards").glob("*.tmp"):
            stale.unlink(missing_ok=True)
        asked = json.loads(json.dumps(manifest))
        if not (out / MANIFEST).exists():
            write_file(out / MANIFEST, json.dumps(asked, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        elif differences := unlike(manifest_of(out), asked):
            raise InputError(
                f"{out} holds a run that was made differently ({'; '.join(differences)}); "
                "choose another --out, or give the same options to go on with it"
            )
        yield


def unlike(old: Any, new: Any, name: str = "") -> list[str]:
    """Where two manifests differ, one line each: `name: was this, is that`."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old, *(k for k in new if k not in old)]
        return [
            line for k in keys for line in unlike(old.get(k), new.get(k), f"{name}.{k}" if name else str(k))
        ]
    return [] if old == new else [f"{name}: was {old!r}, is {new!r}"]


@contextlib.contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Two runs in one folder would write each other's temporary files."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (out / ".lock").open("w") as lock:
        try:  # a record lock, which forks do not inherit: workers of a killed parent do not hold it
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                f"{out} is in use by another run; wait for it, or choose another --out"
            ) from None
        yield
