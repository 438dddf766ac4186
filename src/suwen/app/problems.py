"""Errors as RFC 9457 problem documents, in the caller's language, without a traceback or a patient's words."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from suwen.app.desk import Answered, Closed
from suwen.app.pages import preferred_language
from suwen.core.errors import Conflict, InputError, NotFound, StoreError, StoreFull, StoreLocked, SuwenError

MEDIA_TYPE = "application/problem+json"

_TEXTS: dict[str, tuple[int, str, str]] = {
    "not_found": (404, "没有找到这次问诊。", "No such consultation."),
    "no_list": (404, "没有找到这份清单或这个药。", "No such list or medicine."),
    "conflict": (409, "刚才有别的页面同时在写，请重试。", "Somebody else wrote at the same moment; please try again."),
    "locked": (503, "数据库正忙，请稍后重试。您写的内容没有丢。", "The database is busy; try again shortly. What you wrote is not lost."),
    "full": (507, "服务器磁盘已满，这条没有保存。请联系管理员，内容仍在输入框里。", "The server's disk is full and this was not saved. Tell the administrator; your text is still in the box."),
    "store": (503, "数据库暂时不可用，请稍后重试。", "The database is not available just now; please try again."),
    "csrf": (403, "请求缺少 X-Suwen 头，已拒绝。", "The request lacks the X-Suwen header and was refused."),
    "rate": (429, "发送得太快了，请稍等一会儿。", "Too many requests; please wait a little."),
    "large": (413, "内容太长了，请分几次发送。", "That is too much at once; please send it in parts."),
    "invalid": (422, "请求的格式不对。", "The request is not in the right form."),
    "internal": (500, "服务器出错了，这条没有处理。请重试；如果反复出现请联系管理员。", "Something went wrong here and this was not processed. Try again; if it persists, tell the administrator."),
}  # fmt: skip


def problem(
    request: Request, kind: str, *, detail: str | None = None, status: int | None = None, **more: Any
) -> JSONResponse:
    """A problem document of a known kind; `detail` replaces the stock sentence."""
    code, zh, en = _TEXTS[kind]
    lang = preferred_language(request)
    stock = zh if lang == "zh" else en
    body = {
        "type": f"urn:suwen:problem:{kind}",
        "title": stock,
        "status": status or code,
        "detail": detail or stock,
        **more,
    }
    headers = {"Retry-After": "2"} if kind in ("rate", "locked", "store") else None
    return JSONResponse(body, status_code=status or code, media_type=MEDIA_TYPE, headers=headers)


def problem_of(request: Request, error: SuwenError) -> JSONResponse:
    """The problem document of one of our own errors."""
    if isinstance(error, NotFound):
        return problem(request, "no_list" if request.url.path.startswith("/api/medicine") else "not_found")
    if isinstance(error, Answered | Closed):
        view = error.details.get("view")
        return (
            problem(request, "conflict", detail=error.message, view=view)
            if view
            else problem(request, "conflict", detail=error.message)
        )
    if isinstance(error, Conflict):
        return problem(request, "conflict")
    if isinstance(error, StoreLocked):
        return problem(request, "locked")
    if isinstance(error, StoreFull):
        return problem(request, "full")
    if isinstance(error, StoreError):
        return problem(request, "store")
    if isinstance(error, InputError):
        return problem(request, "invalid", detail=error.message)
    return problem(request, "internal")
