"""What `suwen verify run` does: which tasks, which job, and what the manifest says of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from suwen.app.files import knowledge_folder, read_text
from suwen.app.speaker import OPTION, Speaker, described
from suwen.app.suites import chosen, known, suite_folder
from suwen.app.versions import versions
from suwen.core.errors import InputError
from suwen.knowledge import Knowledge
from suwen.patients.script import Script
from suwen.verify.osce import holds_stations
from suwen.verify.run import Repeated, Room, takes_of
from suwen.verify.workers import Job

SAMPLED = "sampled"
OURS = "suwen"
PATIENTS = 200
"""Sampled patients where nobody says how many."""
NOISE = 0.3
"""Of noisy patients where nobody says how much. Source: estimate."""


@dataclass(frozen=True)
class Under:
    """The doctor under test: ours without an address, or the model `name` there. budget: questions it may ask."""

    name: str = OURS
    address: str = ""
    budget: int = 20
    temperature: float = 0.0
    timeout_seconds: float = 60.0
    speaker: Speaker | None = None
    """The model that its patients speak by, None for the rules."""

    @property
    def ours(self) -> bool:
        return not self.address

    def rooms(self) -> Callable[[], Room]:
        """Where it meets its patients."""
        from suwen.app.rooms import model_room, rule_room

        own = knowledge_folder()
        folder = str(own) if own else None
        if self.ours:
            return partial(rule_room, folder, self.budget, self.speaker)
        return partial(
            model_room, self.address, self.name, folder, self.budget, self.temperature, self.timeout_seconds, self.speaker
        )  # fmt: skip

    def described(self) -> dict[str, Any]:
        """What a manifest says of it; never its address, which is nobody else's business."""
        if self.ours:
            return {"doctor": OURS, "budget": self.budget}
        from suwen.verify.model_doctor import version

        return {
            "doctor": self.name,
            "doctor_prompts": version(),
            "budget": self.budget,
            "temperature": self.temperature,
        }


@dataclass(frozen=True)
class Plan:
    """What is to be run: the tasks, the job, and what the manifest says of them. repeat: as many takes of every task."""

    tasks: list[Any]
    job: Any
    rooms: Callable[[], Room]
    manifest: dict[str, Any] = field(default_factory=dict)
    repeat: int = 1

    @property
    def every(self) -> list[Any]:
        """The tasks with all their takes."""
        return takes_of(self.tasks, self.repeat)

    @property
    def whole(self) -> Job:
        """The job over tasks and takes."""
        return Repeated(self.job)

    @property
    def by_id(self) -> dict[str, Any]:
        return {task.id: task for task in self.tasks}

    @property
    def judgeable(self) -> bool:
        """Whether there are criteria that a judge could decide."""
        return hasattr(self.job, "judged")


def plan_of(
    suite: str,
    under: Under,
    *,
    n: int | None = None,
    seed: int = 1,
    noise: float | None = None,
    lang: str | None = None,
    repeat: int = 1,
) -> Plan:
    """What `suite` names. n: at most so many items, patients or rows; without it PATIENTS sampled ones, or all there are.
    noise: of patients, NOISE without it; what is no patient has none. lang: of sampled patients, or only what is in this
    language. Raises InputError for what is nothing of the kind, and for what cannot be obeyed."""
    folder = None if suite == SAMPLED else suite_folder(suite)
    if under.speaker and folder is not None and not holds_stations(folder):
        raise InputError(
            f"{OPTION}: {suite} is a suite of items, in which no patient speaks; leave it out, or run patients or stations"
        )
    rooms = under.rooms()
    common = {
        "suite": Path(suite).name, "seed": seed, "repeat": repeat, **under.described(), **versions(rooms().knowledge),
    }  # fmt: skip
    if suite == SAMPLED:
        loud = NOISE if noise is None else noise
        plan = _sampled(rooms, common, n=n or PATIENTS, seed=seed, noise=loud, lang=lang or "zh")
        return _with_patients(plan, under, repeat)
    if folder is not None:
        if noise is not None:
            raise InputError(
                "--noise: a suite is played as it is written; only patients, sampled or of a file, have noise"
            )
        plan = _suite(folder, rooms, common, n=n, lang=lang)
        if repeat > 1 and plan.manifest["kind"] == "rubrics" and under.ours:
            raise InputError(
                "--repeat: Suwen answers the items of a suite the same way every time; repeat patients, stations or a model"
            )
        return _with_patients(plan, under, repeat)
    if Path(suite).is_file():
        plan = _file(
            Path(suite), rooms, common, n=n, seed=seed, noise=NOISE if noise is None else noise, lang=lang
        )
        return _with_patients(plan, under, repeat)
    raise InputError(f"{suite}: neither a suite ({known()}), nor a folder, nor a file, nor `{SAMPLED}`")


