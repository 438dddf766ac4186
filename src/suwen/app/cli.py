"""The command line. Exit codes: 0 done, 1 the input is at fault, 2 usage. Only this module prints."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core
import typer.main

from suwen import __version__
from suwen.app.files import knowledge_folder, read_text
from suwen.app.kb import kb
from suwen.core.errors import InputError, SuwenError

LATE = {"patients": "suwen.app.patients", "verify": "suwen.app.verify"}
"""Groups of commands that are imported when they are called: the others should not wait for them."""


class _Commands(typer.core.TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *LATE]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in LATE:
            command = typer.main.get_command(import_module(LATE[cmd_name]).cli)
            command.name = cmd_name
            return command
        return super().get_command(ctx, cmd_name)


app = typer.Typer(
    cls=_Commands,
    help="Suwen (素问): a self-hosted AI doctor that works beside a human one.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
)  # fmt: skip
audit = typer.Typer(help="Prove that no log was altered.", no_args_is_help=True)
drugs = typer.Typer(help="Check lists of medicines and look medicines up.", no_args_is_help=True)
app.add_typer(kb, name="kb")
app.add_typer(drugs, name="drugs")
app.add_typer(audit, name="audit")

File = Annotated[str, typer.Argument(help="A file, or - for standard input.")]


def main() -> None:
    """The console entry: our own errors end with a sentence and exit code 1, never with a traceback."""
    try:
        app()
    except SuwenError as error:
        typer.echo(error.message, err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)


def _print(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


@app.command()
def version() -> None:
    """Print the version of the program and of its knowledge."""
    from suwen.knowledge.compile import VERSION

    typer.echo(f"suwen {__version__}, knowledge {VERSION}")


@app.command()
def assess(
    file: File = "-",
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Rows with `id`, `text`, optional `age`, `sex`, `lang`.")
    ] = False,
    top: Annotated[int, typer.Option(min=0, help="Conditions listed; 0 lists all.")] = 10,
) -> None:
    """Assess written cases: triage, red flags, differential, findings and the next question as JSON."""
    from suwen.app.assess import assess_all, rows_of
    from suwen.app.build import build_clinic

    rows = rows_of(read_text(file), jsonl=jsonl)
    for result in assess_all(rows, build_clinic(knowledge_folder()), top=top):
        _print(result)


@app.command()
def rare(
    text: Annotated[
        str, typer.Argument(help="What the patient has: text, HPO numbers or names, a file, or -.")
    ],
    age: Annotated[float | None, typer.Option(min=0, max=125, help="Years.")] = None,
    sex: Annotated[str | None, typer.Option(help="male or female.")] = None,
    top: Annotated[int, typer.Option(min=1, max=100, help="Diseases listed.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Rank rare diseases by phenotype (Human Phenotype Ontology): for a doctor, to consider a referral."""
    from suwen.app.rare import show

    show(read_text(text) if text == "-" or Path(text).is_file() else text, age=age, sex=sex, top=top,
         as_json=as_json, knowledge=knowledge_folder())  # fmt: skip


@app.command()
def consult(lang: Annotated[str, typer.Option(help="zh or en.")] = "zh") -> None:
    """Talk with Suwen in the terminal. Nothing is kept."""
    from suwen.app.terminal import converse

    converse("en" if lang == "en" else "zh", knowledge_folder())


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")] = None,
    home: Annotated[Path | None, typer.Option(help="Where database and key are kept.")] = None,
) -> None:
    """Start the server and print its address."""
    from suwen.app.server import run
    from suwen.app.settings import load_settings

    run(load_settings(host=host, port=port, home=home))


