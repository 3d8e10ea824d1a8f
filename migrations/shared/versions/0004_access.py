"""Who lost a second step where operators must make sure; the first administrator's invitation."""

from alembic import op

revision, down_revision = "0004_access", "0003_leaving"


def upgrade() -> None:
    """Create them. What a tenant tells of a renewal is a role, a number to read out and moments: no name, no reason."""
    op.execute("""
    create table renewals (
      id uuid primary key, tenant_id uuid not null references tenants on delete cascade,
      role text not null check (role in ('administrator', 'sponsor', 'coordinator')), reference text not null,
      state text not null, operators integer not null check (operators between 1 and 2), inside integer not null,
      asked_at timestamptz not null, expires_at timestamptz not null, opens_at timestamptz);
    create index ix_renewals_tenant on renewals (tenant_id);
    create table renewal_voices (
      renewal_id uuid not null references renewals on delete cascade, operator_id uuid not null references operators,
      tenant_id uuid not null references tenants on delete cascade, how text check (how <> ''),
      at timestamptz not null default now(), rung_at timestamptz, heard_at timestamptz,
      primary key (renewal_id, operator_id));
    create index ix_renewal_voices_unheard on renewal_voices (tenant_id) where heard_at is null;
    create table invitations (
      tenant_id uuid primary key references tenants on delete cascade, email text, locale text not null,
      state text not null default 'wanted' check (state in ('wanted', 'sent', 'failed', 'refused', 'used')),
      reason text, wished_at timestamptz not null default now(), changed_at timestamptz not null default now());
    """)
    op.execute("""
    grant select, insert, update on renewals to maagal_app;
    grant select on renewals to maagal_operator;
    grant select, update (rung_at, heard_at) on renewal_voices to maagal_app;
    grant select, insert (renewal_id, operator_id, tenant_id, how) on renewal_voices to maagal_operator;
    grant select, update on invitations to maagal_app;
    grant select (tenant_id, state, reason, wished_at, changed_at) on invitations to maagal_operator;
    grant select, insert, update on invitations to maagal_provisioner;
    alter table renewals enable row level security;
    alter table renewal_voices enable row level security;
    alter table invitations enable row level security;
    create policy living on renewals to maagal_app using (exists (select from tenants where id = tenant_id));
    create policy to_read on renewals for select to maagal_operator using (true);
    create policy living on renewal_voices to maagal_app using (exists (select from tenants where id = tenant_id));
    create policy to_read on renewal_voices for select to maagal_operator using (true);
    create policy only_of_open_ones on renewal_voices for insert to maagal_operator with check (
      exists (select from renewals r where r.id = renewal_id and r.tenant_id = renewal_voices.tenant_id
        and r.state in ('asked', 'agreed')));
    create policy living on invitations to maagal_app using (exists (select from tenants where id = tenant_id));
    create policy to_read on invitations for select to maagal_operator using (true);
    create policy all_of_them on invitations to maagal_provisioner using (true) with check (true);
    """)
