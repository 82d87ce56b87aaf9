"""What the clock does with case pages, and the pictures in the widths that pages ask for."""

import structlog
from sqlalchemy import select

from app.cases import files as case_files
from app.cases import publishing, restrictions
from app.cases.models import CasePicture
from app.core.errors import Invalid
from app.database import db
from app.jobs.queue import job
from app.jobs.worker import each_second
from app.storage import cleaning, files

log = structlog.get_logger()
each_second(publishing.publish_due)


@job("cases.end_restrictions", every_minutes=1)
def end_restrictions() -> None:
    """Let names be told again whose restriction has run out."""
    restrictions.end_due()


@job("cases.make_variants")
def make_variants(picture_id: int) -> None:
    """Make a picture's variants, each in a transaction of its own; until then the page shows the area's artwork."""
    for width in case_files.needed_widths(_held(picture_id)):
        master = _held(picture_id).file
        db.session.expunge(master)
        db.session.rollback()  # drawing takes its time, and others write meanwhile
        try:
            with cleaning.variant(master, width) as clean:
                picture = _held(picture_id)
                if picture.removed_at is None:
                    kept = files.keep(clean.stream, f"{picture.public_id}.webp", by_id=None, kinds=("webp",))
                    case_files.keep_variant(picture, kept, width=clean.width, height=clean.height)
        except (Invalid, FileNotFoundError) as error:
            log.warning("picture cannot be made smaller", picture=picture_id, width=width, why=type(error).__name__)
            return
        db.session.commit()
        if clean.width < width:
            return


def _held(picture_id: int) -> CasePicture:
    """The picture, read anew and held, so that two workers make no variant twice."""
    held = select(CasePicture).where(CasePicture.id == picture_id).with_for_update(of=CasePicture)
    return db.session.scalars(held.execution_options(populate_existing=True)).one()
