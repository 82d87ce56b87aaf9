"""A house with private cases in every state, whose every word is marked, and what people leave behind around them."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases import (
    appeals,
    client,
    invitations,
    passphrase,
    publishing,
    queries,
    relaunch,
    review,
    service,
    visibility,
)
from app.cases import files as case_files
from app.cases import stages as case_stages
from app.cases.drafting import Stage
from app.cases.models import Case
from app.cases.states import PUBLISHED, CaseState, Visibility
from app.core import clock
from app.core.money import Money
from app.database import db
from app.jobs import queue
from app.moderation import service as moderation
from app.pledges import closing, collection
from app.pledges.models import Pledge
from app.search import index
from app.updates import outcomes
from app.updates import service as updates
from tests.cases import filing, rewriting, stages
from tests.moderation import making as reports
from tests.people import browser_of, dara, kian, mina, omid
from tests.pledges.backing import pledge as back
from tests.updates import making

LINES, PLEDGED = 7_654_321, "61.37"  # sums that stand nowhere else
SUMS = {"76,543.21": "a line", "۷۶٬۵۴۳٫۲۱": "a line", "61.37": "a pledge", "۶۱٫۳۷": "a pledge"}
PAGE = {name: f"zq{name}zq" for name in stages.WORDS if name != "legal_stage"} | {
    "story": "zqstoryzq and many more words. " * 20
}
# Who backs a private case leaves a name, a message and an address.
BACKER = {"name": "zqbackerzq", "message": "zqmessagezq", "email": "zqemailzq@example.org"}

# The client is asked, wants changes once, and then agrees. A reviewer comments on a part of the page.
CLIENT = {"name": "zqclientzq", "email": "zqclientmailzq@example.org"}
WISH, REMARKS = "zqwishzq", {"story": "zqremarkzq"}

# What the lawyer tells later: to everybody who may see the page, to backers, to nobody yet, and at the end.
TOLD = updates.Words("zqupdatezq", "zqupdatetextzq", "everyone")
MENTIONED = updates.Words("zqforbackerszq", "zqforbackerstextzq", "backers")
DRAFTED = updates.Words("zqdraftedzq", "zqdraftedtextzq", "everyone")
END = {name: f"zqend{name}zq" for name in ("court", "citation", "quote", "effect", "account")}
END_MARKS = {f"end{name}" for name in END}
ENDED = making.finding("won", **END)
_PICTURE = filing.jpeg(96, 54)
# Named one by one: what is random may hold any four letters.
_OTHERS = ("backer", "message", "email", "comment1", "comment2", "comment3", "label", "typed")
_OTHERS += ("client", "clientmail", "wish", "remark", "guest", "papertitle", "alt", "caption")
_MORE = ("appeal", "appealcomment", "report", "reportmail", "note", "line", "early", "kept", "passphrase", "video")
_MORE += ("signer", "changed", "changenote")
_MORE += ("oldstage", "oldreason", "newstage", "newreason", "filename", "inside")
_LATER = ("update", "updatetext", "corrected", "forbackers", "forbackerstext", "drafted", "draftedtext", *END_MARKS)
_MARKED = re.compile(f"zq({'|'.join((*PAGE, *_OTHERS, *_MORE, *_LATER))})zq", re.IGNORECASE)


def marked(text: str) -> set[str]:
    """Which marked words and sums stand in `text`."""
    return {found.lower() for found in _MARKED.findall(text)} | {what for sum_, what in SUMS.items() if sum_ in text}


@dataclass
class House:
    """`slugs` of the private cases by state, one more whose link was revoked, and one public case.

    `old` are addresses at which public pages stood, that tell nothing any more.
    """

    app: Flask
    slugs: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    pledges: dict[str, str] = field(default_factory=dict)
    public: str = ""
    old: list[str] = field(default_factory=list)

    def holder(self, state: str) -> FlaskClient:
        """A browser that opened the link of the case in `state`."""
        browser = self.app.test_client()
        assert browser.get(f"/p/{self.tokens[state]}").status_code == 303
        return browser

    def former_holder(self) -> FlaskClient:
        """A browser that opened a link which was revoked then."""
        browser = self.holder("revoked")
        with self.app.app_context():
            case = self.case("revoked")
            publishing.revoke_link(case, queries.links(case)[0].id)
            db.session.commit()
        return browser

    def other_backer(self) -> FlaskClient:
        """Omid, signed in, who backed the public case and a private one that is none of the marked."""
        browser = browser_of(self.app, omid)
        with self.app.app_context():
            other, token = stages.live_private(title="Another private case")
            slug = other.slug
            db.session.commit()
        browser.get(f"/p/{token}")
        for where in (slug, self.public):
            self.pledges[where] = back(browser, where).removeprefix("/pledges/")
        return browser

    def other_lawyer(self) -> FlaskClient:
        """Kian, signed in, with a case of his own."""
        with self.app.app_context():
            stages.draft(kian(), title="A draft of Kian’s")
            db.session.commit()
        return browser_of(self.app, kian)

    def case(self, state: str) -> Case:
        """The case itself; needs an application context."""
        return db.session.scalars(select(Case).where(Case.public_id == self.slugs[state])).one()

    def signed_tokens(self) -> list[str]:
        """The tokens of the marked pledges, altered so that they open nothing."""
        with self.app.app_context():
            public_ids = db.session.scalars(select(Pledge.public_id).where(Pledge.email == BACKER["email"]))
            return [f"{public_id}.1.{'a' * 32}" for public_id in public_ids]


def build(app: Flask) -> House:
    """The whole house, through the services and, where people come in, through the pages."""
    house = House(app)
    with app.app_context():
        for state in CaseState:
            _make(house, state, state)
        _make(house, "revoked", CaseState.OPEN)
        house.public = stages.live(title="A public case").slug
        db.session.commit()
    for state in (CaseState.OPEN, CaseState.FUNDED, CaseState.UNFUNDED, CaseState.CLOSING):
        _backed(house, state)
    with app.app_context():
        _verdicts(house)
        _told(house)
        index.refresh(10_000)
    return house


def _make(house: House, name: str, state: CaseState, who_sees: Visibility = Visibility.PRIVATE) -> None:
    case = stages.draft(None, who_sees, minor=LINES, **PAGE)
    house.slugs[name] = case.public_id
    filing.document(case, title="zqpapertitlezq", name="zqfilenamezq.pdf", inside="zqinsidezq")
    filing.picture(case, content=_PICTURE, is_cover=False, alt="zqaltzq", caption="zqcaptionzq")
    if state == CaseState.DRAFT:
        return
    review.submit(case)
    review.request_changes(case, mina(), "zqcomment1zq", comments=REMARKS)
    client.wish_changes(client.token_of(stages.asked(case, **CLIENT)), WISH)
    if state == CaseState.CHANGES_REQUESTED:
        return
    stages.consented(case, **CLIENT)
    review.submit(case)
    if state == CaseState.DECLINED:
        review.decline(case, mina(), "zqcomment2zq")
    elif state != CaseState.IN_REVIEW:
        stages.approve(case, dara(), "")  # it asks for so much that two must approve it
        stages.approve(case, mina(), "zqcomment3zq")
    if state in PUBLISHED:
        token = publishing.publish(case)
        assert token is not None
        house.tokens[name] = token
        publishing.make_link(case, "zqlabelzq")
        invitations.invite(case, ["zqguestzq@example.org"], "en")


def _backed(house: House, state: str) -> None:
    browser = house.holder(state)
    fields = {**BACKER, "amount_choice": "other", "amount_other": PLEDGED}
    house.pledges[state] = back(browser, house.slugs[state], **fields).removeprefix("/pledges/")


def _verdicts(house: House) -> None:
    """Bring the published cases to where they belong; a target is met by lowering it to what is pledged."""
    for state in (CaseState.FUNDED, CaseState.CONCLUDED):
        case = house.case(state)
        if state == CaseState.FUNDED:
            pledged = closing.sum_pledged(case.id, "GBP")
            target, case.target = case.target, pledged
            db.session.commit()
            assert closing.check_target(case.id)
            db.session.commit()
            collection.charge_due()
            house.case(state).target = target
        else:
            service.fund(case)
            outcomes.record_outcome(case, ENDED, document=making.order(), tells_story=True)
    past = clock.now() - timedelta(seconds=1)
    house.case(CaseState.UNFUNDED).deadline_at = past
    db.session.commit()
    closing.close(house.case(CaseState.UNFUNDED).id)
    service.start_closing(house.case(CaseState.CLOSING))
    db.session.commit()


def _told(house: House) -> None:
    """Updates of the funded case: for everybody who may see it, corrected once, for backers, and a draft."""
    case = house.case(CaseState.FUNDED)
    first = making.post(case, TOLD)
    updates.correct(first, TOLD.title, "zqcorrectedzq", seen=first.version)
    making.post(case, MENTIONED)
    updates.draft(case, DRAFTED)
    db.session.commit()
    queue.drain()  # the letters are written down


# ---------------------------------------------------------------- everything that can happen to a case
OLD, TAKEN = "an-old-address", "another-old-address"  # in place of ones made from a title
GUARD = "zqpassphrasezq of the page"
LATER = Stage("zqoldstagezq", "zqoldreasonzq", Money(1_000_000, "GBP"))
CHANGED = Stage("zqnewstagezq", "zqnewreasonzq", Money(1_100_000, "GBP"))
# Public once they are live, and nobody's business before; by what they are called in `slugs`.
NOT_YET = {
    "public draft": CaseState.DRAFT,
    "public in review": CaseState.IN_REVIEW,
    "public returned": CaseState.CHANGES_REQUESTED,
    "public declined": CaseState.DECLINED,
    "public planned": CaseState.APPROVED,
}


def build_more(house: House) -> None:
    """Cases that were appealed, planned, guarded, restaged, ended, taken down, made private and tried again."""
    with house.app.app_context():
        _before_they_are_live(house)
        _while_they_are_live(house)
        _that_were_public(house)
        house.slugs["again"] = relaunch.start_again(house.case(CaseState.UNFUNDED)).public_id
        index.refresh(10_000)
        db.session.commit()
        queue.drain()


def _before_they_are_live(house: House) -> None:
    for name, state in NOT_YET.items():
        _make(house, name, state, Visibility.PUBLIC)
    _make(house, "planned", CaseState.APPROVED)
    for name in ("planned", "public planned"):
        publishing.plan(house.case(name), clock.now() + timedelta(days=3))
    appealed = house.case(CaseState.DECLINED)
    appeals.appeal(appealed, "zqappealzq")
    appeals.decide(appealed, dara(), "uphold", "zqappealcommentzq")


def _while_they_are_live(house: House) -> None:
    for name in ("guarded", "staged", "changed", "early", "suspended", "taken"):
        _make(house, name, CaseState.OPEN)
    guarded, staged = house.case("guarded"), house.case("staged")
    passphrase.put(guarded, passphrase.hashed(GUARD))
    visibility.ask_public(guarded)
    visibility.keep_private(guarded, mina(), "zqkeptzq")
    case_files.set_video(guarded, "https://youtu.be/zqvideozq-x", by_id=None)
    case_stages.change(staged, [LATER], staged.lawyer.user)
    case_stages.change(staged, [CHANGED], staged.lawyer.user)
    rewriting.applied(house.case("changed"), note="zqchangenotezq", relief_sought="zqchangedzq")
    closing.end_early(house.case("early").id, "zqearlyzq", by="lawyer", actor_id=None)
    for name in ("suspended", "taken"):
        about = reports.report(house.case(name), email="zqreportmailzq@example.org", words="zqreportzq")
        moderation.write_to_lawyer(about, mina(), "zqnotezq")
        if name == "suspended":
            moderation.suspend(about, mina(), "misleading", "zqlinezq")
        else:
            moderation.take_down(about, mina(), "misleading")


def _that_were_public(house: House) -> None:
    for name, slug in (("made private", OLD), ("public taken", TAKEN)):
        _make(house, name, CaseState.APPROVED, Visibility.PUBLIC)
        case = house.case(name)
        assert publishing.publish(case) is None
        case.slug = slug
        index.refresh(10_000)
        db.session.flush()
        if name == "made private":
            assert visibility.make_private(case, actor_id=None)
        else:
            service.take_down(case, "misleading", actor_id=None)
        house.old.append(slug)
