"""Reporting restrictions: names that a court has said may not be told of a case, and what stands in their place.

What was written stays as it was written. Whatever leaves the house is drawn with `told` in between: pages and letters
as a whole (`veiling`), the words of the search and new addresses one by one. Only the lawyer of the case and reviewers
read the names, on the pages where they work on it.

A case and its further tries tell the same, so a restriction of one is a restriction of all of them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.audit.service import record
from app.cases.models import Case, CaseDocument, CasePicture, RestrictedName, Tombstone
from app.cases.moves import held
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.core.text import fold
from app.core.veil import SHORTEST, Name, Veil, veil
from app.database import db
from app.i18n.locale import get_locale
from app.lawyers.models import Lawyer
from app.mail.outbox import post

KINDS = ("person", "words")
MOST = 30  # names of one case
MOST_SPELLINGS = 20
_NOBODYS = ("amicus", "the", "and", "case", "court", "lawyer", "client")


class TooShort(Invalid):
    """A name of a letter or two, which would blot the page."""

    message = N_("Enter at least %(least)s letters.")
    field = "words"


class TooCommon(Invalid):
    """A word of every page."""

    message = N_("This word stands on every page. Enter a name, or more words.")
    field = "words"


class LawyersName(Invalid):
    """The name of the lawyer or the firm, who stand behind the case in public."""

    message = N_("This hides the name of the lawyer or the firm, who must be named on the page.")
    field = "words"


class TellsIt(Invalid):
    """What is to stand in the name's place holds a restricted name."""

    message = N_("This still tells a name that is hidden. Choose something else.")


class Missing(Invalid):
    """A part that every restriction has."""

    message = N_("Fill in this part.")


class BadDay(Invalid):
    """An order of tomorrow, or one that is over."""

    message = N_("The day of the order cannot be in the future, nor the last day in the past.")


class TooMany(Conflict):
    """More names than a page can go without."""

    message = N_("There is room for %(most)s names.")
    field = "words"


class NoReason(Invalid):
    """A name that is told again without a word why."""

    message = N_("Say why the name may be told again.")
    field = "reason"


@dataclass(frozen=True)
class Order:
    """What is to be hidden, what to tell instead in each language, and what the court has ordered."""

    words: str
    told_en: str
    told_fa: str
    ref: str
    on: date
    until: date | None = None
    is_person: bool = True
    spellings: tuple[str, ...] = ()
    reason: str = ""


# ---------------------------------------------------------------- telling
def told(case: Case, text: str, lang: str | None = None) -> str:
    """`text` as everybody may read it, in `lang` (the present language if none is given): without the names that may
    not be told of `case`. For plain text and for Markdown.
    """
    return veil_of(case, lang).text(text) if case.restricted_at is not None else text


def told_html(case: Case, html: str, lang: str | None = None) -> str:
    """The same for HTML."""
    return veil_of(case, lang).html(html) if case.restricted_at is not None else html


def veil_of(case: Case, lang: str | None = None) -> Veil:
    """What hides the names of `case`; nothing is hidden of one that has none."""
    return _made(case, names_of(case), lang or get_locale())


def _made(case: Case, rows: Collection[RestrictedName], lang: str) -> Veil:
    names = tuple(
        Name(
            row.words,
            row.told_fa if lang == "fa" else row.told_en,
            row.kind == "person",
            tuple(line for line in row.spellings.splitlines() if line.strip()),
        )
        for row in rows
    )
    return veil(names, _spared(case))


def _spared(case: Case) -> tuple[str, ...]:
    """Whoever acts is named, though a client may share a part of the name."""
    return tuple(phrase for phrase in (case.lawyer.user.name, case.lawyer.firm) if phrase.strip())


def names_of(case: Case) -> list[RestrictedName]:
    """The names that may not be told of `case` now, the oldest first."""
    if case.restricted_at is None:
        return []
    ids = [one.id for one in family(case)]
    rows = select(RestrictedName).where(RestrictedName.case_id.in_(ids), RestrictedName.lifted_at.is_(None))
    return list(db.session.scalars(rows.order_by(RestrictedName.id)))


def all_of(case: Case) -> list[RestrictedName]:
    """Every name that was ever restricted for `case` itself, the latest first."""
    rows = select(RestrictedName).where(RestrictedName.case_id == case.id)
    return list(db.session.scalars(rows.order_by(RestrictedName.id.desc())))


def restricted(case_ids: Collection[int]) -> list[Case]:
    """Those of the cases of which something may not be told, with their lawyers."""
    if not case_ids:
        return []
    rows = select(Case).where(Case.id.in_(case_ids), Case.restricted_at.is_not(None))
    return list(db.session.scalars(rows.options(joinedload(Case.lawyer).joinedload(Lawyer.user)).order_by(Case.id)))


def family(case: Case) -> list[Case]:
    """`case` with the tries before and after it, and the changes that are being written."""
    found = {case.id: case}
    new = [case]
    while new:
        ids = [one.id for one in new]
        firsts = [of for one in new for of in (one.relaunch_of_id, one.change_of_id) if of is not None]
        theirs = or_(Case.relaunch_of_id.in_(ids), Case.change_of_id.in_(ids), Case.id.in_(firsts))
        near = select(Case).where(theirs, Case.id.not_in(list(found)))
        new = list(db.session.scalars(near.order_by(Case.id)))
        found |= {one.id: one for one in new}
    return list(found.values())


