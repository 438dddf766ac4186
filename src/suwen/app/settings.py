"""Settings, all of them optional, read from SUWEN_* variables or a `.env` file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from suwen.core.errors import SettingsError
from suwen.knowledge import Region


class Settings(BaseSettings):
    """How this installation runs; every default is safe for one machine."""

    model_config = SettingsConfigDict(env_prefix="SUWEN_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(default=Path("data"), description="Where the database and its key are kept.")
    database_url: str | None = Field(
        default=None, description="A PostgreSQL URL; an encrypted SQLite file in `home` when empty."
    )
    knowledge: Path | None = Field(
        default=None, description="A hospital's own knowledge folder, laid over the built-in one."
    )
    region: Region | None = Field(
        default=None, description="The part of China this installation serves, for what is commoner there."
    )
    host: str = Field(
        default="127.0.0.1", description="Address to listen on; 0.0.0.0 lets other machines in."
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(
        default=2, ge=1, le=64, description="Processes that answer; they share the knowledge in memory."
    )
    budget: int = Field(default=20, ge=1, le=60, description="Questions in one consultation.")
    messages_per_minute: int = Field(
        default=60, ge=1, description="Messages one browser may send in a minute."
    )
    encounters_per_hour: int = Field(
        default=60, ge=1, description="Consultations one browser may begin in an hour."
    )
    requests_per_minute_ip: int = Field(
        default=3000, ge=1, description="Requests one address may send in a minute."
    )
    model_url: str | None = Field(
        default=None,
        description="Address of a language model that speaks /chat/completions, such as http://127.0.0.1:8000/v1, for commands "
        "that are told to use `auto`; nothing is sent anywhere without an address.",
    )
    model: str | None = Field(
        default=None, description="Name of the model at an address, where none is given."
    )
    model_key: SecretStr | None = Field(
        default=None,
        description="Key that is sent to the addresses of models; leave empty for a server of your own.",
    )
    secure_cookie: bool = Field(default=False, description="Set when the page is served over HTTPS.")

    @field_validator("model_url")
    @classmethod
    def is_address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("is no address; give one such as http://127.0.0.1:8000/v1 or leave it out")
        return value or None

    @field_validator("knowledge")
    @classmethod
    def folder_exists(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError("is not a folder; give the hospital's knowledge folder or leave it out")
        return value


def load_settings(**given: object) -> Settings:
    """The settings; raises SettingsError naming the variable that is wrong and what it may be."""
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = "SUWEN_" + "_".join(str(p) for p in fault["loc"]).upper()
        raise SettingsError(f"{name}: {fault['msg']} (found {str(fault.get('input'))[:60]!r})") from None
