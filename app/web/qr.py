"""QR codes, drawn into the page."""

from io import BytesIO

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """`text` as a QR code, drawn without style: hidden from screen readers, for the text must stand beside it."""
    drawing = BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawing, kind="svg", xmldecl=False, svgns=False, svgclass=None, lineclass=None, omitsize=True, light="#fff"
    )
    return Markup(drawing.getvalue().decode().replace("<svg ", '<svg aria-hidden="true" ', 1).strip())  # noqa: S704
