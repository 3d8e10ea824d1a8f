"""The small plots hold in both directions and under the content security policy."""

import re
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask import get_template_attribute
from flask_babel import force_locale

from tenants.reports.rendering.presentation import ShownPlot, present
from tenants.reports.rendering.snapshot import Section, Series
from tests.reports.rendering.world import monthly, report

SVG = "{http://www.w3.org/2000/svg}"


def plot_of(*series: Series) -> ShownPlot:
    return present(report(sections=(Section("meetings", series=series),))).sections[0].plots[0]


def draw(plot: ShownPlot, *, rtl: bool = False) -> Element:
    return fromstring(get_template_attribute("components/plots.html", "drawn")(plot, rtl))  # noqa: S314 - our own


def places(svg: Element) -> list[tuple[float, str]]:
    return [(float(text.attrib["x"]), (text.text or "").strip("\u2068\u2069")) for text in svg.iter(f"{SVG}text")]


def months_from_the_left(svg: Element) -> list[str]:
    return [word for _x, word in sorted(places(svg)) if word.isalpha()]


@pytest.mark.parametrize("unit", ["count", "percent"])
def test_months_run_right_to_left_only_in_a_right_to_left_page(unit: str) -> None:
    plot = plot_of(monthly("attendance", 1, 2, 3, 4, 5, 6, unit=unit))
    in_order = ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    assert months_from_the_left(draw(plot)) == in_order
    assert months_from_the_left(draw(plot, rtl=True)) == in_order[::-1]


def test_bars_grow_away_from_their_labels() -> None:
    plot = plot_of(Series("closed_by_reason", (("moved", 3), ("health", 6))))
    left = [float(bar.attrib["x"]) for bar in draw(plot).iter(f"{SVG}rect")]
    bars = list(draw(plot, rtl=True).iter(f"{SVG}rect"))
    right = [float(bar.attrib["x"]) + float(bar.attrib["width"]) for bar in bars]
    assert left[0] == left[1] == 400 - right[0] == 400 - right[1]
    assert float(bars[1].attrib["width"]) == pytest.approx(2 * float(bars[0].attrib["width"]), abs=0.2)


def test_a_month_nobody_counted_is_a_gap_in_the_line() -> None:
    svg = draw(plot_of(monthly("attendance", 80, 85, None, 90, 91, 92, unit="percent")))
    assert len(list(svg.iter(f"{SVG}circle"))) == 5
    assert len([line for line in svg.iter(f"{SVG}line") if line.attrib["class"] != "axis"]) == 3


def test_less_than_nothing_hangs_below_the_axis() -> None:
    svg = draw(plot_of(monthly("outcome_change", -5, 5, 0, 1, 2, 3)))
    axis = next(float(line.attrib["y1"]) for line in svg.iter(f"{SVG}line"))
    first, second, *_rest = svg.iter(f"{SVG}rect")
    assert float(first.attrib["y"]) == pytest.approx(axis, abs=0.1)
    assert float(second.attrib["y"]) + float(second.attrib["height"]) == pytest.approx(axis, abs=0.1)


def test_numbers_and_months_that_would_run_into_each_other_are_left_to_the_table() -> None:
    years = tuple((f"20{20 + at // 12}-{at % 12 + 1:02}", at) for at in range(24))
    plot = plot_of(Series("meetings_planned", years), Series("meetings_held", years))
    words = [word for _x, word in places(draw(plot))]
    assert not any(word.isdigit() for word in words)
    assert words.count("Jan") == words.count("Nov") == 2
    assert "Feb" not in words
    assert len(plot.table.rows) == 24


@pytest.mark.parametrize("values", [(0, 0, 0, 0, 0, 0), (None, None, None, None, None, None)])
def test_months_of_nothing_are_drawn_as_nothing(values: tuple[float | None, ...]) -> None:
    svg = draw(plot_of(monthly("meetings_held", *values)))
    assert all(float(bar.attrib["height"]) == 0 for bar in svg.iter(f"{SVG}rect"))


def test_a_plot_tells_what_it_shows_to_who_cannot_see_it() -> None:
    with force_locale("he"):
        svg = draw(plot_of(monthly("meetings_held", 1, 2, 3, 4, 5, 6)))
    assert svg.attrib["role"] == "img"
    assert svg.findtext(f"{SVG}title") == "מפגשים שהתקיימו"
    assert "נוב׳ 2026: 6" in (svg.findtext(f"{SVG}desc") or "")


def test_a_wild_label_stays_text_and_no_style_is_written() -> None:
    plot = plot_of(Series("closed_by_reason", (('<script>"&\x07', 3),)))
    markup = str(get_template_attribute("components/plots.html", "drawn")(plot, rtl=True))
    assert not re.search(r"<script|\sstyle=|\son\w+=", markup)
    assert '<script>"&' in [word for _x, word in places(draw(plot))]
