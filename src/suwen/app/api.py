"""The HTTP interface. Its contract is the OpenAPI document at /api/openapi.json."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from suwen import __version__
from suwen.app.conditions import conditions_router
from suwen.app.counter import Counter
from suwen.app.desk import Desk
from suwen.app.guard import Guard, Rates
from suwen.app.medicines_api import medicines_router
from suwen.app.models import (
    EncounterList,
    EncounterView,
    Health,
    NewEncounter,
    NewLanguage,
    NewMessage,
    NewStatus,
    NoteView,
    Problem,
)
from suwen.app.owner import Csrf, Owner, known, new_owner, with_owner
from suwen.app.pages import pages_router
from suwen.app.problems import MEDIA_TYPE, problem, problem_of
from suwen.app.settings import Settings
from suwen.consult.turn import Message
from suwen.core.errors import NotFound, SuwenError

THREADS = 2
"""Requests worked on at once in all workers: the work is Python, and more threads only wait for each other."""
_PROBLEM = {"model": Problem, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    code: {**_PROBLEM, "description": text}
    for code, text in {
        403: "The X-Suwen header is missing.", 404: "No such encounter of this browser.", 409: "Ended, or answered meanwhile.",
        413: "Too large.", 422: "Not in the right form.", 429: "Too many requests.", 503: "The database is busy or away.",
        507: "The disk is full.",
    }.items()
}  # fmt: skip

EncounterId = Annotated[str, Path(pattern=r"^enc_[A-Za-z0-9_-]{8,64}$", examples=["enc_k3J0bq5m0dX2Qw"])]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=120,
        pattern=r"^[A-Za-z0-9_-]+$",
        examples=["0b8c8a0e-5d0f-4a0b-9d1e-1f2a3b4c5d6e"],
    ),
]


def api_router(desk: Desk, settings: Settings, rates: Rates) -> APIRouter:
    """All routes under /api."""
    router = APIRouter(prefix="/api", responses=ERRORS)

    @router.post(
        "/encounters",
        status_code=201,
        response_model=None,
        responses={201: {"model": EncounterView}},
        tags=["encounters"],
    )
    def create(request: Request, body: NewEncounter, owner: Owner, csrf: Csrf = "1") -> Response:
        """Begin a consultation; the first call sets the cookie that owns it."""
        token, owner = new_owner(owner)
        who = request.client.host if token and request.client else owner
        if not rates.allows(f"{settings.encounters_per_hour}/hour", "create", who):
            return problem(request, "rate")
        return with_owner(JSONResponse(desk.open(owner, body.lang), status_code=201), token, settings)

    @router.get(
        "/encounters", response_model=None, responses={200: {"model": EncounterList}}, tags=["encounters"]
    )
    def listing(owner: Owner, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> Response:
        """This browser's consultations, newest first."""
        return JSONResponse({"encounters": desk.list(owner, limit) if owner else []})

    @router.get(
        "/encounters/{encounter_id}",
        response_model=None,
        responses={200: {"model": EncounterView}},
        tags=["encounters"],
    )
    def view(encounter_id: EncounterId, owner: Owner) -> Response:
        """One consultation as it stands."""
        return JSONResponse(desk.view(encounter_id, known(owner)))

    @router.post(
        "/encounters/{encounter_id}/messages",
        response_model=None,
        responses={200: {"model": EncounterView}},
        tags=["conversation"],
    )
    def message(
        request: Request,
        encounter_id: EncounterId,
        body: NewMessage,
        owner: Owner,
        key: IdempotencyKey = None,
        csrf: Csrf = "1",
    ) -> Response:
        """Say something or tap an answer; the reply is in the view and already committed."""
        if not rates.allows_per_minute(settings.messages_per_minute, "say", known(owner)):
            return problem(request, "rate")
        said = Message(body.text, body.choice)
        return JSONResponse(desk.say(encounter_id, owner, said, reply_to=body.reply_to, key=key))

    @router.patch(
        "/encounters/{encounter_id}/findings/{finding}",
        response_model=None,
        responses={200: {"model": EncounterView}},
        tags=["conversation"],
    )
    def finding(
        encounter_id: EncounterId,
        finding: Annotated[str, Path(max_length=80, examples=["fever"])],
        body: NewStatus,
        owner: Owner,
        csrf: Csrf = "1",
    ) -> Response:
        """Correct what was understood."""
        return JSONResponse(desk.correct(encounter_id, known(owner), finding, body.status))

    @router.post(
        "/encounters/{encounter_id}/language",
        response_model=None,
        responses={200: {"model": EncounterView}},
        tags=["conversation"],
    )
    def language(encounter_id: EncounterId, body: NewLanguage, owner: Owner, csrf: Csrf = "1") -> Response:
        """Go on in the other language."""
        return JSONResponse(desk.speak(encounter_id, known(owner), body.lang))

    @router.post(
        "/encounters/{encounter_id}/finish",
        response_model=None,
        responses={200: {"model": EncounterView}},
        tags=["conversation"],
    )
    def finish(encounter_id: EncounterId, owner: Owner, csrf: Csrf = "1") -> Response:
        """Stop asking and give the best answer so far."""
        return JSONResponse(desk.finish(encounter_id, known(owner)))

    @router.get(
        "/encounters/{encounter_id}/note",
        response_model=None,
        responses={200: {"model": NoteView}},
        tags=["records"],
    )
    def note(
        encounter_id: EncounterId, owner: Owner, lang: Annotated[str, Query(pattern="^(zh|en)$")] = "zh"
    ) -> Response:
        """The SOAP note for the doctor, drafted from the log."""
        return JSONResponse(desk.note(encounter_id, known(owner), lang))

    @router.get(
        "/encounters/{encounter_id}/export",
        response_model=None,
        responses={200: {"content": {"application/json": {}}}},
        tags=["records"],
    )
    def export(encounter_id: EncounterId, owner: Owner) -> Response:
        """Everything that is kept of a consultation."""
        content = json.dumps(desk.export(encounter_id, known(owner)), ensure_ascii=False, indent=1)
        name = f"suwen-{encounter_id}.json"
        return Response(
            content,
            media_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @router.delete("/encounters/{encounter_id}", status_code=204, response_model=None, tags=["records"])
    def delete(encounter_id: EncounterId, owner: Owner, csrf: Csrf = "1") -> Response:
        """Remove a consultation and its log for good."""
        desk.delete(encounter_id, known(owner))
        return Response(status_code=204)

    @router.get(
        "/encounters/{encounter_id}/stream",
        response_model=None,
        responses={200: {"content": {"text/event-stream": {}}}},
        tags=["conversation"],
    )
    async def stream(request: Request, encounter_id: EncounterId, owner: Owner) -> Response:
        """Server-sent events: `changed` with the new seq whenever the consultation went on elsewhere."""
        seen = await run_in_threadpool(desk.head, encounter_id, known(owner))
        return StreamingResponse(
            _changes(request, desk, encounter_id, owner, seen), media_type="text/event-stream"
        )

    return router


async def _changes(
    request: Request, desk: Desk, encounter_id: str, owner: str, seen: int
) -> AsyncIterator[str]:
    quiet = 0.0
    yield f"event: changed\ndata: {json.dumps({'seq': seen})}\n\n"
    while not await request.is_disconnected():
        await asyncio.sleep(1.0)
        quiet += 1.0
        try:
            head = await run_in_threadpool(desk.head, encounter_id, owner)
        except NotFound:
            yield "event: gone\ndata: {}\n\n"
            return
        except SuwenError:
            continue
        if head != seen:
            seen, quiet = head, 0.0
            yield f"event: changed\ndata: {json.dumps({'seq': seen})}\n\n"
        elif quiet >= 15:
            quiet = 0.0
            yield ": still here\n\n"


def create_app(desk: Desk, settings: Settings) -> Any:
    """The ASGI application over a desk."""

    @asynccontextmanager
    async def lifetime(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = max(1, THREADS // settings.workers)
        yield
        desk.store.close()

    app = FastAPI(
        lifespan=lifetime,
        title="Suwen 素问",
        version=__version__,
        description="A self-hosted AI doctor that works beside a human one. AI-generated; assists and does not replace a doctor.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    rates = Rates()
    app.include_router(api_router(desk, settings, rates))
    app.include_router(medicines_router(Counter(desk), settings, rates, errors=ERRORS))
    app.include_router(conditions_router(desk, errors=ERRORS))

    @app.get("/healthz", response_model=Health, tags=["operation"], responses={503: ERRORS[503]})
    def healthz() -> dict[str, Any]:
        """Ready when the database answers."""
        desk.store.check()
        k = desk.clinic.knowledge
        return {"status": "ok", "version": __version__, "knowledge": k.version, "conditions": len(k.conditions),
                "findings": len(k.findings), "red_flags": len(k.red_flags)}  # fmt: skip

    app.include_router(pages_router(version=__version__))

    @app.exception_handler(SuwenError)
    async def ours(request: Request, error: SuwenError) -> Response:
        return problem_of(request, error)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        return problem(request, "internal")

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [
            {"field": ".".join(str(p) for p in e["loc"]), "message": e["msg"]} for e in error.errors()[:20]
        ]
        return problem(request, "invalid", faults=faults)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return problem(request, "not_found")
        status = (
            422 if error.status_code == 400 else error.status_code
        )  # FastAPI's word for a body it cannot read
        return problem(request, "invalid", status=status, detail=None if status == 422 else str(error.detail))

    nowhere = {"type": "http", "method": "GET", "path": "", "root_path": "", "headers": []}
    for route in app.routes:
        route.matches(
            nowhere
        )  # a group of routes is built when it is first asked: here, once for all workers
    return Guard(app, rates=rates, requests_per_minute_ip=settings.requests_per_minute_ip)
