"""The same shards on a Ray cluster of two nodes: the same bytes, and a worker that dies is replaced."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from test_work import Square, run, shards

from suwen.app.fidelity import drawn
from suwen.app.speaker import Speaker
from suwen.core.errors import InputError, SuwenError
from suwen.knowledge import load
from suwen.verify import work
from suwen.verify.fidelity_job import Examination, measured
from suwen.verify.redo import redo_broken
from suwen.verify.work import all_rows, rows_of, run_shards

ray = pytest.importorskip("ray", reason="the extra `scale` is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parent), *sys.path]
    )  # for the nodes' workers
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    made.add_node(num_cpus=1)
    yield made
    made.shutdown()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


def test_two_nodes_give_the_same_bytes_as_this_machine_and_replace_a_worker_that_dies(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = Square(dies_at=20, deaths=tmp_path / "deaths", times=1)
    done = run(tmp_path / "ray", job, ray_address=cluster.address)
    run(tmp_path / "local", Square(), workers=2)
    assert done.failed == {}
    assert (tmp_path / "deaths").read_text() == "x"
    assert shards(tmp_path / "ray") == shards(tmp_path / "local")
    assert len(list(rows_of(tmp_path / "ray"))) == 50
    assert capsys.readouterr().out == "", "what Ray tells of the dead must not stand among the figures"


def reached(task: int) -> dict[str, Any]:
    return {"id": str(task), "error": ""}


def test_what_broke_off_is_played_again_on_the_cluster(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": str(task), "error": "no model" if task in (3, 30) else ""} for task in range(40)]
    run_shards(range(40), rows.__getitem__, out=tmp_path)
    monkeypatch.setattr(work, "over_processes", lambda *_: pytest.fail("it was done here"))
    assert redo_broken(tmp_path, range(40), reached, manifest={}, ray_address=cluster.address) == 2
    assert [row["error"] for row in rows_of(tmp_path)] == [""] * 40


class Built:
    """Counts in a file how often its part is built; the part is large, so it does not travel."""

    def __init__(self, times: Path) -> None:
        self.times = times

    @cached_property
    def part(self) -> int:
        with self.times.open("a") as file:
            file.write("x")
        return os.getpid()

    def __call__(self, task: int) -> dict[str, Any]:
        return {"by": self.part}


def test_what_a_job_needs_is_built_once_in_a_worker(cluster: Any, tmp_path: Path) -> None:
    found = all_rows(range(12), Built(tmp_path / "times"), out=None, ray_address=cluster.address, shard=2)
    assert len((tmp_path / "times").read_text()) == len({row["by"] for row in found.rows}) <= 2


class Unknown(Square):
    """As a job of another version: it cannot be read where it is to be done."""

    def __reduce__(self) -> Any:
        return int, ("another version",)


def test_a_machine_that_cannot_begin_is_not_called_dead(cluster: Any) -> None:
    with pytest.raises(
        SuwenError, match=r"not begun \(ValueError.*; is Suwen of this version on every machine"
    ):
        all_rows(range(2), Unknown(), out=None, ray_address=cluster.address)


def test_fidelity_on_a_cluster_is_that_of_this_machine(cluster: Any) -> None:
    scripts = list(drawn(load(), 6, seed=3))
    job = Examination(None, seed=3)
    told: list[tuple[int, int]] = []
    there = measured(scripts, job, ray=cluster.address, progress=lambda done, of: told.append((done, of)))
    assert there.to_json() == measured(scripts, job).to_json()
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_patients_of_a_model_are_measured_on_a_cluster_too(cluster: Any) -> None:
    pytest.importorskip("openai")
    job = Examination(None, seed=3, model=Speaker("m", "http://127.0.0.1:9/v1").model)
    there = measured(list(drawn(load(), 1, seed=3)), job, ray=cluster.address)
    assert there.stand_ins is not None
    assert there.stand_ins.spoken == {"unreachable": there.stand_ins.turns}


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("no-such-scheme://x", "neither|no cluster answers"),
        ("127.0.0.1:1", "--ray 127.0.0.1:1: nothing answers there .*refused"),
        ("[::1]:99999", "nothing answers there"),
    ],
)
def test_an_address_where_no_cluster_answers_is_named(tmp_path: Path, address: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        run_shards(range(3), Square(), out=tmp_path, ray_address=address)
