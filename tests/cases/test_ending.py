"""Ending early: an open case by its lawyer or by staff, and the fundraising of a funded one."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.cases.models import Case
from app.core import clock as now
from app.core.money import Money
from app.database import db as database
from app.jobs.models import Job
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.operations import invariants
from app.pledges import closing, links
from app.pledges.models import Pledge
from tests.cases import stages
from tests.cases.backed import pledge
from tests.people import browser_of, kian, leila, mina, omid
from tests.pledges.backing import complaints, press, said

REASON = "The council has changed its mind, so there is no case any more."


def backed():
    """An open case with two pledges, whose cards are saved."""
    case = stages.live()
    pledge(case, 25, payment_method="pm_1", card_last4="4242")
    pledge(case, 40, payment_method="pm_2", email="sara@example.org", lang="fa")
    return case


@pytest.fixture
def case(db):
    return backed()


def end(case, reason=REASON, by="lawyer"):
    return closing.end_early(case.id, reason, by=by, actor_id=case.lawyer.user_id)


# ---------------------------------------------------------------- the service
def test_nobody_is_charged_every_card_goes_and_everyone_is_told(case, db, told):
    assert end(case) and case.state == "unfunded" and case.ended_early_because == REASON
    assert case.raising_ended_at and case.closed_at and case.ended_early_by == "lawyer"
    assert {row.state for row in db.session.scalars(select(Pledge).execution_options(populate_existing=True))} == {
        "released"
    }
    jobs = {job.name: job.args for job in db.session.scalars(select(Job))}
    assert jobs["pledges.close_pages"] == {"case_id": case.id} and "pledges.detach_card" in jobs
    letters = list(db.session.scalars(select(OutgoingLetter.name).where(OutgoingLetter.name.endswith("ended_early"))))
    assert sorted(letters) == ["cases.ended_early", "pledges.ended_early", "pledges.ended_early"]
    assert told(case)[-1] == "cases.ended_early" and invariants.broken() == []


def test_a_second_time_is_quiet_and_keeps_the_first_reason(case):
    end(case)
    assert not end(case, "Another reason.", by="staff")
    assert case.ended_early_because == REASON and case.ended_early_by == "lawyer"


def test_who_ended_it_is_on_record(case, db):
    closing.end_early(case.id, REASON, by="staff", actor_id=mina().id)
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.ended_early"))
    assert entry.actor_id == mina().id and entry.details == {"by": "staff"}


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_ends(case, reason):
    with pytest.raises(closing.NoPublicReason):
        end(case, reason)
    assert case.state == "open"


@pytest.mark.parametrize("make", [stages.draft, stages.in_review, stages.approved])
def test_what_is_not_live_cannot_end(db, make):
    with pytest.raises(closing.NotRaising):
        end(make())


def test_after_the_deadline_the_pledges_are_counted_and_nobody_ends_anything(case, clock):
    clock.set(case.deadline_at.replace(microsecond=1))
    with pytest.raises(closing.NotRaising):
        end(case)


def test_a_case_whose_pledges_reach_the_target_is_funded_and_not_ended(case):
    case.target = Money(6500, "GBP")
    with pytest.raises(closing.TargetIsMet):
        end(case)
    assert closing.check_target(case.id) and case.state == "funded"


def test_a_suspended_case_can_end_whatever_is_pledged(case):
    case.target, case.suspended_at = Money(6500, "GBP"), now.now()
    assert end(case, by="staff")


def test_fundraising_ends_and_the_case_goes_on(case):
    with pytest.raises(closing.NotRaising):
        closing.end_raising(case.id, actor_id=None)
    case.target = Money(6500, "GBP")
    closing.check_target(case.id)
    assert closing.end_raising(case.id, actor_id=case.lawyer.user_id) and case.state == "funded"
    assert not closing.end_raising(case.id, actor_id=None) and not case.takes_pledges(now.now())


# ---------------------------------------------------------------- letters
@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize("by", ["lawyer", "staff"])
def test_the_letters_say_who_ended_it_and_why(case, db, lang, by):
    end(case, by=by)
    mine = db.session.scalars(select(Pledge)).first()
    db.session.refresh(mine)
    for name, facts in (("pledges.ended_early", {"pledge": mine.id}), ("cases.ended_early", {"case": case.id})):
        letter = render(name, lang, facts)
        assert REASON in letter.text and REASON in letter.html and case.title in letter.subject
        assert "%(" not in letter.text + letter.html + letter.subject and "\n\n\n\n" not in letter.text


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_about_a_private_case_they_tell_nothing(db, lang):
    case, _token = stages.live_private(title="CANARY")
    mine = pledge(case, 25)
    end(case, "CANARY reason")
    db.session.refresh(mine)
    for name, facts in (("pledges.ended_early", {"pledge": mine.id}), ("cases.ended_early", {"case": case.id})):
        letter = render(name, lang, facts)
        assert "CANARY" not in letter.subject + letter.text + letter.html and letter.subject


# ---------------------------------------------------------------- the doors
@pytest.fixture
def page(made):
    """The dashboard's page of the open case."""
    return f"/dashboard/cases/{made(backed)}"


