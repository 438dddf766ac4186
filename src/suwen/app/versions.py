"""What a figure was measured with: the program, its commit and the knowledge."""

from __future__ import annotations

import subprocess
from pathlib import Path

from suwen import __version__
from suwen.knowledge import Knowledge
from suwen.knowledge.drugs import Formulary


def versions(measured: Knowledge | Formulary) -> dict[str, str]:
    """As benchmarks print them and the manifest of a folder holds them."""
    return {
        "knowledge": measured.version,
        "knowledge_digest": measured.digest[:12],
        "version": __version__,
        "commit": commit(),
    }


def commit() -> str:
    """The commit of the source, with `+` where files differ from it; `unknown` outside a checkout."""
    here = Path(__file__).parent
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
            capture_output=True, text=True, check=True, cwd=here,
        )  # fmt: skip
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no", "."],  # noqa: S607
            capture_output=True, text=True, check=True, cwd=here.parent,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip() + ("+" if changed.stdout.strip() else "")
