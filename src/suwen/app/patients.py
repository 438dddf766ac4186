"""`suwen patients`: scripts of simulated patients, drawn or taken from cases, shown and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from suwen.app.fidelity import fidelity
from suwen.app.files import knowledge_folder, read_text, written
from suwen.core.errors import ScriptError
from suwen.core.events import Draft
from suwen.knowledge import Knowledge, load
from suwen.patients.faults import faults, read_scripts, stands_already
from suwen.patients.script import Fact, Script

cli = typer.Typer(
    help="Simulated patients: draw, import, show and check their scripts.", no_args_is_help=True
)
cli.command()(fidelity)
Out = Annotated[
    Path | None, typer.Option("-o", "--output", help="File to write; without it standard output.")
]
REFUSALS_SHOWN = 20
BLOCKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("complaint", ("complaint",)), ("present illness", ("timing", "symptom")), ("past", ("past",)), ("personal", ("personal",)),
    ("family", ("family",)), ("medicines", ("medicine",)), ("allergies", ("allergy",)), ("vital signs", ("vital",)),
    ("examination", ("examination",)), ("results", ("result",)),
)  # fmt: skip


@cli.command()
def sample(
    number: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same patients.")] = 1,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    noise: Annotated[
        float, typer.Option(min=0, max=1, help="How much they misunderstand and mistype.")
    ] = 0.0,
    condition: Annotated[str | None, typer.Option(help="Only this condition, by id.")] = None,
    output: Out = None,
) -> None:
    """Draw patients from the knowledge, one JSON script a line."""
    from suwen.patients.sample import Sampler

    if lang not in ("zh", "en"):
        raise typer.BadParameter("give zh or en", param_hint="--lang")
    sampler = Sampler(_knowledge(), lang="en" if lang == "en" else "zh", noise=noise)
    scripts = (sampler.script(seed, i, condition=condition) for i in range(number))
    with written(output) as out:
        for script in _shown(scripts, number, "drawing", hidden=output is None):
            out.write(script.to_json() + "\n")


@cli.command("import")
def import_(
    file: Annotated[
        str, typer.Argument(help="Cases as JSONL, written cases as text, or - for standard input.")
    ],
    output: Out = None,
) -> None:
    """Make scripts of published cases, of encounters (the file that the page exports, or rows with `events`), or of written
    cases (text, --- between them).

    A row that cannot become a script is named with the reason, and the others are written all the same.
    """
    text = read_text(file).removeprefix("\ufeff")
    refused = 0
    ids: set[str] = set()
    with written(output) as out:
        for result in _imported(text, file, hidden=output is None):
            if isinstance(result, Script) and result.id in ids:
                result = f"id {result.id!r} stands in a row before already; give each its own"
            if isinstance(result, Script):
                out.write(result.to_json() + "\n")
                ids.add(result.id)
            else:
                refused += 1
                if refused <= REFUSALS_SHOWN:
                    typer.echo(result, err=True)
    more = f", the first {REFUSALS_SHOWN} of them above" if refused > REFUSALS_SHOWN else ""
    typer.echo(f"{len(ids)} scripts, {refused} refused{more}", err=True)
    if not ids:
        raise typer.Exit(1)


@cli.command()
def show(
    file: Annotated[str, typer.Argument(help="A file of scripts, or -.")],
    key: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The script's id; without it all are listed.")
    ] = None,
) -> None:
    """Show a script in its three blocks, or list the scripts of a file."""
    knowledge = _knowledge()
    scripts = list(read_scripts(_lines(file)))
    if not scripts:
        raise ScriptError(f"{file}: no script in it; make some with `suwen patients sample`")
    if key is None and len(scripts) > 1:
        _list(scripts, knowledge)
        return
    script = scripts[0] if key is None else next((s for s in scripts if s.id == key), None)
    if script is None:
        raise ScriptError(f"{file}: no script {key!r}; `suwen patients show {file}` lists their ids")
    _show(script, knowledge)


@cli.command()
def check(file: Annotated[str, typer.Argument(help="A file of scripts, or -.")]) -> None:
    """Check that scripts hold together: every fault with its line and what to do; exit code 1 if there is any."""
    lines = _lines(file)
    if not any(line.strip() for line in lines):
        raise ScriptError(f"{file}: no script in it; make some with `suwen patients sample`")
    wrong = list(faults_of(lines, _knowledge()))
    for fault in wrong:
        typer.echo(fault)
    if wrong:
        raise typer.Exit(1)
    typer.echo("no fault", err=True)


@cli.command()
def deid(
    data: Annotated[str, typer.Option(help="JSONL rows with `text`, `lang` and marked `spans`.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure de-identification on marked sentences: recall by kind of mark, precision by kind found."""
    from suwen.app.deid_bench import marked_rows, measure

    figures = measure(marked_rows(read_text(data)))
    if as_json:
        Console(soft_wrap=True).print_json(json.dumps(figures, ensure_ascii=False))
        return
    for name in ("recall", "precision"):
        table = Table(
            "kind",
            name,
            "interval",
            "n",
            *(["touched"] if name == "recall" else []),
            title=f"de-identification: {name}",
        )
        for kind, share in figures[name].items():
            low, high = share["interval"]
            more = [f"{share['touched']:.3f}"] if name == "recall" else []
            table.add_row(kind, f"{share['value']:.3f}", f"{low:.3f}-{high:.3f}", str(share["n"]), *more)
        Console().print(table)
    typer.echo(figures["note"])


