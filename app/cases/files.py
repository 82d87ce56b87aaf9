"""Documents, pictures and the video of a case: how they come onto its page and go from it.

Files come here clean (`app.storage.cleaning`). They are part of what the client agrees to and of what a reviewer reads,
so they rest with the page while it is under review. On a live page documents and pictures may still be added and
removed, as its updates may be written; each time is noted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, and_, func, inspect, literal, select, true, union_all, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from app.audit.service import record
from app.cases import videos
from app.cases.labels import DOCUMENTS
from app.cases.models import BudgetLine, Case, CaseDocument, CasePicture, PictureVariant
from app.core import clock
from app.core.errors import N_, Conflict, Invalid, NotFound
from app.database import db
from app.jobs.queue import defer
from app.storage import files
from app.storage.models import StoredFile
from app.web import throttle

Thing = TypeVar("Thing", CaseDocument, CasePicture)
MOST_DOCUMENTS = 20
MOST_PICTURES = 7  # the cover, and six
HOUR = 3600
UPLOADS_OF_ONE_LAWYER = 120
WIDTHS = (480, 960, 1440)  # pixels
LARGEST_EDGE = 2000  # pixels of what is kept of a picture
_READ = ("documents", "pictures", "budget")


class Resting(Conflict):
    """The page is with a reviewer, approved, turned down or taken down."""

    message = N_("Documents and pictures cannot be changed now.")


class TooMany(Conflict):
    """The page has room for no more."""

    message = N_("There is room for %(most)s. Remove one first.")
    field = "file"


class NoTitle(Invalid):
    """A document without a title."""

    message = N_("Enter a title.")
    field = "title"


class BadKind(Invalid):
    """None of `labels.DOCUMENTS`."""

    message = N_("Choose what kind of document it is.")
    field = "kind"


class InTheFuture(Invalid):
    """A document of tomorrow."""

    message = N_("The day cannot be in the future.")
    field = "dated_on"


class NoWords(Invalid):
    """A picture that says nothing to those who cannot see it."""

    message = N_("Describe what the picture shows.")
    field = "alt"


class NoVideo(Invalid):
    """No address of a video, or of another site."""

    message = N_("Enter the address of a video on YouTube or Vimeo.")
    field = "video"


@dataclass(frozen=True)
class Sent:
    """A clean file, stored, and the SHA-256 of what was sent."""

    file: StoredFile
    sha256: str


# ---------------------------------------------------------------- looking
def may_change(case: Case) -> bool:
    """Whether its lawyer may add and remove."""
    on_page = case.change_of_id is None and (case.is_editable or case.is_published)
    return case.taken_down_at is None and on_page


def documents(case: Case) -> list[CaseDocument]:
    """The documents of a case, the oldest first."""
    if not case.has_files:
        return []
    read([case])
    return list(case.documents)


def pictures(case: Case) -> list[CasePicture]:
    """The pictures of a case, the cover first, then as they were added."""
    if not case.has_files:
        return []
    read([case])
    return list(case.pictures)


def read(cases: Sequence[Case]) -> None:
    """Read the documents and pictures of those of `cases` that have any, and their budgets, with one query for all.

    What was read before stays, until the case is held or its files change.
    """
    wanted = [case for case in cases if case.has_files and inspect(case).unloaded & {"documents", "pictures"}]
    if not wanted:
        return
    found: dict[int, dict[str, list[Any]]] = {case.id: {name: [] for name in _READ} for case in wanted}
    for case_id, *parts in db.session.execute(_parts(list(found))).unique():
        for name, part in zip(_READ, parts, strict=True):
            if part is not None:
                found[case_id][name].append(part)
    for case in wanted:
        for name in inspect(case).unloaded & found[case.id].keys():
            set_committed_value(case, name, found[case.id][name])


def _parts(case_ids: list[int]) -> Select[int, CaseDocument, CasePicture, BudgetLine]:
    """A row for each part; three times each case, so that no kind is multiplied by another."""
    kind = union_all(*(select(literal(n).label("n")) for n in range(3))).subquery()
    shown_by = func.coalesce(Case.change_of_id, Case.id)
    return (
        select(Case.id, CaseDocument, CasePicture, BudgetLine)
        .select_from(Case)
        .join(kind, true())
        .outerjoin(
            CaseDocument,
            and_(kind.c.n == 0, CaseDocument.case_id == shown_by, CaseDocument.removed_at.is_(None)),
        )
        .outerjoin(
            CasePicture,
            and_(kind.c.n == 1, CasePicture.case_id == shown_by, CasePicture.removed_at.is_(None)),
        )
        .outerjoin(BudgetLine, and_(kind.c.n == 2, BudgetLine.case_id == Case.id))
        .where(Case.id.in_(case_ids))
        .options(joinedload(CaseDocument.file), joinedload(CasePicture.file), joinedload(CasePicture.variants))
        .order_by(
            *(CaseDocument.dated_on, CaseDocument.id),
            *(CasePicture.is_cover.desc(), CasePicture.id),
            BudgetLine.position,
        )
    )


def find(case: Case, public_id: str) -> CaseDocument | CasePicture:
    """A document or a picture that stands on the page of `case`. Raises NotFound."""
    found = _one(CaseDocument, case, public_id) or _one(CasePicture, case, public_id)
    if found is None:
        raise NotFound()
    return found


def _one(kind: type[Thing], case: Case, public_id: str) -> Thing | None:
    wanted = (kind.case_id == case.files_of, kind.public_id == public_id, kind.removed_at.is_(None))
    return db.session.scalars(select(kind).where(*wanted)).one_or_none()


def variant(picture: CasePicture, width: int) -> PictureVariant:
    """The smallest variant of `width` pixels or more, else the widest. Raises NotFound before there is one."""
    if not picture.variants:
        raise NotFound()
    return next((one for one in picture.variants if one.width >= width), picture.variants[-1])


def count_upload(case: Case) -> None:
    """Count a file that a lawyer sends, good or bad. Raises throttle.TooMany."""
    key = str(case.lawyer_id)
    throttle.check("case.upload", key, UPLOADS_OF_ONE_LAWYER, HOUR)
    throttle.note("case.upload", key)


# ---------------------------------------------------------------- documents
def add_document(case: Case, sent: Sent, *, title: str, kind: str, dated_on: date, by_id: int | None) -> CaseDocument:
    """Put a document on the page; the same file a second time is quiet. The caller holds the case.

    Raises Resting, NoTitle, BadKind, InTheFuture, TooMany.
    """
    _refuse_unless_changeable(case)
    if not title:
        raise NoTitle()
    if kind not in DOCUMENTS:
        raise BadKind()
    if dated_on > clock.now().date():
        raise InTheFuture()
    there = documents(case)
    if (known := _known(there, sent)) is not None:
        return known
    if len(there) >= MOST_DOCUMENTS:
        raise TooMany(most=MOST_DOCUMENTS)
    document = CaseDocument(
        case=case,
        file=sent.file,
        title=title,
        kind=kind,
        dated_on=dated_on,
        sent_sha256=sent.sha256,
        added_by=by_id,
        added_at=clock.now(),
    )
    db.session.add(document)
    _noted(case, "case.document_added", document, by_id)
    return document


# ---------------------------------------------------------------- pictures
def add_picture(
    case: Case, sent: Sent, *, alt: str, caption: str = "", is_cover: bool = False, by_id: int | None
) -> CasePicture:
    """Put a picture on the page, and have its variants made; the same file a second time is quiet. The caller holds the
    case. Raises Resting, NoWords, TooMany.
    """
    _refuse_unless_changeable(case)
    if not alt:
        raise NoWords()
    there = pictures(case)
    if (known := _known(there, sent)) is not None:
        return known
    if len(there) >= MOST_PICTURES:
        raise TooMany(most=MOST_PICTURES)
    picture = CasePicture(
        case=case,
        file=sent.file,
        alt=alt,
        caption=caption,
        sent_sha256=sent.sha256,
        added_by=by_id,
        added_at=clock.now(),
    )
    db.session.add(picture)
    _noted(case, "case.picture_added", picture, by_id)
    if is_cover:
        _put_in_front(case, picture)
    defer("cases.make_variants", {"picture_id": picture.id}, uniq=f"picture:{picture.id}:variants")
    return picture


def set_cover(case: Case, picture: CasePicture, *, by_id: int | None) -> None:
    """Show `picture` at the top of the page. The caller holds the case. Raises Resting."""
    _refuse_unless_changeable(case)
    if not picture.is_cover:
        _put_in_front(case, picture)
        _noted(case, "case.cover_set", picture, by_id)


def _put_in_front(case: Case, picture: CasePicture) -> None:
    db.session.execute(update(CasePicture).where(CasePicture.case_id == case.id).values(is_cover=False))
    picture.is_cover = True


def needed_widths(picture: CasePicture) -> list[int]:
    """The widths in which a picture is still to be made: none beyond its own, and none of what was removed."""
    made = {one.width for one in picture.variants}
    own = min(made - set(WIDTHS), default=WIDTHS[-1])  # a width that nobody asked for is the picture's own
    return [width for width in WIDTHS if width not in made and width <= own] if picture.removed_at is None else []


def keep_variant(picture: CasePicture, file: StoredFile, *, width: int, height: int) -> None:
    """Note a variant. One of the same width is there already when the picture is narrower than was asked for."""
    if width in {one.width for one in picture.variants} or picture.removed_at is not None:
        files.delete(file)
        return
    picture.variants.append(PictureVariant(file=file, width=width, height=height))


# ---------------------------------------------------------------- both
def remove(case: Case, thing: CaseDocument | CasePicture, *, by_id: int | None) -> None:
    """Take a document or a picture from the page; its files go with the commit. The caller holds the case.

    Raises Resting.
    """
    _refuse_unless_changeable(case)
    if thing.removed_at is not None:
        return
    thing.removed_at = clock.now()
    files.delete(thing.file)
    if isinstance(thing, CasePicture):
        thing.is_cover = False
        for one in thing.variants:
            files.delete(one.file)
    what = "picture" if isinstance(thing, CasePicture) else "document"
    _noted(case, f"case.{what}_removed", thing, by_id)


def set_video(case: Case, address: str, *, by_id: int | None) -> None:
    """Name a video that stands elsewhere; an empty address takes it off. The caller holds the case.

    Raises Resting, NoVideo.
    """
    _refuse_unless_changeable(case)
    kept = videos.read(address) if address else ""
    if address and not kept:
        raise NoVideo()
    if kept != case.video:
        case.video = kept
        _changed(case)
        record("case.video_set", case, actor_id=by_id)


def _refuse_unless_changeable(case: Case) -> None:
    if not may_change(case):
        raise Resting()


def _known(there: Sequence[Thing], sent: Sent) -> Thing | None:
    """The one of `there` that was made of the same file; the new copy then goes again."""
    known = next((thing for thing in there if thing.sent_sha256 == sent.sha256), None)
    if known is not None:
        files.delete(sent.file)
    return known


def _noted(case: Case, action: str, thing: CaseDocument | CasePicture, by_id: int | None) -> None:
    _changed(case)
    db.session.flush()
    db.session.expire(case, ["documents", "pictures"])
    case.has_files = True
    case.has_files = bool(documents(case) or pictures(case))
    record(action, thing, actor_id=by_id, case=case.id, state=case.state)


def _changed(case: Case) -> None:
    case.version += 1
    case.updated_at = clock.now()
