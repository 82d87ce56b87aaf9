"""What was filed in court: the lawyer says it and proves it, a reviewer checks it, and the page tells it.

Until then a case may raise little: its target has a cap (`unfiled_cap`). A target above it can be written down as soon
as the proof is sent, but nobody approves such a page before the filing is checked. Types of cases that are never filed
stay below the cap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.service import record
from app.cases import kinds
from app.cases.files import Sent
from app.cases.labels import FILED_STAGES
from app.cases.models import Case, CaseFiling
from app.cases.states import CaseState
from app.core import clock
from app.core.errors import N_, Conflict, Invalid
from app.core.money import Money
from app.database import db
from app.i18n.format import date as date_text
from app.settings.queries import in_force
from app.storage import files

_OVER = (CaseState.DECLINED, CaseState.UNFUNDED, CaseState.CONCLUDED)


class AboveCap(Invalid):
    """A target that is too high for a case whose filing nobody has checked."""

    message = N_(
        "As long as we have not checked that the case is filed at court, the target can be %(cap)s at most. "
        "The lines and fees come to %(target)s."
    )
    field = "lines"


_NEVER_ABOVE = N_(
    "Cases of this type are never filed at court, so the target can be %(cap)s at most. "
    "The lines and fees come to %(target)s."
)


class Resting(Conflict):
    """The case is over, was turned down or taken down, or is of a type that is never filed."""

    message = N_("A filing cannot be sent for this case now.")


class FiledAlready(Conflict):
    """It was checked before."""

    message = N_("We have checked the filing of this case already.")


class NoCourt(Invalid):
    """A filing that does not say where."""

    message = N_("Enter the court.")
    field = "court"


class NoNumber(Invalid):
    """A filing without the court's number."""

    message = N_("Enter the number that the court gave it.")
    field = "claim_number"


class FiledInTheFuture(Invalid):
    """A filing of tomorrow."""

    message = N_("The day cannot be in the future.")
    field = "filed_on"


# ---------------------------------------------------------------- what the page tells
@dataclass(frozen=True)
class Badge:
    """How a case stands with the court, in words that are safe as plain text; `why` says more, and may be empty."""

    is_filed: bool
    words: str
    why: LazyString | str = ""


_UNCHECKED = _l("The lawyer names a claim that is filed. We have not checked it yet, so the target is capped.")
_NOT_YET = _l(
    "The money is for work before a claim, or for filing it. Until we have checked a filing, the target is capped."
)
_NEVER = _l("Cases of this type do not go before a court, so the target is capped.")


def badge(case: Case) -> Badge:
    """The same words on the page, on lists, and wherever else the case is told of, in the present language."""
    if is_filed(case):
        return Badge(True, _filed(case))
    never = kinds.of(case.kind).unfiled
    if never is not None:
        return Badge(False, str(never), _NEVER)
    if case.legal_stage in FILED_STAGES or case.claim_number:
        return Badge(False, _("Filing at court not checked yet"), _UNCHECKED)
    return Badge(False, _("Not yet filed at court"), _NOT_YET)


def _filed(case: Case) -> str:
    assert case.filing_checked_at is not None
    day = date_text(case.filing_checked_at, case.time_zone)
    court, number = f"\u2068{case.filed_court}\u2069", f"\u2068{case.filed_number}\u2069"
    if not case.filed_number:
        return str(_("Filed at %(court)s, checked on %(day)s", court=court, day=day))
    return str(_("Filed at %(court)s, %(number)s, checked on %(day)s", court=court, number=number, day=day))


def is_filed(case: Case) -> bool:
    """Whether staff have checked that it is filed."""
    return case.filing_checked_at is not None and can_be_filed(case)


def can_be_filed(case: Case) -> bool:
    """Whether cases of its type go before a court."""
    return kinds.of(case.kind).unfiled is None


# ---------------------------------------------------------------- the cap
def cap() -> Money:
    """The largest target without a checked filing."""
    settings = in_force()
    return Money(settings.unfiled_cap, settings.currency)


def fits(case: Case, target: Money, *, is_checked: bool = False) -> bool:
    """Whether the page may ask for `target`: for ever if `is_checked`, else as long as a sent filing waits too."""
    if target.minor <= cap().minor or is_filed(case):
        return True
    last = latest(case) if can_be_filed(case) and not is_checked else None
    return last is not None and last.state == "sent"


def check_cap(case: Case, target: Money, *, is_checked: bool = False) -> None:
    """Raise AboveCap unless the page may ask for `target`; see `fits`."""
    if fits(case, target, is_checked=is_checked):
        return
    if not can_be_filed(case):
        raise AboveCap(_NEVER_ABOVE, cap=cap(), target=target)
    raise AboveCap(cap=cap(), target=target)


# ---------------------------------------------------------------- the lawyer
def latest(case: Case) -> CaseFiling | None:
    """What the lawyer sent last."""
    theirs = select(CaseFiling).where(CaseFiling.case_id == case.id).order_by(CaseFiling.id.desc()).limit(1)
    return db.session.scalars(theirs).first()


def all_of(case: Case) -> Sequence[CaseFiling]:
    """What the lawyer sent, the latest first."""
    return db.session.scalars(
        select(CaseFiling).where(CaseFiling.case_id == case.id).order_by(CaseFiling.id.desc())
    ).all()


def may_send(case: Case) -> bool:
    """Whether its lawyer may send a filing now."""
    return (
        can_be_filed(case) and case.taken_down_at is None and case.state not in _OVER and case.filing_checked_at is None
    )


@dataclass(frozen=True)
class Particulars:
    """Where something was filed, under which number (an inquest may have none), and when."""

    court: str
    claim_number: str
    filed_on: date


def send(case: Case, said: Particulars, sent: Sent, *, by_id: int | None) -> CaseFiling:
    """Keep a filing with its proof for a reviewer, in the place of one that waits; the same once more is quiet.

    The caller holds the case. Raises FiledAlready, Resting, NoCourt, NoNumber, FiledInTheFuture.
    """
    if is_filed(case):
        raise FiledAlready()
    if not may_send(case):
        raise Resting()
    if not said.court:
        raise NoCourt()
    if not said.claim_number and "claim_number" not in kinds.of(case.kind).skips:
        raise NoNumber()
    if said.filed_on > clock.now().date():
        raise FiledInTheFuture()
    last = latest(case)
    if last is not None and last.state == "sent":
        before = (last.sent_sha256, last.court, last.claim_number, last.filed_on)
        if before == (sent.sha256, said.court, said.claim_number, said.filed_on):
            files.delete(sent.file)
            return last
        last.state = "replaced"
        files.delete(last.file)
    row = CaseFiling(case_id=case.id, sent_at=clock.now(), file=sent.file, sent_sha256=sent.sha256, **vars(said))
    db.session.add(row)
    db.session.flush()
    record("case.filing_sent", row, actor_id=by_id, case=case.id, file=sent.file.public_id)
    return row