@app.command()
def bench(
    name: Annotated[
        str,
        typer.Argument(
            help="vignettes, triage, chinese, dialogue, calibration, simulate, policies, growth, text, turns, http, crash or medicines."
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            help="The file of cases, for the first five; for policies one to play beside sampled patients."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    seed: Annotated[int, typer.Option(help="For intervals and for what is drawn.")] = 1,
    number: Annotated[
        int | None, typer.Option("-n", "--cases", min=1, help="How many messages, patients or consultations.")
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(help="Where to write the picture, for calibration, policies and growth.")
    ] = None,
    database_url: Annotated[str | None, typer.Option(help="A PostgreSQL URL, for http and crash.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes, for simulate, policies and text; all cores.")
    ] = None,
    noisy: Annotated[
        bool, typer.Option("--noisy", help="Simulated patients mistake and forget, for simulate and text.")
    ] = False,
    even: Annotated[
        bool, typer.Option("--even", help="Every condition as often, for simulate and policies.")
    ] = False,
    prove: Annotated[int, typer.Option(min=0, help="Patients compared one by one, for simulate.")] = 0,
    budget: Annotated[
        int | None, typer.Option(min=1, max=60, help="Questions, for simulate and text.")
    ] = None,
    ray: Annotated[
        str | None, typer.Option(help="Address of a Ray cluster, for simulate, policies and text.")
    ] = None,
    backend: Annotated[
        str | None, typer.Option(help="numpy or torch, for simulate and policies; torch where it has a GPU.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder where the work is kept, for simulate, policies and text; an unfinished one is gone on with."
        ),
    ] = None,
) -> None:
    """Measure: accuracy on published cases, speed of a turn, load over HTTP, survival of kill -9."""
    from suwen.app.bench import Crowd, run_bench

    if backend not in (None, "numpy", "torch"):
        raise typer.BadParameter("give numpy or torch", param_hint="--backend")
    run_bench(name, data=data, as_json=as_json, seed=seed, number=number, database_url=database_url,
              knowledge=knowledge_folder(), svg=svg,
              crowd=Crowd(workers, noisy, even, prove, budget, ray, backend, out))  # fmt: skip


@drugs.command("check")
def drugs_check(
    file: File = "-",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One request a line.")] = False,
    lang: Annotated[str | None, typer.Option(help="zh or en, for rows that do not say.")] = None,
) -> None:
    """Check medicines against each other and a patient: JSON with `drugs` and, if known, `patient`; JSON out."""
    from suwen.app.build import build_pharmacist
    from suwen.app.pharmacy import check_lines

    if lang not in (None, "zh", "en"):
        raise typer.BadParameter("give zh or en", param_hint="--lang")
    text = read_text(file).removeprefix("\ufeff")
    pharmacist = build_pharmacist(knowledge_folder())
    lines = text.split("\n") if jsonl else [" ".join(text.split("\n"))]
    if not any(line.strip() for line in lines):
        raise InputError('nothing to check; give JSON such as {"drugs": ["华法林", "布洛芬"]}')
    for answer in check_lines(lines, pharmacist, lang=lang):
        sys.stdout.write(answer + "\n")


@drugs.command("show")
def drugs_show(
    name: Annotated[str, typer.Argument(help="Any name: generic, brand, pinyin, Chinese or English.")],
) -> None:
    """Print what is known of one medicine, with its rules and sources."""
    from suwen.app.build import build_pharmacist
    from suwen.app.pharmacy import shown

    formulary = build_pharmacist(knowledge_folder()).formulary
    hit = formulary.names.find(name)
    if not hit.targets:
        near = ", ".join(f"{formulary.record(t)['name']['zh']} ({t})" for t in hit.suggestions)
        raise InputError(
            f"{name!r} is not a medicine that is known here." + (f" Did you mean: {near}?" if near else "")
        )
    for target in hit.targets:
        typer.echo(json.dumps(shown(target, formulary), ensure_ascii=False, indent=1))


@drugs.command("review")
def drugs_review(
    home: Annotated[Path | None, typer.Option(help="Where database and key are kept.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows.")] = 50,
) -> None:
    """List the rules that are set aside most, with the reasons: what deserves a review. Nothing of any patient."""
    from suwen.app.settings import load_settings
    from suwen.store import open_store

    settings = load_settings(home=home)
    store = open_store(settings.database_url, settings.home)
    rows = store.lists.most_dismissed(limit)
    store.close()
    for rule, reason, times in rows:
        typer.echo(f"{times}\t{rule}\t{reason}")
    if not rows:
        typer.echo("no alert has been set aside yet", err=True)


@audit.command("verify")
def audit_verify(
    home: Annotated[Path | None, typer.Option(help="Where database and key are kept.")] = None,
) -> None:
    """Check every log against its hashes; names the first altered event of each log that does not hold."""
    from suwen.app.settings import load_settings
    from suwen.store import open_store

    settings = load_settings(home=home)
    store = open_store(settings.database_url, settings.home)
    total = broken = 0
    for check in store.verify():
        total += 1
        if check.first_broken is not None:
            broken += 1
            typer.echo(f"{check.encounter_id}: event {check.first_broken} does not match its hash")
    store.close()
    typer.echo(f"{total} logs checked, {broken} altered")
    raise typer.Exit(1 if broken else 0)
