"""One snapshot reads well in both languages."""

import pytest
from babel.messages.pofile import read_po
from flask_babel import force_locale

from tenants.people.roster.vocabulary import LIFE_AREAS
from tenants.reports.rendering.amounts import amount, change
from tenants.reports.rendering.codes import FIELDS, LABELS, UNITS
from tenants.reports.rendering.labels import label, short_label
from tenants.reports.rendering.presentation import present
from tenants.reports.rendering.snapshot import Figure, Section, Series
from tests.reports.rendering.world import CATALOGUE, monthly, report


def test_every_label_has_its_hebrew() -> None:
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="he")
    with force_locale("en"):
        words = [str(word) for word in (*LABELS.values(), *UNITS.values())]
    assert [word for word in words if not (found := catalogue.get(word)) or not found.string] == []


@pytest.mark.parametrize("language", ["en", "he"])
def test_a_field_of_a_report_is_called_as_everywhere_else(language: str) -> None:
    with force_locale(language):
        named = {code: (str(word).casefold(), str(LIFE_AREAS.label(code)).casefold()) for code, word in FIELDS.items()}
    known = {code: both for code, both in named.items() if code in {term.code for term in LIFE_AREAS.terms}}
    assert len(known) > 5
    assert [both for both in known.values() if both[0] != both[1]] == []


def test_a_code_nobody_named_is_shown_as_itself() -> None:
    assert label("brand_new_code") == "brand_new_code"


def test_control_characters_never_reach_a_reader() -> None:
    assert label("a\x00b\x1bc\ud800") == "abc"


def test_a_month_is_named_in_the_reader_s_language() -> None:
    with force_locale("he"):
        assert (label("2026-11"), short_label("2026-11")) == ("נוב׳ 2026", "נוב׳")
    with force_locale("en"):
        assert (label("2026-11"), short_label("2026-11")) == ("Nov 2026", "Nov")


@pytest.mark.parametrize(
    ("value", "unit", "hebrew", "english"),
    [
        (1, "days", "יום אחד", "1 day"),
        (2, "days", "יומיים", "2 days"),
        (41, "days", "41 ימים", "41 days"),
        (62.5, "hours", "62.5 שעות", "62.5 hours"),
        (1.5, "hours", "1.5 שעות", "1.5 hours"),
        (92.24, "percent", "92.2%", "92.2%"),
        (12000, "count", "12,000", "12,000"),
        (3000, "ils", "3,000 ₪", "₪3,000"),
        (7, "unheard_of", "7", "7"),
        (None, "count", "אין נתון", "no data"),
    ],
)
def test_an_amount_is_said_with_its_unit(value: float | None, unit: str, hebrew: str, english: str) -> None:
    with force_locale("he"):
        assert amount(value, unit) == hebrew
    with force_locale("en"):
        assert amount(value, unit) == english


def test_a_change_is_said_in_words_and_not_by_a_sign() -> None:
    with force_locale("he"):
        assert change(6, 9, "count") == "ירידה של 3 לעומת החודש הקודם"
        assert change(92.2, 91.2, "percent") == "עלייה של נקודת אחוז אחת לעומת החודש הקודם"
        assert change(2, 2, "count") == "ללא שינוי לעומת החודש הקודם"


def test_nothing_is_compared_with_what_nobody_counted() -> None:
    assert change(6, None, "count") == change(None, 6, "count") == ""


def test_series_of_the_same_months_share_one_plot_and_its_table() -> None:
    section = Section("meetings", series=(monthly("meetings_held", *range(6)), monthly("meetings_missed", *range(6))))
    (plot,) = present(report(sections=(section,))).sections[0].plots
    assert [line[0] for line in plot.lines] == ["Meetings that took place", "Meetings that did not take place"]
    assert plot.table.columns == ("Month", "Meetings that took place", "Meetings that did not take place")
    assert plot.table.rows[5] == ("Nov 2026", "5", "5")


def test_an_empty_series_makes_an_empty_plot_and_no_crash() -> None:
    shown = present(report(sections=(Section("pairs", (Figure("pairs_active", 0),), series=(Series("moved", ()),)),)))
    assert shown.sections[0].plots[0].labels == ()


def test_the_time_it_was_made_is_told_in_the_community_s_own_zone() -> None:
    assert "06:05" in present(report()).made
