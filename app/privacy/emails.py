"""The letter that answers somebody who asked what we hold about an address."""

from flask import current_app

from app.i18n.locale import alternate_url, get_locale
from app.mail.outbox import Letter, letter
from app.privacy import asking


@letter("privacy.link")
def link(link: int) -> Letter | None:
    """It carries no name: whoever asked may be somebody else. Who has an account signs in for it."""
    found = asking.working(link)
    if found is None:
        return None
    has_account = asking.account_of(found) is not None
    path = "me/privacy/" if has_account else f"privacy/link/{asking.token_of(found)}"
    hours = int(asking.LASTS.total_seconds() // 3600)
    url = str(current_app.config["AMICUS"].base_url) + alternate_url(path, get_locale())
    return Letter("privacy/link", {"url": url, "hours": hours, "has_account": has_account})
