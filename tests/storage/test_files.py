"""Files that people send: what is taken, where it is, how it is handed out and how it goes away."""

import os
from io import BytesIO

import pytest

from app.core.errors import NotFound
from app.database import db as database
from app.storage import files

PDF = b"%PDF-1.7\nsomething"
JPEG, PNG = b"\xff\xd8\xff\xe0rest", b"\x89PNG\r\n\x1a\nrest"


def keep(words=PDF, name="evidence.pdf"):
    return files.keep(BytesIO(words), name, by_id=7)


def on_disk():
    return sorted(path.name for path in files.folder().rglob("*") if path.is_file())


@pytest.mark.parametrize(("words", "kind"), [(PDF, "pdf"), (JPEG, "jpeg"), (PNG, "png")])
def test_a_file_is_taken_for_what_it_is_whatever_it_is_called(db, words, kind):
    row = keep(words, "letter.docx")
    assert (row.kind, row.size, row.created_by) == (kind, len(words), 7)
    assert row.name == "letter.docx" + files.KINDS[kind].endings[0]
    assert files.path_of(row).read_bytes() == words


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90",
        b" %PDF-1.7",
        b"GIF89a",
        b"<html>%PDF-",
        b"\xff\xd8",
    ],
)
def test_other_types_are_refused_and_leave_nothing(db, words):
    with pytest.raises(files.WrongType):
        keep(words)
    assert on_disk() == []


def test_a_file_may_have_ten_megabytes_and_not_a_byte_more(db):
    assert keep(PDF + b"x" * (files.LARGEST - len(PDF))).size == files.LARGEST
    with pytest.raises(files.TooLarge):
        keep(PDF + b"x" * (files.LARGEST - len(PDF) + 1))
    assert len(on_disk()) == 1


def test_a_file_lies_outside_the_web_root_under_a_name_that_tells_nothing(app, db):
    row = keep(name="Moradi certificate.pdf")
    path = files.path_of(row)
    assert path == app.config["AMICUS"].data_dir / "files" / row.public_id[:2] / row.public_id
    assert "static" not in path.parts and "Moradi" not in str(path)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\me\cert.PDF", "cert.PDF"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("a\r\nb\x00.pdf", "a b.pdf"),
        ("پروانه.pdf", "پروانه.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_the_name_is_cleaned(name, kept):
    assert files.clean_name(name, "pdf") == kept


# ---------------------------------------------------------------- with the transaction
def test_the_file_is_there_before_the_commit_and_stays_after_it(app):
    with app.app_context():
        row = keep()
        assert on_disk() == [row.public_id]
        database.session.commit()
        database.session.rollback()
        assert on_disk() == [row.public_id]


def test_a_file_goes_when_its_row_is_rolled_back(app):
    with app.app_context():
        keep()
        database.session.rollback()
        assert on_disk() == []


def test_a_deleted_file_goes_with_the_commit_and_not_before(app):
    with app.app_context():
        row = keep()
        database.session.commit()
        files.delete(row)
        assert len(on_disk()) == 1
        database.session.rollback()
        assert row.deleted_at is None and len(on_disk()) == 1
        files.delete(row)
        files.delete(row)
        database.session.commit()
        assert row.deleted_at and on_disk() == []


def test_what_a_crash_left_over_is_swept_up(app):
    with app.app_context():
        row, gone, fresh = keep(), keep(), files.folder() / "zz" / "zz-being-written"
        database.session.commit()
        left = files.folder() / "zz" / "zzleft"
        left.parent.mkdir()
        for path in (left, fresh):
            path.write_bytes(PDF)
        os.utime(left, (1, 1))
        gone.deleted_at = row.created_at  # a worker died between the commit and the disk
        database.session.commit()
        assert files.sweep() == 2 and files.sweep() == 0
        assert on_disk() == sorted([row.public_id, fresh.name])


def test_there_may_be_nothing_to_sweep(app):
    with app.app_context():
        assert files.sweep() == 0


# ---------------------------------------------------------------- handing out
def test_a_download_is_saved_and_never_shown_as_a_page_of_ours(app, db):
    row = keep(name="certificate ‘2026’.pdf")
    with app.test_request_context():
        answer = files.download(row)
        answer.direct_passthrough = False
        assert answer.get_data() == PDF and answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store" and "ETag" not in answer.headers


def test_a_file_that_is_gone_is_not_found(app, db):
    deleted, lost = keep(), keep()
    deleted.deleted_at = deleted.created_at
    files.path_of(lost).unlink()
    for row in (deleted, lost):
        with app.test_request_context(), pytest.raises(NotFound):
            files.download(row)
