"""What else happens to cases of the demo, beside writing, review, backers and news: `Plan.turns` says when.

Each function here says what is to happen, and answers with what makes it happen to the case that it is given.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import User
from app.cases import changing, drafting, invitations, passphrase, publishing, relaunch, stages
from app.cases.drafting import Stage
from app.cases.models import Case
from app.core import clock
from app.database import db
from app.moderation import service as moderation
from app.moderation.models import Report
from app.pledges import privacy
from app.seed.people import PEOPLE

Turn = Callable[[Case], object]


def user_of(name: str) -> User:
    """The account of somebody in PEOPLE, by the first name."""
    user = accounts.by_email(PEOPLE[name].email)
    assert user is not None
    return user


def invited(*names: str) -> Turn:
    """These people are invited to the private page; the first has opened it."""

    def happen(case: Case) -> None:
        first, *_others = invitations.invite(case, [PEOPLE[name].email for name in names], case.lang)
        assert first.email is not None
        invitations.accept(invitations.token_of(first), first.email)

    return happen


def locked(words: str) -> Turn:
    """The links of the private page ask for this passphrase."""
    return lambda case: passphrase.put(case, passphrase.hashed(words))


def made_private(case: Case) -> None:
    """The lawyer makes the public page private; a tombstone stands at its old address."""
    privacy.make_private(case, actor_id=case.lawyer.user_id)


def planned(days: int) -> Turn:
    """The page goes live by itself in so many days."""
    return lambda case: publishing.plan(case, clock.now() + timedelta(days=days))


def tried_again(title: str) -> Turn:
    """The lawyer has begun to try the unfunded case again, under another title."""

    def happen(case: Case) -> None:
        new = relaunch.start_again(case)
        drafting.describe(new, title=title, area=new.area, kind=new.kind)

    return happen


def corrected(note: str, old: str, new: str) -> Turn:
    """A few words of the live story become others, and the page has a history."""

    def happen(case: Case) -> None:
        assert old in case.story_markdown
        draft = changing.begin(case)
        drafting.tell_story(draft, draft.summary, draft.story_markdown.replace(old, new))
        changing.describe(draft, note, marked=False)
        changing.correct(draft)

    return happen


def restaged(*later: Stage) -> Turn:
    """These take the place of the later stages; what stood there before can still be read."""
    return lambda case: stages.change(case, later, case.lawyer.user)


def taken_down(by: str, code: str, because: str) -> Turn:
    """A member of staff takes the page down that a reader has reported, and closes the report."""

    def happen(case: Case) -> None:
        member = user_of(by)
        report = db.session.scalars(select(Report).where(Report.case_id == case.id)).one()
        moderation.take_down(report, member, code)
        moderation.close(report, member, because)

    return happen
