"""Applying as a lawyer, through the pages."""

import re
from io import BytesIO

import pytest

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.database import db as database
from app.lawyers import queries, service
from app.storage import files
from tests.accounts.letters import names
from tests.people import browser_of, dara, kian, leila, mina, omid
from tests.support.forms import send

APPLY, STATUS = "/lawyers/apply", "/lawyers/application"
EMAIL = "omid@example.org"
TYPED = {
    "profession": "solicitor",
    "regulator": "sra",
    "regulator_name": "",
    "registration_number": "612345",
    "register_name": "O. Rahimi",
    "firm": "Fenmoor Legal",
    "town": "Leeds",
}


@pytest.fixture
def browser(app):
    return browser_of(app, omid)


def pdf(words=b"", name="certificate.pdf"):
    return {"evidence": (BytesIO(b"%PDF-1.7 " + words), name)}


def apply(browser, *, file=True, **changes):
    return send(browser, APPLY, **{**TYPED, **(pdf() if file else {}), **changes})


def lawyer(app):
    with app.app_context():
        found = queries.by_user(accounts.by_email(EMAIL).id)
        return found and {name: getattr(found, name) for name in (*TYPED, "state", "version") if hasattr(found, name)}


def decide(app, decision, **more):
    """Let Mina and Dara decide the same."""
    with app.app_context():
        found = queries.by_user(accounts.by_email(EMAIL).id)
        for member in (mina(), dara()):
            if decision == "decline":
                service.decline(found, member, more.get("reason", "The certificate is of 2019."))
            else:
                for kind in queries.CHECKS:
                    service.check(found, kind, "SRA register", member)
                service.approve(found, member)
        database.session.commit()


def test_somebody_applies_and_sees_how_it_stands(app, browser):
    assert apply(browser).location == STATUS
    page = browser.get(STATUS).text
    assert "Being checked" in page and "612345" in page and "certificate.pdf" in page and "O. Rahimi" in page
    assert lawyer(app)["regulator"] == "Solicitors Regulation Authority"
    assert names(app, EMAIL) == ["lawyers.applied"]


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("profession", "Say what kind of lawyer you are."),
        ("regulator", "Say who regulates you."),
        ("registration_number", "Enter your registration number."),
        ("register_name", "Enter your name as the register has it."),
        ("firm", "Enter your firm or chambers."),
        ("town", "Enter the town where you practise."),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_the_rest_is_kept(app, browser, field, told):
    page = apply(browser, **{field: ""})
    assert page.status_code == 400 and told in page.text and lawyer(app) is None
    assert "We have <bdi>certificate.pdf</bdi>" in page.text
    again = browser.get(APPLY).text
    assert (field == "town" or 'value="Leeds"' in again) and "We have <bdi>certificate.pdf</bdi>" in again


def test_a_number_of_another_regulator_is_told_at_its_field(app, browser):
    page = apply(browser, registration_number="12")
    assert page.status_code == 400 and "does not look like a number of this regulator" in page.text
    assert apply(browser, file=False, registration_number="612345").status_code == 303


def test_a_regulator_that_is_not_in_the_list_is_named(app, browser):
    assert "Enter the name of your regulator." in apply(browser, regulator="other").text
    assert apply(browser, regulator="other", regulator_name="CILEX", registration_number="A/1").status_code == 303
    assert lawyer(app)["regulator"] == "CILEX"


def test_nobody_applies_without_a_file(app, browser):
    page = apply(browser, file=False)
    assert page.status_code == 400 and "Choose the file that shows your right to practise." in page.text
    assert lawyer(app) is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (b"<svg/>", "Send a PDF, JPEG or PNG file."),
        (b"", "Send a PDF, JPEG or PNG file."),
        (b"%PDF-" + b"x" * files.LARGEST, "It may have 10 MB at most."),
    ],
)
def test_a_file_that_we_do_not_take_is_told_at_its_field(app, browser, words, told):
    page = apply(browser, file=False, evidence=(BytesIO(words), "certificate.pdf"))
    assert (
        page.status_code == 400 and told in page.text and 'aria-describedby="evidence-hint evidence-error"' in page.text
    )
    assert 'value="Leeds"' in browser.get(APPLY).text and lawyer(app) is None


def test_a_file_that_is_far_too_large_is_turned_away(app, browser):
    assert apply(browser, file=False, evidence=(BytesIO(b"x" * (13 * 1024 * 1024)), "x.pdf")).status_code == 413


