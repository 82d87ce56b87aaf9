"""Finding by words, on both kinds of database."""

import pytest

from app.cases.models import Case
from app.cases.states import PUBLISHED, CaseState, Visibility
from app.lawyers.states import LawyerState
from app.search import queries
from app.search.models import SearchDocument, SearchWord
from app.stories import service as stories
from app.updates import outcomes
from tests.cases import stages
from tests.people import kian, leila, nima
from tests.support import corpora
from tests.updates import making

PERSIAN = "\u0622\u0628\u200c\u0647\u0627\u06cc \u067e\u0627\u06a9 \u0628\u0631\u0627\u06cc \u0648\u0646\u0644\u0648"


def test_a_case_is_found_by_every_part_of_its_page(found):
    stages.live(title="Clean water")
    for words in ("clean water", "thornley", "readers", "administrative leeds", "library card", "AC-2026-LDS-000117"):
        assert found(words) == ["Clean water"], words
    assert found("Government & civil liberties") == found("\u062f\u0648\u0644\u062a") == ["Clean water"]
    assert found("swimming") == []


def test_all_words_must_be_there(found):
    stages.live(title="Clean water for Wenlow")
    stages.live(title="Clean air")
    assert found("clean wenlow") == ["Clean water for Wenlow"] and found("air wenlow") == []


def test_english_words_are_found_by_their_stems(found):
    stages.live(title="Polluted rivers")
    assert found("river") == found("polluting") == found("RIVERS") == ["Polluted rivers"]


@pytest.mark.parametrize(
    "words",
    [
        "\u0622\u0628",
        "\u0627\u0653\u0628",  # madda apart
        "\u067e\u0627\u0643",  # Arabic kaf
        "\u0622\u0628\u200c\u0647\u0627\u064a \u067e\u0627\u06a9",  # Arabic yeh after a half-space
        "\u0622\u0628 \u0647\u0627\u06cc",
        "\u067e\u064e\u0627\u06a9",  # a vowel sign
    ],
)
def test_persian_is_found_however_it_is_typed(found, words):
    stages.live(title=PERSIAN)
    assert found(words) == [PERSIAN]


def test_a_match_in_the_title_comes_first_and_then_the_newest(found):
    stages.live(title="About water", story="A river. " * 40)
    stages.live(title="The river Wenlow")
    stages.live(title="About fish", story="A river. " * 40)
    assert found("river") == ["The river Wenlow", "About fish", "About water"]


def test_stories_and_lawyers_are_found_too(found):
    making.told(title="The pickers", lede="They kept their payslips.", body="Every one of them.")
    assert found("pickers") == ["The pickers"] and found("payslips") == ["The pickers"]
    assert found("Farahani", ["lawyer"]) == found("fenmoor", ["lawyer"]) == ["Leila Farahani"]
    assert found("Farahani", ["case"]) == ["Keep Thornley library open"]


def test_an_outcome_is_found_by_its_citation(found):
    making.concluded("lost", case=making.funded(title="Clean water"))
    assert found("[2027] EWHC 42 (Admin)") == ["Clean water"]


def test_only_cases_are_narrowed(found):
    stages.live(title="River one", area_slug="environment")
    stages.live(title="River two", area_slug="other")
    assert found("river", ["case"], Case.area.has(slug="other")) == ["River two"]


# ---------------------------------------------------------------- typing errors
def test_a_mistyped_word_is_mended_when_nothing_is_found(db, found):
    stages.live(title="Clean water for Wenlow")
    assert found("wenlwo") == found("claen wenlow") == ["Clean water for Wenlow"]
    assert queries.find("wenlwo").instead == "wenlow" and queries.find("wenlow").instead == ""


def test_a_mistyped_persian_word_is_mended(found):
    stages.live(title="\u06a9\u062a\u0627\u0628\u062e\u0627\u0646\u0647")
    assert found("\u06a9\u062a\u0627\u0628\u062e\u0646\u0647") == ["\u06a9\u062a\u0627\u0628\u062e\u0627\u0646\u0647"]


