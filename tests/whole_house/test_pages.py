"""What the look at every fetched page sees (tests/support/pages.py), and every page once."""

import pytest

from app.cases import client, drafting, review
from app.core import clock
from app.database import db as database
from app.pledges import links
from app.pledges.states import PledgeState
from tests.cases import backed, stages
from tests.people import browser_of, kian, leila, mina, omid
from tests.support.pages import LookingClient, faults
from tests.whole_house.routes import fill, in_both_languages, mark, methods, rules

GOOD = """<!doctype html>
<html lang="en" dir="ltr"><head><title>Fees – Amicus</title><script src="/a.js"></script></head>
<body><a href="#main">Skip</a><main id="main"><h1>Fees</h1>
<form method="post"><input type="hidden" name="csrf_token" value="x">
<label for="a">Amount</label><input id="a" name="a" aria-describedby="h"><p id="h">In pounds</p>
<label><input type="checkbox" name="b"> Yes</label>
<fieldset><legend>When</legend><input name="c" aria-label="Day"></fieldset>
<button>Send</button></form><img src="x.svg" alt=""><br></main></body></html>"""


def test_a_good_page_has_no_faults():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<title>Fees – Amicus</title>", "", "no title"),
        ("Fees – Amicus", " – ", "no title"),
        ('lang="en" ', "", "lang=None"),
        ('dir="ltr"', 'dir="rtl"', "dir=rtl"),
        ('lang="en" dir="ltr"', 'lang="fa" dir="ltr"', "lang=fa dir=ltr"),
        ("<h1>Fees</h1>", "", "0 <h1>"),
        ("<h1>Fees</h1>", "<h1>Fees</h1><h1>Fees</h1>", "2 <h1>"),
        ('<main id="main">', '<main id="a">', "id 'a' is there 2 times"),
        ('id="h"', 'id="i"', "refers to #h"),
        ('href="#main"', 'href="#top"', "refers to #top"),
        ('href="#main"', 'href=""', "a link to nowhere"),
        ('<label for="a">Amount</label>', "", "<input name='a'> has no label"),
        ('<label for="a">Amount</label>', '<label for="a"> </label>', "<input name='a'> has no label"),
        ('aria-label="Day"', "", "<input name='c'> has no label"),
        ("<legend>When</legend>", "", "a fieldset without a legend"),
        ("<button>Send</button>", "<button><svg></svg></button>", "<button> without words"),
        (' alt=""', "", "without alt"),
        ("<h1>", '<h1 style="color: red">', "<h1> has style"),
        ("<h1>", '<h1 onclick="x()">', "<h1> has onclick"),
        ('<script src="/a.js">', "<script>", "a script of its own"),
        ('name="csrf_token" value="x"', 'name="other" value="x"', "a form without our mark"),
        ("</form>", "", "where <form> is open"),
        ("<h1>", '<h1 id="x" id="y">', "<h1> has ['id'] twice"),
    ],
)
def test_each_fault_is_seen(old, new, said):
    """The controls."""
    assert old in GOOD
    assert said in "; ".join(faults(GOOD.replace(old, new)))


def test_the_look_is_taken_at_whatever_a_test_fetches(app, monkeypatch):
    assert app.test_client_class is LookingClient
    view = app.view_functions["pages.fees"]
    bad = lambda: GOOD.replace("<h1>Fees</h1>", "")  # noqa: E731
    bad.access_mark = view.access_mark
    monkeypatch.setitem(app.view_functions, "pages.fees", bad)
    with pytest.raises(AssertionError, match=r"GET /fees \(200\): 0 <h1>"):
        app.test_client().get("/fees")


# ---------------------------------------------------------------- every page once
@pytest.fixture
def world(app):
    """Cases and pledges in every state; values for every placeholder."""
    with app.app_context():
        river, (hidden, token) = stages.live(title="Clean water"), stages.live_private(title="A private one")
        others = [stages.empty_draft(), stages.draft(title="Draft"), stages.in_review(title="Waiting")]
        others += [stages.approved(title="Approved", comment="Fine.")]
        returned = stages.in_review(title="Returned")
        remarks = {"title": "Shorter.", "story": "Who?", "lines": "Why two days?", "deadline": "Later."}
        review.request_changes(returned, mina(), "Say who benefits.\n\nAnd why.", comments=remarks)
        wished = stages.draft(title="Wished otherwise")
        asked = [stages.asked(stages.draft(title="Asked")), stages.asked(wished)]
        client.wish_changes(client.token_of(asked[1]), "Leave my street out.")
        others += [wished]
        moment = {"next_at": clock.now(), "first_failed_at": clock.now(), "ended_at": clock.now()}
        card = {"payment_method": "pm_1", "card_brand": "visa", "card_last4": "4242", "collected_at": clock.now()}
        states = [PledgeState.PLEDGED, PledgeState.COLLECTED, PledgeState.RETRY, PledgeState.RELEASED]
        pledges = [backed.pledge(case, 25, state, **card, **moment) for case in (river, hidden) for state in states]
        values = {
            "slug": [river.slug, hidden.slug],
            "public_id": [case.public_id for case in (river, hidden, returned, *others)],
            "token": [token, *map(links.token_of, pledges), *map(client.token_of, asked)],
            "step": drafting.STEPS,
            "grant_id": [1],
        }
        database.session.commit()
        return values


@pytest.mark.one_database
@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", [None, omid, kian, leila, mina])
def test_every_page_is_good_whoever_looks_at_it(app, world, who):
    browser = browser_of(app, who) if who else app.test_client()
    seen = 0
    for rule in rules(app):
        if "GET" in methods(rule) and mark(app, rule).kind != "returning":
            for address in (url for bare in fill(rule, **world) for url in in_both_languages(bare)):
                answer = browser.get(address)  # looks at it
                seen += answer.status_code == 200 and answer.mimetype == "text/html"
    assert seen > 40
