"""The PDF a board reads: tagged, in its language's direction, and harmless whatever people are called."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from tenants.reports.rendering.pdf import document, render_pdf, template
from tenants.reports.rendering.snapshot import Section, Series, Snapshot, Table
from tests.reports.rendering.printed import pages_of
from tests.reports.rendering.world import report

WILD = (
    "#panic[now]",
    "= heading *bold* _thin_ `raw` $x^2$ @cite <label> // gone \\ end",
    '"quoted" {{ 7 * 7 }} </svg>&amp;',
    "nul \x00 bell \x07 lone \ud800",
)


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def squeezed(told: str) -> str:
    """Leave out spaces and brackets: pdfium moves the former beside numbers and mirrors the latter in Hebrew."""
    return "".join(sign for sign in told if not sign.isspace() and sign not in "()")


def named(name: str) -> Snapshot:
    table = Table("by_community", ("community", "mentor"), ((name, 1),))
    section = Section(name, tables=(table,), series=(Series("closed_by_reason", ((name, 2),)),))
    return report(tenant_name=name, community_name=name, sections=(section,))


def test_the_hebrew_pdf_is_tagged_named_and_in_hebrew(fonts: Path) -> None:
    made = reader(render_pdf(report(), "he", fonts))
    root: Any = made.root_object
    assert root["/Lang"] == "he"
    assert made.metadata
    assert made.metadata.title == "דוח חודשי · נובמבר 2026"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/Direction"] == "/R2L"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()


def test_every_font_of_the_pdf_travels_with_it(fonts: Path) -> None:
    made = reader(render_pdf(report(), "he", fonts))
    pages: list[Any] = list(made.pages)
    used = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in used]
    assert described
    assert all("/FontFile2" in one and "Rubik" in one["/FontName"] for one in described)


@pytest.mark.parametrize("locale", ["he", "en"])
def test_a_month_of_a_community_fits_three_pages(fonts: Path, locale: str) -> None:
    assert len(reader(render_pdf(report(), locale, fonts)).pages) == 3


def test_hebrew_is_read_in_its_order_with_latin_and_numbers_inside(fonts: Path) -> None:
    told = "".join(pages_of(render_pdf(report(), "he", fonts)))
    for words in ("דוח חודשי · נובמבר 2026", "עמותת קשת (ע״ר)", "ירידה של 21 ימים", "62.5 שעות", "תל אביב-יפו"):
        assert squeezed(words) in squeezed(told)
    assert "Haifa" in told
    assert "92.2%" in told


def test_every_page_says_its_number_and_its_revision(fonts: Path) -> None:
    pages = pages_of(render_pdf(report(), "en", fonts))
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of 3" in page
        assert "Revision 2 · Made on 1 December 2026, 06:05" in page


@pytest.mark.parametrize("name", WILD)
@pytest.mark.parametrize("locale", ["he", "en"])
def test_markup_in_a_name_is_shown_and_does_nothing(fonts: Path, name: str, locale: str) -> None:
    told = "".join("".join(pages_of(render_pdf(named(name), locale, fonts))).split())
    letters = [word for word in name.replace("\x00", " ").split() if word.isalnum() and word.isascii()]
    assert letters or "panic" in told
    assert all(word in told for word in letters)


def test_a_name_reaches_typst_as_data_and_never_as_source() -> None:
    told = json.loads(document(named("#panic[now]"), "en"))
    assert told["tenant"] == told["subject"] == told["sections"][0]["heading"] == "#panic[now]"
    assert b"#panic" not in template()


def test_the_same_snapshot_gives_the_same_bytes(fonts: Path) -> None:
    first = render_pdf(report(), "he", fonts)
    render_pdf(report(revision=3), "en", fonts)
    assert render_pdf(report(), "he", fonts) == first


def test_several_threads_share_one_press(app: Flask, fonts: Path) -> None:
    def made(revision: int) -> bool:
        with app.app_context():
            pdf = reader(render_pdf(report(revision=revision), "en", fonts))
        return f"Revision {revision} " in pdf.pages[0].extract_text()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(made, range(1, 9)))


def test_an_empty_report_is_still_a_report(fonts: Path) -> None:
    assert len(reader(render_pdf(report(sections=()), "he", fonts)).pages) == 1


@pytest.mark.parametrize("locale", ["he", "en"])
@pytest.mark.parametrize("name", ["ማህበረሰብ", "中文", "קהילת ✡", "★ 🙂\ufe0f", "e\u0301\u1abf", "\u200b\ue000"])
def test_a_name_in_letters_that_the_font_lacks_does_not_keep_the_report_from_being_printed(
    name: str, locale: str, fonts: Path
) -> None:
    assert squeezed("".join(pages_of(render_pdf(named(f"{name} Kreis"), locale, fonts)))).count("Kreis") >= 3


def test_letters_the_font_has_stay_as_they_are_beside_one_it_lacks(fonts: Path) -> None:
    assert "Kreis?Мир" in squeezed("".join(pages_of(render_pdf(named("Kreis 中 Мир"), "en", fonts))))
