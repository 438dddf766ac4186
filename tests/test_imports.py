"""What importing costs: the core needs the standard library alone, and a command loads only what it uses."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CODE = """
import sys, json
before = set(sys.modules)
import {module}
print(json.dumps(sorted({{m.split(".")[0] for m in set(sys.modules) - before}})))
"""


def imported_by(module: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", CODE.format(module=module)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(ran.stdout))


@pytest.mark.parametrize("module", ["suwen", "suwen.core.case", "suwen.core.errors", "suwen.core.events"])
def test_the_core_imports_nothing_but_the_standard_library(module: str) -> None:
    assert imported_by(module) - set(sys.stdlib_module_names) <= {"suwen"}


@pytest.mark.parametrize(
    "heavy",
    [
        "fastapi",
        "starlette",
        "sqlalchemy",
        "alembic",
        "uvicorn",
        "numpy",
        "opencc",
        "torch",
        "ray",
        "rich",
        "yaml",
    ],
)
def test_the_command_line_starts_without(heavy: str) -> None:
    if heavy == "rich":
        pytest.skip("typer brings rich")
    assert heavy not in imported_by("suwen.app.cli")


def test_assessing_a_text_needs_neither_web_nor_database() -> None:
    modules = imported_by("suwen.app.assess, suwen.app.build")
    assert not modules & {"fastapi", "starlette", "sqlalchemy", "uvicorn", "alembic", "jinja2", "pydantic"}
