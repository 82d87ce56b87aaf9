"""Operators' commands for staff."""

import re

import pyotp
import pytest
from sqlalchemy import select

from app.accounts import queries, service
from app.audit.models import AuditEntry
from app.database import db as database
from app.mail.models import OutgoingLetter


@pytest.fixture
def run(app):
    """Run ``flask …`` with a password on standard input."""
    runner = app.test_cli_runner()
    return lambda *args, password="correct horse": runner.invoke(args=args, input=f"{password}\n")


def add(run, *more, **options):
    return run(
        "staff", "add", "mina@example.org", "--name", "Mina", "--role", "admin", "--password-stdin", *more, **options
    )


def test_the_first_administrator_is_made_at_the_command_line(run, app):
    assert add(run).exit_code == 0
    with app.app_context():
        user = queries.by_email("mina@example.org")
        assert user.role_names == {"admin"}
        assert service.password_matches(user.password_hash, "correct horse")


def test_the_address_for_the_authenticator_app_is_shown_once(run, app):
    shown = re.search(r"otpauth://\S+", add(run).output)[0]
    with app.app_context():
        user = queries.by_email("mina@example.org")
        assert pyotp.parse_uri(shown).secret == user.totp_secret
        assert user.totp_secret not in run("staff", "list").output


def test_the_password_is_asked_for_twice_when_it_is_typed(run, app):
    words = ("staff", "add", "mina@example.org", "--name", "Mina", "--role", "reviewer")
    result = run(*words, password="correct horse\ncorrect horse")
    assert result.exit_code == 0 and "correct horse" not in result.output


def test_a_weak_password_makes_nobody(run, app):
    result = add(run, password="short")
    assert result.exit_code == 1 and "10 characters" in result.output
    with app.app_context():
        assert queries.by_email("mina@example.org") is None


def test_a_second_account_of_one_address_is_refused(run):
    add(run)
    result = add(run)
    assert result.exit_code == 1 and "already an account" in result.output


def test_an_unknown_role_is_refused(run):
    assert add(run, "--role", "king").exit_code == 2


def test_the_list_names_staff_and_nobody_else(run, app):
    add(run, "--role", "reviewer")
    with app.app_context():
        service.register("omid@example.org", "Omid", "correct horse")
        database.session.commit()
    assert run("staff", "list").output.splitlines() == ["mina@example.org  Mina  admin, reviewer"]


def test_closing_an_account_is_seen_in_the_list_and_the_log(run, app):
    add(run)
    assert run("staff", "disable", "Mina@Example.org").exit_code == 0
    assert "account closed" in run("staff", "list").output
    with app.app_context():
        assert "account.disabled" in database.session.scalars(select(AuditEntry.action)).all()


def test_closing_an_account_that_is_not_there_says_so(run):
    assert "no account" in run("staff", "disable", "never@example.org").output


def test_somebody_who_lost_their_codes_is_let_in_by_an_operator_and_told(run, app):
    add(run)
    with app.app_context():
        token = service.sign_in(queries.by_email("mina@example.org"))
        database.session.commit()
    assert run("staff", "forget-codes", "mina@example.org").exit_code == 0
    with app.app_context():
        user = queries.by_email("mina@example.org")
        assert (user.totp_secret, user.owes_codes, queries.identity(token)) == (None, True, None)
        assert database.session.scalars(select(OutgoingLetter.name)).all() == ["accounts.second_factor"]


def test_codes_of_nobody_are_not_forgotten(run):
    assert run("staff", "forget-codes", "nobody@example.org").exit_code == 1