# -- reading and writing ------------------------------------------------------------------------------------


def _knowledge() -> Knowledge:
    return load(knowledge_folder())


def _lines(file: str) -> list[str]:
    return read_text(file).removeprefix("\ufeff").split("\n")


def _shown(scripts: Iterable[Any], total: int, what: str, *, hidden: bool) -> Iterator[Any]:
    """With a progress bar on standard error, where somebody sees it."""
    console = Console(stderr=True)
    with Progress(console=console, disable=hidden or not console.is_terminal, transient=True) as progress:
        task = progress.add_task(what, total=total)
        for script in scripts:
            yield script
            progress.advance(task)


def _imported(text: str, file: str, *, hidden: bool) -> Iterator[Script | str]:
    """A script, or why there is none, of every row or written case."""
    from suwen.language.understand import Ear
    from suwen.patients.cases import read_cases

    ear, name = Ear(_knowledge()), Path(file).stem if file != "-" else "case"
    if not text.lstrip().startswith("{"):
        yield from _told(text, ear, name)
        return
    rows = list(_rows(text))
    for number, row in _shown(rows, len(rows), "reading", hidden=hidden):
        if isinstance(row, str):
            yield row
        elif "events" in row or "log" in row:
            yield _encounter(row, number, ear)
        else:
            for result in read_cases([(number, row)], ear, name=name):
                yield (
                    result
                    if isinstance(result, Script)
                    else f"line {result.number}: {result.id}: {result.why}"
                )


def _rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    with suppress(ValueError):  # one encounter over many lines, as the page exports it
        yield 1, dict(json.loads(text))
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield number, f"line {number}: not valid JSON ({error}); give one case a line"
            continue
        yield (
            number,
            row if isinstance(row, dict) else f"line {number}: not a JSON object; give one case a line",
        )


def _told(text: str, ear: Any, name: str) -> Iterator[Script | str]:
    from suwen.patients.story import from_text, stories_of

    for number, story in enumerate(stories_of(text), start=1):
        try:
            yield from_text(
                story, ear, key=f"{name}-{number}", source=f"written case {name}-{number}", number=number
            )
        except ScriptError as error:
            yield error.message


