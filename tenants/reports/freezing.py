"""From counts to a snapshot: which numbers stand under which heading, beside the month before, over six months."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from maagal import tenancy
from tenants.communities import queries as communities
from tenants.reports.counting import Counted, count
from tenants.reports.layout import FIRST, MONTHLY, ROLES, UNITS
from tenants.reports.months import last_months, shifted
from tenants.reports.rendering.snapshot import Figure, Number, Section, Series, Snapshot, Table

MONTHS: Final = 6
SIDE_BY_SIDE: Final = (
    ("people", "participant"), ("people", "mentor"), ("waiting", "waiting_list"), ("pairs", "pairs_active"),
    ("meetings", "meetings_held"), ("meetings", "attendance"),
)  # fmt: skip
History = Sequence[tuple[date, Counted]]


def freeze(community_id: UUID | None, period: date, revision: int, made_at: datetime) -> Snapshot:
    """Count a month of a community (or of all) and the five before it, all in the same way at the same moment."""
    community = communities.by_id(community_id) if community_id else None
    tenant = tenancy.current()
    history = [(month, count(community_id, month, shifted(month, 1))) for month in last_months(period, MONTHS)]
    return Snapshot(
        tenant_name=tenant.name,
        community_name=community.name if community else None,
        year=period.year,
        month=period.month,
        timezone=tenant.timezone,
        made_at=made_at,
        revision=revision,
        sections=(*sections(history), *(() if community_id else _by_community(period))),
    )


def sections(history: History) -> tuple[Section, ...]:
    """Put counts of months, oldest first, under their headings."""
    now = history[-1][1]
    named = dict.fromkeys((*FIRST, *(section for section, _code, _of in now)))
    return tuple(_section(name, history) for name in named if any(section == name for section, _code, _of in now))


def _section(name: str, history: History) -> Section:
    now, before = history[-1][1], history[-2][1]
    there = [code for section, code, of in now if section == name and not of]
    codes = sorted(there, key=lambda code: (_rank(name, code), code))
    figures = tuple(_figure((name, code, ""), now, before) for code in codes)
    return Section(name, figures, series=(*_over_months(name, history), *_divided(name, now)))


def _rank(section: str, code: str) -> int:
    first = FIRST.get(section, ())
    return first.index(code) if code in first else len(first)


def _figure(key: tuple[str, str, str], now: Counted, before: Counted) -> Figure:
    return Figure(key[1], now[key], UNITS.get(key[1], "count"), before.get(key))


def _over_months(name: str, history: History) -> tuple[Series, ...]:
    codes = [code for code in MONTHLY.get(name, ()) if any((name, code, "") in counted for _month, counted in history)]
    return tuple(
        Series(code, tuple((f"{month:%Y-%m}", counted.get((name, code, ""))) for month, counted in history), _unit(code))
        for code in codes
    )


def _unit(code: str) -> str:
    return UNITS.get(code, "count")


def _divided(name: str, now: Counted) -> tuple[Series, ...]:
    """Return the numbers that are told apart: closed pairs by reason, people by role."""
    parts: dict[str, dict[str, Number]] = {}
    for (section, code, of), number in now.items():
        if section == name and of:
            parts.setdefault(code, {})[of] = number
    if name == "people":
        parts["people_by_role"] = {role: now.get(("people", role, "")) for role in ROLES}
    return tuple(Series(code, _largest_first(numbers), _unit(code)) for code, numbers in parts.items())


def _largest_first(numbers: Mapping[str, Number]) -> tuple[tuple[str, Number], ...]:
    return tuple(sorted(numbers.items(), key=lambda part: -(part[1] or 0)))


def _by_community(period: date) -> tuple[Section, ...]:
    """Return the open communities side by side."""
    counts = [(one.name, count(one.id, period, shifted(period, 1))) for one in communities.open_communities()]
    shown = [key for key in SIDE_BY_SIDE if any((*key, "") in counted for _name, counted in counts)]
    lines = tuple((name, *(counted.get((*key, "")) for key in shown)) for name, counted in counts)
    columns, units = ("community", *(code for _s, code in shown)), ("count", *(_unit(code) for _s, code in shown))
    return (Section("communities", tables=(Table("by_community", columns, lines, units),)),) if lines else ()
