"""The register of tenants, the pool of blank schemas, the index of what is due, the ledger of upgrades, who was swept.

In `due`, `at` moves with every lease; `oldest` is the hour of the oldest row that nobody has finished and `waiting` how much
there is on which queue, as the relay last saw both. `sweeps` says until when a tenant wants to be looked at.
"""

from alembic import op

revision, down_revision = "0001_tenants_and_what_is_due", None


def upgrade() -> None:
    """Create the control tables; each row-level rule is a second lock behind the grants."""
    op.execute("""
    create table tenants (
      id uuid primary key, slug text not null unique, schema_name text not null unique,
      name text not null, kind text not null check (kind in ('public', 'business')),
      host text unique, locale text not null, timezone text not null, capabilities text[] not null default '{}',
      state text not null default 'open' check (state in ('opening', 'open', 'suspended', 'erased')),
      is_demo boolean not null default false, revision text not null, settings jsonb not null default '{}',
      opened_at timestamptz not null default now());
    create table blank_schemas (schema_name text primary key, revision text not null, made_at timestamptz not null default now());
    create table due (
      tenant_id uuid not null references tenants, what text not null, at timestamptz not null,
      version bigint not null default 1, oldest timestamptz, waiting jsonb not null default '{}',
      primary key (tenant_id, what));
    create index ix_due_at on due (at);
    create index ix_due_oldest on due (least(at, oldest));
    create table upgrades (
      id bigint generated always as identity primary key, schema_name text not null, revision text not null,
      outcome text not null, seconds double precision not null, at timestamptz not null default now());
    create index ix_upgrades_schema on upgrades (schema_name, id);
    create table sweeps (
      tenant_id uuid primary key references tenants, swept_at timestamptz not null,
      wanted_at timestamptz not null default now());
    create index ix_sweeps_swept on sweeps (swept_at);
    create index ix_sweeps_wanted on sweeps (swept_at) where swept_at < wanted_at;
    """)
    op.execute("""
    grant usage on schema control to maagal_app, maagal_sponsor, maagal_operator, maagal_provisioner;
    grant select on tenants to maagal_app, maagal_sponsor, maagal_operator, maagal_provisioner;
    grant select, insert, update, delete on due, sweeps to maagal_app;
    grant select on due, upgrades, sweeps to maagal_operator;
    grant insert, update, delete on tenants to maagal_provisioner;
    grant select, insert, update, delete on blank_schemas to maagal_provisioner;
    grant select, insert on upgrades to maagal_provisioner;
    grant select, insert, update, delete on due, sweeps to maagal_provisioner;
    alter table tenants enable row level security;
    alter table due enable row level security;
    create policy living on tenants for select to maagal_app, maagal_sponsor using (state <> 'erased');
    create policy all_of_them on tenants to maagal_operator, maagal_provisioner using (true) with check (true);
    create policy living on due to maagal_app using (exists (select from tenants where id = tenant_id));
    create policy all_of_them on due to maagal_operator, maagal_provisioner using (true) with check (true);
    """)
