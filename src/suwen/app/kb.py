"""`suwen kb`: look into the knowledge, check it, compare, explain a case, and learn from confirmed ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from suwen.app.files import can_be_written, knowledge_folder, read_text, write_whole
from suwen.core.errors import InputError

kb = typer.Typer(help="Look into the knowledge, check it, and learn from cases.", no_args_is_help=True)
Lang = Annotated[str, typer.Option(help="zh or en.")]
SHOWN = 30


@kb.command("check")
def check() -> None:
    """Check every knowledge file and the tables of the ear; each fault is named with file, value and remedy."""
    from suwen.knowledge.check import report
    from suwen.knowledge.drugs.check import report as report_on_drugs
    from suwen.language.tables import faults as faults_of_ear

    folder = knowledge_folder()
    lines, faults = report(folder, lambda raw: faults_of_ear(raw.findings))
    more, more_faults = report_on_drugs(folder)
    for line in (*lines, *more):
        typer.echo(line)
    raise typer.Exit(1 if faults or more_faults else 0)


@kb.command("show")
def show(name: Annotated[str, typer.Argument(help="A condition by id or name, or a finding's id.")]) -> None:
    """Print one condition or finding with its numbers and sources."""
    from suwen.app.editor import condition_named
    from suwen.knowledge import load

    knowledge = load(knowledge_folder())
    record = knowledge.finding[name].record if name in knowledge.finding else None
    record = record or condition_named(knowledge, name).record
    typer.echo(json.dumps(record, ensure_ascii=False, indent=1))


@kb.command("diff")
def diff(
    first: Annotated[str, typer.Argument(help="A condition, by id or name.")],
    second: Annotated[str, typer.Argument(help="Another one.")],
    lang: Lang = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """What separates two conditions: findings by the evidence they are expected to give, with sources."""
    from rich.console import Console
    from rich.table import Table

    from suwen.app.editor import condition_named, differences
    from suwen.knowledge import load

    knowledge = load(knowledge_folder())
    a, b = condition_named(knowledge, first), condition_named(knowledge, second)
    rows = differences(a, b, knowledge)
    if as_json:
        body = [
            {"finding": d.finding.id, "p": [round(p, 4) for p in d.p], "present_nats": round(d.present, 3),
             "absent_nats": round(d.absent, 3), "expected_nats": round(d.expected, 3),
             "asked": d.finding.askable, "sources": d.sources}
            for d in rows
        ]  # fmt: skip
        typer.echo(
            json.dumps({"first": a.id, "second": b.id, "differences": body}, ensure_ascii=False, indent=1)
        )
        return
    table = Table(title=f"{a.name(lang)}  |  {b.name(lang)}")
    for head in ("finding", a.id, b.id, "if present", "if absent", "expected", "asked"):
        table.add_column(head, justify="left" if head in ("finding", "asked") else "right")
    for d in rows[:SHOWN]:
        table.add_row(
            d.finding.name(lang), f"{d.p[0]:.2f} {_mark(d.sources[0])}", f"{d.p[1]:.2f} {_mark(d.sources[1])}",
            f"{d.present:+.2f}", f"{d.absent:+.2f}", f"{d.expected:.2f}", "yes" if d.finding.askable else "",
        )  # fmt: skip
    console = Console()
    console.print(table)
    asked = sum(d.expected for d in rows if d.finding.askable)
    console.print(
        f"Evidence in nats, above 0 for {a.id}. Expected from all of it {sum(d.expected for d in rows):.1f}, "
        f"from what can be asked {asked:.1f}. e: estimate, b: base rate, s: a source of its own.",
        highlight=False,
    )


def _mark(source: str) -> str:
    return {"estimate": "e", "base": "b"}.get(source, "s")


@kb.command("why")
def why_command(
    case: Annotated[str, typer.Argument(help="A written case: text, a file, or - for standard input.")],
    condition: Annotated[str | None, typer.Option(help="Which one to explain; the likeliest otherwise.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Also write the waterfall as a picture.")] = None,
    age: Annotated[float | None, typer.Option(min=0, max=125, help="Years.")] = None,
    sex: Annotated[str | None, typer.Option(help="male or female.")] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en; the language of the text otherwise.")] = None,
) -> None:  # fmt: skip
    """Why a case came out as it did: the weight of every finding for one condition, as a waterfall."""
    from rich.console import Console
    from rich.table import Table

    from suwen.app.assess import read_case
    from suwen.app.build import build_clinic
    from suwen.app.editor import condition_named, waterfall, why

    can_be_written(svg, option="--svg")
    text = read_text(case) if case == "-" or Path(case).is_file() else case
    clinic = build_clinic(knowledge_folder())
    understood, _ = read_case({"text": text, "age": age, "sex": sex, "lang": lang}, clinic)
    ranked = clinic.reasoner.differential(understood).ranked(1)
    about = (
        condition_named(clinic.knowledge, condition)
        if condition
        else clinic.knowledge.conditions[ranked[0][0]]
    )
    reason = why(understood, about, clinic, lang=understood.lang)
    table = Table(title=f"{about.name(understood.lang)} ({about.id})  {100 * reason.p:.1f} %")
    for head in ("", "finding", "words", "nats", "log odds"):
        table.add_column(head, justify="right" if head in ("nats", "log odds") else "left")
    table.add_row("", "prior", "", "", f"{reason.prior:+.2f}")
    for step in reason.steps:
        sign = {"present": "+", "absent": "−"}.get(step.status, "?")
        table.add_row(sign, step.label, step.words[:40], f"{step.weight:+.2f}", f"{step.after:+.2f}")
    Console().print(table)
    if svg is not None:
        write_whole(svg, waterfall(reason, lang=understood.lang))
        typer.echo(f"written: {svg}")


@kb.command("coverage")
def coverage_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Rows of each list.")] = SHOWN,
) -> None:
    """What the knowledge leaves open: findings that never matter, conditions that nothing tells apart."""
    from dataclasses import asdict

    from suwen.app.editor import SAME, coverage
    from suwen.knowledge import load

    found = coverage(load(knowledge_folder()))
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    titles = {
        "unused": "findings that no condition and no red flag uses",
        "unheard": "findings without words in one of the languages",
        "same_by_everything": f"pairs that nothing tells apart (under {SAME} nats, examinations included)",
        "same_by_questions": f"pairs that no question tells apart (under {SAME} nats)",
        "few_findings": "conditions with fewer than 8 findings",
        "no_care": "conditions without management",
    }
    for key, title in titles.items():
        rows: tuple[Any, ...] = getattr(found, key)
        typer.echo(f"{len(rows)} {title}")
        for row in rows[:limit]:
            typer.echo("  " + (row if isinstance(row, str) else "  ".join(_cell(x) for x in row)))
        if len(rows) > limit:
            typer.echo(f"  … and {len(rows) - limit} more (--limit)")


def _cell(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


@kb.command("learn")
def learn(
    data: Annotated[Path, typer.Option(help="JSONL of confirmed cases: `diagnosis` and `findings` {name: true or false}.")],
    name: Annotated[str, typer.Option(help="What this set of cases is called; learning it again replaces it.")] = "cases",
    folder: Annotated[Path | None, typer.Option(help="Your knowledge folder; SUWEN_KNOWLEDGE otherwise.")] = None,
    strength: Annotated[float, typer.Option(min=1, help="How many cases an expert's number weighs.")] = 30,
    unrecorded: Annotated[float | None, typer.Option(min=0, max=1, help="Share of what was not noted that counts as absent: 1 for full records, 0 for loose notes; otherwise estimated by finding.")] = None,
    write: Annotated[bool, typer.Option("--write/--dry-run", help="Write the file, or only show what it would change.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    seed: Annotated[int, typer.Option(help="For the folds of the held-out cases.")] = 1,
) -> None:  # fmt: skip
    """Learn from confirmed cases: counts beside the expert numbers. Shows what changes and the gain on held-out cases.

    Never touches a red flag, a triage floor or any text. `suwen kb unlearn NAME` takes it back.
    """
    from suwen.app.learning import teach

    target = folder or knowledge_folder()
    if write and target is None:
        raise InputError("where to? give --folder DIR or set SUWEN_KNOWLEDGE; --dry-run only shows")
    teach(
        data, name, target if write else None, strength=strength, unrecorded=unrecorded, as_json=as_json,
        seed=seed, knowledge=knowledge_folder() or folder,
    )  # fmt: skip


@kb.command("unlearn")
def unlearn(
    name: Annotated[str, typer.Argument(help="The set of cases to forget.")],
    folder: Annotated[
        Path | None, typer.Option(help="Your knowledge folder; SUWEN_KNOWLEDGE otherwise.")
    ] = None,
) -> None:
    """Take back what was learned from a set of cases."""
    from suwen.app.learning import learned_place

    target = folder or knowledge_folder()
    if target is None:
        raise InputError("where? give --folder DIR or set SUWEN_KNOWLEDGE")
    place = learned_place(target, name)
    if not place.exists():
        there = ", ".join(sorted(p.stem for p in place.parent.glob("*.yaml"))) or "nothing"
        raise InputError(f"{name!r} was not learned in {target}; there is: {there}")
    place.unlink()
    typer.echo(f"forgotten: {place}")
