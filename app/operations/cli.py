"""Commands of operators."""

import click
from flask.cli import with_appcontext

from app.database import db
from app.operations import invariants
from app.payments import brake


@click.command("check-books")
@click.option("--release-brake", is_flag=True, help="Let charging go on, if everything holds.")
@with_appcontext
def check_books(release_brake: bool) -> None:
    """Check every promise of the books; exit code 1 if one is broken."""
    found = invariants.check()
    for line in found:
        click.echo(f"BROKEN  {line}")
    if not found and release_brake:
        brake.release()
    reason = brake.is_on()
    db.session.commit()
    click.echo("Every promise holds." if not found else f"{len(found)} broken.")
    if reason:
        click.echo(f"Charging is stopped: {reason}")
    if found:
        raise SystemExit(1)
