"""Operators' commands for privacy: ``flask privacy …``."""

import click
from flask.cli import with_appcontext

from app.database import db
from app.privacy import retention


@click.group()
def privacy() -> None:
    """Data protection."""


@privacy.command()
@click.option("--dry-run", is_flag=True, help="Only tell how much is due.")
@with_appcontext
def retain(dry_run: bool) -> None:
    """Let go what has been kept long enough, as the job privacy.retain does every day."""
    for rule in retention.RULES:
        number = retention.due(rule)
        if not dry_run:
            number = 0
            while gone := retention.run(rule):
                db.session.commit()
                number += gone
        db.session.rollback()
        click.echo(f"{rule.name:20} {rule.lasts:5} days  {number}{' due' if dry_run else ''}")
