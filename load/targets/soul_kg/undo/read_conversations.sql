-- What of some conversations a load may have written, as it is.
-- grain: one row; key: id; inputs: conversations
select id, "clientId" as client_id, to_jsonb(t) - '{id,organizationId,createdAt,updatedAt}'::text[] as columns
from public.conversations t
where id = any(%(ids)s) and "organizationId" = %(organization)s
order by id
