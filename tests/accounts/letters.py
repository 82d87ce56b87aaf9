"""Reading the letters that the pages had sent, as their readers do."""

import re

from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.database import db
from app.jobs import queue
from app.jobs.models import Job
from app.mail.models import OutgoingLetter
from app.mail.outbox import render


def work() -> None:
    """Do what joining and moving left to be done, in the present transaction."""
    wanted = ("accounts.joined", "accounts.asked_to_move")
    waiting = select(Job).where(Job.name.in_(wanted), Job.done_at.is_(None)).order_by(Job.id)
    for job in db.session.scalars(waiting):
        job.done_at = clock.real_now()
        queue.READERS[job.name](**job.args)
    db.session.flush()


def names(app: Flask, to: str) -> list[str]:
    """Names of the letters to an address, in order; what a job has to write is written first."""
    with app.app_context():
        queue.drain()
        rows = db.session.scalars(select(OutgoingLetter).where(OutgoingLetter.to == to).order_by(OutgoingLetter.id))
        return [row.name for row in rows]


def link(app: Flask, to: str, part: str) -> str:
    """The path of the link whose address contains `part`, in the latest letter to an address that has one."""
    with app.app_context():
        queue.drain()
        latest = select(OutgoingLetter).where(OutgoingLetter.to == to).order_by(OutgoingLetter.id.desc())
        for row in db.session.scalars(latest):
            written = render(row.name, row.lang, row.facts)
            found = re.search(rf"https://localhost(/\S*{part}/\S+)", written.text) if written else None
            if found:
                return found[1]
    raise AssertionError(f"No letter to {to} has a link to {part}")
