"""What is done for accounts behind the pages."""

from app.accounts import by_letter
from app.jobs.queue import job


@job("accounts.reset")
def reset(user: int) -> None:
    """Send a link to a new password; `user` 0 stands for an address that has no account."""
    by_letter.send_reset(user)
