"""The report: figures apart for each set, the worst to read, and nothing that anybody said as markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from suwen.verify.report import markdown, slim_rows, worst_of, write_report
from suwen.verify.summary import curve
from suwen.verify.work import run_shards

NASTY = '<script>alert("x")</script> | **bold** [l](http://a.b) &amp;'
MANIFEST = {"suite": "sampled", "seed": 1, "knowledge_digest": "abc", "commit": "c0ffee"}


def row(n: int, group: str, **outcomes: Any) -> dict[str, Any]:
    words = NASTY if n == 3 else f"头痛{n}"
    return {
        "id": f"p{n}", "set": group, "digest": str(n), "error": "", "outcomes": outcomes,
        "groups": {"sex": "male" if n % 2 else "female"}, "after": [0, 2, 1], "bad": float(n == 3) + n / 1000,
        "encounter": {
            "script": {
                "id": f"p{n}",
                "medical": {
                    "facts": [{"id": "headache", "kind": "complaint", "finding": "headache", "text": {"zh": words}},
                              {"id": "told.not", "kind": "past", "text": {"zh": "做过手术"}}],
                    "diagnoses": [{"condition": "migraine"}], "triage": "routine",
                },
            },
            "turns": [{"doctor": {"text": "您好", "drafts": []}, "patient": {"text": words, "disclosed": ["headache"]}}],
            "finished": {"text": "好", "answer": "多休息", "drafts": [
                {"kind": "thought", "body": {"top": [["migraine", 0.61]], "other": 0.1, "level": "routine"}}]},
        },
    }  # fmt: skip


def make(out: Path, rows: list[dict[str, Any]], **manifest: Any) -> dict[str, Any]:
    by_place = dict(enumerate(rows))
    run_shards(range(len(rows)), by_place.__getitem__, out=out, manifest={**MANIFEST, **manifest}, shard=4)
    return write_report(out, {**MANIFEST, **manifest})


@pytest.fixture
def made(tmp_path: Path) -> Path:
    rows = [row(n, "sampled, clean", top1=n % 2 == 0, questions=9.0 + n) for n in range(12)]
    rows += [row(n, "sampled, noisy", top1=False, questions=10.0 + n) for n in range(12)]
    rows += [row(n, "outside: avey", top1=True, questions=5.0) for n in range(6)]
    rows += [{**row(6, "outside: avey"), "error": "doctor: InputError: too long"}]
    make(tmp_path, rows)
    return tmp_path


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.links += [v for k, v in attrs if k in ("src", "href") and v]
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_what_a_patient_said_is_never_markup(made: Path) -> None:
    page = (made / "report.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "script" not in tags.tags
    assert all(link.startswith("#") for link in tags.links)
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in page
    text = (made / "report.md").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert r"\*\*bold\*\*" in text


def test_the_page_needs_no_network(made: Path) -> None:
    page = (made / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"(https?:)?//(?!www\.w3\.org/2000/svg)[a-z]", page.replace("http://a.b", ""))
    assert "prefers-color-scheme:dark" in page
    assert 'name="viewport"' in page


def test_sets_stand_apart_and_what_broke_off_counts_nowhere(made: Path) -> None:
    sets = json.loads((made / "figures.json").read_text(encoding="utf-8"))["sets"]
    assert list(sets) == ["sampled, clean", "sampled, noisy", "outside: avey"]
    assert sets["sampled, clean"]["figures"]["top1"]["value"] == 0.5
    assert sets["outside: avey"]["figures"]["top1"] == {
        "value": 1.0,
        "interval": [0.6097, 1.0],
        "n": 6,
        "hits": 6,
    }
    assert sets["outside: avey"]["broken"] == [{"id": "p6", "error": "doctor: InputError: too long"}]
    assert sets["sampled, clean"]["groups"]["sex"]["male"]["top1"]["value"] == 0.0


def test_noise_costs_are_paired(made: Path) -> None:
    drops = json.loads((made / "figures.json").read_text(encoding="utf-8"))["drops"]
    assert [(d["figure"], d["value"], d["n"]) for d in drops] == [("top1", -0.5, 12), ("questions", 1.0, 12)]


def test_the_worst_is_there_in_full_beside_its_script(made: Path) -> None:
    text = (made / "report.md").read_text(encoding="utf-8")
    worst = text.split("worst, to read in full")[1]
    assert worst.index("sampled, clean · p3") < worst.index("p11")
    assert "thinks: migraine 61 %; level routine" in worst.replace("\\", "")
    assert "not told: 做过手术" in worst
    assert "p0" not in worst


def test_versions_are_named(made: Path) -> None:
    text = (made / "report.html").read_text(encoding="utf-8")
    for said in ("knowledge_digest", "abc", "c0ffee", "machine: python"):
        assert said in text


def test_the_same_rows_give_the_same_files(made: Path, tmp_path: Path) -> None:
    before = {f.name: f.read_bytes() for f in made.glob("report.*")}
    write_report(made, MANIFEST)
    assert before == {f.name: f.read_bytes() for f in made.glob("report.*")}
    assert not list(made.glob("*.tmp"))


def test_failed_shards_are_said_at_the_top(made: Path) -> None:
    write_report(made, MANIFEST, failed={2: "its worker died 3 times (exit code -9)"})
    assert "Incomplete" in (made / "report.html").read_text(encoding="utf-8")


def test_the_curve_keeps_the_last_answer_of_those_who_ended_early() -> None:
    rows = [{"after": [0, 2, 1]}, {"after": [1]}]
    points = curve(rows)["top1"]
    assert [p[:2] for p in points] == [[0.0, 0.5], [1.0, 0.5], [2.0, 1.0]]


def test_criteria_without_a_grade_are_counted_and_explained(tmp_path: Path) -> None:
    grades = [{"id": "a", "text": "asks <b>kindly</b>", "weight": 5, "axis": "accuracy", "theme": "cost", "by": "rule", "met": True, "why": "asks"},
              {"id": "b", "text": "is warm", "weight": -3, "axis": "accuracy", "theme": "cost", "by": "none", "met": None, "why": "not graded: needs a judge"}]  # fmt: skip
    one = {
        "id": "i", "set": "urgent", "digest": "1", "error": "", "outcomes": {"score": 1.0}, "bad": 0.0,
        "groups": {"theme": "cost", "language": "en"}, "characters": 40, "grades": grades, "turns": [{"who": "patient", "text": NASTY}],
    }  # fmt: skip
    summary = make(tmp_path, [one])
    assert summary["sets"]["urgent"]["not_graded"]["share"] == 0.5
    assert summary["sets"]["urgent"]["scores"]["axes"]["accuracy"]["value"] == 1.0
    assert "asks &lt;b&gt;kindly" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_rows_without_words_are_enough_for_figures(made: Path) -> None:
    slim = list(slim_rows(made))
    assert not any("encounter" in r for r in slim)
    assert worst_of(slim, most=1) == [("outside: avey", "p3")]


def test_markdown_keeps_words_in_their_line() -> None:
    assert markdown("a\n| b | <i>") == r"a<br>\| b \| &lt;i&gt;"
