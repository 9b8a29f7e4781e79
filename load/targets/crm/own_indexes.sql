-- The indexes and keys that the layout gives the messages, as they stand here, where making them anew would bring back
-- exactly what was there: nobody's comment, tablespace, storage parameter, statistics target, extension, replica identity,
-- cluster order or foreign key hangs on them, no event trigger sees them come and go, and the user owns the table, which
-- has no partitions and no heirs, and may make indexes in its schema.
-- grain: one index; key: name
-- inputs: pg_index, pg_class, pg_constraint, pg_depend, pg_attribute, pg_event_trigger
select
  i.relname::text as name,
  case when c.oid is null
    then pg_catalog.pg_get_indexdef(x.indexrelid)
    else pg_catalog.pg_get_constraintdef(c.oid)
  end as definition,
  c.oid is not null as constrains
from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid = x.indexrelid
join pg_catalog.pg_class t on t.oid = x.indrelid
left join pg_catalog.pg_constraint c on c.conindid = x.indexrelid and c.conrelid = x.indrelid
where x.indrelid = 'public.messages'::regclass
  and i.relname in ('messages_pkey', 'messages_whatsapp_unique', 'messages_in_order')
  and x.indisvalid and not x.indisclustered and not x.indisreplident
  and i.reltablespace = 0
  and pg_catalog.obj_description(i.oid, 'pg_class') is null
  and (c.oid is null or pg_catalog.obj_description(c.oid, 'pg_constraint') is null)
  -- pg_get_constraintdef does not give them
  and (c.oid is null or i.reloptions is null)
  and not exists (select from pg_catalog.pg_attribute a where a.attrelid = i.oid and a.attstattarget >= 0)
  and not exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.oid and d.deptype = 'x'
  )
  and not exists (
    select from pg_catalog.pg_event_trigger e
    where e.evtenabled <> 'D'
      and (e.evttags is null or e.evttags && '{ALTER TABLE,CREATE INDEX,DROP INDEX}')
  )
  and t.relkind = 'r' and not t.relhassubclass and not t.relispartition
  and pg_catalog.pg_has_role(t.relowner, 'usage')
  and pg_catalog.has_schema_privilege('public', 'create')
  and not exists (select from pg_catalog.pg_constraint r where r.confrelid = x.indrelid)
order by name
