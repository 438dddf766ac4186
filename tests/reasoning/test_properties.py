"""What must hold of the reasoning for any case: probabilities, families, exclusions, the worth of a question, the level."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from suwen.consult.clinic import clinic_of
from suwen.core.case import TRIAGE_LEVELS, Alarm, Case, Finding, Heard, Person
from suwen.knowledge import AGE_BAND_ENDS, DURATIONS, load
from suwen.reasoning.differential import Differential, Evidence, age_band, weights_for
from suwen.reasoning.inquiry import HARM, brute_force_gain, danger_gain, entropy, gain

CLINIC = clinic_of(load())
"""Not a fixture: hypothesis would print all of it as an argument."""
NAMES = tuple(f.id for f in CLINIC.knowledge.findings)
STATUSES = st.sampled_from(["present", "absent", "unknown"])
findings = st.builds(
    Finding,
    st.sampled_from(NAMES),
    STATUSES,
    certain=st.booleans(),
    origin=st.sampled_from(["words", "answer", "measured", "correction"]),
)
told = st.lists(findings, max_size=12, unique_by=lambda f: f.id)
persons = st.builds(
    Person, age_years=st.none() | st.floats(0, 110), sex=st.sampled_from([None, "male", "female"])
)
months = st.none() | st.integers(1, 12)
FEW = settings(max_examples=60)


def case_of(told: Iterable[Finding], person: Person | None = None, month: int | None = None) -> Case:
    return Case(person=person or Person(), month=month).add(Heard(findings=tuple(told)))


# -- the differential -------------------------------------------------------------------------------------


@FEW
@given(told, persons, months)
def test_probabilities_and_remainder_sum_to_one(
    told: list[Finding], person: Person, month: int | None
) -> None:
    d = CLINIC.reasoner.differential(case_of(told, person, month))
    assert d.p.shape == (len(CLINIC.knowledge.conditions) + 1,)
    assert np.isfinite(d.p).all()
    assert (d.p >= 0).all()
    assert d.p.sum() == pytest.approx(1, abs=1e-9)
    assert d.other == d.p[-1]
    ranked = d.ranked()
    assert [p for _, p in ranked] == sorted((p for _, p in ranked), reverse=True)
    assert sum(p for _, p in ranked) + d.other == pytest.approx(1, abs=1e-9)


@FEW
@given(told, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_told_does_not_matter(told: list[Finding], chance: object) -> None:
    mixed = list(told)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    # two findings of one family may differ in certainty, and the parent takes that of either
    assert np.allclose(
        CLINIC.reasoner.differential(case_of(_alike(told))).p,
        CLINIC.reasoner.differential(case_of(_alike(mixed))).p,
        atol=1e-12,
    )


def _alike(told: list[Finding]) -> list[Finding]:
    return [Finding(f.id, f.status, origin="answer") for f in told]


def test_the_order_does_not_matter_when_one_of_a_family_is_told_with_doubt() -> None:
    kin = [Finding("pain_rlq", "present", certain=False), Finding("pain_luq", "present", certain=True)]
    one, two = (CLINIC.reasoner.differential(case_of(k)).p for k in (kin, kin[::-1]))
    assert np.allclose(one, two, atol=1e-12)


@FEW
@given(told, st.lists(st.sampled_from(NAMES), max_size=5, unique=True))
def test_what_is_not_known_changes_nothing(told: list[Finding], unsure: list[str]) -> None:
    # A context nobody spoke of counts as silence once something was told; asked and not known, it is no silence.
    told = [Finding("fever", "present"), *(f for f in told if f.id != "fever")]
    unsure = [name for name in unsure if CLINIC.knowledge.finding[name].kind != "context"]
    known = {f.id for f in told}
    more = [Finding(name, "unknown") for name in unsure if name not in known]
    assert np.array_equal(
        CLINIC.reasoner.differential(case_of(told)).p, CLINIC.reasoner.differential(case_of([*told, *more])).p
    )


def test_a_finding_of_another_knowledge_changes_nothing() -> None:
    one = case_of([Finding("fever", "present")])
    two = case_of(
        [
            Finding("fever", "present"),
            Finding("of_yesterday", "present"),
            Finding("of_the_day_before", "absent"),
        ]
    )
    assert np.array_equal(CLINIC.reasoner.differential(one).p, CLINIC.reasoner.differential(two).p)


@FEW
@given(told)
def test_saying_what_is_implied_changes_nothing(told: list[Finding]) -> None:
    told = _alike(told)
    present = {f.id for f in told if f.status == "present"}
    implied = {above for name in present for above in CLINIC.knowledge.ancestors[name]} - {f.id for f in told}
    more = [Finding(name, "present", origin="answer") for name in sorted(implied)]
    assert np.allclose(
        CLINIC.reasoner.differential(case_of(told)).p,
        CLINIC.reasoner.differential(case_of([*told, *more])).p,
        atol=1e-12,
    )


@pytest.mark.parametrize(
    "child",
    [
        "high_fever",
        "pain_rlq",
        "cough_productive",
        "chest_pain_crushing",
        "rash_wheals",
        "breathlessness_rest",
    ],
)
def test_a_family_counts_once(child: str) -> None:
    knowledge, parent = CLINIC.knowledge, CLINIC.knowledge.finding[child].parent
    assert parent is not None
    alone = CLINIC.reasoner.differential(case_of([Finding(child, "present", origin="answer")])).p
    both = CLINIC.reasoner.differential(
        case_of([Finding(parent, "present", origin="answer"), Finding(child, "present", origin="answer")])
    ).p
    assert np.allclose(alone, both, atol=1e-12)
    i = knowledge.finding[child].index
    joint = np.log(knowledge.ratio(i)) + sum(
        np.log(knowledge.ratio(knowledge.finding[a].index)) for a in knowledge.ancestors[child]
    )
    assert np.allclose(joint, np.log(knowledge.likelihood[:, i]), atol=0.03), (
        "but for the ceiling of 0.99 the family's terms do not multiply to the joint probability"
    )


@FEW
@given(st.sampled_from(DURATIONS), told)
def test_durations_exclude_each_other(duration: str, told: list[Finding]) -> None:
    """The last duration heard is the one that counts, and the absence of the others is no second evidence."""
    told = [f for f in told if f.id not in DURATIONS]
    others = [Finding(d, "absent") for d in DURATIONS if d != duration]
    one = CLINIC.reasoner.differential(case_of([*told, Finding(duration, "present")])).p
    two = CLINIC.reasoner.differential(case_of([*told, Finding(duration, "present"), *others])).p
    assert np.allclose(one, two, atol=1e-12)


def test_durations_of_every_condition_sum_to_one() -> None:
    columns = [CLINIC.knowledge.finding[d].index for d in DURATIONS]
    total = CLINIC.knowledge.likelihood[:-1, columns].sum(axis=1)
    assert np.allclose(total, 1, atol=1e-6)


def test_every_probability_lies_inside_its_leak() -> None:
    every = np.arange(len(CLINIC.knowledge.findings))
    for table in (CLINIC.knowledge.likelihood, CLINIC.knowledge.ratio(every)):
        assert (table > 0).all()
        assert (table < 1).all()
    assert (CLINIC.knowledge.prior >= 0).all()


def test_a_child_is_never_likelier_than_its_parent() -> None:
    k = CLINIC.knowledge
    for f in k.findings:
        if f.parent:
            assert (k.likelihood[:, f.index] <= k.likelihood[:, k.finding[f.parent].index] + 1e-9).all(), f.id


@FEW
@given(told, st.floats(0, 110))
def test_what_a_sex_or_age_cannot_have_has_probability_zero(told: list[Finding], age: float) -> None:
    for sex, column in (("male", 0), ("female", 1)):
        p = CLINIC.reasoner.differential(case_of(told, Person(age_years=age, sex=sex))).p  # type: ignore[arg-type]
        for c in CLINIC.knowledge.conditions:
            if c.record["sex"][column] == 0 or c.record["age"][age_band(age)] == 0:
                assert p[c.index] == 0, c.id


def test_a_man_is_not_pregnant_and_a_woman_has_no_prostate() -> None:
    everything = [
        Finding(n, "present") for n in ("pregnant", "dysuria", "vaginal_bleeding_pregnancy", "abdominal_pain")
    ]
    for sex, words in (
        ("male", ("pregnan", "ectopic_preg", "ovarian", "endometri", "eclampsia")),
        ("female", ("prostat", "testic", "epididym")),
    ):
        p = CLINIC.reasoner.differential(case_of(everything, Person(sex=sex))).p  # type: ignore[arg-type]
        named = [c for c in CLINIC.knowledge.conditions if any(w in c.id for w in words)]
        assert len(named) >= 3
        assert all(p[c.index] == 0 for c in named), [c.id for c in named if p[c.index] > 0]


@given(st.floats(0, 120))
def test_the_age_bands_cover_every_age_in_order(age: float) -> None:
    band = age_band(age)
    assert 0 <= band <= 7
    assert band == 0 or age >= AGE_BAND_ENDS[band - 1]
    assert band == 7 or age < AGE_BAND_ENDS[band]


@FEW
@given(persons, months)
def test_without_findings_the_differential_is_the_prior(person: Person, month: int | None) -> None:
    d = CLINIC.reasoner.differential(Case(person=person, month=month))
    assert np.allclose(d.p, CLINIC.reasoner.prior(person, month))
    assert d.evidence == ()


@pytest.mark.parametrize(
    ("month", "season"), [(3, 0), (5, 0), (6, 1), (8, 1), (9, 2), (11, 2), (12, 3), (1, 3), (2, 3)]
)
def test_the_month_picks_its_season(month: int, season: int) -> None:
    person = Person(age_years=30, sex="male")
    expected = CLINIC.knowledge.prior[:, age_band(30), 0, season] ** CLINIC.reasoner.parameters.prior
    prior = CLINIC.reasoner.prior(person, month)
    assert np.allclose(prior[:-1] / prior[:-1].sum(), expected[:-1] / expected[:-1].sum())


@pytest.mark.parametrize("name", ["fever", "cough", "abdominal_pain", "rash", "headache", "dysuria"])
def test_a_yes_speaks_for_what_has_it_and_a_no_against(name: str) -> None:
    i = CLINIC.knowledge.finding[name].index
    most = int(np.argmax(CLINIC.knowledge.likelihood[:-1, i]))
    before, yes, no = (
        CLINIC.reasoner.differential(case_of(f)).p[most]
        for f in ([], [Finding(name, "present")], [Finding(name, "absent")])
    )
    assert no < before < yes
    doubtful = CLINIC.reasoner.differential(case_of([Finding(name, "present", certain=False)])).p[most]
    assert before < doubtful < yes
    measured = CLINIC.reasoner.differential(case_of([Finding(name, "absent", origin="measured")])).p[most]
    assert measured <= no


def test_weights_say_how_far_a_finding_sets_a_condition_apart_from_the_rest() -> None:
    p = np.array([0.5, 0.3, 0.2])
    likelihood = np.array([0.8, 0.1, 0.4])
    ((term, weight),) = weights_for(Differential(p, (Evidence("f", "present", np.log(likelihood)),)), 0)
    assert term.finding == "f"
    assert weight == pytest.approx(np.log(0.8) - np.log((0.3 * 0.1 + 0.2 * 0.4) / 0.5))


@FEW
@given(told)
def test_weights_are_finite_for_every_likely_condition(told: list[Finding]) -> None:
    d = CLINIC.reasoner.differential(case_of(told))
    for condition, _ in d.ranked()[:3]:
        assert all(np.isfinite(weight) for _, weight in weights_for(d, condition))


# -- the worth of a question ------------------------------------------------------------------------------

shapes = st.tuples(st.integers(1, 5), st.integers(2, 8), st.integers(1, 6), st.integers(0, 10_000))


def _random(
    shape: tuple[int, int, int, int],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    batch, conditions, questions, seed = shape
    chance = np.random.default_rng(seed)
    p = chance.dirichlet(np.full(conditions, 0.5), size=batch)
    return p, chance.uniform(0.001, 0.999, (conditions, questions)), chance.uniform(0, 1, conditions)


@given(shapes)
def test_the_gain_of_a_batch_is_that_of_each_written_out(shape: tuple[int, int, int, int]) -> None:
    p, table, _ = _random(shape)
    batch = gain(p, table)
    assert (batch >= 0).all()
    assert (batch <= entropy(p)[:, None] + 1e-9).all()
    assert (batch <= np.log(2) + 1e-9).all()
    for b in range(p.shape[0]):
        assert np.allclose(gain(p[b : b + 1], table)[0], batch[b], atol=1e-12)
        for f in range(table.shape[1]):
            assert batch[b, f] == pytest.approx(brute_force_gain(p[b], table[:, f]), abs=1e-9)


@given(shapes)
def test_what_it_tells_about_danger_is_never_negative(shape: tuple[int, int, int, int]) -> None:
    p, table, harm = _random(shape)
    batch = danger_gain(p, table, harm)
    assert (batch >= 0).all()
    assert np.isfinite(batch).all()
    assert np.allclose(danger_gain(p, table, np.zeros_like(harm)), 0)


def test_a_question_whose_answer_is_the_same_for_all_tells_nothing() -> None:
    p = np.array([[0.2, 0.3, 0.5]])
    assert gain(p, np.full((3, 1), 0.4))[0, 0] == pytest.approx(0, abs=1e-12)
    assert danger_gain(p, np.full((3, 1), 0.4), np.array([1.0, 0.0, 0.5]))[0, 0] == pytest.approx(
        0, abs=1e-12
    )


@settings(max_examples=25)
@given(told, persons)
def test_a_candidate_is_never_known_implied_asked_or_impossible(told: list[Finding], person: Person) -> None:
    case = case_of(told, person)
    present, absent = CLINIC.reasoner.known(case.findings)
    found = CLINIC.inquiry.candidates(case, CLINIC.reasoner.differential(case))
    assert [c.value for c in found] == sorted((c.value for c in found), reverse=True)
    for c in found:
        assert c.finding.id not in case.findings
        assert c.finding.id not in present
        assert not set(CLINIC.knowledge.ancestors[c.finding.id]) & set(absent)
        assert c.finding.allows(person.age_years, person.sex)
        assert c.finding.askable
        assert 0 <= c.p_yes <= 1
        assert c.gain >= 0
        assert c.gain <= np.log(2) + 1e-9


# -- the level --------------------------------------------------------------------------------------------


@FEW
@given(told, persons, st.lists(st.sampled_from(TRIAGE_LEVELS[:2]), max_size=3))
def test_the_level_is_never_below_an_alarms(told: list[Finding], person: Person, levels: list[str]) -> None:
    case = case_of(told, person).raise_alarms(tuple(Alarm(f"a{i}", level) for i, level in enumerate(levels)))
    level = CLINIC.triager.level_of(case, CLINIC.reasoner.differential(case))
    assert level in TRIAGE_LEVELS
    for floor in levels:
        assert TRIAGE_LEVELS.index(level) <= TRIAGE_LEVELS.index(floor)


@pytest.mark.parametrize("level", TRIAGE_LEVELS)
def test_certainty_of_a_condition_gives_its_own_level(level: str) -> None:
    p = np.zeros(len(CLINIC.knowledge.conditions) + 1)
    p[next(c.index for c in CLINIC.knowledge.conditions if c.triage == level)] = 1.0
    assert CLINIC.triager.level_of(Case(), Differential(p, ())) == level


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_danger_is_never_less_urgent(a: float, b: float) -> None:
    low, high = sorted((a, b))
    emergency = next(c.index for c in CLINIC.knowledge.conditions if c.triage == "emergency")
    home = next(c.index for c in CLINIC.knowledge.conditions if c.triage == "self_care")

    def level(share: float) -> int:
        p = np.zeros(len(CLINIC.knowledge.conditions) + 1)
        p[emergency], p[home] = share, 1 - share
        return TRIAGE_LEVELS.index(CLINIC.triager.level_of(Case(), Differential(p, ())))

    assert level(high) <= level(low)


def test_harm_falls_with_the_level() -> None:
    assert [HARM[level] for level in TRIAGE_LEVELS] == sorted(HARM.values(), reverse=True)


def test_alarms_are_never_taken_back_by_adding_to_a_case() -> None:
    case = (
        Case()
        .raise_alarms((Alarm("a", "urgent"),))
        .raise_alarms((Alarm("b", "emergency"), Alarm("a", "emergency")))
    )
    assert [a.id for a in case.alarms] == ["a", "b"]
    assert case.floor == "emergency"
    assert case.add(Heard(findings=(Finding("fever", "absent"),), retracted=("fever",))).alarms == case.alarms
