"""The door for whoever holds a private link.

The link is exchanged at once for a right in the visitor's signed cookie and a clean address, so that it leaves the
address bar, the history and what is sent on as referrer. Nothing is written down, so any number of people and mail
scanners may open it.
"""

from flask import Blueprint, redirect, session, url_for
from werkzeug.wrappers import Response

from app.cases import access
from app.web.access import by_token
from app.web.headers import keep_private

blueprint = Blueprint("links", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/<token>")
@by_token
def open(token: str) -> Response:
    """Whatever is no link, was one or belongs to a page that is not live finds nothing, as does any odd text."""
    grant = access.grant_of_link(token)
    access.carry(session, grant)
    return redirect(url_for("cases.detail", slug=grant.case.slug), 303)
