"""The audit log, for administrators and auditors: who did what, when, to what. It can be read here and nowhere changed.

What the log is narrowed to stands in the address. Whatever we do not offer counts as not asked.
"""

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request, url_for
from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import User
from app.audit import queries
from app.audit.queries import Filter
from app.cases.queries import read_id
from app.core.text import clean_text
from app.database import db
from app.web.access import staff
from app.web.headers import keep_private

blueprint = Blueprint("audit", __name__)
blueprint.after_request(keep_private)
SYSTEM = "system"
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


@blueprint.get("/audit")
@staff("admin", "auditor")
def entries() -> str:
    """The log, the latest first."""
    actions, kinds = queries.actions(), queries.subject_kinds()
    wanted, is_known = _asked(actions, kinds)
    zone = ZoneInfo(current_app.config["AMICUS"].court_time_zone)
    found = queries.entries(wanted, zone, queries.PAGE + 1) if is_known else []
    rows = found[: queries.PAGE]
    return render_template(
        "staff/audit.html",
        rows=rows,
        names=_names({row.actor_id for row in rows}),
        actions=actions,
        kinds=kinds,
        wanted=wanted,
        person=_text("person"),
        is_known=is_known,
        zone=str(zone),
        is_narrowed=replace(wanted, before=None) != Filter() or not is_known,
        next_url=_url(rows[-1].id) if len(found) > queries.PAGE else "",
        first_url=_url(None) if wanted.before is not None else "",
    )


def _text(name: str) -> str:
    return clean_text(request.args.get(name, "")[:254]).strip()


def _asked(actions: list[str], kinds: list[str]) -> tuple[Filter, bool]:
    """What the address asks for, and whether the person it names is one we know."""
    person, action, kind = _text("person").lower(), _text("action"), _text("kind")
    user = accounts.by_email(person) if person and person != SYSTEM else None
    wanted = Filter(
        action=action if action in actions else "",
        actor_id=user.id if user is not None else None,
        by_system=person == SYSTEM,
        subject_kind=kind if kind in kinds else "",
        subject_id=read_id(_text("id")),
        first_on=_day("first"),
        last_on=_day("last"),
        before=read_id(_text("before")),
    )
    return wanted, not person or person == SYSTEM or user is not None


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(_text(name))
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _url(before: int | None) -> str:
    asked: dict[str, Any] = {name: _text(name) or None for name in ("action", "person", "kind", "id", "first", "last")}
    return url_for("audit.entries", **asked, before=before)


def _names(user_ids: set[int | None]) -> dict[int, str]:
    """The names of these accounts, as they are now."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids - {None})))
    return {row.id: row.name for row in rows}
