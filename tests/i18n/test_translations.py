"""The Persian catalogue: complete, and written as docs/glossary.md says.

Every rule stands with a text that breaks it and one that keeps it, so that a rule that finds nothing is known to look.
"""

import re

import pytest
from babel.messages.pofile import read_po

from app.i18n import catalog

PLACE = re.compile(r"%\((\w+)\)(.)")
GAP = "\N{WHITE SQUARE}"  # stands for a placeholder
HALF = "\u200c"
NEVER_JOINED = "اآأدذرزژوؤء"  # to the letter after them
PERSIAN = re.compile("[\u0600-\u06ff]")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9@.]*[A-Za-z]")

# name: (what is wrong, a text with the fault, a text without it). Placeholders are gaps in the text.
RULES = {
    "Arabic letters": ("[يكى\u06c0ە]", "این كتاب", "این کتاب"),
    "tatweel": ("\u0640", "کمـک", "کمک"),
    "ezafe after a silent he": (f"ه{HALF}ی(?!\\w)|(?<!ه)\u0654", f"همه{HALF}ی آنها", f"همهٔ آنها و خانه{HALF}ای"),
    "old spelling": (r"تامین|تایید|مساله|قضائی|نهائی|مسئله‌ی|قبلا(?!ً)|فعلا(?!ً)", "تایید شد", "تأیید شد"),
    "digits beside a placeholder": (f"{GAP}.*[0-9۰-۹٠-٩]|[0-9۰-۹٠-٩].*{GAP}", f"۲۴ ساعت {GAP}", f"سی ثانیه {GAP}"),
    "digits of another script": ("[0-9٠-٩]", "۳۰ روز، 24 ساعت", "۳۰ روز"),
    "half-space at an edge": (f"{HALF}(?![^\\W\\d_])|(?<![^\\W\\d_]){HALF}", f"پرونده {HALF}ها", f"خانه{HALF}ها"),
    "half-space after a letter that never joins": (f"[{NEVER_JOINED}]{HALF}ها", f"تعهد{HALF}ها", f"گام{HALF}ها"),
    "half-space in a joined word": (f"(آن|این){HALF}(ها|که)|بل{HALF}که", f"آن{HALF}ها", "آنها، اینکه"),
    "half-space left out": (
        r"(?<!\w)ن?می(?=\s)|(?<!\w)ن?می(شو|کن|توان|ده|گیر|خواه|پرداز|زن|مان|رس)|\sها(?!\w)|\sهای(?!\w)",
        "میشود و می شود",
        f"نمی{HALF}شود و می{HALF}ماند",
    ),
    "words we do not use": (
        f"(?<![\\w{HALF}])(لطفا|می‌باش|گردید|نمود(?!ار)|نمایید|جهتِ|توسط|مستدعی|اینجانب|گزارشات|خبررسانی|رونوشت|هم‌رسانی|وکیلان|"
        r"وظیفه‌ها|پاداش|پلتفرم|کمپین|پلن(?!\w)|انعام|آزادشده|بازپرداخت|تومان|تعهدات|تعهد داد|مشتری|سرمایه‌گذار(?!ی)|"
        r"کمک‌کننده|مختومه|نامعتبر|ناکامی|گواهی)",
        "این فرم توسط شما پر گردید",
        "فرم را پر کنید؛ نمودار و سرمایه‌گذاری",
    ),
    "exclamation": ("!", "سپاس!", "سپاس"),
    "the pound sign": ("£", "£۲۵", "۲۵ پوند"),
    "punctuation of another script": (r"""[,;?"']|%""", "بله, شاید", "بله، شاید؟ ۸۰٪"),
    "space before punctuation": (r"\s[،؛؟.:»)]|[«(]\s", "بله ، شاید", "بله، «شاید» (نه)"),
    "no space after punctuation": (r"[،؛؟](?![\s»)]|$)", "بله،شاید", "بله، (شاید؟)"),
    "comma before and": ("، و ", "حامی، وکیل، و موکل", "حامی، وکیل و موکل"),
    "two spaces": (r"\s\s|^\s|\s$", "بله  نه", "بله نه"),
    "dash between clauses": ("[–—]", "بله – شاید", "بله؛ شاید"),
    "ending tied to a placeholder": (f"{GAP}[{HALF}\u0654\\w]", f"{GAP}{HALF}ی", f"{GAP} است، «{GAP}»"),
}

