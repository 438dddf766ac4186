"""Commands called as a user would, without a model that the settings happen to name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from suwen.core.errors import SuwenError


def call(cli: Any, *words: str | Path, **env: str) -> Result:
    clean = {"SUWEN_MODEL": None, "SUWEN_MODEL_URL": None, "SUWEN_MODEL_KEY": None, **env}
    result = CliRunner().invoke(cli, [str(w) for w in words], env=clean)
    if result.exception and not isinstance(result.exception, SystemExit | SuwenError):
        raise result.exception
    return result


def body_of(result: Result, code: int = 0) -> dict[str, Any]:
    assert result.exit_code == code, (result.exception, result.output)
    found: dict[str, Any] = json.loads(result.stdout)
    return found
