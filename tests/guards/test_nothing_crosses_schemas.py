"""Whole schemas can lie on different nodes (Citus): nothing in the catalog and no statement reaches from one into another."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from maagal import relay, tenancy
from maagal.db import Base, db
from tests.isolation.rows import administrator

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("platform/maagal", "tenants", "workers") for path in (ROOT / folder).rglob("*.py")]
OURS = "(a.nspname in ('control', 'ext') or a.nspname like 't\\_%')"
SHARED = "('pg_catalog', 'information_schema', 'ext')"  # the same on every node
# Every thing of the catalog that can refer to another, and whose schema it lies in.
LIES_IN = """
select 'pg_class'::regclass as classid, oid as objid, relnamespace as nsp, relname::text as name from pg_class
union all select 'pg_proc'::regclass, oid, pronamespace, proname from pg_proc
union all select 'pg_type'::regclass, oid, typnamespace, typname from pg_type
union all select 'pg_operator'::regclass, oid, oprnamespace, oprname from pg_operator
union all select 'pg_opclass'::regclass, oid, opcnamespace, opcname from pg_opclass
union all select 'pg_constraint'::regclass, oid, connamespace, conname from pg_constraint where connamespace <> 0
union all select 'pg_trigger'::regclass, t.oid, relnamespace, tgname from pg_trigger t join pg_class c on c.oid = tgrelid
union all select 'pg_policy'::regclass, p.oid, relnamespace, polname from pg_policy p join pg_class c on c.oid = polrelid
union all select 'pg_attrdef'::regclass, d.oid, relnamespace, relname from pg_attrdef d join pg_class c on c.oid = adrelid
union all select 'pg_rewrite'::regclass, w.oid, relnamespace, relname from pg_rewrite w join pg_class c on c.oid = ev_class
union all select 'pg_statistic_ext'::regclass, oid, stxnamespace, stxname from pg_statistic_ext
"""
ACROSS = f"""
with lies as ({LIES_IN})
select a.nspname, mine.name, b.nspname, other.name from pg_depend d
join lies mine on mine.classid = d.classid and mine.objid = d.objid
join lies other on other.classid = d.refclassid and other.objid = d.refobjid
join pg_namespace a on a.oid = mine.nsp join pg_namespace b on b.oid = other.nsp
where mine.nsp <> other.nsp and b.nspname not in {SHARED} and {OURS}
"""
BODIES = f"select a.nspname, proname, prosrc from pg_proc join pg_namespace a on a.oid = pronamespace where {OURS}"
EXTENSIONS = "select extname, nspname from pg_extension join pg_namespace n on n.oid = extnamespace"
SCHEMA = r"(control|public|ext|t_[0-9a-f]{12})"
NAMED = re.compile(rf'(?<![\w."]){SCHEMA}"?\.', re.IGNORECASE)
FROM = re.compile(r'\b(?:from|join|into|update|using|table)\s+(?:only\s+)?("?\w+"?(?:\."?\w+"?)?)', re.IGNORECASE)


@pytest.fixture(scope="module")
def catalog(oak_and_elm):
    with administrator() as connection:
        yield lambda query: connection.execute(query).fetchall()


def test_no_key_default_policy_trigger_view_index_or_type_reaches_into_another_schema(catalog):
    assert catalog(ACROSS) == []


def test_the_look_at_the_catalog_would_find_what_reaches_over(catalog, oak_and_elm):
    oak, elm = (tenant.schema for tenant in oak_and_elm)
    with administrator() as connection, connection.transaction(force_rollback=True):
        for number, crossing in enumerate((
            f"alter table {oak}.communities add constraint x foreign key (id) references {elm}.communities (id) not valid",
            f"create view {oak}.x as select * from control.tenants",
            f"create sequence {elm}.x; alter table {oak}.outbox alter attempts set default nextval('{elm}.x')",
            f"create policy x on {oak}.people using (exists (select from {elm}.people))",
            (f"create function {elm}.x() returns trigger language plpgsql as 'begin return new; end';"
             f"create trigger x before insert on {oak}.people for each row execute function {elm}.x()"),
            f"create type {elm}.x as enum ('a'); alter table {oak}.people add column x {elm}.x",
        )):  # fmt: skip
            with connection.transaction(force_rollback=True):
                connection.execute(crossing)
                assert connection.execute(ACROSS).fetchall(), number


def test_no_functions_body_names_another_schema(catalog):
    named = {(schema, name, found) for schema, name, body in catalog(BODIES) for found in NAMED.findall(body)}
    assert {each for each in named if each[0] != each[2]} == set()


def test_an_extension_lies_once_and_in_no_tenant(catalog):
    assert {schema for _name, schema in catalog(EXTENSIONS)} <= {"ext", "pg_catalog"}


def test_what_a_cluster_would_have_to_allow_is_known_by_name(catalog):
    """Citus places a table with triggers on demand alone, and its triggers fire on the node: docs/operating.md, "cluster"."""
    triggers = catalog("""
    select distinct c.relname || '.' || tgname from pg_trigger t join pg_class c on c.oid = tgrelid
    join pg_namespace a on a.oid = relnamespace where a.nspname like 't\\_%' and not tgisinternal
    """)
    kinds = catalog("""
    select distinct c.relkind::text from pg_class c join pg_namespace a on a.oid = relnamespace where a.nspname like 't\\_%'
    """)
    partitions = catalog("select count(*) from pg_inherits")
    assert {name for (name,) in triggers} == {"pairs.seat", "pairs.open_concern", "concerns.holds_its_pair"}
    assert {kind for (kind,) in kinds} <= {"r", "i", "S"}
    assert partitions == [(0,)]


def sides(statement: str) -> set[str]:
    """Tell which schemas a statement takes rows from or writes them to: `control`, `tenant`, or another by name."""
    made = set(re.findall(r"\b(\w+)\s*(?:\([^()]*\)\s*)?as\s*(?:not\s+)?(?:materialized\s*)?\(", statement, re.IGNORECASE))
    found = set()
    for name in FROM.findall(statement):
        schema, _dot, table = name.replace('"', "").rpartition(".")
        if schema:
            found.add(schema)
        elif table in TABLES and table not in made:
            found.add("tenant")
    return found - {"pg_catalog", "information_schema"}


TABLES = {table.name for table in Base.metadata.tables.values() if table.schema is None}


def statements() -> Iterator[tuple[str, str]]:
    """Yield every piece of SQL that is written out in our sources, statement by statement."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else spelled(node) if isinstance(node, ast.JoinedStr) else None
            if isinstance(text, str) and FROM.search(text):
                yield from ((str(path.relative_to(ROOT)), each) for each in text.split(";"))


def spelled(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def test_no_statement_in_the_sources_names_two_schemas():
    seen = list(statements())
    assert len(seen) > 50
    assert sides("update control.due set x from people") == {"control", "tenant"}
    assert sides("with people as (select from control.due) select from people") == {"control"}
    assert {(path, each) for path, each in seen if len(sides(each)) > 1} == set()


def test_no_capability_names_the_control_schema():
    named = [path for path, each in statements() if path.startswith("tenants/") and "control" in sides(each)]
    assert named == []


def test_no_statement_that_is_sent_names_two_schemas(circle, browse):
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    engines = {id(engine): engine for engine in db.engines.values()}.values()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        client = browse(circle.dana)
        for path in ("/", "/people", "/help", "/pairs", "/meetings", "/reports", "/concerns", "/notices", "/me"):
            client.get(path)
        with tenancy.entered(None):
            relay.turn(lambda *_message: None)
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    assert len(sent) > 20
    assert [each for each in sent if len(sides(each)) > 1] == []
