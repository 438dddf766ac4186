"""A fault of a knowledge file names the file, the line, the value and what to do, and nothing loads."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from suwen.knowledge.compile import DATA, Raw, cross_check, lay, read
from suwen.knowledge.drugs.compile import read_drugs

CONDITION = """\
id: ward_cold
name: {zh: 病房感冒, en: Ward cold}
icd10: [J00]
department: general_practice
triage: self_care
summary: {zh: 轻。, en: Mild.}
prevalence: 1
age: [1, 1, 1, 1, 1, 1, 1, 1]
duration: [0.25, 0.25, 0.25, 0.25]
findings:
  cough: 0.6
  fever: 0.2
mimics:
  - {id: influenza, tells: {zh: 高热, en: High fever}}
sources: [cn_ent_textbook]
"""
FINDING = """\
- id: ward_cough
  name: {zh: 病房咳, en: ward cough}
  kind: symptom
  parent: cough
  base: 0.001
  askable: false
"""


@pytest.fixture(scope="module")
def built_in() -> Raw:
    return read([DATA])


@pytest.fixture
def faults(
    built_in: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str | bytes], list[str]]:
    """The faults of the built-in knowledge with one file of a hospital laid over it."""

    def of(name: str, text: str | bytes) -> list[str]:
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        raw = copy.copy(built_in)
        for table in fields(Raw):
            setattr(raw, table.name, copy.copy(getattr(built_in, table.name)))
        lay(tmp_path, raw)
        return cross_check(raw)

    return of


def test_a_condition_and_a_finding_that_hold_have_no_fault(faults: Callable[..., list[str]]) -> None:
    assert faults("conditions/ward_cold.yaml", CONDITION) == []
    assert faults("findings/ward.yaml", FINDING) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cough: 0.6", "cough: 1.2", ":11: ward_cold: findings: cough: 1.2 is not a probability between 0.001 and 0.995"),
        ("cough: 0.6", "cougf: 0.6", ":11: 'cougf' is not a finding; see findings/ or add it there; did you mean 'cough'?"),
        ("[J00]", "[J99.77]", ":3: 'J99.77' is not in ICD-10 (WHO 2019); use a valid code or its category"),
        ("[cn_ent_textbook]", "[cn_ent_textbok]", ":15: source 'cn_ent_textbok' is not in sources/; add it there or correct the key; did you mean 'cn_ent_textbook'?"),
        ("sources: [cn_ent_textbook]\n", "", ": ward_cold: sources: is missing; add it"),
        ("[cn_ent_textbook]", "[]", ":15: ward_cold: sources: "),
        ("fever: 0.2", "cough: 0.2", ":12: not valid YAML (the key 'cough' stands twice); mend the line"),
        ("general_practice", "general_practise", ":4: department 'general_practise' is not in departments.yaml; use one that is; did you mean 'general_practice'?"),
        ("triage: self_care", "triage: home", ":5: ward_cold: triage: "),
        ("prevalence", "prevalense", ":7: ward_cold: prevalense: no such field; correct its name or delete it; did you mean 'prevalence'?"),
        ("id: influenza", "id: influensa", ":14: mimic 'influensa' is not another condition"),
        ("triage: self_care", "triage: self_care\nreviewed: false", ":6: ward_cold: reviewed: not reviewed yet; have a colleague read it, then delete this line"),
        ("病房感冒", "痛风", ": name '痛风' is also given to gout in conditions/rheumatology/gout.yaml"),
    ],
)  # fmt: skip
def test_a_fault_of_a_condition(faults: Callable[..., list[str]], old: str, new: str, says: str) -> None:
    assert old in CONDITION
    found = faults("conditions/ward_cold.yaml", CONDITION.replace(old, new, 1))
    assert any(f.startswith("conditions/ward_cold.yaml:") and says in f for f in found), found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("parent: cough", "parent: couch", ":4: ward_cough: parent: 'couch' is not a finding"),
        ("base: 0.001", "base: 2", ":5: ward_cough: base: "),
        ("kind: symptom", "kind: symptom\n  source: nobody", ":4: ward_cough: source 'nobody' is not in sources/"),
        ("- id: ward_cough", "- id: fever\n- id: ward_cough", ":1: fever: name: is missing; add it"),
        ("- id: ward_cough", "- id: fever\n  name: {zh: 发热, en: fever}\n  kind: symptom\n- id: fever", ": findings fever is already defined in findings/ward.yaml; keep one"),
    ],
)  # fmt: skip
def test_a_fault_of_a_finding(faults: Callable[..., list[str]], old: str, new: str, says: str) -> None:
    found = faults("findings/ward.yaml", FINDING.replace(old, new, 1))
    assert any(f.startswith("findings/ward.yaml:") and says in f for f in found), found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("conditions/x.yaml", "- a\n"), ("conditions/x.yaml", "hello"), ("conditions/x.yaml", ""),
        ("findings/x.yaml", "a: 1"), ("findings/x.yaml", "- a"), ("findings/x.yaml", "- {id: x, name: 发热}".encode("gbk")),
        ("redflags/x.yaml", "- {id: x}"), ("sources/x.yaml", "- a"), ("sources/x.yaml", "a: 3"),
        ("lexicon/x.yaml", "- a"), ("lexicon/x.yaml", "fever: hello"), ("lexicon/x.yaml", "feverr: {zh: [高烧烧]}"),
        ("labs.yaml", "sodium: 3"), ("vitals.yaml", "- a"), ("vitals.yaml", "pulse: 3"), ("vitals.yaml", "pulse: {source: estimate, rules: [{a: 1}]}"),
        ("parts.yaml", "kernels: [a]"), ("parts.yaml", "kernels: {pain: 3}"), ("departments.yaml", "ent: 3"), ("phenotypes.yaml", "- a"),
        ("phenotypes.yaml", "fever: 3"), ("risk_groups.yaml", "infant: 3"), ("learned/x.yaml", "id: x"), ("other/x.yaml", "a: 1"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_a_fault_and_no_crash(
    faults: Callable[..., list[str]], name: str, text: str | bytes
) -> None:
    found = faults(name, text)
    assert found
    assert all(f.startswith(name) for f in found), found


@pytest.mark.parametrize("text", ["x: {name: 阿司匹林}".encode("gbk"), b"x: [", b"- a", b"x: {name: 3}"])
def test_a_file_of_medicines_that_cannot_be_read_is_a_fault_and_no_crash(tmp_path: Path, text: bytes) -> None:
    place = tmp_path / "drugs" / "substances" / "ward.yaml"
    place.parent.mkdir(parents=True)
    place.write_bytes(text)
    assert any("drugs/substances/ward.yaml" in fault for fault in read_drugs([tmp_path]).problems)
