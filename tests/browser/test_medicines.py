"""The medicines pages: build a list, see what clashes, say who takes them, set an alert aside, print it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from .conftest import DESKTOP, PHONE, Open
from .test_access import TINY, check

CLASHING = ["辛伐他汀", "克拉霉素"]
IN_ENGLISH = ["simvastatin", "clarithromycin"]


def new_list(page: Page, base_url: str, names: list[str], lang: str = "zh", **patient: object) -> str:
    """Makes a list as the page would and opens it."""
    body = {"lang": lang, "drugs": [{"name": name} for name in names], "patient": patient}
    answer = page.request.post(f"{base_url}/api/medicine-lists", headers={"X-Suwen": "1"}, data=body)
    assert answer.status == 201, answer.text()
    address = f"{base_url}/medicines/{answer.json()['id']}"
    page.goto(address)
    expect(rows(page)).to_have_count(len(names))
    saved(page)
    return address


def rows(page: Page) -> Locator:
    return page.locator(".med-row")


def saved(page: Page) -> None:
    expect(page.locator("#saving")).to_have_attribute("data-state", "saved")


def write(page: Page, text: str) -> None:
    """Types into the search box and waits until something was found for it."""
    page.locator("#search").fill(text)
    expect(page.locator("#options")).to_be_visible()


def add(page: Page, text: str) -> None:
    write(page, text)
    page.locator("#search").press("Enter")


def test_the_home_page_leads_to_a_new_list(open_home: Open) -> None:
    page = open_home()
    page.locator('a[href="/medicines"]').click()
    expect(page.locator("#lists .empty")).to_be_visible()
    add(page, "华法林")
    page.wait_for_url("**/medicines/med_*")
    expect(rows(page)).to_have_count(1)
    page.go_back()
    expect(page.locator(".med-list")).to_have_count(1)


def test_medicines_are_added_by_pinyin_and_keyboard_and_removed_with_undo(
    open_home: Open, base_url: str
) -> None:
    page = open_home(screen=DESKTOP)
    address = new_list(page, base_url, [])
    expect(page.locator("#report .empty")).to_be_visible()
    expect(page.locator("#search")).to_be_focused()
    box = page.locator("#search")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("aspl")
    expect(page.locator("#options [role=option]").first).to_contain_text("阿司匹林")
    page.keyboard.press("Escape")
    expect(page.locator("#options")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    page.keyboard.type("hfl")
    first = page.locator("#options [role=option]").first
    expect(first).to_contain_text("华法林")
    expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(rows(page).locator(".med-row-name")).to_have_text(["华法林"])
    page.keyboard.type("阿司匹林 100mg 每日1次")
    expect(page.locator("#options")).to_be_visible()
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).nth(1)).to_contain_text("100mg 每日1次")
    saved(page)
    page.reload()
    expect(rows(page)).to_have_count(2)
    rows(page).first.locator(".tool").click()
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#undo button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(page).locator(".med-row-name")).to_have_text(["华法林", "阿司匹林"])
    saved(page)
    assert page.url == address


def test_several_lines_are_pasted_at_once(open_home: Open, base_url: str) -> None:
    page = open_home()
    new_list(page, base_url, [])
    page.locator("#search").focus()
    lines = "1. 华法林 3mg 每晚\n2、阿司匹林肠溶片100mg qd\n\n氨氯地平"
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData('text', text);
        document.querySelector('#search').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})) }""",
        lines,
    )
    expect(rows(page).locator(".med-row-name")).to_have_text(["华法林", "阿司匹林肠溶片", "氨氯地平"])
    expect(rows(page).locator(".med-row-taken")).to_have_text(["3mg 每晚", "100mg qd", ""])
    saved(page)


def test_an_unknown_name_stays_and_is_said_to_be_unchecked(open_home: Open, base_url: str) -> None:
    page = open_home()
    new_list(page, base_url, ["华法林"])
    add(page, "阿莫西灵林")
    row = rows(page).nth(1)
    expect(row).to_contain_text("没认出")
    expect(page.locator('[data-gap="unknown"]')).to_contain_text("阿莫西灵林")
    expect(page.locator(".med-matrix tbody tr").nth(1).locator("td.is-unread")).to_have_count(2)
    assert "安全" not in page.locator("main").inner_text()
    row.locator(".med-suggestion", has_text=re.compile("^阿莫西林$")).click()
    expect(row.locator(".med-row-name")).to_have_text("阿莫西林")
    expect(page.locator('[data-gap="unknown"]')).to_have_count(0)


