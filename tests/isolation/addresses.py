"""Addresses with everybody's ids in them, and what an id is exchanged for."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

from werkzeug.routing import Rule as Route

from maagal.ids import new_id
from tests.isolation.cage import Cage
from tests.isolation.forms import Fields

NO_TOKEN = "x" * 43
Values = dict[str, str]


@dataclass(frozen=True)
class Thrift:
    """How much is asked: rows of ours and of each other tenant for a parameter, ways to fill in a form.

    `insist`: whoever the matrix does not name asks all the same, by every method.
    """

    own: int = 1
    foreign: int = 1
    ways: int = 3
    insist: bool = False


@dataclass(frozen=True)
class Group:
    """Addresses of a route: with nobody's id in one place, with others' ids there, and ours."""

    nothing: str
    theirs: list[str]
    ours: list[str]


def groups(route: Route, here: Cage, others: list[Cage], thrift: Thrift) -> Iterator[Group]:
    """Yield all addresses: for each parameter that has ids, one with nobody's and those with others' in its place."""
    own = {name: here.values(route, name, thrift.own) for name in sorted(route.arguments)}
    ours = [build(route, dict(zip(own, each, strict=True))) for each in product(*own.values())]
    first = {name: values[0] for name, values in own.items()}
    for name, values in own.items():
        foreign = [each for cage in others for each in cage.values(route, name, thrift.foreign)[: thrift.foreign]]
        if theirs := [build(route, first | {name: each}) for each in foreign if each not in values]:
            nobody = str(new_id()) if name.endswith("_id") else NO_TOKEN
            yield Group(build(route, first | {name: nobody}), theirs, ours)
            ours = []
    if ours:
        yield Group("", [], ours)


def build(route: Route, values: Values) -> str:
    """Return a route's address with these values."""
    built = route.build({name: UUID(value) if name.endswith("_id") else value for name, value in values.items()})
    assert built
    return built[1]


def exchanged(text: str, mapping: Values) -> str:
    """Return a text with ids exchanged."""
    for mine, other in mapping.items():
        text = text.replace(mine, other)
    return text


def in_fields(fields: Fields, mapping: Values) -> Fields:
    """Return what a form holds with ids exchanged."""
    return {name: _in_value(value, mapping) for name, value in fields.items()}


def _in_value(value: Any, mapping: Values) -> Any:
    if isinstance(value, list):
        return [_in_value(each, mapping) for each in value]
    return exchanged(value, mapping) if isinstance(value, str) else value
