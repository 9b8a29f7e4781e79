-- Some clients as they are, without the times of writing.
-- grain: one row; key: id; inputs: clients
select id, to_jsonb(t) - '{id,organizationId,createdAt,updatedAt}'::text[]
from public.clients t
where id = any(%(ids)s)
order by id
