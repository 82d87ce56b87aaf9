"""What the guided tour needs beside its pages: words to copy into forms, and papers to send in."""

import gettext
from dataclasses import dataclass

from markupsafe import Markup

from app.i18n.catalog import TRANSLATIONS
from app.seed.papers import certificate


@dataclass(frozen=True)
class Copy:
    """What to type into the field that the portal calls `label`, in English and in Persian."""

    label: str
    english: str
    persian: str = ""


# The lawyer, the client and the case of the first journey. Whoever goes on the tour may change every word of it.
LAWYER, CLIENT = "nadia@example.org", "ellen@example.org"
SIGN_UP = (Copy("Your name", "Nadia Amini"), Copy("Email address", LAWYER))
APPLICATION = (
    Copy("Registration number", "634512"),
    Copy("Your name on the register", "Nadia Amini"),
    Copy("Firm or chambers", "Amini Law"),
    Copy("Town", "Hull"),
)
CASE = (
    Copy("Title", "Clean air for Mill Lane", "هوای پاک برای میل‌لین"),
    Copy("Who signed it?", "Ellen Marsh", "الن مارش"),
    Copy("Who do you act for?", "Ellen Marsh and other residents of Mill Lane", "الن مارش و دیگر ساکنان میل‌لین"),
    Copy("Who is on the other side?", "Harrowby City Council", "شورای شهر هاروبی"),
    Copy("Court or body", "High Court, Administrative Court in Leeds", "دادگاه اداری لیدز"),
    Copy(
        "Cause of action",
        "Judicial review of the decision of 3 March to open the lane to lorries",
        "بازنگری قضایی تصمیم ۳ مارس دربارهٔ باز کردن خیابان به روی کامیون‌ها",
    ),
    Copy(
        "Relief sought",
        "An order that the council decides again, after counting the lorries.",
        "دستور به شورای شهر که پس از شمردن کامیون‌ها دوباره تصمیم بگیرد.",
    ),
    Copy("Who benefits", "About 900 people who live on the lane.", "حدود ۹۰۰ نفر که در این خیابان زندگی می‌کنند."),
    Copy("Where are they?", "Mill Lane, Harrowby", "میل‌لین، هاروبی"),
    Copy("About how many are they?", "900", "۹۰۰"),
    Copy(
        "Summary",
        "A street asks the court to make its council count the lorries.",
        "ساکنان یک خیابان از دادگاه می‌خواهند که شورای شهر کامیون‌ها را بشمارد.",
    ),
    Copy(
        "Story",
        "Until March no lorry was allowed on Mill Lane. Then the council opened it to all of them, day and night, "
        "without counting a single one.\n\nWe have counted. On an ordinary Tuesday there were 412, eleven of them "
        "between three and four in the morning. The primary school stands four metres from the kerb.\n\n## What we ask "
        "the court to decide\n\nWe say that a council must know what it decides about. We do not ask the court to "
        "close the lane. We ask that the decision be taken again, with the numbers on the table.",
        "تا ماه مارس هیچ کامیونی اجازه نداشت از میل‌لین بگذرد. آنگاه شورای شهر خیابان را شب و روز به روی همهٔ آنها باز "
        "کرد، بی‌آنکه حتی یکی را بشمارد.\n\nما شمردیم. در یک سه‌شنبهٔ معمولی ۴۱۲ کامیون گذشت، یازده تای آنها میان ساعت سه "
        "و چهار بامداد. مدرسهٔ ابتدایی چهار متر با خیابان فاصله دارد.\n\n## از دادگاه چه می‌خواهیم\n\nما می‌گوییم شورا "
        "باید بداند دربارهٔ چه چیزی تصمیم می‌گیرد. نمی‌خواهیم دادگاه خیابان را ببندد. می‌خواهیم تصمیم دوباره گرفته شود، "
        "این بار با عددها روی میز.",
    ),
    Copy("What for", "Barrister’s fee", "حق‌الوکالهٔ وکیل دادگاه"),
    Copy("Amount (%(unit)s)", "950", "۹۵۰"),
    Copy("What does the initial target pay for?", "Advice and letter before claim", "مشاوره و نامهٔ پیش از دعوا"),
    Copy(
        "Why is that the first thing?",
        "The council must be asked before the court is.",
        "پیش از دادگاه باید از شورای شهر خواست.",
    ),
    Copy("Why you see them so", "The council says itself that it counted nothing.", "شورا خود می‌گوید چیزی نشمرده است."),
    Copy(
        "What should backers know about the costs?",
        "If we lose, my clients may have to pay up to £5,000. Backers owe nothing.",
        "اگر ببازیم، ممکن است موکلانم ناچار شوند تا ۵٬۰۰۰ پوند بپردازند. حامیان چیزی بدهکار نمی‌شوند.",
    ),
)
CONSENT = (Copy("Your client’s name", "Ellen Marsh"), Copy("Your client’s email address", CLIENT))
UPDATE = (
    Copy("Title", "The Court of Appeal has heard us", "دادگاه تجدیدنظر ما را شنید"),
    Copy(
        "What has happened",
        "The expert was in the box for an hour and was not shaken. Judgment is expected within weeks.",
        "کارشناس یک ساعت پاسخ داد و از گفته‌اش برنگشت. رأی تا چند هفتهٔ دیگر می‌رسد.",
    ),
)
OUTCOME = (
    Copy("Court or body", "The Court of Appeal", "دادگاه تجدیدنظر"),
    Copy(
        "What the court said, in its own words",
        "The jury was not shown the one document that mattered.",
        "تنها سندی که اهمیت داشت به هیئت منصفه نشان داده نشد.",
    ),
    Copy(
        "What changes now, and for whom",
        "Three convictions are quashed. Three men are free and have their names back.",
        "سه محکومیت لغو شد. سه مرد آزادند و نامشان پاک شده است.",
    ),
    Copy(
        "Your account of why",
        "The court accepted the expert’s report, which your money paid for.",
        "دادگاه گزارش کارشناسی را پذیرفت که با پول شما تهیه شد.",
    ),
)

