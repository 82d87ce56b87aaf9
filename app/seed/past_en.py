"""Cases of the past, in English: their pages, what their lawyers told the backers, and how they ended.

Everybody and every place in them is made up. So are the citations: no court counts as far as their numbers.
"""

from app.cases.drafting import CostsRisk, Parties, Prospects
from app.seed.parts import Ending, News, Page, Told, line, pounds, stage
from app.updates.states import Audience, Code

# ---------------------------------------------------------------- won, and told
CARERS = Page(
    title="Pay for the minutes between visits",
    summary="Home carers are paid by the visit and not for the drive to the next one. Seventeen want the difference.",
    area="employment",
    kind="litigation",
    parties=Parties(
        acting_for="Joy Adebayo and 16 other home carers",
        respondent="Evenlode Care Ltd",
        court="Employment Tribunal, Nottingham",
        claim_number="2601847/{year}",
        legal_stage="issued",
        cause_of_action="National Minimum Wage Act 1998; unlawful deductions (Employment Rights Act 1996, Part II)",
        relief_sought="Arrears of pay for travelling time, corrected payslips, and holiday pay worked out on both.",
        who_benefits="17 claimants, and about 240 carers on the same contract in three counties.",
        benefits_place="Three counties in the East Midlands",
        benefits_number=257,
    ),
    story="""\
Joy Adebayo’s day begins at 06:40 in front of a bungalow in Sedgeby and ends at 21:15 in front of another. In between
she gets nine people out of bed, washed, fed and back again. She is paid for the visits: 15 minutes, 30 minutes, 15
minutes. She is not paid for the road.

On an ordinary Tuesday the road is three hours and ten minutes. Her employer’s own rota knows this, because it leaves
exactly that much time between one visit and the next. The payslip does not.

## What we say

The law on the minimum wage counts the time that a worker spends travelling from one assignment to the next, as long as
the travelling is part of the work and not the way from home. With the road counted, Joy earned £7.96 an hour in the
month that we looked at first. Nobody in this country may be paid that.

The company answers that its hourly rate for visits is generous enough to cover the travelling. A rate can do that, if
it is high enough. We added up 17 sets of payslips and rotas, and in none of them was it.

## What the money pays for

An accountant has to turn four years of rotas into one table which both sides can check, visit by visit. Counsel will
argue the case for two days. We have not charged for the first 90 hours, and the rest of our time is capped.

## If we lose

In this tribunal each side bears its own costs, as a rule, so nobody will send Joy a bill for the company’s lawyers.
If we win, what the company pays goes to the carers, all of it.
""",
    lines=(
        line(900, "Accountant’s table", "Four years of rotas and payslips, visit by visit"),
        line(700, "Barrister’s fee", "Two-day hearing"),
        line(300, "Solicitor’s time", "Capped, after 90 hours without charge"),
    ),
    costs=CostsRisk(
        "none",
        None,
        "In the Employment Tribunal each side bears its own costs, unless a party acts unreasonably. Backers owe "
        "nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "The claim to judgment",
            "The accountant’s table of minutes, and a hearing of three days.",
        ),
    ),
    prospects=Prospects(
        "strong",
        (
            "The minutes between visits are on the employer’s own rota. The law counts them as working time "
            "where the worker is not free to do anything else."
        ),
    ),
)
CARERS_NEWS = (
    News(
        196,
        "The target is met, and the accountant has begun",
        "Thank you. The rotas went to Marta Kowal on Monday, in four boxes and one carrier bag. She expects to need "
        "seven weeks. The tribunal has listed the hearing for two days in the summer.",
        stage="issued",
    ),
    News(
        151,
        "One table, 11,402 visits",
        "The table is finished and the company has it. It has found **nine** visits that it counts differently. Of "
        "11,402.\n\nWe have exchanged witness statements. Joy’s is two pages long and mostly consists of street names.",
    ),
    News(
        118,
        "An offer, and why we said no",
        "The company has offered £40,000 for everybody together, if nobody ever speaks of it. All 17 were asked one by "
        "one. All 17 said no, and most of them added something.",
        audience=Audience.BACKERS,
    ),
    News(
        72,
        "The hearing is over",
        "Two days, four witnesses and one very long spreadsheet on a screen. The judge asked the operations manager "
        "how a carer was meant to get from Sedgeby to Cold Ash in no time at all. He said that he would have to look "
        "into that. Judgment is reserved.",
        stage="judgment",
    ),
)
CARERS_END = Ending(
    34,
    Code.WON,
    court="The Employment Tribunal in Nottingham",
    quote=(
        "A rota that leaves twenty-five minutes between two visits is evidence that the employer knew of the "
        "twenty-five minutes. The claimants were at work in them."
    ),
    effect=(
        "Seventeen carers are paid £161,300 in arrears. The company must show travelling time on every payslip, and "
        "has told its other 220 carers that it will pay them the same from the same date."
    ),
    account=(
        "The tribunal accepted our table as it was and found that every claimant had been paid below the minimum wage "
        "in at least 30 of 48 months.\n\nThe accountant cost £900 and counsel £700, as the budget said. The last £300 "
        "went into the bundle: four boxes, one carrier bag."
    ),
    order=(
        "EMPLOYMENT TRIBUNALS",
        "Mrs J Adebayo and others v Evenlode Care Ltd",
        "JUDGMENT",
        "1. The complaints of unlawful deductions are well founded.",
        "2. The respondent shall pay the sums in the Schedule.",
        "For the demonstration only",
    ),
    tells_story=True,
    told=Told(
        27,
        "The minutes between two doors",
        "Seventeen carers asked to be paid for the road. The company’s own rota knew how long it was.",
        """\
At 06:40 Joy Adebayo is in front of a bungalow in Sedgeby. At 21:15 she is in front of another. She was paid for what
happened behind the doors, and not for getting from one to the next.

On an ordinary Tuesday that was three hours and ten minutes. Everybody knew it. The rota left precisely that much room.

## Eleven thousand visits

Nine backers, in less than three weeks, paid for the thing that the carers could not do between two visits: add it all
up. An accountant took four boxes and a carrier bag and came back with one table of 11,402 lines. The company disputed
nine of them.

There was an offer, with a condition that nobody ever speak of it. Seventeen people were asked, one by one, and
seventeen said no.

> A rota that leaves twenty-five minutes between two visits is evidence that the employer knew of the twenty-five
> minutes. The claimants were at work in them.

## What changed

The tribunal found for all of them. £161,300 in arrears was paid within the month, and the payslips now have a line
called “travelling”. The company wrote to its other 220 carers that it would pay them the same, from the same date. It
did not say why.

## For whom

Joy still starts at 06:40. “I drive the same road,” she says. “It has only become part of the job.”
""",
    ),
)

