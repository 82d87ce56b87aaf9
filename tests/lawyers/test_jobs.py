"""What the clock does for lawyers."""

from io import BytesIO

from app.database import db as database
from app.jobs import queue
from app.lawyers import service
from app.storage import files
from tests.people import dara, kian, mina


def test_the_daily_job_takes_old_evidence_off_the_disk(app, clock):
    with app.app_context():
        lawyer = kian()
        lawyer.evidence = files.keep(BytesIO(b"%PDF-1.7"), "proof.pdf", by_id=None)
        path = files.path_of(lawyer.evidence)
        for member in (mina(), dara()):
            service.decline(lawyer, member, "No.")
        database.session.commit()
        clock.move((app.config["AMICUS"].evidence_days + 1) * 86_400)
        assert path.exists()
        queue.defer_ticks()
        database.session.commit()
        queue.drain()
        assert not path.exists()
