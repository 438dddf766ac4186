"""Learning from confirmed cases: numbers move towards what was seen, and nothing that protects a patient moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from suwen.core.case import Case, Finding, Heard, Person
from suwen.core.errors import KnowledgeError
from suwen.knowledge import Knowledge, load
from suwen.knowledge.learn import Confirmed, Experience, as_records, tally, taught
from suwen.reasoning.differential import Reasoner
from suwen.reasoning.triage import Triager

COLD, FLU, MENINGITIS = "common_cold", "influenza", "bacterial_meningitis"


def cases(condition: str, n: int, **findings: bool) -> list[Confirmed]:
    return [Confirmed(condition, findings)] * n


def p(knowledge: Knowledge, condition: str, finding: str) -> float:
    return float(knowledge.likelihood[knowledge.condition[condition].index, knowledge.finding[finding].index])


def after(knowledge: Knowledge, *seen: list[Confirmed], unrecorded: float | None = 1.0) -> Knowledge:
    return taught(knowledge, Experience(tally([c for s in seen for c in s], knowledge), 30, unrecorded))


def test_the_posterior_is_the_beta_mean(knowledge: Knowledge) -> None:
    prior = p(knowledge, COLD, "vomiting")
    new = after(knowledge, cases(COLD, 20, vomiting=True), cases(COLD, 70, vomiting=False))
    assert p(new, COLD, "vomiting") == pytest.approx((30 * prior + 20) / (30 + 90))
    assert p(new, FLU, "vomiting") == p(knowledge, FLU, "vomiting")


def test_many_cases_outweigh_the_expert_and_few_hardly_move_it(knowledge: Knowledge) -> None:
    prior = p(knowledge, COLD, "vomiting")
    assert abs(p(after(knowledge, cases(COLD, 2, vomiting=True)), COLD, "vomiting") - prior) < 0.08
    assert p(after(knowledge, cases(COLD, 3000, vomiting=True)), COLD, "vomiting") > 0.95


def test_a_finding_nobody_noted_is_left_alone(knowledge: Knowledge) -> None:
    new = after(knowledge, cases(COLD, 500, cough=True))
    assert p(new, COLD, "anal_itch") == p(knowledge, COLD, "anal_itch")


def test_careless_notes_do_not_make_every_finding_rarer(knowledge: Knowledge) -> None:
    """Fever stands in one note of three, twice as often in influenza: it gets commoner there against the cold, not rarer in both."""
    notes = [
        *cases(COLD, 60, fever=True), *cases(COLD, 240, cough=True),
        *cases(FLU, 150, fever=True), *cases(FLU, 150, cough=True),
    ]  # fmt: skip
    literal, fair = after(knowledge, notes), after(knowledge, notes, unrecorded=None)
    assert p(literal, FLU, "fever") < 0.6 * p(knowledge, FLU, "fever")
    assert p(fair, FLU, "fever") > 0.8 * p(knowledge, FLU, "fever")
    assert p(fair, FLU, "fever") > p(fair, COLD, "fever")


def test_what_is_seen_often_becomes_likelier_and_what_kills_no_rarer(knowledge: Knowledge) -> None:
    new = after(knowledge, cases(COLD, 2000, cough=True))
    before, now = Reasoner(knowledge).prior(Person()), Reasoner(new).prior(Person())
    cold, meningitis = (knowledge.condition[c].index for c in (COLD, MENINGITIS))
    assert now[cold] > 3 * before[cold]
    harmless = knowledge.condition["tinea_pedis"].index
    assert now[harmless] < before[harmless] / 2
    assert now[meningitis] / now[harmless] > before[meningitis] / before[harmless]


def test_triage_floors_and_red_flags_are_out_of_reach(knowledge: Knowledge) -> None:
    new = after(knowledge, cases(MENINGITIS, 400, fever=False, headache=False))
    assert [c.triage for c in new.conditions] == [c.triage for c in knowledge.conditions]
    assert new.red_flags is knowledge.red_flags
    assert (Triager(new).usual == Triager(knowledge).usual).all()


def test_absent_findings_of_the_parent_count_and_present_children_imply_it(knowledge: Knowledge) -> None:
    counts = tally(cases(COLD, 3, high_fever=True), knowledge)[COLD]
    assert counts.findings["high_fever"] == [3, 0]
    assert counts.findings["fever"] == [3, 0]


def test_records_have_three_outcomes_that_sum_to_one(knowledge: Knowledge) -> None:
    new = as_records(knowledge, Experience(tally(cases(COLD, 50, cough=True, fever=False), knowledge)))
    assert new.denied is not None
    rest = 1 - new.likelihood - new.denied
    assert (rest > 0).all()
    asked = Case().add(Heard(findings=(Finding("cough", "unknown", origin="answer"),)))
    row = knowledge.condition[COLD].index
    assert Reasoner(new).differential(asked).p[row] < Reasoner(new).differential(Case()).p[row]
    assert np.allclose(Reasoner(knowledge).differential(asked).p, Reasoner(knowledge).differential(Case()).p)


def folder(tmp_path: Path, text: str) -> Path:
    place = tmp_path / "own" / "learned" / "clinic.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    return tmp_path / "own"


def test_a_learned_file_is_laid_over_the_expert_numbers(knowledge: Knowledge, tmp_path: Path) -> None:
    own = folder(
        tmp_path,
        "id: clinic\nunrecorded: 1.0\nconditions:\n  common_cold: {cases: 90, findings: {vomiting: [20, 70]}}\n",
    )
    new = load(own, cache=tmp_path)
    assert p(new, COLD, "vomiting") == pytest.approx((30 * p(knowledge, COLD, "vomiting") + 20) / 120)
    assert new.seen[new.condition[COLD].index] == 90


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: clinic\nconditions:\n  nosuch: {cases: 3}\n", "'nosuch' is not a condition"),
        ("id: clinic\nconditions:\n  common_cold: {cases: 3, findings: {nosuch: [1, 0]}}\n", "'nosuch' is not a finding"),
        ("id: clinic\nconditions:\n  common_cold: {cases: 3, findings: {cough: [3, 1]}}\n", "cough: noted in 4 of 3 cases"),
        ("id: clinic\nstrength: 0\nconditions:\n  common_cold: {cases: 3}\n", "strength"),
    ],
)  # fmt: skip
def test_a_learned_file_with_a_fault_stops_the_load(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(KnowledgeError) as stop:
        load(folder(tmp_path, text), cache=tmp_path)
    assert says in stop.value.message
    assert "clinic.yaml" in stop.value.message
