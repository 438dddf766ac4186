"""The pages a person sees, and the files they load; no clinic logic.

Every file under `web/static` is read once, when the router is made, and served from memory under
`/static/{version}/`, where `version` is a hash of all of them: an ES module imports its neighbours by
relative path, so a hash in the path reaches every module where one in the query would be lost. Language and
theme are cookies, so that the first byte of HTML is already in the right ones and no inline script is needed.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

WEB = Path(__file__).parent / "web"
LANGUAGES = ("zh", "en")
THEMES = ("light", "dark")
LANGUAGE_COOKIE = "suwen_lang"
THEME_COOKIE = "suwen_theme"
YEAR_SECONDS = 365 * 24 * 3600

MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class Asset:
    """One static file in memory."""

    body: bytes
    media_type: str


def load_assets(folder: Path) -> dict[str, Asset]:
    """Every file under `folder` by its path relative to it, with `/` between parts."""
    return {
        path.relative_to(folder).as_posix(): Asset(path.read_bytes(), _media_type(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def assets_version(assets: dict[str, Asset]) -> str:
    """Twelve hex digits that change when any file's name or content does."""
    digest = hashlib.sha256()
    for name, asset in assets.items():
        digest.update(f"{name}\0{len(asset.body)}\0".encode())
        digest.update(asset.body)
    return digest.hexdigest()[:12]


def load_words(folder: Path) -> dict[str, dict[str, str]]:
    """The texts of the user interface: language, then key, then text."""
    return {lang: json.loads((folder / f"words.{lang}.json").read_text("utf-8")) for lang in LANGUAGES}


def preferred_language(request: Request) -> str:
    """`zh` or `en`: the cookie, else the browser's first choice among the two, else `zh`."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        lang = part.split(";")[0].strip().lower().split("-")[0]
        if lang in LANGUAGES:
            return lang
    return LANGUAGES[0]


def pages_router(web: Path = WEB, *, version: str = "") -> APIRouter:
    """Routes `/`, `/c/{id}` and its papers, `/medicines`, its lists and theirs, `/conditions` and each of them, `/favicon.ico` and `/static/…`.

    `web` holds `templates/`, `static/` and `words.{zh,en}.json`; `version` is the product's, shown in the
    generator tag. A page carries no patient's data, so it needs no owner: the API it calls does.
    """
    router = APIRouter(include_in_schema=False)
    assets = load_assets(web / "static")
    static = f"/static/{assets_version(assets)}"
    words = load_words(web)
    templates = Environment(
        loader=FileSystemLoader(web / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}

    def page(request: Request, name: str, status: int = 200, **values: Any) -> Response:
        asked = request.query_params.get("lang")
        if asked in LANGUAGES:
            return _with_language(request, asked)
        lang = preferred_language(request)
        theme = request.cookies.get(THEME_COOKIE)
        html = templates.get_template(name).render(
            lang=lang,
            other_lang=LANGUAGES[1 - LANGUAGES.index(lang)],
            theme=theme if theme in THEMES else "auto",
            t=words[lang].__getitem__,
            words=words[lang],
            static=static,
            version=version,
            path=request.url.path,
            **values,
        )
        headers = SECURITY_HEADERS | {
            "Cache-Control": "no-cache, private",
            "Vary": "Cookie, Accept-Language",
            "Content-Language": "zh-CN" if lang == "zh" else "en",
        }
        return HTMLResponse(html, status, headers)

    @router.get("/")
    def home(request: Request) -> Response:
        return page(request, "home.html")

    @router.get("/c/{encounter}")
    def conversation(request: Request, encounter: str) -> Response:
        return page(request, "conversation.html", encounter=encounter)

    @router.get("/c/{encounter}/print")
    def printout(request: Request, encounter: str) -> Response:
        return page(request, "print.html", encounter=encounter)

    @router.get("/c/{encounter}/note")
    def note(request: Request, encounter: str) -> Response:
        return page(request, "note.html", encounter=encounter)

    @router.get("/medicines")
    def medicines(request: Request) -> Response:
        return page(request, "medicines.html")

    @router.get("/medicines/{list_id}")
    def medicine_list(request: Request, list_id: str) -> Response:
        return page(request, "medicine_list.html", list_id=list_id)

    @router.get("/medicines/{list_id}/print")
    def medicine_list_print(request: Request, list_id: str) -> Response:
        return page(request, "medicine_list_print.html", list_id=list_id)

    @router.get("/conditions")
    def conditions(request: Request) -> Response:
        return page(request, "conditions.html")

    @router.get("/conditions/{condition}")
    def condition(request: Request, condition: str) -> Response:
        return page(request, "condition.html", condition=condition)

    @router.get("/favicon.ico")
    def favicon() -> Response:
        return _file(assets["favicon.svg"], "public, max-age=86400")

    @router.get("/static/{asked_version}/{name:path}")
    def static_file(asked_version: str, name: str) -> Response:
        if name not in assets:
            return Response("not found", 404, SECURITY_HEADERS, "text/plain")
        # A page opened before an upgrade asks for the old version: it gets today's file, but may not keep it.
        current = static.endswith(f"/{asked_version}")
        return _file(assets[name], f"public, max-age={YEAR_SECONDS}, immutable" if current else "no-store")

    @router.get("/{path:path}")
    def lost(request: Request, path: str) -> Response:
        if path.startswith("api/"):
            raise HTTPException(404)
        return page(request, "lost.html", 404)

    return router


def _with_language(request: Request, lang: str) -> Response:
    """Remembers the language and goes back to the same page without `?lang=`."""
    response = RedirectResponse(request.url.path, 303, SECURITY_HEADERS | {"Cache-Control": "no-store"})
    response.set_cookie(LANGUAGE_COOKIE, lang, max_age=YEAR_SECONDS, samesite="lax", path="/")
    return response


def _file(asset: Asset, cache_control: str) -> Response:
    headers = SECURITY_HEADERS | {"Cache-Control": cache_control}
    return Response(asset.body, 200, headers, asset.media_type)


def _media_type(path: Path) -> str:
    return MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
