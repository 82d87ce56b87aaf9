"""Letters to lawyers about their verification. Each reads how it stands when the letter is sent."""

from typing import Any

from flask import current_app

from app.database import db
from app.i18n.locale import alternate_url, get_locale
from app.lawyers.labels import SUSPENSIONS
from app.lawyers.models import Lawyer
from app.lawyers.queries import latest_checks
from app.lawyers.renewal import runs_out_at
from app.lawyers.states import LawyerState
from app.mail.outbox import Letter, letter


def _letter(template: str, lawyer_id: int, *states: LawyerState, **values: Any) -> Letter | None:
    """A letter to a lawyer who is in one of `states`; None once that has changed."""
    lawyer = db.session.get_one(Lawyer, lawyer_id)
    if lawyer.state not in states or lawyer.user.disabled_at:
        return None
    lang, base = get_locale(), str(current_app.config["AMICUS"].base_url)

    def url(path: str) -> str:
        return base + alternate_url(path, lang)

    known = {
        "application_url": url("lawyers/application"),
        "start_url": url("lawyers/start"),
        "codes_url": url("account/second-factor/set-up"),
        "owes_codes": lawyer.user.owes_codes,
        "reason": lawyer.decline_reason,
        "checks": list(latest_checks(lawyer).values()),
        "because": SUSPENSIONS.get(lawyer.suspended_because, ""),
        "words": lawyer.suspension_reason,
        "is_pending": lawyer.state == LawyerState.APPLIED,
        "lapsed": lawyer.pending_because == "lapsed",
    }
    return Letter(f"lawyers/{template}", {**known, **values})


@letter("lawyers.applied")
def applied(lawyer: int) -> Letter | None:
    return _letter("applied", lawyer, LawyerState.APPLIED)


@letter("lawyers.verified")
def verified(lawyer: int) -> Letter | None:
    return _letter("verified", lawyer, LawyerState.VERIFIED)


@letter("lawyers.declined")
def declined(lawyer: int) -> Letter | None:
    return _letter("declined", lawyer, LawyerState.DECLINED)


@letter("lawyers.pending")
def pending(lawyer: int) -> Letter | None:
    """The badge is down and is checked again."""
    return _letter("pending", lawyer, LawyerState.APPLIED)


@letter("lawyers.expiring")
def expiring(lawyer: int, until: str) -> Letter | None:
    """The badge runs out at `until` (ISO); not sent once it was renewed, or while what renews it is looked at."""
    row = db.session.get_one(Lawyer, lawyer)
    runs_out = runs_out_at(row)
    if runs_out is None or runs_out.isoformat() != until or row.renewal_at is not None:
        return None
    return _letter("expiring", lawyer, LawyerState.VERIFIED, runs_out_at=runs_out)


@letter("lawyers.suspended")
def suspended(lawyer: int) -> Letter | None:
    return _letter("suspended", lawyer, LawyerState.SUSPENDED)


@letter("lawyers.restored")
def restored(lawyer: int) -> Letter | None:
    return _letter("restored", lawyer, LawyerState.VERIFIED, LawyerState.APPLIED)
