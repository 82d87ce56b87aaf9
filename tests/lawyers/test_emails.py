"""Letters about verification."""

import pytest

from app.lawyers import queries, service
from app.mail.outbox import render
from tests.people import dara, kian, leila, mina

LANGS = ["en", "fa"]


@pytest.mark.parametrize("lang", LANGS)
def test_who_applied_is_told_that_it_arrived(db, lang):
    written = render("lawyers.applied", lang, {"lawyer": kian().id})
    assert "/lawyers/application" in written.text and f'lang="{lang}"' in written.html


@pytest.mark.parametrize("lang", LANGS)
def test_who_is_verified_reads_what_was_checked(db, lang):
    lawyer = leila()
    written = render("lawyers.verified", lang, {"lawyer": lawyer.id})
    assert written.text.count("SRA register") == written.html.count("SRA register") == 3
    assert "/lawyers/start" in written.text


def test_who_is_verified_and_has_no_codes_is_led_to_set_them_up(db):
    lawyer = leila()
    lawyer.user.totp_secret = None
    written = render("lawyers.verified", "en", {"lawyer": lawyer.id})
    assert "/account/second-factor/set-up" in written.text and "/lawyers/start" not in written.text


@pytest.mark.parametrize("lang", LANGS)
def test_who_is_turned_down_reads_why(db, lang):
    lawyer = kian()
    for member in (mina(), dara()):
        service.decline(lawyer, member, "Line one.\n\nLine <two>.")
    written = render("lawyers.declined", lang, {"lawyer": lawyer.id})
    assert "Line one." in written.text and "Line &lt;two&gt;." in written.html


def test_a_letter_that_is_no_longer_true_is_not_sent(db):
    lawyer, other = leila(), kian()
    assert render("lawyers.applied", "en", {"lawyer": lawyer.id}) is None
    assert render("lawyers.verified", "en", {"lawyer": other.id}) is None
    assert render("lawyers.declined", "en", {"lawyer": other.id}) is None
    assert queries.waiting() == [other]
