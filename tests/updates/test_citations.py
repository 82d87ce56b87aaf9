"""Neutral citations, and where they lead."""

import pytest

from app.updates.citations import url_of

KNOWN = {
    "[2020] UKSC 5": "uksc/2020/5",
    "[2022] EWHC 42 (TCC)": "ewhc/tcc/2022/42",
    "[2027] EWHC 0042 (Admin)": "ewhc/admin/2027/42",
    "[2021] EWCA Civ 1234": "ewca/civ/2021/1234",
    "[2021] EWCA Crim 7": "ewca/crim/2021/7",
    "[2019] UKUT 100 (IAC)": "ukut/iac/2019/100",
    "[2024] EAT 12": "eat/2024/12",
    " [2020] UKSC 5 ": "uksc/2020/5",
}
NOT_KNOWN = (
    "",
    "Smith v Jones",
    "2020 UKSC 5",
    "[20] UKSC 5",
    "[2022] EWHC 42",
    "[2022] EWHC 42 (Moon)",
    "[2022] UKSC 42 (Admin)",
    "[2022] EWCA 42",
    "[2022] EWCA Civ 42 (Admin)",
    "[2022] XXXX 42",
    "[2022] UKSC 5; javascript:alert(1)",
    "[2022] UKSC ۵",
)


@pytest.mark.parametrize(("citation", "path"), KNOWN.items())
def test_a_citation_leads_to_the_published_judgment(citation, path):
    assert url_of(citation) == f"https://caselaw.nationalarchives.gov.uk/{path}"


@pytest.mark.parametrize("citation", NOT_KNOWN)
def test_anything_else_leads_nowhere(citation):
    assert url_of(citation) == ""
