"""The interface against its own contract: whatever OpenAPI allows is answered as OpenAPI says, never with a 5xx."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from suwen.app.api import create_app
from suwen.app.desk import Desk
from suwen.app.settings import Settings
from suwen.consult.clinic import Clinic
from suwen.store import open_store

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
KNOWN = {GenerationMode.POSITIVE: [*CHECKS, status_code_conformance], GenerationMode.NEGATIVE: CHECKS}
"""The 400 for a body that is no UTF-8 is not documented yet: see UNDOCUMENTED in test_api."""


LIMITS = {
    "messages_per_minute": 1_000_000,
    "encounters_per_hour": 1_000_000,
    "requests_per_minute_ip": 10_000_000,
}
DOCUMENT = create_app(cast(Desk, None), Settings()).app.openapi()
OPERATIONS = [
    (method, path)
    for path, item in DOCUMENT["paths"].items()
    for method in item
    if not path.endswith("/stream")
]  # the stream is endless by design


class Mine:
    """The application, and an encounter of one browser that is open whenever it is asked for."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
        self.client = TestClient(app, headers={"X-Suwen": "1"})
        self.encounter = ""
        self.list = ""

    def open_list(self) -> str:
        kept = self.client.get(f"/api/medicine-lists/{self.list}") if self.list else None
        if kept is None or kept.status_code != 200 or not kept.json()["report"]["alerts"]:
            new = {"drugs": [{"name": "华法林"}, {"name": "布洛芬"}]}
            self.list = self.client.post("/api/medicine-lists", json=new).json()["id"]
        return self.list

    def open_encounter(self) -> str:
        view = self.client.get(f"/api/encounters/{self.encounter}") if self.encounter else None
        if view is None or view.status_code != 200 or view.json()["state"] != "open":
            self.encounter = self.client.post("/api/encounters", json={}).json()["id"]
        return self.encounter


@pytest.fixture(scope="module")
def mine(clinic: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mine]:
    store = open_store(None, tmp_path_factory.mktemp("home"))
    yield Mine(create_app(Desk(clinic, store), Settings(**LIMITS)))
    store.close()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_breaks_the_contract(mine: Mine, method: str, path: str, mode: GenerationMode) -> None:
    """Two of three requests go to an encounter that exists and is this browser's, the third wherever chance leads."""
    if (
        mode is GenerationMode.NEGATIVE
        and "{" not in path
        and method == "get"
        and "limit" not in str(DOCUMENT["paths"][path])
    ):
        pytest.skip("nothing in this request could be wrong")
    count, codes = itertools.count(), set()

    @settings(
        max_examples=100 if path.endswith("/messages") else 20,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        deadline=None,
    )
    @given(case=mine.schema[path][method].as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        cookies: dict[str, str] = {}
        if "encounter_id" in (case.path_parameters or {}) and next(count) % 3:
            case.path_parameters["encounter_id"] = mine.open_encounter()
            cookies = dict(mine.client.cookies)
        if "list_id" in (case.path_parameters or {}) and next(count) % 3:
            case.path_parameters["list_id"] = mine.open_list()
            cookies = dict(mine.client.cookies)
            kept = mine.client.get(f"/api/medicine-lists/{mine.list}").json()
            if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
                # What only the server knows: the version that stands, an alert that was raised.
                current = {"version": kept["version"], "alert": kept["report"]["alerts"][0]["id"]}
                case.body.update({name: value for name, value in current.items() if name in case.body})
        if "medicine" in (case.path_parameters or {}) and mode is GenerationMode.POSITIVE:
            case.path_parameters["medicine"] = "warfarin"
        if "condition" in (case.path_parameters or {}) and mode is GenerationMode.POSITIVE:
            case.path_parameters |= {
                name: "gout" for name in ("condition", "other") if name in case.path_parameters
            }
        codes.add(
            case.call_and_validate(cookies=cookies, headers={"X-Suwen": "1"}, checks=KNOWN[mode]).status_code
        )

    check()
    if mode is GenerationMode.POSITIVE:
        assert codes & {200, 201, 204, 422 if "finding}" in path else 200}, (
            f"only refusals were tried: {codes}"
        )
