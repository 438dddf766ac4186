"""What a person does on the pages, named as they would say it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

COUGH = {"zh": "咳嗽三天了，有点流鼻涕", "en": "a cough and a runny nose for three days"}
CHEST = {"zh": "胸口压着疼,出冷汗,喘不上气", "en": "crushing chest pain with cold sweat and short of breath"}


def start(page: Page, complaint: str) -> None:
    """From the start page to the first question of a new consultation."""
    page.locator("#complaint").fill(complaint)
    page.locator("#start").click()
    page.wait_for_url("**/c/*")
    expect(my_words(page).first).to_contain_text(complaint)
    settled(page)


def settled(page: Page) -> None:
    """Waits until nothing is on its way and Suwen has asked something."""
    expect(page.locator("#pending")).to_be_empty()
    expect(page.locator("#thread .from-patient").first).to_be_visible()
    expect(page.locator("#question-card")).to_be_attached()


def my_words(page: Page) -> Locator:
    return page.locator("#thread .from-patient .bubble")


def questions(page: Page) -> Locator:
    return page.locator("#thread .kind-question .bubble")


def send(page: Page, text: str) -> None:
    page.locator("#draft").fill(text)
    page.locator("#draft").press("Enter")


def answer_once(page: Page) -> None:
    """Answers whatever is asked, by a tap where there is one and in words where not."""
    before = my_words(page).count()
    options = page.locator("#question-card button.option")
    if options.count():
        no = page.locator(
            '#question-card button.option[data-value="absent"]'
        )  # a yes may end it with an alarm
        (no if no.count() else options).first.click()
    elif page.locator("#question-card .option-check").count():
        page.locator("#question-card .option-check").first.click()
        page.locator("#question-card .several button").click()
    elif page.locator(".number-input").count():
        page.locator(".number-input").fill("3")
        page.locator(".number button").click()
    else:
        send(page, "没有" if page.locator("html").get_attribute("lang") == "zh-CN" else "no")
    expect(my_words(page)).to_have_count(before + 1)


def finish(page: Page) -> None:
    """Stops the questions and gets the answer."""
    page.locator("#finish").click()
    page.locator("#confirm-yes").click()
    expect(page.locator(".hero")).to_be_visible()


def open_panel(page: Page) -> None:
    if page.locator("#panel-open").is_visible():
        page.locator("#panel-open").click()
    expect(page.locator("#heard")).to_be_visible()
