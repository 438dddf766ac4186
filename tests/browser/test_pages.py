"""What the pages' router sends, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from suwen.app.pages import CSP, pages_router

PAGES = ["/", "/c/enc_1", "/c/enc_1/print", "/c/enc_1/note"]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(pages_router(version="1.2.3"))
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_security_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in CSP


@pytest.mark.parametrize("path", PAGES)
def test_every_file_a_page_names_exists_and_may_be_kept_for_a_year(client: TestClient, path: str) -> None:
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get(path).text)
    assert len(names) >= 3
    for name in names:
        answer = client.get(name)
        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["cache-control"], name


def test_a_file_of_an_older_version_is_answered_but_not_kept(client: TestClient) -> None:
    answer = client.get("/static/000000000000/base.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/static/x/nothing.js", "/static/x/../pages.py", "/static/x/%2e%2e/words.zh.json"]
)
def test_nothing_outside_the_static_folder_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("accept", "cookie", "lang"),
    [
        ("", None, "zh-CN"),
        ("en-GB,en;q=0.9,zh;q=0.8", None, "en"),
        ("fr,zh-TW;q=0.8,en;q=0.5", None, "zh-CN"),
        ("en", "zh", "zh-CN"),
        ("zh", "xx", "zh-CN"),
    ],
)
def test_the_language_is_the_cookies_then_the_browsers_then_chinese(
    client: TestClient, accept: str, cookie: str | None, lang: str
) -> None:
    headers = {"accept-language": accept} | ({"cookie": f"suwen_lang={cookie}"} if cookie else {})
    assert f'<html lang="{lang}"' in client.get("/", headers=headers).text


def test_choosing_a_language_comes_back_to_the_same_page(client: TestClient) -> None:
    answer = client.get("/c/enc_1?lang=en", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/c/enc_1"
    assert "suwen_lang=en" in answer.headers["set-cookie"]


def test_an_encounter_name_with_markup_stays_text(client: TestClient) -> None:
    html = client.get("/c/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").text
    assert "<script>alert" not in html


def test_modules_import_only_files_that_exist(client: TestClient) -> None:
    static = re.search(r"/static/\w+", client.get("/").text)
    assert static is not None
    waiting, seen = {"home.js", "conversation.js", "printout.js", "note.js"}, set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        answer = client.get(f"{static.group()}/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["content-type"].startswith("text/javascript")
        waiting |= set(re.findall(r'from "\./([\w.]+)"', answer.text)) - seen
    assert len(seen) > 15
