"""Processes killed at work: whatever was acknowledged is there, and every log is whole."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict

import pytest

from .conftest import Database

WRITER = """
import os, sys, threading, pathlib
from suwen.core.errors import Conflict
from suwen.core.events import Draft
from suwen.store import open_store

AT = "2026-11-22T02:38:00.000000Z"
store = open_store(sys.argv[1] or None, pathlib.Path(sys.argv[2]))

def write(encounter_id):
    while True:
        seq = store.encounter(encounter_id).head_seq
        try:
            new = store.append(encounter_id, seq, [Draft("heard", {"text": "x" * 300})] * 4, AT)
        except Conflict:
            continue
        os.write(1, "".join(f"{encounter_id} {event.seq} {event.hash}\\n" for event in new).encode())

for encounter_id in sys.argv[3:]:
    threading.Thread(target=write, args=(encounter_id,)).start()
"""


@pytest.mark.parametrize("kills", [3])
def test_what_was_acknowledged_outlives_kill_9(database: Database, kills: int) -> None:
    store = database.open()
    for name in ("mine", "yours", "shared"):
        store.create(name, "o1", "zh", [], "2026-11-22T02:38:00.000000Z")
    acknowledged: dict[str, dict[int, str]] = defaultdict(dict)
    for _ in range(kills):
        processes = [start(database, name, "shared") for name in ("mine", "yours")]
        for process in processes:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(40)]
            process.kill()
            lines += process.stdout.read().splitlines(keepends=True)
            process.stdout.close()
            process.wait()
            for line in lines:
                name, seq, digest = line.split()
                # The shared log has two writers: none may have been told what the other was told.
                assert acknowledged[name].setdefault(int(seq), digest) == digest
    assert {check.first_broken for check in store.verify()} == {None}
    database.close()
    store = database.open()
    assert {check.first_broken for check in store.verify()} == {None}
    for name in ("mine", "yours", "shared"):
        stored = {event.seq: event.hash for event in store.events(name)}
        assert len(stored) % 4 == 0
        assert acknowledged[name]
        assert acknowledged[name].items() <= stored.items()


def start(database: Database, *encounter_ids: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, database.url or "", str(database.home), *encounter_ids],
        stdout=subprocess.PIPE,
        text=True,
    )
