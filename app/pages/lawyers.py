"""The directory of verified lawyers, and the page of each: what was checked, and their public cases.

Private cases are neither shown nor counted here, for anybody.
"""

from flask import Blueprint, render_template, request, url_for

from app.cases import queries as cases
from app.i18n.locale import get_locale
from app.lawyers import queries
from app.lawyers.queries import PAGE
from app.pages import cards
from app.web.access import public

blueprint = Blueprint("directory", __name__)
LONGEST_SLUG = 100


def _after() -> str:
    """Where the page before ended. What no address holds begins anew."""
    return request.args.get("after", "")[:LONGEST_SLUG].replace("\0", "")


@blueprint.get("/")
@public
def home() -> str:
    """All verified lawyers; `after` is the last one of the page before."""
    after = _after()
    found = queries.verified(after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    theirs = cases.of_lawyers([lawyer.id for lawyer in shown])
    return render_template(
        "directory/home.html",
        rows=[(queries.card(lawyer), theirs[lawyer.id]) for lawyer in shown],
        next_url=url_for("directory.home", after=shown[-1].slug) if len(found) > PAGE else "",
        first_url=url_for("directory.home") if after else "",
    )


@blueprint.get("/<slug>")
@public
def profile(slug: str) -> str:
    """A lawyer whose badge stands; `after` is where to go on in their cases."""
    lawyer = queries.by_slug(slug)
    after = _after()
    found = cases.listed_of_lawyer(lawyer.id, after=after, limit=cases.PAGE + 1)
    shown = found[: cases.PAGE]
    more = shown[-1].slug if len(found) > cases.PAGE else ""
    return render_template(
        "directory/profile.html",
        lawyer=lawyer,
        card=queries.card(lawyer),
        sums=cases.of_lawyers([lawyer.id])[lawyer.id],
        cards=cards.of(shown, get_locale()),
        next_url=url_for("directory.profile", slug=slug, after=more) if more else "",
        first_url=url_for("directory.profile", slug=slug) if after else "",
    )