def _encounter(row: dict[str, Any], number: int, ear: Any) -> Script | str:
    """A row `{"events": [{"kind", "body"}, ...], "diagnosis": a name or nothing}`."""
    from suwen.patients.past import from_events
    from suwen.patients.sheet import diagnosis_of

    told = row.get("diagnosis")
    try:
        events = [Draft(str(e["kind"]), dict(e["body"])) for e in row.get("events", row.get("log", ()))]
        confirmed = diagnosis_of(ear.knowledge, str(told)) if told else None
        return from_events(events, ear, diagnosis=confirmed, number=number)
    except ScriptError as error:
        return f"line {number}: {error.message}"
    except (KeyError, TypeError, ValueError) as error:
        return f"line {number}: the events are not those of an encounter ({type(error).__name__}: {error}); export it again"


def faults_of(lines: Sequence[str], knowledge: Knowledge) -> Iterator[str]:
    """Every fault of a file of scripts, one line each, with the line it is in."""
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        try:
            for script in read_scripts([line]):
                yield from (f"line {number}: {fault}" for fault in faults(script, knowledge))
                if script.id in seen:
                    yield f"line {number}: {stands_already(script.id, seen[script.id])}"
                seen.setdefault(script.id, number)
        except ScriptError as error:
            yield re.sub(r"^line 1\b", f"line {number}", error.message)


# -- showing ----------------------------------------------------------------------------------------------


def _diagnosis(script: Script, knowledge: Knowledge, lang: str) -> str:
    condition = script.main.condition
    return knowledge.condition[condition].name(lang) if condition in knowledge.condition else script.main.text


def _list(scripts: Sequence[Script], knowledge: Knowledge) -> None:
    table = Table("id", "origin", "age", "sex", "diagnosis", "triage", "persona", "facts")
    for s in scripts:
        table.add_row(s.id, s.origin, f"{s.social.age_years:g}", s.social.sex, _diagnosis(s, knowledge, s.lang),
                      s.medical.triage or "-", s.persona, str(len(s.medical.facts)))  # fmt: skip
    Console().print(table)


def _show(script: Script, knowledge: Knowledge) -> None:
    console = Console(highlight=False)
    s, p, lang = script.social, script.psychology, script.lang
    console.print(f"[bold]{script.id}[/]  {script.origin}, {script.source}", soft_wrap=True)
    console.print(f"\n[bold]Medical[/]  triage {script.medical.triage or 'not said'}")
    for d in script.medical.diagnoses:
        name = knowledge.condition[d.condition].name(lang) if d.condition in knowledge.condition else ""
        console.print(
            f"  {d.role}: {name or d.text}{f' ({d.text})' if name and d.text and d.text != name else ''}"
        )
    for title, kinds in BLOCKS:
        own = [f for f in script.medical.facts if f.kind in kinds and f.status == "present"]
        if own:
            console.print(f"  {title}: " + "; ".join(_words(f, knowledge, lang) for f in own), soft_wrap=True)
    absent = [f for f in script.medical.facts if f.status == "absent"]
    if absent:
        console.print("  not: " + "; ".join(_words(f, knowledge, lang) for f in absent), soft_wrap=True)
    console.print(f"\n[bold]Psychology[/]  {p.manner}, {p.personality}, memory {p.recall}, worry {p.worry:g}, "
                  f"{'open' if p.honest else 'holds back'}")  # fmt: skip
    weeks = script.medical.pregnant_weeks
    console.print(f"\n[bold]Social[/]  {s.age_years:g} years, {s.sex}{f', {weeks:g} weeks pregnant' if weeks else ''}, education "
                  f"{s.education}, speech {s.speech}, speaker {s.speaker}, means {s.means}, lives in {s.access}")  # fmt: skip


def _words(fact: Fact, knowledge: Knowledge, lang: Any) -> str:
    name = knowledge.finding[fact.finding].name(lang) if fact.finding in knowledge.finding else ""
    text = fact.text.get(lang) or next(iter(fact.text.values()), "")
    words = name if not text or text == name else f"{name} “{text}”" if name else text
    if fact.value is not None:
        words += f" {fact.value:g} {fact.unit or ''}".rstrip()
    if fact.hours is not None and fact.kind == "timing":
        words += f" ({fact.hours:g} h)"
    return words.replace("[", r"\[") + (" *kept back*" if fact.hidden else "")