# ---------------------------------------------------------------- partly won, and told
BROOK = Page(
    title="A permit that the Oxley Brook can live with",
    summary="A village measured its own stream for a year. Now it asks a court to look at what the regulator did not.",
    area="environment",
    kind="litigation",
    parties=Parties(
        acting_for="Oxley Brook Watch, a residents’ association",
        respondent="Northern Waters Agency; Oxley Stone Ltd is an interested party",
        court="High Court, Administrative Court in Manchester",
        claim_number="AC-{year}-MAN-000288",
        legal_stage="permission",
        cause_of_action="Judicial review of a discharge permit: relevant evidence ignored, unclear condition",
        relief_sought=(
            "An order quashing the permit; in the alternative an order quashing the monitoring condition, so that it "
            "must be written again."
        ),
        who_benefits="600 people in Oxley, and whoever drinks from, fishes in or paddles through eight miles of brook.",
        benefits_place="Oxley, and eight miles of brook below it",
        benefits_number=600,
    ),
    story="""\
The quarry above Oxley washes stone. The water that it washes with goes into two ponds, and from the ponds into the
brook. It is meant to be clear by then.

Some mornings the brook is the colour of milk. When the village said so, the quarry answered that it was the light.
So a retired chemistry teacher, Anne Fenwick, built a sensor out of a camera and a lunch box, and put it under the
footbridge. It has taken a reading every ten minutes for thirteen months.

## What the sensor saw

On 44 days the water carried more than three times the fine stone dust that the old permit allowed. On all 44 the
quarry’s own record, a sheet of paper signed once a week, says “clear”.

The regulator had Anne’s readings for eleven weeks before it renewed the permit. Its decision does not mention them.
It says that “no evidence of exceedance has been received”.

## What we ask the court to decide

- Whether a regulator may write that it received nothing when it received 57,000 readings.
- Whether a condition that asks for monitoring “as appropriate” asks for anything.

If the first ground succeeds, the whole permit falls. If only the second does, the condition has to be written again,
and the quarry has to measure. We think that the second is the stronger, and we say so here at the start.

## What the money pays for

Counsel for the hearing, the court’s fee, and a hydrologist who will tell the court what can be read from a lunch box
and what cannot. The claim is brought under the Aarhus rules, so the association’s risk is capped.
""",
    lines=(
        line(1100, "Barrister’s fees", "Permission and a one-day hearing"),
        line(650, "Hydrologist’s note", "How far home-made readings can be trusted"),
        line(350, "Court fees", "Issue, permission and hearing"),
    ),
    costs=CostsRisk(
        "capped",
        pounds(10000),
        "This is an Aarhus Convention claim by an association, which cannot be ordered to pay more than £10,000 of "
        "the other side’s costs. Backers are not parties and owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "Permission and hearing",
            "One day before a judge of the Administrative Court.",
        ),
    ),
    prospects=Prospects(
        "reasonable",
        (
            "The permit relies on a survey of a different stream. The agency may say that it would have "
            "decided the same way in any event."
        ),
    ),
)
BROOK_NEWS = (
    News(
        205,
        "Permission granted on both grounds",
        "A judge read the papers and said yes to both. The hearing will take a day. The agency has now disclosed that "
        "it did open Anne’s file: on the afternoon before the decision, for four minutes.",
        stage="permission",
    ),
    News(
        150,
        "The hydrologist has been",
        "Dr Calder put her own instrument beside the lunch box for three weeks. The two agree within 6 per cent, and "
        "where they differ the lunch box is on the side of the quarry.",
        stage="hearing",
    ),
    News(94),
    News(
        60,
        "Heard",
        "One day before the judge in Manchester. Most of it was about four minutes.",
        stage="judgment",
    ),
)
BROOK_END = Ending(
    41,
    Code.PARTLY_WON,
    court="The High Court",
    citation="[{year}] EWHC 9041 (Admin)",
    quote=(
        "“As appropriate” is not a condition. It is the absence of one, with a full stop after it. I am less sure "
        "that the Agency ignored the readings; it looked at them briefly, and the law does not prescribe how long."
    ),
    effect=(
        "The monitoring condition is quashed and must be written again within three months. Until then the quarry "
        "measures every hour and publishes what it finds. The rest of the permit stands."
    ),
    account=(
        "We won on the condition and lost on the readings. The judge found that the agency had looked at the evidence, "
        "if only just, and that what it made of it was for the agency.\n\nThe agency pays two thirds of our costs, so "
        "that more than half of what you gave was not needed in the end."
    ),
    order=(
        "IN THE HIGH COURT OF JUSTICE",
        "KING'S BENCH DIVISION, ADMINISTRATIVE COURT",
        "ORDER",
        "Condition 2.4 of the permit is quashed.",
        "The claim is otherwise dismissed.",
        "For the demonstration only",
    ),
    tells_story=True,
    told=Told(
        33,
        "What the lunch box under the bridge saw",
        "A village measured its own stream. The court kept the permit, and threw out the line that asked for nothing.",
        """\
Some mornings the Oxley Brook was the colour of milk. The quarry said that it was the light.

Anne Fenwick taught chemistry for thirty-one years and does not like being told about light. She put a camera into a
lunch box, and the lunch box under the footbridge. After thirteen months it had 57,000 readings, and on 44 days they
were three times too high.

## Four minutes

The regulator had all of it. Its decision said that it had received nothing. When it had to show its files, it turned
out that somebody had opened Anne’s on the last afternoon, for four minutes.

> “As appropriate” is not a condition. It is the absence of one, with a full stop after it.

On the four minutes the village lost: the law, the judge said, does not prescribe how long one has to look. On the
condition it won. A permit that tells a quarry to measure “as appropriate” tells it nothing.

## What changed

The quarry now measures every hour and puts the readings where everybody can see them. The condition is being written
again, and the agency has asked the village for its opinion. The ponds are being dredged for the first time since 2009.

## For whom

For eight miles of brook, and 600 people beside it. The lunch box is still there. “In case of light,” says Anne.
""",
    ),
)

