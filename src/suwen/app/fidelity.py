"""`suwen patients fidelity`: how true the simulated patients are to their scripts, as a table or JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from suwen.app.files import knowledge_folder, read_text
from suwen.app.speaker import Speaker, described, speaker_of
from suwen.core.errors import InputError

if TYPE_CHECKING:
    from suwen.knowledge import Knowledge
    from suwen.patients.script import Script
    from suwen.verify.fidelity import Fidelity

DRAWN = 120
"""Scripts drawn where nobody says how many."""
NOISE = 0.3
"""How noisy every third drawn patient is; the others are not. Source: estimate."""
WIDE = 150
"""Characters of a line where the output is no terminal."""
TARGETS = {
    "privacy": (">=", 0.98), "fact": (">=", 0.98), "invented_positives": ("<=", 0.0), "termination_precision": (">=", 0.95),
    "termination_recall": (">=", 0.95), "leak": ("<=", 0.01),
}  # fmt: skip


def fidelity(
    number: Annotated[
        int | None,
        typer.Option(
            "-n", min=1, help="Scripts drawn (120 when left out), or at most so many of a file (all)."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="For what is drawn and what is asked.")] = 1,
    scripts: Annotated[
        Path | None, typer.Option(help="A JSONL file of scripts instead of drawn ones, taken as they are.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="zh or en, of a file only what is in it; both where it is not given.")
    ] = None,
    wild: Annotated[
        bool, typer.Option(help="Let patients use words that the ear was never tested with.")
    ] = False,
    examples: Annotated[int, typer.Option(min=0, help="Faults shown for each figure.")] = 0,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit code 1 where a target is missed; each is named.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; all cores where it is not given.")
    ] = None,
    ray: Annotated[
        str | None, typer.Option("--ray", help="Address of a Ray cluster, such as `auto`.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder where the work is kept; an unfinished one is gone on with.")
    ] = None,
    patient: Annotated[
        str | None,
        typer.Option(
            help="Address of a language model that finds the patients' words, or `auto` for SUWEN_MODEL_URL; the rules stand in where it fails."
        ),
    ] = None,
    patient_model: Annotated[str | None, typer.Option(help="Its name; SUWEN_MODEL when left out.")] = None,
    patient_timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds for one answer of that model; 60 when left out.")
    ] = None,
    patient_checks: Annotated[
        bool,
        typer.Option("--patient-checks", help="Let that model check every utterance too, after the rules."),
    ] = False,
) -> None:
    """Measure simulated patients: privacy, facts, completeness, inventions, habits, ends and leaks, with intervals.

    Without --gate the exit code is 0 whatever the figures are. With it, it is 1 where one misses its target or could not be
    measured. It is also 1 where the rules spoke most turns of a model's patients; 2 is wrong usage.
    """
    from suwen.app.build import uncollected
    from suwen.app.progress import bar
    from suwen.app.versions import versions
    from suwen.knowledge import load
    from suwen.patients.faults import read_scripts
    from suwen.verify.fidelity_job import Examination, measured
    from suwen.verify.run import digest_of_text

    if lang not in (None, "zh", "en"):
        raise typer.BadParameter("give zh or en", param_hint="--lang")
    speaker = speaker_of(patient, patient_model, timeout=patient_timeout, checks=patient_checks)
    with uncollected():
        knowledge = load(knowledge_folder())
    if scripts is None:
        rows = list(drawn(knowledge, number or DRAWN, seed, lang=lang))
    else:
        lines = read_text(scripts).removeprefix("\ufeff").split("\n")
        rows = list(islice((s for s in read_scripts(lines, knowledge) if lang in (None, s.lang)), number))
        if not rows:
            there = f"no script in {lang}" if lang else "no script"
            raise InputError(f"{scripts}: {there} in it; make some with `suwen patients sample`")
    job = Examination(
        knowledge_folder(), seed, wild, speaker.model if speaker else None, bool(speaker and speaker.checks), knowledge.digest
    )  # fmt: skip
    if not ray:
        _ = job.parts  # built once, before the workers fork
    hands = workers or os.cpu_count() or 1
    manifest = {
        "command": "patients fidelity", "seed": seed, "wild": wild, **described(speaker), **versions(knowledge),
        "scripts_digest": digest_of_text("\n".join(s.to_json() for s in rows)),
    }  # fmt: skip
    with bar("examining patients", quiet=as_json) as progress:
        found = measured(rows, job, workers=hands, ray=ray, progress=progress, out=out, manifest=manifest)
    missed = list(missed_targets(found))
    if as_json:
        body = published(found, knowledge, speaker) | (
            {"gate": {"passed": not missed, "missed": missed}} if gate else {}
        )
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        _show(found, knowledge, examples)
        if speaker and found.stand_ins:
            typer.echo(found.stand_ins.told(speaker.name))
    faults = [f"gate: {line}" for line in missed] if gate else []
    if speaker and found.stand_ins and found.stand_ins.mostly_rules:
        faults.append(
            f"--patient: {found.stand_ins.told(speaker.name)}; measure again once the model answers"
            + (", with another --out" if out else "")
        )
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)


def missed_targets(found: Fidelity) -> Iterator[str]:
    """The figures that are not what is wanted, or that nothing measured, a line each."""
    for name, (sign, limit) in TARGETS.items():
        share = found.overall[name]
        if not share.n:
            yield f"{name}: nothing was measured; take more scripts"
        elif not _held(sign, share.value, limit):
            yield f"{name}: {share}, wanted {sign} {100 * limit:g} %"


def _held(sign: str, value: float, limit: float) -> bool:
    return value >= limit if sign == ">=" else value <= limit


def drawn(knowledge: Knowledge, number: int, seed: int, *, lang: str | None = None) -> Iterator[Script]:
    """Scripts drawn from the knowledge: languages in turn, every third pair noisy, every fourth six without a persona."""
    from suwen.patients.sample import Sampler
    from suwen.patients.script import Psychology

    samplers = {
        (code, noise): Sampler(knowledge, lang=code, noise=noise)
        for code in ("zh", "en") for noise in (0.0, NOISE) if lang in (None, code)
    }  # fmt: skip
    for i in range(number):
        code = lang or ("zh", "en")[i % 2]
        noise = NOISE if i // 2 % 3 == 2 else 0.0
        script = samplers[code, noise].script(seed, i)
        if i // 6 % 4 == 3:
            social = script.social.model_copy(update={"education": "middle", "speech": "plain"})
            script = script.model_copy(update={"psychology": Psychology(), "social": social})
        yield script


def published(found: Fidelity, knowledge: Knowledge, speaker: Speaker | None = None) -> dict[str, Any]:
    """What `--json` prints: the figures and what they were measured with."""
    from suwen import __version__

    return {
        **found.to_json(),
        "versions": {"program": __version__, "knowledge": knowledge.version, "digest": knowledge.digest},
        **described(speaker),
        "targets": {name: f"{sign} {limit:g}" for name, (sign, limit) in TARGETS.items()},
    }


def _show(found: Fidelity, knowledge: Knowledge, examples: int) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if Console().is_terminal else WIDE)
    table = Table(title=f"{found.scripts} scripts, knowledge {knowledge.version}, seed {found.seed}")
    for name in ("figure", "value", "95 %", "n", "wanted"):
        table.add_column(name)
    for name, share in found.overall.items():
        sign, limit = TARGETS.get(name, ("", 0.0))
        low, high = share.interval
        wanted = (
            f"{sign} {100 * limit:g} %" + ("" if _held(sign, share.value, limit) else "  missed")
            if sign
            else ""
        )
        if share.n:
            table.add_row(
                name,
                f"{100 * share.value:.1f} %",
                f"{100 * low:.1f} to {100 * high:.1f}",
                str(share.n),
                wanted,
            )
    console.print(table)
    for title, rows in (
        ("by group", found.groups),
        ("by persona (manner, personality, education, recall)", found.cells),
    ):
        console.print(_by(title, rows))
    table = Table("habit", "shows in", title="habits")
    for name, share in found.habits.items():
        table.add_row(name, str(share))
    console.print(table)
    for example in _few(found, examples):
        console.print(example, highlight=False, markup=False)


def _by(title: str, rows: dict[str, dict[str, Any]]) -> Any:
    from rich.table import Table

    names = list(next(iter(rows.values()), {}))
    table = Table()
    table.add_column(title, no_wrap=True)
    for name in names:
        table.add_column(name.replace("_", " "))
    for group, shares in rows.items():
        table.add_row(
            group, *(f"{100 * shares[n].value:.1f} ({shares[n].n})" if shares[n].n else "" for n in names)
        )
    return table


def _few(found: Fidelity, at_most: int) -> Iterator[str]:
    seen: dict[str, int] = {}
    for e in found.examples:
        seen[e.figure] = seen.get(e.figure, 0) + 1
        if seen[e.figure] <= at_most and (e.asked or e.what):
            yield f"{e.figure} [{e.script}] {e.what}\n  D: {e.asked}\n  P: {e.said}"
