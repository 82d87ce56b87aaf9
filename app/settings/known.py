"""The settings that staff may change: policy, not how the house is set up. Pure: each is a field of `config.Settings`.

Fees are not among them: what a running case was promised may not move under it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from pydantic import TypeAdapter, ValidationError

from config import Settings


class Unit(StrEnum):
    """What a value counts. MONEY is in minor units of the house's currency."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    MINUTES = "minutes"
    MONEY = "money"


class Weakens(StrEnum):
    """Which change makes people less safe, so that a second administrator must agree to it."""

    NEVER = "never"
    UP = "up"
    ANY = "any"  # to keep longer is less private, and what is let go too early cannot be brought back


@dataclass(frozen=True)
class Known:
    """One setting. `name` is the field's."""

    name: str
    group: str
    label: LazyString
    unit: Unit
    weakens: Weakens = Weakens.NEVER

    @property
    def least(self) -> int:
        """The smallest value that the field takes."""
        return self._bound("ge")

    @property
    def most(self) -> int:
        """The largest."""
        return self._bound("le")

    def _bound(self, which: str) -> int:
        found = [getattr(one, which) for one in Settings.model_fields[self.name].metadata if hasattr(one, which)]
        return int(found[0])

    def takes(self, value: int) -> bool:
        """Whether the field of `config.Settings` takes `value`."""
        field = Settings.model_fields[self.name]
        kind: Any = Annotated[field.annotation, *field.metadata]
        try:
            TypeAdapter(kind).validate_python(value, strict=True)
        except ValidationError:
            return False
        return True

    def is_weaker(self, value: int, than: int) -> bool:
        """Whether `value` makes people less safe than another."""
        if self.weakens == Weakens.ANY:
            return value != than
        return self.weakens == Weakens.UP and value > than


GROUPS: dict[str, LazyString] = {
    "safety": _l("Checks and safety"),
    "cases": _l("Cases and pledges"),
    "keeping": _l("How long we keep what"),
}
_D, _M = Unit.DAYS, Unit.MONEY
ALL: tuple[Known, ...] = (
    Known("review_days", "safety", _l("Staff answer a page that was sent in within"), Unit.WORKING_DAYS),
    Known("second_reviewer_from", "safety", _l("Two reviewers approve pages that ask for"), _M, Weakens.UP),
    Known("unfiled_cap", "safety", _l("Largest target while nobody has checked the filing in court"), _M, Weakens.UP),
    Known("verification_days", "safety", _l("A lawyer’s badge stands for"), _D, Weakens.UP),
    Known("register_days", "safety", _l("A register is relied on for"), _D, Weakens.UP),
    Known("fresh_minutes", "safety", _l("A proof of who one is counts for"), Unit.MINUTES, Weakens.UP),
    Known("invitation_days", "safety", _l("An invitation to a private page works for"), _D, Weakens.UP),
    Known("update_duty_days", "cases", _l("A lawyer owes an update every"), _D),
    Known("minimum_pledge", "cases", _l("Smallest pledge"), _M),
    Known("maximum_pledge", "cases", _l("Largest pledge"), _M),
    Known("minimum_target", "cases", _l("Smallest target"), _M),
    Known("maximum_target", "cases", _l("Largest target"), _M),
    Known("deadline_days_min", "cases", _l("Shortest time for which a page is open"), _D),
    Known("deadline_days_max", "cases", _l("Longest time for which a page is open"), _D),
    Known("evidence_days", "keeping", _l("Evidence of lawyers, after the decision"), _D, Weakens.ANY),
    Known("sign_in_days", "keeping", _l("Sign-ins and links that have ended"), _D, Weakens.ANY),
    Known("letter_days", "keeping", _l("To which address an email went"), _D, Weakens.ANY),
    Known("unfinished_days", "keeping", _l("The name on a pledge that was never finished"), _D, Weakens.ANY),
    Known("unpaid_days", "keeping", _l("The name on a pledge that ended without a charge"), _D, Weakens.ANY),
    Known("paid_days", "keeping", _l("The name on a pledge that was paid"), _D, Weakens.ANY),
    Known("draft_days", "keeping", _l("A page that was never sent in"), _D, Weakens.ANY),
)
BY_NAME = {known.name: known for known in ALL}
# The first of each pair may not be above the second.
PAIRS = (
    ("minimum_pledge", "maximum_pledge"),
    ("minimum_target", "maximum_target"),
    ("deadline_days_min", "deadline_days_max"),
)
