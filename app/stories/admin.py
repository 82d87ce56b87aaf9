"""The editors' door: drafts that wait, and the stories that are out. Everything here is stored nowhere."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField

from app.core import richtext
from app.core.errors import DomainError
from app.database import db
from app.i18n.locale import direction
from app.stories import access, queries, service
from app.stories.models import Story
from app.updates import citations
from app.updates import queries as updates
from app.web.access import staff
from app.web.fields import AtMost, Needed, blame, cleaned, one_line, safe_line
from app.web.headers import keep_private
from app.web.visitor import current_visitor

blueprint = Blueprint("stories_admin", __name__)
blueprint.after_request(keep_private)
_RIGHT = {"dir": "auto"}


class StoryForm(FlaskForm):
    """A story. `seen` is the version that the editor read; `previewed` is the text as readers will see it."""

    seen = HiddenField()
    title = StringField(
        _l("Title"),
        [Needed(_l("Enter a title.")), AtMost(120), safe_line],
        filters=[one_line],
        render_kw=_RIGHT,
    )
    lede = TextAreaField(
        _l("Summary"),
        [Needed(_l("Enter a summary.")), AtMost(200), safe_line],
        filters=[one_line],
        render_kw={"rows": 2, **_RIGHT},
    )
    body = TextAreaField(
        _l("Story"),
        [Needed(_l("Write the story.")), AtMost(service.LONGEST_BODY)],
        filters=[cleaned],
        render_kw={"rows": 24, **_RIGHT},
    )
    whole = True
    previewed: str | None = None

    def __init__(self, story: Story) -> None:
        stored = {
            "seen": str(story.version),
            "title": story.title,
            "lede": story.lede,
            "body": story.body_markdown,
        }
        super().__init__(data={} if request.method == "POST" else stored)
        self.whole = "publish" in request.form or story.is_out

    def preview(self) -> bool:
        """Whether the form was sent to be looked at only."""
        if "preview" not in request.form:
            return False
        if self.body.validate(self):
            self.previewed = richtext.render(self.body.data).html
        return True

    @property
    def seen_version(self) -> int:
        """The version; 0, which no story has, for anything odd."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@blueprint.get("/stories")
@staff("editor")
def home() -> str:
    return render_template("stories_admin/home.html", drafts=queries.drafts(), published=queries.published())


@blueprint.route("/stories/<story_id>", methods=["GET", "POST"])
@staff("editor")
def edit(story_id: str) -> ResponseReturnValue:
    """Read, change and publish one story."""
    story = access.for_editor(story_id)
    form = StoryForm(story)
    if request.method != "POST":
        return _page(story, form)
    if form.preview():
        return _page(story, form), 400 if form.errors else 200
    if not form.validate():
        return _page(story, form), 400
    try:
        service.edit(
            story,
            current_user.user,
            title=form.title.data,
            lede=form.lede.data,
            body=form.body.data,
            seen=form.seen_version,
        )
        if "publish" in request.form:
            service.publish(story, current_user.user)
    except DomainError as error:
        db.session.rollback()
        return _refused(story, form, error)
    db.session.commit()
    flash(_("The story is published.") if "publish" in request.form else _("The story is saved."), "done")
    return _to(story)


def _refused(story: Story, form: StoryForm, error: DomainError) -> ResponseReturnValue:
    status = blame(form, error)
    form.seen.data = str(story.version)  # sent again, the form has seen it
    return _page(story, form), status


@blueprint.route("/stories/<story_id>/take-down", methods=["GET", "POST"])
@staff("editor")
def take_down(story_id: str) -> ResponseReturnValue:
    """Ask, then take a story out of the gallery."""
    story = access.for_editor(story_id)
    if request.method != "POST":
        return render_template("stories_admin/take_down.html", story=story) if story.is_out else _to(story)
    if service.take_down(story, current_user.user):
        flash(_("The story is taken down."), "done")
    db.session.commit()
    return _to(story)


def _to(story: Story) -> Response:
    return redirect(url_for("stories_admin.edit", story_id=story.public_id), 303)


def _page(story: Story, form: StoryForm) -> str:
    case, outcome = story.outcome.case, story.outcome
    return render_template(
        "stories_admin/edit.html",
        story=story,
        case=case,
        outcome=outcome,
        headline=updates.headline(outcome, case),
        citation_url=citations.url_of(outcome.citation),
        form=form,
        direction=direction(story.lang),
        is_own=case.lawyer.user_id == current_visitor().user_id,
        is_tellable=service.is_tellable(outcome),
    )
