"""The doors around documents, pictures and the video of a case: the lawyer's page, and those that hand them out.

A file is handed out to whoever may see the page that it stands on, by the same rule, and to nobody else: everybody, its
lawyer, a reviewer, the client who is asked. It is cleaned between two transactions, for that takes its time.
"""

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.cases import access, fields, moves, queries, restrictions, videos
from app.cases import files as case_files
from app.cases.file_forms import DocumentForm, FileForm, PictureForm, VideoForm
from app.cases.files import Sent
from app.cases.labels import DOCUMENTS
from app.cases.models import Case, CaseDocument, CasePicture
from app.core.errors import DomainError, NotFound
from app.database import db
from app.i18n.errors import render_error
from app.storage import cleaning, files
from app.storage.cleaning import Clean
from app.web.access import by_token, lawyer, public, staff
from app.web.fields import blame
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("filing", __name__)
_FILES = "/dashboard/cases/<public_id>/files"
_SHORTLY = "public, max-age=60"  # what is taken off a page is soon gone from caches too


# ---------------------------------------------------------------- handing out
@blueprint.get("/cases/<slug>/files/<file_id>")
@public
def show(slug: str, file_id: str) -> Response:
    case = access.find(slug, current_visitor())
    thing = _shown(case, file_id)
    answer = _hand_out(thing)
    if isinstance(thing, CasePicture) and not case.is_private:
        del answer.headers["X-Robots-Tag"]
        answer.headers["Cache-Control"] = _SHORTLY
    return answer


@blueprint.get(f"{_FILES}/<file_id>")
@lawyer
def own(public_id: str, file_id: str) -> Response:
    return _hand_out(case_files.find(access.own(public_id, current_visitor()), file_id))


@blueprint.get("/staff/cases/<public_id>/files/<file_id>")
@staff("reviewer")
def submitted(public_id: str, file_id: str) -> Response:
    return _hand_out(case_files.find(access.submitted(public_id, current_visitor()), file_id))


@blueprint.get("/client/<token>/files/<file_id>")
@by_token
def asked(token: str, file_id: str) -> Response:
    """For the client, until they have answered."""
    consent = access.asked(token)
    if consent.answer:
        raise NotFound()
    return _hand_out(_shown(consent.case, file_id))


def _shown(case: Case, file_id: str) -> CaseDocument | CasePicture:
    """A file that is not withheld. Raises NotFound."""
    thing = case_files.find(case, file_id)
    if restrictions.is_withheld(case, thing):
        raise NotFound()
    return thing


def _hand_out(thing: CaseDocument | CasePicture) -> Response:
    """A document to be saved, or a picture to be shown in the width that was asked for. Raises NotFound."""
    if isinstance(thing, CaseDocument):
        return files.download(thing.file)
    asked_for = request.args.get("width", "")
    width = int(asked_for) if asked_for.isascii() and asked_for.isdecimal() and len(asked_for) < 6 else 0
    return files.download(case_files.variant(thing, width).file, shown=True)


# ---------------------------------------------------------------- the lawyer's page
@blueprint.route(_FILES, methods=["GET", "POST"])
@lawyer
def desk(public_id: str) -> ResponseReturnValue:
    """All three forms, and what is there. `what` names the form that was sent."""
    case = _own(public_id)
    if request.method != "POST":
        return _page(case)
    receive = RECEIVERS.get(request.form.get("what", ""))
    if receive is None:
        abort(400)
    return receive(case)


@blueprint.route(f"{_FILES}/<file_id>/remove", methods=["GET", "POST"])
@lawyer
def remove(public_id: str, file_id: str) -> ResponseReturnValue:
    """Ask, then take a document or a picture off the page."""
    case = _own(public_id)
    thing = case_files.find(case, file_id)
    if request.method != "POST":
        if not case_files.may_change(case):
            return _back(case)
        page = render_template("filing/remove.html", case=case, thing=thing, is_picture=isinstance(thing, CasePicture))
        return _no_store(Response(page))
    try:
        case_files.remove(moves.held(case), thing, by_id=current_visitor().user_id)
    except DomainError as error:
        db.session.rollback()
        return _page(_own(public_id), refusal=error)
    db.session.commit()
    flash(_("It is off the page."), "done")
    return _back(case)


def _own(public_id: str) -> Case:
    return access.own(public_id, current_visitor())


def _back(case: Case) -> Response:
    return _no_store(cast(Response, redirect(url_for("filing.desk", public_id=case.public_id), 303)))


def _no_store(answer: Response) -> Response:
    return keep_private(answer)


