"""Benchmark of the pharmacist: how much it knows, how fast one list is checked, and a hundred thousand of them."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from suwen.knowledge.drugs import Formulary
from suwen.knowledge.drugs.terms import SEVERITIES
from suwen.safety.medication import Drug, Patient, Pharmacist

COMMON = (
    "阿司匹林", "氨氯地平", "二甲双胍", "阿托伐他汀", "美托洛尔", "奥美拉唑", "布洛芬", "阿莫西林", "头孢克洛", "氯雷他定", "华法林",
    "氯吡格雷", "厄贝沙坦", "氢氯噻嗪", "左甲状腺素", "舍曲林", "阿普唑仑", "泼尼松", "沙丁胺醇", "孟鲁司特", "感康", "连花清瘟胶囊",
    "甲钴胺", "碳酸钙", "格列美脲", "螺内酯", "呋塞米", "地高辛", "左氧氟沙星", "阿奇霉素",
)  # fmt: skip
FULL = Patient(
    age_years=72, sex="female", egfr_ml_min=40, weight_kg=55, child_pugh="A", allergies=("青霉素",),
    conditions=("高血压", "2型糖尿病", "哮喘", "消化性溃疡"),
)  # fmt: skip


def medicines(pharmacist: Pharmacist, prescriptions: int, seed: int) -> dict[str, Any]:
    """Counts of the formulary, milliseconds for ten medicines and a full patient, prescriptions a second by JSONL."""
    chance = random.Random(seed)
    times = []
    for round_ in range(330):
        drugs = [Drug(name) for name in chance.sample(COMMON, 10)]
        began = time.perf_counter()
        pharmacist.check(drugs, FULL)
        if round_ >= 30:  # the first ones fill tables
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return {
        **counts(pharmacist.formulary),
        "ten_medicines_median_ms": round(statistics.median(times), 2),
        "ten_medicines_p95_ms": round(times[int(0.95 * len(times))], 2),
        **_by_the_line(prescriptions, chance),
    }


def counts(formulary: Formulary) -> dict[str, int]:
    """How much is known; a pair counts once, however many rules speak of it."""
    kinds: dict[str, int] = {}
    for rule in formulary.cautions:
        kinds[rule["kind"]] = kinds.get(rule["kind"], 0) + 1
    loud = np.array([SEVERITIES.index(r["severity"]) <= 1 for r in formulary.interactions])
    pairs = set(formulary.pair_code[loud[formulary.pair_rule]].tolist())
    pairs |= set(formulary.change[formulary.change[:, 6] <= 1, 0].tolist())
    return {
        "substances": len(formulary.substances),
        "products": len(formulary.products),
        "names": len(formulary.names),
        "interaction_rules": len(formulary.interactions),
        "pairs_interrupting": len(pairs),
        **{f"rules_{kind}": n for kind, n in sorted(kinds.items())},
        "effects": len(formulary.effects),
    }


def _by_the_line(number: int, chance: random.Random) -> dict[str, Any]:
    """The command itself, start included, on prescriptions of one to six medicines."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "prescriptions.jsonl"
        with source.open("w", encoding="utf-8") as handle:
            for i in range(number):
                row = {"id": i, "drugs": chance.sample(COMMON, chance.randint(1, 6)),
                       "patient": {"age_years": chance.randint(1, 90), "sex": chance.choice(("male", "female"))}}  # fmt: skip
                handle.write(json.dumps(row, ensure_ascii=False) + "\n")
        began = time.perf_counter()
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "suwen", "drugs", "check", "--jsonl", str(source)],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        seconds = time.perf_counter() - began
    return {"prescriptions": number, "prescriptions_per_second": round(number / seconds)}
