"""A copy of somebody's data as an answer."""

from flask import make_response
from werkzeug.wrappers import Response

from app.web.headers import keep_private


def as_download(packed: bytes) -> Response:
    """A ZIP that a browser saves, and nothing on the way keeps."""
    answer = make_response(packed)
    answer.mimetype = "application/zip"
    answer.headers["Content-Disposition"] = 'attachment; filename="amicus-data.zip"'
    return keep_private(answer)