# ---------------------------------------------------------------- won; the draft of its story waits for an editor
DRAWER = Page(
    title="Three passports in a drawer",
    summary="The Home Office has kept a family’s documents for 31 months and decided nothing. We ask for a date.",
    area="immigration",
    kind="litigation",
    parties=Parties(
        acting_for="Selam Tesfay and her two sons",
        respondent="Secretary of State for the Home Department",
        court="High Court, Administrative Court in Birmingham",
        claim_number="AC-{year}-BHM-000173",
        legal_stage="issued",
        cause_of_action="Judicial review of delay in deciding an application for settlement; Article 8 ECHR",
        relief_sought=(
            "A declaration that the delay is unlawful; an order that the application be decided within 28 days and the "
            "documents returned."
        ),
        who_benefits="A nurse and her two sons, and some 1,900 families whose applications lie in the same queue.",
        benefits_place="Birmingham and Asmara",
        benefits_number=1903,
    ),
    story="""\
Selam Tesfay is a nurse on a renal ward in Coventry. In spring, two and a half years ago, she applied for settlement
for herself and her sons, who are fourteen and eleven. She sent three passports, as the form asks, and a fee of £8,600,
which had taken her four years to save.

Nothing has happened since. That is the case.

## What nothing costs

Without a passport her elder son could not go to Normandy with his class. Her mother died in Asmara last autumn, and
Selam watched the funeral on a telephone in the linen room. The bank asks every three months for a document that she
does not have, because the Home Office has it.

She has written nineteen times. Fourteen of the letters were answered by a sentence which says that the application is
“under active consideration”. Our request for the file shows that it was last opened by anybody 26 months ago.

## What we say

There is no fixed time limit for such a decision. But a public body must decide within a reasonable time, and the
longer it waits, the better its reason has to be. No reason has been given here at all.

We do not ask the court to grant anybody anything. We ask for a date, and for three passports.

## What the money pays for

Legal aid ends just below a nurse’s salary. The money pays for counsel up to and at a half-day hearing, for the court’s
fee and for a short statement by a former caseworker about how the queue is kept. If the decision comes before the
hearing, what has not been spent goes back.
""",
    lines=(
        line(950, "Barrister’s fees", "Grounds, permission and half a day in court"),
        line(400, "Solicitor’s time", "At a fixed fee"),
        line(250, "Court fees and copying", "Issue and hearing"),
    ),
    costs=CostsRisk(
        "uncapped",
        None,
        "If the claim is lost, the court may order Ms Tesfay to pay the Home Office’s costs, which in a claim of this "
        "length are usually a few thousand pounds. Backers are not parties and owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "The claim to judgment",
            "Delay is easily shown; the hearing is about what the court can order.",
        ),
    ),
    prospects=Prospects(
        "reasonable",
        (
            "Three years without a decision is long by any measure. Courts are slow to tell a department "
            "which file to open first."
        ),
    ),
)
DRAWER_NEWS = (
    News(
        92,
        "Permission granted, and an early hearing",
        "The judge gave permission on the papers and asked for the hearing to be listed soon, “given that delay is the "
        "complaint”.",
        stage="permission",
    ),
    News(
        48,
        "A letter, four days before the hearing",
        "The Home Office wrote that a decision would be made “in due course”. We shall go to the hearing.",
        stage="hearing",
    ),
)
DRAWER_END = Ending(
    6,
    Code.WON,
    court="The High Court",
    citation="[{year}] EWHC 9107 (Admin)",
    quote=(
        "The file was opened once in twenty-six months, by somebody looking for another file. That is not active "
        "consideration. I doubt that it is consideration."
    ),
    effect=(
        "The Home Office must decide within 28 days and has returned the passports. The judgment says what has to be "
        "written on a file that waits, which helps the other families in the queue."
    ),
    account=(
        "The court declared the delay unlawful and set a date. Three passports came by courier on the next morning; "
        "the elder boy opened the envelope.\n\nThe Home Office pays our costs. Counsel’s fee and the court’s fees had "
        "been paid from your money by then, and will come back to the case’s account."
    ),
    order=(
        "IN THE HIGH COURT OF JUSTICE",
        "The King (Tesfay) v Secretary of State for the Home Department",
        "ORDER",
        "1. The delay since April is declared unlawful.",
        "2. The application shall be decided within 28 days.",
        "For the demonstration only",
    ),
    tells_story=True,
)

