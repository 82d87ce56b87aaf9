"""Commands of the worker."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.jobs.worker import run


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the deferred work until stopped."""
    run(current_app._get_current_object())  # type: ignore[attr-defined]
