"""Pictures and videos on a case's page: no jump while they load, and nothing from elsewhere before it is asked for."""

from urllib.parse import urlsplit

import pytest

from app.cases import files as case_files
from app.cases import jobs
from app.cases.models import CasePicture
from app.database import db
from tests.browser.browsers import DESKTOP, PHONE
from tests.cases import filing, stages
from tests.people import leila

JUMPS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 500);
})"""


@pytest.fixture
def page_of(portal):
    """The address of a live page with a cover, another picture and a video."""
    with portal.inside():
        case = stages.live(leila(), title="With pictures")
        filing.picture(case)
        filing.picture(case, content=filing.jpeg(1200, 800), is_cover=False)
        case_files.set_video(case, "https://www.youtube.com/watch?v=dQw4w9WgXcQ", by_id=None)
        slug = case.slug
    with portal.inside():
        for one in db.session.query(CasePicture).all():
            jobs.make_variants(one.id)
    return f"/cases/{slug}"


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_nothing_from_elsewhere_is_asked_for_before_the_click(browse, portal, page_of, size):
    page, asked = browse(size), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_of)
    page.mouse.wheel(0, 4000)
    page.wait_for_load_state("networkidle")
    here = urlsplit(portal.place.portal).netloc
    assert {urlsplit(url).netloc for url in asked} == {here}
    assert [url for url in asked if "/files/" in url]
    link = page.get_by_role("link", name="Watch the video on")
    assert link.get_attribute("rel") == "noopener noreferrer" and link.get_attribute("target") == "_blank"


def test_the_click_would_be_seen(chromium, portal, page_of):
    """The control: following the link asks the other site, in a tab of its own, without saying where from."""
    context, asked = chromium.new_context(base_url=portal.place.portal), []  # one that nobody watches
    page = context.new_page()

    def answer(route):
        asked.append(route.request)
        route.fulfill(status=200, content_type="text/plain", body="a video")

    context.route("https://www.youtube.com/**", answer)
    page.goto(page_of)
    assert asked == []
    with context.expect_page() as opened:
        page.get_by_role("link", name="Watch the video on").click()
    opened.value.wait_for_load_state()
    assert asked[0].url.endswith("watch?v=dQw4w9WgXcQ") and "referer" not in asked[0].headers
    context.close()


def test_the_page_does_not_jump_when_pictures_come(browse, page_of):
    page = browse(PHONE)
    page.goto(page_of)
    assert page.evaluate(JUMPS) < 0.01
