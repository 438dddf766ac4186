"""Everybody can use it: axe on every page, large targets and letters, the keyboard alone, narrow screens."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from .conftest import DESKTOP, PHONE, Open
from .steps import CHEST, COUGH, answer_once, finish, open_panel, settled, start

SMALLEST_LETTER_PIXELS = 17
SMALLEST_TARGET_PIXELS = 44
TINY = {"width": 320, "height": 640}

SMALL_LETTERS = """smallest => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility()
  && !e.closest('.visually-hidden') && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
  && parseFloat(getComputedStyle(e).fontSize) < smallest).map(e => e.outerHTML.slice(0, 120))"""
SMALL_TARGETS = """smallest => [...document.querySelectorAll('a[href], button, summary, input:not([type=radio]):not([type=checkbox]), textarea, label')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.visually-hidden, [inert], .skip') && !e.matches('.visually-hidden, .skip'))
  .map(e => [e, e.getBoundingClientRect()]).filter(([e, box]) => box.width && (box.height < smallest - 0.5 || box.width < smallest - 0.5))
  .map(([e, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 120)}`)"""


def check(page: Page, place: str) -> None:
    """No axe violation, no small letter or target, nothing to scroll sideways."""
    page.wait_for_timeout(300)  # a sheet slides in; axe measures colours
    found = Axe().run(page)
    assert found.violations_count == 0, f"{place}: {found.generate_report()}"
    assert page.evaluate(SMALL_LETTERS, SMALLEST_LETTER_PIXELS) == [], place
    assert page.evaluate(SMALL_TARGETS, SMALLEST_TARGET_PIXELS) == [], place
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, place


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("lang", "screen"), [("zh", PHONE), ("en", DESKTOP), ("en", TINY)])
def test_every_page_is_accessible(
    open_home: Open, base_url: str, theme: str, lang: str, screen: dict[str, int]
) -> None:
    page = open_home(theme=theme, lang=lang, screen=screen)
    expect(page.locator(".empty")).to_be_visible()
    check(page, "home, empty")
    start(page, COUGH[lang])
    check(page, "question")
    page.locator(".why summary").click()
    for number in range(4):
        answer_once(page)
        settled(page)
        check(page, f"question {number + 2}")
    open_panel(page)
    check(page, "panel, findings")
    page.locator("#tab-why").click()
    expect(page.locator("svg.chart")).to_be_visible()
    page.locator(".chart-table summary").click()
    check(page, "panel, chart")
    if page.locator("#panel-close").is_visible():
        page.locator("#panel-close").click()
    page.locator("#finish").click()
    check(page, "confirmation")
    page.locator("#confirm button[value=no]").click()
    finish(page)
    check(page, "result")
    address = page.url
    page.goto(f"{address}/print")
    expect(page.locator("#sheet .hero-level")).to_be_visible()
    check(page, "print")
    page.goto(f"{address}/note")
    expect(page.locator(".note-part")).to_have_count(4)
    check(page, "note")
    page.goto(f"{base_url}/c/enc_nothing")
    expect(page.locator("#problem [role=alert]")).to_be_visible()
    check(page, "not found")
    page.goto(base_url)
    page.locator("#complaint").fill(CHEST[lang])
    page.locator("#start").click()
    expect(page.locator(".alarm").first).to_be_visible()
    expect(page.locator("#pending")).to_be_empty()
    check(page, "alarm")
    page.goto(base_url)
    expect(page.locator(".encounter")).to_have_count(2)
    check(page, "home, list")


def test_the_whole_way_can_be_gone_with_the_keyboard(open_home: Open) -> None:
    page = open_home(screen=DESKTOP)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".emergency-line a")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#complaint")).to_be_focused()
    page.keyboard.type(COUGH["zh"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")
    settled(page)
    expect(page.locator("#question-card")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".why summary")).to_be_focused()


def test_new_messages_are_announced_and_old_ones_are_not_repeated(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    page.evaluate("document.querySelector('#thread .message').dataset.seen = 'yes'")
    answer_once(page)
    settled(page)
    expect(page.locator("#thread .message").first).to_have_attribute("data-seen", "yes")
    expect(page.locator("#thread")).to_have_attribute("aria-live", "polite")


def test_without_javascript_the_page_says_what_to_do(browser: Browser, base_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(base_url)
    expect(page.locator(".noscript")).to_be_visible()
    expect(page.locator(".noscript")).to_contain_text("120")
    context.close()
