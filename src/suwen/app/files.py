"""What the commands read and write: a file or standard input, a file whole or not at all, and a hospital's own folder."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from suwen.core.errors import InputError


def read_text(file: str | Path) -> str:
    """The text of a file, or of standard input for `-`; raises InputError saying what is wrong with it."""
    if str(file) == "-":
        return sys.stdin.buffer.read().decode("utf-8", errors="replace")
    try:
        return Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{file}: cannot be read ({error.strerror}); give a file that exists, or - for standard input"
        ) from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: not UTF-8 text; save it as UTF-8") from None


def knowledge_folder() -> Path | None:
    """A hospital's own folder, if one is set; the settings are only read when there are any."""
    if "SUWEN_KNOWLEDGE" not in os.environ and not Path(".env").exists():
        return None
    from suwen.app.settings import load_settings

    return load_settings().knowledge


@contextmanager
def written(path: Path | None) -> Iterator[TextIO]:
    """A file that is there whole or not at all: it gets its name when all is written. Raises InputError where it cannot."""
    if path is None:
        yield sys.stdout
        return
    part: Path | None = None
    try:
        if path.exists() and not path.is_file():  # a pipe or a device is written to, never replaced
            with path.open("w", encoding="utf-8") as out:
                yield out
            return
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            part = Path(file.name)
            yield file  # type: ignore[misc]
        part.replace(path)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise InputError(
                f"{path}: the disk is full; nothing was written. Free some space or give another folder"
            ) from None
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); give a file in a folder that exists"
        ) from None
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def can_be_written(path: Path | None, *, option: str) -> None:
    """Before any work is done: raises InputError where a file that an option names could not be written afterwards."""
    if path is None:
        return
    if path.is_dir():
        raise InputError(f"{option} {path}: is a folder; give a file in it")
    if not path.parent.is_dir():
        raise InputError(f"{option} {path}: there is no folder {path.parent}; make it, or give another place")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError(f"{option} {path}: may not be written; give another place")


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises InputError where it cannot be."""
    with written(path) as out:
        out.write(text)
