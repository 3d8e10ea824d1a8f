-- Cluster-wide roles and the rights every database here begins with. Run once by the administrator of the server,
-- safe to run again. Nothing is granted to PUBLIC; nothing is owned by a role that can log in.
do $$
begin
  if not exists (select from pg_roles where rolname = 'maagal_owner') then
    create role maagal_owner nologin;
  end if;
end $$;
revoke all on schema public from public;
revoke temporary on database :database from public;
revoke execute on function pg_catalog.set_config(text, text, boolean) from public;
-- What outlives a tenant's schema and would lie beside it; and a block, which makes several statements of one.
revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea) from public;
revoke usage on language plpgsql from public;
grant usage on language plpgsql to maagal_owner;
grant create on database :database to maagal_owner;
grant maagal_owner to maagal_provisioner with inherit false, set true, admin false;
create schema if not exists control authorization maagal_owner;
create schema if not exists ext authorization maagal_owner;
revoke all on schema control, ext from public;
alter default privileges for role maagal_owner revoke execute on functions from public;
alter default privileges for role maagal_owner revoke usage on types from public;
