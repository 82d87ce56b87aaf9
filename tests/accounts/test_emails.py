"""Letters about accounts: what each says, in both languages, and when it is not sent."""

import pytest
from sqlalchemy import select

from app.accounts import by_letter, second_factor, service
from app.accounts.models import OneTimeLink
from app.core.clock import real_now
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from tests.accounts import letters

PASSWORD = "correct horse"
WHATS = ["on", "replaced", "off", "renewed", "recovered", "key_added", "key_removed", "key_copied"]
LANGS = ["en", "fa"]


@pytest.fixture
def user(db):
    return service.register("nasrin@example.org", "zqnamezq", PASSWORD)


def letter(db, name, lang="en"):
    """The only letter of this name, as it is written now."""
    letters.work()
    row = db.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == name)).one()
    return render(row.name, lang, row.facts)


ASKED = {
    "accounts.confirm": (lambda user: by_letter.ask_to_move(user, "new@example.org"), "/account/confirm/"),
    "accounts.already_registered": (lambda user: by_letter.tell_known(user.email), "/account/reset/"),
    "accounts.reset": (lambda user: by_letter.send_reset(user.id), "/account/reset/"),
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ASKED)
def test_a_letter_with_a_link_leads_there_in_its_language_and_names_nobody(db, user, name, lang):
    ask, path = ASKED[name]
    ask(user)
    written = letter(db, name, lang)
    prefix = "" if lang == "en" else "/fa"
    link = f"https://localhost{prefix}{path}{by_letter.token_of(db.session.scalars(select(OneTimeLink)).one())}"
    assert written.html.count(f'href="{link}"') == 1 and link in written.text
    assert "zqnamezq" not in written.subject + written.text + written.html


@pytest.mark.parametrize("name", ASKED)
def test_a_letter_whose_link_works_no_more_is_not_sent(db, user, name):
    ASKED[name][0](user)
    letters.work()
    link = db.session.scalars(select(OneTimeLink)).one()
    link.expires_at = real_now()
    assert letter(db, name) is None
    link.expires_at, link.used_at = real_now().replace(year=2100), real_now()
    assert letter(db, name) is None
    link.used_at = None
    service.disable(user)
    assert letter(db, name) is None


def test_a_first_letter_says_something_else_than_one_to_a_new_address(db, user):
    by_letter.sign_up("other@example.org", "Nadia", "hash", "en")
    first = letter(db, "accounts.confirm")
    assert "made an account" in first.text and "24 hours" in first.text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("is_old", [True, False])
def test_both_addresses_are_told_of_a_move(db, user, is_old, lang):
    written = render("accounts.email_changed", lang, {"user": user.id, "is_old": is_old})
    assert ("/contact" in written.text) == is_old and "new@" not in written.text


@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_change_of_the_second_factor_has_its_own_words(db, user, what, lang):
    written = render("accounts.second_factor", lang, {"user": user.id, "what": what})
    others = {
        render("accounts.second_factor", lang, {"user": user.id, "what": other}).subject
        for other in WHATS
        if other != what
    }
    assert written.subject and written.subject not in others and len(written.text.splitlines()) > 5


def test_a_letter_about_a_used_recovery_code_counts_those_left(db, user):
    second_factor.begin(user)
    user.totp_secret = second_factor.pending(user)
    code = second_factor.renew(user)[0]
    second_factor.use_recovery_code(user, code)
    db.session.flush()
    assert "9 are left" in render("accounts.second_factor", "en", {"user": user.id, "what": "recovered"}).text
