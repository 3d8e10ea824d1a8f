"""More of the small world: things in the states in which somebody may act on them."""

from uuid import UUID

from maagal import clock
from maagal.db import commit, db
from maagal.demo import Plan, World
from tenants.pairing import actions as pairing
from tenants.pairing import offers
from tenants.pairing.models import Pair
from tenants.people.models import Person
from tests.circle import make_person
from tests.guards.world import Home, agreed, asks, mark


def add_what_waits(home: Home) -> None:
    """Add a request nobody looked at, somebody who asked and can sign in, and pairs at their beginning and end."""
    world = World(Plan(home.tenant.slug, home.tenant.name, home.tenant.kind, {}), clock.now())
    place = UUID(home.ids["community_id"][0])
    with world.at(world.now):
        fresh = asks("tamar", "+972525550111")
        home.people["tamar"] = fresh.person_id
        db.session.get_one(Person, fresh.person_id).email = f"{mark('tamar')}@example.org".lower()
        pairs = {name: _pair(home, place, name) for name in ("introduced", "closing", "stopped")}
        offers.participant_accepts(pairs["introduced"])
        for name in ("closing", "stopped"):
            offers.participant_accepts(pairs[name])
            pairing.start_trial(pairs[name])
            pairing.activate(pairs[name])
        pairing.close(pairs["closing"], "coordinator", "time")
        pairing.stop(pairs["stopped"])
    home.ids["request_id"] += (str(fresh.id),)
    home.ids["pair_id"] += tuple(str(each.id) for each in pairs.values())
    commit()


def _pair(home: Home, place: UUID, name: str) -> Pair:
    """Let two new people agree so far that the mentor said yes."""
    two = {role: make_person(mark(f"{name}-{role}"), mark("family"), role, place) for role in ("participant", "mentor")}
    home.people.update({f"{name}-{role}": person for role, person in two.items()})
    return agreed(place, home.people, f"{name}-participant", f"{name}-mentor")
