"""Who is looking: one small value that access rules read, so that they need no request.

The accounts feature tells how to find the visitor of a request (`find_with`); grants to private cases travel in the
visitor's signed cookie and are checked against the database by `cases.access` on every use.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app, g, request


@dataclass(frozen=True)
class Visitor:
    """A person at the door. `grants` maps a private case's public id to (grant id, version).

    `is_confirmed` says that letters reach them; `owes_codes` that they must set up a second factor before they do what
    needs one; `proved_at` when they last proved who they are (real time).
    """

    user_id: int | None = None
    name: str = ""
    lawyer_id: int | None = None
    roles: frozenset[str] = frozenset()
    grants: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_confirmed: bool = False
    owes_codes: bool = False
    proved_at: datetime | None = None

    def has_role(self, *roles: str) -> bool:
        """Whether one of `roles` is theirs; an administrator has all but the auditor's."""
        return bool(self.roles & set(roles)) or ("admin" in self.roles and roles != ("auditor",))

    @property
    def is_staff(self) -> bool:
        """Whether they hold any staff role."""
        return bool(self.roles)


NOBODY = Visitor()
_finders: list[Callable[[], Visitor]] = []


def find_with(finder: Callable[[], Visitor]) -> None:
    """Name the function that finds the visitor of the present request."""
    _finders[:] = [finder]


def has_session_cookie() -> bool:
    """Whether the request brought a session; without one it is nobody, and nothing is looked up."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def current_visitor() -> Visitor:
    """The visitor of this request; found once."""
    if "visitor" not in g:
        g.visitor = _finders[0]() if _finders and has_session_cookie() else NOBODY
    visitor: Visitor = g.visitor
    return visitor


def forget_visitor() -> None:
    """After sign-in or sign-out the next look finds them anew."""
    g.pop("visitor", None)
