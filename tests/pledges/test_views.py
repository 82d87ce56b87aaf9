"""From the form to the provider's hosted page and back."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.database import db as database
from app.pledges import views
from app.pledges.models import CheckoutSession
from app.web import throttle
from tests.pledges.backing import FILLED, GOOD_CARD, fill, hidden, local, pledge, said, send_again
from tests.support import stand_in


def test_a_guest_pledges_in_two_screens(client, river, pledges):
    thanks = client.get(pledge(client, river, amount_choice="50", message="Good luck") + "/thanks")
    assert "Your pledge of £50.00 is recorded. We’ll email you before any charge." in said(thanks)
    (made,) = pledges()
    assert (made.state, made.amount.minor, made.card_last4, made.user_id) == ("pledged", 5000, "4242", None)


def test_the_words_agreed_to_are_kept(client, river, pledges):
    fill(client, f"/cases/{river}/back")
    (made,) = pledges()
    assert made.consent_text.startswith("You pay nothing today. Your card will be charged £25.00 once")
    assert made.terms_version and len(made.consent_hash) == 64


def test_a_pledge_in_persian_comes_back_to_persian_pages(client, river, pledges):
    page = client.get(pledge(client, river, prefix="/fa") + "/thanks")
    assert '<html lang="fa" dir="rtl"' in page.text and "۲۵٫۰۰ پوند" in said(page)
    assert [made.lang for made in pledges()] == ["fa"]


def test_before_the_target_the_page_promises_no_charge_and_after_it_says_pay(client, river, funded):
    before, after = client.get(f"/cases/{river}/back"), client.get(f"/cases/{funded}/back")
    assert "You pay nothing today" in said(before) and "Pledge £25.00" in said(before)
    assert "The initial target is met, so your card is charged when you pledge." in said(after)
    assert "Pledge and pay £25.00" in said(after) and "Charged today £25.00" in said(after)


def test_the_form_may_lead_to_the_hosted_page_and_is_kept_nowhere(client, river, stripe):
    headers = client.get(f"/cases/{river}/back").headers
    assert f"form-action 'self' {stripe.url};" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store" and "noindex" in headers["X-Robots-Tag"]


def test_a_double_click_makes_one_pledge_and_one_open_page(client, river, pledges, app):
    path = f"/cases/{river}/back"
    marks = hidden(client.get(path))
    first, second = send_again(client, path, marks), send_again(client, path, marks)
    assert first.status_code == second.status_code == 303
    assert len(pledges()) == 1
    with app.app_context():
        assert database.session.query(CheckoutSession).filter_by(state="open").count() == 1


def test_clicks_at_the_same_moment_make_one_pledge(app, client, river, pledges):
    path = f"/cases/{river}/back"
    opened = client.get(path)
    headers = {"Cookie": opened.headers["Set-Cookie"].split(";")[0], "Referer": opened.request.url}

    def click(_n):
        stranger = app.test_client(use_cookies=False)
        return stranger.post(path, data={**hidden(opened), **FILLED}, headers=headers).status_code

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(click, range(4))) == [303] * 4
    assert len(pledges()) == 1


def test_the_form_sent_again_after_paying_shows_the_pledge_it_made(client, river, pledges):
    path = f"/cases/{river}/back"
    marks = hidden(client.get(path))
    client.get(local(stand_in.pay(send_again(client, path, marks).location, GOOD_CARD)))
    again = send_again(client, path, marks, amount_choice="250")
    page = client.get(again.location)
    assert "You have sent this form before." in page.text and "Your pledge £25.00" in said(page)
    assert [made.amount.minor for made in pledges()] == [2500]


def test_two_tabs_of_one_browser_make_one_pledge(client, river, pledges):
    path = f"/cases/{river}/back"
    one, other = hidden(client.get(path)), hidden(client.get(path))
    send_again(client, path, one)
    send_again(client, path, other, amount_choice="50")
    assert [made.amount.minor for made in pledges()] == [5000]


def test_a_new_form_after_a_pledge_says_that_it_makes_a_second_one(client, river, pledges):
    pledge(client, river)
    assert "You have pledged £25.00 to this case already." in said(client.get(f"/cases/{river}/back"))
    pledge(client, river, amount_choice="10")
    assert [made.amount.minor for made in pledges()] == [2500, 1000]


def test_coming_back_from_the_hosted_page_unpaid_keeps_what_was_typed(client, river, pledges, stripe):
    typed = {"amount_choice": "other", "amount_other": "33", "shown": "initials", "message": "Hope"}
    sent = fill(client, f"/cases/{river}/back", **typed)
    resume = way_back(stripe, sent)
    page = client.get(resume).text
    assert 'value="33"' in page and 'value="omid@example.org"' in page and "Hope</textarea>" in page
    assert re.search(r"<input checked[^>]*value=\"initials\"", page)
    send_again(client, f"/cases/{river}/back", hidden(client.get(resume)))
    assert [made.amount.minor for made in pledges()] == [2500]


def way_back(stripe, sent):
    """Where the hosted page that a form led to sends those who do not go on."""
    session_id = re.search(r"cs_test_\w+", sent.location)[0]
    return local(stripe.client.v1.checkout.sessions.retrieve(session_id).cancel_url)


def test_an_altered_resume_link_opens_an_empty_form(client, river, stripe):
    sent = fill(client, f"/cases/{river}/back")
    resume = way_back(stripe, sent)
    page = client.get(resume[:-1] + ("2" if resume[-1] != "2" else "3"))
    assert page.status_code == 200 and "omid@example.org" not in page.text


def test_the_redirect_back_is_not_believed(client, river, pledges):
    sent = fill(client, f"/cases/{river}/back")
    session_id = re.search(r"cs_test_\w+", sent.location)[0]
    page = client.get(f"/cases/{river}/back/returned?session_id={session_id}")
    assert page.status_code == 202 and "We are still waiting for the answer" in said(page)
    assert "not charged" not in said(page)
    assert [made.state for made in pledges()] == ["started"]


@pytest.mark.parametrize("session_id", ["", "{CHECKOUT_SESSION_ID}", "cs_test_unknown", "x\x00", "a" * 500])
def test_an_unknown_hosted_page_is_not_found(client, river, session_id):
    answer = client.get(f"/cases/{river}/back/returned", query_string={"session_id": session_id})
    assert answer.status_code == 404


def test_coming_back_twice_changes_nothing_twice(client, river, pledges, letters):
    back = local(stand_in.pay(fill(client, f"/cases/{river}/back").location, GOOD_CARD))
    assert client.get(back).location == client.get(back).location
    assert [made.state for made in pledges()] == ["pledged"]
    assert [name for name, _facts in letters()] == ["pledges.thanks"]


def test_a_case_that_closed_meanwhile_is_told_and_nothing_is_saved(client, river, pledges, clock):
    path = f"/cases/{river}/back"
    marks = hidden(client.get(path))
    clock.move(40 * 86400)
    page = send_again(client, path, marks)
    assert page.status_code == 409 and "The deadline has passed" in said(page)
    assert "Your pledge was not made, and nothing was charged." in said(page)
    assert f'href="/cases/{river}"' in page.text and pledges() == []


def test_the_form_sent_again_after_the_case_closed_still_shows_the_pledge_it_made(client, river, clock):
    path = f"/cases/{river}/back"
    marks = hidden(client.get(path))
    client.get(local(stand_in.pay(send_again(client, path, marks).location, GOOD_CARD)))
    clock.move(40 * 86400)
    again = send_again(client, path, marks)
    assert again.status_code == 303 and "You have sent this form before." in client.get(again.location).text


def test_a_case_that_closed_while_the_backer_was_on_the_hosted_page_is_told(client, river, clock, pledges):
    path = f"/cases/{river}/back"
    marks = hidden(client.get(path))
    send_again(client, path, marks)
    clock.move(40 * 86400)
    assert send_again(client, path, marks).status_code == 409
    assert [made.state for made in pledges()] == ["started"]


def test_without_the_provider_nothing_is_lost_and_the_same_form_goes_on(client, river, pledges, stripe):
    path = f"/cases/{river}/back"
    marks = hidden(client.get(path))
    stripe.control("faults", faults=[{"match": "POST /v1/checkout/sessions", "kind": "500", "times": 20}])
    page = send_again(client, path, marks, message="Keep me")
    assert page.status_code == 503 and "Nothing was charged and no card was saved." in said(page)
    assert "Keep me</textarea>" in page.text and [made.state for made in pledges()] == ["started"]
    stripe.control("faults", faults=[])
    assert send_again(client, path, marks).status_code == 303
    assert len(pledges()) == 1


def test_too_many_pledges_from_one_address_are_slowed_down(client, river, pledges, app):
    with app.app_context():
        for _ in range(views.FOR_ONE_EMAIL):
            throttle.note("pledge.email", FILLED["email"])
        database.session.commit()
    page = fill(client, f"/cases/{river}/back", message="Keep me")
    assert page.status_code == 429 and int(page.headers["Retry-After"]) > 0
    assert "Keep me</textarea>" in page.text and "There were too many attempts." in said(page) and pledges() == []


def test_somebody_signed_in_finds_their_name_and_owns_the_pledge(signed_in, river, pledges):
    client, user = signed_in
    page = client.get(f"/cases/{river}/back").text
    assert f'value="{user.email}"' in page and f'value="{user.name}"' in page
    fill(client, f"/cases/{river}/back")
    assert [made.user_id for made in pledges()] == [user.id]


def test_a_form_without_our_mark_is_refused(client, river, pledges):
    marks = hidden(client.get(f"/cases/{river}/back"))
    assert client.post(f"/cases/{river}/back", data={**FILLED, "form_key": marks["form_key"]}).status_code == 400
    assert pledges() == []


def test_a_private_case_cannot_be_backed_by_a_stranger(client, private):
    never = client.get("/cases/0000000000000000000x/back")
    there = client.get(f"/cases/{private}/back")
    assert there.status_code == never.status_code == 404
    assert there.text.replace(private, "0000000000000000000x") == never.text
    assert client.post(f"/cases/{private}/back", data=FILLED).status_code in (400, 404)
