"""The editors' door."""

import pytest
from sqlalchemy import select

from app.database import db as database
from app.stories import service
from app.stories.models import Story
from app.updates import outcomes
from tests.people import browser_of, leila, mina, sara
from tests.pledges.backing import complaints, hidden, post, press, said
from tests.updates import making

HOME = "/staff/stories"
TYPED = {
    "title": "Nineteen months, then a phone call",
    "lede": "They landed on a Tuesday.",
    "body": "The **letter** was short.",
}


def drafted():
    return service.draft(making.concluded())


def story(app):
    with app.app_context():
        found = database.session.scalars(select(Story)).one()
        return found.title, found.is_out, found.slug


def test_a_draft_waits_on_the_list(editor, made):
    assert "Nothing waits for you" in said(editor.get(HOME))
    _slug, page = made(drafted)
    assert "Keep Thornley library open" in said(editor.get(HOME)) and page in editor.get(HOME).text


def test_a_story_is_changed_saved_and_published(app, client, editor, made):
    _slug, page = made(drafted)
    assert press(editor, page, page, **TYPED, save="1").status_code == 303
    assert story(app) == (TYPED["title"], False, page.rsplit("/", 1)[1])
    assert press(editor, page, page, **TYPED, publish="1").status_code == 303
    assert story(app) == (TYPED["title"], True, "nineteen-months-then-a-phone-call")
    assert "They landed on a Tuesday." in said(client.get("/stories/nineteen-months-then-a-phone-call"))
    assert "Published" in said(editor.get(HOME))


def test_the_preview_shows_the_words_and_saves_nothing(app, editor, made):
    _slug, page = made(drafted)
    answer = press(editor, page, page, **TYPED, preview="1")
    assert answer.status_code == 200 and "<strong>letter</strong>" in answer.text
    assert story(app)[0] == "Keep Thornley library open"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "Enter a title."),
        ({"lede": ""}, "Enter a summary."),
        ({"body": ""}, "Write the story."),
        ({"title": "x" * 121}, "1 character too long"),
        ({"lede": "x" * 201}, "1 character too long"),
        ({"body": "x" * 20_001}, "1 character too long"),
        ({"title": "=?x?="}, "Leave out the signs"),
    ],
)
def test_bad_input_is_answered_at_the_field(app, editor, made, fields, words):
    _slug, page = made(drafted)
    answer = press(editor, page, page, **{**TYPED, **fields}, publish="1")
    assert answer.status_code == 400 and words in complaints(answer)[0] and not story(app)[1]


def test_a_draft_may_be_saved_unfinished(editor, made):
    _slug, page = made(drafted)
    assert press(editor, page, page, **{**TYPED, "body": ""}, save="1").status_code == 303


def test_another_editor_is_told_of_before_being_overwritten(app, editor, made):
    _slug, page = made(drafted)
    marks = hidden(editor.get(page))
    press(editor, page, page, **TYPED, save="1")
    answer = post(editor, page, marks, **{**TYPED, "title": "Mine"}, save="1")
    assert answer.status_code == 409 and 'value="Mine"' in answer.text
    assert post(editor, page, hidden(answer), **{**TYPED, "title": "Mine"}, save="1").status_code == 303
    assert story(app)[0] == "Mine"


def test_without_the_lawyers_word_it_is_refused_with_the_reason(app, editor, made):
    _slug, page = made(drafted)
    with app.app_context():
        outcomes.consent_to_story(database.session.scalars(select(Story)).one().outcome, False)
        database.session.commit()
    answer = press(editor, page, page, **TYPED, publish="1")
    assert answer.status_code == 409 and "has not agreed" in complaints(answer)[0] and not story(app)[1]
    assert "It is not shown." in said(editor.get(page))


def test_a_story_is_taken_down_after_a_question_and_published_again(app, client, editor, made):
    slug, page = made()
    assert "Take this story down?" in said(editor.get(f"{page}/take-down"))
    assert press(editor, f"{page}/take-down", f"{page}/take-down").status_code == 303
    assert client.get(f"/stories/{slug}").status_code == 410 and "Taken down" in said(editor.get(page))
    press(editor, page, page, **TYPED, publish="1")
    assert client.get(f"/stories/{slug}").status_code == 200


def test_changes_to_a_published_story_show_at_once(client, editor, made):
    slug, page = made()
    assert press(editor, page, page, **TYPED, save="1").status_code == 303
    assert TYPED["title"] in said(client.get(f"/stories/{slug}"))


@pytest.mark.parametrize("who", [mina, leila, sara])
def test_whoever_is_no_editor_finds_nothing(app, made, who):
    _slug, page = made(drafted)
    for address in (HOME, page, f"{page}/take-down"):
        assert browser_of(app, who).get(address).status_code == 404


def test_an_editor_is_led_to_the_stories_from_every_page(editor):
    assert 'href="/staff/"' in editor.get("/settings/appearance").text
    assert f'href="{HOME}"' in editor.get("/staff/").text


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_every_page_is_there_in_both_languages(editor, made, prefix):
    _slug, page = made()
    for address in (HOME, page, f"{page}/take-down"):
        answer = editor.get(prefix + address)
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store" and "%(" not in answer.text
