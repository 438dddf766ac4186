"""Records are read from the disk when asked for; a cache that is not whole costs time and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suwen.knowledge.shelf import ById, Compiled, Shelf, compiled

ROWS = [{"id": f"r{i}", "text": "咳嗽" * i} for i in range(9)]


class Maker:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Compiled:
        self.times += 1
        return {"rows": ROWS, "version": "1"}, {"numbers": np.arange(3)}


def opened(place: Path, make: Maker) -> Any:
    records, arrays = compiled(place, {"rows": 2}, make)
    assert list(records["rows"]) == ROWS
    assert records["version"] == "1"
    assert list(arrays) == ["numbers"]
    return records["rows"]


def test_what_is_kept_is_not_made_again(tmp_path: Path) -> None:
    make = Maker()
    opened(tmp_path / "table-1", make)
    rows = opened(tmp_path / "table-1", make)
    assert make.times == 1
    assert isinstance(rows, Shelf)
    assert rows[0] is rows[0]
    assert (rows[-1], rows[2:4]) == (ROWS[-1], ROWS[2:4])
    with pytest.raises(IndexError):
        rows[len(ROWS)]


@pytest.mark.parametrize("suffix", [".json", ".npz", ".records"])
@pytest.mark.parametrize("left", [0, 0.5])
def test_a_cache_that_is_not_whole_is_made_anew(tmp_path: Path, suffix: str, left: float) -> None:
    make = Maker()
    opened(tmp_path / "table-1", make)
    file = tmp_path / f"table-1{suffix}"
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * left)])
    opened(tmp_path / "table-1", make)
    assert make.times == 2
    opened(tmp_path / "table-1", make)
    assert make.times == 2


def test_where_nothing_can_be_written_it_is_held_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    opened(tmp_path / "file" / "table-1", Maker())


def test_of_older_caches_the_newest_stays(tmp_path: Path) -> None:
    """Two versions side by side do not throw out one another's; a third throws out the oldest."""
    for age, name in enumerate(("table-1", "table-2")):
        opened(tmp_path / name, Maker())
        for file in tmp_path.glob(f"{name}.*"):
            os.utime(file, (age, age))
    assert {p.stem for p in tmp_path.iterdir()} == {"table-1", "table-2"}
    opened(tmp_path / "table-3", Maker())
    assert {p.stem for p in tmp_path.iterdir()} == {"table-2", "table-3"}


def test_records_by_id() -> None:
    table = ById([r["id"] for r in ROWS], ROWS)
    assert table["r3"] is ROWS[3]
    assert "x" not in table
    assert len(table) == len(ROWS)
    with pytest.raises(KeyError):
        table["x"]
