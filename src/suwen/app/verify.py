"""`suwen verify`: run suites and simulated patients, read and compare the reports."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from suwen.app.files import read_text
from suwen.app.generating import generate_command
from suwen.app.judging import calibrate, check
from suwen.app.plans import Plan, Under, names_of_plan, plan_of
from suwen.app.progress import bar
from suwen.app.speaker import Speaker, speaker_of
from suwen.core.errors import InputError
from suwen.patients.stand_ins import summed
from suwen.verify.agree import Agreement, agreement_of
from suwen.verify.compare import Comparison, Gate, Run, breaches, compare
from suwen.verify.judge import Budget, Judge
from suwen.verify.judged import VERDICTS, Judged, judge_run, judged_of
from suwen.verify.outcomes import MEASURE
from suwen.verify.report import (
    headline_words,
    ks,
    patient_words,
    shown_change,
    shown_figure,
    shown_value,
    slim_rows,
    write_report,
)
from suwen.verify.stability import first_takes
from suwen.verify.summary import summary_of
from suwen.verify.verdicts import Verdicts
from suwen.verify.work import manifest_of, run_shards

TIMEOUT = 60.0
"""Seconds for one answer of a model where nobody says how many."""

cli = typer.Typer(help="Prove the doctor on simulated patients and rubrics.", no_args_is_help=True)
cli.command("check")(check)
cli.command("calibrate")(calibrate)
cli.command("generate")(generate_command)


@cli.command("run")
def run_command(
    suite: Annotated[str, typer.Argument(help="A suite's or its stations' name or folder, `sampled`, or a JSONL file of scripts or of outside cases.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the run; an unfinished one is gone on with.")] = None,
    n: Annotated[int | None, typer.Option("-n", "--n", min=1, help="Sampled patients (200 when left out), or at most so many items or rows (all when left out).")] = None,
    seed: Annotated[int, typer.Option(help="Of the patients, what they say, and the intervals.")] = 1,
    noise: Annotated[float | None, typer.Option(min=0, max=1, help="Patients are played clean and, above 0, with this noise too (0.3 when left out); the drop is told in pairs.")] = None,
    repeat: Annotated[int, typer.Option(min=1, max=50, help="Takes of every patient, each with another seed, for the worst of k; figures rest on the first.")] = 1,
    budget: Annotated[int, typer.Option(min=1, help="Questions the doctor may ask.")] = 20,
    lang: Annotated[str | None, typer.Option(help="zh or en: of sampled patients (zh when left out), or only what is in this language.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 takes one for each core.")] = 0,
    ray: Annotated[str | None, typer.Option("--ray", help="Address of a Ray cluster, such as `auto`.")] = None,
    doctor: Annotated[str | None, typer.Option(help="Address of a language model that is the doctor under test, such as http://127.0.0.1:8000/v1, or `auto` for SUWEN_MODEL_URL.")] = None,
    doctor_model: Annotated[str | None, typer.Option(help="Its name; SUWEN_MODEL when left out.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=2, help="Of the model under test; 0 when left out.")] = None,
    doctor_timeout: Annotated[float | None, typer.Option(min=0.1, help="Seconds for one turn of the model under test; 60 when left out.")] = None,
    patient: Annotated[str | None, typer.Option(help="Address of a language model that finds the patients' words, or `auto` for SUWEN_MODEL_URL; the rules stand in where it fails.")] = None,
    patient_model: Annotated[str | None, typer.Option(help="Its name; SUWEN_MODEL when left out.")] = None,
    patient_timeout: Annotated[float | None, typer.Option(min=0.1, help="Seconds for one answer of the patients' model; 60 when left out.")] = None,
    patient_checks: Annotated[bool, typer.Option("--patient-checks", help="Let that model check every utterance too, after the rules.")] = False,
    retry_broken: Annotated[bool, typer.Option("--retry-broken", help="Play again what broke off, as when a model did not answer.")] = False,
    judge: Annotated[str | None, typer.Option(help="Address of a model that judges what no rule decides, or `auto` for SUWEN_MODEL_URL.")] = None,
    judge_model: Annotated[str | None, typer.Option(help="Its name; SUWEN_MODEL when left out.")] = None,
    judge_budget: Annotated[int | None, typer.Option(min=1, help="Calls to the judge at most; the rest is not graded.")] = None,
    judge_timeout: Annotated[float | None, typer.Option(min=0.1, help="Seconds for one verdict; 60 when left out.")] = None,
    judge_concurrency: Annotated[int | None, typer.Option(min=1, max=256, help="Calls to the judge at the same time; 8 when left out.")] = None,
    agreement: Annotated[Path | None, typer.Option(help="Output of `suwen verify calibrate --json` for this judge; without it its score is withheld.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:  # fmt: skip
    """Run a suite and write report.html, report.md and figures.json. Stopped or killed, the same command goes on.

    The key that is sent to the addresses of models is SUWEN_MODEL_KEY. Exit code 1: something is wrong with what was given,
    a part of the work failed, a judge was asked and decided nothing, or the rules spoke most turns of a model's patients;
    2: wrong usage.
    """
    if lang not in (None, "zh", "en"):
        raise typer.BadParameter("give zh or en", param_hint="--lang")
    speaker = speaker_of(patient, patient_model, timeout=patient_timeout, checks=patient_checks)
    under = _under(
        doctor, doctor_model, speaker, budget=budget, temperature=temperature, timeout=doctor_timeout
    )
    plan = plan_of(suite, under, n=n, seed=seed, noise=noise, lang=lang, repeat=repeat)
    found = agreement_of(read_text(agreement)) if agreement else None
    one = _judge(
        judge,
        judge_model,
        plan,
        found,
        calls=judge_budget,
        timeout=judge_timeout,
        concurrency=judge_concurrency,
    )
    tasks = plan.every
    out = out or Path("verify-runs") / f"{Path(suite).stem}-{seed}-{len(tasks)}"
    hands, began = workers or os.cpu_count() or 1, time.perf_counter()
    with bar("playing", quiet=as_json) as progress:
        done = run_shards(
            tasks, plan.whole, out=out, workers=hands, progress=progress, ray_address=ray, manifest=plan.manifest
        )  # fmt: skip
    if retry_broken and not done.failed:
        from suwen.verify.redo import redo_broken

        with bar("playing again", quiet=as_json) as progress:
            redo_broken(
                out, tasks, plan.whole, manifest=plan.manifest, workers=hands, progress=progress, ray_address=ray
            )  # fmt: skip
    judged = None
    if one is not None:
        one.verdicts = Verdicts(out / VERDICTS)
        with bar("judging", quiet=as_json) as progress:
            judged = judge_run(out, plan.by_id, plan.job, one, found=found, told=progress)
    summary = write_report(out, manifest_of(out), names=names_of_plan(plan), failed=done.failed)
    if as_json:
        Console(soft_wrap=True).print_json(json.dumps(summary, ensure_ascii=False))
    else:
        print_figures(summary)
        seconds = time.perf_counter() - began
        typer.echo(
            f"{done.shards - len(done.resumed)} of {done.shards} shards now, in {seconds:.0f} s; read {out}/report.html"
        )
    faults = []
    if done.failed:
        faults.append(
            f"{len(done.failed)} shards failed and are in no figure; the same command tries them again"
        )
    if judged and judged.mute:
        faults.append(
            f"--judge: {judged.judge} decided none of the {judged.asked} criteria that it was asked ({judged.reason}); all else "
            "is kept, and the same command asks it again"
        )
    if (told := summary.get("patient")) and (spoken := summed([told])).mostly_rules:
        faults.append(
            f"--patient: {spoken.told(told['name'])}; all is kept, run it again with another --out once the model answers"
        )
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)


def _under(
    address: str | None, name: str | None, speaker: Speaker | None, *, budget: int, temperature: float | None, timeout: float | None
) -> Under:  # fmt: skip
    """The doctor under test, ours unless an address is given, and who speaks for its patients."""
    if address is None:
        given = {"--doctor-model": name, "--temperature": temperature, "--doctor-timeout": timeout}
        for option, value in given.items():
            if value is not None:
                raise InputError(f"{option} {value}: of a model at which address? give --doctor")
        return Under(budget=budget, speaker=speaker)
    from suwen.app.chat import chat_model

    model = chat_model(address, name, option="--doctor")
    return Under(model.name, model.base_url, budget, temperature or 0.0, timeout or TIMEOUT, speaker)


def _judge(
    address: str | None, name: str | None, plan: Plan, found: Agreement | None, *, calls: int | None, timeout: float | None,
    concurrency: int | None,
) -> Judge | None:  # fmt: skip
    """The judge that was asked for, before any work is done; None without an address."""
    if address is None:
        given = {"--judge-model": name, "--agreement": found, "--judge-budget": calls, "--judge-timeout": timeout,
                 "--judge-concurrency": concurrency}  # fmt: skip
        for option, value in given.items():
            if value is not None:
                raise InputError(f"{option}: of which judge? give --judge")
        return None
    if not plan.judgeable:
        raise InputError("--judge: simulated patients have no criteria for a judge; run a suite or stations")
    from suwen.app.chat import chat_model

    seconds = timeout or TIMEOUT
    model = chat_model(address, name, option="--judge", timeout_seconds=seconds)
    return Judge(model, budget=Budget(calls), concurrency=concurrency or 8, timeout_seconds=seconds)


@cli.command("show")
def show_command(
    folder: Annotated[Path, typer.Argument(help="A folder that `suwen verify run` made, finished or not.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Print the figures of a run, of an unfinished one those so far."""
    manifest = _manifest(folder)
    judged = judged_of(folder)
    rows = list(slim_rows(folder, judged))
    summary = summary_of(manifest, rows, judged=judged)
    if as_json:
        Console(soft_wrap=True).print_json(json.dumps(summary, ensure_ascii=False))
        return
    if len(rows) < manifest["tasks"]:
        typer.echo(f"unfinished: {len(rows)} of {manifest['tasks']} so far", err=True)
    print_figures(summary)