# ---------------------------------------------------------------- receiving
def _document(case: Case) -> ResponseReturnValue:
    form = DocumentForm()

    def add(case: Case, clean: Clean) -> None:
        title, by_id = form.title.data, current_visitor().user_id
        kept = files.keep(clean.stream, title, by_id=by_id, kinds=(clean.kind,))
        sent = Sent(kept, clean.sent_sha256)
        assert form.dated_on.data is not None
        case_files.add_document(case, sent, title=title, kind=form.kind.data, dated_on=form.dated_on.data, by_id=by_id)

    return _receive(case, form, cleaning.paper, add) or _done(case, _("The document is on the page."))


def _picture(case: Case) -> ResponseReturnValue:
    form = PictureForm()

    def add(case: Case, clean: Clean) -> None:
        by_id = current_visitor().user_id
        kept = files.keep(clean.stream, "picture", by_id=by_id, kinds=(clean.kind,))
        sent = Sent(kept, clean.sent_sha256)
        words = {"alt": form.alt.data, "caption": form.caption.data}
        case_files.add_picture(case, sent, is_cover=form.is_cover.data, by_id=by_id, **words)

    def clean(sent: BinaryIO) -> Any:
        return cleaning.picture(sent, case_files.LARGEST_EDGE)

    return _receive(case, form, clean, add) or _done(
        case, _("The picture is saved. It is on the page in a moment, once it is made ready.")
    )


def _receive(
    case: Case, form: FileForm, clean: Callable[[BinaryIO], Any], add: Callable[[Case, Clean], None]
) -> ResponseReturnValue | None:
    """Clean what was sent and `add` it, each in its own time; the page with what is wrong, or None."""
    public_id = case.public_id
    if not form.validate():
        return _page(case, form)
    assert form.file is not None
    try:
        if not case_files.may_change(case):
            raise case_files.Resting()
        case_files.count_upload(case)
        db.session.commit()
        with clean(cast(BinaryIO, form.file.stream)) as made:
            add(moves.held(_own(public_id)), made)
    except DomainError as error:
        db.session.rollback()
        if error.field == "file":  # storage speaks of files in general
            error.field = form.name
        blame(form, error)
        return _page(_own(public_id), form, status=error.status)
    db.session.commit()
    return None


def _video(case: Case) -> ResponseReturnValue:
    form = VideoForm()
    if not form.validate():
        return _page(case, form)
    try:
        case_files.set_video(moves.held(case), form.video.data, by_id=current_visitor().user_id)
    except DomainError as error:
        db.session.rollback()
        blame(form, error)
        return _page(_own(case.public_id), form, status=error.status)
    db.session.commit()
    return _done(case, _("The video is on the page.") if case.video else _("There is no video on the page."))


def _cover(case: Case) -> ResponseReturnValue:
    """The picture whose button was pressed is the cover from now on."""
    case = moves.held(case)
    thing = case_files.find(case, request.form.get("file_id", ""))
    if not isinstance(thing, CasePicture):
        raise NotFound()
    try:
        case_files.set_cover(case, thing, by_id=current_visitor().user_id)
    except DomainError as error:
        db.session.rollback()
        return _page(_own(case.public_id), refusal=error)
    db.session.commit()
    return _done(case, _("The picture is at the top of the page."))


RECEIVERS: dict[str, Callable[[Case], ResponseReturnValue]] = {
    "document": _document,
    "picture": _picture,
    "video": _video,
    "cover": _cover,
}


def _done(case: Case, words: str) -> Response:
    flash(words, "done")
    return _back(case)


def _page(
    case: Case,
    form: FileForm | VideoForm | None = None,
    *,
    status: int = 400,
    refusal: DomainError | None = None,
) -> Response:
    """The page as it stands, with the form that was sent as it was sent."""
    last = queries.last_request(case) if case.is_editable else None
    remarks = queries.remarks(case, last[0]) if last else []
    forms = {
        "document": DocumentForm(formdata=None),
        "picture": PictureForm(formdata=None, is_cover=not any(one.is_cover for one in case_files.pictures(case))),
        "video": VideoForm(formdata=None, video=videos.url_of(case.video)),
    }
    if form is not None:
        forms[form.name] = form
    page = render_template(
        "filing/desk.html",
        case=case,
        documents=case_files.documents(case),
        pictures=case_files.pictures(case),
        may_change=case_files.may_change(case),
        files=case_files,
        sent=form,
        refusal=render_error(refusal) if refusal else "",
        kinds=DOCUMENTS,
        video_url=videos.url_of(case.video),
        video_site=videos.site_of(case.video),
        decision=last,
        remark=next((one for one in remarks if one.field == fields.FILES), None),
        largest=files.LARGEST // 1024 // 1024,
        **forms,
    )
    answered = status if form is not None else refusal.status if refusal is not None else 200
    return _no_store(Response(page, answered))
