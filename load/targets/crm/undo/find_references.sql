-- References to our rows from tables, or by columns, that are not ours: rows there mean that somebody works with the
-- row they refer to, and deleting that would delete or change them too.
-- grain: one reference; key: name; inputs: the catalog
select
  n.nspname as schema,
  c.relname as "table",
  t.relname as target,
  (select array_agg(a.attname::text order by k.position)
   from unnest(f.conkey) with ordinality k (number, position)
   join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number) as columns,
  (select array_agg(a.attname::text order by k.position)
   from unnest(f.confkey) with ordinality k (number, position)
   join pg_catalog.pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.number) as target_columns,
  has_table_privilege(c.oid, 'select') as readable
from pg_catalog.pg_constraint f
join pg_catalog.pg_class c on c.oid = f.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class t on t.oid = f.confrelid
where f.contype = 'f'
  and f.conparentid = 0
  and f.confrelid in ('public.clients'::regclass, 'public.conversations'::regclass, 'public.messages'::regclass,
                      'public.client_status_history'::regclass)
  and not (
    n.nspname = 'public'
    and (c.relname, f.conname) in (
      ('conversations', 'conversations_client'),
      ('messages', 'messages_conversation'),
      ('client_status_history', 'client_status_history_client')
    )
  )
order by n.nspname, c.relname, f.conname
