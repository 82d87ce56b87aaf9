"""The program that opens what people send. It runs by itself, in a process of its own, and knows nothing of the portal.

    python -I cleaner.py pdf                        a PDF on standard input
    python -I cleaner.py picture FROM TO EDGE       a picture, read as JPEG, PNG or WEBP, written as TO, at most EDGE
                                                    pixels wide and high
    python -I cleaner.py width FROM EDGE            the same, written as WEBP, at most EDGE pixels wide

Standard output gets a new file, made from what can be seen in the old one; standard error one line of JSON: `width` and
`height` of a picture, or `refused` with a word that `cleaning.REFUSALS` knows. Memory, processor time and the size of
what is written are limited before a byte is read.
"""

import json
import resource
import sys
from io import BytesIO
from typing import Any, BinaryIO, cast

MEMORY = 640 * 1024 * 1024  # address space, which is more than what is really used
SECONDS = 10  # of the processor
WRITES = 24 * 1024 * 1024
MOST_PIXELS = 25_000_000

# What stays of a document's root, of a page and of a link. Whatever else stands there is left behind.
ROOT_KEYS = {"/Type", "/Pages", "/OCProperties", "/Lang"}
PAGE_KEYS = {
    *("/Type", "/Parent", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate", "/UserUnit"),
    *("/Resources", "/Contents", "/Group", "/Annots"),
}
# Who made a thing, when and with what; on what is drawn (a stream) also what is bound to it without being seen.
HIDDEN_KEYS = ("/Metadata", "/PieceInfo", "/LastModified")
HIDDEN_IN_STREAMS = ("/AF", "/OPI", "/StructParent", "/StructParents", "/Measure", "/PtData")
# JPEG segments that a decoder needs: the file's own form, colours, and how Adobe stores them.
KEPT_SEGMENTS = (b"JFIF\0", b"ICC_PROFILE\0", b"Adobe")


class Refused(Exception):
    """What was sent cannot be taken; the argument is the word to say so."""


def limit() -> None:
    """Let this process have no more than it may."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITES, WRITES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# ---------------------------------------------------------------- pictures
def picture(sent: bytes, read: str, write: str, *, wide: int, high: int) -> tuple[bytes, dict[str, int]]:
    """The picture in `sent` drawn anew, upright, in sRGB, within `wide` and `high`; only what is seen comes along."""
    from PIL import Image, ImageFile, ImageOps  # noqa: PLC0415 — imported under the limits

    Image.MAX_IMAGE_PIXELS = None  # the size is looked at here, before anything is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        opened = Image.open(BytesIO(sent), formats=(read,))
    except (ValueError, SyntaxError, OSError, EOFError):
        raise Refused("unreadable") from None
    if opened.width * opened.height > MOST_PIXELS:
        raise Refused("pixels")
    try:
        if read == "JPEG":
            opened.draft("RGB", (wide, high))  # decodes at a half, a quarter or an eighth where that is enough
        opened.load()
        image = _in_srgb(ImageOps.exif_transpose(opened), keeps_alpha=write != "JPEG")
        image.thumbnail((wide, high), Image.Resampling.LANCZOS)
    except (ValueError, SyntaxError, OSError, EOFError, ArithmeticError, LookupError, TypeError):
        raise Refused("unreadable") from None
    image.info.clear()
    made = BytesIO()
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"quality": 85, "optimize": True, "progressive": True},
        "PNG": {"optimize": True},
        "WEBP": {"quality": 78, "method": 4},
    }
    image.save(made, write, **options[write])
    return made.getvalue(), {"width": image.width, "height": image.height}


def _in_srgb(image: Any, *, keeps_alpha: bool) -> Any:
    """`image` in the colours of the web. One that is partly clear stays so, or lies on white where it cannot."""
    from PIL import Image, ImageCms  # noqa: PLC0415

    is_clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            image = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the colours are read as they stand
    if not is_clear:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    if keeps_alpha:
        return clear
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white


# ---------------------------------------------------------------- PDF
def pdf(sent: bytes) -> bytes:
    """The pages in `sent`, with what is drawn on them and links to the web; nothing else is carried over."""
    import pikepdf  # noqa: PLC0415 — imported under the limits

    try:
        with pikepdf.open(BytesIO(sent)) as document:
            if not len(document.pages):
                raise Refused("unreadable")
            _flatten(document)
            _keep_only(document.Root, ROOT_KEYS)
            for page in document.pages:
                _clean_page(document, page.obj)
            for thing in document.objects:
                _clean_thing(thing)
            for key in set(document.trailer.keys()) - {"/Root", "/Size"}:
                del document.trailer[key]
            made = BytesIO()
            document.save(
                made,
                encryption=False,
                deterministic_id=True,
                compress_streams=True,
                fix_metadata_version=False,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
    except pikepdf.PasswordError:
        raise Refused("password") from None
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, ValueError, LookupError, TypeError, AttributeError):
        raise Refused("unreadable") from None
    return made.getvalue()


def _flatten(document: Any) -> None:
    """Draw into the pages what was filled into a form or stamped on them, which would go with its annotations."""
    if "/AcroForm" in document.Root:
        if document.Root.AcroForm.get("/NeedAppearances", False):
            document.generate_appearance_streams()
        if "/XFA" in document.Root.AcroForm:
            del document.Root.AcroForm["/XFA"]
    document.flatten_annotations("screen")


def _keep_only(thing: Any, keys: set[str]) -> None:
    for key in set(thing.keys()) - keys:
        del thing[key]


def _clean_page(document: Any, page: Any) -> None:
    import pikepdf  # noqa: PLC0415

    _keep_only(page, PAGE_KEYS)
    links = []
    for note in page.get("/Annots", ()):
        action = note.get("/A")
        address = str(action.get("/URI", "")) if action is not None and action.get("/S") == "/URI" else ""
        if note.get("/Subtype") == "/Link" and address.startswith(("https://", "http://")) and "/Rect" in note:
            # Made anew, so that nothing hides in it.
            follow = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address))
            links.append((list(note.Rect), follow))
    if "/Annots" in page:
        del page["/Annots"]
    if links:
        page["/Annots"] = pikepdf.Array(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=rect, Border=pikepdf.Array([0, 0, 0]), A=follow
            )
            for rect, follow in links
        )


def _clean_thing(thing: Any) -> None:
    """Take out of one object what is not seen; of a photograph in it, what its camera wrote beside the picture."""
    import pikepdf  # noqa: PLC0415

    if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    is_stream = isinstance(thing, pikepdf.Stream)
    for key in HIDDEN_KEYS + (HIDDEN_IN_STREAMS if is_stream else ()):
        if key in thing:
            del thing[key]
    if is_stream and thing.get("/Filter") in ("/DCTDecode", pikepdf.Array(["/DCTDecode"])):
        thing.write(without_remarks(thing.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)


def without_remarks(jpeg: bytes) -> bytes:
    """A JPEG without comments, Exif, XMP and the like; what is no JPEG comes back as it was."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, place = [jpeg[:2]], 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF:
        marker, length = jpeg[place + 1], int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if marker == 0xDA:  # from here on it is the picture
            break
        segment = jpeg[place : place + 2 + length]
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or segment[4:].startswith(KEPT_SEGMENTS):
            kept.append(segment)
        place += 2 + length
    return b"".join(kept) + jpeg[place:]


# ---------------------------------------------------------------- the program
def main(kind: str, *rest: str) -> dict[str, Any]:
    """Read, clean and write; what to say about it."""
    limit()
    said: dict[str, Any] = {}
    try:
        sent = sys.stdin.buffer.read()
        if kind == "pdf":
            made = pdf(sent)
        elif kind == "width":
            made, said = picture(sent, rest[0], "WEBP", wide=int(rest[1]), high=10 * int(rest[1]))
        else:
            made, said = picture(sent, rest[0], rest[1], wide=int(rest[2]), high=int(rest[2]))
        cast(BinaryIO, sys.stdout.buffer).write(made)
        sys.stdout.buffer.flush()
    except Refused as refusal:
        said = {"refused": str(refusal)}
    except (MemoryError, OSError):
        said = {"refused": "heavy"}
    return said


if __name__ == "__main__":
    sys.stderr.write(json.dumps(main(*sys.argv[1:])))
