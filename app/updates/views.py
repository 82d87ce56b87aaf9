"""What everybody sees of updates: the list, one update with its earlier versions, and the order behind an outcome.

What is written for backers is not shown here, whoever asks: these pages are the same for everybody. Backers read it on
the page of their pledge and in the letter.
"""

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response

from app.cases import access as case_access
from app.cases.models import Case
from app.i18n.locale import direction
from app.storage import files
from app.updates import access, queries
from app.web.access import public
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("updates", __name__)
PAGE = 20


@blueprint.get("/<slug>/updates/")
@public
def all_of(slug: str) -> Response:
    """Every update of a case, the latest first; `before` is where to go on."""
    case = case_access.find(slug, current_visitor())
    lines = queries.timeline(case, as_backer=False, limit=PAGE + 1, before=_number(request.args.get("before", "")))
    older = lines[PAGE - 1].n if len(lines) > PAGE else None
    return _page("updates/all_of.html", case, lines=lines[:PAGE], older=older)


@blueprint.get("/<slug>/updates/<int:n>")
@public
def show(slug: str, n: int) -> Response:
    case = case_access.find(slug, current_visitor())
    update = access.find(case, n)
    return _page(
        "updates/show.html",
        case,
        line=queries.line_of(update, as_backer=False),
        versions=queries.earlier_versions(update, as_backer=False),
        count=queries.count(case),
    )


@blueprint.get("/<slug>/outcome.pdf")
@public
def order(slug: str) -> Response:
    """The court's order, as a download."""
    case = case_access.find(slug, current_visitor())
    outcome = queries.outcome_of(case)
    if outcome is None or outcome.document is None or not outcome.has_order:
        abort(404)
    return files.download(outcome.document)


def _page(template: str, case: Case, **values: object) -> Response:
    response = make_response(render_template(template, case=case, direction=direction(case.lang), **values))
    return keep_private(response) if case.is_private else response


def _number(text: str) -> int | None:
    """An update's number from an address; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 10 else None
