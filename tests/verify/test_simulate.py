"""The doctor as arrays is the doctor everybody talks with, and the work does not depend on who does it."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import pytest

from suwen.app.simulate import Simulation, clinic_for, policies, proven, simulate
from suwen.consult.clinic import Clinic
from suwen.consult.many import Many
from suwen.consult.wave import END, WHERE, Wave
from suwen.core.errors import InputError
from suwen.patients.crowd import Crowds, Noise
from suwen.verify.baselines import POLICIES, asking_by
from suwen.verify.simulate import alone, consultations, pieces, total
from suwen.verify.workers import one_matrix_thread


@pytest.fixture(scope="module")
def many(clinic: Clinic) -> Many:
    one_matrix_thread()
    return Many(clinic)


@pytest.mark.parametrize("even", [False, True])
@pytest.mark.parametrize("noise", [Noise(), Noise(unsure=0.15, wrong=0.1)])
def test_every_question_and_level_is_that_of_respond(many: Many, noise: Noise, even: bool) -> None:
    crowd = Crowds(many.knowledge, noise=noise, even=even).draw(0, 60, 11)
    done = consultations(many, crowd, keep_questions=True)
    kinds = set()
    for i in range(len(crowd)):
        one = alone(many.clinic, crowd, i)
        assert done.asked[i] == one.asked, i
        assert done.level[i] == one.level, i
        assert np.allclose(done.p[i], one.p, atol=1e-9)
        kinds.update(kind for kind, _ in one.asked)
    assert len(kinds) >= 5
    assert even or WHERE in kinds


def test_a_fixed_list_one_by_one_is_the_fixed_list_as_arrays(many: Many) -> None:
    crowd = Crowds(many.knowledge).draw(0, 25, 3)
    done = consultations(many, crowd, start=POLICIES["fixed"], keep_questions=True)
    clinic = asking_by("fixed", many.clinic, budget=many.clinic.budget)
    for i in range(len(crowd)):
        one = alone(clinic, crowd, i)
        assert one.asked == done.asked[i], i
        assert one.level == done.level[i], i


def test_chance_asks_until_the_budget_is_used_up_and_asks_the_same_again(many: Many) -> None:
    crowd = Crowds(many.knowledge).draw(0, 12, 3)
    clinic = asking_by("random", many.clinic, budget=7)
    asked = [alone(clinic, crowd, i).asked for i in range(len(crowd))]
    assert {len(a) for a in asked} == {6}  # what brings them is the first
    assert len(set(asked)) == len(asked)
    assert asked == [alone(clinic, crowd, i).asked for i in range(len(crowd))]


def test_young_infants_are_asked_what_must_be_asked(many: Many) -> None:
    crowds = Crowds(many.knowledge)
    crowd = crowds.draw(0, 4000, 2)
    young = np.flatnonzero(crowd.age_years < 0.2)[:25]
    assert len(young) > 10
    picked = type(crowd)(seed=crowd.seed, **{
        name: getattr(crowd, name)[young] for name in crowd.__dataclass_fields__ if name not in ("seed", "noise")
    })  # fmt: skip
    done = consultations(many, picked, keep_questions=True)
    for i in range(len(young)):
        assert done.asked[i] == alone(many.clinic, picked, i).asked


def test_who_is_consulted_beside_does_not_matter(many: Many) -> None:
    crowds = Crowds(many.knowledge)
    together = consultations(many, crowds.draw(0, 90, 4), keep_questions=True)
    apart = consultations(many, crowds.draw(60, 90, 4), keep_questions=True)
    assert together.asked[60:] == apart.asked
    assert np.array_equal(together.level[60:], apart.level)


@functools.cache
def _job(policy: str = "ours") -> Simulation:
    return Simulation(functools.partial(clinic_for, policy, None, 20), 1, policy=policy)


def test_the_sum_does_not_depend_on_the_cut() -> None:
    def counted(size: int) -> Iterator[dict[str, int]]:
        return (_job()(task) for piece in pieces(300, size) for task in piece)

    whole, cut = total(counted(300)), total(counted(70))
    assert {k: whole[k] for k in whole if k != "products"} == {k: cut[k] for k in cut if k != "products"}


def test_figures_name_what_was_measured() -> None:
    figures = simulate(400, 1, None, quiet=True, workers=2, prove=5)
    assert figures["cases"] == 400
    assert figures["consultations_per_second"] > 0
    assert 0 < figures["matrix_rate_ratio"] < 1.5
    assert figures["equal_to_respond"]["value"] == 1.0
    assert figures["top1"]["value"] <= figures["top3"]["value"]
    again = simulate(400, 1, None, quiet=True, workers=1)
    assert {k: again[k] for k in ("top1", "top3", "questions_mean", "level_right")} == {
        k: figures[k] for k in ("top1", "top3", "questions_mean", "level_right")
    }


def test_our_questions_tell_more_than_a_list_and_than_chance() -> None:
    right = {}
    for policy in ("ours", "fixed", "random"):
        right[policy] = simulate(400, 1, None, quiet=True, workers=2, policy=policy, budget=10)["top1"][
            "value"
        ]
    assert right["ours"] > right["fixed"] + 0.05
    assert right["ours"] > right["random"] + 0.05


def test_policies_draws_a_picture(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    from suwen.app import simulate as module

    monkeypatch.setattr(module, "BUDGETS", (10,))
    figures = policies(60, 1, None, quiet=True, svg=tmp_path / "p.svg", workers=2)
    assert figures["figures"]["ours 10 clean"]["questions_mean"] <= 10
    assert (tmp_path / "p.svg").read_text(encoding="utf-8").count("<polyline") == 4


def test_torch_that_is_not_there_is_named_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    from suwen.app import simulate as module

    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'suwen\[gpu\]'"):
        simulate(10, 1, None, quiet=True, backend="torch")


def test_the_proof_is_of_the_doctor_that_did_the_sums() -> None:
    class Hasty(Simulation):
        """Its doctor asks nothing after the first two."""

        @functools.cached_property
        def start(self):  # type: ignore[no-untyped-def]
            return lambda many, openings: _Hasty(many, openings)

    class _Hasty(Wave):
        def next(self, rows):  # type: ignore[no-untyped-def]
            questions = super().next(rows)
            questions.kind[self.asked[rows] > 2] = END
            return questions

    found = proven(Hasty(functools.partial(clinic_for, "ours", None, 20), 1), 5, quiet=True)
    assert found["value"] < 1.0


@pytest.mark.parametrize("noise", [Noise(), Noise(unsure=0.15, wrong=0.1)])
def test_torch_asks_the_same(many: Many, noise: Noise) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'suwen[gpu]'")
    from suwen.consult.wave_torch import Tables, TorchWave

    tables = Tables(many, "cpu")
    crowd = Crowds(many.knowledge, noise=noise).draw(0, 150, 5)
    here = consultations(many, crowd, keep_questions=True)
    there = consultations(many, crowd, start=lambda m, o: TorchWave(m, o, tables), keep_questions=True)
    assert here.asked == there.asked
    assert np.array_equal(here.level, there.level)
    assert np.allclose(here.p, there.p, atol=1e-12)
