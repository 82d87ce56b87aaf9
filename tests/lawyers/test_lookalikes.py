"""Names that pass for those of verified lawyers are told to whoever verifies; honest ones are not."""

import pytest

from app.accounts import service as accounts
from app.core.text import is_safe_line
from app.lawyers import lookalikes, service, suspension
from app.lawyers.lookalikes import doubts
from tests.people import leila, mina
from tests.support.corpora import rows

ROWS = rows("confusable-names")
BAD = [row for row in ROWS if "base" in row]
GOOD = [row for row in ROWS if "base" not in row]
HONEST = [
    "Leila Farahani",
    "Zoë O’Brien",
    "الهام صابری",
    "حقوق‌دان ۱۲",
    "Renée D'Arcy-Smith",
    "3 Verulam Buildings",
    "Łukasz",
]


def applicant(name, firm="Park Row Rights", email="new@example.org"):
    user = accounts.register(email, name, "correct horse")
    return service.apply(user, "solicitor", "Solicitors Regulation Authority", "655102", firm, "Leeds")


def kinds(lawyer):
    return {(doubt.kind, doubt.part) for doubt in doubts(lawyer)}


@pytest.mark.parametrize("row", BAD, ids=lambda row: row["id"])
def test_every_lookalike_of_the_corpus_has_the_skeleton_of_what_it_passes_for(row):
    assert lookalikes.skeletons(row["text"]) & lookalikes.skeletons(row["base"])
    assert row["text"] != row["base"]


@pytest.mark.parametrize("text", [row["text"] for row in GOOD] + HONEST)
def test_an_honest_name_is_not_doubtful_by_itself(text):
    assert not lookalikes.has_hidden_signs(text) and not lookalikes.mixes_scripts(text)


def test_other_names_have_other_skeletons():
    names = [row["text"] for row in GOOD] + HONEST
    assert len({min(lookalikes.skeletons(name)) for name in names}) == len(names)


def test_every_row_that_an_account_can_have_is_flagged_against_a_verified_lawyer(db):
    lawyer, newcomer = leila(), applicant("Somebody Else")
    tried = 0
    for row in BAD:
        if not is_safe_line(row["text"]) or len(row["base"]) < 3:
            continue
        lawyer.user.name, newcomer.user.name = row["base"], row["text"]
        found = {doubt.kind for doubt in doubts(newcomer) if doubt.part == "name"}
        assert "alike" in found, ascii(row["text"])
        tried += 1
    assert tried > 100


def test_a_different_name_is_not_flagged(db):
    leila()
    assert kinds(applicant("Hania Siddiqui")) == set()


def test_the_same_name_and_one_like_it_name_whom_they_resemble(db):
    lawyer = leila()
    assert kinds(applicant("Leila Farahani")) == {("same", "name")}
    like = applicant("Leіla Farahani", email="other@example.org")  # a Cyrillic letter
    assert kinds(like) == {("alike", "name"), ("mixed", "name")}
    assert {doubt.lawyer for doubt in doubts(like) if doubt.lawyer} == {lawyer}


def test_colleagues_share_a_firm_but_not_one_that_only_looks_like_it(db):
    leila()
    assert kinds(applicant("Hania Siddiqui", "Fenmoor Legal")) == set()
    assert ("alike", "firm") in kinds(applicant("Owen Vale", "Fenrnoor Legal", "owen@example.org"))
    assert ("hidden", "firm") in kinds(applicant("Ada Vale", "Fen\u200bmoor Legal", "ada@example.org"))


def test_a_suspended_lawyer_is_still_somebody_to_pass_for_and_an_applicant_is_not(db):
    suspension.suspend(leila(), "Looked into.", mina())
    assert kinds(applicant("Leila Farahani")) == {("same", "name")}
    applicant("Tom Aldous", email="tom@example.org")
    assert kinds(applicant("Tom Aldous", email="tom2@example.org")) == set()
