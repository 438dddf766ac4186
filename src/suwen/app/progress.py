"""A bar that shows how far a command is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from suwen.verify.work import Progress as Told


@contextmanager
def bar(what: str, *, quiet: bool) -> Iterator[Told | None]:
    """A progress bar on standard error, where that is a terminal. It has no thread of its own: workers are forked beside it."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, auto_refresh=False, transient=True) as shown:
        task = shown.add_task("")

        def told(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total, refresh=True)

        yield told
