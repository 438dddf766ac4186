"""The texts of the page: the same in both languages, all used, none missing."""

from __future__ import annotations

import re

import pytest

from suwen.app.pages import LANGUAGES, WEB, load_words

WORDS = load_words(WEB)
SOURCES = [*(WEB / "templates").glob("*.html"), *(WEB / "static").glob("*.js")]
TEXT = "\n".join(path.read_text("utf-8") for path in SOURCES)
# Keys that are put together at run time: the part before the `${…}`.
COMPOSED = set(re.findall(r"t\(`([\w.]+\.)\$\{", TEXT))


def test_both_languages_have_the_same_keys() -> None:
    zh, en = (set(WORDS[lang]) for lang in LANGUAGES)
    assert zh ^ en == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty(lang: str) -> None:
    assert [key for key, text in WORDS[lang].items() if not text.strip()] == []


def test_placeholders_agree_between_the_languages() -> None:
    def names(lang: str, key: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", WORDS[lang][key]))

    assert [key for key in WORDS["zh"] if names("zh", key) != names("en", key)] == []


def test_every_key_that_is_asked_for_exists() -> None:
    asked = set(re.findall(r"""\bt\(\s*["']([\w.]+)["']""", TEXT))
    assert len(asked) > 50
    assert asked - set(WORDS["zh"]) == set()


def test_every_key_is_asked_for() -> None:
    def is_used(key: str) -> bool:
        return f'"{key}"' in TEXT or f"'{key}'" in TEXT or any(key.startswith(prefix) for prefix in COMPOSED)

    assert [key for key in WORDS["zh"] if not is_used(key)] == []


def test_every_icon_that_is_asked_for_exists() -> None:
    drawn = set(re.findall(r'id="i-(\w+)"', TEXT))
    asked = set(re.findall(r'icon\("(\w+)"\)', TEXT)) | set(re.findall(r'href="#i-(\w+)"', TEXT))
    assert asked - drawn == set()


def test_nothing_is_written_as_markup_or_inline() -> None:
    scripts = "\n".join(path.read_text("utf-8") for path in SOURCES if path.suffix == ".js")
    pages = "\n".join(path.read_text("utf-8") for path in SOURCES if path.suffix == ".html")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", scripts) == []
    assert re.findall(r"\sstyle=|\son\w+=|javascript:", pages) == []
