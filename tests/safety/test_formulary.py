"""The rules about medicines as data: every one can speak, none speaks for everybody, faults stop the load."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from suwen.core.errors import KnowledgeError
from suwen.knowledge.compile import DATA, Raw, read
from suwen.knowledge.drugs import load_formulary
from suwen.knowledge.drugs.compile import cross_check_drugs, read_drugs
from suwen.knowledge.drugs.terms import LOCAL_ROUTES, MANY
from suwen.safety.doses import Dose
from suwen.safety.medication import Drug, Patient, Pharmacist


def middle(span: list[float] | None) -> float | None:
    return None if span is None else (span[0] + min(span[1], span[0] + 20)) / 2


def outside(span: list[float], top: float) -> float:
    return span[1] + 1 if span[1] < top else max(0.0, span[0] - 1)


def patient_for(when: Mapping[str, Any]) -> Patient:
    """Somebody for whom all that a rule asks holds."""
    return Patient(
        age_years=middle(when["age"]),
        sex=when["sex"] or ("female" if when["pregnant"] or when["weeks"] or when["breastfeeding"] else None),
        pregnant=True if when["pregnant"] or when["weeks"] else None,
        pregnant_weeks=middle(when["weeks"]),
        breastfeeding=True if when["breastfeeding"] else None,
        egfr_ml_min=middle(when["egfr"]),
        child_pugh=when["child_pugh"][0] if when["child_pugh"] else None,
        weight_kg=middle(when["weight"]) or 30,
        conditions=tuple(when["conditions"][:1]),
    )


def patient_against(when: Mapping[str, Any]) -> Patient:
    """Somebody for whom nothing of it holds."""
    return Patient(
        age_years=None if when["age"] is None else outside(when["age"], 100),
        sex={"male": "female", "female": "male", None: "male"}[when["sex"]],
        pregnant_weeks=0,
        breastfeeding=False,
        egfr_ml_min=None if when["egfr"] is None else outside(when["egfr"], 140),
        child_pugh=next((g for g in "ABC" if g not in when["child_pugh"]), None),
        weight_kg=None if when["weight"] is None else outside(when["weight"], 150),
        conditions=(),
    )


def drug_for(rule: Mapping[str, Any], pharmacist: Pharmacist) -> Drug:
    member = rule["members"][0]
    routes = rule["routes"] or pharmacist.formulary.record(member)["routes"]
    route = next((r for r in routes if r not in LOCAL_ROUTES), routes[0])
    limit = rule["limit"]
    if not limit:
        return Drug(member, route)
    most = limit["mg_once"] or limit["mg_day"] or limit["mg_kg_day"] * 30
    return Drug(member, route, Dose(mg=most * 3, times=1))


def test_every_rule_about_patients_speaks_for_its_patient(pharmacist: Pharmacist) -> None:
    silent = []
    for rule in pharmacist.formulary.cautions:
        report = pharmacist.check([drug_for(rule, pharmacist)], patient_for(rule["when"]))
        if rule["id"] not in {a.rule for a in report.alerts}:
            silent.append(rule["id"])
    assert silent == []


def test_no_rule_about_patients_speaks_for_somebody_else(pharmacist: Pharmacist) -> None:
    loud = []
    for rule in pharmacist.formulary.cautions:
        asked = [k for k, v in rule["when"].items() if v not in (None, [])]
        if not asked or (set(asked) == {"child_pugh"} and len(rule["when"]["child_pugh"]) == 3):
            continue
        drug = drug_for(rule, pharmacist)
        if rule["kind"] == "dose" and set(asked) <= {"age", "weight", "egfr"}:
            drug = Drug(drug.name, drug.route, Dose(mg=0.0001, times=1))
        report = pharmacist.check([drug], patient_against(rule["when"]))
        if rule["id"] in {a.rule for a in report.alerts}:
            loud.append(rule["id"])
    assert loud == []


def test_every_interaction_rule_reaches_a_pair(pharmacist: Pharmacist) -> None:
    """A rule that others override everywhere, or whose sides nobody fills, is dead."""
    f = pharmacist.formulary
    alive = {f.interactions[int(r)]["id"] for r in f.pair_rule} | {
        f.interactions[t["rule"]]["id"] for t in f.triples
    }
    dead = {r["id"] for r in f.interactions} - alive
    assert dead == set()


def test_every_interaction_rule_speaks_for_its_pair_and_not_for_a_stranger(pharmacist: Pharmacist) -> None:
    f = pharmacist.formulary
    seen: dict[int, int] = {}
    for code, rule in zip(f.pair_code.tolist(), f.pair_rule.tolist(), strict=True):
        seen.setdefault(rule, code)
    for rule, code in seen.items():
        a, b = (f.substances[i]["id"] for i in divmod(code, MANY))
        name = f.interactions[rule]["id"]
        assert name in {x.rule for x in pharmacist.check([Drug(a), Drug(b)]).alerts}, name
        assert name not in {x.rule for x in pharmacist.check([Drug(a), Drug("hyaluronate")]).alerts}, name


# -- a hospital's own ---------------------------------------------------------------------------------------

NEW = """
hospital_tincture:
  name: {zh: 本院一号合剂, en: hospital mixture no. 1}
  routes: [oral]
  classes: [nsaid]
  source: cn_label
