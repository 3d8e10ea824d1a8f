"""The part of the page that a report brings: numbers, plots, and a table beside every plot."""

import re

import html5lib  # type: ignore[import-untyped]  # it ships no types
import pytest
from flask import render_template
from flask_babel import force_locale
from jinja2_fragments.flask import render_block

from tenants.reports.rendering.presentation import present
from tests.reports.rendering.world import report


def page(locale: str) -> str:
    with force_locale(locale):
        return render_template("reports/_figures.html", shown=present(report()))


@pytest.mark.parametrize("locale", ["he", "en"])
def test_the_page_is_valid_html_without_inline_style(locale: str) -> None:
    html5lib.HTMLParser(strict=True).parseFragment(page(locale))
    assert not re.search(r"\sstyle=|\son\w+=|<script", page(locale))


def test_every_plot_has_its_table() -> None:
    tree = html5lib.parseFragment(page("he"), namespaceHTMLElements=False)
    plots = [one for one in tree.iter("div") if one.get("class") == "plot-and-table"]
    assert len(plots) == 5
    assert all(len(list(one.iter("table"))) == 1 for one in plots)


def test_the_page_and_the_pdf_say_the_same_numbers() -> None:
    told = page("he")
    for section in present(report()).sections:
        assert all(row[-1] in told for one in section.tables for row in one.rows[:2])
    with force_locale("he"):
        shown = present(report())
    assert all(figure.amount in told and figure.change in told for one in shown.sections for figure in one.figures)


LINKS = {"pdf": "/11.pdf", "xlsx": "/11.xlsx", "csv": "/11.csv"}
REVISIONS: list[dict[str, object]] = [
    {"revision": 2, "url": "/2", "current": True},
    {"revision": 1, "url": "/1", "current": False},
]


def block(name: str, revisions: list[dict[str, object]]) -> str:
    with force_locale("he"):
        return str(render_block("reports/page.html", name, shown=present(report()), links=LINKS, revisions=revisions))


def test_the_page_is_named_by_its_month_and_offers_three_files() -> None:
    assert block("title", REVISIONS) == "דוח חודשי · נובמבר 2026"
    assert re.findall(r'href="([^"]+)"', block("actions", REVISIONS)) == list(LINKS.values())


def test_an_older_revision_can_be_opened_and_the_current_one_is_marked() -> None:
    told = block("main", REVISIONS)
    assert 'href="/1"' in told
    assert 'href="/2"' not in told
    assert 'aria-current="page">מהדורה 2' in told


def test_a_single_revision_makes_no_list() -> None:
    assert "<nav" not in block("main", REVISIONS[:1])