# ---------------------------------------------------------------- lost
QUAYSIDE = Page(
    title="Daylight for the Quayside cottages",
    summary="A tower of 31 floors was approved on a drawing without the houses next door. They ask for a fresh look.",
    area="government",
    kind="litigation",
    parties=Parties(
        acting_for="The Quayside Residents’ Association",
        respondent="Ridgeway City Council; Harbour Reach LLP is an interested party",
        court="High Court, Planning Court",
        claim_number="AC-{year}-LON-001902",
        legal_stage="issued",
        cause_of_action="Judicial review of a planning permission: material mistake of fact, daylight left out",
        relief_sought="An order quashing the permission, so that the committee decides again with the right drawing.",
        who_benefits="130 people in 54 cottages, and other towns whose committees decide from drawings.",
        benefits_place="The Quayside, 54 cottages",
        benefits_number=130,
    ),
    story="""\
There are 54 cottages on the Quayside. They are 190 years old and two floors high, and in winter the sun reaches their
kitchens from about ten until about one. In June the planning committee approved a tower of 31 floors to the south.

The drawing on which the committee voted shows the tower, the river, seven trees and a couple with a pram. It does not
show the cottages. In their place there is grass.

## What we say

Officers told the committee that the loss of daylight would be “within accepted limits for neighbouring buildings”.
There was a study behind that sentence. It measured the offices to the west. The cottages are mentioned in a footnote
that says they were “not surveyed”.

A committee may approve a tower that takes the sun from 54 kitchens. It is a matter of judgment, and the court will not
judge it again. But it has to know that it does so. Ours thought that it was voting about grass.

## What stands against us

I think that we have an even chance, and a little less on the daylight study. The council will say that the members
know the town and had walked past the cottages all their lives, and that nobody could have been misled by a drawing.
There is something in that.

## What the money pays for

The permission stage is over and was paid for by a jumble sale. What is left is one day in the Planning Court: counsel,
the bundle, and an architect who measures the light. Under the Aarhus rules the association’s risk is capped at £10,000,
and it has put that aside.
""",
    lines=(
        line(1500, "Barrister’s fees", "Written argument and one day in the Planning Court"),
        line(600, "Daylight survey", "An architect measures 54 kitchens"),
        line(200, "Court fee and copying", "Hearing"),
    ),
    costs=CostsRisk(
        "capped",
        pounds(10000),
        "This is an Aarhus Convention claim by an association, which cannot be ordered to pay more than £10,000 of "
        "the other side’s costs. Backers are not parties and owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "The hearing",
            "A daylight survey, and one day in the Planning Court.",
        ),
    ),
    prospects=Prospects(
        "reasonable",
        (
            "The drawing that the committee saw leaves out two rows of houses. The court must be satisfied "
            "that it mattered."
        ),
    ),
)
QUAYSIDE_NEWS = (
    News(
        148,
        "54 kitchens, measured",
        "The architect has been in every kitchen, on ladders and among cats. With the tower, 38 of the 54 would get no "
        "sun at all between November and February.",
        stage="hearing",
    ),
    News(
        90,
        "The day in court",
        "The judge had walked along the Quayside on the evening before, and said so. Judgment in a few weeks.",
        stage="judgment",
        corrected=(
            "The judge had walked along the Quayside on the evening before, and said so. Judgment is reserved; we have "
            "not been told for how long."
        ),
    ),
)
QUAYSIDE_END = Ending(
    52,
    Code.LOST,
    court="The High Court",
    citation="[{year}] EWHC 9012 (Admin)",
    quote=(
        "The drawing was wrong, and it is hard to see how nobody noticed. But these eleven members live here. They "
        "knew that the cottages exist."
    ),
    effect=(
        "The permission stands and the tower will be built. The judgment says that a drawing which leaves out homes is "
        "an error, and would have been fatal before members who did not know the place."
    ),
    account=(
        "We lost, for the reason that I gave on the first page of this case. The judge agreed that the drawing was "
        "misleading and that the study should have covered the cottages, and found that it made no difference to how "
        "these members voted.\n\nWe asked for permission to appeal and were refused. The association pays £10,000 to "
        "the council, from what it had put aside. Your money went to counsel (£1,500), the architect (£600) and the "
        "court (£200). Nothing is left, and I am sorry."
    ),
    order=(
        "IN THE HIGH COURT OF JUSTICE",
        "PLANNING COURT",
        "ORDER",
        "The claim is dismissed.",
        "For the demonstration only",
    ),
)

