-- What of some clients a load may have written, as it is.
-- grain: one row; key: id; inputs: clients
select id, id as client_id, to_jsonb(t) - '{id,organizationId,createdAt,updatedAt}'::text[] as columns
from public.clients t
where id = any(%(ids)s) and "organizationId" = %(organization)s
order by id
