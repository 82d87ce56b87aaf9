"""Pledges that come to an account: claimed by its own confirmed address, or by a link to another one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import by_letter
from app.accounts import service as accounts
from app.accounts.models import OneTimeLink
from app.audit.models import AuditEntry
from app.core.money import Money
from app.database import db as database
from app.jobs import queue
from app.jobs.models import Job
from app.mail.models import OutgoingLetter
from app.pledges import claims
from app.pledges.models import Pledge
from app.pledges.states import PledgeState
from tests.cases import backed, stages
from tests.people import omid, sara

GUEST = "guest@example.org"
P = PledgeState


@pytest.fixture
def river(db):
    return stages.live(title="Clean water")


def owner_of(pledge):
    database.session.refresh(pledge)
    return pledge.user_id


def ask(user, email=GUEST, **more):
    """Ask for the pledges of an address; the token of the link that was made."""
    claims.ask(user, email, **more)
    link = database.session.scalars(select(OneTimeLink).order_by(OneTimeLink.id.desc())).first()
    return by_letter.token_of(link)


def sent():
    """Addresses of the letters that the job writes for what was asked last."""
    job = database.session.scalars(select(Job).where(Job.name == "pledges.send_claim").order_by(Job.id.desc())).first()
    queue.READERS["pledges.send_claim"](**job.args)
    return list(database.session.scalars(select(OutgoingLetter.to).where(OutgoingLetter.name == "pledges.claim")))


# ---------------------------------------------------------------- one's own address
def test_pledges_of_ones_own_confirmed_address_are_claimed_at_once(river):
    made = [backed.pledge(river, 25, email="omid@example.org"), backed.pledge(river, 10, email=GUEST)]
    assert claims.own_waiting(omid()) == 1 and claims.claim_own(omid()) == 1
    assert [owner_of(pledge) for pledge in made] == [omid().id, None]
    assert (claims.own_waiting(omid()), claims.claim_own(omid())) == (0, 0)


def test_an_address_that_is_not_confirmed_claims_nothing(river):
    pledge = backed.pledge(river, 25, email="omid@example.org")
    omid().confirmed_at = None
    assert claims.own_waiting(omid()) == 0
    with pytest.raises(claims.NotConfirmed):
        claims.claim_own(omid())
    assert owner_of(pledge) is None


def test_a_pledge_that_never_joined_is_not_claimed(river):
    """Anybody may type any address into the form; of an unfinished pledge no letter is sent."""
    started = backed.pledge(river, 25, P.STARTED, email="omid@example.org", pledged_at=None)
    assert claims.claim_own(omid()) == 0 and owner_of(started) is None


def test_a_claim_is_noted(river):
    backed.pledge(river, 25, email="omid@example.org")
    claims.claim_own(omid())
    claims.claim_own(omid())
    noted = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "pledges.claimed")).all()
    assert [(entry.actor_id, entry.details) for entry in noted] == [(omid().id, {"number": 1})]


# ---------------------------------------------------------------- another address
def test_the_link_in_the_letter_brings_the_pledges_of_its_address(river):
    pledge = backed.pledge(river, 25, email=GUEST)
    token = ask(sara(), "Guest@Example.org")
    assert sent() == [GUEST]
    assert claims.claim(token, sara()) == claims.Found(free=1, taken=0)
    assert owner_of(pledge) == sara().id


def test_asking_alone_moves_nothing(river):
    pledge = backed.pledge(river, 25, email=GUEST)
    ask(sara())
    sent()
    assert owner_of(pledge) is None


def test_a_link_works_for_the_account_that_asked_and_for_no_other(river):
    pledge = backed.pledge(river, 25, email=GUEST)
    token = ask(sara())
    for look in (claims.asked, claims.claim):
        with pytest.raises(claims.OtherAccount):
            look(token, omid())
    assert owner_of(pledge) is None and claims.claim(token, sara()).free == 1


def test_a_link_works_once_and_for_a_while(river):
    backed.pledge(river, 25, email=GUEST)
    first, late = ask(sara()), ask(sara())
    claims.claim(first, sara())
    link = by_letter.find(late, claims.KIND)
    link.expires_at -= timedelta(hours=25)
    database.session.flush()
    for token in (first, late, "x" * 32, by_letter.token_of(by_letter.make(sara(), "reset", "sara@example.org"))):
        with pytest.raises(by_letter.LinkEnded):
            claims.claim(token, sara())


def test_a_pledge_that_an_account_has_stays_with_it(river):
    pledge = backed.pledge(river, 25, email=GUEST)
    first, second = ask(omid()), ask(sara())
    claims.claim(first, omid())
    assert claims.claim(second, sara()) == claims.Found(free=0, taken=1)
    assert owner_of(pledge) == omid().id


@pytest.mark.parametrize("may_write", [True, False])
def test_an_address_without_pledges_or_with_enough_letters_gets_none(river, may_write):
    if not may_write:
        backed.pledge(river, 25, email=GUEST)
    ask(sara(), may_write=may_write)
    assert sent() == []


def test_whatever_there_is_the_same_is_written_down(river):
    """What takes as long and leaves the same rows tells nothing."""
    backed.pledge(river, 25, email=GUEST)
    for email in (GUEST, "nobody@example.org"):
        ask(sara(), email)
    jobs = database.session.scalars(select(Job).where(Job.name == "pledges.send_claim").order_by(Job.id)).all()
    assert [set(job.args) for job in jobs] == [{"link"}] * 2 and all(job.args["link"] for job in jobs)


def test_no_address_at_all_is_refused(river):
    with pytest.raises(accounts.BadEmail):
        claims.ask(sara(), "not an address")


def test_two_accounts_that_claim_at_once_share_nothing(app):
    with app.app_context():
        river = stages.live(title="Clean water")
        for _ in range(5):
            backed.pledge(river, 25, email=GUEST)
        tokens = [(user.id, ask(user)) for user in (omid(), sara())]
        database.session.commit()

    def claim(pair):
        with app.app_context():
            user = database.session.get(accounts.User, pair[0])
            got = claims.claim(pair[1], user).free
            database.session.commit()
            return got

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, tokens)) == [0, 5]
    with app.app_context():
        assert len(set(database.session.scalars(select(Pledge.user_id)))) == 1


# ---------------------------------------------------------------- what one has
def test_the_list_goes_on_below_the_last_and_shows_nobody_elses(river):
    mine = [backed.pledge(river, 10 + n, user_id=omid().id) for n in range(3)]
    backed.pledge(river, 99, user_id=sara().id)
    first = claims.of_user(omid().id, limit=2)
    rest = claims.of_user(omid().id, before=first[-1].public_id, limit=2)
    assert first + rest == mine[::-1]
    assert claims.of_user(omid().id, before="no such pledge", limit=2) == first


def test_what_was_paid_is_summed_by_currency(river):
    mine = {"user_id": omid().id, "tip": Money(150, "GBP")}
    for state in (P.COLLECTED, P.COLLECTED, P.PLEDGED, P.RELEASED):
        backed.pledge(river, 25, state, **mine)
    euros = {"amount": Money(700, "EUR"), "tip": Money.zero("EUR"), "state": P.COLLECTED}
    database.session.add(_copy(claims.of_user(omid().id)[0], form_key="in euros", **euros))
    database.session.flush()
    totals = [(sums.number, sums.contributions, sums.tips, sums.total) for sums in claims.paid(omid().id)]
    assert totals == [
        (1, Money(700, "EUR"), Money.zero("EUR"), Money(700, "EUR")),
        (2, Money(5000, "GBP"), Money(300, "GBP"), Money(5300, "GBP")),
    ]


def _copy(pledge, **values):
    kept = ("case_id", "user_id", "name", "email", "lang", "consent_text", "consent_hash", "terms_version")
    fields = {name: getattr(pledge, name) for name in (*kept, "consented_at")}
    return Pledge(**fields, **values)


def test_of_each_case_and_address_the_latest_standing_pledge_counts(river):
    other = stages.live(title="Another")
    mine = {"user_id": omid().id}
    backed.pledge(river, 10, **mine)
    latest = backed.pledge(river, 11, **mine)
    elsewhere = backed.pledge(river, 12, email=GUEST, **mine)
    backed.pledge(other, 13, P.RELEASED, **mine)
    assert claims.backed(omid().id) == [elsewhere, latest]
