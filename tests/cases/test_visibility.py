"""Who sees a live page: private at once and without a trace, public only by lawyer, client and reviewer together."""

import pytest
from sqlalchemy import select

from app.cases import access, client, drafting, fields, invitations, queries, visibility
from app.cases.client import NoConsent
from app.cases.models import Case, Tombstone
from app.cases.moves import IllegalMove
from app.cases.review import NoReason, OwnCase
from app.cases.states import Visibility
from app.core.errors import NotFound
from app.database import db as database
from app.pages import freshness
from app.pledges import links, privacy
from app.search import index
from app.web.visitor import NOBODY
from tests.cases import backed, stages
from tests.people import browser_of, dara, leila, mina
from tests.support.forms import send
from tests.updates import making

TITLE = "Keep the harbour open"


def wanting(**words):
    """A private case whose lawyer asked that it become public."""
    case, _token = stages.live_private(**{"title": TITLE, **words})
    assert visibility.ask_public(case)
    return case


def agreed(case):
    client.agree(client.token_of(stages.asked(case)), seen=fields.fingerprint(case))
    return case


# ---------------------------------------------------------------- from private to public
def test_lawyer_client_and_reviewer_make_it_public(db):
    case = agreed(wanting())
    assert case.is_private and visibility.is_agreed(case)
    assert visibility.make_public(case, mina(), seen=case.version)
    assert (case.visibility, case.slug, case.public_wanted_at) == ("public", "keep-the-harbour-open", None)
    assert not visibility.make_public(case, mina())
    assert access.find(case.slug, NOBODY) is case


def test_without_the_lawyers_wish_it_stays_private(db):
    case, _token = stages.live_private()
    with pytest.raises(IllegalMove):
        visibility.make_public(case, mina())


def test_the_clients_earlier_yes_was_to_a_private_page(db):
    case = wanting()
    assert not client.standing(case).is_given
    with pytest.raises(NoConsent):
        visibility.make_public(case, mina())


def test_a_yes_from_before_the_wish_does_not_count_though_it_was_to_a_public_page(db):
    case = stages.live(title=TITLE)
    visibility.make_private(case, actor_id=None)
    visibility.ask_public(case)
    assert client.standing(case).is_given and not visibility.is_agreed(case)
    with pytest.raises(NoConsent):
        visibility.make_public(case, mina())


def test_the_client_reads_that_it_becomes_public(db):
    case = wanting()
    assert "public" in client.wording(case)
    visibility.take_back(case)
    assert "private" in client.wording(case) and client.standing(case).is_given


def test_nobody_decides_on_their_own_page_or_on_another_version(db):
    case = agreed(wanting())
    with pytest.raises(OwnCase):
        visibility.make_public(case, case.lawyer.user)
    with pytest.raises(OwnCase):
        visibility.keep_private(case, case.lawyer.user, "No.")
    with pytest.raises(IllegalMove):
        visibility.make_public(case, mina(), seen=case.version - 1)


DEAR = 2_900_000


def test_a_page_that_asks_for_much_becomes_public_by_two(db):
    case = agreed(wanting(minor=DEAR))
    assert not visibility.make_public(case, mina()) and case.is_private
    assert not visibility.make_public(case, mina()) and visibility.opened_by(case) == {mina().id}  # twice is once
    with pytest.raises(OwnCase):
        visibility.make_public(case, case.lawyer.user)
    assert visibility.make_public(case, dara()) and not case.is_private


def test_an_approval_of_the_wish_counts_only_for_what_the_client_agreed_to(db):
    case = agreed(wanting(minor=DEAR))
    visibility.make_public(case, mina())
    case.version += 1  # a pledge was folded in
    assert visibility.opened_by(case) == {mina().id}
    case.title = "Other words"
    assert visibility.opened_by(case) == set()
    assert visibility.keep_private(case, dara(), "No.") and visibility.opened_by(case) == set()


def test_the_door_says_who_is_still_needed(app):
    with app.app_context():
        case = agreed(wanting(minor=DEAR))
        public_id, version = case.public_id, case.version
        database.session.commit()
    url = f"/staff/cases/{public_id}/public"
    first, second = browser_of(app, mina), browser_of(app, dara)
    assert "This page needs two reviewers." in first.get(url).text
    answer = send(first, url, decision="public", version=str(version))
    assert "Another reviewer must agree" in first.get(answer.location).text
    assert "You have agreed already." in first.get(url).text and "One reviewer has agreed." in second.get(url).text
    assert send(second, url, decision="public", version=str(version)).status_code == 303
    with app.app_context():
        assert not database.session.scalars(select(Case)).one().is_private


def test_a_reviewer_keeps_it_private_with_a_reason(db):
    case = agreed(wanting())
    with pytest.raises(NoReason):
        visibility.keep_private(case, mina(), " ")
    assert visibility.keep_private(case, mina(), "The children can be recognised.")
    assert case.is_private and case.public_wanted_at is None and not visibility.keep_private(case, mina(), "Again.")


def test_who_backed_it_in_private_is_not_named_in_public(db):
    case = agreed(wanting())
    pledge = backed.pledge(case, 25, message="For my sister")
    assert privacy.make_public(case, mina())
    assert (pledge.shown, pledge.message, pledge.name) == ("anonymous", "", "Omid Rahimi")


def test_links_and_invitations_lead_to_the_public_page(db):
    case, token = stages.live_private(title=TITLE)
    (grant,) = invitations.invite(case, ["ada@example.org"], "en")
    visibility.ask_public(case)
    visibility.make_public(agreed(case), mina())
    assert access.grant_of_link(token).case is case
    assert invitations.accept(invitations.token_of(grant), "ada@example.org").case.slug == case.slug


