"""The documentation runs, and says what the code says.

A shell block begins with `# runs` or with `# not run: why`; a Python block always runs; what the page shows as
`text` right below is compared with what came out. A YAML block whose first line is `# file: path` is written
there and loaded. `SUWEN_UPDATE_DOCS=1 .venv/bin/python -m pytest tests/docs` takes new outputs over into the
pages, to be read in the diff.
"""

from __future__ import annotations

import importlib
import io
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
import typer.main
import uvicorn

from suwen.app.api import create_app
from suwen.app.cli import app as command_line
from suwen.app.desk import Desk
from suwen.app.settings import Settings
from suwen.consult.clinic import Clinic, clinic_of
from suwen.core.case import TRIAGE_LEVELS, Case
from suwen.core.events import Draft
from suwen.knowledge import DATA, load
from suwen.knowledge.schema import KINDS, TOPICS
from suwen.store import open_store

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
UPDATE = bool(os.environ.get("SUWEN_UPDATE_DOCS"))
ADDRESS = "127.0.0.1:8000"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$(?:\n+^```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page, with the output shown below it, None where there is none."""

    page: Path
    lang: str
    code: str
    shown: str | None


def blocks(page: Path) -> list[Block]:
    return [Block(page, *match.groups()) for match in FENCE.finditer(page.read_text(encoding="utf-8"))]


def name_of(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


def agrees(block: Block, came: str) -> None:
    """What came out is what the page shows; in update mode the page is changed instead."""
    if block.shown is None:
        return
    came = "".join(line.rstrip() + "\n" for line in came.rstrip().splitlines())
    if UPDATE and came != block.shown:
        page = block.page.read_text(encoding="utf-8")
        old, new = (f"{block.code}```\n\n```text\n{out}```" for out in (block.shown, came))
        block.page.write_text(page.replace(old, new, 1), encoding="utf-8")
        return
    assert came == block.shown, (
        f"{name_of(block.page)}: the block that begins {block.code[:60]!r} shows something else"
    )


@pytest.fixture(scope="module")
def address(clinic: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server, as host:port."""
    # Log lines come when they come; none may fall into the output of a block.
    structlog.configure(processors=[], logger_factory=structlog.ReturnLoggerFactory())
    store = open_store(None, tmp_path_factory.mktemp("home"))
    config = uvicorn.Config(
        create_app(Desk(clinic, store), Settings()), port=0, log_level="critical", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    store.close()
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "page", [p for p in PAGES if any(b.lang in ("sh", "python") for b in blocks(p))], ids=name_of
)
def test_what_a_page_shows_is_what_happens(page: Path, address: str, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {k: v for k, v in os.environ.items() if not k.startswith("SUWEN_") or k == "SUWEN_CACHE"}
    names: dict[str, Any] = {}
    for block in blocks(page):
        if block.lang == "python":
            out = io.StringIO()
            with redirect_stdout(out):
                exec(compile(block.code, name_of(page), "exec"), names)
            agrees(block, out.getvalue())
        elif block.lang == "sh":
            mark = block.code.split("\n", 1)[0]
            assert mark == "# runs" or mark.startswith("# not run: "), (
                f"{name_of(page)}: say whether this runs: {mark!r}"
            )
            if mark != "# runs":
                continue
            ran = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block.code.replace(ADDRESS, address)], cwd=tmp_path,
                env={**env, "PATH": path, "COLUMNS": "80"}, capture_output=True, text=True, timeout=60,
            )  # fmt: skip
            assert ran.returncode == 0, ran.stderr
            agrees(block, ran.stdout.replace(address, ADDRESS))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{name_of(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_exists(page: Path) -> None:
    root = typer.main.get_command(command_line)
    text = page.read_text(encoding="utf-8")
    for words in re.findall(r"`suwen ([a-z -]+?)[` A-Z]", text) + re.findall(
        r"^suwen ([a-z ]+)", text, re.MULTILINE
    ):
        here: Any = root
        for word in words.split():
            if not hasattr(here, "commands"):
                break
            here = here.get_command(None, word)  # some groups are imported when they are called
            assert here is not None, f"{name_of(page)}: there is no command `suwen {words}`"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_and_test_that_is_named_exists(page: Path) -> None:
    for path in re.findall(r"`((?:src|tests|docs)/[\w./-]+)`", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), f"{name_of(page)} names {path}"


def test_every_setting_is_listed_with_its_default() -> None:
    page = (DOCS / "how-to/operate.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(SUWEN_\w+)` \| (.*?) \|", page, re.MULTILINE))
    for name, field in Settings.model_fields.items():
        shown = rows.pop(f"SUWEN_{name.upper()}", None)
        default = (
            "none" if field.default is None else "no" if field.default is False else f"`{field.default}`"
        )
        assert shown == default, f"SUWEN_{name.upper()}: the page says {shown}, the code {default}"
    assert set(rows) <= {"SUWEN_CACHE"}, "settings that the code does not have"


CONSTANT = re.compile(r"^\| `([a-z_.]+):([A-Za-z_.]+)` \| ([^|]*?) \|", re.MULTILINE)


@pytest.mark.parametrize(
    "page", [p for p in PAGES if CONSTANT.search(p.read_text(encoding="utf-8"))], ids=name_of
)
def test_every_number_in_a_table_is_the_one_in_the_code(page: Path) -> None:
    for module, name, shown in CONSTANT.findall(page.read_text(encoding="utf-8")):
        here: Any = importlib.import_module(f"suwen.{module}")
        for part in name.split("."):
            here = getattr(here() if isinstance(here, type) else here, part)
        in_words = (
            ", ".join(f"{key} {value}" for key, value in dict(here).items())
            if isinstance(here, dict | tuple) and _is_table(here)
            else str(here)
        )
        assert shown == in_words, f"{name_of(page)}: {module}:{name} is {in_words}, the page says {shown}"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or all(isinstance(entry, tuple) and len(entry) == 2 for entry in value)


def test_every_kind_of_event_is_described() -> None:
    kinds = {
        kind
        for path in (ROOT / "src/suwen").rglob("*.py")
        for kind in re.findall(rf'{Draft.__name__}\("(\w+)"', path.read_text(encoding="utf-8"))
    }
    page = (DOCS / "design/straight-line.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == kinds


def test_every_part_of_the_answer_is_described(clinic: Clinic) -> None:
    from suwen.consult.answer import conclude

    page = (DOCS / "design/answer.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(conclude(Case(), clinic, lang="en"))


def test_the_glossary_has_every_level_kind_and_topic() -> None:
    page = (DOCS / "glossary.md").read_text(encoding="utf-8")
    for word in (*TRIAGE_LEVELS, *KINDS, *TOPICS):
        assert f"`{word}`" in page, word


def test_every_dependency_is_accounted_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    wanted = [re.split(r"[\[<>=~]", line)[0] for line in listed]
    page = (DOCS / "design/dependencies.md").read_text(encoding="utf-8").lower()
    assert wanted
    assert [name for name in wanted if f"`{name.lower()}`" not in page] == []


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in knowledge with the conditions of two departments only: to compile all of it takes seconds."""
    shutil.copytree(DATA, tmp_path / "few", ignore=shutil.ignore_patterns("conditions"))
    for department in ("gastroenterology", "psychiatry"):
        shutil.copytree(DATA / "conditions" / department, tmp_path / "few/conditions" / department)
    for path in (tmp_path / "few/conditions").rglob("*.yaml"):
        # What they are mistaken for lives in other departments.
        path.write_text(re.sub(r"^mimics:\n(?:  .*\n)+", "", path.read_text("utf-8"), flags=re.M), "utf-8")
    monkeypatch.setattr("suwen.knowledge.DATA", tmp_path / "few")


def test_the_hospital_folder_of_the_page_loads_and_is_heard(tmp_path: Path, few: None) -> None:
    page = blocks(DOCS / "how-to/hospital-knowledge.md")
    files = [b for b in page if b.lang == "yaml" and b.code.startswith("# file: ")]
    for block in files:
        first, rest = block.code.split("\n", 1)
        place = tmp_path / "ours" / first.removeprefix("# file: ")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(rest, encoding="utf-8")
    assert len(files) == 4
    knowledge = load(tmp_path / "ours", cache=tmp_path / "cache")
    assert knowledge.sources["yn_mushroom_notice"]["jurisdiction"] == "CN"
    clinic = clinic_of(knowledge)
    heard = clinic.ear.understand("昨晚吃了见手青，现在看见小人，打标枪", Case())
    present = {finding.id for finding in heard.findings if finding.status == "present"}
    assert {"ate_lurid_bolete", "hallucinations_visual", "diarrhoea"} <= present
    likeliest, _ = clinic.reasoner.differential(Case().add(heard)).ranked()[0]
    assert knowledge.conditions[likeliest].id == "lurid_bolete_poisoning"


def test_a_copied_home_opens_and_its_logs_hold(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    store = open_store(None, home)
    store.create("enc_1", "owner", "zh", [Draft("opened", {"lang": "zh"})], "2026-11-22T02:38:00.000000Z")
    store.close()
    shutil.copytree(home, copy)
    restored = open_store(None, copy)
    assert [check.first_broken for check in restored.verify()] == [None]
    restored.close()
