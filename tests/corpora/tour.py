"""A walk through every door that takes words, with the same words typed into every box.

Each box gets a mark of its own before the words, so that a page tells which boxes it shows. How long a text may be is
told once at each door, on a page that is looked at too, and then let pass: a box takes thousands of attacks at a time.
"""

import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts import service as accounts
from app.cases import client, drafting, labels, publishing, review
from app.cases import fields as page_fields
from app.cases import forms as case_forms
from app.cases import service as cases
from app.cases import views as lists
from app.cases.models import Case, ClientConsent
from app.database import db
from app.jobs import queue
from app.lawyers import lookalikes
from app.lawyers import service as lawyers
from app.lawyers.lookalikes import Doubt
from app.mail import outbox
from app.mail.models import OutgoingLetter
from app.mail.outbox import Rendered
from app.moderation import service as moderation
from app.moderation.models import Report
from app.pledges import forms as pledge_forms
from app.search import index
from app.search import views as search
from app.settings import service as settings
from app.stories.models import Story
from app.updates.models import Update
from app.web.fields import AtMost
from tests.cases import filing, stages
from tests.cases.writing import boxes, filled
from tests.corpora.filling_in import form_of, forms_of, send_filled
from tests.corpora.words import Sieve, unstyled
from tests.people import PASSWORD, browser_of, dara, kian, leila, mina, nima, omid, roya, staff
from tests.pledges.backing import FILLED, GOOD_CARD, complaints, local
from tests.support import stand_in
from tests.support.forms import send
from tests.whole_house.routes import fill, methods, rules

RICH = ("story", "body", "account")  # boxes for Markdown
ENDLESS = 10**9


