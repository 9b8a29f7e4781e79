-- Some conversations as they are, without the times of writing.
-- grain: one row; key: id; inputs: conversations
select id, to_jsonb(t) - '{id,organizationId,createdAt,updatedAt}'::text[]
from public.conversations t
where id = any(%(ids)s)
order by id
