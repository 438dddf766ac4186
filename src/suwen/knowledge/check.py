"""`python -m suwen.knowledge.check`: every fault of the knowledge files, one line each."""

from __future__ import annotations

import sys

from suwen.knowledge.compile import DATA, cross_check, read


def main() -> int:
    raw = read([DATA])
    problems = cross_check(raw)
    for problem in problems:
        print(problem)  # noqa: T201
    print(  # noqa: T201
        f"{len(raw.conditions)} conditions, {len(raw.findings)} findings, {len(raw.red_flags)} red flags, "
        f"{len(raw.sources)} sources: {len(problems)} fault(s)"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
