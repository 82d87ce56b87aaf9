"""What can happen to an update: it is drafted, changed, discarded, posted and corrected.

Posting numbers it, moves the case to the legal stage it names, and tells the backers. What was posted stays: a
correction is a new version, and the words before it are kept.
"""

from dataclasses import dataclass

from sqlalchemy import select

from app.audit.service import record
from app.cases import moves
from app.cases import service as cases
from app.cases.labels import LEGAL_STAGES, REASONS
from app.cases.models import Case
from app.core import clock, ids, richtext
from app.core.errors import N_, Conflict, Invalid
from app.database import db
from app.jobs.queue import defer
from app.mail.outbox import post
from app.updates import duties, queries
from app.updates.labels import AUDIENCES
from app.updates.models import Update, UpdateVersion
from app.updates.states import Kind
from app.web.secret import secret_key

LONGEST_BODY = 10_000  # characters


class NotLive(Conflict):
    """Updates are for pages that are or were live."""

    message = N_("Updates can be posted once the page is live.")


class NothingWritten(Invalid):
    """An update without a title or a text."""

    message = N_("Fill in this part before you post the update.")


class BadChoice(Invalid):
    """A value that is not among those offered."""

    message = N_("Choose one of the answers.")


class AlreadyPosted(Conflict):
    """What the backers have read is not changed in silence."""

    message = N_("This update is posted already. You can correct it.")


class NotPosted(Conflict):
    """Only what was posted can be corrected."""

    message = N_("This update is a draft. Change it before you post it.")


class Overtaken(Conflict):
    """Another tab or window saved other words meanwhile."""

    message = N_("Another tab or window has saved this update since you opened it. Save again to keep what you typed.")


class StillUnchanged(Conflict):
    """ "Nothing has changed" was the answer twice running."""

    message = N_("The last two updates said that nothing has changed. Write what you are waiting for.")


class NothingOwed(Conflict):
    """Only a funded case that goes on can be said to be unchanged."""

    message = N_("This can be said of a funded case only, until its outcome is known.")


@dataclass(frozen=True)
class Words:
    """What the form brings. `legal_stage` may be empty: the case stands where it stood."""

    title: str
    body: str
    audience: str
    legal_stage: str = ""


def _refuse_unless_live(case: Case) -> None:
    if not case.is_published:
        raise NotLive()


# ---------------------------------------------------------------- drafts
def draft(case: Case, words: Words, *, form_key: str = "") -> Update:
    """Keep a new draft; a form that is sent twice, with the same `form_key`, makes one.

    Raises NotLive, BadChoice; AlreadyPosted if that one was posted with other words.
    """
    _refuse_unless_live(case)
    public_id = ids.public_id()
    if form_key:
        public_id = ids.derive(secret_key(), "update", f"{case.public_id}:{form_key}", 1)[: len(public_id)]
        case = moves.held(case)  # both sendings may arrive at once; the second waits here
        if (made := db.session.scalar(select(Update).where(Update.public_id == public_id))) is not None:
            if _words_of(made) != words:
                change(made, words, seen=made.version)
            return made
    _check(words)
    update = Update(case=case, public_id=public_id)
    _take(update, words)
    db.session.add(update)
    db.session.flush()
    record("update.drafted", update, actor_id=case.lawyer.user_id)
    return update


def change(update: Update, words: Words, *, seen: int) -> None:
    """Save a draft anew; `seen` is the version that the form showed. Raises AlreadyPosted, Overtaken, BadChoice."""
    update = held(update)
    if _words_of(update) == words:
        return
    if update.is_posted:
        raise AlreadyPosted()
    if seen != update.version:
        raise Overtaken()
    _check(words)
    _take(update, words)
    update.version += 1
    update.updated_at = clock.now()


def discard(update: Update) -> None:
    """Throw a draft away. Raises AlreadyPosted."""
    update = held(update)
    if update.is_posted:
        raise AlreadyPosted()
    record("update.discarded", update, actor_id=update.case.lawyer.user_id)
    db.session.delete(update)


