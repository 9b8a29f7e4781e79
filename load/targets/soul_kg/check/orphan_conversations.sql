-- Conversations whose client is not there, or is another organisation's.
-- grain: one row; inputs: conversations, clients
select count(*), (array_agg(v.id order by v.id))[1:10]
from public.conversations v
left join public.clients c on c.id = v."clientId" and c."organizationId" = v."organizationId"
where v."organizationId" = %(organization)s and c.id is null
