"""The consent log by case, for administrators and auditors. Nobody is named in it."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import access
from app.cases.queries import read_id
from app.privacy import consents
from app.web.access import staff
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("privacy_admin", __name__)
blueprint.after_request(keep_private)
PAGE = 30


@blueprint.get("/consents")
@staff("admin", "auditor")
def home() -> ResponseReturnValue:
    """The cases, the latest first."""
    before = read_id(request.args.get("before", ""))
    found = access.all_recorded(current_visitor(), before, PAGE + 1)
    rows = found[:PAGE]
    return render_template(
        "privacy_admin/home.html",
        rows=rows,
        next_url=url_for("privacy_admin.home", before=rows[-1].id) if len(found) > PAGE else "",
        first_url=url_for("privacy_admin.home") if before is not None else "",
    )


@blueprint.get("/consents/<public_id>")
@staff("admin", "auditor")
def case(public_id: str) -> ResponseReturnValue:
    """What was consented to about one case; `kind` says which, one page at a time."""
    found = access.recorded(public_id, current_visitor())
    kind = request.args.get("kind", "")
    kind = kind if kind in consents.KINDS else consents.KINDS[0]
    before = read_id(request.args.get("before", ""))
    listed = consents.of_case(found, kind, before, consents.PAGE + 1)
    rows = listed[: consents.PAGE]
    first_url = url_for("privacy_admin.case", public_id=public_id, kind=kind)
    return render_template(
        "privacy_admin/case.html",
        case=found,
        kind=kind,
        rows=rows,
        next_url=f"{first_url}&before={rows[-1].id}" if len(listed) > consents.PAGE else "",
        first_url=first_url if before is not None else "",
    )
