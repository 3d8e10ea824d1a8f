"""A tenant leaves whole: each table, each sealed column and each file, also those that nobody has thought of yet."""

import json
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import LargeBinary
from sqlalchemy.engine import make_url

from maagal import keystore, provisioning, register, tenancy
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import Base, db
from maagal.leaving import exporting, importing, opened_rows, snapshots
from maagal.leaving.age_streams import decrypting, identities_in, make_identity
from maagal.leaving.archives import unpack
from maagal.sealed_columns import sealed_columns

TABLES = "select tablename from pg_tables where schemaname = %s and tablename <> 'revision'"
UNCLEAR = """
select table_name || '.' || column_name from information_schema.columns where table_schema = %s and (
  is_identity = 'YES' or column_default like 'nextval%%' or is_generated = 'ALWAYS'
  or data_type = 'jsonb' and is_nullable = 'YES')
"""


@pytest.fixture(scope="module")
def administrator(homes):
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def pine(homes):
    return homes["pine"].tenant


@pytest.fixture(scope="module")
def take_out(house, tmp_path_factory):
    """Return a way to export a tenant, for the members of the archive; and the file and the key of the last."""
    folder = tmp_path_factory.mktemp("leaving")
    make_identity(folder / "identity")
    identities = identities_in(folder / "identity")

    def taken(slug):
        with house.app_context():
            db.session.remove()
            with (folder / f"{slug}.age").open("wb") as file:
                exporting.write(slug, [identities[0].to_public()], file)
        with (folder / f"{slug}.age").open("rb") as source, decrypting(source, identities) as opened:
            return dict(unpack(opened))

    taken.folder, taken.identities = folder, identities
    return taken


def test_every_column_of_bytes_is_sealed_or_a_digest():
    plain_bytes = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if table.schema is None  # an operator's second factor lies in the control schema, under a key of its own
        and isinstance(column.type, LargeBinary) and column.name not in sealed_columns().get(table.name, {})
    ]
    assert [name for name in plain_bytes if not name.endswith(("hash", "digest"))] == []


def test_whatever_bears_a_keys_id_lies_in_a_declared_column_and_opens_there(pine, administrator, house):
    with keystore.engine().connect() as connection:
        query = "select id from keys where tenant_id = %(tenant)s"
        ours = set(connection.exec_driver_sql(query, {"tenant": pine.id}).scalars())
    found = set()
    for table, column in administrator.execute(
        "select table_name, column_name from information_schema.columns where table_schema = %s and data_type = 'bytea'",
        [pine.schema],
    ).fetchall():
        query = sql.SQL("select {} from {} where {} is not null").format(
            sql.Identifier(column), sql.Identifier(pine.schema, table), sql.Identifier(column)
        )
        if any(len(value) > 17 and UUID(bytes=value[1:17]) in ours for (value,) in administrator.execute(query).fetchall()):
            found.add((table, column))
    declared = {(table, column) for table, columns in sealed_columns().items() for column in columns}
    assert found <= declared
    assert len(found) >= 8, "the world of the guards writes too few sealed texts"


def test_every_table_has_a_primary_key_and_no_column_that_an_export_would_blur(pine, administrator):
    tables = {name for (name,) in administrator.execute(TABLES, [pine.schema])}
    assert snapshots.columns_of(administrator, pine.schema).keys() == tables
    assert snapshots.columns_of(administrator, pine.schema, snapshots.KEYS).keys() == tables
    assert administrator.execute(UNCLEAR, [pine.schema]).fetchall() == []


def test_every_table_and_every_row_is_in_the_export(pine, administrator, take_out):
    told = take_out(pine.slug)
    counts = {
        table: administrator.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(pine.schema, table))).fetchone()[0]
        for (table,) in administrator.execute(TABLES, [pine.schema]).fetchall()
    }
    assert json.loads(told["manifest.json"])["rows"] == counts
    assert {table: len(told[f"tables/{table}.jsonl"].decode().split("\n")) - 1 for table in counts} == counts
    assert {f"csv/{table}.csv" for table in counts} <= told.keys()
    assert sum(counts.values()) > 100


@pytest.mark.parametrize("slug", ["pine", "mill"])
def test_a_whole_world_comes_back_as_it_was(homes, house, take_out, administrator, slug):
    before = take_out(slug)
    with house.app_context(), provisioning.connect(Settings()) as connection:
        importing.import_file(connection, take_out.folder / f"{slug}.age", f"{slug}-back", take_out.identities)
        register.forget()
    after = take_out(f"{slug}-back")
    for each in (before, after):
        each.pop("about.json"), each.pop("manifest.json")
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []


def test_a_text_whose_key_was_destroyed_stays_destroyed(pine, house):
    with tenancy.entered(pine):
        told = json.dumps({"id": str(pine.id), "notes": {"of": None}})
        value = json.loads(opened_rows.sealed_again("people", told))["notes"]
    sealed = bytes.fromhex(value.removeprefix("\\x"))
    with tenancy.entered(pine), pytest.raises(keystore.KeyGone):
        keystore.by_id(pine.id, UUID(bytes=sealed[1:17]))
