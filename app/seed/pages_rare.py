"""More pages in English: the types of case that are rarer, and pages that were closed, stopped or taken down. As in
`pages_en`, everybody and every place in them is made up; the law is that of England and Wales."""

from app.cases.drafting import CostsRisk, Parties, Prospects
from app.cases.states import Visibility
from app.seed.papers import estate
from app.seed.parts import Page, Paper, Sight, line, pounds, stage

WARD = Page(
    title="What happened to Daniel on Rowan Ward",
    summary="A young man died on a ward where he was to be watched. His family asks to be heard at the inquest.",
    area="human-rights",
    kind="inquest",
    visibility=Visibility.PRIVATE,
    parties=Parties(
        acting_for="Daniel’s parents and his sister",
        respondent="",
        claim_number="",
        cause_of_action="",
        court="The coroner’s court at Ashcombe",
        legal_stage="opened",
        relief_sought=(
            "Who was watching Daniel between four and five in the morning, why the door alarm had been switched off, "
            "and whether the trust knew of the two deaths before his."
        ),
        who_benefits="Daniel’s family, and the patients of four wards that are built and staffed in the same way.",
        benefits_place="Ashcombe",
        benefits_number=90,
    ),
    story="""\
Daniel was twenty-two. He mended bicycles, he was kind to other people’s dogs, and last winter he stopped sleeping. He
went into hospital because he and his parents were told that he would be safe there. On the eleventh night he died in a
bathroom on Rowan Ward. He was to be seen every fifteen minutes. The sheet says that he was.

His family has asked the trust for three things: the recordings from the corridor, the log of the door alarm, and the
rota of that night. They were given the rota.

## What the family needs to know

The coroner must find out who died, when, where and how. Daniel was in the care of the state, and so “how” also means
in what circumstances. The family’s questions are short:

1. Who was on the corridor between four and five?
2. Why was the alarm on the bathroom door off, and since when?
3. Two other people died on wards of the same plan. What was changed after that?

## Where we are

The inquest was opened and put off. A hearing in six weeks decides its scope: how far back it looks, whether there is
a jury, which witnesses come. The trust will have a barrister there, and so will two of its staff. Legal aid was
refused on a ground that we have asked to be looked at again. If it is granted we shall say so here, and no work will
be paid for twice.

## What could change for others

A coroner who finds a risk to the living must report it, and those who receive the report must answer in writing.
That is how alarms get mended. This page is private because the family wishes it so: please do not pass its link on
without asking them.
""",
    lines=(
        line(1900, "Barrister’s fees", "The hearing on the scope, and advice on witnesses"),
        line(850, "Expert in mental health nursing", "How observations are done, and what the records show"),
        line(300, "Solicitor’s time", "Reading the records with the family, at a fixed fee"),
    ),
    costs=CostsRisk(
        "none",
        None,
        "Nobody pays another’s costs at an inquest. Backers owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage("Before the inquest", "The records, an expert, and the hearing that sets its scope."),
        stage("The inquest", "The family is represented on each of its five days.", 5200),
    ),
    prospects=Prospects(
        "withheld", "An inquest has no winner. What the family’s barrister advises stays between them."
    ),
)

