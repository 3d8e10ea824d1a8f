"""Pages of communities."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, url_for
from flask_babel import gettext as _

from maagal.pages import done, invalid, page
from maagal.permissions import me, needs, viewer
from tenants.communities import actions, board, labels, policy, queries
from tenants.communities.forms import CommunityForm, PlaceForm
from tenants.communities.models import Community
from tenants.people.models import Membership

bp = Blueprint("communities", __name__)


@bp.get("/communities")
@needs(policy.see)
def index() -> Any:
    """List the communities of whoever looks; administration sees all."""
    looking: Any = viewer()
    every = "administrator" in looking.roles and policy.open_one(looking)
    shown = _rooms(board.capacity(None if every else looking.communities("coordinator")))
    return page("communities/index.html", board=shown, may_open=every, labels=labels)


@bp.get("/communities/new")
@needs(policy.open_one)
def new() -> Any:
    """Ask what the new community is to be."""
    return page("communities/new.html", form=CommunityForm())


@bp.post("/communities/new")
@needs(policy.open_one)
def create() -> Any:
    """Open the community."""
    form = CommunityForm()
    if not form.validate():
        return invalid("communities/new.html", form=form)
    named, told = form.name.data.strip(), {"kind": form.kind.data, "locality": form.place, "shape": form.shape}
    made = actions.open_community(named, **told, actor_id=me())
    return done(url_for(".show", community_id=made.id), _("The community is open."))


@bp.get("/communities/<uuid:community_id>")
@needs(policy.see, queries.by_id)
def show(community: Community) -> Any:
    """Show a community's people and what it lacks."""
    return page("communities/show.html", **_content(community, PlaceForm()))


@bp.post("/communities/<uuid:community_id>/people")
@needs(policy.place, queries.by_id)
def place(community: Community) -> Any:
    """Give somebody who is known here a role in the community."""
    form = PlaceForm()
    if not form.validate() or form.person is None:
        return invalid("communities/show.html", **_content(community, form))
    try:
        actions.join(form.person.id, form.role.data, community.id, since=_day(form), actor_id=me())
    except actions.OwnCoordinator:
        form.role.errors = [_("You cannot make yourself a coordinator; somebody else can do this.")]
        return invalid("communities/show.html", **_content(community, form))
    except actions.InOneLine as why:
        form.address.errors = [labels.in_one_line(why.args[0])]
        return invalid("communities/show.html", **_content(community, form))
    return done(url_for(".show", community_id=community.id), _("The role begins."))


@bp.post("/communities/people/<uuid:membership_id>/end")
@needs(policy.end, queries.membership_by_id)
def end(membership: Membership) -> Any:
    """End a role today."""
    actions.leave(membership, actor_id=me())
    return done(url_for(".show", community_id=membership.community_id), _("The role has ended."))


def _rooms(shown: list[board.Capacity]) -> list[board.Capacity]:
    """Ask whoever makes pairs for the seats that are held and the people who wait."""
    places: list[UUID] = [one.community_id for one in shown]
    rooms: dict[UUID, board.Room] = {}
    for fill in current_app.extensions["house"].slot("rooms"):
        rooms |= fill(places)
    return board.with_rooms(shown, rooms)


def _content(community: Community, form: PlaceForm) -> dict[str, Any]:
    return {
        "community": community,
        "capacity": next(iter(_rooms(board.capacity([community.id]))), None),
        "people": queries.people_by_role(community.id),
        "form": form,
        "may_place": policy.place(viewer(), community),
        "labels": labels,
    }


def _day(form: PlaceForm) -> date | None:
    chosen: date | None = form.since.data
    return chosen
