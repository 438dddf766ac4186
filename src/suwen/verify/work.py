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
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from suwen.core.errors import InputError, StoreFull, SuwenError
from suwen.knowledge import Knowledge
from suwen.verify.workers import Job, Outcome, Row, over_processes, over_ray

SHARD = 20
"""Tasks in a shard: some seconds of work, so that a kill costs little and files stay few."""
MANIFEST = "run.json"
SHOWN = 6
"""Differences of two manifests that are named."""

Progress = Callable[[int, int], None]
"""Told (shards done, shards in all)."""


@dataclass(frozen=True, slots=True)
class Done:
    """shards: in all. resumed: those of them that were there before. failed: shard and why, for those that could not be
    done; they have no rows and are tried again by a new run."""

    shards: int
    resumed: frozenset[int]
    failed: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rows:
    """Of a whole run. rows: of all tasks, in their order. now: those of them that were done by this call, on which alone a
    rate can rest. resumed: shards of former calls."""

    rows: list[dict[str, Any]]
    now: list[dict[str, Any]]
    resumed: int = 0


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
        pieces = _cut(tasks, shard)
        left = [i for i in range(len(pieces)) if not shard_file(out, i).exists()]
        failed: dict[int, str] = {}
        with contextlib.closing(outcomes(pieces, left, job, workers, ray_address, progress)) as work:
            for index, rows, fault in work:
                if rows is None:
                    failed[index] = fault
                else:
                    write_shard(out, index, rows)
    return Done(len(pieces), frozenset(range(len(pieces))) - set(left), dict(sorted(failed.items())))


def all_rows(
    tasks: Sequence[Any],
    job: Job,
    *,
    out: Path | None,
    workers: int = 1,
    progress: Progress | None = None,
    ray_address: str | None = None,
    manifest: Mapping[str, Any] | None = None,
    shard: int = SHARD,
) -> Rows:
    """Every task done, its row kept in `out` as by `run_shards`, or in memory without one. Raises as that does, and
    SuwenError where a shard failed, for figures over a part would look like figures over all: with `out` when all else is
    done, else at once."""
    if out is not None:
        done = run_shards(
            tasks, job, out=out, workers=workers, progress=progress, ray_address=ray_address, manifest=manifest, shard=shard
        )  # fmt: skip
        if done.failed:
            first = next(iter(done.failed.values()))
            raise SuwenError(
                f"{len(done.failed)} of {done.shards} pieces of the work failed, the first: {first}; the others are kept in "
                f"{out}, and the same command does what is missing"
            )
        kept = [shard_rows(out, index) for index in range(done.shards)]
        now = [row for index, rows in enumerate(kept) if index not in done.resumed for row in rows]
        return Rows([row for rows in kept for row in rows], now, len(done.resumed))
    pieces = _cut(tasks, shard)
    found: dict[int, list[Row]] = {}
    every = range(len(pieces))
    with contextlib.closing(outcomes(pieces, every, job, workers, ray_address, progress)) as work:
        for index, rows, fault in work:
            if rows is None:
                raise SuwenError(
                    f"a piece of the work failed: {fault}; give --out FOLDER to keep the others when that happens"
                )
            found[index] = rows
    whole = [dict(row) for index in every for row in found[index]]
    return Rows(whole, whole)


def _cut(tasks: Sequence[Any], shard: int) -> list[Sequence[Any]]:
    return [tasks[i : i + shard] for i in range(0, len(tasks), shard)]


def outcomes(
    pieces: Sequence[Sequence[Any]], left: Sequence[int], job: Job, workers: int, ray_address: str | None,
    progress: Progress | None,
) -> Generator[Outcome, None, None]:  # fmt: skip
    """What comes of the pieces `left`, each as it is done; where none is left, nobody is hired and no cluster is asked."""
    done = len(pieces) - len(left)
    if progress:
        progress(done, len(pieces))
    if not left:
        return
    work = (
        over_ray(pieces, left, job, ray_address)
        if ray_address
        else over_processes(pieces, left, job, workers)
    )
    with contextlib.closing(work):
        for outcome in work:
            yield outcome
            done += 1
            if progress:
                progress(done, len(pieces))


def same_knowledge(here: Knowledge, planned: str | None) -> None:
    """Raises InputError where a process has other knowledge than the run was planned with; None takes any."""
    if planned not in (None, here.digest):
        raise InputError(
            f"the knowledge here is {here.digest[:12]}, the run was planned with {str(planned)[:12]}; "
            "install the same version of Suwen and the same knowledge folder on every machine"
        )


def rows_of(out: Path) -> Iterator[dict[str, Any]]:
    """The rows of all shards that are there, in the order of the tasks."""
    for file in sorted((out / "shards").glob("*.jsonl")):
        yield from _read(file)


def shard_rows(out: Path, index: int) -> list[dict[str, Any]]:
    """The rows of one shard; none where it is not there."""
    file = shard_file(out, index)
    return list(_read(file)) if file.exists() else []


def _read(file: Path) -> Iterator[dict[str, Any]]:
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


def shard_file(out: Path, index: int) -> Path:
    return out / "shards" / f"{index:05d}.jsonl"


def write_shard(out: Path, index: int, rows: Iterable[Row]) -> None:
    """Write the rows of one shard whole; raises as `write_file`."""
    text = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    write_file(shard_file(out, index), text)


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
            more = f" and {len(differences) - SHOWN} more" if len(differences) > SHOWN else ""
            raise InputError(
                f"{out} holds a run that was made differently ({'; '.join(differences[:SHOWN])}{more}); "
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
