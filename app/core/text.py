"""Words that people wrote: cleaned for keeping, folded for searching, fit for a mail header or an address.

Persian letters are written here as code points: several look alike, and an editor may swap them unseen.
"""

import re
import unicodedata

_ISOLATES = "\u2066\u2067\u2068"  # LRI RLI FSI: open an isolate
_END_ISOLATE = "\u2069"  # PDI
_OTHER_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e"  # marks, embeddings, overrides
_BIDI = re.compile(f"[{_OTHER_BIDI}{_ISOLATES}{_END_ISOLATE}]")
# Control characters but tab and line feed, and lone surrogates, which no database takes.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x85")

_LETTERS = str.maketrans(
    {
        "\u064a": "\u06cc",  # Arabic yeh → Persian yeh
        "\u0649": "\u06cc",  # alef maksura → Persian yeh
        "\u0643": "\u06a9",  # Arabic kaf → Persian keheh
        "\u06c0": "\u0647",  # heh with yeh above → heh
        "\u0640": None,  # tatweel
    }
)
_SEARCH_LETTERS = str.maketrans(
    {
        "\u0629": "\u0647",  # teh marbuta → heh
        "\u06d5": "\u0647",  # ae → heh (what "heh with yeh above" falls apart into)
        "\u06be": "\u0647",  # heh doachashmee → heh
        "\u06c1": "\u0647",  # heh goal → heh
        "\u0671": "\u0627",  # alef wasla → alef
        "\u066b": ".",
        "\u066c": ",",
        "\u200c": " ",  # half-space: "cases" then finds "case" + plural ending too
        "\u200b": None,
        "\u200d": None,
        "\u2060": None,
        "\u00ad": None,
        "\ufeff": None,
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u00f8": "o",
        "\u0142": "l",
        "\u0111": "d",
        "\u00f0": "d",
        "\u00fe": "th",
        "\u0131": "i",
    }
)
_HARAKAT = re.compile("[\u064b-\u0652\u0670]")
_APOSTROPHES = re.compile("['\u2019\u02bc]")
_WORD = re.compile(r"[^\W_]+")


def ascii_digits(text: str) -> str:
    """`text` with Persian and Arabic digits as 0-9; every other character stays."""
    return re.sub("[\u0660-\u0669\u06f0-\u06f9]", lambda digit: str(unicodedata.decimal(digit[0])), text)


def without_controls(text: str) -> str:
    """`text` without control characters, lone surrogates and direction controls that could reorder what follows.

    Isolates that are closed on their own line stay: they reach no further than their own words.
    """
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    return "\n".join(map(_close_isolates, text.split("\n"))) if _BIDI.search(text) else text


def _close_isolates(line: str) -> str:
    kept = list(line)
    opened: list[int] = []
    for place, sign in enumerate(line):
        if sign in _OTHER_BIDI:
            kept[place] = ""
        elif sign in _ISOLATES:
            opened.append(place)
        elif sign == _END_ISOLATE:
            if opened:
                opened.pop()
            else:
                kept[place] = ""
    for place in opened:
        kept[place] = ""
    return "".join(kept)


def clean_text(text: str) -> str:
    """What a person wrote, fit to be kept: composed (NFC), lines ended by a line feed, without harmful controls."""
    return unicodedata.normalize("NFC", without_controls(text)).strip()


def is_safe_line(text: str) -> bool:
    """Whether `text` may stand in a mail header: one line, no controls, no encoded word of its own."""
    return "=?" not in text and not re.search(r"[\t\n]", text) and without_controls(text) == text


def safe_line(text: str) -> str:
    """`text` made fit for a mail header: one line, single spaces, encoded words broken up."""
    return " ".join(clean_text(text).split()).replace("=?", "= ?")


def fold(text: str) -> str:
    """`text` as search compares it: one form for letters, digits, accents, spaces and case. Not for showing."""
    text = unicodedata.normalize("NFKD", _without_format(text))
    text = unicodedata.normalize("NFKD", text.casefold())  # falling apart may bring up capitals
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Mn")
    text = ascii_digits(text.translate(_LETTERS).translate(_SEARCH_LETTERS))
    return " ".join(text.split())


def _without_format(text: str) -> str:
    return _BIDI.sub("", _CONTROLS.sub(" ", text))


def slugify(title: str, otherwise: str = "case", longest: int = 60) -> str:
    """An address part from a title: lower case, words joined by hyphens, at most `longest` characters.

    Latin letters lose their accents; Persian ones stay, for a transliteration would be guessed. `otherwise` stands in
    for a title without a letter or digit.
    """
    text = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", _without_format(title))).casefold()
    text = ascii_digits(_HARAKAT.sub("", text.translate(_LETTERS)))
    words: list[str] = []
    for word in _WORD.findall(_plain_latin(text)):
        if words and len("-".join([*words, word])) > longest:
            break
        words.append(word[:longest])
    return "-".join(words) or otherwise


def _plain_latin(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        letters = unicodedata.normalize("NFD", match[0])
        return "".join(sign for sign in letters if unicodedata.category(sign) != "Mn").translate(_SEARCH_LETTERS)

    return re.sub("[\u00c0-\u024f\u1e00-\u1eff]", plain, text)


def word_count(text: str) -> int:
    """How many words `text` has; a half-space does not part a word."""
    return sum(any(sign.isalnum() for sign in part) for part in text.split())
