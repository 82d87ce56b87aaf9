"""The forms by which documents, pictures and a video come onto a page. A file is sent anew with every try."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from app.cases.labels import DOCUMENTS
from app.core import clock
from app.storage import files
from app.web.fields import AtMost, DateField, Needed, one_line, one_of

PICTURES = ("jpeg", "png", "webp")


def _line(label: Any, most: int, *checks: Any, **keywords: str) -> StringField:
    return StringField(label, [*checks, AtMost(most)], filters=[one_line], render_kw={"dir": "auto", **keywords})


class FileForm(FlaskForm):
    """A form with one file, in the field that is called as the form is."""

    name = ""
    whole = True

    @property
    def file(self) -> FileStorage | None:
        """What was chosen, if anything was."""
        sent = self[self.name].data
        return sent if isinstance(sent, FileStorage) and sent.filename else None


class DocumentForm(FileForm):
    """A document with what it is called."""

    name = "document"
    document = FileField(_l("File"), render_kw={"accept": files.ACCEPTED})
    title = _line(_l("What is it called?"), 120, Needed(_l("Enter a title.")))
    kind = SelectField(
        _l("What kind of document is it?"),
        [Needed(_l("Choose what kind of document it is.")), one_of],
        choices=[SelectChoice("", _l("Choose")), *(SelectChoice(key, label) for key, label in DOCUMENTS.items())],
        validate_choice=False,
    )
    dated_on = DateField(_l("Its date"), [Needed(_l("Enter the day."))])

    def validate_document(self, field: FileField) -> None:
        if self.file is None:
            raise ValidationError(_("Choose a file."))

    def validate_dated_on(self, field: DateField) -> None:
        if field.data and field.data > clock.now().date():
            raise ValidationError(_("The day cannot be in the future."))


class PictureForm(FileForm):
    """A picture with what it shows."""

    name = "picture"
    picture = FileField(_l("Picture"), render_kw={"accept": files.endings_of(PICTURES)})
    alt = TextAreaField(
        _l("What does it show?"),
        [Needed(_l("Describe what the picture shows.")), AtMost(300)],
        filters=[one_line],
        render_kw={"rows": "2", "dir": "auto"},
    )
    caption = _line(_l("Caption"), 200)
    is_cover = BooleanField(_l("Show it at the top of the page"))

    def validate_picture(self, field: FileField) -> None:
        if self.file is None:
            raise ValidationError(_("Choose a picture."))


class VideoForm(FlaskForm):
    """Where a video stands."""

    name = "video"
    whole = True
    video = StringField(
        _l("Address of the video"),
        [AtMost(300)],
        filters=[one_line],
        render_kw={"inputmode": "url", "autocomplete": "off", "dir": "ltr"},
    )
