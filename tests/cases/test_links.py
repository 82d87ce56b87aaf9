"""Private links: what they open, for whom, and that an ended one looks like one that never was."""

from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from app.cases import publishing, queries
from app.cases.models import Case, CaseGrant
from app.cases.states import CaseState
from app.core import ids
from app.database import db as database
from tests.cases import stages
from tests.support.corpora import rows

TITLE = "The family from the harbour"


@pytest.fixture
def private(app):
    """Slug of a live private case, and the token of its link."""
    with app.app_context():
        case, token = stages.live_private(title=TITLE)
        database.session.commit()
        return case.slug, token


def change(app, **values):
    """Change the only link."""
    with app.app_context():
        database.session.execute(update(CaseGrant).where(CaseGrant.kind == "link").values(**values))
        database.session.commit()


def revoke(app):
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        publishing.revoke_link(case, queries.links(case)[0].id)
        database.session.commit()


def without_path(answer, *paths):
    """Everything a visitor could compare: status, headers and body, the address itself taken out."""
    text = answer.text
    for path in paths:
        text = text.replace(path, "…")
    return answer.status_code, sorted(header for header in answer.headers if header[0] != "Content-Length"), text


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_a_link_leads_to_a_clean_address_where_the_page_opens(client, private, prefix):
    slug, token = private
    answer = client.get(f"{prefix}/p/{token}")
    assert (answer.status_code, answer.location) == (303, f"{prefix}/cases/{slug}")
    page = client.get(answer.location)
    assert page.status_code == 200 and TITLE in page.text


def test_without_the_link_the_page_does_not_open(client, private):
    assert client.get(f"/cases/{private[0]}").status_code == 404


def test_nothing_about_a_private_page_is_stored_or_indexed_or_told_to_others(client, private):
    slug, token = private
    for answer in (client.get(f"/p/{token}"), client.get(f"/cases/{slug}")):
        assert answer.headers["Cache-Control"] == "no-store" and "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert token not in answer.text


def test_a_link_works_for_everyone_who_holds_it_and_writes_nothing(app, client, private):
    with app.app_context():
        before = database.session.execute(select(CaseGrant.id, CaseGrant.version, CaseGrant.revoked_at)).all()
    for browser in (client, app.test_client(), app.test_client()):
        assert browser.get(f"/p/{private[1]}").status_code == 303
    with app.app_context():
        assert database.session.execute(select(CaseGrant.id, CaseGrant.version, CaseGrant.revoked_at)).all() == before


def test_opening_a_link_twice_sets_the_cookie_once(client, private):
    assert "Set-Cookie" in client.get(f"/p/{private[1]}").headers
    assert "Set-Cookie" not in client.get(f"/p/{private[1]}").headers


def test_the_cookie_holds_no_token(client, private):
    client.get(f"/p/{private[1]}")
    with client.session_transaction() as session:
        assert private[1] not in repr(dict(session)) and list(session["grants"]) == [private[0]]


def test_a_revoked_link_is_answered_exactly_like_one_that_never_was(app, private):
    token, never = private[1], ids.token()
    revoke(app)
    revoked, missing, nowhere = (app.test_client().get(f"/p/{text}") for text in (token, never, "x"))
    assert revoked.status_code == 404 and TITLE not in revoked.text
    assert without_path(revoked, f"/p/{token}") == without_path(missing, f"/p/{never}") == without_path(nowhere, "/p/x")


def test_revoking_ends_the_right_of_those_who_came_by_the_link_at_once(app, client, private):
    slug, token = private
    client.get(f"/p/{token}")
    assert client.get(f"/cases/{slug}").status_code == 200
    revoke(app)
    assert client.get(f"/cases/{slug}").status_code == 404
    assert client.get(f"/p/{token}").status_code == 404


def test_raising_the_version_ends_old_cookies_and_leaves_the_link(app, client, private):
    slug, token = private
    client.get(f"/p/{token}")
    change(app, version=2)
    assert client.get(f"/cases/{slug}").status_code == 404
    client.get(f"/p/{token}")
    assert client.get(f"/cases/{slug}").status_code == 200


def test_a_cookie_that_was_altered_opens_nothing(app, client, private):
    slug, token = private
    client.get(f"/p/{token}")
    name = app.config["SESSION_COOKIE_NAME"]
    good = client.get_cookie(name).value
    assert client.get(f"/cases/{slug}").status_code == 200
    client.set_cookie(name, good[:-9] + ("a" if good[-9] != "a" else "b") + good[-8:])
    assert client.get(f"/cases/{slug}").status_code == 404


def test_a_right_to_one_private_case_opens_no_other(app, client, private):
    with app.app_context():
        other = stages.live_private(title="Another")[0].slug
        database.session.commit()
    client.get(f"/p/{private[1]}")
    assert client.get(f"/cases/{other}").status_code == 404


def test_a_page_that_was_taken_off_opens_for_nobody(app, client, private):
    slug, token = private
    client.get(f"/p/{token}")
    with app.app_context():
        database.session.execute(update(Case).values(state=CaseState.DECLINED))
        database.session.commit()
    assert client.get(f"/p/{token}").status_code == client.get(f"/cases/{slug}").status_code == 404


ODD = ["%00", "x" * 5000, "%F0%9F%90%8D", "%FF%FE", "..%2F..%2Fetc", "%0D%0ASet-Cookie:a=b", "null", "0", "'--", "%25s"]


@pytest.mark.parametrize("text", ODD)
def test_text_that_is_no_token_finds_nothing(client, private, text):
    answer = client.get(f"/p/{text}")
    assert answer.status_code == 404 and "Set-Cookie" not in answer.headers


def test_nothing_that_people_type_is_taken_for_a_token(client, private):
    for row in [*rows("bidi"), *rows("persian"), *rows("mail-header"), *rows("xss-html")[::20]]:
        text = quote(row["text"].encode("utf-8", "surrogatepass"), safe="")
        assert client.get(f"/p/{text}").status_code == 404, row["id"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_link_is_only_opened(client, private, method):
    assert client.open(f"/p/{private[1]}", method=method).status_code in (400, 405)


def test_a_question_before_opening_tells_nothing(client, private):
    assert client.head(f"/p/{private[1]}").status_code == 303
    real, made_up = client.options(f"/p/{private[1]}"), client.options(f"/p/{ids.token()}")
    assert without_path(real, f"/p/{private[1]}")[:2] == without_path(made_up)[:2]