# ---------------------------------------------------------------- permission refused
TARN_LANE = Page(
    title="Why nobody was charged on Tarn Lane",
    summary="A cyclist was killed and no reason was given for charging nobody. His sister asks to see the reasons.",
    area="criminal-justice",
    kind="litigation",
    parties=Parties(
        acting_for="Imogen Hart, sister of Edward Hart",
        respondent="Director of Public Prosecutions",
        court="High Court, Administrative Court in Leeds",
        claim_number="AC-{year}-LDS-000096",
        legal_stage="issued",
        cause_of_action="Judicial review of a decision under the Victims’ Right to Review scheme: no adequate reasons",
        relief_sought="An order quashing the review decision, so that it must be taken again, with reasons.",
        who_benefits="Edward Hart’s family, and other families who are given a decision of one paragraph.",
        benefits_place="Cumbria, and families elsewhere who had the same answer",
        benefits_number=12,
    ),
    story="""\
Edward Hart was a piano tuner. He rode to his customers on a bicycle with a yellow flag, which everybody in the dale
knew. On a clear morning in May he was struck from behind by a delivery van on Tarn Lane, where one can see for half a
mile, and died beside the road.

The driver said that the sun was in his eyes. At that hour the sun stood behind him. The police put that into their
report, with a photograph, and asked for advice on a charge.

Eleven months later the prosecutors decided to charge nobody. Imogen, Edward’s sister, used the right to have the
decision looked at again. The answer had one paragraph. It says that “all of the evidence has been considered” and that
there is “no realistic prospect of conviction”. It does not mention the sun.

## What we say

Prosecutors decide, and courts very seldom interfere. But the scheme promises a family an explanation that it can
understand, and the law asks of a review that it deals with the point on which everything turns. Here there was one
such point, and it is the only thing on which the answer is silent.

## How it may end

I have told Imogen that cases like this one usually fail, and that most of them fail at the first stage. She asked me
what the stage costs. This is what it costs.

## What the money pays for

Counsel’s grounds and a short hearing on permission, the court’s fee, and a note by an astronomer, who does this for
courts and charges very little. If we are given permission, we shall come back with a second stage and a new budget.
""",
    lines=(
        line(900, "Barrister’s fees", "Grounds, and the permission hearing"),
        line(150, "Astronomer’s note", "Where the sun stood"),
        line(250, "Court fees and copying", "Issue and permission"),
    ),
    costs=CostsRisk(
        "uncapped",
        None,
        "If permission is refused, Ms Hart may have to pay the costs of the Director’s written answer, usually well "
        "below £2,000. Backers are not parties and owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "Permission",
            "The court decides on the papers whether the claim may go on.",
        ),
    ),
    prospects=Prospects(
        "uncertain",
        (
            "A decision of one paragraph can be enough if the reason is good. We do not know the reason, and "
            "that is what we ask for."
        ),
    ),
)
TARN_LANE_NEWS = (
    News(
        122,
        "Where the sun stood",
        "At 08:52 it stood at 27 degrees, 94 degrees from north: behind the van and to its right. The note is with the "
        "court.",
    ),
    News(
        84,
        "Refused on paper; we have asked for a hearing",
        "A judge has said no on the papers. We have seven days to ask for a hearing, and have asked.",
        stage="permission",
    ),
)
TARN_LANE_END = Ending(
    63,
    Code.PERMISSION_REFUSED,
    court="The High Court",
    quote="Ms Hart deserved a better letter than this one. A poor letter is not an unlawful decision.",
    effect=(
        "Nobody is charged. The Director has apologised for the letter and sent one of five pages, which deals with "
        "the sun: the prosecutors thought that a jury might believe in a reflection from a wet road."
    ),
    account=(
        "The judge refused permission after an hour. He was critical of the letter and found that the decision behind "
        "it was one that a prosecutor could take.\n\nImogen was ordered to pay £1,150 towards the Director’s costs. "
        "The longer letter came a week later. She has read it many times; it is not what she wanted, but it is an "
        "answer. The fees were as in the budget."
    ),
)

