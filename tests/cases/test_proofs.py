"""Proof of instruction and of filing in court: said, sent, looked at, decided, told, and deleted again."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.cases import access, client, court_filing, drafting, filing_review, instruction, relaunch, review
from app.cases import personal as cases
from app.cases.files import Sent
from app.cases.instruction import Statement
from app.cases.labels import CHECKS, LEGAL_STAGES
from app.cases.models import Case, CaseFiling, CaseInstruction
from app.cases.states import CaseState as S
from app.core import clock
from app.core.money import Money
from app.database import db as database
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.pages import cards, case_page
from app.privacy import retention
from app.storage import files
from app.web.visitor import NOBODY, Visitor
from tests.cases import stages
from tests.cases.filing import pdf
from tests.cases.test_filing_corpus import CORPUS, ROWS
from tests.cases.writing import INSTRUCTION, boxes, case_of, filled, open_step, send_step, write_all
from tests.people import browser_of, dara, kian, leila, mina, omid
from tests.storage.test_cleaning import PAPERS, TAKEN, TELLTALES
from tests.support.forms import token_of

CAP = 15_000_00
REVIEWER = Visitor(user_id=1, roles=frozenset({"reviewer"}))
FILING = {"court": "Administrative Court, Leeds", "claim_number": "AC-2026-LDS-000117", "filed_on": ["3", "3", "2026"]}


def send(browser, case, what, content=None, name="a.pdf", **fields):
    """Send one of the two forms of the page for proofs."""
    url = f"/dashboard/cases/{case}/proofs"
    known = {"instruction": INSTRUCTION, "filing": FILING}[what]
    data = {"csrf_token": token_of(browser.get(url)), "what": what, **known, **fields}
    if content is not None:
        data["paper" if what == "instruction" else "proof"] = (BytesIO(content), name)
    return browser.post(url, data=data, headers={"Referer": f"https://localhost{url}"})


def press(browser, url, start, **fields):
    """Send a form of staff whose page is at `start`."""
    data = {"csrf_token": token_of(browser.get(start)), **fields}
    return browser.post(url, data=data, headers={"Referer": f"https://localhost{start}"})


def lines_for(target):
    """Pence that a budget of one line has whose target is `target`, or a penny more where none is."""
    wanted = Money(target, "GBP")
    return next(n for n in range(target * 94 // 100, target) if drafting.target_for(Money(n, "GBP")) >= wanted)


def budget(case, pence):
    drafting.set_budget(case, [drafting.Line("All", "", Money(pence, "GBP"))], None)


def looks(action):
    return list(database.session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == action)))


# ---------------------------------------------------------------- the instruction
def test_without_it_the_page_is_not_complete(case):
    assert drafting.missing(case) == []
    drafting.state_instruction(case, Statement("client_care", "", None))
    assert drafting.missing(case) == ["parties"]
    stages.stated(case)
    assert drafting.missing(case) == []


def test_the_wizard_asks_for_it_at_each_field(app):
    lawyer = browser_of(app, leila)
    draft = write_all(lawyer)
    empty = dict.fromkeys(INSTRUCTION, "")
    answer = send_step(lawyer, draft, "parties", **empty)
    assert answer.status_code == 400
    for name in INSTRUCTION:
        assert f'id="{name}-error"' in answer.text
    assert "Thornley Borough Council" in answer.text  # the rest is kept
    late = send_step(lawyer, draft, "parties", instruction_on=boxes(stages.day(2)))
    assert late.status_code == 400 and "cannot be in the future" in late.text


def test_another_client_is_asked_for_anew_and_the_old_paper_goes(app):
    lawyer = browser_of(app, leila)
    draft = write_all(lawyer)
    public_id = case_of(app, draft).public_id
    assert send(lawyer, public_id, "instruction", pdf()).status_code == 303
    marks = open_step(lawyer, draft, "parties")
    answer = send_step(lawyer, draft, "parties", marks=marks, acting_for="Somebody else")
    assert answer.status_code == 400 and "You act for somebody else now." in answer.text
    assert 'value="Ada Marlowe"' not in answer.text  # nothing is taken over without being said again
    with app.app_context():
        assert database.session.scalars(select(CaseInstruction)).one().paper is not None
    again = {**marks, "instructed_for": "Somebody else"}
    assert send_step(lawyer, draft, "parties", marks=again, acting_for="Somebody else").status_code == 303
    with app.app_context():
        row = database.session.scalars(select(CaseInstruction)).one()
        assert row.stated_for.endswith(":Somebody else") and row.paper is None


def test_what_the_script_saves_meanwhile_takes_nothing_over_either(app):
    lawyer = browser_of(app, leila)
    draft = write_all(lawyer)
    fields = {**open_step(lawyer, draft, "parties"), **filled("parties"), "acting_for": "Somebody else"}
    url = f"{draft}/edit/parties"
    answer = lawyer.post(
        url,
        data=fields,
        headers={"X-Autosave": "1", "Referer": f"https://localhost{url}", "Accept": "application/json"},
    )
    assert answer.status_code == 200
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        assert case.acting_for == "Somebody else" and drafting.missing(case) == ["parties"]


def test_another_lawyer_needs_another_one(case):
    stages.consented(case)
    review.submit(case)
    stages.approve(case)
    assert case.is_instructed
    case.lawyer_id = kian().id
    assert not case.is_instructed and instruction.standing(case) is None


def test_nobody_approves_without_it_or_without_having_opened_the_paper(db, case):
    stages.instructed(case)
    stages.consented(case)
    review.submit(case)
    with pytest.raises(instruction.NotSeen):
        review.approve(case, mina(), checks=CHECKS)
    instruction.see(case, dara())
    with pytest.raises(instruction.NotSeen):  # somebody else's look does not count
        review.approve(case, mina(), checks=CHECKS)
    instruction.see(case, mina())
    assert review.approve(case, mina(), checks=CHECKS)
    assert case.instruction_seen_at is not None
    other = stages.in_review(title="Other")
    other.instruction.stated_for = "another"
    with pytest.raises(instruction.NoInstruction):
        review.approve(other, mina(), checks=CHECKS)


def test_a_newer_paper_has_been_seen_by_nobody(db, case):
    stages.instructed(case)
    instruction.see(case, mina())
    assert instruction.require(case, mina())  # the control
    paper = files.keep(BytesIO(b"%PDF-1.7 another"), "b.pdf", by_id=None)
    instruction.add_paper(case, Sent(paper, paper.sha256), by_id=None)
    with pytest.raises(instruction.NotSeen):
        instruction.require(case, mina())


def test_the_page_tells_that_it_was_seen_and_never_who_signed(app, client):
    with app.app_context():
        case = stages.instructed(stages.draft(title="With a paper", signed_by="Zarathustra Quill"))
        stages.consented(case)
        review.submit(case)
        stages.approve(case)
        stages.publishing.publish(case)
        slugs = case.slug, stages.live(title="Without", signed_by="Zarathustra Quill").slug
        database.session.commit()
    with_paper, without = (client.get(f"/cases/{slug}").text for slug in slugs)
    assert "Proof of instruction seen by Amicus on" in with_paper and "we have seen no paper" not in with_paper
    assert "Proof of instruction seen" not in without and "we have seen no paper" in without
    assert "Zarathustra" not in with_paper + without


def test_the_paper_goes_to_reviewers_only_and_each_look_is_one_row(app):
    with app.app_context():
        case = stages.instructed(stages.draft())
        review.submit(stages.consented(case))
        public_id = case.public_id
        database.session.commit()
    start, url = f"/staff/cases/{public_id}", f"/staff/cases/{public_id}/instruction/paper"
    reviewer = browser_of(app, mina)
    assert "Ada Marlowe" in reviewer.get(start).text
    for times in (1, 2):
        got = press(reviewer, url, start)
        assert got.data == b"%PDF-1.7 signed" and got.headers["Content-Disposition"].startswith("attachment")
        with app.app_context():
            assert looks("case.instruction_seen") == [mina().id] * times
    assert reviewer.get(url).status_code == 405
    for who in (leila, omid):
        browser = browser_of(app, who)
        assert press(browser, url, "/settings/appearance").status_code in (403, 404)
    with app.app_context():
        assert len(looks("case.instruction_seen")) == 2


# ---------------------------------------------------------------- the cap
@pytest.mark.parametrize("kind", ["litigation", "advice", "law_reform"])
def test_a_penny_above_the_cap_is_refused_with_the_sums(case, kind):
    case.kind = kind
    most = lines_for(CAP)
    budget(case, most)
    assert abs(case.target.minor - CAP) <= 1 and case.target.minor <= CAP
    with pytest.raises(court_filing.AboveCap) as refused:
        budget(case, most + 1)
    assert refused.value.field == "lines"
    assert refused.value.values["cap"].minor == CAP < refused.value.values["target"].minor


def test_the_form_tells_the_sum_at_the_lines_and_keeps_what_was_typed(app):
    lawyer = browser_of(app, leila)
    draft = write_all(lawyer)
    answer = send_step(lawyer, draft, "budget", **{"lines-0-amount": "20000"})
    assert answer.status_code == 400 and "can be £15,000" in answer.text and 'value="20000"' in answer.text
    later = send_step(lawyer, draft, "budget", **{"lines-0-amount": "20000", "later": "1"})
    assert later.status_code == 303 and "budget" in _missing(app)


def _missing(app):
    with app.app_context():
        return drafting.missing(database.session.scalars(select(Case)).one())


def test_a_filing_that_waits_lets_it_be_written_and_only_a_checked_one_approved(db, case):
    stages.filed(case)
    budget(case, 2_000_000)
    assert drafting.missing(case) == []
    stages.consented(case)
    review.submit(case)
    with pytest.raises(court_filing.AboveCap):
        review.approve(case, mina(), checks=CHECKS)
    assert case.state == S.IN_REVIEW
    stages.checked(case)
    assert review.approve(case, mina(), checks=CHECKS) and case.state == S.APPROVED


def test_a_filing_that_was_refused_takes_the_target_down_again(db, case):
    row = stages.filed(case)
    budget(case, 2_000_000)
    filing_review.see(row, mina())
    assert filing_review.refuse(row, mina(), "That is the letter before claim.")
    assert drafting.missing(case) == ["budget"]
    with pytest.raises(review.NotComplete):
        review.submit(case)


def test_a_type_that_never_files_escapes_the_cap_by_no_filing(db, case):
    stages.checked(case)
    budget(case, 2_000_000)
    drafting.describe(case, title=case.title, area=case.area, kind="advice")
    assert "budget" in drafting.missing(case) and not court_filing.badge(case).is_filed
    with pytest.raises(court_filing.AboveCap):
        budget(case, 2_000_000)
    drafting.describe(case, title=case.title, area=case.area, kind="litigation")
    assert court_filing.badge(case).is_filed  # the control


def test_a_new_try_is_not_filed_and_not_instructed(db, case):
    old = stages.live(minor=2_000_000)
    old.state = S.UNFUNDED
    new = relaunch.start_again(old)
    assert new.filing_checked_at is None and not new.is_instructed and new.target is None
    assert {"parties", "budget"} <= set(drafting.missing(new))


# ---------------------------------------------------------------- the filing
def test_it_is_sent_checked_told_and_the_lawyer_is_written_to(app, client):
    with app.app_context():
        case = stages.live(title="A live one", legal_stage="pre_action", claim_number="")
        public_id, slug = case.public_id, case.slug
        database.session.commit()
    assert "Not yet filed at court" in client.get(f"/cases/{slug}").text
    assert "Not yet filed at court" in client.get("/cases/").text
    lawyer, reviewer = browser_of(app, leila), browser_of(app, mina)
    answer = send(lawyer, public_id, "filing", pdf())
    assert answer.status_code == 303, answer.text
    assert "Waits to be checked" in lawyer.get(answer.location).text
    assert "Not yet filed at court" in client.get(f"/cases/{slug}").text  # nobody has checked it
    start = f"/staff/cases/{public_id}/court-filing"
    assert start in reviewer.get("/staff/cases").text
    with app.app_context():
        row_id = str(database.session.scalars(select(CaseFiling.id)).one())
    refused = press(reviewer, start, start, decision="checked", filing=row_id)
    assert refused.status_code == 409 and "Open the proof first" in refused.text
    got = press(reviewer, f"{start}/paper", start)
    assert got.status_code == 200 and got.mimetype == "application/pdf" and got.data != pdf()
    assert press(reviewer, start, start, decision="checked", filing=row_id).status_code == 303
    for page in (f"/cases/{slug}", "/cases/", "/"):
        text = client.get(page).text
        assert "Filed at \u2068Administrative Court, Leeds\u2069, \u2068AC-2026-LDS-000117\u2069, checked on" in text, (
            page
        )
        assert "Not yet filed" not in text
    assert '"creativeWorkStatus": "Filed at' in client.get(f"/cases/{slug}").text
    assert "/updates/new" in lawyer.get(f"/dashboard/cases/{public_id}/proofs").text
    with app.app_context():
        letter = database.session.scalars(
            select(OutgoingLetter).where(OutgoingLetter.name == "cases.filing_checked")
        ).one()
        assert "A live one" in render(letter.name, "en", letter.facts).text
        assert len(looks("case.filing_seen")) == len(looks("case.filing_checked")) == 1


@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize("is_private", [False, True])
def test_a_refusal_is_told_with_its_reason_but_not_in_a_letter_about_a_private_page(db, lang, is_private):
    case = stages.live_private()[0] if is_private else stages.live()
    row = stages.filed(case)
    filing_review.see(row, mina())
    assert filing_review.refuse(row, mina(), "The seal cannot be read.")
    said = render("cases.filing_refused", lang, {"filing": row.id})
    assert ("The seal cannot be read." in said.text) is not is_private
    assert (case.title in said.text + said.html) is not is_private
    row.state = "replaced"
    assert render("cases.filing_refused", lang, {"filing": row.id}) is None
    assert render("cases.filing_checked", lang, {"filing": row.id}) is None


def test_what_is_wrong_is_told_at_its_field(app):
    with app.app_context():
        public_id = stages.draft().public_id
        database.session.commit()
    lawyer = browser_of(app, leila)
    for fields, name in (
        ({"court": ""}, "court"),
        ({"claim_number": " "}, "claim_number"),
        ({"filed_on": ["", "", ""]}, "filed_on"),
        ({"filed_on": boxes(stages.day(2))}, "filed_on"),
    ):
        answer = send(lawyer, public_id, "filing", pdf(), **fields)
        assert answer.status_code == 400 and f'id="{name}-error"' in answer.text, name
    assert 'id="proof-error"' in send(lawyer, public_id, "filing").text
    assert 'id="proof-error"' in send(lawyer, public_id, "filing", b"MZ no paper").text
    assert 'id="paper-error"' in send(lawyer, public_id, "instruction", b"MZ no paper").text
    with app.app_context():
        assert database.session.scalars(select(CaseFiling)).all() == []


def test_nobody_checks_their_own_and_the_first_decision_stands(db, case):
    row = stages.filed(case)
    filing_review.see(row, leila().user)
    with pytest.raises(review.OwnCase):
        filing_review.check(row, leila().user)
    with pytest.raises(review.OwnCase):
        filing_review.refuse(row, leila().user, "No.")
    filing_review.see(row, mina())
    with pytest.raises(review.NoReason):
        filing_review.refuse(row, mina(), " ")
    assert filing_review.check(row, mina()) is True and filing_review.check(row, mina()) is False
    filing_review.see(row, dara())
    with pytest.raises(filing_review.Decided):
        filing_review.refuse(row, dara(), "No.")
    with pytest.raises(court_filing.FiledAlready):
        stages.filed(case)


def test_one_that_was_replaced_is_not_decided(db, case):
    first = stages.filed(case)
    filing_review.see(first, mina())
    second = stages.filed(case, number="AC-2026-LDS-000118")
    assert first.paper is None and court_filing.latest(case) is second
    with pytest.raises(filing_review.Decided):
        filing_review.check(first, mina())
    assert stages.filed(case, number="AC-2026-LDS-000118") is second  # the same twice is quiet


@pytest.mark.parametrize("lang_stage", LEGAL_STAGES)
def test_no_badge_says_filed_before_it_is_checked(case, lang_stage):
    case.legal_stage = lang_stage
    assert not court_filing.badge(case).is_filed and "Filed at" not in court_filing.badge(case).words
    stages.checked(case)
    badge = court_filing.badge(case)
    assert badge.is_filed and badge.words.startswith("Filed at")


def test_card_and_page_say_the_same(app):
    with app.test_request_context():
        for words in ({}, {"minor": 2_000_000}, {"legal_stage": "pre_action", "claim_number": ""}):
            case = stages.live(**words)
            said = court_filing.badge(case).words
            assert cards.of([case], "en")[0].filing == case_page.of(case).badge.words == said
        database.session.rollback()


def test_only_reviewers_are_told_what_waits(db, case):
    review.submit(stages.consented(case))
    row = stages.filed(case)
    assert access.filings_waiting(REVIEWER) == [row] and access.filings_waiting(NOBODY) == []
    live = stages.live(title="Live")
    live.acting_for = "Somebody else"
    assert access.instructions_waiting(REVIEWER) == []
    instruction.state(live, Statement("authority", "Else", stages.day(-1)), by_id=None)
    database.session.flush()
    assert access.instructions_waiting(REVIEWER) == [live] and access.instructions_waiting(NOBODY) == []
    assert instruction.accept_late(live, mina()) and live.is_instructed
    assert not instruction.accept_late(live, mina()) and access.instructions_waiting(REVIEWER) == []


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_the_pages_stand_in_both_languages_whatever_was_sent(app, prefix):
    with app.app_context():
        case = stages.instructed(stages.draft(minor=2_000_000))
        review.submit(stages.consented(case))
        advice = stages.draft(title="Advice")
        drafting.describe(advice, title=advice.title, area=advice.area, kind="advice")
        ids = case.public_id, advice.public_id
        database.session.commit()
    lawyer, reviewer = browser_of(app, leila), browser_of(app, mina)
    for public_id in ids:
        assert lawyer.get(f"{prefix}/dashboard/cases/{public_id}/proofs").status_code == 200
    for path in (f"/staff/cases/{ids[0]}", f"/staff/cases/{ids[0]}/court-filing", "/staff/cases"):
        assert reviewer.get(prefix + path).status_code == 200
    assert reviewer.get(f"{prefix}/staff/cases/{ids[1]}/court-filing").status_code == 404


# ---------------------------------------------------------------- what people send
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("what", "kind"), [("instruction", CaseInstruction), ("filing", CaseFiling)])
def test_every_file_of_the_corpus_comes_clean_or_is_refused_at_its_field(app, what, kind):
    lawyer, accepted = browser_of(app, leila), set()
    field = "paper" if what == "instruction" else "proof"
    for row in ROWS:
        with app.app_context():
            public_id = stages.draft(title=row["file"]).public_id
            database.session.commit()
        answer = send(lawyer, public_id, what, (CORPUS / row["file"]).read_bytes(), row["file"])
        if answer.status_code == 303:
            accepted.add(row["file"])
        else:
            assert answer.status_code == 400 and f'id="{field}-error"' in answer.text, row["file"]
    assert accepted == (TAKEN - {"ok.webp"}) | PAPERS
    with app.app_context():
        kept = [one.paper for one in database.session.scalars(select(kind)) if one.paper is not None]
        assert len(kept) == len(accepted)
        for paper in kept:
            assert not any(mark in files.path_of(paper).read_bytes() for mark in TELLTALES)


# ---------------------------------------------------------------- deleted again
def rule(name):
    return next(rule for rule in retention.RULES if rule.name == name)


def test_the_papers_go_some_time_after_the_decision(app):
    with app.app_context():
        case = stages.instructed(stages.draft(title="Papers"))
        stages.filed(case)
        review.submit(stages.consented(case))
        waiting = stages.instructed(stages.draft(title="Waits"))
        database.session.commit()
        assert retention.due(rule("proofs")) == 0  # nobody decided long ago
        stages.approve(case)
        long_ago = clock.now() - timedelta(days=91)
        case.instruction.decided_at = long_ago
        court_filing.latest(case).decided_at = long_ago
        waiting.instruction.decided_at = long_ago  # turned down once, and back by an appeal
        database.session.commit()
        assert retention.run(rule("proofs")) == 2
        database.session.commit()
        assert case.instruction.paper is None and court_filing.latest(case).paper is None
        assert waiting.instruction.paper is not None and case.is_instructed and court_filing.is_filed(case)
        assert not files.path_of(case.instruction.file).exists()


def test_the_name_of_who_signed_goes_some_years_after_the_end(db):
    case = stages.live()
    case.state, case.closed_at = S.UNFUNDED, clock.now() - timedelta(days=2193)
    database.session.flush()
    assert retention.run(rule("signers")) == 1 and retention.due(rule("signers")) == 0
    database.session.refresh(case.instruction)
    assert "Ada" not in case.instruction.signed_by


def test_a_page_that_never_was_live_takes_its_papers_along(app):
    with app.app_context():
        case = stages.instructed(stages.draft())
        row = stages.filed(case)
        database.session.commit()
        papers = [files.path_of(case.instruction.file), files.path_of(row.file)]
        assert all(path.exists() for path in papers)
        cases.delete_pages([case.id])
        database.session.commit()
        assert not any(path.exists() for path in papers)
        assert database.session.scalars(select(CaseInstruction)).all() == []


def test_the_clients_own_erasure_takes_the_name_out(db):
    case = stages.live()
    cases.forget_signers([case.instruction.id])
    database.session.refresh(case.instruction)
    assert case.instruction.signed_by != "Ada Marlowe" and client.standing(case).is_given
