"""Verdicts of judges kept on disk, so that a run that was killed or is repeated pays for none of them twice.

A file of JSON lines, only ever appended to, each line in one write: a line that a kill or a full disk left half-written is
skipped when the file is read, and that criterion is judged again.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from suwen.core.errors import StoreError, StoreFull

Verdict = tuple[bool, str]
"""Whether the criterion is met, and the judge's reason."""


def key_of(*parts: str) -> str:
    """The hash under which a verdict is kept; every part that could change it goes in."""
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


class Verdicts:
    """Verdicts by key; without a path in memory only. Several processes may append to one file."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._known: dict[str, Verdict] = {}
        if path is not None and path.exists():
            self._known = _read(path.read_bytes().split(b"\n"))

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: str) -> Verdict | None:
        return self._known.get(key)

    def keep(self, key: str, verdict: Verdict) -> None:
        """Raises StoreFull when the disk is; what was kept before stays readable."""
        self._known[key] = verdict
        if self.path is None:
            return
        line = json.dumps([key, *verdict], ensure_ascii=False).encode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # The leading line break closes what a kill may have left open.
            _append(self.path, b"\n" + line + b"\n")
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreFull(
                    f"no space left for {self.path}; free some and run again: what was judged so far is kept"
                ) from None
            raise StoreError(f"cannot write {self.path} ({error.strerror}); give another place") from None


def _append(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(handle, data) != len(data):
            raise OSError(errno.ENOSPC, "only a part was written")
    finally:
        os.close(handle)


def _read(lines: Sequence[bytes]) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for line in lines:
        try:
            key, met, why = json.loads(line)
        except ValueError:
            continue
        if isinstance(met, bool):
            found[str(key)] = (met, str(why))
    return found
