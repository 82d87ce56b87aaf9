"""The parts of a page that are published, one by one: what each holds, what it is called, how it reads.

A reviewer comments on one of them and the lawyer finds the comment beside it; all of them together are what a client
agrees to. A part is named as its field in the wizard is.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.cases import files, videos
from app.cases.labels import (
    COSTS_RISKS,
    COURT_ZONES,
    DOCUMENTS,
    INSURANCE,
    KINDS,
    LEGAL_STAGES,
    PROSPECTS,
    VISIBILITIES,
)
from app.cases.models import Area, Case
from app.cases.states import Visibility
from app.core.money import Money
from app.database import db
from app.i18n.format import date_binding, money_text, num_text
from app.i18n.locale import LANGUAGES, get_locale

FILES = "files"  # no step of the wizard, but a page of its own that is open later too


@dataclass(frozen=True)
class Field:
    """One part. `said` is its content as text, whatever the language of the visitor; `reads` puts that into words."""

    step: str
    label: LazyString
    said: Callable[[Case], str]
    reads: Callable[[str], str] = str


def _words(name: str) -> Callable[[Case], str]:
    return lambda case: getattr(case, name) or ""


def _said_visibility(case: Case) -> str:
    """Who may see it once what is asked for is granted: that is what the client answers to."""
    return str(Visibility.PUBLIC if case.public_wanted_at else case.visibility)


def _choice(known: dict[str, LazyString]) -> Callable[[str], str]:
    return lambda said: str(known.get(said, said))


def _read_area(slug: str) -> str:
    area = db.session.scalar(select(Area).where(Area.slug == slug))
    return area.name(get_locale()) if area else slug


def _sum(amount: Money | None) -> list[str | int]:
    return [amount.minor, amount.currency] if amount else []


def _said_lines(case: Case) -> str:
    return json.dumps([[line.label, line.detail, *_sum(line.amount)] for line in case.budget], ensure_ascii=False)


def _read_lines(said: str) -> str:
    rows = [
        (": ".join(filter(None, (label, detail))), money_text(Money(minor, currency)))
        for label, detail, minor, currency in json.loads(said)
    ]
    return "\n".join(f"{what}: {amount}" for what, amount in rows)


def _said_deadline(case: Case) -> str:
    return case.deadline_at.astimezone(ZoneInfo(case.time_zone)).date().isoformat() if case.deadline_at else ""


def _read_deadline(said: str) -> str:
    return date_binding(date.fromisoformat(said)) if said else ""


def _said_risk(case: Case) -> str:
    return json.dumps([case.costs_risk, *_sum(case.costs_cap)])


def _read_risk(said: str) -> str:
    risk, *cap = json.loads(said)
    words = str(COSTS_RISKS.get(risk, ""))
    return _("%(risk)s (cap: %(cap)s)", risk=words, cap=money_text(Money(*cap))) if cap else words


def _said_stages(case: Case) -> str:
    return json.dumps([[stage.title, stage.reason, *_sum(stage.amount)] for stage in case.stages], ensure_ascii=False)


def _read_stages(said: str) -> str:
    rows = []
    for title, reason, *amount in json.loads(said):
        first = f"{title}: {money_text(Money(*amount))}" if amount else title
        rows.append(f"{first}. {reason}")
    return "\n".join(rows)


def _said_number(case: Case) -> str:
    return str(case.benefits_number or "")


def _said_files(case: Case) -> str:
    """The words and the contents of every file; empty where there is none, and no video."""
    papers = [[one.title, one.kind, one.dated_on.isoformat(), one.file.sha256] for one in files.documents(case)]
    shown = [[one.alt, one.caption, one.is_cover, one.file.sha256] for one in files.pictures(case)]
    return json.dumps([papers, shown, case.video], ensure_ascii=False) if papers or shown or case.video else ""


def _read_files(said: str) -> str:
    papers, shown, video = json.loads(said) if said else ([], [], "")
    rows = [
        f"{DOCUMENTS.get(kind, kind)}: {title} ({date_binding(date.fromisoformat(day))})"
        for title, kind, day, _sha in papers
    ]
    rows += [
        _("Picture: %(words)s", words=": ".join(filter(None, (caption, alt)))) for alt, caption, _cover, _sha in shown
    ]
    return "\n".join(rows + ([videos.url_of(video)] if video else []))


FIELDS: dict[str, Field] = {
    "visibility": Field("visibility", _l("Who may see the page"), _said_visibility, _choice(VISIBILITIES)),
    "lang": Field(
        "visibility", _l("Language of the page"), _words("lang"), lambda said: LANGUAGES[said].name if said else ""
    ),
    "title": Field("about", _l("Title"), _words("title")),
    "area": Field("about", _l("Area of law"), lambda case: case.area.slug if case.area else "", _read_area),
    "kind": Field("about", _l("Type of case"), _words("kind"), _choice(KINDS)),
    "acting_for": Field("parties", _l("Who do you act for?"), _words("acting_for")),
    "respondent": Field("parties", _l("Who is on the other side?"), _words("respondent")),
    "legal_stage": Field("parties", _l("Legal stage"), _words("legal_stage"), _choice(LEGAL_STAGES)),
    "court": Field("parties", _l("Court or body"), _words("court")),
    "claim_number": Field("parties", _l("Claim number"), _words("claim_number")),
    "cause_of_action": Field("parties", _l("Cause of action"), _words("cause_of_action")),
    "relief_sought": Field("parties", _l("Relief sought"), _words("relief_sought")),
    "who_benefits": Field("parties", _l("Who benefits"), _words("who_benefits")),
    "benefits_place": Field("parties", _l("Where they are"), _words("benefits_place")),
    "benefits_number": Field(
        "parties", _l("How many they are, about"), _said_number, lambda said: num_text(int(said)) if said else ""
    ),
    "summary": Field("story", _l("Summary"), _words("summary")),
    "story": Field("story", _l("Story"), _words("story_markdown")),
    "lines": Field("budget", _l("Budget lines"), _said_lines, _read_lines),
    "stages": Field("stages", _l("Stages of the money"), _said_stages, _read_stages),
    "time_zone": Field("deadline", _l("Where is the court?"), _words("time_zone"), _choice(COURT_ZONES)),
    "deadline": Field("deadline", _l("Deadline"), _said_deadline, _read_deadline),
    "costs_risk": Field(
        "deadline", _l("Could your client have to pay the other side’s costs?"), _said_risk, _read_risk
    ),
    "costs_insurance": Field(
        "deadline", _l("Is your client insured against those costs?"), _words("costs_insurance"), _choice(INSURANCE)
    ),
    "costs_note": Field("deadline", _l("What should backers know about the costs?"), _words("costs_note")),
    "prospects": Field("deadline", _l("How do you see the prospects?"), _words("prospects"), _choice(PROSPECTS)),
    "prospects_note": Field("deadline", _l("Why you see them so"), _words("prospects_note")),
    "files": Field(FILES, _l("Documents and pictures"), _said_files, _read_files),
}
# The moment at which pledging closes is settled only when the page goes live; it says nothing of the client.
_NOT_AGREED_TO = frozenset({"deadline", "time_zone"})


def said(case: Case, field: str) -> str:
    """What stands in a part of the page, to be kept and compared."""
    return FIELDS[field].said(case)


def reads(field: str, text: str) -> str:
    """What `said` gave, in words of the present language."""
    return FIELDS[field].reads(text)


def fingerprint(case: Case) -> str:
    """SHA-256, in hex, of all that a client agrees to: who runs the case, and every word and sum of the page."""
    parts = [[name, field.said(case)] for name, field in FIELDS.items() if name not in _NOT_AGREED_TO]
    whole = [case.lawyer.public_id, _sum(case.target), parts]
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
