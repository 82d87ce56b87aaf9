"""Which case stands where when the demo opens, and how it came there. Days are counted from the moment of seeding."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.cases.states import CaseState
from app.seed import PASSPHRASE, backers, pages_en, pages_fa, pages_rare, past_en, past_fa, turns
from app.seed.parts import Ending, News, Page, stage
from app.seed.turns import Turn


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
    reviewer wrote, `comments` beside which parts of the page (see `cases.fields`), `refusal` the code of a declined
    page, `appeal` what its lawyer says against that; `words` are what backers say of this case only. `ends_early` is
    when, in days ago, and why its lawyer ended it before the deadline; `report` when a reader reported the live page,
    about what (`moderation.labels.CONCERNS`), and in which words; `turns` what else happened, and how many days ago.
    """

    page: Page
    lawyer: str
    reaches: CaseState
    since: float
    deadline: int = 30
    waves: tuple[Wave, ...] = ()
    becomes: CaseState | None = None
    comment: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)
    refusal: str = "other"
    appeal: str = ""
    report: tuple[float, str, str] | None = None
    words: tuple[str, ...] = ()
    news: tuple[News, ...] = ()
    ends_early: tuple[float, str] | None = None
    ending: Ending | None = None
    turns: tuple[tuple[float, Turn], ...] = ()


_THREE_CHANGES = "The page is clear and the story is easy to follow. Three things before it can go live."
_AT_THE_PARTS = {
    "lines": "In which country are the 61 workers now? If that bears on how they give evidence, the budget has no line "
    "for it.",
    "relief_sought": "Please say what the tribunal can order if the two companies blame each other.",
    "story": "“What cannot be explained paid back” reads as a promise. Say what you ask for instead.",
}
_CANNOT_BE_FUNDED = (
    "You are one of the claimants, and the respondent is in liquidation with no known insurance. Backers would "
    "pay for a judgment that can hardly be enforced, and twenty-six of forty have had their money back from their "
    "card provider for nothing. We cannot put that before the public. If the liquidator confirms cover, please "
    "start a new page for somebody you act for."
)

_COUNTED_WRONG = "Maureen has counted again: it is 308 meals, not 310."
_BRIEFING = stage(
    "Before Parliament", "A briefing for members of both Houses, with a table of what each estate pays.", 1400
)
_TRIBUNAL = stage(
    "The first tribunal case", "Once the rules are in force, one estate tries them out and publishes how it went.", 2600
)

