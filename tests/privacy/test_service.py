"""Taking one's data, and having them erased: nothing stays but sums, and nothing that is owed is lost."""

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from app.accounts.models import SignIn, User
from app.accounts.personal import Person
from app.audit.models import AuditEntry
from app.cases import access, personal
from app.cases.models import Case, CaseDocument
from app.core import erased
from app.database import db as database
from app.database import metadata
from app.jobs import queue
from app.ledger.models import Posting
from app.mail.models import OutgoingLetter
from app.mail.outbox import post
from app.operations import invariants
from app.pledges import closing, collection, links, totals
from app.pledges import personal as pledges
from app.pledges.models import CaseTotals, Pledge
from app.pledges.states import MOVES, PledgeState
from app.privacy import asking, service
from app.search import index
from app.storage import files
from app.storage.models import StoredFile
from app.web.visitor import NOBODY
from tests.cases import backed, stages
from tests.people import leila, mina, omid
from tests.pledges import money
from tests.privacy import holding
from tests.updates import making

P = PledgeState


def opened(packed):
    return zipfile.ZipFile(io.BytesIO(packed))


# ---------------------------------------------------------------- having it
def test_the_file_holds_a_readme_json_and_what_was_sent(db):
    pack = opened(service.export(Person.of(holding.account("zqone"))))
    names = set(pack.namelist())
    assert {"README.txt", "account.json", "pledges.json", "letters.json", "files/paperzqone.pdf"} <= names
    assert json.loads(pack.read("account.json"))["email"] == "zqone@example.org"
    assert {name.removesuffix(".json") for name in names if name.endswith(".json")} <= service.contents().keys()


def test_the_file_of_somebody_of_whom_we_hold_nothing_says_no_more_than_that(db):
    assert opened(service.export(Person(None, "nobody@example.org"))).namelist() == ["README.txt"]


# ---------------------------------------------------------------- having it erased
def test_nothing_of_an_account_is_left_anywhere(db):
    user = holding.account("zqone")
    before = holding.everywhere("zqone")
    assert before.keys() >= {"users", "lawyers", "pledges", "letters", "cases", "client_consents", "case_grants"}
    assert before.keys() >= {"reports", "privacy_links", "update_optouts", "sign_ins", "stored_files", "one_time_links"}
    service.erase(Person.of(user))
    assert holding.everywhere("zqone") == {}


def test_nothing_of_an_address_without_an_account_is_left_anywhere(db):
    holding.guest("zqguest", "zqguest@example.org")
    assert len(holding.everywhere("zqguest")) > 5
    service.erase(Person(None, "zqguest@example.org"))
    assert holding.everywhere("zqguest") == {}


def test_nothing_of_anybody_else_is_touched(db):
    user = holding.account("zqone")
    holding.account("zqtwo")
    before = holding.everywhere("zqtwo")
    service.erase(Person.of(user))
    assert holding.everywhere("zqtwo") == before


def test_a_lawyer_whom_the_search_knew_is_forgotten_by_it(db):
    lawyer = leila()
    lawyer.user.name, lawyer.firm = "Zqleila Farahani", "Zqfirm Legal"
    case = making.concluded(case=making.funded(lawyer)).case
    index.refresh(1000)
    assert holding.everywhere("zqleila").keys() == {"users", "search_documents", "search_words"}
    service.erase(Person.of(lawyer.user))
    assert holding.everywhere("zqleila") == holding.everywhere("zqfirm") == {}
    assert access.find(case.slug, NOBODY).lawyer.user.name == erased.NAME


