"""Much work in pieces: many processes or machines, and nothing lost when one of them is killed.

The tasks are cut into shards by their place, never by how many workers there are, and a shard's rows are written whole
(to a temporary name, then renamed). A folder with some shards is an unfinished run: started again with the same
manifest it does what is missing, and the rows are the same as those of an unbroken run. Only the process that the user
started writes.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import multiprocessing
import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from suwen.core.errors import InputError, StoreFull, SuwenError

SHARD = 20
"""Tasks in a shard: some seconds of work, so that a kill costs little and files stay few."""
ATTEMPTS = 3
"""Times a shard is begun before it is named as failed; only a worker that died is tried again."""
GO = -1
"""Instead of a shard: the worker may go."""
MANIFEST = "run.json"

Row = Mapping[str, Any]
Progress = Callable[[int, int], None]
"""Told (shards done, shards in all)."""


class Job(Protocol):
    """What is done with one task. It travels to other processes, so it is small or built where it is first called."""

    def __call__(self, task: Any) -> Row:
        """A row that canonical JSON can hold; the same for the same task in every process."""
        ...


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
            _over_ray(pieces, left, job, ray_address)
            if ray_address
            else _over_processes(pieces, left, job, workers)
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


# -- processes of this machine --------------------------------------------------------------------------

Outcome = tuple[int, list[Row] | None, str]


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    shard: int


def _over_processes(
    pieces: Sequence[Sequence[Any]], left: Sequence[int], job: Job, workers: int
) -> Iterator[Outcome]:
    """Each worker is given one shard after the other, so that of a worker that dies it is known which it had."""
    waiting = list(reversed(left))
    attempts = dict.fromkeys(left, 0)
    alive: list[_Worker] = []
    try:
        while waiting or alive:
            while waiting and len(alive) < max(1, workers):
                alive.append(_hire(pieces, job, waiting.pop()))
            ready = set(wait([w.pipe for w in alive]))
            for worker in [w for w in alive if w.pipe in ready]:
                try:
                    rows, fault = worker.pipe.recv()
                except (EOFError, OSError):
                    alive.remove(worker)
                    code = _leave(worker)
                    attempts[worker.shard] += 1
                    if attempts[worker.shard] < ATTEMPTS:
                        waiting.append(worker.shard)
                    else:
                        yield worker.shard, None, f"its worker died {ATTEMPTS} times (exit code {code})"
                    continue
                finished = worker.shard
                if waiting and _give(worker, waiting[-1]):
                    worker.shard = waiting.pop()
                else:
                    alive.remove(worker)
                    _leave(worker)
                yield finished, rows, fault
    finally:
        for worker in alive:
            worker.process.terminate()
            _leave(worker)


def _hire(pieces: Sequence[Sequence[Any]], job: Job, shard: int) -> _Worker:
    # Forks share what the job has built already; elsewhere it is built again in each.
    kind = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(kind)
    ours, theirs = context.Pipe()
    process = context.Process(  # type: ignore[attr-defined]
        target=_labour, args=(pieces, job, theirs, ours if kind == "fork" else None), daemon=True
    )
    with warnings.catch_warnings():
        # Python 3.12 warns of forking beside threads; the only ones here are those of the matrix library, which
        # prepares for it itself.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    worker = _Worker(process, ours, shard)
    _give(worker, shard)
    return worker


def _give(worker: _Worker, shard: int) -> bool:
    """Whether the worker could be told."""
    try:
        worker.pipe.send(shard)
    except OSError:
        return False  # it is dead; the end of its pipe tells so
    return True


def _leave(worker: _Worker) -> int | None:
    _give(worker, GO)  # closing is not enough: a worker forked later holds a copy of our end
    worker.pipe.close()
    worker.process.join(timeout=10)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    return worker.process.exitcode


def _labour(pieces: Sequence[Sequence[Any]], job: Job, pipe: Connection, other_end: Connection | None) -> None:
    """A worker's life: until the pipe ends, which it also does when the first process is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the first process's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if other_end is not None:
        other_end.close()
    one_matrix_thread()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while (shard := pipe.recv()) != GO:
            pipe.send(_do(pieces[shard], job))


def _do(piece: Sequence[Any], job: Job) -> tuple[list[Row] | None, str]:
    rows: list[Row] = []
    for task in piece:
        try:
            rows.append(job(task))
        except SuwenError as error:
            return None, f"{type(error).__name__}: {error.message}"
        except Exception as error:
            # A fault of the program: the shard fails, the run goes on, and the report names it. No words of a patient:
            # the place in the code and the kind of the error are enough.
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            name = getattr(task, "id", None) or f"task {len(rows)} of the shard"
            return None, f"{name}: {type(error).__name__} at {where}"
    return rows, ""


def one_matrix_thread() -> None:
    """Keep this process's matrix products to one thread: there is a process for every core, and sums of several threads
    differ in the last digit from those of one. Works for the OpenBLAS inside NumPy's wheels; others are left alone."""
    library = ctypes.CDLL(np._core._multiarray_umath.__file__)  # type: ignore[attr-defined]
    for name in (
        "scipy_openblas_set_num_threads64_",
        "scipy_openblas_set_num_threads",
        "openblas_set_num_threads64_",
        "openblas_set_num_threads",
    ):
        with contextlib.suppress(AttributeError):
            getattr(library, name)(1)
            return


# -- many machines --------------------------------------------------------------------------------------


def _over_ray(
    pieces: Sequence[Sequence[Any]], left: Sequence[int], job: Job, address: str
) -> Iterator[Outcome]:
    """The same shards as tasks of a Ray cluster; Suwen of the same version is installed on its machines."""
    try:
        import ray
    except ImportError:
        raise InputError("--ray needs the extra `scale`: pip install 'suwen[scale]'") from None
    ours = not ray.is_initialized()
    if ours:
        try:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise InputError(f"--ray {address}: no cluster answers there ({type(error).__name__})") from None

    @ray.remote(num_cpus=1, max_retries=ATTEMPTS - 1)
    def one(piece: Sequence[Any], job: Job) -> tuple[list[Row] | None, str]:
        one_matrix_thread()
        return _do(piece, job)

    shared = ray.put(job)
    waiting = list(reversed(left))
    most = max(4, 2 * int(ray.cluster_resources().get("CPU", 1)))
    running: dict[Any, int] = {}
    try:
        while waiting or running:
            while waiting and len(running) < most:
                index = waiting.pop()
                running[one.remote(pieces[index], shared)] = index
            (ready, *_), _ = ray.wait(list(running), num_returns=1)
            index = running.pop(ready)
            try:
                rows, fault = ray.get(ready)
            except ray.exceptions.RayError as error:
                rows, fault = None, f"its worker died {ATTEMPTS} times ({type(error).__name__})"
            yield index, rows, fault
    finally:
        for reference in running:
            ray.cancel(reference, force=True)
        if ours:
            ray.shutdown()