def test_an_application_that_is_left_half_way_waits(app, browser):
    answer = send(browser, APPLY, **{**TYPED, "town": "", "registration_number": "12"}, **pdf(), later="1")
    assert answer.location == STATUS and "Not sent yet" in browser.get(STATUS).text
    page = browser.get(APPLY).text
    assert 'value="Fenmoor Legal"' in page and 'value="12"' in page and "certificate.pdf" in page
    assert re.search(r'value="sra"[^>]*checked|checked[^>]*value="sra"', page) and lawyer(app) is None
    assert browser.get("/dashboard/").status_code == 404, "a draft makes nobody a lawyer"
    assert apply(browser, file=False).location == STATUS and lawyer(app)["state"] == "applied"


@pytest.mark.parametrize("field", ["firm", "register_name", "regulator_name"])
def test_words_that_are_too_long_or_spoil_a_letter_are_told(app, browser, field):
    for words in ("x" * 200, "=?utf-8?q?x?="):
        page = apply(browser, **{field: words})
        assert page.status_code == 400 and f'id="{field}-error"' in page.text
    assert lawyer(app) is None


def test_what_was_told_can_be_changed_while_it_waits(app, browser):
    apply(browser)
    assert "Send the changes" in browser.get(APPLY).text
    assert apply(browser, file=False, firm="Rahimi & Co").location == STATUS
    assert (lawyer(app)["firm"], lawyer(app)["version"]) == ("Rahimi & Co", 2)
    assert names(app, EMAIL) == ["lawyers.applied"]


def test_changes_left_half_way_are_not_what_staff_see(app, browser):
    apply(browser)
    send(browser, APPLY, **{**TYPED, "firm": "Rahimi & Co"}, later="1")
    assert lawyer(app)["firm"] == "Fenmoor Legal" and "You have changes that are not sent." in browser.get(STATUS).text
    assert 'value="Rahimi &amp; Co"' in browser.get(APPLY).text


def test_somebody_turned_down_reads_why_and_applies_again(app, browser):
    apply(browser)
    decide(app, "decline")
    page = browser.get(STATUS).text
    assert "Not verified" in page and "The certificate is of 2019." in page
    assert "The certificate is of 2019." in browser.get(APPLY).text and 'value="Leeds"' in browser.get(APPLY).text
    assert apply(browser).location == STATUS and lawyer(app)["state"] == "applied"
    assert names(app, EMAIL) == ["lawyers.applied", "lawyers.declined", "lawyers.applied"]


def test_somebody_verified_sees_the_badge_and_must_set_up_codes(app, browser):
    apply(browser)
    decide(app, "approve")
    page = browser.get(STATUS).text
    assert "You are verified since" in page and "SRA register" in page and "/account/second-factor/set-up" in page
    assert "Change or renew your verification" in browser.get(APPLY).text
    assert browser.get("/dashboard/").location.startswith("/account/second-factor/set-up")
    assert names(app, EMAIL) == ["lawyers.applied", "lawyers.verified"]


def test_somebody_who_has_not_confirmed_their_address_must_first(app, browser):
    with app.app_context():
        accounts.by_email(EMAIL).confirmed_at = None
        database.session.commit()
    page = browser.get(APPLY)
    assert page.status_code == 200 and 'href="/account/confirm"' in page.text and 'name="firm"' not in page.text
    assert send(browser, "/account/", to=APPLY, **TYPED).status_code == 409 and lawyer(app) is None


def test_who_has_not_applied_is_led_to_the_form(browser):
    assert browser.get(STATUS).location == APPLY


# ---------------------------------------------------------------- where "Start a case" leads
def test_start_a_case_leads_to_what_comes_first(app, client, browser):
    assert client.get("/lawyers/start").location == "/account/sign-in?next=/lawyers/start"
    assert browser.get("/lawyers/start").location == APPLY
    for who in (kian, leila):
        assert browser_of(app, who).get("/lawyers/start").location == "/cases/new"
    assert client.get("/fa/lawyers/start").location == "/fa/account/sign-in?next=/fa/lawyers/start"


# ---------------------------------------------------------------- what others see
def test_a_lawyer_who_applied_here_has_an_initial_and_no_picture(app, browser):
    apply(browser)
    decide(app, "approve")
    page = browser.get("/lawyers/omid-rahimi").text
    assert 'class="portrait portrait--initial" aria-hidden="true">O<' in page and "O. Rahimi" not in page


def test_the_evidence_is_reached_by_nobody_but_staff(app, browser, client):
    apply(browser)
    with app.app_context():
        found = queries.by_user(accounts.by_email(EMAIL).id)
        public_id, file = found.public_id, found.evidence
        paths = [f"/staff/lawyers/{public_id}/evidence", f"/static/files/{file.public_id}", f"/files/{file.public_id}"]
        accounts_service.give_role(mina(), "reviewer")
        database.session.commit()
    for visitor in (client, browser, browser_of(app, leila)):
        for path in paths:
            assert visitor.get(path).status_code in (303, 404, 405), path
            assert b"%PDF" not in visitor.get(path).data
        assert send(visitor, "/settings/appearance", to=paths[0]).status_code == 404
