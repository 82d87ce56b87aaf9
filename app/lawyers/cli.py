"""Operators' commands for lawyers: ``flask lawyers …``."""

from datetime import datetime
from typing import IO

import click
from flask.cli import with_appcontext

from app.accounts import queries as accounts
from app.accounts import service as account_service
from app.accounts.models import User
from app.accounts.prompts import read_password
from app.core.errors import DomainError
from app.database import db
from app.jobs.queue import defer
from app.lawyers import queries, registers, service
from app.lawyers.labels import mistake_text
from app.lawyers.regulators import REGULATORS


@click.group()
def lawyers() -> None:
    """Lawyers and their verification."""


@lawyers.command("list")
@with_appcontext
def list_() -> None:
    """List all lawyers, the latest application first."""
    for lawyer in queries.everyone():
        checks = ", ".join(f"{check.kind} {check.checked_on}" for check in lawyer.checks) or "nothing checked"
        click.echo(f"{lawyer.state:<10} {lawyer.user.email}  {lawyer.user.name}, {lawyer.firm}  ({checks})")


@lawyers.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--profession", required=True, type=click.Choice(list(queries.PROFESSIONS)))
@click.option("--regulator", required=True, help='For example "Solicitors Regulation Authority".')
@click.option("--number", required=True, help="The registration number at the regulator.")
@click.option("--firm", required=True, help="Firm or chambers.")
@click.option("--town", required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def add(
    email: str, name: str, profession: str, regulator: str, number: str, firm: str, town: str, password_stdin: bool
) -> None:
    """Make an account for a lawyer who applied on paper; staff check and verify it afterwards.

    Prints once the address from which an authenticator app takes the one-time codes.
    """
    password = read_password(password_stdin)
    try:
        user = account_service.register(email, name, password)
        service.apply(user, profession, regulator, number, firm, town)
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    uri = account_service.turn_on_second_factor(user)
    db.session.commit()
    click.echo(f"{user.email} has an account and an application.")
    click.echo("Pass this on to their authenticator app. It is not shown again:")
    click.echo(uri)


@lawyers.command()
@click.argument("email")
@click.option("--by", "by", multiple=True, required=True, help="Email of a member of staff; give it twice.")
@click.option("--source", help="What the lawyer was checked against; the regulator's register if left out.")
@with_appcontext
def verify(email: str, by: tuple[str, ...], source: str | None) -> None:
    """Write down that two members of staff checked the certificate, firm and identity of EMAIL, and verify them."""
    lawyer = queries.by_email(email)
    if lawyer is None:
        raise click.ClickException("There is no lawyer with this email address.")
    if len(by) != 2:
        raise click.UsageError("Give --by twice: two members of staff verify a lawyer.")
    first, second = (_member_of_staff(address) for address in by)
    try:
        for kind in queries.CHECKS:
            for member in (first, second):
                service.check(lawyer, kind, source or f"{lawyer.regulator} register", member)
        service.verify(lawyer, first, second)
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    db.session.commit()
    click.echo(f"{lawyer.user.email} is verified.")


@lawyers.command("import-register")
@click.argument("regulator", type=click.Choice(sorted(REGULATORS)))
@click.argument("file", type=click.File("rb"))
@click.option("--as-of", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day the register is of.")
@click.option("--by", "by", help="Email of the member of staff who brings it.")
@with_appcontext
def import_register(regulator: str, file: IO[bytes], as_of: datetime, by: str | None) -> None:
    """Take over the register of REGULATOR from a CSV FILE with the columns number, name, status and firm.

    It replaces the one before. Verified lawyers are compared with it by the worker.
    """
    try:
        snapshot = registers.bring_in(regulator, as_of.date(), file, _member_of_staff(by) if by else None)
    except registers.BadSnapshot as error:
        lines = [f"Line {mistake.line}: {mistake_text(mistake)}" for mistake in error.mistakes]
        raise click.ClickException("\n".join([str(error), *lines])) from None
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    defer("lawyers.recheck", {})
    db.session.commit()
    click.echo(f"{snapshot.entries} entries of the {snapshot.source} as of {snapshot.as_of}.")


def _member_of_staff(email: str) -> User:
    user = accounts.by_email(email)
    if user is None:
        raise click.ClickException(f"There is no account with the email address {email}.")
    return user
