"""Counting days that are over: people by role, and whatever capabilities put into the slot `figures`."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from maagal.db import db, rows
from tenants.people.models import Membership
from tenants.reports.layout import HOME, ROLES
from tenants.reports.rendering.snapshot import Number

A_DAY = timedelta(days=1)
Counted = dict[tuple[str, str, str], Number]  # (section, code, of what or "") -> number


def count(community_id: UUID | None, first: date, after: date) -> Counted:
    """Count a community, or all of them, from a day until before another, as the rows are at this moment."""
    found: Counted = {("people", code, ""): number for code, number in _people(community_id, first, after).items()}
    for figures in current_app.extensions["house"].slot("figures"):
        found |= dict(map(_placed, figures(community_id, first, after)))
    held, missed = found.get(("meetings", "meetings_held", "")), found.get(("meetings", "meetings_missed", ""))
    if held is not None and missed is not None:
        found["meetings", "attendance", ""] = round(100 * held / (held + missed), 1) if held + missed else None
    return found


def _placed(figure: tuple[Any, ...]) -> tuple[tuple[str, str, str], Number]:
    """Read a figure in any shape that capabilities use; units are known here by code."""
    match figure:
        case (str(section), str(code), str(of), number):
            return (section, code, of), number
        case (str(section), str(code), number, str(_unit)):
            return (section, code, ""), number
        case (str(code), str(_unit), number):
            return (HOME.get(code, "other"), code, ""), number
    message = f"not a figure: {figure}"
    raise ValueError(message)


def _people(community_id: UUID | None, first: date, after: date) -> dict[str, Number]:
    """Count each person once a role that they held on any of the days; `until` is the first day without it."""
    here: Any = (Membership.community_id == community_id) if community_id else Membership.community_id.is_not(None)
    held = (Membership.since < after) & (func.coalesce(Membership.until, after) > first)
    came, went = Membership.since.between(first, after - A_DAY), Membership.until.between(first, after - A_DAY)
    people = func.count(Membership.person_id.distinct())
    columns = (people.filter(held), people.filter(came), people.filter(went))
    told_apart: Any = select(Membership.role, people).where(here, held).group_by(Membership.role)
    by_role: dict[str, Number] = dict(map(tuple, rows(told_apart)))
    total, joined, left = db.session.execute(select(*columns).where(here)).one()
    numbers: dict[str, Number] = {"people_total": total, "joined": joined, "left": left}
    return {role: by_role.get(role, 0) for role in ROLES} | numbers
