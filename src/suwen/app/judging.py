"""`suwen verify check` and `suwen verify calibrate`: are the suites sound, and may a judge be believed."""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from suwen.app.files import knowledge_folder, read_text
from suwen.app.suites import known, shipped, suite_folder
from suwen.core.errors import InputError, ModelError, SuiteError
from suwen.knowledge import Knowledge, load
from suwen.language.model import OpenAICompatible
from suwen.verify.agree import Agreement, Label, Leniency, agreement, asked_of, read_labels
from suwen.verify.judge import Budget, Judge, version
from suwen.verify.osce import PARTS, Station, holds_stations, load_stations, stamp_stations
from suwen.verify.rubric import Item
from suwen.verify.suite import load_suite, stamp
from suwen.verify.verdicts import Verdicts

OFTEN = 12
"""A criterion's words that more items share are worth a second look. Source: estimate."""


def check(
    suites: Annotated[list[str] | None, typer.Argument(help="Names or folders of suites or stations; all that ship with Suwen when left out.")] = None,
    seal: Annotated[bool, typer.Option("--stamp", help="Write the digest into suite.yaml: from then on a change needs a new version.")] = False,
    same_version: Annotated[bool, typer.Option("--same-version", help="Stamp under the same version; only for a suite nobody has used yet.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:  # fmt: skip
    """Check suites of rubrics and OSCE stations: form, names, sources, patterns, and that no version changed unnoticed."""
    places = [_place(name) for name in suites] if suites else shipped()
    if not places:
        raise InputError("no suites; give a folder with a suite.yaml")
    knowledge = load(knowledge_folder())
    wrong: list[str] = []
    for place in places:
        try:
            counts = _counts(place, knowledge, seal=seal, same_version=same_version)
        except SuiteError as error:
            wrong += [f"{place.name}/{problem}" for problem in error.problems]
            continue
        if as_json:
            sys.stdout.write(json.dumps({"folder": str(place), **counts}, ensure_ascii=False) + "\n")
        else:
            typer.echo(_told(place, counts))
    if wrong:
        raise SuiteError(wrong)


def _place(name: str) -> Path:
    folder = suite_folder(name)
    if folder is None:
        raise InputError(f"{name}: neither a suite ({known()}) nor a folder; give one with a suite.yaml")
    return folder


def calibrate(
    labels: Annotated[str, typer.Option("--labels", help="JSONL of item, criterion, weight, human and judge; - for standard input.")],
    judge: Annotated[str | None, typer.Option("--judge", help="Address of a model, such as http://127.0.0.1:8000/v1, or `auto` for SUWEN_MODEL_URL, to ask anew; needs conversation and reply in the rows.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="The judge's model, SUWEN_MODEL when left out; without --judge whose verdicts the file has.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Where verdicts are kept, so that none is paid for twice.")] = None,
    calls: Annotated[int | None, typer.Option(min=1, help="Calls at most; the rest is not graded.")] = None,
    tokens: Annotated[int | None, typer.Option(min=1, help="Tokens at most (estimated); the rest is not graded.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Calls at the same time.")] = 8,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for one call.")] = 60.0,
    seed: Annotated[int, typer.Option(help="For the interval.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON, as a report reads it.")] = False,
) -> None:  # fmt: skip
    """Compare a judge with people: macro-F1, leniency by polarity, kappa, and whether its score may be a headline.

    The key that is sent to the address is SUWEN_MODEL_KEY. `suwen verify run --agreement` reads the output of --json.
    """
    rows = read_labels(read_text(labels).split("\n"))
    prompts = ""
    if judge is not None:
        from suwen.app.chat import chat_model

        asked = chat_model(judge, model, option="--judge", named_by="--model", timeout_seconds=timeout)
        model = asked.name
        one = Judge(
            asked, Verdicts(cache), Budget(calls, tokens), concurrency=concurrency, timeout_seconds=timeout
        )  # fmt: skip
        rows, prompts = _judged(rows, one), version()
    elif all(row.judge is None for row in rows):
        raise InputError(
            "no row has a verdict in `judge`; add them, or give --judge and --model to ask a model"
        )
    found = agreement(rows, judge=model or "", prompts=prompts, seed=seed)
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False) + "\n")
    else:
        typer.echo(_shown(found))


def _judged(rows: Sequence[Label], judge: Judge) -> list[Label]:
    """The rows with the verdicts of this judge in place of any other. Raises ModelError where it gives none at all."""
    asked = [asked_of(row) for row in rows]

    async def all_of() -> list[tuple[bool | None, str]]:
        try:
            return await judge.judge(asked)
        finally:
            if isinstance(judge.model, OpenAICompatible):
                await judge.model.aclose()

    found = asyncio.run(all_of())
    reasons = Counter(why for met, why in found if met is None)
    for why, times in reasons.most_common(3):
        typer.echo(f"{times} x {why}", err=True)
    if reasons.total() == len(found):
        raise ModelError(
            f"--judge: {judge.model.name} decided none of {len(found)} labels, so it is not calibrated; try again when it answers"
        )
    return [row.model_copy(update={"judge": met}) for row, (met, _) in zip(rows, found, strict=True)]


def _shown(found: Agreement) -> str:
    low, high = found.interval
    verdict = (
        "the judge's score may be a headline"
        if found.headline_allowed
        else f"a score of this judge is withheld as uncalibrated: {found.fault}"
    )
    lines = [
        f"judge {found.judge or '(not named)'}, prompts {found.prompts or '(not known)'}, {found.n} labels of {found.items} items",
        f"macro-F1 {_number(found.macro_f1)} ({_number(low)}–{_number(high)}): {verdict}",
        f"  F1 of met {_number(found.f1_met)}, of not met {_number(found.f1_unmet)}, Cohen's kappa {_number(found.kappa)}",
        f"  not parsed or not answered, each counted as wrong: {found.not_parsed}",
        _lenient("positive", found.positive, lenient=found.positive.value > 0),
        _lenient("negative", found.negative, lenient=found.negative.value < 0),
    ]
    return "\n".join(lines)


def _lenient(name: str, one: Leniency, *, lenient: bool) -> str:
    if not one.judge.n:
        return f"  {name} criteria: none"
    word = "as people" if not one.value else "more lenient than people" if lenient else "stricter than people"
    return f"  {name} criteria: met {100 * one.judge.value:.1f} % by the judge, {100 * one.human.value:.1f} % by people ({100 * one.value:+.1f} points, {word}, n={one.judge.n})"


def _number(value: float) -> str:
    return "not defined" if math.isnan(value) else f"{value:.3f}"


def _counts(place: Path, knowledge: Knowledge, *, seal: bool, same_version: bool) -> dict[str, Any]:
    stations = holds_stations(place)
    if seal:
        (stamp_stations if stations else stamp)(place, knowledge, same_version=same_version)
    if stations:
        loaded = load_stations(place, knowledge)
        return {"suite": loaded.meta.name, "version": loaded.meta.version, **_of_stations(loaded.stations)}
    suite = load_suite(place, knowledge)
    return {"suite": suite.meta.name, "version": suite.meta.version, **_of_items(suite.items)}


def _of_items(items: Sequence[Item]) -> dict[str, Any]:
    criteria = [c for item in items for c in item.criteria]
    texts = Counter(c.text for c in criteria)
    return {
        "items": len(items),
        "criteria": len(criteria),
        "by_rule": sum(c.check is not None for c in criteria),
        "negative": sum(c.weight < 0 for c in criteria),
        "lang": dict(Counter(item.lang for item in items)),
        "themes": dict(Counter(item.theme for item in items)),
        "axes": dict(Counter(c.axis for c in criteria)),
        "often": {text: n for text, n in texts.items() if n > OFTEN},
    }


def _of_stations(stations: Sequence[Station]) -> dict[str, Any]:
    points = [p for station in stations for p in station.checklist]
    return {
        "stations": len(stations),
        "checklist_items": len(points),
        "by_rule": sum(p.check is not None for p in points),
        "critical": sum(p.critical for p in points),
        "vetoes": sum(p.veto for p in points),
        "lang": dict(Counter(station.script.lang for station in stations)),
        "parts": {part: sum(p.part == part for p in points) for part in PARTS},
    }


def _told(place: Path, counts: Mapping[str, Any]) -> str:
    def plain(value: Any) -> str:
        return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)

    head = f"{place}: {counts['suite']} {counts['version']}"
    rest = [
        f"  {k.replace('_', ' ')}: {plain(v)}"
        for k, v in counts.items()
        if k not in ("suite", "version", "often")
    ]
    notes = [
        f"  note: a criterion's words stand {n} times: {text}" for text, n in counts.get("often", {}).items()
    ]
    return "\n".join([head, *rest, *notes])