# ---------------------------------------------------------------- overtaken by events
PEAT = Page(
    title="Leave the peat on Black Moss",
    summary="A county allowed 40 more years of digging on a bog that took six thousand years to grow.",
    area="environment",
    kind="litigation",
    parties=Parties(
        acting_for="Gwen Parry, who farms beside the moss",
        respondent="Marram County Council; Blackmoss Growing Media Ltd is an interested party",
        court="High Court, Planning Court",
        claim_number="AC-{year}-CDF-000061",
        legal_stage="issued",
        cause_of_action="Judicial review of a planning permission: climate effects not assessed",
        relief_sought="An order quashing the permission to extract peat for forty more years.",
        who_benefits="The people of three villages whose water comes through the moss, and everybody who breathes.",
        benefits_place="Three villages below Black Moss",
        benefits_number=2400,
    ),
    story="""\
Black Moss is 200 hectares of wet ground on which nothing is in a hurry. It grows by a millimetre a year. It holds the
water that comes down from the hill, and lets it go slowly, into the wells of three villages.

It also holds about 300,000 tonnes of carbon. When peat is dug up, dried and put into bags for growing tomatoes, most of
that goes into the air within a few seasons.

In February the county allowed the company that owns the moss to go on digging for forty more years. The officers'
report has 88 pages. Lorries have eleven of them. The climate has a paragraph, which says that effects “downstream of
the site boundary” need not be assessed.

## What we say

The Supreme Court has decided that when somebody asks to take fuel out of the ground, the council must look at what
happens when it is burnt, because that is the whole point of taking it out. Peat in a bag is not burnt. But it
disappears into the air as surely, and it was dug up for that bag. We say that the same rule holds.

Nobody has tested that yet. I think that the argument is good, and I have been wrong before.

## What happens to the people who work there

There are nine of them. Gwen, my client, went to see each one before she signed. The company makes a growing medium
without peat at its other works, and has said that it could do so here.

## What the money pays for

Counsel for permission and a day’s hearing, a peat scientist’s report and the court’s fees. Gwen claims as an
individual under the Aarhus rules: her risk is £5,000 and she has it.
""",
    lines=(
        line(1200, "Barrister’s fees", "Permission and a one-day hearing"),
        line(550, "Peat scientist’s report", "What leaves the moss, and when"),
        line(250, "Court fees", "Issue, permission and hearing"),
    ),
    costs=CostsRisk(
        "capped",
        pounds(5000),
        "This is an Aarhus Convention claim by an individual, who cannot be ordered to pay more than £5,000 of the "
        "other side’s costs. Backers are not parties and owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "The claim to judgment",
            "The peat scientist’s report, and a day in court.",
        ),
    ),
    prospects=Prospects(
        "test",
        (
            "No court has yet said how carbon in the ground counts in such a permission. The rules have been "
            "read both ways."
        ),
    ),
)
PEAT_NEWS = (
    News(
        104,
        "Permission granted",
        "The judge called the point “arguable and of some general importance”. We have a day in the Planning Court in "
        "the new term.",
        stage="permission",
    ),
    News(58),
)
PEAT_END = Ending(
    17,
    Code.OVERTAKEN,
    court="The Planning Court",
    effect=(
        "The company has given up the permission and stops digging at the end of the season. The moss will be wetted "
        "again with public money. The legal question stays open for another case."
    ),
    account=(
        "Three weeks before the hearing the company wrote that it would not use the permission and asked the county to "
        "revoke it. There was nothing left to decide, and the court stayed the claim.\n\nThat is what Gwen wanted, and "
        "it is not a win: no court has said that the county was wrong. The scientist’s report (£550) and counsel’s "
        "work up to then (£640) are paid; the hearing’s share was not spent."
    ),
)