def state_of(app):
    with app.app_context():
        return database.session.scalars(select(Case)).one().state


def test_the_lawyer_ends_a_case_and_everybody_reads_why(app, page):
    lawyer = browser_of(app, leila)
    assert "End this case early" in said(lawyer.get(page)) and "£65.00" in said(lawyer.get(f"{page}/end"))
    answer = press(lawyer, f"{page}/end", f"{page}/end", reason=REASON)
    assert answer.status_code == 303 and answer.location == page and state_of(app) == "unfunded"
    assert "The case ended early." in said(lawyer.get(page))
    public = said(app.test_client().get("/cases/keep-thornley-library-open"))
    assert f"The lawyer ended this case early. Nobody was charged. {REASON}" in public
    assert "The target was not met. Nobody was charged." in public or "Back this case" not in public


def test_staff_end_a_case_and_the_page_says_so(app, page):
    staff, path = browser_of(app, mina), page.replace("/dashboard/", "/staff/") + "/end"
    answer = press(staff, path, path, reason=REASON)
    assert answer.status_code == 303 and answer.location == path.removesuffix("/end")
    assert f"We ended this case early. Nobody was charged. {REASON}" in said(
        app.test_client().get("/cases/keep-thornley-library-open")
    )


@pytest.mark.parametrize(
    ("reason", "words"), [("", "Say why, in a sentence or more."), ("x" * 601, "1 character too long")]
)
def test_a_bad_reason_is_answered_and_kept(app, page, reason, words):
    answer = press(browser_of(app, leila), f"{page}/end", f"{page}/end", reason=reason)
    assert answer.status_code == 400 and words in complaints(answer)[0] and reason in answer.text
    assert state_of(app) == "open"


def test_nobody_else_ends_it(app, page):
    for who, path in ((kian, page), (omid, page), (kian, page.replace("/dashboard/", "/staff/"))):
        assert browser_of(app, who).get(f"{path}/end").status_code == 404


def test_the_page_of_a_pledge_says_why_it_ended(app, client, page):
    press(browser_of(app, leila), f"{page}/end", f"{page}/end", reason=REASON)
    with app.app_context():
        token = links.token_of(database.session.scalars(select(Pledge)).first())
    words = said(client.get(f"/pledges/{token}"))
    assert "This case ended early, so you have not been charged." in words and REASON in words


def test_what_has_ended_leads_back_and_a_late_form_is_told(app, page):
    lawyer = browser_of(app, leila)
    press(lawyer, f"{page}/end", f"{page}/end", reason=REASON)
    assert lawyer.get(f"{page}/end").location == page


def test_the_lawyer_ends_the_fundraising_of_a_funded_case(app, made):
    def funded():
        case = backed()
        case.target = Money(6500, "GBP")
        assert closing.check_target(case.id)
        return case

    page, lawyer = f"/dashboard/cases/{made(funded)}", browser_of(app, leila)
    assert "End fundraising" in said(lawyer.get(page)) and "End this case early" not in said(lawyer.get(page))
    assert press(lawyer, f"{page}/end", f"{page}/end").status_code == 303
    assert state_of(app) == "funded" and "the case takes no more pledges" in said(lawyer.get(page))
    assert lawyer.get(f"{page}/end").location == page


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_both_pages_are_there_in_both_languages(app, page, prefix):
    for who, path in ((leila, page), (mina, page.replace("/dashboard/", "/staff/"))):
        answer = browser_of(app, who).get(f"{prefix}{path}/end")
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store" and "%(" not in answer.text
