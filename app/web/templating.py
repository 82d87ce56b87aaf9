"""What every template knows.

Macros are imported without the page's context, so what they call is global (`asset`, `icon`); what belongs to the page
comes from the context processor. A public page without a session cookie is the same for everybody: nothing here reads
the session for it, or the answer would vary by cookie and could not be cached.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, has_request_context, request, url_for
from flask_babel import gettext as _

from app.core.errors import N_
from app.i18n.locale import alternate_url, get_locale
from app.web.access import mark_of
from app.web.assets import asset
from app.web.icons import icon
from app.web.visitor import current_visitor

SITE_NAME = N_("Amicus")
THEMES = ("light", "dark")
Links = list[tuple[str, str]]


@dataclass(frozen=True)
class Viewer:
    """Who is signed in, as far as the frame of a page shows it."""

    name: str
    is_lawyer: bool
    is_staff: bool
    is_reviewer: bool
    is_editor: bool
    is_operator: bool
    is_auditor: bool
    is_admin: bool
    is_confirmed: bool


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(asset=asset, icon=icon)
    app.context_processor(page_context)


def page_context() -> dict[str, Any]:
    """Values for the page that is being drawn. Letters, drawn outside a request, get the site's name and address."""
    settings = current_app.config["AMICUS"]
    site_name = _(settings.site_name)  # a name that the catalogue does not know stays as it is
    if not has_request_context():
        return {"site_name": site_name, "base_url": settings.base_url + alternate_url("", get_locale())}
    present = viewer()
    return {
        **_frame(get_locale(), request.script_root, site_name),
        "here": request.script_root + request.path,
        "theme": theme(),
        "viewer": present,
        "messages": messages(),
    }


def theme() -> str | None:
    """The chosen theme; None follows the device."""
    chosen = request.cookies.get("theme")
    return chosen if chosen in THEMES else None


def viewer() -> Viewer | None:
    """Who is signed in; None is also the answer for everybody without a session cookie."""
    visitor = current_visitor()
    if visitor.user_id is None:
        return None
    return Viewer(
        visitor.name,
        visitor.lawyer_id is not None,
        visitor.is_staff,
        visitor.has_role("reviewer"),
        visitor.has_role("editor"),
        visitor.has_role("finance", "auditor"),
        visitor.has_role("admin", "auditor"),
        visitor.has_role("admin"),
        visitor.is_confirmed,
    )


def messages() -> list[Any]:
    """Messages left for the next page, on pages that have a session; errors leave them where they are."""
    mark = mark_of(current_app, request.endpoint)
    if mark is None or not mark.has_session or "failed" in g:
        return []
    return get_flashed_messages(with_categories=True)


@cache
def _frame(_lang: str, _root: str, site_name: str) -> dict[str, Any]:
    """The links around every page. They depend on the arguments alone; building them costs a tenth of a page."""
    cases = url_for("cases.explore")
    stories, outcomes = url_for("stories.gallery"), url_for("stories.outcomes")
    how_it_works = url_for("pages.how_it_works")
    who_can = url_for("pages.how_it_works", _anchor="lawyers")
    appearance = url_for("pages.appearance")
    start, lawyers = url_for("lawyers.start"), url_for("directory.home")
    search = url_for("search.results")
    back_a_case: Links = [
        (_("Explore cases"), cases),
        (_("Areas of law"), url_for("areas.home")),
        (_("Search"), search),
        (_("Success stories"), stories),
        (_("All outcomes"), outcomes),
        (_("Lawyers"), lawyers),
        (_("How pledges work"), how_it_works),
        (_("Pledge terms"), url_for("pages.terms")),
    ]
    for_lawyers: Links = [
        (_("Start a case"), start),
        (_("Apply as a lawyer"), url_for("lawyers.apply")),
        (_("Who can open a case"), who_can),
        (_("Publishing rules"), url_for("pages.policy")),
        (_("Fees"), url_for("pages.fees")),
    ]
    about: Links = [
        (_("Our figures"), url_for("pages.figures")),
        (_("What we took down"), url_for("reports.log")),
        (_("Contact"), url_for("pages.contact")),
        (_("Privacy and cookies"), url_for("pages.privacy")),
        (_("Appearance"), appearance),
    ]
    return {
        "site_name": site_name,
        "site_links": {
            "home": url_for("pages.home"),
            "cases": cases,
            "search": search,
            "start": start,
            "appearance": appearance,
            "sign_in": url_for("accounts.sign_in"),
            "sign_out": url_for("accounts.sign_out"),
            "account": url_for("accounts.home"),
            "dashboard": url_for("dashboard.home"),
            "confirm": url_for("joining.resend"),
            "staff": url_for("staff.home"),
            "pledges": url_for("members.home"),
        },
        "nav": [
            (cases, _("Explore cases")),
            (stories, _("Success stories")),
            (outcomes, _("All outcomes")),
            (how_it_works, _("How it works")),
        ],
        "footer_links": [
            (_("Back a case"), back_a_case),
            (_("For lawyers"), for_lawyers),
            (_("About %(site)s", site=site_name), about),
        ],
    }
