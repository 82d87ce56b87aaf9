"""Invitations: one letter and one link a person, which opens for that person only, until it ends or runs out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.cases import access, invitations, publishing
from app.cases.invitations import BadAddress, NoAddresses, NotTheirs, TooManyAddresses
from app.cases.models import Case, CaseGrant
from app.core import clock
from app.core.errors import NotFound
from app.database import db as database
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from tests.cases import stages
from tests.people import browser_of, leila, omid, sara
from tests.support.forms import send

TWO = ["ada@example.org", "omid@example.org"]
TITLE = "The family from the harbour"


@pytest.fixture
def case(db):
    return stages.live_private(title=TITLE)[0]


@pytest.fixture
def invited(app):
    """Slug of a live private case, and the token of Omid's invitation to it."""
    with app.app_context():
        case, _link = stages.live_private(title=TITLE)
        (grant,) = invitations.invite(case, ["omid@example.org"], "en")
        token = invitations.token_of(grant)
        database.session.commit()
        return case.slug, token


def change(app, **values):
    with app.app_context():
        grant = database.session.scalars(select(CaseGrant).where(CaseGrant.kind == "invitation")).one()
        for name, value in values.items():
            setattr(grant, name, value)
        database.session.commit()


def letters():
    return list(database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == "cases.invited")))


# ---------------------------------------------------------------- who is invited
def test_addresses_are_read_one_a_line_each_once():
    assert invitations.read_addresses(" Ada@Example.org\n\nomid@example.org \nada@example.org") == TWO


@pytest.mark.parametrize(
    ("written", "error"),
    [
        (" \n ", NoAddresses),
        ("ada@example.org\nnot an address", BadAddress),
        ("ada@example.org, omid@example.org", BadAddress),
        ("\n".join(f"{n}@example.org" for n in range(51)), TooManyAddresses),
    ],
)
def test_a_list_with_something_wrong_is_refused_whole(written, error):
    with pytest.raises(error):
        invitations.read_addresses(written)


def test_everybody_gets_one_letter_though_the_list_is_sent_twice(case):
    assert len(invitations.invite(case, TWO, "en")) == 2
    assert invitations.invite(case, TWO, "en") == []
    assert sorted(letter.to for letter in letters()) == TWO


def test_who_was_ended_can_be_invited_again_with_another_link(case):
    (first,) = invitations.invite(case, TWO[:1], "en")
    invitations.revoke(case, first.id)
    (second,) = invitations.invite(case, TWO[:1], "en")
    assert invitations.token_of(second) != invitations.token_of(first) and len(letters()) == 2


def test_public_pages_invite_nobody(db):
    with pytest.raises(publishing.NoLinks):
        invitations.invite(stages.live(), TWO, "en")


def test_the_token_stands_nowhere_and_the_letter_tells_of_no_case(case):
    (grant,) = invitations.invite(case, TWO[:1], "en")
    token = invitations.token_of(grant)
    assert token not in repr(letters()[0].facts) and grant.token_hash != token and len(token) == 32
    for lang in ("en", "fa"):
        said = render("cases.invited", lang, {"grant": grant.id})
        assert token in said.text and token in said.html
        assert TITLE not in said.subject + said.text + said.html and case.public_id not in said.text


def test_a_letter_about_an_ended_invitation_is_not_sent(case):
    (grant,) = invitations.invite(case, TWO[:1], "en")
    assert invitations.revoke(case, grant.id) and not invitations.revoke(case, grant.id)
    assert render("cases.invited", "en", {"grant": grant.id}) is None


# ---------------------------------------------------------------- using one
def test_an_invitation_opens_for_its_address_any_number_of_times(case):
    (grant,) = invitations.invite(case, TWO[1:], "en")
    token = invitations.token_of(grant)
    assert invitations.standing(grant) == "sent"
    assert invitations.accept(token, " Omid@example.org ") is grant
    assert invitations.accept(token, "", signed_in_as="omid@example.org") is grant
    assert invitations.standing(grant) == "opened"


@pytest.mark.parametrize("typed", ["sara@example.org", "", "%"])
def test_it_opens_for_nobody_else(case, typed):
    (grant,) = invitations.invite(case, TWO[1:], "en")
    with pytest.raises(NotTheirs):
        invitations.accept(invitations.token_of(grant), typed, signed_in_as="sara@example.org")
    assert grant.opened_at is None


