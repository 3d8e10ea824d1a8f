"""The queue of requests: filters that live in the address, the order of urgency, a page at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, case, cast, func, or_, select

from maagal import clock, tenancy
from maagal.db import db, rows
from tenants.intake import queries, states
from tenants.intake.models import HelpRequest
from tenants.people.models import Person
from tenants.people.queries import names_of

PAGE = 50
SHOW = {
    "open": ("new", "in_conversation"),
    "waitlisted": ("waitlisted",),
    "decided": states.CLOSED,
}
OWNERS = ("any", "none", "mine")
LONGEST = 60
GRAVE = 3  # imminent danger, whether the person or a coordinator said so


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; anything unknown falls back to what is shown first."""

    show: str = "open"
    owner: str = "any"
    area: str = ""
    late: bool = False
    text: str = ""
    page: int = 1

    @classmethod
    def parse(cls, told: Mapping[str, str]) -> "Wanted":
        """Read the filters of an address."""
        number = told.get("page", "1")
        return cls(
            show=told.get("show", "open") if told.get("show") in SHOW else "open",
            owner=told.get("owner", "any") if told.get("owner") in OWNERS else "any",
            area=told.get("area", "")[:LONGEST],
            late=told.get("late") == "1",
            text=told.get("q", "").strip()[:LONGEST],
            page=int(number) if number.isdecimal() and len(number) < 7 and int(number) > 0 else 1,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab leaves requests out."""
        return self.owner != "any" or bool(self.area) or self.late or bool(self.text)

    def address(self, **changed: Any) -> dict[str, Any]:
        """Return the filters as an address holds them, some of them changed; the defaults are left out."""
        told = {"show": self.show, "owner": self.owner, "area": self.area, "late": "1" if self.late else "", "q": self.text}
        told |= {"page": "", **{name: str(value) for name, value in changed.items()}}
        plain = Wanted()
        return {name: value for name, value in told.items() if value and value != getattr(plain, name, "")}


class Line(NamedTuple):
    """A request in the queue; `owner` is a name or ""."""

    id: UUID
    name: str
    state: str
    urgency: str
    risk: int | None
    life_areas: list[str]
    owner: str
    asked_at: datetime
    ownerless: bool
    overdue: bool


@dataclass(frozen=True)
class Found:
    """A page of the queue; `pages` counts from 1."""

    lines: list[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(-(-self.total // PAGE), 1)


def find(wanted: Wanted, mine: UUID, communities: Collection[UUID]) -> Found:
    """Return a page: ownerless first, then danger, overdue, risk, the longest waiting; three round trips.

    Names are fetched for the page alone: thousands of requests are counted and ordered without their people.
    """
    total = db.session.scalar(_kept(select(func.count(HelpRequest.id)), wanted, mine, communities)) or 0
    page = min(wanted.page, max(-(-total // PAGE), 1))
    found = rows(_kept(_columns(), wanted, mine, communities).limit(PAGE).offset((page - 1) * PAGE))
    names = names_of(each for row in found for each in (row.person_id, row.owner_id) if each)
    return Found([_line(row, names) for row in found], total, page)


def _columns() -> Any:
    today = clock.today(tenancy.current().zone)
    alone, late = queries.is_ownerless(today), queries.is_overdue(clock.now(), today)
    urgent = case({"danger": GRAVE, "soon": 1}, value=HelpRequest.urgency, else_=0)
    gravest = func.greatest(func.coalesce(HelpRequest.risk, 0), urgent)
    return (
        select(
            HelpRequest.id, HelpRequest.state, HelpRequest.urgency, HelpRequest.risk, HelpRequest.life_areas,
            HelpRequest.owner_id, HelpRequest.person_id, HelpRequest.asked_at, alone.label("ownerless"),
            late.label("overdue"),
        )
        .order_by(alone.desc(), (gravest == GRAVE).desc(), late.desc(), gravest.desc(), HelpRequest.asked_at, HelpRequest.id)
    )  # fmt: skip


def _kept(found: Any, wanted: Wanted, mine: UUID, communities: Collection[UUID]) -> Any:
    today = clock.today(tenancy.current().zone)
    alone, shown = queries.is_ownerless(today), HelpRequest.state.in_(SHOW[wanted.show])
    theirs = HelpRequest.community_id.in_(communities)
    found = found.where(or_(shown, alone) if wanted.show == "open" else shown, queries.within_reach(theirs, today))
    found = found.where(HelpRequest.person_id != mine)
    if wanted.owner == "none":
        found = found.where(or_(HelpRequest.owner_id.is_(None), alone))
    if wanted.owner == "mine":
        found = found.where(HelpRequest.owner_id == mine)
    if wanted.area:
        found = found.where(HelpRequest.life_areas.contains([wanted.area]))
    if wanted.late:
        found = found.where(queries.is_overdue(clock.now(), today))
    if wanted.text:
        found = found.join(Person, Person.id == HelpRequest.person_id).where(_says(wanted.text))
    return found


def _says(text: str) -> Any:
    """Select by name, by phone or by the reference that the person was given."""
    like = "%" + text.replace("\\", "").replace("%", "").replace("_", "") + "%"
    digits = "".join(filter(str.isdigit, text)).removeprefix("0")
    ways: list[ColumnElement[bool]] = [func.concat(Person.first_name, " ", Person.last_name).ilike(like)]
    if len(digits) >= 4:
        ways.append(Person.phone.contains(digits))
    ways.append(func.right(cast(HelpRequest.id, Text), 6) == text.lower())
    return or_(*ways)


def _line(row: Any, names: Mapping[UUID, str]) -> Line:
    who, owner = names[row.person_id], names.get(row.owner_id, "")
    return Line(
        row.id, who, row.state, row.urgency, row.risk, row.life_areas, owner, row.asked_at, row.ownerless, row.overdue
    )
