"""What a load balancer asks."""

from flask import Blueprint
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from app.database import db
from app.web.access import public

blueprint = Blueprint("operations", __name__)


def _say(words: str, status: int = 200) -> Response:
    return Response(f"{words}\n", status, mimetype="text/plain", headers={"Cache-Control": "no-store"})


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process is up."""
    return _say("ok")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """The process can do its work: the database answers."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return _say("the database does not answer", 503)
    return _say("ok")
