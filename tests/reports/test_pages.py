"""Who reads, makes and takes away reports."""

from collections.abc import Callable
from io import BytesIO, StringIO
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from maagal.db import commit, db, within
from maagal.tenancy import Tenant
from tenants.communities.actions import open_community
from tenants.communities.models import Community
from tenants.reports import actions, queries
from tenants.reports.models import Report
from tests.circle import Circle, make_circle, make_person, token
from tests.reports.conftest import OCTOBER
from tests.reports.rendering.printed import pages_of

Browse = Callable[..., FlaskClient]


@pytest.fixture
def report(month: Circle) -> UUID:
    made = actions.make_report(month.community, OCTOBER).id
    commit()
    return made


@pytest.fixture
def whole(month: Circle) -> UUID:
    made = actions.make_report(None, OCTOBER).id
    commit()
    return made


@pytest.fixture
def ada(month: Circle) -> UUID:
    made = make_person("Ada", "Min", "administrator", None)
    commit()
    return made


def how_many() -> int:
    db.session.expire_all()
    return db.session.scalar(db.select(db.func.count()).select_from(Report))


def test_a_coordinator_reads_her_communitys_report(month: Circle, report: UUID, browse: Browse) -> None:
    client = browse(month.dana)
    assert f"/reports/{report}" in client.get("/reports").text
    answer = client.get(f"/reports/{report}?language=en")
    assert answer.status_code == 200
    assert "מעגל בדיקה" in answer.text


@pytest.mark.parametrize("page", ["", "/pdf", "/xlsx", "/csv", "/correction"])
def test_nobody_else_reads_it(page: str, month: Circle, report: UUID, ada: UUID, browse: Browse) -> None:
    zohar = make_person("Zohar", "Ash", "coordinator", open_community("מעגל אחר").id)
    payer = make_person("Pay", "Er", "sponsor", None)
    commit()
    for person in (month.miri, month.pnina, month.adam, zohar, payer, ada):
        assert browse(person).get(f"/reports/{report}{page}").status_code == 404
    assert browse().get(f"/reports/{report}{page}").status_code == 303


def test_administration_reads_the_whole_and_coordinators_do_not(
    month: Circle, report: UUID, whole: UUID, ada: UUID, browse: Browse
) -> None:
    client = browse(ada)
    assert client.get(f"/reports/{whole}").status_code == 200
    assert f"/reports/{whole}" in client.get("/reports").text
    assert f"/reports/{report}" not in client.get("/reports").text
    assert client.get(f"/reports/{whole}/correction").status_code == 404
    assert browse(month.dana).get(f"/reports/{whole}").status_code == 404


def test_the_house_next_door_cannot_open_it(report: UUID, elm: Tenant, browse: Browse) -> None:
    db.session.remove()
    with within(elm):
        client = browse(make_circle().dana, elm)
    assert client.get("/reports").status_code == 200
    assert client.get(f"/reports/{report}").status_code == 404
    assert f"/reports/{report}" not in client.get("/reports").text


def test_the_page_and_its_files_say_the_same(month: Circle, report: UUID, browse: Browse) -> None:
    client = browse(month.dana)
    page = client.get(f"/reports/{report}").text
    pdf = client.get(f"/reports/{report}/pdf")
    assert pdf.content_type == "application/pdf"
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="report-2026-10-r1-he.pdf"'
    printed = "".join(pages_of(pdf.data))
    assert "מעגל בדיקה" in printed
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"/reports/{report}/xlsx").data))
    met = {row[0]: row[1] for row in book.get_sheet_by_index(book.sheet_names.index("מפגשי ליווי")).to_python() if row}
    assert (met["מפגשים שהתקיימו"], met["מפגשים שלא התקיימו"]) == (3, 1)
    assert "75%" in page
    assert "75%" in printed
    assert "מפגשים שהתקיימו,,3," in client.get(f"/reports/{report}/csv").data.decode("utf-8-sig")


