"""The texts of the demo's pages."""

import re

import pytest

from app.cases.drafting import LONGEST_PROSPECTS
from app.cases.models import Case, CaseStage
from app.core.text import slugify, word_count
from app.seed import pages_en, pages_fa, pages_rare, past_en, past_fa
from app.seed.parts import Ending, News, Page
from app.stories.models import Story
from app.updates.citations import url_of
from app.updates.models import Outcome, Update
from app.updates.states import SUCCESSES, Code

MODULES = (pages_en, pages_fa, pages_rare, past_en, past_fa)
PAGES = [page for module in MODULES for page in vars(module).values() if isinstance(page, Page)]
NEWS = [news for module in MODULES for told in vars(module).values() if isinstance(told, tuple) for news in told]
ENDINGS = [ending for module in MODULES for ending in vars(module).values() if isinstance(ending, Ending)]


def longest(table):
    return {column.name: column.type.length for column in table.columns if hasattr(column.type, "length")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_a_page_is_as_long_as_a_page_should_be_and_fits(page):
    if page is not pages_en.DEPOT:  # a draft
        assert 250 <= word_count(page.story) <= 500
    columns = longest(Case.__table__)
    written = {**vars(page.parties), "title": page.title, "summary": page.summary, "costs_note": page.costs.note}
    assert [name for name, words in written.items() if isinstance(words, str) and len(words) > columns[name]] == []
    assert word_count(page.prospects.note) <= LONGEST_PROSPECTS
    columns = longest(CaseStage.__table__)
    assert all(
        len(stage.title) <= columns["title"] and len(stage.reason) <= columns["reason"] for stage in page.raising
    )


def test_an_update_fits_and_is_worth_reading():
    assert len(NEWS) > 20 and all(isinstance(news, News) for news in NEWS)
    titles = [news.title for news in NEWS if news.title]
    assert max(map(len, titles)) <= longest(Update.__table__)["title"] and len(set(titles)) == len(titles)
    assert all(bool(news.title) == bool(news.body) for news in NEWS)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.code)
def test_an_outcome_and_its_story_fit(ending):
    columns = longest(Outcome.__table__)
    assert [name for name, words in vars(ending).items() if name in columns and len(words) > columns[name]] == []
    assert not ending.tells_story or ending.code in SUCCESSES
    if told := ending.told:
        assert ending.tells_story and told.days < ending.days
        columns = longest(Story.__table__)
        assert len(told.title) <= columns["title"] and len(told.lede) <= columns["lede"]
        assert 150 <= word_count(told.body) <= 400 and slugify(told.title)


def test_every_way_to_end_is_there():
    assert {ending.code for ending in ENDINGS} == set(Code)


@pytest.mark.parametrize("citation", [ending.citation for ending in ENDINGS if ending.citation])
def test_a_citation_is_read_and_beyond_the_numbers_of_real_ones(citation):
    dated = citation.replace("{year}", "2026")
    assert url_of(dated) and int(re.search(r" (\d+) \(", dated)[1]) > 9000


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


PERSIAN = re.compile("[آ-ی]")


def told_in_persian():
    """Every Persian sentence of updates, outcomes and stories."""
    words = [word for news in NEWS for word in (news.title, news.body, news.corrected)]
    words += [word for ending in ENDINGS for word in vars(ending).values() if isinstance(word, str)]
    words += [word for ending in ENDINGS if (told := ending.told) for word in (told.title, told.lede, told.body)]
    return [word for word in words if PERSIAN.search(word)]


def test_what_was_told_in_persian_is_spelt_as_the_glossary_says():
    assert len(told_in_persian()) > 15
    for said in told_in_persian():
        for wrong in (ARABIC, HALF_SPACE_ASTRAY, LATIN_DIGIT, BOOKISH):
            assert wrong.findall(said) == []


def test_the_spelling_check_finds_what_is_wrong():
    assert ARABIC.search("يك") and HALF_SPACE_ASTRAY.search("می‌ شود") and BOOKISH.search("آماده می‌باشد")