@cli.command("compare")
def compare_command(
    a: Annotated[Path, typer.Argument(help="The folder of the run as it was.")],
    b: Annotated[Path, typer.Argument(help="The folder of the run as it is now.")],
    gate: Annotated[
        list[str] | None,
        typer.Option(
            help="FIGURE or FIGURE:MARGIN that must not get worse; exit code 1 if it did, or safety did."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the resamples.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Compare two runs on the same patients or items, as a paired test with a plain verdict.

    Without --gate the exit code is 0 whatever the verdict. With --gate it is 1 where a gate fails, safety got worse or a
    figure is missing, and each is named on standard error. It is also 1 where the runs cannot be compared, as of other
    patients, or with nothing in common; 2 is wrong usage.
    """
    gates = [Gate.of(text) for text in gate or ()]
    found = compare(*_runs(a, b), seed=seed)
    failed = breaches(found, gates) if gates else []
    if as_json:
        body = {**found.to_json(), "gate": {"passed": not failed, "breaches": failed}}
        Console(soft_wrap=True).print_json(json.dumps(body, ensure_ascii=False))
    else:
        print_comparison(found)
    for line in failed:
        typer.echo(f"gate: {line}", err=True)
    raise typer.Exit(1 if failed else 0)


# -- what is printed ------------------------------------------------------------------------------------


def print_figures(summary: dict[str, Any]) -> None:
    """A table for each set, what broke off, and what noise costs."""
    console = Console()
    for name, one in summary["sets"].items():
        table = Table("figure", "value (95 % interval), n", title=f"{name}: {one['items']} items")
        for key, value in one["figures"].items():
            table.add_row(MEASURE[key].title, shown_figure(value, key))
        if one.get("not_graded"):
            left = one["not_graded"]
            table.add_row("criteria not graded", f"{100 * left['share']:.1f} %, n={left['criteria']}")
        if one["broken"]:
            table.add_row("broke off", f"{len(one['broken'])}, in no figure")
        console.print(table)
        if one.get("headline"):
            console.print(headline_words(one["headline"]), markup=False)
        if one.get("stability"):
            print_stability(name, one["stability"])
        for why, times in list(one.get("not_graded", {}).get("why", {}).items())[:3]:
            console.print(f"{times} x {why}", markup=False)
    if "patient" in summary:
        console.print(patient_words(summary), markup=False)
    for name in dict.fromkeys(d["set"] for d in summary["drops"]):
        table = Table(
            "figure",
            "clean",
            "noisy",
            "difference (95 % interval)",
            "n",
            "verdict",
            title=f"what noise costs: {name}",
        )
        for d in (d for d in summary["drops"] if d["set"] == name):
            key = d["figure"]
            table.add_row(
                MEASURE[key].title,
                shown_value(d["a"], key),
                shown_value(d["b"], key),
                shown_change(d),
                str(d["n"]),
                d["verdict"],
            )
        console.print(table)


def print_stability(name: str, found: dict[str, Any]) -> None:
    """The worst of k takes, for each measure."""
    title = f"{name}: {found['takes']} takes of {found['tasks']} tasks, the worst of k"
    table = Table("figure", *(f"k={k}" for k in ks(found["takes"])), "takes differ", title=title)
    for key, one in found["figures"].items():
        cells = [shown_figure(one["worst_at"][str(k)], key) for k in ks(found["takes"])]
        table.add_row(MEASURE[key].title, *cells, shown_figure(one["changed"]))
    Console().print(table)


def print_comparison(found: Comparison) -> None:
    """What differs in how the runs were made, a line for each figure, and the verdict last."""
    console = Console()
    for name, (one, other) in found.unlike.items():
        console.print(f"{name}: {one} → {other}", markup=False)
    for said, items in (
        ("only in the first", found.only_a),
        ("only in the second", found.only_b),
        ("altered between the versions of the suite, left out", found.altered),
    ):
        if items:
            more = f" … and {len(items) - 8} more" if len(items) > 8 else ""
            console.print(f"{said}: {', '.join(items[:8])}{more}", markup=False)
    table = Table("set", "figure", "was", "is", "difference (95 % interval)", "p", "verdict")
    for d in found.differences:
        span = f"{d.value:+.3f} ({d.low:+.3f} to {d.high:+.3f}), n={d.n}"
        p = "" if d.p is None else f"{d.p:.3f}"
        table.add_row(d.set, d.measure.title, f"{d.a:.3f}", f"{d.b:.3f}", span, p, d.verdict)
    console.print(table)
    console.print(f"overall: {found.overall}", markup=False)


def _runs(a: Path, b: Path) -> tuple[Run, Run]:
    """Both runs with their judge's verdicts, if the same judge gave them by the same prompts; by rule alone otherwise."""
    judges = [judged_of(folder) for folder in (a, b)]
    same = len({(j.judge, j.prompts) if j else None for j in judges}) == 1
    one, other = (_run(folder, j, shown=same) for folder, j in zip((a, b), judges, strict=True))
    return one, other


def _run(folder: Path, judged: Judged | None, *, shown: bool) -> Run:
    manifest = _manifest(folder)
    if judged:
        manifest |= {"judge": judged.judge, "judge_prompts": judged.prompts}
    return Run(folder.name, manifest, first_takes(list(slim_rows(folder, judged if shown else None))))


def _manifest(folder: Path) -> dict[str, Any]:
    found = manifest_of(folder)
    if command := found.get("command"):
        raise InputError(
            f"{folder}: pieces of `suwen {command}`; give a folder that `suwen verify run --out` has made"
        )
    return found