def _with_patients(plan: Plan, under: Under, repeat: int) -> Plan:
    """The plan with its takes; where patients are played, its manifest says who they are."""
    who = {} if plan.manifest["kind"] == "rubrics" else described(under.speaker)
    return replace(plan, manifest={**plan.manifest, **who}, repeat=repeat)


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
    return Plan(list(visits), PlayVisit(rooms, knowledge.digest), rooms, manifest)


def _suite(folder: Path, rooms: Any, common: dict[str, Any], *, n: int | None, lang: str | None) -> Plan:
    from suwen.verify.osce import load_stations
    from suwen.verify.run import AnswerItem, PlayStation
    from suwen.verify.suite import load_suite

    knowledge = rooms().knowledge
    tasks: list[Any]
    job: Any
    if holds_stations(folder):
        stations = load_stations(folder, knowledge)
        meta, kind, tasks = stations.meta, "stations", list(stations.stations)
        job = PlayStation(rooms, knowledge.digest, meta.name)
    else:
        suite = load_suite(folder, knowledge)
        meta, kind, tasks = suite.meta, "rubrics", list(suite.items)
        job = AnswerItem(rooms, knowledge.digest, meta.name)
    manifest = {**common, "kind": kind, "suite": meta.name, "suite_version": meta.version,
                "suite_digest": meta.digest.partition(":")[2][:12], **_given(n=n, lang=lang)}  # fmt: skip
    return Plan(chosen(tasks, n=n, lang=lang, of=meta.name), job, rooms, manifest)


def _given(**options: Any) -> dict[str, Any]:
    """The options that somebody gave: a manifest of a whole suite does not name them."""
    return {name: value for name, value in options.items() if value is not None}


def _file(
    file: Path,
    rooms: Any,
    common: dict[str, Any],
    *,
    n: int | None,
    seed: int,
    noise: float,
    lang: str | None,
) -> Plan:
    from suwen.verify.run import PlayVisit, digest_of_visits, visits_of

    knowledge = rooms().knowledge
    scripts, refused = scripts_of(file, knowledge, n=n, seed=seed, lang=lang)
    visits = visits_of(scripts, noise=noise)
    manifest = {**common, "kind": "patients", "n": len(scripts), "noise": noise, "refused": refused,
                "scripts_digest": digest_of_visits(visits), **_given(lang=lang)}  # fmt: skip
    return Plan(list(visits), PlayVisit(rooms, knowledge.digest), rooms, manifest)


def scripts_of(
    file: Path, knowledge: Knowledge, *, n: int | None = None, seed: int = 1, lang: str | None = None
) -> tuple[list[Script], dict[str, str]]:
    """At most n scripts of a file of scripts or of published cases, and why each row that gives none does not. Raises
    InputError for a file that is neither."""
    from suwen.patients.faults import read_scripts

    lines = read_text(file).removeprefix("\ufeff").split("\n")
    first = next((line for line in lines if line.strip()), "")
    refused: dict[str, str] = {}
    if '"medical"' in first:
        scripts = chosen(read_scripts(lines, knowledge), n=n, lang=lang, of=file.name)
    else:
        scripts, refused = _outside(file, lines, knowledge, n=n, lang=lang)
    # The seed of an outside case is its row; another run's seed makes its patient talk otherwise.
    own = [s if s.origin == SAMPLED else s.model_copy(update={"seed": s.seed + 1_000_003 * (seed - 1)})
           for s in scripts]  # fmt: skip
    return own, refused


def _outside(
    file: Path, lines: list[str], knowledge: Any, *, n: int | None, lang: str | None
) -> tuple[list[Any], dict[str, str]]:
    """The first n scripts of published cases, and why each row before them that gives none does not."""
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
    refused: dict[str, str] = {}

    def scripts() -> Iterator[Any]:
        seen: set[str] = set()
        for one in read_cases(rows, Ear(knowledge), name=file.stem):
            if isinstance(one, Refused):
                refused[f"{one.number} {one.id}"] = one.why
                continue
            if one.id in seen:
                raise InputError(
                    f"{file}: id {one.id!r} stands in two rows; give each its own, or leave ids out"
                )
            seen.add(one.id)
            yield one

    found = chosen(scripts(), n=n, lang=lang, of=file.name)
    if not found:
        raise InputError(
            f"{file}: no row is a script or a case; the first: {next(iter(refused.values()), 'empty')}"
        )
    return found, refused


def names_of_plan(plan: Plan) -> Any:
    """Names of findings and conditions in both languages, for the report."""
    knowledge = plan.rooms().knowledge

    def name(id_: str) -> str:
        one = knowledge.condition.get(id_) or knowledge.finding.get(id_)
        return f"{one.zh} {one.en}" if one else id_

    return name
