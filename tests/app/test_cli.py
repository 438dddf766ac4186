"""The command line: what other programs may rely on, and how it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from suwen import __version__

KEYS = {"id", "triage", "red_flags", "differential", "findings", "not_understood", "next_question"}
LEVELS = ("emergency", "urgent", "soon", "routine", "self_care")


# -- assess -----------------------------------------------------------------------------------------------


def test_a_text_gives_one_object_with_exactly_the_promised_keys(suwen: Any) -> None:
    ran = suwen("assess", stdin="右下腹疼两天了，发烧38.5，恶心，没有拉肚子")
    assert ran.code == 0
    assert ran.err == ""
    (row,) = ran.rows
    assert set(row) == KEYS
    assert row["id"] is None
    assert row["triage"] in LEVELS
    assert len(row["differential"]) == 10
    for condition in row["differential"]:
        assert set(condition) == {"id", "name", "also", "icd10", "p"}
        assert set(condition["name"]) == set(condition["also"]) == {"zh", "en"}
        assert isinstance(condition["icd10"], list)
        assert 0 <= condition["p"] <= 1
    assert [c["p"] for c in row["differential"]] == sorted(
        (c["p"] for c in row["differential"]), reverse=True
    )
    for flag in row["red_flags"]:
        assert set(flag) == {"id", "name", "words"}
    for finding in row["findings"]:
        assert set(finding) == {"id", "name", "status", "text"}
        assert finding["status"] in ("present", "absent", "unknown")
    assert set(row["next_question"]) == {"id", "text"}
    assert isinstance(row["not_understood"], list)


def test_a_file_is_read_like_standard_input(suwen: Any, tmp_path: Path) -> None:
    text = "I have had a headache for three days and a stiff neck"
    (tmp_path / "case.txt").write_text(text, encoding="utf-8")
    assert suwen("assess", str(tmp_path / "case.txt")).out == suwen("assess", "-", stdin=text).out


@pytest.mark.parametrize(("top", "expected"), [("1", 1), ("3", 3), ("0", None), ("100000", None)])
def test_top_says_how_many_conditions_are_listed_and_zero_lists_all(
    suwen: Any, knowledge: Any, top: str, expected: int | None
) -> None:
    (row,) = suwen("assess", "--top", top, stdin="头疼").rows
    assert len(row["differential"]) == (expected or len(knowledge.conditions))


def test_jsonl_gives_one_object_a_row_in_order_with_its_id(suwen: Any) -> None:
    rows = [
        {"id": "a", "text": "肚子疼", "age": 30, "sex": "female", "lang": "zh"}, {"id": 7, "text": "belly pain", "age": "41.5", "sex": "M"},
        {"text": "头疼", "other": "ignored"}, {"id": None, "text": "咳嗽", "lang": "en", "sex": "女"},
    ]  # fmt: skip
    ran = suwen(
        "assess", "--jsonl", stdin="\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n\n"
    )
    assert ran.code == 0
    assert [r["id"] for r in ran.rows] == ["a", 7, None, None]
    assert all(set(r) == KEYS for r in ran.rows)
    assert ran.rows[3]["findings"][0]["name"].lower() == "cough"


def test_age_and_sex_of_a_row_count(suwen: Any) -> None:
    line = json.dumps({"text": "小便费劲，尿不尽", "sex": "female", "age": 30}, ensure_ascii=False)
    (row,) = suwen("assess", "--jsonl", "--top", "0", stdin=line).rows
    p = {c["id"]: c["p"] for c in row["differential"]}
    assert all(value == 0 for name, value in p.items() if "prostat" in name)


@pytest.mark.parametrize(("line", "says"), [
    ("{", "not valid JSON"), ("[1]", "not a JSON object"), ('"x"', "not a JSON object"), ("{}", "`text`"), ('{"text": ""}', "`text`"), ('{"text": "  "}', "`text`"),
    ('{"text": 5}', "`text`"), ('{"text": "x", "age": "old"}', "`age`"), ('{"text": "x", "age": -1}', "`age`"), ('{"text": "x", "age": 200}', "`age`"),
    ('{"text": "x", "age": NaN}', "`age`"), ('{"text": "x", "age": [1]}', "`age`"), ('{"text": "x", "sex": "cat"}', "`sex`"), ('{"text": "x", "lang": "fr"}', "`lang`"),
])  # fmt: skip
def test_a_bad_row_ends_with_its_line_number_and_what_is_wrong(suwen: Any, line: str, says: str) -> None:
    ran = suwen("assess", "--jsonl", stdin='{"text": "头疼"}\n\n' + line + "\n")
    assert ran.code == 1
    assert "line 3" in ran.err
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.rows) == 1, "the rows before the fault are given"


@pytest.mark.parametrize("text", ["", "   \n"])
def test_an_empty_text_is_refused(suwen: Any, text: str) -> None:
    ran = suwen("assess", stdin=text)
    assert ran.code == 1
    assert "`text`" in ran.err
    assert ran.out == ""


def test_a_missing_file_is_named(suwen: Any, tmp_path: Path) -> None:
    ran = suwen("assess", str(tmp_path / "none.txt"))
    assert ran.code == 1
    assert "none.txt" in ran.err
    assert "Traceback" not in ran.err


def test_a_file_that_is_not_utf8_is_named(suwen: Any, tmp_path: Path) -> None:
    (tmp_path / "gbk.txt").write_bytes("肚子疼".encode("gbk"))
    ran = suwen("assess", str(tmp_path / "gbk.txt"))
    assert ran.code == 1
    assert "UTF-8" in ran.err


def test_no_rows_give_no_output(suwen: Any) -> None:
    ran = suwen("assess", "--jsonl", stdin="\n")
    assert (ran.code, ran.out) == (0, "")


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\u2029"])
def test_a_line_separator_inside_a_json_string_does_not_cut_the_row(suwen: Any, mark: str) -> None:
    ran = suwen("assess", "--jsonl", stdin=json.dumps({"text": f"头疼{mark}发烧"}, ensure_ascii=False))
    assert ran.code == 0
    assert {f["id"] for f in ran.rows[0]["findings"]} == {"headache", "fever"}


def test_a_byte_order_mark_is_no_fault(suwen: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b"\xef\xbb\xbf" + json.dumps({"text": "头疼"}).encode())
    assert suwen("assess", "--jsonl", str(tmp_path / "rows.jsonl")).code == 0


def test_the_same_input_gives_the_same_bytes(suwen: Any) -> None:
    text = "胸口疼，出汗，左胳膊麻，65岁男"
    assert suwen("assess", stdin=text).out == suwen("assess", stdin=text).out


# -- the rest ---------------------------------------------------------------------------------------------


def test_the_knowledge_holds_and_says_how_much_it_is(suwen: Any) -> None:
    ran = suwen("kb", "check")
    assert ran.code == 0, ran.out
    assert "conditions" in ran.out
    assert "0 fault(s)" in ran.out


@pytest.mark.parametrize("name", ["fever", "acute_appendicitis"])
def test_showing_a_finding_or_condition_prints_its_record(suwen: Any, name: str) -> None:
    ran = suwen("kb", "show", name)
    assert ran.code == 0
    assert json.loads(ran.out)["id"] == name


def test_showing_a_misspelt_name_suggests_the_right_one(suwen: Any) -> None:
    ran = suwen("kb", "show", "acute_apendicitis")
    assert ran.code == 1
    assert "acute_appendicitis" in ran.err
    assert "Did you mean" in ran.err


def test_the_version_names_program_and_knowledge(suwen: Any) -> None:
    ran = suwen("version")
    assert ran.code == 0
    assert __version__ in ran.out
    assert "knowledge 20" in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("assess", "--no-such-option"),
        ("no-such-command",),
        ("assess", "--top", "-1"),
        ("assess", "--top", "many"),
        ("kb", "show"),
        ("serve", "--port", "99999"),
    ],
)
def test_wrong_usage_exits_with_2(suwen: Any, arguments: tuple[str, ...]) -> None:
    ran = suwen(*arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_every_command_has_help(suwen: Any) -> None:
    for command in (
        ("assess",),
        ("consult",),
        ("serve",),
        ("bench",),
        ("kb",),
        ("kb", "check"),
        ("kb", "show"),
        ("audit", "verify"),
        ("version",),
    ):
        ran = suwen(*command, "--help")
        assert ran.code == 0
        assert ran.out.strip()


def test_a_fresh_home_verifies_and_a_wrong_setting_is_named(
    suwen: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = suwen("audit", "verify", "--home", str(tmp_path / "home"))
    assert ran.code == 0
    assert "0 logs checked, 0 altered" in ran.out
    monkeypatch.setenv("SUWEN_BUDGET", "many")
    ran = suwen("audit", "verify", "--home", str(tmp_path / "home"))
    assert ran.code == 1
    assert "SUWEN_BUDGET" in ran.err


# -- the conversation in a terminal -----------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "said", "ends"), [
    ("zh", "肚子疼三天\n35\n1\n不知道\n2\n结束\n", "人工智能"), ("en", "belly pain for three days\n35\n1\nnot sure\nstop\n", "artificial intelligence"),
    ("zh", "肚子疼三天\n", "人工智能"), ("zh", "", "人工智能"), ("zh", "\n\n肚子疼\n\n99\n", "人工智能"), ("zh", "胸口压着疼，出冷汗，左胳膊麻\n", "120"),
])  # fmt: skip
def test_a_consultation_by_pipe_ends_with_the_answer(suwen: Any, lang: str, said: str, ends: str) -> None:
    ran = suwen("consult", "--lang", lang, stdin=said)
    assert ran.code == 0, ran.err
    assert ends in ran.out.replace("\n", "")
    assert "Traceback" not in ran.err


def test_brackets_in_the_patients_words_do_not_end_the_consultation(suwen: Any) -> None:
    ran = suwen("consult", stdin="肚子疼，呱唧呱唧[/噼里]啪啦呱唧\n结束\n")
    assert ran.code == 0
    assert "呱唧" in ran.out


def test_the_installed_command_runs() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "suwen", "assess", "--top", "1"],
        input="头疼三天".encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert set(json.loads(ran.stdout)) == KEYS
    assert b"Traceback" not in ran.stderr


def test_a_reader_that_hangs_up_is_no_error() -> None:
    rows = "".join(json.dumps({"text": "头疼"}) + "\n" for _ in range(150))
    command = f"{sys.executable} -m suwen assess --jsonl --top 0 | head -c 10"
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        input=rows.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in ran.stderr
    assert b"BrokenPipe" not in ran.stderr