# Sentences that are fixed word for word.
FIXED = {
    "You pay nothing today.": "امروز هیچ مبلغی نمی‌پردازید.",
    "The initial target is met, so your card is charged when you pledge.": (
        "هدف اولیه تأمین شده است؛ بنابراین مبلغ هم‌زمان با تعهد از کارت شما برداشت می‌شود."
    ),
    "Pledge and pay %(total)s": "تعهد و پرداخت %(total)s",
    "I agree that %(site)s may charge this card once if the target is met, and I have read the %(terms)s.": (
        "موافقم که اگر هدف تأمین شد، %(site)s این مبلغ را یک بار از این کارت برداشت کند. %(terms)s را خوانده‌ام."
    ),
    "The lawyer still sees your name, because the law requires them to know who pays.": (
        "وکیل همچنان نام شما را می‌بیند، چون قانون او را موظف می‌کند بداند پول از چه کسی است."
    ),
    "The target is met. We will now charge %(total)s to your card ending %(last4)s.": (
        "هدف تأمین شد. اکنون %(total)s از کارت شما (چهار رقم آخر: %(last4)s) برداشت می‌کنیم."
    ),
    "The target was not met, so you have not been charged. We have removed your saved card.": (
        "هدف تأمین نشد؛ بنابراین پولی از شما برداشت نشد. کارت ذخیره‌شدهٔ شما را هم حذف کردیم."
    ),
    "Page not found. Check the address, or search for the case.": (
        "این صفحه پیدا نشد. نشانی را بررسی کنید یا پرونده را جست‌وجو کنید."
    ),
    "%(site)s does not give legal advice. Backing a case is a gift, not an investment.": (
        "%(site)s مشاورهٔ حقوقی نمی‌دهد. حمایت از پرونده کمک بلاعوض است، نه سرمایه‌گذاری."
    ),
    "We do not know the result yet. Do not pay again. We will email you the result.": (
        "هنوز نتیجهٔ پرداخت را نمی‌دانیم؛ دوباره پرداخت نکنید. نتیجه را به شما ایمیل می‌زنیم."
    ),
}


def read():
    with (catalog.TRANSLATIONS / "fa" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="fa")


def pairs():
    """Each English text with its Persian one, of a plural both forms; what is missing is another test's."""
    for message in read():
        if not message.id:
            continue  # the header
        is_plural = isinstance(message.id, tuple)
        both = zip(message.id, message.string, strict=True) if is_plural else [(message.id, message.string)]
        yield from (pair for pair in both if pair[1])


def broken(pattern, texts):
    """The Persian texts in which `pattern` finds its fault. What is Latin in the English too is none."""
    found = []
    for english, persian in texts:
        text = PLACE.sub(GAP, persian)
        for word in LATIN.findall(PLACE.sub(GAP, english)):
            text = text.replace(word, "س")
        if re.search(pattern, text):
            found.append(persian)
    return found


def test_nothing_is_missing():
    assert catalog.problems() == []


def test_the_plural_rule_is_that_of_persian():
    persian = read()
    assert (persian.num_plurals, persian.plural_expr) == (2, "(n > 1)")
    assert {len(message.string) for message in persian if isinstance(message.id, tuple)} == {2}


@pytest.mark.parametrize("rule", RULES)
def test_no_text_breaks_a_rule(rule):
    assert broken(RULES[rule][0], pairs()) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_finds_its_fault_and_no_other(rule):
    pattern, faulty, fine = RULES[rule]
    assert broken(pattern, [("", faulty.replace(GAP, "%(n)s"))])
    assert not broken(pattern, [("", fine.replace(GAP, "%(n)s"))])


def test_every_placeholder_is_kept():
    odd = [persian for english, persian in pairs() if set(PLACE.findall(english)) != set(PLACE.findall(persian))]
    assert odd == []


def test_numbers_come_as_text_so_that_their_digits_are_persian():
    assert {kind for english, _persian in pairs() for _name, kind in PLACE.findall(english)} == {"s"}


def test_a_sentence_ends_where_the_english_one_does():
    odd = [persian for english, persian in pairs() if english.endswith(".") != persian.endswith(".")]
    assert odd == []
    assert [persian for english, persian in pairs() if english.endswith("?") and not persian.endswith("؟")] == []


def test_nothing_is_left_in_english():
    for english, persian in pairs():
        brackets = "".join(re.findall(r"\([^)]*\)", persian))
        latin = LATIN.findall(PLACE.sub(GAP, persian))
        assert all(word in english or word in brackets for word in latin), persian
        assert PERSIAN.search(persian), persian


@pytest.mark.parametrize("english", FIXED)
def test_fixed_sentences_are_said_word_for_word(english):
    assert dict(pairs())[english] == FIXED[english]


def test_context_tells_words_apart():
    contexts = {(message.context, message.id) for message in read() if message.context}
    assert ("in a sentence", "%(case)s") in contexts
    said = {message.string for message in read() if message.id == "%(case)s"}
    assert said == {"پروندهٔ «%(case)s»"}


def test_texts_were_looked_at():
    assert len(list(pairs())) > 500
