"""`python -m suwen.knowledge.drugs.check [WORD]`: faults of the files about medicines; WORD keeps only lines with it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from suwen.knowledge.compile import DATA, read
from suwen.knowledge.drugs.compile import cross_check_drugs, read_drugs


def report(extra: Path | None = None) -> tuple[list[str], int]:
    """(lines to print, number of faults) over the built-in files and a hospital's folder laid over them."""
    folders = [DATA, *([extra] if extra else [])]
    general = read(folders)
    raw = read_drugs(folders)
    problems = cross_check_drugs(
        raw, sources=general.sources, states={*general.conditions, *general.findings}
    )
    kinds = Counter(rule.kind for rule in raw.cautions.values())
    total = (
        f"{len(raw.substances)} substances, {len(raw.products)} products, {len(raw.interactions)} interaction rules, "
        f"{len(raw.effects)} effects, {len(raw.cautions)} rules about patients ({', '.join(f'{k} {n}' for k, n in sorted(kinds.items()))}): "
        f"{len(problems)} fault(s)"
    )
    return [*problems, total], len(problems)


if __name__ == "__main__":
    lines, faults = report()
    if len(sys.argv) > 1:
        lines = [line for line in lines[:-1] if sys.argv[1] in line] + lines[-1:]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(1 if faults else 0)
