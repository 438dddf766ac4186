"""What the commands read: a file or standard input, and a hospital's own folder if one is set."""

from __future__ import annotations

import os
import sys
from pathlib import Path

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