def test_an_alert_is_set_aside_with_a_reason_and_comes_back(open_home: Open, base_url: str) -> None:
    page = open_home()
    new_list(page, base_url, CLASHING)
    card = page.locator("#loud .med-alert").first
    expect(card).to_contain_text("禁忌")
    expect(card.locator("h3")).to_contain_text("辛伐他汀")
    expect(card.locator(".med-alert-do")).not_to_be_empty()
    expect(card.locator(".med-facts")).to_be_hidden()
    card.locator("summary").click()
    expect(card.locator(".med-facts")).to_be_visible()
    name = card.get_attribute("id")
    card.locator(".link-button").click()
    expect(page.locator("#aside")).to_be_visible()
    page.locator("#aside-yes").click()  # without a reason it stays open
    expect(page.locator("#aside")).to_be_visible()
    page.locator("label[for=reason-monitored]").click()
    page.locator("#aside-comment").fill("每周查肌酶")
    page.locator("#aside-yes").click()
    expect(page.locator(f"#loud #{name}")).to_have_count(0)
    page.reload()
    group = page.locator("#aside-alerts")
    expect(group).to_be_visible()
    expect(page.locator(f"#loud #{name}")).to_have_count(0)
    group.locator("summary").first.click()
    expect(group.locator(f"#{name}")).to_contain_text("每周查肌酶")
    expect(group.locator(f"#{name}")).to_contain_text("已在监测")
    group.locator(f"#{name} .link-button").click()
    expect(page.locator(f"#loud #{name}")).to_be_visible()
    expect(page.locator("#aside-alerts")).to_have_count(0)


@pytest.mark.parametrize("screen", [PHONE, DESKTOP])
def test_a_cell_of_the_table_leads_to_its_alert(
    open_home: Open, base_url: str, screen: dict[str, int]
) -> None:
    page = open_home(screen=screen)
    new_list(page, base_url, [*CLASHING, "华法林"])
    cell = page.locator('.med-cell[data-pair="0 1"]')
    expect(cell).to_have_text("禁")
    expect(cell).to_have_attribute("aria-label", re.compile("辛伐他汀.*克拉霉素.*禁忌"))
    expect(page.locator('.med-cell[data-pair="1 0"]')).to_have_text("禁")
    cell.click()
    card = page.locator("#loud .med-alert").first
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport()
    # one that is folded away is unfolded
    expect(page.locator("#quiet-alerts")).not_to_have_attribute("open", "")
    page.locator('.med-cell[data-pair="2 1"]').click()
    expect(page.locator("#quiet-alerts .med-alert:focus")).to_be_in_viewport()
    # the table is one stop for Tab; arrows walk it
    cell.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".med-cell:focus")).not_to_have_attribute("data-pair", "0 1")
    assert page.locator('.med-cell[tabindex="0"]').count() == 1


def test_a_missing_fact_is_filled_in_where_it_is_named(open_home: Open, base_url: str) -> None:
    page = open_home()
    new_list(page, base_url, ["二甲双胍"])
    ask = page.locator('[data-fact="egfr_ml_min"]')
    expect(ask).to_contain_text("二甲双胍")
    ask.locator("input").fill("900")
    ask.locator("button[type=submit]").click()
    expect(ask.locator(".field-error")).not_to_be_empty()
    ask.locator("input").fill("20")
    ask.locator("input").press("Enter")
    expect(ask).to_have_count(0)
    expect(page.locator("#loud .med-alert").first).to_contain_text("二甲双胍")
    expect(page.locator("#patient-line")).to_contain_text("eGFR 20")
    page.locator("#patient summary").click()
    expect(page.locator("#fact-egfr_ml_min")).to_have_value("20")
    page.locator("#fact-allergies").fill("青霉素，花粉粉")
    page.locator("#fact-allergies").press("Enter")
    expect(page.locator('[data-gap="allergy"]')).to_contain_text("花粉粉")
    expect(page.locator(".med-chip")).to_have_count(2)
    saved(page)
    page.reload()
    expect(page.locator("#patient-line")).to_contain_text("青霉素")


def test_two_tabs_lay_their_changes_together(open_home: Open, base_url: str) -> None:
    page = open_home()
    address = new_list(page, base_url, ["华法林"])
    other = page.context.new_page()
    other.goto(address)
    expect(rows(other)).to_have_count(1)
    add(page, "二甲双胍")
    expect(rows(page)).to_have_count(2)
    saved(page)
    other.locator("#label").fill("爸爸")
    add(other, "氨氯地平")
    expect(other.locator("#notice [role=alert]")).to_be_visible()
    saved(other)
    expect(rows(other).locator(".med-row-name")).to_have_text(["华法林", "二甲双胍", "氨氯地平"])
    expect(other.locator("#label")).to_have_value("爸爸")
    page.reload()
    expect(rows(page)).to_have_count(3)


