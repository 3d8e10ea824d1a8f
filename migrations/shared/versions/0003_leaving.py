"""Who asked for a tenant's export or erasure and who agreed; schemas that must go."""

from alembic import op

revision, down_revision = "0003_leaving", "0002_operator_console"


def upgrade() -> None:
    """Create them. The database itself holds to two people and a delay: moments are its own, and who asked never changes."""
    op.execute("""
    create table departures (
      id bigint generated always as identity primary key, tenant_id uuid not null, slug text not null,
      what text not null check (what in ('export', 'erase')), reason text not null check (btrim(reason) <> ''),
      recipient text, delay interval not null check (delay >= interval '0'),
      asked_by text not null check (btrim(asked_by) <> ''), asked_at timestamptz not null default now(),
      approved_by text, approved_at timestamptz, begun_at timestamptz, done_at timestamptz,
      withdrawn_by text, withdrawn_at timestamptz,
      constraint ck_departures_two_people check (lower(btrim(approved_by)) <> lower(btrim(asked_by))),
      constraint ck_departures_approved check ((approved_by is null) = (approved_at is null)),
      constraint ck_departures_delay check (begun_at >= approved_at + delay),
      constraint ck_departures_begun check (begun_at is null or approved_at is not null),
      constraint ck_departures_done check (done_at is null or begun_at is not null),
      constraint ck_departures_withdrawn check (withdrawn_at is null or begun_at is null),
      constraint ck_departures_to_whom check ((what = 'export') = (recipient is not null)));
    create unique index uq_departures_open on departures (tenant_id, what) where done_at is null and withdrawn_at is null;
    create table leftovers (schema_name text primary key, at timestamptz not null default now());
    create function departure_keeps_time() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        new.asked_at := now();
        if num_nonnulls(new.approved_by, new.begun_at, new.done_at, new.withdrawn_at) > 0 then
          raise exception 'a request begins as a request' using errcode = '23514', constraint = 'asked';
        end if;
        if new.delay < interval '1 hour'
          and not exists (select from control.tenants where id = new.tenant_id and is_demo) then
          raise exception 'only a demonstration leaves at once' using errcode = '23514', constraint = 'at_once';
        end if;
        return new;
      end if;
      if old.done_at is not null or old.withdrawn_at is not null then
        raise exception 'it is over' using errcode = '23514', constraint = 'over';
      end if;
      new.approved_at := case when new.approved_by is null then null else coalesce(old.approved_at, now()) end;
      new.begun_at := case when new.begun_at is null then null else coalesce(old.begun_at, now()) end;
      if old.approved_by is not null and new.approved_by is distinct from old.approved_by then
        raise exception 'it is approved' using errcode = '23514', constraint = 'approved';
      end if;
      return new;
    end $$;
    create trigger keeps_time before insert or update on departures for each row execute function departure_keeps_time();
    """)
    op.execute("""
    grant select, insert on departures to maagal_provisioner;
    grant update (approved_by, approved_at, begun_at, done_at, withdrawn_by, withdrawn_at) on departures to maagal_provisioner;
    grant select, insert (tenant_id, slug, what, reason, recipient, delay, asked_by) on departures to maagal_operator;
    grant update (approved_by, approved_at, withdrawn_by, withdrawn_at) on departures to maagal_operator;
    grant execute on function departure_keeps_time() to maagal_provisioner, maagal_operator;
    grant select, insert, delete on leftovers to maagal_provisioner;
    """)
