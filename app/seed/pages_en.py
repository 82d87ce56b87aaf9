"""The pages in English. Every person, firm, public body and place in them is made up; the law is that of England and
Wales."""

from app.cases.drafting import CostsRisk, Parties, Prospects
from app.cases.states import Visibility
from app.seed.papers import stairs
from app.seed.parts import Page, Paper, Sight, line, pounds, stage

WENLOW = Page(
    title="Clean water for the Wenlow",
    summary=(
        "Challenging a permit that lets a treatment works release untreated sewage into the River Wenlow on dry days."
    ),
    area="environment",
    kind="litigation",
    parties=Parties(
        acting_for="Ellen Marsh and two other members of the Wenlow Swimmers",
        respondent="Northern Waters Agency; Harrowby Water plc is an interested party",
        court="High Court, Administrative Court in Leeds",
        claim_number="AC-{year}-LDS-000341",
        legal_stage="permission",
        cause_of_action=(
            "Judicial review of an environmental permit: bathing water left out of account, unclear condition"
        ),
        relief_sought=(
            "An order quashing the permit, so that it must be decided again; a declaration that a condition about "
            "“exceptional” rain is unlawful unless it says how much rain that is."
        ),
        who_benefits=(
            "About 9,000 people in four villages on the river, two schools and everybody who swims or fishes in it."
        ),
        benefits_place="Harrowby, Coldbeck and two more villages on the Wenlow",
        benefits_number=9000,
    ),
    story="""\
The Wenlow rises on the moor above Harrowby and runs for nineteen miles past two schools, a swimming club and the
allotments where I first met the people I now act for.

In March the regulator renewed a permit for the treatment works at Coldbeck. The new permit lets the works release
untreated sewage after “exceptional” rain. Since then there have been 61 releases. On 24 of those days it did not rain
at all. We know because Ellen Marsh, who has swum in the river every week for thirty years, wrote the dates down, and
because the gauge at Harrowby bridge agrees with her.

## What we are asking the court to decide

We say the permit is unlawful for two reasons.

- **Nobody asked what “exceptional” means.** A condition that the operator reads for itself is no condition. Storm
  overflows are meant for unusually heavy rain, and the permit has to say how that is measured.
- **Bathing water was left out.** A mile of the river below the works is a designated bathing water. The agency’s own
  reasons do not mention it.

We are not asking for anything new. We are asking for the permit to mean what it says.

## Where we are

The claim was issued within three months of the decision, as the rules require. The agency has filed its summary
grounds. A judge will now decide on the papers whether we may go on to a full hearing; if the answer is no, we can ask
again at a short hearing.

## What happens if we win

The permit would be cancelled and the regulator would have to decide again, properly. The works would not close: an
interim permit would let it run on stricter terms. If we lose, my clients may have to pay part of the other side’s
costs, up to the cap that the court rules set for environmental claims. Backers owe nothing beyond their pledge.
""",
    lines=(
        line(1600, "Barrister’s fees", "Reply to the summary grounds, and the permission hearing if there is one"),
        line(900, "Expert hydrology note", "Dr Ines Calder: rain, river level and releases, set side by side"),
        line(700, "Solicitor’s time", "At a reduced rate of £110 an hour, capped"),
        line(250, "Court fees and copying", "Issue and permission"),
    ),
    costs=CostsRisk(
        "capped",
        pounds(5000),
        "This is an Aarhus Convention claim. Each of my clients claims as an individual, so unless the court "
        "changes the limit, none can be ordered to pay more than £5,000 of the other side’s costs. Backers are "
        "not parties and owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "Permission",
            "A judge decides whether the claim may go on; without that there is no hearing.",
        ),
        stage(
            "The full hearing",
            "Two days in court, with the hydrologist’s evidence set out in full.",
            6000,
        ),
        stage(
            "An appeal",
            "Only if one side appeals and the court allows it.",
            4500,
        ),
    ),
    prospects=Prospects(
        "reasonable",
        (
            "The condition about “exceptional” rain has no measure in it, and a regulator must be able to say "
            "when a condition is broken. The point on bathing water is plainer still. Courts give regulators "
            "room in technical matters, and that is where the claim could fail."
        ),
    ),
    paper=Paper(
        "Letter before the claim",
        "letter",
        64,
        (
            "Fenmoor Legal, Leeds",
            "To the Northern Waters Agency",
            "Permit for the works at Coldbeck",
            "We act for three members of the Wenlow Swimmers.",
            "We ask the Agency to withdraw the permit, or to say why it will not.",
            "If we have no answer within fourteen days, we shall ask the court.",
            "This is a made-up letter of a demonstration.",
        ),
    ),
    sight=Sight(
        "A drawing of a river that winds out of green hills in the evening light",
        "The Wenlow below Harrowby, as one of the swimmers drew it",
    ),
)

