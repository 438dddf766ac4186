"""Language models, behind the smallest protocol that serves: messages in, words out.

Nothing here is needed to run; nothing leaves the machine unless an address is given.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from suwen.core.errors import ModelError

Messages = Sequence[Mapping[str, str]]
"""`role` (system, user or assistant) and `content` each, oldest first."""


def without_thoughts(words: str) -> str:
    """A model's words without the `<think>` part that a reasoning model puts before them; one that never ends stays."""
    return re.sub(r"<think>.*?</think>", "", words, flags=re.DOTALL).strip()


class ChatModel(Protocol):
    """Something that continues a conversation."""

    name: str

    def complete(
        self, messages: Messages, *, max_tokens: int = 512, temperature: float = 0.0, seed: int | None = None
    ) -> str:
        """The next message. Raises ModelError when none comes or it cannot be read; never returns an error as words."""
        ...


class AsyncChatModel(Protocol):
    """The same, for many at once."""

    name: str

    async def acomplete(
        self, messages: Messages, *, max_tokens: int = 512, temperature: float = 0.0, seed: int | None = None
    ) -> str:
        """As `ChatModel.complete`."""
        ...


class OpenAICompatible:
    """A server that speaks `/chat/completions`, as vLLM, SGLang, llama.cpp, Ollama and the large providers do.

    base_url: up to and without `/chat/completions`, such as http://127.0.0.1:8000/v1. It never retries of its own accord:
    the caller bounds and records retries. Needs the package `openai` (extra `model`).
    """

    def __init__(
        self, base_url: str, model: str, key: str | None = None, *, timeout_seconds: float = 60.0
    ) -> None:
        self.base_url = base_url.rstrip("/").removesuffix("/chat/completions")
        self.name = model
        self.timeout_seconds = timeout_seconds
        self._key = key
        self._client: Any = None
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()

    def complete(
        self, messages: Messages, *, max_tokens: int = 512, temperature: float = 0.0, seed: int | None = None
    ) -> str:
        openai = _openai()
        self._client = self._client or openai.OpenAI(**self._how())
        body = self._body(messages, max_tokens, temperature, seed)
        try:
            done = self._client.chat.completions.create(**body)
        except (openai.OpenAIError, ValueError) as error:
            raise self._named(error) from None
        return self._words(done)

    async def acomplete(
        self, messages: Messages, *, max_tokens: int = 512, temperature: float = 0.0, seed: int | None = None
    ) -> str:
        openai = _openai()
        loop = asyncio.get_running_loop()  # a client's connections belong to the loop that opened them
        if loop not in self._clients:
            self._clients[loop] = openai.AsyncOpenAI(**self._how())
        body = self._body(messages, max_tokens, temperature, seed)
        try:
            done = await self._clients[loop].chat.completions.create(**body)
        except (openai.OpenAIError, ValueError) as error:
            raise self._named(error) from None
        return self._words(done)

    def close(self) -> None:
        """Let go of the connections of `complete`; the next call opens new ones."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def aclose(self) -> None:
        """Let go of the connections of this event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    def _how(self) -> dict[str, Any]:
        return {
            "base_url": self.base_url,
            "api_key": self._key or "none",  # a server of one's own asks for no key, the client for any
            "timeout": self.timeout_seconds,
            "max_retries": 0,
        }

    def _body(
        self, messages: Messages, max_tokens: int, temperature: float, seed: int | None
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [dict(m) for m in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
        }
        return body if seed is None else {**body, "seed": seed}

    def _words(self, done: Any) -> str:
        try:
            words = done.choices[0].message.content
        except (AttributeError, IndexError, TypeError):
            words = None
            if not hasattr(done, "choices"):
                raise ModelError(
                    f"{self.base_url} answered, but not as /chat/completions does; check SUWEN_MODEL_URL (it ends in /v1 as a rule)"
                ) from None
        if not isinstance(words, str) or not words.strip():
            raise ModelError(
                f"model {self.name!r} at {self.base_url} answered without words; try again or another model"
            )
        return words

    def _named(self, error: Exception) -> ModelError:
        """What went wrong, without the server's own message: it may repeat a patient's words."""
        openai = _openai()
        who = f"model {self.name!r} at {self.base_url}"
        if isinstance(error, openai.APITimeoutError):
            return ModelError(f"{who} timed out after {self.timeout_seconds:g} s", cause="timeout")
        if isinstance(error, openai.APIConnectionError):
            return ModelError(
                f"{who} cannot be reached; check that it runs and SUWEN_MODEL_URL", cause="unreachable"
            )
        if isinstance(error, openai.APIStatusError):
            status = error.status_code
            todo = {401: "check SUWEN_MODEL_KEY", 403: "check SUWEN_MODEL_KEY", 404: "check SUWEN_MODEL and SUWEN_MODEL_URL"}  # fmt: skip
            return ModelError(
                f"{who} answered {status}; {todo.get(status, 'see the log of that server')}",
                cause=f"status {status}",
            )
        return ModelError(f"{who} answered what cannot be read ({type(error).__name__})", cause="unreadable")


def _openai() -> Any:
    try:
        import openai
    except ImportError:
        raise ModelError(
            "a language model needs the package openai; install it with: pip install 'suwen[model]'"
        ) from None
    return openai


@dataclass
class ScriptedModel:
    """A model for tests and trials: `answer` gives the words for a conversation, or raises what a server would."""

    answer: Callable[[Messages], str]
    name: str = "scripted"
    calls: list[tuple[Mapping[str, str], ...]] = field(default_factory=list)
    """Every conversation it was given, in order."""

    def complete(
        self, messages: Messages, *, max_tokens: int = 512, temperature: float = 0.0, seed: int | None = None
    ) -> str:
        self.calls.append(tuple(messages))
        return self.answer(messages)

    async def acomplete(
        self, messages: Messages, *, max_tokens: int = 512, temperature: float = 0.0, seed: int | None = None
    ) -> str:
        await asyncio.sleep(0)
        return self.complete(messages, max_tokens=max_tokens, temperature=temperature, seed=seed)
