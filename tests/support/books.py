"""Noting that a test pledged by the pages, and looking whether the books still hold."""

import flask
from flask import Flask

from app.database import db
from app.operations import invariants

# The doors through which pledges and charges come, and the ways back from the provider's pages.
MOVE_MONEY = {"pledges", "manage", "webhooks"}
RETURNS = {"pledges.returned", "manage.approved"}


def watch(app: Flask) -> list[str]:
    """Notes from now on what came in by these doors and was not refused."""
    used: list[str] = []

    def note(answer: flask.Response) -> flask.Response:
        asked, endpoint = flask.request, flask.request.endpoint or ""
        acts = asked.method == "POST" or endpoint in RETURNS
        if acts and answer.status_code < 400 and endpoint.partition(".")[0] in MOVE_MONEY:
            used.append(endpoint)
        return answer

    app.after_request(note)
    return used


def assert_sound(app: Flask) -> None:
    """Raise AssertionError unless every promise of the books holds now."""
    with app.app_context():
        broken = invariants.broken()
        db.session.rollback()
    assert broken == [], f"The test leaves books that do not hold: {broken}"
