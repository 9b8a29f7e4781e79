-- The values of some enumerations.
-- grain: one value; key: type, label; inputs: the catalogue
select t.typname, e.enumlabel
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_enum e on e.enumtypid = t.oid
where n.nspname = 'public' and t.typname = any(%s)
order by t.typname, e.enumsortorder
