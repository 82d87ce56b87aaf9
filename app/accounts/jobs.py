"""What is done for accounts behind the pages."""

from app.accounts import by_letter
from app.jobs.queue import job


@job("accounts.joined")
def joined(email: str, is_new: bool, may_write: bool) -> None:
    """Write to whoever signed up, or was signed up for."""
    by_letter.joined(email, is_new=is_new, may_write=may_write)


@job("accounts.asked_to_move")
def asked_to_move(link: int) -> None:
    """Send the link to another address, or tell its owner; `link` 0 stands for an address that got enough letters."""
    by_letter.asked_to_move(link)


@job("accounts.reset")
def reset(user: int) -> None:
    """Send a link to a new password; `user` 0 stands for an address that has no account."""
    by_letter.send_reset(user)