def test_what_is_found_is_not_mended(db, found):
    stages.live(title="Fishing rights")
    stages.live(title="Dishing it out")
    assert found("dishing") == ["Dishing it out"]


def test_a_word_of_what_nobody_may_find_is_not_offered(db, found):
    case = stages.live(title="Zanzibarian waters")
    assert found("zanzibarain") == ["Zanzibarian waters"]
    case.visibility = Visibility.PRIVATE
    assert found("zanzibarain") == [] and queries.find("zanzibarain").instead == ""


# ---------------------------------------------------------------- who may find what
def test_a_private_case_is_never_found_and_a_public_one_is(db, found):
    stages.live_private(title="Zqprivatezq")
    stages.draft(title="Zqdraftzq")
    stages.live(title="Zqpublicezq")
    assert found("zqprivatezq") == found("zqdraftzq") == [] and found("zqpublicezq") == ["Zqpublicezq"]
    assert found("thornley", ["case"]) == ["Zqpublicezq"]
    written = " ".join(f"{document.title} {document.body}" for document in db.session.query(SearchDocument))
    known = {word.word for word in db.session.query(SearchWord)}
    assert "zqprivatezq" not in written and not known & {"zqprivatezq", "zqdraftzq"} and "zqpublicezq" in written


@pytest.mark.parametrize("state", CaseState)
def test_a_case_is_found_while_it_is_published(db, found, state):
    stages.live(title="Clean water").state = state
    assert found("water") == (["Clean water"] if state in PUBLISHED else [])


def test_what_is_taken_back_is_gone_at_once_though_the_index_is_behind(db, found):
    case, story = stages.live(title="Clean water"), making.told(title="The pickers")
    assert found("water") and found("pickers")
    case.visibility = Visibility.PRIVATE
    stories.take_down(story, nima())
    leila().state = LawyerState.SUSPENDED
    db.session.flush()
    for words in ("water", "pickers", "farahani"):
        assert queries.find(words, ["story", "lawyer", "case"] if words != "farahani" else ["lawyer"]).hits == []


def test_a_story_goes_when_its_lawyer_takes_the_consent_back_and_comes_again(found):
    story = making.told(title="The pickers")
    outcomes.consent_to_story(story.outcome, False)
    assert found("pickers") == []
    outcomes.consent_to_story(story.outcome, True)
    assert found("pickers") == ["The pickers"]


def test_a_lawyer_without_a_badge_is_not_found(found):
    kian()
    assert found("daneshvar") == []


# ---------------------------------------------------------------- limits
def test_the_newest_are_ranked_when_there_are_too_many(db, found, monkeypatch):
    monkeypatch.setattr(queries, "MOST", 3)
    for n in range(6):
        stages.live(title=f"River {n}")
    assert set(found("river")) == {"River 3", "River 4", "River 5"}


@pytest.mark.parametrize(
    "junk",
    [
        *(
            "",
            " ",
            '"',
            "'",
            "*",
            "NEAR(",
            "AND",
            "OR NOT",
            "title:",
            "a -b",
            "river*",
            '"river',
            "(((",
            "\\",
            "%",
            "_",
        ),
        *("\0", "a\0b", "\ud800", "x" * 10_000, "river " * 3_000, "<script>", "' OR 1=1 --", "a & | ! b", "a:*", "::"),
        *("\u200f\u202e", "\U0001f600", "\u0627\u200c" * 500, "0x1e5", "1e5", "-1", "²", "a" * 41, "و", "the"),
    ],
)
def test_junk_is_borne(found, junk):
    stages.live(title="River")
    found(junk)


@pytest.mark.parametrize("family", ["bidi", "mail-header", "persian", "xss-html", "xss-url"])
def test_every_row_of_the_corpora_is_borne(db, found, family):
    stages.live(title="River")
    found("river")
    for row in corpora.rows(family):
        queries.find(row["text"])


def test_a_question_asks_the_database_as_often_however_many_match(db, found, queries_asked):
    counts = []
    for n in range(2):
        for m in range(3):
            stages.live(title=f"River {n} {m}")
        found("river")
        with queries_asked() as asked:
            queries.find("river")
        counts.append(len(asked))
    assert counts == [2, 2]
