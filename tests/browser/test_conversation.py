from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from .conftest import DESKTOP, Open
from .steps import CHEST, COUGH, answer_once, finish, my_words, open_panel, questions, send, settled, start

MESSAGES = "**/api/encounters/*/messages"


def keys_sent(page: Page) -> list[str]:
    """Collects the idempotency key of every message the page sends from now on."""
    keys: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/messages"):
            keys.append(request.headers["idempotency-key"])

    page.on("request", note)
    return keys


def test_a_tap_answers_and_the_next_question_comes(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    asked = questions(page).last.inner_text()
    answer_once(page)
    settled(page)
    assert questions(page).last.inner_text() != asked


def test_why_a_question_is_asked_can_be_opened(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    why = page.locator(".why")
    expect(why.locator("p")).not_to_be_visible()
    why.locator("summary").click()
    expect(why.locator("p")).to_be_visible()


def test_a_question_can_be_answered_in_own_words(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    send(page, "没有")
    expect(my_words(page)).to_have_count(2)
    settled(page)
    expect(page.locator("#draft")).to_have_value("")


def test_shift_enter_breaks_the_line_and_the_enter_of_an_ime_does_not_send(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    draft = page.locator("#draft")
    draft.fill("昨天")
    draft.press("Shift+Enter")
    expect(draft).to_have_value("昨天\n")
    for enter in ("{key: 'Enter', isComposing: true}", "{key: 'Enter', keyCode: 229}"):
        page.evaluate(
            f"document.querySelector('#draft').dispatchEvent(new KeyboardEvent('keydown', {enter}))"
        )
    expect(my_words(page)).to_have_count(1)
    expect(draft).to_have_value("昨天\n")


def test_a_refresh_keeps_the_conversation_and_the_draft(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    answer_once(page)
    settled(page)
    page.locator("#draft").fill("还有一点恶心")
    asked = questions(page).last.inner_text()
    page.reload()
    expect(my_words(page)).to_have_count(2)
    expect(page.locator("#draft")).to_have_value("还有一点恶心")
    assert questions(page).last.inner_text() == asked


def test_a_message_lost_on_the_way_is_sent_again_under_the_same_key(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    keys = keys_sent(page)
    failures = iter([True])

    def lose_first_reply(route: Route) -> None:
        if next(failures, False):
            route.fetch()  # the server has it; the answer never arrives
            route.abort()
        else:
            route.continue_()

    page.route(MESSAGES, lose_first_reply)
    send(page, "没有")
    expect(page.locator("#resend")).to_be_visible()
    expect(page.locator("#pending")).to_be_empty()
    expect(my_words(page)).to_have_count(2)
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_an_unsent_message_survives_a_reload(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    page.route(MESSAGES, lambda route: route.abort())
    send(page, "没有")
    expect(page.locator("#resend")).to_be_visible()
    page.unroute(MESSAGES)
    page.reload()
    expect(my_words(page)).to_have_count(2)
    expect(page.locator("#pending")).to_be_empty()


def test_being_offline_is_said_and_the_message_goes_out_afterwards(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    page.context.set_offline(True)
    expect(page.locator("#status")).to_contain_text("没有网络")
    send(page, "没有")
    expect(page.locator("#pending .bubble").first).to_contain_text("没有")
    page.context.set_offline(False)
    expect(my_words(page)).to_have_count(2)
    expect(page.locator("#pending")).to_be_empty()


def test_a_refusal_shows_the_servers_words_and_gives_the_text_back(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    body = '{"type":"about:blank","title":"太长","status":422,"detail":"这句话太长了"}'
    page.route(
        MESSAGES, lambda route: route.fulfill(status=422, content_type="application/problem+json", body=body)
    )
    send(page, "没有")
    expect(page.locator("#notice")).to_contain_text("这句话太长了")
    expect(page.locator("#draft")).to_have_value("没有")
    expect(page.locator("#question-card")).to_be_visible()


def test_a_second_tab_follows_the_first(open_home: Open) -> None:
    first = open_home()
    start(first, COUGH["zh"])
    second = first.context.new_page()
    second.goto(first.url)
    settled(second)
    send(first, "没有")
    expect(my_words(second)).to_have_count(2)


def test_a_consultation_deleted_elsewhere_is_gone_here_too(open_home: Open, base_url: str) -> None:
    first = open_home()
    start(first, COUGH["zh"])
    second = first.context.new_page()
    second.goto(first.url)
    settled(second)
    first.goto(base_url)
    first.locator(".encounter button").click()
    first.locator("#confirm-yes").click()
    expect(first.locator(".encounter")).to_have_count(0)
    expect(second.locator("#problem [role=alert]")).to_be_visible()
    expect(second.locator("#composer")).not_to_be_visible()


def test_a_server_that_went_away_is_said_and_found_again(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    page.route("**/stream", lambda route: route.abort())
    page.reload()
    expect(page.locator("#status")).to_contain_text("连不上")
    page.unroute("**/stream")
    expect(page.locator("#status")).to_contain_text("已重新连接")


def test_a_question_answered_in_the_other_tab_is_not_answered_twice(open_home: Open) -> None:
    first = open_home()
    start(first, COUGH["zh"])
    second = first.context.new_page()
    second.route("**/stream", lambda route: route.abort())  # this tab hears nothing
    second.goto(first.url)
    settled(second)
    answer_once(first)
    settled(first)
    second.locator("#draft").fill("不清楚")
    second.locator("#draft").press("Enter")
    expect(second.locator("#notice")).to_contain_text("另一个窗口")
    expect(my_words(second)).to_have_count(2)


def test_what_was_understood_can_be_corrected(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    open_panel(page)
    finding = page.locator(".finding").first
    name = finding.get_attribute("data-finding")
    finding.locator("input[value=absent]").check(force=True)
    expect(page.locator("#status")).to_contain_text("没有")
    page.reload()
    open_panel(page)
    expect(page.locator(f'.finding[data-finding="{name}"] input[value=absent]')).to_be_checked()


def test_the_sheet_closes_with_escape_and_gives_the_focus_back(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    page.locator("#panel-open").click()
    expect(page.locator("#panel-close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel-open")).to_be_focused()
    expect(page.locator("#panel")).not_to_be_visible()


def test_the_differential_is_drawn_and_also_a_table(open_home: Open) -> None:
    page = open_home(screen=DESKTOP)
    start(page, COUGH["zh"])
    answer_once(page)
    settled(page)
    page.locator("#tab-why").click()
    expect(page.locator("svg.chart")).to_have_attribute("aria-label", re.compile(r"\d%"))
    page.locator(".chart-table summary").click()
    assert page.locator(".chart-table tbody tr").count() >= 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chest_pain_pins_an_alarm_with_the_emergency_number(open_home: Open, lang: str) -> None:
    page = open_home(lang=lang)
    page.locator("#complaint").fill(CHEST[lang])
    page.locator("#start").click()
    alarm = page.locator("#alarms[role=alert] .alarm")
    expect(alarm.first).to_be_visible()
    expect(alarm.locator('a[href="tel:120"]').first).to_be_in_viewport()
    page.reload()
    expect(alarm.first).to_be_visible()


def test_words_of_suicide_show_the_helpline(open_home: Open) -> None:
    page = open_home()
    page.locator("#complaint").fill("我不想活了")
    page.locator("#start").click()
    expect(page.locator('#alarms a[href="tel:12356"]')).to_be_in_viewport()


def test_markup_in_the_patients_words_stays_text(open_home: Open, faults: list[str]) -> None:
    page = open_home()
    words = "头痛 <img src=x onerror=alert(1)> <script>alert(2)</script>"
    start(page, words)
    assert page.locator("#thread img, #thread script").count() == 0


def test_the_language_of_a_running_consultation_can_be_switched(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    chinese = page.locator("#question-card").get_attribute("aria-label") or ""
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#question")).to_have_attribute("lang", "en")
    expect(page.locator("#question-card")).not_to_have_attribute("aria-label", chinese)


def test_stopping_gives_the_answer_with_urgency_and_limits(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    answer_once(page)
    settled(page)
    finish(page)
    result = page.locator("#result")
    expect(result.locator(".hero-level")).not_to_be_empty()
    expect(result.locator(".small-print")).to_contain_text(re.compile("AI|人工智能"))
    expect(page.locator("#composer")).not_to_be_visible()
    expect(my_words(page).first).not_to_be_visible()
    page.locator("#history > summary").click()
    expect(my_words(page).first).to_be_visible()
    page.reload()
    expect(result.locator(".hero-level")).not_to_be_empty()


def test_the_consultation_can_be_followed_to_its_end(open_home: Open) -> None:
    page = open_home()
    start(page, COUGH["zh"])
    for _ in range(6):
        if not page.locator("#question-card").count():
            break
        answer_once(page)
        expect(page.locator("#pending")).to_be_empty()
    expect(page.locator("#pending")).to_be_empty()
    if page.locator("#finish").is_visible():
        finish(page)
    expect(page.locator(".result-actions a")).to_have_count(4)
