"""Files for cases, made in code, and sending them by the lawyer's page. Nothing here was ever a real document."""

from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

from app.cases import files as case_files
from app.cases.files import Sent
from app.cases.models import Case, CaseDocument, CasePicture
from app.storage import files
from tests.support.forms import token_of

DOCUMENT = {"title": "Order of 3 March", "kind": "order", "dated_on": ["3", "3", "2026"]}
PICTURE = {"alt": "A library with its lights on", "caption": "Thornley library, in March"}


def jpeg(width: int = 1600, height: int = 900, **options: Any) -> bytes:
    """A picture of bars."""
    return drawn("JPEG", width, height, **options)


def drawn(form: str, width: int, height: int, **options: Any) -> bytes:
    image = Image.new("RGB", (width, height), "#f3efe6")
    draw = ImageDraw.Draw(image)
    for n in range(8):
        draw.rectangle((n * width // 8, height // 4, n * width // 8 + width // 12, height), fill=(20 + 25 * n, 90, 70))
    made = BytesIO()
    image.save(made, form, **options)
    return made.getvalue()


def pdf(inside: str = "") -> bytes:
    """A page without a word on it; `inside` says what its properties do."""
    made = BytesIO()
    document = pikepdf.new()
    if inside:
        document.docinfo["/Title"] = inside
    document.add_blank_page()
    document.save(made, deterministic_id=True)
    return made.getvalue()


def send(client: FlaskClient, case: str, what: str, content: bytes | None, name: str, **fields: Any) -> TestResponse:
    """Fill in one of the forms of the page for files of the case `case` (a public id) and send it."""
    url = f"/dashboard/cases/{case}/files"
    known = {"document": DOCUMENT, "picture": PICTURE}.get(what, {})
    data = {"csrf_token": token_of(client.get(url)), "what": what, **known, **fields}
    if content is not None:
        data[what] = (BytesIO(content), name)
    return client.post(url, data=data, headers={"Referer": f"https://localhost{url}"})


def document(case: Case, *, name: str = "order.pdf", inside: str = "", **said: Any) -> CaseDocument:
    """A document on the page of `case`, as the cleaner would have made it."""
    sent = Sent(files.keep(BytesIO(pdf(inside)), name, by_id=None), "0" * 64)
    words: dict[str, Any] = {"title": DOCUMENT["title"], "kind": "order", "dated_on": date(2026, 3, 3), **said}
    return case_files.add_document(case, sent, by_id=case.lawyer.user_id, **words)


def picture(case: Case, *, content: bytes = b"", is_cover: bool = True, **said: Any) -> CasePicture:
    """A picture on the page of `case`; its variants are made by the job."""
    file = files.keep(BytesIO(content or jpeg()), "picture", by_id=None)
    return case_files.add_picture(
        case, Sent(file, file.sha256), is_cover=is_cover, by_id=case.lawyer.user_id, **{**PICTURE, **said}
    )
