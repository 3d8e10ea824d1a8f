"""The workbook and the CSV hold the snapshot's own numbers, and nothing a spreadsheet would run."""

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from tenants.reports.rendering.snapshot import Figure, Section, Series, Snapshot, Table
from tenants.reports.rendering.table_csv import render_csv
from tenants.reports.rendering.workbook import render_xlsx, sheet_name
from tests.reports.rendering.world import report

DANGEROUS = ("=1+1", "+972 50", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0")


def book(snapshot: Snapshot, locale: str = "he") -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(render_xlsx(snapshot, locale)))


def rows(snapshot: Snapshot, locale: str = "he") -> list[list[str]]:
    return list(csv.reader(StringIO(render_csv(snapshot, locale).decode("utf-8-sig"), newline="")))


def named(name: str) -> Snapshot:
    table = Table("by_community", ("community", "mentor"), ((name, 1),))
    return report(community_name=name, sections=(Section(name, (Figure(name, -4),), tables=(table,)),))


def test_the_workbook_has_a_sheet_for_each_section() -> None:
    assert book(report()).sheet_names == ["אנשים", "רשימת המתנה", "ליוויים", "מפגשי ליווי", "קהילות"]


def test_the_workbook_holds_the_snapshot_s_own_numbers() -> None:
    sheet = book(report()).get_sheet_by_name("מפגשי ליווי").to_python()
    by_name = {row[0]: row[1:4] for row in sheet[2:6]}
    assert by_name["מפגשים שהתקיימו"] == [47.0, "מספר", 41.0]
    assert by_name["שעות מפגש"] == [62.5, "שעות", 55.0]
    assert by_name["נוכחות"] == [92.2, "אחוזים", 87.2]


def test_the_workbook_holds_every_plot_s_table() -> None:
    sheet = book(report()).get_sheet_by_name("מפגשי ליווי").to_python()
    assert ["נוב׳ 2026", 51.0, 47.0, 4.0] in [row[:4] for row in sheet]
    assert ["אוג׳ 2026", ""] in [row[:2] for row in sheet]


def test_what_nobody_counted_is_an_empty_cell_and_not_a_nought() -> None:
    sheet = book(report()).get_sheet_by_name("ליוויים").to_python()
    assert ["ליוויים בהפסקה", "", "מספר", ""] in [row[:4] for row in sheet]


@pytest.mark.parametrize(("locale", "turned"), [("he", True), ("en", False)])
def test_sheets_run_right_to_left_in_hebrew_only_and_keep_their_heads(locale: str, turned: bool) -> None:
    with ZipFile(BytesIO(render_xlsx(report(), locale))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert ('rightToLeft="1"' in sheet) is turned
    assert 'state="frozen"' in sheet
    assert "<cols>" in sheet


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_workbook_never_computes_a_name(name: str) -> None:
    with ZipFile(BytesIO(render_xlsx(named(name), "en"))) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert book(named(name), "en").get_sheet_by_index(0).to_python()[2][1] == -4.0


def test_the_same_snapshot_gives_the_same_workbook() -> None:
    assert render_xlsx(report(), "he") == render_xlsx(report(), "he")


def test_sheet_names_are_short_plain_and_different() -> None:
    taken: set[str] = set()
    assert sheet_name("a/b[c]:*?\\'d", taken) == "abcd"
    assert sheet_name("ABCD", taken) == "ABCD 2"
    assert sheet_name("[]", taken) == "-"
    assert len(sheet_name("x" * 40, taken)) == len(sheet_name("x" * 40, taken)) + 2 == 31


def test_the_csv_opens_as_hebrew_in_a_spreadsheet() -> None:
    assert render_csv(report(), "he").startswith(b"\xef\xbb\xbf")
    assert rows(report())[0] == ["פרק", "נתון", "פירוט", "ערך", "יחידה", "החודש הקודם"]


def test_the_csv_holds_figures_points_and_cells() -> None:
    told = rows(report())
    assert ["מפגשי ליווי", "שעות מפגש", "", "62.5", "שעות", "55"] in told
    assert ["מפגשי ליווי", "נוכחות", "אוג׳ 2026", "", "אחוזים", ""] in told
    assert ["קהילות", "ליוויים פעילים", "באר שבע", "9", "מספר", ""] in told


@pytest.mark.parametrize("name", DANGEROUS)
def test_no_text_in_the_csv_begins_as_a_formula(name: str) -> None:
    told = rows(named(name), "en")
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in told for cell in row)
    assert told[1][3] == "-4"
    assert not any(row[at].startswith("-") for row in told for at in (0, 1, 2))


def test_a_series_of_a_new_kind_needs_no_code() -> None:
    section = Section("brand_new", series=(Series("newer_by_kind", (("newest", 1),)),))
    assert ["brand_new", "newer_by_kind", "newest", "1", "number", ""] in rows(report(sections=(section,)), "en")
