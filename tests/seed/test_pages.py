"""The texts of the demo's pages."""

import re

import pytest

from app.cases.models import Case
from app.core.text import word_count
from app.seed import pages_en, pages_fa
from app.seed.parts import Page

PAGES = [page for module in (pages_en, pages_fa) for page in vars(module).values() if isinstance(page, Page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_a_page_is_as_long_as_a_page_should_be_and_fits(page):
    if page is not pages_en.DEPOT:  # a draft
        assert 250 <= word_count(page.story) <= 500
    columns = {column.name: column.type.length for column in Case.__table__.columns if hasattr(column.type, "length")}
    written = {**vars(page.parties), "title": page.title, "summary": page.summary, "costs_note": page.costs.note}
    assert [name for name, words in written.items() if len(words) > columns[name]] == []


ARABIC = re.compile("[\u064a\u0643\u0649\u06c0\u0640]")
HALF_SPACE_ASTRAY = re.compile("\u200c(?=[\\s.،؛:؟!»)]|$)|(?<=\\s)\u200c")
LATIN_DIGIT = re.compile(r"[0-9]")
BOOKISH = re.compile("می‌باشد|گردید|نمودن|جهتِ|!")


@pytest.mark.parametrize("page", [page for page in PAGES if page.lang == "fa"], ids=lambda page: page.title)
def test_persian_is_spelt_as_the_glossary_says(page):
    said = "\n".join((page.title, page.summary, page.story, page.costs.note, page.parties.relief_sought))
    for wrong in (ARABIC, HALF_SPACE_ASTRAY, LATIN_DIGIT, BOOKISH):
        assert wrong.findall(said.replace("Equality Act 2010", "")) == []
    assert said.count("این متن مشاورهٔ حقوقی نیست") == 1


def test_the_spelling_check_finds_what_is_wrong():
    assert ARABIC.search("يك") and HALF_SPACE_ASTRAY.search("می‌ شود") and BOOKISH.search("آماده می‌باشد")
