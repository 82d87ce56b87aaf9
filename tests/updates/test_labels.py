"""An outcome's headline is built from its code, in both languages, and from nothing that anybody can write."""

from datetime import date

import pytest

from app.i18n.locale import using_language
from app.updates.labels import OUTCOME_TAGS, OUTCOMES, headline
from app.updates.states import DECIDED, SUCCESSES, Code

DAY = date(2027, 3, 3)
SAID = {"court": "The High Court", "who": "the readers", "decided_on": DAY}


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context("/"):
        yield


def plain(code, kind="litigation", **values):
    return headline(code, kind, **{**SAID, **values}, markup=False)


def test_every_code_has_a_name_a_tag_and_a_headline():
    for code in Code:
        assert OUTCOMES[code] and OUTCOME_TAGS[code] and plain(code)


def test_the_headline_of_a_loss_reads_as_in_the_glossary():
    assert plain("lost") == "Lost. The High Court dismissed the claim on 3 March 2027."


def test_only_a_win_says_won():
    words = {code: plain(code).lower() for code in Code}
    assert [code for code, said in words.items() if "won" in said] == [Code.WON, Code.PARTLY_WON]
    assert not any("won" in str(OUTCOMES[code]).lower() for code in Code if code not in (Code.WON, Code.PARTLY_WON))


def test_no_word_of_the_lawyers_can_turn_a_loss_into_a_win():
    said = plain("lost", court="Won. The High Court", who="the winner")
    assert said.startswith("Lost. ") and OUTCOME_TAGS[Code.LOST][0] != "green"


def test_whoever_has_no_claim_is_not_told_that_it_was_dismissed():
    for kind in ("defence", "intervention", "inquest", "law_reform", "advice"):
        assert plain("lost", kind) == "Lost. The High Court decided against the readers on 3 March 2027."


def test_the_court_is_named_where_one_decided_and_only_there():
    for code in Code:
        assert ("The High Court" in plain(code)) == (code in DECIDED)


def test_what_was_typed_cannot_become_markup_in_a_headline():
    said = headline("won", "litigation", court="<b>The</b>", who="a & b", decided_on=DAY)
    assert "<bdi>&lt;b&gt;The&lt;/b&gt;</bdi>" in said and "<bdi>a &amp; b</bdi>" in said
    assert "<b>The</b>" in headline("won", "litigation", court="<b>The</b>", who="", decided_on=DAY, markup=False)


def test_a_persian_reader_gets_persian_figures():
    with using_language("fa"):
        said = plain("lost")
    assert "۲۰۲۷" in said and "2027" not in said


def test_green_is_for_successes_only():
    assert {code for code, (colour, _icon) in OUTCOME_TAGS.items() if colour == "green"} == set(SUCCESSES)
