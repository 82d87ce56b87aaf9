"""What can happen to a story: it is drafted from an outcome, edited, published, and taken down."""

from math import ceil

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit.service import record
from app.cases import restrictions
from app.cases.models import Case
from app.core import clock, ids, richtext
from app.core.errors import N_, Conflict, Invalid
from app.core.text import slugify, word_count
from app.database import db
from app.i18n.format import num_text
from app.i18n.locale import using_language
from app.mail.outbox import post
from app.stories.models import Story
from app.updates import queries as updates
from app.updates.models import Outcome
from app.updates.states import SUCCESSES

LONGEST_BODY = 20_000  # characters
PREFILLED_WORDS = 150  # of the case's own story
WORDS_A_MINUTE = 200


class NotTellable(Conflict):
    """The lawyer has not agreed (any more), or the case is not public."""

    message = N_("The lawyer has not agreed to a story about this case.")


class OwnStory(Conflict):
    """Nobody publishes a story about their own case."""

    message = N_("This is your own case. Somebody else must publish its story.")


class NothingWritten(Invalid):
    """A story without a title, a summary or a text."""

    message = N_("Fill in this part before you publish the story.")


class Overtaken(Conflict):
    """Another editor saved other words meanwhile."""

    message = N_("Somebody else has saved this story since you opened it. Save again to keep what you typed.")


def is_tellable(outcome: Outcome) -> bool:
    """Whether a story may be told: a success of a public case whose lawyer agreed."""
    case = outcome.case
    return outcome.tells_story and outcome.code in SUCCESSES and case.is_published and not case.is_private


def draft(outcome: Outcome) -> Story | None:
    """Write a first draft from what the case says of itself, in its language; None if there is one, or may be none."""
    if not is_tellable(outcome):
        return None
    if db.session.scalar(select(Story.id).where(Story.outcome_id == outcome.id)) is not None:
        return None
    case, public_id = outcome.case, ids.public_id()
    with using_language(case.lang):
        body = _prefilled(outcome, case)
    rendered = richtext.render(body)
    story = Story(
        public_id=public_id,
        slug=public_id,
        outcome=outcome,
        lang=case.lang,
        title=case.title,
        lede=case.summary,
        body_markdown=body,
        body_html=rendered.html,
        body_policy=rendered.policy_version,
    )
    db.session.add(story)
    db.session.flush()
    record("story.drafted", story)
    return story


def _prefilled(outcome: Outcome, case: Case) -> str:
    """What was wrong; then, under our headings, what the court said, what changed and for whom."""
    source = f"{outcome.court}, {outcome.citation}" if outcome.citation else outcome.court
    quote = "\n".join(f"> {line}" for line in [*outcome.quote.splitlines(), "", source]) if outcome.quote else ""
    parts = [
        (_("What the court said"), quote),
        (_("How it ended"), updates.headline(outcome, case, markup=False)),
        (_("What changed"), outcome.effect),
        (_("Who benefited"), _benefited(case)),
    ]
    return "\n\n".join(
        [_beginning(case.story_markdown), *(f"## {heading}\n\n{text}" for heading, text in parts if text)]
    )


def _benefited(case: Case) -> str:
    number = num_text(case.benefits_number) if case.benefits_number else ""
    more = [(_("Where they are"), case.benefits_place), (_("How many they are, about"), number)]
    return "\n\n".join([case.who_benefits, *(f"{label}: {said}" for label, said in more if said)])


def _beginning(markdown: str) -> str:
    """The first paragraphs, up to PREFILLED_WORDS; the first one whole."""
    kept: list[str] = []
    for paragraph in markdown.split("\n\n"):
        if kept and word_count(" ".join([*kept, paragraph])) > PREFILLED_WORDS:
            break
        kept.append(paragraph)
    return "\n\n".join(kept)


def minutes_to_read(story: Story) -> int:
    """How long it takes to read, in minutes."""
    return max(1, ceil(word_count(story.body_markdown) / WORDS_A_MINUTE))


# ---------------------------------------------------------------- editing
def held(story: Story) -> Story:
    """The story, read anew and held until the transaction ends."""
    return db.session.scalars(
        select(Story).where(Story.id == story.id).with_for_update().execution_options(populate_existing=True)
    ).one()


def edit(story: Story, editor: User, *, title: str, lede: str, body: str, seen: int) -> None:
    """Save other words; `seen` is the version that the form showed. Raises Overtaken, NothingWritten for one that is
    out already.
    """
    story = held(story)
    if (title, lede, body) == (story.title, story.lede, story.body_markdown):
        return
    if seen != story.version:
        raise Overtaken()
    if story.is_out:
        _refuse_empty(title, lede, body)
    rendered = richtext.render(body)
    story.title, story.lede, story.body_markdown = title, lede, body
    story.body_html, story.body_policy = rendered.html, rendered.policy_version
    story.version += 1
    story.updated_at = clock.now()
    record("story.edited", story, actor_id=editor.id, version=story.version)


def _refuse_empty(title: str, lede: str, body: str) -> None:
    for field, text in (("title", title), ("lede", lede), ("body", body)):
        if not text.strip():
            raise NothingWritten(field=field)


def publish(story: Story, editor: User) -> bool:
    """Put a story into the gallery, or back there; a second time is quiet (False).

    Raises NotTellable, OwnStory, NothingWritten.
    """
    story = held(story)
    if not is_tellable(story.outcome):
        raise NotTellable()
    lawyer = story.outcome.case.lawyer
    if lawyer.user_id == editor.id:
        raise OwnStory()
    if story.is_out:
        return False
    _refuse_empty(story.title, story.lede, story.body_markdown)
    if story.published_at is None:
        _take_slug(story)
        story.published_at = clock.now()
    story.published_by, story.taken_down_at = editor.id, None
    record("story.published", story, actor_id=editor.id)
    user, key = lawyer.user, f"story:{story.id}:published"
    post(key, "stories.published", to=user.email, lang=user.lang, facts={"story": story.id})
    return True


def _take_slug(story: Story) -> None:
    """An address from the title; two of one title that are published at the same moment get two."""
    wanted = slugify(restrictions.told(story.outcome.case, story.title, story.lang), otherwise="story")
    while True:
        found = select(Story.slug).where(Story.slug.startswith(wanted, autoescape=True))
        taken = set(db.session.scalars(found))
        slug = next(
            slug for n in range(1, len(taken) + 2) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken
        )
        try:
            with db.session.begin_nested():
                story.slug = slug
            return
        except IntegrityError:  # another transaction has taken it since we looked
            continue


def leave_address(case: Case) -> None:
    """Give the story of `case` another address if its own tells a name that may not be told."""
    tries = [one.id for one in restrictions.family(case)]
    for story in db.session.scalars(select(Story).join(Story.outcome).where(Outcome.case_id.in_(tries))):
        if restrictions.veil_of(case, story.lang).is_in(story.slug):
            story.slug = story.public_id


def take_down(story: Story, editor: User) -> bool:
    """Take a published story out of the gallery; its address then says so. A second time is quiet (False)."""
    story = held(story)
    if not story.is_out:
        return False
    story.taken_down_at = clock.now()
    record("story.taken_down", story, actor_id=editor.id)
    return True
