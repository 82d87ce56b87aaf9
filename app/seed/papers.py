"""Papers that people in the demo have sent in."""


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
