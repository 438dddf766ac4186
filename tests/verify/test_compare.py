"""Two runs compared: verdicts on pairs made so that the right verdict is known."""

from __future__ import annotations

import random
from typing import Any

import pytest

from suwen.core.errors import InputError
from suwen.verify.compare import Comparison, Gate, Run, breaches, compare, mcnemar

SAMPLED = {"suite": "sampled", "seed": 1, "noise": 0.0, "commit": "aaa"}


def rows(
    outcomes: list[dict[str, Any]], *, group: str = "sampled", digest: str = "d"
) -> list[dict[str, Any]]:
    return [
        {"id": f"p{i}", "set": group, "digest": f"{digest}{i}", "error": "", "outcomes": one}
        for i, one in enumerate(outcomes)
    ]


def pair(a: list[dict[str, Any]], b: list[dict[str, Any]], **other: Any) -> Comparison:
    return compare(Run("A", SAMPLED, rows(a)), Run("B", {**SAMPLED, **other}, rows(b)))


def chosen(p: float, n: int = 200, name: str = "top1", seed: int = 1) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [{name: chance.random() < p} for _ in range(n)]


def verdict(found: Comparison, name: str) -> str:
    return next(d.verdict for d in found.differences if d.measure.name == name)


def test_twenty_points_more_of_200_are_better_and_the_reverse_worse() -> None:
    low, high = chosen(0.4), chosen(0.6, seed=2)
    assert verdict(pair(low, high), "top1") == "better"
    assert verdict(pair(high, low), "top1") == "worse"
    assert pair(low, high).overall == "better"
    assert pair(high, low).overall == "worse"


def test_fewer_questions_are_better_because_less_is_better_there() -> None:
    more = [{"questions": 12.0 + i % 3} for i in range(60)]
    less = [{"questions": 9.0 + i % 4} for i in range(60)]
    assert verdict(pair(more, less), "questions") == "better"
    assert verdict(pair(less, more), "questions") == "worse"


def test_the_same_outcomes_are_the_same() -> None:
    found = pair(chosen(0.5), chosen(0.5))
    assert found.overall == "same"
    assert found.differences[0].value == 0


def test_a_difference_of_three_in_a_hundred_is_no_difference_that_this_n_can_show() -> None:
    a = [{"top1": i < 50} for i in range(100)]
    b = [{"top1": i < 53} for i in range(100)]
    assert verdict(pair(a, b), "top1") == "no difference that this n can show"


def test_nine_pairs_are_too_few_for_any_verdict() -> None:
    assert verdict(pair([{"top1": False}] * 9, [{"top1": True}] * 9), "top1") == "too few pairs"


def test_many_turned_pairs_both_ways_are_no_difference() -> None:
    a = [{"top1": i % 2 == 0} for i in range(100)]
    b = [{"top1": i % 2 == 1} for i in range(100)]
    found = pair(a, b).differences[0]
    assert (found.gained, found.lost, found.p) == (50, 50, 1.0)
    assert found.verdict == "no difference that this n can show"