@pytest.mark.parametrize("values", [{"revoked_at": clock.now()}, {"expires_at": clock.real_now()}])
def test_one_that_ended_or_ran_out_opens_nothing(case, values):
    (grant,) = invitations.invite(case, TWO[1:], "en")
    for name, value in values.items():
        setattr(grant, name, value)
    database.session.flush()
    with pytest.raises(NotFound):
        invitations.accept(invitations.token_of(grant), "omid@example.org")


def test_an_invitation_is_no_link_and_a_link_no_invitation(db):
    case, link = stages.live_private()
    (grant,) = invitations.invite(case, TWO[:1], "en")
    with pytest.raises(NotFound):
        access.grant_of_link(invitations.token_of(grant))
    with pytest.raises(NotFound):
        access.grant_of_invitation(link)
    publishing.revoke_link(case, grant.id)
    assert invitations.is_working(grant)


# ---------------------------------------------------------------- the visitor's page
@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_opening_the_letters_link_asks_first_and_says_nothing(app, client, invited, prefix):
    slug, token = invited
    page = client.get(f"{prefix}/p/invited/{token}")
    assert page.status_code == 200 and TITLE not in page.text and "omid@" not in page.text and slug not in page.text
    assert page.headers["Cache-Control"] == "no-store" and page.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert client.get(f"/cases/{slug}").status_code == 404


def test_the_right_address_opens_the_page(client, invited):
    slug, token = invited
    answer = send(client, f"/p/invited/{token}", email="omid@example.org")
    assert (answer.status_code, answer.location) == (303, f"/cases/{slug}")
    assert TITLE in client.get(answer.location).text


def test_another_address_is_told_so_and_ten_wrong_ones_are_enough(client, invited):
    slug, token = invited
    for n in range(10):
        answer = send(client, f"/p/invited/{token}", email=f"{n}@example.org")
        assert answer.status_code == 400 and TITLE not in answer.text
    assert send(client, f"/p/invited/{token}", email="omid@example.org").status_code == 429
    other = {"REMOTE_ADDR": "203.0.113.9"}
    client.environ_base |= other
    assert send(client, f"/p/invited/{token}", email="omid@example.org").status_code == 303
    assert client.get(f"/cases/{slug}").status_code == 200


def test_who_says_no_address_is_asked_for_one(client, invited):
    answer = send(client, f"/p/invited/{invited[1]}", email=" ")
    assert answer.status_code == 400 and "Enter your email address." in answer.text


def test_who_is_signed_in_with_the_address_only_presses_the_button(app, invited):
    slug, token = invited
    browser = browser_of(app, omid)
    assert 'name="email"' not in browser.get(f"/p/invited/{token}").text
    assert send(browser, f"/p/invited/{token}").location == f"/cases/{slug}"
    assert 'name="email"' in browser_of(app, sara).get(f"/p/invited/{token}").text


@pytest.mark.parametrize("values", [{"revoked_at": clock.now()}, {"expires_at": clock.real_now() - timedelta(1)}])
def test_what_came_by_an_invitation_ends_with_it(app, client, invited, values):
    slug, token = invited
    send(client, f"/p/invited/{token}", email="omid@example.org")
    assert client.get(f"/cases/{slug}").status_code == 200
    change(app, **values)
    assert client.get(f"/cases/{slug}").status_code == 404
    assert client.get(f"/p/invited/{token}").status_code == 404


# ---------------------------------------------------------------- the lawyer's page
def desk(app):
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        return f"/dashboard/cases/{case.public_id}/invitations"


def test_the_lawyer_invites_sees_and_ends(app, invited):
    browser, path = browser_of(app, leila), desk(app)
    answer = send(browser, path, addresses="ada@example.org\nomid@example.org", lang="fa")
    assert answer.status_code == 303
    page = browser.get(path).text
    assert "ada@example.org" in page and "omid@example.org" in page and "sent no second one" in page
    with app.app_context():
        grant = database.session.scalars(select(CaseGrant).where(CaseGrant.email == "ada@example.org")).one()
        assert grant.lang == "fa"
    assert send(browser, f"{path}/{grant.id}/revoke").status_code == 303
    assert "Ended" in browser.get(path).text


def test_a_bad_line_is_named_and_the_list_kept(app, invited):
    browser, path = browser_of(app, leila), desk(app)
    answer = send(browser, path, addresses="ada@example.org\noops", lang="en")
    assert answer.status_code == 400 and "Line 2" in answer.text and "ada@example.org" in answer.text
    with app.app_context():
        assert len(letters()) == 1
