"""The people who have accounts in the demo."""

from dataclasses import dataclass
from io import BytesIO

from app.accounts import service as accounts
from app.accounts.models import User
from app.lawyers import service as lawyers
from app.lawyers.queries import CHECKS
from app.seed.papers import certificate
from app.storage import files

SRA, BSB = "Solicitors Regulation Authority", "Bar Standards Board"


@dataclass(frozen=True)
class Practice:
    """A lawyer's professional side. `is_checked` says whether staff verified it; `portrait` names an artwork."""

    profession: str
    regulator: str
    number: str
    firm: str
    town: str
    portrait: str
    is_checked: bool = True


@dataclass(frozen=True)
class Person:
    """Somebody with an account; the address follows from the first name."""

    name: str
    lang: str = "en"
    roles: tuple[str, ...] = ()
    practice: Practice | None = None

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@example.org"


# By first name, in the order in which they come. The reviewers come before the lawyers, whom they check.
PEOPLE = {
    person.name.split()[0]: person
    for person in (
        Person("Roya Kent", roles=("admin",)),
        Person("Mina Sohrabi", roles=("reviewer",)),
        Person("Dara Lindqvist", roles=("reviewer",)),
        Person("Leila Farahani", practice=Practice("solicitor", SRA, "612345", "Fenmoor Legal", "Leeds", "p4")),
        Person("Priya Raman", practice=Practice("solicitor", SRA, "598210", "Fenmoor Legal", "Leeds", "p1")),
        Person("Tom Aldous", practice=Practice("solicitor", SRA, "571934", "Aldous & Keane", "Bristol", "p2")),
        Person("Ngozi Bell", practice=Practice("solicitor", SRA, "640077", "Ridgeway Public Law", "London", "p3")),
        Person(
            "Kian Daneshvar", practice=Practice("barrister", BSB, "B-20177", "Northgate Chambers", "York", "p5", False)
        ),
        Person("Omid Rahimi"),
        Person("Sara Moradi", lang="fa"),
    )
}
REVIEWERS = ("Mina", "Dara")


def register(person: Person, password: str) -> User:
    """Make the account, with roles and a second factor for whoever must have one. The caller commits."""
    user = accounts.register(person.email, person.name, password, person.lang)
    for role in person.roles:
        accounts.give_role(user, role)
    if person.roles or person.practice:
        accounts.turn_on_second_factor(user)
    return user


def apply(person: Person, user: User, first: User, second: User) -> None:
    """Write the lawyer's application down; two of staff check and verify it, if that is to be. The caller commits.

    Of who was verified long ago the evidence is deleted by now; who waits has sent some.
    """
    practice = person.practice
    assert practice is not None
    details = (practice.profession, practice.regulator, practice.number, practice.firm, practice.town)
    evidence = None
    if not practice.is_checked:
        paper = certificate(practice.regulator, f"{person.name}, {practice.number}", "For the demonstration only")
        evidence = files.keep(BytesIO(paper), "practising-certificate.pdf", by_id=user.id)
    lawyer = lawyers.apply(user, *details, portrait=practice.portrait, register_name=person.name, evidence=evidence)
    if practice.is_checked:
        sources = {"practising_certificate": f"{practice.regulator} register", "firm": "Companies House and the firm"}
        for kind in CHECKS:
            for member in (first, second):
                lawyers.check(lawyer, kind, sources.get(kind, "Passport, seen by video call"), member)
        lawyers.verify(lawyer, first, second)
