"""`suwen bench simulate` and `suwen bench policies`: consultations by the thousand, as arrays, on all cores or a cluster."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from suwen.app.build import build_clinic
from suwen.app.files import write_whole
from suwen.app.progress import bar
from suwen.app.versions import versions
from suwen.consult.clinic import BUDGET
from suwen.consult.wave_torch import device
from suwen.core.errors import InputError
from suwen.patients.crowd import Noise
from suwen.verify.baselines import ON_GPU, POLICIES
from suwen.verify.pictures import in_rows
from suwen.verify.simulate import (
    NO_NOISE,
    PIECE,
    Piece,
    Simulation,
    Trial,
    alone,
    consultations,
    pieces,
    total,
)
from suwen.verify.stats import Share
from suwen.verify.work import all_rows
from suwen.verify.workers import one_matrix_thread

Figures = dict[str, Any]
CASES = 20_000
NOISY = Noise(unsure=0.1, wrong=0.05)
"""Of a hundred answers ten are 'not sure' and five wrong. Source: estimate."""
BUDGETS = (5, 10, 15, 20)
GPU_PIECE = 16_384
"""Patients in a piece on a GPU: about half a gigabyte there for each worker."""
HANDS = 16
"""What is kept is shared out among so many where that is less than a whole piece each."""
RATE_SIZE = 1536
"""Rows and columns of the product by which the machine's own rate is measured."""


def simulate(
    n: int | None, seed: int, folder: Path | None, *, quiet: bool, workers: int | None = None, noise: Noise | None = None,
    even: bool = False, policy: str = "ours", budget: int = BUDGET, prove: int = 0, ray: str | None = None,
    backend: str | None = None, out: Path | None = None,
) -> Figures:  # fmt: skip
    """Figures of n sampled patients; with `prove` so many of them are consulted one by one too and compared.
    `backend` numpy or torch; None takes torch where it has a GPU. out: where the pieces are kept, see `all_rows`; rates
    rest on what this call does, and are None where that is nothing."""
    n, workers = n or CASES, workers or os.cpu_count() or 1
    trial = Trial(policy, budget, noise or NO_NOISE)
    job = _job(seed, folder, even, backend)
    many, gpu = job.doctor(trial), job.gpu if policy in ON_GPU else None
    machine = None if ray else _machine_rate(workers, gpu)
    done = _consulted(
        job, [trial], n, {"command": "bench simulate", **asdict(trial)}, quiet=quiet, workers=workers, ray=ray, out=out
    )  # fmt: skip
    counts, now = done.counts[trial], done.now
    dense = 8 * (len(many.knowledge.conditions) + 1) * len(many.column) * now["turns"]
    figures: Figures = {
        "cases": counts["n"],
        "conditions": len(many.knowledge.conditions),
        "findings": len(many.knowledge.findings),
        "questions_possible": many.alone_from,
        "workers": "ray" if ray else workers,
        "resumed_pieces": done.resumed,
        "seconds": round(done.seconds, 2),
        "consultations_per_second": _rounded(done.rate(now["n"]), 1),
        "questions_mean": round(counts["questions"] / counts["n"], 3),
        **{f"top{k}": Share(counts[f"top{k}"], counts["n"]).to_json() for k in (1, 3, 5)},
        **_triage(counts),
        "matrix_gflops": _rounded(done.rate(now["products"] / 1e9), 2),
        "machine_gflops": _rounded(machine and machine / 1e9, 2),
        "matrix_rate_ratio": _rounded(machine and done.rate(now["products"] / machine), 4),
        "dense_rate_ratio": _rounded(machine and done.rate(dense / machine), 4),
        "noise": asdict(trial.noise),
        "sampling": _sampling(job),
        "policy": policy,
        "budget": budget,
        "backend": f"torch {gpu}" if gpu else "numpy",
    }
    if prove:
        figures["equal_to_respond"] = proven(job, Piece(trial, 0, min(prove, n)), quiet=quiet)
    return figures


def _job(seed: int, folder: Path | None, even: bool, backend: str | None) -> Simulation:
    """Built here at once: forks share it, and the manifest names its knowledge."""
    if backend == "torch" and find_spec("torch") is None:
        raise InputError("torch is not installed; give `pip install 'suwen[gpu]'`, or leave `--backend` out")
    gpu = device() if backend is None else {"numpy": None, "torch": device() or "cpu"}[backend]
    job = Simulation(partial(build_clinic, folder), seed, even, gpu)
    job.digest = job.clinic.knowledge.digest
    _ = job.crowds
    return job


def _sampling(job: Simulation) -> str:
    return "even" if job.even else "as in practice"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


@dataclass(frozen=True, slots=True)
class _Consulted:
    """Counts of each trial. now: over the pieces that this call did, in `seconds`; it found `resumed` others."""

    counts: Mapping[Trial, Counter[str]]
    now: Counter[str]
    seconds: float
    resumed: int

    def rate(self, amount: float) -> float | None:
        """A second, of what was done now; None where nothing was."""
        return amount / self.seconds if self.now else None