HADDAD = Page(
    title="Bring the Haddad children home",
    summary=(
        "A refused family reunion visa has kept two sisters from their parents for nineteen months. The appeal is "
        "listed."
    ),
    area="immigration",
    kind="litigation",
    parties=Parties(
        acting_for="Yara and Salma Haddad, aged 13 and 9, by their father as litigation friend",
        respondent="Entry Clearance Officer",
        court="First-tier Tribunal (Immigration and Asylum Chamber), Bradford",
        claim_number="HU/51877/{year}",
        legal_stage="hearing",
        cause_of_action="Human rights appeal: refusal of entry clearance, right to family life (Article 8 ECHR)",
        relief_sought=(
            "A decision that the refusal breaches the children’s and their parents’ right to family life, so that "
            "visas must be granted."
        ),
        who_benefits=(
            "Two children, their parents in Bradford, and other families told that a school bag is no proof of kinship."
        ),
        benefits_place="Amman, Bradford",
        benefits_number=4,
    ),
    story="""\
Yara is thirteen. Salma is nine. They live with an aunt in Amman who is seventy-four and has been told by her doctors
to stop lifting things, which in her case means Salma. Their parents, Rima and Nabil, are refugees in Bradford. They
were separated at a border on a night when there was room in the car for two, and the plan was that it would be for a
week.

The application for family reunion was made under the rules as they stood that spring. It came with birth
certificates, a school register and four years of photographs. Eleven months later it was refused in two paragraphs.
The officer was “not satisfied” that the girls are related to their parents, because one certificate was a replacement
issued after the original burned, and did not consider the DNA report at all, although it is listed in the bundle as
document 31.

## What we are asking the tribunal to decide

The tribunal will look at the family as it is on the day of the hearing. We ask it to find three things:

1. that the girls are who they say they are, which the DNA report puts at 99.9998 per cent;
2. that their best interests were not a primary consideration, as they must be;
3. that keeping the family apart is out of proportion to any aim it serves.

Legal aid does not, as a rule, reach family reunion. An application for exceptional funding was refused; we have asked
for a review, and if it succeeds we shall say so here and the money for the same work will not be taken twice.

## What the money pays for

An independent social worker will meet the girls by video and with an interpreter, and report on what the separation
is doing to them. Counsel will argue the appeal. The hearing is listed for one day, and it is close: that is why the
deadline on this page is short.

If we win, visas usually follow within weeks unless the Home Office appeals. If we lose, there is an appeal on a point
of law to the Upper Tribunal, and I shall tell you plainly whether I think there is one.
""",
    lines=(
        line(1400, "Barrister’s fee", "One-day hearing, conference and skeleton argument"),
        line(950, "Independent social worker", "Two interviews by video, report on the children’s best interests"),
        line(420, "Interpreters and translation", "Levantine Arabic; school and hospital records"),
        line(600, "Solicitor’s time", "Witness statements and bundle, at a fixed fee"),
    ),
    costs=CostsRisk(
        "none",
        None,
        "In this tribunal each side bears its own costs, unless somebody behaves unreasonably. Backers owe "
        "nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "The appeal hearing",
            "The date is set: the tribunal hears the family, the social worker and the DNA evidence.",
        ),
    ),
    prospects=Prospects(
        "strong",
        (
            "The DNA report settles who the girls’ parents are, and the refusal does not mention it. What is "
            "left is whether keeping the family apart is proportionate, and tribunals seldom find that of two "
            "children."
        ),
    ),
)

DUNMERE = Page(
    title="A second look for the Dunmere Three",
    summary="Phone-mast evidence was never put to the jury. This pays for the expert report that the appeal needs.",
    area="criminal-justice",
    kind="defence",
    parties=Parties(
        acting_for="Joel Pryce, Dean Okafor and Callum Reid",
        respondent="The King (Crown Prosecution Service)",
        court="Court of Appeal, Criminal Division",
        claim_number="{year}/02196 B3",
        legal_stage="appeal",
        cause_of_action="Application for leave to appeal against conviction, out of time, with fresh evidence",
        relief_sought=(
            "Leave to appeal and to rely on fresh evidence under section 23 of the Criminal Appeal Act 1968; "
            "convictions quashed as unsafe, or a retrial."
        ),
        who_benefits="Three men serving long sentences, their families, and others convicted on phone location alone.",
        benefits_place="Dunmere and the prisons where they are held",
        benefits_number=3,
    ),
    story="""\
On a wet Friday in November somebody robbed the post office at Dunmere. Nobody saw a face. Three young men from the
next town were convicted because their phones, the jury was told, “were in Dunmere”.

They were not. A phone does not say where it is. It says which mast it talked to, and the mast on Dunmere Hill covers
sixteen miles of valley, including the takeaway in Marram where two of the three had bought supper at 18:52 and kept
the receipt.

The records from the second mast, which would have shown which side of the valley each phone was on, were disclosed
eleven days before trial, in a format that nobody on the defence team could open. The jury never heard of them.

## What has changed

Last year a telecoms engineer, working for nothing, opened the file. Her note is four pages long. It says that all
three phones changed sectors at 18:47, in the direction of Marram, and that at the time of the robbery none could have
been within five miles of the post office.

The Court of Appeal may receive fresh evidence if it is capable of belief, might afford a ground for allowing the
appeal, would have been admissible at the trial, and if there is a reasonable explanation why it was not used then. A
four-page note will not do. The court needs a full report by an expert who can be cross-examined.

## What the money pays for

The report itself is the largest part: reading every record from both masts, a drive survey with the same model of
phone, and a chronology that a court can follow. The rest is transcripts and counsel’s written advice and grounds.

None of the three has any money. Two have been released on licence and work nights. Legal aid for advice on an appeal
out of time covers a few hours, not a survey.

I do not promise an acquittal. I say that twelve people were asked to decide without the most important document in
the case, and that they should not have been.
""",
    lines=(
        line(2200, "Cell-site expert report", "Both masts, drive survey, chronology"),
        line(1300, "Barrister’s fees", "Written advice and perfected grounds of appeal"),
        line(480, "Transcripts", "Summing-up and the evidence of two witnesses"),
    ),
    costs=CostsRisk(
        "uncapped",
        None,
        "If leave is refused or the appeal is dismissed, the Court of Appeal may order an appellant to pay costs "
        "that are just and reasonable. It seldom does so against people without means. Backers are not parties "
        "and owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "Leave to appeal",
            "The new report on phone masts is put before the single judge.",
        ),
        stage(
            "The appeal",
            "If leave is given: two days before three judges.",
            9000,
        ),
    ),
    prospects=Prospects(
        "test",
        (
            "Few convictions of this age are reopened. What the jury was told about phone masts would not be "
            "said by any expert today; whether that makes the verdicts unsafe is a question that the court "
            "has not decided yet."
        ),
    ),
)

