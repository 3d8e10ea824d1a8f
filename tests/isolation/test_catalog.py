"""What PostgreSQL's own catalog says of the walls. Every schema, table, view and function is covered when it is made."""

import psycopg
import pytest
from sqlalchemy.engine import make_url

from maagal import migrate
from maagal.bootstrap import plain
from maagal.config import LOGINS, Settings
from tests.isolation.rows import administrator

OURS = "(n.nspname in ('control', 'ext') or n.nspname like 't\\_%')"
PUBLIC = {
    "schemas": f"select nspname from pg_namespace n, aclexplode(nspacl) a where a.grantee = 0 and ({OURS} or nspname = 'public')",
    "tables": f"""select relname from pg_class c join pg_namespace n on n.oid = relnamespace, aclexplode(relacl) a
                  where a.grantee = 0 and {OURS}""",
    "columns": f"""select attname from pg_attribute t join pg_class c on c.oid = attrelid
                   join pg_namespace n on n.oid = relnamespace, aclexplode(attacl) a where a.grantee = 0 and {OURS}""",
    "functions": f"""select proname from pg_proc p join pg_namespace n on n.oid = pronamespace,
                     aclexplode(coalesce(proacl, acldefault('f', proowner))) a where a.grantee = 0 and {OURS}""",
    "types": f"""select typname from pg_type t join pg_namespace n on n.oid = typnamespace,
                 aclexplode(coalesce(typacl, acldefault('T', typowner))) a
                 where a.grantee = 0 and {OURS} and typtype in ('e', 'd', 'r')""",
    "databases": """select datname from pg_database d, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
                    where a.grantee = 0 and datname in (%(main)s, %(keys)s) and a.privilege_type in ('TEMPORARY', 'CREATE')""",
}
OF_THE_BACKUP = """
select g.rolname from pg_auth_members join pg_roles g on g.oid = roleid join pg_roles m on m.oid = member
where m.rolname = 'maagal_backup'
union all select relname from pg_class, aclexplode(relacl) a join pg_roles r on r.oid = a.grantee where rolname = 'maagal_backup'
"""
TENANTS = "select schema_name from control.tenants union select schema_name from control.blank_schemas"


@pytest.fixture(scope="module")
def said(oak_and_elm):
    """Ask the catalog as the administrator; the rows as text."""
    names = {"main": make_url(Settings().database_url).database, "keys": make_url(Settings().keys_url).database}
    with administrator() as connection:
        yield lambda query: [" ".join(map(str, row)) for row in connection.execute(query.replace("_%'", "_%%'"), names)]


@pytest.mark.parametrize("what", PUBLIC)
def test_nothing_of_ours_is_granted_to_everybody(said, what):
    assert said(PUBLIC[what]) == []


def test_no_login_owns_anything(said):
    owned = """
    with logins as (select oid from pg_roles where rolcanlogin and rolname like 'maagal\\_%')
    select 'table ' || relname from pg_class where relowner in (table logins)
    union all select 'function ' || proname from pg_proc where proowner in (table logins)
    union all select 'schema ' || nspname from pg_namespace where nspowner in (table logins)
    union all select 'type ' || typname from pg_type where typowner in (table logins)
    union all select 'database ' || datname from pg_database where datdba in (table logins)
    """
    assert said(owned) == []


def test_every_thing_of_a_tenant_is_the_owners_who_cannot_log_in(said):
    owners = f"""
    select distinct rolname, rolcanlogin from pg_class c join pg_namespace n on n.oid = relnamespace
    join pg_roles r on r.oid = relowner where {OURS}
    """
    assert said(owners) == ["maagal_owner False"]


def test_no_function_runs_with_anothers_rights(said):
    definers = f"select n.nspname, proname from pg_proc p join pg_namespace n on n.oid = pronamespace where prosecdef and {OURS}"
    assert said(definers) == []


def test_no_view_and_no_rule_looks_into_another_schema(said):
    across = f"""
    select n.nspname, v.relname, c.relname from pg_depend d
    join pg_rewrite w on w.oid = d.objid join pg_class v on v.oid = w.ev_class
    join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = v.relnamespace
    where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
    and v.relnamespace <> c.relnamespace and {OURS}
    """
    assert said(across) == []


def test_no_foreign_key_no_inheritance_and_no_trigger_crosses_schemas(said):
    two = "join pg_class a on a.oid = {} join pg_class b on b.oid = {} where a.relnamespace <> b.relnamespace"
    keys = f"select conname from pg_constraint {two.format('conrelid', 'confrelid')}"
    parents = f"select a.relname from pg_inherits {two.format('inhrelid', 'inhparent')}"
    triggers = f"""
    select tgname, p.proname from pg_trigger t join pg_class c on c.oid = tgrelid
    join pg_namespace n on n.oid = c.relnamespace join pg_proc p on p.oid = tgfoid
    where not tgisinternal and p.pronamespace <> c.relnamespace and {OURS}
    """
    assert (said(keys), said(parents), said(triggers)) == ([], [], [])