# ---------------------------------------------------------------- ended early, by its lawyer
DEPOSITS = Page(
    title="Deposits at Harcourt House",
    summary="Thirty-two tenants paid deposits that were never protected. They want them back, with what the law adds.",
    area="other",
    kind="litigation",
    parties=Parties(
        acting_for="Thirty-two tenants of Harcourt House",
        respondent="Harcourt Lettings (Bristol) Ltd",
        court="County Court at Bristol",
        claim_number="",
        legal_stage="pre_action",
        cause_of_action="Tenancy deposits that were not protected (Housing Act 2004, sections 213 and 214)",
        relief_sought="Return of all deposits, and a penalty of one to three times the deposit for each tenant.",
        who_benefits="32 tenants now, and those who will move into the same building after them.",
        benefits_place="Bristol, one building of 32 flats",
        benefits_number=32,
    ),
    story="""\
A landlord who takes a deposit has thirty days to put it into a protected scheme and to say into which. The landlord of
Harcourt House has taken deposits from 32 tenants, £36,400 together. We have asked all three schemes. None has heard of
Harcourt House.

It came out when Lucia Romano moved to Cardiff for a job. Her £1,150 was kept for “general wear”. She asked for the
scheme’s arbitrator, as the law allows, and was told that there was no scheme. She asked her neighbours. On the third
floor they had never been told of any; on the first they had been given a certificate with a number, and the number
belongs to a flat in Leeds.

## What the law says

If the deposit was not protected in time, a court must order it to be protected or returned. It must also order the
landlord to pay the tenant between one and three times the sum. There is no defence of having forgotten.

## Why a claim for all of them

Each tenant could bring a claim alone. Most are students or work shifts, and a claim costs a fee, a day off and a good
deal of nerve. Thirty-two claims, heard together, cost little more than three.

## What the money pays for

The court’s fees, which are high because the sums are added up, and one day of a barrister. My own time is paid by the
other side if we win, and by nobody if we do not.

## What may happen first

The landlord has had our letter for three weeks and has not answered. If it pays before we file, I shall end this page
at once and nobody will be charged.
""",
    lines=(
        line(1450, "Court fees", "Issue and hearing, 32 claims together"),
        line(700, "Barrister’s fee", "One day"),
    ),
    costs=CostsRisk(
        "capped",
        pounds(1500),
        "In a claim of this kind the loser pays fixed sums, which for all tenants together come to about £1,500. "
        "Backers owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "The claims",
            "Court fees for 32 claims that are heard together.",
        ),
    ),
    prospects=Prospects(
        "strong",
        "The deposits were not protected within thirty days, and the law leaves little to argue about after that.",
    ),
)
DEPOSITS_OVER = (
    "The landlord has paid back all 32 deposits, with a penalty of the same sum, on the day before we were to file. "
    "There is nothing left to sue for, so nobody needs to pay for it. Thank you: the page was printed out and pinned "
    "up in the landlord’s office."
)

