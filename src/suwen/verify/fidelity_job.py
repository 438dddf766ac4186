"""Fidelity measured by many processes or machines: one script a task, the same figures however they are shared out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from suwen.knowledge import Knowledge, load
from suwen.language.model import ChatModel
from suwen.language.understand import Ear
from suwen.patients.model_patient import ModelPatient
from suwen.patients.script import Script
from suwen.patients.speak import RulePatient
from suwen.patients.stages import Memory
from suwen.patients.stand_ins import stand_ins_of
from suwen.patients.stand_ins import summed as summed_stand_ins
from suwen.patients.utterance import Patient
from suwen.verify.examiner import Examiner
from suwen.verify.fidelity import Example, Fidelity, Sheet, examined, summed
from suwen.verify.work import Progress, all_rows, same_knowledge
from suwen.verify.workers import Row

PIECE = 4
"""Scripts in a shard: few, so that a bar moves and all hands end at about the same time."""


@dataclass(frozen=True)
class Examination:
    """What is measured of one script. `wild` patients use words that the ear was never tested with. model: that finds the
    patients' words, made in each process; None for the rules. model_checks: as of `ModelPatient`. digest: of the knowledge that
    the work was planned with; None takes any."""

    folder: Path | None
    seed: int
    wild: bool = False
    model: Callable[[], ChatModel] | None = None
    model_checks: bool = False
    digest: str | None = None

    @cached_property
    def parts(self) -> tuple[Knowledge, Ear, Examiner, ChatModel | None]:
        knowledge = load(self.folder)
        same_knowledge(knowledge, self.digest)
        ear = Ear(knowledge)
        return knowledge, ear, Examiner(knowledge, ear, seed=self.seed), self.model() if self.model else None

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k != "parts"}

    def __call__(self, task: Script) -> Row:
        knowledge, ear, examiner, model = self.parts
        remembered: list[Memory] = []

        def patient(script: Script) -> Patient:
            if model is None:
                return RulePatient(script, knowledge, ear, tested_words=not self.wild)
            made = ModelPatient(
                script, knowledge, ear, model, model_checks=self.model_checks, tested_words=not self.wild
            )
            remembered.append(made.memory)
            return made

        sheet = examined(task, patient, knowledge, ear, examiner)
        return {
            **({} if model is None else {"stand_ins": stand_ins_of(remembered).to_json()}),
            "hits": dict(sheet.hits),
            "n": dict(sheet.n),
            "examples": [asdict(example) for example in sheet.examples],
        }


def measured(
    scripts: Sequence[Script],
    job: Examination,
    *,
    workers: int = 1,
    ray: str | None = None,
    progress: Progress | None = None,
    out: Path | None = None,
    manifest: Mapping[str, Any] | None = None,
) -> Fidelity:
    """The figures over `scripts`, by `workers` processes or a Ray cluster; out, manifest: as of `all_rows`, whose errors are
    raised."""
    done = all_rows(
        scripts, job, out=out, workers=workers, progress=progress, ray_address=ray, manifest=manifest, shard=PIECE
    ).rows  # fmt: skip
    figures = summed([_sheet(s, row) for s, row in zip(scripts, done, strict=True)], seed=job.seed)
    if job.model is None:
        return figures
    return replace(figures, stand_ins=summed_stand_ins(row["stand_ins"] for row in done))


def _sheet(script: Script, row: Row) -> Sheet:
    sheet = Sheet(script)
    sheet.hits.update(row["hits"])
    sheet.n.update(row["n"])
    sheet.examples.extend(Example(**example) for example in row["examples"])
    return sheet
