"""What the end of a role means for pairs."""

from datetime import datetime, time

from maagal import clock, tenancy
from maagal.events import later
from tenants.communities.events import MembershipEnded
from tenants.communities.queries import membership_by_id
from tenants.pairing import actions, queries

ROLE_ENDS = "pairing.role_ends"


def let_go(happened: MembershipEnded) -> None:
    """Begin the farewell of whoever is no mentor or no participant here any more; on the day, where it is still to come."""
    zone = tenancy.current().zone
    ended = membership_by_id(happened.membership_id)
    if ended is not None and ended.until is not None and ended.until > clock.today(zone):
        later(
            ROLE_ENDS, datetime.combine(ended.until, time(), zone), once=f"{ROLE_ENDS}:{ended.id}:{ended.until}",
            membership_id=ended.id, person_id=happened.person_id, community_id=happened.community_id,
        )  # fmt: skip
        return
    for pair in queries.out_of_role(happened.person_id, happened.community_id):
        actions.end_for(pair, happened.person_id)
