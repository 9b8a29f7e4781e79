-- The columns of some tables, and whether an insert must give each a value.
-- grain: one column; key: table_name, column_name; inputs: the catalogue
select c.relname, a.attname, a.attnotnull and not a.atthasdef and a.attidentity = ''
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname = any(%s)
order by c.relname, a.attnum
