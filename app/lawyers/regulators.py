"""The regulators of lawyers that we know, and how their registration numbers look."""

import re
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.core.text import ascii_digits

OTHER = "other"
_ANY_NUMBER = re.compile(r"[0-9A-Z]([0-9A-Z ./-]{0,38}[0-9A-Z])?")


@dataclass(frozen=True)
class Regulator:
    """`name` is stored; `label` says it in the reader's language. `register` is where anybody looks a lawyer up."""

    name: str
    label: LazyString
    number: re.Pattern[str]
    example: str
    register: str


REGULATORS = {
    "sra": Regulator(
        "Solicitors Regulation Authority",
        _l("Solicitors Regulation Authority"),
        re.compile(r"[0-9]{4,7}"),
        "612345",
        "https://www.sra.org.uk/consumers/register/",
    ),
    "bsb": Regulator(
        "Bar Standards Board",
        _l("Bar Standards Board"),
        re.compile(r"(B-)?[0-9]{4,6}"),
        "20177",
        "https://www.barstandardsboard.org.uk/barristers-register/",
    ),
    "lss": Regulator(
        "Law Society of Scotland",
        _l("Law Society of Scotland"),
        re.compile(r"[0-9]{4,6}"),
        "23456",
        "https://www.lawscot.org.uk/find-a-solicitor/",
    ),
    "lsni": Regulator(
        "Law Society of Northern Ireland",
        _l("Law Society of Northern Ireland"),
        re.compile(r"[A-Z]{0,2}[0-9]{3,6}"),
        "7654",
        "https://www.lawsoc-ni.org/solicitors",
    ),
}


def key_of(name: str) -> str:
    """The key of the regulator of this English name; OTHER for one that we do not know."""
    return next((key for key, known in REGULATORS.items() if known.name == name), OTHER)


def label_of(name: str) -> LazyString | str:
    """What to call the regulator of this English name; one that we do not know is called as it was typed."""
    known = REGULATORS.get(key_of(name))
    return known.label if known else name


def normal_number(number: str) -> str:
    """A registration number as it is stored: Latin figures, capitals, single spaces."""
    return " ".join(ascii_digits(number).upper().split())


def is_number(name: str, number: str) -> bool:
    """Whether `number`, in its stored form, could be one of the regulator of this English name."""
    known = REGULATORS.get(key_of(name))
    return (known.number if known else _ANY_NUMBER).fullmatch(number) is not None