KITCHENS = Page(
    title="Equal pay for Wrenfield’s school kitchens",
    summary=(
        "Forty-two cooks and servers say they are paid less than men doing work of equal value for the same council."
    ),
    area="employment",
    kind="litigation",
    parties=Parties(
        acting_for="Maureen Duffy and 41 other catering staff",
        respondent="Wrenfield Borough Council",
        court="Employment Tribunal, Leeds",
        claim_number="1803456/{year}",
        legal_stage="issued",
        cause_of_action="Equal pay: work of equal value (Equality Act 2010, sections 65 and 66)",
        relief_sought=(
            "A declaration that the women’s contracts include the better terms of the men they compare themselves "
            "with, and arrears of pay for up to six years before the claim."
        ),
        who_benefits="42 claimants now, and some 300 catering, cleaning and care staff on the same pay scale.",
        benefits_place="Wrenfield and its nineteen schools",
        benefits_number=340,
    ),
    story="""\
At half past six in the morning, before there is a light on anywhere else in Wrenfield, Maureen Duffy turns on the
ovens at St Brannoc’s primary school. By noon she and three others will have cooked 310 meals, eleven of which must
contain no trace of nuts, four no gluten and one no milk. She has done it for twenty-two years. If she gets one wrong,
a child goes to hospital.

The council’s own grading puts her work on the same level as that of the men who cut the verges. The men have a bonus:
for attendance, for working outside, and since 1998 for “productivity”, although nobody has measured it since 2003.
With the bonus they earn up to £2.60 an hour more. No woman in the kitchens has ever been offered one.

## What the law says

Where a woman’s work is rated as equivalent to a man’s or is of equal value, her contract is read as if it held the
same term as his, unless the employer shows that the difference is due to a material factor that has nothing to do
with sex. A bonus that is paid for turning up is hard to explain in that way when only one side is paid for it.

The council says the kitchens were moved to a company of its own four years ago. We say that the source of the pay is
still the council, and that it can put the matter right.

## What happens next

The tribunal has listed a preliminary hearing to decide who may be compared with whom. After that an independent
expert measures both jobs: knowledge, effort, responsibility, conditions. We need our own expert to read that work
critically, and counsel for the preliminary hearing.

The union has paid for the first year. It has now reached the limit of its fund.

Most of my clients earn under £15,000 a year. They have never sued anybody. When I asked what they wanted, Maureen
said: “To be written down properly.”
""",
    lines=(
        line(
            3000,
            "Job evaluation expert",
            "Two jobs, twelve interviews, report, questions to the tribunal’s expert",
        ),
        line(2400, "Barrister’s fees", "Two-day preliminary hearing, and advice on evidence"),
        line(1600, "Solicitor’s time", "42 schedules of loss; half of the work is done without charge"),
    ),
    costs=CostsRisk(
        "none",
        None,
        "In the Employment Tribunal each side bears its own costs, unless a party acts unreasonably or has no "
        "reasonable prospect of success. Backers owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "Job evaluation and the first hearing",
            "Without an expert’s comparison of the jobs the claim cannot be heard.",
        ),
        stage(
            "The final hearing",
            "Five days, with ten witnesses.",
            7500,
        ),
    ),
    prospects=Prospects(
        "reasonable",
        (
            "The council has paid the men’s bonus for years and cannot say what it rewards. Its best answer "
            "is that the jobs differ more than they seem, and that is what the expert is for."
        ),
    ),
)

