"""The HTTP interface to the pharmacist: search, check, and lists that are kept."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from suwen.app.counter import Counter
from suwen.app.guard import Rates
from suwen.app.owner import Csrf, Owner, known, new_owner, with_owner
from suwen.app.pharmacy import (
    CheckReport,
    CheckRequest,
    DismissalEntry,
    ListChange,
    ListEntry,
    ListIndex,
    ListView,
    MedicineHits,
    Review,
    check,
    hits,
    shown,
)
from suwen.app.problems import problem
from suwen.app.settings import Settings
from suwen.core.errors import NotFound

ListId = Annotated[str, Path(pattern=r"^med_[A-Za-z0-9_-]{8,64}$", examples=["med_k3J0bq5m0dX2Qw"])]
AlertId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", examples=["0123456789abcdef"])]


def medicines_router(
    counter: Counter, settings: Settings, rates: Rates, *, errors: dict[int | str, dict[str, Any]]
) -> APIRouter:
    """All routes under /api/medicines and /api/medicine-lists."""
    router = APIRouter(prefix="/api", responses=errors, tags=["medicines"])

    @router.get("/medicines", response_model=None, responses={200: {"model": MedicineHits}})
    def search(
        q: Annotated[str, Query(min_length=1, max_length=100, examples=["amxl"])],
        limit: Annotated[int, Query(ge=1, le=50)] = 12,
    ) -> Response:
        """Medicines for what is being typed: Chinese, pinyin or its initials, English, brand."""
        return JSONResponse({"medicines": hits(q, counter.pharmacist.formulary, limit)})

    @router.get("/medicines/dismissed", response_model=None, responses={200: {"model": Review}})
    def review(limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Response:
        """The rules that are set aside most, for review; nothing of any patient."""
        return JSONResponse({"rules": counter.review(limit)})

    @router.get("/medicines/{medicine}", response_model=None)
    def show(medicine: Annotated[str, Path(max_length=80, examples=["warfarin"])]) -> Response:
        """Everything known of one medicine."""
        formulary = counter.pharmacist.formulary
        if medicine not in formulary.product and medicine not in formulary.index:
            raise NotFound(f"no medicine {medicine}")
        return JSONResponse(shown(medicine, formulary))

    @router.post("/medicines/check", response_model=None, responses={200: {"model": CheckReport}})
    def check_once(request: Request, body: CheckRequest, owner: Owner, csrf: Csrf = "1") -> Response:
        """Check a list against itself and a patient; nothing is kept."""
        who = owner or (request.client.host if request.client else "unknown")
        if not rates.allows_per_minute(settings.messages_per_minute, "check", who):
            return problem(request, "rate")
        return JSONResponse(check(body, counter.pharmacist))

    @router.post(
        "/medicine-lists", status_code=201, response_model=None, responses={201: {"model": ListView}}
    )
    def create(request: Request, body: ListEntry, owner: Owner, csrf: Csrf = "1") -> Response:
        """Keep a list; the first call sets the cookie that owns it."""
        token, owner = new_owner(owner)
        who = request.client.host if token and request.client else owner
        if not rates.allows(f"{settings.encounters_per_hour}/hour", "create", who):
            return problem(request, "rate")
        return with_owner(JSONResponse(counter.open(owner, body), status_code=201), token, settings)

    @router.get("/medicine-lists", response_model=None, responses={200: {"model": ListIndex}})
    def listing(owner: Owner) -> Response:
        """This browser's lists, the last changed first."""
        return JSONResponse({"lists": counter.index(owner) if owner else []})

    @router.get("/medicine-lists/{list_id}", response_model=None, responses={200: {"model": ListView}})
    def view(list_id: ListId, owner: Owner) -> Response:
        """One list with its report under today's rules."""
        return JSONResponse(counter.view(list_id, known(owner)))

    @router.put("/medicine-lists/{list_id}", response_model=None, responses={200: {"model": ListView}})
    def change(list_id: ListId, body: ListChange, owner: Owner, csrf: Csrf = "1") -> Response:
        """Replace what a list holds."""
        return JSONResponse(counter.change(list_id, known(owner), body))

    @router.delete("/medicine-lists/{list_id}", status_code=204, response_model=None)
    def delete(list_id: ListId, owner: Owner, csrf: Csrf = "1") -> Response:
        """Remove a list and what was set aside about it."""
        counter.delete(list_id, known(owner))
        return Response(status_code=204)

    @router.post(
        "/medicine-lists/{list_id}/dismissals", response_model=None, responses={200: {"model": ListView}}
    )
    def dismiss(list_id: ListId, body: DismissalEntry, owner: Owner, csrf: Csrf = "1") -> Response:
        """Set an alert aside for this patient, with the reason."""
        return JSONResponse(counter.dismiss(list_id, known(owner), body))

    @router.delete(
        "/medicine-lists/{list_id}/dismissals/{alert}",
        response_model=None,
        responses={200: {"model": ListView}},
    )
    def restore(list_id: ListId, alert: AlertId, owner: Owner, csrf: Csrf = "1") -> Response:
        """Bring an alert back."""
        return JSONResponse(counter.restore(list_id, known(owner), alert))

    return router
