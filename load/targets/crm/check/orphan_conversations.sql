-- Conversations whose client is not there, or is another organisation's.
-- grain: one row; inputs: conversations, clients
select count(*), (array_agg(v.id::text order by v.id))[1:10]
from public.conversations v
left join public.clients c on c.id = v.client_id and c.organization_id = v.organization_id
where v.organization_id = %(organization)s and c.id is null
