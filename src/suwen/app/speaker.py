"""Who speaks for the simulated patients of a command: the rules, or a language model at an address that was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from suwen.app.chat import chat_model
from suwen.core.errors import InputError
from suwen.language.model import ChatModel
from suwen.patients.model_patient import version

OPTION = "--patient"
RULES = "rules"
TIMEOUT = 60.0
"""Seconds for one answer of the model where nobody says how many."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A language model that finds the words. It travels to other processes, its key does not. checks: it also checks them."""

    name: str
    address: str
    timeout_seconds: float = TIMEOUT
    checks: bool = False

    def model(self) -> ChatModel:
        """With the key of the settings of this process."""
        return chat_model(self.address, self.name, option=OPTION, timeout_seconds=self.timeout_seconds)


def speaker_of(
    address: str | None, name: str | None, *, timeout: float | None, checks: bool
) -> Speaker | None:
    """The model that was asked for, None for the rules. Raises InputError where an option is of no model."""
    if address is None:
        given = {f"{OPTION}-model": name, f"{OPTION}-timeout": timeout, f"{OPTION}-checks": checks or None}
        for option, value in given.items():
            if value is not None:
                shown = option if value is True else f"{option} {value}"
                raise InputError(f"{shown}: of a model at which address? give {OPTION}")
        return None
    model = chat_model(address, name, option=OPTION)
    return Speaker(model.name, model.base_url, timeout or TIMEOUT, checks)


def described(speaker: Speaker | None) -> dict[str, Any]:
    """What a run says of its patients; never the address, which is nobody else's business."""
    if speaker is None:
        return {"patient": RULES}
    return {"patient": speaker.name, "patient_prompts": version(), "patient_checks": speaker.checks}
