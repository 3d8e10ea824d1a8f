"""From our rows to what the matching engine asks: who waits, who could help, who must not meet whom.

At most three round trips, however many communities and people.
"""

import math
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Subquery, and_, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from maagal import clock, tenancy
from maagal.db import rows
from tenants.communities.queries import held_on
from tenants.intake.models import HelpRequest
from tenants.pairing.matching.hours import WeeklyHours
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Bar, Terms
from tenants.pairing.models import SEATED, Never, Pair
from tenants.people.lines import Lines, lines
from tenants.people.models import Membership, Person, Profile
from tenants.people.roster.vocabulary import SKILLS

SERVES = {term.code: frozenset(term.life_areas) for term in SKILLS.terms}
BARS: dict[str, Bar] = {
    "never": "never",
    "relation": "relation",
    "complaint": "complaint",
    "ended_badly": "ended_badly",
    "avoid": "avoided",
}


class Gathered(NamedTuple):
    """All that a matching takes in. `community_of`: participant's id, as text -> where they take part;
    `mentors_of`: community -> its mentors' ids.
    """

    participants: list[Participant]
    mentors: list[Mentor]
    settings: Settings
    terms: Terms
    community_of: dict[str, UUID]
    mentors_of: dict[UUID, list[str]]


def settings() -> Settings:
    """Return what the tenant decided about matching: its setting `matching`, the defaults where it says nothing."""
    told = tenancy.current().settings.get("matching", {})
    return Settings.from_dict({**Settings().to_dict(), **told})


def gather(community_ids: Collection[UUID]) -> Gathered:
    """Take in who waits and who mentors in communities today."""
    today = clock.today(tenancy.current().zone)
    found, staff = rows(_members(community_ids, today)), lines()
    waiting, helping = ([row for row in found if row.role == role] for role in ("participant", "mentor"))
    participants = {str(row.person_id): _participant(row, staff, today) for row in waiting}
    mentors = {str(row.person_id): _mentor(row, staff) for row in helping}
    mentors_of: dict[UUID, list[str]] = {}
    for row in helping:
        mentors_of.setdefault(row.community_id, []).append(str(row.person_id))
    return Gathered(
        list(participants.values()),
        list(mentors.values()),
        settings(),
        Terms(on=today, bars=frozenset((*_themselves(participants, mentors), *_bars()))),
        {str(row.person_id): row.community_id for row in waiting},
        mentors_of,
    )


def _themselves(participants: Collection[str], mentors: Collection[str]) -> Iterator[tuple[str, str, Bar]]:
    """Nobody mentors themself, though the same person may ask for help here and give it there."""
    return ((one, one, "never") for one in set(participants) & set(mentors))


def _members(community_ids: Collection[UUID], today: date) -> Any:
    """Select mentors, and participants who wait: no lead pair, and no request that was answered otherwise."""
    request, load = _latest_request(), _loads()
    paired = exists().where(Pair.participant_id == Person.id, Pair.lead, Pair.state.in_(SEATED))
    waits = ~paired & func.coalesce(request.c.state, "accepted").in_(("accepted",))
    return (
        select(
            Membership.role, Membership.community_id, Membership.since, Person.id.label("person_id"), Person.gender,
            Person.birth_year, Person.employee_number, Person.first_name, Person.last_name,
            *(column for column in Profile.__table__.c if column.key != "person_id"),
            func.coalesce(load.c.seats, 0).label("load"), request.c.life_areas.label("asked"), request.c.asked_at,
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .outerjoin(load, load.c.mentor_id == Person.id)
        .outerjoin(request, request.c.person_id == Person.id)
        .where(Membership.community_id.in_(community_ids), held_on(today), Person.state == "active")
        .where((Membership.role == "mentor") | and_(Membership.role == "participant", waits))
        .order_by(Membership.since, Membership.id)
    )  # fmt: skip


def _latest_request() -> Subquery:
    """Select each person's newest request."""
    newest = aliased(HelpRequest)
    return (
        select(newest.person_id, newest.state, newest.life_areas, newest.asked_at)
        .ext(distinct_on(newest.person_id))
        .order_by(newest.person_id, newest.asked_at.desc())
        .subquery()
    )


def _loads() -> Subquery:
    """Count each mentor's seats taken or held."""
    seated = select(Pair.mentor_id, func.count().label("seats")).where(Pair.state.in_(SEATED))
    return seated.group_by(Pair.mentor_id).subquery()


def _bars() -> Iterator[tuple[str, str, Bar]]:
    told: Any = select(Never.participant_id, Never.mentor_id, Never.code)
    for row in rows(told):
        yield str(row.participant_id), str(row.mentor_id), BARS[row.code]


def _shared(row: Any, staff: Lines) -> dict[str, Any]:
    """Return what both sides are asked; somebody without a profile answered nothing."""
    sets = {name: frozenset(getattr(row, name) or ()) for name in ("languages", "interests", "dislikes", "cultures")}
    return {
        **sets,
        **_stands(row, staff),
        "id": str(row.person_id),
        "gender": row.gender,
        "birth_year": row.birth_year,
        "area": row.locality,
        "lat": row.latitude,
        "lon": row.longitude,
        "hours": WeeklyHours.of((day, start, end) for day, start, end in row.free_hours or ()),
        "mode": row.mode,
    }


def _participant(row: Any, staff: Lines, today: date) -> Participant:
    since = row.asked_at.astimezone(tenancy.current().zone).date() if row.asked_at else row.since
    return Participant(
        **_shared(row, staff),
        gender_preference=row.gender_preference,
        needs=frozenset(row.life_areas or ()) | frozenset(row.asked or ()),
        wanted_experience=frozenset(row.wanted_experience or ()),
        unwanted_experience=frozenset(row.unwanted_experience or ()),
        age_preference=row.age_preference,
        waiting_days=max((today - since).days, 0),
    )


def _mentor(row: Any, staff: Lines) -> Mentor:
    """Return a mentor; skills become the life areas they serve, which is what a participant's needs are compared with."""
    areas = frozenset().union(*(SERVES.get(skill, frozenset()) for skill in row.skills or ()))
    return Mentor(
        **_shared(row, staff),
        skills=areas | frozenset(row.life_areas or ()),
        experience=frozenset(row.experience or ()),
        capacity=row.capacity or 0,
        load=row.load,
        training_valid_until=row.training_valid_until,
        screening_ok=row.screened_at is not None,
    )


def _stands(row: Any, staff: Lines) -> dict[str, Any]:
    """Return somebody's place at work. Where the employer gave a staff file, nobody of theirs is matched unless they are
    found in it: a line that is not known cannot be kept apart. Participants of an outreach tenant come from outside.
    """
    place = staff.place(row.employee_number, row.first_name, row.last_name)
    if place:
        return {"staff_id": place.number, "team": place.team, "managers": place.managers}
    outsider = row.role == "participant" and "outreach" in tenancy.current().capabilities
    return {"staff_id": None, "line_unknown": bool(staff) and not outsider}


def longest_wait(people: Collection[Participant]) -> int:
    """Return the days that whoever waits longest has waited, 0 where nobody waits."""
    return math.floor(max((person.waiting_days or 0 for person in people), default=0))
