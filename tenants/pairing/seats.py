"""The seats of communities: how many are taken and free, and who waits for one."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from maagal.db import rows
from tenants.pairing import gather
from tenants.pairing.models import SEATED, Pair


class Capacity(NamedTuple):
    """One community's seats and waiting list. A seat that an offer holds is taken."""

    taken: int
    free: int
    waiting: int
    longest_wait_days: int


def capacity(community_ids: Collection[UUID], taken_in: gather.Gathered | None = None) -> dict[UUID, Capacity]:
    """Return each community's seats and who waits; `taken_in` is who was gathered there already. At most four round trips."""
    gathered = taken_in or gather.gather(community_ids)
    taken, mentors = seats_taken(community_ids), {one.id: one for one in gathered.mentors}
    return {
        place: _capacity(
            taken.get(place, 0),
            [one for one in gathered.participants if gathered.community_of[one.id] == place],
            [mentors[each] for each in gathered.mentors_of.get(place, ())],
        )
        for place in community_ids
    }


def _capacity(taken: int, waiting: Sequence[Any], mentors: Sequence[Any]) -> Capacity:
    free = sum(max(mentor.capacity - mentor.load, 0) for mentor in mentors)
    return Capacity(taken, free, len(waiting), gather.longest_wait(waiting))


def seats_taken(community_ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """Count seats taken or held in communities (all, unless named); one without any is left out."""
    counted: Any = select(Pair.community_id, func.count()).where(Pair.state.in_(SEATED)).group_by(Pair.community_id)
    if community_ids is not None:
        counted = counted.where(Pair.community_id.in_(community_ids))
    found: Any = rows(counted)
    return dict(found)
