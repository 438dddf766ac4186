"""The pages for paper: the printed answer and the doctor's note."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from .conftest import Open
from .steps import COUGH, answer_once, finish, settled, start


def finished(page: Page, lang: str = "zh") -> str:
    start(page, COUGH[lang])
    answer_once(page)
    settled(page)
    finish(page)
    return page.url


def test_the_printed_answer_says_that_an_ai_made_it(open_home: Open) -> None:
    page = open_home()
    address = finished(page)
    page.goto(f"{address}/print")
    expect(page.locator("#sheet .hero-level")).to_be_visible()
    expect(page.locator(".ai-label")).to_contain_text("AI 生成")
    assert "AI" in page.title()  # the title becomes the name of the PDF
    assert (page.locator("meta[name=generator]").get_attribute("content") or "").startswith("Suwen")
    label = json.loads(page.locator("meta[name=AIGC]").get_attribute("content") or "")
    assert label["Label"] == "1"
    assert address.endswith(label["ProduceID"])


def test_paper_is_light_even_on_a_dark_screen(open_home: Open) -> None:
    page = open_home(theme="dark")
    page.goto(f"{finished(page)}/print")
    expect(page.locator("#sheet .hero-level")).to_be_visible()
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    expect(page.locator(".masthead")).not_to_be_visible()
    expect(page.locator(".ai-label")).to_be_visible()


def test_an_unfinished_consultation_has_nothing_to_print(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    page.goto(f"{page.url}/print")
    expect(page.locator("#sheet .empty")).to_be_visible()


def test_the_note_comes_in_both_languages_and_can_be_copied(open_home: Open) -> None:
    page = open_home()
    page.goto(f"{finished(page)}/note")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.locator(".note-part")).to_have_count(4)
    expect(page.locator("#sheet")).to_have_attribute("lang", "zh-CN")
    chinese = page.locator("#sheet").inner_text()
    page.locator("[data-note-lang=en]").click()
    expect(page.locator("#sheet")).to_have_attribute("lang", "en")
    assert page.locator("#sheet").inner_text() != chinese
    page.locator("#copy").click()
    expect(page.locator("#status")).not_to_be_empty()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert page.locator("#label").inner_text() in copied


def test_the_note_of_a_stranger_is_not_shown(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    stranger = open_home()
    stranger.goto(f"{page.url}/note")
    expect(stranger.locator("#sheet [role=alert]")).to_be_visible()