def is_withheld(case: Case, thing: CaseDocument | CasePicture) -> bool:
    """Whether a document or a picture is kept back: it may tell a name, and nobody has looked since that was hidden."""
    return case.withholds(thing.added_at, thing.cleared_at)


# ---------------------------------------------------------------- hiding and telling again
def hide(case: Case, order: Order, by: User) -> RestrictedName:
    """Hide a name at once, wherever the case is told of; the same one again is quiet.

    Raises Missing, TooShort, TooCommon, LawyersName, TellsIt, BadDay, TooMany.
    """
    case = held(case)
    _refuse(case, order)
    there = names_of(case)
    if (known := next((row for row in there if fold(row.words) == fold(order.words)), None)) is not None:
        return known
    if len(there) >= MOST:
        raise TooMany(most=MOST)
    row = RestrictedName(
        case=case,
        words=order.words,
        kind="person" if order.is_person else "words",
        spellings="\n".join(order.spellings),
        told_en=order.told_en,
        told_fa=order.told_fa,
        order_ref=order.ref,
        ordered_on=order.on,
        until_on=order.until,
        reason=order.reason,
        by_id=by.id,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    for one in family(case):
        one.restricted_at = row.at
        one.restriction_changes += 1
        _leave_address(one)
    record("case.name_hidden", case, actor_id=by.id, restriction=row.id)
    _tell(case, "name_hidden", row)
    return row


def _refuse(case: Case, order: Order) -> None:
    for field, text in {"words": order.words, "told_en": order.told_en, "told_fa": order.told_fa}.items():
        if not text.strip():
            raise Missing(field=field)
    if not order.ref.strip():
        raise Missing(field="order_ref")
    new = Name(order.words, "", order.is_person, order.spellings)
    for field, spellings in (("words", (order.words,)), ("spellings", order.spellings)):
        for spelling in spellings:
            if sum(sign.isalnum() for sign in fold(spelling)) <= SHORTEST:
                raise TooShort(field=field, least=SHORTEST + 1)
            if fold(spelling) in _NOBODYS:
                raise TooCommon(field=field)
    alone = Veil([new])
    if any(_is_all(alone, phrase) for phrase in _spared(case)):
        raise LawyersName()
    hidden = Veil([new, *(Name(row.words, "", row.kind == "person") for row in names_of(case))])
    for field, text in {"told_en": order.told_en, "told_fa": order.told_fa}.items():
        if hidden.is_in(text):
            raise TellsIt(field=field)
    today = clock.now().date()
    if order.on > today:
        raise BadDay(field="ordered_on")
    if order.until is not None and order.until < today:
        raise BadDay(field="until_on")


def _is_all(alone: Veil, phrase: str) -> bool:
    """Whether nothing of `phrase` would be left."""
    return not any(sign.isalnum() for sign in alone.text(phrase))


def _leave_address(case: Case) -> None:
    """Give up an address that tells a name. It then answers like one that never was: to say that something stood there
    would tell of whom.
    """
    hidden = veil_of(case, case.lang)
    for buried in db.session.scalars(select(Tombstone).where(Tombstone.case_id == case.id)).all():
        if hidden.is_in(buried.slug):
            db.session.execute(delete(Tombstone).where(Tombstone.id == buried.id))
    if not case.is_private and hidden.is_in(case.slug):
        case.slug = case.public_id


def lift(row: RestrictedName, reviewer: User, reason: str) -> bool:
    """A reviewer lets a name be told again; False if it is. Raises NoReason."""
    if not reason.strip():
        raise NoReason()
    return _lift(row, reviewer.id, reason)


def _lift(row: RestrictedName, by_id: int | None, reason: str) -> bool:
    case = held(row.case)
    db.session.refresh(row)
    if row.lifted_at is not None:
        return False
    row.lifted_at, row.lifted_by, row.lifted_because = clock.now(), by_id, reason
    db.session.flush()
    tries = family(case)
    ids = [one.id for one in tries]
    left = select(RestrictedName.at).where(RestrictedName.case_id.in_(ids), RestrictedName.lifted_at.is_(None))
    latest = max(db.session.scalars(left), default=None)
    for one in tries:
        one.restricted_at = latest
        one.restriction_changes += 1
    record("case.name_told_again", case, actor_id=by_id, restriction=row.id)
    _tell(case, "name_told_again", row)
    return True


def end_due() -> int:
    """Lift what a court restricted for a time that is over; how many. Commits after each."""
    over = select(RestrictedName).where(
        RestrictedName.lifted_at.is_(None), RestrictedName.until_on < clock.now().date()
    )
    ended = 0
    for row in db.session.scalars(over.order_by(RestrictedName.id)).all():
        ended += _lift(row, None, "")
        db.session.commit()
    return ended


def clear(case: Case, thing: CaseDocument | CasePicture, *, by_id: int | None) -> None:
    """The lawyer says that a document or a picture tells no hidden name: it stands on the page again."""
    case = held(case)
    if is_withheld(case, thing):
        thing.cleared_at = clock.now()
        case.restriction_changes += 1
        record("case.file_cleared", thing, actor_id=by_id, case=case.id)


def inherit(first: Case, new: Case) -> None:
    """What may not be told of a case may not be told of its next try."""
    new.restricted_at = first.restricted_at


def _tell(case: Case, event: str, row: RestrictedName) -> None:
    """A letter to the lawyer, whoever did it."""
    user = case.lawyer.user
    post(
        f"case:{case.id}:{event}:{row.id}",
        f"cases.{event}",
        to=user.email,
        lang=user.lang,
        facts={"case": case.id, "name": row.id},
    )
