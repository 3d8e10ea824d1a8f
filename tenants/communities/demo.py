"""The communities, with the people of their sheets brought in as a coordinator would."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from maagal.db import db
from maagal.demo import World
from tenants.communities.actions import open_community
from tenants.people import roster
from tenants.people.importing import actions, dry_run, queries
from tenants.people.models import Membership

SAMPLES = Path(roster.__file__).parent / "samples"


def demo(world: World) -> None:
    """Open each community and take its sheet over; a business's staff file comes in on its own."""
    with world.at(world.begin):
        who = db.session.scalars(select(Membership.person_id).where(Membership.role == "administrator")).one()
        places = {name: open_community(name, locality=name.partition(" ")[2]).id for name in world.plan.sheets}
    for name, sheet in world.plan.sheets.items():
        take_over(world, sheet, places[name], who)
    if world.plan.staff_sheet:
        take_over(world, world.plan.staff_sheet, next(iter(places.values())), who)


def take_over(world: World, sheet: str, place: UUID, who: UUID) -> None:
    """Bring in the good rows of a sheet; the faulty ones stay out, as they would."""
    with world.at(world.begin):
        batch = actions.take_in(sheet, (SAMPLES / sheet).read_bytes(), place, who)
        actions.name_columns(batch, actions.kind_for(batch.kind), dry_run.mapping_of(batch), batch.version)
        db.session.flush()
        actions.commit(batch, (), notify=False, seen=batch.version, actor_id=who)
        world.settle(actions.COMMIT)
    if (done := queries.by_id(batch.id)) is None or done.state != "committed":
        message = f"{sheet} was not taken over"
        raise RuntimeError(message)
    db.session.rollback()