LIFTS = Page(
    title="Lifts that work at Carrow station",
    summary=(
        "The only lift has been out of service for 214 days. Three passengers ask for a timetable they can rely on."
    ),
    area="human-rights",
    kind="litigation",
    parties=Parties(
        acting_for="Nadia Ferreira, Hugh Tennant and Priti Shah",
        respondent="Eastmoor Trains Ltd, the station’s operator",
        court="County Court at Norwich",
        claim_number="",
        legal_stage="pre_action",
        cause_of_action=(
            "Failure to make reasonable adjustments in a service (Equality Act 2010, sections 20, 21 and 29)"
        ),
        relief_sought=(
            "An injunction setting dates for repair and for a working alternative until then; a declaration; "
            "damages for injury to feelings."
        ),
        who_benefits="Everybody who cannot climb 46 steps: about 350 passengers a week, by the operator’s own count.",
        benefits_place="Carrow and the villages along the line",
        benefits_number=350,
    ),
    story="""\
There are 46 steps at Carrow station. There is also a lift, and a notice on the lift. The notice says that an engineer
has been called. It has said so for 214 days.

Nadia Ferreira uses a wheelchair and works in the city. For seven months her journey has been: a bus in the other
direction to Thorpe End, a train back through Carrow, which does not stop there for her, and fifty minutes more than
her colleagues need. Hugh Tennant is eighty-one and has given up the concerts. Priti Shah has twins in a double buggy
and asks strangers.

The operator offers a taxi if one telephones the day before. Twice it came. Four times it did not, and once it came
without a ramp.

## What we say

A business that serves the public must take reasonable steps so that disabled people are not put at a substantial
disadvantage. It cannot wait until somebody complains, and a taxi that comes two times in six is no adjustment. We do
not say that a lift may never break. We say that seven months without a date is not reasonable, and that until it
works there must be something else that does.

## What the money pays for

This is the first stage. An access auditor will look at the station and at what other operators do. Counsel will
settle the letter before claim and, if there is no proper answer, the claim. County court fees come after that.

The time limit for such a claim is six months from the act complained of. The failure goes on every day, but we mean
to be well inside it.

We would rather have a date than a judgment. If Eastmoor Trains gives one and keeps it, I shall report here what was
spent.
""",
    lines=(
        line(1150, "Access audit", "A day at the station, report with photographs and costed alternatives"),
        line(900, "Barrister’s fees", "Letter before claim and particulars of claim"),
        line(780, "Court fees", "Issue and hearing"),
        line(600, "Solicitor’s time", "Fixed fee for three statements"),
    ),
    costs=CostsRisk(
        "uncapped",
        None,
        "In the county court the loser usually pays. My clients have been quoted for insurance against that and "
        "take it out before a claim is issued; until then no costs of the other side arise. Backers are not "
        "parties and owe nothing beyond their pledge.",
        "applied",
    ),
    raising=(
        stage(
            "Audit, letter before claim and issue",
            "The operator must be asked first; if it does nothing, the claim is issued within the time limit.",
        ),
        stage(
            "The trial",
            "One day in the county court.",
            3500,
        ),
    ),
    prospects=Prospects(
        "reasonable",
        (
            "A lift that fails on 214 days is no reasonable adjustment. The operator will say that spare "
            "parts are out of its hands; its own log says that it ordered none for four months."
        ),
    ),
    paper=Paper(
        "The notice on the lift",
        "other",
        9,
        (
            "Eastmoor Trains, Carrow station",
            "This lift is out of service.",
            "An engineer has been called.",
            "If you need a taxi, please telephone the day before.",
            "This is a made-up notice of a demonstration.",
        ),
    ),
    sight=Sight(
        "A drawing of a tall flight of stairs beside the closed doors of a lift with a notice on them",
        "Forty-six steps, and the notice",
        stairs,
    ),
)

