"""Suites by the names that commands are given: one that ships with Suwen, or a folder; and how much of one is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from suwen.core.errors import InputError

SUITES = Path(__file__).parents[1] / "verify" / "suites"


def suite_folder(name: str | Path) -> Path | None:
    """The folder of a suite; None where the name is neither one that ships with Suwen nor a folder. A folder beside the
    caller stands over a suite of the same name only where it is a suite."""
    places = (Path(name), SUITES / name)
    own = next((p for p in places if (p / "suite.yaml").is_file()), None)
    return own or next((p for p in places if p.is_dir()), None)


def shipped() -> list[Path]:
    """The suites that ship with Suwen."""
    return sorted(p.parent for p in SUITES.glob("*/suite.yaml"))


def known() -> str:
    """Their names, for a message."""
    return ", ".join(p.name for p in shipped()) or "none is installed"


def chosen(tasks: Iterable[Any], *, n: int | None, lang: str | None, of: str) -> list[Any]:
    """At most n of the tasks, in one language if one is given. of: where they are from, for the message."""
    found = list(islice((t for t in tasks if lang in (None, _lang(t))), n))
    if not found and lang:
        raise InputError(f"--lang {lang}: nothing in {of} is in this language; leave it out")
    return found


def _lang(task: Any) -> str:
    """The language of an item or script, or of a station's script."""
    return str(getattr(task, "script", task).lang)
