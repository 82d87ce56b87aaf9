"""What a live page said, version by version, and what differs between two of them.

A version keeps the words of every part as `fields.said` gives them. They were written before a name may have been
hidden, so nothing leaves here that `restrictions` has not gone over.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from flask_babel import LazyString
from sqlalchemy import select

from app.cases import fields, restrictions
from app.cases.fields import FIELDS
from app.cases.models import Case, CaseVersion
from app.core import clock
from app.core.money import Money
from app.database import db

LINES = "lines"
LONGEST_COMPARED = 1500  # words; what is longer is shown whole, as it was and as it is
_TOKEN = re.compile(r"\s+|[^\s]+")
Piece = tuple[str, str]  # "same", "del" or "ins", and the words


@dataclass(frozen=True)
class Row:
    """A budget line before and after; None where there is none of that name."""

    label: str
    before: Money | None
    after: Money | None

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Difference:
    """A part that differs: `pieces` of its words, or, of the budget, `rows`."""

    field: str
    label: LazyString
    pieces: list[Piece]
    rows: list[Row]


# ---------------------------------------------------------------- keeping
def words_of(case: Case) -> dict[str, str]:
    """What stands in every part of the page now, by the names of `fields.FIELDS`."""
    return {name: fields.said(case, name) for name in FIELDS}


def keep(case: Case, *, by_id: int | None, note: str = "", is_material: bool = False) -> CaseVersion:
    """Keep what the page says now as its next version. The caller holds the case."""
    last = latest(case)
    version = CaseVersion(
        case_id=case.id,
        n=last.n + 1 if last else 1,
        at=clock.now(),
        by_id=by_id,
        note=note,
        is_material=is_material,
        words=json.dumps(words_of(case), ensure_ascii=False),
    )
    db.session.add(version)
    db.session.flush()
    return version


def begin(case: Case) -> CaseVersion:
    """The latest version; of a page that went live before versions were kept, the one that stands there now."""
    return latest(case) or keep(case, by_id=None)


def latest(case: Case) -> CaseVersion | None:
    """The version that stands on the page; None of a page that went live before versions were kept."""
    mine = select(CaseVersion).where(CaseVersion.case_id == case.id)
    return db.session.scalars(mine.order_by(CaseVersion.n.desc()).limit(1)).first()


def versions(case: Case) -> list[CaseVersion]:
    """Every version, the latest first."""
    mine = select(CaseVersion).where(CaseVersion.case_id == case.id)
    return list(db.session.scalars(mine.order_by(CaseVersion.n.desc())))


# ---------------------------------------------------------------- comparing
def between(case: Case, old: CaseVersion, new: CaseVersion) -> list[Difference]:
    """What differs between two versions of the page, as everybody may read it."""
    return compare(_told(case, json.loads(old.words)), _told(case, json.loads(new.words)))


def _told(case: Case, words: dict[str, str]) -> dict[str, str]:
    """The words without the names that may not be told now."""
    if case.restricted_at is None:
        return words
    veil = restrictions.veil_of(case)
    return {name: veil.json(said) if said[:1] in ("[", "{") else veil.text(said) for name, said in words.items()}


def compare(old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    """What differs between two such sets of words, in the order of the page and in the present language."""
    found = []
    for name, part in FIELDS.items():
        before, after = old.get(name, ""), new.get(name, "")
        if before == after:
            continue
        if name == LINES:
            found.append(Difference(name, part.label, [], _rows(before, after)))
        else:
            read = [part.reads(said) if said else "" for said in (before, after)]
            found.append(Difference(name, part.label, pieces(*read), []))
    return found


def _rows(before: str, after: str) -> list[Row]:
    old, new = _sums(before), _sums(after)
    return [Row(label, old.get(label), new.get(label)) for label in dict.fromkeys([*old, *new])]


def _sums(said: str) -> dict[str, Money]:
    """What each line comes to; lines of the same words count together."""
    found = dict[str, Money]()
    for label, detail, minor, currency in json.loads(said or "[]"):
        name = ": ".join(filter(None, (label, detail)))
        found[name] = found.get(name, Money.zero(currency)) + Money(minor, currency)
    return found


def pieces(before: str, after: str) -> list[Piece]:
    """Two texts as one: what stayed, what went and what came; paragraph by paragraph, and word by word in those that
    changed.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        went, came = "".join(old[a:b]), "".join(new[c:d])
        if kind == "equal":
            found.append(("same", went))
        else:
            found += _words(went, came)
    return found


def _words(went: str, came: str) -> Iterator[Piece]:
    old, new = _TOKEN.findall(went), _TOKEN.findall(came)
    if max(len(old), len(new)) > 2 * LONGEST_COMPARED:
        yield from _changed(went, came)
        return
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[a:b])
        else:
            yield from _changed("".join(old[a:b]), "".join(new[c:d]))


def _changed(went: str, came: str) -> Iterator[Piece]:
    if went:
        yield "del", went
    if came:
        yield "ins", came


def kept(before: str, after: str) -> int:
    """How much of two texts' words they have in common, in per cent rounded down, whatever their order."""
    old, new = before.split(), after.split()
    left, common = dict[str, int](), 0
    for word in old:
        left[word] = left.get(word, 0) + 1
    for word in new:
        if left.get(word, 0):
            left[word] -= 1
            common += 1
    return 200 * common // (len(old) + len(new)) if old or new else 100