@pytest.mark.parametrize(
    ("gained", "lost", "p"), [(0, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (10, 2, 0.03857), (3, 3, 1.0)]
)
def test_mcnemar_is_the_exact_binomial(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p, abs=1e-5)
    assert mcnemar(lost, gained) == mcnemar(gained, lost)


def test_the_interval_is_the_same_for_the_same_seed_and_covers_the_difference() -> None:
    a, b = chosen(0.4), chosen(0.6, seed=2)
    first, again = pair(a, b).differences[0], pair(a, b).differences[0]
    assert (first.low, first.high) == (again.low, again.high)
    assert first.low < first.value < first.high


def test_sets_are_compared_apart() -> None:
    a = rows(chosen(0.4), group="sampled") + rows(chosen(0.6), group="outside: avey")
    b = rows(chosen(0.6, seed=2), group="sampled") + rows(chosen(0.4, seed=2), group="outside: avey")
    found = compare(Run("A", SAMPLED, a), Run("B", SAMPLED, b))
    assert [(d.set, d.verdict) for d in found.differences] == [
        ("sampled", "better"),
        ("outside: avey", "worse"),
    ]
    assert found.overall == "mixed: see the figures"


def test_what_was_not_graded_or_broke_off_in_either_is_in_no_pair() -> None:
    a, b = rows(chosen(0.5, 40)), rows(chosen(0.5, 40))
    a[0]["outcomes"] = {"top1": None}
    b[1] |= {"error": "doctor: InputError", "outcomes": {}}
    assert compare(Run("A", SAMPLED, a), Run("B", SAMPLED, b)).differences[0].n == 38


def test_an_encounter_that_stands_twice_is_not_chosen_in_silence() -> None:
    once = rows(chosen(0.5))
    with pytest.raises(InputError, match="B: sampled/p0 stands twice in it"):
        compare(Run("A", SAMPLED, once), Run("B", SAMPLED, [*once, once[0]]))


def test_what_only_one_run_has_is_named() -> None:
    found = compare(Run("A", SAMPLED, rows(chosen(0.5, 12))), Run("B", SAMPLED, rows(chosen(0.5, 14))))
    assert found.only_a == ()
    assert found.only_b == ("sampled/p12", "sampled/p13")


def test_other_patients_are_refused() -> None:
    with pytest.raises(InputError, match="seed 1 and B with 2"):
        pair(chosen(0.5), chosen(0.5), seed=2)
    with pytest.raises(InputError, match=r"sampled/p0 is another patient.*write them to a file"):
        compare(Run("A", SAMPLED, rows(chosen(0.5))), Run("B", SAMPLED, rows(chosen(0.5), digest="x")))
    with pytest.raises(InputError, match="no item in common"):
        compare(Run("A", SAMPLED, rows(chosen(0.5))), Run("B", SAMPLED, rows(chosen(0.5), group="other")))


def test_an_item_that_changed_between_versions_of_a_suite_is_named_and_left_out() -> None:
    def run(name: str, version: str, changed: str) -> Run:
        some = rows([{"score": 0.5}] * 12, group="urgent")
        some[3]["digest"] = changed
        return Run(name, {"seed": 1, "suite_digest": version, "suite_version": version}, some)

    found = compare(run("A", "1", "x"), run("B", "2", "y"))
    assert found.altered == ("urgent/p3",)
    assert found.unlike["suite_version"] == ("1", "2")
    assert found.differences[0].n == 11


def test_a_gate_passes_what_is_not_worse_and_fails_what_is() -> None:
    better, worse = pair(chosen(0.4), chosen(0.6, seed=2)), pair(chosen(0.6), chosen(0.4, seed=2))
    assert breaches(better, [Gate.of("top1")]) == []
    assert "right diagnosis first is worse by" in breaches(worse, [Gate.of("top1")])[0]
    assert breaches(worse, [Gate.of("top1:0.5")]) == []


def test_one_more_missed_emergency_fails_every_gate() -> None:
    a = [{"emergency_missed": False, "top1": True} for _ in range(30)]
    b = [{"emergency_missed": i == 7, "top1": True} for i in range(30)]
    (line,) = breaches(pair(a, b), [Gate.of("top1")])
    assert "p7" in line
    assert "of emergencies: sent below urgent" in pair(a, b).overall
    assert breaches(pair(b, a), [Gate.of("top1")]) == []


@pytest.mark.parametrize("text", ["topp1", "top1:x", "top1:-1", "turns"])
def test_a_gate_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--gate"):
        Gate.of(text)


def test_a_gate_on_a_figure_that_is_not_there_does_not_pass() -> None:
    assert breaches(pair(chosen(0.5), chosen(0.5)), [Gate.of("elicited")]) == [
        "elicited: neither run has this figure in common"
    ]


def test_runs_without_a_figure_in_common_are_refused_and_told_why() -> None:
    broken = [{**r, "error": "doctor: ModelError: gone", "outcomes": {}} for r in rows(chosen(0.5, 12))]
    with pytest.raises(InputError, match="of 12 pairs every one broke off"):
        compare(Run("A", SAMPLED, broken), Run("B", SAMPLED, rows(chosen(0.5, 12))))
    with pytest.raises(InputError, match="no figure is known of both"):
        pair([{"top1": True, "score": None}], [{"top1": None, "score": 0.5}])
    suite = {"suite": "s", "suite_digest": "x"}
    with pytest.raises(InputError, match="all 3 items in common were altered"):
        compare(Run("A", suite, rows(chosen(0.5, 3))), Run("B", suite, rows(chosen(0.5, 3), digest="e")))