FERRY = Page(
    title="A ramp on every Merrin ferry",
    summary=(
        "Four passengers in wheelchairs were left on the quay. They ask for a ramp on each crossing, not on every "
        "third."
    ),
    area="human-rights",
    kind="litigation",
    parties=Parties(
        acting_for="Gwen Parry and three other passengers",
        respondent="Merrin Sound Ferries Ltd",
        court="County Court at Truro",
        claim_number="L04TR172",
        legal_stage="issued",
        cause_of_action=(
            "Failure to make reasonable adjustments in a service (Equality Act 2010, sections 20, 21 and 29)"
        ),
        relief_sought=(
            "An injunction that a boarding ramp be carried on every crossing; damages for injury to feelings."
        ),
        who_benefits="Islanders and visitors who use a wheelchair or cannot step over a gap of 40 centimetres.",
        benefits_place="The Merrin islands",
        benefits_number=60,
    ),
    story="""\
There are three boats on the Merrin crossing and one boarding ramp. If the ramp is on the boat that has just left, a
passenger in a wheelchair waits for two sailings. In winter there are four sailings a day.

Gwen Parry has lived on the island for most of her life. Last January she came back from a hospital appointment with
her son, saw the boat at the quay, and was told that the ramp was “on the *Curlew*”. She waited for three hours and
ten minutes in a shelter without a door. Three other passengers have told us almost the same story. None of them knew
of the others until the parish newsletter printed a letter.

## What we say

A second-hand ramp of the kind used on the crossing costs less than the company spends on repainting one boat. The
company’s answer to our first letter was that demand is low. It is low because people who cannot board stop coming.

The law asks whether a step is reasonable: how much it helps, what it costs, what the company can afford. Carrying a
ramp on each boat helps completely, costs little, and needs no change to the quay.

## What the money paid for

Counsel’s advice and the claim form, the court’s fee, and a marine surveyor’s short report that the three boats can
carry a ramp safely. The surveyor went out on all three in November and was seasick on one of them.

## Where it stands

The initial target was met, every saved card was charged, and the claim was issued. The company’s defence is due. We
have written to say that we remain ready to talk, and that a date by which all three boats carry a ramp would end the
case.

Thank you. Gwen reads every message on this page aloud to her son, including the rude one about the paint.
""",
    lines=(
        line(1100, "Barrister’s fees", "Advice, particulars of claim, first hearing"),
        line(650, "Marine surveyor", "Inspection of three boats, report"),
        line(350, "Court fees", "Issue"),
    ),
    costs=CostsRisk(
        "capped",
        pounds(3000),
        "The company has agreed that neither side will ask the other for more than £3,000 of costs, whatever the "
        "result. Backers are not parties and owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "The claim to judgment",
            "The surveyor’s report and the hearing.",
        ),
    ),
    prospects=Prospects("withheld", ""),
)

LIBRARY = Page(
    title="Save the Thornley library building",
    summary="The council closed the consultation four weeks early. Residents ask for the decision to be taken again.",
    area="government",
    kind="litigation",
    parties=Parties(
        acting_for="Friends of Thornley Library, by its chair, Patrick Adeyemi",
        respondent="Thornley and District Council",
        court="High Court, Administrative Court in London",
        claim_number="",
        legal_stage="pre_action",
        cause_of_action=(
            "Judicial review: unfair consultation; public sector equality duty (Equality Act 2010, section 149)"
        ),
        relief_sought=(
            "An order quashing the decision to sell the building, and a declaration that the consultation was unlawful."
        ),
        who_benefits=(
            "11,000 library members, and the nine groups that meet in the building because it is warm and free."
        ),
        benefits_place="Thornley and the valley around it",
        benefits_number=11000,
    ),
    story="""\
The library at Thornley was paid for by public subscription in 1906. The names of the subscribers are on the wall:
1,204 of them, most at a shilling. In spring the council asked residents whether the building should be sold and the
books moved to a room in the leisure centre. The questionnaire was to be open for twelve weeks.

After eight weeks the page disappeared. A note said that “sufficient responses had been received”. Two weeks later the
cabinet resolved to sell. At that time the paper forms from the two care homes and from the school had not been
collected. They are still in a box in the reading room.

## What the law asks of a consultation

It must take place when the proposal is still being formed; it must give enough reasons for an intelligent answer; it
must leave adequate time; and what comes back must be conscientiously taken into account. When a council says twelve
weeks, people plan for twelve weeks. Nobody can take into account what is still in a box.

The council also had to think about older and disabled people, who use the building most and for whom the leisure
centre is two buses away. The equality assessment is one page long, and the box for “impact” says “none identified”.

## What the money pays for

A letter before claim, which gives the council the chance to reopen the consultation; if it does not, a claim, which
must be brought promptly and in any event within three months. We expect a written decision on permission within two
months of that.

## If it fails

If pledges do not reach the target by the deadline, nobody pays anything. We should then ask the council once more by
letter, without a lawyer, and keep the box.
""",
    lines=(
        line(2400, "Barrister’s fees", "Grounds of claim and permission on the papers"),
        line(900, "Solicitor’s time", "Fixed fee: letter before claim, statements, bundle"),
        line(500, "Court fees and copying", "Issue"),
    ),
    costs=CostsRisk(
        "uncapped",
        None,
        "If the claim is issued and lost, the Friends may have to pay the council’s costs; at the permission "
        "stage these are usually a few thousand pounds. If permission is given, we shall ask for a costs capping "
        "order. Backers are not parties and owe nothing beyond their pledge.",
        "applied",
    ),
    raising=(
        stage(
            "Letter before claim and issue",
            "The claim must be issued within three months of the decision.",
        ),
        stage(
            "Permission and hearing",
            "Only if the court lets the claim go on.",
            5000,
        ),
    ),
    prospects=Prospects(
        "uncertain",
        (
            "The council did ask the public, but about something else. How much a council may change after it "
            "has asked is a matter of degree, and we have not seen all of its papers yet."
        ),
    ),
)

