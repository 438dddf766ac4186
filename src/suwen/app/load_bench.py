"""Benchmarks of speed and survival: turns in process, messages over HTTP, consultations killed with SIGKILL."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from rich.progress import track

from suwen.consult.clinic import Clinic
from suwen.consult.turn import Message, open_case, respond
from suwen.core.errors import SuwenError

OPENINGS = (
    "肚子疼三天了，有点恶心，没发烧", "头痛一周，早上重，怕光", "咳嗽两个星期，晚上咳得厉害，有黄痰", "我妈70岁，昨晚突然胸闷，出冷汗",
    "孩子8个月，发烧39度，拉肚子", "小便刺痛，尿频，28岁女", "膝盖疼半年，上下楼加重", "皮肤起红疹，很痒，两天了", "心慌，失眠，压力大",
    "怀孕30周，头痛，脚肿", "I have had a sore throat and fever since Monday", "Chest pain when I climb stairs, goes away with rest, 58 male",
    "Lower back pain after lifting a box yesterday", "My son is 3 and has a barking cough tonight", "Burning when I pee and going often",
    "Dizzy when I turn over in bed, lasts seconds", "Tired for 2 months and putting on weight, always cold", "Red itchy eyes and sneezing every spring",
)  # fmt: skip


def turns(clinic: Clinic, consultations: int, seed: int) -> dict[str, Any]:
    """Milliseconds a call of `respond` takes in whole consultations with drawn answers."""
    chance = random.Random(seed)
    times: list[float] = []
    lengths: list[int] = []
    for number in range(consultations):
        case = open_case("zh", clinic).case
        message = Message(OPENINGS[number % len(OPENINGS)])
        count = 0
        while not case.closed:
            began = time.perf_counter()
            case = respond(case, message, clinic).case
            times.append((time.perf_counter() - began) * 1000)
            count += 1
            message = answer_to(
                case.pending.id if case.pending else "",
                list(case.pending.options if case.pending else ()),
                chance,
            )
        lengths.append(count)
    return {
        "consultations": consultations,
        "turns": len(times),
        **_spread(times),
        "turns_mean": round(statistics.mean(lengths), 2),
    }


def answer_to(question: str, options: list[str], chance: random.Random) -> Message:
    """A drawn answer: mostly no, as patients mostly answer."""
    if question == "age":
        return Message(str(chance.randint(18, 80)))
    if question == "medicines":
        return Message("没有")
    if {"present", "absent"} <= set(options):
        value = chance.choices(["present", "absent", "unknown"], [0.3, 0.6, 0.1])[0]
        return Message({"present": "是", "absent": "否", "unknown": "不清楚"}[value], value)
    if options:
        value = chance.choice(options)
        return Message(value, value)
    return Message("没有")


def _spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 2),
        "p99_ms": round(ordered[int(0.99 * (len(ordered) - 1))], 2),
        "max_ms": round(ordered[-1], 2),
    }


class Server:
    """A Suwen server in a process of its own, on a free port, for as long as the `with` lasts."""

    def __init__(self, home: Path, database_url: str | None) -> None:
        self.home, self.database_url = home, database_url
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None
        self.ready_seconds = 0.0

    def start(self) -> None:
        env = {**os.environ, "SUWEN_MESSAGES_PER_MINUTE": "1000000", "SUWEN_ENCOUNTERS_PER_HOUR": "1000000",
               "SUWEN_REQUESTS_PER_MINUTE_IP": "10000000", "SUWEN_HOME": str(self.home)}  # fmt: skip
        if self.database_url:
            env["SUWEN_DATABASE_URL"] = self.database_url
        began = time.perf_counter()
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "suwen", "serve", "--port", str(self.port)],
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while time.perf_counter() - began < 60:
            try:
                if Client(self.port).get("/healthz")[0] == 200:
                    self.ready_seconds = time.perf_counter() - began
                    return
            except OSError:
                time.sleep(0.03)
        raise SuwenError("the server did not become ready in 60 seconds")

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def resident_megabytes(self) -> float:
        """Memory of the server and its workers; what they share is counted once."""
        if self.process is None:
            return 0.0
        return (
            sum(_proportional_kilobytes(pid) for pid in (self.process.pid, *_children(self.process.pid)))
            / 1024
        )

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def _children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []


def _proportional_kilobytes(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    lines = rollup.read_text().splitlines() if rollup.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


class Client:
    """One browser: keeps its cookie and one connection."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookie = ""

    def get(self, path: str) -> tuple[int, Any]:
        return self._send("GET", path, None, {})

    def post(self, path: str, body: Any, key: str | None = None) -> tuple[int, Any]:
        return self._send("POST", path, json.dumps(body).encode(), {"Idempotency-Key": key} if key else {})

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any]:
        headers = {"X-Suwen": "1", "Content-Type": "application/json", "Cookie": self.cookie, **headers}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        given = response.getheader("set-cookie")
        if given:
            self.cookie = given.split(";")[0]
        return response.status, json.loads(content) if content else None