ESTATES = Page(
    title="Who pays for the lamp on Bellman Close",
    summary="Families on private estates pay for roads and lamps with no right to ask what they cost. That should end.",
    area="government",
    kind="law_reform",
    parties=Parties(
        acting_for="The Residents of Private Estates, a society of 61 estates",
        respondent="",
        claim_number="",
        court="Parliament, and the minister who makes the rules under the Act",
        legal_stage="consultation",
        cause_of_action="The rules on charges for estates whose roads and lamps the council has not taken over",
        relief_sought=(
            "Whoever must pay a charge for an estate may see the bills, ask a tribunal whether the sum is reasonable, "
            "and vote another manager in. A charge that was not explained within a month is not owed."
        ),
        who_benefits="Some 14,000 households on the 61 estates, and whoever buys a house on the next ones.",
        benefits_place="61 estates in England",
        benefits_number=14_000,
    ),
    story="""\
There is one street lamp on Bellman Close. It has been dark since October. The forty households around it pay £312 a
year each to a company that mends it, cuts a hedge and insures a pond. They pay council tax as well, like everybody.

They have asked the company what the lamp costs. The answer was an invoice for answering.

## What the law does today

When an estate is built, the council may take over its roads and lamps. Often it does not. Then whoever buys a house
there promises in the deeds to pay a share of the upkeep, for ever. A tenant of a flat who thinks that a service charge
is too high can go to a tribunal. The owner of a house on an estate cannot yet. If they do not pay, the company may in
some cases take the house in hand until they do.

## What it should say

An Act gives homeowners some of the rights that tenants have. It is not in force: it needs rules, and the department
asks in a consultation what they should be. We want three sentences in them: show the bills, let a tribunal look at
them, let the people who pay choose who manages.

## Where we are

The consultation is open for nine more weeks. The society’s members have sent us bills from 61 estates. They have to be
put in order, since the department asks for figures and not for anger.

## What the money pays for

A barrister drafts the clauses. A researcher sets the bills side by side and publishes the table, for whoever else
wants to answer. I give my own time at half its rate. There is no other side, so nobody’s costs can fall on anybody.
""",
    lines=(
        line(1250, "Barrister", "Draft clauses, with notes that a layperson can read"),
        line(900, "Research", "Bills of 61 estates, set side by side and published"),
        line(450, "Solicitor’s time", "The answer to the consultation, at half the usual rate"),
    ),
    costs=CostsRisk("none", None, "There is no court case, so there are no costs of another side.", "none"),
    raising=(
        stage("Answer to the consultation", "It closes in nine weeks; what is not said by then is not heard."),
        stage("Before Parliament", "The rules are laid before both Houses, and members ask for a briefing.", 1800),
    ),
    prospects=Prospects(
        "uncertain",
        "The department has said that it wants rules of this kind. When they come, and how much of them is left after "
        "the builders have answered, nobody can say.",
    ),
    paper=Paper(
        "Invoice for answering a question",
        "letter",
        40,
        (
            "Greenhollow Estates Management, Ashcombe",
            "To the owners of 7 Bellman Close",
            "Answering your letter about the street lamp: 48.00",
            "Payable within fourteen days.",
            "This is a made-up invoice of a demonstration.",
        ),
    ),
    sight=Sight(
        "A drawing of a row of houses at night around one street lamp that is dark",
        "Bellman Close since October",
        estate,
    ),
)

INTERPRETERS = Page(
    title="Let the court interpreters be heard",
    summary="An appeal will settle what bad interpreting does to a conviction. Those who interpret ask to be heard.",
    area="criminal-justice",
    kind="intervention",
    parties=Parties(
        acting_for="The Guild of Court Interpreters",
        respondent="R v Marku, an appeal against conviction",
        court="Court of Appeal, Criminal Division",
        claim_number="{year}/00417/B2",
        legal_stage="permission",
        cause_of_action="When a conviction is unsafe because the accused did not understand the evidence",
        relief_sought=(
            "That a judge who is told that the interpreting is poor must look into it at once, and that a recording is "
            "kept by which it can be looked into later."
        ),
        who_benefits="Everybody who is tried in a language that is not theirs: some 90,000 hearings a year.",
        benefits_place="England and Wales",
        benefits_number=90_000,
    ),
    story="""\
Mr Marku was tried for nine days in a language of which he knows the numbers and the greetings. Twice his barrister
said that the interpreter had left the middle out of an answer. Twice the trial went on. He was convicted, and the Court
of Appeal will decide whether that conviction is safe.

Both sides will argue about this trial. Nobody will tell the court what happens in the others, unless it asks those who
sit in them.

## Why the court should hear us

The guild has 640 members who interpret in court. For six years it has kept a book of what goes wrong: bookings for the
wrong language, one interpreter for three accused, eight hours without a break. It is the only such book there is. We
ask the court to let us put it in evidence and to make one submission, twenty minutes long.

We do not say whether Mr Marku is guilty, and we take neither side. We say that nobody can judge interpreting from a
transcript that has only the English in it. It must be recorded, as everything else in that room is.

## Where we are

The application to intervene is before a single judge. If it is refused, what is left of the money is not collected
for anything else. If it is granted, written submissions are due within 28 days, and the appeal is listed for two days.

## What depends on it

The court’s answer will bind every crown court. A rule that costs nothing but a microphone would tell thousands of
people what was said about them, and would tell the rest of us whether their trials were fair.
""",
    lines=(
        line(1300, "Barrister’s fees", "Application, written submissions and twenty minutes in court"),
        line(520, "Putting the book in order", "Six years of entries, names removed"),
        line(180, "Copying", "For three judges and both sides"),
    ),
    costs=CostsRisk(
        "uncapped",
        None,
        "Who intervenes bears their own costs, and may be ordered to pay what it adds to others’. That is rare in a "
        "criminal appeal. Backers owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage("Permission to intervene", "Asking the court to hear us, with the evidence that only we have."),
        stage("The hearing", "Two days in court, of which twenty minutes are ours.", 1500),
    ),
    prospects=Prospects(
        "reasonable", "The court hears those who know what the parties do not, if they are brief and take no side."
    ),
)