def held(update: Update) -> Update:
    """The update, read anew and held until the transaction ends; its case first, so that nobody waits in a circle."""
    moves.held(update.case)
    return db.session.scalars(
        select(Update).where(Update.id == update.id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _words_of(update: Update) -> Words:
    return Words(update.title, update.body_markdown, update.audience, update.legal_stage)


def _check(words: Words) -> None:
    if words.audience not in AUDIENCES:
        raise BadChoice(field="audience")
    if words.legal_stage and words.legal_stage not in LEGAL_STAGES:
        raise BadChoice(field="legal_stage")


def _take(update: Update, words: Words) -> None:
    update.title, update.audience, update.legal_stage = words.title, words.audience, words.legal_stage
    write_body(update, words.body)


def write_body(update: Update, markdown: str) -> None:
    """Render and sanitise the text, once."""
    rendered = richtext.render(markdown)
    update.body_markdown, update.body_html, update.body_policy = markdown, rendered.html, rendered.policy_version


# ---------------------------------------------------------------- posting
def publish(update: Update) -> bool:
    """Post a draft and tell the backers; a second time is quiet (False). Raises NothingWritten, NotLive."""
    update = held(update)
    case = update.case
    if update.is_posted:
        return False
    for field in ("title", "body_markdown"):
        if not getattr(update, field).strip():
            raise NothingWritten(field=field.removesuffix("_markdown"))
    enter(case, update)
    return True


def say_unchanged(case: Case, *, after: int) -> bool:
    """Post that nothing has changed; `after` is the number of the last update that the lawyer saw.

    Quiet (False) if another has come since: the same button was pressed twice. Raises NothingOwed, StillUnchanged.
    """
    case = moves.held(case)
    if queries.count(case) != after:
        return False
    if duties.of(case, None) is None:
        raise NothingOwed()
    if duties.unchanged_running(case.id) >= duties.MOST_UNCHANGED:
        raise StillUnchanged()
    enter(case, Update(case=case, kind=Kind.NO_CHANGE))
    return True


def enter(case: Case, update: Update) -> None:
    """Give `update` its number and its moment, and have the backers told. The caller holds the case."""
    _refuse_unless_live(case)
    last = db.session.execute(
        select(Update.n, Update.posted_at)
        .where(Update.case_id == case.id, Update.n.is_not(None))
        .order_by(Update.n.desc())
        .limit(1)
    ).first()
    number, last_posted_at = last if last is not None else (None, None)
    duty = duties.of(case, last_posted_at)
    update.n, update.posted_at = (number or 0) + 1, clock.now()
    update.due_on = duty.due_on if duty else None
    db.session.add(update)
    db.session.flush()
    cases.told_more(case, update.legal_stage)
    record("update.posted", update, actor_id=case.lawyer.user_id, n=update.n)
    defer("updates.tell_backers", {"update_id": update.id}, uniq=f"update:{update.id}:tell")


def correct(update: Update, title: str, body: str, *, seen: int, hides_earlier: bool = False) -> bool:
    """Post another version of an update, and keep the one before; False if nothing differs.

    `hides_earlier` keeps every earlier version from readers, because it named or told what it must not. Raises
    NotPosted, NothingWritten, Overtaken.
    """
    update = held(update)
    case = update.case
    if not update.is_posted:
        raise NotPosted()
    if update.kind == Kind.WRITTEN and not title.strip():
        raise NothingWritten(field="title")
    if not body.strip():
        raise NothingWritten(field="body")
    if (title, body) == (update.title, update.body_markdown):
        return False
    if seen != update.version:
        raise Overtaken()
    db.session.add(
        UpdateVersion(
            update_id=update.id,
            version=update.version,
            title=update.title,
            body_markdown=update.body_markdown,
            body_html=update.body_html,
            body_policy=update.body_policy,
            replaced_at=clock.now(),
        )
    )
    db.session.flush()
    if hides_earlier:
        for version in db.session.scalars(select(UpdateVersion).where(UpdateVersion.update_id == update.id)):
            version.is_hidden = True
    update.title = title if update.kind == Kind.WRITTEN else ""
    write_body(update, body)
    update.version += 1
    update.updated_at = update.corrected_at = clock.now()
    db.session.expire(update, ["versions"])
    cases.told_more(case)
    record("update.corrected", update, actor_id=case.lawyer.user_id, version=update.version, hidden=hides_earlier)
    return True


# ---------------------------------------------------------------- staff
def take_down(update: Update, because: str, *, actor_id: int) -> bool:
    """Take the words of an update away from everybody; letters about it that are not out yet are dropped.

    `because` is a code of `cases.labels.REASONS`. False if it is down already. Raises BadChoice, NotPosted for a draft
    and for the one that tells the outcome, which stands on the case's page.
    """
    update = held(update)
    if because not in REASONS:
        raise BadChoice(field="code")
    if not update.is_posted or update.kind == Kind.OUTCOME:
        raise NotPosted()
    if update.taken_down_at is not None:
        return False
    update.taken_down_at, update.taken_down_because = clock.now(), because
    _stepped_in(update, "taken_down", actor_id, code=because)
    return True


def put_back(update: Update, *, actor_id: int) -> bool:
    """The update can be read again. False if it was not down."""
    update = held(update)
    if update.taken_down_at is None:
        return False
    update.taken_down_at, update.taken_down_because = None, ""
    _stepped_in(update, "put_back", actor_id)
    # Who was not told before it was taken down is told now; nobody is told twice.
    defer("updates.tell_backers", {"update_id": update.id}, uniq=f"update:{update.id}:tell:{update.version}")
    return True


def _stepped_in(update: Update, what: str, actor_id: int, **details: str) -> None:
    update.version += 1
    cases.told_more(update.case)
    record(f"update.{what}", update, actor_id=actor_id, **details)
    user = update.case.lawyer.user
    facts = {"update": update.id, "what": what}
    post(f"update:{update.id}:{what}:{update.version}", "updates.measure", to=user.email, lang=user.lang, facts=facts)
