"""The suites that ship with Suwen: whole, sealed, wide enough, and mostly decided by rule."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import suwen.verify
from suwen.knowledge import Knowledge
from suwen.verify.osce import load_stations
from suwen.verify.rubric import Theme
from suwen.verify.suite import load_suite

SUITES = Path(suwen.verify.__file__).parent / "suites"


def test_consultations_are_sealed_and_cover_every_theme_in_both_languages(knowledge: Knowledge) -> None:
    items = load_suite(SUITES / "consultation", knowledge).items
    assert len(items) >= 300
    assert sum(len(i.criteria) for i in items) >= 3000
    assert set(Counter(i.theme for i in items)) == set(get_args(Theme))
    for theme in get_args(Theme):
        assert {i.lang for i in items if i.theme == theme} == {"zh", "en"}


def test_every_consultation_can_be_done_harm_in(knowledge: Knowledge) -> None:
    for item in load_suite(SUITES / "consultation", knowledge).items:
        assert any(c.weight < 0 for c in item.criteria), item.id


def test_stations_are_sealed_and_decide_passing_by_rule(knowledge: Knowledge) -> None:
    stations = load_stations(SUITES / "osce", knowledge).stations
    assert len(stations) >= 30
    points = [p for s in stations for p in s.checklist]
    assert sum(p.check is not None for p in points) / len(points) >= 0.75
    for station in stations:
        deciding = [p for p in station.checklist if p.critical or p.veto]
        assert all(p.check is not None for p in deciding), station.id
