"""What a fault of a knowledge file says: the file, the line, the value, and what to do.

Faults are lines of text, 'FILE: RECORD: PLACE: what is wrong; what to do', with values in quotes. The line number is put in
afterwards from what they name, so that whoever finds a fault needs to know nothing of lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from suwen.knowledge.files import load_yaml

_FAULT = re.compile(r"(?P<file>[\w./-]+\.yaml): (?P<rest>.*)", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'")
_MARK_OF_TYPE = re.compile(r"[\[\](),-]|^(?:float|int|str|bool)$")
"""What the schema names a branch of a union by; no key of a file."""
_SHOWN = 60
_ALIKE = 75
"""Likeness in per cent from which another name is offered."""


def readable(folder: Path, paths: Iterable[Path], faults: list[str]) -> Iterator[tuple[str, Any]]:
    """Where each file stands in `folder`, and what it holds; a file that cannot be read is left out and noted in `faults`."""
    for path in paths:
        where = str(path.relative_to(folder))
        try:
            content = load_yaml(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            faults.append(f"{where}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8")
        except yaml.YAMLError as error:
            faults.append(_not_yaml(where, error))
        else:
            yield where, content


def _not_yaml(where: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f":{mark.line + 1}" if mark else ""
    return f"{where}{line}: not valid YAML ({getattr(error, 'problem', None) or error}); mend the line"


def of_schema(where: str, key: Any, error: ValidationError, fields: Collection[str]) -> Iterator[str]:
    """The faults of one record (`key`; none for a whole file) that has not its shape; `fields` are the names it may have on top."""
    for fault in error.errors(include_url=False):
        place = [str(part) for part in fault["loc"] if not _MARK_OF_TYPE.search(str(part))]
        if fault["type"] == "missing":
            says = "is missing; add it"
        elif fault["type"] == "extra_forbidden":
            near = alike(place[-1], fields) if len(place) == 1 else ""
            says = f"no such field; correct its name or delete it{near}"
        elif fault["type"] == "value_error":
            says = str(fault["ctx"]["error"])
        else:
            says = f"{fault['msg']} (found {str(fault.get('input'))[:_SHOWN]!r}); correct it"
        yield ": ".join([where, *([] if key is None else [str(key)]), *place, says])


def alike(name: str, known: Collection[str]) -> str:
    """'; did you mean 'fever'?' where something known is spelt nearly so, else nothing."""
    from rapidfuzz import fuzz, process

    near = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return f"; did you mean {near[0]!r}?" if near else ""


def with_lines(faults: Iterable[str], folders: Iterable[Path]) -> list[str]:
    """The faults with the line of the file at which the named record, place and value stand."""
    searched = list(folders)[::-1]  # a later folder is laid over the earlier ones
    tree = lru_cache(maxsize=64)(_tree)
    return [_with_line(fault, searched, tree) for fault in faults]


def _with_line(fault: str, folders: list[Path], tree: Callable[[Path], yaml.Node | None]) -> str:
    match = _FAULT.fullmatch(fault)
    if match is None:
        return fault
    for folder in folders:
        node = tree(folder / match["file"])
        if node is not None:
            return f"{match['file']}:{_line(node, match['rest'])}: {match['rest']}"
    return fault


def _tree(path: Path) -> yaml.Node | None:
    try:
        return yaml.compose(
            path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None


def _line(node: yaml.Node, rest: str) -> int:
    """Where in a file the parts of a fault lead, as deep as they do, and then the value that it quotes."""
    line = int(node.start_mark.line) + 1
    for part in rest.split(": "):
        below = _inside(node, part)
        if below is not None:
            line, node = below
    for value in _QUOTED.findall(rest):
        place = next((n for n in _scalars(node) if n.value == value), None)
        if place is not None:
            return int(place.start_mark.line) + 1
    return line


def _inside(node: yaml.Node, part: str) -> tuple[int, yaml.Node] | None:
    """(line, node) of what a node has under a key, under an index, or as the record of that id."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            if part == str(index) or (isinstance(item, yaml.MappingNode) and _id(item) == part):
                return item.start_mark.line + 1, item
    return None


def _id(node: yaml.MappingNode) -> str | None:
    return next((value.value for key, value in node.value if key.value == "id"), None)


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
