"""Patients drawn from the knowledge: they hold together, come again under their seed, and have what the numbers say."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

import pytest

from suwen.core.case import TRIAGE_LEVELS, Alarm, Case, Finding, Person
from suwen.core.errors import InputError
from suwen.knowledge import DURATIONS, Knowledge
from suwen.language.understand import Ear
from suwen.patients.facts import fact_of, people
from suwen.patients.faults import faults
from suwen.patients.sample import Mix, Sampler, sample, samples
from suwen.patients.script import ON_REQUEST, Script, personas

N = 240


@pytest.fixture(scope="module")
def sampler(knowledge: Knowledge) -> Sampler:
    return Sampler(knowledge)


@pytest.fixture(scope="module")
def drawn(sampler: Sampler) -> list[Script]:
    return [sampler.script(1, i) for i in range(N)]


def present(script: Script) -> set[str]:
    return {f.finding for f in script.medical.facts if f.finding and f.status == "present" and f.own}


def test_every_drawn_patient_holds_together(drawn: list[Script], knowledge: Knowledge) -> None:
    crowded = Mix(**{field.name: 1.0 for field in fields(Mix)})
    others = [*samples(knowledge, N, 2, lang="en"), *samples(knowledge, N // 2, 3, mix=crowded)]
    assert [fault for script in [*drawn, *others] for fault in faults(script, knowledge)] == []


def test_a_patient_of_every_condition_can_be_drawn(sampler: Sampler, knowledge: Knowledge) -> None:
    for condition in knowledge.conditions[::9]:
        script = sampler.script(3, condition.index, condition=condition.id)
        assert script.main.condition == condition.id
        assert faults(script, knowledge) == []


def test_the_same_seed_gives_the_same_bytes_whatever_was_drawn_before(
    drawn: list[Script], knowledge: Knowledge
) -> None:
    fresh = Sampler(knowledge)
    assert fresh.script(1, 57).to_json() == drawn[57].to_json()
    assert [s.to_json() for s in samples(knowledge, 3, 1)] == [s.to_json() for s in drawn[:3]]
    assert sample(knowledge, 1).to_json() == drawn[0].to_json()


def test_another_seed_gives_other_patients(drawn: list[Script], sampler: Sampler) -> None:
    others = [sampler.script(2, i) for i in range(20)]
    assert sum(a.main == b.main for a, b in zip(drawn, others, strict=False)) < 8


def test_a_script_survives_its_file(drawn: list[Script]) -> None:
    for script in drawn[:40]:
        assert Script.model_validate_json(script.to_json()) == script


def test_fever_in_influenza_is_as_common_as_the_knowledge_says(knowledge: Knowledge) -> None:
    plain = Sampler(knowledge, mix=Mix(atypical=0, early=0, comorbidity=0))
    n = 300
    seen = sum("fever" in present(plain.script(4, i, condition="influenza")) for i in range(n))
    p = knowledge.likelihood[knowledge.condition["influenza"].index, knowledge.finding["fever"].index]
    assert abs(seen / n - p) < 0.05


def test_atypical_patients_show_fewer_hallmarks(knowledge: Knowledge) -> None:
    usual, odd = (
        Sampler(knowledge, mix=Mix(atypical=0, early=0)),
        Sampler(knowledge, mix=Mix(atypical=1, early=0)),
    )
    counts = [
        sum("fever" in present(s.script(4, i, condition="influenza")) for i in range(80))
        for s in (usual, odd)
    ]
    assert counts[1] < 0.75 * counts[0]


def test_common_conditions_come_more_often_than_rare_ones(drawn: list[Script], knowledge: Knowledge) -> None:
    prior = knowledge.prior.mean(axis=(1, 2, 3))
    middle = sorted(prior[:-1])[len(prior) // 2]
    common = sum(prior[knowledge.condition[s.main.condition or ""].index] > middle for s in drawn)
    assert common > 0.85 * N


def test_everybody_has_one_duration_and_a_complaint_that_the_illness_gives(
    drawn: list[Script], knowledge: Knowledge
) -> None:
    for script in drawn:
        assert len(present(script) & set(DURATIONS)) == 1
        row = knowledge.likelihood[knowledge.condition[script.main.condition or ""].index]
        column = [
            knowledge.finding[f.finding or ""].index for f in script.medical.facts if f.kind == "complaint"
        ]
        assert any(row[c] >= 2 * knowledge.base[c] for c in column), script.id


def test_a_special_finding_never_comes_without_the_general_one(
    drawn: list[Script], knowledge: Knowledge
) -> None:
    for script in drawn:
        here = present(script)
        for name in here - set(DURATIONS):
            missing = set(knowledge.ancestors[name]) - here
            assert not missing or script.of_finding[name].kind == "vital", (script.id, name, missing)


def test_findings_that_exclude_each_other_never_come_together(drawn: list[Script]) -> None:
    for script in drawn:
        for line in people()["exclusive"]:
            assert len(present(script) & set(line)) <= 1, (script.id, line)


def test_a_number_reads_back_as_the_finding_it_stands_for(drawn: list[Script], knowledge: Knowledge) -> None:
    ear = Ear(knowledge)
    tried = 0
    for script in drawn:
        case = Case(person=Person(age_years=script.social.age_years, sex=script.social.sex))
        for fact in script.medical.facts:
            if fact.kind == "result" and fact.value is not None:
                heard = ear.understand(f"{fact.text['zh']} {fact.value:g} {fact.unit}", case)
                assert fact.finding in {f.id for f in heard.findings if f.status == "present"}, fact
                tried += 1
    assert tried > 20


def test_vital_signs_are_abnormal_exactly_where_a_finding_says_so(
    drawn: list[Script], knowledge: Knowledge
) -> None:
    for script in drawn:
        here, age = present(script), script.social.age_years
        for fact in script.medical.facts:
            if not fact.id.startswith("vital."):
                continue
            assert fact.value is not None
            for rule in knowledge.vitals[fact.id.removeprefix("vital.")]["rules"]:
                low, high = rule.get("age") or (0, 200)
                if low <= age < high and fact.id != "vital.dbp":
                    met = fact.value < rule["below"] if "below" in rule else fact.value >= rule["at_least"]
                    assert met == (rule["finding"] in here), (script.id, fact, rule)


def test_what_is_measured_is_never_volunteered_and_what_is_private_is_kept(drawn: list[Script]) -> None:
    facts = [f for s in drawn for f in s.medical.facts]
    assert all(f.volunteered == 0 for f in facts if f.kind in ON_REQUEST)
    assert any(f.hidden for f in facts)
    assert all(f.kind not in ON_REQUEST for f in facts if f.hidden)


def told(script: Script, sampler: Sampler) -> Case:
    """What the patient can tell; the words are ids of findings, the most general that do."""
    names = [
        f.finding
        for f in script.medical.facts
        if f.finding and f.status == "present" and f.tellable and f.own
    ]
    names.sort(key=lambda name: len(sampler.knowledge.ancestors[name]))
    social = script.social
    person = Person(age_years=social.age_years, sex=social.sex, pregnant_weeks=script.medical.pregnant_weeks)
    return Case(person=person, findings={name: Finding(name, "present", words=name) for name in names})


def told_alarms(script: Script, sampler: Sampler) -> tuple[Alarm, ...]:
    """The red flags of what the patient can tell."""
    return sampler.watch.alarms(told(script, sampler))


def test_a_red_flag_that_the_patient_can_tell_raises_the_gold_triage(
    drawn: list[Script], sampler: Sampler
) -> None:
    raised = 0
    for script in drawn:
        levels = sampler.dangers.triager.levels(told(script, sampler))
        own = int(levels[sampler.knowledge.condition[script.main.condition or ""].index])
        gold = TRIAGE_LEVELS.index(script.medical.triage or "")
        assert gold <= own
        for alarm in told_alarms(script, sampler):
            old = "onset_sudden" in alarm.words and {"duration_weeks", "duration_months"} & present(script)
            assert old or gold <= TRIAGE_LEVELS.index(alarm.triage)
        raised += gold != own
    assert 0 < raised < 0.2 * N  # one in seven of many more


def test_no_red_flag_rests_on_chance(drawn: list[Script], sampler: Sampler) -> None:
    alarms = 0
    for script in drawn:
        condition = sampler.knowledge.condition[script.main.condition or ""]
        mentioned = sampler.tables.mentioned(condition.index)
        complaints = {f.finding for f in script.medical.facts if f.kind == "complaint"}
        for alarm in told_alarms(script, sampler):
            alarms += 1
            for name in alarm.words:
                finding = sampler.knowledge.finding[name]
                who = finding.kind in ("risk", "history") or finding.topic == "pregnancy" or name in DURATIONS
                assert who or mentioned[finding.index] or name in complaints, (script.id, alarm, name)
    assert alarms > 20


def test_gold_triage_counts_who_the_person_is_and_not_what_began_suddenly_months_ago(
    sampler: Sampler,
) -> None:
    def level(*names: str) -> str:
        facts = [fact_of(sampler.knowledge.finding[name]) for name in names]
        routine = sampler.knowledge.condition["osteoarthritis_knee"].index
        return sampler.dangers.level(routine, facts, Person(age_years=40.0, sex="female"))

    assert level("fever") == "routine"
    assert level("fever", "chemotherapy_recent") == "emergency"
    assert level("vertigo", "unsteady_gait", "onset_sudden", "duration_hours") == "emergency"
    assert level("vertigo", "unsteady_gait", "onset_sudden", "duration_months") == "routine"


def test_negatives_are_there_and_are_not_what_the_patient_has(drawn: list[Script]) -> None:
    for script in drawn:
        absent = {f.finding for f in script.medical.facts if f.status == "absent"}
        assert not absent & present(script)
    assert sum(any(f.status == "absent" for f in s.medical.facts) for s in drawn) > 0.95 * N


def test_a_quarter_interrupts_and_every_persona_cell_comes_equally_often(sampler: Sampler) -> None:
    cells = list(personas())
    manner = {m: sum(c[0] == m for c in cells) for m in ("passive", "interrupting")}
    n = 4 * manner["passive"] * manner["interrupting"] // 12
    seen: Counter[tuple[str, str, str, str]] = Counter()
    from suwen.patients.persona import Cast

    cast = Cast(1)
    for i in range(n):
        seen[cast.cell(i)] += 1
    assert set(seen) == set(cells)
    assert sum(v for c, v in seen.items() if c[0] == "interrupting") == n // 4
    for name in manner:
        own = [v for c, v in seen.items() if c[0] == name]
        assert max(own) - min(own) <= 1


def test_the_mix_shows(knowledge: Knowledge) -> None:
    full = Sampler(
        knowledge, mix=Mix(distractor=1, secrets=1, allergies=1, relatives=1, medicines=1, early=1)
    )
    none = Sampler(
        knowledge,
        mix=Mix(distractor=0, secrets=0, allergies=0, relatives=0, medicines=0, comorbidity=0, private=0),
    )
    rich, poor = ([s.script(8, i) for i in range(40)] for s in (full, none))
    assert sum(any(d.role == "distractor" for d in s.medical.diagnoses) for s in rich) > 25
    assert not any(d.role == "distractor" for s in poor for d in s.medical.diagnoses)
    # An illness may bring another along, as a diabetic foot does.
    assert sum(any(d.role == "comorbid" for d in s.medical.diagnoses) for s in poor) <= 2
    assert not any(f.kind == "allergy" or f.hidden for s in poor for f in s.medical.facts)
    assert all(any(f.kind == "allergy" for f in s.medical.facts) for s in rich)


def test_a_distracting_complaint_is_told_first_and_belongs_to_something_else(knowledge: Knowledge) -> None:
    sampler = Sampler(knowledge, mix=Mix(distractor=1))
    for i in range(40):
        script = sampler.script(8, i)
        other = [d.condition for d in script.medical.diagnoses if d.role == "distractor"]
        if other:
            first = knowledge.finding[script.medical.facts[0].finding or ""]
            assert knowledge.likelihood[knowledge.condition[other[0] or ""].index, first.index] >= 0.3


def test_an_english_patient_speaks_plainly_and_a_small_child_has_a_parent(knowledge: Knowledge) -> None:
    for script in samples(knowledge, 60, 5, lang="en"):
        assert script.social.speech == "plain"
        if script.social.age_years < 8:
            assert script.social.speaker in ("mother", "father")


@pytest.mark.parametrize(("name", "value"), [("atypical", 1.5), ("comorbidity", -0.1)])
def test_a_share_outside_0_to_1_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"{name} is a share from 0 to 1"):
        Mix(**{name: value})


def test_an_unknown_condition_is_refused_with_the_way_to_find_one(sampler: Sampler) -> None:
    with pytest.raises(InputError, match=r"no condition 'flue'.*suwen kb show"):
        sampler.script(1, condition="flue")


def test_what_tells_something_hidden_is_hidden_too(knowledge: Knowledge) -> None:
    private = Mix(private=0.5, background=1.0)
    for script in samples(knowledge, N, 5, mix=private):
        hidden = {f.finding for f in script.medical.facts if f.hidden and f.finding}
        for fact in script.medical.facts:
            if fact.status == "present" and fact.tellable and fact.finding in knowledge.finding:
                assert fact.hidden or not hidden & set(knowledge.ancestors[fact.finding]), fact.id


def test_nobody_has_had_what_their_age_rules_out(drawn: list[Script], knowledge: Knowledge) -> None:
    known = set(knowledge.finding)
    assert set(people()["ages"]) <= known
    for script in drawn:
        if script.social.age_years < 1:
            assert not present(script) & {"dental_procedure_recent", "carpal_tunnel_history", "high_myopia"}
