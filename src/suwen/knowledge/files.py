"""Which files are the knowledge, and the hash that names their content."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml


class _Unique(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a key that stands twice is a fault, not the last one's victory."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [k.value for k, _ in node.value if isinstance(k.value, str)]
        if len(set(keys)) < len(keys):
            twice = next(
                k for k, _ in node.value[::-1] if isinstance(k.value, str) and keys.count(k.value) > 1
            )
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {twice.value!r} stands twice", twice.start_mark
            )
        return super().construct_mapping(node, deep)


def load_yaml(text: str) -> Any:
    """YAML to plain values by the safe loader, the compiled one where there is one; raises yaml.YAMLError, also for a key
    that stands twice."""
    return yaml.load(text, Loader=_Unique)  # noqa: S506


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.yaml"))


COMPILERS = ("__init__.py", "borrow.py", "compile.py", "learn.py", "schema.py", "shelf.py", "strings.py")
DRUG_COMPILERS = tuple(
    f"drugs/{name}.py" for name in ("__init__", "build", "compile", "names", "schema", "terms")
)


def digest_of(folders: Iterable[Path], *, drugs: bool = False) -> str:
    """SHA-256 over the paths and bytes of every knowledge file and of the compiler itself.

    Medicines (`drugs`) are compiled and kept apart: they rest on the other files, the others do not rest on them.
    """
    total = hashlib.sha256()
    here = Path(__file__).parent
    for source in (*COMPILERS, *(DRUG_COMPILERS if drugs else ())):
        total.update((here / source).read_bytes())
    for folder in folders:
        for path in files_of(folder):
            name = path.relative_to(folder)
            if drugs or name.parts[0] != "drugs":
                total.update(str(name).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def keep(place: Path, content: bytes, *, replaces: str) -> None:
    """Write a cache file in one step and remove older ones (`replaces` is their pattern); a read-only home is no fault.

    The newest of the older ones stays, for two versions side by side must not make theirs anew at every start.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        others = [old for old in place.parent.glob(replaces) if old.stem != place.stem]
        for old in sorted(others, key=lambda old: old.stat().st_mtime)[:-1]:
            old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as handle:
            handle.write(content)
        os.replace(handle.name, place)
    except OSError:
        return  # it only costs time at the next start


def kept_json(place: Path, make: Callable[[], Any], *, fits: Callable[[Any], bool], replaces: str) -> Any:
    """What a cache file holds; where none can be read or it does not fit, what `make` gives, which is kept there."""
    try:
        kept = json.loads(place.read_bytes())
        if fits(kept):
            return kept
    except (OSError, ValueError):
        pass
    made = make()
    keep(place, json.dumps(made, ensure_ascii=False).encode(), replaces=replaces)
    return made
