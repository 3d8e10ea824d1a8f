"""The seats of communities: how many are taken, who waits for one, and what no mentor there has."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from maagal.db import rows
from tenants.pairing import gather
from tenants.pairing.models import SEATED, Pair


class Capacity(NamedTuple):
    """One community's seats and waiting list. The two `missing` hold codes that someone waiting needs and no mentor has."""

    taken: int
    held: int
    free: int
    waiting: int
    longest_wait_days: int
    missing_languages: tuple[str, ...]
    missing_genders: tuple[str, ...]


def capacity(community_ids: Collection[UUID]) -> dict[UUID, Capacity]:
    """Return each community's seats and who waits. `held`, by offers, is a part of `taken`. Three round trips at most."""
    gathered = gather.gather(community_ids)
    places = _states_by_community(community_ids)
    mentors = {one.id: one for one in gathered.mentors}
    return {
        place: _capacity(
            places.get(place, {}),
            [one for one in gathered.participants if gathered.community_of[one.id] == place],
            [mentors[each] for each in gathered.mentors_of.get(place, ())],
        )
        for place in community_ids
    }


def _capacity(states: dict[str, int], waiting: Sequence[Any], mentors: Sequence[Any]) -> Capacity:
    spoken = {code for mentor in mentors for code in mentor.languages}
    alone = {code for one in waiting if spoken.isdisjoint(one.languages) for code in one.languages}
    wanted = {one.gender_preference for one in waiting if one.gender_preference}
    return Capacity(
        taken=sum(states.values()),
        held=states.get("offered", 0),
        free=sum(max(mentor.capacity - mentor.load, 0) for mentor in mentors),
        waiting=len(waiting),
        longest_wait_days=gather.longest_wait(waiting),
        missing_languages=tuple(sorted(alone)),
        missing_genders=tuple(sorted(wanted - {mentor.gender for mentor in mentors})),
    )


def _states_by_community(community_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    counted: Any = (
        select(Pair.community_id, Pair.state, func.count())
        .where(Pair.community_id.in_(community_ids), Pair.state.in_(SEATED))
        .group_by(Pair.community_id, Pair.state)
    )
    counts: Any = rows(counted)
    found: dict[UUID, dict[str, int]] = {}
    for place, state, number in counts:
        found.setdefault(place, {})[state] = number
    return found


def seats_taken(community_ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """Count seats taken or held in communities (all, unless named); one without any is left out."""
    counted: Any = select(Pair.community_id, func.count()).where(Pair.state.in_(SEATED)).group_by(Pair.community_id)
    if community_ids is not None:
        counted = counted.where(Pair.community_id.in_(community_ids))
    found: Any = rows(counted)
    return dict(found)
