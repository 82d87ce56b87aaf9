"""Operators' commands for settings: ``flask settings …``. They read; changes are made in the browser, by name."""

import click
from flask.cli import with_appcontext

from app.settings import queries
from app.settings.known import ALL, BY_NAME
from app.settings.labels import standing_of


@click.group()
def settings() -> None:
    """Settings that staff change."""


@settings.command("list")
@with_appcontext
def list_() -> None:
    """List every setting with its present value; those that differ from the environment are marked."""
    for row in queries.rows():
        other = "" if row.value == row.default else f"  (environment: {row.default})"
        planned = "".join(f"  {change.value} from {change.counts_from:%Y-%m-%d %H:%M}Z" for change in row.planned)
        waits = f"  {len(row.waiting)} waiting" if row.waiting else ""
        click.echo(f"{row.known.name} = {row.value} {row.known.unit}{other}{planned}{waits}")


@settings.command()
@click.argument("name", type=click.Choice([known.name for known in ALL]))
@with_appcontext
def history(name: str) -> None:
    """Tell every change of NAME, the latest first: when, by whom (account), from when, old and new value, why."""
    found = queries.history(BY_NAME[name].name)
    for change in found:
        stands = standing_of(change) or "counts"
        words = " ".join(change.reason.split())
        click.echo(
            f"{change.at:%Y-%m-%d %H:%M}Z  account {change.by_id}  {change.old_value} -> {change.value}  "
            f"from {change.starts_at:%Y-%m-%d %H:%M}Z  {stands}  {words}"
        )
    if not found:
        click.echo("It was never changed.")
