"""Work in shards: the same rows however it is interrupted and however many do it."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from suwen.core.errors import InputError, StoreFull, SuwenError
from suwen.verify import work
from suwen.verify.work import all_rows, manifest_of, rows_of, run_shards

HERE = Path(__file__).parent
MANIFEST = {"suite": "numbers", "seed": 1}


@dataclass(frozen=True)
class Square:
    """Does a task; dies at `dies_at` as often as the file `deaths` does not yet count."""

    dies_at: int = -1
    deaths: Path | None = None
    times: int = 99
    raises_at: int = -1

    def __call__(self, task: int) -> dict[str, Any]:
        if task == self.raises_at:
            raise ZeroDivisionError("a patient's words")
        if task == self.dies_at and self.deaths is not None:
            before = self.deaths.read_text() if self.deaths.exists() else ""
            if len(before) < self.times:
                self.deaths.write_text(before + "x")
                os.kill(os.getpid(), signal.SIGKILL)
        return {"id": str(task), "square": task * task, "pi": 3.14159 * task}


def shards(out: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted((out / "shards").iterdir())}


def run(out: Path, job: Any, **options: Any) -> work.Done:
    return run_shards(range(50), job, out=out, manifest=MANIFEST, shard=7, **options)


@pytest.mark.parametrize("workers", [2, 3])
def test_rows_are_the_same_whatever_the_number_of_workers(tmp_path: Path, workers: int) -> None:
    run(tmp_path / "one", Square(), workers=1)
    run(tmp_path / "many", Square(), workers=workers)
    assert shards(tmp_path / "one") == shards(tmp_path / "many")
    assert [r["square"] for r in rows_of(tmp_path / "one")] == [n * n for n in range(50)]


def test_a_killed_worker_s_shard_is_done_again(tmp_path: Path) -> None:
    done = run(tmp_path / "a", Square(dies_at=20, deaths=tmp_path / "deaths", times=1), workers=2)
    assert (tmp_path / "deaths").read_text() == "x"
    assert done.failed == {}
    assert len(list(rows_of(tmp_path / "a"))) == 50


def test_a_shard_that_kills_every_worker_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    done = run(tmp_path / "a", Square(dies_at=20, deaths=tmp_path / "deaths"), workers=2)
    assert list(done.failed) == [2]
    assert "died 3 times" in done.failed[2]
    assert len(list(rows_of(tmp_path / "a"))) == 43


def test_a_fault_of_the_program_is_named_without_what_anybody_said(tmp_path: Path) -> None:
    done = run(tmp_path / "a", Square(raises_at=0))
    assert "ZeroDivisionError at " in done.failed[0]
    assert "words" not in done.failed[0]


def test_a_finished_run_does_nothing_again(tmp_path: Path) -> None:
    run(tmp_path / "a", Square())
    again = run(tmp_path / "a", Square(raises_at=0))
    assert len(again.resumed) == again.shards == 8
    assert len(run(tmp_path / "a", Square(), ray_address="127.0.0.1:1").resumed) == 8, "no cluster is needed"
    assert not again.failed


def test_a_folder_of_another_run_is_refused_with_what_differs(tmp_path: Path) -> None:
    run(tmp_path, Square())
    with pytest.raises(InputError, match="seed: was 1, is 2"):
        run_shards(range(50), Square(), out=tmp_path, manifest={"suite": "numbers", "seed": 2}, shard=7)
    with pytest.raises(InputError, match="tasks: was 50, is 49"):
        run_shards(range(49), Square(), out=tmp_path, manifest=MANIFEST, shard=7)
    assert manifest_of(tmp_path)["seed"] == 1


def test_progress_counts_what_was_done_before(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    run(tmp_path, Square(dies_at=49, deaths=tmp_path / "deaths", times=3))
    run(tmp_path, Square(), progress=lambda done, of: told.append((done, of)))
    assert told == [(7, 8), (8, 8)]


def test_a_full_disk_stops_with_a_message_and_the_run_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync
    calls = []

    def full(number: int) -> None:
        calls.append(number)
        if len(calls) == 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(number)

    monkeypatch.setattr(work.os, "fsync", full)
    with pytest.raises(StoreFull, match=r"disk is full.*same command again"):
        run(tmp_path, Square())
    assert len(shards(tmp_path)) == 2
    assert all(name.endswith(".jsonl") for name in shards(tmp_path))
    monkeypatch.undo()
    run(tmp_path, Square())
    run(tmp_path.with_name("whole"), Square())
    assert shards(tmp_path) == shards(tmp_path.with_name("whole"))


SLOW = """
import sys, time
from pathlib import Path
from test_work import MANIFEST, Square
from suwen.verify.work import run_shards

