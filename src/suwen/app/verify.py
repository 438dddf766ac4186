"""`suwen verify`: run suites and simulated patients, read and compare the reports."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from suwen import __version__
from suwen.app.files import knowledge_folder, read_text
from suwen.app.judging import SUITES, calibrate, check
from suwen.core.errors import InputError
from suwen.verify.compare import Comparison, Gate, Run, breaches, compare
from suwen.verify.outcomes import MEASURE
from suwen.verify.report import shown_figure, slim_rows, summary_of, write_report
from suwen.verify.work import Progress as Told
from suwen.verify.work import manifest_of, run_shards
from suwen.verify.workers import Job

cli = typer.Typer(help="Prove the doctor on simulated patients and rubrics.", no_args_is_help=True)
cli.command("check")(check)
cli.command("calibrate")(calibrate)
SAMPLED = "sampled"


@dataclass(frozen=True)
class Plan:
    """What is to be run: the tasks, the job, and what the manifest says of them."""

    tasks: list[Any]
    job: Job
    manifest: dict[str, Any] = field(default_factory=dict)


@cli.command("run")
def run_command(
    suite: Annotated[
        str,
        typer.Argument(
            help="A suite's or its stations' name or folder, `sampled`, or a JSONL file of scripts or of outside cases."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run; an unfinished one is gone on with.")
    ] = None,
    n: Annotated[
        int, typer.Option("-n", "--n", min=1, help="Sampled patients, or rows of a file at most.")
    ] = 200,
    seed: Annotated[int, typer.Option(help="Of the patients, what they say, and the intervals.")] = 1,
    noise: Annotated[
        float, typer.Option(min=0, max=1, help="Patients are played clean and, above 0, with this noise too.")
    ] = 0.3,
    budget: Annotated[int, typer.Option(min=1, help="Questions the doctor may ask.")] = 20,
    lang: Annotated[str, typer.Option(help="Language of sampled patients: zh or en.")] = "zh",
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 takes one for each core.")] = 0,
    ray: Annotated[
        str | None, typer.Option("--ray", help="Address of a Ray cluster, such as `auto`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Run a suite and write report.html, report.md and figures.json. Stopped or killed, the same command goes on."""
    if lang not in ("zh", "en"):
        raise typer.BadParameter("give zh or en", param_hint="--lang")
    plan = plan_of(suite, n=n, seed=seed, noise=noise, budget=budget, lang=lang)
    out = out or Path("verify-runs") / f"{Path(suite).stem}-{seed}-{len(plan.tasks)}"
    began = time.perf_counter()
    with bar(quiet=as_json) as progress:
        done = run_shards(
            plan.tasks,
            plan.job,
            out=out,
            workers=workers or os.cpu_count() or 1,
            progress=progress,
            ray_address=ray,
            manifest=plan.manifest,
        )
    summary = write_report(out, manifest_of(out), names=names_of_plan(plan), failed=done.failed)
    if as_json:
        Console(soft_wrap=True).print_json(json.dumps(summary, ensure_ascii=False))
    else:
        print_figures(summary)
        seconds = time.perf_counter() - began
        typer.echo(
            f"{done.shards - done.resumed} of {done.shards} shards now, in {seconds:.0f} s; read {out}/report.html"
        )
    if done.failed:
        typer.echo(
            f"{len(done.failed)} shards failed and are in no figure; the same command tries them again",
            err=True,
        )
        raise typer.Exit(1)