def test_a_paid_pledge_stays_in_the_books_without_a_name(app, river, stripe):
    with app.app_context():
        kept, gone = (money.back(river, money.pounds(30), email=f"{who}@example.org") for who in ("sara", "zqone"))
        assert closing.check_target(money.of_case(river))
        database.session.commit()
        queue.drain()
        collection.charge_due()
        sums = select(CaseTotals.collected, CaseTotals.backers), select(Posting.account, Posting.minor)
        before = [database.session.execute(asked).all() for asked in sums]
        service.erase(Person(None, "zqone@example.org"))
        database.session.commit()
        assert [database.session.execute(asked).all() for asked in sums] == before and before[1]
        assert invariants.broken() == [] and holding.everywhere("zqone") == {}
        row = database.session.get_one(Pledge, gone)
        assert (row.state, row.amount.minor, row.name, row.card_last4) == ("collected", 3000, erased.NAME, None)
        assert database.session.get_one(Pledge, kept).email == "sara@example.org"


def test_the_links_of_an_erased_pledge_and_its_way_to_a_private_case_end(db):
    case, _token = stages.live_private()
    pledge = holding.pledge("zqone", "zqone@example.org", P.RELEASED, case)
    access.grant_for_pledge(case, pledge.public_id)
    token = links.token_of(pledge)
    assert links.read(token) and access.grant_of_pledge(pledge.public_id)
    service.erase(Person(None, "zqone@example.org"))
    assert links.read(token) is None and access.grant_of_pledge(pledge.public_id) is None


def test_pledges_of_one_person_stay_those_of_one_person_and_none_is_written_to(db):
    for who in ("zqone", "zqone", "zqtwo"):
        holding.pledge(who, f"{who}@example.org", P.RELEASED)
    for who in ("zqone", "zqtwo"):
        service.erase(Person(None, f"{who}@example.org"))
    addresses = list(database.session.scalars(select(Pledge.email)))
    assert len(addresses) == 3 and len(set(addresses)) == 2 and all(map(erased.is_erased, addresses))
    assert not post("late", "pledges.thanks", to=addresses[0], lang="en", facts={})


def test_letters_that_wait_are_dropped_and_those_sent_keep_their_keys(db):
    holding.pledge("zqone", "zqone@example.org", P.RELEASED)
    service.erase(Person(None, "zqone@example.org"))
    row = database.session.scalars(select(OutgoingLetter).where(OutgoingLetter.key.startswith("thanks:"))).one()
    assert (row.to, row.sent_at) == ("", None) and row.dropped_at


def test_the_account_is_closed_and_the_log_keeps_numbers_only(db):
    user = holding.account("zqone")
    public_id = user.public_id
    service.erase(Person.of(user))
    row = database.session.scalars(select(User).where(User.public_id == public_id)).one()
    assert row.disabled_at and row.password_hash == "" and erased.is_erased(row.email)
    assert database.session.scalars(select(SignIn).where(SignIn.user_id == row.id)).all() == []
    noted = database.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "users")).all()
    assert "account.erased" in noted


def test_evidence_and_pages_that_were_never_live_go_with_their_files(db):
    user = holding.account("zqone")
    paths = [files.path_of(file) for file in database.session.scalars(select(StoredFile))]
    assert paths and all(path.is_file() for path in paths)
    service.erase(Person.of(user))
    database.session.commit()
    assert not any(path.is_file() for path in paths)
    assert database.session.scalars(select(Case).where(Case.title.startswith("Titled"))).all() == []


# ---------------------------------------------------------------- what cannot go yet
@pytest.mark.parametrize("state", [P.STARTED, P.PLEDGED, P.DUE, P.CHARGING, P.RETRY])
def test_who_has_promised_something_that_has_not_ended_is_told_so(db, state):
    way = P.DUE if state is P.CHARGING else state
    pledge = backed.pledge(stages.live(title="Clean water"), 25, way, email="zqone@example.org")
    totals.change(pledge, state=state)
    with pytest.raises(service.CannotErase) as refused:
        service.erase(Person(None, "zqone@example.org"))
    assert "£25" in refused.value.reasons[0] and holding.everywhere("zqone@").keys() == {"pledges"}


@pytest.mark.parametrize("state", sorted(personal.RUNNING))
def test_a_lawyer_of_a_running_case_is_told_so(db, state):
    case = making.funded()
    case.state = state
    database.session.flush()
    with pytest.raises(service.CannotErase) as refused:
        service.erase(Person.of(case.lawyer.user))
    assert "updates" in refused.value.reasons[0]


