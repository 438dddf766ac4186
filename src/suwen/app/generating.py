"""`suwen verify generate`: criteria for a doctor's next words, and how far they agree with written ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from suwen.app.build import build_clinic
from suwen.app.chat import chat_model
from suwen.app.files import knowledge_folder, read_text
from suwen.app.suites import chosen, known, suite_folder
from suwen.consult.clinic import Clinic
from suwen.core.errors import InputError
from suwen.patients.faults import read_scripts
from suwen.patients.script import Script
from suwen.verify.generate import Generated, generate, version
from suwen.verify.osce import holds_stations, load_stations
from suwen.verify.scene import Scene, scene_of_encounter, scene_of_item
from suwen.verify.stats import Share
from suwen.verify.study import Study, agreement_study, disagreements
from suwen.verify.suite import load_suite

SAMPLED = "sampled"
PATIENTS = 20
"""Sampled patients where nobody says how many."""
TURNS = 3
"""Of the patient, heard before the reply that criteria are for. Source: estimate."""


def generate_command(
    suite: Annotated[str, typer.Argument(help="A suite's name or folder, `sampled`, or a JSONL file of scripts.")],
    study: Annotated[bool, typer.Option("--study", help="Measure how far generated criteria agree with the written ones of a suite.")] = False,
    n: Annotated[int | None, typer.Option("-n", "--n", min=1, help="Sampled patients (20 when left out), or at most so many items or scripts (all when left out).")] = None,
    only: Annotated[str, typer.Option("--id", help="Only this item or script.")] = "",
    turns: Annotated[int | None, typer.Option(min=1, help="Of a script: the patient's turns heard before the reply, 3 when left out.")] = None,
    answer: Annotated[bool, typer.Option("--answer", help="Of a script: criteria for the answer at its end instead.")] = False,
    seed: Annotated[int, typer.Option(help="Of sampled patients, and of the intervals.")] = 1,
    lang: Annotated[str | None, typer.Option(help="zh or en: of sampled patients (zh when left out), or only what is in this language.")] = None,
    author: Annotated[str | None, typer.Option(help="Address of a language model that proposes criteria too, such as http://127.0.0.1:8000/v1, or `auto` for SUWEN_MODEL_URL.")] = None,
    author_model: Annotated[str | None, typer.Option(help="Its name; SUWEN_MODEL when left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON, a scene a line.")] = False,
) -> None:  # fmt: skip
    """Generate criteria for the doctor's next words from the knowledge, and from a model where one is named.

    The key that is sent to the model's address is SUWEN_MODEL_KEY. Exit code 1: something is wrong with what was given, or a
    model was asked and proposed nothing at all; 2: wrong usage.
    """
    if lang not in (None, "zh", "en"):
        raise typer.BadParameter("give zh or en", param_hint="--lang")
    if author_model and author is None:
        raise InputError(f"--author-model {author_model}: at which address? give --author")
    if study:
        _refuse(
            "--study measures the criteria of rules on whole items",
            author=author,
            id=only,
            turns=turns,
            answer=answer,
        )
        _study(suite, build_clinic(knowledge_folder()), n=n, seed=seed, lang=lang, as_json=as_json)
        return
    chat = chat_model(author, author_model, option="--author") if author is not None else None
    clinic = build_clinic(knowledge_folder())
    found = silent = 0
    for name, scene in scenes(suite, clinic, turns=turns, answer=answer, seed=seed, lang=lang, n=n):
        if only and name != only:
            continue
        made = generate(scene, model=chat)
        found += 1
        silent += bool(made.fault)
        typer.echo(json.dumps(body_of(name, scene, made), ensure_ascii=False) if as_json else shown(name, scene, made))  # fmt: skip
    if not found:
        raise InputError(f"nothing to generate for: {suite} has no {only or 'rows'}; check the name")
    if chat is not None and silent == found:
        typer.echo(
            f"--author: {chat.name} proposed nothing for any of {found}: {made.fault}",
            err=True,
        )
        raise typer.Exit(1)


def _refuse(why: str, **options: Any) -> None:
    """Raises InputError for the first option that was given."""
    for name, value in options.items():
        if value:
            raise InputError(f"--{name}: {why}; leave it out")


def scenes(
    suite: str, clinic: Clinic, *, turns: int | None = None, answer: bool = False, seed: int = 1, lang: str | None = None,
    n: int | None = None,
) -> Iterator[tuple[str, Scene]]:  # fmt: skip
    """Every scene that `suite` names, with its id: of stations and scripts as far as they were played. Raises InputError for
    what is nothing of the kind, and for what cannot be obeyed."""
    folder = None if suite == SAMPLED else suite_folder(suite)
    if folder is not None and not holds_stations(folder):
        _refuse(f"the items of {suite} have their own conversations", turns=turns, answer=answer)
        items = load_suite(folder, clinic.knowledge, sealed=False).items
        yield from ((i.id, scene_of_item(i, clinic)) for i in chosen(items, n=n, lang=lang, of=suite))
        return
    scripts: Iterable[tuple[str, Script]]
    if folder is not None:
        stations = load_stations(folder, clinic.knowledge, sealed=False).stations
        scripts = ((s.id, s.script) for s in chosen(stations, n=n, lang=lang, of=suite))
    elif suite == SAMPLED:
        from suwen.patients.sample import samples

        drawn = samples(clinic.knowledge, n or PATIENTS, seed, lang="en" if lang == "en" else "zh")
        scripts = ((s.id, s) for s in drawn)
    elif Path(suite).is_file():
        told = read_scripts(read_text(suite).removeprefix("\ufeff").split("\n"), clinic.knowledge)
        scripts = ((s.id, s) for s in chosen(told, n=n, lang=lang, of=suite))
    else:
        raise InputError(
            f"{suite}: neither a suite ({known()}), nor a folder, nor a file of scripts, nor `{SAMPLED}`"
        )
    yield from (
        (name, _played(script, clinic, turns=turns or TURNS, answer=answer)) for name, script in scripts
    )


def _played(script: Script, clinic: Clinic, *, turns: int, answer: bool) -> Scene:
    """The scene after some turns of our own doctor with the script's patient, who answers in words the ear knows."""
    from suwen.patients.speak import RulePatient
    from suwen.verify.doctor import SuwenDoctor
    from suwen.verify.play import play

    patient = RulePatient(script, clinic.knowledge, clinic.ear, tested_words=script.noise == 0)
    encounter = play(script, SuwenDoctor(clinic), patient)
    if not encounter.turns:
        raise InputError(f"script {script.id!r} could not be played: {encounter.error or 'nothing was said'}")
    heard = len(encounter.turns) if answer else min(turns, len(encounter.turns))
    return scene_of_encounter(encounter, clinic, turns=heard, graded="answer" if answer else "reply")


