"""Language models that a command may speak to: only at an address that was given, on the command line or as a setting."""

from __future__ import annotations

from importlib.util import find_spec

from suwen.app.settings import load_settings
from suwen.core.errors import InputError
from suwen.language.model import OpenAICompatible

AUTO = "auto"
"""In place of an address: the one in SUWEN_MODEL_URL."""


def chat_model(
    address: str, name: str | None, *, option: str, named_by: str = "", timeout_seconds: float = 60.0
) -> OpenAICompatible:
    """The model `name`, or SUWEN_MODEL, at an address, with the key of SUWEN_MODEL_KEY. option, named_by: which options give
    address and name, for the message. Raises InputError where one of them is missing or the address is none."""
    settings = load_settings()
    where = settings.model_url if address == AUTO else address
    if not where:
        raise InputError(f"{option} {AUTO}: no address is set; give one, or set SUWEN_MODEL_URL")
    if not where.startswith(("http://", "https://")):
        raise InputError(f"{option} {where}: no address; give one such as http://127.0.0.1:8000/v1")
    name = name or settings.model
    if not name:
        raise InputError(f"which model at {option}? give {named_by or option + '-model'} or set SUWEN_MODEL")
    if find_spec("openai") is None:
        raise InputError(f"{option} needs the package openai; install it with: pip install 'suwen[model]'")
    key = settings.model_key.get_secret_value() if settings.model_key else None
    return OpenAICompatible(where, name, key, timeout_seconds=timeout_seconds)
