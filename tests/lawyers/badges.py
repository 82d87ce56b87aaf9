"""Badges of lawyers in tests: what their holders send in, and registers that say something of them."""

from datetime import date
from io import BytesIO

from app.core import clock
from app.database import db
from app.lawyers import queries, registers, service
from app.lawyers.models import Lawyer, RegisterSnapshot
from app.lawyers.service import Details
from app.storage import files
from tests.people import dara, mina

SRA = "sra"


def details(lawyer: Lawyer, **changes: str) -> Details:
    """What the lawyer told us, with `changes`."""
    known = {name: getattr(lawyer, name) for name in service.LONGEST if name != "shown_name"}
    return Details(**{"profession": lawyer.profession, **known, **changes})


def send_in(lawyer: Lawyer, *, evidence: bool = True, **changes: str) -> Lawyer:
    """The lawyer sends what they told us in again, with `changes`, and a file."""
    paper = files.keep(BytesIO(b"%PDF-1.7 new"), "new.pdf", by_id=lawyer.user_id) if evidence else None
    service.save_draft(lawyer.user, {}, paper)
    return service.send_in(lawyer.user, details(lawyer, **changes))


def approve(lawyer: Lawyer) -> None:
    """Mina and Dara check everything anew and approve."""
    for member in (mina(), dara()):
        for kind in queries.CHECKS:
            service.check(lawyer, kind, "SRA register", member)
        service.approve(lawyer, member)


def bring(*lines: str, as_of: date | None = None, key: str = SRA) -> RegisterSnapshot:
    """Import a register with these lines."""
    content = "\n".join(("number,name,status,firm", *lines)).encode()
    snapshot = registers.bring_in(key, as_of or clock.now().date(), BytesIO(content), mina())
    db.session.flush()
    return snapshot