PLANS = (
    # Cases of the past, the oldest first.
    Plan(
        past_en.BROOK,
        "Priya",
        CaseState.OPEN,
        since=240,
        deadline=-208,
        becomes=CaseState.CONCLUDED,
        waves=(Wave(9, 2340, 239.5, 214, people=(("Omid", backers.GOOD),)),),
        words=("I taught with Anne. Do not argue with her.", "From upstream.", "My spaniel is white. Was."),
        news=past_en.BROOK_NEWS,
        ending=past_en.BROOK_END,
    ),
    Plan(
        past_en.CARERS,
        "Tom",
        CaseState.OPEN,
        since=222,
        deadline=-192,
        becomes=CaseState.CONCLUDED,
        waves=(Wave(9, 2060, 221.5, 203),),
        words=("Joy looked after my mother.", "I drove that round for six years.", "The road is work."),
        news=past_en.CARERS_NEWS,
        ending=past_en.CARERS_END,
    ),
    Plan(
        past_en.QUAYSIDE,
        "Ngozi",
        CaseState.OPEN,
        since=198,
        deadline=-160,
        becomes=CaseState.CONCLUDED,
        waves=(Wave(6, 2480, 197.5, 165),),
        words=("My kitchen is number 12.", "Put the houses back on the drawing.", "From an architect, ashamed."),
        news=past_en.QUAYSIDE_NEWS,
        ending=past_en.QUAYSIDE_END,
    ),
    Plan(
        past_fa.INTERPRETER,
        "Leila",
        CaseState.OPEN,
        since=176,
        deadline=-146,
        becomes=CaseState.CONCLUDED,
        waves=(Wave(7, 1850, 175.5, 150, people=(("Sara", backers.GOOD),)),),
        words=("من هم آن شب سر تکان دادم.", "ماما هستم. حق با شماست."),
        news=past_fa.INTERPRETER_NEWS,
        ending=past_fa.INTERPRETER_END,
    ),
    Plan(
        past_en.TARN_LANE,
        "Ngozi",
        CaseState.OPEN,
        since=160,
        deadline=-130,
        becomes=CaseState.CONCLUDED,
        waves=(Wave(6, 1420, 159.5, 135),),
        words=("He tuned our chapel’s piano for nothing.", "I cycle there. Thank you."),
        news=past_en.TARN_LANE_NEWS,
        ending=past_en.TARN_LANE_END,
    ),
    Plan(
        past_fa.KITCHEN_HAND,
        "Leila",
        CaseState.OPEN,
        since=146,
        deadline=-116,
        becomes=CaseState.CONCLUDED,
        waves=(Wave(5, 1315, 145.5, 120),),
        words=("من هم ظرف‌شوی همان خیابان بودم.",),
        news=past_fa.KITCHEN_HAND_NEWS,
        ending=past_fa.KITCHEN_HAND_END,
    ),
    Plan(
        past_en.PEAT,
        "Priya",
        CaseState.OPEN,
        since=139,
        deadline=-109,
        becomes=CaseState.CONCLUDED,
        waves=(Wave(6, 2180, 138.5, 113),),
        words=("Six thousand years is long enough to wait.", "I garden without it."),
        news=past_en.PEAT_NEWS,
        ending=past_en.PEAT_END,
    ),
    Plan(
        past_en.DRAWER,
        "Leila",
        CaseState.OPEN,
        since=128,
        deadline=-98,
        becomes=CaseState.CONCLUDED,
        waves=(Wave(7, 1760, 127.5, 104, people=(("Omid", backers.GOOD),)),),
        words=("She nursed my husband. Let her travel.", "Nineteen letters. I counted mine: eleven."),
        news=past_en.DRAWER_NEWS,
        ending=past_en.DRAWER_END,
    ),
    Plan(
        past_en.POLLING,
        "Ngozi",
        CaseState.OPEN,
        since=119,
        deadline=-89,
        becomes=CaseState.FUNDED,
        waves=(Wave(6, 1690, 118.5, 95),),
        words=("A knee is not a polling booth.", "I was the young man with the umbrella."),
        news=past_en.POLLING_NEWS,
    ),
    Plan(
        past_en.DEPOSITS,
        "Tom",
        CaseState.OPEN,
        since=31,
        deadline=4,
        becomes=CaseState.UNFUNDED,
        waves=(Wave(5, 610, 30.5, 10, people=(("Omid", backers.GOOD),)),),
        words=("Third floor, left.", "Mine was “general wear” too."),
        ends_early=(9, past_en.DEPOSITS_OVER),
    ),
    # Cases of now.
    Plan(
        pages_en.FERRY,
        "Tom",
        CaseState.OPEN,
        since=44,
        deadline=-16,
        becomes=CaseState.FUNDED,
        waves=(Wave(9, 2220, 43.8, 34),),
        news=past_en.FERRY_NEWS,
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
        news=past_en.LIBRARY_NEWS,
        words=("I learned to read in that room.", "My great-grandmother is on the wall, third row.", "Keep the box."),
        turns=((1.5, turns.tried_again("A second try for the Thornley library building")),),
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
                3.4,
                people=(("Omid", backers.GOOD), ("Sara", backers.ASKS_EACH_TIME)),
                cards=(backers.LATER_DECLINED, backers.ASKS_EACH_TIME),
            ),
            Wave(8, 640, 3.2),
        ),
        news=past_en.WENLOW_NEWS,
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
        turns=((7.2, turns.corrected(_COUNTED_WRONG, "cooked 310 meals", "cooked 308 meals")),),
    ),
    Plan(
        pages_rare.ESTATES,
        "Ngozi",
        CaseState.OPEN,
        since=13,
        deadline=21,
        waves=(Wave(8, 905, 12.8),),
        words=("We have a pond, too. It is insured against drought.", "Ours charged £60 for a copy of the charge."),
        turns=((6.3, turns.restaged(_BRIEFING, _TRIBUNAL)),),
    ),
    Plan(
        pages_fa.ACCOUNTS,
        "Leila",
        CaseState.OPEN,
        since=9,
        deadline=28,
        waves=(Wave(16, 1545, 8.9, people=(("Sara", backers.GOOD),)),),
        news=past_fa.ACCOUNTS_NEWS,
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
        turns=((4.5, turns.invited("Sara", "Omid")),),
    ),
    Plan(
        pages_rare.WARD,
        "Priya",
        CaseState.OPEN,
        since=5,
        deadline=24,
        waves=(Wave(4, 360, 4.8),),
        words=("He mended my bicycle and would take nothing for it.",),
        turns=((4.95, turns.locked(PASSPHRASE)),),
    ),
    # Its lawyer's verification is suspended: it takes no pledges, and its time stands still.
    Plan(
        pages_rare.INTERPRETERS,
        "Farid",
        CaseState.OPEN,
        since=11,
        deadline=19,
        waves=(Wave(5, 410, 10.8, 2),),
        words=("I interpret in court. Every word of this is so.",),
    ),
    Plan(
        pages_rare.REST_ROOM,
        "Tom",
        CaseState.OPEN,
        since=8,
        deadline=20,
        waves=(Wave(4, 240, 7.8, 3),),
        words=("I drove that run for nine winters.",),
        turns=((2.15, turns.made_private),),
    ),
    Plan(
        pages_rare.MEADOW,
        "Ngozi",
        CaseState.OPEN,
        since=10,
        deadline=22,
        waves=(Wave(4, 310, 9.8, 5),),
        words=("I walked it with my grandmother.",),
        report=(4.2, "court", "The story names a witness whom the court has said nobody may name."),
        turns=(
            (
                3.1,
                turns.taken_down("Dara", "restriction", "The order is of last week, and the page names him."),
            ),
        ),
    ),
    Plan(
        pages_en.LIFTS,
        "Tom",
        CaseState.OPEN,
        since=0.45,
        deadline=35,
        waves=(Wave(5, 165, 0.4),),
        report=(
            0.2,
            "misleading",
            "The page says that the lift has been out for 214 days. I used it on a Sunday in spring.",
        ),
        words=("214 days. I have counted them too.", "Forty-six steps with a cello."),
    ),
    Plan(
        pages_en.FACES,
        "Ngozi",
        CaseState.APPROVED,
        since=0.8,
        comment="Clear and fair to both sides. Good luck.",
        turns=((0.3, turns.planned(3)),),
    ),
    Plan(pages_en.CERTIFICATE, "Priya", CaseState.IN_REVIEW, since=1.3),
    # It asks for so much that two must approve it; one has.
    Plan(pages_en.INCINERATOR, "Priya", CaseState.IN_REVIEW, since=0.6, comment="Clear and well costed."),
    Plan(
        pages_en.PICKERS,
        "Leila",
        CaseState.CHANGES_REQUESTED,
        since=2.2,
        comment=_THREE_CHANGES,
        comments=_AT_THE_PARTS,
    ),
    Plan(pages_en.DEPOT, "Kian", CaseState.DRAFT, since=2.6),
    Plan(
        pages_en.FESTIVAL,
        "Tom",
        CaseState.DECLINED,
        since=6.5,
        comment=_CANNOT_BE_FUNDED,
        refusal="no_instruction",
        appeal="The liquidator has written to me since: a bond of the trade association covers the tickets. I am no "
        "claimant any more; I act for my sister.",
    ),
)