FACES = Page(
    title="Stop live face scanning on Marlow Road",
    summary="Shoppers were scanned without being told. We ask the court to say when, if ever, that is lawful.",
    area="government",
    kind="litigation",
    parties=Parties(
        acting_for="Samuel Idowu",
        respondent="Chief Constable of Ridgeway Constabulary",
        court="High Court, Administrative Court in London",
        claim_number="",
        legal_stage="pre_action",
        cause_of_action=(
            "Judicial review: private life (Article 8 ECHR), Data Protection Act 2018 Part 3, equality duty"
        ),
        relief_sought=(
            "A declaration that the two deployments on Marlow Road were unlawful, and deletion of what was kept; "
            "an order that no further deployment take place there without a published policy."
        ),
        who_benefits=(
            "Some 14,000 people who walked down one street on two Saturdays, and whoever walks down the next one."
        ),
        benefits_place="Marlow Road and wherever the vans go next",
        benefits_number=14000,
    ),
    story="""\
On two Saturdays in September a grey van stood outside the pharmacy on Marlow Road. On its roof were two cameras. On
its side was a sign of about the size of a paperback, at the height of the wheel arch.

Some 14,000 faces were scanned and compared with a list of 6,300 people. There were nine alerts. Seven were wrong. One
of the seven was Samuel Idowu, a youth worker of thirty-eight, who was held against a shop window for twenty-two
minutes with his ten-year-old beside him until an officer looked at his library card.

## What we say

The Court of Appeal has told the police before what such a system needs: rules that say who may be put on the list and
where the cameras may stand, so that it is not left to whoever drives the van; a proper assessment of what it does to
people’s data; and steps to find out whether it errs more often with some faces than with others.

We asked the constabulary for its policy. It sent one from another force, with that force’s name still on page two.

## What is not in this case

We do not say that the police may never use this technology, and we do not act for anybody who was looked for. The
question is who decides, by what rule, and whether those who are scanned can know it.

## What the money pays for

The letter before claim has been sent. The money pays for counsel’s grounds, the court’s fee, and an expert in
statistics who can say what seven wrong alerts in nine mean and what they do not. My own time up to permission is
free.

A claim must be brought promptly and within three months. We are ready to file on the day after the target is met.
""",
    lines=(
        line(
            2600,
            "Barristers’ fees",
            "Grounds of claim and permission; two barristers, at reduced rates",
        ),
        line(850, "Expert in statistics", "Error rates by group, short report"),
        line(350, "Court fees and copying", "Issue"),
    ),
    costs=CostsRisk(
        "uncapped",
        None,
        "If we lose, Mr Idowu may have to pay the constabulary’s costs. We have asked it to agree that each side "
        "bears its own, and shall apply for a costs capping order if it will not. Backers are not parties and owe "
        "nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "Issue and permission",
            "The claim must be issued within three months, and a judge decides whether it goes on.",
        ),
        stage(
            "The hearing",
            "Two days, with an expert on how often the machine is wrong.",
            8000,
        ),
    ),
    prospects=Prospects(
        "test",
        (
            "One earlier case was won on the lack of clear rules. The force has written rules since. Whether "
            "they are enough is open, and that is why the case is worth bringing."
        ),
    ),
)

CERTIFICATE = Page(
    title="A name on the birth certificate",
    summary=(
        "Two mothers, and a clinic that lost one page of a form. They ask the court to declare that both are parents."
    ),
    area="human-rights",
    kind="litigation",
    visibility=Visibility.PRIVATE,
    parties=Parties(
        acting_for="R. and J., parents of a girl of two",
        respondent="None; the Registrar General is notified",
        court="High Court, Family Division, sitting in Sheffield",
        claim_number="",
        legal_stage="pre_action",
        cause_of_action=(
            "Declaration of parentage (Family Law Act 1986, section 55A); agreed female parenthood conditions"
        ),
        relief_sought=(
            "A declaration that J. is the child’s legal parent, so that the birth can be registered again with both"
            " names."
        ),
        who_benefits="One child, and families of other patients whose files at the same clinic are incomplete.",
        benefits_place="Sheffield, and patients of one clinic",
        benefits_number=1,
    ),
    story="""\
This page is private because it is about a child. Please send the link only to people who should know.

R. and J. have been together for nine years. Their daughter was born after treatment at a licensed clinic. Before the
treatment each of them signed a notice: one that she agreed to the other being a parent, one that she agreed to being
it. That is what the law asks of two women who are not married, and it has to be done before, not after.

When J. applied for a passport for the child, the office asked the clinic for the file. One of the two notices was
gone. The clinic’s audit says that eleven files of that year have a page missing. The register office wrote that,
without the page, it must treat J. as no relation at all, and that the certificate it had issued was wrong.

R. was ill last winter. For three days a ward refused to tell J. anything about her own daughter.

## What we ask the court

The High Court has decided cases like this before. It does not ask whether a page can be found; it asks whether, on
the evidence, the page was signed in time. We have the clinic’s appointment book, the nurse who remembers it, the
consent given on the same afternoon for something else, and an invoice for counselling on “parenthood forms”. We ask
for a declaration of parentage.

## What the money pays for

The clinic has offered to pay part of the costs, without admitting anything, and has not said how much. What it pays
will come off the target, and will be reported here. The rest is a barrister for half a day, the court’s fee and a
statement from the nurse, who has moved abroad.

We expect to be heard within five months. Nobody opposes the application; the judge has to be satisfied all the same.
""",
    lines=(
        line(1500, "Barrister’s fee", "Half-day hearing and written argument"),
        line(700, "Solicitor’s time", "Five statements and the bundle, at a fixed fee"),
        line(300, "Court fee and a sworn statement abroad", "Includes the notary"),
    ),
    costs=CostsRisk(
        "none",
        None,
        "Nobody opposes the application, and in proceedings about a child the court seldom orders one side to pay "
        "the other’s costs. Backers owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "The application",
            "One hearing, with a sworn statement from abroad.",
        ),
    ),
    prospects=Prospects(
        "strong",
        (
            "Nobody opposes it, and judges have made such orders where the papers were lost by a clinic and "
            "not by the parents."
        ),
    ),
)

