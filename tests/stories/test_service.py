"""What can happen to a story."""

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.mail.models import OutgoingLetter
from app.mail.outbox import render
from app.stories import access, jobs, queries, service
from app.stories.models import Story
from app.updates import outcomes
from app.updates.states import Code
from tests.cases import stages
from tests.people import leila, nima
from tests.updates import making


@pytest.fixture
def outcome(db):
    return making.concluded()


def stories(db):
    return list(db.session.scalars(select(Story)))


# ---------------------------------------------------------------- drafts
def test_a_draft_is_filled_in_from_the_case_and_its_outcome(outcome):
    story = service.draft(outcome)
    case = outcome.case
    assert (story.title, story.lede, story.lang) == (case.title, case.summary, "en") and not story.is_out
    said = story.body_markdown
    assert said.startswith(stages.STORY[:60])
    for words in ("## What the court said", outcome.quote, "The High Court, [2027] EWHC 42 (Admin)", making.EFFECT):
        assert words in said
    assert "Won. The High Court" in said
    place, number = "Where they are: Thornley and four villages around it", "How many they are, about: 9,400"
    assert f"## Who benefited\n\nPeople who hold a library card\n\n{place}\n\n{number}" in said
    assert "<blockquote>" in story.body_html and "<h3>What changed</h3>" in story.body_html


def test_only_the_beginning_of_a_long_story_is_taken(db):
    story = "One paragraph of some words here. " * 20 + "\n\n" + "Another one that is longer. " * 40
    draft = service.draft(making.concluded(case=making.funded(story=story)))
    assert "One paragraph" in draft.body_markdown and "Another one" not in draft.body_markdown


def test_without_a_quote_nothing_is_put_into_the_courts_mouth(db):
    draft = service.draft(making.concluded("settled", quote="", citation=""))
    assert "What the court said" not in draft.body_markdown and "Settled. The parties" in draft.body_markdown


def test_the_draft_of_a_persian_case_is_in_persian(db):
    case = making.funded()
    case.lang = "fa"
    draft = service.draft(making.concluded(case=case))
    assert draft.lang == "fa" and "۲۰" in draft.body_markdown


def test_the_job_makes_one_draft_however_often_it_runs(outcome, db):
    jobs.draft(outcome.id)
    jobs.draft(outcome.id)
    assert len(stories(db)) == 1


@pytest.mark.parametrize("code", [code for code in Code if code not in ("won", "partly_won", "settled")])
def test_a_loss_is_no_success_story(db, code):
    outcome = making.concluded(code)
    outcome.tells_story = True
    assert service.draft(outcome) is None and stories(db) == []


def test_without_consent_there_is_no_draft(db):
    assert service.draft(making.concluded(tells_story=False)) is None


def test_a_private_case_has_no_draft(db):
    assert service.draft(making.concluded("settled", making.funded_private())) is None


# ---------------------------------------------------------------- publishing
def test_a_published_story_has_an_address_and_its_lawyer_is_told(outcome, db):
    story = making.told(outcome)
    assert story.is_out and story.slug == "keep-thornley-library-open" and story.published_by == nima().id
    (letter,) = db.session.scalars(select(OutgoingLetter).where(OutgoingLetter.name == "stories.published"))
    assert letter.to == "leila@example.org" and letter.facts == {"story": story.id}


def test_publishing_twice_is_quiet(outcome):
    story = making.told(outcome)
    assert not service.publish(story, nima())


def test_two_stories_of_one_title_have_two_addresses(db):
    first, second = (making.told(making.concluded(case=making.funded())) for _n in range(2))
    assert {first.slug, second.slug} == {"keep-thornley-library-open", "keep-thornley-library-open-2"}


def test_an_editor_does_not_publish_the_story_of_their_own_case(outcome):
    story, lawyer = service.draft(outcome), leila().user
    accounts.give_role(lawyer, "editor")
    with pytest.raises(service.OwnStory):
        service.publish(story, lawyer)


def test_when_the_lawyer_takes_the_word_back_nothing_is_published(outcome):
    story = service.draft(outcome)
    outcomes.consent_to_story(outcome, False)
    with pytest.raises(service.NotTellable):
        service.publish(story, nima())


@pytest.mark.parametrize("field", ["title", "lede", "body"])
def test_a_story_without_words_is_not_published(outcome, field):
    story = service.draft(outcome)
    words = {"title": story.title, "lede": story.lede, "body": story.body_markdown, field: ""}
    service.edit(story, nima(), seen=story.version, **words)
    with pytest.raises(service.NothingWritten) as refused:
        service.publish(story, nima())
    assert refused.value.field == field


def test_a_story_that_is_out_cannot_be_emptied(outcome):
    story = making.told(outcome)
    with pytest.raises(service.NothingWritten):
        service.edit(story, nima(), title="", lede="l", body="b", seen=story.version)


def test_one_editor_does_not_undo_what_another_saved(outcome):
    story = service.draft(outcome)
    service.edit(story, nima(), title="One", lede="l", body="b", seen=1)
    with pytest.raises(service.Overtaken):
        service.edit(story, nima(), title="Two", lede="l", body="b", seen=1)
    service.edit(story, nima(), title="One", lede="l", body="b", seen=1)


def test_a_story_is_taken_down_and_put_back_under_its_address(outcome):
    story = making.told(outcome)
    slug = story.slug
    assert service.take_down(story, nima()) and not service.take_down(story, nima())
    assert queries.gallery(queries.Filter()) == [] and access.find(slug) == (story, False)
    assert service.publish(story, nima()) and story.slug == slug and access.find(slug) == (story, True)


# ---------------------------------------------------------------- what may be read
def test_a_story_disappears_with_the_consent_and_with_the_publicity_of_its_case(outcome):
    story = making.told(outcome)
    outcomes.consent_to_story(outcome, False)
    assert queries.gallery(queries.Filter()) == [] and access.find(story.slug) == (story, False)
    outcomes.consent_to_story(outcome, True)
    outcome.case.visibility = "private"
    assert queries.gallery(queries.Filter()) == [] and queries.outcomes(queries.Filter()) == []
    with pytest.raises(access.NotFound):
        access.find(story.slug)
    with pytest.raises(access.NotFound):
        access.for_editor(story.public_id)


def test_a_draft_is_found_by_editors_only(outcome):
    story = service.draft(outcome)
    with pytest.raises(access.NotFound):
        access.find(story.slug)
    assert access.for_editor(story.public_id) is story and queries.drafts() == [story]


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_the_letter_leads_to_the_story_and_is_dropped_when_it_is_gone(outcome, lang):
    story = making.told(outcome)
    letter = render("stories.published", lang, {"story": story.id})
    assert f"/stories/{story.slug}" in letter.text and story.title in letter.html and "%(" not in letter.text
    service.take_down(story, nima())
    assert render("stories.published", lang, {"story": story.id}) is None


def test_reading_takes_a_minute_at_least(outcome):
    story = service.draft(outcome)
    assert service.minutes_to_read(story) == 1
    story.body_markdown = "word " * 900
    assert service.minutes_to_read(story) == 5
