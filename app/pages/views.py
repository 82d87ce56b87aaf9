"""The home page, the pages that explain, and the setting for light and dark."""

from decimal import Decimal
from email.utils import parseaddr
from typing import Any

from babel.lists import format_list
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.cases import queries as cases
from app.cases.labels import REASONS, REFUSALS
from app.core.money import Money
from app.i18n.format import num_text
from app.i18n.locale import get_locale
from app.pages import cards, story_cards
from app.pages import figures as counted
from app.pages.forms import AppearanceForm
from app.pledges.service import TERMS_VERSION
from app.privacy import retention
from app.settings.queries import in_force
from app.stories import queries as stories
from app.stories.queries import Filter as StoryFilter
from app.web.access import anyone, public
from app.web.redirects import local_path, path_of
from app.web.templating import theme
from app.web.visitor import NOBODY

blueprint = Blueprint("pages", __name__)
ON_HOME_PAGE = 7
STORIES_ON_HOME_PAGE = 3
YEAR = 365 * 24 * 3600
# What search engines have no business with. Private cases keep them out by headers of their own.
DISALLOWED = (
    "/account/",
    "/cases/new",
    "/client/",
    "/dashboard",
    "/lawyers/application",
    "/lawyers/apply",
    "/lawyers/start",
    "/me/",
    "/p/",
    "/pledges/",
    "/privacy/",
    "/search",
    "/settings/",
    "/staff/",
    "/unsubscribe/",
    "/webhooks/",
)


def _facts() -> dict[str, Any]:
    """The numbers that the explaining pages quote, from the settings."""
    settings = in_force()
    lang = get_locale()
    days = [num_text(day) for day in settings.retry_days]
    return {
        "settings": settings,
        "contact_email": parseaddr(settings.mail_from)[1],
        "platform_fee": Decimal(settings.platform_fee_rate) / 100,
        "card_fee": Decimal(settings.card_fee_rate) / 100,
        "card_fee_fixed": Money(settings.card_fee_fixed, settings.currency),
        "minimum_pledge": Money(settings.minimum_pledge, settings.currency),
        "maximum_pledge": Money(settings.maximum_pledge, settings.currency),
        "retry_days": format_list(days, locale="en_GB" if lang == "en" else lang),
    }


@blueprint.get("/")
@public
def home() -> str:
    lang, currency = get_locale(), current_app.config["AMICUS"].currency
    return render_template(
        "pages/home.html",
        cards=cards.of(cases.listed(NOBODY, limit=ON_HOME_PAGE), lang),
        figures=counted.present(currency),
        stories=story_cards.of(stories.gallery(StoryFilter(), STORIES_ON_HOME_PAGE), lang),
        areas=cases.areas(),
        numbers=cases.open_by_area(),
        **_facts(),
    )


@blueprint.get("/figures")
@public
def figures() -> str:
    """What each figure of the home page means, and how it stands."""
    return render_template("pages/figures.html", figures=counted.present(current_app.config["AMICUS"].currency))


@blueprint.get("/how-it-works")
@public
def how_it_works() -> str:
    return render_template("pages/how_it_works.html", **_facts())


@blueprint.get("/fees")
@public
def fees() -> str:
    return render_template("pages/fees.html", **_facts())


@blueprint.get("/terms")
@public
def terms() -> str:
    return render_template("pages/terms.html", version=TERMS_VERSION, **_facts())


@blueprint.get("/policy")
@public
def policy() -> str:
    settings = in_force()
    return render_template(
        "pages/policy.html",
        areas=cases.areas(),
        refusals=REFUSALS,
        reasons=REASONS,
        second_reviewer_from=Money(settings.second_reviewer_from, settings.currency),
        **_facts(),
    )


@blueprint.get("/privacy")
@public
def privacy() -> str:
    settings = in_force()
    return render_template(
        "pages/privacy.html", session_cookie=settings.session_cookie_name, rules=retention.RULES, **_facts()
    )


@blueprint.get("/contact")
@public
def contact() -> str:
    return render_template("pages/contact.html", **_facts())


@blueprint.route("/settings/appearance", methods=["GET", "POST"])
@anyone
def appearance() -> ResponseReturnValue:
    form = AppearanceForm(theme=theme() or "", next=path_of(request.referrer, request.host))
    if not form.validate_on_submit():
        return render_template("pages/appearance.html", form=form), 400 if form.is_submitted() else 200
    back = local_path(form.next.data, url_for("pages.home"))
    response = redirect(back, 303)
    if form.theme.data:
        secure = current_app.config["AMICUS"].is_secure
        response.set_cookie("theme", form.theme.data, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie("theme", httponly=True, samesite="Lax")
    return response


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    rules = [f"Disallow: {prefix}{path}" for prefix in ("", "/fa") for path in DISALLOWED]
    return Response("\n".join(["User-agent: *", *rules, ""]), mimetype="text/plain")