# ---------------------------------------------------------------- from public to private
def test_a_public_page_becomes_private_at_once_and_leaves_a_tombstone(db):
    case = stages.live(title=TITLE)
    old, version = case.slug, freshness.case_version(case.id)
    assert version and visibility.make_private(case, actor_id=None)
    assert case.slug == case.public_id and not visibility.make_private(case, actor_id=None)
    with pytest.raises(access.Gone):
        access.find(old, NOBODY)
    with pytest.raises(NotFound):
        access.find(case.slug, NOBODY)
    assert freshness.case_version(case.id) is None and queries.listed(NOBODY) == []


def test_nobody_else_gets_the_old_address_and_the_page_gets_it_back(db):
    case = stages.live(title=TITLE)
    visibility.make_private(case, actor_id=None)
    assert stages.live(title=TITLE).slug == "keep-the-harbour-open-2"
    visibility.ask_public(case)
    visibility.make_public(agreed(case), mina())
    assert case.slug == "keep-the-harbour-open" and database.session.scalar(select(Tombstone.id)) is None


def test_what_is_not_live_is_not_hidden_so(db):
    with pytest.raises(IllegalMove):
        visibility.make_private(stages.approved(), actor_id=None)


def test_no_other_service_changes_who_sees_a_live_page(db):
    """Nor does a draft become anything without its client and a reviewer; the control is a draft, which may."""
    case, _token = stages.live_private()
    with pytest.raises(drafting.NotEditable):
        drafting.set_visibility(case, Visibility.PUBLIC, "en")
    approved = stages.approved(None, Visibility.PRIVATE)
    with pytest.raises(drafting.NotEditable):
        drafting.set_visibility(approved, Visibility.PUBLIC, "en")
    waits = stages.in_review(None, Visibility.PRIVATE)
    with pytest.raises(drafting.NotEditable):
        drafting.set_visibility(waits, Visibility.PUBLIC, "en")
    draft = stages.draft(None, Visibility.PRIVATE)
    drafting.set_visibility(draft, Visibility.PUBLIC, "en")
    assert (case.visibility, approved.visibility, draft.visibility) == ("private", "private", "public")


# ---------------------------------------------------------------- through the doors
@pytest.fixture
def hidden(app):
    """The old slug of a case with an update, an outcome, a story and a pledge, that was made private; and its id."""
    with app.app_context():
        story = making.told(making.concluded("won", making.funded(title=TITLE)))
        case = story.outcome.case
        pledge = links.token_of(backed.pledge(case, 25))
        index.refresh(1000)
        old = case.slug
        database.session.commit()
        return old, case.public_id, story.slug, pledge


def hide(app, public_id):
    assert send(browser_of(app, leila), f"/dashboard/cases/{public_id}/visibility", private="1").status_code == 303


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_the_old_addresses_tell_nothing_but_that_something_stood_there(app, client, hidden, prefix):
    old, public_id, story, _pledge = hidden
    where = [f"/cases/{old}{end}" for end in ("", "/backers", "/back", "/updates/", "/updates/1", "/outcome.pdf")]
    assert client.get(f"{prefix}{where[0]}").status_code == 200
    hide(app, public_id)
    other = app.test_client()
    other.get("/settings/appearance")  # with a session the page cache steps aside
    for one in where:
        answer = other.get(prefix + one)
        assert answer.status_code == 410 and answer.headers["Cache-Control"] == "no-store"
        assert TITLE not in answer.text and "Farahani" not in answer.text and public_id not in answer.text
        assert "og:" not in answer.text and "ld+json" not in answer.text
    assert other.get(f"{prefix}/stories/{story}").status_code == 404


def test_it_is_gone_from_lists_search_stories_and_sitemap(app, client, hidden):
    places = ("/", "/cases/?status=any", f"/search?q={TITLE}", "/stories/", "/outcomes/", "/lawyers/leila-farahani")
    assert sum(TITLE in client.get(place).text for place in places) >= 4
    hide(app, hidden[1])
    other = app.test_client()
    other.get("/settings/appearance")
    assert not [place for place in places if f">{TITLE}" in other.get(place).text]
    assert not [place for place in places if hidden[0] in other.get(place).text.replace(f"q={TITLE}", "")]


def test_its_backers_keep_seeing_it(app, client, hidden):
    _old, public_id, _story, pledge = hidden
    hide(app, public_id)
    assert client.get(f"/cases/{public_id}").status_code == 404
    assert client.get(f"/pledges/{pledge}").status_code == 200
    assert TITLE in client.get(f"/cases/{public_id}").text


def test_staff_make_a_page_private_and_decide_on_the_way_back(app, client, hidden):
    _old, public_id, _story, _pledge = hidden
    staff = browser_of(app, mina)
    assert send(staff, f"/staff/cases/{public_id}/private").status_code == 303
    assert client.get(f"/cases/{public_id}").status_code == 404
    owner = browser_of(app, leila)
    assert send(owner, f"/dashboard/cases/{public_id}/visibility", ask="1").status_code == 303
    assert TITLE in staff.get("/staff/cases").text
    version = version_of(app)
    early = send(staff, f"/staff/cases/{public_id}/public", decision="public", version=version)
    assert early.status_code == 409 and client.get(f"/cases/{public_id}").status_code == 404
    with app.app_context():
        agreed(database.session.scalars(select(Case)).one())
        database.session.commit()
    done = send(staff, f"/staff/cases/{public_id}/public", decision="public", version=version_of(app))
    assert done.status_code == 303
    assert client.get("/cases/keep-the-harbour-open").status_code == 200


def version_of(app):
    with app.app_context():
        return str(database.session.scalars(select(Case)).one().version)
