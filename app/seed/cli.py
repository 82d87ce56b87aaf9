"""``flask seed``."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.seed import life


@click.command("seed")
@click.option("--password", required=True, help="Everybody's password.")
@with_appcontext
def seed(password: str) -> None:
    """Make people and cases to try the portal with, in an empty database that is not production's.

    Nobody backs the cases: that takes the card page of a stand-in, which `make demo` brings.
    """
    try:
        life.tell(current_app._get_current_object(), password)  # type: ignore[attr-defined]
    except life.Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo("There are people and cases now. Codes for those who need one come from their authenticator only:")
    click.echo("the demo (make demo) shows them on its side page.")
