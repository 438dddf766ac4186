"""`suwen bench simulate` and `suwen bench policies`: consultations by the thousand, as arrays, on all cores or a cluster."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from suwen.app.build import build_clinic
from suwen.app.files import write_whole
from suwen.consult.clinic import BUDGET, Clinic
from suwen.consult.wave_torch import device
from suwen.core.errors import InputError, SuwenError
from suwen.patients.crowd import Noise
from suwen.verify.baselines import asking_by
from suwen.verify.pictures import in_rows
from suwen.verify.simulate import PIECE, Simulation, alone, consultations, pieces, total
from suwen.verify.stats import Share
from suwen.verify.workers import one_matrix_thread, over_processes, over_ray

Figures = dict[str, Any]
CASES = 20_000
NOISY = Noise(unsure=0.1, wrong=0.05)
"""Of a hundred answers ten are 'not sure' and five wrong. Source: estimate."""
BUDGETS = (5, 10, 15, 20)
GPU_PIECE = 16_384
"""Patients in a piece on a GPU: about half a gigabyte there for each worker."""
RATE_SIZE = 1536
"""Rows and columns of the product by which the machine's own rate is measured."""


def clinic_for(policy: str, folder: Path | None, budget: int) -> Clinic:
    """A clinic whose doctor chooses questions by one of verify.baselines.POLICIES."""
    return asking_by(policy, build_clinic(folder), budget=budget)


def simulate(
    n: int | None, seed: int, folder: Path | None, *, quiet: bool, workers: int | None = None, noise: Noise | None = None,
    even: bool = False, policy: str = "ours", budget: int = BUDGET, prove: int = 0, ray: str | None = None,
    backend: str | None = None,
) -> Figures:  # fmt: skip
    """Figures of n sampled patients; with `prove` so many of them are consulted one by one too and compared.
    `backend` numpy or torch; None takes torch where it has a GPU."""
    n, workers = n or CASES, workers or os.cpu_count() or 1
    if backend == "torch" and find_spec("torch") is None:
        raise InputError("torch is not installed; give `pip install 'suwen[gpu]'`, or leave `--backend` out")
    gpu = device() if backend is None else {"numpy": None, "torch": device() or "cpu"}[backend]
    gpu = gpu if policy in ("ours", "information") else None
    job = Simulation(partial(clinic_for, policy, folder, budget), seed, noise or Noise(), even, policy, gpu)
    if not ray:
        _ = job.parts  # built once, before the workers fork
    machine = _machine_rate(workers, gpu)
    started = time.perf_counter()
    counts = total(_rows(job, n, workers, ray, quiet))
    seconds = time.perf_counter() - started
    many = job.parts[0]
    rate = counts["products"] / seconds
    dense = 8.0 * (len(many.knowledge.conditions) + 1) * len(many.column) * counts["turns"] / seconds
    figures: Figures = {
        "cases": counts["n"],
        "conditions": len(many.knowledge.conditions),
        "findings": len(many.knowledge.findings),
        "questions_possible": many.alone_from,
        "workers": workers if not ray else "ray",
        "seconds": round(seconds, 2),
        "consultations_per_second": round(counts["n"] / seconds, 1),
        "questions_mean": round(counts["questions"] / counts["n"], 3),
        **{f"top{k}": Share(counts[f"top{k}"], counts["n"]).to_json() for k in (1, 3, 5)},
        **_triage(counts),
        "matrix_gflops": round(rate / 1e9, 2),
        "machine_gflops": round(machine / 1e9, 2),
        "matrix_rate_ratio": round(rate / machine, 4),
        "dense_rate_ratio": round(dense / machine, 4),
        "noise": {"unsure": job.noise.unsure, "wrong": job.noise.wrong},
        "sampling": "even" if even else "as in practice",
        "policy": policy,
        "budget": budget,
        "backend": f"torch {gpu}" if gpu else "numpy",
    }
    if prove:
        figures["equal_to_respond"] = proven(job, min(prove, n), quiet=quiet)
    return figures


def _triage(counts: dict[str, int]) -> Figures:
    return {
        "level_right": Share(counts["level_right"], counts["n"]).to_json(),
        "too_late": Share(counts["level_late"], counts["n"]).to_json(),
        "too_early": Share(counts["level_early"], counts["n"]).to_json(),
        "emergencies_not_today": Share(counts["emergencies_missed"], counts["emergencies"]).to_json(),
        "today_found": Share(counts["today_found"], counts["today"]).to_json(),
        "others_left_at_home": Share(counts["not_today_left"], counts["not_today"]).to_json(),
    }


