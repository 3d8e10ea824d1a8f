"""Who may do what: one matrix, read from matrix.toml, from which guards, tests and the page of rules are made.

A rule names a row and a verb of the matrix; its function says how a person stands to a thing, and nothing else.
"""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from flask import abort, current_app, g, request

ROLES = ("administrator", "sponsor", "coordinator", "advisor", "mentor", "participant")
VISITOR = "visitor"
OPERATOR = "operator"  # of the platform: at the console alone, in no tenant
STAFF_ROLES = frozenset({"administrator", "sponsor", "coordinator"})  # a second factor is required


class Viewer(Protocol):
    """Whoever looks: what the floor must know of them."""

    person_id: UUID
    account_id: UUID
    name: str
    roles: frozenset[str]


Relations = Callable[..., Iterable[str]]


@dataclass(frozen=True)
class Rule:
    """A row and a verb of the matrix, a sentence for people, and how to find somebody's relations to a thing."""

    row: str
    verb: str
    sentence: str
    relations: Relations = field(repr=False)

    @property
    def name(self) -> str:
        """The rule's name, as `routes --json` prints it."""
        return f"{self.row}.{self.verb}"

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the matrix lets in, given the right relation."""
        return frozenset(role for role in (*ROLES, OPERATOR, VISITOR) if self.grants(role))

    def grants(self, role: str) -> frozenset[str]:
        """The relations in which a role may do this."""
        cells = matrix()[self.row].get(role, [])
        return frozenset(cell.split(":")[1] for cell in cells if cell.split(":")[0] == self.verb)

    def __call__(self, viewer: Viewer | None, *things: Any) -> bool:
        """Whether the person, or a visitor (None), may do this to the things."""
        granted = {cell for role in (viewer.roles if viewer else {VISITOR}) for cell in self.grants(role)}
        return "any" in granted or bool(granted and granted & set(self.relations(viewer, *things)))


class OpenRule(Rule):
    """A rule outside the matrix: anyone, or anyone signed in."""

    @property
    def roles(self) -> frozenset[str]:
        """Everybody signed in; for `anyone`, visitors too."""
        return frozenset(ROLES) | ({VISITOR} if self.row == "anyone" else frozenset())

    def __call__(self, viewer: Viewer | None, *_things: Any) -> bool:
        """Whether this is open to visitors, or somebody is signed in."""
        return self.row == "anyone" or viewer is not None


def rule(row: str, verb: str) -> Callable[[Relations], Rule]:
    """Make a rule of a function `(viewer, *things) -> relations`; its docstring is the sentence people read."""
    if row not in matrix():
        message = f"the matrix has no row {row!r}"
        raise ValueError(message)
    return lambda relations: Rule(row, verb, " ".join((relations.__doc__ or "").split()), relations)


def _nobody(*_things: Any) -> Iterable[str]:
    return ()


anyone = OpenRule("anyone", "R", "Anyone, also without signing in.", _nobody)
signed_in = OpenRule("signed_in", "R", "Anyone who is signed in.", _nobody)


@cache
def matrix() -> dict[str, dict[str, Any]]:
    """Return the matrix: row -> {says, role: [verb:relation]}."""
    return tomllib.loads((Path(__file__).parent / "matrix.toml").read_text(encoding="utf-8"))


def viewer() -> Viewer | None:
    """Return whoever is signed in to this request, or None."""
    found: Viewer | None = g.get("viewer")
    return found


def me() -> UUID:
    """Return the id of whoever looks, where a rule has let nobody in who is not signed in."""
    looking = viewer()
    assert looking is not None  # noqa: S101  the rule did not let them in
    return looking.person_id


def needs(permission: Rule, load: Callable[..., Any] | None = None, *, reads: str = "") -> Callable[..., Any]:
    """Guard a view. `load` turns the ids of the address into the thing judged; absent and forbidden are both 404.

    `reads` names what a granted request will have read, for the audit; visitors are asked to sign in (401).
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**ids: Any) -> Any:
            if viewer() is None and VISITOR not in permission.roles:
                abort(401)
            things = (load(**ids),) if load else ()
            if things and things[0] is None:
                abort(404)
            if not permission(viewer(), *things):
                abort(404)
            if reads and things and request.method == "GET":
                current_app.extensions["house"].hooks["record_read"](viewer(), reads, things[0])
            return view(*things) if load else view(**ids)

        guarded.needs = permission  # type: ignore[attr-defined]  # the guard tests and `routes` read it
        return guarded

    return decorate

