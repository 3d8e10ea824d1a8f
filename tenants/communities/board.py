"""The community's part of the capacity board: who is there against the shape, and what is missing.

Seats that are taken and people who wait are known further up: pairing hands the seats in, and shows the waiting beside.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from maagal.questions import Asking, Question, anywhere_or_among, at_once, reader
from tenants.communities import queries
from tenants.communities.models import Community
from tenants.communities.queries import ROLE_ORDER, Member
from tenants.people.roster.vocabulary import SKILLS

SERVED_BY = {term.code: frozenset(term.life_areas) for term in SKILLS.terms}
EVERYBODY = frozenset({"other"})  # an area that no field of advice claims
OPEN = Question(
    select(Community.id, Community.name, Community.shape)
    .where(Community.state == "open", anywhere_or_among(Community.id, "communities"))
    .order_by(Community.name)
)


class Room(NamedTuple):
    """What is known further up of a community: seats held, people who wait, and for how many days the longest of them."""

    taken: int
    waiting: int
    longest_wait_days: int


@dataclass(frozen=True)
class Capacity:
    """One community on the board. `there` and `shape` map roles to numbers; the three `missing` hold codes, sorted.

    `seats` is the sum of its mentors' capacities, `taken` how many of them are held; `waiting` people wait for a mentor, the
    longest of them for so many days.
    """

    community_id: UUID
    name: str
    there: Mapping[str, int]
    shape: Mapping[str, int]
    seats: int
    missing_languages: tuple[str, ...]
    missing_genders: tuple[str, ...]
    missing_fields: tuple[str, ...]
    taken: int = 0
    waiting: int = 0
    longest_wait_days: int = 0

    @property
    def free(self) -> int:
        """Mentors' seats free; never below none."""
        return max(self.seats - self.taken, 0)

    @property
    def places(self) -> int:
        """How many participants fewer there are than the shape has room for; never below none."""
        return max(self.shape["participant"] - self.there["participant"], 0)

    @property
    def without_cover(self) -> bool:
        """Whether fewer coordinators are there than the shape asks for: nobody stands in for one who is away."""
        return self.there["coordinator"] < self.shape["coordinator"]


@reader
def capacity(ids: Collection[UUID] | None = None) -> Asking[list[Capacity]]:
    """Return open communities (all, unless named) by name; what is known further up is added by the two below."""
    members, places = yield from at_once(queries.members.asking(ids), _places(ids))
    gathered: dict[UUID, list[Member]] = {}
    for member in members:
        gathered.setdefault(member.community_id, []).append(member)
    return [_of(row, gathered.get(row.id, [])) for row in places]


def with_rooms(board: Iterable[Capacity], rooms: Mapping[UUID, Room]) -> list[Capacity]:
    """Return the board with what whoever makes pairs knows of each community."""
    return [replace(one, **rooms[one.community_id]._asdict()) if one.community_id in rooms else one for one in board]


def with_seats_taken(board: Iterable[Capacity], taken: Mapping[UUID, int]) -> list[Capacity]:
    """Return the board with the seats that are held, which became known in the same round trip."""
    return [replace(one, taken=taken.get(one.community_id, 0)) for one in board]


def _places(ids: Collection[UUID] | None) -> Asking[list[Any]]:
    (found,) = yield [OPEN.of(none_named=ids is None, communities=list(ids or ()))]
    return found


def _of(row: Any, people: list[Member]) -> Capacity:
    roles = {role: [member for member in people if member.role == role] for role in ROLE_ORDER}
    participants, mentors = roles["participant"], roles["mentor"]
    return Capacity(
        community_id=row.id,
        name=row.name,
        there={role: len(members) for role, members in roles.items()},
        shape={role: int(row.shape.get(role, 0)) for role in ROLE_ORDER},
        seats=sum(member.capacity for member in mentors),
        missing_languages=_languages(participants, mentors),
        missing_genders=_genders(participants, mentors),
        missing_fields=_fields(participants, roles["advisor"]),
    )


def _languages(participants: Iterable[Member], mentors: Iterable[Member]) -> tuple[str, ...]:
    """Name the languages of participants with whom no mentor has a language in common."""
    spoken = {code for mentor in mentors for code in mentor.languages}
    alone = (person.languages for person in participants if spoken.isdisjoint(person.languages))
    return tuple(sorted({code for languages in alone for code in languages}))


def _genders(participants: Iterable[Member], mentors: Iterable[Member]) -> tuple[str, ...]:
    """Name the genders that participants asked for and no mentor has."""
    wanted = {person.gender_preference for person in participants if person.gender_preference}
    return tuple(sorted(wanted - {mentor.gender for mentor in mentors}))


def _fields(participants: Iterable[Member], advisors: Iterable[Member]) -> tuple[str, ...]:
    """Name the life areas in distress that no advisor's field serves."""
    served = {area for advisor in advisors for skill in advisor.skills for area in SERVED_BY.get(skill, ())}
    asked = {area for person in participants for area in person.life_areas}
    return tuple(sorted(asked - served - EVERYBODY))
