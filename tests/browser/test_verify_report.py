"""The report of a verification as somebody opens it: whole on a phone, readable to everybody, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext

from suwen.verify.report import write_report
from suwen.verify.work import run_shards

from .conftest import DESKTOP, PHONE


def row(n: int, group: str, take: int = 0) -> dict[str, Any]:
    fact = {"id": "headache", "kind": "complaint", "finding": "headache", "text": {"zh": "头痛"}}
    said = {"text": "您好，请问哪里不舒服？", "drafts": [{"kind": "heard", "body": {"findings": []}}]}
    return {
        "id": f"p{n}~{take}" if take else f"p{n}", "set": group, "digest": str(n), "error": "", "bad": float(n),
        **({"of": f"p{n}", "take": take} if take else {}),
        "outcomes": {"rule_score": 0.5, "top1": n % 2 == 0, "top3": True, "triage_right": n % 3 == 0, "questions": 9.0 + n},
        "groups": {"sex": "male" if n % 2 else "female", "theme": "cost", "language": "zh"}, "after": [0, 2, 1], "p_first": 0.6,
        "characters": 40,
        "grades": [{"id": "a", "text": "把突然的一侧头疼当作要紧的事", "weight": 5, "axis": "context_awareness", "theme": "cost", "by": "none",
                    "met": None, "why": "not graded: needs a judge"},
                   {"id": "b", "text": "says a very_long_word_that_does_not_break_anywhere_at_all_on_a_phone", "weight": 5, "axis": "accuracy",
                    "theme": "cost", "by": "rule", "met": n % 2 == 0, "why": "does not say '(a|b|c)'"}],
        "encounter": {
            "script": {"id": f"p{n}", "medical": {"facts": [fact], "diagnoses": [{"condition": "migraine"}], "triage": "soon"}},
            "turns": [{"doctor": said, "patient": {"text": "头痛三天了", "disclosed": ["headache"], "moves": ["greet"]}, "tests": []}],
            "finished": {**said, "answer": "多休息"},
        },
    }  # fmt: skip


@pytest.fixture
def report(tmp_path: Path) -> Path:
    rows = [
        row(n, f"sampled, {kind}", take)
        for take in range(2)
        for kind in ("clean", "noisy")
        for n in range(40)
    ]
    rows[5] = {**rows[5], "error": "doctor: ModelError: model 'm' timed out", "outcomes": {}}
    run_shards(
        range(len(rows)), dict(enumerate(rows)).__getitem__, out=tmp_path, manifest={"suite": "sampled"}
    )
    write_report(tmp_path, {"suite": "sampled", "seed": 1, "scripts_digest": "0123456789ab" * 6})
    return tmp_path / "report.html"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_report_fits_the_screen_and_breaks_no_rule_of_access(
    report: Path, new_context: Callable[..., BrowserContext], screen: dict[str, int], theme: str
) -> None:
    page = new_context(lang="en", theme=theme, screen=screen).new_page()
    page.goto(report.as_uri())
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true }")
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    page.get_by_role("link", name="what noise costs").click()
    assert page.get_by_role("heading", name="What noise costs").is_visible()
