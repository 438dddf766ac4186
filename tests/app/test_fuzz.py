"""The interface against its own contract: whatever OpenAPI allows is answered as OpenAPI says, never with a 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
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

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, response_headers_conformance, status_code_conformance]


class Inside:
    """The application with a path parameter that often names an encounter of this browser."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def api(clinic: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    store = open_store(None, tmp_path_factory.mktemp("home"))
    limits = {"messages_per_minute": 1_000_000, "encounters_per_hour": 1_000_000, "requests_per_minute_ip": 10_000_000}
    app = create_app(Desk(clinic, store), Settings(**limits))
    yield schemathesis.openapi.from_asgi("/api/openapi.json", app)
    store.close()
