"""Writing a case's page as a browser without script does: a step is opened, filled in and sent."""

from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.cases.drafting import STEPS
from app.cases.models import Case
from app.database import db
from tests.cases.stages import PARTIES, STORY, WORDS, day
from tests.pledges.backing import hidden, post

NEW = "/cases/new"
INSTRUCTION = {
    "instruction_kind": "client_care",
    "instruction_by": "Ada Marlowe",
    "instruction_on": ["3", "3", "2026"],
}


def boxes(when: date) -> list[str]:
    """A day as it is typed into the three boxes."""
    return [str(when.day), str(when.month), str(when.year)]


def filled(step: str) -> dict[str, Any]:
    """The answers that make `step` complete."""
    return {
        "visibility": {"visibility": "public", "lang": "en"},
        "about": {"title": WORDS["title"], "area": "government", "kind": "litigation"},
        "parties": PARTIES | INSTRUCTION,
        "story": {"summary": WORDS["summary"], "story": STORY},
        "budget": {"lines-0-label": "Counsel’s fee", "lines-0-detail": "", "lines-0-amount": "4500", "target": ""},
        "stages": {"title": WORDS["stage"], "reason": WORDS["stage_reason"], "later-0-title": ""},
        "deadline": {
            "time_zone": "Europe/London",
            "deadline": boxes(day(30)),
            "costs_risk": "uncapped",
            "costs_cap": "",
            "costs_insurance": "none",
            "costs_note": "No cap yet.",
            "prospects": "reasonable",
            "prospects_note": WORDS["prospects_note"],
        },
    }[step]


def begin(client: FlaskClient, prefix: str = "", **fields: Any) -> str:
    """Begin a draft; the address under which its steps stand."""
    answer = post(client, prefix + NEW, hidden(client.get(prefix + NEW)), **{**filled("visibility"), **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.location.removesuffix("/edit/about"))


def send_step(
    client: FlaskClient, draft: str, step: str, *, marks: dict[str, str] | None = None, **fields: Any
) -> TestResponse:
    """Open a step of `draft` (or use the `marks` of one that was opened before), fill it in and send it."""
    path = f"{draft}/edit/{step}"
    return post(client, path, marks or hidden(client.get(path)), **{**filled(step), **fields})


def open_step(client: FlaskClient, draft: str, step: str) -> dict[str, str]:
    """The hidden marks of a step that is opened in a tab."""
    return hidden(client.get(f"{draft}/edit/{step}"))


def write_all(client: FlaskClient, prefix: str = "", **fields: Any) -> str:
    """A draft in which every step is done."""
    draft = begin(client, prefix, **fields)
    for step in STEPS[1:]:
        answer = send_step(client, draft, step)
        assert answer.status_code == 303, answer.text
    return draft


def case_of(app: Flask, draft: str) -> Case:
    """The case behind an address of the wizard or the dashboard, with its budget, as it is now."""
    public_id = draft.split("/cases/")[1].split("/")[0]
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.public_id == public_id)).one()
        _loaded = [case.budget, case.area]
        db.session.expunge_all()
        return case
