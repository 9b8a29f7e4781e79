-- Rows of the status history whose client is not there, or is another organisation's.
-- grain: one row; inputs: client_status_history, clients
select count(*), (array_agg(h.id order by h.id))[1:10]
from public.client_status_history h
left join public.clients c on c.id = h."clientId" and c."organizationId" = h."organizationId"
where h."organizationId" = %(organization)s and c.id is null
