"""Every file of the corpus, through the lawyer's real forms."""

import json
import resource
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from app.cases.models import CaseDocument, CasePicture
from app.database import db as database
from app.jobs import queue
from tests.cases import stages
from tests.cases.filing import send
from tests.people import browser_of, leila
from tests.storage.test_cleaning import PAPERS, TAKEN, TELLTALES

CORPUS = Path(__file__).resolve().parents[1] / "data" / "files"
ROWS = [json.loads(line) for line in (CORPUS / "MANIFEST.jsonl").read_text("utf-8").splitlines()]
SLOWEST = 5.0  # seconds, with everything around it
GROWS = 80_000  # kB: the portal itself opens none of them


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("what", "taken"), [("document", (TAKEN - {"ok.webp"}) | PAPERS), ("picture", TAKEN)])
def test_every_file_of_the_corpus_comes_clean_or_is_refused_in_words(app, what, taken):
    lawyer = browser_of(app, leila)
    before, accepted = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, set()
    for row in ROWS:
        with app.app_context():
            case = stages.draft(title=row["file"])
            database.session.commit()
            public_id = case.public_id
        begun = time.monotonic()
        answer = send(lawyer, public_id, what, (CORPUS / row["file"]).read_bytes(), row["file"])
        assert time.monotonic() - begun < SLOWEST, row["file"]
        assert answer.status_code in (303, 400), row["file"]
        if answer.status_code == 303:
            accepted.add(row["file"])
        else:
            assert f'href="#{what}"' in answer.text and f'id="{what}-error"' in answer.text, row["file"]
    assert accepted == taken
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWS
    _all_clean(app, lawyer, CaseDocument if what == "document" else CasePicture, len(taken))


def _all_clean(app, lawyer, kind, count):
    """What is handed out of those that were taken tells nothing and runs nowhere."""
    with app.app_context():
        queue.drain()
        rows = [(one.case.public_id, one.public_id) for one in database.session.scalars(select(kind))]
    assert len(rows) == count
    for case, name in rows:
        got = lawyer.get(f"/dashboard/cases/{case}/files/{name}")
        assert got.status_code == 200 and not any(mark in got.data for mark in TELLTALES)
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        if kind is CaseDocument:
            assert got.headers["Content-Disposition"].startswith("attachment")
            assert got.mimetype in ("application/pdf", "image/jpeg", "image/png")
        else:
            assert got.mimetype == "image/webp"