"""
RULE = """
- id: hospital_rule
  kind: toxicity
  between: [[hospital_tincture], [loratadine]]
  severity: major
  effect: {zh: 本院规定, en: a rule of the house}
  management: {zh: 找药师, en: ask the pharmacist}
  evidence: guideline
  source: cn_label
"""


@pytest.fixture(scope="module")
def general() -> Raw:
    return read([DATA])


def folder_with(place: Path, **files: str) -> Path:
    for name, text in files.items():
        path = place / "drugs" / name / "own.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return place


def test_a_hospital_adds_its_formulary_and_its_rules(tmp_path: Path) -> None:
    own = Pharmacist(
        load_formulary(folder_with(tmp_path / "own", substances=NEW, interactions=RULE), cache=tmp_path)
    )
    rules = {a.rule for a in own.check([Drug("本院一号合剂"), Drug("氯雷他定")]).alerts}
    assert "hospital_rule" in rules
    assert any(a.interrupts for a in own.check([Drug("本院一号合剂"), Drug("华法林")]).alerts)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("substances", NEW.replace("cn_label", "nowhere_2020"), "source 'nowhere_2020' is not in sources/"),
        ("substances", NEW.replace("[nsaid]", "[nsaids]"), "'nsaids' is not a class"),
        ("substances", NEW.replace("[oral]", "[by_mouth]"), "'by_mouth' is not one of"),
        ("substances", NEW.replace("本院一号合剂", "华法林"), "already belongs to warfarin"),
        ("substances", NEW + "  colour: red\n", "colour"),
        ("interactions", RULE.replace("hospital_tincture", "warfarin").replace("loratadine", "nonsense"), "'nonsense' is not a substance"),
        ("interactions", RULE.replace("hospital_tincture", "warfarin").replace("major", "bad"), "severity"),
        ("interactions", RULE.replace("hospital_tincture", "warfarin").replace("loratadine", "ibuprofen").replace("toxicity", "bleeding").replace("major", "minor"), "let one override the other"),
        ("cautions", "- id: x\n  kind: kidney\n  drugs: [warfarin]\n  severity: minor\n  effect: {zh: a, en: a}\n  management: {zh: a, en: a}\n  evidence: label\n  source: cn_label\n", "needs its condition"),
        ("cautions", "- {id: x, kind: [", "not valid YAML"),
        ("substances", NEW + "  name: {zh: 另一个, en: another}\n", "'name' stands twice"),
    ],
)  # fmt: skip
def test_a_fault_names_file_record_and_remedy(
    general: Raw, tmp_path: Path, file: str, text: str, says: str
) -> None:
    folder = folder_with(tmp_path, **{file: text})
    problems = cross_check_drugs(
        read_drugs([DATA, folder]), sources=general.sources, states={*general.conditions, *general.findings}
    )
    assert problems
    assert any(f"drugs/{file}/own.yaml" in p and says in p for p in problems), problems


def test_a_fault_stops_the_load(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "own", substances=NEW.replace("[nsaid]", "[nsaids]"))
    with pytest.raises(KnowledgeError, match="nsaids"):
        load_formulary(folder, cache=tmp_path)
