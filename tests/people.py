"""The people of the tests, made by the services that make people, each once in a database.

The functions need an application context and leave the commit to the caller; `browser_of` does both itself.
"""

from collections.abc import Callable

import pyotp
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import User
from app.core.clock import real_now
from app.database import db
from app.lawyers import queries as lawyers
from app.lawyers import service as lawyers_service
from app.lawyers.models import Lawyer
from tests.support.forms import send

PASSWORD = "correct horse"


def omid() -> User:
    """A backer with an account."""
    return _account("Omid Rahimi")


def sara() -> User:
    """A stranger: an account that has nothing to do with anything."""
    return _account("Sara Moradi")


def mina() -> User:
    """Staff: a reviewer."""
    return _staff("Mina Sohrabi")


def dara() -> User:
    """Staff: another reviewer."""
    return _staff("Dara Lindqvist")


def nima() -> User:
    """Staff: an editor of stories."""
    return _staff("Nima Azad", "editor")


def roya() -> User:
    """Staff: looks after money, and after what failed."""
    return _staff("Roya Kent", "admin", "finance")


def kian() -> Lawyer:
    """A lawyer who applied and was not verified."""
    return _lawyer("Kian Daneshvar", "barrister", "Bar Standards Board", "B-20177", "Northgate Chambers", "York")


def leila() -> Lawyer:
    """A lawyer whom Mina and Dara verified."""
    lawyer = _lawyer(
        "Leila Farahani", "solicitor", "Solicitors Regulation Authority", "612345", "Fenmoor Legal", "Leeds"
    )
    return _verified(lawyer)


def babak() -> Lawyer:
    """Another lawyer whom they verified."""
    return _verified(
        _lawyer("Babak Rostami", "solicitor", "Solicitors Regulation Authority", "598761", "Ashgrove Law", "Hull")
    )


def staff(role: str) -> User:
    """Staff with one role only: Finance, Editor, Admin or Auditor by name."""
    return _staff(f"{role.title()} Member", role)


def _verified(lawyer: Lawyer) -> Lawyer:
    if not lawyer.was_verified:
        for kind in lawyers.CHECKS:
            for member in (mina(), dara()):
                lawyers_service.check(lawyer, kind, "SRA register", member)
        lawyers_service.verify(lawyer, mina(), dara())
    return lawyer


def _account(name: str, *, with_codes: bool = False) -> User:
    email = f"{name.split()[0].lower()}@example.org"
    user = accounts.by_email(email)
    if user is None:
        user = accounts_service.register(email, name, PASSWORD)
        if with_codes:
            accounts_service.turn_on_second_factor(user)
    return user


def _staff(name: str, *roles: str) -> User:
    user = _account(name, with_codes=True)
    for role in roles or ("reviewer",):
        accounts_service.give_role(user, role)
    return user


def _lawyer(name: str, *details: str) -> Lawyer:
    user = _account(name, with_codes=True)
    return lawyers.by_user(user.id) or lawyers_service.apply(user, *details)


# ---------------------------------------------------------------- signing in
def browser_of(app: Flask, who: Callable[[], User | Lawyer]) -> FlaskClient:
    """A browser in which `who` (one of the functions above) is signed in."""
    with app.app_context():
        person = who()
        user = person.user if isinstance(person, Lawyer) else person
        email = user.email
        db.session.commit()
    client = app.test_client()
    sign_in(client, email)
    return client


def sign_in(client: FlaskClient, email: str) -> None:
    """Type address and password of one of these people into the forms, and a one-time code where one is wanted."""
    answer = send(client, "/account/sign-in", email=email, password=PASSWORD)
    if "/second-factor" in answer.headers.get("Location", ""):
        with client.application.app_context():
            code = fresh_code(email)
        answer = send(client, answer.location, code=code)
    assert answer.status_code == 303, f"{email} could not sign in: {answer.status_code}"


def fresh_code(email: str) -> str:
    """The present one-time code; if it was used already, that is forgotten."""
    user = accounts.by_email(email)
    assert user is not None and user.totp_secret is not None
    step = int(real_now().timestamp()) // accounts_service.STEP_SECONDS
    if (user.totp_last_step or 0) >= step:
        user.totp_last_step = None
        db.session.commit()
    return pyotp.TOTP(user.totp_secret).generate_otp(step)
