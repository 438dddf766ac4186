"""The server as the operator sees it: workers that die are replaced, none outlives the first process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from suwen.app.load_bench import Client, Server

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system: one process serves")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("SUWEN_WORKERS", "2")
    with Server(tmp_path, None) as running:
        yield running


def workers(server: Server) -> set[int]:
    assert server.process is not None
    listed = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return {int(pid) for pid in listed.split()}


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's /proc")
class TestWorkers:
    def test_a_killed_worker_is_replaced_and_its_consultation_goes_on(self, server: Server) -> None:
        client = Client(server.port)
        _, view = client.post("/api/encounters", {"lang": "zh"})
        status, said = client.post(f"/api/encounters/{view['id']}/messages", {"text": "头痛三天"})
        assert status == 200
        before = workers(server)
        assert len(before) == 2
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: len(workers(server) - before) == 2)
        again = Client(server.port)
        again.cookie = client.cookie
        assert eventually(lambda: answers(again, view["id"]))
        assert again.get(f"/api/encounters/{view['id']}")[1]["seq"] == said["seq"]

    def test_no_worker_outlives_a_killed_first_process(self, server: Server) -> None:
        children = workers(server)
        server.kill()
        assert eventually(lambda: not any(alive(pid) for pid in children))

    def test_a_polite_stop_ends_all_with_success(self, server: Server) -> None:
        assert server.process is not None
        children = workers(server)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=10) == 0
        assert not any(alive(pid) for pid in children)


def answers(client: Client, encounter_id: str) -> bool:
    try:
        return client.get(f"/api/encounters/{encounter_id}")[0] == 200
    except OSError:
        client.connection.close()
        return False


def test_a_port_in_use_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "suwen", "serve", "--port", str(port), "--home", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
