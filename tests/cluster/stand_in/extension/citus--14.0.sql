-- The few names of Citus that the house uses, each as strict as Citus' own sources (14) say it is: only the schema's owner
-- places it, as a role that can log in at the other nodes; a table with triggers needs citus.enable_unsafe_triggers.
create schema citus;
create table citus.pg_dist_schema (schemaid regnamespace primary key, colocationid serial);
alter table citus.pg_dist_schema set schema pg_catalog;
alter sequence if exists citus.pg_dist_schema_colocationid_seq set schema pg_catalog;
create table citus.asked (
  schema_name text, role name, sequential boolean, people bigint, deferred bigint, silent bigint, at timestamptz default clock_timestamp());
grant usage on schema citus to public;
grant select, insert on citus.asked, pg_catalog.pg_dist_schema to public;
grant usage on all sequences in schema pg_catalog, citus to public;
create function pg_catalog.citus_is_coordinator() returns boolean language sql stable as 'select true';
create function pg_catalog.citus_schema_distribute(schemaname regnamespace) returns void language plpgsql as $$
declare
  people bigint;
begin
  if (select nspowner from pg_namespace where oid = schemaname) <> (select oid from pg_roles where rolname = current_user) then
    raise exception 'must be owner of schema %', schemaname using errcode = '42501';
  end if;
  if not (select rolcanlogin from pg_roles where rolname = current_user) then
    raise exception 'connection to the remote node %@node failed', current_user using errcode = '08006';
  end if;
  if exists (select from pg_dist_schema d where d.schemaid = schemaname) then
    raise notice 'schema % is already distributed', schemaname;
    return;
  end if;
  if coalesce(current_setting('citus.enable_unsafe_triggers', true), 'off') <> 'on' and exists (
    select from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = schemaname and not tgisinternal) then
    raise exception 'cannot distribute because it has triggers' using errcode = '0A000';
  end if;
  execute format('select count(*) from %s.people', schemaname) into people;
  insert into citus.asked (schema_name, role, sequential, people, deferred, silent)
  select schemaname::text, current_user, current_setting('citus.multi_shard_modify_mode', true) = 'sequential', people,
    (select count(*) from pg_constraint where connamespace = schemaname and condeferrable),
    (select count(*) from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = schemaname and tgenabled = 'D');
  insert into pg_dist_schema (schemaid) values (schemaname);
end $$;
