"""The interface to the knowledge: search, one condition with its sources, two compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from suwen.app.api import create_app
from suwen.app.conditions import ConditionView
from suwen.app.desk import Desk
from suwen.app.settings import Settings
from suwen.consult.clinic import Clinic
from suwen.store import open_store


@pytest.fixture(scope="module")
def client(clinic: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = open_store(None, tmp_path_factory.mktemp("home"))
    with TestClient(create_app(Desk(clinic, store), Settings())) as browser:
        yield browser
    store.close()


def ids(client: TestClient, **query: Any) -> list[str]:
    answer = client.get("/api/conditions", params=query)
    assert answer.status_code == 200
    return [c["id"] for c in answer.json()["conditions"]]


@pytest.mark.parametrize(
    "typed", ["急性阑尾炎", "阑尾", "Appendicitis", "jxlwy", "jixinglanweiyan", "K35", "acute_app"]
)
def test_a_condition_is_found_by_any_of_its_names(client: TestClient, typed: str) -> None:
    assert "acute_appendicitis" in ids(client, q=typed)[:5]


def test_a_name_in_full_comes_first(client: TestClient) -> None:
    assert ids(client, q="肺炎")[0] == "pneumonia"


def test_departments_hold_all_conditions(client: TestClient, clinic: Clinic) -> None:
    rows = client.get("/api/departments").json()["departments"]
    assert sum(r["conditions"] for r in rows) == len(clinic.knowledge.conditions)
    first = rows[0]
    assert len(ids(client, department=first["id"], limit=1000)) == first["conditions"]
    assert ids(client) == []


def test_every_condition_can_be_shown_whole(client: TestClient, clinic: Clinic) -> None:
    for condition in clinic.knowledge.conditions[::40]:
        found = ConditionView.model_validate(client.get(f"/api/conditions/{condition.id}").json())
        cited = {n.source for n in (*found.findings, *found.risks)} | {m.source for m in found.management}
        assert cited - {"estimate"} <= {s.key for s in found.sources}
        assert all(s.title != s.key for s in found.sources)
        assert 0 < found.estimates <= found.numbers


def test_chinese_practice_comes_first_where_there_is_any(clinic: Clinic) -> None:
    told = [[m["jurisdiction"] for m in c.record["management"]] for c in clinic.knowledge.conditions]
    assert all(where[0] == "CN" for where in told if "CN" in where)
    assert sum("CN" in where for where in told) > 0.93 * len(told)


def test_two_conditions_are_compared(client: TestClient) -> None:
    found = client.get("/api/conditions/acute_appendicitis/against/ectopic_pregnancy").json()
    assert found["differences"][0]["expected"] >= found["differences"][-1]["expected"]
    assert {d["towards"] for d in found["differences"]} == {"acute_appendicitis", "ectopic_pregnancy"}


@pytest.mark.parametrize(
    "path", ["/api/conditions/nope", "/api/conditions/gout/against/nope", "/api/conditions/nope/against/gout"]
)
def test_what_does_not_exist_is_a_problem_document(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_who_is_seen_sooner_is_told_in_words(client: TestClient) -> None:
    found = client.get("/api/conditions/influenza").json()
    assert found["triage"] == "self_care"
    urgent, soon = found["sooner"]
    assert (urgent["triage"], soon["triage"]) == ("urgent", "soon")
    assert {"zh": "6个月以下", "en": "under 6 months"} in urgent["who"]
    assert {"zh": "65岁及以上", "en": "65 years and over"} in soon["who"]
    assert any("怀孕" in who["zh"] for who in urgent["who"])
    assert "cn_influenza_2025" in [s["key"] for s in found["sources"]]
    ConditionView.model_validate(found)