def test_a_tenants_tables_are_granted_to_its_own_two_roles_alone(said):
    grants = """
    select distinct nspname, rolname from pg_class c join pg_namespace n on n.oid = relnamespace, aclexplode(relacl) a
    join pg_roles r on r.oid = a.grantee
    where nspname like 't\\_%' and rolname not in (nspname, nspname || '_sponsor', 'maagal_owner')
    """
    assert said(grants) == []
    schemas = """
    select nspname, rolname from pg_namespace n, aclexplode(nspacl) a join pg_roles r on r.oid = a.grantee
    where nspname like 't\\_%' and rolname not in (nspname, nspname || '_sponsor', 'maagal_owner')
    """
    assert said(schemas) == []


def test_a_tenants_roles_belong_to_one_login_each_and_are_never_inherited(said):
    members = """
    select right(r.rolname, 8) = '_sponsor', m.rolname, inherit_option, admin_option from pg_auth_members a
    join pg_roles r on r.oid = roleid join pg_roles m on m.oid = member
    where r.rolname like 't\\_%' and m.rolname <> 'maagal_provisioner' group by 1, 2, 3, 4
    """
    assert sorted(said(members)) == ["False maagal_app False False", "True maagal_sponsor False False"]


def test_no_role_of_ours_is_more_than_it_must_be(said):
    roles = """
    select rolname from pg_roles where (rolname like 'maagal\\_%' or rolname like 't\\_%')
    and (rolsuper or rolbypassrls or rolreplication or rolcreatedb or rolinherit and rolcanlogin)
    """
    assert said(roles) == ["maagal_backup"]  # what it copies lies in every tenant, also behind a second lock; it changes nothing
    assert said(OF_THE_BACKUP) == ["pg_read_all_data"]
    assert said("select rolname from pg_roles where rolname like 't\\_%' and rolcanlogin") == []
    assert said("select rolname from pg_roles where rolname like 'maagal\\_%' and rolcreaterole") == ["maagal_provisioner"]


def test_nothing_lies_beside_the_schemas(said):
    """What belongs to the database as a whole is under nobody's wall, and outlives a tenant."""
    for table in ("pg_largeobject_metadata", "pg_publication", "pg_subscription", "pg_event_trigger", "pg_foreign_server",
                  "pg_foreign_data_wrapper", "pg_user_mappings", "pg_transform"):  # fmt: skip
        assert said(f"select count(*) from {table}") == ["0"], table
    defaults = "select distinct rolname from pg_default_acl join pg_roles r on r.oid = defaclrole"
    assert said(defaults) == ["maagal_owner"]


def test_nobody_but_the_owner_writes_blocks(said):
    may = """
    select rolname from pg_roles where (rolname like 'maagal\\_%' or rolname like 't\\_%') and not rolsuper
    and has_language_privilege(oid, 'plpgsql', 'usage')
    """
    assert said(may) == ["maagal_owner"]


def test_every_tenants_schema_and_role_is_named_after_nobody(said):
    assert said(f"select 1 from ({TENANTS}) s where schema_name !~ '^t_[0-9a-f]{{12}}$'") == []
    assert said(f"select nspname from pg_namespace where nspname like 't\\_%' and nspname not in ({TENANTS})") == []


def test_tenants_in_shared_tables_have_a_second_lock(said):
    open_ones = """
    select relname from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'control' and relkind = 'r'
    and not relrowsecurity and exists (select from information_schema.table_privileges p
      where p.table_schema = 'control' and p.table_name = relname and p.grantee in ('maagal_app', 'maagal_sponsor'))
    """
    assert said(open_ones) == ["sweeps"]  # ids and moments alone, kept by the sweep for all


def test_nobody_but_ours_comes_into_a_database(said):
    connect = """
    select datname, coalesce(rolname, 'everybody') from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
    left join pg_roles r on r.oid = a.grantee
    where datname = %(keys)s and a.privilege_type = 'CONNECT' and rolname is distinct from 'postgres'
    """
    assert [line.split()[1] for line in said(connect)] == ["maagal_keys"]


@pytest.mark.parametrize("login", LOGINS)
def test_a_login_without_a_tenant_finds_nothing_by_its_name_alone(login, oak_and_elm):
    with psycopg.connect(plain(make_url(getattr(Settings(), f"{login}_url"))), autocommit=True) as connection:
        (path,) = connection.execute("show search_path").fetchone()
        assert path == ("public" if login == "keys" else '""')


def test_the_head_of_the_migrations_is_what_is_looked_at(said):
    assert set(said("select distinct revision from control.tenants")) == {migrate.head("tenant")}
