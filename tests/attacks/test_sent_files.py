"""Files that are something else than they say, or more than they look: refused in plain words, and nothing of them is kept."""

import io
import zipfile

import pytest

from maagal.config import settings
from tests.people.importing.conftest import upload

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = "<!doctype html><script>alert(1)</script>,שם פרטי,טלפון\n".encode()
PNG_AND_HTML = b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"
PDF_AND_CSV = "%PDF-1.7\nשם פרטי,טלפון\nעדה,050-1234567\n".encode()
GIF_AND_SCRIPT = b"GIF89a/*" + b"\x00" * 20 + b"*/=alert(1)"
ELF = b"\x7fELF" + b"\x00" * 60
EMPTY_ZIP = b"PK\x05\x06" + b"\x00" * 18


def packed(**members: bytes) -> bytes:
    """Return a zip with these members; `xl__a` stands for xl/a."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return held.getvalue()


def bomb() -> bytes:
    """Return a workbook of a few kilobytes that unpacks to far more than a roster can be."""
    return packed(**{"[Content_Types].xml": b"<Types/>", "xl__worksheets__sheet1.xml": b" " * 90_000_000})


def entities() -> bytes:
    """Return a workbook whose XML doubles itself (billion laughs)."""
    lines = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};">' for n in range(1, 16))
    cell = '<worksheet><sheetData><row><c t="str"><v>&a15;</v></c></row></sheetData></worksheet>'
    sheet = f'<!DOCTYPE x [<!ENTITY a0 "ha">{lines}]>{cell}'
    return packed(**{"[Content_Types].xml": b"<Types/>", "xl__worksheets__sheet1.xml": sheet.encode()})


REFUSED = {
    "svg": SVG, "html": HTML, "html in a picture": PNG_AND_HTML, "pdf": PDF_AND_CSV, "script in a picture": GIF_AND_SCRIPT,
    "a program": ELF, "an empty zip": EMPTY_ZIP, "a zip of something": packed(a=b"b"), "a bomb": bomb(),
    "entities": entities(), "nothing": b"", "zeros": b"\x00" * 100,
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("name", ["sheet.csv", "sheet.xlsx"])
def test_what_is_no_sheet_is_refused_beside_the_field(circle, browse, what, name):
    answer = upload(browse(circle.dana), circle.community, REFUSED[what], name)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "<svg xmlns" not in answer.text
    assert "alert(1)" not in answer.text


NAMES = (
    "../../../../tmp/x.csv", "..\\..\\x.csv", "/etc/cron.d/x.csv", "a\x00b.csv", "x" * 4_000 + ".csv",
    "<img src=x onerror=alert(1)>.csv", "con.csv", ".htaccess", "\u202egnp.csv",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_files_name_leads_nowhere(circle, browse, name):
    before = written()
    answer = upload(browse(circle.dana), circle.community, "שם פרטי,טלפון,תפקיד\nעדה,050-1234567,משתתפת\n".encode(), name)
    assert answer.status_code in {303, 422}
    assert written() == before
    if answer.status_code == 303:
        shown = browse(circle.dana).get(answer.location).text
        assert "<img src=x" not in shown


def written() -> set[str]:
    """Return the stored files by name; sheets lie sealed in the database, so an upload adds none."""
    folder = settings().data / "files"
    return {str(each) for each in folder.rglob("*")} if folder.exists() else set()
