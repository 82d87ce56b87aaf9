"""``flask search``: what operators do with the search."""

import click
from flask.cli import AppGroup

from app.search import index

search = AppGroup("search", help="What the search looks through.")


@search.command("rebuild")
def rebuild() -> None:
    """Write the words of every public case, story and lawyer anew. The site goes on finding meanwhile."""
    click.echo(f"{index.rebuild()} cases, stories and lawyers can be found.")
