from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import ascii_digits, clean_text, fold, is_safe_line, safe_line, slugify, word_count
from tests.support.corpora import rows

PERSIAN = [row for row in rows("persian") if row["sev"] in ("must", "should")]
HEADERS = rows("mail-header")


def ids_of(rows):
    return [row["id"] for row in rows]


@pytest.mark.parametrize("row", PERSIAN, ids=ids_of(PERSIAN))
def test_two_spellings_of_a_persian_word_are_one_to_search(row):
    assert fold(row["text"]) == fold(row["canon"])


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("\u067e\u0631\u0648\u0646\u062f\u0647\u200c\u0647\u0627", "\u067e\u0631\u0648\u0646\u062f\u0647 \u0647\u0627"),
        ("\u0622\u0632\u0627\u062f\u06cc", "\u0627\u0632\u0627\u062f\u064a"),
        ("\u067e\u0631\u0648\u0646\u062f\u0647\u0654 \u06f1\u06f2", "\u067e\u0631\u0648\u0646\u062f\u0629 12"),
        ("\u0645\u0633\u0626\u0644\u0647", "\u0645\u0633\u064a\u0644\u0647"),
        ("Caf\u00e9 STRASSE \u0141\u00f3d\u017a", "cafe stra\u00dfe lodz"),
        ("\u202eevil  \ttext\x00", "evil text"),
    ],
)
def test_folding_forgives_how_a_word_was_typed(written, searched):
    assert fold(written) == fold(searched)


def test_folding_keeps_different_letters_apart():
    assert fold("\u06a9\u062a\u0627\u0628") == "\u06a9\u062a\u0627\u0628"
    assert fold("\u0647\u0647\u0647") != fold("\u0647\u0647")
    assert fold("\u0633\u0631") != fold("\u0634\u0631")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Clean water for the Wenlow", "clean-water-for-the-wenlow"),
        ("Barristers\u2019 fees: don't  pay \u2013 twice!", "barristers-fees-dont-pay-twice"),
        ("Caf\u00e9 \u0141\u00f3d\u017a, na\u00efve Stra\u00dfe", "cafe-lodz-naive-strasse"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("\U0001f642 !!", "case"),
        ("", "case"),
        ("R\u202e(Marsh)", "r-marsh"),
        ("\u0622\u0628 \u067e\u0627\u0643\u0650 \u06f1\u06f4\u06f0\u06f5", "\u0622\u0628-\u067e\u0627\u06a9-1405"),
        ("\u0645\u064a\u200c\u0634\u0648\u062f", "\u0645\u06cc-\u0634\u0648\u062f"),
        (
            "\u067e\u0631\u0648\u0646\u062f\u0647\u0654 \u0645\u0627",
            "\u067e\u0631\u0648\u0646\u062f\u0647-\u0645\u0627",
        ),
    ],
)
def test_a_title_becomes_an_address_part(title, slug):
    assert slugify(title) == slug


def test_a_long_title_is_cut_between_words():
    assert slugify("word " * 40) == "-".join(["word"] * 12)
    assert slugify("x" * 200) == "x" * 60
    assert slugify("one two three", longest=8) == "one-two"


@given(st.text())
def test_every_title_gives_a_clean_address_part(title):
    slug = slugify(title)
    assert 0 < len(slug) <= 60
    assert all(sign.isalnum() or sign == "-" for sign in slug)


@pytest.mark.parametrize("row", rows("bidi"), ids=ids_of(rows("bidi")))
def test_no_direction_control_is_left_to_reorder_a_page(row):
    assert not set(clean_text(row["text"])) & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068")


def test_isolates_that_are_closed_on_their_line_stay():
    assert clean_text("a \u2067b\u2069 c") == "a \u2067b\u2069 c"
    assert clean_text("\u2066\u2067x\u2069\ny\u2069") == "\u2067x\u2069\ny"


def test_cleaning_keeps_what_persian_and_emoji_need():
    words = "\u0645\u06cc\u200c\u0634\u0648\u062f \u0633\u0627\u0644 \u06f1\u06f4 \U0001f468\u200d\U0001f469"
    assert clean_text(words) == words
    assert clean_text("\u0643\u062a\u0627\u0628") == "\u0643\u062a\u0627\u0628"


def test_cleaning_composes_and_drops_controls():
    assert clean_text(" e\u0301\x00\x1b[1m\tz\r\nb\u2028c\ud800 ") == "\u00e9[1m\tz\nb\nc"


@given(st.text(st.characters()))
def test_clean_text_can_always_be_stored(text):
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert clean_text(cleaned) == cleaned


def is_harmless(text: str) -> bool:
    return "%0" in text  # an escape that no mail program undoes


@pytest.mark.parametrize("row", HEADERS, ids=ids_of(HEADERS))
def test_no_header_is_smuggled_into_a_mail(row):
    assert is_safe_line(row["text"]) == is_harmless(row["text"])
    message = EmailMessage(SMTP)
    message["Subject"] = safe_line(row["text"])
    assert message.keys() == ["Subject"]
    assert not message["Subject"].defects
    assert "\nBcc" not in message.as_string()


@pytest.mark.parametrize("text", ["a\tb", "a\u2029b", "\u202eevil", "\u2067open", "=?utf-8?q?x?=", "\ud800", "a\x7fb"])
def test_what_could_trick_a_mail_program_is_no_safe_line(text):
    assert not is_safe_line(text)
    assert is_safe_line(safe_line(text))


@pytest.mark.parametrize("text", ["", "Ali Rezaei", "آب پاک: \u2066−۱۲٫۰۰\u2069\u00a0پوند", "O'Brien & Co. (2 = 2?)"])
def test_plain_words_are_a_safe_line(text):
    assert is_safe_line(text)


@given(st.text(st.characters()))
def test_every_text_can_be_made_a_safe_line(text):
    assert is_safe_line(safe_line(text))


def test_digits_of_three_scripts_are_one():
    assert ascii_digits("1۲٣ ²x") == "123 ²x"


@pytest.mark.parametrize(("text", "count"), [("", 0), ("one – two, 3!", 3), ("می‌شود گفت", 2), ("a\n\nb", 2)])
def test_words_are_counted_as_people_count_them(text, count):
    assert word_count(text) == count
