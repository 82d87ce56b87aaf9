"""Building the application, in named steps."""

import logging
from typing import Any

import structlog
from flask import Blueprint, Flask, current_app, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response
from whitenoise import WhiteNoise

from app import database
from app.accounts import cli as accounts_cli
from app.accounts import emails as accounts_emails
from app.accounts import jobs as accounts_jobs
from app.accounts import joining as accounts_joining
from app.accounts import keyring as accounts_keyring
from app.accounts import proving as accounts_proving
from app.accounts import sessions
from app.accounts import settings as accounts_settings
from app.accounts import views as accounts_views
from app.cases import admin as cases_admin
from app.cases import appealing as cases_appealing
from app.cases import changes as cases_changes
from app.cases import consent as cases_consent
from app.cases import dashboard as cases_dashboard
from app.cases import emails as cases_emails
from app.cases import ending as cases_ending
from app.cases import filing as cases_filing
from app.cases import guests as cases_guests
from app.cases import jobs as cases_jobs
from app.cases import links as cases_links
from app.cases import openness as cases_openness
from app.cases import proofs as cases_proofs
from app.cases import restricting as cases_restricting
from app.cases import timing as cases_timing
from app.cases import veiling
from app.cases import views as cases_views
from app.cases import wizard as cases_wizard
from app.core import clock
from app.extensions import csrf, login_manager, mail, migrate
from app.i18n import locale
from app.jobs import cli as jobs_cli
from app.lawyers import admin as lawyers_admin
from app.lawyers import cli as lawyers_cli
from app.lawyers import emails as lawyers_emails
from app.lawyers import jobs as lawyers_jobs
from app.lawyers import views as lawyers_views
from app.moderation import admin as moderation_admin
from app.moderation import emails as moderation_emails
from app.moderation import views as moderation_views
from app.operations import audit_log as operations_audit
from app.operations import cli as operations_cli
from app.operations import jobs as operations_jobs
from app.operations import staff_home as operations_staff
from app.operations import views as operations_views
from app.pages import areas as pages_areas
from app.pages import jobs as pages_jobs
from app.pages import lawyers as pages_lawyers
from app.pages import views as pages_views
from app.payments import provider
from app.pledges import cli as pledges_cli
from app.pledges import emails as pledges_emails
from app.pledges import jobs as pledges_jobs
from app.pledges import manage as pledges_manage
from app.pledges import members as pledges_members
from app.pledges import views as pledges_views
from app.pledges import webhooks as pledges_webhooks
from app.privacy import admin as privacy_admin
from app.privacy import cli as privacy_cli
from app.privacy import emails as privacy_emails
from app.privacy import jobs as privacy_jobs
from app.privacy import mine as privacy_mine
from app.privacy import views as privacy_views
from app.search import cli as search_cli
from app.search import jobs as search_jobs
from app.search import views as search_views
from app.seed import cli as seed_cli
from app.settings import admin as settings_admin
from app.settings import cli as settings_cli
from app.settings import emails as settings_emails
from app.stories import admin as stories_admin
from app.stories import emails as stories_emails
from app.stories import jobs as stories_jobs
from app.stories import views as stories_views
from app.updates import desk as updates_desk
from app.updates import emails as updates_emails
from app.updates import jobs as updates_jobs
from app.updates import unsubscribe as updates_unsubscribe
from app.updates import views as updates_views
from app.web import access, assets, errors, headers, page_cache, templating
from config import Settings, load

