"""A backer on a phone without script: opens pages, sends forms, reads mail, follows the links in it."""

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pledges.backing import FILLED, hidden, local, post, said
from tests.support import stand_in
from tests.support.smtp import Sink
from tests.support.stand_in import Outcome

GOOD = "4242424242424242"
OTHER = "5555555555554444"
DECLINED = "4000000000000341"  # saved without trouble, declined when charged
ASKS_WHEN_SAVED = "4000002500003155"
ASKS_EACH_TIME = "4000002760003184"
_LINK = re.compile(r"https://localhost(/\S*)")


class Backer:
    """One person with a browser of their own, who reads in `lang`."""

    def __init__(self, app: Flask, outbox: Sink, lang: str, email: str = "omid@example.org") -> None:
        self.browser: FlaskClient = app.test_client()
        self.outbox, self.lang, self.email = outbox, lang, email
        self.prefix = "/fa" if lang == "fa" else ""

    # ------------------------------------------------------------ pages
    def opens(self, path: str) -> TestResponse:
        """A page in the backer's language."""
        page = self.browser.get(path)
        while page.status_code == 303:
            page = self.browser.get(local(page.location))
        assert page.status_code == 200, f"{path}: {page.status_code} {said(page)}"
        direction = "rtl" if self.lang == "fa" else "ltr"
        assert f'<html lang="{self.lang}" dir="{direction}"' in page.text, f"{path} speaks another language"
        return page

    def presses(self, page: TestResponse, path: str, **fields: Any) -> TestResponse:
        """Send one of the page's forms to `path`."""
        return post(self.browser, path, hidden(page), **fields)

    def goes_to_hosted_page(self, slug: str, **fields: Any) -> str:
        """From the shared link by its button and the form; the address of the hosted page."""
        case = self.opens(f"{self.prefix}/cases/{slug}")
        button = re.search(rf'href="({self.prefix}/cases/{slug}/back)"', case.text)
        assert button, "the case's page has no way to back it"
        form = self.opens(button[1])
        sent = self.presses(form, button[1], **{**FILLED, "email": self.email, "amount_choice": "50", **fields})
        assert sent.status_code == 303, said(sent)
        return str(sent.location)

    def comes_back(self, address: str) -> TestResponse:
        """To our page, from the provider's or the bank's."""
        return self.opens(local(address))

    def pledges(self, slug: str, card: str = GOOD, **fields: Any) -> TestResponse:
        """The whole way; the page of thanks."""
        return self.comes_back(stand_in.pay(self.goes_to_hosted_page(slug, **fields), card))

    def approves(self, page: TestResponse, three_ds: Outcome = "complete") -> TestResponse:
        """The button "approve and pay" of the pledge's page, and what the bank asks."""
        bank = self.presses(page, f"{_path_of(page)}/approve")
        link = re.search(r'<a class="btn btn--lg" href="([^"]+)"', bank.text)
        assert link, said(bank)
        return self.comes_back(stand_in.authenticate(unescape(link[1]), three_ds))

    def brings_another_card(self, page: TestResponse, card: str = OTHER) -> TestResponse:
        """The button "use another card" of the pledge's page."""
        sent = self.presses(page, f"{_path_of(page)}/card")
        assert sent.status_code == 303, said(sent)
        return self.comes_back(stand_in.pay(sent.location, card))

    # ------------------------------------------------------------ mail
    def letters(self) -> list[str]:
        """Subjects of the letters that came, oldest first."""
        return self.outbox.subjects(self.email)

    def reads_last_letter(self) -> str:
        """The words of the newest letter, which is in the backer's language."""
        letter = self.outbox.to(self.email)[-1]
        assert letter["Content-Language"] == self.lang
        body = letter.get_body(("plain",))
        assert body is not None
        return " ".join(str(body.get_content()).split())

    def follows_last_letter(self) -> TestResponse:
        """The page of the pledge, by the newest letter's link and from a browser that knows nothing."""
        (path,) = {path for path in _LINK.findall(self.reads_last_letter()) if "/pledges/" in path}
        self.browser = self.browser.application.test_client()
        return self.opens(path)


def _path_of(page: TestResponse) -> str:
    return str(page.request.script_root + page.request.path)
