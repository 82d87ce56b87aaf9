"""What everybody can do and read: report a page, and the log of what was suspended or taken down.

A page is reported by whoever can open it, without an account. Who cannot know of a private page cannot report it
either: there is nothing at that address.
"""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.cases import access as case_access
from app.cases.labels import REASONS
from app.cases.models import Case
from app.core.errors import DomainError, NotFound
from app.database import db
from app.i18n.locale import get_locale
from app.lawyers import queries as lawyers
from app.moderation import queries, service
from app.moderation.forms import ReportForm
from app.moderation.labels import MEASURES
from app.moderation.service import About
from app.stories import access as story_access
from app.updates import access as update_access
from app.updates import queries as updates
from app.web import throttle
from app.web.access import anyone, public
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("reports", __name__)
FROM_ONE_NETWORK = 10  # in an hour
HOUR = 3600


@blueprint.route("/cases/<slug>/report", methods=["GET", "POST"])
@anyone
def case(slug: str) -> ResponseReturnValue:
    found = case_access.find(slug, current_visitor())
    return _report(_about("case", found), found.title, url_for("cases.detail", slug=slug))


@blueprint.route("/cases/<slug>/updates/<int:n>/report", methods=["GET", "POST"])
@anyone
def update(slug: str, n: int) -> ResponseReturnValue:
    found = case_access.find(slug, current_visitor())
    update_access.find(found, n)
    return _report(_about("update", found, n), found.title, url_for("updates.show", slug=slug, n=n))


@blueprint.route("/cases/<slug>/outcome/report", methods=["GET", "POST"])
@anyone
def outcome(slug: str) -> ResponseReturnValue:
    found = case_access.find(slug, current_visitor())
    if updates.outcome_of(found) is None:
        raise NotFound()
    return _report(_about("outcome", found), found.title, url_for("cases.detail", slug=slug, _anchor="outcome"))


@blueprint.route("/stories/<slug>/report", methods=["GET", "POST"])
@anyone
def story(slug: str) -> ResponseReturnValue:
    found, stands = story_access.find(slug)
    if not stands:
        raise NotFound()
    return _report(_about("story", found.outcome.case), found.title, url_for("stories.show", slug=slug))


@blueprint.route("/lawyers/<slug>/report", methods=["GET", "POST"])
@anyone
def lawyer(slug: str) -> ResponseReturnValue:
    found = lawyers.by_slug(slug)
    return _report(About("lawyer", found.id), found.user.name, url_for("directory.profile", slug=slug))


def _about(kind: str, case: Case, place: int | None = None) -> About:
    return About(kind, case.lawyer_id, case.id, place)


def _report(about: About, title: str, back_url: str) -> ResponseReturnValue:
    form = ReportForm()
    if not form.is_submitted():
        return _form(form, about, title, back_url)
    if not form.validate():
        return _form(form, about, title, back_url), 400
    network = throttle.address_block(request.remote_addr)
    throttle.check("report", network, FROM_ONE_NETWORK, HOUR)
    throttle.note("report", network)
    try:
        service.report(
            about,
            concern=form.concern.data,
            words=form.words.data,
            email=form.email.data or "",
            lang=get_locale(),
            form_key=form.form_key.data,
        )
    except DomainError as error:
        db.session.rollback()
        return _form(form, about, title, back_url), blame(form, error)
    db.session.commit()
    return redirect(url_for("reports.sent"), 303)


def _form(form: ReportForm, about: About, title: str, back_url: str) -> Response:
    page = render_template("moderation/report.html", form=form, about=about, reported=title, back_url=back_url)
    return keep_private(make_response(page))


@blueprint.get("/reported")
@public
def sent() -> str:
    """What happens with a report. The same for everybody: it does not say which page it was."""
    return render_template("moderation/sent.html")


@blueprint.get("/takedowns")
@public
def log() -> str:
    """What was suspended or taken down, when and why, without names; `before` is where to go on."""
    text = request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    found = queries.log(before=before, limit=queries.PAGE + 1)
    rows = found[: queries.PAGE]
    return render_template(
        "moderation/log.html",
        rows=rows,
        quarters=queries.by_quarter() if before is None else [],
        measures=MEASURES,
        reasons=REASONS,
        next_url=url_for("reports.log", before=rows[-1].id) if len(found) > queries.PAGE else "",
        first_url=url_for("reports.log") if before is not None else "",
    )