PICKERS = Page(
    title="Fair terms for seasonal pickers",
    summary="Pickers were charged for tools and transport until some earned less than the minimum wage.",
    area="employment",
    kind="litigation",
    parties=Parties(
        acting_for="61 seasonal workers from five countries",
        respondent="Greenhallow Produce Ltd and Vale Harvest Labour Ltd",
        court="Employment Tribunal, Birmingham",
        claim_number="1305521/{year}",
        legal_stage="issued",
        cause_of_action="Unlawful deductions (Employment Rights Act 1996, Part II); National Minimum Wage Act 1998",
        relief_sought="Repayment of all deductions, arrears up to the minimum wage, holiday pay, and correct payslips.",
        who_benefits="61 claimants, and about 900 people who pick for the same farms each year.",
        benefits_place="Farms in the Vale of Evesham, and the pickers’ home countries",
        benefits_number=961,
    ),
    story="""\
The contract said £13.10 an hour. The payslip said so too, in the first line. In the lines below it stood a caravan, a
bus, a knife, gloves, a “welfare charge”, and in one week of rain a “standing fee”, which my clients understood to be
a fee for standing.

What was left for the week of 14 July was £171.06 for 51 hours. I have 61 such payslips. They were kept in a biscuit
tin by a woman from Samarkand who was a bookkeeper at home and knew what she was looking at.

## What we say

An employer may take from wages only what the law, the contract or the worker’s written agreement allows, and nothing
that it charges for tools or for a bus it insists on may bring pay below the minimum wage. For a place to live there
is a fixed daily limit. The caravans were charged at three times that limit, with six people in each.

The workers were hired by one company and worked for another. Each says the other is the employer. We have brought the
claim against both, and ask the tribunal to decide that first.

## What the money pays for

Interpreters: Uzbek, Kyrgyz, Nepali, Romanian and Tajik. A forensic accountant’s schedule of 61 claims, because a
tribunal cannot add up a biscuit tin. Counsel for the preliminary hearing. Half of the claimants have gone home and
will give evidence by video, which needs permission from the state they are in, and that costs fees too.

Nobody here wants more than the first line of the payslip. They want the other lines explained, and what cannot be
explained paid back.
""",
    lines=(
        line(1900, "Barrister’s fees", "Preliminary hearing: who is the employer"),
        line(1200, "Interpreters", "Five languages, conference and hearing"),
        line(1000, "Accountant’s schedule", "61 claims in one table that a tribunal can read"),
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
            "The first hearing",
            "The tribunal decides who employed the pickers: the farms or the agency.",
        ),
        stage(
            "What is owed",
            "The accountant’s tables, and a hearing about each claim.",
            6500,
        ),
    ),
    prospects=Prospects(
        "reasonable",
        (
            "The payslips show the deductions. The difficulty is that two companies point at each other, and "
            "the tribunal has to find that one of them, or both, must answer."
        ),
    ),
)

DEPOT = Page(
    title="Night shifts at Tidewell depot",
    summary="Drivers ask for the breaks that the rota shows and nobody has ever had.",
    area="employment",
    kind="advice",
    parties=Parties("Nineteen night drivers", "Tidewell Logistics Ltd", "", "", "pre_action", "", "", ""),
    story="""\
*First notes, to be written properly once I have seen the rotas.*

The rota shows a break of twenty minutes at 02:00. The tachographs show that at 02:00 everybody is driving. Nineteen
drivers have told me so, separately, and fourteen have kept photographs of the board. The working time rules give them
the break; the depot gives them a form on which to sign that they had it.

Still to do: relief sought, budget, who exactly signs the forms.
""",
    lines=(),
    costs=CostsRisk("", None, ""),
)

