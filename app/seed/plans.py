"""Which case stands where when the demo opens, and how it came there. Days are counted from the moment of seeding."""

from dataclasses import dataclass

from app.cases.states import CaseState
from app.seed import backers, pages_en, pages_fa
from app.seed.parts import Page


@dataclass(frozen=True)
class Wave:
    """`count` backers who bring `pounds` together, between `since` and `until` days ago, most of them early.

    `people` pairs a first name (of somebody who has an account) with the card that they use; `cards` go to guests.
    `withdraw` of the guests take their pledge back in the end.
    """

    count: int
    pounds: int
    since: float
    until: float = 0.02
    people: tuple[tuple[str, str], ...] = ()
    cards: tuple[str, ...] = ()
    withdraw: int = 0


@dataclass(frozen=True)
class Plan:
    """A case: `since` days ago the lawyer and staff brought it to `reaches`; it ends `deadline` days from now.

    `becomes` is where it stands in the end: deadlines and pledges take an open case further. `comment` is what a
    reviewer wrote, `words` are what backers say of this case only.
    """

    page: Page
    lawyer: str
    reaches: CaseState
    since: float
    deadline: int = 30
    waves: tuple[Wave, ...] = ()
    becomes: CaseState | None = None
    comment: str = ""
    words: tuple[str, ...] = ()


_TWO_CHANGES = (
    "The page is clear and the story is easy to follow. Two things before it can go live. First, say in which "
    "country the 61 workers are now, if that bears on how they give evidence: the budget has no line for it. "
    "Second, “what cannot be explained paid back” reads as a promise; please say what the tribunal can order."
)
_CANNOT_BE_FUNDED = (
    "You are one of the claimants, and the respondent is in liquidation with no known insurance. Backers would "
    "pay for a judgment that can hardly be enforced, and twenty-six of forty have had their money back from their "
    "card provider for nothing. We cannot put that before the public. If the liquidator confirms cover, please "
    "start a new page for somebody you act for."
)

PLANS = (
    Plan(
        pages_en.FERRY,
        "Tom",
        CaseState.OPEN,
        since=44,
        deadline=-16,
        becomes=CaseState.FUNDED,
        waves=(Wave(9, 2220, 43.8, 34),),
        words=(
            "My father stopped going to the mainland. Now I know why.",
            "Less paint, more ramp.",
            "From the crew of another ferry, who would rather not say which.",
        ),
    ),
    Plan(
        pages_en.LIBRARY,
        "Ngozi",
        CaseState.OPEN,
        since=40,
        deadline=-4,
        becomes=CaseState.UNFUNDED,
        waves=(Wave(10, 1095, 39.5, 6, people=(("Omid", backers.GOOD),)),),
        words=("I learned to read in that room.", "My great-grandmother is on the wall, third row.", "Keep the box."),
    ),
    Plan(
        pages_en.HADDAD,
        "Leila",
        CaseState.OPEN,
        since=26,
        deadline=3,
        waves=(Wave(27, 2920, 25.8, people=(("Sara", backers.GOOD),), withdraw=1),),
        words=(
            "For two girls I have never met.",
            "My grandparents came the same way, and somebody helped them.",
            "Nineteen months is a third of Salma’s schooling.",
            "From year 8 at St Brannoc’s, who counted it out in coins.",
        ),
    ),
    Plan(
        pages_en.WENLOW,
        "Priya",
        CaseState.OPEN,
        since=21,
        deadline=12,
        becomes=CaseState.FUNDED,
        waves=(
            Wave(
                36,
                3640,
                20.9,
                4.2,
                people=(("Omid", backers.GOOD), ("Sara", backers.ASKS_EACH_TIME)),
                cards=(backers.LATER_DECLINED, backers.ASKS_EACH_TIME),
            ),
            Wave(8, 640, 4.0),
        ),
        words=(
            "I swam there as a child and I want my girls to.",
            "From all 83 of us at the anglers’ club.",
            "Glad to see the sampling done properly.",
            "The dog has given up. I have not.",
            "I worked at Coldbeck for eleven years. Ask for the logbooks.",
            "For the kingfishers.",
        ),
    ),
    Plan(
        pages_en.DUNMERE,
        "Ngozi",
        CaseState.OPEN,
        since=17,
        deadline=19,
        waves=(
            Wave(
                30,
                4140,
                16.9,
                people=(("Omid", backers.GOOD),),
                cards=(backers.LATER_DECLINED, backers.ASKS_EACH_TIME),
            ),
        ),
        words=(
            "I was on a jury once. We would have wanted to know.",
            "Joel was in my form. He could not lie about homework.",
            "A receipt is a receipt.",
            "Radio engineer here. The note is right.",
        ),
    ),
    Plan(
        pages_en.KITCHENS,
        "Tom",
        CaseState.OPEN,
        since=12,
        deadline=23,
        waves=(Wave(23, 3310, 11.9),),
        words=(
            "Maureen fed me for seven years.",
            "I cut verges for the council. They are right.",
            "Eleven without nuts. I am one of the eleven.",
            "For my mum, who never got a bonus for turning up.",
        ),
    ),
    Plan(
        pages_fa.ACCOUNTS,
        "Leila",
        CaseState.OPEN,
        since=9,
        deadline=28,
        waves=(Wave(16, 1545, 8.9, people=(("Sara", backers.GOOD),)),),
        words=(
            "حساب من را هم همین‌طور بستند.",
            "برای آرش و شش نفر دیگر.",
            "در داروخانهٔ ما هم همین شد.",
            "پرسیدن که خرجی ندارد.",
        ),
    ),
    Plan(
        pages_fa.MOTHER,
        "Leila",
        CaseState.OPEN,
        since=6,
        deadline=16,
        waves=(Wave(5, 430, 5.8),),
        words=("برای روزی که دخترتان در را باز کند.",),
    ),
    Plan(
        pages_en.LIFTS,
        "Tom",
        CaseState.OPEN,
        since=0.45,
        deadline=35,
        waves=(Wave(5, 165, 0.4),),
        words=("214 days. I have counted them too.", "Forty-six steps with a cello."),
    ),
    Plan(pages_en.FACES, "Ngozi", CaseState.APPROVED, since=0.8, comment="Clear and fair to both sides. Good luck."),
    Plan(pages_en.CERTIFICATE, "Priya", CaseState.IN_REVIEW, since=1.3),
    Plan(pages_en.PICKERS, "Leila", CaseState.CHANGES_REQUESTED, since=2.2, comment=_TWO_CHANGES),
    Plan(pages_en.DEPOT, "Kian", CaseState.DRAFT, since=2.6),
    Plan(pages_en.FESTIVAL, "Tom", CaseState.DECLINED, since=6.5, comment=_CANNOT_BE_FUNDED),
)
