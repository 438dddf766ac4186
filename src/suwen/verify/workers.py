"""Who does the shards: processes of this machine, or a Ray cluster. Both give the same rows; neither writes."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import multiprocessing
import pickle
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from suwen.core.errors import InputError, SuwenError

ATTEMPTS = 3
"""Times a shard is begun before it is named as failed; only a worker that died is tried again."""
KNOCK_SECONDS = 10.0
"""Until a cluster's head has to have answered."""
GO = -1
"""Instead of a shard: the worker may go."""

Row = Mapping[str, Any]


class Job(Protocol):
    """What is done with one task. It travels to other processes, so it is small or built where it is first called."""

    def __call__(self, task: Any) -> Row:
        """A row that canonical JSON can hold; the same for the same task in every process."""
        ...


# -- processes of this machine --------------------------------------------------------------------------

Outcome = tuple[int, list[Row] | None, str]
"""(shard, its rows or None, why there are none)."""


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    shard: int


def over_processes(
    pieces: Sequence[Sequence[Any]], left: Sequence[int], job: Job, workers: int
) -> Generator[Outcome, None, None]:
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


def _labour(
    pieces: Sequence[Sequence[Any]], job: Job, pipe: Connection, other_end: Connection | None
) -> None:
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
        except Exception as error:
            name = getattr(task, "id", None) or f"task {len(rows)} of the shard"
            return None, f"{name}: {fault_of(error)}"
    return rows, ""


def fault_of(error: Exception) -> str:
    """An error in a line: our own with its message; of a fault of the program its kind and the last of our files that it
    passed, for its message could hold a patient's words."""
    if isinstance(error, SuwenError):
        return f"{type(error).__name__}: {error.message}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "suwen" in Path(f.filename).parts] or frames
    return f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}"


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


def over_ray(
    pieces: Sequence[Sequence[Any]], left: Sequence[int], job: Job, address: str
) -> Generator[Outcome, None, None]:
    """The same shards as tasks of a Ray cluster; Suwen of the same version is installed on its machines."""
    try:
        import ray  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        raise InputError("--ray needs the extra `scale`: pip install 'suwen[scale]'") from None
    # Ray tells of a worker that died on standard output, where the figures go.
    with contextlib.redirect_stdout(sys.stderr):
        ours = not ray.is_initialized()
        if ours:
            _knock(address)
            try:
                ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
            except (ConnectionError, RuntimeError, ValueError) as error:
                raise InputError(
                    f"--ray {address}: no cluster answers there ({type(error).__name__})"
                ) from None
        try:
            yield from _on_cluster(ray, pieces, left, job)
        finally:
            if ours:
                ray.shutdown()


def _knock(address: str) -> None:
    """Raises InputError where nothing listens: Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK_SECONDS).close()
        except (OSError, OverflowError) as error:
            raise InputError(
                f"--ray {address}: nothing answers there ({error}); is the cluster started, and the port that of its head?"
            ) from None


def _on_cluster(
    ray: Any, pieces: Sequence[Sequence[Any]], left: Sequence[int], job: Job
) -> Generator[Outcome, None, None]:
    one = ray.remote(num_cpus=1, max_retries=ATTEMPTS - 1)(_do_there)
    sent = ray.put(ray.cloudpickle.dumps(job))
    waiting = list(reversed(left))
    most = max(4, 2 * int(ray.cluster_resources().get("CPU", 1)))
    running: dict[Any, int] = {}
    try:
        while waiting or running:
            while waiting and len(running) < most:
                index = waiting.pop()
                running[one.remote(pieces[index], sent)] = index
            (ready, *_), _ = ray.wait(list(running), num_returns=1)
            index = running.pop(ready)
            try:
                rows, fault = ray.get(ready)
            except ray.exceptions.RayTaskError as error:
                rows, fault = None, f"not begun ({error.cause!r}); is Suwen of this version on every machine?"
            except ray.exceptions.RayError as error:
                rows, fault = None, f"its worker died {ATTEMPTS} times ({type(error).__name__})"
            yield index, rows, fault
    finally:
        for reference in running:
            ray.cancel(reference, force=True)


def _do_there(piece: Sequence[Any], job: bytes) -> tuple[list[Row] | None, str]:
    one_matrix_thread()
    return _do(piece, _sent(job))


@lru_cache(maxsize=1)
def _sent(job: bytes) -> Job:
    """What the job builds is built once in a process, not for each of its shards."""
    return cast(Job, pickle.loads(job))  # noqa: S301 - sent by the process that the user started
