"""A real browser on a real server: Debian's chromium, driven by Playwright.

`SUWEN_TEST_URL` names a server that already runs; without it `suwen serve` is started in an empty home.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = os.environ.get("SUWEN_TEST_CHROMIUM") or shutil.which("chromium")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60
# Every test is a new person, all of them from one address.
NO_LIMITS = {"SUWEN_ENCOUNTERS_PER_HOUR": "100000", "SUWEN_REQUESTS_PER_MINUTE_IP": "1000000"}
STEP_MILLISECONDS = 15_000
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    given = os.environ.get("SUWEN_TEST_URL")
    if given:
        yield given.rstrip("/")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("suwen-home")
    command = [str(Path(sys.executable).with_name("suwen")), "serve", "--port", str(port)]
    with (home / "serve.out").open("wb") as out:
        server = subprocess.Popen(
            command, env=os.environ | {"SUWEN_HOME": str(home)} | NO_LIMITS, stdout=out, stderr=out
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, server, home / "serve.out")
        yield url
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], out: Path) -> None:
    for _ in range(START_SECONDS * 5):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not become ready; it said:\n{out.read_text('utf-8', 'replace')[-3000:]}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For a module, not for all: while it is there, its event loop counts as running and `asyncio.run` refuses."""
    if CHROMIUM is None:
        reason = "no chromium on this machine: apt-get install chromium fonts-noto-cjk"
        pytest.fail(reason) if os.environ.get("SUWEN_REQUIRE_BROWSER") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts, each a person with a device of their own."""
    contexts: list[BrowserContext] = []

    def make(*, lang: str = "zh", theme: str = "light", screen: dict[str, int] = PHONE) -> BrowserContext:
        context = browser.new_context(
            viewport=screen,  # type: ignore[arg-type]
            locale="zh-CN" if lang == "zh" else "en-GB",
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(STEP_MILLISECONDS)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def faults() -> list[str]:
    """What the browser complained about: script errors and refusals of the content security policy."""
    return []


@pytest.fixture
def open_home(new_context: Callable[..., BrowserContext], base_url: str, faults: list[str]) -> Iterator[Open]:
    """Opens the start page as a new person; any script error or refused resource fails the test."""

    def open_(**choices: object) -> Page:
        page = new_context(**choices).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
        )
        page.goto(base_url)
        return page

    yield open_
    assert faults == []
