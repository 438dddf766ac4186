"""The doctor as arrays is the doctor everybody talks with, and the work does not depend on who does it."""

from __future__ import annotations

import functools
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suwen import __version__
from suwen.app import simulate as module
from suwen.app.build import build_clinic
from suwen.app.simulate import policies, proven, simulate
from suwen.consult.clinic import Clinic
from suwen.consult.many import Many
from suwen.consult.wave import END, WHERE, Wave
from suwen.core.errors import InputError
from suwen.patients.crowd import Crowds, Noise
from suwen.verify.baselines import POLICIES, asking_by
from suwen.verify.simulate import Piece, Simulation, Trial, alone, consultations, pieces, total
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
def _job() -> Simulation:
    return Simulation(build_clinic, 1)


@pytest.mark.parametrize("policy", ["ours", "random"])
def test_the_sum_does_not_depend_on_the_cut(policy: str) -> None:
    trial = Trial(policy, budget=8)

    def counted(size: int) -> Counter[str]:
        found = total(_job()(piece) for piece in pieces(trial, 300, size))
        del found["products"]
        return found

    assert counted(300) == counted(70)


def test_a_doctor_with_fewer_questions_is_the_one_that_was_made_so() -> None:
    few, made = _job().doctor(Trial(budget=3)), Many(build_clinic(budget=3))
    crowd = _job().crowd(Piece(Trial(), 0, 60))
    here, there = (consultations(m, crowd, keep_questions=True) for m in (few, made))
    assert here.asked == there.asked
    assert here.questions.max() == 2
    assert _job().doctor(Trial()).clinic.budget == 20


@pytest.mark.usefixtures("built")
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


@pytest.fixture
def built(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built once for all tests that do not ask how."""
    monkeypatch.setattr(module, "build_clinic", lambda _: clinic)


@pytest.mark.usefixtures("built")
def test_what_is_kept_gives_the_same_figures_and_no_rate_for_what_was_done_before(tmp_path: Path) -> None:
    timed = (
        "seconds",
        "consultations_per_second",
        "resumed_pieces",
        "workers",
        "machine_gflops",
        "matrix_gflops",
    )

    def figures(out: Path | None, **how: Any) -> dict[str, Any]:
        found = simulate(200, 1, None, quiet=True, budget=4, out=out, **how)
        return {k: v for k, v in found.items() if k not in timed and not k.endswith("_ratio")} | {
            "rate": found["consultations_per_second"],
            "resumed": found["resumed_pieces"],
        }

    whole = figures(None, workers=2)
    first = figures(tmp_path, workers=2)
    for index in (1, 3):
        (tmp_path / "shards" / f"{index:05d}.jsonl").unlink()
    gone_on = figures(tmp_path, workers=1)
    again = figures(tmp_path)
    assert [f.pop("resumed") for f in (whole, first, gone_on, again)] == [0, 0, 2, 4]
    rates = [f.pop("rate") for f in (whole, first, gone_on, again)]
    assert all(rates[:3])
    assert rates[3] is None
    assert whole == first == gone_on == again
    for how in ({"seed": 2}, {"even": True}, {"noise": Noise(unsure=0.5)}):
        named = next(iter(how)).replace("even", "sampling")
        with pytest.raises(InputError, match=f"[( ]{named}(\\.unsure)?: was "):
            simulate(
                **{"n": 200, "seed": 1, "folder": None, "quiet": True, "budget": 4, "out": tmp_path, **how}
            )


@pytest.mark.usefixtures("built")
def test_a_folder_of_other_knowledge_or_another_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from suwen.app import versions

    simulate(64, 1, None, quiet=True, budget=2, out=tmp_path)
    monkeypatch.setattr(versions, "__version__", "9.9")
    with pytest.raises(InputError, match=r"version: was '.*', is '9\.9'"):
        simulate(64, 1, None, quiet=True, budget=2, out=tmp_path)
    monkeypatch.setattr(versions, "__version__", __version__)
    kept = tmp_path / "run.json"
    kept.write_text(re.sub('"knowledge_digest": "[^"]*"', '"knowledge_digest": "0"', kept.read_text()))
    with pytest.raises(InputError, match="knowledge_digest: was '0'"):
        simulate(64, 1, None, quiet=True, budget=2, out=tmp_path)


def test_a_machine_with_other_knowledge_does_no_piece() -> None:
    with pytest.raises(InputError, match="the run was planned with 0123"):
        Simulation(build_clinic, 1, digest="0123")(Piece(Trial(), 0, 1))


@pytest.mark.usefixtures("built")
def test_our_questions_tell_more_than_a_list_and_than_chance() -> None:
    right = {}
    for policy in ("ours", "fixed", "random"):
        right[policy] = simulate(400, 1, None, quiet=True, workers=2, policy=policy, budget=10)["top1"][
            "value"
        ]
    assert right["ours"] > right["fixed"] + 0.05
    assert right["ours"] > right["random"] + 0.05


@pytest.mark.usefixtures("built")
def test_policies_draws_a_picture_and_goes_on_with_what_was_kept(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(module, "BUDGETS", (10,))
    figures = policies(60, 1, None, quiet=True, svg=tmp_path / "p.svg", workers=2)
    assert figures["figures"]["ours 10 clean"]["questions_mean"] <= 10
    assert (tmp_path / "p.svg").read_text(encoding="utf-8").count("<polyline") == 4
    out = tmp_path / "kept"
    policies(60, 1, None, quiet=True, svg=None, workers=2, out=out)
    for shard in list((out / "shards").iterdir())[:3]:
        shard.unlink()
    assert policies(60, 1, None, quiet=True, svg=None, out=out) == figures


def test_torch_that_is_not_there_is_named_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'suwen\[gpu\]'"):
        simulate(10, 1, None, quiet=True, backend="torch")


def test_the_proof_is_of_the_doctor_that_did_the_sums() -> None:
    class Hasty(Simulation):
        """Its doctor asks nothing after the first two."""

        def start(self, trial):  # type: ignore[no-untyped-def]
            return lambda many, openings: _Hasty(many, openings)

    class _Hasty(Wave):
        def next(self, rows):  # type: ignore[no-untyped-def]
            questions = super().next(rows)
            questions.kind[self.asked[rows] > 2] = END
            return questions

    found = proven(Hasty(build_clinic, 1), Piece(Trial(), 0, 5), quiet=True)
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
