"""The key of the encrypted database: 32 random bytes, written as 64 hexadecimal digits in `<home>/key`.

Without it the database is lost, and with it anyone reads it: the operator backs it up apart from the data.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from suwen.core.errors import StoreUnavailable

_DIGITS = re.compile(r"[0-9a-fA-F]{64}")


def load_key(path: Path, *, database: Path) -> str:
    """The key as 64 hexadecimal digits, made if neither key nor database exists.

    Raises `StoreUnavailable` if the key of an existing database is gone, unreadable or not a key.
    """
    has_data = False
    try:
        # Looked at first: whoever starts at the same moment writes the key before the database.
        has_data = database.exists() and database.stat().st_size > 0
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        if has_data:
            raise StoreUnavailable(
                f"The key of the database is gone: {path} does not exist, but {database} does. "
                "Put the key back from its backup; without it the database cannot be read."
            ) from None
        text = _make(path)
    except (OSError, UnicodeDecodeError) as error:
        raise StoreUnavailable(f"The key file {path} cannot be read ({type(error).__name__}).") from None
    if not _DIGITS.fullmatch(text):
        raise StoreUnavailable(
            f"{path} is not a key: it must hold 64 hexadecimal digits. Put its backup back."
        )
    return text


def _make(path: Path) -> str:
    """Writes a new key beside `path` and links it there, so that no reader ever sees half a key.

    If another process was faster its key is the one that counts.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, secrets.token_hex(32).encode() + b"\n")
            os.fsync(file)
        finally:
            os.close(file)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return path.read_text("ascii").strip()
    except OSError as error:
        raise StoreUnavailable(f"The key file {path} cannot be made: {error.strerror}.") from error
