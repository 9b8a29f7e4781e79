-- The indexes and keys that the layout gives the messages, as they stand here, where making them anew would bring back
-- exactly what was there: nobody's comment, tablespace, replica identity, cluster order or foreign key hangs on them, and
-- the user owns the table, which has no partitions and no heirs.
-- grain: one index; key: name; inputs: pg_index, pg_class, pg_constraint
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
  and t.relkind = 'r' and not t.relhassubclass and not t.relispartition
  and pg_catalog.pg_has_role(t.relowner, 'usage')
  and not exists (select from pg_catalog.pg_constraint r where r.confrelid = x.indrelid)
order by name
