"""The administrators' door to settings: which there are, one with its history, a change to it, and the second word."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.errors import DomainError
from app.database import db
from app.mail.outbox import post
from app.settings import labels, queries, service
from app.settings.forms import ChangeForm, change_form, possible
from app.settings.known import GROUPS, Known
from app.settings.models import SettingChange
from app.web.access import fresh, staff
from app.web.fields import blame
from app.web.headers import keep_private

blueprint = Blueprint("settings_admin", __name__)
blueprint.after_request(keep_private)


@blueprint.get("/settings")
@staff("admin")
def home() -> str:
    rows = queries.rows()
    return render_template(
        "settings_admin/home.html",
        groups=[(label, [row for row in rows if row.known.group == group]) for group, label in GROUPS.items()],
        labels=labels,
    )


@blueprint.route("/settings/<name>", methods=["GET", "POST"])
@staff("admin")
@fresh
def show(name: str) -> ResponseReturnValue:
    known = queries.find(name)
    history = queries.history(name)
    row = queries.row_of(known, history)
    form = change_form(known, row.value)
    if not form.is_submitted():
        return _page(row, history, form)
    if not form.validate():
        return _page(row, history, form), 400
    try:
        change = service.change(
            known, form.number, form.reason.data, by_id=current_user.user.id, starts_at=form.starts_at
        )
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        return _page(row, queries.history(name), form), status
    _done(change, "proposed" if change.needs_second else "changed")
    flash(
        _("Another administrator is asked to confirm it. Until then nothing changes.")
        if change.needs_second
        else _("The setting is changed. All administrators are told by email."),
        "done",
    )
    return redirect(url_for("settings_admin.show", name=name), 303)


@blueprint.post("/settings/<name>/changes/<int:n>")
@staff("admin")
@fresh
def answer(name: str, n: int) -> ResponseReturnValue:
    """Confirm, refuse or withdraw a change."""
    known = queries.find(name)
    history = queries.history(name)
    change = next((one for one in history if one.id == n), None)
    if change is None:
        abort(404)
    form, given = FlaskForm(), request.form.get("answer", "")
    act = {"confirm": service.confirm, "refuse": service.refuse, "withdraw": service.withdraw}.get(given)
    if act is None or not form.validate():
        abort(400)
    try:
        said = act(change, by_id=current_user.user.id)
    except DomainError as error:
        db.session.rollback()
        status = blame(form, error)
        history = queries.history(name)
        row = queries.row_of(known, history)
        return _page(row, history, change_form(known, row.value), answered=form), status
    _done(change, said.answer)
    flash(_("It is done. All administrators are told by email."), "done")
    return redirect(url_for("settings_admin.show", name=name), 303)


def _done(change: SettingChange, what: str) -> None:
    """Tell every administrator, commit, and let this process see it at once."""
    for user in accounts.staff():
        if "admin" in user.role_names and not user.disabled_at:
            key = f"setting:{change.id}:{what}:{user.id}"
            facts = {"change": change.id, "what": what}
            post(key, "settings.changed", to=user.email, lang=user.lang, facts=facts)
    db.session.commit()
    queries.forget()


def _page(
    row: queries.Row, history: list[SettingChange], form: ChangeForm, *, answered: FlaskForm | None = None
) -> str:
    user_id = current_user.user.id
    answers = {change.id: possible(change, user_id) for change in history}
    return render_template(
        "settings_admin/show.html",
        row=row,
        known=row.known,
        history=history,
        form=form,
        answered=answered,
        answers=answers,
        names=_names(history),
        labels=labels,
        limits=_limits(row.known),
    )


def _limits(known: Known) -> str:
    least, most = (labels.value_text(known, value) for value in (known.least, known.most))
    return str(_("From %(least)s to %(most)s.", least=least, most=most))


def _names(history: list[SettingChange]) -> dict[int, str]:
    ids = {change.by_id for change in history} | {change.answer.by_id for change in history if change.answer}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}
