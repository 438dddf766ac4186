from __future__ import annotations

from playwright.sync_api import expect

from .conftest import Open
from .steps import COUGH, settled, start


def test_a_newcomer_sees_what_it_is_and_that_the_list_is_empty(open_home: Open) -> None:
    page = open_home()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("main")).to_contain_text("不能代替医生")
    expect(page.locator('a[href="tel:120"]')).to_be_visible()
    expect(page.locator(".empty-title")).to_be_visible()


def test_an_english_browser_gets_english_and_can_switch_to_chinese(open_home: Open) -> None:
    page = open_home(lang="en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_the_theme_button_changes_the_page_and_is_remembered(open_home: Open) -> None:
    page = open_home(theme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("#theme").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    page.locator("#theme").click()
    assert page.evaluate(ground) == light


def test_an_example_fills_the_box_and_does_not_send(open_home: Open) -> None:
    page = open_home()
    example = page.locator(".example").first
    text = example.inner_text()
    example.click()
    expect(page.locator("#complaint")).to_have_value(text)
    assert "/c/" not in page.url


def test_starting_with_nothing_written_says_so(open_home: Open) -> None:
    page = open_home()
    page.locator("#start").click()
    expect(page.locator("#start-error")).not_to_be_empty()
    assert "/c/" not in page.url


def test_a_started_consultation_is_listed_and_can_be_opened_again(open_home: Open, base_url: str) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    page.goto(base_url)
    expect(page.locator(".encounter")).to_have_count(1)
    page.locator(".encounter-link").click()
    settled(page)


def test_deleting_asks_first_and_then_removes(open_home: Open, base_url: str) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    address = page.url
    page.goto(base_url)
    page.locator(".encounter button").click()
    page.locator("#confirm button[value=no]").click()
    expect(page.locator(".encounter")).to_have_count(1)
    page.locator(".encounter button").click()
    page.locator("#confirm-yes").click()
    expect(page.locator(".encounter")).to_have_count(0)
    page.goto(address)
    expect(page.locator("#problem [role=alert]")).to_be_visible()


def test_export_downloads_the_consultation(open_home: Open, base_url: str) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    page.goto(base_url)
    with page.expect_download() as download:
        page.locator(".encounter a[download]").click()
    assert COUGH["zh"] in download.value.path().read_text("utf-8")


def test_somebody_elses_consultation_is_not_found(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    stranger = open_home()
    stranger.goto(page.url)
    expect(stranger.locator("#problem [role=alert]")).to_be_visible()
    expect(stranger.get_by_text(COUGH["zh"])).to_have_count(0)


def test_a_list_that_cannot_be_loaded_can_be_tried_again(open_home: Open) -> None:
    page = open_home()
    page.route("**/api/encounters", lambda route: route.abort())
    page.reload()
    expect(page.locator(".empty button")).to_be_visible()
    page.unroute("**/api/encounters")
    page.locator(".empty button").click()
    expect(page.locator(".empty button")).to_have_count(0)
