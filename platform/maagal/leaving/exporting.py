"""A tenant's export: everything it owns, readable without us, for whoever holds the tenant's own secret key."""

import json
from pathlib import Path
from typing import IO, Any

import psycopg

from maagal import tenancy
from maagal.db import Base
from maagal.leaving import opened_rows, requests, stored_files, tables_csv
from maagal.leaving.age_streams import encrypting, recipient
from maagal.leaving.archives import ABOUT, Packing, as_json
from maagal.leaving.snapshots import Snapshot, snapshot_of
from maagal.whole_files import whole

HERE = Path(__file__).parent
FORMAT = 1


def export(connection: psycopg.Connection, slug: str, to: Path) -> int:
    """Carry out the approved export of a tenant into a new file; return the number of rows.

    Raises Refused without an approved request whose delay is over, FileExistsError where TO is there.
    """
    if to.exists():
        message = f"{to} is there already"
        raise FileExistsError(message)
    with requests.carrying_out(connection, slug, "export") as asked, whole(to) as file:
        return write(slug, [recipient(asked.recipient or "")], file)


def write(slug: str, recipients: list[Any], into: IO[bytes]) -> int:
    """Write a tenant as it is now; return the number of rows."""
    with snapshot_of(slug) as seen, tenancy.entered(_tenant(seen)), encrypting(into, recipients) as plain:
        return _pack(seen, Packing(plain))


def _tenant(seen: Snapshot) -> tenancy.Tenant:
    return tenancy.Tenant(seen.tenant["id"], seen.tenant["slug"], seen.schema, seen.tenant["name"])


def about(seen: Snapshot) -> dict[str, Any]:
    """Return what an archive says of itself first: the tenant, where its schema stands, its tables."""
    moment = seen.connection.execute("select now()::text").fetchone()
    return {
        "format": FORMAT,
        "tenant": {name: value for name, value in seen.tenant.items() if name != "schema_name"},
        "revision": seen.revision,
        "taken_at": moment[0] if moment else None,
        "tables": {table: list(names) for table, names in seen.columns.items()},
    }


def _pack(seen: Snapshot, packing: Packing) -> int:
    for readme in sorted(HERE.glob("README.*.txt")):
        packing.put(readme.name, readme.read_bytes())
    packing.put("tables.txt", _guide(seen).encode())
    packing.put(ABOUT, as_json(about(seen)))
    counts = {table: _pack_table(seen, table, packing) for table in seen.columns}
    for name, path in stored_files.stored(seen.schema):
        packing.put_file(name, path)
    packing.finish(format=FORMAT, tenant=seen.tenant["id"], slug=seen.tenant["slug"], revision=seen.revision, rows=counts)
    return sum(counts.values())


def _pack_table(seen: Snapshot, table: str, packing: Packing) -> int:
    count, columns = 0, seen.columns[table]
    with packing.parts(f"csv/{table}", "csv") as sheet, packing.parts(f"tables/{table}", "jsonl") as lines:
        sheet(tables_csv.heading(columns))
        for line, row in opened_rows.rows(seen, table):
            lines(f"{line}\n".encode())
            sheet(tables_csv.line(row, columns))
            count += 1
    return count


def _guide(seen: Snapshot) -> str:
    """Say what each table holds, in the words of whoever declared it, and name its columns."""
    said = {str(mapper.local_table): mapper.class_.__doc__ or "" for mapper in Base.registry.mappers}
    return "\n\n".join(
        f"{table}\n  {' '.join(said.get(table, '').split())}\n  {', '.join(columns)}" for table, columns in seen.columns.items()
    )


def lines_of(content: bytes) -> list[str]:
    """Return the lines of a table's member; each is one row."""
    return content.decode().split("\n")[:-1]  # not splitlines(): a text may hold U+2028


def table_of(name: str) -> str:
    """Return the table whose member it is, `tables/<table>[.<part>].<suffix>`."""
    return name.removeprefix("tables/").partition(".")[0]


def told_about(content: bytes) -> dict[str, Any]:
    """Read what an archive says of itself."""
    told: dict[str, Any] = json.loads(content)
    return told
