"""What is asked about lawyers, and how a page shows one."""

from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.database import db
from app.lawyers.models import Lawyer

PROFESSIONS: dict[str, LazyString] = {
    "solicitor": _l("Solicitor"),
    "barrister": _l("Barrister"),
    "other": _l("Lawyer"),
}
CHECKS: dict[str, LazyString] = {
    "practising_certificate": _l("Practising certificate"),
    "firm": _l("Firm or chambers"),
    "identity": _l("Identity"),
}


@dataclass(frozen=True)
class Checked:
    """One line of the badge: what was checked, against what, and when last."""

    label: LazyString
    source: str
    checked_on: date


@dataclass(frozen=True)
class LawyerCard:
    """What a case page shows of its lawyer. `picture` is an asset; `checks` is empty unless the badge stands."""

    name: str
    profession: LazyString
    firm: str
    town: str
    picture: str
    is_verified: bool
    checks: list[Checked]


def id_of_user(user_id: int) -> int | None:
    """Id of the lawyer that a user is."""
    return db.session.scalar(select(Lawyer.id).where(Lawyer.user_id == user_id))


def by_user(user_id: int) -> Lawyer | None:
    """The lawyer that a user is."""
    return db.session.scalar(select(Lawyer).where(Lawyer.user_id == user_id))


def by_email(email: str) -> Lawyer | None:
    """The lawyer whose account has `email`."""
    return db.session.scalar(select(Lawyer).join(Lawyer.user).where(User.email == email.strip().lower()))


def everyone() -> list[Lawyer]:
    """All lawyers with their accounts and checks, the latest application first."""
    query = select(Lawyer).options(joinedload(Lawyer.user), selectinload(Lawyer.checks))
    return list(db.session.scalars(query.order_by(Lawyer.id.desc())))


def latest_checks(lawyer: Lawyer) -> dict[str, Checked]:
    """The last check of each kind that was made, whether the badge stands or not."""
    return {
        check.kind: Checked(CHECKS[check.kind], check.source, check.checked_on)
        for check in sorted(lawyer.checks, key=lambda check: check.checked_on)
    }


def card(lawyer: Lawyer) -> LawyerCard:
    """How a page shows `lawyer`; reads the account and the checks."""
    latest = latest_checks(lawyer) if lawyer.is_verified else {}
    return LawyerCard(
        name=lawyer.user.name,
        profession=PROFESSIONS[lawyer.profession],
        firm=lawyer.firm,
        town=lawyer.town,
        picture=f"img/art/{lawyer.portrait}.svg",
        is_verified=lawyer.is_verified,
        checks=[latest[kind] for kind in CHECKS if kind in latest],
    )