# ---------------------------------------------------------------- funded, and an update is late
POLLING = Page(
    title="A ramp to the ballot box in Holm",
    summary="Wheelchair users vote in the car park, on somebody’s knee. They ask for a polling station one can enter.",
    area="human-rights",
    kind="litigation",
    parties=Parties(
        acting_for="Desmond Achebe and Ruth Lindley",
        respondent="Returning Officer for Holm and Marsh",
        court="County Court at Lincoln",
        claim_number="L01LN284",
        legal_stage="issued",
        cause_of_action="Failure to make reasonable adjustments by a public authority (Equality Act 2010, section 29)",
        relief_sought="A declaration, damages for two elections, and an undertaking to use an accessible building.",
        who_benefits="Some 70 electors in Holm with a wheelchair, a frame or a pram, at every election from now on.",
        benefits_place="Holm in Lincolnshire",
        benefits_number=70,
    ),
    story="""\
In Holm one votes in the upper room of the Corn Exchange. There are fourteen steps. At the last two elections Desmond
Achebe and Ruth Lindley, who use wheelchairs, were given their ballot papers in the car park, by a polite young man with
an umbrella, and filled them in on a clipboard on Ruth’s knee. He then carried them upstairs, folded, he said.

The young man did his best. A vote is supposed to be secret, and nobody had given him a screen, a table or a roof.

## What we say

Whoever runs an election must take reasonable steps so that disabled people are not put at a substantial disadvantage.
Two hundred yards from the Corn Exchange there is a primary school with a level door and a hall, empty on polling day.
The returning officer was asked about it in writing before each of the two elections. The first letter was not
answered; the second was answered after the count.

The defence says that people “are accustomed to” the Corn Exchange. That is so. It is also what they said about the
old bus.

## What the money pays for

An access surveyor will measure both buildings and say what it takes to use either. Counsel will argue a one-day trial.
We hope for an agreement before that: nobody here wants damages as much as they want a door.

## If we lose

In the county court the loser usually pays part of the winner’s costs. Both claimants have insurance for that, up to
£20,000, and the premium is in the budget.
""",
    lines=(
        line(800, "Barrister’s fees", "Advice, and a one-day trial"),
        line(450, "Access surveyor", "Both buildings, with drawings"),
        line(300, "Insurance and court fee", "Premium, and issue"),
    ),
    costs=CostsRisk(
        "uncapped",
        None,
        "The loser usually pays part of the winner’s costs. Both claimants are insured for that up to £20,000. Backers "
        "are not parties and owe nothing beyond their pledge.",
        "held",
    ),
    raising=(
        stage(
            "The claim to judgment",
            "An access survey, and a hearing before the next election.",
        ),
    ),
    prospects=Prospects(
        "reasonable",
        "The duty is clear. The council’s answer will be that a clerk with a clipboard at the kerb was enough.",
    ),
)
POLLING_NEWS = (
    News(
        81,
        "The surveyor has been to both buildings",
        "Her report is short. The school needs a rubber mat. The Corn Exchange needs a lift of about £90,000.",
    ),
)

# ---------------------------------------------------------------- what was told of the cases that still go on
FERRY_NEWS = (
    News(
        13,
        "The letter before claim is out",
        "Thank you to all nine of you. The letter went to the company on Thursday. It has three weeks to answer.",
    ),
    News(
        8,
        "What the company wrote to us, not for the public",
        "Its lawyers have telephoned. They would like to talk about **one** ramp, on the morning crossing, if we wait "
        "until spring. We shall meet them; please do not share this while we do.",
        audience=Audience.BACKERS,
    ),
    News(
        3,
        "A meeting on Monday",
        "We meet the company on Monday. The claim is drafted and will be filed if nothing comes of it.",
        corrected=(
            "We meet the company on Wednesday: the first date that we gave here was wrong. The claim is drafted and "
            "will be filed if nothing comes of it."
        ),
    ),
)
WENLOW_NEWS = (
    News(
        2.6,
        "You met the initial target",
        "Thank you, from the clients and from the river. The work on the reply to the agency’s grounds has begun; it "
        "has to be with the court in nine days. Dr Calder has started on the gauge.",
    ),
)
LIBRARY_NEWS = (
    News(
        2,
        "What we do now",
        "The target was not met, so nobody has paid anything. As we said, we have written to the council once more, "
        "without a lawyer. The box is in Mrs Ames’s hall, and anybody may come and look at it.",
    ),
)
