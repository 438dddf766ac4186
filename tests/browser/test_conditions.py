"""The pages of the knowledge: find a condition, read its numbers and sources, compare it with what it is mistaken for."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.browser.test_access import TINY, check


@pytest.mark.parametrize(
    ("lang", "screen", "theme", "typed", "name"),
    [
        ("zh", PHONE, "dark", "jxyxy", "急性胰腺炎"),
        ("zh", DESKTOP, "light", "胰腺炎", "急性胰腺炎"),
        ("en", TINY, "light", "pancreatitis", "Acute pancreatitis"),
    ],
)
def test_a_condition_is_found_read_and_compared(
    open_home: Open, base_url: str, lang: str, screen: dict[str, int], theme: str, typed: str, name: str
) -> None:
    page = open_home(lang=lang, screen=screen, theme=theme)
    page.locator(".foot a").click()
    expect(page.locator(".kb-department").first).to_be_visible()
    check(page, "conditions")
    page.locator("#search").fill(typed)
    page.locator(".kb-row a", has_text=name).first.click()
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator(".kb-estimate").first).to_be_visible()
    expect(page.locator(".kb-management")).not_to_have_count(0)
    check(page, "condition")
    page.locator(".kb-compare summary").first.click()
    expect(page.locator(".kb-differences tbody tr").first).to_be_visible()
    check(page, "comparison")
    page.go_back()
    expect(page.locator("#search")).to_have_value(typed)
    expect(page.locator(".kb-row a", has_text=name).first).to_be_visible()


def test_a_department_opens_and_a_word_nobody_knows_is_said(open_home: Open, base_url: str) -> None:
    page = open_home(screen=DESKTOP)
    page.goto(f"{base_url}/conditions")
    page.locator(".kb-department summary").first.click()
    expect(page.locator(".kb-department .kb-row").first).to_be_visible()
    page.locator("#search").fill("没有这种病吧")
    expect(page.locator("#found-status")).to_contain_text("没有这种病吧")


def test_an_unknown_condition_and_a_lost_network_are_said(open_home: Open, base_url: str) -> None:
    page = open_home(screen=PHONE)
    page.goto(f"{base_url}/conditions/no_such_thing")
    expect(page.locator("#error")).to_contain_text("no_such_thing")
    page.goto(f"{base_url}/conditions")
    page.context.set_offline(True)
    page.locator("#search").fill("感冒")
    expect(page.locator("#error")).not_to_be_empty()
    page.context.set_offline(False)
    page.locator("#search").fill("感冒了")
    page.locator("#search").fill("普通感冒")
    expect(page.locator(".kb-row").first).to_be_visible()
    expect(page.locator("#error")).to_be_empty()
