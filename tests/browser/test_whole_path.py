"""A lawyer's whole path on a phone, from sign-up to a live page, with a browser that dies in every step of the wizard.

Prints, with `-s`, how much a draft asks for and how long that takes somebody whose story is written already.
"""

from dataclasses import dataclass
from math import ceil

import pytest

from app.i18n.parse import parse_date
from tests.browser import steps
from tests.browser.browsers import PHONE
from tests.browser.journey import DECISION, agree, apply, approve, join, open_page, set_codes_up, verify
from tests.browser.running import until
from tests.browser.steps import words
from tests.browser.writing import ENGLISH, PERSIAN, STEPS, Hand, begin, fill
from tests.cases import stages
from tests.people import dara, leila, mina

# What a careful lawyer writes, at the length that the boxes ask for.
SAID = {
    "en": ENGLISH
    | {
        "title": "Safe crossings for Alder Road",
        "summary": "Parents of Alder Road ask the court to make their council look at the crossing before it takes the "
        "lights away.",
        "story": ENGLISH["story"].strip(),
        "relief_sought": "An order that quashes the decision of 3 March, a declaration that the council had to consult "
        "the school and the families who use the crossing, and an order that it decides again within three months.",
        "who_benefits": "Families of the three schools on the road, and everybody who walks to the surgery and the "
        "library beyond it.",
        "costs_note": "We have asked for a cap of £10,000 under the rules for claims about the environment. If the "
        "claim fails after permission is given, our client pays the council’s costs up to that cap, within 14 days of "
        "the order.",
        "prospects_note": "The council promised in 2024 to consult before it changes a crossing, and it did not. The "
        "courts hold public bodies to promises of that kind unless there is a strong reason. The council says that the "
        "change was urgent; its own papers show that it was planned for eleven months. What speaks against us is that "
        "a court can let a decision stand if consulting would have changed nothing. We think it would have.",
    },
    "fa": PERSIAN
    | {
        "title": "گذرگاه امن برای خیابان آلدر",
        "summary": "پدران و مادران خیابان آلدر از دادگاه می‌خواهند که شورا پیش از برداشتن چراغ، گذرگاه را بررسی کند.",
        "story": PERSIAN["story"].strip(),
        "relief_sought": "حکمی که تصمیم سوم مارس را باطل کند، اعلام این که شورا باید با مدرسه و خانواده‌هایی که از "
        "گذرگاه می‌گذرند مشورت می‌کرد، و دستوری که شورا ظرف سه ماه دوباره تصمیم بگیرد.",
        "who_benefits": "خانواده‌های سه مدرسهٔ این خیابان و همهٔ کسانی که پیاده به درمانگاه و کتابخانهٔ آن سو می‌روند.",
        "costs_note": "بر پایهٔ مقررات دعواهای محیط زیست سقف ۱۰٬۰۰۰ پوند خواسته‌ایم. اگر دعوا پس از اجازهٔ دادگاه رد شود، "
        "موکل ما هزینه‌های شورا را تا همین سقف و ظرف چهارده روز پس از حکم می‌پردازد.",
        "prospects_note": "شورا در سال ۲۰۲۴ وعده داد که پیش از تغییر هر گذرگاه مشورت کند و نکرد. دادگاه‌ها نهادهای "
        "عمومی را به چنین وعده‌هایی پایبند می‌دانند مگر آن که دلیل محکمی در میان باشد. شورا می‌گوید کار فوری بود، اما "
        "اسناد خودش نشان می‌دهد که یازده ماه برای آن برنامه داشته است. آنچه به زیان ماست این است که دادگاه می‌تواند "
        "تصمیم را نگه دارد اگر مشورت چیزی را عوض نمی‌کرد. به نظر ما عوض می‌کرد.",
    },
}


# ---------------------------------------------------------------- how much a draft asks for
SECONDS_A_FIELD = 12  # a choice, a short field, or a paste
SECONDS_A_PAGE = 5  # to find the button and press it, and the next page comes
WORDS_A_MINUTE = 40  # typed into a text that is thought of there
DAYS = ("instruction_on", "deadline")
PASTED = "story"  # written before, elsewhere


@dataclass
class Effort:
    """What one page asked for."""

    choices: int = 0
    lines: int = 0
    texts: int = 0
    pasted: int = 0
    typed: int = 0  # characters, without what was pasted
    words: int = 0  # of the texts that were typed
    presses: int = 0

    @property
    def fields(self) -> int:
        return self.choices + self.lines + self.texts + self.pasted

    @property
    def seconds(self) -> int:
        short = SECONDS_A_FIELD * (self.choices + self.lines + self.pasted)
        return short + SECONDS_A_PAGE * self.presses + ceil(60 * self.words / WORDS_A_MINUTE)


def efforts(hand):
    """By the last part of the page's path."""
    found = {}
    for path, count in hand.presses.items():
        found[path.rpartition("/")[2]] = Effort(presses=count)
    for (path, name), (how, text) in hand.done.items():
        effort = found[path.rpartition("/")[2]]
        if name == PASTED:
            effort.pasted += 1
            continue
        effort.typed += len(text)
        if how == "choice":
            effort.choices += 1
        elif how == "line":
            effort.lines += 1
        else:
            effort.texts += 1
            effort.words += len(text.split())
    return found


def total(found):
    return Effort(*(sum(column) for column in zip(*(vars(effort).values() for effort in found.values()), strict=True)))


