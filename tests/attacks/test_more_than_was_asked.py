"""A form with fields that nobody offered changes what the same form changes without them, and nothing else."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from psycopg import sql

from maagal.limits import limiter
from tests.attacks.conftest import attacked, silent
from tests.guards.world import INSIDERS, views
from tests.isolation.addresses import build
from tests.isolation.asking import enter
from tests.isolation.cage import Cage
from tests.isolation.forms import Fields, forms_of, sent
from tests.isolation.reading import UUID
from tests.isolation.rows import Schema

LEAVE = {"/sign-in/out"}
KNOWN = {"lock": {"reason"}}  # a lock may be given a reason, as the change beside it is; its page does not ask for one
TIMES = ("timestamp", "date")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
VARIES = {"cause", "once", "about", "body", "device", "result"}
"""Columns that hold something new each time: where a fact came from, ids inside JSON, how long a round took."""


@dataclass
class Offered:
    """The form of one address: as it stands on its page, and the names that any form of that address has."""

    address: str
    fields: Fields
    names: set[str]


@pytest.fixture(scope="module")
def offered(house) -> Iterator[Cage]:
    """A furnished tenant whose rows are put back after each form."""
    with attacked(house, "sloe") as made:
        yield made
        silent(made)


@pytest.mark.parametrize("name", [names[0] for names in INSIDERS.values()])
def test_fields_that_nobody_offered_change_nothing(house, offered, name):
    client = enter(house, offered, name, "10.3.0.1")
    offered.schema.keep()
    wanted, wrong, kept = extra_fields(offered, name), [], 0
    for form in forms(house, offered, client):
        names = form.names | KNOWN.get(form.address.rpartition("/")[2], set())
        extra = {field: value for field, value in wanted.items() if field not in names}
        plain, more = outcome(offered, client, form), outcome(offered, client, form, extra)
        kept += plain[0] == 303 and bool(plain[1])
        refused = more[0] == 422 and not more[1]  # a field that the form does know, and not with such a value
        if plain != more and not refused:
            tables = [table for table in plain[1].keys() | more[1].keys() if plain[1].get(table) != more[1].get(table)]
            wrong.append(f"{form.address}: {plain[0]} {more[0]} {tables}")
    assert wrong == []
    assert kept > 1, "forms that change nothing would prove nothing"


def forms(house, cage: Cage, client) -> Iterable[Offered]:
    """Return each form that somebody is shown, once for each address it goes to."""
    found: dict[str, Offered] = {}
    for route in views(house, "GET"):
        address = build(route, {each: cage.values(route, each, 1)[0] for each in route.arguments})
        answer = client.get(address)
        client._cookies = dict(client.kept)
        for form in forms_of(answer.text, address, "Word") if answer.mimetype == "text/html" else ():
            goal = form.address.partition("?")[0] if form.address.startswith("/") else address
            if form.method == "POST" and goal not in LEAVE:
                found.setdefault(goal, Offered(goal, form.fields, set())).names.update(form.fields)
    cage.schema.put_back()
    return found.values()


def extra_fields(cage: Cage, name: str) -> dict[str, str]:
    """Return a field for every column of every table, with what its attacker would like to stand there."""
    every = {column.name: column.type for columns in cage.schema.columns.values() for column in columns}
    wanted = {column: wish(cage, name, column, kind) for column, kind in every.items()}
    return wanted | {"is_admin": "1", "roles": "administrator", "tenant_id": str(cage.tenant.id)}


def wish(cage: Cage, name: str, column: str, kind: str) -> str:
    """Return what an attacker would want of a column."""
    known = {"role": "administrator", "state": "active", "level": "3", "attempts": "-99", "version": "1"}
    by_type = {"uuid": str(cage.people[name]), "boolean": "1", "integer": "7", "smallint": "7", "jsonb": "{}"}
    return known.get(column) or by_type.get(kind) or ("2020-01-01" if kind.startswith(TIMES) else "planted")


def outcome(cage: Cage, client, form: Offered, extra: Fields | None = None) -> tuple[int, dict[str, Any]]:
    """Send a form; return the status and which rows of which tables are now otherwise; put them back."""
    limiter.reset()
    answer = client.post(form.address, data={**(extra or {}), **sent(form.fields), "csrf_token": client.token})
    changed = {table: rows for table in cage.schema.columns if (rows := difference(cage.schema, table))}
    cage.schema.put_back()
    client._cookies = dict(client.kept)
    return answer.status_code, changed


def difference(schema: Schema, table: str) -> list[str]:
    """Return the rows of a table that were not there before, without what is new each time."""
    query = sql.SQL("select * from {} except all select * from {}").format(schema.table(table), schema.aside(table))
    cursor = schema.connection.execute(query)
    steady = (each for each in schema.columns[table] if each.type != "bytea" and not each.type.startswith("timestamp"))
    plain = {each.name for each in steady} - VARIES
    names = [each.name for each in cursor.description or ()]
    known = {str(each) for ids in schema.ids.values() for each in ids}
    found = (row for row in cursor if "audit.chain" not in row)  # asked for at most once in half a minute, by whoever comes first
    rows = [{name: value for name, value in zip(names, row, strict=True) if name in plain} for row in found]
    return sorted(UUID.sub(lambda found: found[0] if found[0] in known else "NEW", MOMENT.sub("", str(row))) for row in rows)
