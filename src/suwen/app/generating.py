"""`suwen verify generate`: criteria for a doctor's next words, and how far they agree with written ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from suwen.app.build import build_clinic
from suwen.app.files import knowledge_folder, read_text
from suwen.consult.clinic import Clinic
from suwen.core.errors import InputError
from suwen.language.model import OpenAICompatible
from suwen.patients.faults import read_scripts
from suwen.patients.script import Script
from suwen.verify.generate import Generated, generate, version
from suwen.verify.scene import Scene, scene_of_encounter, scene_of_item
from suwen.verify.stats import Share
from suwen.verify.study import Study, agreement_study, disagreements
from suwen.verify.suite import load_suite

SUITES = Path(__file__).parents[1] / "verify" / "suites"
SAMPLED = "sampled"


def generate_command(
    suite: Annotated[str, typer.Argument(help="A suite's name or folder, `sampled`, or a JSONL file of scripts.")],
    study: Annotated[bool, typer.Option("--study", help="Measure how far generated criteria agree with the written ones of a suite.")] = False,
    n: Annotated[int, typer.Option("-n", "--n", min=1, help="Items or patients at most.")] = 1_000,
    only: Annotated[str, typer.Option("--id", help="Only this item or script.")] = "",
    turns: Annotated[int, typer.Option(min=1, help="Of a script: the patient's turns heard before the reply.")] = 3,
    answer: Annotated[bool, typer.Option("--answer", help="Of a script: criteria for the answer at its end instead.")] = False,
    seed: Annotated[int, typer.Option(help="Of sampled patients, and of the intervals.")] = 1,
    lang: Annotated[str, typer.Option(help="Language of sampled patients: zh or en.")] = "zh",
    address: Annotated[str | None, typer.Option("--address", envvar="SUWEN_MODEL_URL", help="A model that adds criteria, such as http://127.0.0.1:8000/v1.")] = None,
    model: Annotated[str, typer.Option("--model", envvar="SUWEN_MODEL", help="Its name.")] = "",
    key: Annotated[str | None, typer.Option(envvar="SUWEN_MODEL_KEY", help="The address's key.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON, a scene a line.")] = False,
) -> None:  # fmt: skip
    """Generate criteria for the doctor's next words from the knowledge, and from a model where there is one."""
    if lang not in ("zh", "en"):
        raise typer.BadParameter("give zh or en", param_hint="--lang")
    if address is not None and not model:
        raise InputError("which model? give --model or set SUWEN_MODEL")
    clinic = build_clinic(knowledge_folder())
    if study:
        _study(suite, clinic, n=n, seed=seed, as_json=as_json)
        return
    chat = OpenAICompatible(address, model, key) if address else None
    found = 0
    for name, scene in scenes(suite, clinic, turns=turns, answer=answer, seed=seed, lang=lang, n=n):
        if only and name != only:
            continue
        made = generate(scene, model=chat)
        found += 1
        typer.echo(json.dumps(body_of(name, scene, made), ensure_ascii=False) if as_json else shown(name, scene, made))  # fmt: skip
    if not found:
        raise InputError(f"nothing to generate for: {suite} has no {only or 'rows'}; check the name")


def scenes(
    suite: str, clinic: Clinic, *, turns: int, answer: bool, seed: int, lang: str, n: int
) -> Iterator[tuple[str, Scene]]:
    """Every scene that `suite` names, with its id. Raises InputError for what is nothing of the kind."""
    folder = Path(suite) if Path(suite).is_dir() else SUITES / suite
    if folder.is_dir():
        for item in load_suite(folder, clinic.knowledge, sealed=False).items[:n]:
            yield item.id, scene_of_item(item, clinic)
        return
    scripts = _scripts(suite, clinic, seed=seed, lang=lang, n=n)
    yield from ((s.id, _played(s, clinic, turns=turns, answer=answer)) for s in scripts)


def _scripts(suite: str, clinic: Clinic, *, seed: int, lang: str, n: int) -> Iterator[Script]:
    if suite == SAMPLED:
        from suwen.patients.sample import samples

        yield from samples(clinic.knowledge, min(n, 20), seed, lang="en" if lang == "en" else "zh")
    elif Path(suite).is_file():
        for number, script in enumerate(read_scripts(read_text(suite).split("\n"), clinic.knowledge)):
            if number < n:
                yield script
    else:
        raise InputError(f"{suite}: neither a suite, nor a folder, nor a file of scripts, nor `{SAMPLED}`")


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


def _study(suite: str, clinic: Clinic, *, n: int, seed: int, as_json: bool) -> None:
    from suwen.verify.doctor import SuwenDoctor

    folder = Path(suite) if Path(suite).is_dir() else SUITES / suite
    if not folder.is_dir():
        raise InputError(f"--study compares with the written criteria of a suite; {suite} is no suite")
    loaded = load_suite(folder, clinic.knowledge, sealed=False)
    found = agreement_study(loaded.items[:n], clinic, lambda: SuwenDoctor(clinic), seed=seed)
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
