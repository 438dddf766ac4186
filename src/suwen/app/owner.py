"""Whose something is: a browser with an unguessable, HttpOnly token, known to the database as its hash."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Cookie, Depends, Header, Response

from suwen.app.desk import owner_hash
from suwen.app.settings import Settings
from suwen.core.errors import NotFound

COOKIE = "suwen_owner"
COOKIE_SECONDS = 400 * 24 * 3600

Csrf = Annotated[
    str,
    Header(
        alias="X-Suwen",
        description="Always 1: proves that a page of ours, not a foreign form, sends this.",
        examples=["1"],
        pattern="^1$",
    ),
]


def _owner(token: Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)] = None) -> str:
    """The hash that stands for this browser; without a cookie nothing is found."""
    if not token or len(token) < 20 or len(token) > 200:
        return ""
    return owner_hash(token)


Owner = Annotated[str, Depends(_owner)]


def known(owner: str) -> str:
    """The owner; raises NotFound when the browser has none."""
    if not owner:
        raise NotFound("no owner")
    return owner


def new_owner(owner: str) -> tuple[str | None, str]:
    """(a new token if this browser had none, the owner)."""
    if owner:
        return None, owner
    token = secrets.token_urlsafe(32)
    return token, owner_hash(token)


def with_owner(response: Response, token: str | None, settings: Settings) -> Response:
    """Gives the browser its token, where it got one."""
    if token:
        response.set_cookie(COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="strict",
                            secure=settings.secure_cookie, path="/")  # fmt: skip
    return response
