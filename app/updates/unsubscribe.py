"""The link that ends the letters about a case: it shows a button, and the POST acts.

A mail program may send the POST by itself (RFC 8058). It has neither cookie nor form, so the address alone must do.
"""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import db
from app.pledges import links
from app.pledges.models import Pledge
from app.updates import readers
from app.web.access import by_token, one_click
from app.web.headers import keep_private

blueprint = Blueprint("unsubscribe", __name__)
blueprint.after_request(keep_private)


def _pledge(token: str) -> Pledge:
    pledge = readers.read(token)
    if pledge is None:
        abort(404)
    return pledge


def _page(pledge: Pledge) -> str:
    return render_template(
        "unsubscribe/show.html",
        case=pledge.case,
        email=pledge.email,
        token=readers.token_of(pledge),
        pledge_token=links.token_of(pledge),
        has_ended=readers.wants_none(pledge),
    )


@blueprint.route("/<token>", methods=["GET", "POST"])
@one_click
def show(token: str) -> ResponseReturnValue:
    pledge = _pledge(token)
    if request.method == "POST":
        readers.unsubscribe(pledge)
        db.session.commit()
    return _page(pledge)


@blueprint.route("/<token>/undo", methods=["GET", "POST"])
@by_token
def undo(token: str) -> ResponseReturnValue:
    """Have the letters sent again."""
    pledge = _pledge(token)
    if request.method == "POST":
        readers.subscribe(pledge)
        db.session.commit()
    return redirect(url_for("unsubscribe.show", token=token), 303)
