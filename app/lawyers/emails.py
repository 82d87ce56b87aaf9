"""Letters to lawyers about their verification. Each reads how it stands when the letter is sent."""

from typing import Any

from flask import current_app

from app.database import db
from app.i18n.locale import alternate_url, get_locale
from app.lawyers.models import Lawyer
from app.lawyers.queries import latest_checks
from app.lawyers.states import LawyerState
from app.mail.outbox import Letter, letter


def _letter(template: str, lawyer_id: int, state: LawyerState, **values: Any) -> Letter | None:
    """A letter to a lawyer who is in `state`; None once that has changed."""
    lawyer = db.session.get_one(Lawyer, lawyer_id)
    if lawyer.state != state or lawyer.user.disabled_at:
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
