"""Papers and pictures that people in the demo have sent in. All of it is made here, and nothing of it is real."""

import math
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (1600, 900)  # of a picture, in pixels


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
    image = _sky((246, 222, 196), (206, 202, 206))
    draw = ImageDraw.Draw(image)
    draw.ellipse((1130, 150, 1290, 310), fill=(252, 240, 214))
    for hill, shade in enumerate([(150, 170, 160), (104, 138, 120), (62, 104, 84)]):
        base = 330 + 90 * hill
        ridge = [(x, base + 70 * math.sin(x / (260 - 50 * hill) + 2 * hill)) for x in range(0, wide + 20, 20)]
        draw.polygon([(0, high), *ridge, (wide, high)], fill=shade)
    left = [(800 + 150 * math.sin(y / 110) - (y - 540) * 0.55, y) for y in range(540, high + 10, 10)]
    right = [(820 + 150 * math.sin(y / 110) + (y - 540) * 0.75, y) for y in range(high, 530, -10)]
    draw.polygon(left + right, fill=(214, 226, 226))
    return _jpeg(image)


def estate() -> bytes:
    """A JPEG of a row of houses at night, some windows lit, around a street lamp that is dark."""
    wide, high = SIZE
    image = _sky((24, 34, 58), (70, 78, 104))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 690, wide, high), fill=(38, 50, 48))
    for number, left in enumerate(range(-60, wide, 280)):
        top, wall = 380 + 30 * (number % 3), (58 + 8 * (number % 2), 64, 78)
        draw.rectangle((left, top, left + 240, 700), fill=wall)
        draw.polygon([(left - 18, top), (left + 120, top - 110), (left + 258, top)], fill=(44, 46, 60))
        for row, column in ((0, 0), (0, 1), (1, 0)):
            lit = (number * 2 + row + column) % 3 == 0
            x, y = left + 40 + 110 * column, top + 40 + 120 * row
            draw.rectangle((x, y, x + 54, y + 68), fill=(246, 214, 150) if lit else (34, 40, 56))
        draw.rectangle((left + 150, 590, left + 204, 700), fill=(30, 34, 46))
    draw.rectangle((780, 330, 794, 760), fill=(16, 20, 28))
    draw.polygon([(752, 330), (822, 330), (804, 272), (770, 272)], fill=(16, 20, 28))
    return _jpeg(image)


def stairs() -> bytes:
    """A JPEG of a stairwell that goes up and up, beside the closed doors of a lift."""
    wide, high = SIZE
    image = _sky((232, 230, 220), (206, 202, 188))
    draw = ImageDraw.Draw(image)
    for n in range(14):
        left, top = 90 + 64 * n, 820 - 52 * n
        draw.rectangle((left, top, left + 66, high), fill=(150 - 4 * n, 152 - 4 * n, 146 - 3 * n))
        draw.line((left, top, left + 66, top), fill=(92, 96, 92), width=5)
    draw.line((90, 640, 986, -90), fill=(70, 110, 92), width=16)
    draw.rectangle((1120, 170, 1480, 820), fill=(122, 128, 128))
    draw.rectangle((1150, 210, 1450, 820), fill=(176, 182, 182))
    draw.line((1300, 210, 1300, 820), fill=(86, 92, 92), width=6)
    draw.rectangle((1190, 420, 1410, 520), fill=(250, 236, 190))
    draw.line((1215, 455, 1385, 455), fill=(120, 90, 40), width=8)
    draw.line((1215, 486, 1330, 486), fill=(120, 90, 40), width=8)
    draw.rectangle((0, 820, wide, high), fill=(168, 164, 150))
    return _jpeg(image)


_Colour = tuple[int, int, int]


def _sky(above: _Colour, below: _Colour) -> Image.Image:
    """A picture that goes from one colour at the top to another at the bottom."""
    wide, high = SIZE
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    for y in range(high):
        red, green, blue = (int(one + (other - one) * y / high) for one, other in zip(above, below, strict=True))
        draw.line((0, y, wide, y), fill=(red, green, blue))
    return image


def _jpeg(image: Image.Image) -> bytes:
    made = BytesIO()
    image.save(made, "JPEG", quality=85)
    return made.getvalue()
