"""Joining, confirming, resetting and moving: what a link in a letter does, once and for a while."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import by_letter, queries, second_factor, service
from app.accounts.models import OneTimeLink, User
from app.audit.models import AuditEntry
from app.core import ids
from app.core.clock import real_now
from app.database import db as database
from app.jobs.models import Job
from app.mail.models import OutgoingLetter
from tests.accounts.letters import work

PASSWORD = "correct horse"
HASH = "a hash"


def nasrin():
    return service.register("nasrin@example.org", "Nasrin", PASSWORD)


def sign_up(email="nasrin@example.org", **more):
    by_letter.sign_up(email, "Nasrin", HASH, "fa", **more)


def letters(to=None):
    """Names of the letters, or of those to one address, in order."""
    work()
    rows = database.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id)).all()
    return [row.name for row in rows if to in (None, row.to)]


def token(kind):
    """The token of the latest link of this kind."""
    work()
    latest = select(OneTimeLink).where(OneTimeLink.kind == kind).order_by(OneTimeLink.id.desc())
    return by_letter.token_of(database.session.scalars(latest).first())


def age(**by):
    """Let every link have been made so long ago."""
    for link in database.session.scalars(select(OneTimeLink)):
        link.expires_at -= timedelta(**by)
    database.session.flush()


# ---------------------------------------------------------------- joining
def test_who_joins_gets_an_account_that_waits_and_a_letter(db):
    sign_up("Nasrin@Example.org")
    user = queries.by_email("nasrin@example.org")
    assert (user.name, user.lang, user.is_confirmed) == ("Nasrin", "fa", False)
    assert letters("nasrin@example.org") == ["accounts.confirm"]


def test_the_owner_of_a_known_address_is_told_and_nothing_else_happens(db):
    user = nasrin()
    sign_up()
    assert letters("nasrin@example.org") == ["accounts.already_registered"]
    assert user.password_hash != HASH and len(db.session.scalars(select(User)).all()) == 1


def test_a_known_address_that_got_letters_lately_gets_no_more(db):
    nasrin()
    sign_up(may_write=False)
    assert letters() == []


def test_a_closed_account_is_told_nothing(db):
    service.disable(nasrin())
    sign_up()
    by_letter.ask_reset("nasrin@example.org")
    assert letters() == []


def test_twenty_people_joining_with_one_address_make_one_account(app):
    def join(_: int) -> None:
        with app.app_context():
            sign_up()
            database.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(join, range(20)))
    with app.app_context():
        assert len(database.session.scalars(select(User)).all()) == 1
        assert letters().count("accounts.confirm") == 1 and len(letters()) == 20


def test_an_operator_vouches_for_the_address(db):
    assert nasrin().is_confirmed


# ---------------------------------------------------------------- confirming
def test_pressing_the_button_confirms_and_pressing_again_is_quiet(db):
    sign_up()
    for _ in range(2):
        assert by_letter.confirm(token("confirm")).is_confirmed
    db.session.flush()
    done = db.session.scalars(select(AuditEntry.action)).all()
    assert done.count("account.confirmed") == 1


def test_the_database_holds_no_token_that_would_open_anything(db):
    sign_up()
    work()
    link = db.session.scalars(select(OneTimeLink)).one()
    assert link.token_hash == ids.hash_token(token("confirm"))
    for stored in (link.token_hash, link.seed):
        with pytest.raises(by_letter.LinkEnded):
            by_letter.find(stored, by_letter.CONFIRMING)


def test_a_link_to_confirm_works_for_a_day_of_real_time(db, clock):
    sign_up()
    clock.move(90 * 86_400)
    assert by_letter.find(token("confirm"), by_letter.CONFIRMING)
    age(hours=24)
    with pytest.raises(by_letter.LinkEnded):
        by_letter.confirm(token("confirm"))


@pytest.mark.parametrize("wrong", ["", "x", "a" * 32, "A" * 64])
def test_what_is_no_token_opens_nothing(db, wrong):
    sign_up()
    for kinds in (by_letter.CONFIRMING, by_letter.RESETTING):
        with pytest.raises(by_letter.LinkEnded):
            by_letter.find(wrong, kinds)


def test_a_link_for_one_thing_is_none_for_another(db):
    sign_up()
    with pytest.raises(by_letter.LinkEnded):
        by_letter.reset(token("confirm"), HASH)
    by_letter.send_reset(queries.by_email("nasrin@example.org").id)
    with pytest.raises(by_letter.LinkEnded):
        by_letter.confirm(token("reset"))


def test_the_letter_can_be_sent_again_until_the_address_is_confirmed(db):
    sign_up()
    first, user = token("confirm"), queries.by_email("nasrin@example.org")
    by_letter.send_confirmation(user)
    assert letters() == ["accounts.confirm"] * 2 and token("confirm") != first
    by_letter.confirm(first)
    by_letter.send_confirmation(user)
    assert len(letters()) == 2


def test_a_disabled_account_is_confirmed_by_nobody(db):
    sign_up()
    service.disable(queries.by_email("nasrin@example.org"))
    with pytest.raises(by_letter.LinkEnded):
        by_letter.confirm(token("confirm"))


# ---------------------------------------------------------------- a new password
def test_a_request_looks_the_same_whether_or_not_the_address_is_known(db):
    user = nasrin()
    for email in ("nasrin@example.org", "never@example.org"):
        by_letter.ask_reset(email)
    jobs = db.session.scalars(select(Job).order_by(Job.id)).all()
    assert [(job.name, job.args) for job in jobs] == [
        ("accounts.reset", {"user": user.id}),
        ("accounts.reset", {"user": 0}),
    ]
    assert letters() == []


def test_a_new_password_ends_every_sign_in_and_tells_the_owner(db):
    user = nasrin()
    signed_in = [service.sign_in(user), service.sign_in(user)]
    by_letter.send_reset(user.id)
    by_letter.reset(token("reset"), HASH)
    assert user.password_hash == HASH and not any(map(queries.identity, signed_in))
    assert letters() == ["accounts.reset", "accounts.password_changed"]


def test_a_link_to_a_new_password_works_once(db):
    user = nasrin()
    by_letter.send_reset(user.id)
    by_letter.reset(token("reset"), HASH)
    with pytest.raises(by_letter.LinkEnded):
        by_letter.reset(token("reset"), "another")
    assert user.password_hash == HASH


def test_a_link_to_a_new_password_works_for_fifteen_minutes_of_real_time(db, clock):
    user = nasrin()
    by_letter.send_reset(user.id)
    clock.move(3600)
    link = by_letter.find(token("reset"), by_letter.RESETTING)
    assert link.expires_at - link.created_at == timedelta(minutes=15)
    age(minutes=15)
    with pytest.raises(by_letter.LinkEnded):
        by_letter.reset(token("reset"), HASH)


def test_a_new_password_ends_all_other_links(db):
    user = nasrin()
    by_letter.ask_to_move(user, "other@example.org")
    for _ in range(2):
        by_letter.send_reset(user.id)
    older = db.session.scalars(select(OneTimeLink).where(OneTimeLink.kind == "reset")).first()
    by_letter.reset(token("reset"), HASH)
    with pytest.raises(by_letter.LinkEnded):
        by_letter.reset(by_letter.token_of(older), "another")
    with pytest.raises(by_letter.LinkEnded):
        by_letter.confirm(token("change"))


def test_twenty_presses_of_one_link_change_the_password_once(app):
    with app.app_context():
        by_letter.send_reset(nasrin().id)
        database.session.commit()
        mine = token("reset")

    def press(n: int) -> bool:
        with app.app_context():
            try:
                by_letter.reset(mine, f"hash {n}")
            except by_letter.LinkEnded:
                return False
            database.session.commit()
            return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(press, range(20))).count(True) == 1
    with app.app_context():
        assert letters().count("accounts.password_changed") == 1


def test_a_new_password_leaves_the_second_factor_as_it_is(db):
    user = nasrin()
    service.turn_on_second_factor(user)
    secret = user.totp_secret
    by_letter.send_reset(user.id)
    by_letter.reset(token("reset"), HASH)
    assert user.totp_secret == secret


def test_who_resets_has_shown_that_letters_reach_them(db):
    """Somebody else joined with their address; the owner takes the account over, and what was begun there ends."""
    sign_up()
    user = queries.by_email("nasrin@example.org")
    theirs = service.sign_in(user)
    sign_up()
    by_letter.reset(token("known"), "the owner’s")
    assert user.is_confirmed and user.password_hash == "the owner’s" and queries.identity(theirs) is None


def test_nobody_locks_an_address_away_that_they_have_not_confirmed(db):
    sign_up()
    with pytest.raises(second_factor.NotConfirmed):
        second_factor.begin(queries.by_email("nasrin@example.org"))


def test_a_link_sent_to_an_address_that_was_left_resets_nothing(db):
    user = nasrin()
    by_letter.send_reset(user.id)
    user.email = "other@example.org"
    with pytest.raises(by_letter.LinkEnded):
        by_letter.reset(token("reset"), HASH)


# ---------------------------------------------------------------- another address
def test_a_new_address_counts_once_it_is_confirmed_and_both_are_told(db):
    user = nasrin()
    by_letter.ask_to_move(user, "New@Example.org")
    assert user.email == "nasrin@example.org" and queries.wanted_address(user) == "new@example.org"
    assert letters("new@example.org") == ["accounts.confirm"]
    by_letter.confirm(token("change"))
    assert user.email == "new@example.org" and queries.wanted_address(user) is None
    assert letters("nasrin@example.org") == ["accounts.email_changed"]
    assert letters("new@example.org") == ["accounts.confirm", "accounts.email_changed"]


def test_an_address_that_has_an_account_is_told_and_the_asker_sees_no_difference(db):
    user, _other = nasrin(), service.register("omid@example.org", "Omid", PASSWORD)
    by_letter.ask_to_move(user, "omid@example.org")
    assert letters() == ["accounts.already_registered"] and queries.wanted_address(user) == "omid@example.org"


def test_the_own_address_again_changes_nothing(db):
    user = nasrin()
    by_letter.ask_to_move(user, "NASRIN@example.org")
    assert letters() == [] and queries.wanted_address(user) is None


def test_an_address_that_was_taken_meanwhile_is_refused(db):
    user = nasrin()
    by_letter.ask_to_move(user, "new@example.org")
    service.register("new@example.org", "Somebody", PASSWORD)
    with pytest.raises(by_letter.AddressTaken):
        by_letter.confirm(token("change"))


def test_who_mistyped_their_address_confirms_by_moving(db):
    sign_up("nasrin@exampel.org")
    user = queries.by_email("nasrin@exampel.org")
    by_letter.ask_to_move(user, "nasrin@example.org")
    wrong = token("confirm")
    by_letter.confirm(token("change"))
    assert user.is_confirmed and user.email == "nasrin@example.org"
    with pytest.raises(by_letter.LinkEnded):
        by_letter.confirm(wrong)


def test_a_link_that_nobody_was_sent_has_a_row_like_any_other(db):
    user, _other = nasrin(), service.register("omid@example.org", "Omid", PASSWORD)
    by_letter.ask_to_move(user, "omid@example.org")
    assert db.session.scalars(select(OneTimeLink).where(OneTimeLink.kind == "change")).one().expires_at > real_now()
