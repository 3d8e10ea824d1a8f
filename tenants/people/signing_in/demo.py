"""Trying the demonstration: one button for each role. Nothing of this is there outside a demonstration on this machine."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from maagal import tenancy
from maagal.config import settings
from maagal.pages import page
from maagal.permissions import anyone, needs
from tenants.people.labels import role_label
from tenants.people.models import Person
from tenants.people.queries import account_of
from tenants.people.signing_in import doorway, queries

bp = Blueprint("demo", __name__, url_prefix="/demo")
SHOWN = ("coordinator", "mentor", "participant", "advisor", "administrator", "sponsor")


@dataclass(frozen=True)
class Part:
    """A role somebody may try, and who plays it."""

    role: str
    person: Person

    @property
    def label(self) -> Any:
        """The role's name."""
        return role_label(self.role, self.person.gender)


def parts() -> list[Part] | None:
    """Return whom to try the demonstration as, one of each role; None where there is no demonstration."""
    if not (tenancy.current().is_demo and settings().is_loopback):
        return None
    found = ((role, queries.somebody_in(role)) for role in SHOWN)
    return [Part(role, person) for role, person in found if person]


def part(role: str) -> Part | None:
    """Return who plays one role; None where there is no demonstration or nobody has it."""
    return next((each for each in parts() or () if each.role == role), None)


@bp.get("")
@needs(anyone, parts)
def index(found: list[Part]) -> Response:
    """List the people to try."""
    return page("sign_in/demo.html", parts=found)


@bp.get("/<role>")
@needs(anyone, part)
def show(found: Part) -> Response:
    """Say who that is, with one button."""
    return page("sign_in/demo_part.html", part=found)


@bp.post("/<role>")
@needs(anyone, part)
def enter(found: Part) -> Response:
    """Sign in as the one who plays the role."""
    return doorway.first_factor_shown(account_of(found.person.id))
