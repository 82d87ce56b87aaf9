"""Lucide icons, drawn into the page: no font, no request, and they take the colour of the words beside them."""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

_FOLDER = Path(__file__).resolve().parents[1] / "static" / "vendor" / "lucide"
_SHAPE = re.compile(r"<(?!svg|/svg|!)[^>]+>")
# What points along the line of reading turns round with it; clocks, ticks and pictures do not.
_DIRECTIONAL = re.compile(r"(arrow|chevron)-(left|right)|external-link|list|log-in|log-out|send|undo-2")


@cache
def icon(name: str, cls: str = "") -> Markup:
    """The icon `name` as inline SVG, hidden from screen readers: words must stand beside it. Raises LookupError."""
    try:
        drawing = (_FOLDER / f"{name}.svg").read_text("utf-8")
    except FileNotFoundError:
        raise LookupError(f"There is no icon {name!r} under app/static/vendor/lucide") from None
    shapes = Markup("".join(_SHAPE.findall(drawing)).replace(" />", "/>"))  # noqa: S704 (our own files)
    classes = " ".join(filter(None, ("icon", _DIRECTIONAL.fullmatch(name) and "icon--flip", cls)))
    return Markup('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>').format(classes, shapes)
