"""The people who have accounts in the demo."""

from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO

from app.accounts import service as accounts
from app.accounts.models import User
from app.lawyers import renewal, suspension
from app.lawyers import service as lawyers
from app.lawyers.models import Lawyer
from app.lawyers.queries import CHECKS
from app.seed.papers import certificate
from app.storage import files
from app.storage.models import StoredFile

SRA, BSB = "Solicitors Regulation Authority", "Bar Standards Board"


class Standing(StrEnum):
    """How far staff have come with a lawyer's application."""

    VERIFIED = "verified"
    WAITING = "waiting"
    HALFWAY = "halfway"  # one of two would verify them
    DECLINED = "declined"
    SUSPENDED = "suspended"  # verified once; staff let the badge rest
    MOVED = "moved"  # verified at another firm; waits for staff again
    LAPSED = "lapsed"  # verified so long ago that the badge has come down by itself


LOST = frozenset({Standing.SUSPENDED, Standing.MOVED, Standing.LAPSED})
HAD_BADGE = LOST | {Standing.VERIFIED}


@dataclass(frozen=True)
class Practice:
    """A lawyer's professional side. `portrait` names an artwork; without one there is no picture.

    `register_name`, if it is given, is not the name of the account; `reason` is what a declined or suspended lawyer was
    told; `next_firm` is where one who moved works now. What became of a badge happened `turned` days ago, one or more.
    """

    profession: str
    regulator: str
    number: str
    firm: str
    town: str
    portrait: str = ""
    standing: Standing = Standing.VERIFIED
    register_name: str = ""
    reason: str = ""
    next_firm: str = ""
    turned: tuple[float, ...] = (1.6,)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, since `days` ago; the address follows from the first name."""

    name: str
    lang: str = "en"
    roles: tuple[str, ...] = ()
    practice: Practice | None = None
    days: float = 270

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@example.org"


# By first name, in the order in which they come. The reviewers come before the lawyers, whom they check.
PEOPLE = {
    person.name.split()[0]: person
    for person in (
        Person("Roya Kent", roles=("admin",), days=430),
        Person("Mina Sohrabi", roles=("reviewer",), days=430),
        Person("Dara Lindqvist", roles=("reviewer",), days=430),
        Person("Nima Azad", lang="fa", roles=("editor",)),
        Person("Parisa Holm", roles=("finance",)),
        Person("Leila Farahani", practice=Practice("solicitor", SRA, "612345", "Fenmoor Legal", "Leeds", "p4")),
        Person("Priya Raman", practice=Practice("solicitor", SRA, "598210", "Fenmoor Legal", "Leeds", "p1")),
        Person("Tom Aldous", practice=Practice("solicitor", SRA, "571934", "Aldous & Keane", "Bristol", "p2")),
        Person("Ngozi Bell", practice=Practice("solicitor", SRA, "640077", "Ridgeway Public Law", "London", "p3")),
        Person(
            "Kian Daneshvar",
            practice=Practice("barrister", BSB, "B-20177", "Northgate Chambers", "York", "p5", Standing.HALFWAY),
            days=6,
        ),
        Person(
            "Hania Siddiqui",
            practice=Practice("solicitor", SRA, "655102", "Park Row Rights", "Leicester", standing=Standing.WAITING),
            days=1.2,
        ),
        Person(
            "Owen Pritchard",
            practice=Practice(
                "solicitor",
                SRA,
                "603318",
                "Pritchard & Vale",
                "Cardiff",
                standing=Standing.DECLINED,
                register_name="Owain Pritchard",
                reason=(
                    "Thank you for applying. The number that you gave belongs to Owain Pritchard at another firm. If "
                    "that is you, please have the register changed first, or send a letter from that firm; then apply "
                    "again. We could not check your identity either, because nobody was there at the video call."
                ),
            ),
            days=11,
        ),
        Person(
            "Farid Noori",
            practice=Practice(
                "solicitor",
                SRA,
                "655120",
                "Noori Legal",
                "Hull",
                standing=Standing.SUSPENDED,
                reason=(
                    "The regulator writes that Noori Legal closed at the end of the month. Your verification rests "
                    "until you practise at another firm; write to us as soon as you do. Your page stays, and its "
                    "time stands still."
                ),
            ),
            days=210,
        ),
        Person(
            "Shirin Rad",
            practice=Practice(
                "solicitor",
                SRA,
                "618833",
                "Rad & Vale",
                "York",
                standing=Standing.MOVED,
                next_firm="Ridgeway Public Law",
                turned=(0.7,),
            ),
            days=190,
        ),
        Person(
            "Edwin Crane",
            practice=Practice(
                "barrister",
                BSB,
                "B-11904",
                "Kingsgate Chambers",
                "Newcastle",
                standing=Standing.LAPSED,
                turned=(61.3, 38.3, 31.3),
            ),
            days=400,
        ),
        Person("Omid Rahimi"),
        Person("Sara Moradi", lang="fa"),
    )
}
REVIEWERS = ("Mina", "Dara")
EDITOR = "Nima"


def register(person: Person, password: str) -> User:
    """Make the account, with roles and a second factor for whoever must have one. The caller commits."""
    user = accounts.register(person.email, person.name, password, person.lang)
    for role in person.roles:
        accounts.give_role(user, role)
    if person.roles or person.practice:
        accounts.turn_on_second_factor(user)
    return user


def apply(person: Person, user: User) -> None:
    """Write the lawyer's application down. The caller commits.

    Of who was verified long ago the evidence is deleted by now; the others have sent some.
    """
    practice = person.practice
    assert practice is not None
    details = (practice.profession, practice.regulator, practice.number, practice.firm, practice.town)
    name, evidence = practice.register_name or person.name, None
    if practice.standing not in HAD_BADGE:
        evidence = _evidence(practice, name, user)
    lawyers.apply(user, *details, portrait=practice.portrait, register_name=name, evidence=evidence)


def _evidence(practice: Practice, name: str, user: User) -> StoredFile:
    paper = certificate(practice.regulator, f"{name}, {practice.number}", "For the demonstration only")
    return files.keep(BytesIO(paper), "practising-certificate.pdf", by_id=user.id)


def decide(person: Person, lawyer: Lawyer, first: User, second: User) -> None:
    """Two of staff check the application and decide on it, as far as they have come. The caller commits."""
    practice = person.practice
    assert practice is not None
    if practice.standing is Standing.DECLINED:
        lawyers.decline(lawyer, first, practice.reason)
        lawyers.decline(lawyer, second, "")
    deciding = [first] if practice.standing is Standing.HALFWAY else []
    if practice.standing in HAD_BADGE:
        deciding = [first, second]
    sources = {"practising_certificate": f"{practice.regulator} register", "firm": "Companies House and the firm"}
    for member in deciding:
        for kind in CHECKS:
            lawyers.check(lawyer, kind, sources.get(kind, "Passport, seen by video call"), member)
        lawyers.approve(lawyer, member)


def turn(person: Person, lawyer: Lawyer, by: User) -> None:
    """What became of the badge: staff let it rest, the lawyer changed firms, or a day came on which it was looked up
    whether it runs out. The caller commits.
    """
    practice = person.practice
    assert practice is not None
    if practice.standing is Standing.SUSPENDED:
        suspension.suspend(lawyer, practice.reason, by)
    elif practice.standing is Standing.LAPSED:
        renewal.remind_or_lapse(lawyer.id)
    elif practice.standing is Standing.MOVED:
        moved = replace(practice, firm=practice.next_firm)
        lawyers.save_draft(lawyer.user, {}, _evidence(moved, person.name, lawyer.user))
        details = lawyers.Details(moved.profession, moved.regulator, moved.number, moved.firm, moved.town)
        lawyers.send_in(lawyer.user, details)