FESTIVAL = Page(
    title="Refunds for the Harbour Lights festival",
    summary="The festival was called off in the rain. Ticket holders want their money back, and so do I.",
    area="other",
    kind="litigation",
    parties=Parties(
        acting_for="Tom Aldous and other ticket holders",
        respondent="Harbour Lights Events Ltd (in liquidation)",
        court="County Court at Brighton, small claims track",
        claim_number="",
        legal_stage="pre_action",
        cause_of_action="Breach of contract; Consumer Rights Act 2015, section 54",
        relief_sought="Return of the ticket price, with interest.",
        who_benefits="Up to 2,300 ticket holders, if they bring claims of their own.",
        benefits_place="Brighton and wherever they came from",
        benefits_number=2300,
    ),
    story="""\
On the second day of the Harbour Lights festival it rained so hard that the main stage was closed at four in the
afternoon and did not open again. The tickets cost £95. The organiser offered a voucher for next year, and a month
later went into liquidation, so that there will be no next year.

I was there, as a ticket holder, with my sister and a borrowed tent. Some forty people have written to me since,
because they saw that I am a solicitor. I have told all of them to ask their card provider for a chargeback first, and
twenty-six have had their money back in that way.

## What we say

A service must be provided with reasonable care, and where it is not provided at all, a consumer may ask for the price
back. The terms on the ticket say that there is no refund “in adverse weather”. We say that a term of that kind, in
print that needs a magnifying glass, is unfair and does not bind a consumer.

## The difficulty

The company has no money. A judgment would make us creditors, and creditors of this company can expect a few pence in
the pound. There may be insurance: the liquidator has not answered two letters about it. If there is, a single test
case on the small claims track would help everybody who has not been paid.

## What the money pays for

The court’s issue and hearing fees, a search in the company’s records, and a day of a barrister’s time to write the
test case in such a way that others can copy it. My own time is free, since I am one of the people who got wet.
""",
    lines=(
        line(450, "Barrister’s fee", "One day: a test case that others can copy"),
        line(180, "Court fees", "Issue and hearing"),
    ),
    costs=CostsRisk(
        "capped",
        pounds(250),
        "On the small claims track the loser pays fixed sums only. Backers owe nothing beyond their pledge.",
        "none",
    ),
    raising=(
        stage(
            "The first claim",
            "One claim decides whether the organiser owes a refund.",
        ),
    ),
    prospects=Prospects(
        "reasonable",
        (
            "The terms promise a refund if the festival is called off. Whether it was called off or put off "
            "is what the parties disagree about."
        ),
    ),
)


INCINERATOR = Page(
    title="Ash over the Kellow allotments",
    summary="A permit lets an incinerator burn a third more beside a school. Nobody measured what already falls there.",
    area="environment",
    kind="litigation",
    parties=Parties(
        acting_for="Kellow Allotment Society",
        respondent="The Environment Agency",
        court="Administrative Court, Leeds",
        claim_number="AC-{year}-LDS-000231",
        legal_stage="permission",
        cause_of_action="Judicial review: failure to take the present load of dust into account",
        relief_sought="An order that quashes the varied permit, so that it is decided again on measurements.",
        who_benefits="Some 140 plot holders and the 310 pupils of the school next to the works.",
        benefits_place="Kellow, West Yorkshire",
        benefits_number=450,
    ),
    story="""\
In May the works at Kellow were allowed to burn 96,000 tonnes a year instead of 72,000. The permit says that what falls
on the ground around it will stay “well below guideline values”. It does not say what falls there now, because nobody
has measured it since 2011.

The allotments begin 180 metres from the chimney. In the dry weeks of summer the leaves are grey by the afternoon. The
society asked the Agency for the figures and was sent a model of the wind. It asked again, for measurements, and was
told that the operator would take some once the new furnace was running.

Last autumn four members put jars on their sheds and had the dust weighed at their own cost. It was a handful of jars
and one season, and we do not ask anybody to rest a decision on them. They do show that there is something to measure.

## What we ask the court

We say that a decision about more must begin with how much there is. The Agency’s own guidance says so. We ask the
court to quash the new permit. The old one goes on, and so do the works. If samples show that a third more does no
harm, the Agency can say so and decide as it did before, with the figures in the file.

## What the money pays for

An air-quality expert for two seasons of samples, and counsel for the permission stage and a hearing of two days. The
society has 140 members and no reserves; its own costs are capped by the rules for environmental claims.
""",
    lines=(
        line(13800, "Counsel", "Permission stage and a two-day hearing"),
        line(8200, "Air-quality expert", "Samples over two seasons, report and evidence"),
        line(5100, "Solicitors’ time", "At half the usual rate"),
        line(900, "Court fees", "Permission and hearing"),
    ),
    costs=CostsRisk(
        "capped",
        pounds(10_000),
        "Under the Aarhus rules the society pays at most £10,000 of the other side’s costs. Backers owe nothing beyond "
        "their pledge.",
        "none",
    ),
    raising=(stage("Permission and hearing", "The samples must begin in the dry season."),),
    prospects=Prospects(
        "reasonable", "Permits were quashed for such gaps before; the court may find the model enough."
    ),
)
