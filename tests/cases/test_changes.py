"""The doors to changes of a live page, as browsers open them."""

import pytest
from sqlalchemy import select

from app.cases import changing, restrictions
from app.cases.models import Case
from app.cases.restrictions import Order
from app.core import clock
from app.database import db as database
from app.pledges import changes
from tests.cases import rewriting, stages
from tests.people import babak, browser_of, leila
from tests.pledges.backing import complaints, post, press, said
from tests.pledges.backing import hidden as marks


@pytest.fixture
def live(app):
    """Public id and slug of a live page."""
    with app.app_context():
        case = stages.live()
        database.session.commit()
        return case.public_id, case.slug


def draft_id(public_id: str) -> str:
    """The public id of the change that is being written."""
    case = database.session.scalars(select(Case).where(Case.public_id == public_id)).one()
    draft = changing.draft_of(case)
    assert draft is not None
    found = draft.public_id
    database.session.rollback()
    return found


def changed(app, slug: str, **words) -> None:
    with app.app_context():
        case = database.session.scalars(select(Case).where(Case.slug == slug)).one()
        changing.correct(rewriting.begun(case, **words))
        database.session.commit()


# ---------------------------------------------------------------- the lawyer
def test_a_lawyer_corrects_a_live_page(app, live):
    public_id, slug = live
    lawyer, address = browser_of(app, leila), f"/dashboard/cases/{public_id}/change"
    assert f'href="{address}"' in lawyer.get(f"/dashboard/cases/{public_id}").text
    began = press(lawyer, address, address, begin="1")
    assert began.status_code == 303 and began.location.endswith("/edit/about")
    with app.app_context():
        draft = draft_id(public_id)
    about = f"/dashboard/cases/{draft}/edit/about"
    sent = press(lawyer, about, about, title="Keep the library open & free", area="government", kind="litigation")
    assert sent.status_code == 303 and sent.location.endswith("/edit/parties")
    for step in ("visibility", "stages"):
        assert lawyer.get(f"/dashboard/cases/{draft}/edit/{step}").location.endswith("/check")
    assert lawyer.get(f"/dashboard/cases/{draft}/check").location.endswith(address)
    page = lawyer.get(address)
    assert "This is a small change." in said(page)
    empty = post(lawyer, address, marks(page), note=" ")
    assert empty.status_code == 400 and complaints(empty)
    done = post(lawyer, address, marks(page), note="A typo: <b>free</b>")
    assert done.status_code == 303
    public = app.test_client()
    assert f"/cases/{slug}/history" in public.get(f"/cases/{slug}").text
    told = public.get(f"/cases/{slug}/history").text
    assert "<ins>" in told and "&amp; free" in told and "A typo: &lt;b&gt;free&lt;/b&gt;" in told


def test_a_material_change_goes_to_a_reviewer_and_the_page_stays(app, live):
    public_id, slug = live
    with app.app_context():
        case = database.session.scalars(select(Case).where(Case.slug == slug)).one()
        rewriting.begun(case, relief_sought="A declaration")
        database.session.commit()
    lawyer, address = browser_of(app, leila), f"/dashboard/cases/{public_id}/change"
    sent = press(lawyer, address, address, note="The court said so.")
    assert sent.status_code == 303 and sent.location.endswith(address)
    assert "with a reviewer" in said(lawyer.get(address))
    assert "A declaration" not in app.test_client().get(f"/cases/{slug}").text
    assert press(lawyer, address, address, note="Again.").status_code == 303
    assert press(lawyer, address, address, discard="1").status_code == 303
    assert "Begin a change" in said(lawyer.get(address))


def test_another_lawyer_finds_no_such_page(app, live):
    assert browser_of(app, babak).get(f"/dashboard/cases/{live[0]}/change").status_code == 404


# ---------------------------------------------------------------- the history
def test_the_history_compares_any_two_versions(app, live):
    _public_id, slug = live
    for title in ("Second title here", "Third title here"):
        changed(app, slug, title=title)
    client = app.test_client()
    page = client.get(f"/cases/{slug}/history?from=1&to=3").text
    assert "Third" in page and 'lang="en" dir="ltr"' in page
    for junk in ("?from=x&to=9", "?from=3&to=3", "?to=%D9%A3", "?from=-1"):
        assert client.get(f"/cases/{slug}/history{junk}").status_code == 200
    assert client.get(f"/fa/cases/{slug}/history").status_code == 200


def test_a_page_that_never_changed_says_so(app, live):
    assert "when it went live" in said(app.test_client().get(f"/cases/{live[1]}/history"))


def test_the_history_of_a_private_page_is_as_hidden_as_the_page(app):
    with app.app_context():
        case, token = stages.live_private()
        changing.correct(rewriting.begun(case, title="zqchangedzq"))
        database.session.commit()
        address = f"/cases/{case.slug}/history"
    assert app.test_client().get(address).status_code == 404
    guest = app.test_client()
    press(guest, f"/p/{token}", f"/p/{token}")
    page = guest.get(address)
    assert page.status_code == 200 and "zqchangedzq" in page.text and "no-store" in page.headers["Cache-Control"]


def test_a_name_that_may_not_be_told_is_in_no_version(app, live):
    _public_id, slug = live
    changed(app, slug, summary="Ada Marlowe asks the court to let the library stay.")
    changed(app, slug, summary="Ada Smith asks the court to let the library stay.")
    client, address = app.test_client(), f"/cases/{slug}/history"
    pages = (address, f"{address}?from=1&to=2", f"{address}?from=1&to=3")
    assert any("Marlowe" in client.get(page).text for page in pages)  # the control
    with app.app_context():
        case = database.session.scalars(select(Case).where(Case.slug == slug)).one()
        restrictions.hide(case, Order("Ada Marlowe", "AM", "ا.م", "KB-1", clock.now().date()), leila().user)
        database.session.commit()
    assert not any("Marlowe" in client.get(page).text for page in pages)
    changed_later = client.get(pages[1])
    assert changed_later.status_code == 200 and "AM" in changed_later.text


def test_the_dashboard_tells_that_backers_decide_again(app, live):
    public_id, slug = live
    with app.app_context():
        case = database.session.scalars(select(Case).where(Case.slug == slug)).one()
        draft = rewriting.approved(case, relief_sought="A declaration")
        database.session.commit()
        assert changes.apply(draft.id) is not None
    assert "Backers decide again" in said(browser_of(app, leila).get(f"/dashboard/cases/{public_id}"))
