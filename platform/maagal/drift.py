"""Does every tenant's schema hold the same? One query over the catalog hashes them all; only the odd ones are spelled out.

The measure is what most schemas have, blanks included: they come fresh from the history. Those that are behind are not
compared; upgrade them first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from maagal import migrate
from maagal.standing import BLANK

Thing = tuple[str, str]  # kind and name

THINGS = (Path(__file__).parent / "drift.sql").read_text(encoding="utf-8")
HASH = "select nspname, count(*), bit_xor(hashtextextended(concat_ws(chr(31), kind, name, what), 0))"
HASHES = f"{HASH} from ({THINGS}) described group by nspname"
LEVEL = """
(select schema_name, slug from control.tenants where revision = %(head)s and state <> 'erased' order by id)
union all (select schema_name, %(blank)s from control.blank_schemas where revision = %(head)s)
"""
AT_ONCE = 100  # schemas; each question about more would hold more of their locks at a time


@dataclass(frozen=True)
class Drift:
    """A schema unlike the others, its tenant's slug, and what differs, a line each."""

    schema: str
    name: str
    differences: tuple[str, ...]


def drifted(connection: psycopg.Connection) -> Iterator[Drift]:
    """Yield every schema that differs from the others, or from what the register says; for the provisioner's login."""
    names: dict[str, str] = dict(connection.execute(LEVEL, {"head": migrate.head("tenant"), "blank": BLANK}).fetchall())
    for schema, differences in _unlike(connection, list(names)):
        yield Drift(schema, names[schema], tuple(differences))


def _unlike(connection: psycopg.Connection, schemas: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    hashes = {name: tuple(rest) for name, *rest in connection.execute(HASHES, _of(schemas, readable=False))}
    yield from ((name, ["the schema is not there"]) for name in schemas if name not in hashes)
    if not hashes:
        return
    there = [name for name in schemas if name in hashes]
    usual = Counter(hashes[name] for name in there).most_common(1)[0][0]
    measure = next(name for name in there if hashes[name] == usual)
    wrong = _wrongly_registered(connection, there)
    odd = [name for name in there if hashes[name] != usual or name in wrong]
    expected = _things(connection, [measure])[measure] if odd else {}
    for some in _portions(odd):
        found = _things(connection, some)
        for name in some:
            differences = wrong.get(name, []) + _differences(expected, found[name])
            if differences:
                yield name, differences


def _things(connection: psycopg.Connection, schemas: Sequence[str]) -> dict[str, dict[Thing, str]]:
    """Return what stands in each schema, spelled out."""
    found: dict[str, dict[Thing, str]] = {name: {} for name in schemas}
    for schema, kind, name, what in connection.execute(THINGS, _of(schemas, readable=True)):
        found[schema][kind, name] = what
    return found


def _differences(expected: Mapping[Thing, str], found: Mapping[Thing, str]) -> list[str]:
    """Say in a line each what is missing, too much, or other than elsewhere."""
    told = dict.fromkeys(expected.keys() - found.keys(), "is missing")
    told |= dict.fromkeys(found.keys() - expected.keys(), "is in no other")
    for thing in expected.keys() & found.keys():
        if expected[thing] != found[thing]:
            told[thing] = f"is `{found[thing]}`, elsewhere `{expected[thing]}`"
    return [" ".join((*thing, told[thing])) for thing in sorted(told)]


def _wrongly_registered(connection: psycopg.Connection, schemas: Sequence[str]) -> dict[str, list[str]]:
    """Find schemas whose own revision is not the one that the register names."""
    head = migrate.head("tenant")
    wrong: dict[str, list[str]] = {}
    for some in _portions(schemas):
        own = _revisions(connection, some)
        wrong |= {name: [f"revision is {own[name]}, registered is {head}"] for name in some if own[name] != head}
    return wrong


def _revisions(connection: psycopg.Connection, schemas: Sequence[str]) -> dict[str, str]:
    """Return each schema's own word; a statement each, for they may lie on different nodes, sent without waiting between."""
    query = sql.SQL("select version_num from {}.revision")
    with connection.transaction():
        connection.execute("set local role maagal_owner")
        with connection.pipeline():
            asked = {name: connection.execute(query.format(sql.Identifier(name))) for name in schemas}
        return {name: (cursor.fetchone() or ("base",))[0] for name, cursor in asked.items()}


def _of(schemas: Sequence[str], *, readable: bool) -> dict[str, object]:
    return {"schemas": list(schemas), "readable": readable}


def _portions(schemas: Sequence[str]) -> Iterator[Sequence[str]]:
    return (schemas[start : start + AT_ONCE] for start in range(0, len(schemas), AT_ONCE))
