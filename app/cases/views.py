"""What everybody sees of cases: the list, a case's page, and its backers."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.cases import access, queries
from app.cases.models import Area, Case
from app.cases.queries import PAGE, SORTS, Filter
from app.i18n.locale import get_locale
from app.pages import cards, case_page
from app.pledges import queries as pledges
from app.web.access import public
from app.web.headers import keep_private
from app.web.visitor import NOBODY, current_visitor

blueprint = Blueprint("cases", __name__)
BACKERS = 60
LARGEST_ID = 2**63 - 1  # what a column holds
ANY = "any"  # of the status; without one the list shows what can be backed now


# ---------------------------------------------------------------- one case
@blueprint.get("/<slug>")
@public
def detail(slug: str) -> Response:
    case = access.find(slug, current_visitor())
    return _page("cases/detail.html", case, page=case_page.of(case))


@blueprint.get("/<slug>/backers")
@public
def backers(slug: str) -> Response:
    """Backers beyond those on the page, newest first; `before` is where to go on."""
    case = access.find(slug, current_visitor())
    lines = pledges.wall(case.id, limit=BACKERS + 1, before=_id(request.args.get("before", "")))
    older = lines[BACKERS - 1].id if len(lines) > BACKERS else None
    return _page("cases/backers.html", case, lines=lines[:BACKERS], older=older)


def _page(template: str, case: Case, **values: object) -> Response:
    response = make_response(render_template(template, case=case, **values))
    return keep_private(response) if case.is_private else response


def _id(text: str) -> int | None:
    """A row's id from an address; None for anything else."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return found if 0 < found <= LARGEST_ID else None


# ---------------------------------------------------------------- the list
@blueprint.get("/")
@public
def explore() -> str:
    areas = queries.areas()
    wanted = _wanted({area.slug for area in areas})
    found = queries.listed(NOBODY, wanted=wanted, limit=PAGE + 1)
    more = len(found) > PAGE
    return render_template(
        "cases/explore.html",
        areas=areas,
        wanted=wanted,
        any=ANY,
        cards=cards.of(found[:PAGE], get_locale()),
        chips=_chips(wanted, areas),
        next_url=_url(replace(wanted, after=_place(found[PAGE - 1], wanted.sort))) if more else "",
        first_url=_url(replace(wanted, after=None)) if wanted.after else "",
        all_url=_url(Filter(status=ANY)),
    )


def _wanted(areas: set[str]) -> Filter:
    """What the address asks for. Whatever we do not offer counts as not asked."""
    asked = request.args.get
    area, status, sort = asked("area", ""), asked("status", ""), asked("sort", "")
    return Filter(
        area=area if area in areas else "",
        status="" if status == ANY else status if status in queries.STATUSES else "open",
        sort=sort if sort in SORTS else SORTS[0],
        after=_read_place(asked("after", "")),
    )


def _place(case: Case, sort: str) -> tuple[datetime, int]:
    """Where the list goes on after `case`."""
    moment = case.deadline_at if sort == "ending" else case.opened_at
    assert moment is not None
    return moment, case.id


def _read_place(text: str) -> tuple[datetime, int] | None:
    moment, _tilde, row = text.partition("~")
    id_ = _id(row)
    try:
        found = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (found, id_) if id_ else None


def _url(wanted: Filter) -> str:
    """The list's address for `wanted`, without what goes without saying."""
    after = "~".join((wanted.after[0].isoformat(), str(wanted.after[1]))) if wanted.after else None
    return url_for(
        "cases.explore",
        area=wanted.area or None,
        status={"open": None, "": ANY}.get(wanted.status, wanted.status),
        sort=wanted.sort if wanted.sort != SORTS[0] else None,
        after=after,
    )


def _chips(wanted: Filter, areas: list[Area]) -> list[tuple[str, str]]:
    """What the list is narrowed to: words, and the address without that filter."""
    anew = replace(wanted, after=None)
    chips = [(area.name(get_locale()), _url(replace(anew, area=""))) for area in areas if area.slug == wanted.area]
    words = {"open": _("Taking pledges now"), "met": _("Target met"), "ended": _("Ended")}
    if wanted.status:
        chips.append((words[wanted.status], _url(replace(anew, status=""))))
    return chips
