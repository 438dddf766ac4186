"""Suites on disk: what is wrong is named, and a sealed one cannot change unnoticed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from suwen.core.errors import SuiteError
from suwen.knowledge import Knowledge
from suwen.verify.suite import load_suite, stamp

META = {"name": "small", "version": "2026.11", "title": {"zh": "小", "en": "small"}}


def criterion(number: int, **more: Any) -> dict[str, Any]:
    base = {
        "id": f"c{number}",
        "text": f"asks about thing number {number}",
        "weight": 5,
        "axis": "accuracy",
    }
    return {**base, **more}


def item(name: str = "one", **more: Any) -> dict[str, Any]:
    criteria = [criterion(n) for n in range(8)]
    criteria.append(criterion(8, weight=-5, check={"says": [["antibiotic"]]}))
    said = [{"role": "patient", "text": f"I cough since Monday ({name})"}]
    base = {
        "id": name,
        "theme": "context_seeking",
        "lang": "en",
        "title": "a cough",
        "conversation": said,
        "criteria": criteria,
    }
    return {**base, **more}


def write(folder: Path, *items: dict[str, Any], meta: dict[str, Any] | None = None) -> Path:
    (folder / "suite.yaml").write_text(yaml.safe_dump(meta or META, allow_unicode=True), "utf-8")
    (folder / "items.yaml").write_text(yaml.safe_dump(list(items), allow_unicode=True), "utf-8")
    return folder


def faults(folder: Path, knowledge: Knowledge) -> list[str]:
    with pytest.raises(SuiteError) as caught:
        load_suite(folder, knowledge, sealed=False)
    return caught.value.problems


def test_a_sound_suite_loads_and_is_sealed(tmp_path: Path, knowledge: Knowledge) -> None:
    write(tmp_path, item(), item("two"))
    stamp(tmp_path, knowledge)
    suite = load_suite(tmp_path, knowledge)
    assert [i.id for i in suite.items] == ["one", "two"]
    assert suite.item["two"].criteria[8].weight == -5
    assert suite.meta.digest.startswith("2026.11:")


def test_a_suite_changed_under_the_same_version_is_refused(tmp_path: Path, knowledge: Knowledge) -> None:
    write(tmp_path, item())
    meta = stamp(tmp_path, knowledge).model_dump()
    changed = item()
    changed["criteria"][0]["weight"] = 6
    write(tmp_path, changed, meta=meta)
    with pytest.raises(SuiteError, match=r"changed under the same version '2026\.11'; raise the version"):
        load_suite(tmp_path, knowledge)
    with pytest.raises(SuiteError, match="raise the version"):
        stamp(tmp_path, knowledge)
    write(tmp_path, changed, meta={**meta, "version": "2026.12"})
    with pytest.raises(SuiteError, match=r"of version '2026\.11', not '2026\.12'"):
        load_suite(tmp_path, knowledge)
    stamp(tmp_path, knowledge)
    assert load_suite(tmp_path, knowledge).item["one"].criteria[0].weight == 6
    assert not [p for p in tmp_path.iterdir() if p.suffix != ".yaml"], "something half-written is left"


def test_layout_and_order_are_no_change(tmp_path: Path, knowledge: Knowledge) -> None:
    write(tmp_path, item(), item("two"))
    stamp(tmp_path, knowledge)
    (tmp_path / "items.yaml").write_text("# moved\n" + yaml.safe_dump([item("two")], default_flow_style=True))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "first.yaml").write_text(yaml.safe_dump([item()]))
    assert len(load_suite(tmp_path, knowledge).items) == 2


def test_a_suite_without_a_seal_says_how_to_get_one(tmp_path: Path, knowledge: Knowledge) -> None:
    with pytest.raises(SuiteError, match="digest: none is there; seal the suite with"):
        load_suite(write(tmp_path, item()), knowledge)
    stamp(tmp_path, knowledge)
    before = (tmp_path / "suite.yaml").read_text()
    stamp(tmp_path, knowledge)
    assert (tmp_path / "suite.yaml").read_text() == before


BROKEN: list[tuple[dict[str, Any], list[str]]] = [
    ({"weight": 0}, ["items.yaml: item 'one': criteria.'c0'.weight", "0 says nothing", "-10 to -1 or 1 to 10"]),
    ({"weight": 11}, ["weight", "less than or equal to 10", "(found '11')"]),
    ({"axis": "beauty"}, ["axis", "'accuracy', 'completeness'", "(found 'beauty')"]),
    ({"source": "rf_cn_ugib_2021"}, ["'c0': source: 'rf_cn_ugib_2021'", "did you mean"]),
    ({"source": "generated:red_flag"}, ["source", "kind dynamic"]),
    ({"check": {"heard": ["headach"]}}, ["'c0': heard: 'headach' is not known; did you mean 'headache"]),
    ({"check": {"heard_absent": ["qqqqzzzz"]}}, ["heard_absent: 'qqqqzzzz' is not known"]),
    ({"check": {"not_heard": ["feverr"]}}, ["not_heard: 'feverr'"]),
    ({"check": {"asks": ["agee"]}}, ["asks: 'agee'"]),
    ({"check": {"differential": ["common_coldd"]}}, ["differential: 'common_coldd'"]),
    ({"check": {"alarm": ["strokee"]}}, ["alarm: 'strokee' is not known; did you mean 'stroke"]),
    ({"check": {"says": [["(unclosed"]]}}, ["says: the pattern '(unclosed' does not compile"]),
    ({"check": {"says_none": ["a*"]}}, ["says_none: the pattern 'a*' fits even no words"]),
    ({"check": {"says": [[]]}}, ["says: a line without patterns"]),
    ({"check": {"top": 3}}, ["check: a check without any rule"]),
    ({"check": {"person": {"sex": "m"}}}, ["person.sex: 'm' cannot be; give male or female"]),
    ({"check": {"triage_at_least": "urgent", "triage_at_most": "soon"}}, ["triage_at_most: nothing is at least 'urgent'"]),
    ({"check": {"alarm": ["stroke"], "no_alarm": True}}, ["no_alarm: it excludes"]),
    ({"check": {"medicine_alert": "major"}}, ["medicine_alert: alerts come with the answer"]),
    ({"check": {"sings": True}}, ["check.sings"]),
]  # fmt: skip


@pytest.mark.parametrize(("more", "said"), BROKEN, ids=lambda v: str(v)[:50] if isinstance(v, dict) else "")
def test_every_fault_names_file_item_value_and_remedy(
    more: dict[str, Any], said: list[str], tmp_path: Path, knowledge: Knowledge
) -> None:
    one = item()
    one["criteria"][0] = criterion(0, **more)
    write(tmp_path, one)
    found = faults(tmp_path, knowledge)
    assert len(found) == 1
    assert found[0].startswith("items.yaml: item 'one': ")
    assert all(words in found[0] for words in said), found[0]


def test_a_range_of_triage_levels_is_no_contradiction(tmp_path: Path, knowledge: Knowledge) -> None:
    one = item()
    one["criteria"][0] = criterion(0, check={"triage_at_least": "soon", "triage_at_most": "urgent"})
    assert load_suite(write(tmp_path, one), knowledge, sealed=False).items


def test_an_item_has_rules_of_its_own(tmp_path: Path, knowledge: Knowledge) -> None:
    few = item("few")
    few["criteria"] = few["criteria"][:8]
    wrong = item("wrong", lang="zh")
    same = copy.deepcopy(item("same"))
    same["conversation"] = item("one")["conversation"]
    found = "\n".join(faults(write(tmp_path, item(), few, wrong, same, item("few")), knowledge))
    assert "item 'few': 8 criteria; an item needs at least 9" in found
    assert "item 'few': no criterion has a negative weight" in found
    assert "item 'wrong': lang: 'zh' does not fit" in found
    assert "item 'same': conversation: the same last words as items.yaml: item 'one'" in found
    assert "item 'few': stands twice" in found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- id: [", "not valid YAML"),
        ("id: one", "a file holds a list of items"),
        ("- {id: a, id: b}", "the key 'id' stands twice"),
        ("- 7", "item 1 (without id)"),
    ],
)
def test_a_file_that_is_no_list_of_items_is_named(
    text: str, says: str, tmp_path: Path, knowledge: Knowledge
) -> None:
    write(tmp_path, item())
    (tmp_path / "other.yaml").write_text(text)
    found = faults(tmp_path, knowledge)
    assert any(f.startswith("other.yaml: ") and says in f for f in found), found


def test_a_folder_that_is_no_suite_says_what_a_suite_is(tmp_path: Path, knowledge: Knowledge) -> None:
    assert "a suite is a folder with a suite.yaml" in faults(tmp_path, knowledge)[0]
    (tmp_path / "suite.yaml").write_text(yaml.safe_dump(META))
    assert "no items; add YAML files" in faults(tmp_path, knowledge)[0]
    (tmp_path / "suite.yaml").write_text("name: X\nversion: new\ntitle: {}\n")
    assert any("version" in f for f in faults(tmp_path, knowledge))
