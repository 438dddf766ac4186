"""The pharmacist at the edge: command and HTTP, what is refused, what is kept and for whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from suwen.app.api import create_app
from suwen.app.cli import app as command_line
from suwen.app.desk import Desk
from suwen.app.pharmacy import check, check_lines
from suwen.app.settings import Settings
from suwen.consult.clinic import Clinic
from suwen.core.errors import InputError
from suwen.safety.medication import Pharmacist
from suwen.store import Store, open_store

X = {"X-Suwen": "1"}
LIST = {"label": "奶奶", "drugs": [{"name": "华法林"}, {"name": "布洛芬"}], "patient": {"age_years": 76}}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(None, tmp_path)
    yield store
    store.close()


@pytest.fixture
def app(clinic: Clinic, store: Store) -> Any:
    return create_app(Desk(clinic, store), Settings(encounters_per_hour=1000, messages_per_minute=1000))


@pytest.fixture
def browser(app: Any) -> TestClient:
    return TestClient(app, headers=X)


def loud(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [a for a in view["report"]["alerts"] if a["interrupts"]]


# -- HTTP -----------------------------------------------------------------------------------------------------


def test_a_list_is_kept_with_its_report_and_belongs_to_its_browser(app: Any, browser: TestClient) -> None:
    made = browser.post("/api/medicine-lists", json=LIST)
    assert made.status_code == 201
    view = made.json()
    assert {tuple(a["drugs"]) for a in loud(view)} == {("华法林", "布洛芬")}
    assert browser.get(f"/api/medicine-lists/{view['id']}").json()["label"] == "奶奶"
    stranger = TestClient(app, headers=X)
    stranger.post("/api/medicine-lists", json={})
    for refused in (
        stranger.get(f"/api/medicine-lists/{view['id']}"),
        stranger.put(f"/api/medicine-lists/{view['id']}", json={**LIST, "version": 1}),
        stranger.delete(f"/api/medicine-lists/{view['id']}"),
    ):
        assert refused.status_code == 404
        assert "奶奶" not in refused.text
    assert [row["label"] for row in stranger.get("/api/medicine-lists").json()["lists"]] == [""]


def test_the_second_tab_that_saves_an_old_version_is_told(browser: TestClient) -> None:
    view = browser.post("/api/medicine-lists", json=LIST).json()
    path = f"/api/medicine-lists/{view['id']}"
    assert browser.put(path, json={**LIST, "version": 1, "label": "一"}).json()["version"] == 2
    assert browser.put(path, json={**LIST, "version": 1, "label": "二"}).status_code == 409
    assert browser.get(path).json()["label"] == "一"


def test_an_alert_is_set_aside_with_a_reason_until_its_medicines_change(browser: TestClient) -> None:
    view = browser.post("/api/medicine-lists", json=LIST).json()
    alert = loud(view)[0]
    path = f"/api/medicine-lists/{view['id']}"
    assert (
        browser.post(f"{path}/dismissals", json={"alert": alert["id"], "reason": "because"}).status_code
        == 422
    )
    aside = browser.post(
        f"{path}/dismissals", json={"alert": alert["id"], "reason": "monitored", "comment": "INR 周查"}
    )
    assert loud(aside.json())[0]["dismissed"]["reason"] == "monitored"
    assert loud(browser.get(path).json())[0]["dismissed"]["comment"] == "INR 周查"
    review = browser.get("/api/medicines/dismissed")
    assert review.json()["rules"] == [{"rule": alert["rule"], "reason": "monitored", "times": 1}]
    assert "INR" not in review.text
    other = {**LIST, "version": 1, "drugs": [{"name": "华法林"}, {"name": "萘普生"}]}
    assert loud(browser.put(path, json=other).json())[0]["dismissed"] is None
    browser.put(path, json={**LIST, "version": 2})
    back = browser.delete(f"{path}/dismissals/{alert['id']}").json()
    assert loud(back)[0]["dismissed"] is None


def test_an_alert_that_is_not_raised_cannot_be_set_aside(browser: TestClient) -> None:
    view = browser.post("/api/medicine-lists", json=LIST).json()
    body = {"alert": "0" * 16, "reason": "other"}
    assert browser.post(f"/api/medicine-lists/{view['id']}/dismissals", json=body).status_code == 422


def test_a_deleted_list_is_gone_with_all_that_was_said_of_it(browser: TestClient) -> None:
    view = browser.post("/api/medicine-lists", json=LIST).json()
    path = f"/api/medicine-lists/{view['id']}"
    browser.post(f"{path}/dismissals", json={"alert": loud(view)[0]["id"], "reason": "tolerated"})
    assert browser.delete(path).status_code == 204
    assert browser.get(path).status_code == 404
    assert browser.get("/api/medicines/dismissed").json()["rules"] == []


def test_without_the_header_nothing_is_written(app: Any) -> None:
    assert TestClient(app).post("/api/medicine-lists", json=LIST).status_code == 403


@pytest.mark.parametrize(
    ("typed", "first"), [("amxl", "amoxicillin"), ("布洛", "ibuprofen"), ("Lipitor", "atorvastatin")]
)
def test_search(browser: TestClient, typed: str, first: str) -> None:
    found = browser.get("/api/medicines", params={"q": typed}).json()["medicines"]
    assert found[0]["id"] == first
    assert not found[0]["suggested"]


def test_what_is_only_near_is_marked_as_a_suggestion(browser: TestClient) -> None:
    found = browser.get("/api/medicines", params={"q": "ibuprophen"}).json()["medicines"]
    assert [(m["id"], m["suggested"]) for m in found] == [("ibuprofen", True)]


def test_everything_of_one_medicine(browser: TestClient) -> None:
    shown = browser.get("/api/medicines/warfarin").json()
    assert "fluconazole" in shown["interrupting_partners"]
    assert shown["cautions"]
    assert browser.get("/api/medicines/no_such_thing").status_code == 404


# -- requests -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"drugs": "华法林"}, "drugs"),
        ({}, "drugs"),
        ({"drugs": [""]}, "drugs"),
        ({"drugs": ["华法林"] * 201}, "drugs"),
        ({"drugs": ["华法林"], "patient": {"weight_kg": 900}}, "patient.weight_kg"),
        ({"drugs": ["华法林"], "patient": {"age_years": -3}}, "patient.age_years"),
        ({"drugs": ["华法林"], "patient": {"pregnant_weeks": 80}}, "patient.pregnant_weeks"),
        ({"drugs": ["华法林"], "patient": {"child_pugh": "D"}}, "patient.child_pugh"),
        ({"drugs": ["华法林"], "patient": {"gfr": 30}}, "patient.gfr"),
        ({"drugs": [{"name": "华法林", "route": "by mouth"}]}, "route"),
        (["华法林"], "row"),
    ],
)
def test_bad_input_is_refused_by_field(pharmacist: Pharmacist, row: Any, field: str) -> None:
    with pytest.raises(InputError, match=field.replace(".", r"\.")):
        check(row, pharmacist)


def test_a_dose_that_cannot_be_read_is_said(pharmacist: Pharmacist) -> None:
    report = check({"drugs": [{"name": "布洛芬", "dose": "随便吃"}]}, pharmacist)
    assert report["dose_unread"] == ["布洛芬"]


def test_nothing_found_is_never_called_safe(pharmacist: Pharmacist) -> None:
    for lang in ("zh", "en"):
        report = check(
            {"drugs": ["氯雷他定", "某某丸"], "lang": lang, "patient": {"age_years": 30, "sex": "male"}},
            pharmacist,
        )
        assert "安全" not in report["summary"]
        assert "safe" not in report["summary"].lower()
        assert report["unknown"] == ["某某丸"]


def test_many_lines_over_all_cores_are_answered_in_order(pharmacist: Pharmacist) -> None:
    lines = [json.dumps({"id": i, "drugs": ["warfarin", "ibuprofen"]}) for i in range(2500)]
    answers = [json.loads(line) for line in check_lines(lines, pharmacist)]
    assert [a["id"] for a in answers] == list(range(2500))
    lines[2100] = "{"
    with pytest.raises(InputError, match="line 2101"):
        list(check_lines(lines, pharmacist))


# -- the command ----------------------------------------------------------------------------------------------


def test_the_command_answers_what_outside_programs_rely_on(tmp_path: Path) -> None:
    row = {"drugs": ["华法林", "芬必得", "某某丸"], "patient": {"age_years": 70, "allergies": ["青霉素"]}}
    done = CliRunner().invoke(command_line, ["drugs", "check", "-"], input=json.dumps(row))
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert answer["unknown"] == ["某某丸"]
    first = answer["alerts"][0]
    assert {"kind", "severity", "drugs", "effect", "mechanism", "management", "source"} <= set(first)
    assert first["drugs"] == ["华法林", "芬必得"]


def test_show_suggests_when_a_name_is_unknown() -> None:
    done = CliRunner().invoke(command_line, ["drugs", "show", "阿莫西林胶襄胶"])
    assert isinstance(done.exception, InputError)
    assert "amoxicillin" in done.exception.message


def test_review_of_what_is_set_aside(tmp_path: Path) -> None:
    done = CliRunner().invoke(command_line, ["drugs", "review", "--home", str(tmp_path)])
    assert done.exit_code == 0