def _consulted(
    job: Simulation, trials: Sequence[Trial], n: int, manifest: Figures, *, quiet: bool, workers: int, ray: str | None,
    out: Path | None,
) -> _Consulted:  # fmt: skip
    for trial in trials:
        _ = job.doctor(trial)  # built once, before the workers fork
    # What is kept is cut the same by every machine that goes on with it.
    share = max(64, -(-n * len(trials) // (HANDS if out else workers)))
    tasks = [
        piece
        for trial in trials
        for piece in pieces(trial, n, min(share, GPU_PIECE if job.gpu and trial.policy in ON_GPU else PIECE))
    ]
    manifest = {
        **manifest, "n": n, "seed": job.seed, "sampling": _sampling(job),
        "backend": f"torch {job.gpu}" if job.gpu else "numpy", **versions(job.clinic.knowledge),
    }  # fmt: skip
    started = time.perf_counter()
    with bar("consulting", quiet=quiet) as progress:
        found = all_rows(
            tasks, job, out=out, workers=workers, progress=progress, ray_address=ray, manifest=manifest, shard=1
        )  # fmt: skip
    seconds = time.perf_counter() - started
    counts = {
        trial: total(row for piece, row in zip(tasks, found.rows, strict=True) if piece.trial == trial)
        for trial in trials
    }
    return _Consulted(counts, total(found.now), seconds, found.resumed)


def _triage(counts: Mapping[str, int]) -> Figures:
    return {
        "level_right": Share(counts["level_right"], counts["n"]).to_json(),
        "too_late": Share(counts["level_late"], counts["n"]).to_json(),
        "too_early": Share(counts["level_early"], counts["n"]).to_json(),
        "emergencies_not_today": Share(counts["emergencies_missed"], counts["emergencies"]).to_json(),
        "today_found": Share(counts["today_found"], counts["today"]).to_json(),
        "others_left_at_home": Share(counts["not_today_left"], counts["not_today"]).to_json(),
    }


def proven(job: Simulation, piece: Piece, *, quiet: bool) -> Figures:
    """Of how many patients the arrays asked the same questions in the same order and gave the same level as `respond`."""
    many, crowd = job.doctor(piece.trial), job.crowd(piece)
    done = consultations(many, crowd, start=job.start(piece.trial), keep_questions=True)
    same, furthest = 0, 0.0
    for i in track(range(len(crowd)), description="one by one", disable=quiet, transient=True):
        one = alone(many.clinic, crowd, i)
        same += bool(one.asked == done.asked[i] and one.level == done.level[i])
        furthest = max(furthest, float(np.abs(one.p - done.p[i]).max()))
    return {
        **Share(same, len(crowd)).to_json(),
        "questions": int(done.questions.sum()),
        "largest_difference_of_p": furthest,
    }


def policies(
    n: int | None, seed: int, folder: Path | None, *, quiet: bool, svg: Path | None, workers: int | None = None,
    even: bool = False, ray: str | None = None, backend: str | None = None, out: Path | None = None, data: Path | None = None,
) -> Figures:  # fmt: skip
    """Accuracy of our choice of questions and of the baselines at several budgets, on the same patients, clean and noisy;
    with `data` beside it on the cases of that file, played in words and never averaged with sampled ones. out: as of
    `simulate`; what is played is kept in its folder OUTSIDE."""
    from suwen.app.policies_bench import OUTSIDE, pictures, play_policies, read_played

    played = read_played(data, folder, n=n, seed=seed) if data else None
    n, workers = n or 4000, workers or os.cpu_count() or 1
    trials = {
        f"{name} {budget} {label}": Trial(name, budget, noise)
        for name in POLICIES
        for budget in BUDGETS
        for label, noise in (("clean", NO_NOISE), ("noisy", NOISY))
    }
    done = _consulted(
        _job(seed, folder, even, backend), list(trials.values()), n,
        {"command": "bench policies", "budgets": BUDGETS, "noise": asdict(NOISY)},
        quiet=quiet, workers=workers, ray=ray, out=out,
    )  # fmt: skip
    figures = {label: _of_policy(done.counts[trial]) for label, trial in trials.items()}
    found: Figures = {"cases": n, "figures": figures}
    beside = []
    if played:
        found |= play_policies(
            played, BUDGETS, folder=folder, seed=seed, workers=workers, ray=ray, quiet=quiet, out=out and out / OUTSIDE
        )  # fmt: skip
        beside = pictures(found["played"], BUDGETS)
    if svg is not None:
        write_whole(svg, styled(in_rows("Policies", [_picture(figures), *beside])))
    return found


def _of_policy(counts: Mapping[str, int]) -> Figures:
    shares = _triage(counts)
    return {
        **{f"top{k}": Share(counts[f"top{k}"], counts["n"]).to_json() for k in (1, 3)},
        "questions_mean": round(counts["questions"] / counts["n"], 3),
        **{k: shares[k] for k in ("level_right", "too_late", "today_found", "emergencies_not_today")},
    }


_STYLE = (
    "<style>text{font:12px system-ui,sans-serif;fill:#1d2330}.title{font-size:15px;font-weight:600}.dim{opacity:.75}.grid{stroke:#d5d8de}"
    ".s0{fill:#2b5fa8;stroke:#2b5fa8}.s1{fill:#b07d12;stroke:#b07d12}.s2{fill:#2e7d4f;stroke:#2e7d4f}.s3{fill:#b3352f;stroke:#b3352f}"
    ".line{fill:none!important;stroke-width:2}.band{opacity:.15;stroke:none}@media(prefers-color-scheme:dark){text{fill:#e6e9ef}.grid{stroke:#3a4150}}</style>"
)


def _picture(figures: Figures) -> str:
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