class Limits:
    """How long a text may be; `lifted` for a while."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._are_lifted = False
        real = AtMost.__call__

        def check(most: AtMost, form: Any, field: Any) -> None:
            if not self._are_lifted:
                real(most, form, field)

        patch.setattr(AtMost, "__call__", check)
        for module, name in (
            (drafting, "LONGEST_PROSPECTS"),
            (case_forms, "LONGEST_PROSPECTS"),
            (pledge_forms, "LONGEST_MESSAGE"),
            (moderation, "LONGEST_LINE"),
            (settings, "LONGEST_REASON"),
            (search, "LONGEST_QUESTION"),
            (lists, "LONGEST_QUESTION"),
        ):
            patch.setattr(module, name, ENDLESS)
        patch.setattr(lawyers, "len", lambda what: 1 if isinstance(what, str) else len(what), raising=False)
        patch.setattr(accounts, "checked_name", str.strip)
        doubt = Doubt("mixed", "name", "a name")  # what is doubtful about so long a name takes seconds to find out
        patch.setattr(lookalikes, "doubts", lambda _lawyer: [doubt])
        patch.setattr(pledge_forms.AppearanceForm, "validate_name", lambda _form, _field: None)

    @contextmanager
    def lifted(self):
        self._are_lifted = True
        yield
        self._are_lifted = False


class Tour:
    """`plain` is typed into every box, `rich` into those for Markdown. `pages` are what was seen, less the words."""

    pledged = ""
    letters: list[Rendered]
    copies: list[dict[str, str]]

    def __init__(self, app: Flask, limits: Limits, plain: str, rich: str) -> None:
        self.app, self.plain, self.rich, self._limits = app, plain, rich, limits
        self.sieve, self.letters, self.copies = Sieve(plain, rich), [], []
        self.typed: set[str] = set()
        self.pages: dict[str, str] = {}
        self.people: dict[str, FlaskClient] = {"nobody": app.test_client()}

    def words(self, door: str, box: str) -> str:
        mark = f"zq{door}{box}zq".replace("-", "").replace("_", "")
        self.typed.add(mark)
        return f"{mark}\n\n{self.rich}" if box in RICH else f"{mark} {self.plain}"

    def through(self, door: str, who: str, path: str, box: str, **fields: Any) -> Any:
        """Fill in the form with `box` at `path`, first as long as it is; the answer once that is let pass."""
        browser = self.people[who]
        page = browser.get(path)
        form = form_of(page, box)
        typed = {name: self.words(door, name) for name in form.boxes if name not in fields}
        answer = send_filled(browser, page, form, **typed, **fields)
        self.look(f"{door} first", answer)
        if answer.status_code == 400:
            with self._limits.lifted():
                answer = send_filled(browser, page, form, **typed, **fields)
        self.look(door, answer)
        assert answer.status_code in (200, 303), (door, answer.status_code, [text[:90] for text in complaints(answer)])
        return answer

    def look(self, name: str, answer: TestResponse) -> None:
        """Keep a page, less the words."""
        if answer.mimetype == "text/html" and answer.status_code in (200, 400):
            self.pages[name] = self.sieve.take(answer.text)

    @contextmanager
    def inside(self):
        with self.app.app_context():
            yield
            db.session.commit()

    def sign_in(self, **people: Callable[[], Any]) -> None:
        for name, who in people.items():
            self.people[name] = browser_of(self.app, who)


# ---------------------------------------------------------------- the way
def walk(app: Flask, limits: Limits, plain: str, rich: str) -> Tour:
    """The whole way, door by door."""
    tour = Tour(app, limits, plain, rich)
    people = {"leila": leila, "mina": mina, "dara": dara, "nima": nima, "roya": roya, "omid": omid, "kian": kian}
    for name, who in {**people, "auditor": lambda: staff("auditor")}.items():
        tour.people[name] = browser_of(app, who)
    tour.people["nobody"] = app.test_client()
    _accounts(tour)
    _lawyers(tour)
    draft = _written(tour)
    _reviewed(tour, draft)
    _live(tour, draft)
    _everything(tour, draft)
    return tour


def _accounts(tour: Tour) -> None:
    tour.through("account", "omid", "/account/details", "name", password=PASSWORD)
    tour.through("setting", "roya", "/staff/settings/minimum_pledge", "reason", value="3.00")


def _paper() -> tuple[BytesIO, str]:
    return BytesIO(filing.pdf()), "paper.pdf"


def _picture() -> tuple[BytesIO, str]:
    return BytesIO(filing.jpeg(96, 54)), "picture.jpg"


def _lawyers(tour: Tour) -> None:
    """One who applies is turned down; one who is verified changes what their cases say."""
    known = {"profession": "solicitor", "regulator": "other", "registration_number": "612345", "evidence": _paper}
    tour.through("applies", "kian", "/lawyers/apply", "firm", **known)
    with tour.inside():
        page, own = (f"/staff/lawyers/{who().public_id}" for who in (kian, leila))
    tour.through("declines", "mina", page, "reason", decision="decline")
    tour.through("changes", "leila", "/lawyers/apply", "firm", **{**known, "regulator": "sra"})
    ticked = {"practising_certificate": "y", "firm": "y", "identity": "y", "decision": "approve"}
    for name in ("mina", "dara"):
        tour.through(f"verifies{name}", name, own, "firm_source", **ticked)


def _written(tour: Tour) -> str:
    """A draft in which every box of every step is filled in; its public id."""
    page = tour.people["leila"].get("/cases/new")
    begun = send_filled(tour.people["leila"], page, form_of(page, "form_key"), **filled("visibility"))
    draft = begun.location.split("/")[3]
    chosen = {
        "about": ("title", {"area": "government", "kind": "litigation"}),
        "parties": (
            "court",
            {"legal_stage": "permission", "benefits_number": "9400", "instruction_kind": "client_care"},
        ),
        "story": ("story", {}),
        "budget": ("lines-0-label", {f"lines-{n}-amount": "1500" for n in range(3)}),
        "stages": ("title", {"later-0-amount": "2000"}),
        "deadline": ("costs_note", filled("deadline")),
    }
    chosen["parties"][1]["instruction_on"] = ["3", "3", "2026"]
    for step, (box, fields) in chosen.items():
        kept = {name: value for name, value in fields.items() if "note" not in name}
        tour.through(step, "leila", f"/dashboard/cases/{draft}/edit/{step}", box, **kept)
    files = f"/dashboard/cases/{draft}/files"
    dated = {"kind": "order", "dated_on": ["3", "3", "2026"]}
    tour.through("paper", "leila", files, "title", what="document", document=_paper, **dated)
    tour.through("picture", "leila", files, "alt", what="picture", picture=_picture)
    return draft


def _case(draft: str) -> Case:
    return db.session.scalars(select(Case).where(Case.public_id == draft)).one()


def _reviewed(tour: Tour, draft: str) -> None:
    """The client wishes something else and agrees then; one reviewer turns the page down, another does not."""
    desk, staff_page = f"/dashboard/cases/{draft}", f"/staff/cases/{draft}"
    whom = {"email": "ada@example.org", "lang": "en"}
    tour.through("client", "leila", f"{desk}/client", "name", **whom)
    with tour.inside():
        token = client.token_of(db.session.scalars(select(ClientConsent)).one())
    tour.through("wish", "nobody", f"/client/{token}", "message", answer="change")
    _sent_in(tour, draft)
    tour.through("returns", "mina", staff_page, "comment", decision="request_changes")
    _sent_in(tour, draft)
    tour.through(
        "refuses", "mina", staff_page, "comment", decision="decline", code="facts", **_no_comments(tour, staff_page)
    )
    tour.through("appeal", "leila", f"{desk}/appeal", "words")
    tour.through("answers", "dara", f"{staff_page}/appeal", "comment", decision="review")
    empty = _no_comments(tour, staff_page)
    tour.through("approves", "dara", staff_page, "comment", decision="approve", checks=[*labels.CHECKS], **empty)
    with tour.inside():
        case = _case(draft)
        assert case.state == "approved" and publishing.publish(case) is None


def _no_comments(tour: Tour, page: str) -> dict[str, str]:
    boxes = form_of(tour.people["mina"].get(page), "comment").boxes
    return {name: "" for name in boxes if name.startswith("comments-")}


def _sent_in(tour: Tour, draft: str) -> None:
    """The client agrees to the page as it is, and the lawyer sends it to a reviewer."""
    with tour.inside():
        case = _case(draft)
        client.agree(client.token_of(stages.asked(case)), seen=page_fields.fingerprint(case))
        review.submit(case)


def _live(tour: Tour, draft: str) -> None:
    with tour.inside():
        slug = _case(draft).slug
    desk = f"/dashboard/cases/{draft}"
    fields = {name: value for name, value in FILLED.items() if name not in ("name", "message")}
    sent = tour.through("pledge", "nobody", f"/cases/{slug}/back", "message", **fields)
    paid = tour.people["nobody"].get(local(stand_in.pay(sent.location, GOOD_CARD)))
    assert paid.status_code == 303
    tour.look("pledged", tour.people["nobody"].get(f"/cases/{slug}/backers"))
    tour.pledged = paid.location.removesuffix("/thanks")
    tour.through("appearance", "nobody", f"{tour.pledged}/appearance", "message")
    reported = {"concern": "danger", "email": ""}
    tour.through("report", "nobody", f"/cases/{slug}/report", "words", **reported)
    with tour.inside():
        report = f"/staff/reports/{db.session.scalars(select(Report.public_id)).one()}"
    tour.through("note", "mina", report, "words", act="note")
    tour.through("suspends", "mina", report, "words", act="suspend", code="misleading")
    tour.look("suspended", tour.people["nobody"].get(f"/cases/{slug}"))
    tour.through("lifts", "mina", report, "words", act="lift")
    tour.through("closes", "mina", report, "words", act="close")
    tour.through("stages", "leila", f"{desk}/stages", "later-0-title", **{"later-0-amount": "2500"})
    with tour.inside():
        cases.fund(_case(draft))
    tour.through("update", "leila", f"{desk}/updates/new", "body", audience="everyone", post="1")
    with tour.inside():
        update = db.session.scalars(select(Update.public_id)).first()
    tour.through("corrects", "leila", f"{desk}/updates/{update}/correct", "body")
    day = boxes(stages.day(0))
    tour.through(
        "outcome", "leila", f"{desk}/outcome", "account", code="won", decided_on=day, document=_paper, tells_story="y"
    )
    with tour.inside():
        queue.drain()
        index.refresh(10_000)
        story = db.session.scalars(select(Story.public_id)).one()
    tour.through("edits", "nima", f"/staff/stories/{story}", "body", publish="1")


LISTS = {"/search": "nobody", "/cases/": "nobody", "/stories/": "nobody", "/outcomes/": "nobody", "/lawyers/": "nobody"}
LISTS |= {"/staff/audit": "auditor", "/staff/lawyers": "mina", "/staff/reports": "mina", "/account/sign-in": "nobody"}
WHO_LOOKS = {"/staff": ("mina", "nima", "roya", "auditor"), "/dashboard": ("leila",)}
WHO_LOOKS |= dict.fromkeys(("/cases", "/stories", "/areas", "/client", "/pledges"), ("nobody", "leila"))
ANYBODY = ("nobody", "leila", "omid", "kian")


def _everything(tour: Tour, draft: str) -> None:
    """Every page that there is, as everybody sees it, and every letter in both languages."""
    with tour.inside():
        case, told = _case(draft), db.session.scalars(select(Story)).one()
        lawyer, applicant = (found.public_id for found in (leila(), kian()))
        report = db.session.scalars(select(Report.public_id)).one()
        by_prefix: dict[str, dict[str, list[str]]] = {
            "/cases": {"slug": [case.slug]},
            "/lawyers": {"slug": [leila().slug]},
            "/stories": {"slug": [told.slug]},
            "/areas": {"slug": [case.area.slug]},
            "/client": {"token": [client.token_of(db.session.scalars(select(ClientConsent)).first())]},
            "/pledges": {"token": [tour.pledged.split("/")[-1]]},
            "/dashboard": {"public_id": [draft], "update_id": [*db.session.scalars(select(Update.public_id))]},
            "/staff/cases": {"public_id": [draft]},
            "/staff/consents": {"public_id": [draft]},
            "/staff/lawyers": {"public_id": [lawyer, applicant]},
            "/staff/reports": {"public_id": [report]},
            "/staff/stories": {"story_id": [told.public_id]},
            "/staff/settings": {"name": ["minimum_pledge"]},
        }
    for rule in rules(tour.app):
        if "GET" not in methods(rule) or rule.endpoint == "static":
            continue
        values = next((known for prefix, known in by_prefix.items() if rule.rule.startswith(prefix)), {})
        for n, address in enumerate(fill(rule, **{"n": [1], **values})):
            for who in next((them for start, them in WHO_LOOKS.items() if rule.rule.startswith(start)), ANYBODY):
                tour.look(f"{who} {rule.rule} {n}", tour.people[who].get(address))
    for path, who in LISTS.items():
        _looked_up(tour, path, tour.people[who])
    _copied(tour)
    with tour.inside():
        for n, row in enumerate(db.session.scalars(select(OutgoingLetter).order_by(OutgoingLetter.id))):
            for lang in ("en", "fa"):
                if (letter := outbox.render(row.name, lang, row.facts)) is not None:
                    tour.pages[f"letter {row.name} {n} {lang}"] = tour.sieve.take(unstyled(letter.html))
                    tour.letters.append(letter)


def _looked_up(tour: Tour, path: str, browser: FlaskClient) -> None:
    """Every form of a list that looks something up, with the words in all its boxes and choices at once."""
    asked: dict[str, Any] = {}
    for form in forms_of(browser.get(path).text):
        if not form.is_sent:
            asked |= dict.fromkeys(form.values, tour.plain)
            asked |= {name: tour.words(f"find{path.strip('/').replace('/', '')}", name) for name in form.boxes}
    tour.look(f"list {path}", browser.get(path, query_string={**asked, "after": tour.plain, "before": tour.plain}))


def _copied(tour: Tour) -> None:
    """The copies that people take of their data."""
    for who in ("omid", "leila"):
        answer = send(tour.people[who], "/me/privacy/copy")
        assert answer.mimetype == "application/zip", complaints(answer)
        with zipfile.ZipFile(BytesIO(answer.data)) as packed:
            tour.copies.append({name: packed.read(name).decode(errors="replace") for name in packed.namelist()})