def test_the_client_of_a_running_case_is_told_so(db):
    stages.live(title="Clean water")
    with pytest.raises(service.CannotErase):
        service.erase(Person(None, "ada@example.org"))


def test_staff_are_told_to_end_their_role(db):
    with pytest.raises(service.CannotErase) as refused:
        service.erase(Person.of(mina()))
    assert "staff" in refused.value.reasons[0]


def test_whatever_hangs_on_a_page_that_was_never_live_goes_with_it():
    """Tables that only live pages have rows in may hold them back."""
    live_only = {"pledges", "pledge_deltas", "case_totals", "case_days", "entries", "cases"}
    kept = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.target_fullname == "cases.id" and key.ondelete != "CASCADE"
    }
    assert kept <= live_only, f"Let these go with their case (ondelete CASCADE): {kept - live_only}"


# ---------------------------------------------------------------- by a link
def asked_for(email):
    """Ask, let the job answer; the addresses that letters about it went to."""
    asking.ask(email, "en")
    job = database.session.scalars(select(queue.Job).where(queue.Job.name == "privacy.answer")).all()[-1]
    service.answer(job.args["link"], may_write=job.args["may_write"])
    return list(database.session.scalars(select(OutgoingLetter.to).where(OutgoingLetter.name == "privacy.link")))


def link_of(email):
    rows = select(asking.PrivacyLink).where(asking.PrivacyLink.email == email).order_by(asking.PrivacyLink.id.desc())
    return database.session.scalars(rows).first()


def test_only_an_address_of_which_we_hold_something_is_written_to(db):
    holding.pledge("zqone", "zqone@example.org", P.RELEASED)
    assert asked_for("nobody@example.org") == [] and link_of("nobody@example.org") is None
    assert asked_for("ZqOne@example.org") == ["zqone@example.org"]


def test_the_link_works_once_for_erasing_and_not_for_an_address_with_an_account(db):
    holding.pledge("zqone", "zqone@example.org", P.RELEASED)
    asked_for("zqone@example.org")
    token = asking.token_of(link_of("zqone@example.org"))
    service.erase_by_link(token)
    assert holding.everywhere("zqone") == {}
    omid()
    asked_for("omid@example.org")
    for ended in (token, asking.token_of(link_of("omid@example.org")), "x" * 32):
        with pytest.raises(asking.by_letter.LinkEnded):
            service.erase_by_link(ended)


def test_every_table_with_files_is_thought_of():
    """Those of pages go with the page (`cases.personal._files`), evidence with the lawyer; an outcome is for good."""
    known = {"case_documents", "case_pictures", "picture_variants", "lawyers", "application_drafts", "outcomes"}
    known |= {"case_instructions", "case_filings"}  # with the page too
    keys = [(table.name, key) for table in metadata.tables.values() for key in table.foreign_keys]
    assert {name for name, key in keys if key.target_fullname == "stored_files.id"} == known


def test_papers_and_pictures_of_a_page_go_with_it(db):
    lawyer = holding.account("zqone")
    case = database.session.scalars(select(Case).where(Case.title.startswith("Titled"))).one()
    paper = files.keep(io.BytesIO(b"%PDF-1.7"), "zqone-claim.pdf", by_id=lawyer.id)
    about = {"kind": "claim", "dated_on": stages.day(0), "sent_sha256": "0", "title": "The claim"}
    database.session.add(CaseDocument(case_id=case.id, file_id=paper.id, added_by=lawyer.id, **about))
    assert files.path_of(paper).is_file() and holding.everywhere("zqone-claim")
    service.erase(Person.of(lawyer))
    database.session.commit()
    assert not files.path_of(paper).exists() and holding.everywhere("zqone") == {}


def test_nothing_leaves_a_state_that_counts_as_ended_but_a_charge_that_came_late():
    assert {to for state in pledges.ENDED for to in MOVES[state]} <= {P.COLLECTED}
    assert all(MOVES[state] for state in set(P) - pledges.ENDED)