def _rows(job: Simulation, n: int, workers: int, ray: str | None, quiet: bool) -> Iterator[dict[str, int]]:
    cut = pieces(n, max(64, min(GPU_PIECE if job.gpu else PIECE, -(-n // workers))))
    every = list(range(len(cut)))
    work = over_ray(cut, every, job, ray) if ray else over_processes(cut, every, job, workers)
    with closing(work):
        for _, rows, fault in track(
            work, total=len(cut), description="consulting", disable=quiet, transient=True
        ):
            if rows is None:
                raise SuwenError(f"a piece of the work failed: {fault}")
            yield from ({k: int(v) for k, v in row.items()} for row in rows)


def proven(job: Simulation, n: int, *, quiet: bool) -> Figures:
    """Of how many patients the arrays asked the same questions in the same order and gave the same level as `respond`."""
    many, crowds = job.parts
    crowd = crowds.draw(0, n, job.seed)
    done = consultations(many, crowd, start=job.start, keep_questions=True)
    same, furthest = 0, 0.0
    for i in track(range(n), description="one by one", disable=quiet, transient=True):
        one = alone(many.clinic, crowd, i)
        same += bool(one.asked == done.asked[i] and one.level == done.level[i])
        furthest = max(furthest, float(np.abs(one.p - done.p[i]).max()))
    return {
        **Share(same, n).to_json(),
        "questions": int(done.questions.sum()),
        "largest_difference_of_p": furthest,
    }


def policies(
    n: int | None,
    seed: int,
    folder: Path | None,
    *,
    quiet: bool,
    svg: Path | None,
    workers: int | None = None,
    even: bool = False,
    ray: str | None = None,
    backend: str | None = None,
    data: Path | None = None,
) -> Figures:
    """Accuracy of our choice of questions and of the baselines at several budgets, on the same patients, clean and noisy;
    with `data` beside it on the cases of that file, played in words and never averaged with sampled ones."""
    from suwen.app.policies_bench import pictures, play_policies, read_played
    from suwen.verify.baselines import POLICIES

    played = read_played(data, folder, n=n, seed=seed) if data else None
    n = n or 4000
    found: Figures = {"cases": n, "figures": {}}
    for name in POLICIES:
        for budget in BUDGETS:
            for label, noise in (("clean", Noise()), ("noisy", NOISY)):
                one = simulate(
                    n, seed, folder, quiet=quiet, workers=workers, noise=noise, policy=name, budget=budget,
                    even=even, ray=ray, backend=backend,
                )  # fmt: skip
                kept = (
                    "top1",
                    "top3",
                    "questions_mean",
                    "level_right",
                    "too_late",
                    "today_found",
                    "emergencies_not_today",
                )
                found["figures"][f"{name} {budget} {label}"] = {k: one[k] for k in kept}
    beside = []
    if played:
        found |= play_policies(
            played, BUDGETS, folder=folder, seed=seed, workers=workers or os.cpu_count() or 1, ray=ray, quiet=quiet
        )  # fmt: skip
        beside = pictures(found["played"], BUDGETS)
    if svg is not None:
        write_whole(svg, styled(in_rows("Policies", [_picture(found["figures"]), *beside])))
    return found


_STYLE = (
    "<style>text{font:12px system-ui,sans-serif;fill:#1d2330}.title{font-size:15px;font-weight:600}.dim{opacity:.75}.grid{stroke:#d5d8de}"
    ".s0{fill:#2b5fa8;stroke:#2b5fa8}.s1{fill:#b07d12;stroke:#b07d12}.s2{fill:#2e7d4f;stroke:#2e7d4f}.s3{fill:#b3352f;stroke:#b3352f}"
    ".line{fill:none!important;stroke-width:2}.band{opacity:.15;stroke:none}@media(prefers-color-scheme:dark){text{fill:#e6e9ef}.grid{stroke:#3a4150}}</style>"
)


def _picture(figures: Figures) -> str:
    from suwen.verify.baselines import POLICIES
    from suwen.verify.pictures import Point, curves

    series = {}
    for name in POLICIES:
        shares = [(b, figures[f"{name} {b} clean"]["top1"]) for b in BUDGETS]
        series[name] = [Point(b, one["value"], *one["interval"]) for b, one in shares]
    return curves(
        "The right condition first, sampled patients", series, x_name="questions allowed", y_name="% right"
    )


def styled(drawn: str) -> str:
    """A picture with colours of its own, to be looked at outside a report."""
    return drawn.replace("</title>", f"</title>{_STYLE}", 1) + "\n"


def _machine_rate(workers: int, gpu: str | None) -> float:
    """Floating-point operations a second of a matrix product: in single precision on as many cores as work, or in double
    precision on the GPU; the precision in which questions are ranked there."""
    if gpu:
        # In a process of its own: one that has used a GPU cannot fork workers that use it.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(_device_rate, gpu).result()
    one_matrix_thread()
    chance = np.random.default_rng(1)
    a, b = (chance.random((RATE_SIZE, RATE_SIZE), dtype=np.float32) for _ in range(2))
    a @ b
    started = time.perf_counter()
    a @ b
    return min(workers, os.cpu_count() or 1) * 2.0 * RATE_SIZE**3 / (time.perf_counter() - started)


def _device_rate(gpu: str) -> float:
    import torch

    size = RATE_SIZE if gpu == "cpu" else 8192
    a, b = (torch.rand((size, size), dtype=torch.float64, device=gpu) for _ in range(2))
    float((a @ b)[0, 0])
    started = time.perf_counter()
    float((a @ b)[0, 0])
    return 2.0 * size**3 / (time.perf_counter() - started)