def table(name, hand):
    """The counts of a draft, printed; and their sum."""
    found = efforts(hand)
    whole = total(found)
    print(f"\n{name}: {len(found)} pages, {whole.fields} fields")
    print(f"{'page':12}choices  short  long  words  pasted  typed  presses  minutes")
    for page, effort in [*found.items(), ("together", whole)]:
        print(
            f"{page:12}{effort.choices:7}{effort.lines:7}{effort.texts:6}{effort.words:7}{effort.pasted:8}"
            f"{effort.typed:7}{effort.presses:9}{effort.seconds / 60:9.1f}"
        )
    return len(found), whole


def keeps_the_promise(name, hand):
    """A draft is eight pages and a quarter of an hour at most."""
    pages, whole = table(name, hand)
    assert pages <= 8 and whole.fields <= 40 and whole.presses <= 14
    assert whole.seconds <= 15 * 60


# ---------------------------------------------------------------- the path
@pytest.mark.timeout(600)
def test_a_stranger_becomes_a_lawyer_with_a_live_page_though_the_browser_dies_in_each_step(
    browse, portal, journey, pdf
):
    lawyer, client = f"whole.{journey.lang}@example.org", f"whole.client.{journey.lang}@example.org"
    said, page = SAID[journey.lang], browse(PHONE)
    join(page, portal, journey, lawyer)
    apply(page, journey, pdf)
    for member in (mina, dara):
        verify(browse(PHONE, who=member), journey, "Nadia Amini")
    portal.letter(lawyer, journey.say("You are verified", "تأیید"))
    set_codes_up(page, browse(PHONE), portal, journey, lawyer)

    journey.go(page, "/cases/new")
    with portal.inside():
        deadline = stages.day(20)
    hand = Hand(page, journey.look)
    begin(hand, journey.lang)
    hand.send()
    for write in STEPS.values():
        write(hand, said, journey.lang, deadline)
        hand.page = outlives(browse, hand.page)
        hand.send()
    page, check = hand.page, hand.page.url
    assert said["title"] in words(page)

    # The signed paper for reviewers, and the client's answer before the page is sent in.
    journey.follow(page, "main a[href$='/proofs']")
    page.locator("[name=paper]").set_input_files(pdf)
    journey.send(page, "main form:has([name=paper]) .actions button")
    journey.go(page, check)
    journey.follow(page, "main a[href$='/client']")
    fill(page, {"name": "Ellen Marsh", "email": client}, "name", "email")
    journey.send(page)
    agree(browse(PHONE), portal, journey, client, letters=1)
    journey.go(page, check)
    hand.send()
    mine = page.url
    keeps_the_promise(f"A draft in {journey.lang}, with script", hand)

    # Whoever approves has ticked everything and seen the paper.
    reviewer = browse(PHONE, who=mina)
    approve(reviewer, journey, said["title"])
    assert reviewer.locator(".error-summary").count()
    open_page(reviewer, journey, said["title"])
    with reviewer.expect_download() as paper:
        reviewer.locator("main form[action$='/instruction/paper'] button").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF")
    reviewer.locator("[name=decision][value=approve]").check()
    journey.send(reviewer, DECISION)
    assert reviewer.locator(".error-summary a[href^='#checks']").count()
    approve(reviewer, journey, said["title"])

    journey.go(page, mine)
    journey.send(page)
    live = page.locator(".copybox code").first.inner_text()
    stranger = browse(PHONE)
    journey.go(stranger, live)
    shown = words(stranger)
    assert all(said[name] in shown for name in ("title", "respondent", "who_benefits"))
    assert stranger.locator("a[href$='/back']:visible").count()


def outlives(browse, page):
    """The browser dies once all is saved, and another one, with its cookies, has the page as it was left."""
    before, url = standing(page), page.url
    until(lambda: page.evaluate("sessionStorage.length") == 0, lambda: f"{url} is not saved")
    cookies = page.context.storage_state()
    page.context.close()
    page = browse(PHONE, storage_state=cookies)
    page.goto(url)
    assert standing(page) == before
    return page


def standing(page):
    """What was filled in on the step, by name: texts, the row of boxes of a list, and days, in whichever calendar."""
    sent, found = page.evaluate("[...new FormData(document.querySelector('form[data-autosave]'))]"), {}
    for name, value in sent:
        if value.strip() and name not in ("csrf_token", "seen", "instructed_for"):
            found.setdefault(name, []).append(value.strip())
    return {name: [parse_date(*said)] if name in DAYS else said for name, said in found.items()}


# ---------------------------------------------------------------- without script
@pytest.mark.timeout(300)
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_draft_without_script_asks_for_no_more(browse, portal, lang):
    said, prefix = SAID[lang] | {"title": f"{SAID[lang]['title']} (2)"}, "/fa" if lang == "fa" else ""
    page = browse(PHONE, script=False, who=leila)
    page.goto(f"{prefix}/cases/new")
    with portal.inside():
        deadline = stages.day(20)
    hand = Hand(page, lambda page: None)
    begin(hand, lang)
    hand.send()
    for write in STEPS.values():
        write(hand, said, lang, deadline)
        left, filled = page.url, standing(page)
        page.locator("main form button[name=later]").click()
        page.wait_for_url("**/dashboard/")
        page.context.close()
        page = hand.page = browse(PHONE, script=False, who=leila)
        page.goto(left)
        assert standing(page) == filled
        hand.send()
        assert steps.overflow(page) <= 0
    assert said["title"] in words(page)
    hand.send()
    keeps_the_promise(f"A draft in {lang}, without script", hand)
    page.goto(f"{prefix}/dashboard/")
    assert said["title"] in words(page)
