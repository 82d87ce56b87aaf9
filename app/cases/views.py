"""What everybody sees of cases: the list, a case's page, and its backers."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from app.cases import access, queries
from app.cases.models import Area, Case
from app.cases.queries import PAGE, Filter
from app.core.text import clean_text
from app.i18n.locale import get_locale
from app.pages import cards, case_page, freshness
from app.pledges import queries as pledges
from app.search.explore import SORTS, listing, usual_sort
from app.search.words import LONGEST_QUESTION
from app.web import page_cache
from app.web.access import public
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("cases", __name__)
BACKERS = 60
ANY = "any"  # of the status; without one the list shows what can be backed now


# ---------------------------------------------------------------- one case
@blueprint.get("/<slug>")
@public
def detail(slug: str) -> Response:
    case = access.find(slug, current_visitor())
    if case.is_private:
        return _page("cases/detail.html", case, page=case_page.of(case))
    version = page_cache.version_now("case", case.id)
    response = _page("cases/detail.html", case, page=case_page.of(case))
    return page_cache.keep(response, "case", case.id, version, freshness.changes_at(case))


@blueprint.get("/<slug>/backers")
@public
def backers(slug: str) -> Response:
    """Backers beyond those on the page, newest first; `before` is where to go on."""
    case = access.find(slug, current_visitor())
    lines = pledges.wall(case.id, limit=BACKERS + 1, before=queries.read_id(request.args.get("before", "")))
    older = lines[BACKERS - 1].id if len(lines) > BACKERS else None
    return _page("cases/backers.html", case, lines=lines[:BACKERS], older=older)


def _page(template: str, case: Case, **values: object) -> Response:
    response = make_response(render_template(template, case=case, **values))
    return keep_private(response) if case.is_private else response


# ---------------------------------------------------------------- the list
@dataclass(frozen=True)
class Asked:
    """What the address of the list asks for: words, and how to narrow and order."""

    question: str
    wanted: Filter

    def url(self, *, question: str | None = None, after: str = "", **changed: Any) -> str:
        """The list's address with what is `changed`, from its first page on, without what goes without saying."""
        words = self.question if question is None else question
        wanted = replace(self.wanted, after=after, **changed)
        usual = wanted.sort == usual_sort(words) or (wanted.sort == "best" and not words)
        return url_for(
            "cases.explore",
            q=words or None,
            area=wanted.area or None,
            status={"open": None, "": ANY}.get(wanted.status, wanted.status),
            sort=None if usual else wanted.sort,
            after=wanted.after or None,
        )


@blueprint.get("/")
@public
def explore() -> str:
    areas = queries.areas()
    asked = _asked({area.slug for area in areas})
    found = listing(asked.wanted, asked.question, PAGE)
    return render_template(
        "cases/explore.html",
        areas=areas,
        wanted=asked.wanted,
        question=asked.question,
        found=found.found,
        any=ANY,
        sorts=_sorts(asked),
        cards=cards.of(found.cases, get_locale()),
        chips=_chips(asked, areas),
        next_url=asked.url(after=found.after) if found.after else "",
        first_url=asked.url() if asked.wanted.after else "",
        all_url=asked.url(area="", status=""),
        search_url=url_for("search.results", q=asked.question),
    )


def _asked(areas: set[str]) -> Asked:
    """What the address asks for. Whatever we do not offer counts as not asked."""
    given = request.args.get
    question = " ".join(clean_text(given("q", "")[:LONGEST_QUESTION]).split())
    area, status, sort = given("area", ""), given("status", ""), given("sort", "")
    wanted = Filter(
        area=area if area in areas else "",
        status="" if status == ANY else status if status in queries.STATUSES else "open",
        sort=sort if sort in SORTS and (question or sort != "best") else usual_sort(question),
        after=given("after", ""),
    )
    return Asked(question, wanted)


def _sorts(asked: Asked) -> list[tuple[str, str]]:
    """The orders that can be chosen: key and words."""
    words = {
        "best": _("Best match"),
        "fair": _("Each in turn"),
        "newest": _("Newest"),
        "ending": _("Closing soonest"),
        "needs": _("Closest to the target"),
    }
    return [(sort, words[sort]) for sort in words if asked.question or sort != "best"]


def _chips(asked: Asked, areas: list[Area]) -> list[tuple[str, str]]:
    """What the list is narrowed to: words, and the address without that filter."""
    wanted = asked.wanted
    chips = [(area.name(get_locale()), asked.url(area="")) for area in areas if area.slug == wanted.area]
    words = {"open": _("Taking pledges now"), "met": _("Target met"), "ended": _("Ended")}
    if wanted.status:
        chips.append((words[wanted.status], asked.url(status="")))
    if asked.question:
        chips.append((_("Words: %(words)s", words=asked.question), asked.url(question="")))
    return chips