REST_ROOM = Page(
    title="Is there a case about the drivers’ rest room?",
    summary="Night drivers sleep in their cabs because the rest room is locked. Is that lawful?",
    area="employment",
    kind="advice",
    parties=Parties(
        acting_for="Eleven night drivers of a freight yard",
        respondent="Corran Freight",
        court="",
        claim_number="",
        legal_stage="pre_action",
        cause_of_action="Whether a rest room that is locked at night breaks the duties on welfare and on rest",
        relief_sought="Whether there is a claim, whose it is, by when it must be brought, and what it could achieve.",
        who_benefits="Eleven drivers now, and some 200 who pass through the yard in a month.",
        benefits_place="Corran Junction",
        benefits_number=200,
    ),
    story="""\
The yard at Corran Junction has a rest room with a kettle, four couches and a heater. It was opened with a ribbon. Since
February it is locked from ten at night until six in the morning, which is when the drivers are there.

The reason given is that somebody left a window open. So the men and women who bring the night freight sleep in their
cabs with the engine off, since it must be off, in whatever weather there is. The law says that there must be somewhere
to rest. It does not say in so many words that the door must be open.

## What we want to find out

Before anybody goes to a tribunal we want an answer to four questions. Is this a breach of the duty to provide for
rest? Does it matter that most drivers work for agencies and not for the yard? How long do they have? And is there a
way that does not end with the eleven who asked being given no more shifts?

## Where we are

I have written to the company and had a polite reply that said nothing. The drivers have kept a diary with the
temperature in their cabs at three in the morning, night by night, since the clocks went back.

## What the advice makes possible

A barrister who does this work every day will write an opinion of some ten pages. If it says that there is a case, we
send it to the company with a letter, and that may be the end of it. If it says that there is none, I shall say so on
this page, and the drivers will know where they stand. Either way nobody is left to guess.
""",
    lines=(
        line(720, "Barrister’s opinion", "Ten pages, with a conference by telephone"),
        line(180, "Solicitor’s time", "Statements of the drivers, at a fixed fee"),
    ),
    costs=CostsRisk("none", None, "Nothing goes to court at this stage, so nobody can be ordered to pay.", "none"),
    raising=(stage("The opinion", "A barrister says in writing whether the case is sound."),),
    prospects=Prospects("uncertain", "That is what the opinion is for."),
)

MEADOW = Page(
    title="The witnesses of Larch Meadow",
    summary="A path across a meadow was fenced off. Those who walked it for forty years want it on the map.",
    area="other",
    kind="litigation",
    parties=Parties(
        acting_for="The Larch Meadow Walkers",
        respondent="Ashcombe County Council; the landowner is an interested party",
        court="High Court, Administrative Court in London",
        claim_number="AC-{year}-LON-002290",
        legal_stage="issued",
        cause_of_action="Judicial review of a refusal to add a footpath to the map of public ways",
        relief_sought="An order that the council decides again and hears the nineteen witnesses whom it left out.",
        who_benefits="About 2,300 people of the village, the school’s walking bus, and everybody with a map.",
        benefits_place="Larch, near Ashcombe",
        benefits_number=2300,
    ),
    story="""\
For as long as anybody in Larch remembers, the way to the station went across the meadow. Nobody asked leave, and
nobody was turned back. In April a fence was put up, with a sign that says that there has never been a path.

A way that the public has walked openly for twenty years, without asking and without being stopped, becomes a public
way. That is old law and plain law. The council’s officer read the statements of four witnesses and refused to put the
path on the map, because four are few.

There were twenty-three statements. The other nineteen were in a second envelope.

## What we ask the court to decide

We do not ask the court to say whether there is a path. We say that a council which decides on evidence must read it,
and that it must decide again when it has. The officer’s report lists the envelope by its number, and says nothing of
what is in it.

## Where we are

The claim was issued in time. The council has until the end of next month to say whether it defends a decision that it
made without the evidence. We have offered to stop if it reads the envelope.

## What happens if we win

The decision is cancelled and made anew. The fence stays until then: we have not asked for it to be taken down, and the
walking bus goes round by the road. If we lose, the walkers may have to pay some of the council’s costs, which is why
they have limited what they can lose by asking the court for a cap. Backers owe nothing beyond their pledge, and I tell
them here what the court says about the cap as soon as it has.
""",
    lines=(
        line(900, "Barrister’s fees", "Grounds, and the permission stage"),
        line(350, "Maps and copies", "The ordnance maps since 1898, at the size that the court asks for"),
        line(170, "Court fee", "Issue"),
    ),
    costs=CostsRisk(
        "capped",
        pounds(2000),
        "The walkers’ own costs are capped by agreement. Backers owe nothing beyond their pledge.",
        "none",
    ),
    raising=(stage("Permission", "A judge decides on the papers whether the claim may go on."),),
    prospects=Prospects("strong", "A decision that leaves most of the evidence unread is hard to defend."),
)
