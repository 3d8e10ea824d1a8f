-- What stands in the schemas of %(schemas)s, a line a thing: its schema, its kind, its name, what it is; the schema's own
-- name is taken out of each. Where %(readable)s is false, expressions are compared as the trees that PostgreSQL stores:
-- spelling them out takes twice as long and opens each table, which a backend remembers: a third of a megabyte a tenant.
with wanted as (select oid, nspname from pg_namespace where nspname = any(%(schemas)s)),
relations as (
  select c.*, w.nspname, c.oid as relation from pg_class c join wanted w on w.oid = c.relnamespace where c.relkind <> 'i'),
things as (
  select nspname, 'schema' as kind, '' as name, concat_ws(' ', pg_get_userbyid(n.nspowner), n.nspacl::text) as what
  from pg_namespace n join wanted w using (oid, nspname)
union all
  select nspname, 'relation', relname, concat_ws(' ', relkind, pg_get_userbyid(relowner), relpersistence,
    relrowsecurity, relforcerowsecurity, reloptions::text,
    (select string_agg(acl::text, ',' order by acl::text) from unnest(relacl) acl),
    case when relkind in ('v', 'm') then pg_get_viewdef(relation) end,
    (select concat_ws(' ', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle) from pg_sequence s where s.seqrelid = relation))
  from relations
union all
  select nspname, 'column', relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod),
    case when attnotnull then 'not null' end, nullif(attidentity, ''), nullif(attgenerated, ''), a.attcollation, a.attacl::text,
    'default ' || case when %(readable)s or adbin::text like '%%:consttype 2205 %%' then pg_get_expr(adbin, adrelid)
      else adbin::text end)
  from relations join pg_attribute a on a.attrelid = relation and attnum > 0 and not attisdropped
  left join pg_attrdef on adrelid = relation and adnum = attnum
  where relkind <> 'S'
union all
  select nspname, 'index', x.relname, case when %(readable)s then concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid)
    else concat_ws(' ', r.relname, x.relam, x.reloptions::text, indisunique, indisprimary, indnullsnotdistinct, indisvalid,
      indkey::text, indclass::text, indoption::text, indcollation::text, indexprs::text, indpred::text) end
  from relations r join pg_index on indrelid = relation join pg_class x on x.oid = indexrelid
union all
  select nspname, 'constraint', r.relname || '.' || conname, case when %(readable)s
    then concat_ws(' ', pg_get_constraintdef(k.oid), convalidated)
    else concat_ws(' ', contype, f.relname, conkey::text, confkey::text, confupdtype, confdeltype, confmatchtype,
      condeferrable, condeferred, convalidated, conbin::text) end
  from relations r join pg_constraint k on conrelid = relation and contype <> 'n' left join pg_class f on f.oid = confrelid
union all
  select nspname, 'policy', relname || '.' || polname, concat_ws(' ', polcmd, polpermissive,
    (select string_agg(case when role = 0 then 'public' else pg_get_userbyid(role)::text end, ',') from unnest(polroles) role),
    case when %(readable)s then concat_ws(' ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
    else concat_ws(' ', polqual::text, polwithcheck::text) end)
  from relations join pg_policy on polrelid = relation
union all
  select nspname, 'trigger', relname || '.' || tgname, concat_ws(' ', p.proname, tgtype, tgenabled, tgattr::text,
    tgdeferrable, tginitdeferred, encode(tgargs, 'escape'), tgqual::text)
  from relations join pg_trigger on tgrelid = relation and not tgisinternal join pg_proc p on p.oid = tgfoid
union all
  select nspname, 'function', proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
    concat_ws(' ', prorettype::regtype, prolang, prokind, prosecdef, provolatile, proconfig::text, proacl::text,
      pg_get_userbyid(proowner), prosrc, prosqlbody::text)
  from pg_proc p join wanted w on w.oid = pronamespace
union all
  select nspname, 'type', typname, concat_ws(' ', typtype, typacl::text, format_type(typbasetype, typtypmod), typdefault,
    (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid))
  from pg_type t join wanted w on w.oid = typnamespace where typtype in ('e', 'd', 'r')
union all
  select nspname, 'default grants', concat_ws(' ', pg_get_userbyid(defaclrole), defaclobjtype), defaclacl::text
  from pg_default_acl join wanted w on w.oid = defaclnamespace
)
select nspname, kind, name, replace(what, nspname, 'tenant') as what from things