class Slow(Square):
    def __call__(self, task):
        time.sleep(0.02 if task < 21 else 0.5)  # begun at once, and long not at its end
        return super().__call__(task)

run_shards(range(50), Slow(), out=Path(sys.argv[1]), workers=2, manifest=MANIFEST, shard=7)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_killed_half_way_goes_on_where_it_was(tmp_path: Path, how: signal.Signals) -> None:
    process = start(tmp_path / "a")
    while len(list((tmp_path / "a" / "shards").glob("*.jsonl"))) < 2:
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(how)
    process.wait(timeout=20)
    half = shards(tmp_path / "a")
    assert 2 <= len([n for n in half if n.endswith(".jsonl")]) < 8
    run(tmp_path / "a", Square())
    run(tmp_path / "b", Square())
    assert shards(tmp_path / "a") == shards(tmp_path / "b")


def test_two_runs_in_one_folder_are_refused(tmp_path: Path) -> None:
    process = start(tmp_path / "a")
    while not (tmp_path / "a" / "run.json").exists():
        time.sleep(0.005)
    with pytest.raises(InputError, match="in use by another run"):
        run(tmp_path / "a", Square())
    process.kill()
    process.wait(timeout=20)


def start(out: Path) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    return subprocess.Popen(
        [sys.executable, "-c", SLOW, str(out)],
        env=env,
        stderr=subprocess.DEVNULL,
        # Tests that run in a shell's background inherit a SIGINT that is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def test_rows_that_are_kept_are_those_in_memory_and_who_did_them_is_known(tmp_path: Path) -> None:
    in_memory = all_rows(range(50), Square(), out=None, workers=2, shard=7)
    first = all_rows(range(50), Square(), out=tmp_path, workers=2, shard=7)
    (tmp_path / "shards" / "00003.jsonl").unlink()
    again = all_rows(range(50), Square(), out=tmp_path, shard=7)
    assert in_memory.rows == first.rows == again.rows
    assert [r["id"] for r in in_memory.rows] == [str(n) for n in range(50)]
    assert (in_memory.resumed, first.resumed, again.resumed) == (0, 0, 7)
    assert first.now == first.rows
    assert [r["id"] for r in again.now] == [str(n) for n in range(21, 28)]


def test_a_piece_that_fails_costs_the_figures_but_not_the_other_pieces(tmp_path: Path) -> None:
    with pytest.raises(
        SuwenError, match=r"1 of 8 pieces .*ZeroDivisionError.*same command does what is missing"
    ):
        all_rows(range(50), Square(raises_at=20), out=tmp_path, workers=2, shard=7)
    assert len(shards(tmp_path)) == 7
    assert all_rows(range(50), Square(), out=tmp_path, shard=7).resumed == 7


def test_in_memory_the_first_piece_that_fails_ends_the_work() -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(SuwenError, match=r"ZeroDivisionError.*; give --out FOLDER"):
        all_rows(
            range(50),
            Square(raises_at=9),
            out=None,
            shard=7,
            progress=lambda done, of: told.append((done, of)),
        )
    assert told == [(0, 8), (1, 8)]


def test_of_two_runs_that_have_little_in_common_a_few_differences_are_named(tmp_path: Path) -> None:
    run(tmp_path, Square())
    with pytest.raises(InputError, match=r"seed: was 1, is None.* and 2 more\)"):
        run_shards(range(50), Square(), out=tmp_path, manifest=dict.fromkeys("abcdef", 1), shard=7)


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no run\.json"):
        manifest_of(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(InputError, match="not readable"):
        manifest_of(tmp_path)


def test_rows_are_written_so_that_equal_rows_are_equal_bytes(tmp_path: Path) -> None:
    run(tmp_path, Square())
    line = (tmp_path / "shards" / "00000.jsonl").read_text().splitlines()[1]
    assert line == json.dumps(json.loads(line), sort_keys=True)