class Talk:
    """One consultation over HTTP, a message at a time; `acknowledged` is the last seq the server confirmed."""

    def __init__(self, port: int, number: int, seed: int) -> None:
        self.port, self.number, self.chance = port, number, random.Random(seed * 100_003 + number)
        self.client = Client(port)
        self.view: dict[str, Any] | None = None
        self.acknowledged = 0
        self.sent = 0

    def step(self) -> bool:
        """Send the next message; False when the consultation has ended. Raises OSError if the server is gone."""
        if self.view is None:
            _, self.view = self.client.post("/api/encounters", {"lang": "zh"})
        elif self.view["state"] == "closed":
            return False
        else:
            question = self.view["question"]
            message = (
                Message(OPENINGS[self.number % len(OPENINGS)])
                if self.sent == 0 or question is None
                else answer_to(question["id"], [o["value"] for o in question["options"]], self.chance)
            )
            body = {"text": message.text, "choice": message.choice}
            status, view = self.client.post(
                f"/api/encounters/{self.view['id']}/messages", body, key=f"k{self.number}-{self.sent}"
            )
            if status == 200:
                self.view = view
                self.sent += 1
        self.acknowledged = self.view["seq"] if self.view else 0
        return True

    def reconnect(self, port: int) -> None:
        cookie, self.client = self.client.cookie, Client(port)
        self.client.cookie = cookie


def load(messages: int, seed: int, database_url: str | None) -> dict[str, Any]:
    """Latency at 50 messages a second offered, then the rate when sixteen browsers send without pause."""
    with tempfile.TemporaryDirectory() as home, Server(Path(home), database_url) as server:
        idle = server.resident_megabytes()
        offered = _offered(server.port, per_second=50, seconds=max(4, messages // 100), seed=seed)
        began = time.perf_counter()
        times = _saturated(server.port, messages, seed + 1)
        rate = len(times) / (time.perf_counter() - began)
        return {
            "database": "PostgreSQL" if database_url else "SQLite (SQLCipher)",
            "ready_seconds": round(server.ready_seconds, 2),
            "offered_per_second": 50,
            **{f"offered_{k}": v for k, v in _spread(offered).items()},
            "saturated_messages_per_second": round(rate, 1),
            **{f"saturated_{k}": v for k, v in _spread(times).items()},
            "resident_mb_idle": round(idle, 1),
            "resident_mb_after": round(server.resident_megabytes(), 1),
        }


def _timed(talk: Talk, times: list[float]) -> Talk | None:
    began = time.perf_counter()
    more = talk.step()
    if more and talk.sent:
        times.append((time.perf_counter() - began) * 1000)
    return talk if more else None


def _offered(port: int, *, per_second: int, seconds: int, seed: int) -> list[float]:
    """Open loop: a message starts every 1/per_second s whatever the earlier ones do; times count from then."""
    times: list[float] = []
    workers, begin = 10, time.perf_counter() + 0.5
    total = per_second * seconds

    def work(worker: int) -> None:
        talk, number = Talk(port, worker, seed), worker
        talk.step()
        for slot in range(worker, total, workers):
            due = begin + slot / per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            if talk.view is None or talk.view["state"] == "closed":
                number += workers
                talk = Talk(port, number, seed)
            talk.step()
            times.append((time.perf_counter() - due) * 1000)

    _together(work, workers)
    return times


def _saturated(port: int, messages: int, seed: int, workers: int = 16) -> list[float]:
    times: list[float] = []

    def work(worker: int) -> None:
        talk: Talk | None = None
        number = worker
        while len(times) < messages:
            if talk is None:
                talk = Talk(port, number, seed)
                number += workers
            talk = _timed(talk, times)

    _together(work, workers)
    return times


def _together(work: Callable[[int], None], workers: int) -> None:
    threads = [threading.Thread(target=work, args=(i,)) for i in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def crash(consultations: int, seed: int, database_url: str | None, *, quiet: bool = True) -> dict[str, Any]:
    """Consultations in flight when the server is killed with SIGKILL, ten at a time, at drawn moments.

    After each restart every acknowledged turn has to be there, the last message is sent again under its
    idempotency key, and every consultation is brought to its end; at last every log is verified.
    """
    from suwen.store import open_store

    chance, batch = random.Random(seed), 10
    lost = ended = turns_done = 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), database_url)
        for first in track(
            range(0, consultations, batch), description="killing", disable=quiet, transient=True
        ):
            server.start()
            talks = [Talk(server.port, n, seed) for n in range(first, min(first + batch, consultations))]
            threads = [threading.Thread(target=_talk_until_gone, args=(talk,)) for talk in talks]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.05, 0.6))
            server.kill()
            for thread in threads:
                thread.join()
            server.start()
            for talk in talks:
                lost += _continue(talk, server.port)
                ended += talk.view is not None and talk.view["state"] == "closed"
                turns_done += talk.sent
            server.kill()
        store = open_store(database_url, Path(folder))
        checks = list(store.verify())
        store.close()
    return {
        "database": "PostgreSQL" if database_url else "SQLite (SQLCipher)", "consultations_killed": consultations,
        "turns": turns_done, "acknowledged_turns_lost": lost, "brought_to_an_end": ended, "logs": len(checks),
        "logs_broken": sum(c.first_broken is not None for c in checks),
    }  # fmt: skip


def _talk_until_gone(talk: Talk) -> None:
    try:
        while talk.step():
            pass
    except (OSError, HTTPException):
        return


def _continue(talk: Talk, port: int) -> int:
    """Go on after a restart; 1 if something that was acknowledged is gone."""
    talk.reconnect(port)
    gone = 0
    if talk.view is not None and talk.client.cookie:
        status, view = talk.client.get(f"/api/encounters/{talk.view['id']}")
        if status != 200 or view["seq"] < talk.acknowledged:
            gone = 1
    while talk.step():
        pass
    return gone
