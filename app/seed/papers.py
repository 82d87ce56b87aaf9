"""Papers and a picture that people in the demo have sent in. All of it is made here, and nothing of it is real."""

import math
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (1600, 900)  # of the picture, in pixels


def certificate(*lines: str) -> bytes:
    """A PDF of one page with these lines; Latin letters only, and no brackets or backslashes."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 16 Tf 24 TL 72 720 Td {shown} ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    paper, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(paper))
        paper += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    foot = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(paper))
    return paper + head + table + foot


def river() -> bytes:
    """A JPEG of a river that winds out of the hills in the evening."""
    wide, high = SIZE
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    for y in range(high):
        share = y / high
        draw.line((0, y, wide, y), fill=(int(246 - 40 * share), int(222 - 20 * share), int(196 + 10 * share)))
    draw.ellipse((1130, 150, 1290, 310), fill=(252, 240, 214))
    for hill, shade in enumerate([(150, 170, 160), (104, 138, 120), (62, 104, 84)]):
        base = 330 + 90 * hill
        ridge = [(x, base + 70 * math.sin(x / (260 - 50 * hill) + 2 * hill)) for x in range(0, wide + 20, 20)]
        draw.polygon([(0, high), *ridge, (wide, high)], fill=shade)
    left = [(800 + 150 * math.sin(y / 110) - (y - 540) * 0.55, y) for y in range(540, high + 10, 10)]
    right = [(820 + 150 * math.sin(y / 110) + (y - 540) * 0.75, y) for y in range(high, 530, -10)]
    draw.polygon(left + right, fill=(214, 226, 226))
    made = BytesIO()
    image.save(made, "JPEG", quality=85)
    return made.getvalue()
