"""One month of a community in Haifa."""

from datetime import UTC, datetime
from pathlib import Path

from tenants.reports.rendering.snapshot import Figure, Section, Series, Snapshot, Table

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "platform/maagal/translations/he/LC_MESSAGES/messages.po"
MONTHS = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")


def monthly(code: str, *values: float | None, unit: str = "count") -> Series:
    """Return six months of one number."""
    return Series(code, tuple(zip(MONTHS, values, strict=True)), unit)


def report(**changes: object) -> Snapshot:
    """Return one month of a community; `changes` replace fields of the snapshot."""
    fields: dict[str, object] = {
        "tenant_name": "עמותת קשת (ע״ר)",
        "community_name": "קהילת חיפה (Haifa)",
        "year": 2026,
        "month": 11,
        "timezone": "Asia/Jerusalem",
        "made_at": datetime(2026, 12, 1, 4, 5, tzinfo=UTC),
        "revision": 2,
        "sections": SECTIONS,
    }
    return Snapshot(**fields | changes)  # type: ignore[arg-type]  # a test names fields freely


SECTIONS = (
    Section(
        "people",
        figures=(
            Figure("participant", 15, previous=14),
            Figure("mentor", 15, previous=15),
            Figure("advisor", 3, previous=4),
            Figure("coordinator", 2, previous=2),
        ),
        series=(Series("people_by_role", (("participant", 15), ("mentor", 15), ("advisor", 3), ("coordinator", 2))),),
    ),
    Section(
        "waiting",
        figures=(Figure("waiting_list", 6, previous=9), Figure("longest_wait", 41, "days", 62)),
        series=(monthly("waiting_list", 11, 12, 10, 8, 9, 6),),
    ),
    Section(
        "pairs",
        figures=(
            Figure("pairs_started", 3, previous=1),
            Figure("pairs_active", 13, previous=12),
            Figure("pairs_closed", 2, previous=2),
            Figure("pairs_paused", None),
        ),
        series=(Series("closed_by_reason", (("goals_met", 4), ("needs_changed", 2), ("moved", 1), ("no_contact", 1))),),
    ),
    Section(
        "meetings",
        figures=(
            Figure("meetings_held", 47, previous=41),
            Figure("meetings_missed", 4, previous=6),
            Figure("hours", 62.5, "hours", 55),
            Figure("attendance", 92.2, "percent", 87.2),
        ),
        series=(
            monthly("meetings_planned", 40, 44, 38, 50, 47, 51),
            monthly("meetings_held", 34, 39, 30, 43, 41, 47),
            monthly("meetings_missed", 6, 5, 8, 7, 6, 4),
            monthly("attendance", 85, 88.6, None, 86, 87.2, 92.2, unit="percent"),
        ),
    ),
    Section(
        "communities",
        tables=(
            Table(
                "by_community",
                ("community", "participant", "mentor", "pairs_active", "attendance"),
                (("חיפה (Haifa)", 15, 15, 13, 92.2), ("באר שבע", 12, 11, 9, 88), ("תל אביב-יפו", 14, 12, 10, None)),
                ("count", "count", "count", "count", "percent"),
            ),
        ),
    ),
)