def test_files_come_in_the_other_language_as_well(month: Circle, report: UUID, browse: Browse) -> None:
    client = browse(month.dana)
    assert f"/reports/{report}/csv?language=en" in client.get(f"/reports/{report}").text
    english = client.get(f"/reports/{report}/csv?language=en").data.decode("utf-8-sig")
    assert StringIO(english).readline().startswith("Section,Figure")
    printed = client.get(f"/reports/{report}/pdf?language=en").data
    assert "Meetings that took place" in "".join(one.extract_text() for one in PdfReader(BytesIO(printed)).pages)
    assert client.get(f"/reports/{report}/pdf?language=en").data == printed


def test_a_communitys_name_is_never_a_formula(month: Circle, ada: UUID, browse: Browse) -> None:
    db.session.get(Community, month.community).name = "=HYPERLINK(1)"
    whole = actions.make_report(None, OCTOBER).id
    commit()
    client = browse(ada)
    lines = client.get(f"/reports/{whole}/csv").data.decode("utf-8-sig").splitlines()
    assert any("'=HYPERLINK(1)" in line for line in lines)
    assert not any(cell.startswith("=") for line in lines for cell in line.split(","))


def test_a_coordinator_makes_last_months_report_and_asking_twice_makes_one(month: Circle, browse: Browse) -> None:
    client = browse(month.dana)
    sent = {"community": month.community, "month": "2026-10-01", "csrf_token": token(client)}
    first, again = client.post("/reports", data=sent), client.post("/reports", data=sent)
    assert (first.status_code, first.location) == (303, again.location)
    assert client.get(first.location).status_code == 200
    assert how_many() == 1


@pytest.mark.parametrize("wrong", [{"month": "2026-12-01"}, {"month": "x"}, {"community": "of another"}])
def test_what_cannot_be_made_is_refused(wrong: dict[str, str], month: Circle, browse: Browse) -> None:
    other = open_community("מעגל אחר").id
    commit()
    client = browse(month.dana)
    sent = {"community": month.community, "month": "2026-10-01", "csrf_token": token(client)} | wrong
    sent["community"] = other if sent["community"] == "of another" else sent["community"]
    assert client.post("/reports", data=sent).status_code == 422
    assert how_many() == 0


def test_only_coordinators_have_reports_made(month: Circle, ada: UUID, browse: Browse) -> None:
    for person in (ada, month.miri, month.pnina):
        client = browse(person)
        sent = {"community": month.community, "month": "2026-10-01", "csrf_token": token(client)}
        assert client.post("/reports", data=sent).status_code == 404
    assert how_many() == 0


def test_a_correction_needs_a_reason_and_stands_beside_the_old_one(month: Circle, report: UUID, browse: Browse) -> None:
    client = browse(month.dana)
    form = {"reason": " ", "csrf_token": token(client)}
    assert client.post(f"/reports/{report}/correction", data=form).status_code == 422
    form["reason"] = "חסר מפגש"
    first = client.post(f"/reports/{report}/correction", data=form)
    assert first.status_code == 303
    assert client.post(f"/reports/{report}/correction", data=form).location == first.location
    told = client.get(first.location).text
    assert "חסר מפגש" in told
    assert f"/reports/{report}" in told
    assert queries.latest(month.community, OCTOBER).revision == 2


def test_a_correction_of_an_outdated_report_keeps_the_words_and_shows_the_newest(
    month: Circle, report: UUID, browse: Browse
) -> None:
    newest = actions.correct(queries.by_id(report), "חסר מפגש", month.gil).id
    commit()
    client = browse(month.dana)
    form = {"reason": "חסרה מלווה", "csrf_token": token(client)}
    answer = client.post(f"/reports/{report}/correction", data=form)
    assert answer.status_code == 409
    assert "חסרה מלווה" in answer.text
    assert f"/reports/{newest}" in answer.text
