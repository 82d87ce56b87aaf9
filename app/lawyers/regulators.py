"""The regulators of lawyers that we know, how their registration numbers look, and where anybody looks a lawyer up.

Where a regulator publishes no format, the pattern lets any of its numbers through: it is there to catch a slip, not to
prove anything. The bars of the states of the USA are regulators of their own under the common heading STATES.
"""

import re
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.core.text import ascii_digits

OTHER, STATES = "other", "us"
_ANY_NUMBER = re.compile(r"[0-9A-Z]([0-9A-Z ./-]{0,38}[0-9A-Z])?")


@dataclass(frozen=True)
class Regulator:
    """`name` is stored; `label` says it in the reader's language. `register` is where anybody looks a lawyer up."""

    name: str
    label: LazyString
    number: re.Pattern[str]
    example: str
    register: str


@dataclass(frozen=True)
class Bar:
    """The bar of a state of the USA: `label` is the state's name."""

    state: str
    label: LazyString
    number: str
    example: str
    register: str


BARS = {
    "al": Bar("Alabama", _l("Alabama"), r"[A-Z0-9-]{4,14}", "ASB-1234-A12B", "https://www.alabar.org/"),
    "ak": Bar("Alaska", _l("Alaska"), r"[0-9]{6,7}", "1505001", "https://alaskabar.org/"),
    "az": Bar("Arizona", _l("Arizona"), r"[0-9]{4,6}", "031234", "https://www.azbar.org/"),
    "ar": Bar("Arkansas", _l("Arkansas"), r"[0-9]{5,7}", "2010123", "https://attorneyinfo.aoc.arkansas.gov/"),
    "ca": Bar("California", _l("California"), r"[0-9]{4,6}", "298765", "https://apps.calbar.ca.gov/attorney/Licensee/"),
    "co": Bar("Colorado", _l("Colorado"), r"[0-9]{1,5}", "45678", "https://www.coloradosupremecourt.com/"),
    "ct": Bar("Connecticut", _l("Connecticut"), r"[0-9]{6}", "412345", "https://www.jud.ct.gov/"),
    "de": Bar("Delaware", _l("Delaware"), r"[0-9]{1,5}", "5678", "https://courts.delaware.gov/"),
    "dc": Bar("District of Columbia", _l("District of Columbia"), r"[0-9]{3,8}", "1012345", "https://www.dcbar.org/"),
    "fl": Bar("Florida", _l("Florida"), r"[0-9]{1,7}", "0112345", "https://www.floridabar.org/"),
    "ga": Bar("Georgia", _l("Georgia"), r"[0-9]{6}", "123456", "https://www.gabar.org/"),
    "hi": Bar("Hawaii", _l("Hawaii"), r"[0-9]{1,5}", "9876", "https://hsba.org/"),
    "id": Bar("Idaho", _l("Idaho"), r"[0-9]{1,5}", "8765", "https://isb.idaho.gov/"),
    "il": Bar("Illinois", _l("Illinois"), r"[0-9]{7}", "6298765", "https://www.iardc.org/"),
    "in": Bar("Indiana", _l("Indiana"), r"[0-9]{1,6}(-[0-9]{2,3}[A-Z]?)?", "23456-49", "https://courtapps.in.gov/"),
    "ia": Bar("Iowa", _l("Iowa"), r"(AT)?[0-9]{4,9}", "AT0012345", "https://www.iowacourts.gov/"),
    "ks": Bar("Kansas", _l("Kansas"), r"[0-9]{1,5}", "23456", "https://www.kscourts.org/"),
    "ky": Bar("Kentucky", _l("Kentucky"), r"[0-9]{1,6}", "93456", "https://www.kybar.org/"),
    "la": Bar("Louisiana", _l("Louisiana"), r"[0-9]{1,5}", "34567", "https://www.lsba.org/"),
    "me": Bar("Maine", _l("Maine"), r"[0-9]{1,6}", "005678", "https://www.mebaroverseers.org/"),
    "md": Bar("Maryland", _l("Maryland"), r"[0-9]{1,12}", "1712140123", "https://www.mdcourts.gov/"),
    "ma": Bar("Massachusetts", _l("Massachusetts"), r"[0-9]{6}", "687654", "https://www.massbbo.org/"),
    "mi": Bar("Michigan", _l("Michigan"), r"P?[0-9]{4,6}", "P76543", "https://www.michbar.org/"),
    "mn": Bar("Minnesota", _l("Minnesota"), r"[0-9]{4,7}", "0395678", "https://www.lro.mn.gov/"),
    "ms": Bar("Mississippi", _l("Mississippi"), r"[0-9]{1,6}", "103456", "https://www.msbar.org/"),
    "mo": Bar("Missouri", _l("Missouri"), r"[0-9]{4,6}", "65432", "https://mobar.org/"),
    "mt": Bar("Montana", _l("Montana"), r"[0-9]{1,8}", "12345678", "https://www.montanabar.org/"),
    "ne": Bar("Nebraska", _l("Nebraska"), r"[0-9]{4,6}", "24567", "https://www.nebar.com/"),
    "nv": Bar("Nevada", _l("Nevada"), r"[0-9]{1,5}", "13456", "https://nvbar.org/"),
    "nh": Bar("New Hampshire", _l("New Hampshire"), r"[0-9]{1,6}", "267890", "https://www.nhbar.org/"),
    "nj": Bar("New Jersey", _l("New Jersey"), r"[0-9]{5,9}", "012342015", "https://www.njcourts.gov/"),
    "nm": Bar("New Mexico", _l("New Mexico"), r"[0-9]{1,6}", "145678", "https://www.sbnm.org/"),
    "ny": Bar("New York", _l("New York"), r"[0-9]{7}", "5123456", "https://iapps.courts.state.ny.us/attorneyservices/"),
    "nc": Bar("North Carolina", _l("North Carolina"), r"[0-9]{4,6}", "45678", "https://www.ncbar.gov/"),
    "nd": Bar("North Dakota", _l("North Dakota"), r"[0-9]{4,5}", "07654", "https://www.ndcourts.gov/"),
    "oh": Bar("Ohio", _l("Ohio"), r"[0-9]{7}", "0087654", "https://www.supremecourt.ohio.gov/"),
    "ok": Bar("Oklahoma", _l("Oklahoma"), r"[0-9]{1,6}", "31234", "https://www.okbar.org/"),
    "or": Bar("Oregon", _l("Oregon"), r"[0-9]{5,6}", "123456", "https://www.osbar.org/"),
    "pa": Bar("Pennsylvania", _l("Pennsylvania"), r"[0-9]{1,6}", "312345", "https://www.padisciplinaryboard.org/"),
    "ri": Bar("Rhode Island", _l("Rhode Island"), r"[0-9]{1,5}", "9123", "https://www.courts.ri.gov/"),
    "sc": Bar("South Carolina", _l("South Carolina"), r"[0-9]{1,6}", "101234", "https://www.scbar.org/"),
    "sd": Bar("South Dakota", _l("South Dakota"), r"[0-9]{1,6}", "4567", "https://www.statebarofsouthdakota.com/"),
    "tn": Bar("Tennessee", _l("Tennessee"), r"[0-9]{1,6}", "034567", "https://www.tbpr.org/"),
    "tx": Bar("Texas", _l("Texas"), r"[0-9]{8}", "24098765", "https://www.texasbar.com/"),
    "ut": Bar("Utah", _l("Utah"), r"[0-9]{1,6}", "15678", "https://www.utahbar.org/"),
    "vt": Bar("Vermont", _l("Vermont"), r"[0-9]{1,6}", "5432", "https://www.vermontjudiciary.org/"),
    "va": Bar("Virginia", _l("Virginia"), r"[0-9]{4,6}", "87654", "https://www.vsb.org/"),
    "wa": Bar("Washington", _l("Washington State"), r"[0-9]{1,6}", "51234", "https://www.wsba.org/"),
    "wv": Bar("West Virginia", _l("West Virginia"), r"[0-9]{1,6}", "12345", "https://wvbar.org/"),
    "wi": Bar("Wisconsin", _l("Wisconsin"), r"[0-9]{7}", "1098765", "https://www.wisbar.org/"),
    "wy": Bar("Wyoming", _l("Wyoming"), r"[0-9](-[0-9]{3,5}|[0-9]{3,5})", "7-5432", "https://www.wyomingbar.org/"),
}

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
    "iba": Regulator(
        "Iranian Bar Association",
        _l("Iranian Bar Association"),
        re.compile(r"[0-9]{3,8}([/-][0-9]{1,4})?"),
        "24681",
        "https://icbar.ir/",
    ),
    **{
        f"{STATES}-{code}": Regulator(
            f"State bar of {bar.state}",
            _l("State bar of %(state)s", state=bar.label),
            re.compile(bar.number),
            bar.example,
            bar.register,
        )
        for code, bar in BARS.items()
    },
}
# What a form offers: the bars of the states stand under one heading.
HEADINGS: dict[str, LazyString] = {
    **{key: known.label for key, known in REGULATORS.items() if not key.startswith(f"{STATES}-")},
    STATES: _l("A state bar in the USA"),
    OTHER: _l("Another regulator"),
}


def key_of(name: str) -> str:
    """The key of the regulator of this English name; OTHER for one that we do not know."""
    return next((key for key, known in REGULATORS.items() if known.name == name), OTHER)


def heading_of(key: str) -> tuple[str, str]:
    """The heading under which a form offers this key, and the state, which is empty but for a state bar."""
    heading, _dash, state = key.partition("-")
    return heading, state


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