@cli.command("show")
def show_command(
    folder: Annotated[Path, typer.Argument(help="A folder that `suwen verify run` made, finished or not.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Print the figures of a run, of an unfinished one those so far."""
    manifest = manifest_of(folder)
    rows = list(slim_rows(folder))
    summary = summary_of(manifest, rows)
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
    """Compare two runs on the same patients or items, as a paired test with a plain verdict."""
    gates = [Gate.of(text) for text in gate or ()]
    found = compare(_run(a), _run(b), seed=seed)
    failed = breaches(found, gates) if gates else []
    if as_json:
        body = {**found.to_json(), "gate": {"passed": not failed, "breaches": failed}}
        Console(soft_wrap=True).print_json(json.dumps(body, ensure_ascii=False))
    else:
        print_comparison(found)
    for line in failed:
        typer.echo(f"gate: {line}", err=True)
    raise typer.Exit(1 if failed else 0)


# -- what is run ----------------------------------------------------------------------------------------


def plan_of(suite: str, *, n: int, seed: int, noise: float, budget: int, lang: str) -> Plan:
    """What `suite` names. Raises InputError for what is nothing of the kind."""
    from suwen.app.rooms import rule_room

    own = knowledge_folder()
    rooms = partial(rule_room, str(own) if own else None, budget)
    common = {
        "suite": Path(suite).name, "seed": seed, "budget": budget, "version": __version__, "commit": commit(),
        "knowledge": rooms().knowledge.version, "knowledge_digest": rooms().knowledge.digest[:12],
    }  # fmt: skip
    folder = Path(suite) if Path(suite).is_dir() else SUITES / suite
    if suite == SAMPLED:
        return _sampled(rooms, common, n=n, seed=seed, noise=noise, lang=lang)
    if folder.is_dir():
        return _suite(folder, rooms, common)
    if Path(suite).is_file():
        return _file(Path(suite), rooms, common, n=n, seed=seed, noise=noise)
    there = ", ".join(sorted(p.name for p in SUITES.iterdir() if p.is_dir())) if SUITES.is_dir() else ""
    raise InputError(
        f"{suite}: neither a suite ({there or 'none is installed'}), nor a folder, nor a file, nor `{SAMPLED}`"
    )


def _sampled(rooms: Any, common: dict[str, Any], *, n: int, seed: int, noise: float, lang: Any) -> Plan:
    from suwen.patients.sample import samples
    from suwen.verify.run import PlayVisit, digest_of_visits, visits_of

    knowledge = rooms().knowledge
    visits = visits_of(samples(knowledge, n, seed, lang=lang), noise=noise)
    manifest = {
        **common,
        "kind": "patients",
        "n": n,
        "noise": noise,
        "lang": lang,
        "scripts_digest": digest_of_visits(visits),
    }
    return Plan(list(visits), PlayVisit(rooms, knowledge.digest), manifest)


def _suite(folder: Path, rooms: Any, common: dict[str, Any]) -> Plan:
    from suwen.verify.osce import holds_stations, load_stations
    from suwen.verify.run import AnswerItem, PlayStation
    from suwen.verify.suite import load_suite

    knowledge = rooms().knowledge
    tasks: list[Any]
    job: Job
    if holds_stations(folder):
        stations = load_stations(folder, knowledge)
        meta, kind, tasks = stations.meta, "stations", list(stations.stations)
        job = PlayStation(rooms, knowledge.digest, meta.name)
    else:
        suite = load_suite(folder, knowledge)
        meta, kind, tasks = suite.meta, "rubrics", list(suite.items)
        job = AnswerItem(rooms, knowledge.digest, meta.name)
    manifest = {**common, "kind": kind, "suite": meta.name, "suite_version": meta.version,
                "suite_digest": meta.digest.partition(":")[2][:12]}  # fmt: skip
    return Plan(tasks, job, manifest)


def _file(file: Path, rooms: Any, common: dict[str, Any], *, n: int, seed: int, noise: float) -> Plan:
    from suwen.patients.script import read_scripts
    from suwen.verify.run import PlayVisit, digest_of_visits, visits_of

    knowledge = rooms().knowledge
    lines = read_text(file).split("\n")
    first = next((line for line in lines if line.strip()), "")
    refused: dict[str, str] = {}
    if '"medical"' in first:
        scripts = list(read_scripts(lines, knowledge))
    else:
        scripts, refused = _outside(file, lines, knowledge)
    # The seed of an outside case is its row; another run's seed makes its patient talk otherwise.
    scripts = [s if s.origin == SAMPLED else s.model_copy(update={"seed": s.seed + 1_000_003 * (seed - 1)})
               for s in scripts[:n]]  # fmt: skip
    visits = visits_of(scripts, noise=noise)
    manifest = {**common, "kind": "patients", "n": len(scripts), "noise": noise, "refused": refused,
                "scripts_digest": digest_of_visits(visits)}  # fmt: skip
    return Plan(list(visits), PlayVisit(rooms, knowledge.digest), manifest)


def _outside(file: Path, lines: list[str], knowledge: Any) -> tuple[list[Any], dict[str, str]]:
    """The scripts of published cases, and why each row that gives none does not."""
    from suwen.language.understand import Ear
    from suwen.patients.cases import Refused, read_cases

    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append((number, dict(json.loads(line))))
        except (ValueError, TypeError):
            raise InputError(f"{file}, line {number}: not a JSON object; give one case a line") from None
    found = list(read_cases(rows, Ear(knowledge), name=file.stem))
    refused = {f"{r.number} {r.id}": r.why for r in found if isinstance(r, Refused)}
    scripts = [s for s in found if not isinstance(s, Refused)]
    if not scripts:
        raise InputError(
            f"{file}: no row is a script or a case; the first: {next(iter(refused.values()), 'empty')}"
        )
    return scripts, refused


def names_of_plan(plan: Plan) -> Any:
    """Names of findings and conditions in both languages, for the report."""
    knowledge = plan.job.rooms().knowledge  # type: ignore[attr-defined]

    def name(id_: str) -> str:
        one = knowledge.condition.get(id_) or knowledge.finding.get(id_)
        return f"{one.zh} {one.en}" if one else id_

    return name


def commit() -> str:
    """The commit of the source, with `+` where files differ from it; `unknown` outside a checkout."""
    here = Path(__file__).parent
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
            capture_output=True, text=True, check=True, cwd=here,
        )  # fmt: skip
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no", "."],  # noqa: S607
            capture_output=True, text=True, check=True, cwd=here.parent,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip() + ("+" if changed.stdout.strip() else "")


# -- what is printed ------------------------------------------------------------------------------------


@contextmanager
def bar(*, quiet: bool) -> Iterator[Told | None]:
    """A progress bar on standard error. It has no thread of its own: workers are forked beside it."""
    if quiet:
        yield None
        return
    columns = (
        TextColumn("playing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("shards"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as shown:
        task = shown.add_task("")

        def told(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total, refresh=True)

        yield told


def print_figures(summary: dict[str, Any]) -> None:
    """A table for each set, what broke off, and what noise costs."""
    console = Console()
    for name, one in summary["sets"].items():
        table = Table("figure", "value (95 % interval), n", title=f"{name}: {one['items']} items")
        for key, value in one["figures"].items():
            table.add_row(MEASURE[key].title, shown_figure(value, key))
        if one.get("not_graded"):
            table.add_row("criteria not graded", f"{100 * one['not_graded']['share']:.1f} %")
        if one["broken"]:
            table.add_row("broke off", f"{len(one['broken'])}, in no figure")
        console.print(table)
    if summary["drops"]:
        table = Table(
            "figure", "clean", "noisy", "difference (95 % interval)", "verdict", title="what noise costs"
        )
        for d in summary["drops"]:
            span = f"{d['value']:+.3f} ({d['low']:+.3f} to {d['high']:+.3f}), n={d['n']}"
            table.add_row(MEASURE[d["figure"]].title, f"{d['a']:.3f}", f"{d['b']:.3f}", span, d["verdict"])
        console.print(table)


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


def _run(folder: Path) -> Run:
    return Run(folder.name, manifest_of(folder), list(slim_rows(folder)))
