"""`python -m suwen.knowledge.check`: every fault of the knowledge files, one line each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from suwen.knowledge.compile import DATA, Raw, cross_check, read
from suwen.knowledge.rare import faults as faults_of_terms


def report(extra: Path | None = None, *others: Callable[[Raw], Iterable[str]]) -> tuple[list[str], int]:
    """(lines to print, number of faults) over the built-in knowledge and a hospital's folder laid over it.

    `others` name the faults of what lies above the knowledge and uses its names.
    """
    raw = read([DATA, *([extra] if extra else [])])
    problems = [
        *cross_check(raw),
        *faults_of_terms(raw.phenotypes),
        *(line for other in others for line in other(raw)),
    ]
    total = (
        f"{len(raw.conditions)} conditions, {len(raw.findings)} findings, {len(raw.red_flags)} red flags, "
        f"{len(raw.sources)} sources: {len(problems)} fault(s)"
    )
    return [*problems, total], len(problems)


if __name__ == "__main__":
    lines, faults = report()
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(1 if faults else 0)
