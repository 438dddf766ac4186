"""A model behind an address, against a server on this machine that answers as told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from suwen.core.errors import ModelError
from suwen.language.model import AsyncChatModel, ChatModel, OpenAICompatible, ScriptedModel

pytest.importorskip("openai")
SAID = [{"role": "user", "content": "头疼三天"}]
Answer = Callable[[dict[str, Any]], tuple[int, str]]


def words(content: object) -> str:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    return json.dumps(
        {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    )


@contextmanager
def server(answer: Answer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append({"path": self.path, "key": self.headers.get("Authorization"), **body})
            status, text = answer(body)
            raw = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            """A client that left before a late answer."""

    one = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{one.server_port}/v1", seen
    finally:
        one.shutdown()
        one.server_close()
        thread.join()


def ask(url: str, key: str | None = None, **how: Any) -> str:
    model = OpenAICompatible(url, "m", key, **how)
    try:
        return model.complete(SAID, max_tokens=9, seed=7)
    finally:
        model.close()


def test_the_words_of_the_server_come_back_and_it_gets_what_was_asked() -> None:
    with server(lambda _: (200, words("好的"))) as (url, seen):
        assert ask(url, "secret") == "好的"
        assert ask(url + "/chat/completions/") == "好的"
    first = seen[0]
    assert (first["path"], first["key"]) == ("/v1/chat/completions", "Bearer secret")
    assert (first["model"], first["max_tokens"], first["temperature"], first["seed"]) == ("m", 9, 0.0, 7)
    assert first["messages"] == SAID
    assert seen[1]["path"] == "/v1/chat/completions"


def test_many_at_once_in_one_loop_and_again_in_another() -> None:
    with server(lambda body: (200, words(body["messages"][0]["content"]))) as (url, _):
        model = OpenAICompatible(url, "m")

        async def all_of(n: int) -> list[str]:
            try:
                return list(
                    await asyncio.gather(
                        *(model.acomplete([{"role": "user", "content": str(i)}]) for i in range(n))
                    )
                )
            finally:
                await model.aclose()

        assert asyncio.run(all_of(8)) == [str(i) for i in range(8)]
        assert asyncio.run(all_of(2)) == ["0", "1"]


@pytest.mark.parametrize(
    ("status", "text", "says"),
    [
        (401, "{}", "SUWEN_MODEL_KEY"),
        (404, "{}", "SUWEN_MODEL"),
        (500, '{"error": {"message": "头疼三天"}}', "answered 500"),
        (200, "not json", "cannot be read|not as /chat/completions"),
        (200, '{"hello": 1}', "without words|not as /chat/completions"),
        (200, words(None), "without words"),
        (200, words("  "), "without words"),
    ],
)
def test_what_is_no_answer_is_an_error_with_the_next_step(status: int, text: str, says: str) -> None:
    with server(lambda _: (status, text)) as (url, seen), pytest.raises(ModelError, match=says) as caught:
        ask(url)
    assert "头疼" not in caught.value.message, "a patient's words are in the message"
    assert len(seen) == 1, "it was asked again behind the caller's back"


def test_a_server_that_is_not_there_is_named() -> None:
    with server(lambda _: (200, "")) as (url, _):
        pass
    with pytest.raises(ModelError, match=f"'m' at {url} cannot be reached"):
        ask(url)


def test_a_server_that_hangs_is_named_with_the_time() -> None:
    release = threading.Event()

    def hang(_: dict[str, Any]) -> tuple[int, str]:
        release.wait(5)
        return 200, words("late")

    with server(hang) as (url, _):
        with pytest.raises(ModelError, match=r"timed out after 0\.1 s"):
            ask(url, timeout_seconds=0.1)
        release.set()


def test_the_scripted_model_is_a_model_of_both_kinds() -> None:
    model = ScriptedModel(lambda said: said[-1]["content"][::-1])
    plain: ChatModel = model
    many: AsyncChatModel = model
    assert plain.complete(SAID) == "天三疼头"
    assert asyncio.run(many.acomplete(SAID)) == "天三疼头"
    assert len(model.calls) == 2