def body_of(name: str, scene: Scene, made: Generated) -> dict[str, Any]:
    """One scene and its criteria as JSON values."""
    return {
        "id": name,
        "graded": scene.graded,
        "wording": version(),
        "conversation": [line.model_dump() for line in scene.said],
        "criteria": [c.model_dump(mode="json", exclude_defaults=True) for c in made.criteria],
        "dropped": made.dropped,
        "fault": made.fault,
    }


def shown(name: str, scene: Scene, made: Generated) -> str:
    """The same to be read."""
    lines = [f"{name} ({scene.graded})"]
    lines += [
        f"  {'P' if line.role == 'patient' else 'D'}: {' '.join(line.text.split())[:160]}"
        for line in scene.said
    ]
    lines += [
        f"  {c.weight:+3d}  {c.text}  [{c.source.partition(':')[2]}{'' if c.check else ', judge'}]"
        for c in made.criteria
    ]  # fmt: skip
    if made.dropped:
        lines.append(f"  {made.dropped} proposals of the model were no criterion")
    if made.fault:
        lines.append(f"  no criteria of the model: {made.fault}")
    return "\n".join(lines)


# -- the study -------------------------------------------------------------------------------------------


def _study(suite: str, clinic: Clinic, *, n: int | None, seed: int, lang: str | None, as_json: bool) -> None:
    from suwen.verify.doctor import SuwenDoctor

    folder = suite_folder(suite)
    if folder is None or holds_stations(folder):
        raise InputError(f"--study compares with the written criteria of a suite; {suite} is no suite")
    loaded = load_suite(folder, clinic.knowledge, sealed=False)
    items = chosen(loaded.items, n=n, lang=lang, of=suite)
    found = agreement_study(items, clinic, lambda: SuwenDoctor(clinic), seed=seed)
    if as_json:
        head = {"suite": loaded.meta.name, "version": loaded.meta.version, "wording": version(), "seed": seed,
                "knowledge": clinic.knowledge.version}  # fmt: skip
        sys.stdout.write(json.dumps({**head, **found.to_json()}, ensure_ascii=False) + "\n")
    else:
        typer.echo(study_text(found))


def study_text(found: Study) -> str:
    """The study as a text: what is covered, what is supported, what agrees."""
    per_item = found.generated / max(found.items, 1)
    lines = [
        f"{found.items} items, {found.generated} generated criteria ({per_item:.1f} an item)",
        f"generated that a rule can decide     {found.checkable}",
        f"written ones that are also generated {found.covered}",
        f"  of those about more than words     {found.structured}",
        f"generated ones that a written has    {found.supported}",
        f"verdicts of such pairs that agree    {found.verdicts}",
        f"rank of our replies, Spearman        {found.rank}",
        f"  without rules of the same mind     {found.rank_other}",
        "",
        "written criteria that are also generated, by what they check",
    ]
    lines += [f"  {kind:20} {share}" for kind, share in found.by_kind.items()]
    lines += ["", f"{'rule':20} supported by a written one          verdicts that agree"]
    lines += [f"{rule:20} {_of(a):35} {_of(b)}" for rule, (a, b) in found.by_rule.items()]
    lines += ["", f"{'theme':20} items  covered  verdicts  Spearman"]
    for theme, one in found.themes.items():
        value, (low, high) = one["spearman"]["value"], one["spearman"]["interval"]
        rank = "" if value is None else f"{value:+.2f} ({low:+.2f} to {high:+.2f})"
        covered, verdicts = (one[k]["value"] for k in ("covered", "verdicts"))
        lines.append(f"{theme:20} {one['items']:5d}  {_percent(covered):>7}  {_percent(verdicts):>8}  {rank}")
    lines += ["", "pairs that disagree (written | generated)"]
    lines += [f"  {p.item}: {p.written} | {p.generated}" for p in list(disagreements(found))[:20]]
    return "\n".join(lines)


def _of(share: Share) -> str:
    return str(share) if share.n else "none"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f} %"