# Doors that speak HTTP, with where they stand.
DOORS: tuple[tuple[Blueprint, str], ...] = (
    (pages_views.blueprint, "/"),
    (accounts_views.blueprint, "/account"),
    (accounts_joining.blueprint, "/account"),
    (accounts_settings.blueprint, "/account"),
    (accounts_keyring.blueprint, "/account"),
    (accounts_proving.blueprint, "/account"),
    (lawyers_views.blueprint, "/lawyers"),
    (lawyers_admin.blueprint, "/staff"),
    (pages_lawyers.blueprint, "/lawyers"),
    (pages_areas.blueprint, "/areas"),
    (search_views.blueprint, "/"),
    (cases_views.blueprint, "/cases"),
    (cases_wizard.blueprint, "/"),
    (cases_dashboard.blueprint, "/dashboard"),
    (cases_links.blueprint, "/p"),
    (cases_guests.blueprint, "/"),
    (cases_changes.blueprint, "/"),
    (cases_openness.blueprint, "/"),
    (cases_timing.blueprint, "/"),
    (cases_admin.blueprint, "/staff"),
    (cases_appealing.blueprint, "/"),
    (cases_ending.blueprint, "/"),
    (cases_consent.blueprint, "/"),
    (cases_filing.blueprint, "/"),
    (cases_restricting.blueprint, "/"),
    (cases_proofs.blueprint, "/"),
    (pledges_views.blueprint, "/cases"),
    (pledges_manage.blueprint, "/pledges"),
    (pledges_members.blueprint, "/me"),
    (pledges_webhooks.blueprint, "/webhooks"),
    (updates_views.blueprint, "/cases"),
    (updates_desk.blueprint, "/"),
    (updates_unsubscribe.blueprint, "/unsubscribe"),
    (stories_views.blueprint, "/"),
    (stories_admin.blueprint, "/staff"),
    (moderation_views.blueprint, "/"),
    (moderation_admin.blueprint, "/staff"),
    (privacy_views.blueprint, "/privacy"),
    (privacy_mine.blueprint, "/me/privacy"),
    (privacy_admin.blueprint, "/staff"),
    (operations_staff.blueprint, "/staff"),
    (operations_audit.blueprint, "/staff"),
    (settings_admin.blueprint, "/staff"),
    (operations_views.blueprint, "/"),
)
# Doors that only register letters, jobs or beats when they are imported.
LISTENERS = (
    accounts_emails,
    accounts_jobs,
    lawyers_emails,
    lawyers_jobs,
    cases_emails,
    cases_jobs,
    pledges_emails,
    pledges_jobs,
    updates_emails,
    updates_jobs,
    stories_emails,
    stories_jobs,
    moderation_emails,
    search_jobs,
    pages_jobs,
    privacy_emails,
    privacy_jobs,
    settings_emails,
    operations_jobs,
)
COMMANDS = (
    accounts_cli.staff,
    lawyers_cli.lawyers,
    jobs_cli.worker,
    pledges_cli.pledges,
    search_cli.search,
    privacy_cli.privacy,
    settings_cli.settings,
    operations_cli.check_books,
    seed_cli.seed,
)


def build_app(settings: Settings | None = None) -> Flask:
    """See `app.create_app`."""
    app = Flask("app", static_folder=None)
    configure(app, settings or load())
    bind_extensions(app)
    open_doors(app)
    errors.init_app(app)
    templating.init_app(app)
    page_cache.init_app(app)
    veiling.init_app(app)
    add_commands(app)
    wrap(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    app.config.from_mapping(settings.flask())
    clock.set_offset_file(settings.clock_file)
    set_up_logging(settings)


def set_up_logging(settings: Settings) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def bind_extensions(app: Flask) -> None:
    database.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app, add_context_processor=False)  # its `current_user` would touch every page's session
    # No remember cookie is used, and this hook would mark every page as varying by cookie.
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    migrate.init_app(app, database.db, render_as_batch=True)
    mail.init_app(app)
    locale.init_app(app)
    provider.init_app(app)
    sessions.init_app(app)


def open_doors(app: Flask) -> None:
    app.before_request(choose_transaction)
    app.before_request(to_canonical_host)
    app.before_request(access.guard)
    app.teardown_request(lambda _error: database.set_read_only(False))
    for blueprint, prefix in DOORS:
        app.register_blueprint(blueprint, url_prefix=None if prefix == "/" else prefix)
    unmarked = [rule.endpoint for rule in app.url_map.iter_rules() if access.mark_of(app, rule.endpoint) is None]
    if unmarked:
        raise RuntimeError(f"Views without an access mark: {unmarked}")


def choose_transaction() -> None:
    """GET and HEAD read; only a return from the provider's page may write down what it says."""
    mark = access.mark_of(current_app, request.endpoint)
    writes = request.method not in ("GET", "HEAD", "OPTIONS") or (mark is not None and mark.kind == "returning")
    database.set_read_only(not writes)


def to_canonical_host() -> Response | None:
    """In development the site has one name (`localhost`: passkeys need a name); its address leads there."""
    settings: Settings = current_app.config["AMICUS"]
    if request.host != settings.host and request.method == "GET" and request.path != "/healthz":
        return redirect(settings.base_url + request.full_path.rstrip("?"), 308)
    return None


def add_commands(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)


def wrap(app: Flask) -> None:
    """WSGI layers, innermost first."""
    settings: Settings = app.config["AMICUS"]
    layered: Any = locale.LanguagePrefix(app.wsgi_app)
    if settings.page_cache:
        layered = page_cache.PageCache(layered, app)
    if settings.proxy_count:
        layered = ProxyFix(
            layered, x_for=settings.proxy_count, x_proto=settings.proxy_count, x_host=settings.proxy_count
        )
    if settings.env == "development":
        assets.ensure_built()
    layered = WhiteNoise(
        layered, root=str(assets.DIST), prefix="static/", max_age=31_536_000, immutable_file_test=lambda *_: True
    )
    app.wsgi_app = headers.SecurityHeaders(layered, secure=settings.is_secure)  # type: ignore[method-assign]
