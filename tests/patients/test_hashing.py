"""What patients say depends on their seed alone, never on how a process happens to order its sets."""

from __future__ import annotations

import os
import subprocess
import sys

PLAY = """
import hashlib, sys
from suwen.app.rooms import rule_room
from suwen.patients.sample import Sampler
from suwen.verify.play import play

room = rule_room()
for noise in (0.0, 0.3):
    for lang in ("zh", "en"):
        sampler = Sampler(room.knowledge, lang=lang, noise=noise)
        for i in range(10):
            script = sampler.script(5, i)
            sys.stdout.write(script.to_json() + play(script, room.doctor(0), room.patient(script)).to_json() + "\\n")
"""


def test_the_same_bytes_under_every_hash_seed() -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", PLAY],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        for seed in ("1", "20")
    ]
    told = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert told[0].count(b"\n") == 40
    assert told[0] == told[1]
