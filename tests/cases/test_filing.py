"""Documents, pictures and the video of a case: onto the page, off it, and who is handed them."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.cases import client as clients
from app.cases import fields, review
from app.cases import files as case_files
from app.cases.models import Case, CaseDocument, CasePicture
from app.core import clock, ids
from app.database import db as database
from app.jobs import queue
from app.storage import files
from tests.cases import stages
from tests.cases.filing import document, drawn, jpeg, pdf, picture, send
from tests.cases.writing import boxes
from tests.people import browser_of, kian, leila, mina, sara
from tests.support.forms import token_of


def made(app, how=stages.draft, **values):
    """The public id of a case."""
    with app.app_context():
        case = how(**values)
        database.session.commit()
        return case.public_id


def on_disk():
    return sorted(path.name for path in files.folder().rglob("*") if path.is_file())


def rows(app, kind):
    with app.app_context():
        return list(database.session.scalars(select(kind).where(kind.removed_at.is_(None)).order_by(kind.id)))


# ---------------------------------------------------------------- onto the page
def test_a_document_is_added_with_what_it_is_called_and_no_trace_of_what_was_sent(app):
    lawyer, case = browser_of(app, leila), made(app)
    answer = send(lawyer, case, "document", pdf(), "Draft 3 by J Smith.pdf")
    assert answer.status_code == 303, answer.text
    page = lawyer.get(answer.location).text
    assert "Order of 3 March" in page and "J Smith" not in page
    [row] = rows(app, CaseDocument)
    got = lawyer.get(f"/dashboard/cases/{case}/files/{row.public_id}")
    assert got.headers["Content-Disposition"] == 'attachment; filename="Order of 3 March.pdf"'
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'" and got.data != pdf()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "Enter a title."),
        ({"kind": "secret"}, "Choose one of the answers."),
        ({"kind": ""}, "Choose what kind of document it is."),
        ({"dated_on": boxes(stages.day(3))}, "cannot be in the future"),
        ({"title": "x" * 121}, "1 character too long"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(app, changed, said):
    case = made(app)
    answer = send(browser_of(app, leila), case, "document", pdf(), "a.pdf", **changed)
    assert answer.status_code == 400 and said in answer.text
    with app.app_context():
        assert on_disk() == [] and not rows(app, CaseDocument)


@pytest.mark.parametrize("what", ["document", "picture"])
def test_a_form_without_a_file_says_so(app, what):
    answer = send(browser_of(app, leila), made(app), what, None, "")
    assert answer.status_code == 400 and "Choose a " in answer.text and f'href="#{what}"' in answer.text


def test_a_picture_needs_words_for_those_who_cannot_see_it(app):
    answer = send(browser_of(app, leila), made(app), "picture", jpeg(), "a.jpg", alt=" ")
    assert answer.status_code == 400 and "Describe what the picture shows." in answer.text


def test_a_picture_is_shown_once_it_is_made_ready_and_artwork_until_then(app, client):
    case = made(app, stages.live)
    send(browser_of(app, leila), case, "picture", jpeg(), "IMG_1.jpg", is_cover="y")
    with app.app_context():
        slug = database.session.scalar(select(Case.slug).where(Case.public_id == case))
    before = client.get(f"/cases/{slug}").text
    assert 'class="cover"><img src="/static/img/art/' in before and "srcset" not in before
    with app.app_context():
        queue.drain()
    [row] = rows(app, CasePicture)
    page = client.get(f"/cases/{slug}").text
    assert (
        'class="cover"><img src="/static/' not in page
        and 'width="1440" height="810"' in page
        and 'alt="A library' in page
    )
    for width in (480, 960, 1440):
        got = client.get(f"/cases/{slug}/files/{row.public_id}?width={width}")
        assert got.mimetype == "image/webp" and Image.open(BytesIO(got.data)).size == (width, width * 9 // 16)
        assert got.headers["Cache-Control"] == "public, max-age=60"
        assert got.headers["X-Content-Type-Options"] == "nosniff" and "X-Robots-Tag" not in got.headers


def test_a_small_picture_is_not_made_larger_and_the_job_bears_repetition(app):
    case = made(app)
    send(browser_of(app, leila), case, "picture", drawn("PNG", 600, 400), "a.png")
    with app.app_context():
        for _ in range(2):
            queue.defer("cases.make_variants", {"picture_id": 1})
            database.session.commit()
            queue.drain()
        [one] = database.session.scalars(select(CasePicture))
        assert [(each.width, each.height) for each in one.variants] == [(480, 320), (600, 400)]
        assert len(on_disk()) == 3


def test_the_same_file_twice_is_there_once(app):
    case, lawyer = made(app), browser_of(app, leila)
    for _ in range(2):
        assert send(lawyer, case, "document", pdf(), "a.pdf").status_code == 303
        assert send(lawyer, case, "picture", jpeg(), "a.jpg").status_code == 303
    assert len(rows(app, CaseDocument)) == len(rows(app, CasePicture)) == 1
    with app.app_context():
        assert len(on_disk()) == 2


def test_one_picture_is_the_cover(app):
    case, lawyer = made(app), browser_of(app, leila)
    for n in (1, 2):
        send(lawyer, case, "picture", jpeg(640 + n), "a.jpg", is_cover="y")
    first, second = rows(app, CasePicture)
    assert (first.is_cover, second.is_cover) == (False, True)
    assert send(lawyer, case, "cover", None, "", file_id=first.public_id).status_code == 303
    assert [one.is_cover for one in rows(app, CasePicture)] == [True, False]


def test_there_is_room_for_a_cover_and_six_pictures(db):
    case = stages.draft()
    for n in range(7):
        picture(case, content=jpeg(100 + n))
    with pytest.raises(case_files.TooMany):
        picture(case, content=jpeg(200))


# ---------------------------------------------------------------- off it
def test_what_is_removed_is_gone_from_page_and_disk_and_stays_noted(app, client):
    case, lawyer = made(app, stages.live), browser_of(app, leila)
    send(lawyer, case, "document", pdf(), "a.pdf")
    send(lawyer, case, "picture", jpeg(), "a.jpg")
    with app.app_context():
        queue.drain()
        slug = database.session.scalar(select(Case.slug).where(Case.public_id == case))
    things = [*rows(app, CaseDocument), *rows(app, CasePicture)]
    for thing in things:
        assert client.get(f"/cases/{slug}/files/{thing.public_id}").status_code == 200
        url = f"/dashboard/cases/{case}/files/{thing.public_id}/remove"
        mark = {"csrf_token": token_of(lawyer.get(url))}
        assert lawyer.post(url, data=mark, headers={"Referer": "https://localhost/"}).status_code == 303
        assert client.get(f"/cases/{slug}/files/{thing.public_id}").status_code == 404
    with app.app_context():
        assert on_disk() == []
        acts = set(database.session.scalars(select(AuditEntry.action)))
    assert {f"case.{what}_{how}" for what in ("document", "picture") for how in ("added", "removed")} <= acts


# ---------------------------------------------------------------- when
@pytest.mark.parametrize("how", [stages.in_review, stages.approved])
def test_nothing_changes_under_a_reviewers_eyes(app, how):
    case, lawyer = made(app, how), browser_of(app, leila)
    assert "Add a document" not in lawyer.get(f"/dashboard/cases/{case}/files").text
    for what, content in (("document", pdf()), ("picture", jpeg())):
        assert send(lawyer, case, what, content, "a").status_code == 409
    assert send(lawyer, case, "video", None, "", video="https://vimeo.com/76979871").status_code == 409
    with app.app_context():
        assert on_disk() == []


def test_files_are_part_of_what_the_client_agrees_to(db):
    case = stages.consented(stages.draft())
    prints = [fields.fingerprint(case)]
    paper = document(case)
    prints.append(fields.fingerprint(case))
    shown = picture(case)
    prints.append(fields.fingerprint(case))
    case_files.set_video(case, "https://youtu.be/dQw4w9WgXcQ", by_id=None)
    prints.append(fields.fingerprint(case))
    assert len(set(prints)) == 4 and clients.standing(case).state == "stale"
    for thing in (paper, shown):
        case_files.remove(case, thing, by_id=None)
    case_files.set_video(case, "", by_id=None)
    assert fields.fingerprint(case) == prints[0]


def test_a_reviewers_comment_on_the_files_stands_beside_them(app):
    with app.app_context():
        case = stages.draft()
        document(case)
        review.submit(stages.consented(case))
        review.request_changes(case, mina(), "", comments={"files": "Black out the address on page 2."})
        database.session.commit()
        public_id = case.public_id
    lawyer = browser_of(app, leila)
    assert f"/dashboard/cases/{public_id}/files#remark-files" in lawyer.get(f"/dashboard/cases/{public_id}").text
    page = lawyer.get(f"/dashboard/cases/{public_id}/files").text
    assert "Black out the address" in page and 'id="remark-files"' in page


# ---------------------------------------------------------------- the video
@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://vimeo.com/76979871", "https://vimeo.com/76979871"),
    ],
)
def test_a_video_is_a_link_and_nothing_of_its_site_stands_in_the_page(app, client, typed, url):
    case = made(app, stages.live)
    assert send(browser_of(app, leila), case, "video", None, "", video=typed).status_code == 303
    with app.app_context():
        slug = database.session.scalar(select(Case.slug).where(Case.public_id == case))
    page = client.get(f"/cases/{slug}").text
    assert f'href="{url}" target="_blank" rel="noopener noreferrer"' in page
    assert page.count(url) == 1 and "<iframe" not in page


def test_another_address_is_no_video(app):
    answer = send(
        browser_of(app, leila), made(app), "video", None, "", video="https://evil.example/watch?v=dQw4w9WgXcQ"
    )
    assert answer.status_code == 400 and "YouTube or Vimeo" in answer.text


# ---------------------------------------------------------------- who is handed them
@pytest.fixture
def private(app):
    """A private case with a document and a picture, both ready; its link and the addresses of the two."""
    with app.app_context():
        case, token = stages.live_private()
        paper, shown = document(case), picture(case)
        at = f"/cases/{case.slug}/files/"
        addresses = [at + paper.public_id, at + shown.public_id]
        database.session.commit()
        queue.drain()
        return token, addresses, at + ids.public_id()


def test_files_of_a_private_case_are_for_those_who_see_its_page(app, private):
    token, addresses, made_up = private
    for who in (None, sara, kian):
        browser = browser_of(app, who) if who else app.test_client()
        nothing = browser.get(made_up)
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code == nothing.status_code == 404
            assert set(answer.headers.keys()) == set(nothing.headers.keys()) - {"Set-Cookie"}
    holder = app.test_client()
    holder.get(f"/p/{token}")
    for browser in (holder, browser_of(app, leila), browser_of(app, mina)):
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
        assert browser.get(made_up).status_code == 404


def test_a_file_of_one_case_is_not_found_under_another(app, client, private):
    _token, addresses, _made_up = private
    with app.app_context():
        slug = stages.live(title="Another").slug
        database.session.commit()
    for address in addresses:
        assert client.get(f"/cases/{slug}/files/{address.rsplit('/')[-1]}").status_code == 404


def test_a_reviewer_and_the_client_see_the_files_before_the_page_is_live(app, client):
    with app.app_context():
        case = stages.draft()
        paper, _shown = document(case), picture(case)
        token = clients.token_of(stages.asked(case))
        review.submit(case)
        public_id, name = case.public_id, paper.public_id
        database.session.commit()
        queue.drain()
    at = f"/client/{token}/files/"
    assert at + name in client.get(f"/client/{token}").text and "srcset" in client.get(f"/client/{token}").text
    assert client.get(at + name).status_code == 200
    reviewer = browser_of(app, mina)
    assert f"/staff/cases/{public_id}/files/{name}" in reviewer.get(f"/staff/cases/{public_id}").text
    assert reviewer.get(f"/staff/cases/{public_id}/files/{name}").status_code == 200
    assert reviewer.get(f"/dashboard/cases/{public_id}/files/{name}").status_code == 404
    assert client.get(f"/cases/{public_id}/files/{name}").status_code == 404
    with app.app_context():
        clients.wish_changes(token, "Not this.")
        database.session.commit()
    assert client.get(at + name).status_code == 404


def test_what_is_taken_down_hands_out_nothing(app, client):
    with app.app_context():
        case = stages.live()
        address = f"/cases/{case.slug}/files/{document(case).public_id}"
        database.session.commit()
    assert client.get(address).status_code == 200
    with app.app_context():
        case = database.session.scalars(select(Case)).one()
        case.taken_down_at, case.taken_down_because = clock.now(), "other"
        database.session.commit()
    assert client.get(address).status_code == 410


def test_whoever_sends_too_many_files_waits(app, monkeypatch):
    monkeypatch.setattr("app.cases.files.UPLOADS_OF_ONE_LAWYER", 1)
    case, lawyer = made(app), browser_of(app, leila)
    assert send(lawyer, case, "document", b"no", "a.pdf").status_code == 400
    assert send(lawyer, case, "document", pdf(), "a.pdf").status_code == 429


def test_a_page_without_files_asks_for_none(db):
    case = stages.draft()
    paper = document(case)
    assert case.has_files and case_files.documents(case) == [paper]
    case_files.remove(case, paper, by_id=None)
    assert not case.has_files and case_files.documents(case) == case_files.pictures(case) == []
