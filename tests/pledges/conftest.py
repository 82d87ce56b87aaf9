"""Cases to back, and a look at what backing them left behind."""

from datetime import timedelta

import pytest
from stripe import HTTPClient

from app.accounts.models import User
from app.accounts.service import register
from app.cases.models import Case, CaseGrant
from app.core.clock import now
from app.core.money import Money
from app.database import db as database
from app.lawyers.models import Lawyer
from app.mail.models import OutgoingLetter
from app.pledges.models import Pledge
from tests.pledges import money
from tests.support.forms import send

PASSWORD = "correct horse"


def open_case(app, slug, **values):
    """An open case with a target of £50, ten days before its deadline; its slug."""
    with app.app_context():
        lawyer = database.session.query(Lawyer).first() or _lawyer()
        known = {"state": "open", "title": "Clean water for the Wren", "target": Money(5000, "GBP")}
        moments = {"opened_at": now(), "deadline_at": now() + timedelta(days=10)}
        database.session.add(Case(slug=slug, lawyer_id=lawyer.id, **{**known, **moments, **values}))
        database.session.commit()
    return slug


def _lawyer():
    user = User(email="leila@example.org", name="Leila Farahani", password_hash="none")
    about = {"profession": "solicitor", "regulator": "SRA", "registration_number": "1", "firm": "Fenmoor Legal"}
    lawyer = Lawyer(user=user, slug="leila", town="Leeds", state="verified", **about)
    database.session.add(lawyer)
    database.session.flush()
    return lawyer


@pytest.fixture
def river(app):
    """Slug of an open public case."""
    return open_case(app, "river")


@pytest.fixture
def funded(app):
    """Slug of a public case that met its target and goes on raising."""
    return open_case(app, "funded", state="funded", funded_at=now())


@pytest.fixture
def private(app):
    """Slug of an open private case."""
    public_id = "0123456789abcdefghjk"
    return open_case(app, public_id, public_id=public_id, visibility="private", title="CANARY")


@pytest.fixture
def holder_of_private(app, private):
    """A browser that holds a right to the private case, and the case's slug."""
    with app.app_context():
        case = database.session.query(Case).filter_by(slug=private).one()
        grant = CaseGrant(case=case, kind="link")
        database.session.add(grant)
        database.session.commit()
        rights = {case.public_id: [grant.id, grant.version]}
    holder = app.test_client()
    with holder.session_transaction() as session:
        session["grants"] = rights
    return holder, private


@pytest.fixture
def signed_in(app, client):
    """A browser in which Sara is signed in, and her account."""
    with app.app_context():
        sara = register("sara@example.org", "Sara Moradi", PASSWORD)
        database.session.commit()
        database.session.refresh(sara)
        database.session.expunge(sara)
    assert send(client, "/account/sign-in", email=sara.email, password=PASSWORD).status_code == 303
    return client, sara


@pytest.fixture
def pledges(app):
    """`pledges()` gives every pledge as it is now, oldest first."""

    def all_of_them():
        with app.app_context():
            found = database.session.query(Pledge).order_by(Pledge.id).all()
            database.session.expunge_all()
            return found

    return all_of_them


@pytest.fixture
def letters(app):
    """`letters()` gives (name, facts) of every letter written down, oldest first."""

    def all_of_them():
        with app.app_context():
            return [(row.name, row.facts) for row in database.session.query(OutgoingLetter).order_by(OutgoingLetter.id)]

    return all_of_them


@pytest.fixture
def inside(app, clock):
    """The portal, with its application context open; its clock is put right at the end."""
    with app.app_context():
        yield app
        database.session.rollback()


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Stripe's library waits a moment before it asks again; not here."""
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0.02)


@pytest.fixture
def promises(inside, stripe):
    """`promises()` checks them now; at the end of the test they are checked anyway."""

    def check():
        money.check(stripe)

    yield check
    database.session.rollback()
    check()