def test_without_a_server_the_change_is_kept_and_sent_later(open_home: Open, base_url: str) -> None:
    page = open_home()
    address = new_list(page, base_url, ["华法林"])

    def away(route: Route) -> None:
        route.abort() if route.request.method == "PUT" else route.continue_()

    page.route("**/api/medicine-lists/*", away)
    add(page, "阿司匹林")
    expect(page.locator("#saving")).to_have_attribute("data-state", "waiting")
    expect(page.locator("#stale")).to_be_visible()
    page.goto("about:blank")
    page.unroute("**/api/medicine-lists/*")
    page.goto(address)
    expect(rows(page)).to_have_count(2)
    saved(page)
    expect(page.locator("#stale")).to_be_hidden()
    expect(page.locator("#loud .med-alert").first).to_contain_text("阿司匹林")


def test_the_paper_holds_everything_and_says_that_an_ai_made_it(open_home: Open, base_url: str) -> None:
    page = open_home(theme="dark")
    address = new_list(
        page, base_url, [*CLASHING, "小红药片"], age_years=72, conditions=["高血压"], allergies=["花粉粉"]
    )
    page.goto(f"{address}/print")
    expect(page.locator(".ai-label")).to_contain_text("AI 生成")
    sheet = page.locator("#sheet")
    for text in ("72 岁", "高血压", "辛伐他汀", "禁忌", "小红药片", "花粉粉", "版本"):
        expect(sheet).to_contain_text(text)
    expect(sheet.locator(".med-matrix tbody tr")).to_have_count(3)
    expect(sheet.locator("button")).to_have_count(0)
    label = json.loads(page.locator("meta[name=AIGC]").get_attribute("content") or "")
    assert address.endswith(label["ProduceID"])
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator(".masthead")).not_to_be_visible()


def test_a_strangers_list_is_not_shown(
    open_home: Open, base_url: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = open_home()
    address = new_list(page, base_url, ["华法林"])
    stranger = new_context().new_page()
    stranger.goto(address)
    expect(stranger.locator("#problem [role=alert]")).to_be_visible()
    expect(rows(stranger)).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("lang", "screen"), [("zh", PHONE), ("en", DESKTOP), ("en", TINY)])
def test_the_medicines_pages_are_accessible(
    open_home: Open, base_url: str, theme: str, lang: str, screen: dict[str, int]
) -> None:
    page = open_home(theme=theme, lang=lang, screen=screen)
    page.goto(f"{base_url}/medicines")
    expect(page.locator("#lists .empty")).to_be_visible()
    check(page, "lists, empty")
    write(page, "hfl")
    check(page, "search")
    clashing, more = (
        (CLASHING, ["华法林", "阿司匹林", "二甲双胍", "阿莫西灵林", "布洛芬", "螺内酯"])
        if lang == "zh"
        else (IN_ENGLISH, ["warfarin", "aspirin", "metformin", "amoxycilinx", "ibuprofen", "spironolactone"])
    )
    known = {
        "age_years": 30,
        "sex": "female",
        "allergies": ["青霉素", "xyzzy"],
        "conditions": ["肝硬化", "qwert"],
    }
    address = new_list(page, base_url, [*clashing, *more], lang, **known)
    check(page, "list")
    for fold in page.locator("details:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()
    rows(page).first.locator(".med-row-how").click()
    check(page, "list, everything open")
    page.locator("#loud .med-alert .link-button").first.click()
    check(page, "dialog")
    page.locator("label[for=reason-tolerated]").click()
    page.locator("#aside-yes").click()
    expect(page.locator("#aside-alerts")).to_be_visible()
    rows(page).last.locator(".tool").click()
    expect(page.locator("#undo button")).to_be_visible()
    check(page, "set aside, removed")
    page.goto(f"{address}/print")
    expect(page.locator("#sheet .med-matrix")).to_be_visible()
    check(page, "print")
    page.goto(f"{base_url}/medicines")
    expect(page.locator(".med-list")).to_have_count(1)
    check(page, "lists")
    page.goto(f"{base_url}/medicines/med_nothing_here")
    expect(page.locator("#problem [role=alert]")).to_be_visible()
    check(page, "not found")