PAPERS = {
    "practising-certificate.pdf": (
        "Solicitors Regulation Authority",
        "Practising certificate: Nadia Amini, 634512",
        "For the demonstration only",
    ),
    "order.pdf": (
        "IN THE COURT OF APPEAL, CRIMINAL DIVISION",
        "R v Pryce, Okafor and Reid",
        "The convictions are quashed.",
        "For the demonstration only",
    ),
}


# What a regulator would publish: one name is spelt otherwise here, and one lawyer is suspended there.
REGISTER = "register.csv"
_REGISTER = """\
number,name,status,firm
612345,Leila Farahani,practising,Fenmoor Legal
598210,Priya Raman,practising,Fenmoor Legal
571934,Tom Aldous,suspended,Aldous & Keane
640077,Ngozi Belle,practising,Ridgeway Public Law
618833,Shirin Rad,practising,Ridgeway Public Law
655120,Farid Noori,practising,Noori & Daughters
"""


def paper(name: str) -> bytes | None:
    """The PDF or the register of this name."""
    if name == REGISTER:
        return _REGISTER.encode()
    return certificate(*PAPERS[name]) if name in PAPERS else None


def label(english: str, context: str = "") -> Markup:
    """What the portal calls a button or a field, in both of its languages."""
    known = gettext.translation("messages", TRANSLATIONS, ["fa"], fallback=True)
    persian = known.pgettext(context, english) if context else known.gettext(english)
    english, persian = (words.replace(" (%(unit)s)", "") for words in (english, persian))
    both = Markup("<b>{}</b>").format(english)
    if persian == english:  # the portal has not been started here yet
        return both
    return both + Markup(' <span class="fa" lang="fa" dir="rtl">{}</span>').format(persian)
