"""Operators and what they do, wishes to the provisioner, limits of tenants, usage without content, jobs to try again."""

from alembic import op

revision, down_revision = "0002_operator_console", "0001_tenants_and_what_is_due"


def upgrade() -> None:
    """Create the console's tables; who may do what with them stands beneath, each rule a second lock behind the grants."""
    op.execute("""
    alter table tenants
      add column most_people integer check (most_people > 0), add column most_bytes bigint check (most_bytes > 0);
    create table operators (
      id uuid primary key, email text not null unique, password text, totp bytea, totp_step bigint, enrolled_at timestamptz,
      link_hash bytea, link_until timestamptz, failures integer not null default 0, barred_until timestamptz,
      is_demo boolean not null default false, made_at timestamptz not null, ended_at timestamptz);
    create table operator_sessions (
      id uuid primary key, operator_id uuid not null references operators, made_at timestamptz not null,
      expires_at timestamptz not null, ended_at timestamptz, proven_at timestamptz not null, device text not null);
    create table operations (
      id bigint generated always as identity primary key, at timestamptz not null, operator_id uuid references operators,
      what text not null, slug text, detail jsonb not null default '{}');
    create index ix_operations_slug on operations (slug, id);
    create table wishes (
      id uuid primary key, what text not null check (what in ('open', 'suspend', 'resume', 'invite')), slug text not null,
      wanted jsonb not null default '{}', operator_id uuid references operators,
      state text not null default 'wanted' check (state in ('wanted', 'working', 'done', 'refused')),
      step text not null default 'queued', reason text, attempts integer not null default 0,
      wished_at timestamptz not null default now(), leased_until timestamptz, ended_at timestamptz);
    create unique index uq_wishes_pending on wishes (slug) where state in ('wanted', 'working');
    create index ix_wishes_pending on wishes (wished_at) where state in ('wanted', 'working');
    create index ix_wishes_slug on wishes (slug, wished_at);
    create table usage (
      tenant_id uuid primary key references tenants on delete cascade, counted_at timestamptz not null,
      people integer not null, pairs integer not null, mails bigint not null, bytes bigint not null,
      waiting integer not null, failed jsonb not null);
    create table retries (
      id uuid primary key, tenant_id uuid not null references tenants on delete cascade, operator_id uuid references operators,
      wished_at timestamptz not null default now(), done_at timestamptz, revived integer);
    create unique index uq_retries_pending on retries (tenant_id) where done_at is null;
    create function ring() returns trigger language plpgsql set search_path = pg_catalog as
      $$ begin perform pg_notify('maagal_wishes', ''); return null; end $$;
    create trigger ring after insert on wishes for each statement execute function ring();
    """)
    op.execute("""
    grant update (capabilities, most_people, most_bytes, host) on tenants to maagal_operator;
    grant select on operators to maagal_operator;
    grant update (password, totp_step, enrolled_at, link_hash, link_until, failures, barred_until) on operators
      to maagal_operator;
    grant select, insert, update on operators to maagal_provisioner;
    grant select, insert, update on operator_sessions to maagal_operator;
    grant select, update on operator_sessions to maagal_provisioner;
    grant select, insert on operations to maagal_operator, maagal_provisioner;
    grant select, insert on wishes to maagal_operator;
    grant select, insert, update on wishes to maagal_provisioner;
    grant select, insert, update on usage to maagal_app;
    grant select on usage to maagal_operator;
    grant select, insert on retries to maagal_operator;
    grant select, update on retries to maagal_app;
    alter table wishes enable row level security;
    alter table usage enable row level security;
    alter table retries enable row level security;
    create policy to_read on wishes for select to maagal_operator using (true);
    create policy only_wishes on wishes for insert to maagal_operator with check (state = 'wanted' and attempts = 0);
    create policy all_of_them on wishes to maagal_provisioner using (true) with check (true);
    create policy living on usage to maagal_app using (exists (select from tenants where id = tenant_id));
    create policy all_of_them on usage for select to maagal_operator using (true);
    create policy living on retries to maagal_app using (exists (select from tenants where id = tenant_id));
    create policy to_read on retries for select to maagal_operator using (true);
    create policy only_wishes on retries for insert to maagal_operator with check (done_at is null and revived is null);
    """)
