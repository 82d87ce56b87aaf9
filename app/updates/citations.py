"""Neutral citations, and where the judgment they name is published: https://caselaw.nationalarchives.gov.uk."""

import re

_PUBLISHED = "https://caselaw.nationalarchives.gov.uk"
# "[2022] EWHC 42 (TCC)": the year, the court, the number, and the division where the court has some.
_NEUTRAL = re.compile(r"\[(\d{4})\]\s+([A-Z]+)(?:\s+(Civ|Crim))?\s+(\d{1,5})(?:\s+\(([A-Za-z]+)\))?", re.ASCII)
# Courts by what follows their name: nothing, a division in the name, a division in brackets.
_PLAIN = frozenset({"UKSC", "UKPC", "EAT"})
_NAMED = frozenset({"EWCA"})
_BRACKETED = {
    "EWHC": frozenset({"admin", "admlty", "ch", "comm", "costs", "fam", "ipec", "kb", "pat", "qb", "scco", "tcc"}),
    "UKUT": frozenset({"aac", "iac", "lc", "tcc"}),
    "UKFTT": frozenset({"grc", "tc"}),
}


def url_of(citation: str) -> str:
    """Address of the judgment; empty for what is no neutral citation of a court that publishes there."""
    found = _NEUTRAL.fullmatch(citation.strip())
    if found is None:
        return ""
    year, court, named, number, bracketed = found.groups()
    if court in _PLAIN and not named and not bracketed:
        path = court
    elif court in _NAMED and named and not bracketed:
        path = f"{court}/{named}"
    elif bracketed and not named and bracketed.lower() in _BRACKETED.get(court, ()):
        path = f"{court}/{bracketed}"
    else:
        return ""
    return f"{_PUBLISHED}/{path.lower()}/{year}/{int(number)}"
