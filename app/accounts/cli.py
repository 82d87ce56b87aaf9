"""Operators' commands for staff: ``flask staff …``."""

import click
from flask.cli import with_appcontext

from app.accounts import queries, second_factor, service
from app.accounts.prompts import read_password
from app.core.errors import DomainError
from app.database import db
from app.web.access import STAFF_ROLES


@click.group()
def staff() -> None:
    """Staff accounts."""


@staff.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(STAFF_ROLES))
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def add(email: str, name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Make a staff account; the first administrator is made like this.

    Prints once the address from which an authenticator app takes the one-time codes.
    """
    password = read_password(password_stdin)
    try:
        user = service.register(email, name, password)
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    for role in roles:
        service.give_role(user, role)
    uri = service.turn_on_second_factor(user)
    db.session.commit()
    click.echo(f"{user.email} is now staff: {', '.join(roles)}.")
    click.echo("Add this to an authenticator app now. It is not shown again:")
    click.echo(uri)


@staff.command("list")
@with_appcontext
def list_() -> None:
    """List everybody who holds a staff role."""
    for user in queries.staff():
        closed = "  (account closed)" if user.disabled_at else ""
        click.echo(f"{user.email}  {user.name}  {', '.join(sorted(user.role_names))}{closed}")


@staff.command()
@click.argument("email")
@with_appcontext
def disable(email: str) -> None:
    """Close the account of EMAIL: its sign-ins end and new ones are refused."""
    user = queries.by_email(email)
    if user is None:
        raise click.ClickException("There is no account with this email address.")
    service.disable(user)
    db.session.commit()
    click.echo(f"The account of {user.email} is closed.")


@staff.command("forget-codes")
@click.argument("email")
@with_appcontext
def forget_codes(email: str) -> None:
    """Take codes and passkeys off the account of EMAIL, who lost them; make sure who they are first.

    Their sign-ins end, and a letter tells them. It serves every account, not only staff's.
    """
    user = queries.by_email(email)
    if user is None:
        raise click.ClickException("There is no account with this email address.")
    second_factor.forget(user)
    db.session.commit()
    click.echo(f"{user.email} signs in with the password alone and may be asked to set up codes anew.")
