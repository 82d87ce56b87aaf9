"""Operators' commands for lawyers."""

import pytest

from app.accounts import service as accounts
from app.database import db as database
from app.lawyers import queries


@pytest.fixture
def run(app):
    """Run ``flask lawyers …`` with two members of staff at hand."""
    with app.app_context():
        for name in ("tara", "noor"):
            user = accounts.register(f"{name}@staff.example.org", name.title(), "correct horse")
            accounts.give_role(user, "reviewer")
        database.session.commit()
    runner = app.test_cli_runner()
    return lambda *args: runner.invoke(args=["lawyers", *args], input="correct horse\n")


def add(run):
    return run(
        *("add", "priya@example.org", "--name", "Priya Raman", "--profession", "solicitor", "--regulator", "SRA"),
        *("--number", "612345", "--firm", "Fenmoor Legal", "--town", "Leeds", "--password-stdin"),
    )


def test_a_lawyer_is_added_listed_and_verified(run, app):
    assert "otpauth://" in add(run).output
    assert run("list").output.startswith("applied")
    by = ("--by", "tara@staff.example.org", "--by", "noor@staff.example.org")
    result = run("verify", "priya@example.org", *by)
    assert result.exit_code == 0, result.output
    with app.app_context():
        card = queries.card(queries.by_email("priya@example.org"))
        assert [check.source for check in card.checks] == ["SRA register"] * 3


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (["tara@staff.example.org"], "two members of staff"),
        (["tara@staff.example.org", "tara@staff.example.org"], "Two different members"),
        (["tara@staff.example.org", "priya@example.org"], "Two different members"),
        (["tara@staff.example.org", "never@example.org"], "no account"),
    ],
)
def test_it_takes_two_members_of_staff(run, app, by, why):
    add(run)
    result = run("verify", "priya@example.org", *(word for email in by for word in ("--by", email)))
    assert result.exit_code != 0 and why in result.output
    with app.app_context():
        lawyer = queries.by_email("priya@example.org")
        assert not lawyer.is_verified and lawyer.checks == []


def test_somebody_who_is_no_lawyer_is_not_verified(run):
    assert "no lawyer" in run("verify", "tara@staff.example.org", "--by", "a@b.org", "--by", "c@d.org").output
